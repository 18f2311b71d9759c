//! Phase I: the first stretch of lots that is large enough and without a signal on its own limits becomes the baseline.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::p_chart::THREE_SIGMA;
use super::{Baseline, Counted, PBaseline, PChart, Scale, Side};
use crate::trim::LocalTime;

const DAY: i64 = 86_400;

/// How large a baseline must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaselineRule {
    /// Closed lots, at least.
    pub lots: usize,
    /// Units in them, at least.
    pub units: usize,
    /// No gap between two of its lots is longer, days.
    pub gap_days: u32,
}

impl Default for BaselineRule {
    fn default() -> Self {
        Self { lots: 8, units: 30, gap_days: 90 }
    }
}

/// A closed lot as the search sees it.
pub trait ClosedLot {
    /// Time of its first run.
    fn first(&self) -> LocalTime;
    /// Time of its last run.
    fn last(&self) -> LocalTime;
    /// Units that count.
    fn units(&self) -> usize;
}

/// A closed lot of one metric.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitLot {
    /// Time of its first run.
    pub first: LocalTime,
    /// Time of its last run.
    pub last: LocalTime,
    /// Its readings unit by unit, in order of time and in the metric's unit.
    pub readings: Vec<f64>,
}

/// A closed lot of which only failed units are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountedLot {
    /// Time of its first run.
    pub first: LocalTime,
    /// Time of its last run.
    pub last: LocalTime,
    /// Its units.
    pub counted: Counted,
}

impl ClosedLot for UnitLot {
    fn first(&self) -> LocalTime {
        self.first
    }
    fn last(&self) -> LocalTime {
        self.last
    }
    fn units(&self) -> usize {
        self.readings.len()
    }
}

impl ClosedLot for CountedLot {
    fn first(&self) -> LocalTime {
        self.first
    }
    fn last(&self) -> LocalTime {
        self.last
    }
    fn units(&self) -> usize {
        usize::try_from(self.counted.units).unwrap_or(usize::MAX)
    }
}

/// Whether a stretch of lots can be the baseline of a metric: no signal on its own limits, unit by unit.
pub fn units_are_clean(lots: &[UnitLot], scale: Scale, side: Side) -> bool {
    let readings: Vec<f64> = lots.iter().flat_map(|lot| lot.readings.iter().copied()).collect();
    let clean = Baseline::of_units(&readings, scale).and_then(|baseline| baseline.is_clean(&readings, side));
    clean.unwrap_or(false)
}

/// The same for the share of failed units: no lot above three sigmas of the others, for a bad one must not widen the limit
/// that it is judged by.
pub fn shares_are_clean(lots: &[CountedLot]) -> bool {
    let is_clean = |place: usize, lot: &CountedLot| {
        let others = lots.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, lot)| lot.counted);
        let baseline = PBaseline::of(&others.collect::<Vec<Counted>>());
        let chart = baseline.and_then(|baseline| PChart::new(baseline, THREE_SIGMA));
        chart.is_ok_and(|chart| !chart.judge(lot.counted).signal)
    };
    lots.iter().enumerate().all(|(place, lot)| is_clean(place, lot))
}

/// How far the search is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PhaseOne {
    /// The baseline: these lots. It stays, whatever comes.
    Found(Range<usize>),
    /// Not yet: so much there is of what is needed (`learning 5 of 8 lots`, `12 of 30 units`).
    Learning {
        /// The first lot that still can be in a baseline.
        from: usize,
        /// Lots since then.
        lots: usize,
        /// Units in them.
        units: usize,
    },
}

impl PhaseOne {
    /// Before the first lot.
    pub const START: Self = Self::Learning { from: 0, lots: 0, units: 0 };

    /// Looks at one more lot, the last of these; all earlier ones were looked at, one by one.
    ///
    /// Of the stretches that end with this lot the longest that is no longer than needed is tried first; one with a signal
    /// (`clean` says no) loses its first lot. A baseline that was found stays as it is.
    #[must_use]
    pub fn after<T: ClosedLot>(self, lots: &[T], rule: &BaselineRule, clean: impl Fn(&[T]) -> bool) -> Self {
        let Self::Learning { mut from, .. } = self else { return self };
        if let [.., before, last] = lots
            && last.first().timestamp() - before.last().timestamp() > i64::from(rule.gap_days) * DAY
        {
            from = lots.len() - 1;
        }
        loop {
            let stretch = lots.get(from..).unwrap_or_default();
            let units = stretch.iter().map(ClosedLot::units).sum();
            if stretch.len() < rule.lots || units < rule.units {
                return Self::Learning { from, lots: stretch.len(), units };
            }
            if clean(stretch) {
                return Self::Found(from..lots.len());
            }
            from += 1;
        }
    }

    /// The search over lots that are all there already.
    pub fn replay<T: ClosedLot>(lots: &[T], rule: &BaselineRule, clean: impl Fn(&[T]) -> bool) -> Self {
        let known = |count: usize| lots.get(..count).unwrap_or_default();
        (1..=lots.len()).fold(Self::START, |search, count| search.after(known(count), rule, &clean))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spc::run_length::chance::Chance;

    struct Lot {
        day: i64,
        units: usize,
        bad: bool,
    }

    impl ClosedLot for Lot {
        fn first(&self) -> LocalTime {
            LocalTime::from_timestamp(self.day * DAY).expect("a day")
        }
        fn last(&self) -> LocalTime {
            self.first()
        }
        fn units(&self) -> usize {
            self.units
        }
    }

    fn weekly(count: usize, units: usize) -> Vec<Lot> {
        (20_000..).step_by(7).take(count).map(|day| Lot { day, units, bad: false }).collect()
    }

    fn search(lots: &[Lot]) -> PhaseOne {
        PhaseOne::replay(lots, &BaselineRule::default(), |stretch| stretch.iter().all(|lot| !lot.bad))
    }

    #[test]
    fn the_first_eight_lots_with_thirty_units_are_the_baseline_for_good() {
        assert_eq!(search(&weekly(7, 10)), PhaseOne::Learning { from: 0, lots: 7, units: 70 });
        assert_eq!(search(&weekly(8, 10)), PhaseOne::Found(0..8));
        assert_eq!(search(&weekly(40, 10)), PhaseOne::Found(0..8));
        assert_eq!(search(&weekly(12, 3)), PhaseOne::Found(0..10));
    }

    #[test]
    fn a_stretch_with_a_signal_goes_on_without_its_first_lots() {
        let mut lots = weekly(20, 10);
        lots[2].bad = true;
        assert_eq!(search(&lots), PhaseOne::Found(3..11));
    }

    #[test]
    fn a_wild_reading_and_a_bad_lot_keep_their_lots_out_of_the_baseline() {
        let mut chance = Chance::new(8, 0);
        let ends = weekly(20, 0);
        let mut units: Vec<UnitLot> = ends
            .iter()
            .map(|lot| {
                let readings = (0..6).map(|_| 10.0 + chance.normal()).collect();
                UnitLot { first: lot.first(), last: lot.last(), readings }
            })
            .collect();
        let clean = |lots: &[UnitLot]| units_are_clean(lots, Scale::Linear, Side::Both);
        assert_eq!(PhaseOne::replay(&units, &BaselineRule::default(), clean), PhaseOne::Found(0..8));
        units[4].readings[2] = 40.0;
        assert_eq!(PhaseOne::replay(&units, &BaselineRule::default(), clean), PhaseOne::Found(5..13));

        let counted = |(lot, failed): (&Lot, u32)| CountedLot {
            first: lot.first(),
            last: lot.last(),
            counted: Counted { units: 40, failed },
        };
        let failed = (0..20).map(|i| if i == 2 { 24 } else { 3 + i % 3 });
        let lots: Vec<CountedLot> = ends.iter().zip(failed).map(counted).collect();
        assert_eq!(PhaseOne::replay(&lots, &BaselineRule::default(), shares_are_clean), PhaseOne::Found(3..11));
    }

    #[test]
    fn no_baseline_reaches_over_a_gap_of_more_than_ninety_days() {
        let mut lots = weekly(14, 10);
        lots.iter_mut().skip(5).for_each(|lot| lot.day += 90);
        assert_eq!(search(&lots), PhaseOne::Found(5..13));
    }
}
