//! Sorting: every run gets a number that sorts as the column does, with the newest first among equals.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::Step;
use super::entry::Entry;
use super::names::natural;
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

/// Makes ranks.
pub(super) struct Ranking<'a> {
    sort: SortBy,
    reverse: bool,
    words: &'a Words,
}

impl<'a> Ranking<'a> {
    pub(super) fn new(sort: SortBy, reverse: bool, words: &'a Words) -> Self {
        Self { sort, reverse, words }
    }

    /// The rank of the run at an index: its column above, its place in time below.
    pub(super) fn of(&self, index: usize, entry: &Entry) -> u64 {
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        let oldest_first = self.sort == SortBy::Time && self.reverse;
        let below = if oldest_first { index } else { !index };
        let above = match self.column(entry) {
            Some(value) if self.reverse => !value,
            Some(value) => value,
            None => MISSING,
        };
        u64::from(above) << 32 | u64::from(below)
    }

    /// The index of a rank's run.
    pub(super) fn index(&self, rank: u64) -> usize {
        let below = u32::try_from(rank & u64::from(u32::MAX)).unwrap_or(0);
        let oldest_first = self.sort == SortBy::Time && self.reverse;
        (if oldest_first { below } else { !below }) as usize
    }

    /// The column's value as a number that sorts; never the greatest, nor after turning the least.
    fn column(&self, entry: &Entry) -> Option<u32> {
        let name = |key: NameKey| self.words.of(key).rank(self.words.name(key, entry)).map(|rank| rank + 1);
        let most_first = |key: FigureKey| sortable(entry.figure(key)).map(|value| !value);
        match self.sort {
            SortBy::Time => Some(1),
            SortBy::Arrival => Some(!entry.arrived.max(1)),
            SortBy::Model => name(NameKey::Model),
            SortBy::Serial => name(NameKey::Serial),
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

/// The ranks of the runs that a query means.
pub(super) struct Ranked(Vec<u64>);

impl Ranked {
    pub(super) fn with_capacity(most: usize) -> Self {
        Self(Vec::with_capacity(most))
    }

    pub(super) fn push(&mut self, rank: u64) {
        self.0.push(rank);
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The row of a rank; nothing when it is not among these.
    pub(super) fn row_of(&self, rank: u64) -> Option<usize> {
        let (mut below, mut is_there) = (0, false);
        for &other in &self.0 {
            below += usize::from(other < rank);
            is_there |= other == rank;
        }
        is_there.then_some(below)
    }

    /// The rank at a row.
    pub(super) fn at(&mut self, row: usize) -> Option<u64> {
        (row < self.0.len()).then(|| *self.0.select_nth_unstable(row).1)
    }

    /// The ranks of some rows, in order; only these are sorted.
    pub(super) fn page(&mut self, first: usize, most: usize) -> &[u64] {
        if first < self.0.len() {
            self.0.select_nth_unstable(first);
        }
        let rest = self.0.get_mut(first..).unwrap_or_default();
        if most < rest.len() {
            rest.select_nth_unstable(most);
        }
        let end = most.min(rest.len());
        let page = rest.get_mut(..end).unwrap_or_default();
        page.sort_unstable();
        page
    }
}

/// The hit after a rank, or before it; round the end.
pub(super) fn next(hits: &[u64], from: Option<u64>, step: Step) -> Option<u64> {
    let from = from.unwrap_or(0);
    let hits = || hits.iter().copied();
    match step {
        Step::Here => hits().filter(|&hit| hit >= from).min().or_else(|| hits().min()),
        Step::Next => hits().filter(|&hit| hit > from).min().or_else(|| hits().min()),
        Step::Before => hits().filter(|&hit| hit < from).max().or_else(|| hits().max()),
    }
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
    fn walking_through_the_columns_meets_each_once() {
        let mut met = vec![SortBy::Time];
        while met.last().map(|sort| sort.next()) != Some(SortBy::Time) {
            met.push(met.last().map_or(SortBy::Time, |sort| sort.next()));
        }
        assert_eq!(met, SortBy::ALL);
        assert!(SortBy::ALL.iter().all(|sort| SortBy::of(sort.word()) == Some(*sort)));
    }
}
