//! A file of frames that only grows: `length | crc32 | payload`, each on disk before the next begins.
//!
//! A frame that was cut off by a kill or a power loss is the last one: it was never acknowledged and is cut away
//! when the file is opened. A bad frame with sound ones behind it is damage, and is said to be.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Length and checksum before each payload, bytes.
const HEAD: usize = 8;
/// Longest payload that is believed, bytes.
const MAX_PAYLOAD: u32 = 64 * 1024 * 1024;

/// A file of frames, opened to be continued.
#[derive(Debug)]
pub(super) struct Frames {
    file: File,
    /// Bytes of whole frames.
    len: u64,
}

/// What reading a file of frames came upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    /// Bytes of whole frames from the beginning.
    pub(super) whole: u64,
    /// Bytes behind them that are no frame.
    pub(super) rest: u64,
}

/// Reads all whole frames from the beginning. `each` says whether it can use a frame; one that it cannot use ends the
/// reading as one with another checksum does. It may stop the reading with an error too.
pub(super) fn read<E: From<io::Error>>(
    path: &Path,
    mut each: impl FnMut(&[u8]) -> Result<bool, E>,
) -> Result<Extent, E> {
    let file = File::open(path)?;
    let total = file.metadata()?.len();
    let mut source = BufReader::with_capacity(256 * 1024, file);
    let (mut whole, mut payload) = (0, Vec::new());
    while let Some(taken) = next(&mut source, total - whole, &mut payload)? {
        if !each(&payload)? {
            break;
        }
        whole += taken;
    }
    Ok(Extent { whole, rest: total - whole })
}

/// The next payload; `None` where no whole frame follows. Returns the bytes it takes in the file.
fn next(source: &mut impl Read, left: u64, payload: &mut Vec<u8>) -> io::Result<Option<u64>> {
    if left < HEAD as u64 {
        return Ok(None);
    }
    let (length, sum) = (number(source)?, number(source)?);
    let taken = HEAD as u64 + u64::from(length);
    if length == 0 || length > MAX_PAYLOAD || taken > left {
        return Ok(None);
    }
    payload.resize(length as usize, 0);
    source.read_exact(payload)?;
    Ok((crc32fast::hash(payload) == sum).then_some(taken))
}

fn number(source: &mut impl Read) -> io::Result<u32> {
    let mut bytes = [0; 4];
    source.read_exact(&mut bytes)?;
    Ok(u32::from_be_bytes(bytes))
}

impl Frames {
    /// Opens a file, makes it when it is not there, and cuts a last frame away that is not whole.
    pub(super) fn open(path: &Path, extent: Option<Extent>) -> io::Result<Self> {
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        let len = extent.map_or(0, |extent| extent.whole);
        if file.metadata()?.len() != len {
            file.set_len(len)?;
            file.sync_all()?;
        }
        file.seek(SeekFrom::Start(len))?;
        Ok(Self { file, len })
    }

    /// Adds a frame; it is on disk when this returns. After an error the file is as it was, as far as the disk
    /// lets it.
    pub(super) fn append(&mut self, payload: &[u8]) -> io::Result<()> {
        let length = u32::try_from(payload.len()).ok().filter(|&length| length <= MAX_PAYLOAD);
        let length = length.ok_or_else(|| io::Error::other("a frame beyond its bound"))?;
        let mut frame = Vec::with_capacity(HEAD + payload.len());
        frame.extend(length.to_be_bytes());
        frame.extend(crc32fast::hash(payload).to_be_bytes());
        frame.extend_from_slice(payload);
        let written = self.file.write_all(&frame).and_then(|()| self.file.sync_data());
        match written {
            Ok(()) => self.len += frame.len() as u64,
            Err(_) => self.cut(self.len)?,
        }
        written
    }

    /// Takes back everything beyond a length.
    pub(super) fn cut(&mut self, len: u64) -> io::Result<()> {
        self.file.set_len(len)?;
        self.file.seek(SeekFrom::Start(len))?;
        self.len = len;
        self.file.sync_data()
    }

    /// Bytes of whole frames.
    pub(super) fn len(&self) -> u64 {
        self.len
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payloads(path: &Path) -> (Vec<Vec<u8>>, Extent) {
        let mut found = Vec::new();
        let extent = read::<io::Error>(path, |payload| {
            found.push(payload.to_vec());
            Ok(true)
        });
        (found, extent.expect("readable"))
    }

    #[test]
    fn a_file_cut_anywhere_holds_every_frame_before_the_cut_and_goes_on_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("frames");
        let mut frames = Frames::open(&path, None).expect("made");
        for word in ["one", "two", "three"] {
            frames.append(word.as_bytes()).expect("written");
        }
        let bytes = std::fs::read(&path).expect("read");
        for cut in 0..bytes.len() {
            std::fs::write(&path, &bytes[..cut]).expect("cut");
            let (found, extent) = payloads(&path);
            let whole = [11, 22, 35].iter().filter(|&&end| end <= cut).count();
            assert_eq!(found.len(), whole, "{cut}");
            Frames::open(&path, Some(extent)).expect("opened").append(b"next").expect("written");
            let (found, extent) = payloads(&path);
            assert_eq!((found.len(), extent.rest), (whole + 1, 0), "{cut}");
        }
    }

    #[test]
    fn a_flipped_byte_ends_the_reading_before_its_frame() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("frames");
        let mut frames = Frames::open(&path, None).expect("made");
        frames.append(b"one").expect("written");
        frames.append(b"two").expect("written");
        let bytes = std::fs::read(&path).expect("read");
        for place in 11..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[place] ^= 0x10;
            std::fs::write(&path, &damaged).expect("damaged");
            assert_eq!(payloads(&path).0, [b"one".to_vec()], "{place}");
        }
    }
}
