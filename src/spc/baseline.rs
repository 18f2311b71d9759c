//! What a frozen baseline knows of a metric: mean, sigma, and what its values are like.

use serde::{Deserialize, Serialize};

use super::distribution::chi_mean;
use super::family::Family;
use super::individuals::D2;
use super::limits::Ask;
use super::run_length::autocorrelated::MOST;
use super::unit_chart::UnitChart;
use super::widening::Knowledge;
use super::{Scale, Side, SigmaBy, SpcError, Summary};

/// Units below which there are no limits and no alarm.
pub const LEAST_UNITS: usize = 30;
/// Lots below which there are none on a chart by lot.
pub const LEAST_LOTS: usize = 8;
/// The run length in control on which a baseline's own limits are made, values.
const OWN: u32 = 371;
/// Beyond this skewness a metric gets the smooth EWMA.
const SKEWED: f64 = 1.0;

/// A baseline.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// The scale its figures are on.
    pub scale: Scale,
    /// Figures of the charted values.
    pub summary: Summary,
    /// Sigma, on the scale.
    pub sigma: f64,
    /// How it was told.
    pub sigma_by: SigmaBy,
    /// Whether it was less than 1 % of the mean and is that instead.
    pub floored: bool,
    /// Skewness of all values but the one farthest from the median: one wild reading must not choose the chart.
    pub skew: f64,
    /// Readings left out because they are impossible.
    pub left_out: usize,
}

impl Baseline {
    /// The baseline of units in order of time.
    ///
    /// Sigma is the average moving range over d₂; that understates when neighbours resemble each other, so then it is
    /// the sample deviation (over c₄).
    ///
    /// # Errors
    /// [`SpcError::TooFew`] below 30 possible readings, [`SpcError::Constant`] when they are all zero.
    pub fn of_units(readings: &[f64], scale: Scale) -> Result<Self, SpcError> {
        Self::of(readings, scale, LEAST_UNITS)
    }

    /// The baseline of one figure a lot: sigma between lots, from the moving range of their figures.
    ///
    /// # Errors
    /// As for units, with 8 lots for 30 units.
    pub fn of_lots(figures: &[f64], scale: Scale) -> Result<Self, SpcError> {
        Self::of(figures, scale, LEAST_LOTS)
    }

    fn of(readings: &[f64], scale: Scale, needed: usize) -> Result<Self, SpcError> {
        let values: Vec<f64> = readings.iter().filter_map(|reading| scale.charted(*reading)).collect();
        if values.len() < needed {
            return Err(SpcError::TooFew { found: values.len(), needed });
        }
        let summary = Summary::of(&values)?;
        let free = summary.n as f64 - 1.0;
        let (told, sigma_by) = if summary.is_autocorrelated() {
            (summary.deviation * free.sqrt() / chi_mean(free), SigmaBy::Deviation)
        } else {
            (summary.moving_range / D2, SigmaBy::MovingRange)
        };
        let floor = scale.sigma_floor(summary.mean);
        let sigma = told.max(floor);
        if sigma <= 0.0 {
            return Err(SpcError::Constant);
        }
        let left_out = readings.len() - values.len();
        let skew = skew_of_most(&values, summary.median)?;
        Ok(Self { scale, summary, sigma, sigma_by, floored: told < floor, skew, left_out })
    }

    /// The reading that stands so many sigmas from the mean, in the metric's unit.
    pub fn reading(&self, z: f64) -> f64 {
        self.scale.reading(self.summary.mean + z * self.sigma)
    }

    /// What it knows, for limits.
    pub fn knowledge(&self) -> Knowledge {
        Knowledge { units: u32::try_from(self.summary.n).unwrap_or(u32::MAX), sigma_by: self.sigma_by }
    }

    /// The chart that suits its values: the smooth EWMA when they are skewed, else the matched pair.
    pub fn family(&self) -> Family {
        if self.skew.abs() > SKEWED { Family::Smooth } else { Family::Pair }
    }

    /// The autocorrelation that limits must reckon with, in hundredths: the upper 90 % bound when r₁ is above 2/√n, else
    /// none.
    pub fn phi_percent(&self) -> u8 {
        if !self.summary.is_autocorrelated() {
            return 0;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
        let percent = (100.0 * self.summary.lag1_upper()).ceil().clamp(0.0, 100.0) as u8;
        percent
    }

    /// What to ask for its limits at an in-control run length, in units.
    pub fn ask(&self, side: Side, run_length: u32) -> Ask {
        let (family, phi_percent) = (self.family(), self.phi_percent());
        Ask { family, side, run_length, knowledge: Some(self.knowledge()), phi_percent }
    }

    /// Whether its own readings are without a signal on its own limits, not widened for its size, and none so wild that it
    /// is cut.
    ///
    /// Neighbours that resemble each other above 0.80 are a step or a trend rather than a series: never clean. A smaller step
    /// in the middle, as of 1.5 sigmas in 60 units, passes for autocorrelation four times of five.
    ///
    /// # Errors
    /// As for [`Ask::solve`].
    pub fn is_clean(&self, readings: &[f64], side: Side) -> Result<bool, SpcError> {
        if f64::from(self.phi_percent()) > 100.0 * MOST {
            return Ok(false);
        }
        let limits = Ask { knowledge: None, ..self.ask(side, OWN) }.tabled()?.limits;
        let mut chart = UnitChart::new(self, limits);
        Ok(readings.iter().all(|reading| chart.push(*reading).is_none_or(|point| point.signal.is_none() && !point.cut)))
    }
}

/// Skewness without the value farthest from the median.
fn skew_of_most(values: &[f64], median: f64) -> Result<f64, SpcError> {
    let distance = |value: &f64| (value - median).abs();
    let far = values.iter().enumerate().max_by(|(_, a), (_, b)| distance(a).total_cmp(&distance(b)));
    let far = far.map(|(place, _)| place);
    let most: Vec<f64> = values.iter().enumerate().filter(|(i, _)| Some(*i) != far).map(|(_, value)| *value).collect();
    Ok(Summary::of(&most)?.skew)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spc::run_length::chance::Chance;

    fn normal(count: usize, seed: u64) -> Vec<f64> {
        let mut chance = Chance::new(seed, 0);
        (0..count).map(|_| 10.0 + chance.normal()).collect()
    }

    #[test]
    fn below_thirty_units_there_are_no_limits() {
        let error = Baseline::of_units(&normal(12, 1), Scale::Linear).expect_err("too few");
        assert_eq!(error.to_string(), "not enough baseline (12 of 30)");
        let mut readings = normal(30, 1);
        readings[3] = f64::NAN;
        assert_eq!(Baseline::of_units(&readings, Scale::Linear), Err(SpcError::TooFew { found: 29, needed: 30 }));
    }

    #[test]
    fn sigma_is_that_of_neighbours_and_one_percent_of_the_mean_at_least() {
        let baseline = Baseline::of_units(&normal(200, 2), Scale::Linear).expect("enough");
        assert!((baseline.sigma - 1.0).abs() < 0.15 && baseline.sigma_by == SigmaBy::MovingRange, "{}", baseline.sigma);
        let flat: Vec<f64> = (0..40).map(|i| 50.0 + 0.001 * f64::from(i % 2)).collect();
        let baseline = Baseline::of_units(&flat, Scale::Linear).expect("enough");
        assert!(baseline.floored && (baseline.sigma - 0.5).abs() < 1e-4);
    }

    #[test]
    fn neighbours_that_resemble_each_other_are_said_to_and_sigma_is_that_of_all() {
        let mut chance = Chance::new(5, 0);
        let mut before = 0.0;
        let readings: Vec<f64> = (0..300)
            .map(|_| {
                before = 0.7 * before + chance.normal();
                20.0 + before
            })
            .collect();
        let baseline = Baseline::of_units(&readings, Scale::Linear).expect("enough");
        assert_eq!(baseline.sigma_by, SigmaBy::Deviation);
        assert!((65..=82).contains(&baseline.phi_percent()), "{}", baseline.phi_percent());
        assert!((baseline.sigma - 1.4).abs() < 0.35, "{}", baseline.sigma);
    }

    #[test]
    fn a_skewed_metric_gets_the_smooth_ewma() {
        let mut chance = Chance::new(4, 0);
        let readings: Vec<f64> = (0..200).map(|_| chance.exponential()).collect();
        assert_eq!(Baseline::of_units(&readings, Scale::Linear).expect("enough").family(), Family::Smooth);
        let logs: Vec<f64> = normal(200, 6).into_iter().map(f64::exp).collect();
        assert_eq!(Baseline::of_units(&logs, Scale::Log).expect("enough").family(), Family::Pair);
    }

    #[test]
    fn one_wild_reading_neither_chooses_the_chart_nor_goes_unseen() {
        for wild in [17.0, 40.0] {
            let mut readings = normal(48, 3);
            readings[20] = wild;
            let baseline = Baseline::of_units(&readings, Scale::Linear).expect("enough");
            assert!(baseline.summary.skew > SKEWED && baseline.family() == Family::Pair, "{baseline:?}");
            assert_eq!(baseline.is_clean(&readings, Side::Both), Ok(false));
        }
    }

    #[test]
    fn a_baseline_with_a_step_in_it_is_not_clean() {
        let mut readings = normal(60, 3);
        let baseline = Baseline::of_units(&readings, Scale::Linear).expect("enough");
        assert_eq!(baseline.is_clean(&readings, Side::Both), Ok(true));
        readings.iter_mut().skip(30).for_each(|reading| *reading += 4.0);
        let baseline = Baseline::of_units(&readings, Scale::Linear).expect("enough");
        assert_eq!(baseline.is_clean(&readings, Side::Both), Ok(false));
    }
}
