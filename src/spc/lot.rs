//! Lots: consecutive runs of one product model at one laser, told apart by gaps.
//!
//! A model that is made every day leaves no gap, and its lot would never be judged: a lot that is full is closed, and
//! the next unit begins another one.
//!
//! Time is the run's own clock. The lots depend on the runs alone, not on the order they arrived in: a late one is put
//! where it belongs and what follows is told anew.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::ops::Range;

use serde::{Deserialize, Deserializer, Serialize};

use crate::trim::LocalTime;

const DAY: i64 = 86_400;

/// Units of a full lot.
pub const FULL_LOT: usize = 500;

/// By what lots are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LotRule {
    /// A gap of more than so many days ends a lot.
    pub gap_days: u32,
    /// A lot of fewer units joins the next one.
    pub least_units: usize,
    /// It does so over at most this many days, else it stays unjudged.
    pub join_days: u32,
}

impl Default for LotRule {
    fn default() -> Self {
        Self { gap_days: 3, least_units: 3, join_days: 90 }
    }
}

/// A run as far as lots are concerned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LotRun {
    /// When, by the run's own clock.
    pub time: LocalTime,
    /// Breaks ties of time: the row order, the same however often the runs are read.
    pub row: u64,
    /// The unit that was trimmed.
    pub unit: String,
}

/// How far a lot is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LotState {
    /// Further runs may join it: drawn hollow, never judged.
    Open,
    /// Complete, with enough units: judged once.
    Closed,
    /// Complete but for a next lot that it may still join; too few units to be judged alone.
    Waiting,
    /// Too few units and no next lot in time: never judged.
    Unjudged,
}

/// A lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lot {
    /// Time of its first run.
    pub first: LocalTime,
    /// Time of its last run.
    pub last: LocalTime,
    /// Its runs, as places in the runs sorted by time and row.
    pub runs: Range<usize>,
    /// Different units in it.
    pub units: usize,
    /// How far it is.
    pub state: LotState,
}

/// Lots of one product model at one laser, as their runs come in order of time.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LotBook {
    rule: LotRule,
    done: Vec<Lot>,
    current: Option<Current>,
}

/// The lot that the newest run belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Current {
    first: LocalTime,
    last: LocalTime,
    runs: Range<usize>,
    #[serde(deserialize_with = "full")]
    units: BTreeSet<String>,
}

/// A set read in, made anew as a whole: inserted one after the other, its names would leave half of every node empty.
fn full<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeSet<String>, D::Error> {
    BTreeSet::deserialize(from).map(|set| set.into_iter().collect())
}

impl LotBook {
    /// No runs yet.
    pub fn new(rule: LotRule) -> Self {
        Self { rule, done: Vec::new(), current: None }
    }

    /// Takes the next run in order of time and row; the lot that this one ended, if it did.
    pub fn push(&mut self, run: &LotRun) -> Option<&Lot> {
        let fits = self.current.as_ref().is_some_and(|current| current.takes_run(run, &self.rule));
        let ended = if fits { None } else { self.current.take() };
        let at = ended.as_ref().map_or(0, |ended| ended.runs.end);
        let next = || Current { first: run.time, last: run.time, runs: at..at, units: BTreeSet::new() };
        let current = self.current.get_or_insert_with(next);
        current.last = run.time;
        current.runs.end += 1;
        current.units.insert(run.unit.clone());
        let ended = ended?;
        let state = if ended.units.len() < self.rule.least_units { LotState::Unjudged } else { LotState::Closed };
        self.done.push(ended.lot(state));
        self.done.last()
    }

    /// The lot that the newest run belongs to, when the newest run of the whole history is at `newest`.
    pub fn current(&self, newest: LocalTime) -> Option<Lot> {
        self.current.as_ref().map(|current| current.lot(current.state(newest, &self.rule)))
    }

    /// Whether a run at this time would join that lot.
    pub fn takes(&self, time: LocalTime) -> bool {
        self.current.as_ref().is_some_and(|current| current.takes(time, &self.rule))
    }

    /// Forgets the lots that have ended: whoever pushed the runs has been given each.
    pub fn forget_done(&mut self) {
        self.done.clear();
    }

    /// All lots, the newest last, when the newest run of the whole history is at `newest`.
    pub fn lots(&self, newest: LocalTime) -> Vec<Lot> {
        let current = self.current.as_ref().map(|current| current.lot(current.state(newest, &self.rule)));
        self.done.iter().cloned().chain(current).collect()
    }
}

impl Current {
    /// Whether a run at this time belongs to the lot: no gap, or too few units yet and the run comes in time.
    fn takes(&self, time: LocalTime, rule: &LotRule) -> bool {
        let gap = time.timestamp() - self.last.timestamp();
        let small = self.units.len() < rule.least_units;
        gap <= i64::from(rule.gap_days) * DAY || small && gap <= i64::from(rule.join_days) * DAY
    }

    /// Whether a run belongs to the lot: in a full one only units that are in it already.
    fn takes_run(&self, run: &LotRun, rule: &LotRule) -> bool {
        self.takes(run.time, rule) && (self.units.len() < FULL_LOT || self.units.contains(&run.unit))
    }

    fn state(&self, newest: LocalTime, rule: &LotRule) -> LotState {
        let gap = newest.timestamp() - self.last.timestamp();
        let small = self.units.len() < rule.least_units;
        match gap {
            gap if gap <= i64::from(rule.gap_days) * DAY => LotState::Open,
            _ if !small => LotState::Closed,
            gap if gap <= i64::from(rule.join_days) * DAY => LotState::Waiting,
            _ => LotState::Unjudged,
        }
    }

    fn lot(&self, state: LotState) -> Lot {
        let (first, last, runs) = (self.first, self.last, self.runs.clone());
        Lot { first, last, runs, units: self.units.len(), state }
    }
}

/// The runs in order, and their lots, when the newest run of the whole history is at `newest`.
pub fn lots(mut runs: Vec<LotRun>, newest: LocalTime, rule: LotRule) -> (Vec<LotRun>, Vec<Lot>) {
    runs.sort();
    let mut book = LotBook::new(rule);
    for run in &runs {
        book.push(run);
    }
    let lots = book.lots(newest);
    (runs, lots)
}

/// Places of the last run of each unit in a lot, in order: what its share of failed units counts.
pub fn last_runs(runs: &[LotRun], lot: &Lot) -> Vec<usize> {
    let mut seen = BTreeSet::new();
    let mut last: Vec<usize> = lot
        .runs
        .clone()
        .rev()
        .filter(|place| runs.get(*place).is_some_and(|run| seen.insert(run.unit.as_str())))
        .collect();
    last.reverse();
    last
}

/// The first lot that is not as it was before a late run came: from there on the charts are replayed.
pub fn first_changed(before: &[Lot], after: &[Lot]) -> Option<usize> {
    let same = before.iter().zip(after).take_while(|(before, after)| before == after).count();
    (same < before.len().max(after.len())).then_some(same)
}
