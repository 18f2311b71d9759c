//! Opening the store: finish what was cut short, copy, open, catch up from the journal, check; on doubt set aside and
//! restore.
//!
//! The engine may refuse a half-written snapshot, panic on a damaged file, or open it as empty and truncate it. So it
//! is opened after a copy when the last end was not clean, and believed only when it holds at least what the marker
//! says it held and what the journal has told it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::backup;
use super::claim::Claim;
use super::database::{self, Database};
use super::disk::{copy_folder, free_name};
use super::draft::{MAX_BYTES, MAX_RECORDS};
use super::error::StoreError;
use super::journal::{self, Changes, Journal, Replayed};
use super::key;
use super::marker::{self, Marker};
use super::migrate::{migrate, recount};
use super::rewrite;
use super::shelf::{Disk, Shelf};
use super::value;
use super::volumes;

/// Bytes that must fit on the disk before a store that cannot be opened is called damaged.
const PROBE: usize = 1024 * 1024;

/// What becomes of files that are lost to the history.
const READ_AGAIN: &str = "What lies in the watched folders is read again";

/// What was found when the store was opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opening {
    /// Where a store that could not be trusted was set aside.
    pub set_aside: Option<PathBuf>,
    /// What else is worth saying.
    pub notes: Vec<String>,
}

/// Opens the store in a claimed folder.
pub(super) fn open(claim: &Claim) -> Result<(Shelf, Opening), StoreError> {
    database::with_patient_timers(|| open_in(claim.dir()))
}

fn open_in(dir: &Path) -> Result<(Shelf, Opening), StoreError> {
    rewrite::finish(dir).map_err(StoreError::io(dir))?;
    let (marker, database) = (marker::read(dir), dir.join("db"));
    let copy = match &marker {
        Some(Marker { clean: true, .. }) => None,
        _ if database::is_there(&database) => {
            // A disk that takes nothing is known before half a copy lies on it.
            probe(dir).map_err(StoreError::io(dir))?;
            Some(copy_aside(dir, &database)?)
        }
        _ => None,
    };
    let least = marker.map_or(0, |marker| marker.sequence);
    let mut opening = Opening::default();
    // Whatever ended the last process may have damaged what is not read at once.
    let thorough = copy.is_some();
    let mut tried = checked(dir, least, &mut opening, thorough);
    if marker.is_none() && tried.as_ref().is_err_and(|error| is_damage(dir, error)) && is_untold(dir)? {
        // A process died while it made the store, before anything was kept in it.
        fs::remove_dir_all(&database).map_err(StoreError::io(&database))?;
        tried = checked(dir, 0, &mut opening, false);
    }
    let shelf = match tried {
        Ok(shelf) => shelf,
        Err(error) if !is_damage(dir, &error) => {
            drop_copy(copy);
            return Err(error);
        }
        Err(doubt) => {
            let bad = set_aside(dir, &database, copy.as_deref())?;
            let restored = restore_what_is_there(dir)?;
            let shelf = checked(dir, 0, &mut opening, false)?;
            if restored.as_ref().is_some_and(|restored| restored.gaps.is_some()) {
                // The tallies still count runs that are not there any more.
                recount(&shelf)?;
            }
            opening.notes.push(said(&doubt, &bad, restored.as_ref(), stored(&shelf, key::SEQUENCE)?));
            opening.set_aside = Some(bad);
            shelf
        }
    };
    drop_copy(copy);
    drop_left_copies(dir);
    if let Shelf::Disk(disk) = &shelf {
        disk.database.volumes.tidy();
    }
    let sequence = stored(&shelf, key::SEQUENCE)?;
    marker::write(dir, Marker { clean: false, sequence })?;
    Ok((shelf, opening))
}

/// Whether neither a journal nor a backup tells of anything that was kept.
fn is_untold(dir: &Path) -> Result<bool, StoreError> {
    let journals = dir.join("journal");
    Ok(Journal::open(&journals)?.last() == 0 && backup::newest_sound(dir).is_none())
}

/// Whether an error speaks against the store and not against the disk or the rights to it.
fn is_damage(dir: &Path, error: &StoreError) -> bool {
    match error {
        StoreError::NewerSchema { .. } | StoreError::HeldBy { .. } | StoreError::Io { .. } => false,
        // The engine gives up in the same words on a full disk as on a damaged file.
        _ => probe(dir).is_ok(),
    }
}

/// Whether the disk takes anything at all.
pub(super) fn probe(dir: &Path) -> io::Result<()> {
    let path = dir.join("probe");
    let mut written = fs::File::create(&path);
    let tried = written.as_mut().map_err(|e| io::Error::new(e.kind(), e.to_string())).and_then(|file| {
        file.write_all(&vec![0x5A; PROBE])?;
        file.sync_all()
    });
    drop(written);
    fs::remove_file(&path).and(tried)
}

/// Opens the engine, lets it catch up with the journal, and believes it only when it holds what it should.
fn checked(dir: &Path, least: u64, opening: &mut Opening, thorough: bool) -> Result<Shelf, StoreError> {
    let journals = dir.join("journal");
    let mut journal = Journal::open(&journals)?;
    opening.notes.append(&mut journal.notes);
    let existed = database::is_there(&dir.join("db"));
    if !existed && journal.last() > 0 {
        return Err(StoreError::engine("the journal is there and the database is not"));
    }
    let database = database::open(&dir.join("db"))?;
    check_schema_known(dir, &database)?;
    if thorough {
        database.volumes.verify()?;
    }
    let applied = number(&database, key::JOURNAL)?;
    let told = journal::first(&journals).unwrap_or(1);
    if existed && journal.last() > applied && told > applied + 1 {
        let gap = format!("it has batch {applied} of the journal, which goes on at {told}");
        return Err(StoreError::engine(gap));
    }
    let disk = Disk::new(dir, database, journal);
    let told = catch_up(&disk, &journals, applied)?;
    opening.notes.extend(told.said_gaps().map(|said| format!("{said}. {READ_AGAIN}")));
    let mut last = told.last;
    if last == 0 && number(&disk.database, key::SEQUENCE)? > 0 {
        // A store from before there was a journal: that the journal does not tell all shows in its first number.
        last = 1;
        disk.write(&Changes::new(), last)?;
    }
    super::shelf::lock(&disk.journal).skip_to(last)?;
    let shelf = Shelf::Disk(Box::new(disk));
    let sequence = stored(&shelf, key::SEQUENCE)?;
    if sequence < least {
        return Err(StoreError::engine(format!("{sequence} files where {least} were kept")));
    }
    check_schema(&shelf, existed)?;
    Ok(shelf)
}

/// Replays what the journal has and the engine lacks, in groups under the engine's bound.
fn catch_up(disk: &Disk, journals: &Path, applied: u64) -> Result<Replayed, StoreError> {
    let (mut group, mut bytes, mut upto) = (Changes::new(), 0, applied);
    let told = journal::replay(journals, applied, |number, changes| {
        let more: usize = changes.iter().map(|(key, value)| key.len() + value.as_ref().map_or(0, Vec::len)).sum();
        if !group.is_empty() && (group.len() + changes.len() > MAX_RECORDS || bytes + more > MAX_BYTES) {
            disk.write(&std::mem::take(&mut group), upto)?;
            bytes = 0;
        }
        group.extend(changes);
        (bytes, upto) = (bytes + more, number);
        Ok(())
    })?;
    if !group.is_empty() {
        disk.write(&group, upto)?;
    }
    Ok(told)
}

/// A number that a database keeps; 0 when there is none.
pub(super) fn number(database: &Database, key: &[u8]) -> Result<u64, StoreError> {
    let bytes = database.get(key)?;
    Ok(bytes.map(|bytes| value::decode(&bytes)).transpose()?.unwrap_or(0))
}

/// A number the store keeps; 0 when there is none.
pub(super) fn stored(shelf: &Shelf, key: &[u8]) -> Result<u64, StoreError> {
    let bytes = shelf.get(key)?;
    Ok(bytes.map(|bytes| value::decode(&bytes)).transpose()?.unwrap_or(0))
}

fn check_schema_known(dir: &Path, database: &Database) -> Result<(), StoreError> {
    let found = database.get(key::SCHEMA)?.and_then(|bytes| bytes.first().copied());
    match found {
        Some(found) if found > value::LAYOUT => {
            Err(StoreError::NewerSchema { dir: dir.to_path_buf(), found, known: value::LAYOUT })
        }
        _ => Ok(()),
    }
}

fn check_schema(shelf: &Shelf, existed: bool) -> Result<(), StoreError> {
    match shelf.get(key::SCHEMA)?.and_then(|bytes| bytes.first().copied()) {
        Some(value::SCHEMA | value::LAYOUT) => Ok(()),
        Some(_) => migrate(shelf),
        None if !existed || stored(shelf, key::SEQUENCE)? == 0 => {
            let schema = [(key::SCHEMA.to_vec(), Some(vec![value::SCHEMA]))];
            shelf.apply(&schema.into_iter().collect())
        }
        None => Err(StoreError::engine("the record of its schema is missing")),
    }
}

/// What a store was restored from.
pub(super) struct Restored {
    from: String,
    /// What backup and journal do not tell of all that ever was.
    gaps: Option<String>,
}

/// Builds the database anew from the newest sound backup and the journal since. `None` when there is nothing to
/// build it from.
fn restore_what_is_there(dir: &Path) -> Result<Option<Restored>, StoreError> {
    let (journals, backup) = (dir.join("journal"), backup::newest_sound(dir));
    let from = backup.as_ref().map_or(0, |backup| backup.journal);
    if backup.is_none() && journal::replay(&journals, 0, |_, _| Ok(()))?.last == 0 {
        return Ok(None);
    }
    let mut told = Replayed::default();
    rewrite::replace(dir, |filler| {
        if let Some(backup) = &backup {
            backup::load(&backup.path, |key, value| filler.put(&key, Some(&value)))?;
        }
        told = journal::replay(&journals, from, |_, changes| filler.apply(&changes))?;
        if filler.written()?.get(key::SCHEMA)?.is_none() {
            filler.put(key::SCHEMA, Some(&[value::SCHEMA]))?;
        }
        filler.put(key::JOURNAL, Some(&value::encode(&told.last)?))
    })?;
    let source = backup.as_ref().and_then(|backup| backup.path.file_name()).map(|name| name.to_string_lossy());
    Ok(Some(Restored {
        gaps: told.said_gaps(),
        from: source.map_or("the journal".to_owned(), |name| format!("{name} and the journal since")),
    }))
}

fn said(doubt: &StoreError, bad: &Path, restored: Option<&Restored>, files: u64) -> String {
    let now = match restored {
        Some(Restored { from, .. }) => format!("{files} files were restored from {from}"),
        None => "a new one was begun".to_owned(),
    };
    let rest = match restored {
        Some(Restored { gaps: None, .. }) => String::new(),
        Some(Restored { gaps: Some(gaps), .. }) => format!("; {gaps}. {READ_AGAIN}"),
        None => format!(". {READ_AGAIN}"),
    };
    format!("the history could not be trusted ({doubt}); it was set aside as {}, {now}{rest}", bad.display())
}

fn copy_aside(dir: &Path, database: &Path) -> Result<PathBuf, StoreError> {
    let copy = free_name(dir, "copy");
    if let Err(source) = copy_folder(database, &copy) {
        // Half a copy on a full disk only makes it fuller.
        drop_copy(Some(copy.clone()));
        return Err(StoreError::Io { path: copy, source });
    }
    Ok(copy)
}

fn drop_copy(copy: Option<PathBuf>) {
    if let Some(copy) = copy {
        // A copy that stays costs disk, nothing else.
        let _ = fs::remove_dir_all(copy);
    }
}

/// Copies that a kill during an earlier opening left behind: the store is open, they are not wanted any more.
fn drop_left_copies(dir: &Path) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with("copy-") {
            drop_copy(Some(entry.path()));
        }
    }
}

/// Moves the store that is in doubt to `bad-<time>`: the copy from before the opening where there is one,
/// because the opening itself may have truncated the original.
fn set_aside(dir: &Path, database: &Path, copy: Option<&Path>) -> Result<PathBuf, StoreError> {
    let bad = free_name(dir, "bad");
    match copy {
        Some(copy) => fs::rename(copy, &bad).map_err(StoreError::io(copy))?,
        None => fs::create_dir(&bad).map_err(StoreError::io(&bad))?,
    }
    if database.exists() {
        fs::rename(database, bad.join("as-opened")).map_err(StoreError::io(database))?;
    }
    let volumes = volumes::folder(dir);
    if volumes.exists() {
        fs::rename(&volumes, bad.join("volumes")).map_err(StoreError::io(&volumes))?;
    }
    Ok(bad)
}
