//! Writing a volume: pairs in the order of their keys, once.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::block::Line;
use super::filter::Filter;
use super::{Block, Foot, Index, Volume, failed, wrong};
use crate::history::disk;
use crate::history::error::StoreError;

/// A block is closed once its keys or its values take so many bytes: reading one key costs reading its block's keys,
/// and every block costs a line of the index in memory.
const MOST_KEYS: usize = 4 * 1024;
const MOST_VALUES: usize = 24 * 1024;

/// The file of a volume that is not whole: it goes when nobody finishes it, most of all on a full disk.
struct Aside(PathBuf);

impl Drop for Aside {
    fn drop(&mut self) {
        // Once it is whole it has another name. What stays only takes room until the next opening.
        let _ = fs::remove_file(&self.0);
    }
}

/// A volume in the making, under a name of its own until it is whole.
pub(in crate::history) struct Writer {
    path: PathBuf,
    aside: Aside,
    file: BufWriter<File>,
    index: Index,
    filter: Filter,
    keys: Vec<u8>,
    values: Vec<u8>,
    /// The last key there is, and the last one of the blocks before.
    last: Vec<u8>,
    closed: Vec<u8>,
    /// The first key of the block that is being filled.
    first: Vec<u8>,
    offset: u64,
    pairs: u64,
}

impl Writer {
    /// Begins a volume that will have a name in a folder, and about so many keys that are asked for.
    pub(in crate::history) fn begin(path: PathBuf, keys: u64) -> Result<Self, StoreError> {
        let aside = path.with_extension("part");
        let file = disk::create_new_private(&aside).map_err(StoreError::io(&aside))?;
        let aside = Aside(aside);
        Ok(Self {
            path,
            aside,
            file: BufWriter::with_capacity(256 * 1024, file),
            index: Index::default(),
            filter: Filter::sized(keys),
            keys: Vec::new(),
            values: Vec::new(),
            last: Vec::new(),
            closed: Vec::new(),
            first: Vec::new(),
            offset: 0,
            pairs: 0,
        })
    }

    /// Adds a pair, or that a key is removed. Keys come in order, each once.
    pub(in crate::history) fn push(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), StoreError> {
        if self.pairs > 0 && key <= self.last.as_slice() {
            return Err(wrong(&self.aside.0, "keys out of order"));
        }
        let is_new_kind = self.last.first() != key.first();
        if is_new_kind || self.keys.len() >= MOST_KEYS || self.values.len() >= MOST_VALUES {
            self.close_block()?;
        }
        if is_new_kind {
            self.index.spans.push((key.to_vec(), key.to_vec()));
        }
        let shared = if self.keys.is_empty() { 0 } else { common(&self.last, key) };
        if self.keys.is_empty() {
            self.first = key.to_vec();
        }
        let length = |bytes: usize| u32::try_from(bytes).map_err(|_| wrong(&self.aside.0, "too long a value"));
        let line = Line {
            shared: length(shared)?,
            rest: key.get(shared..).unwrap_or_default(),
            value: value.map(|value| length(value.len())).transpose()?,
        };
        self.keys.extend(postcard::to_stdvec(&line).map_err(StoreError::engine)?);
        self.values.extend_from_slice(value.unwrap_or_default());
        self.filter.add(key);
        self.last.clear();
        self.last.extend_from_slice(key);
        self.pairs += 1;
        Ok(())
    }

    fn close_block(&mut self) -> Result<(), StoreError> {
        if self.keys.is_empty() {
            return Ok(());
        }
        // As much of its first key as tells it from the last one before is bound enough.
        let bound = common(&self.closed, &self.first) + 1;
        self.index.bounds.extend(self.first.get(..bound.min(self.first.len())).unwrap_or_default());
        let length = |bytes: usize| u32::try_from(bytes).map_err(|_| wrong(&self.aside.0, "too long a block"));
        self.index.blocks.push(Block {
            bound_end: length(self.index.bounds.len())?,
            offset: self.offset,
            keys: length(self.keys.len())?,
            values: length(self.values.len())?,
            crc: crc32fast::hash(&self.keys),
        });
        if let Some((_, last)) = self.index.spans.last_mut() {
            last.clone_from(&self.last);
        }
        self.closed.clone_from(&self.last);
        self.offset += (self.keys.len() + self.values.len()) as u64;
        let written = self.file.write_all(&self.keys).and_then(|()| self.file.write_all(&self.values));
        written.map_err(StoreError::io(&self.aside.0))?;
        self.keys.clear();
        self.values.clear();
        Ok(())
    }

    /// Takes room for the index of a volume that has all that some others have, so that it is not moved as it grows.
    pub(in crate::history) fn make_room<'a>(&mut self, others: impl Iterator<Item = &'a Volume>) {
        let sizes = others.map(|volume| (volume.index.bounds.len(), volume.index.blocks.len()));
        let (bounds, blocks) = sizes.fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
        self.index.bounds.reserve_exact(bounds);
        self.index.blocks.reserve_exact(blocks);
    }

    /// Writes index and foot, and gives the volume its name. On disk when this returns.
    pub(in crate::history) fn finish(mut self) -> Result<Volume, StoreError> {
        self.close_block()?;
        let Self { path, aside, mut file, mut index, filter, offset, pairs, .. } = self;
        // There is no copy of either, nor is what was written read whole: they are the most that a large volume takes in
        // memory, and what is taken for a moment the system does not get back.
        let mut told = Summed { to: &mut file, check: crc32fast::Hasher::new(), bytes: 0, trouble: None };
        if postcard::to_io(&index, &mut told).is_err() {
            return Err(told.trouble.map_or_else(|| wrong(&aside.0, "no index"), StoreError::io(&aside.0)));
        }
        let index_bytes = told.bytes;
        told.write_all(filter.bytes()).map_err(StoreError::io(&aside.0))?;
        let (told, check) = (told.bytes, told.check.finalize());
        let foot = Foot { index_at: offset, index: index_bytes, filter: told - index_bytes, check, pairs }.bytes();
        let written = file.write_all(&foot).and_then(|()| file.flush()).and_then(|()| file.get_ref().sync_all());
        written.map_err(StoreError::io(&aside.0))?;
        drop(file);
        if sum_of(&aside.0, offset, told).map_err(StoreError::io(&aside.0))? != check {
            return Err(wrong(&aside.0, "it is not what was written"));
        }
        fs::rename(&aside.0, &path).map_err(StoreError::io(&path))?;
        let folder = path.parent().unwrap_or(Path::new("."));
        disk::sync_dir(folder).map_err(failed(folder))?;
        index.bounds.shrink_to_fit();
        index.blocks.shrink_to_fit();
        Ok(Volume { path, bytes: offset + told + foot.len() as u64, pairs, check, index, filter })
    }
}

/// Sums up what goes through it.
struct Summed<W> {
    to: W,
    check: crc32fast::Hasher,
    bytes: u64,
    /// Why it could not be written, which the encoding does not tell.
    trouble: Option<io::Error>,
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes).inspect_err(|trouble| {
            self.trouble =
                Some(trouble.raw_os_error().map_or_else(|| trouble.kind().into(), io::Error::from_raw_os_error));
        })?;
        self.check.update(bytes.get(..written).unwrap_or_default());
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// The CRC32 of so many bytes of a file.
fn sum_of(path: &Path, from: u64, bytes: u64) -> io::Result<u32> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(from))?;
    let mut sum = Summed { to: io::sink(), check: crc32fast::Hasher::new(), bytes: 0, trouble: None };
    io::copy(&mut file.take(bytes), &mut sum)?;
    Ok(sum.check.finalize())
}

/// Bytes that two keys have in common at their beginning.
fn common(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}
