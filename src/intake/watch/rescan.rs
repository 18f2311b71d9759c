//! The scan that is the truth, and how often it is worth its cost.

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use notify::Watcher;

use super::super::roots::Turn;
use super::super::{Found, IntakeEvent, hints, scan};
use super::{CHECK, Stopped, Watch};

/// Longest time between two scans that cost makes of a shorter one: with the two seconds of standing still a file
/// that no event tells of is found within fifteen.
const LONGEST: Duration = Duration::from_secs(12);
/// A scan may take one part in so many of the time.
const SHARE: u32 = 100;
/// One that a hint asks for may take one part in so many.
const HINTED_SHARE: u32 = 10;

/// Time from the end of one scan to the next, from what is configured and what the last one took.
fn period(configured: Duration, took: Duration) -> Duration {
    configured.max((took * SHARE).min(LONGEST))
}

impl Watch {
    /// Looks through all folders.
    pub(super) fn scan_all(&mut self) -> Result<(), Stopped> {
        let begin = Instant::now();
        self.undecided = false;
        self.settle.begin_scan();
        let mut unreadable = HashSet::new();
        let mut away = Vec::new();
        for index in 0..self.roots.len() {
            let seen = self.turn(index)? && self.scan_root(index, &mut unreadable)?;
            if !seen {
                away.extend(self.roots.get(index).map(|root| root.folder.path.clone()));
            }
        }
        self.settle.end_scan(|path| away.iter().any(|root| path.starts_with(root)));
        // One that can be looked into now is told again when it cannot.
        self.unreadable.retain(|path| unreadable.contains(path));
        self.starting = self.undecided;
        self.rest(begin.elapsed());
        self.tell_pending()?;
        if std::mem::take(&mut self.asked) { self.tell(IntakeEvent::Scanned) } else { Ok(()) }
    }

    /// Plans the next scan after one that took so long.
    fn rest(&mut self, took: Duration) {
        let now = Instant::now();
        self.next_scan = now + period(self.options.rescan, took);
        self.rest_until = now + (took * HINTED_SHARE).min(LONGEST);
        self.next_check = now + CHECK;
    }

    /// A quiet folder wakes nobody: only a figure that has changed is told.
    pub(super) fn tell_pending(&mut self) -> Result<(), Stopped> {
        let pending = self.settle.waiting(Instant::now());
        if std::mem::replace(&mut self.told, pending) == pending {
            return Ok(());
        }
        self.tell(IntakeEvent::Pending(pending))
    }

    /// Looks through one folder; whether all of it could be seen.
    fn scan_root(&mut self, index: usize, unreadable: &mut HashSet<PathBuf>) -> Result<bool, Stopped> {
        let Some(root) = self.roots.get(index) else {
            return Ok(false);
        };
        let scan = scan(&root.folder);
        // One that went away just now, or answered by half, has not lost the files that were not seen.
        let whole = scan.unreadable.iter().all(|(path, _)| *path != root.folder.path);
        for (path, cause) in scan.unreadable {
            if self.unreadable.insert(path.clone()) {
                self.tell(IntakeEvent::UnreadableFolder { path: path.clone(), cause })?;
            }
            unreadable.insert(path);
        }
        for (path, stat) in scan.files {
            if !self.settle.is_handed(&path, stat) {
                let at_rest = self.starting && stat.is_at_rest(self.options.settle);
                self.look(&path, stat, at_rest.then_some(Found::AtStart), false)?;
            }
        }
        Ok(whole)
    }

    /// Sees between two scans whether the folders are there.
    pub(super) fn check_all(&mut self) -> Result<(), Stopped> {
        self.next_check = Instant::now() + CHECK;
        for index in 0..self.roots.len() {
            let before = self.roots.get(index).and_then(|root| root.identity);
            let online = self.turn(index)?;
            if online && self.roots.get(index).and_then(|root| root.identity) != before {
                self.next_scan = Instant::now();
            }
        }
        Ok(())
    }

    /// Whether a watched folder is there; tells when that has changed, and watches it anew when it is another.
    fn turn(&mut self, index: usize) -> Result<bool, Stopped> {
        let Some(root) = self.roots.get_mut(index) else {
            return Ok(false);
        };
        let before = root.mount.clone();
        match root.turn() {
            Turn::Online => {
                self.tell(IntakeEvent::FolderOnline { folder: index })?;
                self.watch_anew(index, before.as_deref())?;
            }
            Turn::Offline(cause) => self.tell(IntakeEvent::FolderOffline { folder: index, cause })?,
            Turn::Same => {}
        }
        Ok(self.roots.get(index).is_some_and(|root| root.identity.is_some()))
    }

    /// Asks for events, and says once why none are to be relied on.
    fn watch_anew(&mut self, index: usize, mount_before: Option<&str>) -> Result<(), Stopped> {
        let (Some(root), Some(watcher)) = (self.roots.get_mut(index), self.watcher.as_mut()) else {
            return Ok(());
        };
        // A root that was away is still on the watcher's list, under an inode that is no more.
        let _ = watcher.unwatch(&root.folder.path);
        let watched = hints::watch(watcher, &root.folder.path, root.folder.recursive);
        root.piecemeal = *watched.as_ref().unwrap_or(&false);
        let cause = match (&root.mount, watched) {
            (Some(kind), _) if mount_before == Some(kind.as_str()) => return Ok(()),
            (Some(kind), _) => format!("a {kind} file system sends none that can be relied on"),
            (None, Err(e)) => e.to_string(),
            (None, Ok(_)) => return Ok(()),
        };
        self.tell(IntakeEvent::WatchUnavailable { folder: index, cause })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_that_is_dear_is_made_more_rarely_but_never_too_rarely() {
        let (five, ms) = (Duration::from_secs(5), Duration::from_millis);
        assert_eq!(period(five, ms(1)), five);
        assert_eq!(period(five, ms(80)), Duration::from_secs(8));
        assert_eq!(period(five, ms(900)), LONGEST);
        assert_eq!(period(Duration::from_mins(1), ms(900)), Duration::from_mins(1), "as configured");
    }
}
