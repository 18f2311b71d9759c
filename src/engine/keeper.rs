//! Finished files → history → what is told about them.

use std::sync::Arc;

use super::clock;
use super::output::{Numbered, Output};
use super::process::Outcome;
use super::worker::Finished;
use crate::analysis::RunCurves;
use crate::history::{Committed, Ending, Entry, RunKey, RunRecord, Store, Tally};
use crate::trim::LocalDate;

/// Runs looked through for one on the same laser.
const LOOKED_BACK: usize = 50;

/// The store in use, and why nothing is kept when that is so.
pub(super) struct Keeper {
    store: Arc<Store>,
    /// Why runs are not on disk; by choice or by trouble.
    not_kept: Option<String>,
}

/// What a commit has to tell.
pub(super) struct Told {
    pub(super) outputs: Vec<Output>,
    /// Whether any tally changed.
    pub(super) changed: bool,
}

impl Keeper {
    pub(super) fn new(store: Arc<Store>, not_kept: Option<String>) -> Self {
        Self { store, not_kept }
    }

    /// Keeps a group of files. When the disk fails the group and all that follow are held in memory, and every
    /// row says so.
    pub(super) fn commit(&mut self, finished: Vec<Finished>) -> Told {
        let mut curves: Vec<Option<RunCurves>> = Vec::with_capacity(finished.len());
        let mut noticed = Vec::with_capacity(finished.len());
        let mut entries = Vec::with_capacity(finished.len());
        for file in finished {
            noticed.push(file.noticed);
            let entry = entry(file);
            curves.push(match &entry.ending {
                Ending::Run { curves, .. } => Some(curves.clone()),
                _ => None,
            });
            entries.push(entry);
        }
        let mut outputs = Vec::new();
        let committed = self.store_or_hold(entries, &mut outputs);
        let mut changed = false;
        for ((committed, curves), noticed) in committed.into_iter().zip(curves).zip(noticed) {
            let Committed { log, run } = committed;
            if let (Some((key, record)), Some(curves)) = (run, curves) {
                changed = true;
                outputs.push(Output::Run {
                    run: Box::new(Numbered { sequence: log.sequence, key, record }),
                    curves: Box::new(curves),
                    latency_ms: noticed.elapsed().as_secs_f64() * 1_000.0,
                    not_kept: self.not_kept.clone(),
                });
            }
            outputs.push(Output::Logged(log));
        }
        Told { outputs, changed }
    }

    fn store_or_hold(&mut self, entries: Vec<Entry>, outputs: &mut Vec<Output>) -> Vec<Committed> {
        // Entries are cloned because a failed commit must lose none of them.
        let trouble = match self.store.commit(entries.clone()) {
            Ok(committed) => return committed,
            Err(trouble) => trouble.to_string(),
        };
        outputs.push(Output::NotKept(trouble.clone()));
        self.not_kept = Some(trouble);
        self.store = Arc::new(Store::in_memory());
        self.store.commit(entries).unwrap_or_default()
    }

    /// The store in use.
    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    pub(super) fn curves(&self, key: &RunKey) -> Option<RunCurves> {
        self.store.curves(key).ok().flatten()
    }

    /// The run before on the same laser: another laser's settings say nothing about this one's.
    pub(super) fn before(&self, key: &RunKey) -> Option<Numbered> {
        let laser = |record: &RunRecord| record.run.identity.laser.clone();
        let own = laser(&self.store.run(key).ok().flatten()?);
        let before = self.store.runs_before(key, LOOKED_BACK).ok()?;
        let (key, record) = before.into_iter().find(|(_, record)| laser(record) == own)?;
        Some(Numbered { sequence: 0, key, record })
    }

    pub(super) fn unit(&self, model: &str, serial: &str) -> Vec<Numbered> {
        let runs = self.store.unit_runs(model, serial).unwrap_or_default();
        runs.into_iter().map(|(key, record)| Numbered { sequence: 0, key, record }).collect()
    }

    pub(super) fn day(&self, date: LocalDate) -> Tally {
        self.store.day(date)
    }

    pub(super) fn forget(&self, path_key: &[u8; 16]) {
        // A mark that stays only means that the file is read when it changes.
        let _ = self.store.forget_path(path_key);
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
