//! When a file that is not complete yet is looked at again, and when that is given up.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

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

/// How often each unfinished file has been tried.
#[derive(Debug, Default)]
pub(super) struct Retries {
    tried: HashMap<PathBuf, usize>,
}

impl Retries {
    /// Decides about an unfinished file last modified at `mtime_ms`.
    pub(super) fn decide(&mut self, path: &Path, mtime_ms: i64, now_ms: i64) -> Decision {
        let tried = self.tried.entry(path.to_path_buf()).or_default();
        // A clock that jumped back makes a file look newer than now: then it is tried, not given up.
        let old = now_ms.saturating_sub(mtime_ms) > LONG_AGO_MS;
        let wait = WAITS.get(*tried).copied().filter(|_| !old || *tried > 0);
        *tried += 1;
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
        let waits: Vec<Decision> = (0..4).map(|_| retries.decide(path, 1_000, 2_000)).collect();
        let expected = WAITS.map(Decision::Again);
        assert_eq!(waits[..3], expected);
        assert_eq!(waits[3], Decision::GiveUp);
        assert_eq!(retries.waiting(), 0);
    }

    #[test]
    fn a_file_of_last_week_is_given_up_at_once() {
        let mut retries = Retries::default();
        assert_eq!(retries.decide(Path::new("a.xls"), 0, 600_000_000), Decision::GiveUp);
    }

    #[test]
    fn a_file_from_the_future_is_tried() {
        let mut retries = Retries::default();
        assert_eq!(retries.decide(Path::new("a.xls"), 600_000_000, 0), Decision::Again(WAITS[0]));
    }
}
