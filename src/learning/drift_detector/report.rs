//! What a detector tells a technician.

use serde::{Deserialize, Serialize};

use super::advice::advice;
use super::periods::Analysis;

/// From this anomaly rate on somebody has to look.
pub(super) const ACTION_RATE: f64 = 0.15;
/// Rows below which a trend is not told.
const TREND_ROWS: usize = 20;
/// A trend is told when the halves' mean scores lie so many standard errors apart.
const TREND_ERRORS: f64 = 3.0;

/// How far from normal, by the anomaly rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Severity {
    /// Below 0.05.
    Negligible,
    /// 0.05 up to 0.10.
    Low,
    /// 0.10 up to 0.15.
    Moderate,
    /// 0.15 up to 0.25.
    High,
    /// 0.25 and above.
    Critical,
}

impl Severity {
    /// The severity of an anomaly rate, 0 … 1.
    pub fn of(rate: f64) -> Self {
        match rate {
            _ if rate < 0.05 => Self::Negligible,
            _ if rate < 0.10 => Self::Low,
            _ if rate < ACTION_RATE => Self::Moderate,
            _ if rate < 0.25 => Self::High,
            _ => Self::Critical,
        }
    }

    /// The word on screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Negligible => "negligible",
            Self::Low => "low",
            Self::Moderate => "moderate",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// Which way it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trend {
    /// The later half of the rows stands as alone as the earlier.
    Stable,
    /// It stands more alone.
    Rising,
    /// It stands less alone.
    Falling,
    /// Fewer than 20 rows.
    TooLittleData,
}

impl Trend {
    /// The words on screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Stable => "stable",
            Self::Rising => "rising",
            Self::Falling => "falling",
            Self::TooLittleData => "too little data",
        }
    }
}

/// Whether the two halves of a series have the same mean, by Welch's statistic (Biometrika 34, 1947).
pub(super) fn trend(scores: &[f64]) -> Trend {
    if scores.len() < TREND_ROWS {
        return Trend::TooLittleData;
    }
    let (earlier, later) = scores.split_at(scores.len() / 2);
    let ((before, one), (after, other)) = (mean_and_error(earlier), mean_and_error(later));
    let (rise, error) = (after - before, (one + other).sqrt());
    if rise.abs() <= TREND_ERRORS * error || rise.abs() < f64::EPSILON {
        Trend::Stable
    } else if rise > 0.0 {
        Trend::Rising
    } else {
        Trend::Falling
    }
}

/// Mean, and its squared standard error.
fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, squares / (n - 1.0) / n)
}

/// A figure that stands elsewhere than in normal operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Affected {
    /// Its name.
    pub feature: String,
    /// How far its median stands from the baseline's, baseline sigmas, above 0.
    pub sigmas: f64,
    /// Whether it stands higher.
    pub rising: bool,
}

/// Who made a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Speaker {
    /// The isolation forest.
    Forest,
    /// Cumulative sums on each figure, for want of a detector.
    Cusum,
}

impl Speaker {
    /// The words on screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Forest => "isolation forest",
            Self::Cusum => "CUSUM, no trained detector",
        }
    }
}

/// How far from normal some runs are, and what to do about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// How far, by the rate.
    pub severity: Severity,
    /// Share of anomalous rows, 0 … 1.
    pub rate: f64,
    /// Which way it goes.
    pub trend: Trend,
    /// The figures that stand elsewhere, the farthest first.
    pub affected: Vec<Affected>,
    /// What to look at, a sentence for each affected figure in the same order, or one when none is.
    pub recommendations: Vec<String>,
    /// The rate is 0.15 or more: somebody has to look.
    pub action_required: bool,
    /// Figures that are not looked at, because the baseline says nothing about them.
    pub dropped: Vec<String>,
    /// Who made this report.
    pub spoken_by: Speaker,
}

impl Report {
    pub(super) fn new(
        spoken_by: Speaker,
        analysis: &Analysis,
        trend: Trend,
        affected: Vec<Affected>,
        dropped: Vec<String>,
    ) -> Self {
        let severity = Severity::of(analysis.rate);
        let recommendations = advice(&affected, severity);
        let action_required = analysis.rate >= ACTION_RATE;
        Self { severity, rate: analysis.rate, trend, affected, recommendations, action_required, dropped, spoken_by }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severity_changes_at_its_bounds() {
        let words = [0.049, 0.05, 0.10, 0.15, 0.25].map(|rate| Severity::of(rate).word());
        assert_eq!(words, ["negligible", "low", "moderate", "high", "critical"]);
    }

    #[test]
    fn a_trend_is_told_from_enough_rows_that_differ_enough() {
        let wobble = |i: usize| 0.01 * (i * 37 % 11) as f64;
        let series = |rise: f64| (0..100).map(|i| wobble(i) + if i < 50 { 0.0 } else { rise }).collect::<Vec<f64>>();
        assert_eq!(trend(&series(0.1)), Trend::Rising);
        assert_eq!(trend(&series(-0.1)), Trend::Falling);
        assert_eq!(trend(&series(0.0)), Trend::Stable);
        assert_eq!(trend(&[0.5; 60]), Trend::Stable);
        assert_eq!(trend(&series(0.1)[..19]), Trend::TooLittleData);
    }
}
