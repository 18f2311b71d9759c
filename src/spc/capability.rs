//! Cpk and Ppk with their intervals and n: never a bare number.

use serde::{Deserialize, Serialize};

use super::individuals::D2;
use super::widening::Knowledge;
use super::{SigmaBy, SpcError, Summary};

/// Two-sided 95 % point of the normal distribution.
const NINETY_FIVE: f64 = 1.959_963_984_540_054;

/// A capability index with its 95 % confidence interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Index {
    /// The estimate.
    pub value: f64,
    /// Lower end of the interval.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

/// What a process can hold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Capability {
    /// By the sigma of neighbours (average moving range over d₂): what the process could hold.
    pub cpk: Index,
    /// By the sample deviation of all values: what it did hold.
    pub ppk: Index,
    /// Values.
    pub n: usize,
}

impl Capability {
    /// Both indices of at least two values against a lower limit, an upper one, or both (in the values' unit); on the
    /// linearity margin the lower limit is 0.
    ///
    /// The interval is C ± 1.96 √(1/(9n) + C²/(2ν)) (A. Bissell, Applied Statistics 39, 1990), with the degrees of freedom
    /// ν the sigma is worth: n − 1 for the deviation, about 0.6 n for the moving range.
    ///
    /// # Errors
    /// [`SpcError::Setting`] without a limit, [`SpcError::Constant`] when the values or neighbours do not vary.
    pub fn of(summary: &Summary, lower: Option<f64>, upper: Option<f64>) -> Result<Self, SpcError> {
        let below = lower.map(|lower| summary.mean - lower);
        let above = upper.map(|upper| upper - summary.mean);
        let room = below.into_iter().chain(above).reduce(f64::min);
        let room = room.ok_or(SpcError::Setting { name: "specification", problem: "at least one limit is needed" })?;
        let within = summary.moving_range / D2;
        if !(within > 0.0 && summary.deviation > 0.0) {
            return Err(SpcError::Constant);
        }
        let index = |sigma: f64, sigma_by: SigmaBy| {
            let units = u32::try_from(summary.n).unwrap_or(u32::MAX);
            let value = room / (3.0 * sigma);
            let degrees = Knowledge { units, sigma_by }.degrees();
            let half = NINETY_FIVE * (1.0 / (9.0 * summary.n as f64) + value * value / (2.0 * degrees)).sqrt();
            Index { value, lower: value - half, upper: value + half }
        };
        Ok(Self {
            cpk: index(within, SigmaBy::MovingRange),
            ppk: index(summary.deviation, SigmaBy::Deviation),
            n: summary.n,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Twenty values of mean 0, deviation 1, average moving range 1.128.
    fn summary() -> Summary {
        Summary { n: 20, mean: 0.0, deviation: 1.0, median: 0.0, skew: 0.0, lag1: 0.0, moving_range: D2 }
    }

    #[test]
    fn the_interval_is_bissells() {
        let found = Capability::of(&summary(), Some(-4.0), Some(3.99)).expect("it varies");
        assert!((found.ppk.value - 1.33).abs() < 1e-12);
        assert!((found.ppk.lower - 0.88).abs() < 0.005, "{:?}", found.ppk);
        assert!((found.ppk.upper - 1.78).abs() < 0.005, "{:?}", found.ppk);
        assert!(found.cpk.lower < found.ppk.lower, "neighbours tell less");
    }

    #[test]
    fn the_nearer_limit_decides_and_one_is_enough() {
        let found = Capability::of(&summary(), Some(-6.0), Some(1.5)).expect("it varies");
        assert!((found.ppk.value - 0.5).abs() < 1e-12);
        let found = Capability::of(&summary(), Some(-6.0), None).expect("it varies");
        assert!((found.ppk.value - 2.0).abs() < 1e-12);
        assert!(Capability::of(&summary(), None, None).is_err());
    }
}
