//! When a learner trains: for the first time, for more history, for age, or because it has become worse.

use serde::{Deserialize, Serialize};

use super::{Card, Live};
use crate::analysis::Learner;

/// New rows that make a model worth training anew, as a share of those it knows.
const GROWTH: f64 = 0.2;
/// Fewer new rows than this never do.
const LEAST_NEW: u64 = 50;
/// A model older than this is trained anew with any new row, milliseconds: 30 days.
const OLD: i64 = 30 * 86_400_000;

/// What the history offers a learner.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Tracks that may teach; of the threshold optimizer those of product models with enough of both kinds.
    pub rows: u64,
    /// Units they belong to.
    pub units: u64,
    /// Tracks among them that failed.
    pub failures: u64,
    /// Product models with enough of their own.
    pub product_models: u64,
}

impl Offer {
    /// What a learner waits for before it trains for the first time, in words; `None` when it has enough.
    pub fn lacks(&self, learner: Learner) -> Option<String> {
        let good = self.rows - self.failures.min(self.rows);
        let kinds = |wanted: u64| {
            let few = self.failures.min(good) < wanted;
            few.then(|| format!("{} failed and {good} good of {wanted} each", self.failures))
        };
        match learner {
            Learner::TrimVerdict if self.units < 60 => Some(format!("{} of 60 units", self.units)),
            Learner::FinalTest if self.rows < 50 => Some(format!("{} of 50 outcomes", self.rows)),
            Learner::TrimVerdict | Learner::FinalTest => kinds(15),
            Learner::ThresholdOptimizer if self.product_models == 0 => {
                Some("no product model with 10 good and 10 failed units yet".to_owned())
            }
            Learner::DriftDetector if self.product_models == 0 => {
                Some("no product model with 50 tracks yet".to_owned())
            }
            Learner::ThresholdOptimizer | Learner::DriftDetector => None,
        }
    }

    /// Why a learner trains now; `None` when it does not. `last` is its newest version, deployed or not.
    pub fn due(&self, learner: Learner, last: Option<&Card>, live: Option<&Live>, now_ms: i64) -> Option<String> {
        if self.lacks(learner).is_some() {
            return None;
        }
        let Some(last) = last else { return Some("enough history for the first time".to_owned()) };
        let new = self.rows.saturating_sub(last.rows);
        if new >= LEAST_NEW && new as f64 >= GROWTH * last.rows as f64 {
            return Some(format!("{new} new tracks"));
        }
        if new > 0 && now_ms - last.trained_ms >= OLD {
            return Some(format!("v{} is 30 days old", last.version));
        }
        let fallen = live.filter(|live| new > 0 && live.version == last.version).and_then(|live| live.fallen(last));
        fallen.map(|(upper, was)| format!("AUC since deployment at most {upper:.2}, in validation {was:.2}"))
    }

    /// What the next training waits for, in words.
    pub fn next(&self, learner: Learner, last: Option<&Card>) -> String {
        if let Some(lacks) = self.lacks(learner) {
            return lacks;
        }
        let Some(last) = last else { return "enough history: trains soon".to_owned() };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of tracks")]
        let wanted = ((GROWTH * last.rows as f64).ceil() as u64).max(LEAST_NEW);
        format!("{} of {wanted} new tracks, or 30 days", self.rows.saturating_sub(last.rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learning::card::tests::card;

    const DAY: i64 = 86_400_000;

    fn offer(rows: u64, units: u64, failures: u64) -> Offer {
        Offer { rows, units, failures, product_models: 1 }
    }

    #[test]
    fn a_predictor_waits_for_60_units_and_15_of_each_kind() {
        let learner = Learner::TrimVerdict;
        assert_eq!(offer(80, 34, 20).lacks(learner).as_deref(), Some("34 of 60 units"));
        assert_eq!(offer(80, 60, 14).lacks(learner).as_deref(), Some("14 failed and 66 good of 15 each"));
        assert!(offer(80, 60, 70).lacks(learner).is_some(), "ten good ones");
        assert!(offer(80, 60, 15).due(learner, None, None, 0).is_some());
        assert!(offer(49, 49, 20).lacks(Learner::FinalTest).is_some());
    }

    #[test]
    fn it_trains_again_after_a_fifth_more_rows_or_30_days_with_any_new_one() {
        let last = card(1_000, 0);
        let due = |rows, now| offer(rows, 500, 200).due(Learner::TrimVerdict, Some(&last), None, now).is_some();
        assert!(!due(1_199, DAY) && due(1_200, DAY));
        assert!(!due(1_000, 40 * DAY) && due(1_001, 30 * DAY) && !due(1_001, 29 * DAY));
        let small = card(100, 0);
        let due = |rows| offer(rows, 90, 30).due(Learner::TrimVerdict, Some(&small), None, DAY).is_some();
        assert!(!due(149) && due(150), "never for fewer than fifty");
    }

    #[test]
    fn it_trains_again_when_it_has_become_worse_than_it_was() {
        let last = card(1_000, 0);
        let live = |upper| Live { auc: Some(0.6), interval: Some((0.5, upper)), version: 1, ..Live::default() };
        let due = |live: &Live| offer(1_010, 500, 200).due(Learner::TrimVerdict, Some(&last), Some(live), DAY);
        assert!(due(&live(0.79)).is_some_and(|why| why.contains("0.79") && why.contains("0.80")));
        assert_eq!(due(&live(0.81)), None);
    }
}
