//! Scores → probabilities that mean what they say.
//!
//! A forest's shares rank well and are not quite probabilities. With enough failures a curve fitted to what happened
//! makes them so; with few it does harm, and the scores stay as they are.

mod isotonic;
mod platt;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::LearningError;
use super::validation::{brier, grouped_folds};

/// Failures below which no curve is fitted.
const FAILURES_NEEDED: usize = 150;
/// Folds over which the kinds of curve are compared.
const FOLDS: usize = 5;

/// What is done to a score.
///
/// ```
/// use trimwatch::learning::Calibration;
///
/// // Scores that are twice what happens: of the parts scored 0.8 four in ten failed.
/// let scores: Vec<f64> = (0..1_000).map(|n| if n % 2 == 0 { 0.8 } else { 0.2 }).collect();
/// let failed: Vec<bool> = (0..1_000).map(|n| if n % 2 == 0 { n % 5 < 2 } else { n % 10 == 1 }).collect();
/// let units: Vec<u32> = (0..1_000).collect();
/// let calibration = Calibration::choose(&scores, &failed, &units, 1);
/// assert!((calibration.apply(0.8) - 0.4).abs() < 0.02);
/// // Ten failures are too few for a curve.
/// let few = Calibration::choose(&scores[..40], &failed[..40], &units[..40], 1);
/// assert_eq!(few, Calibration::None);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Calibration {
    /// Nothing.
    None,
    /// 1 / (1 + exp(a·s + b)).
    ///
    /// Source: J. Platt, Probabilistic Outputs for Support Vector Machines (1999), with his regularised targets and the
    /// Newton steps of H.-T. Lin, C.-J. Lin, R. C. Weng, Machine Learning 68 (2007).
    Platt {
        /// Slope; negative when a higher score means a higher probability.
        a: f64,
        /// Offset.
        b: f64,
    },
    /// A line through points that never falls, level beyond its ends (pool adjacent violators).
    ///
    /// Source: R. E. Barlow et al., Statistical Inference under Order Restrictions (1972).
    Isotonic {
        /// Scores, rising.
        x: Vec<f64>,
        /// Their probabilities, never falling.
        y: Vec<f64>,
    },
}

impl Calibration {
    /// The word on a card.
    pub fn word(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Platt { .. } => "Platt",
            Self::Isotonic { .. } => "isotonic",
        }
    }

    /// The probability of a score, 0 … 1; a score is left as it is by [`Self::None`].
    pub fn apply(&self, score: f64) -> f64 {
        match self {
            Self::None => score,
            Self::Platt { a, b } => platt::probability(*a, *b, score),
            Self::Isotonic { x, y } => isotonic::between(x, y, score).unwrap_or(score),
        }
    }

    /// Platt's curve through scores and what happened; [`Self::None`] unless there are both outcomes.
    pub fn platt(scores: &[f64], failed: &[bool]) -> Self {
        platt::fit(scores, failed).map_or(Self::None, |(a, b)| Self::Platt { a, b })
    }

    /// The isotonic line through scores and what happened; [`Self::None`] of nothing.
    pub fn isotonic(scores: &[f64], failed: &[bool]) -> Self {
        isotonic::fit(scores, failed).map_or(Self::None, |(x, y)| Self::Isotonic { x, y })
    }

    /// The kind of curve with the least cross-fitted Brier score, fitted to everything.
    ///
    /// `scores`, 0 … 1, come from rows the model was not trained on; `failed` and `groups` have one entry a score, and
    /// no group is on both sides of a fold. None below 150 failures, or when a score is not finite or lengths differ.
    pub fn choose(scores: &[f64], failed: &[bool], groups: &[u32], seed: u64) -> Self {
        Self::choose_unless(scores, failed, groups, seed, &|| Ok(())).unwrap_or(Self::None)
    }

    /// The same, asking between two fits whether to go on: many rows take a while.
    pub(super) fn choose_unless(
        scores: &[f64],
        failed: &[bool],
        groups: &[u32],
        seed: u64,
        cancelled: &dyn Fn() -> Result<(), LearningError>,
    ) -> Result<Self, LearningError> {
        let failures = failed.iter().filter(|&&failed| failed).count();
        let is_odd = scores.len() != failed.len() || scores.len() != groups.len();
        if failures < FAILURES_NEEDED || is_odd || scores.iter().any(|score| !score.is_finite()) {
            return Ok(Self::None);
        }
        cancelled()?;
        let folds = grouped_folds(groups, failed, FOLDS, seed);
        let fits: [Fit; 3] = [|_, _| Self::None, Self::platt, Self::isotonic];
        let mut figures = Vec::with_capacity(fits.len());
        for fit in fits {
            figures.push(cross_fitted(scores, failed, &folds, fit, cancelled)?.unwrap_or(f64::INFINITY));
        }
        // Of equals the first, which is the simplest.
        let best = fits.into_iter().zip(figures).min_by(|a, b| a.1.total_cmp(&b.1));
        Ok(best.map_or(Self::None, |(fit, _)| fit(scores, failed)))
    }
}

/// Fits a kind of curve to scores and what happened.
type Fit = fn(&[f64], &[bool]) -> Calibration;

/// Brier score of probabilities that are each calibrated without their own fold.
fn cross_fitted(
    scores: &[f64],
    failed: &[bool],
    folds: &[Vec<usize>],
    fit: Fit,
    cancelled: &dyn Fn() -> Result<(), LearningError>,
) -> Result<Option<f64>, LearningError> {
    let mut calibrated = scores.to_vec();
    for fold in folds {
        cancelled()?;
        let is_test = |row: usize| fold.binary_search(&row).is_ok();
        let training = || scores.iter().zip(failed).enumerate().filter(|(row, _)| !is_test(*row)).map(|(_, pair)| pair);
        let scores: Vec<f64> = training().map(|(score, _)| *score).collect();
        let failed: Vec<bool> = training().map(|(_, failed)| *failed).collect();
        let calibration = fit(&scores, &failed);
        for &row in fold {
            if let Some(score) = calibrated.get_mut(row) {
                *score = calibration.apply(*score);
            }
        }
    }
    Ok(brier(&calibrated, failed))
}
