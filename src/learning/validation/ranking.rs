//! How well scores tell failures from the rest, whatever the scores mean.

use serde::{Deserialize, Serialize};

/// The threshold that separates best.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Youden {
    /// Scores above it are taken for failures.
    pub threshold: f64,
    /// Share of failures above − share of the rest above, −1 … 1.
    pub index: f64,
}

/// Area under the ROC curve by mid-ranks, 0 … 1: the chance that a failure scores above a good one, ties half.
///
/// `None` unless there are both.
pub fn roc_auc(scores: &[f64], failed: &[bool]) -> Option<f64> {
    let mut good = 0_u64;
    let mut won = 0_u64;
    let mut bad = 0_u64;
    for Step { failures, others, .. } in steps(scores, failed)?.into_iter().rev() {
        won += failures * (2 * good + others);
        good += others;
        bad += failures;
    }
    (good > 0 && bad > 0).then(|| won as f64 / 2.0 / (good as f64 * bad as f64))
}

/// Mean precision over the failures found, weighted by the recall each step brings.
pub fn average_precision(scores: &[f64], failed: &[bool]) -> Option<f64> {
    let steps = steps(scores, failed)?;
    let all: u64 = steps.iter().map(|step| step.failures).sum();
    let (mut found, mut told, mut sum) = (0, 0, 0.0);
    for step in steps {
        found += step.failures;
        told += step.failures + step.others;
        sum += step.failures as f64 * found as f64 / told as f64;
    }
    (all > 0).then(|| sum / all as f64)
}

/// Largest share of failures found by any threshold that takes at most `share` of the rest for failures.
pub fn recall_at_false_alarms(scores: &[f64], failed: &[bool], share: f64) -> Option<f64> {
    let steps = steps(scores, failed)?;
    let (bad, good) = steps.iter().fold((0, 0), |(bad, good), step| (bad + step.failures, good + step.others));
    let (mut found, mut alarms, mut best) = (0, 0, 0);
    for step in steps {
        found += step.failures;
        alarms += step.others;
        if alarms as f64 <= share * good as f64 {
            best = found;
        }
    }
    (good > 0 && bad > 0).then(|| best as f64 / bad as f64)
}

/// The threshold with the largest Youden index.
pub fn youden(scores: &[f64], failed: &[bool]) -> Option<Youden> {
    let steps = steps(scores, failed)?;
    let (bad, good) = steps.iter().fold((0, 0), |(bad, good), step| (bad + step.failures, good + step.others));
    if bad == 0 || good == 0 {
        return None;
    }
    let (mut found, mut alarms) = (0, 0);
    let mut best: Option<Youden> = None;
    for pair in steps.windows(2) {
        let [above, below] = pair else { continue };
        found += above.failures;
        alarms += above.others;
        let index = found as f64 / bad as f64 - alarms as f64 / good as f64;
        if best.is_none_or(|best| index > best.index) {
            best = Some(Youden { threshold: f64::midpoint(above.score, below.score), index });
        }
    }
    best
}

/// Rows of one score.
struct Step {
    score: f64,
    failures: u64,
    others: u64,
}

/// Distinct scores, highest first. `None` when a score is no number or the lengths differ.
fn steps(scores: &[f64], failed: &[bool]) -> Option<Vec<Step>> {
    if scores.len() != failed.len() || scores.iter().any(|score| score.is_nan()) {
        return None;
    }
    let mut rows: Vec<(f64, bool)> = scores.iter().map(|score| score + 0.0).zip(failed.iter().copied()).collect();
    rows.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    let same = rows.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq());
    let step = |rows: &[(f64, bool)]| {
        let failures = rows.iter().filter(|row| row.1).count() as u64;
        Some(Step { score: rows.first()?.0, failures, others: rows.len() as u64 - failures })
    };
    Some(same.filter_map(step).collect())
}
