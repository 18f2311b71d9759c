//! When a file that is not complete yet is looked at again, and when that is given up.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

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

/// Now, by the calendar and by a clock that never jumps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Now {
    /// Milliseconds since 1970 UTC.
    pub(super) ms: i64,
    /// The clock that never jumps.
    pub(super) tick: Instant,
}

/// How often an unfinished file has been tried in one state.
#[derive(Debug)]
struct Tried {
    times: usize,
    len: u64,
    written_ns: i64,
    /// When the next look is due.
    due: Instant,
}

/// How often each unfinished file has been tried.
#[derive(Debug, Default)]
pub(super) struct Retries {
    tried: HashMap<PathBuf, Tried>,
}

impl Retries {
    /// Decides about an unfinished file of this length, last written at `written_ns`. A file that has changed
    /// since it was last tried begins anew: a slow writer is not given up while it writes. Looks before their
    /// time, as a writer makes that closes its file again and again, do not count.
    pub(super) fn decide(&mut self, path: &Path, len: u64, written_ns: i64, now: Now) -> Decision {
        let before = self.tried.get(path);
        let times = match before {
            Some(tried) if (tried.len, tried.written_ns) == (len, written_ns) => {
                if now.tick < tried.due {
                    return Decision::Again(tried.due - now.tick);
                }
                tried.times
            }
            // A clock that jumped back makes a file look newer than now: then it is tried, not given up.
            None if now.ms.saturating_sub(written_ns / 1_000_000) > LONG_AGO_MS => WAITS.len(),
            // A file known to be in the making is not old, however it is dated.
            Some(_) | None => 0,
        };
        let Some(wait) = WAITS.get(times).copied() else {
            self.tried.remove(path);
            return Decision::GiveUp;
        };
        let tried = Tried { times: times + 1, len, written_ns, due: now.tick + wait };
        self.tried.insert(path.to_path_buf(), tried);
        Decision::Again(wait)
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

    const SECOND_NS: i64 = 1_000_000_000;

    /// A moment so many seconds after `begin`, on a calendar that says two seconds past 1970.
    fn after(begin: Instant, seconds: u64) -> Now {
        Now { ms: 2_000, tick: begin + Duration::from_secs(seconds) }
    }

    #[test]
    fn a_fresh_file_is_tried_after_one_five_and_thirty_seconds_and_then_given_up() {
        let (mut retries, path, begin) = (Retries::default(), Path::new("a.xls"), Instant::now());
        let moments = [0, 1, 6, 36].map(|seconds| after(begin, seconds));
        let decided = moments.map(|now| retries.decide(path, 9, SECOND_NS, now));
        let [first, second, third] = WAITS.map(Decision::Again);
        assert_eq!(decided, [first, second, third, Decision::GiveUp]);
        assert_eq!(retries.waiting(), 0);
    }

    #[test]
    fn looks_before_their_time_do_not_use_up_the_tries() {
        let (mut retries, path, begin) = (Retries::default(), Path::new("a.xls"), Instant::now());
        for _ in 0..9 {
            assert_eq!(retries.decide(path, 0, SECOND_NS, after(begin, 0)), Decision::Again(WAITS[0]));
        }
        assert_eq!(retries.decide(path, 0, SECOND_NS, after(begin, 1)), Decision::Again(WAITS[1]));
    }

    #[test]
    fn a_file_of_last_week_is_given_up_at_once() {
        let now = Now { ms: 600_000_000, tick: Instant::now() };
        assert_eq!(Retries::default().decide(Path::new("a.xls"), 9, 1, now), Decision::GiveUp);
    }

    #[test]
    fn a_file_from_the_future_is_tried() {
        let now = Now { ms: 0, tick: Instant::now() };
        let decided = Retries::default().decide(Path::new("a.xls"), 9, 600_000 * SECOND_NS, now);
        assert_eq!(decided, Decision::Again(WAITS[0]));
    }

    #[test]
    fn a_slow_writer_is_not_given_up_while_its_file_grows() {
        let (mut retries, path, begin) = (Retries::default(), Path::new("a.xls"), Instant::now());
        for len in 1..9 {
            let decided = retries.decide(path, len, SECOND_NS, after(begin, 2 * len));
            assert_eq!(decided, Decision::Again(WAITS[0]), "{len} bytes");
        }
        assert_eq!(retries.decide(path, 8, SECOND_NS, after(begin, 17)), Decision::Again(WAITS[1]), "it stands still");
    }

    #[test]
    fn a_file_in_the_making_that_is_given_an_old_date_is_still_tried() {
        let (mut retries, path) = (Retries::default(), Path::new("a.xls"));
        let now = Now { ms: 600_000_000, tick: Instant::now() };
        assert_eq!(retries.decide(path, 1, 600_000 * SECOND_NS, now), Decision::Again(WAITS[0]));
        assert_eq!(retries.decide(path, 2, 1, now), Decision::Again(WAITS[0]));
    }
}
