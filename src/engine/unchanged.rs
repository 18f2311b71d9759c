//! Files that were read once more and are what they were: nothing is told of them twice.
//!
//! An event, a request, other rights or another date lead to another reading although the file may be the same; its
//! content decides.

use std::collections::HashSet;

use super::hub::Hub;
use super::process::Outcome;
use super::worker::Finished;
use crate::history::FileFacts;

impl Hub {
    /// The files that have something new to tell.
    pub(super) fn without_unchanged(&mut self, finished: Vec<Finished>) -> Vec<Finished> {
        let mut seen = HashSet::new();
        let (news, same): (Vec<Finished>, Vec<Finished>) = finished
            .into_iter()
            .partition(|file| seen.insert((file.file.path_key, file.file.content)) && !self.is_unchanged(file));
        for file in &same {
            self.retries.ended(&file.path);
        }
        let dated = same.into_iter().filter(|file| !file.again && !file.failed());
        self.keeper.mark(&dated.map(|file| file.file).collect::<Vec<FileFacts>>());
        news
    }

    fn is_unchanged(&self, file: &Finished) -> bool {
        if let Some(before) = self.failed.get(&file.file.path_key) {
            return file.failed() && !before.asked && before.content == file.file.content;
        }
        match &file.outcome {
            // A copying program may set the date once the file is whole: then it is read twice.
            Outcome::Judged { .. } => {
                let current = self.keeper.current(&file.file.content);
                current.is_some_and(|current| file.again || current.path_key == file.file.path_key)
            }
            Outcome::Skipped { .. } => file.again,
            Outcome::Failed { .. } => false,
        }
    }

    /// Keeps no mark of a file whose bytes nobody could read: the next start tries it again.
    pub(super) fn forget_unread(&self, unread: &[([u8; 16], i64)]) {
        for (path_key, mtime_ns) in unread {
            self.keeper.forget(path_key, *mtime_ns);
        }
    }
}
