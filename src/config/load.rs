//! Files, environment and flags put together.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use thiserror::Error;
use toml::Table;

use super::Config;
use super::logging::LogLevel;
use super::origin::{Origin, Origins};
use super::salvage::sound_part;

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
    /// Several of these.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Several(Vec<ConfigError>),
}

impl ConfigError {
    /// One of many as itself; nothing of none.
    fn of(mut errors: Vec<Self>) -> Option<Self> {
        if errors.len() > 1 { Some(Self::Several(errors)) } else { errors.pop() }
    }

    /// What it says, line by line: what is called a line in a name of a file is none.
    pub fn lines(&self) -> Vec<String> {
        match self {
            Self::Several(errors) => errors.iter().flat_map(Self::lines).collect(),
            Self::Invalid(problems) => problems.clone(),
            Self::Malformed { path, cause } => {
                let (first, more) = cause.split_once('\n').unwrap_or((cause, ""));
                let first = format!("{path}: {first}");
                std::iter::once(first).chain(more.lines().map(str::to_owned)).collect()
            }
            Self::Unreadable { .. } => vec![self.to_string()],
        }
    }
}

/// A configuration with the files it came from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// What is in force.
    pub config: Config,
    /// The files that were read, weakest first.
    pub files: Vec<PathBuf>,
    /// Where each value came from.
    pub origins: Origins,
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
/// A named file that is missing, malformed TOML, unknown keys, values out of range: all there is, at once.
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
    put_together(files, |name| std::env::var_os(name), more)
}

/// As [`load_checked`], of these files, the weakest first, and these variables.
fn put_together(
    files: Vec<PathBuf>,
    variable: impl Fn(&str) -> Option<OsString>,
    more: impl FnOnce(&Config) -> Vec<String>,
) -> Result<Loaded, ConfigError> {
    let (mut merged, mut origins, mut errors) = (Table::new(), Origins::default(), Vec::new());
    for path in &files {
        match fs::read_to_string(path) {
            Ok(text) => {
                // What is sound goes on, so that its values are looked at too.
                let (sound, causes) = sound_part(&text);
                origins.told(&sound, &Origin::File(path.clone()));
                merge(&mut merged, sound);
                let malformed = |cause| ConfigError::Malformed { path: path.display().to_string(), cause };
                errors.extend(causes.into_iter().map(malformed));
            }
            Err(source) => errors.push(ConfigError::Unreadable { path: path.clone(), source }),
        }
    }
    let mut config = merged.try_into().unwrap_or_else(|e: toml::de::Error| {
        errors.push(ConfigError::Malformed { path: "the merged configuration".to_owned(), cause: e.to_string() });
        Config::default()
    });
    environment(&mut config, &mut origins, variable);
    let mut problems = config.problems();
    problems.extend(more(&config));
    if !problems.is_empty() {
        errors.push(ConfigError::Invalid(problems));
    }
    if let Some(error) = ConfigError::of(errors) {
        return Err(error);
    }
    let store = config.store.clone().filter(|store| !store.as_os_str().is_empty());
    if store.is_none() {
        origins.forget("store");
    }
    Ok(Loaded { config, files, origins, store: store.unwrap_or_else(default_store) })
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

fn environment(config: &mut Config, origins: &mut Origins, variable: impl Fn(&str) -> Option<OsString>) {
    let given = |name: &str| variable(name).filter(|value| !value.is_empty());
    if let Some(store) = given("TRIMWATCH_STORE") {
        config.store = Some(PathBuf::from(store));
        origins.set("store", Origin::Variable("TRIMWATCH_STORE"));
    }
    if given("TRIMWATCH_ASCII").is_some() {
        config.ascii = true;
        origins.set("ascii", Origin::Variable("TRIMWATCH_ASCII"));
    }
    let level = given("TRIMWATCH_LOG");
    if let Some(level) = level.and_then(|word| LogLevel::ALL.into_iter().find(|level| word == level.word())) {
        config.log.level = level;
        origins.set("log.level", Origin::Variable("TRIMWATCH_LOG"));
    }
}

/// XDG data folder, `%LOCALAPPDATA%` on Windows; beside the program's folder when there is no home.
fn default_store() -> PathBuf {
    project().map_or_else(|| PathBuf::from("trimwatch-history"), |dirs| dirs.data_local_dir().join("history"))
}

/// `$XDG_STATE_HOME/trimwatch`, beside the history where a system has no such place; nothing without a home.
pub fn state_folder() -> Option<PathBuf> {
    project().map(|dirs| dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir()).to_path_buf())
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

    #[test]
    fn every_value_remembers_the_strongest_that_told_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).expect("written");
            path
        };
        let system =
            file("system.toml", "offset_warn = 2.0\npoll = true\nstore = \"/a\"\n[sigma]\norder = 3\ncutoff = 0.5\n");
        let user = file("user.toml", "offset_warn = 3.0\nascii = false\n[sigma]\norder = 4\n");
        let named = file("named.toml", "[[watch]]\npath = \"/plant\"\n[sigma]\nstep = 2\n");
        let files = vec![system.clone(), user.clone(), named.clone()];
        let variable = |name: &str| (name == "TRIMWATCH_STORE").then(|| OsString::from("/b"));
        let loaded = put_together(files, variable, |_| Vec::new()).expect("a configuration");
        assert_eq!((loaded.config.offset_warn, loaded.store.as_path()), (3.0, Path::new("/b")));
        let of = |key: &str| loaded.origins.of(key).clone();
        assert_eq!(of("offset_warn"), Origin::File(user.clone()));
        assert_eq!(of("poll"), Origin::File(system.clone()));
        assert_eq!(of("sigma.cutoff"), Origin::File(system));
        assert_eq!(of("sigma.order"), Origin::File(user.clone()));
        assert_eq!(of("sigma.step"), Origin::File(named.clone()));
        assert_eq!(of("watch"), Origin::File(named));
        assert_eq!(of("store"), Origin::Variable("TRIMWATCH_STORE"));
        assert_eq!((of("ascii"), of("rescan_seconds")), (Origin::File(user), Origin::Default));
    }

    #[test]
    fn wrong_keys_wrong_kinds_and_values_out_of_range_of_every_file_are_told_at_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let (one, two) = (folder.path().join("one.toml"), folder.path().join("two.toml"));
        let text =
            "ofset_warn = 1\nrescan_seconds = 0\npoll = \"yes\"\n[sgima]\norder = 3\nstep = 1\n[sigma]\nordr = 1\n";
        fs::write(&one, text).expect("written");
        fs::write(&two, "offset_warn = -1.0\nasci = true\n").expect("written");
        let gone = folder.path().join("three.toml");
        let error =
            put_together(vec![one, two, gone], |_| None, |_| Vec::new()).expect_err("much is wrong").to_string();
        let wanted =
            ["ofset_warn", "`poll", "sgima", "`ordr`", "asci", "rescan_seconds = 0", "offset_warn = -1", "three.toml"];
        for word in wanted.map(|word| word.trim_start_matches('`').trim_end_matches('`')) {
            assert!(error.contains(word), "{word}: {error}");
        }
        assert_eq!(error.matches("unknown field").count(), 4, "no key of a wrong table is blamed besides: {error}");
    }
}
