//! The truth about a folder: what lies in it now.

use std::collections::HashSet;
use std::fs::{self, DirEntry, FileType, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use super::stat::inode;
use super::{FileStat, WatchedFolder, ignored_by_name};

/// Folders nested deeper than this are not looked into, and said to be so.
const MAX_DEPTH: usize = 32;

/// What a walk found.
#[derive(Debug, Default)]
pub struct Scan {
    /// Regular files whose names may be workbooks.
    pub files: Vec<(PathBuf, FileStat)>,
    /// Folders that cannot be looked into, with the cause.
    pub unreadable: Vec<(PathBuf, String)>,
}

/// Walks a folder. Hidden folders are passed over: copying programs keep half a file in them, servers a whole
/// snapshot. Links are followed last, each folder once: a loop of links ends, and a file has the same path today
/// and tomorrow.
pub fn scan(folder: &WatchedFolder) -> Scan {
    let mut walk = Walk { recursive: folder.recursive, ..Walk::default() };
    walk.folder(&folder.path, 0);
    while !walk.links.is_empty() {
        let mut links = std::mem::take(&mut walk.links);
        links.sort();
        for (link, depth) in links {
            if fs::metadata(&link).is_ok_and(|meta| walk.is_new(&meta)) {
                walk.folder(&link, depth);
            }
        }
    }
    // Oldest first, so that what was dropped last is on top of the screen after a start.
    walk.found.files.sort_unstable_by(|(a, a_stat), (b, b_stat)| (a_stat.mtime_ns, a).cmp(&(b_stat.mtime_ns, b)));
    walk.found
}

#[derive(Default)]
struct Walk {
    recursive: bool,
    found: Scan,
    visited: HashSet<(u64, u64)>,
    /// Links to folders, with the depth they lie at.
    links: Vec<(PathBuf, usize)>,
}

impl Walk {
    fn folder(&mut self, path: &Path, depth: usize) {
        if depth > MAX_DEPTH {
            return self.unreadable(path, format!("nested deeper than {MAX_DEPTH} folders: not looked into"));
        }
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            // A sub-folder that was taken away since it was listed has nothing to tell.
            Err(e) if e.kind() == io::ErrorKind::NotFound && depth > 0 => return,
            Err(e) => return self.unreadable(path, e.to_string()),
        };
        if let Ok(meta) = fs::metadata(path) {
            self.visited.insert(inode(&meta));
        }
        for entry in entries {
            match entry.and_then(|entry| Ok((entry.file_type()?, entry))) {
                Ok((kind, entry)) => self.entry(path, &entry, kind, depth),
                Err(e) => self.unreadable(path, e.to_string()),
            }
        }
    }

    fn entry(&mut self, folder: &Path, entry: &DirEntry, kind: FileType, depth: usize) {
        let path = entry.path();
        let may_be_ours = ignored_by_name(&path).is_none();
        let may_be_folder = self.recursive && !kind.is_file() && !is_hidden(&path);
        if !may_be_ours && !may_be_folder {
            return;
        }
        match fs::metadata(&path) {
            Ok(meta) if meta.is_dir() && may_be_folder => self.sub_folder(path, &meta, kind, depth + 1),
            Ok(meta) if meta.is_file() && may_be_ours => self.found.files.push((path, FileStat::of(&meta))),
            // A pipe, a socket, a device; or the entry vanished since it was listed; or a link to nowhere.
            Ok(_) => {}
            Err(e) if e.kind() == io::ErrorKind::NotFound || kind.is_symlink() => {}
            Err(e) => self.unreadable(folder, e.to_string()),
        }
    }

    fn sub_folder(&mut self, path: PathBuf, meta: &Metadata, kind: FileType, depth: usize) {
        if kind.is_symlink() {
            self.links.push((path, depth));
        } else if self.is_new(meta) {
            self.folder(&path, depth);
        }
    }

    fn is_new(&self, meta: &Metadata) -> bool {
        let identity = inode(meta);
        identity == (0, 0) || !self.visited.contains(&identity)
    }

    /// Notes a folder once, however many of its entries are in the way.
    fn unreadable(&mut self, path: &Path, cause: String) {
        if self.found.unreadable.last().is_none_or(|(last, _)| last != path) {
            self.found.unreadable.push((path.to_path_buf(), cause));
        }
    }
}

/// Whether the last part of a path begins with a dot.
pub(super) fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}
