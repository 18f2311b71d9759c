//! Limits that make up for a small baseline: what is not known well is not held against the process.
//!
//! Mean and sigma come from n units, and a chart whose sigma was guessed too small alarms far more often than its design
//! says. The limit is widened until, with 90 % confidence over baselines, the in-control run length is at least the
//! nominal one (guaranteed conditional performance: G. Albers and W. Kallenberg, Metrika 59, 2004; A. Gandy and J. Kvaløy,
//! Scand. J. Stat. 40, 2013).

use serde::{Deserialize, Serialize};

use super::distribution::{chi_mean, chi_square_above, normal_density};
use super::family::Family;
use super::run_length::{crossing, crossing_above, gauss_legendre};
use super::{Side, SigmaBy};

/// Share of baselines that must keep the nominal run length.
pub const CONFIDENCE: f64 = 0.9;
/// Nodes along the baseline's error of the mean.
const NODES: u32 = 16;
/// Standard errors of the mean, and deviations of sigma, beyond which no baseline is expected.
const REACH: f64 = 5.0;

/// What a baseline knows: how many units, and how sigma was told from them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Knowledge {
    /// Units, at least 2.
    pub units: u32,
    /// How sigma was estimated.
    pub sigma_by: SigmaBy,
}

impl Knowledge {
    /// Degrees of freedom that the estimate of sigma is worth.
    ///
    /// n − 1 for the sample deviation (over c₄). For the moving range those of the chi distribution with the same relative variance
    /// (P. Patnaik, Biometrika 37, 1950), that being (0.5708 (n − 1) + 0.2557 (n − 2))/(n − 1)² for normal values (J.
    /// Cryer and T. Ryan, J. Quality Technology 22, 1990): about 0.6 n.
    pub fn degrees(self) -> f64 {
        let ranges = f64::from(self.units.max(2)) - 1.0;
        match self.sigma_by {
            SigmaBy::Deviation => ranges,
            SigmaBy::MovingRange => {
                let variance = (0.570_8 * ranges + 0.255_7 * (ranges - 1.0)) / (ranges * ranges);
                0.5 / variance + 0.25
            }
        }
    }

    /// Share of baselines whose sigma is at least so many true sigmas.
    fn share_above(self, ratio: f64) -> f64 {
        let degrees = self.degrees();
        // Both estimates are unbiased.
        let scale = chi_mean(degrees);
        chi_square_above((ratio * scale).powi(2), degrees)
    }
}

/// Share of baselines, 0 … 1, with which a chart of this family and limit runs at least `nominal` values in control.
pub fn share_that_keep(family: Family, side: Side, limit: f64, knowledge: Knowledge, nominal: f64) -> f64 {
    let error = 1.0 / f64::from(knowledge.units.max(2)).sqrt();
    let spread = (0.5 / knowledge.degrees()).sqrt();
    let (least, most) = ((1.0 - REACH * spread).max(0.05), 1.0 + REACH * spread);
    // Errors of the mean to either side cost a two-sided chart the same.
    let (from, to, times) = if side == Side::Both { (0.0, REACH, 2.0) } else { (-REACH, REACH, 1.0) };
    let half = (to - from) / 2.0;
    let shares = gauss_legendre(NODES).into_iter().map(|(node, weight)| {
        let z = f64::midpoint(from, to) + half * node;
        let over = |ratio: f64| (family.run_length(limit, side, -z * error / ratio, 1.0 / ratio) / nominal).ln();
        let share = if over(least) >= 0.0 {
            1.0
        } else {
            crossing(over, least, most, 1e-4).map_or(0.0, |ratio| knowledge.share_above(ratio))
        };
        times * half * weight * normal_density(z) * share
    });
    shares.sum()
}

/// The limit with which 90 % of baselines keep the nominal run length; `None` when there is none below 12 sigmas.
///
/// `nominal` in values. Takes up to a second for the paired chart; the same input gives the same limit.
pub fn widened(family: Family, side: Side, knowledge: Knowledge, nominal: f64) -> Option<f64> {
    let start = family.limit(side, nominal)?;
    let over = |limit: f64| share_that_keep(family, side, limit, knowledge, nominal) - CONFIDENCE;
    crossing_above(over, start, 0.5, 12.0, 1e-4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(units: u32) -> Knowledge {
        Knowledge { units, sigma_by: SigmaBy::Deviation }
    }

    #[test]
    fn individual_limits_widen_as_agreed() {
        for (units, limit) in [(30, 3.67), (50, 3.48), (100, 3.32), (200, 3.22), (1_000, 3.09)] {
            let found = widened(Family::Individuals, Side::Both, known(units), 370.4).expect("a limit");
            assert!((found - limit).abs() < 0.012, "{units}: {found} for {limit}");
        }
    }

    #[test]
    fn nine_in_ten_baselines_keep_the_run_length_of_a_widened_ewma() {
        for (units, limit) in [(30, 3.85), (100, 3.28)] {
            let share = share_that_keep(Family::Ewma, Side::Both, limit, known(units), 370.4);
            assert!((share - CONFIDENCE).abs() < 0.015, "{units}: {share}");
        }
    }

    #[test]
    fn a_moving_range_knows_less_than_a_deviation() {
        let ranges = Knowledge { units: 50, sigma_by: SigmaBy::MovingRange };
        assert!((28.0..33.0).contains(&ranges.degrees()), "{}", ranges.degrees());
        let wider = widened(Family::Individuals, Side::Both, ranges, 370.4).expect("a limit");
        assert!(wider > 3.55, "{wider}");
    }
}
