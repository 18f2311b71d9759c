//! How a store was left: cleanly or not, and how many files it had seen.

use std::fs;
use std::path::Path;

use super::disk;
use super::error::StoreError;

/// What the last process wrote down when it opened or closed the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marker {
    /// Whether it was closed.
    pub(super) clean: bool,
    /// The number of files it had seen, at least.
    pub(super) sequence: u64,
}

pub(super) fn read(dir: &Path) -> Option<Marker> {
    let words = fs::read_to_string(dir.join("marker")).ok()?;
    let (state, sequence) = words.trim().split_once(' ')?;
    Some(Marker { clean: state == "clean", sequence: sequence.parse().ok()? })
}

pub(super) fn write(dir: &Path, marker: Marker) -> Result<(), StoreError> {
    let state = if marker.clean { "clean" } else { "open" };
    let words = format!("{state} {}", marker.sequence);
    disk::write_whole(dir, "marker", words.as_bytes()).map_err(StoreError::io(&dir.join("marker")))
}
