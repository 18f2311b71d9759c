//! What keeps a store sound over years while it is used: backups, damaged values, the age of curves.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use super::audit::{AuditHead, Signed};
use super::backup::{self, Backup};
use super::disk;
use super::draft::MAX_RECORDS;
use super::error::StoreError;
use super::journal;
use super::key;
use super::migrate;
use super::record::{LogEntry, LogOutcome, RunKey, RunRecord};
use super::shelf::{self, Shelf};
use super::store::Store;
use super::value;
use super::volumes;
use crate::analysis::RunCurves;

/// How backups are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupPlan {
    /// How many are kept.
    pub keep: usize,
    /// Where each one is copied to besides, a second disk or a share.
    pub copy_to: Option<PathBuf>,
}

/// Bytes on disk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sizes {
    /// The engine's files and the volumes.
    pub database: u64,
    /// The journal.
    pub journal: u64,
    /// All backups.
    pub backups: u64,
}

impl Sizes {
    /// What the store in a folder takes, whoever has it open.
    pub fn of(dir: &Path) -> Self {
        Self {
            database: disk::folder_size(&dir.join("db")) + disk::folder_size(&volumes::folder(dir)),
            journal: journal::size(&dir.join("journal")),
            backups: disk::folder_size(&backup::folder(dir)),
        }
    }
}

/// What has happened since the newest backup.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SinceBackup {
    /// When it was made, milliseconds since 1970 UTC; `None` when there is none.
    pub made_ms: Option<i64>,
    /// Batches written since.
    pub batches: u64,
    /// Bytes they take in the journal.
    pub bytes: u64,
}

/// A damaged value that was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damaged {
    /// The run it belongs to.
    pub run: RunKey,
    /// What of it: `record` or `curves`.
    pub what: &'static str,
    /// What is wrong.
    pub cause: String,
    /// The file it was made from, when the log still tells.
    pub file: Option<super::FileFacts>,
}

impl Store {
    /// Makes a backup while the store is used, verifies it, rotates the older ones out, and lets go of the journal
    /// that no kept backup needs. `None` in memory.
    ///
    /// # Errors
    /// When it cannot be written or is not sound; the store itself is untouched.
    pub fn back_up(&self, plan: &BackupPlan, now_ms: i64) -> Result<Option<Backup>, StoreError> {
        let Some(dir) = self.dir() else { return Ok(None) };
        let number = match &*self.shelf() {
            Shelf::Disk(disk) => shelf::lock(&disk.journal).rotate()?,
            _ => return Err(StoreError::Broken),
        };
        let folder = backup::folder(dir);
        let page = |after: &[u8], most: usize| {
            // A page is many steps.
            self.steps().next();
            if self.is_closing() { Err(StoreError::Closing) } else { self.shelf().after(after, &[], most) }
        };
        let made = backup::create(&folder, number, now_ms, page)?;
        if let Some(needed) = backup::rotate(&folder, plan.keep) {
            // A segment that stays only takes room.
            let _ = journal::prune(&dir.join("journal"), needed);
        }
        if let Some(copies) = &plan.copy_to {
            backup::copy_to(&made, copies, plan.keep)?;
        }
        Ok(Some(made))
    }

    /// What has happened since the newest backup.
    pub fn since_backup(&self) -> SinceBackup {
        let newest = self.dir().and_then(|dir| backups_in(dir).into_iter().next());
        let (made_ms, number) = newest.as_deref().and_then(backup::named).unzip();
        match &*self.shelf() {
            Shelf::Disk(disk) => {
                let journal = shelf::lock(&disk.journal);
                let batches = journal.last().saturating_sub(number.unwrap_or(0));
                SinceBackup { made_ms, batches, bytes: journal.size_after(number.unwrap_or(0)) }
            }
            _ => SinceBackup::default(),
        }
    }

    /// What the store takes on disk.
    pub fn sizes(&self) -> Sizes {
        self.dir().map(Sizes::of).unwrap_or_default()
    }

    /// Bytes of all records in postcard and of all compressed curves: what the store is kept for.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn payload(&self) -> Result<u64, StoreError> {
        let mut bytes = 0;
        for prefix in [b'r', b'v'] {
            self.walk(prefix, |_, value| bytes += value::plain_len::<RunRecord>(value).unwrap_or(0))?;
        }
        self.walk(b'c', |_, value| bytes += value.len() as u64)?;
        Ok(bytes)
    }

    /// How far the audit journal goes, as the history knows it.
    ///
    /// # Errors
    /// A damaged value or an engine that cannot be read.
    pub fn audit_head(&self) -> Result<Option<AuditHead>, StoreError> {
        self.value(key::AUDIT)
    }

    /// Tells the audit journal of an act that changes nothing in the history itself, or all of it at once.
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub fn sign(&self, signed: Signed) -> Result<(), StoreError> {
        self.writing(|draft| {
            draft.sign(signed);
            Ok(())
        })
    }

    /// Looks at a run's values. What is damaged is set aside, counted no longer, and forgotten as a file that was
    /// dealt with, so that its file is read again where it is still there.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub fn set_damage_aside(&self, run: &RunKey) -> Result<Vec<Damaged>, StoreError> {
        let line = self.line_of(run)?;
        let file = line.as_ref().map(|line| line.file.clone());
        let damaged = self.writing(|draft| {
            let record = draft.raw(&key::run(run))?;
            let sound: Option<RunRecord> = record.as_deref().and_then(|bytes| value::decode(bytes).ok());
            let is_lost = record.is_some() && sound.is_none();
            let sequence = sound.map(|record| record.sequence).or(line.map(|line| line.sequence));
            let mut damaged = Vec::new();
            for (what, key) in [("record", Some(key::run(run))), ("curves", sequence.map(key::curves))] {
                let Some(key) = key else { continue };
                let Some(bytes) = draft.raw(&key)?.filter(|bytes| !bytes.is_empty()) else { continue };
                let cause = check(what, &bytes).err();
                // Sound curves whose record is lost are made anew with it.
                if cause.is_none() && !is_lost {
                    continue;
                }
                draft.put_raw([b"z".as_slice(), &key].concat(), bytes);
                draft.remove(key);
                if let Some(file) = &file {
                    draft.remove(key::path(&file.path_key, file.mtime_ns));
                }
                damaged.extend(cause.map(|cause| (what, cause.to_string())));
            }
            Ok(damaged)
        })?;
        let damaged: Vec<Damaged> = damaged
            .into_iter()
            .map(|(what, cause)| Damaged { run: run.clone(), what, cause, file: file.clone() })
            .collect();
        if damaged.iter().any(|damaged| damaged.what == "record") {
            // Counting over what somebody else writes would count it wrongly for good.
            self.alone(migrate::recount)?;
        }
        Ok(damaged)
    }

    /// The log line that tells which file a run was last read from.
    fn line_of(&self, run: &RunKey) -> Result<Option<LogEntry>, StoreError> {
        let log = self.latest_log(usize::MAX)?;
        let of_run = |entry: &LogEntry| match &entry.outcome {
            LogOutcome::Run { key, .. } | LogOutcome::Revision { key, .. } => key == run,
            _ => false,
        };
        Ok(log.into_iter().find(of_run))
    }

    /// Runs whose record or curves are damaged, found by reading everything.
    ///
    /// # Errors
    /// When the store cannot be read. What its engine or its volumes cannot give at all breaks it, so that it is opened
    /// anew, set aside and restored.
    pub fn damaged_runs(&self) -> Result<Vec<RunKey>, StoreError> {
        let mut found = Vec::new();
        let curves = |sequence| self.packed_curves(sequence).ok().flatten();
        let walked = self.walk(b'r', |key, bytes| {
            let record: Result<RunRecord, _> = value::decode(bytes);
            let is_sound = record
                .is_ok_and(|record| curves(record.sequence).is_none_or(|packed| check("curves", &packed).is_ok()));
            if !is_sound {
                found.push(RunKey(key.to_vec()));
            }
        });
        if let (Err(StoreError::Engine(_)), Shelf::Disk(disk)) = (&walked, &*self.shelf()) {
            // Runs that cannot even be named: the next file finds the store broken, and has it opened with care.
            disk.broken.store(true, Ordering::Release);
        }
        walked.map(|()| found)
    }

    /// Calls `each` for every pair with a one-letter prefix; the key comes without it.
    pub(super) fn walk(&self, prefix: u8, mut each: impl FnMut(&[u8], &[u8])) -> Result<(), StoreError> {
        let prefix = [prefix];
        let mut after = prefix.to_vec();
        loop {
            if self.is_closing() {
                return Err(StoreError::Closing);
            }
            let page = self.shelf().after(&after, &prefix, 256)?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after.clone_from(last);
            for (key, bytes) in &page {
                each(key.get(1..).unwrap_or_default(), bytes);
            }
        }
    }

    /// Drops the curves of runs older than a moment of the plant's clock, seconds since 1970; records stay. Works on
    /// at most so many runs; returns how many it dropped.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub fn drop_curves_before(&self, seconds: i64, most: usize) -> Result<usize, StoreError> {
        let end = [b"t".as_slice(), &key::sortable(seconds)].concat();
        let oldest_kept: i64 = self.value(key::CURVES_FROM)?.unwrap_or(i64::MIN);
        let start = [b"t".as_slice(), &key::sortable(oldest_kept)].concat();
        let page = self.shelf().between(&start, &end, most)?;
        let runs: Vec<RunKey> = page.iter().filter_map(|key| Some(RunKey(key.get(9..)?.to_vec()))).collect();
        let reached = runs.last().and_then(RunKey::seconds).filter(|_| runs.len() >= most).unwrap_or(seconds);
        let mut dropped = 0;
        for group in runs.chunks(MAX_RECORDS / 2) {
            dropped += self.writing(|draft| {
                let mut dropped = 0;
                for run in group {
                    // A damaged run is named by whoever looks for damage.
                    let Ok(Some(record)) = draft.get::<RunRecord>(&key::run(run)) else { continue };
                    let key = key::curves(record.sequence);
                    if draft.raw(&key)?.is_some() {
                        draft.remove(key);
                        dropped += 1;
                    }
                }
                Ok(dropped)
            })?;
        }
        if reached > oldest_kept {
            self.writing(|draft| draft.put(key::CURVES_FROM.to_vec(), &reached))?;
        }
        Ok(dropped)
    }
}

fn check(what: &str, bytes: &[u8]) -> Result<(), value::ValueError> {
    match what {
        "record" => value::decode::<RunRecord>(bytes).map(drop),
        _ => value::decode::<RunCurves>(bytes).map(drop),
    }
}

/// The backups of a store's folder, newest first.
pub fn backups_in(dir: &Path) -> Vec<PathBuf> {
    backup::list(&backup::folder(dir))
}
