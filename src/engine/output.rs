//! What the engine is told, and what it tells.

use serde::{Deserialize, Serialize};

use super::standing::ModelsView;
use crate::analysis::{Learner, RunCurves};
use crate::export::{Format, Sheet};
use crate::history::{
    Filter, Found, Grouping, LogEntry, Outcome, PageOfRuns, Query, RunKey, RunRecord, Step, Tally, YieldRow,
};
use crate::monitoring::{Alarm, DriftCharts, DriftList, Metric, StreamKey};
use crate::trim::LocalTime;

/// A question to the overview.
#[derive(Debug, Clone, PartialEq)]
pub enum Question {
    /// One page of runs.
    Page(Box<Query>),
    /// The next run with a text.
    Find(Box<Query>, String, Step),
    /// Yields by day or model.
    Yields(Filter, Grouping),
}

/// What is to be written to a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ExportOf {
    /// All runs that a query means, in its order.
    Runs(Box<Query>),
    /// A table as a screen shows it.
    Sheet(Box<Sheet>),
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Where it lies.
    pub path: String,
    /// Its rows, the head aside.
    pub rows: u64,
    /// Runs that could not be read and have no row.
    pub unread: u64,
}

/// A person's word on one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The run.
    pub key: RunKey,
    /// Out of yield, charts and training, or in again.
    pub exclude: bool,
    /// Why.
    pub reason: String,
    /// Who says so.
    pub by: String,
}

/// A person's word on what a test said of a run's part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestWord {
    /// The run.
    pub key: RunKey,
    /// Whether it passed; `None` takes what was said back.
    pub passed: Option<bool>,
    /// A remark.
    pub note: String,
    /// Who says so.
    pub by: String,
}

/// Which version of a model is to speak.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// What was learned.
    pub learner: Learner,
    /// The product model it is for; empty = the whole shop.
    pub scope: String,
    /// The version; `None` = the formula.
    pub version: Option<u32>,
    /// Who wants it.
    pub by: String,
}

/// What the overview answers.
#[derive(Debug)]
pub enum Told {
    /// A page; a run that cannot be read is nothing.
    Page(Box<PageOfRuns>, Vec<Option<Numbered>>),
    /// Where a text is.
    Found(Found),
    /// Yields.
    Yields(Vec<YieldRow>),
    /// The question cannot be answered, and why.
    Unanswered(String),
    /// The overview is so far, percent; the answer comes when it is whole.
    Building(u8),
}

/// A screen's number: who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScreenId(pub u64);

/// A command, and the screen it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Which screen.
    pub by: ScreenId,
    /// What it wants.
    pub command: Command,
}

/// What may be asked of the engine while it runs.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// The curves of a run.
    Curves(RunKey),
    /// All runs of a unit.
    Unit {
        /// Product model.
        model: String,
        /// Serial.
        serial: String,
    },
    /// The run of the same model on the same laser before this one.
    Before(RunKey),
    /// Read a failed file again now.
    Retry([u8; 16]),
    /// Read every failed file again now.
    RetryAll,
    /// Look through the folders now.
    Rescan,
    /// A numbered question about the history as a whole.
    Ask(u64, Question),
    /// A person's word on one run.
    Act(Word),
    /// Write something to a file of its own, beside everything else.
    Export {
        /// The question's number.
        number: u64,
        /// What.
        what: ExportOf,
        /// How.
        format: Format,
    },
    /// How learning stands.
    Models,
    /// Train a learner now, or all of them.
    Train {
        /// Which.
        learner: Option<Learner>,
        /// Who wants it.
        by: String,
    },
    /// Give up the training that runs.
    CancelTraining,
    /// Let another version speak, or none.
    Deploy(Deployment),
    /// What a test said of a run's part.
    Tested(TestWord),
    /// What is known of a run's final test.
    Outcome(RunKey),
    /// How every product model runs.
    Drift,
    /// The charts of one of them.
    DriftCharts {
        /// Whose.
        stream: StreamKey,
        /// The figure that is charted unit by unit.
        metric: Metric,
    },
    /// Somebody has seen to an alarm.
    Acknowledge {
        /// Its number.
        alarm: u64,
        /// The cause, by its code.
        cause: String,
        /// A note.
        note: String,
        /// Who says so.
        by: String,
    },
    /// A new baseline is to be found.
    NewBaseline {
        /// Whose.
        stream: StreamKey,
        /// From when on.
        from: LocalTime,
        /// Why.
        reason: String,
        /// Who wants it.
        by: String,
    },
    /// The screen is gone: nothing is to be told to it any more.
    Left,
    /// End, with everything on disk.
    Stop,
}

/// One kept run with its order of arrival.
#[derive(Debug, Clone, PartialEq)]
pub struct Numbered {
    /// Order of arrival, ascending.
    pub sequence: u64,
    /// Where it is kept.
    pub key: RunKey,
    /// Figures and verdict.
    pub record: RunRecord,
}

/// What the engine tells, in the order it happened.
#[derive(Debug)]
pub enum Output {
    /// The store is open; runs and log of before, newest first.
    Opened {
        /// Runs.
        runs: Vec<Numbered>,
        /// Log.
        log: Vec<LogEntry>,
        /// What was found odd while opening.
        notes: Vec<String>,
    },
    /// Nothing is kept from here on.
    NotKept(String),
    /// A file was judged and, unless `not_kept` says otherwise, is on disk.
    Run {
        /// The run.
        run: Box<Numbered>,
        /// Its curves.
        curves: Box<RunCurves>,
        /// From the file's completion to now, milliseconds.
        latency_ms: f64,
        /// Why it is not kept.
        not_kept: Option<String>,
    },
    /// Files are kept again; so many of those that were held went in.
    KeptAgain(u64),
    /// How a file ended.
    Logged(LogEntry),
    /// The runs of today and of the shift that is on.
    Tallies {
        /// Today, by the PC's date.
        today: Tally,
    },
    /// How many files are under way.
    Queue {
        /// Found and not yet judged.
        waiting: u64,
        /// Could not be read, and have not changed since.
        unreadable: u64,
    },
    /// A folder can be seen.
    Online(usize),
    /// A folder is gone.
    Offline {
        /// Which.
        folder: usize,
        /// Why.
        cause: String,
    },
    /// What follows, up to [`Output::Answered`], answers this screen.
    Answering(ScreenId),
    /// What follows is for every screen again.
    Answered,
    /// The answer to [`Command::Curves`].
    Curves {
        /// The run.
        key: RunKey,
        /// Its curves, when they are kept.
        curves: Option<RunCurves>,
    },
    /// The answer to [`Command::Unit`], in clock order.
    Unit {
        /// Product model.
        model: String,
        /// Serial.
        serial: String,
        /// The runs.
        runs: Vec<Numbered>,
    },
    /// The answer to [`Command::Before`].
    Before {
        /// The run that was asked about.
        key: RunKey,
        /// The one before.
        run: Option<Box<Numbered>>,
    },
    /// The answer to [`Command::Ask`], with the question's number.
    Told(u64, Told),
    /// How an export ended, with its question's number: what was written, or why nothing was.
    Exported(u64, Result<Written, String>),
    /// How learning stands.
    Models(Box<ModelsView>),
    /// The answer to [`Command::Outcome`].
    Outcome {
        /// The run.
        key: RunKey,
        /// What its part's final test said, if anybody told.
        outcome: Option<Box<Outcome>>,
    },
    /// What is known of a run has changed without a file.
    Changed {
        /// The run as it is now.
        run: Box<Numbered>,
        /// Why that is not on disk, where it is not.
        not_kept: Option<String>,
    },
    /// How every product model runs.
    Drift(Box<DriftList>),
    /// The charts of one of them.
    DriftCharts(Box<DriftCharts>),
    /// An alarm was raised just now.
    Raised(Box<Alarm>),
    /// Nothing happened for a while.
    Alive,
    /// Something worth a toast.
    Notice(String),
    /// The engine has ended, everything is on disk.
    Stopped,
}
