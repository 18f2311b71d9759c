//! How sure a figure is: it is figured again over units drawn with replacement.
//!
//! Percentile bootstrap (B. Efron, R. J. Tibshirani, An Introduction to the Bootstrap, 1993), by unit: rows of one unit
//! come and go together. Scores are sorted once; a resample is one walk through them.

use std::collections::BTreeMap;

use super::ranking::{beats, sorted};
use crate::learning::random::Random;

/// Lower bound of AUC(a) − AUC(b), both over the same units drawn with replacement.
///
/// `a`, `b`, `failed` and `groups` (the row's unit) have one entry a row; `level` is one-sided: at 0.9 one in ten
/// resamples lies below the bound. `None` when lengths differ, a score is no number, or most resamples have one class.
pub fn paired_auc_bound(
    a: &[f64],
    b: &[f64],
    failed: &[bool],
    groups: &[u32],
    level: f64,
    resamples: usize,
    seed: u64,
) -> Option<f64> {
    let (a, b) = (Ranked::new(a, failed, groups)?, Ranked::new(b, failed, groups)?);
    let differences = resampled(groups, resamples, seed, |drawn| Some(a.auc(drawn)? - b.auc(drawn)?))?;
    quantile(&differences, 1.0 - level)
}

/// Interval of AUC over units drawn with replacement.
///
/// As [`paired_auc_bound`], with a two-sided `level`: at 0.9 one in twenty resamples lies below it and one above.
pub fn auc_interval(
    scores: &[f64],
    failed: &[bool],
    groups: &[u32],
    level: f64,
    resamples: usize,
    seed: u64,
) -> Option<(f64, f64)> {
    let ranked = Ranked::new(scores, failed, groups)?;
    let figures = resampled(groups, resamples, seed, |drawn| ranked.auc(drawn))?;
    Some((quantile(&figures, (1.0 - level) / 2.0)?, quantile(&figures, f64::midpoint(1.0, level))?))
}

/// Rows by falling score, equal scores together.
struct Ranked(Vec<Vec<(bool, usize)>>);

impl Ranked {
    fn new(scores: &[f64], failed: &[bool], groups: &[u32]) -> Option<Self> {
        if groups.len() != scores.len() {
            return None;
        }
        let places = places(groups);
        let rows = sorted(scores, failed)?;
        let same = rows.chunk_by(|a, b| a.score.total_cmp(&b.score).is_eq());
        let place = |row: usize| places.get(row).copied().unwrap_or(0);
        Some(Self(same.map(|rows| rows.iter().map(|row| (row.failed, place(row.place))).collect()).collect()))
    }

    /// AUC when each unit was drawn so often.
    fn auc(&self, drawn: &[u32]) -> Option<f64> {
        let weight = |unit: usize| u64::from(drawn.get(unit).copied().unwrap_or(0));
        beats(self.0.iter().map(|rows| {
            rows.iter().fold(
                (0, 0),
                |(bad, good), &(failed, unit)| {
                    if failed { (bad + weight(unit), good) } else { (bad, good + weight(unit)) }
                },
            )
        }))
    }
}

/// Each row's unit, numbered from 0.
fn places(groups: &[u32]) -> Vec<usize> {
    let mut numbers: BTreeMap<u32, usize> = groups.iter().map(|&group| (group, 0)).collect();
    numbers.values_mut().enumerate().for_each(|(place, number)| *number = place);
    groups.iter().map(|group| numbers.get(group).copied().unwrap_or(0)).collect()
}

/// A figure of resamples, sorted. `None` when fewer than half of them have one.
fn resampled(groups: &[u32], resamples: usize, seed: u64, figure: impl Fn(&[u32]) -> Option<f64>) -> Option<Vec<f64>> {
    let units = places(groups).into_iter().max()? + 1;
    let mut random = Random::new(seed);
    let mut drawn = vec![0; units];
    let draws = (0..resamples).filter_map(|_| {
        drawn.fill(0);
        for _ in 0..units {
            if let Some(count) = drawn.get_mut(random.below(units)) {
                *count += 1;
            }
        }
        figure(&drawn)
    });
    let mut figures: Vec<f64> = draws.collect();
    figures.sort_unstable_by(f64::total_cmp);
    (figures.len() * 2 > resamples).then_some(figures)
}

/// Nearest-rank quantile of sorted figures.
fn quantile(figures: &[f64], share: f64) -> Option<f64> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank among the figures")]
    let rank = (share.clamp(0.0, 1.0) * figures.len() as f64).ceil() as usize;
    figures.get(rank.saturating_sub(1)).copied()
}
