//! Limits that make up for a small baseline: what is not known well is not held against the process.
//!
//! Mean and sigma come from n units, and a chart whose sigma was guessed too small alarms far more often than its design
//! says. The limit is widened until, with 90 % confidence over baselines, the in-control run length is at least the
//! nominal one (guaranteed conditional performance: G. Albers and W. Kallenberg, Metrika 59, 2004; A. Gandy and J. Kvaløy,
//! Scand. J. Stat. 40, 2013).

use std::f64::consts::LN_2;

use serde::{Deserialize, Serialize};

use super::distribution::{chi_mean, chi_square_above, ln_gamma, normal_density};
use super::family::Family;
use super::run_length::{crossing, crossing_above, gauss_legendre};
use super::{Side, SigmaBy};

/// Share of baselines that must keep the nominal run length.
pub const CONFIDENCE: f64 = 0.9;
/// No limit is widened beyond this, sigmas.
pub const MOST: f64 = 12.0;
/// Nodes along the baseline's error of the mean.
const NODES: u32 = 16;
/// Standard errors of the mean, and deviations of sigma, beyond which no baseline is expected.
const REACH: f64 = 5.0;
/// The same for expected alarms: those of the most unlucky baselines weigh more than their number.
const FAR: f64 = 8.0;
/// Nodes along the errors of mean (to one side) and sigma for them.
const MEAN_NODES: u32 = 20;
const SIGMA_NODES: u32 = 40;

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

    /// Density of the baseline's sigma in true sigmas: that of the chi distribution with its degrees over its mean.
    fn density(self, ratio: f64) -> f64 {
        let degrees = self.degrees();
        let scale = chi_mean(degrees);
        let chi = ratio * scale;
        let log = (degrees - 1.0) * chi.ln() - 0.5 * chi * chi - (0.5 * degrees - 1.0) * LN_2 - ln_gamma(0.5 * degrees);
        scale * log.exp()
    }

    /// Standard error of the baseline's mean, and deviation of its sigma, both in true sigmas.
    fn errors(self) -> (f64, f64) {
        (1.0 / f64::from(self.units.max(2)).sqrt(), (0.5 / self.degrees()).sqrt())
    }
}

/// Share of baselines, 0 … 1, with which a chart of this family and limit runs at least `nominal` values in control.
pub fn share_that_keep(family: Family, side: Side, limit: f64, knowledge: Knowledge, nominal: f64) -> f64 {
    let (error, spread) = knowledge.errors();
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
    widened_below(MOST, family, side, knowledge, nominal)
}

/// The same below another limit than 12 sigmas.
pub(super) fn widened_below(most: f64, family: Family, side: Side, knowledge: Knowledge, nominal: f64) -> Option<f64> {
    let start = family.limit(side, nominal)?;
    let over = |limit: f64| share_that_keep(family, side, limit, knowledge, nominal) - CONFIDENCE;
    crossing_above(over, start, 0.5, most, 1e-4).filter(|limit| *limit < most)
}

/// Expected false alarms per value in control of a chart with this limit, on average over baselines, 0 … 1.
///
/// The mean of 1/run length over the errors of mean (normal, of 1/√n) and sigma (chi with the degrees of the knowledge),
/// which are independent for normal values. A few baselines that guessed sigma much too small give most of the alarms.
pub fn rate_over_baselines(family: Family, side: Side, limit: f64, knowledge: Knowledge) -> f64 {
    let (error, spread) = knowledge.errors();
    let sigmas = spread_over((1.0 - FAR * spread).max(0.0), 1.0 + FAR * spread, SIGMA_NODES);
    let sigmas: Vec<(f64, f64)> = sigmas.map(|(ratio, weight)| (ratio, weight * knowledge.density(ratio))).collect();
    let (from, times, nodes) = if side == Side::Both { (0.0, 2.0, MEAN_NODES) } else { (-FAR, 1.0, 2 * MEAN_NODES) };
    let rates = spread_over(from, FAR, nodes).flat_map(|(z, weight)| {
        let weight = times * weight * normal_density(z);
        sigmas
            .iter()
            .map(move |(ratio, share)| weight * share / family.run_length(limit, side, -z * error / ratio, 1.0 / ratio))
    });
    rates.sum()
}

/// Places between two bounds and their weights in an integral.
fn spread_over(from: f64, to: f64, nodes: u32) -> impl Iterator<Item = (f64, f64)> {
    let half = (to - from) / 2.0;
    gauss_legendre(nodes).into_iter().map(move |(node, weight)| (from + half + half * node, half * weight))
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
