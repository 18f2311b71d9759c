//! When is a file complete? A pure state machine: looks and hints come in with their time, files come out.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::{Candidate, FileStat, Found};

/// A file asked for later than this is not said to be waiting: nobody waits for it.
const SOON: Duration = Duration::from_mins(1);

/// One look at a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// Index of the watched folder.
    pub(super) folder: usize,
    /// The state seen.
    pub(super) stat: FileStat,
    /// What says that it is complete, if anything does.
    pub(super) proof: Option<Found>,
    /// Whether it was dealt with in an earlier life.
    pub(super) dealt: bool,
    /// When.
    pub(super) now: Instant,
}

#[derive(Debug)]
struct Pending {
    stat: FileStat,
    /// Since when the state is the same.
    since: Instant,
}

#[derive(Debug)]
struct Handed {
    stat: FileStat,
    /// Number of the last scan that saw it.
    scan: u64,
}

/// Files that wait, and files that were handed over.
#[derive(Debug)]
pub(super) struct Settle {
    stand_still: Duration,
    pending: HashMap<PathBuf, Pending>,
    handed: HashMap<PathBuf, Handed>,
    asked_again: HashMap<PathBuf, Instant>,
    /// When to look at which path; one that no longer waits for that moment is passed over.
    timeline: BinaryHeap<Reverse<(Instant, PathBuf)>>,
    scan: u64,
}

impl Settle {
    pub(super) fn new(stand_still: Duration) -> Self {
        Self {
            stand_still,
            pending: HashMap::new(),
            handed: HashMap::new(),
            asked_again: HashMap::new(),
            timeline: BinaryHeap::new(),
            scan: 0,
        }
    }

    /// Takes a look in; gives the file out when it is complete and was not handed over in this state before. A
    /// writer that closes, a rename and a request are heard even if the state seems the same: the modification
    /// time may have been set back, and a clock has its grain.
    pub(super) fn look(&mut self, path: &Path, look: Look) -> Option<Candidate> {
        let proven = look.proof.filter(|found| *found != Found::AtStart);
        if proven.is_none() && self.is_handed(path, look.stat) {
            self.pending.remove(path);
            return None;
        }
        let again = look.dealt || look.proof == Some(Found::Retried) || self.was_alike(path, look.stat);
        let found = look.proof.or_else(|| self.stood_still(path, look))?;
        self.asked_again.remove(path);
        self.known(path, look.stat);
        let Look { folder, stat, now, .. } = look;
        Some(Candidate { folder, path: path.to_path_buf(), stat, found, again, noticed: now })
    }

    fn stood_still(&mut self, path: &Path, look: Look) -> Option<Found> {
        match self.pending.get(path) {
            Some(pending) if pending.stat == look.stat => {
                (look.now.duration_since(pending.since) >= self.stand_still).then_some(Found::Settled)
            }
            _ => {
                self.pending.insert(path.to_path_buf(), Pending { stat: look.stat, since: look.now });
                self.timeline.push(Reverse((look.now + self.stand_still, path.to_path_buf())));
                None
            }
        }
    }

    /// Files dealt with in an earlier life count as handed over.
    pub(super) fn known(&mut self, path: &Path, stat: FileStat) {
        self.pending.remove(path);
        self.handed.insert(path.to_path_buf(), Handed { stat, scan: self.scan });
    }

    /// Forgets everything that was handed over: whoever took it lost some of it.
    pub(super) fn forget_all(&mut self) {
        self.handed.clear();
    }

    /// Whether this state of a file needs no look. A file that is asked about is there.
    pub(super) fn is_handed(&mut self, path: &Path, stat: FileStat) -> bool {
        let scan = self.scan;
        self.handed.get_mut(path).is_some_and(|handed| {
            handed.scan = scan;
            stat.is_untouched(handed.stat)
        })
    }

    /// Whether a file of this path, length and time was handed over before.
    pub(super) fn was_alike(&self, path: &Path, stat: FileStat) -> bool {
        self.handed.get(path).is_some_and(|handed| stat.looks_like(handed.stat))
    }

    /// Looks at a file again at the given time.
    pub(super) fn ask_again(&mut self, path: PathBuf, at: Instant) {
        self.timeline.push(Reverse((at, path.clone())));
        self.asked_again.insert(path, at);
    }

    /// Waits no longer for a file that nobody can decide about, or that is none of ours.
    pub(super) fn leave(&mut self, path: &Path) {
        self.pending.remove(path);
    }

    /// The file is gone; whether it was waited for.
    pub(super) fn gone(&mut self, path: &Path) -> bool {
        self.handed.remove(path);
        let asked = self.asked_again.remove(path).is_some();
        self.pending.remove(path).is_some() || asked
    }

    /// A look through the folders begins.
    pub(super) fn begin_scan(&mut self) {
        self.scan += 1;
    }

    /// Forgets files that this scan did not see, so that memory follows the folders; not those in a folder that is
    /// `away`, whose files must not look new when it is back.
    pub(super) fn end_scan(&mut self, away: impl Fn(&Path) -> bool) {
        let scan = self.scan;
        self.handed.retain(|path, handed| handed.scan == scan || away(path));
    }

    /// Files whose next look is due: pending ones, and those asked for again.
    pub(super) fn due(&mut self, now: Instant) -> (Vec<PathBuf>, Vec<PathBuf>) {
        let (mut pending, mut again) = (Vec::new(), Vec::new());
        while self.next_due().is_some_and(|due| due <= now) {
            let Some(Reverse((due, path))) = self.timeline.pop() else { break };
            if self.asked_again.get(&path) == Some(&due) {
                self.asked_again.remove(&path);
                again.push(path);
            } else {
                pending.push(path);
            }
        }
        (pending, again)
    }

    /// When the next look is due.
    pub(super) fn next_due(&mut self) -> Option<Instant> {
        while let Some(Reverse((due, path))) = self.timeline.peek() {
            let asked = self.asked_again.get(path) == Some(due);
            let pending = self.pending.get(path).is_some_and(|pending| pending.since + self.stand_still == *due);
            if asked || pending {
                return Some(*due);
            }
            self.timeline.pop();
        }
        None
    }

    /// Files that wait, and not for long.
    pub(super) fn waiting(&self, now: Instant) -> usize {
        self.pending.len() + self.asked_again.values().filter(|due| **due < now + SOON).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STILL: Duration = Duration::from_secs(2);

    fn stat(len: u64) -> FileStat {
        FileStat { len, mtime_ns: 5, changed_ns: 5, inode: 9 }
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
            self.see(seconds, stat(len), proof).map(|candidate| candidate.found)
        }

        fn see(&mut self, seconds: u64, stat: FileStat, proof: Option<Found>) -> Option<Candidate> {
            let now = self.begin + Duration::from_secs(seconds);
            self.settle.look(Path::new("a.xls"), Look { folder: 0, stat, proof, dealt: false, now })
        }

        fn at(&self, seconds: u64) -> Instant {
            self.begin + Duration::from_secs(seconds)
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
        assert_eq!(story.look(9, 10, None), None, "seen by a scan");
        assert!(story.look(10, 30, Some(Found::Closed)).is_some(), "rewritten in place");
    }

    #[test]
    fn a_file_closed_once_more_in_the_same_state_is_handed_over_for_its_content_to_decide() {
        let mut story = Story::new();
        assert!(!story.see(0, stat(10), Some(Found::Closed)).expect("complete").again);
        assert!(story.see(1, stat(10), Some(Found::Closed)).expect("closed twice").again);
    }

    #[test]
    fn a_file_whose_time_was_set_back_is_told_by_its_change_time() {
        let mut story = Story::new();
        assert!(story.look(0, 10, Some(Found::Closed)).is_some());
        let touched = FileStat { changed_ns: 6, ..stat(10) };
        assert!(story.see(1, touched, None).is_none(), "it must stand still");
        assert!(story.see(3, touched, None).expect("it stood still").again);
    }

    #[test]
    fn a_file_that_is_only_numbered_anew_is_the_same() {
        let mut story = Story::new();
        assert!(story.look(0, 10, Some(Found::Closed)).is_some());
        assert_eq!(story.see(9, FileStat { inode: 10, ..stat(10) }, None), None);
    }

    #[test]
    fn looks_in_between_do_not_put_the_end_of_standing_still_off() {
        let mut story = Story::new();
        assert_eq!(story.look(0, 10, None), None);
        assert_eq!(story.look(1, 10, None), None);
        assert_eq!(story.settle.next_due(), Some(story.at(2)));
    }

    #[test]
    fn files_of_a_folder_that_is_away_are_not_new_when_it_is_back() {
        let mut story = Story::new();
        assert!(story.look(0, 10, Some(Found::Closed)).is_some());
        story.settle.begin_scan();
        story.settle.end_scan(|_| true);
        assert_eq!(story.look(1, 10, None), None);
        story.settle.begin_scan();
        story.settle.end_scan(|_| false);
        assert!(story.look(2, 10, Some(Found::AtStart)).is_some(), "gone from a folder that is there");
    }

    #[test]
    fn a_file_asked_for_in_ten_minutes_is_not_waited_for() {
        let mut story = Story::new();
        story.settle.ask_again(PathBuf::from("a.xls"), story.at(600));
        assert_eq!((story.settle.waiting(story.begin), story.settle.next_due()), (0, Some(story.at(600))));
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
        assert_eq!(story.settle.waiting(story.begin), 1);
        assert!(story.look(2, 10, None).is_some());
        assert_eq!((story.settle.waiting(story.begin), story.settle.next_due()), (0, None));
    }
}
