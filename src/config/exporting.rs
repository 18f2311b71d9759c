//! Where a screen's exports go.

use std::path::PathBuf;

use directories::UserDirs;
use serde::{Deserialize, Serialize};

/// `[export]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExportSettings {
    /// The folder; empty = the user's documents, else the downloads, else where the program was started. Never inside a
    /// watched folder.
    pub folder: Option<PathBuf>,
}

impl ExportSettings {
    /// The folder.
    pub fn place(&self) -> PathBuf {
        let named = self.folder.clone().filter(|folder| !folder.as_os_str().is_empty());
        named.or_else(users_own).unwrap_or_else(|| PathBuf::from("."))
    }
}

/// Documents or downloads, where there is such a folder.
fn users_own() -> Option<PathBuf> {
    let dirs = UserDirs::new()?;
    let known = [dirs.document_dir(), dirs.download_dir()];
    known.into_iter().flatten().find(|folder| folder.is_dir()).map(std::path::Path::to_path_buf)
}
