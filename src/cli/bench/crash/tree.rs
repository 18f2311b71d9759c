//! A folder with everything in it, in memory: to compare, to write elsewhere, to keep.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Paths below a folder; a file with its bytes, a folder with none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tree(pub(super) BTreeMap<PathBuf, Option<Vec<u8>>>);

impl Tree {
    /// Reads a folder; one that is not there holds nothing.
    pub(super) fn read(folder: &Path) -> io::Result<Self> {
        let mut tree = Self::default();
        if folder.is_dir() {
            tree.walk(folder, Path::new(""))?;
        }
        Ok(tree)
    }

    fn walk(&mut self, folder: &Path, below: &Path) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let path = below.join(entry.file_name());
            let kind = entry.file_type()?;
            if kind.is_dir() {
                self.walk(&entry.path(), &path)?;
                self.0.insert(path, None);
            } else if kind.is_file() {
                // A socket that was listened to holds nothing.
                self.0.insert(path, Some(fs::read(entry.path())?));
            }
        }
        Ok(())
    }

    /// Makes a folder that holds just this; what was there goes.
    pub(super) fn write(&self, folder: &Path) -> io::Result<()> {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder)?;
        // A folder comes before what lies in it.
        for (path, bytes) in &self.0 {
            match bytes {
                Some(bytes) => fs::write(folder.join(path), bytes)?,
                None => fs::create_dir_all(folder.join(path))?,
            }
        }
        Ok(())
    }

    /// Paths that are not the same here and there.
    pub(super) fn differences(&self, other: &Self) -> Vec<PathBuf> {
        let paths = self.0.keys().chain(other.0.keys()).collect::<std::collections::BTreeSet<_>>();
        paths.into_iter().filter(|path| self.0.get(*path) != other.0.get(*path)).cloned().collect()
    }
}

/// Folders that are kept at most; more of them show nothing new.
const MOST_KEPT: usize = 20;

/// Where folders are kept after which something was amiss; they outlive the campaign.
#[derive(Debug)]
pub(super) struct Kept {
    dir: PathBuf,
    count: usize,
}

impl Kept {
    pub(super) fn new() -> Self {
        Self { dir: std::env::temp_dir().join(format!("trimwatch-crash-kept-{}", std::process::id())), count: 0 }
    }

    /// Keeps a folder as it was before it was reopened, and says where.
    pub(super) fn keep(&mut self, tree: &Tree, what: &str) -> io::Result<()> {
        self.count += 1;
        if self.count > MOST_KEPT {
            return Ok(());
        }
        let folder = self.dir.join(format!("{}-{:03}", what, self.count));
        tree.write(&folder)?;
        println!("    kept as {}", folder.display());
        Ok(())
    }
}
