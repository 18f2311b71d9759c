//! Starting and stopping the whole: store, workers, intake, history thread.

use std::collections::HashMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded, never};

use super::catalogue::Catalogue;
use super::drift::Watchman;
use super::exporting::Exporter;
use super::holder::holder;
use super::hub::Hub;
use super::keeper::{Keeper, Slot};
use super::opener::{self, Job, Opened};
use super::output::{Asked, Command, Output, ScreenId};
use super::retry::Retries;
use super::setup::Setup;
use super::teaching::Teaching;
use super::upkeep::Upkeep;
use super::worker::{self, path_key};
use crate::history::{Claim, StoreError, Waiting};
use crate::intake::{FileStat, Intake, Known, Options, Outlet, WatchedFolder, lanes};

/// Files just arrived that may wait for a worker: more hold back the intake, not the memory.
const QUEUE: usize = 256;
/// Judged files that may wait for the history thread: one that has just arrived waits behind no more than these.
const DONE: usize = 16;

/// The running engine.
#[derive(Debug)]
pub struct Engine {
    commands: Sender<Asked>,
    thread: JoinHandle<()>,
}

impl Engine {
    /// Starts all threads and returns at once; the store is opened on the history thread. What is asked comes through
    /// `asked`, also what was asked before the start; everything is told to `sink`, on the history thread, in the order
    /// it happened.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(
        setup: Setup,
        claimed: Claimed,
        (commands, asked): (Sender<Asked>, Receiver<Asked>),
        mut sink: impl FnMut(Output) + Send + 'static,
    ) -> io::Result<Self> {
        let thread = thread::Builder::new().name("history".to_owned()).spawn(move || {
            let served = catch_unwind(AssertUnwindSafe(|| serve(setup, claimed, asked, &mut sink)));
            // Screens must hear of the end, however it comes: another process takes over then.
            let served = served.unwrap_or_else(|_| Err(io::Error::other("the history thread stopped")));
            if let Err(trouble) = served {
                sink(Output::Notice(format!("the engine has ended: {trouble}")));
                sink(Output::Stopped);
            }
        })?;
        Ok(Self { commands, thread })
    }

    /// Stops, with everything on disk, and waits for it.
    pub fn stop(self) {
        // An engine that has ended by itself needs no order.
        let _ = self.commands.send(Asked { by: ScreenId(0), command: Command::Stop });
        let _ = self.thread.join();
    }
}

/// What came of asking for the store's folder.
#[derive(Debug)]
pub enum Claimed {
    /// Nothing is to be kept.
    Nowhere,
    /// It is this process's.
    Own(Claim),
    /// It cannot be had; a shop without a working disk still wants its verdicts.
    Not(Box<StoreError>),
}

impl Claimed {
    /// Asks for the folder that a setup names.
    ///
    /// # Errors
    /// [`StoreError::HeldBy`] when another process has it.
    pub fn ask(setup: &Setup) -> Result<Self, StoreError> {
        let Some(dir) = &setup.store else { return Ok(Self::Nowhere) };
        match Claim::take(dir, &holder()) {
            Ok(claim) => Ok(Self::Own(claim)),
            Err(held @ StoreError::HeldBy { .. }) => Err(held),
            Err(trouble) => Ok(Self::Not(Box::new(trouble))),
        }
    }
}

fn serve(setup: Setup, claimed: Claimed, commands: Receiver<Asked>, sink: &mut dyn FnMut(Output)) -> io::Result<()> {
    let slot = Arc::<Slot>::default();
    let (keeper, opened) = begin_history(&setup, claimed, &slot, sink);
    let setup = Arc::new(setup);
    let stopping = Arc::new(AtomicBool::new(false));
    let (found, jobs) = lanes(QUEUE);
    let (finished, done) = bounded(DONE);
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let workers = worker::start(workers, &setup, &stopping, &jobs, &finished)?;
    drop(finished);
    let intake = start_intake(&setup, slot, found)?;
    let hub = Hub {
        catalogue: Catalogue::of_nothing(keeper.is_opening()),
        past_told: !keeper.is_opening(),
        upkeep: Upkeep::new(&setup),
        teaching: Teaching::new(&setup),
        watchman: Watchman::new(&setup),
        exporter: Exporter::new(&setup, &stopping),
        keeper,
        opened,
        setup,
        intake: Some(intake),
        workers,
        stopping,
        jobs,
        done,
        commands,
        retries: Retries::default(),
        failed: HashMap::new(),
        settling: 0,
        told_queue: None,
        today: None,
    };
    hub.serve(sink);
    Ok(())
}

/// Begins to open the store where there is one.
fn begin_history(
    setup: &Setup,
    claimed: Claimed,
    slot: &Arc<Slot>,
    sink: &mut dyn FnMut(Output),
) -> (Keeper, Receiver<Opened>) {
    let nothing = || Output::Opened { runs: Vec::new(), log: Vec::new(), notes: Vec::new() };
    match claimed {
        Claimed::Nowhere => {
            let keeper = Keeper::by_choice();
            sink(nothing());
            sink(Output::NotKept(keeper.not_kept().unwrap_or_default()));
            (keeper, never())
        }
        Claimed::Own(claim) => {
            // Where nobody can wait on disk, the rows say that they are not kept.
            let mut waiting = Waiting::open(&claim).ok();
            let note = waiting.as_mut().and_then(|(waiting, _)| waiting.note.take());
            if let Some(note) = note {
                sink(Output::Notice(note));
            }
            let keeper = Keeper::opening(Arc::clone(slot), setup, waiting);
            (keeper, opener::start(Job::Claimed(claim), setup))
        }
        Claimed::Not(trouble) => {
            let mut keeper = Keeper::opening(Arc::clone(slot), setup, None);
            sink(nothing());
            sink(keeper.failed(&trouble, None));
            (keeper, never())
        }
    }
}

fn start_intake(setup: &Setup, slot: Arc<Slot>, found: Outlet) -> io::Result<Intake> {
    let folders =
        setup.folders.iter().map(|watch| WatchedFolder { path: watch.path.clone(), recursive: watch.recursive });
    let options = Options { rescan: setup.rescan, poll_only: setup.poll, ..Options::default() };
    let known = move |path: &std::path::Path, stat: &FileStat| match slot.store() {
        Some(store) if store.seen_path(&path_key(path), stat.len, stat.mtime_ns) => Known::Dealt,
        None if slot.is_undecided() => Known::NotYet,
        _ => Known::New,
    };
    Intake::start(folders.collect(), options, known, found)
}
