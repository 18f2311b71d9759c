//! The words spoken through the door.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::sealed::{Announcement, Sealed};
use super::snapshot::Snapshot;
use crate::analysis::{Learner, RunCurves};
use crate::engine::{ExportOf, ModelsView};
use crate::export::Format;
use crate::history::{Filter, Found, Grouping, LogEntry, Outcome, Query, RunKey, RunRecord, Step, Tally, YieldRow};
use crate::monitoring::{Alarm, DriftCharts, DriftList, Metric, StreamKey};
use crate::trim::LocalTime;

/// What a screen may ask for. Answers come back as events; nothing is ever waited for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// How everything stands, from the beginning → [`Event::Anew`], the header, [`Event::Past`]; for a screen that has
    /// missed something.
    Again,
    /// So many of the newest runs may be seen: over a socket those below them come once there is time. `None` = all are to
    /// come at once, until this is asked again.
    Shows {
        /// Rows.
        rows: Option<u32>,
    },
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
    /// One page of the history's runs → [`Event::Page`].
    Query {
        /// The question's number, which its answer carries: an answer to an older question is dropped.
        number: u64,
        /// Which runs, in which order.
        query: Box<Query>,
    },
    /// The next run with a text among those a query means, from the query's row → [`Event::Found`].
    Find {
        /// The question's number.
        number: u64,
        /// Among which runs.
        query: Box<Query>,
        /// What is looked for.
        text: String,
        /// Which way.
        step: Step,
    },
    /// Yields by day or by model → [`Event::Yields`].
    Overview {
        /// The question's number.
        number: u64,
        /// Of which runs.
        filter: Filter,
        /// By what.
        by: Grouping,
    },
    /// Write something to a file of its own → [`Event::Exported`] or [`Event::NotExported`].
    Export {
        /// The question's number.
        number: u64,
        /// What.
        what: ExportOf,
        /// How.
        format: Format,
    },
    /// Take a run out of yield, charts and training → [`Event::Changed`] and a line of the log.
    Exclude {
        /// The run.
        key: RunKey,
        /// Why.
        reason: String,
        /// Who says so.
        by: String,
    },
    /// Let an excluded run count again → [`Event::Changed`] and a line of the log.
    Include {
        /// The run.
        key: RunKey,
        /// Why.
        reason: String,
        /// Who says so.
        by: String,
    },
    /// How learning stands → [`Event::Models`], again whenever it changes.
    Models,
    /// Train a learner now, or all of them.
    Train {
        /// Which; `None` = all.
        learner: Option<Learner>,
        /// Who wants it.
        by: String,
    },
    /// Give up the training that runs, and the one that waits.
    CancelTraining,
    /// Let another version of a model speak, or the formula.
    Deploy {
        /// What was learned.
        learner: Learner,
        /// The product model it is for; empty = the whole shop.
        scope: String,
        /// The version; `None` = the formula.
        version: Option<u32>,
        /// Who wants it.
        by: String,
    },
    /// What a final test said of a run's part → a line of the log and [`Event::Outcome`].
    Tested {
        /// The run.
        key: RunKey,
        /// Whether it passed; `None` takes back what was said.
        passed: Option<bool>,
        /// A remark.
        note: String,
        /// Who says so.
        by: String,
    },
    /// What a final test said of a run's part → [`Event::Outcome`].
    Outcome {
        /// The run.
        key: RunKey,
    },
    /// How every product model runs → [`Event::Drift`], again whenever it changes.
    Drift,
    /// The charts of one product model at one laser → [`Event::DriftCharts`], again whenever they change.
    DriftCharts {
        /// Whose.
        stream: StreamKey,
        /// The figure that is charted unit by unit.
        metric: Metric,
    },
    /// Somebody has seen to an alarm → [`Event::Drift`] and a line of the log.
    Acknowledge {
        /// Its number.
        alarm: u64,
        /// The cause, by its code.
        cause: String,
        /// A note; may be empty.
        note: String,
        /// Who says so.
        by: String,
    },
    /// A new baseline is to be found from a time on → [`Event::Drift`] and a line of the log.
    NewBaseline {
        /// Whose.
        stream: StreamKey,
        /// Lots that begin then or later count.
        from: LocalTime,
        /// Why.
        reason: String,
        /// Who wants it.
        by: String,
    },
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

/// One page of the history.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HistoryPage {
    /// Runs in the history.
    pub all: usize,
    /// Runs that are meant.
    pub found: usize,
    /// Run yield and unit yield over these.
    pub tally: Tally,
    /// Row of the page's first run.
    pub first: usize,
    /// Row of the run that the page was wanted around.
    pub anchor: Option<usize>,
    /// The page's runs, in order; one that cannot be read has only its key.
    pub runs: Vec<(RunKey, Option<ArrivedRun>)>,
}

/// What a screen is to the history.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// Its own process watches the folders and keeps the history.
    #[default]
    Owner,
    /// It looks on at another process.
    Viewer {
        /// Which: process, account, computer, since when.
        of: String,
        /// Whether it may do nothing but look.
        read_only: bool,
    },
}

/// What a screen is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// What this screen is to the history; first, and again whenever it changes.
    Role(Role),
    /// Everything that follows is told from the beginning: what was asked is forgotten and has to be asked again.
    Anew,
    /// The process that keeps the history does not answer any more; another one takes its place.
    Lost,
    /// Events that came together over a socket, to be taken in one go.
    Together(Vec<Event>),
    /// The header's figures.
    Snapshot(Box<Snapshot>),
    /// Runs and log of before, newest first; once, after the store was opened.
    Past {
        /// Runs, newest arrival first.
        runs: Vec<ArrivedRun>,
        /// Log entries, newest first.
        log: Vec<LogEntry>,
    },
    /// A file was judged: a new run, or a new content of one already shown (same key). Over a socket it comes without its
    /// curves; those of the last run follow as [`Event::Curves`].
    Arrived(Box<ArrivedRun>, Arc<RunCurves>),
    /// A line for the log, for every file however it ended.
    Logged(Box<LogEntry>),
    /// The curves of a run; `None` when they are not kept.
    Curves {
        /// The run.
        key: RunKey,
        /// Its curves.
        curves: Option<Arc<RunCurves>>,
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
    /// A page of the history.
    Page {
        /// The question's number.
        number: u64,
        /// The page.
        page: Box<HistoryPage>,
    },
    /// Where a text was found.
    Found {
        /// The question's number.
        number: u64,
        /// The row, and how many have the text.
        found: Found,
    },
    /// Yields, days newest first or models by name.
    Yields {
        /// The question's number.
        number: u64,
        /// The lines.
        rows: Vec<YieldRow>,
    },
    /// A question about the history cannot be answered.
    Unanswered {
        /// The question's number.
        number: u64,
        /// Why.
        why: String,
    },
    /// A file was written.
    Exported {
        /// The question's number.
        number: u64,
        /// Where it lies.
        path: String,
        /// Its rows, the head aside.
        rows: u64,
        /// Runs that could not be read and have no row.
        unread: u64,
    },
    /// No file was written.
    NotExported {
        /// The question's number.
        number: u64,
        /// Why, and what to do.
        why: String,
    },
    /// The overview of the history is being built; the answer comes when it is.
    Building {
        /// How far it is.
        percent: u8,
    },
    /// Somebody excluded a run, or let it count again: its record now.
    Changed(Box<ArrivedRun>),
    /// How learning stands.
    Models(Box<ModelsView>),
    /// What a run's final test said.
    Outcome {
        /// The run.
        key: RunKey,
        /// The outcome that belongs to it, if anybody told.
        outcome: Option<Box<Outcome>>,
    },
    /// How every product model runs.
    Drift(Box<DriftList>),
    /// The charts of one of them.
    DriftCharts(Box<DriftCharts>),
    /// An alarm was raised just now.
    Raised(Box<Alarm>),
    /// Nothing happened for a while and the engine is alive; every event says as much.
    Alive,
    /// Something to say in a toast.
    Notice(String),
    /// Another process holds the store; the session ends.
    Refused(String),
    /// The session has ended, everything is on disk.
    Stopped,
    /// Over a socket came an [`Event::Arrived`] or an [`Event::Logged`], to be opened when it is looked at.
    #[serde(skip)]
    Sealed(Sealed),
    /// Over a socket it was announced that many of them come.
    #[serde(skip)]
    Announced(Announcement),
}
