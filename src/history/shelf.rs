//! Where keys and values lie: on disk in sled, or in memory for a look without a trace.

use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::error::StoreError;

/// Keys with their new values; `None` removes.
pub(super) type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;
/// One key with its value.
pub(super) type Pair = (Vec<u8>, Vec<u8>);

/// In memory at most so many curves are kept.
const CURVES_IN_MEMORY: usize = 2_000;

/// A sorted map of bytes that applies changes as a whole.
#[derive(Debug)]
pub(super) enum Shelf {
    /// In sled, with our own sync of its file: sled's flush is no fsync on Linux.
    Disk { db: sled::Db, file: File, broken: AtomicBool },
    /// In memory.
    Memory(Mutex<Held>),
}

/// What the memory shelf holds.
#[derive(Debug, Default)]
pub(super) struct Held {
    map: BTreeMap<Vec<u8>, Vec<u8>>,
    curves: VecDeque<Vec<u8>>,
}

impl Shelf {
    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self {
            Self::Disk { db, .. } => Ok(db.get(key).map_err(StoreError::engine)?.map(|value| value.to_vec())),
            Self::Memory(held) => Ok(lock(held).map.get(key).cloned()),
        }
    }

    /// Up to `most` pairs whose key has the prefix, from the last or the first.
    pub(super) fn prefixed(&self, prefix: &[u8], most: usize, newest_first: bool) -> Result<Vec<Pair>, StoreError> {
        match self {
            Self::Disk { db, .. } => {
                let pairs = db.scan_prefix(prefix);
                if newest_first {
                    pairs.rev().take(most).map(owned).collect()
                } else {
                    pairs.take(most).map(owned).collect()
                }
            }
            Self::Memory(held) => {
                let held = lock(held);
                let pairs = held.map.range(prefix.to_vec()..).take_while(|(key, _)| key.starts_with(prefix));
                let mut pairs: Vec<Pair> = pairs.map(|(key, value)| (key.clone(), value.clone())).collect();
                if newest_first {
                    pairs.reverse();
                }
                pairs.truncate(most);
                Ok(pairs)
            }
        }
    }

    /// Up to `most` pairs with the prefix whose key comes after `last`, in order: the next page of a walk.
    pub(super) fn after(&self, last: &[u8], prefix: &[u8], most: usize) -> Result<Vec<Pair>, StoreError> {
        let range = (std::ops::Bound::Excluded(last.to_vec()), std::ops::Bound::Unbounded);
        let pairs: Vec<Pair> = match self {
            Self::Disk { db, .. } => db.range(range).take(most).map(owned).collect::<Result<_, _>>()?,
            Self::Memory(held) => {
                let held = lock(held);
                held.map.range(range).take(most).map(|(key, value)| (key.clone(), value.clone())).collect()
            }
        };
        Ok(pairs.into_iter().take_while(|(key, _)| key.starts_with(prefix)).collect())
    }

    /// Up to `most` pairs with the prefix whose key is below `end`, from the last.
    pub(super) fn below(&self, prefix: &[u8], end: &[u8], most: usize) -> Result<Vec<Pair>, StoreError> {
        let range = prefix.to_vec()..end.to_vec();
        match self {
            Self::Disk { db, .. } => {
                let pairs = db.range(range).rev().take(most);
                pairs.map(owned).collect()
            }
            Self::Memory(held) => {
                let held = lock(held);
                let pairs = held.map.range(range).rev().take(most);
                Ok(pairs.map(|(key, value)| (key.clone(), value.clone())).collect())
            }
        }
    }

    /// Applies the changes as a whole; on disk when this returns.
    pub(super) fn apply(&self, changes: &Changes) -> Result<(), StoreError> {
        match self {
            Self::Disk { db, file, broken } => {
                if broken.load(Ordering::Acquire) {
                    return Err(StoreError::Broken);
                }
                let written = write(db, file, changes);
                // After a failed write the engine's own idea of the file is no longer to be trusted.
                broken.store(written.is_err(), Ordering::Release);
                written
            }
            Self::Memory(held) => {
                lock(held).apply(changes);
                Ok(())
            }
        }
    }

    /// Whether anything ever failed to be written.
    pub(super) fn is_broken(&self) -> bool {
        matches!(self, Self::Disk { broken, .. } if broken.load(Ordering::Acquire))
    }
}

fn owned(pair: sled::Result<(sled::IVec, sled::IVec)>) -> Result<Pair, StoreError> {
    pair.map(|(key, value)| (key.to_vec(), value.to_vec())).map_err(StoreError::engine)
}

fn write(db: &sled::Db, file: &File, changes: &Changes) -> Result<(), StoreError> {
    let mut batch = sled::Batch::default();
    for (key, value) in changes {
        match value {
            Some(value) => batch.insert(key.as_slice(), value.as_slice()),
            None => batch.remove(key.as_slice()),
        }
    }
    db.apply_batch(batch).map_err(StoreError::engine)?;
    db.flush().map_err(StoreError::engine)?;
    file.sync_all().map_err(|source| StoreError::Io { path: Path::new("db").to_path_buf(), source })
}

/// A poisoned lock still guards a whole map: every change is one insert or remove.
fn lock(held: &Mutex<Held>) -> std::sync::MutexGuard<'_, Held> {
    held.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Held {
    fn apply(&mut self, changes: &Changes) {
        for (key, value) in changes {
            match value {
                Some(value) => {
                    let is_new = self.map.insert(key.clone(), value.clone()).is_none();
                    if is_new && key.first() == Some(&b'c') {
                        self.curves.push_back(key.clone());
                    }
                }
                None => {
                    self.map.remove(key);
                }
            }
        }
        while self.curves.len() > CURVES_IN_MEMORY {
            if let Some(oldest) = self.curves.pop_front() {
                self.map.remove(&oldest);
            }
        }
    }
}
