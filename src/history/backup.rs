//! Backups: everything the store holds, as JSON lines, compressed, checksummed, verified, rotated.
//!
//! A backup is made while the store is used. The journal is rotated first and its last number written into the
//! head; whatever changes during the walk stands in the journal behind that number, so that backup and journal
//! together are the store, whatever moment each line is from.
//!
//! The file is gzip. Its first line is the [`Head`], its last one the [`Foot`] with a count and the BLAKE3 of all
//! lines before; in between one line a value, see [`super::backup_line`].

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};

use super::backup_line::{of_line, to_line};
use super::disk::sync_dir;
use super::error::StoreError;
use super::journal;
use super::value;

/// What the names of backups end in.
const ENDING: &str = ".jsonl.gz";
/// Pairs read at once, and the pause after them: a backup never holds up an arriving file.
const PAGE: usize = 64;
const PAUSE: Duration = Duration::from_micros(300);

/// The first line of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    /// Always `backup of a trimwatch history`.
    what: String,
    /// Layout of the lines.
    format: u32,
    /// Schema of the values.
    schema: u8,
    /// Number of the journal's last batch before the walk began.
    journal: u64,
    /// When it was begun, milliseconds since 1970 UTC.
    made_ms: i64,
}

/// The last line of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Foot {
    /// Lines between head and foot.
    values: u64,
    /// BLAKE3 of head and lines, line ends included.
    blake3: String,
}

const WHAT: &str = "backup of a trimwatch history";
const FORMAT: u32 = 1;

/// A backup that was read to its end and found sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// The file.
    pub path: PathBuf,
    /// Values it holds.
    pub values: u64,
    /// Bytes on disk.
    pub bytes: u64,
    /// When it was begun, milliseconds since 1970 UTC.
    pub made_ms: i64,
    /// Number of the journal's last batch before it was begun.
    pub(super) journal: u64,
}

/// The folder of a store's backups.
pub(super) fn folder(dir: &Path) -> PathBuf {
    dir.join("backups")
}

/// The backups in a folder, newest first, by their names.
pub(super) fn list(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let ours = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(ENDING));
    let mut found: Vec<PathBuf> = entries.filter(ours).collect();
    found.sort();
    found.reverse();
    found
}

/// The newest backup of a store that is sound.
pub(super) fn newest_sound(dir: &Path) -> Option<Backup> {
    list(&folder(dir)).iter().find_map(|path| verify(path).ok())
}

/// Writes a backup aside, reads it back, and only then gives it its name. `page` gives the pairs after a key.
pub(super) fn create(
    folder: &Path,
    journal: u64,
    made_ms: i64,
    page: impl Fn(&[u8], usize) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError>,
) -> Result<Backup, StoreError> {
    super::disk::make_private(folder).map_err(StoreError::io(folder))?;
    let name = format!("{:013}-{journal:012}{ENDING}", made_ms.max(0));
    let aside = folder.join("unfinished.part");
    let head = Head { what: WHAT.to_owned(), format: FORMAT, schema: value::SCHEMA, journal, made_ms };
    let finished = write(&aside, &head, page).and_then(|()| verify(&aside)).and_then(|backup| {
        let path = folder.join(&name);
        fs::rename(&aside, &path).and_then(|()| sync_dir(folder)).map_err(StoreError::io(&path))?;
        Ok(Backup { path, ..backup })
    });
    if finished.is_err() {
        // What is left of a failed backup only takes room.
        let _ = fs::remove_file(&aside);
    }
    finished
}

fn write(
    path: &Path,
    head: &Head,
    page: impl Fn(&[u8], usize) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError>,
) -> Result<(), StoreError> {
    let file = super::disk::create_private(path).map_err(StoreError::io(path))?;
    let mut out = Lines { out: GzEncoder::new(BufWriter::new(file), Compression::fast()), hash: blake3::Hasher::new() };
    let in_file = |e: io::Error| StoreError::Io { path: path.to_path_buf(), source: e };
    out.line(&serde_json::to_string(head).map_err(StoreError::engine)?).map_err(in_file)?;
    let (mut after, mut values) = (Vec::new(), 0);
    loop {
        let pairs = page(&after, PAGE)?;
        let Some((last, _)) = pairs.last() else { break };
        after.clone_from(last);
        for (key, value) in pairs {
            out.line(&to_line(&key, &value)).map_err(in_file)?;
            values += 1;
        }
        thread::sleep(PAUSE);
    }
    let foot = Foot { values, blake3: out.hash.finalize().to_hex().to_string() };
    out.line(&serde_json::to_string(&foot).map_err(StoreError::engine)?).map_err(in_file)?;
    let file = out.out.finish().and_then(|buffered| buffered.into_inner().map_err(io::IntoInnerError::into_error));
    file.and_then(|file| file.sync_all()).map_err(in_file)
}

/// Lines on their way into the file and into the hash.
struct Lines<W: Write> {
    out: W,
    hash: blake3::Hasher,
}

impl<W: Write> Lines<W> {
    fn line(&mut self, line: &str) -> io::Result<()> {
        for part in [line.as_bytes(), b"\n"] {
            self.hash.update(part);
            self.out.write_all(part)?;
        }
        Ok(())
    }
}

/// Reads a backup to its end.
///
/// # Errors
/// [`StoreError::Backup`] says what is wrong, and on which line.
pub fn verify(path: &Path) -> Result<Backup, StoreError> {
    load(path, |_, _| Ok(()))
}

/// Reads a backup and gives every pair to `each`. What was given counts only when this returns without an error.
pub(super) fn load(
    path: &Path,
    mut each: impl FnMut(Vec<u8>, Vec<u8>) -> Result<(), StoreError>,
) -> Result<Backup, StoreError> {
    let wrong = |cause: String| StoreError::Backup { path: path.to_path_buf(), cause };
    let file = File::open(path).map_err(StoreError::io(path))?;
    let bytes = file.metadata().map_err(StoreError::io(path))?.len();
    let mut source = BufReader::with_capacity(256 * 1024, MultiGzDecoder::new(BufReader::new(file)));
    let mut hash = blake3::Hasher::new();
    let mut line = next_line(&mut source, path)?.unwrap_or_default();
    let head: Head = serde_json::from_str(&line).map_err(|e| wrong(format!("no head of a backup: {e}")))?;
    if head.what != WHAT || head.format != FORMAT || head.schema > value::SCHEMA || head.journal > journal::MOST {
        return Err(wrong(format!("format {} with schema {}: not of this program", head.format, head.schema)));
    }
    let mut values = 0;
    loop {
        hash.update(line.as_bytes());
        line = next_line(&mut source, path)?.ok_or_else(|| wrong("it ends without its last line".to_owned()))?;
        if line.starts_with(r#"{"values""#) {
            break;
        }
        values += 1;
        let (key, value) = of_line(&line).map_err(|cause| wrong(format!("line {}: {cause}", values + 1)))?;
        each(key, value)?;
    }
    let foot: Foot = serde_json::from_str(&line).map_err(|e| wrong(format!("its last line: {e}")))?;
    // Reading on to the end checks what gzip itself says of the whole.
    if next_line(&mut source, path)?.is_some() {
        return Err(wrong("it goes on behind its last line".to_owned()));
    }
    if foot.values != values || foot.blake3 != hash.finalize().to_hex().as_str() {
        return Err(wrong("its checksum does not fit".to_owned()));
    }
    Ok(Backup { path: path.to_path_buf(), values, bytes, made_ms: head.made_ms, journal: head.journal })
}

/// The next line with its end; `None` behind the last one.
fn next_line(source: &mut impl BufRead, path: &Path) -> Result<Option<String>, StoreError> {
    let mut line = String::new();
    let read = source.read_line(&mut line);
    let read = read.map_err(|e| StoreError::Backup { path: path.to_path_buf(), cause: e.to_string() })?;
    Ok((read > 0).then_some(line))
}

/// Keeps the newest backups, removes the older ones. Returns the journal's number that the oldest kept one needs.
pub(super) fn rotate(folder: &Path, keep: usize) -> Option<u64> {
    let found = list(folder);
    for path in found.iter().skip(keep.max(1)) {
        // One that stays is removed the next time.
        let _ = fs::remove_file(path);
    }
    let oldest = found.get(..keep.max(1).min(found.len()))?.last()?;
    named(oldest).map(|(_, journal)| journal)
}

/// When a backup was made, milliseconds since 1970 UTC, and its number of the journal, as its name says.
pub(super) fn named(path: &Path) -> Option<(i64, u64)> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    let (made, journal) = name.strip_suffix(ENDING)?.split_once('-')?;
    Some((made.parse().ok()?, journal.parse().ok().filter(|number| *number <= journal::MOST)?))
}

/// Copies a backup into another folder, under its own name, whole or not at all.
pub(super) fn copy_to(backup: &Backup, folder: &Path, keep: usize) -> Result<(), StoreError> {
    let name = backup.path.file_name().unwrap_or_default();
    let (aside, path) = (folder.join("unfinished.part"), folder.join(name));
    // A folder that is there is somebody's own; one that is not is made as private as the history.
    let there = if folder.is_dir() { Ok(()) } else { super::disk::make_private(folder) };
    let copied = there.and_then(|()| fs::copy(&backup.path, &aside));
    copied.and_then(|_| File::open(&aside)?.sync_all()).map_err(StoreError::io(&aside))?;
    verify(&aside)?;
    fs::rename(&aside, &path).map_err(StoreError::io(&path))?;
    rotate(folder, keep);
    Ok(())
}
