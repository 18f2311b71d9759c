//! What can go wrong with the store, in words a technician understands.

use std::fmt;
use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::value::ValueError;

/// Who holds a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Computer.
    pub host: String,
    /// Process.
    pub pid: u32,
    /// Account.
    pub user: String,
    /// Since when, plant-local, for people.
    pub since: String,
    /// Version of the program.
    pub version: String,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "process {} of {} on {} since {} (trimwatch {})",
            self.pid, self.user, self.host, self.since, self.version
        )
    }
}

/// Why the store cannot be opened or used.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Another process holds it.
    #[error("the history in {dir} is held by {}", .holder.as_ref().map_or("another process".to_owned(), ToString::to_string))]
    HeldBy {
        /// The store's folder.
        dir: PathBuf,
        /// Who, when it could be read.
        holder: Option<Box<Holder>>,
    },
    /// A newer program wrote it.
    #[error("the history in {dir} has schema {found}; this program knows schema {known}: update trimwatch")]
    NewerSchema {
        /// The store's folder.
        dir: PathBuf,
        /// What was found.
        found: u8,
        /// What this program knows.
        known: u8,
    },
    /// A file or folder of the store.
    #[error("{path}: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The storage engine.
    #[error("the history's storage engine: {0}")]
    Engine(String),
    /// An earlier write failed; the store must be opened anew.
    #[error("an earlier write to the history failed; it must be opened anew")]
    Broken,
    /// A value that cannot be encoded or decoded.
    #[error("a value of the history: {0}")]
    Value(#[from] ValueError),
    /// A backup that cannot be used.
    #[error("{path}: {cause}")]
    Backup {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// A version that is not in the registry.
    #[error("no such model: {}", model_words(learner, scope, *version))]
    NoSuchModel {
        /// The learner's word.
        learner: &'static str,
        /// The product model; empty = the whole shop.
        scope: String,
        /// The version that was wanted.
        version: Option<u32>,
    },
    /// A model whose bytes are not those that were trained.
    #[error("{} is damaged: {cause}", model_words(learner, scope, Some(*version)))]
    DamagedModel {
        /// The learner's word.
        learner: &'static str,
        /// The product model; empty = the whole shop.
        scope: String,
        /// The version.
        version: u32,
        /// What is wrong.
        cause: String,
    },
    /// The file of a run is neither in the history nor held for it, and a word on it would be lost.
    #[error(
        "the history takes nothing and more files came than are held, this one among them; say it again once it is kept"
    )]
    NotHeld,
    /// Given up because the program ends.
    #[error("given up because the program ends")]
    Closing,
}

fn model_words(learner: &str, scope: &str, version: Option<u32>) -> String {
    let of = if scope.is_empty() { String::new() } else { format!(" of {scope}") };
    let version = version.map(|version| format!(" v{version}")).unwrap_or_default();
    format!("{learner}{of}{version}")
}

impl From<io::Error> for StoreError {
    /// For readers that name the file afterwards, see `in_file`.
    fn from(source: io::Error) -> Self {
        Self::Io { path: PathBuf::new(), source }
    }
}

impl StoreError {
    /// The same error about a file, where it does not name one yet.
    pub(super) fn in_file(self, path: &std::path::Path) -> Self {
        match self {
            Self::Io { path: unnamed, source } if unnamed.as_os_str().is_empty() => {
                Self::Io { path: path.to_path_buf(), source }
            }
            other => other,
        }
    }

    /// What went wrong, without any name of a file: for the log.
    pub(super) fn without_names(&self) -> String {
        match self {
            Self::Io { source, .. } => source.to_string(),
            Self::Broken | Self::Closing => self.to_string(),
            _ => "the storage engine".to_owned(),
        }
    }

    pub(crate) fn engine(error: impl fmt::Display) -> Self {
        Self::Engine(error.to_string())
    }

    /// An error of the storage engine: what the disk or its rights say is theirs, the rest is the engine's.
    pub(super) fn sled(error: sled::Error) -> Self {
        use io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
        match error {
            sled::Error::Io(source)
                if [StorageFull, ReadOnlyFilesystem, PermissionDenied, QuotaExceeded].contains(&source.kind()) =>
            {
                Self::Io { path: PathBuf::from("db"), source }
            }
            other => Self::engine(other),
        }
    }

    pub(super) fn io(path: &std::path::Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Io { path: path.to_path_buf(), source }
    }
}
