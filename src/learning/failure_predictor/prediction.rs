//! What a trained predictor says of one part, and what moved it.

use serde::{Deserialize, Serialize};

use super::FailurePredictor;
use crate::learning::LearningError;

/// Contributions that are named.
const NAMED: usize = 3;

/// What a predictor says of one part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// How likely the part is to fail, 0 … 1, calibrated.
    pub probability: f64,
    /// The mean failure share of the leaves, before calibration, 0 … 1.
    pub raw: f64,
    /// The three largest by size, largest first; fewer when the model has fewer columns.
    pub contributions: Vec<Contribution>,
}

/// How much one feature moves a probability.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// The feature's name.
    pub feature: String,
    /// The probability minus what it would be with this feature at its training median, −1 … 1: positive when the
    /// part's value makes failing likelier.
    pub change: f64,
}

impl FailurePredictor {
    /// Foretells one part from its features, in the order of [`features`](Self::features); not-a-number = unknown.
    ///
    /// `product_model` finds the medians that ratios divide by; of an unknown product model they are unknown.
    ///
    /// # Errors
    /// - [`LearningError::Width`] when the row has another number of features.
    /// - [`LearningError::NotFinite`] for an infinite value.
    /// - [`LearningError::TooManyUnknown`] when more than half of the features are unknown.
    pub fn predict(&self, row: &[f64], product_model: &str) -> Result<Prediction, LearningError> {
        self.check_row(row)?;
        let mut row = self.preparation.row(row, product_model);
        let raw = self.forest.predict_one(&row)?;
        let probability = self.calibration.apply(raw);
        let mut contributions = Vec::with_capacity(row.len());
        for (index, column) in self.columns.iter().enumerate() {
            let median = self.preparation.medians.get(index).copied().unwrap_or(0.0);
            let Some(value) = row.get_mut(index) else { continue };
            let own = std::mem::replace(value, median);
            let at_median = self.calibration.apply(self.forest.predict_one(&row)?);
            if let Some(value) = row.get_mut(index) {
                *value = own;
            }
            contributions.push(Contribution { feature: column.name.clone(), change: probability - at_median });
        }
        contributions.sort_by(|a, b| b.change.abs().total_cmp(&a.change.abs()));
        contributions.truncate(NAMED);
        Ok(Prediction { probability, raw, contributions })
    }

    fn check_row(&self, row: &[f64]) -> Result<(), LearningError> {
        let features = self.features.len();
        if row.len() != features {
            return Err(LearningError::Width { expected: features, found: row.len() });
        }
        if let Some(column) = row.iter().position(|value| value.is_infinite()) {
            return Err(LearningError::NotFinite { row: 0, column });
        }
        let unknown = row.iter().filter(|value| value.is_nan()).count();
        if 2 * unknown > features {
            return Err(LearningError::TooManyUnknown { unknown, features });
        }
        Ok(())
    }
}
