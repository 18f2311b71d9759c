//! The drift detector: how unlike normal operation the runs are, which figure moved, and what to look at.
//!
//! An isolation forest over a baseline of normal operation, every column standardised on it. It has seen no answers:
//! it ranks and points, and says of each figure by how many baseline sigmas it stands elsewhere. Where there is no
//! detector, [`cusum_report`] makes the same report from cumulative sums and says so.
//!
//! ```
//! use ndarray::Array2;
//! use trimwatch::learning::drift_detector::{DriftSettings, Severity};
//! use trimwatch::learning::DriftDetector;
//!
//! // Two figures of 300 normal runs, then of 100 runs whose resistance stands 4 sigmas higher.
//! let wobble = |i: usize, n: usize| ((i * 7919 + n * 104_729) % 1_000) as f64 / 1_000.0;
//! let normal = Array2::from_shape_fn((300, 2), |(i, j)| wobble(i, j) + wobble(i, j + 5));
//! let now = Array2::from_shape_fn((100, 2), |(i, j)| {
//!     wobble(i + 300, j) + wobble(i + 300, j + 5) + if j == 1 { 1.6 } else { 0.0 }
//! });
//! let names = ["sigma gradient", "untrimmed resistance"].map(str::to_owned);
//! let detector = DriftDetector::train(normal.view(), &names, &DriftSettings::default()).unwrap();
//! let report = detector.report(now.view()).unwrap();
//! assert!(report.severity >= Severity::High && report.action_required);
//! assert_eq!(report.affected[0].feature, "untrimmed resistance");
//! assert!(report.affected[0].rising);
//! println!("{}", report.recommendations[0]);
//! ```

mod advice;
mod baseline;
mod cusum;
mod periods;
mod report;

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

pub use cusum::cusum_report;
pub use periods::{Analysis, Period, Rolling};
pub use report::{Affected, Report, Severity, Speaker, Trend};

use self::baseline::Baseline;
use super::{IsolationForest, IsolationSettings, LearningError, blob};

/// What a sealed detector is, see [`blob`].
const KIND: u8 = 13;
const SCHEMA: u16 = 1;

/// The figures a detector watches, in their usual order. Volts, degrees or inches, ohm as elsewhere; percent.
pub const FEATURES: [&str; 7] = [
    "sigma gradient",
    "linearity spec",
    "resistance change %",
    "travel length",
    "unit length",
    "untrimmed max |e|/spec",
    "untrimmed resistance",
];

/// How a detector is trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DriftSettings {
    /// The isolation forest.
    pub forest: IsolationSettings,
    /// Rows over which rates are rolled, at least 2.
    pub window: usize,
}

impl Default for DriftSettings {
    fn default() -> Self {
        Self { forest: IsolationSettings::default(), window: 100 }
    }
}

/// A trained detector.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DriftDetector {
    baseline: Baseline,
    forest: IsolationForest,
    window: usize,
}

impl DriftDetector {
    /// Trains on a baseline of normal operation: one row a run, one column a figure, at least 30 rows.
    ///
    /// Not-a-number means unknown and becomes the column's baseline median. Columns that are constant, or known in
    /// fewer than half of the rows, are dropped and named in [`dropped`](Self::dropped).
    ///
    /// # Errors
    /// - [`LearningError::Width`] when there are not as many names as columns.
    /// - [`LearningError::NotFinite`] for an infinite value.
    /// - [`LearningError::TooFewRows`] below 30 rows, [`LearningError::Constant`] when every column would be dropped.
    /// - [`LearningError::Setting`] for a window below 2, or settings the isolation forest refuses.
    pub fn train(x: ArrayView2<'_, f64>, names: &[String], settings: &DriftSettings) -> Result<Self, LearningError> {
        if settings.window < 2 {
            return Err(LearningError::Setting { name: "window", problem: "at least 2 rows are needed" });
        }
        let baseline = Baseline::of(x, names)?;
        let forest = IsolationForest::fit(baseline.standardised(x)?.view(), &settings.forest)?;
        Ok(Self { baseline, forest, window: settings.window })
    }

    /// The names a matrix must have columns for, in this order.
    pub fn features(&self) -> &[String] {
        self.baseline.names()
    }

    /// The columns that are not looked at, because the baseline says nothing about them.
    pub fn dropped(&self) -> Vec<String> {
        self.baseline.dropped()
    }

    /// The baseline's median of every column that is looked at, by name.
    pub fn centres(&self) -> Vec<(String, f64)> {
        self.baseline.centres()
    }

    /// How alone each row stands, 0 … 1: about 0.5 is usual, near 1 is alone.
    ///
    /// # Errors
    /// [`LearningError::Width`], [`LearningError::NotFinite`] (infinite; not-a-number is unknown).
    pub fn scores(&self, x: ArrayView2<'_, f64>) -> Result<Vec<f64>, LearningError> {
        self.forest.scores(self.baseline.standardised(x)?.view())
    }

    /// Whether each row stands more alone than all but the settings' contamination (5 %) of the baseline.
    ///
    /// # Errors
    /// As for [`scores`](Self::scores).
    pub fn is_anomaly(&self, x: ArrayView2<'_, f64>) -> Result<Vec<bool>, LearningError> {
        self.forest.is_anomaly(self.baseline.standardised(x)?.view())
    }

    /// Rates and scores over a window that rolls along the rows, and the periods of drift. Rows in order of time.
    ///
    /// # Errors
    /// As for [`scores`](Self::scores), and [`LearningError::Setting`] for a window of 0.
    pub fn analyze(&self, x: ArrayView2<'_, f64>, window: usize) -> Result<Analysis, LearningError> {
        let z = self.baseline.standardised(x)?;
        periods::analyze(&self.forest.scores(z.view())?, &self.forest.is_anomaly(z.view())?, window)
    }

    /// What a technician needs to know of these rows, in order of time: how bad, which way it goes, which figures
    /// moved, what to look at.
    ///
    /// Figures are affected by where they stand over the last window of rows, or in the worst drift period when they
    /// have come back since: a median at least 1 baseline sigma, and 3 of its own standard errors, from the baseline's.
    ///
    /// # Errors
    /// As for [`scores`](Self::scores), and [`LearningError::TooFewRows`] without a row.
    pub fn report(&self, x: ArrayView2<'_, f64>) -> Result<Report, LearningError> {
        if x.nrows() == 0 {
            return Err(LearningError::TooFewRows { found: 0, needed: 1 });
        }
        let z = self.baseline.standardised(x)?;
        let scores = self.forest.scores(z.view())?;
        let anomalies = self.forest.is_anomaly(z.view())?;
        let analysis = periods::analyze(&scores, &anomalies, self.window)?;
        let affected = self.baseline.affected(z.view(), self.window, &analysis);
        Ok(Report::new(Speaker::Forest, &analysis, report::trend(&scores), affected, self.dropped()))
    }

    /// The model as bytes, sealed.
    pub fn to_bytes(&self) -> Vec<u8> {
        blob::seal(KIND, SCHEMA, self)
    }

    /// The model [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    /// [`LearningError::Damaged`] with the reason, when anything about the bytes is off.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LearningError> {
        let model: Self = blob::open(KIND, SCHEMA, bytes)?;
        let whole = model.window >= 2 && model.baseline.is_whole(model.forest.width());
        if whole { Ok(model) } else { Err(LearningError::Damaged("its parts do not fit together".to_owned())) }
    }
}

#[cfg(test)]
mod tests;
