//! Files that were judged while the history was still being opened: on disk at once, in the history as soon as it is.

use std::path::Path;

use super::claim::Claim;
use super::error::StoreError;
use super::frames::{self, Frames};
use super::plan::Entry;

const NAME: &str = "waiting.log";

/// The file they wait in.
#[derive(Debug)]
pub struct Waiting {
    frames: Frames,
}

impl Waiting {
    /// Opens the file in a claimed folder. Gives what an earlier process left waiting. What cannot be read, be it that
    /// another version wrote it, is kept as `waiting.damaged`: those files still lie in their folders as new ones.
    ///
    /// # Errors
    /// Files and rights.
    pub fn open(claim: &Claim) -> Result<(Self, Vec<Entry>), StoreError> {
        let path = claim.dir().join(NAME);
        let (mut left, mut extent, mut unread) = (Vec::new(), None, false);
        if path.exists() {
            let read = frames::read::<StoreError>(&path, |payload| {
                let entry = postcard::from_bytes(payload);
                unread = entry.is_err();
                left.extend(entry);
                Ok(!unread)
            });
            extent = Some(read.map_err(|error| error.in_file(&path))?);
        }
        if unread {
            let kept = path.with_extension("damaged");
            std::fs::copy(&path, &kept).map_err(StoreError::io(&kept))?;
        }
        let frames = Frames::open(&path, extent).map_err(StoreError::io(&path))?;
        super::disk::sync_dir(claim.dir()).map_err(StoreError::io(claim.dir()))?;
        Ok((Self { frames }, left))
    }

    /// Lets a file wait; on disk when this returns.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn add(&mut self, entry: &Entry) -> Result<(), StoreError> {
        let payload = postcard::to_stdvec(entry).map_err(StoreError::engine)?;
        self.frames.append(&payload).map_err(StoreError::io(Path::new(NAME)))
    }

    /// Nobody waits any more: the history has them all.
    ///
    /// # Errors
    /// When the disk does not take it; they are then found known at the next opening.
    pub fn clear(&mut self) -> Result<(), StoreError> {
        if self.frames.len() == 0 {
            return Ok(());
        }
        self.frames.cut(0).map_err(StoreError::io(Path::new(NAME)))
    }
}
