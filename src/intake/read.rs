//! Reads a file's bytes once, and only if nobody changed it meanwhile.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use thiserror::Error;

use super::FileStat;

/// Why a file was not read.
#[derive(Debug, Error)]
pub enum ReadOnceError {
    /// It vanished.
    #[error("the file is gone")]
    Gone,
    /// Another program holds it.
    #[error("another program holds the file: {cause}")]
    Locked {
        /// The system's words.
        cause: String,
    },
    /// It changed while it was read.
    #[error("the file changed while it was read")]
    StillChanging,
    /// Too large to be a trim file.
    #[error("{len} bytes; limits.bytes is {limit}")]
    TooLarge {
        /// Its size, bytes.
        len: u64,
        /// The bound, bytes.
        limit: u64,
    },
    /// A folder, pipe or device.
    #[error("not a regular file")]
    NotAFile,
    /// The right to read it is missing.
    #[error("no permission to read the file")]
    Forbidden,
    /// Anything else the system says.
    #[error("{0}")]
    Io(io::Error),
}

impl ReadOnceError {
    /// The word in the program's own log.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Locked { .. } => "locked",
            Self::StillChanging => "changing",
            Self::TooLarge { .. } => "too-large",
            Self::NotAFile => "not-a-file",
            Self::Forbidden => "forbidden",
            Self::Io(_) => "unreadable",
        }
    }

    /// Whether another look may find the file readable.
    ///
    /// A missing right counts too: shares answer so for a file that a spreadsheet program holds.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Locked { .. } | Self::StillChanging | Self::Forbidden | Self::Io(_))
    }
}

impl From<io::Error> for ReadOnceError {
    fn from(error: io::Error) -> Self {
        // 32 and 33 are Windows' sharing and lock violations.
        match (error.kind(), error.raw_os_error()) {
            (io::ErrorKind::NotFound, _) => Self::Gone,
            (_, Some(32 | 33)) if cfg!(windows) => Self::Locked { cause: error.to_string() },
            (io::ErrorKind::PermissionDenied, _) => Self::Forbidden,
            (io::ErrorKind::ResourceBusy | io::ErrorKind::WouldBlock, _) => Self::Locked { cause: error.to_string() },
            _ => Self::Io(error),
        }
    }
}

/// The bytes of a file with the state they belong to. Opened for reading only, never a pipe or device, never
/// more than `limit` bytes.
///
/// # Errors
/// [`ReadOnceError::StillChanging`] when size, times or inode differ after reading; else why it cannot be read.
pub fn read_once(path: &Path, limit: u64) -> Result<(Vec<u8>, FileStat), ReadOnceError> {
    let before = std::fs::metadata(path)?;
    if !before.is_file() {
        return Err(ReadOnceError::NotAFile);
    }
    if before.len() > limit {
        return Err(ReadOnceError::TooLarge { len: before.len(), limit });
    }
    let stat = FileStat::of(&before);
    let file = open(path)?;
    if FileStat::of(&file.metadata()?) != stat {
        return Err(ReadOnceError::StillChanging);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(stat.len).unwrap_or(0));
    // One byte over what was promised is enough to know that the file grew.
    (&file).take(stat.len + 1).read_to_end(&mut bytes)?;
    let after = FileStat::of(&file.metadata()?);
    if after != stat || bytes.len() as u64 != stat.len {
        return Err(ReadOnceError::StillChanging);
    }
    Ok((bytes, stat))
}

/// A pipe put in the file's place meanwhile must not hold the worker: opened without waiting, then looked at.
#[cfg(target_os = "linux")]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    const O_NONBLOCK: i32 = 0o4000;
    std::fs::OpenOptions::new().read(true).custom_flags(O_NONBLOCK).open(path)
}

#[cfg(not(any(windows, target_os = "linux")))]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Nobody may be writing: Windows reports no close, so an open that shares only reading is the proof.
#[cfg(windows)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::windows::fs::OpenOptionsExt;
    const FILE_SHARE_READ: u32 = 1;
    std::fs::OpenOptions::new().read(true).share_mode(FILE_SHARE_READ).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_beyond_the_limit_is_refused_before_it_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("big.xls");
        std::fs::write(&path, [1; 100]).expect("written");
        assert!(matches!(read_once(&path, 99), Err(ReadOnceError::TooLarge { len: 100, limit: 99 })));
        assert_eq!(read_once(&path, 100).expect("small enough").0.len(), 100);
    }

    #[test]
    fn what_is_no_file_is_never_opened() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(matches!(read_once(folder.path(), 10), Err(ReadOnceError::NotAFile)));
        assert!(matches!(read_once(&folder.path().join("none.xls"), 10), Err(ReadOnceError::Gone)));
    }
}
