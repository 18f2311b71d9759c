//! A random forest: many decision trees on resampled rows, whose mean is the prediction.
//!
//! ```
//! use std::ops::ControlFlow;
//!
//! use ndarray::Array2;
//! use trimwatch::learning::{FeaturesPerSplit, Forest, ForestSettings};
//!
//! // 300 rows of two features; the first one decides.
//! let x = Array2::from_shape_fn((300, 2), |(row, column)| ((row * 7919 + column * 31) % 300) as f64);
//! let y: Vec<f64> = x.column(0).iter().map(|value| f64::from(*value > 150.0)).collect();
//! let settings = ForestSettings {
//!     trees: 50,
//!     depth: 15,
//!     min_split: 10,
//!     min_leaf: 5,
//!     features_per_split: FeaturesPerSplit::Sqrt,
//!     seed: 1,
//! };
//! let forest = Forest::fit(x.view(), &y, &settings, 1, &|_| ControlFlow::Continue(())).unwrap();
//! assert!(forest.predict_one(&[280.0, 10.0]).unwrap() > 0.8);
//! assert!(forest.predict_one(&[20.0, 10.0]).unwrap() < 0.2);
//! // The same bytes on any number of threads.
//! let again = Forest::fit(x.view(), &y, &settings, 2, &|_| ControlFlow::Continue(())).unwrap();
//! assert_eq!(forest.to_bytes(), again.to_bytes());
//! ```

mod grow;
mod grown;
#[cfg(test)]
mod tests;
mod watched;

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use super::trees::Trees;
use super::{LearningError, Step, blob, matrix};
use grown::Grown;

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

impl ForestSettings {
    fn check(&self) -> Result<(), LearningError> {
        let zero = [("trees", self.trees == 0), ("depth", self.depth == 0), ("min_leaf", self.min_leaf == 0)];
        let odd = zero.into_iter().find(|(_, is_zero)| *is_zero);
        odd.map_or(Ok(()), |(name, _)| Err(LearningError::Setting { name, problem: "must be at least 1" }))
    }

    /// Rows without which no node could be split.
    fn rows_needed(&self) -> usize {
        self.min_split.max(self.min_leaf.saturating_mul(2)).max(2)
    }
}

/// A grown forest: flat arrays of our own, whatever grew them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Forest {
    trees: Trees,
    importances: Vec<f64>,
}

impl Forest {
    /// Grows a forest on rows and their answers, one a row; 0 and 1 for classes: predictions are then shares of 1.
    ///
    /// # Errors
    /// - [`LearningError::Setting`] for no trees, depth or leaf.
    /// - [`LearningError::NotFinite`], [`LearningError::Length`], [`LearningError::Constant`] without a column.
    /// - [`LearningError::TooFewRows`] when no node could be split, [`LearningError::OneClass`] of equal answers.
    /// - [`LearningError::Cancelled`] by `step`.
    pub fn fit(
        x: ArrayView2<'_, f64>,
        y: &[f64],
        settings: &ForestSettings,
        threads: usize,
        step: Step<'_>,
    ) -> Result<Self, LearningError> {
        settings.check()?;
        matrix::check(x, x.ncols())?;
        matrix::check_answers(x, y)?;
        if x.ncols() == 0 {
            return Err(LearningError::Constant);
        }
        let (found, needed) = (x.nrows(), settings.rows_needed());
        if found < needed {
            return Err(LearningError::TooFewRows { found, needed });
        }
        if y.iter().all(|answer| Some(answer) == y.first()) {
            return Err(LearningError::OneClass);
        }
        let Grown { trees, gains } = grow::grow(x, y, settings, threads, step)?;
        let all: f64 = gains.iter().sum();
        let importances = gains.iter().map(|gain| if all > 0.0 { gain / all } else { 0.0 }).collect();
        let trees = Trees::try_from(trees).map_err(|odd| LearningError::Grower(odd.to_owned()))?;
        Ok(Self { trees, importances })
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
        self.trees.width()
    }

    /// Trees it has.
    pub fn trees(&self) -> usize {
        self.trees.count()
    }

    /// Nodes of all trees, leaves among them.
    pub fn nodes(&self) -> usize {
        self.trees.nodes()
    }

    /// The prediction of a row: the mean of its trees.
    ///
    /// # Errors
    /// [`LearningError::Width`] and [`LearningError::NotFinite`].
    pub fn predict_one(&self, row: &[f64]) -> Result<f64, LearningError> {
        matrix::check_row(row, self.width())?;
        Ok(self.trees.mean(row))
    }

    /// The predictions of rows, each the same to the last bit as [`Self::predict_one`] of the row.
    ///
    /// # Errors
    /// [`LearningError::Width`] and [`LearningError::NotFinite`].
    pub fn predict(&self, x: ArrayView2<'_, f64>) -> Result<Vec<f64>, LearningError> {
        matrix::check(x, self.width())?;
        Ok(self.trees.means(x))
    }

    /// What each tree says of a row.
    ///
    /// # Errors
    /// [`LearningError::Width`] and [`LearningError::NotFinite`].
    pub fn tree_predictions(&self, row: &[f64]) -> Result<Vec<f64>, LearningError> {
        matrix::check_row(row, self.width())?;
        Ok(self.trees.each(row))
    }

    /// Share of each feature in what the splits gained; they add up to 1, or are all 0.
    pub fn importances(&self) -> &[f64] {
        &self.importances
    }
}
