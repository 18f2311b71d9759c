//! Whether a model is worth listening to: folds, ranking, probability and bootstrap figures.

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
