//! Files that could not be read: remembered, so that they can be asked for again.

use std::collections::HashMap;
use std::path::PathBuf;

use super::worker::{Finished, UNREAD, path_key};
use crate::history::{LogEntry, LogOutcome, Store};

/// A file that could not be read, so that it can be asked for again.
#[derive(Debug, Clone)]
pub(super) struct FailedFile {
    /// Where it lies.
    pub(super) path: PathBuf,
    /// The content that failed; zeros when no byte could be read.
    pub(super) content: [u8; 32],
    /// Whether somebody asked for it and is owed an answer, even the same one.
    pub(super) asked: bool,
}

impl FailedFile {
    pub(super) fn new(path: PathBuf, content: [u8; 32]) -> Self {
        Self { path, content, asked: false }
    }

    /// Notes that somebody asked for it; where it lies.
    pub(super) fn ask(&mut self) -> PathBuf {
        self.asked = true;
        self.path.clone()
    }
}

/// The path keys of files whose bytes could not be read.
pub(super) fn unread(finished: &[Finished]) -> Vec<[u8; 16]> {
    let unread = finished.iter().filter(|file| file.failed() && file.file.content == UNREAD);
    unread.map(|file| file.file.path_key).collect()
}

/// Files that failed before, so that they can be asked for again.
pub(super) fn failed_before(store: &Store, most: usize) -> HashMap<[u8; 16], FailedFile> {
    let log = store.latest_log(most).unwrap_or_default().into_iter();
    let failed = log.filter(|entry| matches!(entry.outcome, LogOutcome::Failed { .. }));
    // A path that was no text is kept with replacements and leads nowhere: its file is read when it changes.
    failed
        .map(|LogEntry { file, .. }| (file.path_key, FailedFile::new(file.path.into(), file.content)))
        .filter(|(key, file)| path_key(&file.path) == *key)
        .collect()
}
