//! Whether a model is worth listening to: folds, ranking, probability and bootstrap figures.
//!
//! All take slices with one entry a row: a score or probability, whether the row failed, and the group (unit) it
//! belongs to, which stays on one side of every split.
//!
//! ```
//! use trimwatch::learning::validation::{
//!     auc_interval, average_precision, brier, grouped_folds, paired_auc_bound, recall_at_false_alarms, reliability,
//!     roc_auc, youden,
//! };
//!
//! // 200 rows of 100 units; the score is right more often than not, the rival is a coin.
//! let failed: Vec<bool> = (0..200).map(|row| row % 5 == 0).collect();
//! let score: Vec<f64> = (0..200).map(|row| f64::from(row * 37 % 100) / 200.0 + f64::from(row % 5 == 0) / 2.0).collect();
//! let coin: Vec<f64> = (0..200).map(|row| f64::from(row * 61 % 97) / 97.0).collect();
//! let units: Vec<u32> = (0..200).map(|row| row / 2).collect();
//!
//! let folds = grouped_folds(&units, &failed, 5, 1);
//! assert_eq!(folds.iter().map(Vec::len).sum::<usize>(), 200);
//! let auc = roc_auc(&score, &failed).unwrap();
//! assert!(auc > 0.9 && auc <= 1.0);
//! assert!(average_precision(&score, &failed).unwrap() > 0.2, "the base rate");
//! assert!(brier(&score, &failed).unwrap() < 0.25);
//! assert!(recall_at_false_alarms(&score, &failed, 0.05).unwrap() > 0.5);
//! assert_eq!(reliability(&score, &failed).iter().map(|bin| bin.count).sum::<usize>(), 200);
//! let best = youden(&score, &failed).unwrap();
//! assert!(best.index > 0.5 && best.threshold > 0.3);
//! let (low, high) = auc_interval(&score, &failed, &units, 0.9, 200, 1).unwrap();
//! assert!(low <= auc && auc <= high);
//! // Surely better than the coin: the lower 90 % bound of the difference is above 0.
//! assert!(paired_auc_bound(&score, &coin, &failed, &units, 0.9, 200, 1).unwrap() > 0.0);
//! ```

mod bootstrap;
mod folds;
mod probability;
mod ranking;
#[cfg(test)]
mod tests;

pub use bootstrap::{auc_interval, paired_auc_bound};
pub use folds::grouped_folds;
pub use probability::{Bin, brier, reliability};
pub use ranking::{Youden, average_precision, recall_at_false_alarms, roc_auc, youden};
