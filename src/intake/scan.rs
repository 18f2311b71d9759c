//! The truth about a folder: what lies in it now.

use std::collections::HashSet;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};

use super::{FileStat, WatchedFolder, ignored_by_name, inode};

/// Folders nested deeper than this are not looked into.
const MAX_DEPTH: usize = 32;

/// What a walk found.
#[derive(Debug, Default)]
pub struct Scan {
    /// Regular files whose names may be workbooks.
    pub files: Vec<(PathBuf, FileStat)>,
    /// Folders that cannot be looked into, with the cause.
    pub unreadable: Vec<(PathBuf, String)>,
}

/// Walks a folder. Links are followed, each folder once, so that a loop of links ends.
pub fn scan(folder: &WatchedFolder) -> Scan {
    let mut walk = Walk::default();
    walk.folder(&folder.path, if folder.recursive { MAX_DEPTH } else { 0 });
    // Oldest first, so that what was dropped last is on top of the screen after a start.
    walk.found.files.sort_unstable_by(|(a, a_stat), (b, b_stat)| (a_stat.mtime_ns, a).cmp(&(b_stat.mtime_ns, b)));
    walk.found
}

#[derive(Default)]
struct Walk {
    found: Scan,
    visited: HashSet<(u64, u64)>,
}

impl Walk {
    fn folder(&mut self, path: &Path, depth: usize) {
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            Err(e) => {
                return self.found.unreadable.push((path.to_path_buf(), e.to_string()));
            }
        };
        if let Ok(meta) = fs::metadata(path) {
            self.visited.insert(inode(&meta));
        }
        for entry in entries {
            match entry {
                Ok(entry) => self.entry(&entry.path(), depth),
                Err(e) => self.found.unreadable.push((path.to_path_buf(), e.to_string())),
            }
        }
    }

    fn entry(&mut self, path: &Path, depth: usize) {
        let may_be_ours = ignored_by_name(path).is_none();
        // An entry that vanished since it was listed, or a link to nowhere, is no file.
        let Ok(meta) = fs::metadata(path) else { return };
        if meta.is_dir() {
            if depth > 0 && self.is_new(&meta) {
                self.folder(path, depth - 1);
            }
        } else if meta.is_file() && may_be_ours {
            self.found.files.push((path.to_path_buf(), FileStat::of(&meta)));
        }
    }

    fn is_new(&self, meta: &Metadata) -> bool {
        let identity = inode(meta);
        identity == (0, 0) || !self.visited.contains(&identity)
    }
}
