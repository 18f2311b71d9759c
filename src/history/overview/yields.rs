//! Run yield and unit yield, over everything or by day and model.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

use serde::{Deserialize, Serialize};

use super::entry::Entry;
use super::names::natural;
use super::serial::folded;
use super::words::Words;
use crate::history::error::StoreError;
use crate::history::record::Tally;
use crate::history::store::Store;
use crate::trim::LocalDate;

/// What yields are listed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Grouping {
    /// By day, newest first.
    Day,
    /// By product model.
    Model,
}

/// Whose yield a line is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum YieldOf {
    /// A day's, by the runs' own clock.
    Day(LocalDate),
    /// A product model's.
    Model(String),
}

/// One line of yields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct YieldRow {
    /// Whose.
    pub of: YieldOf,
    /// How many, and how many of them good.
    pub tally: Tally,
}

/// Counts runs that come newest first: the first run of a unit's day that has a verdict is its last.
pub(super) struct Counting<'a> {
    tally: Tally,
    units: UnitsOfDay<'a>,
}

/// The units that were counted on a day, by their hashes: of days that are done nothing is kept.
struct UnitsOfDay<'a> {
    words: &'a Words,
    day: i64,
    counted: HashSet<u64, BuildHasherDefault<Itself>>,
    hasher: RandomState,
}

impl<'a> UnitsOfDay<'a> {
    fn new(words: &'a Words) -> Self {
        Self { words, day: i64::MIN, counted: HashSet::default(), hasher: RandomState::new() }
    }

    /// Whether a run with a verdict is its unit's last of its day.
    fn is_last(&mut self, entry: &Entry) -> bool {
        if !entry.is_unit {
            return false;
        }
        if self.day != entry.day() {
            self.day = entry.day();
            self.counted.clear();
        }
        let kind = self.words.kind(entry.kind);
        let serial = entry.serial.text(&self.words.long).trim();
        let unit = folded(serial, |serial| self.hasher.hash_one((kind.model, kind.section, serial)));
        self.counted.insert(unit)
    }
}

/// Hashes are as good as they get.
#[derive(Default)]
struct Itself(u64);

impl Hasher for Itself {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, &byte| hash << 8 | u64::from(byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

impl<'a> Counting<'a> {
    pub(super) fn new(words: &'a Words) -> Self {
        Self { tally: Tally::default(), units: UnitsOfDay::new(words) }
    }

    pub(super) fn count(&mut self, entry: &Entry) {
        count(&mut self.tally, &mut self.units, entry);
    }

    pub(super) fn tally(&self) -> Tally {
        self.tally
    }
}

fn count(tally: &mut Tally, units: &mut UnitsOfDay<'_>, entry: &Entry) {
    if entry.excluded {
        tally.excluded += 1;
        return;
    }
    tally.runs += 1;
    let Some(good) = entry.status.counts_as_good() else { return };
    *(if good { &mut tally.good } else { &mut tally.failed }) += 1;
    if units.is_last(entry) {
        tally.count_unit(good, true);
    }
}

/// Yields by day or model, of runs that come newest first.
pub(super) struct Groups<'a> {
    by: Grouping,
    words: &'a Words,
    units: UnitsOfDay<'a>,
    tallies: BTreeMap<i64, Tally>,
}

impl<'a> Groups<'a> {
    pub(super) fn new(by: Grouping, words: &'a Words) -> Self {
        Self { by, words, units: UnitsOfDay::new(words), tallies: BTreeMap::new() }
    }

    pub(super) fn count(&mut self, entry: &Entry) {
        let group = match self.by {
            Grouping::Day => -entry.day(),
            Grouping::Model => i64::from(self.words.kind(entry.kind).model),
        };
        count(self.tallies.entry(group).or_default(), &mut self.units, entry);
    }

    pub(super) fn rows(self) -> Vec<YieldRow> {
        let row = |(group, tally): (i64, Tally)| {
            let of = match self.by {
                Grouping::Day => YieldOf::Day(LocalDate::from_days(-group)?),
                Grouping::Model => YieldOf::Model(self.words.models.get(u32::try_from(group).ok()?).to_owned()),
            };
            Some(YieldRow { of, tally })
        };
        in_order(self.tallies.into_iter().filter_map(row).collect())
    }
}

/// Yields as the store counted them with every commit.
pub(super) fn by_counters(store: &Store, by: Grouping) -> Result<Vec<YieldRow>, StoreError> {
    let day = |(day, tally)| YieldRow { of: YieldOf::Day(day), tally };
    let model = |(name, tally)| YieldRow { of: YieldOf::Model(name), tally };
    let rows: Vec<YieldRow> = match by {
        Grouping::Day => store.days()?.into_iter().map(day).collect(),
        Grouping::Model => store.models()?.into_iter().map(model).collect(),
    };
    Ok(in_order(rows.into_iter().filter(|row| row.tally.all() > 0).collect()))
}

/// Models as people sort them; days are in order already.
fn in_order(mut rows: Vec<YieldRow>) -> Vec<YieldRow> {
    rows.sort_by(|a, b| match (&a.of, &b.of) {
        (YieldOf::Model(a), YieldOf::Model(b)) => natural(a, b),
        (YieldOf::Day(a), YieldOf::Day(b)) => b.cmp(a),
        _ => std::cmp::Ordering::Equal,
    });
    rows
}
