//! The index of all runs that queries go through: one small entry a run, in memory, in clock order.
//!
//! It is built once by walking the store, and kept current with every commit. What it costs: an [`Entry`] of 64 bytes
//! a run, each name once with some fifteen bytes around it, and twenty bytes a unit.

mod entry;
mod names;
mod order;
mod question;
mod sieve;
mod slots;
mod units;
mod words;
mod yields;

use std::ops::ControlFlow;

use super::error::StoreError;
use super::facts::Facts;
use super::filter::{Filter, FilterError, Moment};
use super::key;
use super::record::{RunKey, RunRecord, Tally};
use super::store::Store;
use super::walk::Walked;
use entry::Entry;
use order::{Ranked, Ranking};
pub use order::{SortBy, compare};
pub use question::{Found, PageOfRuns, Query};
use sieve::Sieve;
use units::Units;
use words::Words;
use yields::{Counting, by_counters};
pub use yields::{Grouping, YieldOf, YieldRow};

/// All runs, as far as lists and yields need them.
#[derive(Debug, Default)]
pub struct Overview {
    /// By time, then identity, then model.
    entries: Vec<Entry>,
    words: Words,
    units: Units,
}

impl Overview {
    /// Walks through a store. `each` is told how many runs were read so far and may end the walk.
    ///
    /// # Errors
    /// An engine that cannot be read.
    pub fn build(store: &Store, mut each: impl FnMut(usize) -> ControlFlow<()>) -> Result<(Self, Walked), StoreError> {
        let mut overview = Self::default();
        let total = store.total();
        overview.entries.reserve_exact(usize::try_from(total.runs + total.excluded).unwrap_or(0));
        let walked = store.each_facts(|key, facts| {
            let entry = overview.entry(key, facts);
            overview.entries.push(entry);
            each(overview.entries.len())
        })?;
        let words = &overview.words;
        overview.entries.sort_unstable_by(|a, b| a.cmp_in(b, words));
        overview.words.settle();
        Ok((overview, walked))
    }

    /// Puts a run in its place, or what is now known of it in place of what was.
    pub fn put(&mut self, key: &RunKey, record: &RunRecord) {
        let entry = self.entry(key, &Facts::of(key, record));
        let words = &self.words;
        match self.entries.binary_search_by(|other| other.cmp_in(&entry, words)) {
            Ok(at) => {
                if let Some(there) = self.entries.get_mut(at) {
                    *there = entry;
                }
            }
            Err(at) => self.entries.insert(at, entry),
        }
    }

    /// How many runs there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn entry(&mut self, key: &RunKey, facts: &Facts<'_>) -> Entry {
        let mut entry = Entry::new(key::identity_of(key).unwrap_or_default(), facts, &mut self.words);
        if facts.is_unit {
            let kind = self.words.kind(entry.kind);
            entry.unit = self.units.number(kind.model, entry.serial, kind.section, &self.words.serials);
        }
        entry
    }

    fn key(&self, entry: &Entry) -> RunKey {
        key::from_parts(self.words.models.get(self.words.kind(entry.kind).model), entry.seconds, entry.identity)
    }

    /// Where a run stands in clock order.
    fn index_of(&self, key: &RunKey) -> Option<usize> {
        let (seconds, identity) = (key.seconds()?, key::identity_of(key)?);
        let model = self.words.models.find(key::model_of(key)?)?;
        let by = |other: &Entry| other.cmp_at((seconds, identity, model), &self.words);
        self.entries.binary_search_by(by).ok()
    }

    /// One page of the runs that a query means, with what they all come to.
    ///
    /// # Errors
    /// [`FilterError::NoShift`].
    pub fn page(&mut self, query: &Query, moment: &Moment) -> Result<PageOfRuns, FilterError> {
        self.words.settle();
        let sieve = Sieve::new(&query.filter, moment, &self.words)?;
        let ranking = Ranking::new(query.sort, query.reverse, &self.words);
        let mut counting = Counting::new(self.units.len());
        let mut ranked = Ranked::with_capacity(self.entries.len());
        for (index, entry) in self.entries.iter().enumerate().rev() {
            if sieve.lets_through(entry) {
                counting.count(entry);
                ranked.push(ranking.of(index, entry));
            }
        }
        let anchor = query.anchor.as_ref().and_then(|key| {
            let index = self.index_of(key)?;
            ranked.row_of(ranking.of(index, self.entries.get(index)?))
        });
        let found = ranked.len();
        let first = first_row(anchor.unwrap_or(query.row), query.limit, found);
        let rows = ranked.page(first, query.limit);
        let keys = rows.iter().filter_map(|&row| Some(self.key(self.entries.get(ranking.index(row))?)));
        let keys: Vec<RunKey> = keys.collect();
        Ok(PageOfRuns { all: self.len(), found, tally: counting.tally(), first, anchor, keys })
    }

    /// The next run with a text among those that a query means, in its order, round the end.
    ///
    /// # Errors
    /// [`FilterError::NoShift`].
    pub fn find(&mut self, query: &Query, text: &str, step: Step, moment: &Moment) -> Result<Found, FilterError> {
        self.words.settle();
        let sieve = Sieve::new(&query.filter, moment, &self.words)?;
        let text = Sieve::text(text, &self.words);
        let ranking = Ranking::new(query.sort, query.reverse, &self.words);
        let (mut ranked, mut hits) = (Ranked::with_capacity(self.entries.len()), Vec::new());
        for (index, entry) in self.entries.iter().enumerate().rev() {
            if sieve.lets_through(entry) {
                let rank = ranking.of(index, entry);
                ranked.push(rank);
                if text.lets_through(entry) {
                    hits.push(rank);
                }
            }
        }
        let from = ranked.at(query.row);
        let row = order::next(&hits, from, step).and_then(|rank| ranked.row_of(rank));
        Ok(Found { row, found: hits.len() })
    }

    /// The yields of the runs that a filter means, by day (newest first) or by model.
    ///
    /// # Errors
    /// [`FilterError::NoShift`].
    pub fn yields(&self, filter: &Filter, by: Grouping, moment: &Moment) -> Result<Vec<YieldRow>, FilterError> {
        let sieve = Sieve::new(filter, moment, &self.words)?;
        let entries = self.entries.iter().rev().filter(|entry| sieve.lets_through(entry));
        Ok(yields::grouped(entries, by, self.units.len(), &self.words))
    }
}

/// Which way to the next match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Step {
    /// The run itself or the next one.
    Here,
    /// The next one.
    Next,
    /// The one before.
    Before,
}

/// A page around a wanted row, so that there is something to scroll to on both sides.
fn first_row(wanted: usize, limit: usize, found: usize) -> usize {
    wanted.saturating_sub(limit / 2).min(found.saturating_sub(limit))
}

/// The yields of all runs from the store's own counters, with no look at any run.
///
/// # Errors
/// An engine that cannot be read.
pub fn counted_yields(store: &Store, by: Grouping) -> Result<Vec<YieldRow>, StoreError> {
    by_counters(store, by)
}

impl Tally {
    /// Runs of any kind, excluded ones too.
    pub fn all(self) -> u64 {
        self.runs + self.excluded
    }
}
