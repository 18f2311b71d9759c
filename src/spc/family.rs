//! The charts that limits are solved for, each a family with one limit to choose.

use serde::{Deserialize, Serialize};

use super::Side;
use super::distribution::normal_quantile_above;
use super::run_length::{Weighted, autocorrelated, crossing_above, shewhart};

/// Weight of the newest value in the usual EWMA.
pub const LAMBDA: f64 = 0.2;
/// The same for skewed or heavy-tailed metrics: many values share in each point, so their tails matter less.
pub const SMOOTH_LAMBDA: f64 = 0.05;
/// The matched pair: limits of its EWMA and of its single values with which it runs 371 values in control, and how much the
/// second grows with the first. On this line about one false alarm in six comes from single values, whatever the run
/// length.
const PAIR: (f64, f64, f64) = (2.906, 3.5, 0.855);

/// A family of charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Family {
    /// Single values; its limit in sigmas.
    Individuals,
    /// An EWMA with λ 0.2; its limit in the EWMA's own sigmas.
    Ewma,
    /// An EWMA with λ 0.05; its limit likewise.
    Smooth,
    /// An EWMA with λ 0.2 and single values beside it; the EWMA's limit L, the other is 3.5 + 0.855 (L − 2.906).
    Pair,
}

impl Family {
    /// The chart of the family with this limit.
    pub fn chart(self, limit: f64, side: Side) -> Weighted {
        let (lambda, individuals) = match self {
            Self::Individuals => (1.0, None),
            Self::Ewma => (LAMBDA, None),
            Self::Smooth => (SMOOTH_LAMBDA, None),
            Self::Pair => (LAMBDA, Some(pair_mate(limit))),
        };
        Weighted { lambda, limit, individuals, side }
    }

    /// Average run length on independent normal values with this mean and standard deviation, in values.
    pub fn run_length(self, limit: f64, side: Side, mean: f64, deviation: f64) -> f64 {
        match self {
            Self::Individuals => shewhart(limit, side, mean, deviation),
            _ => self.chart(limit, side).run_length(mean, deviation),
        }
    }

    /// The limit that gives this run length in control on independent normal values, below 12; `nominal` in values, at least
    /// 20.
    pub fn limit(self, side: Side, nominal: f64) -> Option<f64> {
        match self {
            Self::Individuals => {
                let outside = if side == Side::Both { 0.5 / nominal } else { 1.0 / nominal };
                Some(normal_quantile_above(outside)).filter(|limit| (0.0..12.0).contains(limit))
            }
            _ => limit_where(nominal, |limit| self.run_length(limit, side, 0.0, 1.0)),
        }
    }

    /// The same on a series with lag-1 autocorrelation `phi`, 0 … 0.8.
    pub fn limit_autocorrelated(self, side: Side, nominal: f64, phi: f64) -> Option<f64> {
        limit_where(nominal, |limit| autocorrelated::run_length(&self.chart(limit, side), phi, 0.0))
    }
}

fn limit_where(nominal: f64, length: impl Fn(f64) -> f64) -> Option<f64> {
    crossing_above(|limit| (length(limit) / nominal).ln(), 0.25, 0.75, 12.0, 1e-5)
}

/// The limit of single values beside an EWMA with this limit, both in sigmas of their own.
fn pair_mate(limit: f64) -> f64 {
    let (ewma, single, slope) = PAIR;
    single + slope * (limit - ewma)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_of_the_usual_run_length_are_those_of_the_design() {
        let pair = Family::Pair.limit(Side::Both, 371.0).expect("a limit");
        assert!((pair - 2.906).abs() < 0.003, "{pair}");
        let single = Family::Individuals.limit(Side::Both, 370.398_347).expect("a limit");
        assert!((single - 3.0).abs() < 1e-7, "{single}");
        let ewma = Family::Ewma.limit(Side::Both, 371.1).expect("a limit");
        assert!((ewma - 2.86).abs() < 0.002, "{ewma}");
    }

    #[test]
    fn about_one_false_alarm_in_six_comes_from_single_values() {
        for nominal in [371.0, 20_000.0] {
            let limit = Family::Pair.limit(Side::Both, nominal).expect("a limit");
            let single = nominal / shewhart(pair_mate(limit), Side::Both, 0.0, 1.0);
            assert!((0.14..0.21).contains(&single), "{nominal}: {single}");
        }
    }
}
