//! Crashes: whether the program has left a crash report lately.

use std::path::Path;
use std::time::{Duration, SystemTime};

use super::Check;
use crate::config::state_folder;
use crate::session::crash::reports_in;

/// Older reports are nobody's concern any more.
const LATELY: Duration = Duration::from_hours(30 * 24);

/// The newest report of the last thirty days.
pub(super) fn check() -> Option<Check> {
    check_in(&state_folder()?, SystemTime::now())
}

fn check_in(folder: &Path, now: SystemTime) -> Option<Check> {
    let recent = |path: &Path| {
        let written = path.metadata().and_then(|meta| meta.modified()).ok();
        // One of the future is as new as can be.
        written.is_some_and(|written| now.duration_since(written).unwrap_or_default() < LATELY)
    };
    let reports = reports_in(folder);
    let newest = reports.iter().rev().find(|path| recent(path))?;
    let advice = "send it to whoever looks after trimwatch, then delete it";
    Some(Check::look("crash report", newest.display().to_string(), advice))
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};

    use super::*;

    #[test]
    fn the_newest_crash_report_is_named_for_thirty_days() {
        let folder = tempfile::tempdir().expect("a folder");
        let now = SystemTime::now();
        assert_eq!(check_in(folder.path(), now), None);
        for name in ["crash-20260101T000000Z-1.txt", "crash-20260102T000000Z-1.txt"] {
            fs::write(folder.path().join(name), "").expect("written");
        }
        let found = check_in(folder.path(), now).expect("a check");
        assert!(found.found.ends_with("crash-20260102T000000Z-1.txt"), "{found:?}");
        assert!(found.line().starts_with("look"), "{found:?}");
        for path in reports_in(folder.path()) {
            File::options().write(true).open(path).expect("a report").set_modified(now - LATELY).expect("aged");
        }
        assert_eq!(check_in(folder.path(), now), None);
    }
}
