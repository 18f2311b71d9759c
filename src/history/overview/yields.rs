//! Run yield and unit yield, over everything or by day and model.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

use serde::{Deserialize, Serialize};

use super::entry::Entry;
use super::names::natural;
use super::words::Words;
use crate::history::error::StoreError;
use crate::history::record::Tally;
use crate::history::store::Store;
use crate::trim::LocalDate;

/// Units of a day that room is kept for.
const MOST_KEPT: usize = 1_024;

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
    /// Chance, so that nobody can choose serials whose hashes are one.
    seeds: [u64; 3],
}

impl<'a> UnitsOfDay<'a> {
    fn new(words: &'a Words) -> Self {
        let hasher = RandomState::new();
        let seeds = [0, 1, 2].map(|number: u64| hasher.hash_one(number));
        Self { words, day: i64::MIN, counted: HashSet::default(), hasher, seeds }
    }

    /// Whether a run with a verdict is its unit's last of its day.
    fn is_last(&mut self, entry: &Entry) -> bool {
        if !entry.is_unit {
            return false;
        }
        if self.day != entry.day() {
            self.day = entry.day();
            self.counted.clear();
            // Emptying takes as long as there is room.
            self.counted.shrink_to(MOST_KEPT);
        }
        let unit = self.hash(entry);
        self.counted.insert(unit)
    }

    /// Of model, section and serial: all 64 bits are chance, so that two units of a day never share it.
    fn hash(&self, entry: &Entry) -> u64 {
        let kind = self.words.kind(entry.kind);
        let names = u64::from(kind.model) << 32 | u64::from(kind.section);
        let [first, middle, last] = entry.serial.unit(&self.words.long, &self.hasher);
        let [one, two, three] = self.seeds;
        mixed(mixed(first ^ one, middle ^ two) ^ last, names ^ three)
    }
}

/// Both halves of a product, one over the other.
fn mixed(a: u64, b: u64) -> u64 {
    let (low, high) = a.carrying_mul(b, 0);
    low ^ high
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
