//! Engine and volumes as one sorted map: what came later hides what was before.

use std::collections::VecDeque;
use std::ops::Bound;

use super::error::StoreError;
use super::shelf::Pair;
use super::volume::{Cursor, Item, Way};
use super::volumes::Volumes;

/// What stands in the engine for a key that a volume has and that was removed since. No value is like it: the first
/// byte of a value is its schema, and there is none of number 0.
pub(super) const REMOVED: &[u8] = &[0];

/// Keys that are read at one look at a page of the engine. It lets go of what it has read only after so many looks:
/// an iterator looks once, and a walk through a large store would hold a hundred megabytes of it. A look for every
/// key is what such a walk would mostly be about.
const KEYS_A_LOOK: usize = 4;

/// A stretch of keys, all of which begin with a prefix.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch<'a> {
    pub(super) prefix: &'a [u8],
    pub(super) start: Bound<&'a [u8]>,
    pub(super) end: Bound<&'a [u8]>,
}

/// All keys.
pub(super) const ALL: Stretch<'_> = Stretch { prefix: &[], start: Bound::Unbounded, end: Bound::Unbounded };

impl<'a> Stretch<'a> {
    /// All keys with a prefix.
    pub(super) fn with(prefix: &'a [u8], behind: &'a [u8]) -> Self {
        let end = if behind.is_empty() { Bound::Unbounded } else { Bound::Excluded(behind) };
        Self { prefix, start: Bound::Included(prefix), end }
    }
}

/// The first key that comes after all keys with a prefix; empty when there is none.
pub(super) fn behind(prefix: &[u8]) -> Vec<u8> {
    let mut behind = prefix.to_vec();
    while let Some(last) = behind.pop() {
        if let Some(next) = last.checked_add(1) {
            behind.push(next);
            break;
        }
    }
    behind
}

/// Up to `most` pairs of a stretch, from its beginning or from its end.
pub(super) fn pairs(
    engine: &sled::Db,
    volumes: &Volumes,
    stretch: &Stretch<'_>,
    way: Way,
    most: usize,
) -> Result<Vec<Pair>, StoreError> {
    let mut walk = Walk::new(engine, volumes, stretch, way)?;
    let mut found = Vec::new();
    while found.len() < most {
        match walk.advance()? {
            Some((key, Some(value))) => found.push((key, value)),
            Some((_, None)) => {}
            None => break,
        }
    }
    Ok(found)
}

/// One of the sorted maps, with its next pair.
struct Source<'a> {
    of: Of<'a>,
    next: Option<Item>,
}

enum Of<'a> {
    Engine(Engine<'a>),
    Volume(Cursor),
}

impl Source<'_> {
    fn advance(&mut self) -> Result<(), StoreError> {
        self.next = match &mut self.of {
            Of::Engine(engine) => engine.advance()?,
            Of::Volume(cursor) => cursor.advance()?,
        };
        Ok(())
    }
}

/// A walk through all of them, the newest first among equals.
pub(super) struct Walk<'a> {
    sources: Vec<Source<'a>>,
    way: Way,
}

impl<'a> Walk<'a> {
    /// Through engine and volumes.
    pub(super) fn new(
        engine: &'a sled::Db,
        volumes: &Volumes,
        stretch: &Stretch<'_>,
        way: Way,
    ) -> Result<Self, StoreError> {
        let own = |bound: Bound<&[u8]>| bound.map(<[u8]>::to_vec);
        let (start, end) = (own(stretch.start), own(stretch.end));
        let engine = Engine { db: engine, start, end, way, read: VecDeque::new(), is_done: false };
        Self::of([Of::Engine(engine)].into_iter().chain(volumes.cursors(stretch, way).into_iter().map(Of::Volume)), way)
    }

    /// Through all that volumes have, upwards.
    pub(super) fn of_volumes(volumes: &Volumes) -> Result<Self, StoreError> {
        Self::of(volumes.cursors(&ALL, Way::Up).into_iter().map(Of::Volume), Way::Up)
    }

    fn of(sources: impl Iterator<Item = Of<'a>>, way: Way) -> Result<Self, StoreError> {
        let mut walk = Self { sources: sources.map(|of| Source { of, next: None }).collect(), way };
        walk.sources.iter_mut().try_for_each(Source::advance)?;
        Ok(walk)
    }

    /// The next key with its last word: its value, or that it is removed.
    pub(super) fn advance(&mut self) -> Result<Option<Item>, StoreError> {
        let mut first: Option<usize> = None;
        for (at, source) in self.sources.iter().enumerate() {
            let Some((key, _)) = &source.next else { continue };
            let before = first.and_then(|first| self.sources.get(first)?.next.as_ref());
            let is_first = before.is_none_or(|(before, _)| match self.way {
                Way::Up => key < before,
                Way::Down => key > before,
            });
            if is_first {
                first = Some(at);
            }
        }
        let Some(source) = first.and_then(|first| self.sources.get_mut(first)) else { return Ok(None) };
        let Some(item) = source.next.take() else { return Ok(None) };
        source.advance()?;
        for source in &mut self.sources {
            if source.next.as_ref().is_some_and(|(key, _)| *key == item.0) {
                source.advance()?;
            }
        }
        Ok(Some(item))
    }
}

/// A walk through the engine, a few keys at a look.
struct Engine<'a> {
    db: &'a sled::Db,
    start: Bound<Vec<u8>>,
    end: Bound<Vec<u8>>,
    way: Way,
    read: VecDeque<Item>,
    is_done: bool,
}

impl Engine<'_> {
    fn advance(&mut self) -> Result<Option<Item>, StoreError> {
        if self.read.is_empty() && !self.is_done {
            self.read()?;
        }
        Ok(self.read.pop_front())
    }

    fn read(&mut self) -> Result<(), StoreError> {
        let pairs = self.db.range::<Vec<u8>, _>((self.start.clone(), self.end.clone()));
        let read: Vec<_> = match self.way {
            Way::Up => pairs.take(KEYS_A_LOOK).collect(),
            Way::Down => pairs.rev().take(KEYS_A_LOOK).collect(),
        };
        self.is_done = read.len() < KEYS_A_LOOK;
        for pair in read {
            let (key, value) = pair.map_err(StoreError::sled)?;
            self.read.push_back((key.to_vec(), (value.as_ref() != REMOVED).then(|| value.to_vec())));
        }
        if let Some((last, _)) = self.read.back() {
            let last = Bound::Excluded(last.clone());
            match self.way {
                Way::Up => self.start = last,
                Way::Down => self.end = last,
            }
        }
        Ok(())
    }
}
