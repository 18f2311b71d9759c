//! The right to a store's folder: one process at a time has it, and whoever comes second is told who.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use super::disk;
use super::error::{Holder, StoreError};

/// A store's folder, held until this is dropped.
#[derive(Debug)]
pub struct Claim {
    dir: PathBuf,
    /// Held by being open and locked.
    _lock: File,
}

impl Claim {
    /// Takes the folder, and makes it when it is not there, readable by its owner alone.
    ///
    /// # Errors
    /// [`StoreError::HeldBy`] when another process has it; files and rights.
    pub fn take(dir: &Path, holder: &Holder) -> Result<Self, StoreError> {
        if !dir.is_dir() {
            disk::make_private(dir).map_err(StoreError::io(dir))?;
        }
        let lock = take_lock(dir, holder)?;
        // Only now: whoever holds the folder may have let a group pass.
        disk::make_private(dir).map_err(StoreError::io(dir))?;
        Ok(Self { dir: dir.to_path_buf(), _lock: lock })
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }
}

fn take_lock(dir: &Path, holder: &Holder) -> Result<File, StoreError> {
    let path = dir.join("lock");
    let options = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
    let mut file = options.map_err(StoreError::io(&path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(fs::TryLockError::WouldBlock) => {
            return Err(StoreError::HeldBy { dir: dir.to_path_buf(), holder: read_holder(dir) });
        }
        Err(fs::TryLockError::Error(source)) => return Err(StoreError::Io { path, source }),
    }
    // Who holds it is a courtesy to the second one: a full disk must not keep the first one out.
    let words = serde_json::to_string(holder).unwrap_or_default();
    let _ = file.set_len(0).and_then(|()| file.write_all(words.as_bytes()));
    // Windows does not let others read a locked file, so it stands in a second one too.
    let _ = fs::write(dir.join("holder.json"), words);
    Ok(file)
}

fn read_holder(dir: &Path) -> Option<Box<Holder>> {
    let mut words = String::new();
    File::open(dir.join("holder.json")).ok()?.take(4096).read_to_string(&mut words).ok()?;
    serde_json::from_str(&words).ok()
}
