//! A metric unit by unit: its reading → scale → baseline sigmas → cut → EWMA, single value and sums. One update a run.

use serde::{Deserialize, Serialize};

use super::cusum::{Cusum, CusumPoint};
use super::ewma::{Ewma, EwmaLimits};
use super::individuals::Individuals;
use super::run_length::Weighted;
use super::scale::winsorised;
use super::{Baseline, Direction, Scale};

/// Reference and decision limit of the sums that are shown, in sigmas.
const SUMS: (f64, f64) = (0.5, 5.0);

/// Which part of a chart signalled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SignalBy {
    /// The single value.
    Individual,
    /// The EWMA.
    Ewma,
}

/// A signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Signal {
    /// By which part; the single value when both.
    pub by: SignalBy,
    /// Which way.
    pub direction: Direction,
}

/// A unit on the chart.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct UnitPoint {
    /// Distance from the baseline's mean, baseline sigmas, as it is.
    pub z: f64,
    /// Whether it counts as 8 sigmas instead.
    pub cut: bool,
    /// The EWMA after it, baseline sigmas.
    pub ewma: f64,
    /// The cumulative sums after it, baseline sigmas: for the view, never an alarm.
    pub sums: CusumPoint,
    /// The signal, if there is one.
    pub signal: Option<Signal>,
}

/// The chart and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct UnitChart {
    scale: Scale,
    mean: f64,
    sigma: f64,
    limits: Weighted,
    ewma: Ewma,
    sums: Cusum,
    left_out: u64,
    cut: u64,
}

impl UnitChart {
    /// The chart of a baseline, at its mean.
    pub fn new(baseline: &Baseline, limits: Weighted) -> Self {
        Self {
            scale: baseline.scale,
            mean: baseline.summary.mean,
            sigma: baseline.sigma,
            limits,
            ewma: Ewma::new(0.0, 1.0, limits.lambda, limits.limit, limits.side, EwmaLimits::Fixed),
            sums: Cusum::new(0.0, SUMS.0, SUMS.1),
            left_out: 0,
            cut: 0,
        }
    }

    /// Takes a reading in the metric's unit; `None` when it is impossible: it is left out and counted.
    pub fn push(&mut self, reading: f64) -> Option<UnitPoint> {
        let Some(value) = self.scale.charted(reading) else {
            self.left_out += 1;
            return None;
        };
        let z = (value - self.mean) / self.sigma;
        let (used, cut) = winsorised(z);
        self.cut += u64::from(cut);
        let by_ewma = self.ewma.push(used);
        let single = self.single().and_then(|chart| chart.judge(used));
        let by = if single.is_some() || self.limits.lambda >= 1.0 { SignalBy::Individual } else { SignalBy::Ewma };
        let signal = single.or(by_ewma).map(|direction| Signal { by, direction });
        Some(UnitPoint { z, cut, ewma: self.ewma.value(), sums: self.sums.push(used), signal })
    }

    /// The limits of single values, when the chart has them, in baseline sigmas.
    pub fn single(&self) -> Option<Individuals> {
        let side = self.limits.side;
        self.limits.individuals.map(|limit| Individuals { centre: 0.0, sigma: 1.0, limit, side })
    }

    /// The reading that stands so many baseline sigmas from the mean, in the metric's unit.
    pub fn reading(&self, z: f64) -> f64 {
        self.scale.reading(self.mean + z * self.sigma)
    }

    /// The limits, in baseline sigmas.
    pub fn limits(&self) -> Weighted {
        self.limits
    }

    /// Holds what comes from now on against other limits of the same family; where the chart stands is not touched.
    pub fn set_limits(&mut self, limits: Weighted) {
        self.limits = limits;
        self.ewma.set_limit(limits.limit);
    }

    /// The EWMA, in baseline sigmas.
    pub fn ewma(&self) -> f64 {
        self.ewma.value()
    }

    /// How many readings were impossible.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// How many counted as 8 sigmas.
    pub fn cut(&self) -> u64 {
        self.cut
    }

    /// EWMA and sums start over, as after a cause was found.
    pub fn restart(&mut self) {
        self.ewma.restart();
        self.sums.restart();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spc::{Family, Side};

    fn chart(side: Side) -> UnitChart {
        let readings: Vec<f64> = (0..40).map(|i| 100.0 + [-1.128, 0.0, 1.128, 0.0][i % 4]).collect();
        let baseline = Baseline::of_units(&readings, Scale::Linear).expect("enough");
        UnitChart::new(&baseline, Family::Pair.chart(2.906, side))
    }

    #[test]
    fn one_wild_reading_signals_by_itself_and_does_not_ring_on() {
        let mut chart = chart(Side::Both);
        let point = chart.push(1e6).expect("possible");
        assert!(point.cut && point.z > 1_000.0);
        assert_eq!(point.signal, Some(Signal { by: SignalBy::Individual, direction: Direction::High }));
        let silent = (0..20).find(|_| chart.push(100.0).is_some_and(|point| point.signal.is_none()));
        assert!(silent.is_some_and(|after| after <= 3), "{silent:?}");
        assert_eq!(chart.cut(), 1);
    }

    #[test]
    fn a_small_lasting_shift_is_the_ewmas() {
        let mut chart = chart(Side::Both);
        let signal = (0..40).find_map(|_| chart.push(101.5).and_then(|point| point.signal));
        assert_eq!(signal, Some(Signal { by: SignalBy::Ewma, direction: Direction::High }));
    }

    #[test]
    fn impossible_readings_leave_the_chart_as_it_was() {
        let mut chart = chart(Side::Upper);
        chart.push(101.0);
        let before = chart;
        assert_eq!(chart.push(f64::NAN), None);
        assert_eq!(chart, UnitChart { left_out: 1, ..before });
    }

    #[test]
    fn a_chart_that_was_kept_and_taken_up_again_goes_on_as_if_it_had_not_been() {
        let readings = |i: i32| 100.0 + f64::from((i * 7919) % 41 - 20) / 12.0;
        let (mut one, mut other) = (chart(Side::Both), chart(Side::Both));
        for i in 0..200 {
            let bytes = postcard::to_allocvec(&other).expect("a state");
            other = postcard::from_bytes(&bytes).expect("the same state");
            assert_eq!(one.push(readings(i)), other.push(readings(i)));
        }
        assert_eq!(one, other);
    }
}
