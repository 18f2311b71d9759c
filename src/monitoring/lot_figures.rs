//! A lot while it is open, and what is remembered of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

use super::alarm::MOST_UNITS;
use super::metric::{METRICS, Metric, Subject};
use super::observation::{Observation, RunId};
use crate::spc::{Counted, Lot, LotState};
use crate::trim::LocalTime;

/// The lot that runs still join.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct OpenLot {
    #[serde(deserialize_with = "full")]
    units: BTreeMap<String, OpenUnit>,
    dispositions: BTreeMap<String, u32>,
    /// Subjects that signalled in it.
    signals: Vec<Subject>,
}

/// Units read in, made anew as a whole: inserted one after the other, they would leave half of every node empty.
fn full<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, OpenUnit>, D::Error> {
    BTreeMap::deserialize(from).map(|units| units.into_iter().collect())
}

/// A unit in it. Its first run meets the element as it came; its last run says how it ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct OpenUnit {
    first: RunId,
    last: RunId,
    good: Option<bool>,
    readings: [f64; METRICS],
}

impl OpenLot {
    /// Takes a run; whether it is the first of its unit in this lot, so that its figures are charted.
    pub(super) fn take(&mut self, observation: &Observation) -> bool {
        *self.dispositions.entry(observation.disposition.clone()).or_default() += 1;
        if let Some(unit) = self.units.get_mut(&observation.unit) {
            unit.last = observation.id;
            unit.good = observation.good.or(unit.good);
            return false;
        }
        let Observation { id, good, readings, .. } = *observation;
        self.units.insert(observation.unit.clone(), OpenUnit { first: id, last: id, good, readings });
        true
    }

    /// How many units are in it.
    pub(super) fn len(&self) -> usize {
        self.units.len()
    }

    /// Notes that a subject signalled.
    pub(super) fn signalled(&mut self, subject: Subject) {
        if !self.signals.contains(&subject) {
            self.signals.push(subject);
        }
    }

    /// Units with a verdict, and failed ones among them.
    pub(super) fn counted(&self) -> Counted {
        let verdicts = self.units.values().filter_map(|unit| unit.good);
        let count = |wanted: bool| verdicts.clone().filter(|good| *good == wanted).count();
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Counted { units: number(count(true) + count(false)), failed: number(count(false)) }
    }

    /// Readings of a figure unit by unit, in order of time.
    pub(super) fn readings(&self, metric: Metric) -> Vec<f64> {
        let mut units: Vec<&OpenUnit> = self.units.values().collect();
        units.sort_by_key(|unit| unit.first);
        let reading = |unit: &&OpenUnit| unit.readings.get(metric.place()).copied().filter(|value| value.is_finite());
        units.iter().filter_map(reading).collect()
    }

    /// The last runs of its units, in order of time; the newest 60.
    pub(super) fn runs(&self) -> Vec<RunId> {
        let mut runs: Vec<RunId> = self.units.values().map(|unit| unit.last).collect();
        runs.sort();
        let before = runs.len().saturating_sub(MOST_UNITS);
        runs.split_off(before)
    }

    /// What is remembered of it.
    pub(super) fn figures(&self, lot: &Lot) -> LotFigures {
        let last = self.units.values().map(|unit| unit.last).max();
        LotFigures {
            first: lot.first,
            last: lot.last,
            run: last.unwrap_or(RunId { time: lot.last, identity: [0; 16] }),
            counted: self.counted(),
            state: lot.state,
            centres: Metric::ALL.map(|metric| centre(metric, &self.readings(metric))),
            signals: self.signals.clone(),
            disposition: self.dispositions.iter().max_by_key(|(_, runs)| **runs).map(|(word, _)| word.clone()),
        }
    }
}

/// How many units have a reading, and their mean on the metric's scale.
fn centre(metric: Metric, readings: &[f64]) -> (u32, f64) {
    let charted: Vec<f64> = readings.iter().filter_map(|reading| metric.scale().charted(*reading)).collect();
    let mean = crate::spc::mean(&charted).unwrap_or(f64::NAN);
    (u32::try_from(charted.len()).unwrap_or(u32::MAX), mean)
}

/// A lot as it is remembered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct LotFigures {
    pub(super) first: LocalTime,
    pub(super) last: LocalTime,
    /// Its last run.
    pub(super) run: RunId,
    pub(super) counted: Counted,
    pub(super) state: LotState,
    /// Units with a reading, and their mean on the metric's scale.
    pub(super) centres: [(u32, f64); METRICS],
    /// Subjects that signalled in it.
    pub(super) signals: Vec<Subject>,
    /// The operators' usual word.
    pub(super) disposition: Option<String>,
}
