//! Where keys and values lie: on disk in journal and engine, or in memory for a look without a trace.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::audit::{AuditFile, AuditHead, Signed};
use super::database::Database;
use super::error::StoreError;
use super::journal::{Changes, Journal};
use super::volume::Way;
use super::{key, value};

/// One key with its value.
pub(super) type Pair = (Vec<u8>, Vec<u8>);

/// In memory at most so many curves are kept.
const CURVES_IN_MEMORY: usize = 2_000;

/// A sorted map of bytes that applies changes as a whole.
#[derive(Debug)]
pub(super) enum Shelf {
    /// In the journal, then in sled.
    Disk(Box<Disk>),
    /// In memory.
    Memory(Mutex<Held>),
    /// Nowhere: the engine is closed, to be opened anew.
    Closed,
}

/// The engine with the journal before it.
#[derive(Debug)]
pub(super) struct Disk {
    pub(super) database: Database,
    pub(super) audit: AuditFile,
    pub(super) journal: Mutex<Journal>,
    /// Whether anything ever failed to be written.
    pub(super) broken: AtomicBool,
}

/// What the memory shelf holds.
#[derive(Debug, Default)]
pub(super) struct Held {
    map: BTreeMap<Vec<u8>, Vec<u8>>,
    curves: VecDeque<Vec<u8>>,
}

impl Shelf {
    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.look(key, <[u8]>::to_vec)
    }

    /// Looks at a value where it lies; in memory nobody else does anything meanwhile.
    pub(super) fn look<T>(&self, key: &[u8], look: impl FnOnce(&[u8]) -> T) -> Result<Option<T>, StoreError> {
        match self {
            Self::Disk(disk) => disk.database.look(key, look),
            Self::Memory(held) => Ok(lock(held).map.get(key).map(|value| look(value))),
            Self::Closed => Err(StoreError::Broken),
        }
    }

    /// Up to `most` pairs whose key has the prefix, from the last or the first.
    pub(super) fn prefixed(&self, prefix: &[u8], most: usize, newest_first: bool) -> Result<Vec<Pair>, StoreError> {
        match self {
            Self::Disk(disk) => disk.database.prefixed(prefix, most, if newest_first { Way::Down } else { Way::Up }),
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
            Self::Closed => Err(StoreError::Broken),
        }
    }

    /// Up to `most` pairs with the prefix whose key comes after `last`, in order: the next page of a walk.
    pub(super) fn after(&self, last: &[u8], prefix: &[u8], most: usize) -> Result<Vec<Pair>, StoreError> {
        let pairs: Vec<Pair> = match self {
            Self::Disk(disk) => return disk.database.after(last, prefix, most),
            Self::Memory(held) => {
                let (held, range) = (lock(held), (Bound::Excluded(last.to_vec()), Bound::Unbounded));
                held.map.range(range).take(most).map(|(key, value)| (key.clone(), value.clone())).collect()
            }
            Self::Closed => return Err(StoreError::Broken),
        };
        Ok(pairs.into_iter().take_while(|(key, _)| key.starts_with(prefix)).collect())
    }

    /// Up to `most` pairs with the prefix whose key is below `end`, from the last.
    pub(super) fn below(&self, prefix: &[u8], end: &[u8], most: usize) -> Result<Vec<Pair>, StoreError> {
        match self {
            Self::Disk(disk) => disk.database.between(prefix, end, Way::Down, most),
            Self::Memory(held) => {
                let held = lock(held);
                let pairs = held.map.range(prefix.to_vec()..end.to_vec()).rev().take(most);
                Ok(pairs.map(|(key, value)| (key.clone(), value.clone())).collect())
            }
            Self::Closed => Err(StoreError::Broken),
        }
    }

    /// Up to `most` keys from `start` on and below `end`, in order.
    pub(super) fn between(&self, start: &[u8], end: &[u8], most: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        match self {
            Self::Disk(disk) => {
                let pairs = disk.database.between(start, end, Way::Up, most)?;
                Ok(pairs.into_iter().map(|(key, _)| key).collect())
            }
            Self::Memory(held) => {
                let held = lock(held);
                Ok(held.map.range(start.to_vec()..end.to_vec()).take(most).map(|(key, _)| key.clone()).collect())
            }
            Self::Closed => Err(StoreError::Broken),
        }
    }

    /// Tells the audit journal what people did; where it ends then, `None` in memory.
    pub(super) fn sign(&self, acts: &[Signed], known: Option<AuditHead>) -> Result<Option<AuditHead>, StoreError> {
        match self {
            Self::Disk(disk) => {
                disk.audit.append(acts, known).map(Some).map_err(StoreError::io(Path::new("audit.jsonl")))
            }
            Self::Memory(_) => Ok(None),
            Self::Closed => Err(StoreError::Broken),
        }
    }

    /// Applies the changes as a whole; on disk when this returns.
    pub(super) fn apply(&self, changes: &Changes) -> Result<(), StoreError> {
        match self {
            Self::Disk(disk) => disk.apply(changes),
            Self::Memory(held) => {
                lock(held).apply(changes);
                Ok(())
            }
            Self::Closed => Err(StoreError::Broken),
        }
    }

    /// Whether anything ever failed to be written.
    pub(super) fn is_broken(&self) -> bool {
        match self {
            Self::Disk(disk) => disk.broken.load(Ordering::Acquire),
            Self::Memory(_) => false,
            Self::Closed => true,
        }
    }
}

impl Disk {
    pub(super) fn new(dir: &Path, database: Database, journal: Journal) -> Self {
        Self { database, audit: AuditFile::of(dir), journal: Mutex::new(journal), broken: AtomicBool::new(false) }
    }

    /// The journal first: what it has is replayed should the engine lose it.
    fn apply(&self, changes: &Changes) -> Result<(), StoreError> {
        if self.broken.load(Ordering::Acquire) {
            return Err(StoreError::Broken);
        }
        let mut journal = lock(&self.journal);
        let written = journal.append(changes).and_then(|number| {
            let written = catch_unwind(AssertUnwindSafe(|| self.write(changes, number)));
            let written = written.unwrap_or_else(|_| Err(StoreError::engine("it gave up while writing")));
            if written.is_err() {
                journal.take_back();
            }
            written
        });
        // After a failed write the engine's own idea of the file is no longer to be trusted.
        self.broken.store(written.is_err(), Ordering::Release);
        written
    }

    /// Gives the engine batches up to a number of the journal; on disk when this returns.
    pub(super) fn write(&self, changes: &Changes, number: u64) -> Result<(), StoreError> {
        self.database.write(changes, (key::JOURNAL, value::encode(&number)?))
    }
}

/// A poisoned lock still guards a whole: every change is made or taken back before it could be poisoned.
pub(super) fn lock<T>(held: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
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
