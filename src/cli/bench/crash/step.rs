//! System calls → what they do to files, and what was acknowledged in between.

use std::io::BufRead;
use std::path::PathBuf;
use std::rc::Rc;

use color_eyre::eyre::{Result, bail};
use serde_json::Value;

use super::trace::{Call, Tracer};

/// The calls that are recorded. Those that only read move a file's place.
pub(super) const CALLS: &str = "openat,creat,open,close,dup,dup2,dup3,fcntl,lseek,read,readv,write,pwrite64,writev,\
    pwritev,pwritev2,copy_file_range,sendfile,ftruncate,truncate,fallocate,fsync,fdatasync,sync,syncfs,msync,mmap,\
    mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,rmdir";
/// Of these, calls that change a file or a name or bring a change to disk. A kill is worth most where it keeps
/// something from the disk, so the syncs stand there often.
pub(super) const CHANGES: [&str; 12] = [
    "fsync",
    "fsync",
    "fsync",
    "fsync",
    "fdatasync",
    "write",
    "write",
    "pwrite64",
    "ftruncate",
    "rename",
    "mkdir",
    "copy_file_range",
];
/// Of these the bytes are not wanted.
pub(super) const READS: &str = "read,readv";

/// A descriptor, or the folder a path begins in.
pub(super) type Fd = i64;

/// How a file is opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "flags are what an opening has")]
pub(super) struct How {
    /// Made when it is not there.
    pub(super) create: bool,
    /// Emptied.
    pub(super) truncate: bool,
    /// Written at its end.
    pub(super) append: bool,
    /// On disk when a write returns.
    pub(super) synced: bool,
}

/// A path and the open folder it begins in, unless it is absolute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place(pub(super) Fd, pub(super) PathBuf);

/// One thing that was done.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// A process begins: nothing is open.
    Life,
    /// A file or folder was opened.
    Open { fd: Fd, place: Place, how: How },
    /// A descriptor was closed.
    Close { fd: Fd },
    /// A second descriptor of the same open file.
    Again { fd: Fd, of: Fd },
    /// An open file's place was set.
    Seek { fd: Fd, to: u64 },
    /// Bytes were read.
    Advance { fd: Fd, by: u64 },
    /// Bytes were written, at a place or at the file's own.
    Write { fd: Fd, at: Option<u64>, bytes: Rc<[u8]> },
    /// Bytes were copied from one open file to another.
    Copy { from: Fd, to: Fd, len: u64 },
    /// A file was cut or grown to a size.
    Size { fd: Fd, len: u64 },
    /// A file has at least this size.
    Reserve { fd: Fd, len: u64 },
    /// A sync began, numbered.
    SyncBegins { number: usize, fd: Fd },
    /// It ended: what was there when it began is on disk.
    SyncEnds { number: usize },
    /// Everything is on disk.
    SyncAll,
    /// A folder was made.
    MakeFolder { place: Place },
    /// A name was moved.
    Rename { from: Place, to: Place },
    /// A second name was given.
    Link { of: Place, place: Place },
    /// A name was removed.
    Remove { place: Place },
    /// Something was mapped for writing, which leaves no trace.
    Mapped { fd: Fd },
    /// A whole line was printed.
    Acknowledged(Value),
}

/// Reads a recording of one process's life.
///
/// # Errors
/// Lines or calls that are not understood: nothing is said of a recording that is not understood whole.
pub(super) fn steps(recording: impl BufRead) -> Result<Vec<Step>> {
    let (mut tracer, mut printed) = (Tracer::default(), Vec::new());
    let mut steps: Vec<(usize, Step)> = vec![(0, Step::Life)];
    for line in recording.lines() {
        let Some(call) = tracer.take(&line?)? else { continue };
        if call.result < 0 {
            continue;
        }
        if matches!(call.name.as_str(), "fsync" | "fdatasync") {
            let (number, fd) = (call.begun, call.number(0)?);
            steps.push((call.begun, Step::SyncBegins { number, fd }));
            steps.push((call.ended, Step::SyncEnds { number }));
        } else if call.name == "write" && call.number(0)? == 1 {
            printed.extend(written(&call, call.bytes(1)?));
            for line in whole_lines(&mut printed) {
                steps.push((call.ended, Step::Acknowledged(serde_json::from_slice(&line)?)));
            }
        } else {
            steps.extend(step(&call)?.map(|step| (call.ended, step)));
        }
    }
    // A sync's beginning is noted when its end is seen.
    steps.sort_by_key(|(line, _)| *line);
    Ok(steps.into_iter().map(|(_, step)| step).collect())
}

/// Takes the whole lines out of what was printed so far.
fn whole_lines(printed: &mut Vec<u8>) -> Vec<Vec<u8>> {
    let whole = printed.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let lines: Vec<u8> = printed.drain(..whole).collect();
    lines.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
}

/// As much as was written of what was to be written.
fn written(call: &Call, mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(usize::try_from(call.result).unwrap_or(0));
    bytes
}

fn step(call: &Call) -> Result<Option<Step>> {
    let result = call.result;
    let len = u64::try_from(result).unwrap_or(0);
    Ok(Some(match call.name.as_str() {
        "open" | "creat" | "openat" => open(call)?,
        "close" => Step::Close { fd: call.number(0)? },
        "dup" | "dup2" | "dup3" => Step::Again { fd: result, of: call.number(0)? },
        "fcntl" if call.arg(1).starts_with("F_DUPFD") => Step::Again { fd: result, of: call.number(0)? },
        "lseek" => Step::Seek { fd: call.number(0)?, to: len },
        "read" | "readv" => Step::Advance { fd: call.number(0)?, by: len },
        "write" | "writev" => write(call, None)?,
        "pwrite64" | "pwritev" | "pwritev2" => write(call, Some(call.size(3)?))?,
        "copy_file_range" if call.arg(1) == "NULL" && call.arg(3) == "NULL" => {
            Step::Copy { from: call.number(0)?, to: call.number(2)?, len }
        }
        "sendfile" if call.arg(2) == "NULL" => Step::Copy { from: call.number(1)?, to: call.number(0)?, len },
        "ftruncate" => Step::Size { fd: call.number(0)?, len: call.size(1)? },
        "fallocate" if call.arg(1) == "0" => Step::Reserve { fd: call.number(0)?, len: call.size(2)? + call.size(3)? },
        "sync" | "syncfs" => Step::SyncAll,
        "mmap" if call.arg(3).contains("MAP_SHARED") && call.arg(2).contains("PROT_WRITE") => {
            Step::Mapped { fd: call.number(4)? }
        }
        "fcntl" | "mmap" | "msync" => return Ok(None),
        _ => return name_step(call).map(Some),
    }))
}

fn write(call: &Call, at: Option<u64>) -> Result<Step> {
    let bytes = written(call, call.bytes(1)?);
    Ok(Step::Write { fd: call.number(0)?, at, bytes: bytes.into() })
}

fn open(call: &Call) -> Result<Step> {
    let (place, flags) = match call.name.as_str() {
        "openat" => (place(call, Some(0), 1)?, call.arg(2)),
        "open" => (place(call, None, 0)?, call.arg(1)),
        _ => (place(call, None, 0)?, "O_CREAT|O_TRUNC"),
    };
    let has = |flag: &str| flags.split('|').any(|one| one == flag);
    let synced = has("O_SYNC") || has("O_DSYNC");
    let how = How { create: has("O_CREAT"), truncate: has("O_TRUNC"), append: has("O_APPEND"), synced };
    Ok(Step::Open { fd: call.result, place, how })
}

/// What changes names.
fn name_step(call: &Call) -> Result<Step> {
    Ok(match call.name.as_str() {
        "mkdir" => Step::MakeFolder { place: place(call, None, 0)? },
        "mkdirat" => Step::MakeFolder { place: place(call, Some(0), 1)? },
        "rename" => Step::Rename { from: place(call, None, 0)?, to: place(call, None, 1)? },
        "renameat" | "renameat2" if !call.arg(4).contains("EXCHANGE") => {
            Step::Rename { from: place(call, Some(0), 1)?, to: place(call, Some(2), 3)? }
        }
        "link" => Step::Link { of: place(call, None, 0)?, place: place(call, None, 1)? },
        "linkat" => Step::Link { of: place(call, Some(0), 1)?, place: place(call, Some(2), 3)? },
        "unlink" | "rmdir" => Step::Remove { place: place(call, None, 0)? },
        "unlinkat" => Step::Remove { place: place(call, Some(0), 1)? },
        other => bail!("{other} with these arguments is not simulated"),
    })
}

fn place(call: &Call, folder: Option<usize>, path: usize) -> Result<Place> {
    let folder = folder.map(|at| call.number(at)).transpose()?.unwrap_or(-100);
    let path = String::from_utf8(call.bytes(path)?)?;
    Ok(Place(folder, PathBuf::from(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps_of(log: &str) -> Vec<Step> {
        steps(log.as_bytes()).expect("understood")
    }

    #[test]
    fn a_line_is_acknowledged_when_its_end_is_written_and_not_before() {
        let log = r#"5 write(1, "{}", 2) = 2
5 fsync(6 <unfinished ...>
6 pwrite64(6, "\x01\x02", 2, 4096) = 1
6 write(1, "\x0a{", 2) = 2
5 <... fsync resumed>) = 0"#;
        let expected = [
            Step::Life,
            Step::SyncBegins { number: 2, fd: 6 },
            Step::Write { fd: 6, at: Some(4096), bytes: Rc::from([1u8]) },
            Step::Acknowledged(serde_json::json!({})),
            Step::SyncEnds { number: 2 },
        ];
        assert_eq!(steps_of(log), expected, "and a write counts as far as it went");
    }

    #[test]
    fn failed_calls_do_nothing_and_unknown_ones_are_refused() {
        let log = r#"5 openat(AT_FDCWD, "/a", O_RDONLY) = -1 ENOENT (No such file or directory)
5 openat(7, "a", O_WRONLY|O_CREAT|O_APPEND|O_CLOEXEC, 0666) = 8
5 mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE, 8, 0) = 0x7f00"#;
        let how = How { create: true, append: true, ..How::default() };
        assert_eq!(steps_of(log)[1..], [Step::Open { fd: 8, place: Place(7, "a".into()), how }]);
        assert!(steps(r#"5 symlink("a", "b") = 0"#.as_bytes()).is_err());
    }
}
