//! Everything written since the last verified backup, in order, each batch on disk before the engine gets it.
//!
//! The engine's own promise after a power loss is weaker than ours. So every batch is a numbered frame of the
//! journal first. The engine keeps the number of the last batch it has; what it lacks when it is opened is replayed,
//! and a store that is lost altogether is a backup plus the journal since. Batches set and remove whole values, so
//! that replaying one twice, or over a backup that was made while it was written, changes nothing.
//!
//! The journal is cut into segments, a new one with each backup and when one grows long; a segment goes once no kept backup needs it.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::disk::sync_dir;
use super::error::StoreError;
use super::frames::{self, Extent, Frames};

/// A segment longer than this is followed by another, bytes: the last one is read whole when a store is opened.
const LONG_SEGMENT: u64 = 16 * 1024 * 1024;

/// No history comes this far: a greater number was made up, and could not be counted on from.
pub(super) const MOST: u64 = u64::MAX >> 1;

/// Keys with their new values; `None` removes.
pub(super) type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;
/// One batch with its number.
type Batch = (u64, Changes);

/// The journal, opened to be continued.
#[derive(Debug)]
pub(super) struct Journal {
    dir: PathBuf,
    segment: Frames,
    /// Number of the next batch.
    next: u64,
    /// Length of the segment before the last batch.
    before: u64,
    /// What was found odd.
    pub(super) notes: Vec<String>,
}

/// A segment's file, by the number of its first batch.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Segment {
    first: u64,
    path: PathBuf,
}

fn segments(dir: &Path) -> io::Result<Vec<Segment>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let first = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok());
        let is_ours = |first: &u64| *first > 0 && *first <= MOST && path == segment_path(dir, *first);
        if let Some(first) = first.filter(is_ours) {
            found.push(Segment { first, path });
        }
    }
    found.sort();
    Ok(found)
}

/// The segments that tell batches after a number: one whose successor begins at or before the next has nothing to tell.
fn telling(dir: &Path, after: u64) -> io::Result<Vec<Segment>> {
    let segments = segments(dir)?;
    let ends: Vec<u64> = segments.iter().skip(1).map(|next| next.first).chain([u64::MAX]).collect();
    let later = segments.into_iter().zip(ends).filter(|(_, end)| *end > after + 1);
    Ok(later.map(|(segment, _)| segment).collect())
}

fn segment_path(dir: &Path, first: u64) -> PathBuf {
    dir.join(format!("{first:020}.log"))
}

/// The batch in a frame; nothing in one that is whole and yet holds none.
fn batch(payload: &[u8]) -> Option<Batch> {
    postcard::from_bytes(payload).ok().filter(|(number, _)| *number <= MOST)
}

/// Bytes of all segments.
pub(super) fn size(dir: &Path) -> u64 {
    let lengths = segments(dir).unwrap_or_default().into_iter().filter_map(|segment| fs::metadata(segment.path).ok());
    lengths.map(|meta| meta.len()).sum()
}

/// The first batch the journal can still tell, if it has any segment.
pub(super) fn first(dir: &Path) -> Option<u64> {
    segments(dir).ok()?.first().map(|segment| segment.first)
}

/// What the journal told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Replayed {
    /// Number of the last batch there is.
    pub(super) last: u64,
    /// Batches that it lacks: the first and the last of each stretch.
    pub(super) gaps: Vec<(u64, u64)>,
}

impl Replayed {
    /// Which batches are missing, in words; `None` when none is.
    pub(super) fn said_gaps(&self) -> Option<String> {
        let missing: u64 = self.gaps.iter().map(|(first, last)| last - first + 1).sum();
        let between: Vec<String> = self.gaps.iter().map(|(first, last)| format!("{first} to {last}")).collect();
        (missing > 0).then(|| format!("the journal lacks {missing} batches: {}", between.join(", ")))
    }
}

/// Calls `each` for every batch after a number, in order, and passes over those that are missing.
pub(super) fn replay(
    dir: &Path,
    after: u64,
    mut each: impl FnMut(u64, Changes) -> Result<(), StoreError>,
) -> Result<Replayed, StoreError> {
    let (mut last, mut gaps) = (after, Vec::new());
    let mut reached = |last: &mut u64, next: u64| {
        if next > *last + 1 {
            gaps.push((*last + 1, next - 1));
            *last = next - 1;
        }
    };
    for segment in telling(dir, after).map_err(StoreError::io(dir))? {
        reached(&mut last, segment.first);
        let read = frames::read::<StoreError>(&segment.path, |payload| {
            let Some((number, changes)) = batch(payload) else { return Ok(false) };
            if number > last {
                reached(&mut last, number);
                each(number, changes)?;
                last = number;
            }
            Ok(true)
        });
        read.map_err(|error| error.in_file(&segment.path))?;
    }
    Ok(Replayed { last, gaps })
}

impl Journal {
    /// Opens the journal in a folder, makes it when it is not there. A last batch that is not whole is cut away.
    pub(super) fn open(dir: &Path) -> Result<Self, StoreError> {
        fs::create_dir_all(dir).map_err(StoreError::io(dir))?;
        let last = segments(dir).map_err(StoreError::io(dir))?.pop();
        let Some(Segment { first, path }) = last else {
            return Self::begin(dir.to_path_buf(), 1);
        };
        let (mut next, mut unread) = (first, false);
        let extent = frames::read::<StoreError>(&path, |payload| {
            let number = batch(payload).map(|(number, _)| number);
            unread = number.is_none();
            next = number.map_or(next, |number| number + 1);
            Ok(!unread)
        });
        let extent = extent.map_err(|error| error.in_file(&path))?;
        let mut notes = Vec::new();
        if unread || holds_more(&path, extent).map_err(StoreError::io(&path))? {
            notes.push(format!("{}: damaged after batch {}", path.display(), next - 1));
            let kept = path.with_extension("damaged");
            fs::copy(&path, &kept).map_err(StoreError::io(&kept))?;
        }
        let segment = Frames::open(&path, Some(extent)).map_err(StoreError::io(&path))?;
        let before = segment.len();
        Ok(Self { dir: dir.to_path_buf(), segment, next, before, notes })
    }

    fn begin(dir: PathBuf, first: u64) -> Result<Self, StoreError> {
        let path = segment_path(&dir, first);
        let segment = Frames::open(&path, None).map_err(StoreError::io(&path))?;
        sync_dir(&dir).map_err(StoreError::io(&dir))?;
        Ok(Self { dir, segment, next: first, before: 0, notes: Vec::new() })
    }

    /// Writes a batch down; on disk when this returns. Returns its number.
    pub(super) fn append(&mut self, changes: &Changes) -> Result<u64, StoreError> {
        if self.segment.len() > LONG_SEGMENT {
            self.rotate()?;
        }
        let number = self.next;
        let payload = postcard::to_stdvec(&(number, changes)).map_err(StoreError::engine)?;
        self.before = self.segment.len();
        let path = &self.dir;
        self.segment.append(&payload).map_err(StoreError::io(path))?;
        self.next += 1;
        Ok(number)
    }

    /// Takes the last batch back: the engine could not take it, and nobody was told of it.
    pub(super) fn take_back(&mut self) {
        // A batch that cannot be taken back is replayed at the next opening: its file is then known, not lost.
        if self.segment.cut(self.before).is_ok() {
            self.next -= 1;
        }
    }

    /// The number of the last batch.
    pub(super) fn last(&self) -> u64 {
        self.next - 1
    }

    /// The engine knows of batches that this journal does not: the next one comes after them.
    pub(super) fn skip_to(&mut self, last: u64) -> Result<(), StoreError> {
        if last > self.last() {
            if self.segment.len() == 0 {
                // An empty segment would claim that the journal begins before it does.
                let empty = segment_path(&self.dir, self.next);
                fs::remove_file(&empty).map_err(StoreError::io(&empty))?;
            }
            *self = Self { notes: std::mem::take(&mut self.notes), ..Self::begin(self.dir.clone(), last + 1)? };
        }
        Ok(())
    }

    /// Bytes of the segments that tell batches after a number.
    pub(super) fn size_after(&self, number: u64) -> u64 {
        let later = telling(&self.dir, number).unwrap_or_default().into_iter();
        later.filter_map(|segment| fs::metadata(segment.path).ok()).map(|meta| meta.len()).sum()
    }

    /// Begins a new segment. Returns the number of the last batch of the one before.
    pub(super) fn rotate(&mut self) -> Result<u64, StoreError> {
        let last = self.last();
        if self.segment.len() > 0 {
            *self = Self::begin(self.dir.clone(), self.next)?;
        }
        Ok(last)
    }
}

/// Whether sound frames lie behind the first bad one: then it is damage and no cut.
fn holds_more(path: &Path, extent: Extent) -> io::Result<bool> {
    /// Longest stretch that one cut-off batch can leave behind, bytes: the store's bound with room to spare.
    const ONE_BATCH: u64 = 8 * 1024 * 1024;
    if extent.rest == 0 {
        return Ok(false);
    }
    let bytes = fs::read(path)?;
    let rest = usize::try_from(extent.whole).ok().and_then(|whole| bytes.get(whole..)).unwrap_or_default();
    let number = |at: usize| rest.get(at..)?.first_chunk().copied().map(u32::from_be_bytes);
    let is_frame = |at: usize| {
        let length = number(at).unwrap_or(0) as usize;
        let payload = rest.get(at + 8..at.saturating_add(8).saturating_add(length));
        length > 16 && payload.is_some_and(|payload| Some(crc32fast::hash(payload)) == number(at + 4))
    };
    Ok(extent.rest > ONE_BATCH || (1..rest.len().saturating_sub(8)).any(is_frame))
}

/// Removes the segments that no state from batch `needed` on asks for.
pub(super) fn prune(dir: &Path, needed: u64) -> io::Result<()> {
    let segments = segments(dir)?;
    for (segment, next) in segments.iter().zip(segments.iter().skip(1)) {
        if next.first <= needed + 1 {
            fs::remove_file(&segment.path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(key: u8, value: u8) -> Changes {
        [(vec![key], Some(vec![value; 20]))].into_iter().collect()
    }

    fn numbers(dir: &Path, after: u64) -> Vec<u64> {
        let mut found = Vec::new();
        replay(dir, after, |number, _| {
            found.push(number);
            Ok(())
        })
        .expect("readable");
        found
    }

    #[test]
    fn batches_are_told_in_order_across_segments_and_from_any_number() {
        let folder = tempfile::tempdir().expect("a folder");
        let dir = folder.path().join("journal");
        let mut journal = Journal::open(&dir).expect("made");
        for key in 1..=3 {
            journal.append(&change(key, 0)).expect("written");
        }
        assert_eq!(journal.rotate().expect("rotated"), 3);
        journal.append(&change(4, 0)).expect("written");
        drop(journal);
        let mut journal = Journal::open(&dir).expect("opened");
        assert_eq!(journal.append(&change(5, 0)).expect("written"), 5);
        assert_eq!(numbers(&dir, 0), [1, 2, 3, 4, 5]);
        assert_eq!(numbers(&dir, 3), [4, 5]);
        prune(&dir, 3).expect("pruned");
        assert_eq!((first(&dir), numbers(&dir, 0)), (Some(4), vec![4, 5]));
    }

    #[test]
    fn a_batch_that_was_taken_back_is_not_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut journal = Journal::open(folder.path()).expect("made");
        journal.append(&change(1, 0)).expect("written");
        journal.append(&change(2, 0)).expect("written");
        journal.take_back();
        assert_eq!(journal.append(&change(3, 0)).expect("written"), 2);
        assert_eq!(numbers(folder.path(), 0), [1, 2]);
    }

    #[test]
    fn a_whole_frame_that_holds_no_batch_ends_the_journal_and_is_kept_aside() {
        for made_up in
            [b"no batch of any kind".to_vec(), postcard::to_stdvec(&(u64::MAX, change(1, 0))).expect("memory")]
        {
            let folder = tempfile::tempdir().expect("a folder");
            let mut journal = Journal::open(folder.path()).expect("made");
            journal.append(&change(1, 0)).expect("written");
            journal.segment.append(&made_up).expect("written");
            drop(journal);
            assert_eq!(numbers(folder.path(), 0), [1]);
            let mut journal = Journal::open(folder.path()).expect("opened");
            assert_eq!((journal.last(), journal.notes.len()), (1, 1));
            assert!(segment_path(folder.path(), 1).with_extension("damaged").exists());
            assert_eq!(journal.append(&change(2, 0)).expect("written"), 2);
        }
    }

    #[test]
    fn a_file_whose_number_nobody_gave_is_no_segment() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut journal = Journal::open(folder.path()).expect("made");
        journal.append(&change(1, 0)).expect("written");
        for name in ["0.log", "00000000000000000000.log", "7.log", "18446744073709551615.log"] {
            fs::copy(segment_path(folder.path(), 1), folder.path().join(name)).expect("copied");
        }
        drop(journal);
        assert_eq!(Journal::open(folder.path()).expect("opened").last(), 1);
    }

    #[test]
    fn a_damaged_older_segment_leaves_a_gap_that_is_told_with_its_numbers() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut journal = Journal::open(folder.path()).expect("made");
        for key in 1..=3 {
            journal.append(&change(key, 0)).expect("written");
        }
        journal.rotate().expect("rotated");
        journal.append(&change(4, 0)).expect("written");
        let older = segment_path(folder.path(), 1);
        let mut bytes = fs::read(&older).expect("read");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&older, bytes).expect("damaged");
        let told = replay(folder.path(), 0, |_, _| Ok(())).expect("readable");
        assert_eq!(told, Replayed { last: 4, gaps: vec![(2, 3)] });
        assert_eq!(told.said_gaps().as_deref(), Some("the journal lacks 2 batches: 2 to 3"));
        assert_eq!(replay(folder.path(), 3, |_, _| Ok(())).expect("readable").said_gaps(), None);
    }

    #[test]
    fn damage_with_sound_batches_behind_it_is_kept_aside_and_said() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut journal = Journal::open(folder.path()).expect("made");
        for key in 1..=3 {
            journal.append(&change(key, 0)).expect("written");
        }
        drop(journal);
        let path = segment_path(folder.path(), 1);
        let mut bytes = fs::read(&path).expect("read");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&path, bytes).expect("damaged");
        let journal = Journal::open(folder.path()).expect("opened");
        assert_eq!((journal.last(), journal.notes.len()), (1, 1));
        assert!(path.with_extension("damaged").exists());
    }
}
