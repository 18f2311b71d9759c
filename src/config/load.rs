//! Files, environment and flags put together.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use thiserror::Error;
use toml::Table;

use super::Config;

/// Why a configuration cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// A file cannot be read.
    #[error("{path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not TOML, or holds a key nobody knows.
    #[error("{path}: {cause}")]
    Malformed {
        /// The file, or several joined.
        path: String,
        /// What is wrong, with line and column.
        cause: String,
    },
    /// Values out of range, all of them.
    #[error("{}", .0.join("\n"))]
    Invalid(Vec<String>),
}

/// A configuration with the files it came from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// What is in force.
    pub config: Config,
    /// The files that were read, weakest first.
    pub files: Vec<PathBuf>,
    /// Where the history is kept when no flag says otherwise.
    pub store: PathBuf,
}

/// Files that are looked at, weakest first, without `--config`.
pub fn default_paths() -> Vec<PathBuf> {
    let system = cfg!(unix).then(|| PathBuf::from("/etc/trimwatch/config.toml"));
    let own = project().map(|dirs| dirs.config_dir().join("config.toml"));
    system.into_iter().chain(own).collect()
}

/// Reads, merges and validates.
///
/// # Errors
/// A named file that is missing, malformed TOML, unknown keys, or values out of range (all at once).
pub fn load(named: Option<&Path>) -> Result<Loaded, ConfigError> {
    load_checked(named, |_| Vec::new())
}

/// The same with the problems that only a higher room can see, such as keys of actions: all are told together.
///
/// # Errors
/// As [`load`], and whatever `more` finds.
pub fn load_checked(named: Option<&Path>, more: impl FnOnce(&Config) -> Vec<String>) -> Result<Loaded, ConfigError> {
    let mut files: Vec<PathBuf> = default_paths().into_iter().filter(|path| path.is_file()).collect();
    files.extend(named.map(Path::to_path_buf));
    let mut merged = Table::new();
    for path in &files {
        // Checked one by one first, so that an unknown key is reported with its own file and line.
        let text =
            std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { path: path.clone(), source })?;
        let malformed =
            |e: toml::de::Error| ConfigError::Malformed { path: path.display().to_string(), cause: e.to_string() };
        toml::from_str::<Config>(&text).map_err(malformed)?;
        merge(&mut merged, text.parse::<Table>().map_err(malformed)?);
    }
    let mut config: Config = merged.try_into().map_err(|e: toml::de::Error| ConfigError::Malformed {
        path: "the merged configuration".to_owned(),
        cause: e.to_string(),
    })?;
    environment(&mut config);
    let mut problems = config.problems();
    problems.extend(more(&config));
    if !problems.is_empty() {
        return Err(ConfigError::Invalid(problems));
    }
    let named = config.store.clone().filter(|store| !store.as_os_str().is_empty());
    let store = named.unwrap_or_else(default_store);
    Ok(Loaded { config, files, store })
}

/// Tables are merged key by key, anything else is replaced.
fn merge(into: &mut Table, from: Table) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(toml::Value::Table(below)), toml::Value::Table(above)) => merge(below, above),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

fn environment(config: &mut Config) {
    if let Some(store) = std::env::var_os("TRIMWATCH_STORE").filter(|value| !value.is_empty()) {
        config.store = Some(PathBuf::from(store));
    }
    if std::env::var_os("TRIMWATCH_ASCII").is_some_and(|value| !value.is_empty()) {
        config.ascii = true;
    }
}

/// XDG data folder, `%LOCALAPPDATA%` on Windows; beside the program's folder when there is no home.
fn default_store() -> PathBuf {
    project().map_or_else(|| PathBuf::from("trimwatch-history"), |dirs| dirs.data_local_dir().join("history"))
}

fn project() -> Option<ProjectDirs> {
    ProjectDirs::from("", "", "trimwatch")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_tables_win_key_by_key_and_lists_are_replaced() {
        let mut below: Table = "[sigma]\norder = 3\ncutoff = 0.5\n[[watch]]\npath = \"/a\"".parse().expect("TOML");
        merge(&mut below, "[sigma]\norder = 4\n[[watch]]\npath = \"/b\"".parse().expect("TOML"));
        let config: Config = below.try_into().expect("a configuration");
        assert_eq!((config.sigma.order, config.sigma.cutoff), (4, 0.5));
        assert_eq!(config.watches.len(), 1);
    }

    #[test]
    fn an_empty_store_is_the_users_own_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("site.toml");
        std::fs::write(&path, "store = \"\"\n").expect("written");
        assert!(!load(Some(&path)).expect("a configuration").store.as_os_str().is_empty());
    }

    #[test]
    fn an_unknown_key_is_reported_with_its_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("site.toml");
        std::fs::write(&path, "ofset_warn = 2.0\n").expect("written");
        let error = load(Some(&path)).expect_err("unknown key").to_string();
        assert!(error.contains("site.toml") && error.contains("ofset_warn"), "{error}");
    }
}
