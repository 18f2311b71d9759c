//! The engine's own files, opened with care and synced by us, with the volumes of what is older.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::ops::Bound;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::disk::sync_dir;
use super::error::StoreError;
use super::journal::Changes;
use super::key;
use super::merged::{self, REMOVED, Stretch};
use super::shelf::Pair;
use super::value;
use super::volume::Way;
use super::volumes::Volumes;

/// The engine's page cache, bytes.
const CACHE: u64 = 16 * 1024 * 1024;

/// The engine's tree beside the one with all keys, and the only key in it.
const BESIDE: &str = "volumes";
const SEALED: &str = "sealed";

/// How long the engine's threads may take to let go of a file.
const LETTING_GO: Duration = Duration::from_secs(5);

/// An open database: the engine, its file for our own syncs, and the volumes of what it has no more.
#[derive(Debug)]
pub(super) struct Database {
    pub(super) db: sled::Db,
    pub(super) file: File,
    pub(super) volumes: Volumes,
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
    let db = unlocked(database, &config)?;
    if existed && !db.was_recovered() {
        return Err(StoreError::engine("a store that was there opened as a new one"));
    }
    let path = database.join("db");
    let file = OpenOptions::new().read(true).write(true).open(&path).map_err(StoreError::io(&path))?;
    // At every opening: whoever made the files may have died before their names were on disk.
    sync_names(database)?;
    let volumes = Volumes::read(database)?;
    let noted = noted(&db)?;
    if let Some(noted) = noted.filter(|noted| *noted != volumes.sealed || volumes.is_empty()) {
        let said = format!("its volumes go up to line {} of the log, and were to go up to {noted}", volumes.sealed);
        return Err(StoreError::engine(said));
    }
    Ok(Database { db, file, volumes })
}

/// Up to which line of the log a database was told that its volumes go; nothing where it was told nothing.
fn noted(db: &sled::Db) -> Result<Option<u64>, StoreError> {
    if !db.tree_names().iter().any(|name| *name == BESIDE) {
        return Ok(None);
    }
    let noted = db.open_tree(BESIDE).and_then(|beside| beside.get(SEALED)).map_err(StoreError::sled)?;
    Ok(noted.map(|noted| value::decode(&noted)).transpose()?)
}

/// Opens the engine, once its own threads of the time before have let go of the file: they do so a moment after its
/// handle is dropped. A file that stays locked is in use, and not damaged.
fn unlocked(database: &Path, config: &sled::Config) -> Result<sled::Db, StoreError> {
    let give_up = Instant::now() + LETTING_GO;
    loop {
        let opened = catch_unwind(AssertUnwindSafe(|| config.open()));
        match opened.map_err(|_| StoreError::engine("it gave up on a damaged file"))? {
            Err(error) if is_locked(&error) && Instant::now() < give_up => pause(Duration::from_millis(5)),
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
    /// The value of a key.
    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.look(key, <[u8]>::to_vec)
    }

    /// Looks at a value where it lies.
    pub(super) fn look<T>(&self, key: &[u8], look: impl FnOnce(&[u8]) -> T) -> Result<Option<T>, StoreError> {
        if let Some(value) = self.db.get(key).map_err(StoreError::sled)? {
            return Ok((value.as_ref() != REMOVED).then(|| look(&value)));
        }
        let older = if key::is_in_volumes(key) { self.volumes.get(key)? } else { None };
        Ok(older.map(|value| look(&value)))
    }

    /// Up to `most` pairs with a prefix, from the first or from the last.
    pub(super) fn prefixed(&self, prefix: &[u8], most: usize, way: Way) -> Result<Vec<Pair>, StoreError> {
        self.pairs(&Stretch::with(prefix, &merged::behind(prefix)), way, most)
    }

    /// Up to `most` pairs with the prefix behind a key, in order.
    pub(super) fn after(&self, last: &[u8], prefix: &[u8], most: usize) -> Result<Vec<Pair>, StoreError> {
        let behind = merged::behind(prefix);
        let stretch = Stretch { start: Bound::Excluded(last), ..Stretch::with(prefix, &behind) };
        self.pairs(&stretch, Way::Up, most)
    }

    /// Up to `most` pairs from a key on and below another one.
    pub(super) fn between(&self, start: &[u8], end: &[u8], way: Way, most: usize) -> Result<Vec<Pair>, StoreError> {
        let stretch = Stretch { prefix: &[], start: Bound::Included(start), end: Bound::Excluded(end) };
        self.pairs(&stretch, way, most)
    }

    fn pairs(&self, stretch: &Stretch<'_>, way: Way, most: usize) -> Result<Vec<Pair>, StoreError> {
        merged::pairs(&self.db, &self.volumes, stretch, way, most)
    }

    /// Gives the engine changes as a whole, with a value of its own. On disk when this returns.
    pub(super) fn write(&self, changes: &Changes, (key, value): (&[u8], Vec<u8>)) -> Result<(), StoreError> {
        let mut batch = sled::Batch::default();
        for (key, value) in changes {
            match value {
                Some(value) => batch.insert(key.as_slice(), value.as_slice()),
                // A volume that has it is not changed; that it is gone is known before any volume is asked.
                None if key::is_in_volumes(key) && self.volumes.get(key)?.is_some() => {
                    batch.insert(key.as_slice(), REMOVED);
                }
                None => batch.remove(key.as_slice()),
            }
        }
        batch.insert(key, value);
        self.db.apply_batch(batch).map_err(StoreError::sled)?;
        self.sync()
    }

    /// Notes in the engine up to which line of the log its volumes go. Which volumes these are stands in a file of its own; that
    /// it is lost, or another one, is known by this.
    pub(super) fn note_volumes(&self) -> Result<(), StoreError> {
        let sealed = value::encode(&self.volumes.sealed)?;
        let noted = self.db.open_tree(BESIDE).and_then(|beside| beside.insert(SEALED, sealed));
        noted.map(drop).map_err(StoreError::sled)
    }

    /// Closes the engine and waits until its own threads have let go of its files: until then they may write beside
    /// them by name. Returns its file.
    pub(super) fn close(self) -> Result<File, StoreError> {
        let Self { db, file, .. } = self;
        drop(db);
        let give_up = Instant::now() + LETTING_GO;
        while let Err(error) = file.try_lock() {
            match error {
                TryLockError::Error(source) => return Err(StoreError::io(Path::new("db"))(source)),
                TryLockError::WouldBlock if Instant::now() >= give_up => {
                    return Err(StoreError::engine("it does not let go of its file"));
                }
                TryLockError::WouldBlock => pause(Duration::from_millis(2)),
            }
        }
        Ok(file)
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
    with_slack("60000000000", work)
}

/// Sleeps, and no longer where timers are patient.
fn pause(time: Duration) {
    // Zero is a thread's own measure.
    with_slack("0", || thread::sleep(time));
}

/// Does some work while this thread's timers may be so many nanoseconds late.
fn with_slack<T>(nanoseconds: &str, work: impl FnOnce() -> T) -> T {
    let own = fs::read_link("/proc/thread-self").ok();
    let slack = own.as_deref().and_then(Path::file_name).map(|id| Path::new("/proc").join(id).join("timerslack_ns"));
    let before = slack.as_ref().and_then(|slack| fs::read_to_string(slack).ok());
    let lateness = |nanoseconds: &str| drop(slack.as_ref().map(|slack| fs::write(slack, nanoseconds)));
    lateness(nanoseconds);
    let result = work();
    lateness(before.as_deref().map_or("0", str::trim));
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

    #[cfg(target_os = "linux")]
    #[test]
    fn a_pause_is_not_as_late_as_timers_may_be_around_it() {
        let slack = || {
            let own = fs::read_link("/proc/thread-self").expect("a thread");
            let of = Path::new("/proc").join(own.file_name().expect("a number")).join("timerslack_ns");
            fs::read_to_string(of).expect("readable").trim().parse::<u64>().expect("nanoseconds")
        };
        let usual = slack();
        with_patient_timers(|| {
            assert_eq!(slack(), 60_000_000_000);
            with_slack("0", || assert_eq!(slack(), usual));
            assert_eq!(slack(), 60_000_000_000, "the engine's threads are begun after a pause too");
        });
        assert_eq!(slack(), usual);
    }
}
