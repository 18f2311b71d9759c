//! The history thread: the only writer. Takes what workers finished, commits it, then tells about it.

mod ending;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, at, never, select, tick};

use super::catalogue::Catalogue;
use super::clock;
use super::drift::Watchman;
use super::exporting::Exporter;
use super::failed::{FailedFile, failed_before, unread};
use super::keeper::{Keeper, Told};
use super::opener::{self, Opened};
use super::output::{Asked, Command, Output, ScreenId};
use super::retry::{Decision, Now, Retries, UNREAD_AGAIN};
use super::setup::Setup;
use super::teaching::{News, Teaching};
use super::upkeep::Upkeep;
use super::worker::{Done, Finished, UNREAD, path_key};
use crate::history::Damaged;
use crate::intake::{Intake, IntakeEvent, Lanes};
use crate::trim::LocalDate;

/// Most files committed together: a group shares one sync, and stays far under the store's own bound.
const GROUP: usize = 32;
/// How often a quiet engine says that it is alive, and looks whether the date has turned. A screen that hears
/// nothing for five seconds calls itself stale.
const HEARTBEAT: Duration = Duration::from_secs(4);
/// How long the end waits for files that are being read: a mount whose server is gone may never give them.
const PATIENCE: Duration = Duration::from_millis(400);

/// What the history thread works with.
pub(super) struct Hub {
    pub(super) setup: Arc<Setup>,
    pub(super) keeper: Keeper,
    /// How the opening of the store ended that is under way.
    pub(super) opened: Receiver<Opened>,
    pub(super) upkeep: Upkeep,
    pub(super) teaching: Teaching,
    pub(super) watchman: Watchman,
    pub(super) exporter: Exporter,
    /// Whether a screen knows what was there before, or that there is nothing.
    pub(super) past_told: bool,
    pub(super) catalogue: Catalogue,
    pub(super) intake: Option<Intake>,
    pub(super) workers: Vec<JoinHandle<()>>,
    pub(super) stopping: Arc<AtomicBool>,
    pub(super) jobs: Lanes,
    pub(super) done: Receiver<Done>,
    pub(super) commands: Receiver<Asked>,
    pub(super) retries: Retries,
    pub(super) failed: HashMap<[u8; 16], FailedFile>,
    /// Files that are there and wait for standing still.
    pub(super) settling: usize,
    /// Files under way, and files that could not be read, as they were told.
    pub(super) told_queue: Option<(u64, u64)>,
    pub(super) today: Option<LocalDate>,
}

impl Hub {
    /// Serves until told to stop; everything that was finished is on disk when it returns.
    pub(super) fn serve(mut self, sink: &mut dyn FnMut(Output)) {
        self.turn_calendar(sink);
        let heartbeat = tick(HEARTBEAT);
        loop {
            let try_again = self.keeper.next_try().map_or_else(never, at);
            select! {
                recv(try_again) -> _ => {
                    if let Some(job) = self.keeper.due() {
                        self.opened = opener::start(job, &self.setup);
                    }
                }
                recv(self.commands) -> command => match command {
                    Ok(Asked { command: Command::Stop, .. }) | Err(_) => break,
                    Ok(Asked { by, command }) => {
                        sink(Output::Answering(by));
                        self.answer(by, command, sink);
                        sink(Output::Answered);
                    }
                },
                recv(self.done) -> done => match done {
                    Ok(done) => self.group(done, sink),
                    Err(_) => break,
                },
                recv(self.opened) -> opened => {
                    self.opened = never();
                    if let Ok(opened) = opened {
                        self.history(opened, sink);
                    }
                }
                recv(self.upkeep.ended) -> ended => {
                    // The schedule keeps an end of the channel itself.
                    let damaged = ended.map(|ended| self.upkeep.take(ended, sink)).unwrap_or_default();
                    for damaged in &damaged {
                        self.heal(damaged, sink);
                    }
                }
                recv(self.catalogue.news) -> news => {
                    self.catalogue.heard(news, &self.keeper, &self.setup.shifts, sink);
                }
                recv(self.teaching.news) -> news => {
                    let news = news.unwrap_or(News::Ended(None));
                    self.teaching.heard(news, self.keeper.in_use().as_ref(), sink);
                }
                recv(self.watchman.news) -> news => {
                    self.watchman.heard(news.ok(), self.keeper.in_use().as_ref(), sink);
                }
                recv(self.exporter.ended) -> ended => {
                    if let Ok(ended) = ended {
                        self.exporter.heard(ended, sink);
                    }
                }
                recv(heartbeat) -> _ => self.beat(sink),
            }
        }
        self.stop(sink);
    }

    fn beat(&mut self, sink: &mut dyn FnMut(Output)) {
        self.turn_calendar(sink);
        self.upkeep.beat(self.keeper.in_use().as_ref());
        self.teaching.beat(self.keeper.in_use());
        self.watchman.beat(self.keeper.in_use(), sink);
        sink(Output::Alive);
    }

    /// A damaged value was set aside: it is named, and made anew from its file where that is still there.
    fn heal(&self, damaged: &Damaged, sink: &mut dyn FnMut(Output)) {
        let said = |rest: &str| format!("the {} of a run was damaged ({}); {rest}", damaged.what, damaged.cause);
        let file = damaged.file.as_ref().map(|file| PathBuf::from(&file.path)).filter(|path| path.is_file());
        match file {
            Some(path) => {
                sink(Output::Notice(said(&format!("{} is read again", path.display()))));
                self.look_again(path, Duration::ZERO);
            }
            None => sink(Output::Notice(said("it is kept aside, and its file is not there any more"))),
        }
    }

    /// The store was opened, or could not be.
    fn history(&mut self, opened: Opened, sink: &mut dyn FnMut(Output)) {
        let told = match opened {
            Opened::First(store, opening) => {
                opening.notes.into_iter().for_each(|note| sink(Output::Notice(note)));
                self.failed.extend(failed_before(&store, self.setup.past));
                self.catalogue.start(&store);
                let kept = Arc::clone(&store);
                // Before anybody hears that the history is there, what was learned from it speaks.
                self.teaching.reload(&store, sink);
                let (past, told) = self.keeper.opened(store, self.setup.past);
                self.past_told = true;
                sink(past);
                // Those that were held are in the store before the charts are read from it.
                self.watchman.start(&kept);
                told
            }
            Opened::Again(opening) => {
                opening.notes.into_iter().for_each(|note| sink(Output::Notice(note)));
                self.keeper.take_held()
            }
            Opened::Failed(error, claim) => {
                if !std::mem::replace(&mut self.past_told, true) {
                    sink(Output::Opened { runs: Vec::new(), log: Vec::new(), notes: Vec::new() });
                }
                sink(self.keeper.failed(&error, claim));
                self.catalogue.do_without(&self.keeper, &self.setup.shifts, sink);
                Told::default()
            }
        };
        self.catalogue.take(&told.outputs);
        self.watchman.take(&told.outputs);
        told.outputs.into_iter().for_each(&mut *sink);
        self.tell_tallies(sink);
        self.upkeep.beat(self.keeper.in_use().as_ref());
        // Files found by looking have waited for somebody who knows them.
        match &self.intake {
            Some(intake) if told.look_again => intake.start_over(),
            Some(intake) => intake.rescan(),
            None => {}
        }
    }

    /// Commits what is there, starting with `first`, as one group.
    fn group(&mut self, first: Done, sink: &mut dyn FnMut(Output)) {
        let mut finished = Vec::new();
        let waiting: Vec<Done> = self.done.try_iter().take(GROUP - 1).collect();
        for done in std::iter::once(first).chain(waiting) {
            match done {
                Done::File(file) => finished.push(*file),
                Done::NotYet { file, written_ns } => finished.extend(self.not_yet(*file, written_ns)),
                Done::Gone(path) => self.look_again(path, Duration::ZERO),
                Done::Folder(event) => self.folder(event, sink),
            }
        }
        self.commit(finished, sink);
        self.tell_queue(sink);
    }

    fn commit(&mut self, finished: Vec<Finished>, sink: &mut dyn FnMut(Output)) {
        if finished.is_empty() {
            return;
        }
        let finished = self.without_unchanged(finished);
        for file in &finished {
            self.retries.ended(&file.path);
            file.log();
            if file.failed() {
                let failed = FailedFile::new(file.path.clone(), &file.file);
                self.failed.insert(file.file.path_key, failed);
            } else {
                self.failed.remove(&file.file.path_key);
            }
        }
        let unread = unread(&finished);
        let Told { outputs, changed, .. } = self.keeper.commit(finished);
        self.forget_unread(&unread);
        self.catalogue.take(&outputs);
        self.watchman.take(&outputs);
        let runs = outputs.iter().filter(|output| matches!(output, Output::Run { .. })).count() as u64;
        outputs.into_iter().for_each(&mut *sink);
        if changed {
            self.teaching.arrived(runs);
            self.tell_tallies(sink);
        }
    }

    /// An unfinished file is looked at again, or given up as an error.
    fn not_yet(&mut self, file: Finished, written_ns: i64) -> Option<Finished> {
        let now = Now { ms: clock::now_ms(), tick: Instant::now() };
        match self.retries.decide(&file.path, file.file.len, written_ns, now) {
            Decision::Again(wait) => {
                self.look_again(file.path, wait);
                None
            }
            Decision::GiveUp => {
                if file.file.content == UNREAD {
                    self.look_again(file.path.clone(), UNREAD_AGAIN);
                }
                Some(Finished { again: false, ..file })
            }
        }
    }

    fn look_again(&self, path: PathBuf, wait: Duration) {
        if let Some(intake) = &self.intake {
            intake.retry(path, wait);
        }
    }

    fn folder(&mut self, event: IntakeEvent, sink: &mut dyn FnMut(Output)) {
        match event {
            IntakeEvent::FolderOnline { folder } => sink(Output::Online(folder)),
            IntakeEvent::FolderOffline { folder, cause } => sink(Output::Offline { folder, cause }),
            IntakeEvent::WatchUnavailable { folder, cause } => {
                let path = self.setup.folders.get(folder).map(|watch| watch.path.display().to_string());
                let path = path.unwrap_or_default();
                sink(Output::Notice(format!("{path}: no file-system events ({cause}); looking every few seconds")));
            }
            IntakeEvent::UnreadableFolder { path, cause } => {
                sink(Output::Notice(format!("{}: {cause}", path.display())));
            }
            IntakeEvent::Pending(files) => self.settling = files,
            IntakeEvent::FileGone { path } => {
                self.retries.ended(&path);
                if self.failed.remove(&path_key(&path)).is_some() {
                    sink(Output::Notice(format!("{}: the file is gone", path.display())));
                }
            }
            IntakeEvent::Scanned | IntakeEvent::File(_) => {}
        }
    }

    fn answer(&mut self, by: ScreenId, command: Command, sink: &mut dyn FnMut(Output)) {
        match command {
            Command::Curves(key) => {
                let curves = self.keeper.curves(&key);
                sink(Output::Curves { key, curves });
            }
            Command::Unit { model, serial } => {
                let runs = self.keeper.unit(&model, &serial);
                sink(Output::Unit { model, serial, runs });
            }
            Command::Before(key) => {
                let run = self.keeper.before(&key).map(Box::new);
                sink(Output::Before { key, run });
            }
            Command::Retry(key) => match self.failed.get_mut(&key).map(FailedFile::ask) {
                Some((path, mtime_ns)) => self.again(path, mtime_ns),
                None => sink(Output::Notice("not a failed file of this run; it is read again when it changes".into())),
            },
            Command::RetryAll => {
                let asked: Vec<(PathBuf, i64)> = self.failed.values_mut().map(FailedFile::ask).collect();
                for (path, mtime_ns) in asked {
                    self.again(path, mtime_ns);
                }
            }
            Command::Rescan => {
                if let Some(intake) = &self.intake {
                    intake.rescan();
                }
            }
            Command::Ask(number, question) => {
                self.catalogue.answer((by, number), question, &self.keeper, &self.setup.shifts, sink);
            }
            Command::Act(word) => {
                let key = word.key.clone();
                if self.catalogue.act(word, &mut self.keeper, sink) {
                    self.tell_tallies(sink);
                    self.watchman.take_word(&key, &self.keeper);
                }
            }
            Command::Export { number, what, format } => self.export(number, what, format, sink),
            Command::Outcome(key) => {
                let outcome = self.keeper.outcome(&key).map(Box::new);
                sink(Output::Outcome { key, outcome });
            }
            Command::Tested(word) => {
                self.keeper.tested(word, sink);
                self.teaching.arrived(1);
            }
            Command::Models => {
                self.teaching.look(self.keeper.in_use());
                self.teaching.tell(sink);
            }
            Command::Train { learner, by } => {
                if let Err(why) = self.teaching.train(learner, by, self.keeper.in_use()) {
                    sink(Output::Notice(format!("nothing trained: {why}")));
                }
                self.teaching.tell(sink);
            }
            Command::CancelTraining => {
                let said = if self.teaching.cancel() { "the training is given up" } else { "nothing is being trained" };
                sink(Output::Notice(said.to_owned()));
            }
            Command::Deploy(wanted) => self.teaching.deploy(&wanted, self.keeper.in_use(), sink),
            command @ (Command::Drift
            | Command::DriftCharts { .. }
            | Command::Acknowledge { .. }
            | Command::NewBaseline { .. }) => self.watchman.answer(by, command, sink),
            Command::Left => {
                self.catalogue.forget(by);
                self.watchman.forget(by);
            }
            Command::Stop => {}
        }
    }

    fn again(&mut self, path: PathBuf, mtime_ns: i64) {
        self.keeper.forget(&path_key(&path), mtime_ns);
        self.look_again(path, Duration::ZERO);
    }

    /// Tells the day's figures anew when the PC's date has changed.
    fn turn_calendar(&mut self, sink: &mut dyn FnMut(Output)) {
        let today = clock::today();
        if today != self.today {
            self.today = today;
            self.tell_tallies(sink);
        }
    }

    fn tell_tallies(&mut self, sink: &mut dyn FnMut(Output)) {
        self.today = clock::today();
        if let Some(today) = self.today {
            sink(Output::Tallies { today: self.keeper.day(today) });
        }
    }

    fn tell_queue(&mut self, sink: &mut dyn FnMut(Output)) {
        let queue = (self.jobs.len() + self.done.len() + self.settling.max(self.retries.waiting())) as u64;
        let now = (queue, self.failed.len() as u64);
        if self.told_queue != Some(now) {
            self.told_queue = Some(now);
            sink(Output::Queue { waiting: now.0, unreadable: now.1 });
        }
        if queue == 0 {
            self.watchman.settle();
        }
    }
}
