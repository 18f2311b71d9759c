//! Files that could not be read: remembered, so that they can be asked for again.

use std::collections::HashMap;
use std::path::PathBuf;

use super::worker::{Finished, UNREAD, path_key};
use crate::history::{FileFacts, LogEntry, LogOutcome, Store};

/// A file that could not be read, so that it can be asked for again.
#[derive(Debug, Clone)]
pub(super) struct FailedFile {
    /// Where it lies.
    pub(super) path: PathBuf,
    /// The content that failed; zeros when no byte could be read.
    pub(super) content: [u8; 32],
    /// Its modification time then, nanoseconds since 1970 UTC.
    pub(super) mtime_ns: i64,
    /// Whether somebody asked for it and is owed an answer, even the same one.
    pub(super) asked: bool,
}

impl FailedFile {
    pub(super) fn new(path: PathBuf, file: &FileFacts) -> Self {
        Self { path, content: file.content, mtime_ns: file.mtime_ns, asked: false }
    }

    /// Notes that somebody asked for it; where it lies, and its time.
    pub(super) fn ask(&mut self) -> (PathBuf, i64) {
        self.asked = true;
        (self.path.clone(), self.mtime_ns)
    }
}

/// The path keys and times of files whose bytes could not be read.
pub(super) fn unread(finished: &[Finished]) -> Vec<([u8; 16], i64)> {
    let unread = finished.iter().filter(|file| file.failed() && file.file.content == UNREAD);
    unread.map(|file| (file.file.path_key, file.file.mtime_ns)).collect()
}

/// Files that failed before, so that they can be asked for again.
pub(super) fn failed_before(store: &Store, most: usize) -> HashMap<[u8; 16], FailedFile> {
    let log = store.latest_log(most).unwrap_or_default().into_iter();
    let failed = log.filter(|entry| matches!(entry.outcome, LogOutcome::Failed { .. }));
    // A path that was no text is kept with replacements and leads nowhere: its file is read when it changes.
    failed
        .map(|LogEntry { file, .. }| (file.path_key, FailedFile::new(file.path.clone().into(), &file)))
        .filter(|(key, file)| path_key(&file.path) == *key)
        .collect()
}
