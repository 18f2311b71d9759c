//! Sorting: every run gets a rank that sorts as the column does, with the newest first among equals.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::Step;
use super::entry::Entry;
use super::names::natural;
use super::serial::SerialKey;
use super::words::Words;
use crate::analysis::Status;
use crate::history::facts::Facts;
use crate::history::filter::{FigureKey, NameKey};

/// What a run lacks stands at the end, whichever way the rest is turned.
const MISSING: u32 = u32::MAX;

/// The columns that runs are sorted by, each in the direction that is wanted most.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SortBy {
    /// The runs' own clock, newest first.
    #[default]
    Time,
    /// Arrival, newest first.
    Arrival,
    /// Model, 9 before 10.
    Model,
    /// Serial, 9 before 10.
    Serial,
    /// Section.
    Section,
    /// Status, failures first.
    Status,
    /// Points outside, most first.
    Outside,
    /// Worst margin, worst first.
    Margin,
    /// r, roughest first.
    Roughness,
    /// Resistance change, greatest first.
    Change,
    /// Risk, highest first.
    Risk,
    /// Passes, most first.
    Passes,
    /// Laser.
    Laser,
    /// The operator's word.
    Disposition,
}

impl SortBy {
    /// All columns, in the order a key walks through them.
    pub const ALL: [Self; 14] = [
        Self::Time,
        Self::Model,
        Self::Serial,
        Self::Section,
        Self::Status,
        Self::Outside,
        Self::Margin,
        Self::Roughness,
        Self::Change,
        Self::Risk,
        Self::Passes,
        Self::Laser,
        Self::Disposition,
        Self::Arrival,
    ];

    /// The word on screen and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Arrival => "arrival",
            Self::Model => "model",
            Self::Serial => "sn",
            Self::Section => "sec",
            Self::Status => "status",
            Self::Outside => "out",
            Self::Margin => "margin",
            Self::Roughness => "r",
            Self::Change => "change",
            Self::Risk => "risk",
            Self::Passes => "passes",
            Self::Laser => "laser",
            Self::Disposition => "disp",
        }
    }

    /// The column of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.word() == word)
    }

    /// The column after this one, round the end.
    #[must_use]
    pub fn next(self) -> Self {
        let after = Self::ALL.into_iter().skip_while(|&sort| sort != self).nth(1);
        after.unwrap_or_default()
    }
}

/// Gives every run a rank by which it sorts: by its column, then by its number, which counts from the newest run.
pub(super) trait Order {
    type Rank: Copy;

    fn rank(&self, number: usize, entry: &Entry) -> Self::Rank;

    /// The number in a rank.
    fn number(&self, rank: &Self::Rank) -> usize;

    fn cmp(&self, a: &Self::Rank, b: &Self::Rank) -> Ordering;
}

/// By serial: ranks carry it, because no list of serials is kept.
pub(super) struct Serials<'a> {
    pub(super) reverse: bool,
    pub(super) words: &'a Words,
}

impl Order for Serials<'_> {
    type Rank = (SerialKey, [u8; 4]);

    fn rank(&self, number: usize, entry: &Entry) -> Self::Rank {
        (SerialKey::of(entry.serial, &self.words.long), single(number).to_be_bytes())
    }

    fn number(&self, rank: &Self::Rank) -> usize {
        u32::from_be_bytes(rank.1) as usize
    }

    fn cmp(&self, a: &Self::Rank, b: &Self::Rank) -> Ordering {
        let by_serial = match (a.0.is_empty(), b.0.is_empty()) {
            (false, false) if self.reverse => b.0.cmp(&a.0, &self.words.long),
            (false, false) => a.0.cmp(&b.0, &self.words.long),
            (a, b) => a.cmp(&b),
        };
        by_serial.then_with(|| a.1.cmp(&b.1))
    }
}

/// By any other column: a rank is the column's value above, the run's number below.
pub(super) struct Columns<'a> {
    pub(super) sort: SortBy,
    pub(super) reverse: bool,
    pub(super) words: &'a Words,
}

impl Order for Columns<'_> {
    type Rank = u64;

    fn rank(&self, number: usize, entry: &Entry) -> u64 {
        let number = single(number);
        let below = if self.is_oldest_first() { !number } else { number };
        let above = match self.column(entry) {
            Some(value) if self.reverse => !value,
            Some(value) => value,
            None => MISSING,
        };
        u64::from(above) << 32 | u64::from(below)
    }

    fn number(&self, rank: &u64) -> usize {
        let below = u32::try_from(rank & u64::from(u32::MAX)).unwrap_or(0);
        (if self.is_oldest_first() { !below } else { below }) as usize
    }

    fn cmp(&self, a: &u64, b: &u64) -> Ordering {
        a.cmp(b)
    }
}

fn single(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl Columns<'_> {
    fn is_oldest_first(&self) -> bool {
        self.sort == SortBy::Time && self.reverse
    }

    /// The column's value as a number that sorts; never the greatest, nor after turning the least.
    fn column(&self, entry: &Entry) -> Option<u32> {
        let name = |key: NameKey| self.words.rank(key, entry).map(|rank| rank + 1);
        let most_first = |key: FigureKey| sortable(entry.figure(key)).map(|value| !value);
        match self.sort {
            SortBy::Time => Some(1),
            SortBy::Arrival => Some(!entry.arrived.max(1)),
            SortBy::Model => name(NameKey::Model),
            SortBy::Serial => None,
            SortBy::Section => name(NameKey::Section),
            SortBy::Status => Some(trouble(entry.status)),
            SortBy::Outside => most_first(FigureKey::Outside),
            SortBy::Margin => sortable(entry.margin),
            SortBy::Roughness => most_first(FigureKey::Roughness),
            SortBy::Change => most_first(FigureKey::Change),
            SortBy::Risk => most_first(FigureKey::Risk),
            SortBy::Passes => most_first(FigureKey::Passes),
            SortBy::Laser => name(NameKey::Laser),
            SortBy::Disposition => name(NameKey::Disposition),
        }
    }
}

/// Which of two runs stands first in a list that is no overview, in the same order; equal where the column does not say.
pub fn compare(sort: SortBy, reverse: bool, a: &Facts<'_>, b: &Facts<'_>) -> Ordering {
    let turned = |ordering: Ordering| if reverse { ordering.reverse() } else { ordering };
    if let Some(key) = name_of(sort) {
        let (a, b) = (a.name(key), b.name(key));
        let missing = a.is_empty().cmp(&b.is_empty());
        return if a.is_empty() || b.is_empty() { missing } else { turned(natural(a, b)) };
    }
    match (place_of(sort, a), place_of(sort, b)) {
        (Some(a), Some(b)) => turned(a.cmp(&b)),
        (a, b) => a.is_none().cmp(&b.is_none()),
    }
}

fn name_of(sort: SortBy) -> Option<NameKey> {
    Some(match sort {
        SortBy::Model => NameKey::Model,
        SortBy::Serial => NameKey::Serial,
        SortBy::Section => NameKey::Section,
        SortBy::Laser => NameKey::Laser,
        SortBy::Disposition => NameKey::Disposition,
        _ => return None,
    })
}

fn place_of(sort: SortBy, facts: &Facts<'_>) -> Option<i64> {
    let most_first = |key: FigureKey| sortable(facts.figure(key)).map(|value| -i64::from(value));
    match sort {
        SortBy::Time => Some(-facts.seconds),
        SortBy::Arrival => Some(-facts.arrived_ms),
        SortBy::Status => Some(i64::from(trouble(facts.status))),
        SortBy::Outside => most_first(FigureKey::Outside),
        SortBy::Margin => sortable(facts.margin).map(i64::from),
        SortBy::Roughness => most_first(FigureKey::Roughness),
        SortBy::Change => most_first(FigureKey::Change),
        SortBy::Risk => most_first(FigureKey::Risk),
        SortBy::Passes => most_first(FigureKey::Passes),
        SortBy::Model | SortBy::Serial | SortBy::Section | SortBy::Laser | SortBy::Disposition => None,
    }
}

/// A figure's bits in an order that sorts as numbers do; nothing for a missing one.
fn sortable(figure: f32) -> Option<u32> {
    let bits = (figure + 0.0).to_bits();
    (!figure.is_nan()).then_some(if bits >> 31 == 1 { !bits } else { bits | 1 << 31 })
}

/// Failures first.
fn trouble(status: Status) -> u32 {
    match status {
        Status::Fail => 1,
        Status::Error => 2,
        Status::Warning => 3,
        Status::NotGraded => 4,
        Status::Untrimmed => 5,
        Status::Pass => 6,
    }
}

/// The ranks of the runs that a query means, or the first ones of them.
pub(super) struct Ranked<'a, O: Order> {
    order: &'a O,
    ranks: Vec<O::Rank>,
    /// How many of the first are wanted; up to twice as many are held.
    most: usize,
    /// The last of those that are wanted, as far as is known.
    last: Option<O::Rank>,
    pushed: usize,
}

impl<'a, O: Order> Ranked<'a, O> {
    /// Holds all ranks.
    pub(super) fn all(order: &'a O) -> Self {
        Self::first(order, usize::MAX)
    }

    /// Holds the first `most` ranks: hardly any memory is touched for a page near the top.
    pub(super) fn first(order: &'a O, most: usize) -> Self {
        Self { order, ranks: Vec::new(), most: most.max(1), last: None, pushed: 0 }
    }

    pub(super) fn push(&mut self, rank: O::Rank) {
        self.pushed += 1;
        if self.last.is_none_or(|last| self.order.cmp(&rank, &last).is_lt()) {
            self.ranks.push(rank);
            if self.ranks.len() >= self.most.saturating_mul(2) {
                self.last = self.at(self.most - 1);
                self.ranks.truncate(self.most);
            }
        }
    }

    /// How many were pushed.
    pub(super) fn len(&self) -> usize {
        self.pushed
    }

    /// The row of a rank, where all are held.
    pub(super) fn row_of(&self, rank: &O::Rank) -> usize {
        self.ranks.iter().filter(|other| self.order.cmp(other, rank).is_lt()).count()
    }

    /// The rank at a row that is held.
    pub(super) fn at(&mut self, row: usize) -> Option<O::Rank> {
        let order = self.order;
        (row < self.ranks.len()).then(|| *self.ranks.select_nth_unstable_by(row, |a, b| order.cmp(a, b)).1)
    }

    /// The ranks of some rows that are held, in order; only these are sorted.
    pub(super) fn page(&mut self, first: usize, most: usize) -> &[O::Rank] {
        self.at(first);
        let cmp = |a: &O::Rank, b: &O::Rank| self.order.cmp(a, b);
        let rest = self.ranks.get_mut(first..).unwrap_or_default();
        if most < rest.len() {
            rest.select_nth_unstable_by(most, cmp);
        }
        let end = most.min(rest.len());
        let page = rest.get_mut(..end).unwrap_or_default();
        page.sort_unstable_by(cmp);
        page
    }
}

/// The hit after a rank, or before it; round the end.
pub(super) fn next<O: Order>(order: &O, hits: &[O::Rank], from: Option<&O::Rank>, step: Step) -> Option<O::Rank> {
    let cmp = |a: &&O::Rank, b: &&O::Rank| order.cmp(a, b);
    let is = |wanted: fn(Ordering) -> bool| {
        hits.iter().filter(move |hit| from.is_none_or(|from| wanted(order.cmp(hit, from))))
    };
    let least = |hit: Option<_>| hit.or_else(|| hits.iter().min_by(cmp));
    let hit = match step {
        Step::Here => least(is(Ordering::is_ge).min_by(cmp)),
        Step::Next => least(is(Ordering::is_gt).min_by(cmp)),
        // Before no row at all comes the last one.
        Step::Before => from.and_then(|_| is(Ordering::is_lt).max_by(cmp)).or_else(|| hits.iter().max_by(cmp)),
    };
    hit.copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_sort_as_numbers_do_and_zero_has_one_sign() {
        let mut figures = [3.5, -2.0, 0.0, f32::INFINITY, -0.5, f32::NEG_INFINITY, 12.0];
        figures.sort_by_key(|&figure| sortable(figure));
        assert!(figures.is_sorted(), "{figures:?}");
        assert_eq!((sortable(f32::NAN), sortable(-0.0)), (None, sortable(0.0)));
    }

    #[test]
    fn the_first_ranks_are_the_same_whether_all_are_held_or_not() {
        let words = Words::default();
        let order = Columns { sort: SortBy::Risk, reverse: false, words: &words };
        let ranks = |count: usize| (0..).map(|n| (n * 7_919 % 1_009) << 32 | n).take(count);
        for (count, most) in [(0, 1), (1, 1), (5, 3), (6, 3), (7, 3), (900, 40), (900, 450), (900, 2_000)] {
            let (mut all, mut few) = (Ranked::all(&order), Ranked::first(&order, most));
            ranks(count).for_each(|rank| (all.push(rank), few.push(rank)).0);
            assert!(few.ranks.len() <= 2 * most);
            assert_eq!(few.len(), all.len());
            for first in [0, most / 3, most - 1].map(|first| first.min(count)) {
                assert_eq!(few.page(first, most - first), all.page(first, most - first), "{most} of {count}");
            }
        }
    }

    #[test]
    fn walking_through_the_columns_meets_each_once() {
        let mut met = vec![SortBy::Time];
        while met.last().map(|sort| sort.next()) != Some(SortBy::Time) {
            met.push(met.last().map_or(SortBy::Time, |sort| sort.next()));
        }
        assert_eq!(met, SortBy::ALL);
        assert!(SortBy::ALL.iter().all(|sort| SortBy::of(sort.word()) == Some(*sort)));
    }
}
