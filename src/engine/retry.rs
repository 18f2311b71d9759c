//! When a file that is not complete yet is looked at again, and when that is given up.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A file that could not even be read is tried again after this, quietly: the end of a lock changes nothing that
/// could be seen.
pub(super) const UNREAD_AGAIN: Duration = Duration::from_mins(10);
/// Waits before the next looks at a locked or unfinished file.
const WAITS: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(5), Duration::from_secs(30)];
/// A file last written this long ago is nobody's copy in progress.
const LONG_AGO_MS: i64 = 60_000;

/// What to do about a file that could not be read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// Look again after this long.
    Again(Duration),
    /// It is an error, with the cause as it stands.
    GiveUp,
}

/// How often an unfinished file has been tried in one state.
#[derive(Debug, Default)]
struct Tried {
    times: usize,
    len: u64,
    written_ns: i64,
}

/// How often each unfinished file has been tried.
#[derive(Debug, Default)]
pub(super) struct Retries {
    tried: HashMap<PathBuf, Tried>,
}

impl Retries {
    /// Decides about an unfinished file of this length, last written at `written_ns`. A file that has changed
    /// since it was last tried begins anew: a slow writer is not given up while it writes.
    pub(super) fn decide(&mut self, path: &Path, len: u64, written_ns: i64, now_ms: i64) -> Decision {
        let tried = self.tried.entry(path.to_path_buf()).or_default();
        if (tried.len, tried.written_ns) != (len, written_ns) {
            // A clock that jumped back makes a file look newer than now: then it is tried, not given up.
            let is_old = now_ms.saturating_sub(written_ns / 1_000_000) > LONG_AGO_MS;
            // A file known to be in the making is not old, however it is dated.
            let times = if is_old && tried.times == 0 { WAITS.len() } else { 0 };
            *tried = Tried { times, len, written_ns };
        }
        let wait = WAITS.get(tried.times).copied();
        tried.times += 1;
        if let Some(wait) = wait {
            return Decision::Again(wait);
        }
        self.tried.remove(path);
        Decision::GiveUp
    }

    /// The file came to an end.
    pub(super) fn ended(&mut self, path: &Path) {
        self.tried.remove(path);
    }

    /// Files that wait for another look.
    pub(super) fn waiting(&self) -> usize {
        self.tried.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_file_is_tried_after_one_five_and_thirty_seconds_and_then_given_up() {
        let (mut retries, path) = (Retries::default(), Path::new("a.xls"));
        let waits: Vec<Decision> = (0..4).map(|_| retries.decide(path, 9, 1_000_000_000, 2_000)).collect();
        let expected = WAITS.map(Decision::Again);
        assert_eq!(waits[..3], expected);
        assert_eq!(waits[3], Decision::GiveUp);
        assert_eq!(retries.waiting(), 0);
    }

    #[test]
    fn a_file_of_last_week_is_given_up_at_once() {
        let mut retries = Retries::default();
        assert_eq!(retries.decide(Path::new("a.xls"), 9, 1, 600_000_000), Decision::GiveUp);
    }

    #[test]
    fn a_file_from_the_future_is_tried() {
        let mut retries = Retries::default();
        assert_eq!(retries.decide(Path::new("a.xls"), 9, 600_000_000_000_000, 0), Decision::Again(WAITS[0]));
    }

    #[test]
    fn a_slow_writer_is_not_given_up_while_its_file_grows() {
        let (mut retries, path) = (Retries::default(), Path::new("a.xls"));
        for len in 1..9 {
            assert_eq!(retries.decide(path, len, 1_000_000_000, 2_000), Decision::Again(WAITS[0]), "{len} bytes");
        }
        assert_eq!(retries.decide(path, 8, 1_000_000_000, 2_000), Decision::Again(WAITS[1]), "it stands still");
    }

    #[test]
    fn a_file_in_the_making_that_is_given_an_old_date_is_still_tried() {
        let (mut retries, path) = (Retries::default(), Path::new("a.xls"));
        assert_eq!(retries.decide(path, 1, 600_000_000_000_000, 600_000_000), Decision::Again(WAITS[0]));
        assert_eq!(retries.decide(path, 2, 1, 600_000_000), Decision::Again(WAITS[0]));
    }
}
