//! Finished files → history → what is told about them; and what becomes of them while there is no history to keep
//! them in.

mod words;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use super::clock;
use super::opener::Job;
use super::output::{Numbered, Output};
use super::process::Outcome;
use super::quiet;
use super::setup::Setup;
use super::worker::Finished;
use crate::analysis::RunCurves;
use crate::history::{
    Claim, Committed, Deed, Ending, Entry, FileFacts, Grouping, LogEntry, LogOutcome, RunKey, RunRecord, Store,
    StoreError, Tally, Waiting, YieldRow, counted_yields,
};
use crate::trim::LocalDate;

/// Runs looked through for one on the same laser.
const LOOKED_BACK: usize = 50;
/// Files held in memory while the history takes none; more are read again from their folder.
const MOST_HELD: usize = 2_000;
/// Longest wait between two tries to have the history back.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// Where everybody finds the store once it is open.
#[derive(Debug, Default)]
pub(super) struct Slot {
    store: OnceLock<Arc<Store>>,
    /// Whether the store is being opened, so that nobody can say yet which files are known.
    undecided: AtomicBool,
}

impl Slot {
    pub(super) fn store(&self) -> Option<&Arc<Store>> {
        self.store.get()
    }

    pub(super) fn is_undecided(&self) -> bool {
        self.undecided.load(Ordering::Acquire)
    }
}

/// Whether files are kept.
#[derive(Debug)]
enum Keeping {
    /// The store is being opened; files wait on disk.
    Opening,
    /// Every file is in the store before it is told.
    Kept,
    /// Nothing is kept, by choice.
    Choice,
    /// The store takes nothing; files are held until it does.
    Trouble(Trouble),
}

#[derive(Debug)]
struct Trouble {
    reason: String,
    /// When to try again; `None` while a try is under way.
    next: Option<Instant>,
    wait: Duration,
    /// For the next try, where the store was never open.
    claim: Option<Claim>,
}

/// The history as the engine sees it.
pub(super) struct Keeper {
    slot: Arc<Slot>,
    dir: Option<PathBuf>,
    keeping: Keeping,
    /// Files wait here on disk while the store is not open.
    waiting: Option<Waiting>,
    /// What was told and is not in the store.
    memory: Store,
    /// Files and words that the store is to take, in their order.
    held: Vec<Deed>,
    /// What an earlier process let wait: told by that one already.
    left: Vec<Deed>,
    /// Files that were told and are not even held.
    beyond: u64,
    /// Wait before the first try to have the history back.
    try_again: Duration,
}

/// What a commit has to tell.
#[derive(Default)]
pub(super) struct Told {
    pub(super) outputs: Vec<Output>,
    /// Whether any tally changed.
    pub(super) changed: bool,
    /// Whether files must be looked for again that were handed over before.
    pub(super) look_again: bool,
}

impl Keeper {
    fn new(slot: Arc<Slot>, dir: Option<PathBuf>, keeping: Keeping, waiting: Option<Waiting>) -> Self {
        let memory = Store::in_memory();
        let try_again = Duration::from_secs(5);
        Self { slot, dir, keeping, waiting, memory, held: Vec::new(), left: Vec::new(), beyond: 0, try_again }
    }

    /// Keeps nothing, by choice.
    pub(super) fn by_choice() -> Self {
        Self::new(Arc::default(), None, Keeping::Choice, None)
    }

    /// Waits for the store to be opened. `left` are files that an earlier process let wait.
    pub(super) fn opening(slot: Arc<Slot>, setup: &Setup, waiting: Option<(Waiting, Vec<Deed>)>) -> Self {
        slot.undecided.store(true, Ordering::Release);
        let (waiting, left) = waiting.unzip();
        let mut keeper = Self::new(slot, setup.store.clone(), Keeping::Opening, waiting);
        keeper.try_again = setup.try_again;
        keeper.left = left.unwrap_or_default();
        keeper
    }

    /// Why rows are not on disk, by choice or by trouble.
    pub(super) fn not_kept(&self) -> Option<String> {
        match &self.keeping {
            Keeping::Opening | Keeping::Kept => None,
            Keeping::Choice => Some("by choice (--no-store)".to_owned()),
            Keeping::Trouble(trouble) => Some(trouble.reason.clone()),
        }
    }

    /// Whether the store is being opened for the first time.
    pub(super) fn is_opening(&self) -> bool {
        matches!(self.keeping, Keeping::Opening)
    }

    pub(super) fn store(&self) -> Option<&Store> {
        self.slot.store().map(AsRef::as_ref)
    }

    /// The store while it takes files.
    pub(super) fn in_use(&self) -> Option<Arc<Store>> {
        self.slot.store().filter(|_| matches!(self.keeping, Keeping::Kept)).cloned()
    }

    /// Keeps a group of files, or holds them; the rows say which.
    pub(super) fn commit(&mut self, finished: Vec<Finished>) -> Told {
        let mut parts = Vec::with_capacity(finished.len());
        let mut entries = Vec::with_capacity(finished.len());
        for file in finished {
            let noticed = file.noticed;
            let entry = entry(file);
            let curves = match &entry.ending {
                Ending::Run { curves, .. } => Some(curves.clone()),
                _ => None,
            };
            parts.push((curves, noticed));
            entries.push(entry);
        }
        let mut told = Told::default();
        let committed = self.store_or_hold(entries, &mut told.outputs);
        for (Committed { log, run }, (curves, noticed)) in committed.into_iter().zip(parts) {
            if let (Some((key, record)), Some(curves)) = (run, curves) {
                told.changed = true;
                told.outputs.push(Output::Run {
                    run: Box::new(Numbered { sequence: log.sequence, key, record }),
                    curves: Box::new(curves),
                    latency_ms: noticed.elapsed().as_secs_f64() * 1_000.0,
                    not_kept: self.not_kept(),
                });
            }
            told.outputs.push(Output::Logged(log));
        }
        told
    }

    fn store_or_hold(&mut self, entries: Vec<Entry>, outputs: &mut Vec<Output>) -> Vec<Committed> {
        if let Some(store) = self.in_use() {
            // Entries are cloned because a failed commit must lose none of them.
            match quiet::during(|| store.commit(entries.clone())) {
                Ok(committed) => return committed,
                Err(trouble) => outputs.push(self.fall_into(&trouble, None)),
            }
        }
        if !matches!(self.keeping, Keeping::Choice) {
            entries.iter().cloned().map(Deed::File).for_each(|deed| self.hold(deed));
        }
        self.memory.commit(entries).unwrap_or_default()
    }

    /// Holds a file or a word until the store takes it: on disk where that is possible, in memory in any case.
    fn hold(&mut self, deed: Deed) {
        // A disk that takes nothing is why it is held; the row says so.
        let on_disk = self.waiting.as_mut().map(|waiting| waiting.add(&deed).is_ok());
        if matches!(self.keeping, Keeping::Opening) && on_disk != Some(true) {
            let reason = "the disk takes nothing while the history is being opened".to_owned();
            let wait = self.try_again;
            self.keeping = Keeping::Trouble(Trouble { reason, next: None, wait, claim: None });
        }
        // While it is being opened files are told as kept: then none may be let go. A word lies in no folder.
        let must = matches!(self.keeping, Keeping::Opening) || matches!(deed, Deed::Act(_));
        if must || self.held.len() < MOST_HELD {
            self.held.push(deed);
        } else {
            self.beyond += 1;
        }
    }

    fn fall_into(&mut self, error: &StoreError, claim: Option<Claim>) -> Output {
        // Without a history every file is new: it is judged and shown, and known once there is one again.
        self.slot.undecided.store(false, Ordering::Release);
        let wait = match &self.keeping {
            Keeping::Trouble(trouble) => (2 * trouble.wait).min(LONGEST_WAIT),
            _ => self.try_again,
        };
        let reason = error.to_string();
        let told = Output::NotKept(reason.clone());
        // What a newer program wrote does not become older by waiting.
        let hopeless = matches!(error, StoreError::NewerSchema { .. });
        let next = (!hopeless).then(|| Instant::now() + wait);
        self.keeping = Keeping::Trouble(Trouble { reason, next, wait, claim });
        told
    }

    /// When to try again.
    pub(super) fn next_try(&self) -> Option<Instant> {
        match &self.keeping {
            Keeping::Trouble(trouble) => trouble.next,
            _ => None,
        }
    }

    /// What to open now, when it is time for another try.
    pub(super) fn due(&mut self) -> Option<Job> {
        let Keeping::Trouble(trouble) = &mut self.keeping else { return None };
        trouble.next.filter(|next| *next <= Instant::now())?;
        trouble.next = None;
        if let Some(store) = self.slot.store() {
            return Some(Job::Broken(Arc::clone(store)));
        }
        match trouble.claim.take() {
            Some(claim) => Some(Job::Claimed(claim)),
            None => self.dir.clone().map(Job::Folder),
        }
    }

    /// The store could not be opened.
    pub(super) fn failed(&mut self, error: &StoreError, claim: Option<Claim>) -> Output {
        self.fall_into(error, claim)
    }

    /// The store is open for the first time: what an earlier process let wait goes in before anything is told.
    pub(super) fn opened(&mut self, store: Arc<Store>, most: usize) -> (Output, Told) {
        // What fails here fails again below, where it is told.
        if let Ok((_, unplaced)) = quiet::during(|| store.commit_waiting(self.left.clone())) {
            self.left = unplaced.into_iter().map(Deed::Act).collect();
        }
        let past = past(&store, most);
        // The slot is empty: only this thread fills it, and only once.
        let _ = self.slot.store.set(store);
        self.slot.undecided.store(false, Ordering::Release);
        (past, self.take_held())
    }

    /// The store takes files again, or for the first time: those that were held go in, in their order.
    pub(super) fn take_held(&mut self) -> Told {
        let mut told = Told { changed: true, look_again: self.beyond > 0, ..Told::default() };
        let Some(store) = self.slot.store().cloned() else { return told };
        let mut held = std::mem::take(&mut self.left);
        held.append(&mut self.held);
        let (committed, unplaced) = match quiet::during(|| store.commit_waiting(held.clone())) {
            Ok(committed) => committed,
            Err(error) => {
                self.held = held;
                told.outputs.push(self.fall_into(&error, None));
                return told;
            }
        };
        // A line that stays is found known at the next opening.
        let _ = self.waiting.as_mut().map(Waiting::clear);
        if matches!(self.keeping, Keeping::Trouble(_)) {
            let is_word =
                |log: &LogEntry| matches!(log.outcome, LogOutcome::Excluded { .. } | LogOutcome::Included { .. });
            let files = committed.iter().filter(|committed| !is_word(&committed.log)).count();
            told.outputs.push(Output::KeptAgain(files as u64));
        }
        told.outputs.extend(unplaced.iter().map(|act| Output::Notice(act.said_unplaced())));
        (self.keeping, self.memory, self.beyond) = (Keeping::Kept, Store::in_memory(), 0);
        for Committed { log, run } in committed {
            if let Some((key, record)) = run {
                let run = Box::new(Numbered { sequence: log.sequence, key, record });
                told.outputs.push(Output::Changed { run, not_kept: None });
            }
            if !matches!(log.outcome, LogOutcome::Run { .. }) {
                told.outputs.push(Output::Logged(log));
            }
        }
        told
    }

    /// What is not in the store yet, then what is.
    fn both<T>(&self, ask: impl Fn(&Store) -> Option<T>) -> Option<T> {
        ask(&self.memory).or_else(|| self.store().and_then(&ask))
    }

    pub(super) fn run(&self, key: &RunKey) -> Option<RunRecord> {
        let record = self.both(|store| store.run(key).ok().flatten());
        record.map(|record| self.with_word(key, record))
    }

    /// A run that is not in the store.
    pub(super) fn unkept(&self, key: &RunKey) -> Option<RunRecord> {
        self.memory.run(key).ok().flatten()
    }

    /// Yields from the counters alone.
    pub(super) fn counted_yields(&self, by: Grouping) -> Result<Vec<YieldRow>, StoreError> {
        counted_yields(self.store().unwrap_or(&self.memory), by)
    }

    pub(super) fn curves(&self, key: &RunKey) -> Option<RunCurves> {
        self.both(|store| store.curves(key).ok().flatten())
    }

    /// The run before on the same laser: another laser's settings say nothing about this one's.
    pub(super) fn before(&self, key: &RunKey) -> Option<Numbered> {
        let laser = |record: &RunRecord| record.run.identity.laser.clone();
        let own = laser(&self.run(key)?);
        self.both(|store| {
            let before = store.runs_before(key, LOOKED_BACK).ok()?;
            let (key, record) = before.into_iter().find(|(_, record)| laser(record) == own)?;
            Some(Numbered { sequence: 0, key, record })
        })
    }

    pub(super) fn unit(&self, model: &str, serial: &str) -> Vec<Numbered> {
        let of = |store: &Store| store.unit_runs(model, serial).unwrap_or_default();
        let mut runs = self.store().map(of).unwrap_or_default();
        let newer = of(&self.memory);
        runs.retain(|(key, _)| newer.iter().all(|(other, _)| other != key));
        runs.extend(newer);
        runs.sort_by(|(a, _), (b, _)| a.cmp(b));
        let numbered = |(key, record)| {
            let record = self.with_word(&key, record);
            Numbered { sequence: 0, key, record }
        };
        runs.into_iter().map(numbered).collect()
    }

    pub(super) fn day(&self, date: LocalDate) -> Tally {
        let kept = self.store().map(|store| store.day(date)).unwrap_or_default();
        kept.with(self.memory.day(date))
    }

    /// The file of the run that has this content now.
    pub(super) fn current(&self, content: &[u8; 32]) -> Option<FileFacts> {
        self.both(|store| {
            let runs = store.runs_by_content(content).unwrap_or_default();
            runs.into_iter().map(|(_, record)| record.file).find(|file| file.content == *content)
        })
    }

    /// Marks files as dealt with of which nothing is to be said.
    pub(super) fn mark(&self, files: &[FileFacts]) {
        if let Some(store) = self.in_use().filter(|_| !files.is_empty()) {
            // A mark that is missing only means that the file is read again.
            let _ = store.mark_paths(files);
        }
    }

    pub(super) fn forget(&self, path_key: &[u8; 16], mtime_ns: i64) {
        for store in [Some(&self.memory), self.store()].into_iter().flatten() {
            // A mark that stays only means that the file is read when it changes.
            let _ = store.forget_path(path_key, mtime_ns);
        }
    }
}

/// Runs and log of before, for a screen's start.
pub(super) fn past(store: &Store, most: usize) -> Output {
    let runs = store.latest_runs(most).unwrap_or_default();
    let numbered = |(sequence, key, record): (u64, RunKey, RunRecord)| Numbered { sequence, key, record };
    Output::Opened {
        runs: runs.into_iter().map(numbered).collect(),
        log: store.latest_log(most).unwrap_or_default(),
        notes: Vec::new(),
    }
}

/// What a finished file is to the history.
pub(super) fn entry(file: Finished) -> Entry {
    let ending = match file.outcome {
        Outcome::Judged { run, curves } => Ending::Run { run, curves },
        Outcome::Skipped { reason, .. } => Ending::Skipped(reason),
        Outcome::Failed { cause, .. } => Ending::Failed(cause),
    };
    Entry { file: file.file, arrived_ms: clock::now_ms(), ending }
}
