//! Drift over a kept history: the monitor, read in from the store and kept up with it.

mod detector;
mod watchman;

use std::collections::BTreeSet;
use std::ops::ControlFlow;

pub use detector::{Told as DetectorTold, drift_report};
pub(super) use watchman::Watchman;

use crate::config::DriftSettings;
use crate::history::{LogOutcome, RunKey, RunRecord, Store, StoreError, is_in_time};
use crate::monitoring::{
    Acknowledgement, Alarm, DriftCharts, Epoch, Keep, Metric, Monitor, Observation, RunId, Settled, StreamKey,
};
use crate::trim::LocalTime;

/// Lines of the log that are caught up one by one; beyond, the whole history is read.
const MOST_LINES: u64 = 5_000;

/// The monitor of a store, and how far it is.
#[derive(Debug)]
pub struct Desk {
    pub(super) monitor: Monitor,
    /// The last line of the log that it has.
    pub(super) through: u64,
}

impl Desk {
    /// What was kept, with what the log tells since marked to be read; where that is too far, or nothing was kept, all
    /// runs are. Settling reads them.
    ///
    /// # Errors
    /// An engine that cannot be read.
    pub fn open(store: &Store, settings: &DriftSettings) -> Result<Self, StoreError> {
        let (mut restored, through) = store.drift()?;
        let last = store.last_line();
        let through = through.filter(|through| *through <= last && last - through <= MOST_LINES);
        let models = match through {
            Some(through) => models_since(store, through)?,
            None => store.models()?.into_iter().map(|(model, _)| model).collect(),
        };
        if through.is_none() {
            restored.states.clear();
        }
        let mut monitor = Monitor::new(settings.monitor(), restored);
        *monitor.silence() = store.shifts_known();
        for model in &models {
            monitor.outdate_model(model);
        }
        Ok(Self { monitor, through: last })
    }

    /// Takes what has come.
    pub(super) fn take(&mut self, came: &Came, now_ms: i64) {
        self.through = self.through.max(came.line);
        match &came.what {
            What::New(run) => self.monitor.arrive(run, came.line, now_ms),
            What::Changed(stream, run) => self.monitor.outdate(stream, *run),
        }
    }

    /// Brings everything up to date.
    ///
    /// # Errors
    /// An engine that cannot be read; what was not read stays to be read.
    pub fn settle(&mut self, store: &Store, now_ms: i64) -> Result<Settled, StoreError> {
        self.monitor.read_through(store.last_line());
        self.monitor.settle(now_ms, |model, each| {
            if store.is_closing() {
                return Err(StoreError::engine("the program ends"));
            }
            each_observation(store, model, each)
        })
    }

    /// The charts of a stream, its detector's report left out.
    ///
    /// # Errors
    /// An engine that cannot be read.
    pub fn charts(&self, store: &Store, stream: &StreamKey, metric: Metric) -> Result<Option<DriftCharts>, StoreError> {
        Ok(self.monitor.charts(stream, metric, observations(store, &stream.model)?))
    }

    /// Notes that somebody has seen to an alarm: what is to be kept, and the line that tells of it; `None` when there is no
    /// such alarm.
    pub fn acknowledge(&mut self, id: u64, word: Acknowledgement) -> Option<(Keep, LogOutcome)> {
        let (cause, note, by) = (word.cause.clone(), word.note.clone(), word.by.clone());
        let alarm = self.monitor.acknowledge(id, word)?;
        let line = LogOutcome::Acknowledged { alarm: id, sentence: alarm.sentence.clone(), cause, note, by };
        Some((Keep::Alarm(Box::new(alarm)), line))
    }

    /// Begins anew: what is to be kept, and the line that tells of it.
    pub fn begin(&mut self, epoch: Epoch) -> (Keep, LogOutcome) {
        let Epoch { stream, from, reason, by, .. } = epoch.clone();
        let line = LogOutcome::NewBaseline { of: stream.to_string(), from: from.date.to_string(), reason, by };
        self.monitor.begin(epoch.clone());
        (Keep::Epoch(epoch), line)
    }

    /// The monitor.
    pub fn monitor(&self) -> &Monitor {
        &self.monitor
    }

    /// The monitor, for people's words.
    pub fn monitor_mut(&mut self) -> &mut Monitor {
        &mut self.monitor
    }

    /// Keeps what has come of the runs: alarms, baselines and the lines that tell of them, then where the charts stand.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn keep(&mut self, store: &Store, settled: &Settled, now_ms: i64) -> Result<(), StoreError> {
        store.keep_drift(&settled.keep, lines_of(settled), now_ms)?;
        let states = self.monitor.unkept(usize::MAX);
        self.through = store.last_line();
        let through = self.monitor.is_kept().then_some(self.through);
        store.keep_states(&states, &self.monitor.silence().clone(), through)
    }
}

/// A run that was kept just now.
#[derive(Debug)]
pub(super) struct Came {
    /// The line of the log that tells of it.
    line: u64,
    what: What,
}

#[derive(Debug)]
enum What {
    New(Box<Observation>),
    /// Another content, or a word on whether it counts.
    Changed(StreamKey, RunId),
}

impl Came {
    /// A run as it is now; `None` when it never was charted.
    pub(super) fn of(key: &RunKey, record: &RunRecord, line: u64) -> Option<Self> {
        let is_new = record.sequence == line && record.revision == 0;
        let what = match observed(key, record) {
            Some(run) if is_new => What::New(Box::new(run)),
            None if is_new => return None,
            _ => {
                let laser = record.run.identity.laser.clone().unwrap_or_default();
                What::Changed(StreamKey { model: key.model()?.to_owned(), laser }, id_of(key)?)
            }
        };
        Some(Self { line, what })
    }

    /// Whether it was not there before.
    fn is_new(&self) -> bool {
        matches!(self.what, What::New(_))
    }
}

/// The product models that the log tells of after a line.
fn models_since(store: &Store, line: u64) -> Result<BTreeSet<String>, StoreError> {
    let mut models = BTreeSet::new();
    store.each_line_after(line, |entry| {
        match entry.outcome {
            LogOutcome::Run { key, .. }
            | LogOutcome::Revision { key, .. }
            | LogOutcome::Excluded { key, .. }
            | LogOutcome::Included { key, .. } => models.extend(key.model().map(str::to_owned)),
            LogOutcome::Regraded { models: regraded, .. } => models.extend(regraded),
            _ => {}
        }
        ControlFlow::Continue(())
    })?;
    Ok(models)
}

/// The lines of the log that tell of new alarms.
pub(super) fn lines_of(settled: &Settled) -> Vec<LogOutcome> {
    let line = |alarm: &Alarm| LogOutcome::Alarmed { alarm: alarm.id, sentence: alarm.sentence.clone() };
    settled.raised.iter().map(line).collect()
}

fn id_of(key: &RunKey) -> Option<RunId> {
    Some(RunId { time: LocalTime::from_timestamp(key.seconds()?)?, identity: key.identity()? })
}

/// A kept run as drift sees it; `None` when it is not charted.
fn observed(key: &RunKey, record: &RunRecord) -> Option<Observation> {
    // A run with a clock that is ahead would end every window.
    if record.excluded.is_some() || !is_in_time(key.seconds(), record.arrived_ms) {
        return None;
    }
    Observation::of(&record.run, key.model()?, id_of(key)?)
}

/// Calls `each` for the runs of a product model that are charted, in order of time, as their keys are.
fn each_observation(store: &Store, model: &str, mut each: impl FnMut(Observation)) -> Result<(), StoreError> {
    store.each_run_of(model, |key, record| observed(&key, &record).into_iter().for_each(&mut each)).map(drop)
}

/// The runs of a product model that are charted.
fn observations(store: &Store, model: &str) -> Result<Vec<Observation>, StoreError> {
    let mut found = Vec::new();
    each_observation(store, model, |run| found.push(run))?;
    Ok(found)
}
