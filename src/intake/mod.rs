//! A folder → complete files, once each.
//!
//! File-system events are a hint, a scan is the truth: events make a file known within a millisecond, and what
//! they miss (an overflow, a network mount, a folder made anew) the next scan finds. A file is handed over when
//! it was closed after writing or renamed in, else when its length, times and inode stood still over two looks.
//! What arrives now goes out on a lane of its own, ahead of the thousands that were there before.

mod hints;
mod lanes;
mod mount;
mod names;
mod read;
mod roots;
mod scan;
mod settle;
mod stat;
mod watch;

use std::io;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Sender, bounded, unbounded};

pub use lanes::{Lanes, Outlet, lanes};
pub use mount::silent_kind;
pub use names::ignored_by_name;
pub use read::{ReadOnceError, read_once};
pub use scan::{Scan, scan};
pub use stat::FileStat;

/// A folder to watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedFolder {
    /// Where it lies.
    pub path: PathBuf,
    /// Whether sub-folders count too.
    pub recursive: bool,
}

/// How a file came to be known as complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// There before the watch began, and not written to lately.
    AtStart,
    /// Closed after writing.
    Closed,
    /// Renamed or moved in.
    RenamedIn,
    /// Stood still over two looks.
    Settled,
    /// Asked for again.
    Retried,
}

/// A file that is complete as far as the folder can tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Index of its watched folder.
    pub folder: usize,
    /// Where it lies.
    pub path: PathBuf,
    /// Its state when it was handed over.
    pub stat: FileStat,
    /// How it came to be known.
    pub found: Found,
    /// Whether a file of this path, length and modification time was dealt with before: then only its content
    /// says whether anything is new.
    pub again: bool,
    /// When.
    pub noticed: Instant,
}

/// What the intake tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntakeEvent {
    /// A complete file.
    File(Candidate),
    /// A watched folder is gone.
    FolderOffline {
        /// Its index.
        folder: usize,
        /// Why.
        cause: String,
    },
    /// A watched folder is there, for the first time or again.
    FolderOnline {
        /// Its index.
        folder: usize,
    },
    /// A sub-folder cannot be looked into.
    UnreadableFolder {
        /// The sub-folder.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// No events from this folder; scans alone find its files from now on.
    WatchUnavailable {
        /// Its index.
        folder: usize,
        /// Why.
        cause: String,
    },
    /// How many files wait for standing still; told when that has changed, none at first.
    Pending(usize),
    /// A scan that was asked for has ended: what it found at rest was told before or is on its way.
    Scanned,
    /// A file vanished before it was complete.
    FileGone {
        /// The file.
        path: PathBuf,
    },
}

/// How the intake works.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Time between two scans.
    pub rescan: Duration,
    /// How long a file must stand still when no event says it is complete.
    pub settle: Duration,
    /// Do without events.
    pub poll_only: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { rescan: Duration::from_secs(5), settle: Duration::from_secs(2), poll_only: false }
    }
}

/// What is known of a file from an earlier life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// It was dealt with in this length and time.
    Dealt,
    /// It was not.
    New,
    /// Nobody can tell yet: the history is still being opened. Files found by looking wait for a scan after that.
    NotYet,
}

/// What the intake's thread is asked or hinted.
#[derive(Debug)]
enum Control {
    Retry(PathBuf, Duration),
    Rescan,
    StartOver,
    Hint(notify::Result<notify::Event>),
}

/// How long an ending program waits for the thread: a mount whose server is gone may never let it go.
const PATIENCE: Duration = Duration::from_millis(300);

/// The running intake. Dropping it leaves the thread to end by itself; [`Intake::stop`] waits for it.
#[derive(Debug)]
pub struct Intake {
    control: Sender<Control>,
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Intake {
    /// Starts the thread `intake`. `known` says which files have been dealt with in an earlier life; events go
    /// to `out`. While it answers [`Known::NotYet`], only files that an event proves complete or that are asked
    /// for go out; [`Intake::rescan`] decides about the rest once it can tell.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(
        folders: Vec<WatchedFolder>,
        options: Options,
        known: impl Fn(&Path, &FileStat) -> Known + Send + 'static,
        out: Outlet,
    ) -> io::Result<Self> {
        let (control, requests) = unbounded();
        let (stop, stopped) = bounded(1);
        let hints = control.clone();
        let thread = thread::Builder::new().name("intake".to_owned()).spawn(move || {
            watch::Watch::new(folders, options, Box::new(known), out, stopped, hints).run(&requests);
        })?;
        Ok(Self { control, stop, thread })
    }

    /// Looks at a path again after a while and hands it over even if it has not changed. A path whose watched
    /// folder is away is looked at when that is back.
    pub fn retry(&self, path: PathBuf, delay: Duration) {
        // A thread that has ended has nothing left to retry.
        let _ = self.control.send(Control::Retry(path, delay));
    }

    /// Scans now.
    pub fn rescan(&self) {
        let _ = self.control.send(Control::Rescan);
    }

    /// Looks at every file as if for the first time; what is known from an earlier life stays known.
    pub fn start_over(&self) {
        let _ = self.control.send(Control::StartOver);
    }

    /// Ends the thread, even while it is held back, and waits for it; not for one that hangs in a dead mount.
    pub fn stop(self) {
        drop(self.stop);
        let end = Instant::now() + PATIENCE;
        while !self.thread.is_finished() && Instant::now() < end {
            thread::sleep(Duration::from_millis(1));
        }
        if self.thread.is_finished() {
            // A thread that panicked has nothing more to say.
            let _ = self.thread.join();
        }
    }
}
