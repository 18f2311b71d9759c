//! OLE compound files, read just far enough to trust them: the tables, the directory, every chain, one stream.
//!
//! Source: [MS-CFB] 2. The cell reader walks the same tables without asking whether they lead in a circle or out of
//! the file; here that is asked first. A stream whose sectors lie in a row, as stations write them, is not copied.

use std::borrow::Cow;

const MAX_REGULAR: u32 = 0xFFFF_FFFA;
const END_OF_CHAIN: u32 = 0xFFFF_FFFE;
const FREE: u32 = 0xFFFF_FFFF;
const HEADER: usize = 512;
const ENTRY: usize = 128;
/// Bytes a mini sector.
const MINI: usize = 64;
const STREAM: u8 = 2;
const ROOT: u8 = 5;

/// One directory entry.
#[derive(Debug)]
struct Entry {
    name: String,
    kind: u8,
    /// Left sibling, right sibling, child.
    links: [u32; 3],
    start: u32,
    size: u64,
}

/// A compound file whose tables were found sound.
#[derive(Debug)]
pub(super) struct Compound<'a> {
    bytes: &'a [u8],
    /// Bytes a sector.
    sector: usize,
    /// Sectors in the file, the last one perhaps cut.
    sectors: usize,
    fat: Vec<u32>,
    /// The table of the mini stream's chains.
    mini_fat: Vec<u32>,
    entries: Vec<Entry>,
    /// Streams below this size lie in the mini stream.
    cutoff: u64,
}

impl<'a> Compound<'a> {
    /// Reads and checks the tables.
    ///
    /// # Errors
    /// What is missing or leads nowhere, in words: mostly a file that is not all there yet.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, String> {
        let header = bytes.get(..HEADER).ok_or("the header is cut short")?;
        let sector = match (u16_at(header, 26), u16_at(header, 30)) {
            (Some(3), Some(9)) => 512,
            (Some(4), Some(12)) => 4096,
            _ => return Err("the header names no known version".to_owned()),
        };
        let sectors = bytes.len().saturating_sub(sector).div_ceil(sector);
        let cutoff = u64::from(u32_at(header, 56).unwrap_or(0));
        let (fat, mini_fat, entries) = (Vec::new(), Vec::new(), Vec::new());
        let mut file = Self { bytes, sector, sectors, fat, mini_fat, entries, cutoff };
        file.fat = file.read_fat(header)?;
        check_table(&file.fat, sectors, "sector")?;
        file.entries = file.read_directory(u32_at(header, 48).unwrap_or(FREE))?;
        for id in file.chain(u32_at(header, 60).unwrap_or(END_OF_CHAIN))? {
            file.mini_fat.extend(words(file.sector_bytes(id)?));
        }
        check_table(&file.mini_fat, file.mini_fat.len(), "mini sector")?;
        file.check_streams()?;
        Ok(file)
    }

    fn sector_bytes(&self, id: u32) -> Result<&'a [u8], String> {
        let start = (id as usize + 1) * self.sector;
        let end = self.bytes.len().min(start + self.sector);
        let content = self.bytes.get(start..end).filter(|content| !content.is_empty());
        content.ok_or_else(|| format!("sector {id} lies beyond the end of the file"))
    }

    /// The table of chains, from the sectors that the header and its extension name.
    fn read_fat(&self, header: &[u8]) -> Result<Vec<u32>, String> {
        let mut places: Vec<u32> = words(header.get(76..).unwrap_or_default()).collect();
        let mut next = u32_at(header, 68).unwrap_or(END_OF_CHAIN);
        for _ in 0..=self.sectors {
            if next >= MAX_REGULAR {
                break;
            }
            let mut more: Vec<u32> = words(self.sector_bytes(next)?).collect();
            next = more.pop().unwrap_or(END_OF_CHAIN);
            places.extend(more);
        }
        let mut fat = Vec::new();
        for place in places.into_iter().filter(|&place| place < MAX_REGULAR) {
            if fat.len() > self.sectors + self.sector {
                return Err("the table of chains names more sectors than the file has".to_owned());
            }
            fat.extend(words(self.sector_bytes(place)?));
        }
        Ok(fat)
    }

    /// The sectors of a chain, never more than there are.
    fn chain(&self, start: u32) -> Result<Vec<u32>, String> {
        walk(&self.fat, start, self.sectors)
    }

    fn read_directory(&self, start: u32) -> Result<Vec<Entry>, String> {
        let mut entries = Vec::new();
        for id in self.chain(start)? {
            entries.extend(self.sector_bytes(id)?.chunks_exact(ENTRY).filter_map(|bytes| self.entry(bytes)));
        }
        match entries.first() {
            Some(Entry { kind: ROOT, .. }) => Ok(entries),
            _ => Err("the directory has no root".to_owned()),
        }
    }

    fn entry(&self, bytes: &[u8]) -> Option<Entry> {
        let length = usize::from(u16_at(bytes, 64)?).saturating_sub(2).min(62);
        let name: Vec<u16> = (0..length / 2).filter_map(|index| u16_at(bytes, 2 * index)).collect();
        let high = if self.sector == 512 { 0 } else { u64::from(u32_at(bytes, 124)?) };
        Some(Entry {
            name: String::from_utf16_lossy(&name),
            kind: *bytes.get(66)?,
            links: [u32_at(bytes, 68)?, u32_at(bytes, 72)?, u32_at(bytes, 76)?],
            start: u32_at(bytes, 116)?,
            size: high << 32 | u64::from(u32_at(bytes, 120)?),
        })
    }

    /// Every stream's chain must end and be as long as the stream.
    fn check_streams(&self) -> Result<(), String> {
        for entry in self.entries.iter().filter(|entry| [STREAM, ROOT].contains(&entry.kind) && entry.size > 0) {
            let (length, unit) = if self.is_mini(entry) {
                (self.mini_chain(entry)?.len(), MINI)
            } else {
                (self.chain(entry.start)?.len(), self.sector)
            };
            if (length as u64).saturating_mul(unit as u64) < entry.size {
                return Err(format!("`{}` claims {} bytes and has {length} sectors", entry.name, entry.size));
            }
        }
        Ok(())
    }

    fn is_mini(&self, entry: &Entry) -> bool {
        entry.kind == STREAM && entry.size < self.cutoff
    }

    fn mini_chain(&self, entry: &Entry) -> Result<Vec<u32>, String> {
        walk(&self.mini_fat, entry.start, self.mini_fat.len())
    }

    /// Whether the root holds a stream of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The stream of this name in the root; `None` when there is none.
    ///
    /// # Errors
    /// When its bytes are not all in the file.
    pub(super) fn stream(&self, name: &str) -> Result<Option<Cow<'a, [u8]>>, String> {
        let Some(entry) = self.find(name) else { return Ok(None) };
        let size = usize::try_from(entry.size).unwrap_or(usize::MAX);
        if self.is_mini(entry) {
            return self.mini_stream(entry, size).map(|content| Some(Cow::Owned(content)));
        }
        let chain = self.chain(entry.start)?;
        let in_a_row = chain.iter().zip(chain.iter().skip(1)).all(|(a, b)| a + 1 == *b);
        if let (true, Some(&first)) = (in_a_row, chain.first()) {
            let start = (first as usize + 1) * self.sector;
            let content = start.checked_add(size).and_then(|end| self.bytes.get(start..end));
            return content.map(|content| Some(Cow::Borrowed(content))).ok_or_else(|| short(entry));
        }
        self.gathered(&chain, entry, size).map(|content| Some(Cow::Owned(content)))
    }

    fn gathered(&self, chain: &[u32], entry: &Entry, size: usize) -> Result<Vec<u8>, String> {
        let mut content = Vec::with_capacity(size.min(self.bytes.len()));
        for &id in chain {
            content.extend_from_slice(self.sector_bytes(id)?);
        }
        if content.len() < size {
            return Err(short(entry));
        }
        content.truncate(size);
        Ok(content)
    }

    /// A small stream's bytes, out of the root's.
    fn mini_stream(&self, entry: &Entry, size: usize) -> Result<Vec<u8>, String> {
        let Some(root) = self.entries.first() else { return Err(short(entry)) };
        let all = self.gathered(&self.chain(root.start)?, root, usize::try_from(root.size).unwrap_or(usize::MAX))?;
        let mut content = Vec::with_capacity(size);
        for id in self.mini_chain(entry)? {
            let start = id as usize * MINI;
            let piece = all.get(start..all.len().min(start + MINI)).ok_or_else(|| short(entry))?;
            content.extend_from_slice(piece);
        }
        if content.len() < size {
            return Err(short(entry));
        }
        content.truncate(size);
        Ok(content)
    }

    /// A stream among the root's children, wherever in their tree it stands.
    fn find(&self, name: &str) -> Option<&Entry> {
        let entry = |id: u32| self.entries.get(usize::try_from(id).ok()?);
        let mut open: Vec<u32> = self.entries.first().map(|root| root.links[2]).into_iter().collect();
        for _ in 0..=self.entries.len() {
            let Some(here) = entry(open.pop()?) else { continue };
            if here.kind == STREAM && here.name.eq_ignore_ascii_case(name) {
                return Some(here);
            }
            let [left, right, _] = here.links;
            open.extend([left, right].into_iter().filter(|&id| id < MAX_REGULAR));
        }
        None
    }
}

fn short(entry: &Entry) -> String {
    format!("`{}` claims {} bytes that are not all there", entry.name, entry.size)
}

/// No chain leads out of the file and none joins another.
fn check_table(table: &[u32], sectors: usize, what: &str) -> Result<(), String> {
    let used = table.iter().rposition(|&next| next != FREE).map_or(0, |last| last + 1);
    if used > sectors {
        return Err(format!("its table names {used} {what}s, the file has {sectors}"));
    }
    let mut reached = vec![false; sectors];
    for &next in table.iter().filter(|&&next| next < MAX_REGULAR) {
        match reached.get_mut(next as usize) {
            Some(seen) if !*seen => *seen = true,
            Some(_) => return Err(format!("two chains lead to {what} {next}")),
            None => return Err(format!("a chain leads to {what} {next} of {sectors}")),
        }
    }
    Ok(())
}

/// The members of a chain; one that does not end within `most` leads in a circle.
fn walk(table: &[u32], start: u32, most: usize) -> Result<Vec<u32>, String> {
    let (mut chain, mut next) = (Vec::new(), start);
    while next < MAX_REGULAR {
        if chain.len() >= most {
            return Err("a chain of sectors does not end".to_owned());
        }
        chain.push(next);
        next =
            *table.get(next as usize).ok_or_else(|| format!("a chain leads to sector {next}, which is not there"))?;
    }
    Ok(chain)
}

fn words(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).filter_map(|four| Some(u32::from_le_bytes(four.try_into().ok()?)))
}

/// The little-endian word at an offset.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let pair = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes(pair.try_into().ok()?))
}

/// The little-endian double word at an offset.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;

    fn made(version: cfb::Version, streams: &[(&str, usize)]) -> Vec<u8> {
        let mut file = cfb::CompoundFile::create_with_version(version, Cursor::new(Vec::new())).expect("memory");
        for (name, size) in streams {
            let content: Vec<u8> = (0..*size).map(|at| u8::try_from(at % 251).expect("small")).collect();
            file.create_stream(name).expect("a stream").write_all(&content).expect("memory");
        }
        file.flush().expect("memory");
        file.into_inner().into_inner()
    }

    #[test]
    fn a_stream_is_read_as_another_reader_wrote_it() {
        for version in [cfb::Version::V3, cfb::Version::V4] {
            for size in [1, 64, 1_000, 4_095, 4_096, 5_000, 70_001, 9_000_000] {
                let bytes = made(version, &[("/Small", 100), ("/Workbook", size), ("/Other", 6_000)]);
                let file = Compound::open(&bytes).expect("sound");
                let stream = file.stream("Workbook").expect("there").expect("found");
                assert_eq!(stream.len(), size);
                assert!(stream.iter().enumerate().all(|(at, &byte)| usize::from(byte) == at % 251));
                assert!(file.has("small") && !file.has("Book"));
            }
        }
    }

    #[test]
    fn a_cut_file_is_refused_wherever_it_was_cut() {
        let bytes = made(cfb::Version::V3, &[("/Workbook", 20_000), ("/Other", 6_000)]);
        for end in (0..bytes.len() - 512).step_by(97) {
            let cut = bytes.get(..end).unwrap_or_default();
            let whole = Compound::open(cut).and_then(|file| file.stream("Workbook").map(|stream| stream.is_some()));
            assert!(whole != Ok(true), "cut at {end} of {}", bytes.len());
        }
    }

    #[test]
    fn a_chain_that_leads_in_a_circle_or_into_another_is_refused() {
        assert!(check_table(&[1, 2, 1], 3, "sector").is_err(), "joined");
        assert!(check_table(&[1, 7, FREE], 3, "sector").is_err(), "out of the file");
        assert!(check_table(&[1, 0, FREE], 3, "sector").is_ok(), "a pure circle joins nothing ...");
        assert!(walk(&[1, 0, FREE], 0, 3).is_err(), "... and is found by walking it");
        assert_eq!(walk(&[1, END_OF_CHAIN], 0, 2), Ok(vec![0, 1]));
    }
}
