//! The engine's own files: cleaned before it opens them, opened with care, synced by us.

use std::fs::{self, File, OpenOptions};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::disk::sync_dir;
use super::error::StoreError;

/// The engine's page cache, bytes.
const CACHE: u64 = 16 * 1024 * 1024;

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
    let existed = is_there(database);
    remove_half_snapshots(database);
    let config =
        sled::Config::new().path(database).cache_capacity(CACHE).flush_every_ms(None).mode(sled::Mode::LowSpace);
    let db = catch_unwind(AssertUnwindSafe(|| config.open()))
        .map_err(|_| StoreError::engine("it gave up on a damaged file"))?
        .map_err(StoreError::sled)?;
    if existed && !db.was_recovered() {
        return Err(StoreError::engine("a store that was there opened as a new one"));
    }
    let path = database.join("db");
    let file = OpenOptions::new().read(true).write(true).open(&path).map_err(StoreError::io(&path))?;
    if !existed {
        sync_new(database)?;
    }
    Ok(Database { db, file })
}

impl Database {
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

/// The engine syncs none of what it creates.
fn sync_new(database: &Path) -> Result<(), StoreError> {
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
