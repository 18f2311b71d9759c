//! The index of all runs that queries go through: one small entry a run, in clock order.
//!
//! It is built once by walking the store, and kept current with every commit. In memory are the newest entries, at most
//! [`IN_MEMORY`] of 80 bytes, and the names that many runs share; all other entries are in a scratch file in the store's
//! folder, so that memory does not grow with the history. A question reads that file once, 80 bytes a run, and takes 8
//! bytes for each run it finds, 36 where it sorts by serial, until it is answered.

mod asking;
mod entries;
mod entry;
mod names;
mod order;
mod question;
mod scratch;
mod serial;
mod sieve;
mod slots;
mod words;
mod yields;

use std::cmp::Reverse;
use std::ops::ControlFlow;
use std::path::Path;

use super::error::StoreError;
use super::facts::Facts;
use super::filter::{Filter, Moment};
use super::key;
use super::record::{RunKey, RunRecord, Tally};
use super::store::Store;
use super::walk::Walked;
use entries::Entries;
use entry::Entry;
use order::{Columns, Serials};
pub use order::{SortBy, compare};
pub use question::{Found, OverviewError, PageOfRuns, Query};
use sieve::Sieve;
use words::Words;
pub use yields::{Grouping, YieldOf, YieldRow};
use yields::{Groups, by_counters};

/// Most entries in memory: two thirds of a megabyte.
const IN_MEMORY: usize = 8_192;

/// All runs, as far as lists and yields need them. The default one keeps everything in memory.
#[derive(Debug, Default)]
pub struct Overview {
    entries: Entries,
    words: Words,
    /// What the runs of the last page's query come to.
    counted: Option<Counted>,
}

/// What the runs that a filter means come to: whoever sorts or pages on means the same ones, and counting units is half of
/// an answer.
#[derive(Debug)]
struct Counted {
    filter: Filter,
    /// What its times meant when it was asked.
    times: Vec<i64>,
    tally: Tally,
}

impl Overview {
    /// Walks through a store. `each` is told how many runs were read so far and may end the walk.
    ///
    /// # Errors
    /// An engine that cannot be read.
    pub fn build(store: &Store, mut each: impl FnMut(usize) -> ControlFlow<()>) -> Result<(Self, Walked), StoreError> {
        let mut overview = Self::in_folder(store.dir(), IN_MEMORY);
        let walked = store.each_facts(|key, facts| {
            overview.place(key, facts);
            each(overview.len())
        })?;
        overview.words.settle();
        Ok((overview, walked))
    }

    /// Of no run, with a scratch file in a folder for those that are more than `most`.
    fn in_folder(dir: Option<&Path>, most: usize) -> Self {
        Self { entries: Entries::new(dir, most), words: Words::default(), counted: None }
    }

    /// Puts a run in its place, or what is now known of it in place of what was.
    pub fn put(&mut self, key: &RunKey, record: &RunRecord) {
        self.place(key, &Facts::of(key, record));
    }

    fn place(&mut self, key: &RunKey, facts: &Facts<'_>) {
        let entry = Entry::new(key::identity_of(key).unwrap_or_default(), facts, &mut self.words);
        self.entries.put(entry, &self.words);
        self.counted = None;
    }

    /// How many runs there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One that has lost runs.
    #[cfg(test)]
    pub(crate) fn lost() -> Self {
        let mut overview = Self::default();
        let _ = overview.entries.read_back::<()>(Err(std::io::ErrorKind::UnexpectedEof.into()));
        overview
    }

    /// One page of the runs that a query means, with what they all come to.
    ///
    /// # Errors
    /// A shift is meant while none is on; the scratch file cannot be read back.
    pub fn page(&mut self, query: &Query, moment: &Moment) -> Result<PageOfRuns, OverviewError> {
        self.words.settle();
        let (all, words) = ((&mut self.entries, &self.words), &self.words);
        let sieve = Sieve::new(&query.filter, moment, words)?;
        let (sort, reverse, times) = (query.sort, query.reverse, sieve.times());
        let counted = self.counted.as_ref().filter(|counted| counted.filter == query.filter && counted.times == times);
        let counted = counted.map(|counted| counted.tally);
        let page = if sort == SortBy::Serial {
            asking::page(all, &Serials { reverse, words }, &sieve, counted, query)
        } else {
            asking::page(all, &Columns { sort, reverse, words }, &sieve, counted, query)
        };
        let page = self.entries.read_back(page)?;
        self.counted = Some(Counted { filter: query.filter.clone(), times, tally: page.tally });
        Ok(page)
    }

    /// The next run with a text among those that a query means, in its order, round the end.
    ///
    /// # Errors
    /// As [`Overview::page`].
    pub fn find(&mut self, query: &Query, text: &str, step: Step, moment: &Moment) -> Result<Found, OverviewError> {
        self.words.settle();
        let (all, words) = ((&mut self.entries, &self.words), &self.words);
        let (sieve, text) = (Sieve::new(&query.filter, moment, words)?, Sieve::text(text, words));
        let (sort, reverse, sieves, from) = (query.sort, query.reverse, [&sieve, &text], (query.row, step));
        let found = if sort == SortBy::Serial {
            asking::find(all, &Serials { reverse, words }, sieves, from)
        } else {
            asking::find(all, &Columns { sort, reverse, words }, sieves, from)
        };
        Ok(self.entries.read_back(found)?)
    }

    /// The yields of the runs that a filter means, by day (newest first) or by model.
    ///
    /// # Errors
    /// As [`Overview::page`].
    pub fn yields(&mut self, filter: &Filter, by: Grouping, moment: &Moment) -> Result<Vec<YieldRow>, OverviewError> {
        let sieve = Sieve::new(filter, moment, &self.words)?;
        let mut groups = Groups::new(by, &self.words);
        let told = self.entries.newest_first(&self.words, sieve.since(), |_, entry| {
            if sieve.lets_through(entry) {
                groups.count(entry);
            }
        });
        let rows = groups.rows();
        Ok(self.entries.read_back(told.map(|_| rows))?)
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

/// The first page of all runs, newest first, from the store's own counters and its order by time: before there is an
/// overview. Damaged runs are among those counted.
///
/// # Errors
/// An engine that cannot be read.
pub fn newest_page(store: &Store, limit: usize) -> Result<PageOfRuns, StoreError> {
    let (tally, mut keys) = (store.total(), store.newest_keys(limit)?);
    // As the overview has runs of one second.
    let place = |key: &RunKey| (key.seconds(), key::identity_of(key), key::model_of(key).map(str::to_owned));
    keys.sort_by_cached_key(|key| Reverse(place(key)));
    let all = usize::try_from(tally.all()).unwrap_or(usize::MAX).max(keys.len());
    Ok(PageOfRuns { all, found: all, tally, first: 0, anchor: None, keys })
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

#[cfg(test)]
mod tests;
