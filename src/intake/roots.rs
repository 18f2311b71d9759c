//! The watched folders: which is there, which is another than before, which owns a path.

use std::fs;
use std::path::{Path, PathBuf};

use super::scan::is_hidden;
use super::stat::{FileStat, inode, nanoseconds};
use super::{WatchedFolder, mount};

/// What tells a folder from another that was made in its place: device, inode, and when it was made, because a
/// file system gives an inode that became free to the next folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    inode: (u64, u64),
    born_ns: i64,
}

/// What is known of one watched folder.
#[derive(Debug)]
pub(super) struct Root {
    pub(super) folder: WatchedFolder,
    /// Who it is while it is online.
    pub(super) identity: Option<Identity>,
    /// Whether anything was told about it yet.
    pub(super) told: bool,
    /// The silent file system it lies on, or lay on when it was last seen.
    pub(super) mount: Option<String>,
    /// Its path without links, while it is online.
    real: Option<PathBuf>,
    /// Whether it was moved or removed since: what stands in its place is watched anew, even with the same inode.
    pub(super) is_stale: bool,
    /// Whether its sub-folders are watched one by one.
    pub(super) piecemeal: bool,
    /// Its state when it was last listed.
    listed: Option<FileStat>,
}

/// A change of a watched folder.
pub(super) enum Turn {
    /// There, for the first time, again, or another one.
    Online,
    /// Gone, with the cause.
    Offline(String),
    /// As before.
    Same,
}

impl Root {
    pub(super) fn new(folder: WatchedFolder) -> Self {
        Self {
            folder,
            identity: None,
            told: false,
            mount: None,
            real: None,
            is_stale: false,
            piecemeal: false,
            listed: None,
        }
    }

    /// Looks whether it is there.
    pub(super) fn turn(&mut self) -> Turn {
        let was_online = self.identity.is_some();
        let before = self.identity.filter(|_| !std::mem::take(&mut self.is_stale));
        let seen = self.seen().and_then(|identity| {
            if before != Some(identity) {
                self.settle_on_mount()?;
            }
            Ok(identity)
        });
        self.identity = seen.as_ref().ok().copied();
        let first = !std::mem::replace(&mut self.told, true);
        match seen {
            Ok(identity) if before == Some(identity) => Turn::Same,
            Ok(_) => Turn::Online,
            Err(cause) if was_online || first => Turn::Offline(cause),
            Err(_) => Turn::Same,
        }
    }

    fn seen(&mut self) -> Result<Identity, String> {
        let meta = fs::metadata(&self.folder.path).map_err(|e| e.to_string())?;
        if !meta.is_dir() {
            return Err("not a folder".to_owned());
        }
        // A folder that may not be listed, or whose server is gone, is as good as none. Listing wakes the watcher: a
        // local one whose rights and entries are what they were is not listed again.
        let stat = FileStat::of(&meta);
        if self.listed != Some(stat) || self.mount.is_some() {
            self.listed = None;
            fs::read_dir(&self.folder.path).map_err(|e| e.to_string())?;
            self.listed = Some(stat);
        }
        Ok(Identity { inode: inode(&meta), born_ns: meta.created().map_or(0, nanoseconds) })
    }

    /// Notes the file system of a folder that is new. One that lay on a share and no longer does is the empty
    /// place where that was mounted.
    fn settle_on_mount(&mut self) -> Result<(), String> {
        self.real = fs::canonicalize(&self.folder.path).ok();
        let kind = self.real.as_deref().and_then(mount::silent_kind);
        if let (Some(before), None) = (&self.mount, &kind) {
            return Err(format!("the {before} file system is no longer mounted"));
        }
        self.mount = kind;
        Ok(())
    }

    /// Whether a path lies in it, as far as it is watched.
    fn holds(&self, path: &Path) -> bool {
        let Ok(below) = path.strip_prefix(&self.folder.path) else { return false };
        let Some(folders) = below.parent() else { return false };
        let hidden = folders.ancestors().any(is_hidden);
        !hidden && (self.folder.recursive || folders.as_os_str().is_empty())
    }
}

/// The watched folder a path belongs to: of nested ones the inner.
pub(super) fn owner(roots: &[Root], path: &Path) -> Option<usize> {
    let holders = roots.iter().enumerate().filter(|(_, root)| root.holds(path));
    holders.max_by_key(|(_, root)| root.folder.path.as_os_str().len()).map(|(index, _)| index)
}

/// The path a scan would give a file that an event named by way of a link inside the folder.
pub(super) fn as_scanned(roots: &[Root], path: &Path) -> PathBuf {
    let named = path.parent().and_then(|parent| fs::canonicalize(parent).ok()).zip(path.file_name());
    let scanned = named.and_then(|(parent, name)| {
        let within = |root: &Root| {
            let below = parent.strip_prefix(root.real.as_ref()?).ok()?;
            Some(root.folder.path.join(below).join(name))
        };
        roots.iter().filter(|root| path.starts_with(&root.folder.path)).find_map(within)
    });
    scanned.unwrap_or_else(|| path.to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(path: &str, recursive: bool) -> Root {
        Root::new(WatchedFolder { path: PathBuf::from(path), recursive })
    }

    #[test]
    fn of_nested_folders_the_inner_one_owns_a_file() {
        let roots = [root("/plant", true), root("/plant/LTS", false)];
        let owner = |path: &str| owner(&roots, Path::new(path));
        assert_eq!(owner("/plant/a.xls"), Some(0));
        assert_eq!(owner("/plant/LTS/a.xls"), Some(1));
        assert_eq!(owner("/plant/LTS/2026/a.xls"), Some(0), "the inner one does not look that deep");
        assert_eq!(owner("/plantation/a.xls"), None);
        assert_eq!(owner("/plant/.snapshot/a.xls"), None, "hidden");
    }

    #[test]
    fn a_watched_folder_may_itself_lie_in_a_hidden_one() {
        assert_eq!(owner(&[root("/home/op/.wine/drop", true)], Path::new("/home/op/.wine/drop/a.xls")), Some(0));
    }
}
