//! Moving what is no longer new out of the engine into volumes, and merging volumes that have become many.
//!
//! Sealing builds a volume of all that grows with every file, and beside it a new database with the rest; then that
//! database takes the place of the one in use. A kill before this leaves a volume that nobody names.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Instant;

use tracing::{info, warn};

use super::database::{self, Database};
use super::error::StoreError;
use super::key;
use super::merged::{ALL, Walk};
use super::opening;
use super::rewrite::{self, Built, Filler};
use super::shelf::{self, Disk, Shelf};
use super::store::Store;
use super::value::LAYOUT;
use super::volume::{Way, Writer};
use super::volumes::Volumes;

/// Lines of the log after which the engine is relieved, unless it is told otherwise: what it takes in memory for them
/// is a few megabytes, and so is what moving them takes for a moment.
pub(super) const DUE_AFTER: u64 = 4_096;
/// After a failure it is tried again so many lines later.
const AGAIN_AFTER: u64 = 1_024;

impl Store {
    /// Has runs moved into a volume whenever so many lines have come to the log; 4,096 unless this is called.
    pub fn seal_after(&self, lines: u64) {
        self.seal_after.store(lines, Ordering::Relaxed);
    }

    /// Moves what is in the engine into a volume once it is enough. What was committed is kept whatever becomes of it.
    pub(super) fn seal_if_due(&self) {
        let told = match &*self.shelf() {
            Shelf::Disk(disk) => opening::number(&disk.database, key::SEQUENCE).map(|now| (now, disk.sealed())),
            _ => return,
        };
        let Ok((sequence, sealed)) = told else { return };
        let due = (sealed + self.seal_after.load(Ordering::Relaxed)).max(self.seal_from.load(Ordering::Relaxed));
        if sequence < due {
            return;
        }
        let begun = Instant::now();
        // The engine gives up in its own way on a disk that takes nothing.
        let ended = catch_unwind(AssertUnwindSafe(|| self.seal()));
        match ended.unwrap_or_else(|_| Err(StoreError::engine("it gave up while runs were moved"))) {
            Ok(()) => {
                let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
                info!(lines = sequence - sealed, took_ms, "older runs moved into a volume");
            }
            Err(error) => {
                self.seal_from.store(sequence + AGAIN_AFTER, Ordering::Relaxed);
                warn!(why = error.without_names(), "older runs could not be moved into a volume");
            }
        }
    }

    /// Moves all runs that the engine has into a volume of their own. In memory nothing is moved.
    ///
    /// # Errors
    /// When the volume or the new database cannot be written the store goes on as it was; when the engine cannot be
    /// opened again it is broken.
    pub fn seal(&self) -> Result<(), StoreError> {
        let Some(dir) = self.dir() else { return Ok(()) };
        let _writing = shelf::lock(&self.writing);
        let built = match &*self.shelf() {
            Shelf::Disk(disk) if !disk.broken.load(Ordering::Acquire) => sealed(dir, &disk.database),
            _ => return Err(StoreError::Broken),
        };
        let built = built.inspect_err(|_| rewrite::discard(dir))?;
        let mut shelf = self.shelf.write().unwrap_or_else(PoisonError::into_inner);
        match std::mem::replace(&mut *shelf, Shelf::Closed) {
            Shelf::Disk(disk) => *shelf = Shelf::Disk(Box::new(disk.moved_to(&built)?)),
            _ => return Err(StoreError::Broken),
        }
        Ok(())
    }

    /// Merges volumes of about one size, once there are enough of them; whether there were. Everything else goes on
    /// meanwhile.
    ///
    /// # Errors
    /// When they cannot be read, or the one that takes their place cannot be written; the store goes on with them.
    pub fn merge_volumes(&self) -> Result<bool, StoreError> {
        let Some(dir) = self.dir() else { return Ok(false) };
        let volumes = self.volumes()?;
        let Some(alike) = volumes.alike() else { return Ok(false) };
        let merged = self.merged(&volumes, &alike)?;
        // Nobody else changes which volumes count; who reads does not wait for the disk.
        let _writing = shelf::lock(&self.writing);
        let path = merged.path().to_path_buf();
        let Some(fewer) = self.volumes()?.replaced(&alike, merged) else {
            // The store was opened anew meanwhile, with others.
            return std::fs::remove_file(&path).map(|()| false).map_err(StoreError::io(&path));
        };
        fewer.write(&dir.join("db"))?;
        match &mut *self.shelf.write().unwrap_or_else(PoisonError::into_inner) {
            Shelf::Disk(disk) => disk.database.volumes = fewer,
            _ => return Err(StoreError::Broken),
        }
        alike.remove_files();
        Ok(true)
    }

    /// Whether there are volumes to be merged.
    pub fn has_volumes_alike(&self) -> bool {
        self.volumes().is_ok_and(|volumes| volumes.alike().is_some())
    }

    fn volumes(&self) -> Result<Volumes, StoreError> {
        match &*self.shelf() {
            Shelf::Disk(disk) => Ok(disk.database.volumes.clone()),
            Shelf::Memory(_) => Ok(Volumes::default()),
            Shelf::Closed => Err(StoreError::Broken),
        }
    }

    /// One volume with all that some have to say.
    fn merged(&self, all: &Volumes, alike: &Volumes) -> Result<super::volume::Volume, StoreError> {
        // Below the oldest one there is nothing that a removed key would have to hide.
        let forgets = alike.begins(all);
        let mut writer = all.begin(alike.asked_for())?;
        alike.make_room(&mut writer);
        let (mut walk, mut steps) = (Walk::of_volumes(alike)?, self.steps());
        let walked = std::iter::from_fn(|| walk.advance().transpose()).try_for_each(|item| {
            let (key, value) = item?;
            steps.next();
            match value {
                _ if self.is_closing() => Err(StoreError::Closing),
                None if forgets => Ok(()),
                value => writer.push(&key, value.as_deref()),
            }
        });
        walked.and_then(|()| writer.finish())
    }
}

impl Disk {
    /// The last line of the log that volumes tell of.
    fn sealed(&self) -> u64 {
        self.database.volumes.sealed
    }

    /// The same store with another database.
    fn moved_to(self, built: &Built) -> Result<Self, StoreError> {
        self.database.close()?;
        built.switch()?;
        let database = database::with_patient_timers(|| database::open(&built.place()))?;
        Ok(Self { database, ..self })
    }
}

/// Builds a volume of what the engine has, and a database of the rest.
fn sealed(dir: &Path, database: &Database) -> Result<Built, StoreError> {
    let sequence = opening::number(database, key::SEQUENCE)?;
    let volumes = &database.volumes;
    rewrite::build(dir, |filler| {
        let mut writer = volumes.begin(asked_for(sequence, volumes))?;
        let mut walk = Walk::new(&database.db, &Volumes::default(), &ALL, Way::Up)?;
        while let Some((key, value)) = walk.advance()? {
            match value {
                Some(value) => part(&key, &value, filler, &mut writer)?,
                None if volumes.is_empty() => {}
                None => writer.push(&key, None)?,
            }
        }
        filler.belong(volumes.with(writer.finish()?, sequence));
        Ok(())
    })
}

/// About how many keys of the lines that are in the engine will be asked for: of each its run, its content and its unit.
pub(super) fn asked_for(sequence: u64, volumes: &Volumes) -> u64 {
    3 * sequence.saturating_sub(volumes.sealed)
}

/// What grows with every file goes into the volume, the rest into the new database; what that is as a whole it says
/// itself.
pub(super) fn part(key: &[u8], value: &[u8], filler: &mut Filler, writer: &mut Writer) -> Result<(), StoreError> {
    match key {
        key::SCHEMA => filler.put(key, Some(&[LAYOUT])),
        key if key::is_in_volumes(key) && !key::is_place(key, value) => writer.push(key, Some(value)),
        key => filler.put(key, Some(value)),
    }
}

#[cfg(test)]
mod tests;
