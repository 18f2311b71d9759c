//! What is done to a store that nobody uses: compaction, restoring, beginning anew.

use std::fs;
use std::path::{Path, PathBuf};

use super::backup::{self, Backup};
use super::claim::Claim;
use super::database::{self, Database};
use super::disk;
use super::error::StoreError;
use super::key;
use super::marker::{self, Marker};
use super::merged::{self, ALL, Stretch, Walk};
use super::opening;
use super::outcome::Outcome;
use super::record::{Exclusion, RunKey, RunRecord};
use super::rewrite;
use super::sealing;
use super::shelf::Shelf;
use super::upkeep::Sizes;
use super::value;
use super::volume::Way;
use crate::monitoring::Keep;

/// Copies a store into a new database and one volume, compares every value, and puts them in the place of what was
/// there. Returns bytes on disk before and after.
///
/// # Errors
/// When it cannot be read or written, or the copy is not equal; the store is then as it was.
pub fn compact(claim: &Claim) -> Result<(u64, u64), StoreError> {
    let before = Sizes::of(claim.dir()).database;
    // Opened once as always: caught up with its journal, checked, restored if need be.
    let (Shelf::Disk(disk), _) = opening::open(claim)? else { return Err(StoreError::Broken) };
    let old = disk.database;
    let sequence = opening::number(&old, key::SEQUENCE)?;
    let built = rewrite::build(claim.dir(), |filler| {
        let keys = old.volumes.asked_for() + sealing::asked_for(sequence, &old.volumes);
        let mut writer = old.volumes.begin(keys)?;
        let told = each_pair(&old, |key, value| sealing::part(key, value, filler, &mut writer))?;
        filler.belong(old.volumes.only(writer.finish()?, sequence));
        if told == each_pair(filler.written()?, |_, _| Ok(()))? {
            Ok(())
        } else {
            Err(StoreError::engine("the compacted copy is not equal; it was given up"))
        }
    });
    let built = built.inspect_err(|_| rewrite::discard(claim.dir()))?;
    old.close()?;
    built.switch()?;
    mark_clean(claim)?;
    Ok((before, Sizes::of(claim.dir()).database))
}

/// Calls `each` for every pair of a database, in order; what all pairs together are known by, but what it says of
/// itself.
fn each_pair(
    database: &Database,
    mut each: impl FnMut(&[u8], &[u8]) -> Result<(), StoreError>,
) -> Result<blake3::Hash, StoreError> {
    let mut hash = blake3::Hasher::new();
    let mut walk = Walk::new(&database.db, &database.volumes, &ALL, Way::Up)?;
    while let Some((key, value)) = walk.advance()? {
        let Some(value) = value else { continue };
        for part in [&key, &value].into_iter().filter(|_| key != key::SCHEMA) {
            hash.update(&(part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        each(&key, &value)?;
    }
    Ok(hash.finalize())
}

/// Opens once more what was rewritten, so that it is checked and marked as left cleanly.
fn mark_clean(claim: &Claim) -> Result<(), StoreError> {
    let (shelf, _) = opening::open(claim)?;
    let sequence = opening::stored(&shelf, key::SEQUENCE)?;
    drop(shelf);
    marker::write(claim.dir(), Marker { clean: true, sequence })
}

/// Puts a backup in the place of the store. What was there is set aside first; its journal goes with it, because the
/// backup is wanted as it is. Returns where the old store lies, when there was one.
///
/// # Errors
/// When the backup is not sound, before anything is touched.
pub fn restore(claim: &Claim, path: &Path) -> Result<(Backup, Option<PathBuf>), StoreError> {
    let backup = backup::verify(path)?;
    let aside = set_aside_for_rebuild(claim, "before-restore")?;
    rewrite::replace(claim.dir(), |filler| {
        backup::load(path, |key, value| filler.put(&key, Some(&value)))?;
        filler.put(key::JOURNAL, Some(&value::encode(&backup.journal)?))
    })?;
    mark_clean(claim)?;
    Ok((backup, aside))
}

/// Moves database, volumes, journal and marker of a store into a folder of their own, so that a new one can be begun.
/// Returns that folder, when there was anything to move.
///
/// # Errors
/// Files and rights.
pub fn set_aside_for_rebuild(claim: &Claim, why: &str) -> Result<Option<PathBuf>, StoreError> {
    let dir = claim.dir();
    rewrite::finish(dir).map_err(StoreError::io(dir))?;
    if !database::is_there(&dir.join("db")) {
        return Ok(None);
    }
    let aside = disk::free_name(dir, why);
    disk::make_private(&aside).map_err(StoreError::io(&aside))?;
    for name in ["db", "volumes", "journal", "marker"] {
        let from = dir.join(name);
        if from.exists() {
            fs::rename(&from, aside.join(name)).map_err(StoreError::io(&from))?;
        }
    }
    disk::sync_dir(dir).map_err(StoreError::io(dir))?;
    Ok(Some(aside))
}

/// What people said in a store that was set aside, as far as it can still be read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Words {
    /// The runs that were excluded.
    pub exclusions: Vec<(RunKey, Exclusion)>,
    /// What final tests said.
    pub outcomes: Vec<Outcome>,
    /// Alarms with their acknowledgements, frozen baselines and new beginnings.
    pub drift: Vec<Keep>,
}

/// Reads what people said in a store that was set aside.
pub fn words_of(aside: &Path) -> Words {
    let Ok(database) = database::open(&aside.join("db")) else { return Words::default() };
    let readable = |prefix: &[u8]| {
        let behind = merged::behind(prefix);
        let walk = Walk::new(&database.db, &database.volumes, &Stretch::with(prefix, &behind), Way::Up);
        let mut walk = walk.ok();
        std::iter::from_fn(move || walk.as_mut()?.advance().ok().flatten())
            .filter_map(|(key, value)| Some((key, value?)))
    };
    let excluded = readable(b"r").filter_map(|(key, bytes)| {
        let record: RunRecord = value::decode(&bytes).ok()?;
        Some((RunKey(key.get(1..)?.to_vec()), record.excluded?))
    });
    let outcomes = readable(&key::outcomes_of(None, None)).filter_map(|(_, bytes)| value::decode(&bytes).ok());
    let alarms =
        readable(key::ALARMS).filter_map(|(_, bytes)| value::decode(&bytes).ok().map(Box::new).map(Keep::Alarm));
    let baselines =
        readable(key::BASELINES).filter_map(|(_, bytes)| value::decode(&bytes).ok().map(Box::new).map(Keep::Baseline));
    let epochs = readable(key::EPOCHS).filter_map(|(_, bytes)| value::decode(&bytes).ok().map(Keep::Epoch));
    let drift = epochs.chain(baselines).chain(alarms).collect();
    Words { exclusions: excluded.collect(), outcomes: outcomes.collect(), drift }
}
