//! A new database built beside the one in use, and put in its place as a whole.
//!
//! `db.new` is complete before `db` is moved to `db.old`; so wherever a kill falls, the next opening knows which of
//! them counts.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::database::{self, Database};
use super::disk::sync_dir;
use super::error::StoreError;
use super::journal::Changes;
use super::volumes::Volumes;

/// Records written at once. Nothing is synced in between: a database that is not complete is thrown away.
const AT_ONCE: usize = 4_000;
/// Most bytes of values that wait for being written.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// Fills a database that nobody uses yet.
pub(super) struct Filler {
    database: Database,
    /// What is written next: a key counts once, with its last word.
    waiting: Changes,
    bytes: usize,
}

impl Filler {
    /// Sets or removes one value.
    pub(super) fn put(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), StoreError> {
        self.bytes += value.map_or(0, <[u8]>::len);
        self.waiting.insert(key.to_vec(), value.map(<[u8]>::to_vec));
        if self.waiting.len() >= AT_ONCE || self.bytes >= MOST_BYTES { self.write() } else { Ok(()) }
    }

    /// Applies a batch of the journal.
    pub(super) fn apply(&mut self, changes: &Changes) -> Result<(), StoreError> {
        changes.iter().try_for_each(|(key, value)| self.put(key, value.as_deref()))
    }

    /// Makes a place for each value before the values come: the engine splits a page that grows, and writes both
    /// halves anew with whatever they hold by then.
    fn write(&mut self) -> Result<(), StoreError> {
        let waiting = std::mem::take(&mut self.waiting);
        self.bytes = 0;
        let mut places = sled::Batch::default();
        for key in waiting.keys() {
            places.insert(key.as_slice(), &[]);
        }
        self.database.db.apply_batch(places).map_err(StoreError::sled)?;
        let mut values = sled::Batch::default();
        for (key, value) in waiting {
            match value {
                Some(value) => values.insert(key, value),
                None => values.remove(key),
            }
        }
        self.database.db.apply_batch(values).map_err(StoreError::sled)
    }

    /// Writes the rest and closes the engine; on disk when this returns. It may write until it is closed, so its file
    /// is synced once more after that.
    fn finish(mut self) -> Result<(), StoreError> {
        self.write()?;
        self.database.sync()?;
        let file = self.database.close()?;
        file.sync_all().map_err(StoreError::io(Path::new("db")))
    }

    /// What stands in the new database, for checks before it is used.
    pub(super) fn written(&mut self) -> Result<&Database, StoreError> {
        self.write()?;
        Ok(&self.database)
    }

    /// These volumes belong to the new database.
    pub(super) fn belong(&mut self, volumes: Volumes) {
        self.database.volumes = volumes;
    }
}

/// A database that is complete and not yet in its place.
pub(super) struct Built {
    dir: PathBuf,
}

/// Builds a database in `<dir>/db.new`.
pub(super) fn build(dir: &Path, fill: impl FnOnce(&mut Filler) -> Result<(), StoreError>) -> Result<Built, StoreError> {
    let new = dir.join("db.new");
    remove(&new).map_err(StoreError::io(&new))?;
    let mut filler = Filler { database: database::open(&new)?, waiting: Changes::new(), bytes: 0 };
    fill(&mut filler)?;
    if !filler.database.volumes.is_empty() {
        filler.database.volumes.write(&new)?;
        filler.database.note_volumes()?;
    }
    filler.finish()?;
    sync_dir(&new).map_err(StoreError::io(&new))?;
    Ok(Built { dir: dir.to_path_buf() })
}

impl Built {
    /// Where it will be.
    pub(super) fn place(&self) -> PathBuf {
        self.dir.join("db")
    }

    /// Puts it in the place of `<dir>/db`, which nobody may have open.
    pub(super) fn switch(&self) -> Result<(), StoreError> {
        switch(&self.dir).map_err(StoreError::io(&self.dir))
    }
}

/// Builds a database and puts it in the place of the one before. Nobody may have either open.
pub(super) fn replace(dir: &Path, fill: impl FnOnce(&mut Filler) -> Result<(), StoreError>) -> Result<(), StoreError> {
    build(dir, fill)?.switch()
}

fn switch(dir: &Path) -> io::Result<()> {
    let (current, old, new) = (dir.join("db"), dir.join("db.old"), dir.join("db.new"));
    remove(&old)?;
    if current.exists() {
        fs::rename(&current, &old)?;
    }
    fs::rename(&new, &current)?;
    sync_dir(dir)?;
    remove(&old)?;
    sync_dir(dir)
}

/// Removes what was built and will not be used.
pub(super) fn discard(dir: &Path) {
    // What stays only takes room until something is built again.
    let _ = remove(&dir.join("db.new"));
}

/// Ends a replacement that a kill or a power loss cut short.
pub(super) fn finish(dir: &Path) -> io::Result<()> {
    let (current, old, new) = (dir.join("db"), dir.join("db.old"), dir.join("db.new"));
    if old.exists() && !current.exists() {
        // The old one was moved away, so the new one is complete; where it is not there, the old one counts.
        fs::rename(if new.exists() { &new } else { &old }, &current)?;
        sync_dir(dir)?;
    }
    remove(&old)?;
    remove(&new)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}
