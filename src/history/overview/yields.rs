//! Run yield and unit yield, over everything or by day and model.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::entry::{Entry, NO_UNIT};
use super::names::natural;
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
pub(super) struct Counting {
    tally: Tally,
    units: UnitDays,
}

/// The day that each unit was last counted on.
struct UnitDays(Vec<i64>);

impl UnitDays {
    fn new(units: usize) -> Self {
        Self(vec![i64::MIN; units])
    }

    /// Whether a run with a verdict is its unit's last of its day.
    fn is_last(&mut self, entry: &Entry) -> bool {
        let counted = self.0.get_mut(entry.unit as usize).filter(|_| entry.unit != NO_UNIT);
        counted.is_some_and(|day| std::mem::replace(day, entry.day()) != entry.day())
    }
}

impl Counting {
    pub(super) fn new(units: usize) -> Self {
        Self { tally: Tally::default(), units: UnitDays::new(units) }
    }

    pub(super) fn count(&mut self, entry: &Entry) {
        count(&mut self.tally, &mut self.units, entry);
    }

    pub(super) fn tally(&self) -> Tally {
        self.tally
    }
}

fn count(tally: &mut Tally, units: &mut UnitDays, entry: &Entry) {
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

/// Yields of entries that come newest first.
pub(super) fn grouped<'a>(
    entries: impl Iterator<Item = &'a Entry>,
    by: Grouping,
    units: usize,
    words: &Words,
) -> Vec<YieldRow> {
    let mut units = UnitDays::new(units);
    let mut tallies: BTreeMap<i64, Tally> = BTreeMap::new();
    for entry in entries {
        let group = match by {
            Grouping::Day => -entry.day(),
            Grouping::Model => i64::from(words.kind(entry.kind).model),
        };
        count(tallies.entry(group).or_default(), &mut units, entry);
    }
    let row = |(group, tally): (i64, Tally)| {
        let of = match by {
            Grouping::Day => YieldOf::Day(LocalDate::from_days(-group)?),
            Grouping::Model => YieldOf::Model(words.models.get(u32::try_from(group).ok()?).to_owned()),
        };
        Some(YieldRow { of, tally })
    };
    in_order(tallies.into_iter().filter_map(row).collect())
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
