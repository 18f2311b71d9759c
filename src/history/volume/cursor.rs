//! Going through a volume in order, from either end, a block at a time.

use std::collections::VecDeque;
use std::fs::File;
use std::ops::{Bound, Range, RangeBounds};
use std::sync::Arc;

use super::{Volume, block, failed, read_at};
use crate::history::error::StoreError;

/// Which way through the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::history) enum Way {
    /// Upwards.
    Up,
    /// Downwards.
    Down,
}

/// A key with its value; no value where the key is removed.
pub(in crate::history) type Item = (Vec<u8>, Option<Vec<u8>>);

/// A walk through a stretch of a volume.
pub(in crate::history) struct Cursor {
    volume: Arc<Volume>,
    way: Way,
    start: Bound<Vec<u8>>,
    end: Bound<Vec<u8>>,
    file: Option<File>,
    /// The next block to be read.
    next: Option<usize>,
    /// What is left of the block that was read last.
    entries: VecDeque<block::Entry>,
    values: Vec<u8>,
}

impl Cursor {
    /// Begins at one end of a stretch of keys.
    pub(in crate::history) fn new(volume: Arc<Volume>, start: Bound<&[u8]>, end: Bound<&[u8]>, way: Way) -> Self {
        let from = match way {
            Way::Up => start,
            Way::Down => end,
        };
        let next = match (from, way) {
            // A stretch that begins below all keys begins with the first block.
            (Bound::Included(key) | Bound::Excluded(key), Way::Up) => Some(volume.index.block_of(key).unwrap_or(0)),
            (Bound::Unbounded, Way::Up) => Some(0),
            (Bound::Included(key) | Bound::Excluded(key), Way::Down) => volume.index.block_of(key),
            (Bound::Unbounded, Way::Down) => volume.index.blocks.len().checked_sub(1),
        };
        let owned = |bound: Bound<&[u8]>| bound.map(<[u8]>::to_vec);
        let (start, end) = (owned(start), owned(end));
        Self { volume, way, start, end, file: None, next, entries: VecDeque::new(), values: Vec::new() }
    }

    /// The next pair.
    pub(in crate::history) fn advance(&mut self) -> Result<Option<Item>, StoreError> {
        loop {
            let entry = match self.way {
                Way::Up => self.entries.pop_front(),
                Way::Down => self.entries.pop_back(),
            };
            match entry {
                Some((key, place)) if self.is_inside(&key) => {
                    let value = |place: Range<usize>| self.values.get(place).unwrap_or_default().to_vec();
                    return Ok(Some((key, place.map(value))));
                }
                // Before its beginning; behind its end there is nothing more to come.
                Some((key, _)) if self.is_beyond(&key) => {
                    self.next = None;
                    self.entries.clear();
                }
                Some(_) => {}
                None => match self.next {
                    Some(at) => self.read(at)?,
                    None => return Ok(None),
                },
            }
        }
    }

    fn read(&mut self, at: usize) -> Result<(), StoreError> {
        self.next = match self.way {
            Way::Up => at.checked_add(1),
            Way::Down => at.checked_sub(1),
        };
        let Some(block) = self.volume.index.blocks.get(at).copied() else {
            self.next = None;
            return Ok(());
        };
        let path = &self.volume.path;
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(File::open(path).map_err(failed(path))?),
        };
        let mut bytes = read_at(file, block.offset, (block.keys + block.values) as usize).map_err(failed(path))?;
        self.values = bytes.split_off(block.keys as usize);
        self.volume.check_keys(at, block, &bytes)?;
        let entries = block::entries(&bytes, self.values.len()).map_err(|cause| self.volume.wrong(at, &cause))?;
        self.entries = entries.into();
        Ok(())
    }

    fn is_inside(&self, key: &[u8]) -> bool {
        let stretch = (self.start.as_ref().map(Vec::as_slice), self.end.as_ref().map(Vec::as_slice));
        RangeBounds::<[u8]>::contains(&stretch, key)
    }

    /// Whether a key lies behind the stretch, the way it is gone.
    fn is_beyond(&self, key: &[u8]) -> bool {
        match (self.way, &self.start, &self.end) {
            (Way::Up, _, Bound::Included(end) | Bound::Excluded(end)) => key >= end.as_slice(),
            (Way::Down, Bound::Included(start) | Bound::Excluded(start), _) => key <= start.as_slice(),
            _ => false,
        }
    }
}
