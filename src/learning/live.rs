//! What a deployed model said since it was deployed, held against what came.

use serde::{Deserialize, Serialize};

use super::validation::{auc_interval, brier, roc_auc};
use super::{Card, Figure};

/// Resamples of an interval.
const RESAMPLES: usize = 200;
/// The seed of an interval: the same history always shows the same figures.
const SEED: u64 = 1;
/// Fewer rows of either kind say nothing about a ranking.
const LEAST: usize = 15;

/// Name of the figure that ranking is told by.
pub const AUC: &str = "ROC AUC";

/// Predicted against actual.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Live {
    /// The version that spoke.
    pub version: u32,
    /// Predictions of which it is known what came.
    pub rows: u64,
    /// How many of these failed.
    pub failures: u64,
    /// Mean of what was predicted, 0–1.
    pub predicted: f64,
    /// Brier score; `None` without any row.
    pub brier: Option<f64>,
    /// Area under the ROC curve; `None` with fewer than 15 of a kind.
    pub auc: Option<f64>,
    /// Its 95 % interval, by unit.
    pub interval: Option<(f64, f64)>,
}

impl Live {
    /// Of probabilities, what came of them, and the units they are of.
    pub fn of(version: u32, predicted: &[f64], failed: &[bool], units: &[u32]) -> Self {
        let failures = failed.iter().filter(|failed| **failed).count();
        let rows = failed.len();
        let enough = failures >= LEAST && rows - failures >= LEAST;
        let auc = if enough { roc_auc(predicted, failed) } else { None };
        Self {
            version,
            rows: rows as u64,
            failures: failures as u64,
            predicted: predicted.iter().sum::<f64>() / rows.max(1) as f64,
            brier: brier(predicted, failed),
            auc,
            interval: auc.and_then(|_| auc_interval(predicted, failed, units, 0.95, RESAMPLES, SEED)),
        }
    }

    /// Upper bound of its AUC and the AUC in validation, when the first lies below the second.
    pub fn fallen(&self, card: &Card) -> Option<(f64, f64)> {
        let (_, upper) = self.interval?;
        let was = card.figure(AUC)?.value;
        (upper < was).then_some((upper, was))
    }

    /// The rival that now does better: its name and figure, when the upper bound lies below it.
    pub fn beaten<'a>(&self, card: &'a Card) -> Option<&'a (String, f64)> {
        let (_, upper) = self.interval?;
        card.figure(AUC).and_then(|Figure { rival, .. }| rival.as_ref()).filter(|(_, rival)| upper < *rival)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learning::card::tests::card;

    #[test]
    fn what_was_said_is_held_against_what_came() {
        let failed: Vec<bool> = (0..100).map(|n| n % 4 == 0).collect();
        let said: Vec<f64> = failed.iter().zip(0..).map(|(f, n)| if *f || n % 10 == 1 { 0.8 } else { 0.1 }).collect();
        let units: Vec<u32> = (0..100).collect();
        let live = Live::of(3, &said, &failed, &units);
        assert_eq!((live.version, live.rows, live.failures), (3, 100, 25));
        assert!(live.auc.is_some_and(|auc| auc > 0.8), "{live:?}");
        assert!(live.interval.is_some_and(|(low, high)| low < high));
        assert_eq!(Live::of(3, &said[..40], &failed[..40], &units[..40]).auc, None, "ten failures say nothing");
        assert_eq!(Live::of(3, &[], &[], &[]).brier, None);
    }

    #[test]
    fn a_model_is_beaten_when_even_its_upper_bound_lies_below_the_rival() {
        let live = |upper| Live { interval: Some((0.4, upper)), ..Live::default() };
        let card = card(100, 0);
        assert!(live(0.69).beaten(&card).is_some_and(|(name, _)| name == "untrimmed error"));
        assert!(live(0.71).beaten(&card).is_none());
    }
}
