//! A judged run as drift sees it: who, when, its figures, how the station was set.

use serde::{Deserialize, Serialize};

use super::metric::{METRICS, Metric};
use super::setting::{SETTINGS, Setting};
use crate::analysis::{JudgedRun, Status};
use crate::trim::LocalTime;

/// The runs of one product model at one laser: what lots, baselines and charts are made of.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StreamKey {
    /// Product model.
    pub model: String,
    /// The laser; empty when nobody said.
    pub laser: String,
}

impl std::fmt::Display for StreamKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.model)?;
        if self.laser.is_empty() { Ok(()) } else { write!(f, " on {}", self.laser) }
    }
}

/// Which run of its product model: its time and what breaks ties, the same however often the runs are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RunId {
    /// The run's own clock; the file's where it has none.
    pub time: LocalTime,
    /// The identity in the run's key.
    pub identity: [u8; 16],
}

/// A run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// Where it belongs.
    pub stream: StreamKey,
    /// Which run it is.
    pub id: RunId,
    /// The unit: serial in small letters and section.
    pub unit: String,
    /// Whether linearity passed; `None` when nothing was graded.
    pub good: Option<bool>,
    /// The figures in the order of [`Metric::ALL`]; not-a-number = not known.
    pub readings: [f64; METRICS],
    /// The settings in the order of [`Setting::ALL`].
    pub settings: [Option<String>; SETTINGS],
    /// The operator's word.
    pub disposition: String,
}

impl Observation {
    /// A run that counts; `None` for one of no unit, or one that was not trimmed or could not be judged.
    pub fn of(run: &JudgedRun, model: &str, id: RunId) -> Option<Self> {
        let identity = &run.identity;
        if !identity.is_unit() || matches!(run.status, Status::Untrimmed | Status::Error) {
            return None;
        }
        let section = identity.section.as_deref().unwrap_or_default();
        Some(Self {
            stream: StreamKey { model: model.to_owned(), laser: identity.laser.clone().unwrap_or_default() },
            id,
            unit: format!("{} {section}", identity.serial.trim().to_lowercase()).trim_end().to_owned(),
            good: run.status.counts_as_good(),
            readings: Metric::ALL.map(|metric| metric.reading(run).unwrap_or(f64::NAN)),
            settings: Setting::ALL.map(|setting| setting.of(run)),
            disposition: identity.disposition.clone().unwrap_or_default(),
        })
    }

    /// A figure, when it is known.
    pub fn reading(&self, metric: Metric) -> Option<f64> {
        self.readings.get(metric.place()).copied().filter(|reading| reading.is_finite())
    }
}
