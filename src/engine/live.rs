//! Starting and stopping the whole: store, workers, intake, history thread.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use super::holder::holder;
use super::hub::Hub;
use super::keeper::{self, Keeper};
use super::output::{Command, Output};
use super::quiet;
use super::retry::Retries;
use super::setup::Setup;
use super::unchanged::FailedFile;
use super::worker::{self, path_key};
use crate::history::{LogEntry, LogOutcome, Store, StoreError};
use crate::intake::{FileStat, Intake, Known, Options, Outlet, WatchedFolder, lanes};

/// Files just arrived that may wait for a worker: more hold back the intake, not the memory.
const QUEUE: usize = 256;
/// Judged files that may wait for the history thread: one that has just arrived waits behind no more than these.
const DONE: usize = 16;

/// The running engine.
#[derive(Debug)]
pub struct Engine {
    commands: Sender<Command>,
    thread: JoinHandle<()>,
}

impl Engine {
    /// Starts all threads and returns at once; the store is opened on the history thread. Everything is told to
    /// `sink`, on that thread, in the order it happened.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(setup: Setup, mut sink: impl FnMut(Output) + Send + 'static) -> io::Result<Self> {
        let (commands, requests) = unbounded();
        let thread = thread::Builder::new().name("history".to_owned()).spawn(move || {
            if let Err(trouble) = serve(setup, requests, &mut sink) {
                sink(Output::Notice(format!("the engine could not start: {trouble}")));
                sink(Output::Stopped);
            }
        })?;
        Ok(Self { commands, thread })
    }

    /// Where commands go; sending never waits.
    pub fn commands(&self) -> Sender<Command> {
        self.commands.clone()
    }

    /// Stops, with everything on disk, and waits for it.
    pub fn stop(self) {
        // An engine that has ended by itself needs no order.
        let _ = self.commands.send(Command::Stop);
        let _ = self.thread.join();
    }
}

fn serve(setup: Setup, commands: Receiver<Command>, sink: &mut dyn FnMut(Output)) -> io::Result<()> {
    let Some((store, not_kept)) = open_store(&setup, sink) else {
        sink(Output::Stopped);
        return Ok(());
    };
    sink(keeper::past(&store, setup.past));
    if let Some(reason) = &not_kept {
        sink(Output::NotKept(reason.clone()));
    }
    let failed = failed_before(&store, setup.past);
    let setup = Arc::new(setup);
    let stopping = Arc::new(AtomicBool::new(false));
    let (found, jobs) = lanes(QUEUE);
    let (finished, done) = bounded(DONE);
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let workers = worker::start(workers, &setup, &stopping, &jobs, &finished)?;
    drop(finished);
    let intake = start_intake(&setup, Arc::clone(&store), found)?;
    let hub = Hub {
        keeper: Keeper::new(store, not_kept),
        setup,
        intake: Some(intake),
        workers,
        stopping,
        jobs,
        done,
        commands,
        retries: Retries::default(),
        failed,
        settling: 0,
        told_queue: None,
        today: None,
    };
    hub.serve(sink);
    Ok(())
}

/// Files that failed before, so that they can be asked for again.
fn failed_before(store: &Store, most: usize) -> HashMap<[u8; 16], FailedFile> {
    let log = store.latest_log(most).unwrap_or_default().into_iter();
    let failed = log.filter(|entry| matches!(entry.outcome, LogOutcome::Failed { .. }));
    // A path that was no text is kept with replacements and leads nowhere: its file is read when it changes.
    failed
        .map(|LogEntry { file, .. }| (file.path_key, FailedFile::new(file.path.into(), file.content)))
        .filter(|(key, file)| path_key(&file.path) == *key)
        .collect()
}

/// The store and why nothing is kept; `None` when another process holds it.
fn open_store(setup: &Setup, sink: &mut dyn FnMut(Output)) -> Option<(Arc<Store>, Option<String>)> {
    let Some(dir) = &setup.store else {
        return Some((Arc::new(Store::in_memory()), Some("by choice (--no-store)".to_owned())));
    };
    match quiet::during(|| Store::open(dir, &holder())) {
        Ok((store, opening)) => {
            opening.notes.into_iter().for_each(|note| sink(Output::Notice(note)));
            Some((Arc::new(store), None))
        }
        Err(held @ StoreError::HeldBy { .. }) => {
            sink(Output::Held(held.to_string()));
            None
        }
        // A shop without a working disk still wants its verdicts.
        Err(trouble) => Some((Arc::new(Store::in_memory()), Some(trouble.to_string()))),
    }
}

fn start_intake(setup: &Setup, store: Arc<Store>, found: Outlet) -> io::Result<Intake> {
    let folders =
        setup.folders.iter().map(|watch| WatchedFolder { path: watch.path.clone(), recursive: watch.recursive });
    let options = Options { rescan: setup.rescan, poll_only: setup.poll, ..Options::default() };
    let known = move |path: &std::path::Path, stat: &FileStat| {
        if store.seen_path(&path_key(path), stat.len, stat.mtime_ns) { Known::Dealt } else { Known::New }
    };
    Intake::start(folders.collect(), options, known, found)
}
