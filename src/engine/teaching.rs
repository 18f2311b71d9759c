//! Learning beside everything else: one training at a time, at most one that waits, and who speaks swapped whole.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, never, unbounded};

use super::clock;
use super::models::{self, Models};
use super::output::{Deployment, Output};
use super::progress::Progress;
use super::quiet;
use super::setup::Setup;
use super::standing::{LearnerView, ModelsView, TrainingView, speaks_from_now_on};
use super::training::{self, Plan, Said, Survey, Wanted};
use crate::analysis::{Learner, Why};
use crate::config::Mode;
use crate::history::{Registered, Store};
use crate::learning::Speakers;

/// Time between two looks at whether the history has become worth another training.
const LOOK: Duration = Duration::from_mins(10);
/// New runs before which there is no other look, but once a day.
const NEW_RUNS: u64 = 50;
/// Longest time without a look.
const A_DAY: Duration = Duration::from_hours(24);
/// Who wants a training that nobody asked for.
const NOBODY: &str = "trimwatch";

/// The running training.
#[derive(Debug)]
struct Running {
    learner: Option<Learner>,
    percent: u8,
    by: String,
    cancel: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

/// What the trainer's thread says.
#[derive(Debug)]
pub(super) enum News {
    /// How far it is.
    Far(Option<Learner>, u8),
    /// Something that is worth knowing now.
    Said(Box<Said>),
    /// It has ended; the cause when it failed.
    Ended(Option<String>),
}

/// Learning as the engine sees it.
pub(super) struct Teaching {
    plan: Plan,
    automatic: bool,
    models: Arc<Models>,
    pub(super) news: Receiver<News>,
    running: Option<Running>,
    waiting: Option<Wanted>,
    survey: Option<Survey>,
    /// Every version there is, once the history is open.
    found: Option<Vec<Registered>>,
    new_runs: u64,
    next: Instant,
    last: Instant,
    trouble: BTreeMap<Learner, String>,
}

impl Teaching {
    pub(super) fn new(setup: &Setup) -> Self {
        let plan = Plan { settings: setup.learning.clone(), filter: setup.analysis.sigma.identity() };
        let now = Instant::now();
        if setup.store.is_some() {
            setup.models.swap(Speakers::nobody(&Why::Opening));
        }
        Self {
            automatic: setup.learning.automatic,
            plan,
            models: Arc::clone(&setup.models),
            news: never(),
            running: None,
            waiting: None,
            survey: None,
            found: None,
            new_runs: NEW_RUNS,
            next: now + setup.learn_after,
            last: now,
            trouble: BTreeMap::new(),
        }
    }

    /// Loads whoever is deployed. What is refused is told, and written into the log.
    pub(super) fn reload(&mut self, store: &Store, sink: &mut dyn FnMut(Output)) {
        let found = match store.registered_models() {
            Ok(found) => found,
            Err(error) => return sink(Output::Notice(format!("the learned models cannot be read: {error}"))),
        };
        let (speakers, troubles) = models::load(store, &found, &self.plan.settings);
        self.models.swap(speakers);
        self.found = Some(found);
        self.trouble.clear();
        for (learner, cause) in troubles {
            note(store, &format!("{}: refused, {cause}", learner.title()), true, NOBODY, sink);
            self.trouble.entry(learner).or_insert(cause);
        }
    }

    /// Reads the cards anew.
    fn recall(&mut self, store: &Store) {
        self.found = store.registered_models().ok();
    }

    /// So many runs are new.
    pub(super) fn arrived(&mut self, runs: u64) {
        self.new_runs += runs;
    }

    /// Looks through the history when it is time.
    pub(super) fn beat(&mut self, store: Option<Arc<Store>>) {
        let now = Instant::now();
        let due = now >= self.next && (self.new_runs >= NEW_RUNS || now >= self.last + A_DAY);
        let nobody = Learner::ALL.into_iter().all(|learner| self.plan.settings.mode(learner) == Mode::Off);
        if let Some(store) = store.filter(|_| due && !nobody && self.running.is_none()) {
            let (by, trains) = (NOBODY.to_owned(), self.automatic);
            self.start(store, Wanted { learner: None, product_model: None, by, trains, now: false });
        }
    }

    /// Somebody wants to know how learning stands: the history is looked through if it never was.
    pub(super) fn look(&mut self, store: Option<Arc<Store>>) {
        if self.survey.is_none() {
            self.next = Instant::now();
            self.beat(store);
        }
    }

    /// A person wants a training now.
    pub(super) fn train(
        &mut self,
        learner: Option<Learner>,
        by: String,
        store: Option<Arc<Store>>,
    ) -> Result<(), String> {
        let store = store.ok_or("the history takes nothing; learning needs it")?;
        if let Some(off) = learner.filter(|learner| self.plan.settings.mode(*learner) == Mode::Off) {
            return Err(format!("{} is switched off in the configuration", off.title()));
        }
        let wanted = Wanted { learner, product_model: None, by, trains: true, now: true };
        if self.running.is_some() {
            self.waiting = Some(wanted);
        } else {
            self.start(store, wanted);
        }
        Ok(())
    }

    /// Gives up the training that runs, and the one that waits.
    pub(super) fn cancel(&mut self) -> bool {
        self.waiting = None;
        self.running.as_ref().inspect(|running| running.cancel.store(true, Ordering::Release)).is_some()
    }

    fn start(&mut self, store: Arc<Store>, wanted: Wanted) {
        let (tell, news) = unbounded();
        let cancel = Arc::<AtomicBool>::default();
        let (by, plan, stop) = (wanted.by.clone(), self.plan.clone(), Arc::clone(&cancel));
        let work = move || work(&store, &plan, &wanted, &stop, &tell);
        self.last = Instant::now();
        (self.next, self.new_runs) = (self.last + LOOK, 0);
        if let Ok(thread) = thread::Builder::new().name("trainer".to_owned()).spawn(work) {
            self.running = Some(Running { learner: None, percent: 0, by, cancel, thread });
            self.news = news;
        }
    }

    /// Takes the trainer's news.
    pub(super) fn heard(&mut self, news: News, store: Option<&Arc<Store>>, sink: &mut dyn FnMut(Output)) {
        match news {
            News::Far(learner, percent) => {
                if let Some(running) = &mut self.running {
                    (running.learner, running.percent) = (learner, percent);
                }
            }
            News::Said(said) => self.said(*said, store.map(AsRef::as_ref), sink),
            News::Ended(failed) => {
                self.news = never();
                if let Some(running) = self.running.take() {
                    // What it had to say it has said.
                    let _ = running.thread.join();
                }
                if let Some(cause) = failed {
                    sink(Output::Notice(format!("training: {cause}")));
                }
                if let (Some(wanted), Some(store)) = (self.waiting.take(), store.cloned()) {
                    self.start(store, wanted);
                }
            }
        }
        self.tell(sink);
    }

    fn said(&mut self, said: Said, store: Option<&Store>, sink: &mut dyn FnMut(Output)) {
        match said {
            Said::Surveyed(survey) => self.survey = Some(survey),
            Said::TakenBack(words) => {
                if let Some(store) = store {
                    note(store, &words, true, NOBODY, sink);
                    self.reload(store, sink);
                }
            }
            // A drift detector speaks to nobody who judges a file, and is told of together with the others.
            Said::Kept { card, .. } if card.learner == Learner::DriftDetector => {}
            Said::Several { words, by } => {
                if let Some(store) = store {
                    note(store, &words, false, &by, sink);
                    self.recall(store);
                }
            }
            Said::Kept { words, deployed, by, .. } => {
                if let Some(store) = store {
                    note(store, &words, false, &by, sink);
                    if deployed {
                        self.reload(store, sink);
                    } else {
                        self.recall(store);
                    }
                }
            }
            Said::Failed { learner, cause } => {
                let words = format!("{}: {cause}", learner.title());
                match store {
                    Some(store) => note(store, &words, true, NOBODY, sink),
                    None => sink(Output::Notice(words)),
                }
            }
        }
    }

    /// Another version speaks from now on, or the formula.
    pub(super) fn deploy(&mut self, wanted: &Deployment, store: Option<Arc<Store>>, sink: &mut dyn FnMut(Output)) {
        let Deployment { learner, scope, version, by } = wanted;
        let (learner, version) = (*learner, *version);
        let Some(store) = store else {
            return sink(Output::Notice("nothing changed: the history takes nothing".to_owned()));
        };
        let words = speaks_from_now_on(learner, version);
        match store.deploy_model(learner, scope, version, &format!("chosen by {by}"), clock::now_ms()) {
            Ok(_) => {
                note(&store, &words, false, by, sink);
                self.reload(&store, sink);
                self.tell(sink);
            }
            Err(error) => sink(Output::Notice(format!("nothing changed: {error}"))),
        }
    }

    /// How learning stands.
    pub(super) fn view(&self) -> ModelsView {
        let training = self.running.as_ref().map(|running| TrainingView {
            learner: running.learner,
            percent: running.percent,
            by: running.by.clone(),
            more: self.waiting.is_some(),
        });
        let Some(found) = &self.found else { return ModelsView { learners: Vec::new(), training } };
        let learners = Learner::ALL.into_iter().map(|learner| self.learner(learner, found)).collect();
        ModelsView { learners, training }
    }

    fn learner(&self, learner: Learner, found: &[Registered]) -> LearnerView {
        let mine = found.iter().filter(|version| version.card.learner == learner);
        let mut versions: Vec<Registered> = mine.cloned().collect();
        versions.sort_by(|a, b| (&a.card.scope, b.card.version).cmp(&(&b.card.scope, a.card.version)));
        if learner == Learner::DriftDetector {
            versions.dedup_by(|later, first| later.card.scope == first.card.scope);
        }
        let offer = self.survey.as_ref().and_then(|survey| survey.offers.get(&learner)).copied();
        let last = versions.first().map(|version| &version.card);
        let unknown = || "the history has not been looked through yet".to_owned();
        let next = offer.map_or_else(unknown, |offer| offer.next(learner, last));
        let live = self.survey.as_ref().and_then(|survey| survey.live.get(&learner)).cloned();
        let trouble = self.trouble.get(&learner).cloned();
        LearnerView { learner, mode: self.plan.settings.mode(learner), offer, next, versions, live, trouble }
    }

    pub(super) fn tell(&self, sink: &mut dyn FnMut(Output)) {
        sink(Output::Models(Box::new(self.view())));
    }

    /// Ends the training, so that the store has no owner left when the history thread ends.
    pub(super) fn stop(&mut self) {
        self.cancel();
        if let Some(running) = self.running.take() {
            // A version that was not finished is not there: it is trained again.
            let _ = running.thread.join();
        }
    }
}

fn work(store: &Store, plan: &Plan, wanted: &Wanted, cancel: &AtomicBool, tell: &Sender<News>) {
    let progress = Mutex::new(Progress::of(None, Instant::now()));
    let far = |learner: Option<Learner>, share: f64| {
        let mut progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(percent) = progress.step(learner, share, Instant::now()) {
            // Whoever does not listen any more has ended, and says so by the flag.
            let _ = tell.send(News::Far(learner, percent));
        }
    };
    let stop = || if cancel.load(Ordering::Acquire) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let mut say = |said| drop(tell.send(News::Said(Box::new(said))));
    let trained = quiet::during(|| {
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            training::run(store, plan, wanted, &training::Ear { far: &far, stop: &stop }, &mut say)
        }))
    });
    let failed = match trained {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(error),
        Err(panic) => Some(super::process::panic_text(panic.as_ref())),
    };
    let _ = tell.send(News::Ended(failed));
}

/// A line of the log, told as it is written.
fn note(store: &Store, words: &str, failed: bool, by: &str, sink: &mut dyn FnMut(Output)) {
    match store.note_learning(words, failed, by, clock::now_ms()) {
        Ok(entry) => sink(Output::Logged(entry)),
        Err(_) => sink(Output::Notice(words.to_owned())),
    }
}
