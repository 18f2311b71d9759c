//! The engine's own files: cleaned before it opens them, opened with care, synced by us.

use std::fs::{self, File, OpenOptions};
use std::ops::Bound;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::disk::sync_dir;
use super::error::StoreError;
use super::shelf::Pair;

/// The engine's page cache, bytes.
const CACHE: u64 = 16 * 1024 * 1024;

/// Keys of a walk that are read at one look at their page.
const KEYS_A_LOOK: usize = 4;

/// How often the engine tidies a database that is filled, milliseconds; up to half of that time at once.
const TIDYING_MS: u64 = 100;

/// How long the engine's threads may take to let go of a file.
const LETTING_GO: Duration = Duration::from_secs(5);

/// An open database: the engine, and its file for our own syncs.
#[derive(Debug)]
pub(super) struct Database {
    pub(super) db: sled::Db,
    pub(super) file: File,
}

/// Whether a folder holds a database.
pub(super) fn is_there(database: &Path) -> bool {
    database.join("db").is_file()
}

/// Opens a database, or makes one. One that was there must be recovered, not begun anew.
pub(super) fn open(database: &Path) -> Result<Database, StoreError> {
    opened(database, None)
}

/// Opens a database to be filled and looked through. Meanwhile the engine moves what is left of parts of its file that
/// are half garbage: only its own ticking thread does that, and a store in use has none, because a program at rest is
/// to rest. Until it has had some time for it, more of the file is taken than without.
pub(super) fn open_tidying(database: &Path) -> Result<Database, StoreError> {
    opened(database, Some(TIDYING_MS))
}

fn opened(database: &Path, tidying_ms: Option<u64>) -> Result<Database, StoreError> {
    let existed = is_there(database);
    remove_half_snapshots(database);
    let config =
        sled::Config::new().path(database).cache_capacity(CACHE).flush_every_ms(tidying_ms).mode(sled::Mode::LowSpace);
    let db = unlocked(database, &config)?;
    if existed && !db.was_recovered() {
        return Err(StoreError::engine("a store that was there opened as a new one"));
    }
    let path = database.join("db");
    let file = OpenOptions::new().read(true).write(true).open(&path).map_err(StoreError::io(&path))?;
    // At every opening: whoever made the files may have died before their names were on disk.
    sync_names(database)?;
    Ok(Database { db, file })
}

/// Opens the engine, once its own threads of the time before have let go of the file: they do so a moment after its
/// handle is dropped. A file that stays locked is in use, and not damaged.
fn unlocked(database: &Path, config: &sled::Config) -> Result<sled::Db, StoreError> {
    let give_up = Instant::now() + LETTING_GO;
    loop {
        let opened = catch_unwind(AssertUnwindSafe(|| config.open()));
        match opened.map_err(|_| StoreError::engine("it gave up on a damaged file"))? {
            Err(error) if is_locked(&error) && Instant::now() < give_up => thread::sleep(Duration::from_millis(5)),
            Err(error) if is_locked(&error) => {
                let dir = database.parent().unwrap_or(database).to_path_buf();
                return Err(StoreError::HeldBy { dir, holder: None });
            }
            opened => return opened.map_err(StoreError::sled),
        }
    }
}

/// The engine has no other word for it.
fn is_locked(error: &sled::Error) -> bool {
    error.to_string().contains("could not acquire lock")
}

impl Database {
    /// Up to `most` pairs with the prefix behind a key, in order.
    ///
    /// Asks for a few keys at a time. The engine lets go of what it has read only after so many looks at a page: an
    /// iterator looks once, and a walk through a large store would hold a hundred megabytes of it. A look for every
    /// key is what such a walk would mostly be about.
    pub(super) fn after(&self, last: &[u8], prefix: &[u8], most: usize) -> Result<Vec<Pair>, StoreError> {
        let mut found: Vec<Pair> = Vec::new();
        while found.len() < most {
            let from = found.last().map_or(last, |(key, _)| key);
            let pairs = self.db.range::<&[u8], _>((Bound::Excluded(from), Bound::Unbounded));
            let wanted = KEYS_A_LOOK.min(most - found.len());
            let before = found.len();
            for pair in pairs.take(wanted) {
                let (key, value) = pair.map_err(StoreError::sled)?;
                if !key.starts_with(prefix) {
                    return Ok(found);
                }
                found.push((key.to_vec(), value.to_vec()));
            }
            if found.len() - before < wanted {
                break;
            }
        }
        Ok(found)
    }

    /// Everything written is on disk when this returns: the engine's flush is no fsync on Linux.
    pub(super) fn sync(&self) -> Result<(), StoreError> {
        self.db.flush().map_err(StoreError::sled)?;
        self.file.sync_all().map_err(StoreError::io(Path::new("db")))
    }
}

/// The engine's pool of seven threads is begun while the store is opened and first written, and each of them looks around once a
/// second for ever. Threads inherit how late their timers may be: a minute, so that the kernel lets them all
/// wait for one another and for whatever else wakes the processor. Work that is handed to them still wakes them at
/// once. Other systems do not say it this way, and lose nothing.
pub(super) fn with_patient_timers<T>(work: impl FnOnce() -> T) -> T {
    let own = fs::read_link("/proc/thread-self").ok();
    let slack = own.as_deref().and_then(Path::file_name).map(|id| Path::new("/proc").join(id).join("timerslack_ns"));
    let lateness = |nanoseconds: &str| drop(slack.as_ref().map(|slack| fs::write(slack, nanoseconds)));
    lateness("60000000000");
    let result = work();
    // Zero is this thread's own measure again.
    lateness("0");
    result
}

/// A kill during opening can leave a half-written snapshot that the next opening takes for a whole one.
fn remove_half_snapshots(database: &Path) {
    let Ok(entries) = fs::read_dir(database) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("snap.") && name.ends_with(".generating") {
            // If it cannot be removed the opening fails and the store is set aside, nothing is lost.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The engine syncs none of what it creates, and none of the names it gives.
fn sync_names(database: &Path) -> Result<(), StoreError> {
    for name in ["conf", "db"] {
        let path = database.join(name);
        File::open(&path).and_then(|file| file.sync_all()).map_err(StoreError::io(&path))?;
    }
    let parents = [Some(database), database.parent(), database.parent().and_then(Path::parent)];
    for folder in parents.into_iter().flatten().filter(|folder| !folder.as_os_str().is_empty()) {
        sync_dir(folder).map_err(StoreError::io(folder))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_the_engine_has_not_let_go_of_yet_is_waited_for_and_not_called_damaged() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("db");
        let before = open(&path).expect("made");
        before.db.insert(b"key", b"value").expect("written");
        before.sync().expect("written");
        let last = thread::spawn(move || {
            // It begins to wait before this ends, or finds nothing to wait for: both must do.
            thread::yield_now();
            drop(before);
        });
        let after = open(&path).expect("opened");
        assert!(after.db.get(b"key").expect("readable").is_some());
        last.join().expect("ended");
    }
}
