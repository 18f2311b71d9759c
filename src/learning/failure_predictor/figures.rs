//! How good foretelling is, in the figures that are shown.

use serde::{Deserialize, Serialize};

use crate::learning::validation::{Bin, average_precision, brier, recall_at_false_alarms, reliability, roc_auc};

/// Share of good rows that may be called failures when recall is told.
pub(super) const FALSE_ALARMS: f64 = 0.05;

/// How good a predictor is on rows it had not seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Rows foretold.
    pub rows: usize,
    /// Of those, failures.
    pub failures: usize,
    /// Share of failures, 0 … 1: the average precision of guessing.
    pub base_rate: f64,
    /// Area under the ROC curve, 0 … 1.
    pub auc: f64,
    /// Average precision, 0 … 1; to be read against the base rate.
    pub average_precision: f64,
    /// Mean squared error of the probability, 0 … 1, less is better.
    pub brier: f64,
    /// The Brier score of saying the base rate of every row.
    pub base_rate_brier: f64,
    /// Share of failures found at 5 % false alarms, 0 … 1.
    pub recall_at_five_percent: f64,
    /// Ten bins of probability: what was said and what came.
    pub reliability: [Bin; 10],
}

impl Figures {
    /// Of ranking scores, probabilities and what came. `None` unless there are failures and others.
    pub(super) fn of(scores: &[f64], probabilities: &[f64], failed: &[bool]) -> Option<Self> {
        let failures = failed.iter().filter(|failed| **failed).count();
        let base_rate = failures as f64 / failed.len().max(1) as f64;
        Some(Self {
            rows: failed.len(),
            failures,
            base_rate,
            auc: roc_auc(scores, failed)?,
            average_precision: average_precision(scores, failed)?,
            brier: brier(probabilities, failed)?,
            base_rate_brier: base_rate * (1.0 - base_rate),
            recall_at_five_percent: recall_at_false_alarms(scores, failed, FALSE_ALARMS)?,
            reliability: reliability(probabilities, failed),
        })
    }
}
