//! What is kept of a file: a run with its figures, or how it ended otherwise.

use serde::{Deserialize, Serialize};

use crate::analysis::JudgedRun;

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

impl LogOutcome {
    /// Whether it tells what a person or the program did, and not how a file ended.
    pub fn is_word(&self) -> bool {
        !matches!(
            self,
            Self::Run { .. }
                | Self::Revision { .. }
                | Self::Duplicate { .. }
                | Self::Skipped { .. }
                | Self::Failed { .. }
        )
    }
}

impl FileFacts {
    /// No file at all, for lines of the log that tell of none.
    pub fn none() -> Self {
        Self { path: String::new(), path_key: [0; 16], len: 0, mtime_ns: 0, content: [0; 32] }
    }

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
    /// Why the run counts in no yield, chart or training, when somebody took it out.
    pub excluded: Option<Exclusion>,
    /// Number of the log line that brought this content; its curves are kept under it.
    #[serde(default)]
    pub sequence: u64,
}

/// A person's word that a run is not to be counted: the run itself is kept and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exclusion {
    /// Why.
    pub reason: String,
    /// Who said so.
    pub by: String,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
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
    /// No file: somebody took a run out of yield, charts and training.
    Excluded {
        /// The run.
        key: RunKey,
        /// Why.
        reason: String,
        /// Who said so.
        by: String,
    },
    /// No file: somebody let an excluded run count again.
    Included {
        /// The run.
        key: RunKey,
        /// Why.
        reason: String,
        /// Who said so.
        by: String,
    },
    /// No file: something about a learned model.
    Learning {
        /// What happened, in words.
        what: String,
        /// Whether a model failed.
        failed: bool,
        /// Who wanted it; `trimwatch` when nobody did.
        by: String,
    },
    /// No file: somebody said what a test made of a run's part.
    Tested {
        /// The run.
        key: RunKey,
        /// Whether it passed; `None` = what was said before is taken back.
        passed: Option<bool>,
        /// A remark.
        note: String,
        /// Who said so.
        by: String,
    },
    /// No file: an alarm was raised.
    Alarmed {
        /// Its number.
        alarm: u64,
        /// Its sentence.
        sentence: String,
    },
    /// No file: somebody has seen to an alarm.
    Acknowledged {
        /// Its number.
        alarm: u64,
        /// Its sentence.
        sentence: String,
        /// The cause, by its code.
        cause: String,
        /// A note.
        note: String,
        /// Who said so.
        by: String,
    },
    /// No file: somebody wants a new baseline.
    NewBaseline {
        /// Product model and laser, in words.
        of: String,
        /// From when on.
        from: String,
        /// Why.
        reason: String,
        /// Who said so.
        by: String,
    },
    /// No file: the rules of the configuration have changed.
    Regraded {
        /// What grading anew made of the runs, in words.
        what: String,
        /// The product models of which runs are other than they were.
        models: Vec<String>,
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

/// Runs of one day or one model: what overviews show without scanning. Excluded runs are counted apart.
///
/// *Run yield* counts every run. *Unit yield* counts, of each section of a unit, the last run of a day that has a
/// verdict; runs with a junk serial are no unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// All runs that are not excluded.
    pub runs: u64,
    /// PASS and WARNING.
    pub good: u64,
    /// FAIL.
    pub failed: u64,
    /// Sections of units whose last run of a day is PASS or WARNING.
    pub units_good: u64,
    /// Sections of units whose last run of a day is FAIL.
    pub units_failed: u64,
    /// Runs that somebody excluded.
    pub excluded: u64,
}

impl Tally {
    /// Adds a run, or takes it away.
    pub fn count(&mut self, record: &RunRecord, add: bool) {
        if record.excluded.is_some() {
            return step(&mut self.excluded, add);
        }
        step(&mut self.runs, add);
        match record.run.status.counts_as_good() {
            Some(true) => step(&mut self.good, add),
            Some(false) => step(&mut self.failed, add),
            None => {}
        }
    }

    /// Adds a section of a unit whose last run of a day ended so, or takes it away.
    pub fn count_unit(&mut self, good: bool, add: bool) {
        step(if good { &mut self.units_good } else { &mut self.units_failed }, add);
    }

    /// Both counted together.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            runs: self.runs + other.runs,
            good: self.good + other.good,
            failed: self.failed + other.failed,
            units_good: self.units_good + other.units_good,
            units_failed: self.units_failed + other.units_failed,
            excluded: self.excluded + other.excluded,
        }
    }

    /// Runs that count in a yield.
    pub fn graded(self) -> u64 {
        self.good + self.failed
    }

    /// Units that count in a unit yield.
    pub fn units(self) -> u64 {
        self.units_good + self.units_failed
    }

    /// Run yield: (PASS + WARNING)/(PASS + WARNING + FAIL), percent; `None` of nothing.
    pub fn yield_percent(self) -> Option<f64> {
        share(self.good, self.graded())
    }

    /// Unit yield, percent; `None` of nothing.
    pub fn unit_yield_percent(self) -> Option<f64> {
        share(self.units_good, self.units())
    }
}

fn step(value: &mut u64, add: bool) {
    *value = if add { *value + 1 } else { value.saturating_sub(1) };
}

fn share(good: u64, of: u64) -> Option<f64> {
    (of > 0).then(|| 100.0 * good as f64 / of as f64)
}
