//! Anomaly rate and score over a rolling window, and the periods in which the rate was too high.

use serde::{Deserialize, Serialize};

use super::report::ACTION_RATE;
use crate::learning::LearningError;

/// The rate between normal (0.05) and acting (0.15) by which a period's ends are told.
const BETWEEN: f64 = 0.10;

/// A matrix of runs as the detector sees it. Row numbers count from 0 along the matrix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// Share of anomalous rows over all, 0 … 1; 0 of none.
    pub rate: f64,
    /// Mean score over all rows, 0 … 1; 0 of none.
    pub mean_score: f64,
    /// One entry for each row that ends a full window; one over all rows when there are fewer than a window.
    pub rolling: Vec<Rolling>,
    /// Stretches of rows in which the rolling rate reached 0.15, in order.
    pub periods: Vec<Period>,
}

/// The window that ends at a row.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rolling {
    /// Its last row.
    pub end: usize,
    /// Share of anomalous rows in it, 0 … 1.
    pub rate: f64,
    /// Mean score in it, 0 … 1.
    pub mean_score: f64,
}

/// A stretch of drift.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Period {
    /// First row: the change point, the least of the cumulative anomalies above 0.10 a row before the rate got high.
    pub start: usize,
    /// Last row, told the same way.
    pub end: usize,
    /// The highest rolling rate in it, 0 … 1.
    pub peak: f64,
    /// The last row of the window with that rate.
    pub peak_at: usize,
}

pub(super) fn analyze(scores: &[f64], anomalies: &[bool], window: usize) -> Result<Analysis, LearningError> {
    if window == 0 {
        return Err(LearningError::Setting { name: "window", problem: "at least 1 row is needed" });
    }
    let rows = scores.len();
    let window = window.min(rows.max(1));
    let score_sums = sums(scores.iter().copied());
    let counts = sums(anomalies.iter().map(|anomaly| f64::from(u8::from(*anomaly))));
    let mean = |sums: &[f64], from: usize, to: usize| {
        let ends = sums.get(to).zip(sums.get(from));
        ends.map_or(0.0, |(to_sum, from_sum)| (to_sum - from_sum) / (to - from).max(1) as f64)
    };
    let rolling: Vec<Rolling> = (window..=rows)
        .map(|to| Rolling {
            end: to - 1,
            rate: mean(&counts, to - window, to),
            mean_score: mean(&score_sums, to - window, to),
        })
        .collect();
    let periods = periods(&rolling, &counts, window);
    Ok(Analysis { rate: mean(&counts, 0, rows), mean_score: mean(&score_sums, 0, rows), rolling, periods })
}

/// Sums before each value, and of all.
fn sums(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let running = values.scan(0.0, |sum, value| {
        *sum += value;
        Some(*sum)
    });
    std::iter::once(0.0).chain(running).collect()
}

fn periods(rolling: &[Rolling], counts: &[f64], window: usize) -> Vec<Period> {
    let high = |rolling: &Rolling| rolling.rate >= ACTION_RATE;
    let stretches = rolling.chunk_by(|a, b| high(a) == high(b)).filter(|stretch| stretch.first().is_some_and(high));
    let mut periods: Vec<Period> = Vec::new();
    for stretch in stretches {
        let Some(period) = period(stretch, counts, window) else { continue };
        // Two stretches of high rate may share one change point.
        match periods.last_mut() {
            Some(before) if before.end + 1 >= period.start => {
                before.end = before.end.max(period.end);
                if period.peak > before.peak {
                    (before.peak, before.peak_at) = (period.peak, period.peak_at);
                }
            }
            _ => periods.push(period),
        }
    }
    periods
}

fn period(stretch: &[Rolling], counts: &[f64], window: usize) -> Option<Period> {
    let (first, last) = (stretch.first()?, stretch.last()?);
    let peak = stretch.iter().rev().max_by(|a, b| a.rate.total_cmp(&b.rate))?;
    let above = |row: usize| counts.get(row).map_or(0.0, |count| count - BETWEEN * row as f64);
    let opening = first.end + 1 - window..=first.end;
    let start = opening.rev().min_by(|a, b| above(*a).total_cmp(&above(*b)))?;
    let closing = (last.end + 1 - window).max(start) + 1..=last.end + 1;
    let end = closing.max_by(|a, b| above(*a).total_cmp(&above(*b)))? - 1;
    Some(Period { start, end: end.max(start), peak: peak.rate, peak_at: peak.end })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_starts_and_ends_where_the_anomalies_do() {
        // One in twenty is usual; rows 300 … 419 are mostly anomalous.
        let anomalies: Vec<bool> =
            (0..800).map(|i| if (300..420).contains(&i) { i % 3 != 0 } else { i % 20 == 7 }).collect();
        let scores = vec![0.5; 800];
        let analysis = analyze(&scores, &anomalies, 100).expect("a window");
        assert_eq!(analysis.rolling.len(), 701);
        let [period] = analysis.periods[..] else { panic!("{:?}", analysis.periods) };
        assert!(period.start.abs_diff(300) <= 3 && period.end.abs_diff(419) <= 10, "{period:?}");
        assert!((period.peak - 0.67).abs() < 0.02 && (399..=425).contains(&period.peak_at), "{period:?}");
    }

    #[test]
    fn fewer_rows_than_a_window_are_one_window_and_none_are_none() {
        let analysis = analyze(&[0.4, 0.6], &[false, true], 100).expect("a window");
        assert_eq!(analysis.rolling, [Rolling { end: 1, rate: 0.5, mean_score: 0.5 }]);
        let empty = analyze(&[], &[], 100).expect("a window");
        assert!(empty.rolling.is_empty() && empty.periods.is_empty());
        assert!(analyze(&[0.5], &[true], 0).is_err());
    }
}
