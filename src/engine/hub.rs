//! The history thread: the only writer. Takes what workers finished, commits it, then tells about it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, select, tick};

use super::catalogue::Catalogue;
use super::clock;
use super::keeper::{Keeper, Told};
use super::output::{Command, Output};
use super::retry::{Decision, Retries};
use super::setup::Setup;
use super::worker::{Done, Finished, path_key};
use crate::history::FileFacts;
use crate::intake::{Intake, IntakeEvent};
use crate::trim::LocalDate;

/// Most files committed together: a group shares one sync, and stays far under the store's own bound.
const GROUP: usize = 32;
/// How often a quiet engine says that it is alive, and looks whether the date has turned. A screen that hears
/// nothing for five seconds calls itself stale.
const HEARTBEAT: Duration = Duration::from_secs(4);

/// What the history thread works with.
pub(super) struct Hub {
    pub(super) setup: Arc<Setup>,
    pub(super) keeper: Keeper,
    pub(super) catalogue: Catalogue,
    pub(super) intake: Option<Intake>,
    pub(super) workers: Vec<JoinHandle<()>>,
    pub(super) stopping: Arc<AtomicBool>,
    pub(super) jobs: Receiver<IntakeEvent>,
    pub(super) done: Receiver<Done>,
    pub(super) commands: Receiver<Command>,
    pub(super) retries: Retries,
    pub(super) failed: HashMap<[u8; 16], PathBuf>,
    /// Files that are there and wait for standing still.
    pub(super) settling: usize,
    pub(super) told_queue: Option<u64>,
    pub(super) today: Option<LocalDate>,
}

impl Hub {
    /// Serves until told to stop; everything that was finished is on disk when it returns.
    pub(super) fn serve(mut self, sink: &mut dyn FnMut(Output)) {
        self.turn_calendar(sink);
        let heartbeat = tick(HEARTBEAT);
        loop {
            select! {
                recv(self.commands) -> command => match command {
                    Ok(Command::Stop) | Err(_) => break,
                    Ok(command) => self.answer(command, sink),
                },
                recv(self.done) -> done => match done {
                    Ok(done) => self.group(done, sink),
                    Err(_) => break,
                },
                recv(self.catalogue.news) -> news => {
                    self.catalogue.heard(news, self.keeper.store(), &self.setup.shifts, sink);
                },
                recv(heartbeat) -> _ => {
                    self.turn_calendar(sink);
                    sink(Output::Alive);
                }
            }
        }
        self.stop(sink);
    }

    /// Commits what is there, starting with `first`, as one group.
    fn group(&mut self, first: Done, sink: &mut dyn FnMut(Output)) {
        let mut finished = Vec::new();
        let waiting: Vec<Done> = self.done.try_iter().take(GROUP - 1).collect();
        for done in std::iter::once(first).chain(waiting) {
            match done {
                Done::File(file) => finished.push(*file),
                Done::NotYet { path, file, cause } => finished.extend(self.not_yet(path, file, cause)),
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
        for file in &finished {
            self.retries.ended(&file.path);
            if file.failed() {
                self.failed.insert(file.file.path_key, file.path.clone());
            } else {
                self.failed.remove(&file.file.path_key);
            }
        }
        let Told { outputs, changed } = self.keeper.commit(finished);
        self.catalogue.take(&outputs);
        outputs.into_iter().for_each(&mut *sink);
        if changed {
            self.tell_tallies(sink);
        }
    }

    /// An unfinished file is looked at again, or given up as an error.
    fn not_yet(&mut self, path: PathBuf, file: FileFacts, cause: String) -> Option<Finished> {
        let decision = self.retries.decide(&path, file.mtime_ns / 1_000_000, clock::now_ms());
        match (decision, &self.intake) {
            (Decision::Again(wait), Some(intake)) => {
                intake.retry(path, wait);
                None
            }
            _ => Some(Finished::given_up(path, file, cause)),
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
            IntakeEvent::Scanned { pending } => self.settling = pending,
            IntakeEvent::FileGone { path } => {
                self.retries.ended(&path);
                if self.failed.remove(&path_key(&path)).is_some() {
                    sink(Output::Notice(format!("{}: the file is gone", path.display())));
                }
            }
            IntakeEvent::File(_) => {}
        }
    }

    fn answer(&mut self, command: Command, sink: &mut dyn FnMut(Output)) {
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
            Command::Retry(key) => match self.failed.get(&key).cloned() {
                Some(path) => self.again(path),
                None => sink(Output::Notice("not a failed file of this run; it is read again when it changes".into())),
            },
            Command::RetryAll => self.failed.clone().into_values().for_each(|path| self.again(path)),
            Command::Rescan => {
                if let Some(intake) = &self.intake {
                    intake.rescan();
                }
            }
            Command::Ask(number, question) => {
                self.catalogue.answer(number, question, self.keeper.store(), &self.setup.shifts, sink);
            }
            Command::Act(word) => {
                if self.catalogue.act(word, self.keeper.store(), sink) {
                    self.tell_tallies(sink);
                }
            }
            Command::Stop => {}
        }
    }

    fn again(&mut self, path: PathBuf) {
        self.keeper.forget(&path_key(&path));
        if let Some(intake) = &self.intake {
            intake.retry(path, Duration::ZERO);
        }
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
        if self.told_queue != Some(queue) {
            self.told_queue = Some(queue);
            sink(Output::Queue(queue));
        }
    }

    /// Files still queued stay in their folder and are found at the next start; those finished are committed.
    fn stop(mut self, sink: &mut dyn FnMut(Output)) {
        self.stopping.store(true, Ordering::Release);
        if let Some(intake) = self.intake.take() {
            intake.stop();
        }
        let rest: Vec<Done> = self.done.iter().collect();
        let finished = rest.into_iter().filter_map(|done| match done {
            Done::File(file) => Some(*file),
            _ => None,
        });
        let finished: Vec<Finished> = finished.collect();
        self.commit(finished, sink);
        for worker in self.workers.drain(..) {
            // A worker catches its own panics; one that still died has lost its file to the next start.
            let _ = worker.join();
        }
        self.catalogue.stop();
        // The store marks its clean end when the last of its owners lets go of it, which is here.
        drop(self.keeper);
        sink(Output::Stopped);
    }
}
