//! The overview of all runs: built in the background, kept current with every commit, asked by the screens.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use crossbeam_channel::{Receiver, RecvError, Sender, never, unbounded};

use super::clock;
use super::keeper::Keeper;
use super::output::{Numbered, Output, Question, ScreenId, Told, Word};
use super::progress::Progress;
use crate::config::Shifts;
use crate::history::{
    Act, Committed, Exclusion, Moment, Overview, OverviewError, PageOfRuns, Query, RunKey, RunRecord, Store, Walked,
    newest_page,
};
use crate::trim::LocalTime;

/// What the builder has to say.
#[derive(Debug)]
pub(super) enum News {
    Percent(u8),
    Built(Box<Overview>, Walked),
    Failed(String),
}

/// The overview, or what waits for it.
#[derive(Debug)]
pub(super) struct Catalogue {
    /// The builder's news; silent once it is done.
    pub(super) news: Receiver<News>,
    overview: Option<Box<Overview>>,
    percent: u8,
    /// Runs that came while it was built.
    meanwhile: Vec<(RunKey, RunRecord)>,
    /// Questions with their numbers, and who asks.
    waiting: Vec<(ScreenId, u64, Question)>,
    /// Whether the builder has said its last word.
    done: bool,
    builder: Option<JoinHandle<()>>,
    stopping: Arc<AtomicBool>,
}

impl Catalogue {
    /// An overview of no run yet. While the history is being opened questions wait for it.
    pub(super) fn of_nothing(is_opening: bool) -> Self {
        let overview = (!is_opening).then(Box::default);
        let (meanwhile, waiting, stopping) = (Vec::new(), Vec::new(), Arc::default());
        Self { news: never(), overview, percent: 0, meanwhile, waiting, done: !is_opening, builder: None, stopping }
    }

    /// Begins to build on a thread of its own, so that neither the first frame nor an arrival waits.
    pub(super) fn start(&mut self, store: &Arc<Store>) {
        let (tell, news) = unbounded();
        let (store, stop) = (Arc::clone(store), Arc::clone(&self.stopping));
        let build = move || build(&store, &stop, &tell);
        // Without a thread there is no overview; the closed channel says so.
        self.builder = thread::Builder::new().name("overview".to_owned()).spawn(build).ok();
        // What came without a history is in it by now.
        (self.news, self.overview, self.percent, self.done) = (news, None, 0, false);
    }

    /// The history cannot be opened: what has come so far is all there is to ask about.
    pub(super) fn do_without(&mut self, keeper: &Keeper, shifts: &Shifts, sink: &mut dyn FnMut(Output)) {
        if self.overview.is_none() && self.builder.is_none() {
            self.built(Box::default(), keeper, shifts, sink);
        }
    }

    /// Takes the builder's news, and answers what waited for them.
    pub(super) fn heard(
        &mut self,
        news: Result<News, RecvError>,
        keeper: &Keeper,
        shifts: &Shifts,
        sink: &mut dyn FnMut(Output),
    ) {
        match news {
            Ok(News::Percent(percent)) => {
                self.percent = percent;
                for (_, number, _) in &self.waiting {
                    sink(Output::Told(*number, Told::Building(percent)));
                }
                return;
            }
            Ok(News::Built(overview, walked)) => {
                if let Some(said) = said_damaged(&walked) {
                    sink(Output::Notice(said));
                }
                return self.built(overview, keeper, shifts, sink);
            }
            Ok(News::Failed(cause)) => sink(Output::Notice(format!("the history cannot be searched: {cause}"))),
            Err(_) => {}
        }
        self.answer_waiting(keeper, shifts, sink);
    }

    fn built(&mut self, mut overview: Box<Overview>, keeper: &Keeper, shifts: &Shifts, sink: &mut dyn FnMut(Output)) {
        self.meanwhile.drain(..).for_each(|(key, record)| overview.put(&key, &record));
        self.overview = Some(overview);
        self.answer_waiting(keeper, shifts, sink);
    }

    fn answer_waiting(&mut self, keeper: &Keeper, shifts: &Shifts, sink: &mut dyn FnMut(Output)) {
        (self.news, self.done) = (never(), true);
        for (by, number, question) in std::mem::take(&mut self.waiting) {
            self.answer((by, number), question, keeper, shifts, sink);
        }
    }

    /// Takes what a commit changed.
    pub(super) fn take(&mut self, outputs: &[Output]) {
        for output in outputs {
            if let Output::Run { run, .. } | Output::Changed { run, .. } = output {
                self.put(&run.key, &run.record);
            }
        }
    }

    fn put(&mut self, key: &RunKey, record: &RunRecord) {
        match &mut self.overview {
            Some(overview) => overview.put(key, record),
            None => self.meanwhile.push((key.clone(), record.clone())),
        }
    }

    /// Answers a question, or keeps it until there is something to answer with.
    pub(super) fn answer(
        &mut self,
        (by, number): (ScreenId, u64),
        question: Question,
        keeper: &Keeper,
        shifts: &Shifts,
        sink: &mut dyn FnMut(Output),
    ) {
        let store = keeper.in_use();
        let _answering = store.as_ref().map(|store| store.answering());
        let told = match (question, &mut self.overview, &store) {
            // The store's own counters say this without the overview.
            (Question::Yields(filter, by), ..) if filter.is_empty() => {
                keeper.counted_yields(by).map(Told::Yields).map_err(|error| error.to_string())
            }
            (question, Some(overview), _) => {
                let told = ask(overview, question, keeper, &moment(shifts));
                told.map_err(|error| self.unanswered(&error, keeper))
            }
            (Question::Page(query), None, Some(store)) if query.is_newest() => {
                let page = newest_page(store, query.limit).map_err(|error| error.to_string());
                page.map(|page| page_with_runs(page, keeper))
            }
            (_, None, _) if self.done => Err("the overview of the history could not be built".to_owned()),
            (question, None, _) => Ok(self.wait(by, number, question)),
        };
        sink(Output::Told(number, told.unwrap_or_else(Told::Unanswered)));
    }

    /// Why a question has no answer. An overview that has lost runs is built anew, once the history has them all.
    fn unanswered(&mut self, error: &OverviewError, keeper: &Keeper) -> String {
        match (error, keeper.in_use()) {
            (OverviewError::Lost(_), Some(store)) => {
                self.start(&store);
                format!("{error}; it is being built anew, ask again in a moment")
            }
            _ => error.to_string(),
        }
    }

    /// All runs that a query means, in its order.
    ///
    /// # Errors
    /// While there is no overview, and when the query cannot be answered.
    pub(super) fn runs(&mut self, query: &Query, shifts: &Shifts) -> Result<Vec<RunKey>, String> {
        let Some(overview) = &mut self.overview else {
            return Err("the overview of the history is not built yet; try again in a moment".to_owned());
        };
        let all = Query { row: 0, anchor: None, limit: usize::MAX, ..query.clone() };
        overview.page(&all, &moment(shifts)).map(|page| page.keys).map_err(|error| error.to_string())
    }

    /// A later question of a kind takes the place of an earlier one: whoever asked has no use for both.
    fn wait(&mut self, by: ScreenId, number: u64, question: Question) -> Told {
        let same_kind = |waiting: &Question| std::mem::discriminant(waiting) == std::mem::discriminant(&question);
        self.waiting.retain(|(asker, _, waiting)| *asker != by || !same_kind(waiting));
        self.waiting.push((by, number, question));
        Told::Building(self.percent)
    }

    /// A screen is gone: nobody waits for what it asked.
    pub(super) fn forget(&mut self, by: ScreenId) {
        self.waiting.retain(|(asker, ..)| *asker != by);
    }

    /// Writes a person's word. Whether any tally changed.
    pub(super) fn act(&mut self, word: Word, keeper: &mut Keeper, sink: &mut dyn FnMut(Output)) -> bool {
        let Word { key, exclude, reason, by } = word;
        let word = Exclusion { reason, by, at_ms: clock::now_ms() };
        match keeper.act(Act { key, exclude, word }) {
            Ok(Some(Committed { log, run })) => {
                let sequence = log.sequence;
                if let Some(reason) = keeper.held_because() {
                    sink(Output::Notice(format!(
                        "{reason}; what you said is held and written once the history is back"
                    )));
                }
                sink(Output::Logged(log));
                if let Some((key, record)) = run {
                    self.put(&key, &record);
                    let run = Box::new(Numbered { sequence, key, record });
                    sink(Output::Changed { run, not_kept: keeper.not_kept() });
                }
                return true;
            }
            Ok(None) => sink(Output::Notice("nothing written: the history has no such run".to_owned())),
            Err(trouble) => sink(Output::Notice(format!("nothing written: {trouble}"))),
        }
        false
    }

    /// Ends the builder, so that the store has no owner left when the history thread ends.
    pub(super) fn stop(&mut self) {
        self.stopping.store(true, Ordering::Release);
        if let Some(builder) = self.builder.take() {
            // A builder that died has told nobody anything: there was no overview.
            let _ = builder.join();
        }
    }
}

fn build(store: &Store, stopping: &AtomicBool, tell: &Sender<News>) {
    let total = store.total().all().max(1) as f64;
    let mut progress = Progress::of((), Instant::now());
    let built = Overview::build(store, |read| {
        if let Some(percent) = progress.step((), read as f64 / total, Instant::now()) {
            // Whoever does not listen any more has ended, and says so by the flag.
            let _ = tell.send(News::Percent(percent));
        }
        if stopping.load(Ordering::Acquire) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let _ = tell.send(match built {
        Ok((overview, walked)) => News::Built(Box::new(overview), walked),
        Err(trouble) => News::Failed(trouble.to_string()),
    });
}

fn said_damaged(walked: &Walked) -> Option<String> {
    let first = walked.named.first()?;
    let runs = if walked.damaged == 1 { "1 run".to_owned() } else { format!("{} runs", walked.damaged) };
    Some(format!("{runs} of the history cannot be read and stand in no list: {first}"))
}

/// Now, and the shift that is on.
pub fn moment(shifts: &Shifts) -> Moment {
    let epoch = || LocalTime::from_timestamp(clock::now_ms() / 1_000);
    let now = clock::local_now().or_else(epoch);
    let now = now.unwrap_or(LocalTime { date: crate::trim::LocalDate { year: 1970, month: 1, day: 1 }, seconds: 0 });
    Moment { now, shift: shifts.at(now).map(|(_, from, to)| (from, to)) }
}

fn ask(overview: &mut Overview, question: Question, keeper: &Keeper, moment: &Moment) -> Result<Told, OverviewError> {
    Ok(match question {
        Question::Page(query) => page_with_runs(overview.page(&query, moment)?, keeper),
        Question::Find(query, text, step) => Told::Found(overview.find(&query, &text, step, moment)?),
        Question::Yields(filter, by) => Told::Yields(overview.yields(&filter, by, moment)?),
    })
}

/// A page with the records of its runs; nothing in place of one that cannot be read.
fn page_with_runs(page: PageOfRuns, keeper: &Keeper) -> Told {
    let runs = page.keys.iter().map(|key| {
        let record = keeper.run(key)?;
        Some(Numbered { sequence: 0, key: key.clone(), record })
    });
    let runs = runs.collect();
    Told::Page(Box::new(page), runs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::engine::setup::Setup;
    use crate::history::SortBy;

    #[test]
    fn an_overview_that_has_lost_runs_says_so_and_is_built_anew() {
        let shifts = Shifts::default();
        let store = Arc::new(Store::in_memory());
        let setup = Setup::new(&Config::default(), Vec::new(), None);
        let mut keeper = Keeper::opening(Arc::default(), &setup, None);
        let mut catalogue = Catalogue::of_nothing(false);
        catalogue.overview = Some(Box::new(Overview::lost()));
        let ask = |catalogue: &mut Catalogue, keeper: &Keeper| {
            let query = Box::new(Query { limit: 5, sort: SortBy::Model, ..Query::default() });
            let mut told = Vec::new();
            catalogue.answer((ScreenId(1), 7), Question::Page(query), keeper, &shifts, &mut |output| told.push(output));
            told
        };
        let is_refused = |told: &[Output], anew: bool| match told {
            [Output::Told(7, Told::Unanswered(why))] => why.contains("built anew") == anew,
            _ => false,
        };
        let told = ask(&mut catalogue, &keeper);
        assert!(is_refused(&told, false), "the history lacks what is held for it: {told:?}");
        keeper.opened(store, 10);
        let told = ask(&mut catalogue, &keeper);
        assert!(is_refused(&told, true), "{told:?}");
        let told = ask(&mut catalogue, &keeper);
        assert!(matches!(told[..], [Output::Told(7, Told::Building(_))]), "{told:?}");
        let (mut told, query) = (Vec::new(), Box::new(Query { limit: 5, ..Query::default() }));
        catalogue.answer((ScreenId(1), 8), Question::Page(query), &keeper, &shifts, &mut |output| told.push(output));
        assert!(matches!(told[..], [Output::Told(8, Told::Page(..))]), "the newest runs need no overview: {told:?}");
        let (mut told, news) = (Vec::new(), catalogue.news.clone());
        while !told.iter().any(|told| matches!(told, Output::Told(7, Told::Page(..)))) {
            catalogue.heard(news.recv(), &keeper, &shifts, &mut |output| told.push(output));
            assert!(!catalogue.done || !told.is_empty(), "the builder ended and nobody was answered");
        }
        catalogue.stop();
    }
}
