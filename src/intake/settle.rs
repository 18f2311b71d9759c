//! When is a file complete? A pure state machine: looks and hints come in with their time, files come out.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::{Candidate, FileStat, Found};

/// One look at a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// Index of the watched folder.
    pub(super) folder: usize,
    /// The state seen.
    pub(super) stat: FileStat,
    /// What says that it is complete, if anything does.
    pub(super) proof: Option<Found>,
    /// When.
    pub(super) now: Instant,
}

#[derive(Debug)]
struct Pending {
    stat: FileStat,
    /// Since when the state is the same.
    since: Instant,
    /// When to look again.
    due: Instant,
}

/// Files that wait, and files that were handed over.
#[derive(Debug)]
pub(super) struct Settle {
    stand_still: Duration,
    pending: HashMap<PathBuf, Pending>,
    handed: HashMap<PathBuf, FileStat>,
    asked_again: HashMap<PathBuf, Instant>,
}

impl Settle {
    pub(super) fn new(stand_still: Duration) -> Self {
        Self { stand_still, pending: HashMap::new(), handed: HashMap::new(), asked_again: HashMap::new() }
    }

    /// Takes a look in; gives the file out when it is complete and was not handed over in this state before.
    pub(super) fn look(&mut self, path: &Path, look: Look) -> Option<Candidate> {
        if self.handed.get(path) == Some(&look.stat) {
            self.pending.remove(path);
            return None;
        }
        let found = look.proof.or_else(|| self.stood_still(path, look))?;
        self.pending.remove(path);
        self.asked_again.remove(path);
        self.handed.insert(path.to_path_buf(), look.stat);
        Some(Candidate { folder: look.folder, path: path.to_path_buf(), stat: look.stat, found, noticed: look.now })
    }

    fn stood_still(&mut self, path: &Path, look: Look) -> Option<Found> {
        let due = look.now + self.stand_still;
        match self.pending.get_mut(path) {
            Some(pending) if pending.stat == look.stat => {
                pending.due = due;
                (look.now.duration_since(pending.since) >= self.stand_still).then_some(Found::Settled)
            }
            _ => {
                let pending = Pending { stat: look.stat, since: look.now, due };
                self.pending.insert(path.to_path_buf(), pending);
                None
            }
        }
    }

    /// Files dealt with in an earlier life count as handed over.
    pub(super) fn known(&mut self, path: &Path, stat: FileStat) {
        self.pending.remove(path);
        self.handed.insert(path.to_path_buf(), stat);
    }

    /// Whether this state of a file needs no look.
    pub(super) fn is_handed(&self, path: &Path, stat: FileStat) -> bool {
        self.handed.get(path) == Some(&stat)
    }

    /// Forgets that a file was handed over and looks at it again at the given time.
    pub(super) fn ask_again(&mut self, path: PathBuf, at: Instant) {
        self.handed.remove(&path);
        self.asked_again.insert(path, at);
    }

    /// The file is gone; whether it was waited for.
    pub(super) fn gone(&mut self, path: &Path) -> bool {
        self.handed.remove(path);
        let asked = self.asked_again.remove(path).is_some();
        self.pending.remove(path).is_some() || asked
    }

    /// Forgets files that no scan finds any more, so that memory follows the folder.
    pub(super) fn keep_only(&mut self, there: &HashSet<PathBuf>) {
        self.handed.retain(|path, _| there.contains(path));
        self.pending.retain(|path, _| there.contains(path));
    }

    /// Files whose next look is due: pending ones, and those asked for again.
    pub(super) fn due(&mut self, now: Instant) -> (Vec<PathBuf>, Vec<PathBuf>) {
        let late = |due: &Instant| *due <= now;
        let pending = self.pending.iter().filter(|(_, p)| late(&p.due)).map(|(path, _)| path.clone()).collect();
        let again: Vec<PathBuf> =
            self.asked_again.iter().filter(|(_, due)| late(due)).map(|(path, _)| path.clone()).collect();
        for path in &again {
            self.asked_again.remove(path);
        }
        (pending, again)
    }

    /// When the next look is due.
    pub(super) fn next_due(&self) -> Option<Instant> {
        let pending = self.pending.values().map(|pending| pending.due);
        pending.chain(self.asked_again.values().copied()).min()
    }

    /// Files that wait.
    pub(super) fn waiting(&self) -> usize {
        self.pending.len() + self.asked_again.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STILL: Duration = Duration::from_secs(2);

    fn stat(len: u64) -> FileStat {
        FileStat { len, mtime_ns: 5, inode: 9 }
    }

    struct Story {
        settle: Settle,
        begin: Instant,
    }

    impl Story {
        fn new() -> Self {
            Self { settle: Settle::new(STILL), begin: Instant::now() }
        }

        fn look(&mut self, seconds: u64, len: u64, proof: Option<Found>) -> Option<Found> {
            let now = self.begin + Duration::from_secs(seconds);
            let look = Look { folder: 0, stat: stat(len), proof, now };
            self.settle.look(Path::new("a.xls"), look).map(|candidate| candidate.found)
        }
    }

    #[test]
    fn a_close_or_a_rename_is_proof_at_once() {
        assert_eq!(Story::new().look(0, 10, Some(Found::Closed)), Some(Found::Closed));
        assert_eq!(Story::new().look(0, 10, Some(Found::RenamedIn)), Some(Found::RenamedIn));
    }

    #[test]
    fn without_proof_a_file_must_stand_still_over_two_looks() {
        let mut story = Story::new();
        assert_eq!(story.look(0, 10, None), None);
        assert_eq!(story.look(1, 10, None), None, "too soon");
        assert_eq!(story.look(2, 20, None), None, "it grew");
        assert_eq!(story.look(4, 20, None), Some(Found::Settled));
    }

    #[test]
    fn one_state_is_handed_over_once_and_a_new_state_again() {
        let mut story = Story::new();
        assert!(story.look(0, 10, Some(Found::Closed)).is_some());
        assert_eq!(story.look(1, 10, Some(Found::Closed)), None, "closed twice");
        assert_eq!(story.look(9, 10, None), None, "seen by a scan");
        assert!(story.look(10, 30, Some(Found::Closed)).is_some(), "rewritten in place");
    }

    #[test]
    fn a_file_asked_for_again_is_handed_over_unchanged() {
        let mut story = Story::new();
        assert!(story.look(0, 10, Some(Found::Closed)).is_some());
        story.settle.ask_again(PathBuf::from("a.xls"), story.begin + STILL);
        assert_eq!(story.settle.next_due(), Some(story.begin + STILL));
        let (pending, again) = story.settle.due(story.begin + STILL);
        assert_eq!((pending.len(), again.len()), (0, 1));
        assert_eq!(story.look(3, 10, Some(Found::Retried)), Some(Found::Retried));
    }

    #[test]
    fn nothing_waits_once_everything_was_handed_over() {
        let mut story = Story::new();
        assert_eq!(story.look(0, 10, None), None);
        assert_eq!(story.settle.waiting(), 1);
        assert!(story.look(2, 10, None).is_some());
        assert_eq!((story.settle.waiting(), story.settle.next_due()), (0, None));
    }
}
