//! What is kept of a file: a run with its figures, or how it ended otherwise.

use serde::{Deserialize, Serialize};

use crate::analysis::{JudgedRun, Status};

/// A file as it was when it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// Where it lay, for people: bytes that are no text are replaced.
    pub path: String,
    /// Hash of the path's exact bytes, so that names which are no text stay distinct.
    pub path_key: [u8; 16],
    /// Bytes.
    pub len: u64,
    /// Modification time, nanoseconds since 1970 UTC.
    pub mtime_ns: i64,
    /// BLAKE3 of the bytes.
    pub content: [u8; 32],
}

impl FileFacts {
    /// The file's name without its folders.
    pub fn name(&self) -> &str {
        self.path.rsplit(['/', '\\']).next().unwrap_or(&self.path)
    }
}

/// One kept run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// The file its current content came from.
    pub file: FileFacts,
    /// Figures and verdict.
    pub run: JudgedRun,
    /// When it arrived, milliseconds since 1970 UTC.
    pub arrived_ms: i64,
    /// How many contents of this run came before this one: 0 for a run saved once.
    pub revision: u32,
}

/// Where a run is kept: `<model>\0<time><identity>`, big-endian, so that keys sort by model, then time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RunKey(pub Vec<u8>);

/// How a file ended, as the log keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogOutcome {
    /// A new run.
    Run {
        /// Its key.
        key: RunKey,
        /// Its status in one word.
        status: String,
    },
    /// Another content of a known run.
    Revision {
        /// The run.
        key: RunKey,
        /// What changed, in words (`all points equal`, `older than the current one`).
        what: String,
    },
    /// The very same content under another path.
    Duplicate {
        /// The run that has it.
        of: RunKey,
    },
    /// Passed over.
    Skipped {
        /// Why.
        reason: String,
    },
    /// Could not be read.
    Failed {
        /// Sheet, cell and cause.
        cause: String,
    },
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// Ascending number, also the order of arrival.
    pub sequence: u64,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// The file.
    pub file: FileFacts,
    /// How it ended.
    pub outcome: LogOutcome,
}

/// Runs of one day or one model: what overviews show without scanning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// All runs.
    pub runs: u64,
    /// PASS and WARNING.
    pub good: u64,
    /// FAIL.
    pub failed: u64,
}

impl Tally {
    /// Adds a run of this status, or takes it away.
    pub fn count(&mut self, status: Status, add: bool) {
        let step = |value: &mut u64| *value = if add { *value + 1 } else { value.saturating_sub(1) };
        step(&mut self.runs);
        match status.counts_as_good() {
            Some(true) => step(&mut self.good),
            Some(false) => step(&mut self.failed),
            None => {}
        }
    }

    /// Runs that count in a yield.
    pub fn graded(self) -> u64 {
        self.good + self.failed
    }

    /// (PASS + WARNING)/(PASS + WARNING + FAIL), percent; `None` of nothing.
    pub fn yield_percent(self) -> Option<f64> {
        (self.graded() > 0).then(|| 100.0 * self.good as f64 / self.graded() as f64)
    }
}
