//! How well scores tell failures from the rest, whatever the scores mean.
//!
//! `scores` and `failed` have one entry a row; a higher score speaks for failure. Everything is one sort. Each figure is
//! `None` when lengths differ, a score is no number, or a kind of row it needs is missing.

use serde::{Deserialize, Serialize};

/// The threshold that separates best.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Youden {
    /// Scores above it are taken for failures: the middle of the gap between two scores.
    pub threshold: f64,
    /// Share of failures above − share of the rest above, −1 … 1.
    pub index: f64,
}

/// Area under the ROC curve, 0 … 1: how often a failure scores above a good one, ties counting half.
///
/// Source: the Mann–Whitney statistic with mid-ranks (J. A. Hanley, B. J. `McNeil`, Radiology 143, 1982).
pub fn roc_auc(scores: &[f64], failed: &[bool]) -> Option<f64> {
    beats(steps(scores, failed)?.iter().map(|step| (step.failures, step.others)))
}

/// Average precision, 0 … 1: precision at each score, weighted by the recall it brings; by chance the base rate.
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

/// Share of failures, 0 … 1, found by the lowest threshold that takes at most a `share` (0 … 1) of the rest for
/// failures; 0 when even the highest score takes more.
pub fn recall_at_false_alarms(scores: &[f64], failed: &[bool], share: f64) -> Option<f64> {
    let steps = steps(scores, failed)?;
    let (bad, good) = both(&steps)?;
    let (mut found, mut alarms) = (0, 0);
    for step in steps {
        alarms += step.others;
        if alarms as f64 > share * good as f64 {
            break;
        }
        found += step.failures;
    }
    Some(found as f64 / bad as f64)
}

/// The threshold with the largest Youden index, in the middle of its gap; of several the highest. `None` as well when
/// all scores are the same.
///
/// Source: W. J. Youden, Cancer 3 (1950).
pub fn youden(scores: &[f64], failed: &[bool]) -> Option<Youden> {
    let steps = steps(scores, failed)?;
    let (bad, good) = both(&steps)?;
    let (mut found, mut alarms) = (0, 0);
    let mut best: Option<(i128, f64, f64)> = None;
    for pair in steps.windows(2) {
        let [above, below] = pair else { continue };
        found += above.failures;
        alarms += above.others;
        // In whole numbers, so that ties are ties.
        let index = i128::from(found) * i128::from(good) - i128::from(alarms) * i128::from(bad);
        if best.is_none_or(|(best, ..)| index > best) {
            best = Some((index, above.score, below.score));
        }
    }
    let (index, above, below) = best?;
    let index = index as f64 / (bad as f64 * good as f64);
    Some(Youden { threshold: f64::midpoint(above, below), index })
}

fn both(steps: &[Step]) -> Option<(u64, u64)> {
    let (bad, good) = steps.iter().fold((0, 0), |(bad, good), step| (bad + step.failures, good + step.others));
    (bad > 0 && good > 0).then_some((bad, good))
}

/// How often a failure lies above a good row, given (failures, others) of each score from the highest.
pub(super) fn beats(steps: impl Iterator<Item = (u64, u64)>) -> Option<f64> {
    let (mut bad, mut good, mut halves) = (0_u64, 0_u64, 0_u128);
    for (failures, others) in steps {
        halves += u128::from(others) * u128::from(2 * bad + failures);
        bad += failures;
        good += others;
    }
    (bad > 0 && good > 0).then(|| halves as f64 / 2.0 / (bad as f64 * good as f64))
}

/// Rows of one score.
struct Step {
    score: f64,
    failures: u64,
    others: u64,
}

/// Distinct scores, highest first.
fn steps(scores: &[f64], failed: &[bool]) -> Option<Vec<Step>> {
    let rows = sorted(scores, failed)?;
    let same = rows.chunk_by(|a, b| a.score.total_cmp(&b.score).is_eq());
    let step = |rows: &[Row]| {
        let failures = rows.iter().filter(|row| row.failed).count() as u64;
        Some(Step { score: rows.first()?.score, failures, others: rows.len() as u64 - failures })
    };
    Some(same.filter_map(step).collect())
}

/// A row in the order of scores.
pub(super) struct Row {
    pub(super) score: f64,
    pub(super) failed: bool,
    pub(super) place: usize,
}

/// Rows, highest score first; zero has one sign. `None` when a score is no number or lengths differ.
pub(super) fn sorted(scores: &[f64], failed: &[bool]) -> Option<Vec<Row>> {
    if scores.len() != failed.len() || scores.iter().any(|score| score.is_nan()) {
        return None;
    }
    let rows = scores.iter().zip(failed).enumerate();
    let mut rows: Vec<Row> = rows.map(|(place, (score, &failed))| Row { score: score + 0.0, failed, place }).collect();
    rows.sort_unstable_by(|a, b| b.score.total_cmp(&a.score));
    Some(rows)
}
