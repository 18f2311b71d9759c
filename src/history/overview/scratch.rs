//! The part of the index that is not in memory: entries in clock order, in a file that has no name.
//!
//! It is gone when it is closed, whatever ends the program, and nobody reads it later; so nothing of it is synced.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::entry::{Entry, PACKED};
use super::words::Words;

/// Entries read or written at once: some eighty kilobytes.
const CHUNK: usize = 1_024;

/// Entries on disk, in clock order.
#[derive(Debug)]
pub(super) struct Scratch {
    file: File,
    len: usize,
    last: Option<Entry>,
}

impl Scratch {
    pub(super) fn create(dir: &Path) -> io::Result<Self> {
        Ok(Self::of(tempfile::tempfile_in(dir)?))
    }

    pub(super) fn of(file: File) -> Self {
        Self { file, len: 0, last: None }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Whether an entry belongs behind all that are here.
    pub(super) fn ends_before(&self, entry: &Entry, words: &Words) -> bool {
        self.last.as_ref().is_none_or(|last| last.cmp_in(entry, words).is_lt())
    }

    /// Writes entries behind those that are here. After an error they are not here, and the others still are.
    pub(super) fn append(&mut self, entries: &[Entry]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(place(self.len)))?;
        let mut bytes = Vec::with_capacity(CHUNK.min(entries.len()) * PACKED);
        for chunk in entries.chunks(CHUNK) {
            bytes.clear();
            bytes.extend(chunk.iter().flat_map(Entry::packed));
            self.file.write_all(&bytes)?;
        }
        self.len += entries.len();
        self.last = entries.last().copied().or(self.last);
        Ok(())
    }

    /// Puts a run in place of what was known of it.
    pub(super) fn overwrite(&mut self, at: usize, entry: &Entry) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(place(at)))?;
        self.file.write_all(&entry.packed())
    }

    pub(super) fn at(&mut self, at: usize) -> io::Result<Entry> {
        let mut packed = [0; PACKED];
        self.file.seek(SeekFrom::Start(place(at)))?;
        self.file.read_exact(&mut packed)?;
        unpacked(&packed)
    }

    /// Where a run stands; nothing when it is not here.
    pub(super) fn find(&mut self, entry: &Entry, words: &Words) -> io::Result<Option<usize>> {
        if self.ends_before(entry, words) {
            return Ok(None);
        }
        let (mut low, mut high) = (0, self.len);
        while low < high {
            let middle = usize::midpoint(low, high);
            match self.at(middle)?.cmp_in(entry, words) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Ok(Some(middle)),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        Ok(None)
    }

    /// All entries and others between them, in a file of their own.
    pub(super) fn merged(&mut self, others: &[Entry], words: &Words, mut into: Self) -> io::Result<Self> {
        let mut others = others.iter().copied().peekable();
        let (mut packed, mut entries) = (Vec::new(), Vec::new());
        for from in (0..self.len).step_by(CHUNK) {
            entries.clear();
            for packed in self.chunk(from, from + CHUNK, &mut packed)? {
                let entry = unpacked(packed)?;
                while let Some(other) = others.next_if(|other| other.cmp_in(&entry, words).is_lt()) {
                    entries.push(other);
                }
                entries.push(entry);
            }
            into.append(&entries)?;
        }
        into.append(&others.collect::<Vec<_>>())?;
        Ok(into)
    }

    /// Calls `each` for all entries, newest first, until it says no.
    pub(super) fn newest_first(&mut self, mut each: impl FnMut(&Entry) -> bool) -> io::Result<()> {
        let (mut packed, mut to) = (Vec::new(), self.len);
        while to > 0 {
            let from = to.saturating_sub(CHUNK);
            for packed in self.chunk(from, to, &mut packed)?.iter().rev() {
                if !each(&unpacked(packed)?) {
                    return Ok(());
                }
            }
            to = from;
        }
        Ok(())
    }

    fn chunk<'a>(&mut self, from: usize, to: usize, into: &'a mut Vec<u8>) -> io::Result<&'a [[u8; PACKED]]> {
        into.resize((to.min(self.len) - from.min(self.len)) * PACKED, 0);
        self.file.seek(SeekFrom::Start(place(from)))?;
        self.file.read_exact(into)?;
        Ok(into.as_chunks().0)
    }
}

/// Where an entry begins.
fn place(at: usize) -> u64 {
    (at * PACKED) as u64
}

fn unpacked(packed: &[u8; PACKED]) -> io::Result<Entry> {
    Entry::unpacked(packed)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "an entry is not what was written"))
}

#[cfg(test)]
impl Scratch {
    pub(super) fn copy(&mut self, path: &Path, open: &std::fs::OpenOptions) -> io::Result<()> {
        self.file.rewind()?;
        io::copy(&mut self.file, &mut File::create(path)?)?;
        self.file = open.open(path)?;
        Ok(())
    }
}
