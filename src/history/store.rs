//! The door to the history: everything is asked and told here, and nobody sees the engine behind it.

use std::path::Path;
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard};

use super::claim::Claim;
use super::courtesy::Courtesy;
use super::draft::Draft;
use super::error::{Holder, StoreError};
use super::key;
use super::marker::{self, Marker};
use super::opening::{self, Opening};
use super::plan::{self, Act, Committed, Entry, PathMark};
use super::record::{FileFacts, LogEntry, LogOutcome, RunKey, RunRecord, Tally};
use super::shelf::{self, Shelf};
use super::value;
use super::value::Stored;
use super::waiting::Waiting;
use crate::analysis::RunCurves;
use crate::trim::LocalDate;

/// Log entries looked through, at most, for each run that is asked for.
const LOG_A_RUN: usize = 20;
/// Runs read at once on a walk.
const PAGE: usize = 200;
/// Most runs of one unit that are given out.
const MAX_UNIT_RUNS: usize = 1_000;

/// The history of a shop.
#[derive(Debug)]
pub struct Store {
    pub(super) shelf: RwLock<Shelf>,
    /// One writer at a time: a plan reads what it is about to change.
    pub(super) writing: Mutex<()>,
    /// After a failure: the line of the log from which on it is tried again to move runs into a volume.
    pub(super) seal_from: AtomicU64,
    /// Lines of the log after which runs are moved into a volume.
    pub(super) seal_after: AtomicU64,
    /// The right to the folder; none in memory.
    claim: Option<Claim>,
    pub(super) courtesy: Courtesy,
}

impl Store {
    /// Opens the store in a folder, makes it when it is not there, and holds it until it is closed.
    ///
    /// A store that cannot be trusted is set aside as `bad-<time>` and restored from its newest backup and its
    /// journal; [`Opening`] says so.
    ///
    /// # Errors
    /// [`StoreError::HeldBy`] when another process has it; [`StoreError::NewerSchema`]; files and rights.
    pub fn open(dir: &Path, holder: &Holder) -> Result<(Self, Opening), StoreError> {
        let (store, mut opening) = Self::open_claimed(Claim::take(dir, holder)?).map_err(|(error, _)| error)?;
        if let Some(claim) = &store.claim {
            let (mut waiting, left) = Waiting::open(claim)?;
            opening.notes.extend(waiting.note.take());
            let (_, unplaced) = store.commit_waiting(left)?;
            opening.notes.extend(unplaced.iter().map(Act::said_unplaced));
            waiting.clear()?;
        }
        Ok((store, opening))
    }

    /// Opens the store in a folder that was claimed before, and leaves those who wait there to the caller. With an
    /// error the claim comes back, to try again.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_claimed(claim: Claim) -> Result<(Self, Opening), (StoreError, Claim)> {
        match opening::open(&claim) {
            Ok((shelf, opening)) => Ok((Self::of(shelf, Some(claim)), opening)),
            Err(error) => Err((error, claim)),
        }
    }

    /// A store that leaves no trace.
    pub fn in_memory() -> Self {
        Self::of(Shelf::Memory(Mutex::default()), None)
    }

    fn of(shelf: Shelf, claim: Option<Claim>) -> Self {
        Self {
            shelf: RwLock::new(shelf),
            writing: Mutex::new(()),
            seal_from: AtomicU64::new(0),
            seal_after: AtomicU64::new(super::sealing::DUE_AFTER),
            claim,
            courtesy: Courtesy::default(),
        }
    }

    /// Closes the engine and opens it again: after a failed write nothing else brings it back.
    ///
    /// # Errors
    /// As [`Store::open`]; until it succeeds nothing can be read or written.
    pub fn reopen(&self) -> Result<Opening, StoreError> {
        let Some(claim) = &self.claim else { return Ok(Opening::default()) };
        let _writing = shelf::lock(&self.writing);
        let mut shelf = self.shelf.write().unwrap_or_else(PoisonError::into_inner);
        *shelf = Shelf::Closed;
        let (opened, opening) = opening::open(claim)?;
        *shelf = opened;
        Ok(opening)
    }

    /// Whether the disk under the store takes anything at all.
    ///
    /// # Errors
    /// What the disk says.
    pub fn probe(&self) -> Result<(), StoreError> {
        self.dir().map_or(Ok(()), |dir| opening::probe(dir).map_err(StoreError::io(dir)))
    }

    /// Where the store lies; `None` in memory.
    pub fn dir(&self) -> Option<&Path> {
        self.claim.as_ref().map(Claim::dir)
    }

    /// Everything in one walk, for upkeep.
    pub(super) fn shelf(&self) -> RwLockReadGuard<'_, Shelf> {
        self.shelf.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// One writer at a time works on a draft; what it leaves unapplied is applied.
    pub(super) fn writing<T>(
        &self,
        work: impl FnOnce(&mut Draft<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let _writing = shelf::lock(&self.writing);
        let shelf = self.shelf();
        let mut draft = Draft::new(&shelf);
        let result = work(&mut draft)?;
        draft.apply()?;
        Ok(result)
    }

    /// Works on the whole while nobody writes.
    pub(super) fn alone<T>(&self, work: impl FnOnce(&Shelf) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let _writing = shelf::lock(&self.writing);
        work(&self.shelf())
    }

    /// Keeps files that came to an end, in order. On disk when this returns, in groups under the engine's bound.
    ///
    /// # Errors
    /// After an error the store is broken: what it returned before is kept, and it must be opened anew.
    pub fn commit(&self, entries: Vec<Entry>) -> Result<Vec<Committed>, StoreError> {
        let committed = self.writing(|draft| entries.into_iter().map(|entry| plan::file(draft, entry)).collect());
        self.seal_if_due();
        committed
    }

    /// Excludes a run from yield, charts and training, or lets it in again; `None` when there is no such run.
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub fn act(&self, act: Act) -> Result<Option<Committed>, StoreError> {
        self.writing(|draft| plan::word(draft, act))
    }

    /// Whether the file at a path, in this size and time, has been dealt with.
    pub fn seen_path(&self, path_key: &[u8; 16], len: u64, mtime_ns: i64) -> bool {
        let mark: Option<PathMark> = self.value(&key::path(path_key, mtime_ns)).ok().flatten();
        mark == Some(len)
    }

    /// Forgets that the file at a path was dealt with in this time, so that it is read again.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn forget_path(&self, path_key: &[u8; 16], mtime_ns: i64) -> Result<(), StoreError> {
        self.writing(|draft| {
            draft.remove(key::path(path_key, mtime_ns));
            Ok(())
        })
    }

    /// Whether a content has been dealt with.
    pub fn seen_content(&self, content: &[u8; 32]) -> bool {
        matches!(self.shelf().get(&key::content(content)), Ok(Some(_)))
    }

    /// Notes that files were dealt with in this size and time, though nothing is to be said of them.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn mark_paths(&self, files: &[FileFacts]) -> Result<(), StoreError> {
        self.writing(|draft| {
            for file in files {
                draft.put::<PathMark>(key::path(&file.path_key, file.mtime_ns), &file.len)?;
            }
            Ok(())
        })
    }

    /// A run as it counts.
    ///
    /// # Errors
    /// A damaged value or an engine that cannot be read.
    pub fn run(&self, run: &RunKey) -> Result<Option<RunRecord>, StoreError> {
        self.value(&key::run(run))
    }

    /// A run's curves, when they are kept.
    ///
    /// # Errors
    /// A damaged value or an engine that cannot be read.
    pub fn curves(&self, run: &RunKey) -> Result<Option<RunCurves>, StoreError> {
        let Some(record) = self.run(run)? else { return Ok(None) };
        self.curves_of(&record)
    }

    /// The curves that a log line brought, as they are stored.
    pub(super) fn packed_curves(&self, sequence: u64) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.shelf().get(&key::curves(sequence))?.filter(|packed| !packed.is_empty()))
    }

    /// Older contents of a run, newest first.
    ///
    /// # Errors
    /// An engine that cannot be read; damaged values are left out.
    pub fn revisions(&self, run: &RunKey) -> Result<Vec<RunRecord>, StoreError> {
        let pairs = self.shelf().prefixed(&key::revisions_of(run), MAX_UNIT_RUNS, true)?;
        Ok(pairs.iter().filter_map(|(_, bytes)| value::decode(bytes).ok()).collect())
    }

    /// The newest log entries, newest first.
    ///
    /// # Errors
    /// An engine that cannot be read; damaged values are left out.
    pub fn latest_log(&self, most: usize) -> Result<Vec<LogEntry>, StoreError> {
        // Behind the newest line stand the places of those that will come.
        let places = usize::try_from(plan::AHEAD).unwrap_or(0);
        let pairs = self.shelf().prefixed(b"l", most.saturating_add(places), true)?;
        Ok(pairs.iter().filter_map(|(_, bytes)| value::decode(bytes).ok()).take(most).collect())
    }

    /// The runs that arrived last, newest first, each once, with the sequence of its latest content.
    ///
    /// # Errors
    /// An engine that cannot be read; damaged values are left out.
    pub fn latest_runs(&self, most: usize) -> Result<Vec<(u64, RunKey, RunRecord)>, StoreError> {
        let log = self.latest_log(most.saturating_mul(LOG_A_RUN))?;
        let mut seen = std::collections::HashSet::new();
        let keys = log.into_iter().filter_map(|entry| match entry.outcome {
            LogOutcome::Run { key, .. } | LogOutcome::Revision { key, .. } => Some((entry.sequence, key)),
            _ => None,
        });
        let keys = keys.filter(|(_, key)| seen.insert(key.clone())).take(most);
        let runs = keys.filter_map(|(sequence, key)| {
            let record = self.run(&key).ok().flatten()?;
            Some((sequence, key, record))
        });
        Ok(runs.collect())
    }

    /// All runs of a unit, in clock order.
    ///
    /// # Errors
    /// An engine that cannot be read; damaged values are left out.
    pub fn unit_runs(&self, model: &str, serial: &str) -> Result<Vec<(RunKey, RunRecord)>, StoreError> {
        self.indexed(&key::units_of(model, serial))
    }

    /// All runs of a product model, in clock order. Damaged values are left out.
    ///
    /// # Errors
    /// An engine that cannot be read.
    pub fn model_runs(&self, model: &str) -> Result<Vec<(RunKey, RunRecord)>, StoreError> {
        let mut found = Vec::new();
        self.each_run_of(model, |key, record| found.push((key, record)))?;
        Ok(found)
    }

    /// Calls `each` for all runs of a product model, in clock order. Returns how many are damaged and left out.
    ///
    /// # Errors
    /// An engine that cannot be read.
    pub fn each_run_of(&self, model: &str, mut each: impl FnMut(RunKey, RunRecord)) -> Result<u64, StoreError> {
        let prefix = key::runs_named(model);
        let (mut after, mut damaged) = (prefix.clone(), 0);
        loop {
            let page = self.shelf().after(&after, &prefix, PAGE)?;
            let Some((last, _)) = page.last() else { return Ok(damaged) };
            after.clone_from(last);
            for (key, bytes) in &page {
                match (key.get(1..), value::decode(bytes)) {
                    (Some(key), Ok(record)) => each(RunKey(key.to_vec()), record),
                    _ => damaged += 1,
                }
            }
        }
    }

    /// All runs of a serial whatever the model, by model and clock.
    ///
    /// # Errors
    /// An engine that cannot be read; damaged values are left out.
    pub fn serial_runs(&self, serial: &str) -> Result<Vec<(RunKey, RunRecord)>, StoreError> {
        self.indexed(&key::units_of_serial(serial))
    }

    /// Runs whose content, current or older, begins with these bytes; at most a thousand.
    ///
    /// # Errors
    /// An engine that cannot be read; damaged values are left out.
    pub fn runs_by_content(&self, prefix: &[u8]) -> Result<Vec<(RunKey, RunRecord)>, StoreError> {
        let pairs = self.shelf().prefixed(&key::contents_with(prefix), MAX_UNIT_RUNS, false)?;
        let runs = pairs.iter().filter_map(|(_, bytes)| {
            let key: RunKey = value::decode::<Option<RunKey>>(bytes).ok()??;
            let record = self.run(&key).ok().flatten()?;
            Some((key, record))
        });
        Ok(runs.collect())
    }

    /// The runs of the same model before this one, newest first.
    ///
    /// # Errors
    /// An engine that cannot be read; damaged values are left out.
    pub fn runs_before(&self, run: &RunKey, most: usize) -> Result<Vec<(RunKey, RunRecord)>, StoreError> {
        let pairs = self.shelf().below(&key::runs_of_model(run), &key::run(run), most)?;
        let runs = pairs.iter().filter_map(|(key, bytes)| {
            let key = RunKey(key.get(1..)?.to_vec());
            Some((key, value::decode(bytes).ok()?))
        });
        Ok(runs.collect())
    }

    fn indexed(&self, prefix: &[u8]) -> Result<Vec<(RunKey, RunRecord)>, StoreError> {
        let pairs = self.shelf().prefixed(prefix, MAX_UNIT_RUNS, false)?;
        let runs = pairs.iter().filter_map(|(index, _)| {
            let key = key::run_of_unit(index)?;
            let record = self.run(&key).ok().flatten()?;
            Some((key, record))
        });
        Ok(runs.collect())
    }

    /// The runs of a day, by the runs' own clock.
    pub fn day(&self, date: LocalDate) -> Tally {
        self.tally(&key::day(date))
    }

    /// The runs of a product model.
    pub fn model(&self, name: &str) -> Tally {
        self.tally(&key::model(name))
    }

    /// All runs.
    pub fn total(&self) -> Tally {
        self.tally(key::TOTAL)
    }

    /// Every run with its key, by model and time; for checks and rebuilding, not for screens.
    ///
    /// # Errors
    /// An engine that cannot be read; damaged values are named.
    pub fn all_runs(&self) -> Result<Vec<(RunKey, RunRecord)>, StoreError> {
        let pairs = self.shelf().prefixed(b"r", usize::MAX, false)?;
        let run = |(key, bytes): &(Vec<u8>, Vec<u8>)| {
            Ok((RunKey(key.iter().skip(1).copied().collect()), value::decode(bytes)?))
        };
        pairs.iter().map(run).collect()
    }

    /// A tally that cannot be read shows as nothing counted; the runs themselves are untouched.
    fn tally(&self, key: &[u8]) -> Tally {
        self.value(key).ok().flatten().unwrap_or_default()
    }

    pub(super) fn value<T: Stored>(&self, key: &[u8]) -> Result<Option<T>, StoreError> {
        Ok(self.shelf().look(key, value::decode)?.transpose()?)
    }
}

impl Drop for Store {
    /// Everything committed is on disk already; what is left is to say that the end was clean.
    fn drop(&mut self) {
        let Some(claim) = &self.claim else { return };
        if !self.shelf().is_broken() {
            let sequence = self.value::<u64>(key::SEQUENCE).ok().flatten().unwrap_or(0);
            // A marker that cannot be written costs a copy at the next opening.
            let _ = marker::write(claim.dir(), Marker { clean: true, sequence });
        }
    }
}
