//! A volume: older pairs of the store in one sorted file that is never changed.
//!
//! The engine keeps something in memory for every page, and no page of it holds more than sixteen keys; what is in
//! use for years would take more and more. So the engine has what came lately, and volumes have the rest:
//!
//! | part | what it is |
//! |---|---|
//! | blocks | some hundred pairs each: their keys, what each has in common with the one before left out, then their values |
//! | index | of each block what its keys are not below, where it lies and the CRC32 of its keys |
//! | filter | a Bloom filter over the keys that are asked for and mostly not there |
//! | foot | where the index lies, how long index and filter are, their CRC32, number of pairs, `trimvol1` |
//!
//! Values carry checksums of their own, so a damaged one costs nobody else anything. A block whose keys are damaged
//! is an error of the store.

mod block;
mod cursor;
mod filter;
mod writer;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::key;
pub(super) use cursor::{Cursor, Item, Way};
use filter::Filter;
pub(super) use writer::Writer;

/// The last bytes of every volume.
const MAGIC: [u8; 8] = *b"trimvol1";
/// Bytes of the foot.
const FOOT: usize = 40;
/// Most bytes of index and filter that are believed.
const MOST_INDEX: u64 = 512 * 1024 * 1024;

/// A volume that is there, with its index.
#[derive(Debug)]
pub(super) struct Volume {
    path: PathBuf,
    pub(super) bytes: u64,
    /// Pairs, removed keys among them.
    pub(super) pairs: u64,
    /// CRC32 of index and filter: what tells it from another volume of the same name.
    pub(super) check: u32,
    index: Index,
    filter: Filter,
}

/// What a volume says of a key.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told<T> {
    /// Its value, or where that lies.
    Value(T),
    /// That it is removed, whatever older volumes say.
    Removed,
}

impl<T> Told<T> {
    /// The value, where there is one.
    pub(super) fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Removed => None,
        }
    }
}

/// Where the blocks lie.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Index {
    /// What the keys of each block are not below, one after the other.
    bounds: Vec<u8>,
    blocks: Vec<Block>,
    /// The first and the last key of each kind.
    spans: Vec<(Vec<u8>, Vec<u8>)>,
}

/// One line of the index.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Block {
    /// Where its bound ends.
    bound_end: u32,
    offset: u64,
    /// Bytes of its keys and of its values.
    keys: u32,
    values: u32,
    /// CRC32 of its keys.
    crc: u32,
}

/// The end of a volume.
struct Foot {
    index_at: u64,
    index: u64,
    filter: u64,
    check: u32,
    pairs: u64,
}

impl Foot {
    fn bytes(&self) -> Vec<u8> {
        let mut foot = Vec::with_capacity(FOOT);
        foot.extend(self.index_at.to_be_bytes());
        // Neither is ever longer than the bound above.
        foot.extend(u32::try_from(self.index).unwrap_or(u32::MAX).to_be_bytes());
        foot.extend(u32::try_from(self.filter).unwrap_or(u32::MAX).to_be_bytes());
        foot.extend(self.check.to_be_bytes());
        foot.extend(self.pairs.to_be_bytes());
        let crc = crc32fast::hash(&foot);
        foot.extend(crc.to_be_bytes());
        foot.extend(MAGIC);
        foot
    }

    fn read(bytes: &[u8; FOOT]) -> Option<Self> {
        let (told, rest) = bytes.split_first_chunk::<28>()?;
        let (crc, magic) = rest.split_first_chunk::<4>()?;
        if magic != MAGIC || u32::from_be_bytes(*crc) != crc32fast::hash(told) {
            return None;
        }
        let (index_at, rest) = told.split_first_chunk::<8>()?;
        let (index, rest) = rest.split_first_chunk::<4>()?;
        let (filter, rest) = rest.split_first_chunk::<4>()?;
        let (check, rest) = rest.split_first_chunk::<4>()?;
        Some(Self {
            index_at: u64::from_be_bytes(*index_at),
            index: u32::from_be_bytes(*index).into(),
            filter: u32::from_be_bytes(*filter).into(),
            check: u32::from_be_bytes(*check),
            pairs: u64::from_be_bytes(*rest.first_chunk()?),
        })
    }
}

impl Volume {
    /// Opens a volume and reads its index.
    ///
    /// # Errors
    /// Rights; everything else is damage of the store.
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let mut file = File::open(path).map_err(failed(path))?;
        let bytes = file.metadata().map_err(failed(path))?.len();
        let damaged = || wrong(path, "its end is not that of a volume");
        let at = bytes.checked_sub(FOOT as u64).ok_or_else(damaged)?;
        let foot: [u8; FOOT] = read_at(&mut file, at, FOOT).map_err(failed(path))?.try_into().map_err(|_| damaged())?;
        let foot = Foot::read(&foot).ok_or_else(damaged)?;
        let told = foot.index + foot.filter;
        if told > MOST_INDEX || foot.index_at.checked_add(told) != Some(at) {
            return Err(damaged());
        }
        let part = |file: &mut File, at: u64, long: u64| {
            read_at(file, at, usize::try_from(long).unwrap_or(usize::MAX)).map_err(failed(path))
        };
        let index = part(&mut file, foot.index_at, foot.index)?;
        let filter = part(&mut file, foot.index_at + foot.index, foot.filter)?;
        let mut check = crc32fast::Hasher::new();
        check.update(&index);
        check.update(&filter);
        if check.finalize() != foot.check {
            return Err(wrong(path, "the checksum of its index does not fit"));
        }
        let mut index: Index = postcard::from_bytes(&index).map_err(|e| wrong(path, &e.to_string()))?;
        let end = |block: &Block| block.offset.saturating_add(u64::from(block.keys) + u64::from(block.values));
        if index.blocks.iter().any(|block| end(block) > foot.index_at) {
            return Err(wrong(path, "a block beyond its index"));
        }
        index.bounds.shrink_to_fit();
        index.blocks.shrink_to_fit();
        let filter = Filter::of(filter);
        Ok(Self { path: path.to_path_buf(), bytes, pairs: foot.pairs, check: foot.check, index, filter })
    }

    /// How many keys that are asked for it was made for.
    pub(super) fn asked_for(&self) -> u64 {
        self.filter.keys()
    }

    /// The file's name.
    pub(super) fn name(&self) -> String {
        self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What it says of a key, if anything.
    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Told<Vec<u8>>>, StoreError> {
        if !self.is_spanned(key) || !self.filter.may_hold(key) {
            return Ok(None);
        }
        let Some(at) = self.index.block_of(key) else { return Ok(None) };
        let Some(block) = self.index.blocks.get(at).copied() else { return Ok(None) };
        let mut file = File::open(&self.path).map_err(failed(&self.path))?;
        let keys = self.keys(&mut file, at, block)?;
        let place = match block::find(&keys, key).map_err(|cause| self.wrong(at, &cause))? {
            Some(Told::Value(place)) => place,
            Some(Told::Removed) => return Ok(Some(Told::Removed)),
            None => return Ok(None),
        };
        if place.end > block.values as usize {
            return Err(self.wrong(at, "a value beyond its end"));
        }
        let offset = block.offset + u64::from(block.keys) + place.start as u64;
        read_at(&mut file, offset, place.len()).map(|value| Some(Told::Value(value))).map_err(failed(&self.path))
    }

    /// Whether anything with the prefix may stand in it; a prefix that names a unit is looked up in the filter.
    pub(super) fn may_hold_any(&self, prefix: &[u8]) -> bool {
        !key::is_unit_stem(prefix) || self.filter.may_hold_stem(prefix)
    }

    /// Reads the keys of every block, so that none of them is found damaged later on.
    pub(super) fn verify(&self) -> Result<(), StoreError> {
        let mut file = File::open(&self.path).map_err(failed(&self.path))?;
        let mut pairs = 0;
        for (at, block) in self.index.blocks.iter().enumerate() {
            let keys = self.keys(&mut file, at, *block)?;
            pairs += block::entries(&keys, block.values as usize).map_err(|cause| self.wrong(at, &cause))?.len() as u64;
        }
        if pairs == self.pairs { Ok(()) } else { Err(wrong(&self.path, "its blocks do not hold what its foot says")) }
    }

    /// Whether a key lies between the first and the last one of its kind.
    fn is_spanned(&self, key: &[u8]) -> bool {
        let kind = key.first();
        let mut spans = self.index.spans.iter().filter(|(first, _)| first.first() == kind);
        spans.any(|(first, last)| first.as_slice() <= key && key <= last.as_slice())
    }

    /// The keys of a block, checked.
    fn keys(&self, file: &mut File, at: usize, block: Block) -> Result<Vec<u8>, StoreError> {
        let keys = read_at(file, block.offset, block.keys as usize).map_err(failed(&self.path))?;
        self.check_keys(at, block, &keys)?;
        Ok(keys)
    }

    fn check_keys(&self, at: usize, block: Block, keys: &[u8]) -> Result<(), StoreError> {
        if crc32fast::hash(keys) == block.crc { Ok(()) } else { Err(self.wrong(at, "the checksum does not fit")) }
    }

    fn wrong(&self, block: usize, cause: &str) -> StoreError {
        wrong(&self.path, &format!("block {block}: {cause}"))
    }
}

impl Index {
    /// What the keys of a block are not below.
    fn bound(&self, at: usize) -> &[u8] {
        let end = |at: usize| self.blocks.get(at).map_or(0, |block| block.bound_end as usize);
        self.bounds.get(at.checked_sub(1).map_or(0, end)..end(at)).unwrap_or_default()
    }

    /// The block that a key would stand in; none when it is below all of them.
    fn block_of(&self, key: &[u8]) -> Option<usize> {
        let (mut low, mut high) = (0, self.blocks.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.bound(middle) <= key { low = middle + 1 } else { high = middle }
        }
        low.checked_sub(1)
    }
}

fn read_at(file: &mut File, offset: u64, length: usize) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = vec![0; length];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// A file that is missing or cannot be read to its end is damage; rights are somebody's to mend.
fn failed(path: &Path) -> impl Fn(io::Error) -> StoreError + '_ {
    move |source| match source.kind() {
        io::ErrorKind::PermissionDenied => StoreError::Io { path: path.to_path_buf(), source },
        _ => wrong(path, &source.to_string()),
    }
}

fn wrong(path: &Path, cause: &str) -> StoreError {
    StoreError::engine(format!("{}: {cause}", path.display()))
}

#[cfg(test)]
mod tests;
