//! The report without a trained detector: two-sided cumulative sums on each figure.
//!
//! Tabular CUSUM (Page, Biometrika 41, 1954; Montgomery, Introduction to Statistical Quality Control, ch. 9): with z in
//! baseline sigmas, high = max(0, high + z − k) and low = max(0, low − z − k), out of control above h; k = 0.5 and
//! h = 5, an in-control run length of 465 for normal figures. Extremes are cut at 8 sigmas first. After a
//! signal a sum goes on and counts at most 2 h, so that it is back soon once the figure is.

use ndarray::{ArrayView1, ArrayView2};

use super::baseline::Baseline;
use super::periods::analyze;
use super::report::{Report, Speaker, trend};
use crate::learning::LearningError;

const REFERENCE: f64 = 0.5;
const DECISION: f64 = 5.0;
const CUT_AT: f64 = 8.0;

/// The report of [`DriftDetector::report`](super::DriftDetector::report), by cumulative sums on each figure instead of
/// a forest; it says so in [`Report::spoken_by`].
///
/// `baseline` is normal operation (at least 30 rows), `x` what is reported on, both one row a run in order of time and
/// one column for each of `names`; `window` in rows. A row is anomalous while any figure's sum is above its decision
/// limit.
///
/// # Errors
/// As for training and asking a detector: [`LearningError::Width`], [`LearningError::NotFinite`],
/// [`LearningError::TooFewRows`], [`LearningError::Constant`], [`LearningError::Setting`] for a window of 0.
pub fn cusum_report(
    baseline: ArrayView2<'_, f64>,
    x: ArrayView2<'_, f64>,
    names: &[String],
    window: usize,
) -> Result<Report, LearningError> {
    if x.nrows() == 0 {
        return Err(LearningError::TooFewRows { found: 0, needed: 1 });
    }
    let baseline = Baseline::of(baseline, names)?;
    let z = baseline.standardised(x)?;
    let mut scores = vec![0.0_f64; z.nrows()];
    for column in z.columns() {
        for (score, sum) in scores.iter_mut().zip(sums(column)) {
            *score = score.max(sum / (2.0 * DECISION));
        }
    }
    let anomalies: Vec<bool> = scores.iter().map(|score| 2.0 * score > 1.0).collect();
    let analysis = analyze(&scores, &anomalies, window)?;
    let affected = baseline.affected(z.view(), window, &analysis);
    Ok(Report::new(Speaker::Cusum, &analysis, trend(&scores), affected, baseline.dropped()))
}

/// The larger of the two sums at each row.
fn sums(z: ArrayView1<'_, f64>) -> Vec<f64> {
    let most = 2.0 * DECISION;
    let running = z.iter().scan((0.0_f64, 0.0_f64), |(high, low), z| {
        let z = z.clamp(-CUT_AT, CUT_AT);
        *high = (*high + z - REFERENCE).clamp(0.0, most);
        *low = (*low - z - REFERENCE).clamp(0.0, most);
        Some(high.max(*low))
    });
    running.collect()
}

#[cfg(test)]
mod tests {
    use ndarray::Array1;

    use super::*;

    /// NIST/SEMATECH e-Handbook 6.3.2.3: target 325, k = 0.3175, h = 4.1959 in units of the data (sigma 1).
    #[test]
    fn the_handbooks_example_runs_as_printed_but_for_the_reference() {
        let groups = [
            324.925, 324.675, 324.725, 324.350, 325.350, 325.225, 324.125, 324.525, 325.225, 324.600, 324.625, 325.150,
            328.325, 327.250, 327.825, 328.500, 326.675, 327.775, 326.875, 328.350,
        ];
        let z: Array1<f64> = groups.iter().map(|group| group - 325.0).collect();
        let sums = sums(z.view());
        let first = sums.iter().position(|sum| *sum > 4.1959).expect("it signals");
        assert_eq!(first + 1, 14);
        assert_eq!(sums.last(), Some(&10.0));
    }
}
