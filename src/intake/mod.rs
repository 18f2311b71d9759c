//! A folder → complete files, once each.
//!
//! File-system events are a hint, a scan is the truth: events make a file known within a millisecond, and what
//! they miss (an overflow, a network mount, a folder made anew) the next scan finds. A file is handed over when
//! it was closed after writing or renamed in, else when its length, time and inode stood still over two looks.

mod names;
mod read;
mod scan;
mod settle;
mod watch;

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crossbeam_channel::{Sender, bounded, unbounded};

pub use names::ignored_by_name;
pub use read::{ReadOnceError, read_once};
pub use scan::{Scan, scan};

/// A folder to watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedFolder {
    /// Where it lies.
    pub path: PathBuf,
    /// Whether sub-folders count too.
    pub recursive: bool,
}

/// What tells one state of a file from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileStat {
    /// Bytes.
    pub len: u64,
    /// Modification time, nanoseconds since 1970 UTC.
    pub mtime_ns: i64,
    /// Inode; 0 where there is none.
    pub inode: u64,
}

impl FileStat {
    /// The state a file's metadata shows.
    pub fn of(meta: &Metadata) -> Self {
        Self { len: meta.len(), mtime_ns: meta.modified().map_or(0, nanoseconds), inode: inode(meta).1 }
    }
}

fn nanoseconds(time: SystemTime) -> i64 {
    let size = |duration: Duration| i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => size(after),
        Err(before) => -size(before.duration()),
    }
}

/// Device and inode, where the system has them.
#[cfg(unix)]
fn inode(meta: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (meta.dev(), meta.ino())
}

#[cfg(not(unix))]
fn inode(_meta: &Metadata) -> (u64, u64) {
    (0, 0)
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
    /// A scan has ended; told after one that was asked for, and when the figure has changed.
    Scanned {
        /// Files that wait for standing still.
        pending: usize,
    },
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

/// What the intake's thread is asked or hinted.
#[derive(Debug)]
enum Control {
    Retry(PathBuf, Duration),
    Rescan,
    Hint(notify::Result<notify::Event>),
}

/// The running intake. Dropping it leaves the thread to end by itself; [`Intake::stop`] waits for it.
#[derive(Debug)]
pub struct Intake {
    control: Sender<Control>,
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Intake {
    /// Starts the thread `intake`. `known` says which files have been dealt with in an earlier life; events go
    /// to `out`, and a full queue holds the intake back.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(
        folders: Vec<WatchedFolder>,
        options: Options,
        known: impl Fn(&Path, &FileStat) -> bool + Send + 'static,
        out: Sender<IntakeEvent>,
    ) -> io::Result<Self> {
        let (control, requests) = unbounded();
        let (stop, stopped) = bounded(1);
        let hints = control.clone();
        let thread = thread::Builder::new().name("intake".to_owned()).spawn(move || {
            watch::Watch::new(folders, options, Box::new(known), out, stopped, hints).run(&requests);
        })?;
        Ok(Self { control, stop, thread })
    }

    /// Looks at a path again after a while and hands it over when it stands still, even if it has not changed.
    pub fn retry(&self, path: PathBuf, delay: Duration) {
        // A thread that has ended has nothing left to retry.
        let _ = self.control.send(Control::Retry(path, delay));
    }

    /// Scans now.
    pub fn rescan(&self) {
        let _ = self.control.send(Control::Rescan);
    }

    /// Ends the thread, even while it is held back, and waits for it.
    pub fn stop(self) {
        drop(self.stop);
        let _ = self.thread.join();
    }
}
