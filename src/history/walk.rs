//! Walking through the whole store in pages, and listing its counters: what overviews are made from.

use std::ops::ControlFlow;

use super::digest::Digest;
use super::error::StoreError;
use super::facts::Facts;
use super::key;
use super::record::{RunKey, RunRecord, Tally};
use super::store::Store;
use super::value;
use crate::analysis::RunCurves;
use crate::trim::{LocalDate, LocalTime};

/// Pairs read at once: a few hundred kilobytes.
const PAGE: usize = 200;
/// Damaged runs that are named; the rest is counted.
const MOST_NAMED: usize = 10;

/// What a walk came by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Walked {
    /// Runs that could be read.
    pub runs: usize,
    /// Runs that could not.
    pub damaged: usize,
    /// The first of these: model, time and cause.
    pub named: Vec<String>,
}

impl Walked {
    /// Counts what was found under a key, and passes it on where it is sound.
    fn take<T>(
        &mut self,
        key: &RunKey,
        found: Result<Option<T>, StoreError>,
        each: impl FnOnce(T) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        match found {
            Ok(Some(found)) => {
                self.runs += 1;
                each(found)
            }
            Ok(None) => ControlFlow::Continue(()),
            Err(cause) => {
                self.damaged(key, &cause);
                ControlFlow::Continue(())
            }
        }
    }

    fn damaged(&mut self, key: &RunKey, cause: &impl std::fmt::Display) {
        self.damaged += 1;
        if self.named.len() < MOST_NAMED {
            let time = key.seconds().and_then(LocalTime::from_timestamp).map(|time| format!(" of {time}"));
            let model = key::model_of(key).unwrap_or("?");
            self.named.push(format!("a run of {model}{}: {cause}", time.unwrap_or_default()));
        }
    }
}

impl Store {
    /// Calls `each` for every run, by model and time, until it breaks. A damaged one is counted and passed over.
    /// Runs that are committed meanwhile, by `each` itself too, may or may not be met.
    ///
    /// # Errors
    /// An engine that cannot be read.
    pub fn each_run(&self, mut each: impl FnMut(RunKey, RunRecord) -> ControlFlow<()>) -> Result<Walked, StoreError> {
        let (mut walked, mut steps) = (Walked::default(), self.steps());
        let mut after = b"r".to_vec();
        loop {
            let page = self.shelf().after(&after, b"r", PAGE)?;
            let Some((last, _)) = page.last() else { return Ok(walked) };
            after.clone_from(last);
            for (key, bytes) in page {
                steps.next();
                let key = RunKey(key.get(1..).unwrap_or_default().to_vec());
                match value::decode(&bytes) {
                    Ok(record) => {
                        walked.runs += 1;
                        if each(key, record).is_break() {
                            return Ok(walked);
                        }
                    }
                    Err(cause) => walked.damaged(&key, &cause),
                }
            }
        }
    }

    /// Calls `each` with the facts of every run, in clock order, until it breaks: reads the index alone. A run
    /// whose facts are not there, or damaged, is read itself; where that is damaged too it is counted and passed over.
    ///
    /// # Errors
    /// An engine that cannot be read.
    pub fn each_facts(
        &self,
        mut each: impl FnMut(&RunKey, &Facts<'_>) -> ControlFlow<()>,
    ) -> Result<Walked, StoreError> {
        let mut walked = Walked::default();
        self.each_of_index(|key, digest| {
            let told = self.with_facts(&key, digest, |facts| each(&key, facts));
            walked.take(&key, told, |told| told)
        })?;
        Ok(walked)
    }

    /// The keys of the newest runs by their own clocks, newest first.
    ///
    /// # Errors
    /// An engine that cannot be read.
    pub(super) fn newest_keys(&self, most: usize) -> Result<Vec<RunKey>, StoreError> {
        let newest = self.shelf().prefixed(key::BY_TIME, most, true)?;
        Ok(newest.iter().map(|(index, _)| key::run_of_time(index)).collect())
    }

    /// Calls `each` for every line of the index by time, until it breaks.
    fn each_of_index(&self, mut each: impl FnMut(RunKey, &[u8]) -> ControlFlow<()>) -> Result<(), StoreError> {
        let (mut after, mut steps) = (key::BY_TIME.to_vec(), self.steps());
        loop {
            let page = self.shelf().after(&after, key::BY_TIME, PAGE)?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after.clone_from(last);
            for (index, digest) in page {
                steps.next();
                if each(key::run_of_time(&index), &digest).is_break() {
                    return Ok(());
                }
            }
        }
    }

    /// Looks at the facts of a run, of the run itself where its digest is damaged; `None` when there is no such run.
    fn with_facts<T>(
        &self,
        key: &RunKey,
        digest: &[u8],
        look: impl FnOnce(&Facts<'_>) -> T,
    ) -> Result<Option<T>, StoreError> {
        match value::decode::<Digest>(digest) {
            Ok(digest) => Ok(Some(look(&digest.facts(key)))),
            Err(_) => Ok(self.run(key)?.map(|record| look(&Facts::of(key, &record)))),
        }
    }

    /// Calls `each` for the runs whose facts are admitted, in clock order, until it breaks: of the others the index alone
    /// is read, and where all are admitted the facts of none are looked at. What is damaged is counted and passed over.
    ///
    /// # Errors
    /// An engine that cannot be read.
    pub fn each_run_in_time(
        &self,
        mut admits: Option<impl FnMut(&Facts<'_>) -> bool>,
        mut each: impl FnMut(RunRecord) -> ControlFlow<()>,
    ) -> Result<Walked, StoreError> {
        let mut walked = Walked::default();
        self.each_of_index(|key, digest| {
            let admitted = admits.as_mut().map_or(Ok(Some(true)), |admits| self.with_facts(&key, digest, admits));
            let admitted = admitted.map(|admitted| admitted == Some(true));
            let found = admitted.and_then(|admitted| if admitted { self.run(&key) } else { Ok(None) });
            walked.take(&key, found, &mut each)
        })?;
        Ok(walked)
    }

    /// Whether a run's curves are kept; they are not read.
    ///
    /// # Errors
    /// An engine that cannot be read.
    pub fn has_curves(&self, run: &RunRecord) -> Result<bool, StoreError> {
        Ok(self.packed_curves(run.sequence)?.is_some())
    }

    /// A run's curves, when they are kept, for whoever has read the run itself.
    ///
    /// # Errors
    /// A damaged value or an engine that cannot be read.
    pub fn curves_of(&self, run: &RunRecord) -> Result<Option<RunCurves>, StoreError> {
        let packed = self.packed_curves(run.sequence)?;
        Ok(packed.map(|packed| value::decode(&packed)).transpose()?)
    }

    /// The counters of every day that has runs, newest first.
    ///
    /// # Errors
    /// An engine that cannot be read; damaged values are left out.
    pub fn days(&self) -> Result<Vec<(LocalDate, Tally)>, StoreError> {
        let pairs = self.shelf().prefixed(key::DAYS, usize::MAX, true)?;
        let day = |(key, bytes): &(Vec<u8>, Vec<u8>)| Some((key::date_of(key)?, value::decode(bytes).ok()?));
        Ok(pairs.iter().filter_map(day).collect())
    }

    /// The counters of every product model, by name.
    ///
    /// # Errors
    /// An engine that cannot be read; damaged values are left out.
    pub fn models(&self) -> Result<Vec<(String, Tally)>, StoreError> {
        let pairs = self.shelf().prefixed(key::MODELS, usize::MAX, false)?;
        let model = |(key, bytes): &(Vec<u8>, Vec<u8>)| {
            let name = std::str::from_utf8(key.get(1..)?).ok()?.to_owned();
            Some((name, value::decode(bytes).ok()?))
        };
        Ok(pairs.iter().filter_map(model).collect())
    }
}

#[cfg(test)]
mod tests;
