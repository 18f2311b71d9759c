//! Opening the store: lock, clean, copy, open, check; on doubt set aside and begin anew.
//!
//! The engine may refuse a half-written snapshot, panic on a damaged file, or open it as empty and truncate it.
//! So it is opened under our own lock, after a copy when the last end was not clean, and believed only when it
//! holds at least what the marker says it held.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{SystemTime, UNIX_EPOCH};

use super::error::{Holder, StoreError};
use super::key;
use super::migrate::migrate;
use super::shelf::Shelf;
use super::value;

/// The engine's page cache, bytes.
const CACHE: u64 = 16 * 1024 * 1024;

/// What was found when the store was opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opening {
    /// Where a store that could not be trusted was set aside.
    pub set_aside: Option<PathBuf>,
    /// What else is worth saying.
    pub notes: Vec<String>,
}

/// The folder's lock and marker, held while the store is open.
#[derive(Debug)]
pub(super) struct OpenParts {
    dir: PathBuf,
    /// Held by being open and locked.
    _lock: File,
}

impl OpenParts {
    /// Notes that the store was left whole. A marker that cannot be written costs a copy at the next opening.
    pub(super) fn mark_clean(&self, sequence: u64) {
        let _ = write_marker(&self.dir, &format!("clean {sequence}"));
    }
}

/// Opens the store in `dir`.
pub(super) fn open(dir: &Path, holder: &Holder) -> Result<(Shelf, OpenParts, Opening), StoreError> {
    make_private(dir)?;
    let held = OpenParts { dir: dir.to_path_buf(), _lock: take_lock(dir, holder)? };
    let mut opening = Opening::default();
    let marker = read_marker(dir);
    let database = dir.join("db");
    let existed = database.join("db").is_file();
    let copy = match &marker {
        Some(Marker { clean: true, .. }) => None,
        _ if existed => Some(copy_aside(dir, &database)?),
        _ => None,
    };
    let least = marker.map_or(0, |marker| marker.sequence);
    let shelf = match with_patient_timers(|| checked(dir, &database, existed, least)) {
        Ok(shelf) => shelf,
        Err(error @ StoreError::NewerSchema { .. }) => {
            drop_copy(copy);
            return Err(error);
        }
        Err(doubt) => {
            set_aside(dir, &database, copy.as_deref(), &doubt, &mut opening)?;
            with_patient_timers(|| checked(dir, &database, false, 0))?
        }
    };
    drop_copy(copy);
    let sequence = stored_sequence(&shelf).unwrap_or(0);
    write_marker(dir, &format!("open {sequence}"))?;
    Ok((shelf, held, opening))
}

/// The engine's pool of seven threads is begun while the store is opened, and each of them looks around once a
/// second for ever. Threads inherit how late their timers may be: a minute, so that the kernel lets them all
/// wait for one another and for whatever else wakes the processor. Work that is handed to them still wakes them at
/// once. Other systems do not say it this way, and lose nothing.
fn with_patient_timers<T>(work: impl FnOnce() -> T) -> T {
    let own = fs::read_link("/proc/thread-self").ok();
    let slack = own.as_deref().and_then(Path::file_name).map(|id| Path::new("/proc").join(id).join("timerslack_ns"));
    let lateness = |nanoseconds: &str| drop(slack.as_ref().map(|slack| fs::write(slack, nanoseconds)));
    lateness("60000000000");
    let result = work();
    // Zero is this thread's own measure again.
    lateness("0");
    result
}

/// The store's folder, readable by its owner alone.
fn make_private(dir: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(dir).map_err(StoreError::io(dir))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700)).map_err(StoreError::io(dir))?;
    }
    Ok(())
}

fn take_lock(dir: &Path, holder: &Holder) -> Result<File, StoreError> {
    let path = dir.join("lock");
    let options = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
    let mut file = options.map_err(StoreError::io(&path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(fs::TryLockError::WouldBlock) => {
            return Err(StoreError::HeldBy { dir: dir.to_path_buf(), holder: read_holder(dir) });
        }
        Err(fs::TryLockError::Error(source)) => return Err(StoreError::Io { path, source }),
    }
    let words = serde_json::to_string(holder).unwrap_or_default();
    file.set_len(0)
        .and_then(|()| file.write_all(words.as_bytes()))
        .and_then(|()| copy_of_holder(dir, &words))
        .map_err(StoreError::io(&path))?;
    Ok(file)
}

/// Windows does not let others read a locked file, so who holds it stands in a second one too.
fn copy_of_holder(dir: &Path, words: &str) -> std::io::Result<()> {
    fs::write(dir.join("holder.json"), words)
}

fn read_holder(dir: &Path) -> Option<Box<Holder>> {
    let mut words = String::new();
    File::open(dir.join("holder.json")).ok()?.take(4096).read_to_string(&mut words).ok()?;
    serde_json::from_str(&words).ok()
}

/// How the store was left: cleanly or not, and how many files it had seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Marker {
    clean: bool,
    sequence: u64,
}

fn read_marker(dir: &Path) -> Option<Marker> {
    let words = fs::read_to_string(dir.join("marker")).ok()?;
    let (state, sequence) = words.trim().split_once(' ')?;
    Some(Marker { clean: state == "clean", sequence: sequence.parse().ok()? })
}

/// Written aside, synced, renamed: a marker is whole or the one before.
fn write_marker(dir: &Path, words: &str) -> Result<(), StoreError> {
    let (path, aside) = (dir.join("marker"), dir.join("marker.new"));
    let write = || {
        let mut file = File::create(&aside)?;
        file.write_all(words.as_bytes())?;
        file.sync_all()?;
        fs::rename(&aside, &path)?;
        sync_dir(dir)
    };
    write().map_err(StoreError::io(&path))
}

#[cfg(unix)]
fn sync_dir(dir: &Path) -> std::io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(not(unix))]
fn sync_dir(_dir: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Opens the engine and believes it only when it holds what it should.
fn checked(dir: &Path, database: &Path, existed: bool, least: u64) -> Result<Shelf, StoreError> {
    remove_half_snapshots(database);
    let config =
        sled::Config::new().path(database).cache_capacity(CACHE).flush_every_ms(None).mode(sled::Mode::LowSpace);
    let db = catch_unwind(AssertUnwindSafe(|| config.open()))
        .map_err(|_| StoreError::engine("it gave up on a damaged file"))?
        .map_err(StoreError::engine)?;
    if existed && !db.was_recovered() {
        return Err(StoreError::engine("a store that was there opened as a new one"));
    }
    let path = database.join("db");
    let file = OpenOptions::new().read(true).write(true).open(&path).map_err(StoreError::io(&path))?;
    let shelf = Shelf::Disk { db, file, broken: AtomicBool::new(false) };
    check_schema(dir, &shelf, existed)?;
    let sequence = stored_sequence(&shelf)?;
    if sequence < least {
        return Err(StoreError::engine(format!("{sequence} files where {least} were kept")));
    }
    if !existed {
        sync_new(dir, database)?;
    }
    Ok(shelf)
}

fn stored_sequence(shelf: &Shelf) -> Result<u64, StoreError> {
    let bytes = shelf.get(key::SEQUENCE)?;
    Ok(bytes.map(|bytes| value::decode(&bytes)).transpose()?.unwrap_or(0))
}

fn check_schema(dir: &Path, shelf: &Shelf, existed: bool) -> Result<(), StoreError> {
    match shelf.get(key::SCHEMA)?.and_then(|bytes| bytes.first().copied()) {
        Some(value::SCHEMA) => Ok(()),
        Some(found) if found > value::SCHEMA => {
            Err(StoreError::NewerSchema { dir: dir.to_path_buf(), found, known: value::SCHEMA })
        }
        Some(_) => migrate(shelf).map(drop),
        None if !existed || stored_sequence(shelf)? == 0 => {
            let schema = [(key::SCHEMA.to_vec(), Some(vec![value::SCHEMA]))];
            shelf.apply(&schema.into_iter().collect())
        }
        None => Err(StoreError::engine("the record of its schema is missing")),
    }
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
fn sync_new(dir: &Path, database: &Path) -> Result<(), StoreError> {
    for name in ["conf", "db"] {
        let path = database.join(name);
        File::open(&path).and_then(|file| file.sync_all()).map_err(StoreError::io(&path))?;
    }
    let parents = [Some(database), Some(dir), dir.parent()];
    for folder in parents.into_iter().flatten().filter(|folder| !folder.as_os_str().is_empty()) {
        sync_dir(folder).map_err(StoreError::io(folder))?;
    }
    Ok(())
}

fn stamp() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn copy_aside(dir: &Path, database: &Path) -> Result<PathBuf, StoreError> {
    let copy = free_name(dir, "copy");
    copy_folder(database, &copy).map_err(StoreError::io(&copy))?;
    Ok(copy)
}

/// `<what>-<seconds since 1970>`, with a number behind it when that is taken.
fn free_name(dir: &Path, what: &str) -> PathBuf {
    let base = format!("{what}-{}", stamp());
    let first = dir.join(&base);
    let numbered = (1..).map(|n: u32| dir.join(format!("{base}-{n}")));
    std::iter::once(first.clone()).chain(numbered).find(|path| !path.exists()).unwrap_or(first)
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn drop_copy(copy: Option<PathBuf>) {
    if let Some(copy) = copy {
        // A copy that stays costs disk, nothing else.
        let _ = fs::remove_dir_all(copy);
    }
}

/// Moves the store that is in doubt to `bad-<time>`: the copy from before the opening where there is one,
/// because the opening itself may have truncated the original.
fn set_aside(
    dir: &Path,
    database: &Path,
    copy: Option<&Path>,
    doubt: &StoreError,
    opening: &mut Opening,
) -> Result<(), StoreError> {
    let bad = free_name(dir, "bad");
    match copy {
        Some(copy) => {
            fs::rename(copy, &bad).map_err(StoreError::io(copy))?;
            fs::rename(database, bad.join("as-opened")).map_err(StoreError::io(database))?;
        }
        None => fs::rename(database, &bad).map_err(StoreError::io(database))?,
    }
    opening.notes.push(format!(
        "the history could not be trusted ({doubt}); it was set aside as {} and a new one begun. The files in the \
         watched folders are read again.",
        bad.display()
    ));
    opening.set_aside = Some(bad);
    Ok(())
}
