//! All entries in clock order: the newest, and those that came late, in memory, the rest in a scratch file.

use std::io;
use std::path::{Path, PathBuf};

use super::entry::Entry;
use super::scratch::Scratch;
use super::words::Words;

/// All entries, by time, then identity, then model. Each stands in one place.
#[derive(Debug, Default)]
pub(super) struct Entries {
    /// Where the scratch file lies; without it all are kept in memory.
    dir: Option<PathBuf>,
    scratch: Option<Scratch>,
    recent: Vec<Entry>,
    /// Most entries in memory, as long as the disk takes the others.
    most: usize,
    /// With how many in memory the older half is written next: more than `most` where the disk did not take it.
    full: usize,
    /// Why the file could not be read back.
    lost: Option<String>,
}

/// Numbers, counted from the newest run, of those that are in memory.
pub(super) type Places = Vec<usize>;

impl Entries {
    pub(super) fn new(dir: Option<&Path>, most: usize) -> Self {
        Self { dir: dir.map(Path::to_path_buf), most, full: most, ..Self::default() }
    }

    pub(super) fn len(&self) -> usize {
        self.recent.len() + self.spilled()
    }

    fn spilled(&self) -> usize {
        self.scratch.as_ref().map_or(0, Scratch::len)
    }

    /// Notes when the file could not be read back: nothing is told from then on, for some runs are missing.
    pub(super) fn read_back<T>(&mut self, read: io::Result<T>) -> io::Result<T> {
        read.inspect_err(|error| {
            self.lost.get_or_insert_with(|| error.to_string());
        })
    }

    /// Puts a run in its place, or what is now known of it in place of what was.
    pub(super) fn put(&mut self, entry: Entry, words: &Words) {
        let put = self.try_put(entry, words);
        // Whoever asks next is told.
        let _ = self.read_back(put);
    }

    fn try_put(&mut self, entry: Entry, words: &Words) -> io::Result<()> {
        let is_newest = self.recent.last().is_none_or(|last| last.cmp_in(&entry, words).is_lt());
        let place = if is_newest {
            Err(self.recent.len())
        } else {
            self.recent.binary_search_by(|other| other.cmp_in(&entry, words))
        };
        let at = match place {
            Ok(at) => {
                self.recent.iter_mut().skip(at).take(1).for_each(|there| *there = entry);
                return Ok(());
            }
            Err(at) => at,
        };
        if let Some(scratch) = &mut self.scratch
            && let Some(at) = scratch.find(&entry, words)?
        {
            if scratch.overwrite(at, &entry).is_ok() {
                return Ok(());
            }
            self.take_back(words)?;
            return self.try_put(entry, words);
        }
        self.recent.insert(at, entry);
        if self.recent.len() >= self.full {
            self.spill(words);
        }
        Ok(())
    }

    /// Writes the older half of those in memory to the file. What the disk does not take stays in memory.
    fn spill(&mut self, words: &Words) {
        let Some(dir) = self.dir.clone() else { return };
        let half = self.recent.len().saturating_sub(self.most / 2);
        // Runs of one second come in any order: the cut is not through them, so that none belongs before it.
        let second = self.recent.get(half).map_or(i64::MAX, |entry| entry.seconds);
        let before = self.recent.partition_point(|entry| entry.seconds < second);
        let cut = if before > 0 { before } else { half };
        if self.write(cut, &dir, words).is_ok() {
            self.recent.drain(..cut);
            self.recent.shrink_to(self.most);
            self.full = self.most.max(self.recent.len() + 1);
        } else {
            self.full = self.recent.len() + self.most.max(1);
        }
    }

    fn write(&mut self, cut: usize, dir: &Path, words: &Words) -> io::Result<()> {
        let stretch = self.recent.get(..cut).unwrap_or_default();
        let behind = |scratch: &Scratch| stretch.first().is_none_or(|first| scratch.ends_before(first, words));
        match &mut self.scratch {
            Some(scratch) if behind(scratch) => scratch.append(stretch),
            Some(scratch) => {
                let merged = scratch.merged(stretch, words, Scratch::create(dir)?)?;
                self.scratch = Some(merged);
                Ok(())
            }
            None => {
                let mut scratch = Scratch::create(dir)?;
                scratch.append(stretch)?;
                self.scratch = Some(scratch);
                Ok(())
            }
        }
    }

    /// Has all in memory again: the file takes no change any more.
    fn take_back(&mut self, words: &Words) -> io::Result<()> {
        let mut all = Vec::with_capacity(self.len());
        self.newest_first(words, i64::MIN, |_, entry| all.push(*entry))?;
        all.reverse();
        self.full = all.len() + self.most.max(1);
        (self.recent, self.scratch) = (all, None);
        Ok(())
    }

    /// Calls `each` with the number and entry of all runs, newest first; of those before `since` it may leave out any.
    pub(super) fn newest_first(
        &mut self,
        words: &Words,
        since: i64,
        mut each: impl FnMut(usize, &Entry),
    ) -> io::Result<Places> {
        if let Some(lost) = &self.lost {
            return Err(io::Error::other(lost.clone()));
        }
        let mut recent = self.recent.iter().rev().peekable();
        let (mut places, mut number) = (Places::with_capacity(recent.len()), 0);
        if let Some(scratch) = &mut self.scratch {
            scratch.newest_first(|entry| {
                while let Some(newer) = recent.next_if(|recent| recent.cmp_in(entry, words).is_gt()) {
                    places.push(number);
                    each(number, newer);
                    number += 1;
                }
                each(number, entry);
                number += 1;
                entry.seconds >= since
            })?;
        }
        for entry in recent.take_while(|entry| entry.seconds >= since) {
            places.push(number);
            each(number, entry);
            number += 1;
        }
        Ok(places)
    }

    /// The entry of a number that was given out last, as long as nothing was put since.
    pub(super) fn at(&mut self, number: usize, places: &Places) -> io::Result<Entry> {
        let spilled = self.spilled();
        let found = match (places.binary_search(&number), &mut self.scratch) {
            (Ok(newer), _) => self.recent.len().checked_sub(newer + 1).and_then(|at| self.recent.get(at)).copied(),
            (Err(newer), Some(scratch)) => match (spilled + newer).checked_sub(number + 1) {
                Some(at) => return scratch.at(at),
                None => None,
            },
            (Err(_), None) => None,
        };
        found.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

#[cfg(test)]
impl Entries {
    pub(super) fn in_memory(&self) -> usize {
        self.recent.len()
    }

    /// Has another file for the scratch file, as if nothing had been written yet.
    pub(super) fn use_scratch(&mut self, file: std::fs::File) {
        self.scratch = Some(Scratch::of(file));
    }

    /// Has a copy under a name for the scratch file, opened in some way.
    pub(super) fn copy_scratch(&mut self, path: &Path, open: &std::fs::OpenOptions) {
        if let Some(scratch) = &mut self.scratch {
            scratch.copy(path, open).expect("copied");
        }
    }
}
