//! The chart of single values: limits around a baseline's mean, each value judged by itself.

use serde::{Deserialize, Serialize};

use super::{Ask, Baseline, Direction, Family, Side, SpcError, Summary};

/// Average moving range of two normal values in sigmas, rounded as the tables have it (exactly 2/√π).
///
/// Source: Montgomery, Introduction to Statistical Quality Control, appendix VI; NIST/SEMATECH e-Handbook 6.3.2.2.
pub const D2: f64 = 1.128;

/// Limits for single values.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Individuals {
    /// Centre, in the metric's unit.
    pub centre: f64,
    /// Sigma, in the metric's unit, above 0.
    pub sigma: f64,
    /// Limit in sigmas, above 0; 3 by the textbook, more for a small baseline.
    pub limit: f64,
    /// Which way is worse.
    pub side: Side,
}

impl Individuals {
    /// The textbook's chart: mean ± 3 average moving ranges over d₂.
    ///
    /// # Errors
    /// [`SpcError::Constant`] when no value differs from the one before.
    pub fn textbook(summary: &Summary) -> Result<Self, SpcError> {
        let sigma = summary.moving_range / D2;
        let chart = Self { centre: summary.mean, sigma, limit: 3.0, side: Side::Both };
        if sigma > 0.0 { Ok(chart) } else { Err(SpcError::Constant) }
    }

    /// The chart on a baseline, widened for its size so that with 90 % confidence it runs so many values in control.
    ///
    /// # Errors
    /// As for [`Ask::solve`].
    pub fn widened(baseline: &Baseline, side: Side, run_length: u32) -> Result<Self, SpcError> {
        let ask = Ask { family: Family::Individuals, ..baseline.ask(side, run_length) };
        let limit = ask.solve()?.limit;
        Ok(Self { centre: baseline.summary.mean, sigma: baseline.sigma, limit, side })
    }

    /// Lower and upper limit, in the metric's unit; the good side of a one-sided chart has none.
    pub fn limits(&self) -> (Option<f64>, Option<f64>) {
        let half = self.limit * self.sigma;
        let lower = (self.side != Side::Upper).then_some(self.centre - half);
        (lower, (self.side != Side::Lower).then_some(self.centre + half))
    }

    /// Which way a value is outside, if it is; a value on a limit is not.
    pub fn judge(&self, value: f64) -> Option<Direction> {
        let (lower, upper) = self.limits();
        if upper.is_some_and(|upper| value > upper) {
            return Some(Direction::High);
        }
        lower.is_some_and(|lower| value < lower).then_some(Direction::Low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spc::Scale;

    /// NIST/SEMATECH e-Handbook 6.3.2.2: ten batches.
    const BATCHES: [f64; 10] = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1];

    #[test]
    fn the_handbooks_example_comes_out_as_printed() {
        let summary = Summary::of(&BATCHES).expect("ten values");
        let chart = Individuals::textbook(&summary).expect("they vary");
        assert!((chart.centre - 50.81).abs() < 1e-9);
        assert!((summary.moving_range - 1.877_777_777_8).abs() < 1e-9);
        let (lower, upper) = chart.limits();
        assert!((upper.expect("two-sided") - 55.804_089_834_5).abs() < 1e-9, "{upper:?}");
        assert!((lower.expect("two-sided") - 45.815_910_165_5).abs() < 1e-9, "{lower:?}");
        assert!(BATCHES.iter().all(|batch| chart.judge(*batch).is_none()));
    }

    #[test]
    fn a_baseline_of_thirty_units_has_wider_limits_than_the_textbooks() {
        let readings: Vec<f64> = (0..30).map(|i| 100.0 + [-1.128, 0.0, 1.128, 0.0][i % 4]).collect();
        let baseline = Baseline::of_units(&readings, Scale::Linear).expect("enough");
        let chart = Individuals::widened(&baseline, Side::Both, 370).expect("limits");
        assert!((3.8..3.95).contains(&chart.limit), "{chart:?}");
        assert_eq!((chart.centre, chart.sigma), (baseline.summary.mean, baseline.sigma));
    }

    #[test]
    fn the_good_side_of_a_chart_has_no_limit() {
        let chart = Individuals { centre: 0.0, sigma: 1.0, limit: 3.5, side: Side::Upper };
        assert_eq!(chart.judge(-100.0), None);
        assert_eq!(chart.judge(3.5), None);
        assert_eq!(chart.judge(3.6), Some(Direction::High));
        assert_eq!(Individuals { side: Side::Lower, ..chart }.judge(-3.6), Some(Direction::Low));
    }
}
