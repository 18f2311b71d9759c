//! The volumes of a store, oldest first: which of them count, and what they say of a key.
//!
//! Which count stands in a file in the engine's own folder, so that engine and volumes change as one when that folder
//! is put in the place of another. A volume that no such file names was left by a kill, and goes.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::disk;
use super::error::StoreError;
use super::volume::{Cursor, Volume, Way, Writer};

/// The file that names them, in the engine's folder.
const LIST: &str = "volumes.json";
/// So many volumes of about one size are merged.
const ALIKE: usize = 4;

/// The volumes that count.
#[derive(Debug, Clone, Default)]
pub(super) struct Volumes {
    folder: PathBuf,
    all: Vec<Arc<Volume>>,
    /// The last line of the log that they tell of.
    pub(super) sealed: u64,
}

/// What the file says.
#[derive(Serialize, Deserialize)]
struct List {
    sealed: u64,
    volumes: Vec<Named>,
}

#[derive(Serialize, Deserialize)]
struct Named {
    name: String,
    bytes: u64,
    check: u32,
}

impl Volumes {
    /// The volumes of a store's folder, none of them yet.
    pub(super) fn none(dir: &Path) -> Self {
        Self { folder: folder(dir), ..Self::default() }
    }

    /// The volumes that an engine's folder names.
    ///
    /// # Errors
    /// A volume that is missing, or is not the one that is meant, is damage of the store.
    pub(super) fn read(database: &Path) -> Result<Self, StoreError> {
        let mut volumes = Self::none(database.parent().unwrap_or(database));
        let path = database.join(LIST);
        let words = match fs::read(&path) {
            Ok(words) => words,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(volumes),
            Err(error) => return Err(StoreError::io(&path)(error)),
        };
        let wrong = |cause: String| StoreError::engine(format!("{}: {cause}", path.display()));
        let list: List = serde_json::from_slice(&words).map_err(|error| wrong(error.to_string()))?;
        volumes.sealed = list.sealed;
        for Named { name, bytes, check } in list.volumes {
            if name.contains(['/', '\\']) {
                return Err(wrong(format!("{name} is no volume's name")));
            }
            let volume = Volume::open(&volumes.folder.join(&name))?;
            if (volume.bytes, volume.check) != (bytes, check) {
                return Err(wrong(format!("{name} is another volume than the one that was written")));
            }
            volumes.all.push(Arc::new(volume));
        }
        Ok(volumes)
    }

    /// Names them in an engine's folder. On disk when this returns.
    pub(super) fn write(&self, database: &Path) -> Result<(), StoreError> {
        let named = |volume: &Arc<Volume>| Named { name: volume.name(), bytes: volume.bytes, check: volume.check };
        let list = List { sealed: self.sealed, volumes: self.all.iter().map(named).collect() };
        let words = serde_json::to_vec(&list).map_err(StoreError::engine)?;
        disk::write_whole(database, LIST, &words).map_err(StoreError::io(&database.join(LIST)))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The value of a key: the newest volume that knows it has the word.
    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        for volume in self.all.iter().rev() {
            if let Some(told) = volume.get(key)? {
                return Ok(told.value());
            }
        }
        Ok(None)
    }

    /// Walks through a stretch of each, the newest first; those that can hold nothing with a prefix are left out.
    pub(super) fn cursors(&self, stretch: &super::merged::Stretch<'_>, way: Way) -> Vec<Cursor> {
        let meant = self.all.iter().rev().filter(|volume| volume.may_hold_any(stretch.prefix));
        meant.map(|volume| Cursor::new(Arc::clone(volume), stretch.start, stretch.end, way)).collect()
    }

    /// How many keys that are asked for they were made for.
    pub(super) fn asked_for(&self) -> u64 {
        self.all.iter().map(|volume| volume.asked_for()).sum()
    }

    /// Begins another volume, of about so many keys that are asked for.
    pub(super) fn begin(&self, keys: u64) -> Result<Writer, StoreError> {
        if !self.folder.is_dir() {
            let parent = self.folder.parent().unwrap_or(&self.folder);
            let made = disk::make_private(&self.folder).and_then(|()| disk::sync_dir(parent));
            made.map_err(StoreError::io(&self.folder))?;
        }
        loop {
            let numbers = names(&self.folder).filter_map(|name| name.split('.').next()?.parse::<u64>().ok());
            let number = numbers.max().unwrap_or(0) + 1;
            match Writer::begin(self.folder.join(format!("{number:08}.volume")), keys) {
                // Somebody else has just begun one.
                Err(StoreError::Io { source, .. }) if source.kind() == io::ErrorKind::AlreadyExists => {}
                begun => return begun,
            }
        }
    }

    /// Takes room in one that will have all that these have.
    pub(super) fn make_room(&self, writer: &mut Writer) {
        writer.make_room(self.all.iter().map(|volume| &**volume));
    }

    /// The same with another one behind them, that goes up to a line of the log.
    pub(super) fn with(&self, volume: Volume, sealed: u64) -> Self {
        let mut volumes = self.clone();
        volumes.all.push(Arc::new(volume));
        volumes.sealed = sealed;
        volumes
    }

    /// Only one, in the place of all of them.
    pub(super) fn only(&self, volume: Volume, sealed: u64) -> Self {
        Self { folder: self.folder.clone(), all: vec![Arc::new(volume)], sealed }
    }

    /// The newest ones that are worth merging: enough of about one size, with all that is smaller behind them.
    pub(super) fn alike(&self) -> Option<Self> {
        let size = |volume: &Arc<Volume>| volume.pairs.max(1).ilog(ALIKE as u64);
        let mut sizes: Vec<u32> = self.all.iter().map(size).collect();
        sizes.sort_unstable();
        sizes.dedup();
        let tail_up_to = |most: u32| self.all.iter().rposition(|volume| size(volume) > most).map_or(0, |at| at + 1);
        sizes.into_iter().find_map(|most| {
            let tail = self.all.get(tail_up_to(most)..)?;
            let alike = tail.iter().filter(|volume| size(volume) == most).count();
            (alike >= ALIKE).then(|| Self { all: tail.to_vec(), ..self.clone() })
        })
    }

    /// Whether the oldest volume of all is among others.
    pub(super) fn begins(&self, others: &Self) -> bool {
        matches!((self.all.first(), others.all.first()), (Some(own), Some(other)) if own.path() == other.path())
    }

    /// The same with one volume in the place of some that stand side by side; `None` when these are not there any more.
    pub(super) fn replaced(&self, merged: &Self, by: Volume) -> Option<Self> {
        let first = merged.all.first()?;
        let at = self.all.iter().position(|volume| volume.path() == first.path())?;
        let there = self.all.get(at..at + merged.all.len())?;
        there.iter().zip(&merged.all).all(|(own, other)| own.path() == other.path()).then(|| {
            let mut volumes = self.clone();
            volumes.all.splice(at..at + merged.all.len(), [Arc::new(by)]);
            volumes
        })
    }

    /// Reads the keys of all of them.
    pub(super) fn verify(&self) -> Result<(), StoreError> {
        self.all.iter().try_for_each(|volume| volume.verify())
    }

    /// Removes every file of the folder that is none of them. Nobody may be writing a volume.
    pub(super) fn tidy(&self) {
        let wanted: HashSet<String> = self.all.iter().map(|volume| volume.name()).collect();
        for name in names(&self.folder).filter(|name| !wanted.contains(name)) {
            // What stays only takes room.
            let _ = fs::remove_file(self.folder.join(name));
        }
    }

    /// Removes the files of volumes that do not count any more.
    pub(super) fn remove_files(&self) {
        for volume in &self.all {
            // What stays goes at the next opening.
            let _ = fs::remove_file(volume.path());
        }
    }
}

fn names(folder: &Path) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned())
}

/// Where the volumes of a store lie.
pub(super) fn folder(dir: &Path) -> PathBuf {
    dir.join("volumes")
}
