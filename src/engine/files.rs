//! Files by path: finding them, reading each once, judging it.

use std::path::{Path, PathBuf};

use super::clock;
use super::process::{Outcome, Processed, process};
use crate::analysis::AnalysisSettings;
use crate::intake::{self, FileStat, WatchedFolder};
use crate::trim::Source;

/// Largest file that is read into memory, bytes.
pub const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// Workbooks found under some paths.
#[derive(Debug, Default)]
pub struct Collected {
    /// The files, in the order they were named; inside a folder by path.
    pub files: Vec<PathBuf>,
    /// Paths that are not there or cannot be looked into, with the cause.
    pub missing: Vec<(PathBuf, String)>,
}

/// Files as named, folders searched for workbooks. Temporary, lock and foreign names in folders are passed over;
/// a file named itself is always taken.
pub fn collect(paths: &[PathBuf]) -> Collected {
    let mut found = Collected::default();
    for path in paths {
        match std::fs::metadata(path) {
            Ok(meta) if meta.is_dir() => in_folder(path, &mut found),
            Ok(_) => found.files.push(path.clone()),
            Err(e) => found.missing.push((path.clone(), e.to_string())),
        }
    }
    found
}

fn in_folder(path: &Path, found: &mut Collected) {
    let scan = intake::scan(&WatchedFolder { path: path.to_path_buf(), recursive: true });
    let mut files: Vec<PathBuf> = scan.files.into_iter().map(|(path, _)| path).collect();
    files.sort();
    found.files.extend(files);
    found.missing.extend(scan.unreadable);
}

/// Reads and judges the file at a path.
pub fn process_path(path: &Path, laser: Option<&str>, settings: &AnalysisSettings) -> Processed {
    match intake::read_once(path, MAX_FILE_BYTES) {
        Ok((bytes, stat)) => process_bytes(&bytes, path, stat, laser, settings),
        Err(error) => {
            Processed { content: None, outcome: Outcome::Failed { cause: error.to_string(), unfinished: false } }
        }
    }
}

/// Judges bytes that were read from a path.
pub(super) fn process_bytes(
    bytes: &[u8],
    path: &Path,
    stat: FileStat,
    laser: Option<&str>,
    settings: &AnalysisSettings,
) -> Processed {
    // Relative paths are made absolute, so that a laser's folder above the working folder counts too.
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let source = Source { path: &absolute, laser, modified: clock::local_of_ns(stat.mtime_ns), today: clock::today() };
    process(bytes, source, settings)
}
