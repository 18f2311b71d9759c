//! A subject while it learns, and once it is monitored.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::frozen::{FrozenBaseline, Known};
use super::metric::Metric;
use crate::spc::{
    Baseline, BaselineRule, ClosedLot, CountedLot, PBaseline, PhaseOne, UnitChart, UnitLot, UnitPoint,
    shares_are_clean, units_are_clean,
};
use crate::trim::LocalTime;

/// Closed lots on the way to a baseline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Learning<L> {
    /// Lots since the last one that no baseline can begin with.
    lots: Vec<L>,
    /// How many of them have been looked at.
    tried: usize,
}

impl<L> Default for Learning<L> {
    fn default() -> Self {
        Self { lots: Vec::new(), tried: 0 }
    }
}

impl<L: ClosedLot> Learning<L> {
    pub(super) fn push(&mut self, lot: L) {
        self.lots.push(lot);
    }

    /// Lots and units so far.
    pub(super) fn progress(&self) -> (usize, usize) {
        (self.lots.len(), self.lots.iter().map(ClosedLot::units).sum())
    }

    /// Looks at the lots that were not looked at yet; the baseline's, when there is one.
    fn search(&mut self, rule: &BaselineRule, clean: impl Fn(&[L]) -> bool) -> Option<Range<usize>> {
        while self.tried < self.lots.len() {
            let known = self.lots.get(..=self.tried).unwrap_or_default();
            match PhaseOne::START.after(known, rule, &clean) {
                PhaseOne::Found(range) => return Some(range),
                PhaseOne::Learning { from, .. } => {
                    self.tried += 1;
                    self.lots.drain(..from);
                    self.tried -= from;
                }
            }
        }
        None
    }
}

/// A baseline that was found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub(super) from: LocalTime,
    pub(super) to: LocalTime,
    pub(super) lots: usize,
    pub(super) units: usize,
    pub(super) known: Known,
}

fn found<L: ClosedLot>(lots: &[L], known: Option<Known>) -> Option<Found> {
    let (first, last) = (lots.first()?, lots.last()?);
    let units = lots.iter().map(ClosedLot::units).sum();
    Some(Found { from: first.first(), to: last.last(), lots: lots.len(), units, known: known? })
}

/// The share of failed units.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct ShareSeries {
    pub(super) learning: Learning<CountedLot>,
}

impl ShareSeries {
    pub(super) fn find(&mut self, rule: &BaselineRule) -> Option<Found> {
        let range = self.learning.search(rule, shares_are_clean)?;
        let lots = self.learning.lots.get(range)?;
        let counted: Vec<_> = lots.iter().map(|lot| lot.counted).collect();
        found(lots, PBaseline::of(&counted).ok().map(Known::Shares))
    }
}

/// A figure, unit by unit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct MetricSeries {
    pub(super) learning: Learning<UnitLot>,
    chart: Option<UnitChart>,
    /// From when on each sum has been above zero: high, low.
    since: (Option<LocalTime>, Option<LocalTime>),
}

impl MetricSeries {
    pub(super) fn find(&mut self, metric: Metric, rule: &BaselineRule) -> Option<Found> {
        let (scale, side) = (metric.scale(), metric.side());
        let range = self.learning.search(rule, |lots| units_are_clean(lots, scale, side))?;
        let lots = self.learning.lots.get(range)?;
        let readings: Vec<f64> = lots.iter().flat_map(|lot| lot.readings.iter().copied()).collect();
        found(lots, Baseline::of_units(&readings, scale).ok().map(Known::Units))
    }

    /// Takes a reading on the chart of a frozen baseline; `None` when it is impossible, or the baseline has no limits.
    pub(super) fn push(&mut self, frozen: &FrozenBaseline, time: LocalTime, reading: f64) -> Option<UnitPoint> {
        let Known::Units(baseline) = &frozen.known else { return None };
        let limits = frozen.limits_at(time)?.weighted?;
        let chart = self.chart.get_or_insert_with(|| UnitChart::new(baseline, limits));
        if chart.limits() != limits {
            chart.set_limits(limits);
        }
        let point = chart.push(reading)?;
        let moved = |since: Option<LocalTime>, sum: f64| (sum > 0.0).then(|| since.unwrap_or(time));
        self.since = (moved(self.since.0, point.sums.high), moved(self.since.1, point.sums.low));
        Some(point)
    }

    /// The chart, once there is one.
    pub(super) fn chart(&self) -> Option<&UnitChart> {
        self.chart.as_ref()
    }

    /// From when on it has moved up, or down.
    pub(super) fn moved_since(&self, up: bool) -> Option<LocalTime> {
        if up { self.since.0 } else { self.since.1 }
    }
}
