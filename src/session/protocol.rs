//! The words spoken through the door.

use serde::{Deserialize, Serialize};

use crate::analysis::RunCurves;
use crate::history::{LogEntry, RunKey, RunRecord, Tally};

/// What a screen may ask for. Answers come back as events; nothing is ever waited for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// The curves of a run → [`Event::Curves`].
    Curves {
        /// The run.
        key: RunKey,
    },
    /// All runs of a unit → [`Event::Unit`].
    Unit {
        /// Product model.
        model: String,
        /// Serial.
        serial: String,
    },
    /// The run of the same model on the same laser before this one → [`Event::Before`].
    Before {
        /// The run.
        key: RunKey,
    },
    /// Read a failed file again now.
    Retry {
        /// The path's key, as in its log entry.
        path_key: [u8; 16],
    },
    /// Read every failed file again now.
    RetryAll,
    /// Look through the folders now.
    Rescan,
    /// End: flush, close, then [`Event::Stopped`].
    Stop,
}

/// One run as it arrived or as history had it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArrivedRun {
    /// Where it is kept.
    pub key: RunKey,
    /// Order of arrival, ascending.
    pub sequence: u64,
    /// Figures and verdict.
    pub record: RunRecord,
    /// From the file's completion to its verdict on disk, milliseconds; `None` for runs of before.
    pub latency_ms: Option<f64>,
    /// Why the run is not kept on disk; `None` when it is.
    pub not_kept: Option<String>,
}

/// Whether a watched folder can be seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FolderState {
    /// Not looked at yet.
    Starting,
    /// Watched.
    Live,
    /// Gone since.
    Offline {
        /// Milliseconds since 1970 UTC.
        since_ms: i64,
        /// Why.
        cause: String,
    },
}

/// One watched folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderView {
    /// Where it lies.
    pub path: String,
    /// The laser, by configuration or by the folder's name.
    pub laser: Option<String>,
    /// The line, by configuration.
    pub line: Option<String>,
    /// Whether it can be seen.
    pub state: FolderState,
}

/// Whether runs are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum HistoryState {
    /// The store is being opened.
    Opening,
    /// Every row shown is on disk.
    Kept,
    /// Nothing is kept, by choice or by trouble.
    NotKept {
        /// Why.
        reason: String,
    },
}

/// Everything the header shows; sent whole whenever a part of it changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The watched folders.
    pub folders: Vec<FolderView>,
    /// Whether runs are kept.
    pub history: HistoryState,
    /// Files found and not yet judged.
    pub queue: u64,
    /// Runs dated today.
    pub today: Tally,
    /// The shift that is on.
    pub shift: Option<String>,
    /// Arrival of the newest file, milliseconds since 1970 UTC.
    pub newest_ms: Option<i64>,
}

/// What a screen is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// The header's figures.
    Snapshot(Box<Snapshot>),
    /// Runs and log of before, newest first; once, after the store was opened.
    Past {
        /// Runs, newest arrival first.
        runs: Vec<ArrivedRun>,
        /// Log entries, newest first.
        log: Vec<LogEntry>,
    },
    /// A file was judged: a new run, or a new content of one already shown (same key).
    Arrived(Box<ArrivedRun>, Box<RunCurves>),
    /// A run that was shown before is in the history now: its row says so where it stands.
    Kept(Box<ArrivedRun>),
    /// A line for the log, for every file however it ended.
    Logged(Box<LogEntry>),
    /// The curves of a run; `None` when they are not kept.
    Curves {
        /// The run.
        key: RunKey,
        /// Its curves.
        curves: Option<Box<RunCurves>>,
    },
    /// All runs of a unit, oldest first by the runs' own clock.
    Unit {
        /// Product model.
        model: String,
        /// Serial.
        serial: String,
        /// The runs.
        runs: Vec<ArrivedRun>,
    },
    /// The run of the same model on the same laser before a run, if there is one.
    Before {
        /// The run that was asked about.
        key: RunKey,
        /// The one before.
        run: Option<Box<ArrivedRun>>,
    },
    /// Nothing happened for a while and the engine is alive; every event says as much.
    Alive,
    /// Something to say in a toast.
    Notice(String),
    /// Another process holds the store; the session ends.
    Refused(String),
    /// The session has ended, everything is on disk.
    Stopped,
}
