//! What the header of every screen shows.

use serde::{Deserialize, Serialize};

use crate::history::Tally;
use crate::trim::LocalTime;

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
    /// Files that could not be read and have not changed since.
    pub unreadable: u64,
    /// Runs dated today.
    pub today: Tally,
    /// The shift that is on.
    pub shift: Option<String>,
    /// When it began and will end, on the plant's clock.
    pub shift_span: Option<(LocalTime, LocalTime)>,
    /// Arrival of the newest file, milliseconds since 1970 UTC.
    pub newest_ms: Option<i64>,
    /// Alarms nobody has seen to.
    pub open_alarms: usize,
    /// The oldest of them: its number and its sentence.
    pub oldest_alarm: Option<(u64, String)>,
}
