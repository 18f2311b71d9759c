//! The configuration: these structs are its defaults and its documentation.
//!
//! Later wins: `/etc/trimwatch/config.toml`, the user's file, `--config FILE`, `TRIMWATCH_…` variables, flags.
//! Tables are merged key by key; lists (`[[watch]]`, `[[rule]]`) are replaced whole.

mod drift;
mod exporting;
mod keeping;
mod learning;
mod load;
mod logging;
mod origin;
mod salvage;
mod screen;
mod shifts;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::analysis::{AnalysisSettings, Grading, ModelRule, SigmaSettings};
use crate::trim::Limits;

pub use drift::DriftSettings;
pub use exporting::ExportSettings;
pub use keeping::{BackupSettings, Retention};
pub use learning::{LearningSettings, Mode};
pub use load::{ConfigError, Loaded, default_paths, load, load_checked, state_folder};
pub use logging::{LogLevel, LogSettings};
pub use origin::{Origin, Origins};
pub use screen::{Keys, Marker, Theme};
pub use shifts::{Shift, Shifts, Weekday};

/// Everything a site may set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the history is kept; empty = the user's data folder.
    pub store: Option<PathBuf>,
    /// A part that needs an offset beyond so many specs to pass gets a warning.
    pub offset_warn: f64,
    /// Seconds between two looks through the folders, 1–3600. Events only hint; these looks are the truth.
    pub rescan_seconds: u64,
    /// Do without file-system events altogether. Mounts that send none (NFS, CIFS, FUSE, 9p) are known by themselves.
    pub poll: bool,
    /// Spell the screen in ASCII.
    pub ascii: bool,
    /// The screen's colours.
    pub theme: Theme,
    /// What charts are drawn with.
    pub marker: Marker,
    /// When the terminal's bell rings.
    pub bell: Bell,
    /// Most bytes a second that arriving files may have drawn, 200 and more; 0 = no limit. Left out: 1,000 over SSH, else
    /// no limit. Keys are always answered at once.
    pub bytes_per_second: Option<u32>,
    /// The screen listens to the mouse; over SSH only where `--mouse` or a key says so.
    pub mouse: bool,
    /// The folders to watch, used when the command line names none.
    #[serde(rename = "watch")]
    pub watches: Vec<WatchFolder>,
    /// The plant's shifts.
    pub shifts: Shifts,
    /// When the history is backed up.
    pub backup: BackupSettings,
    /// How long what is kept is kept.
    pub retention: Retention,
    /// What may learn from the history, and whether it may speak.
    pub learning: LearningSettings,
    /// How often drift may alarm falsely, and what alarms are acknowledged with.
    pub drift: DriftSettings,
    /// What a site's monitoring is told.
    pub health: HealthSettings,
    /// Who may attach to a running program.
    pub attach: AttachSettings,
    /// How much the long-running commands write down.
    pub log: LogSettings,
    /// Keys of actions, by the actions' names; what is not named keeps its own.
    pub keys: BTreeMap<String, Keys>,
    /// Where a screen's exports go.
    pub export: ExportSettings,
    /// What one file may cost before it is given up.
    pub limits: Limits,
    /// How the sigma gradient is made.
    pub sigma: SigmaSettings,
    /// What holds for models whose name matches; the first match wins.
    #[serde(rename = "rule")]
    pub rules: Vec<ModelRule>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            store: None,
            offset_warn: Grading::default().offset_warn,
            rescan_seconds: 10,
            poll: false,
            ascii: false,
            theme: Theme::default(),
            marker: Marker::default(),
            bell: Bell::Alarm,
            bytes_per_second: None,
            mouse: false,
            watches: Vec::new(),
            shifts: Shifts::default(),
            backup: BackupSettings::default(),
            retention: Retention::default(),
            learning: LearningSettings::default(),
            drift: DriftSettings::default(),
            health: HealthSettings::default(),
            attach: AttachSettings::default(),
            log: LogSettings::default(),
            keys: BTreeMap::new(),
            export: ExportSettings::default(),
            limits: Limits::default(),
            sigma: SigmaSettings::default(),
            rules: Vec::new(),
        }
    }
}

/// `[[watch]]`: one drop folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WatchFolder {
    /// Where the station drops its workbooks.
    pub path: PathBuf,
    /// The laser whose runs land here; without it a folder named `LTS3…`, `DLTS…` or `LTS…` says it.
    #[serde(default)]
    pub laser: Option<String>,
    /// The production line, shown beside the folder.
    #[serde(default)]
    pub line: Option<String>,
    /// Whether sub-folders are watched too.
    #[serde(default = "yes")]
    pub recursive: bool,
}

impl WatchFolder {
    /// A folder named on the command line.
    pub fn named(path: PathBuf) -> Self {
        Self { path, laser: None, line: None, recursive: true }
    }
}

fn yes() -> bool {
    true
}

/// `[health]`: what a site's monitoring is told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HealthSettings {
    /// A file in Prometheus' text format, written whenever something changes; empty = none.
    pub textfile: PathBuf,
}

/// `[attach]`: who may attach to a running program, its account aside.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AttachSettings {
    /// A group of this computer, by name or number, whose members may; empty = nobody else. Not on Windows.
    pub group: String,
}

/// When the terminal's bell rings, at most once in ten seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bell {
    /// Never.
    Never,
    /// On a new drift alarm.
    Alarm,
    /// On a new drift alarm and on every run that fails.
    Fail,
}

impl Config {
    /// The part that judging needs.
    pub fn analysis(&self) -> AnalysisSettings {
        AnalysisSettings { sigma: self.sigma.clone(), grading: self.grading(), limits: self.limits }
    }

    /// What verdicts follow beside the figures.
    pub fn grading(&self) -> Grading {
        Grading { offset_warn: self.offset_warn, rules: self.rules.clone() }
    }

    /// Every problem at once, in words that name the key.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = self.sigma.problems();
        problems.extend(self.grading().problems());
        if !(1..=3600).contains(&self.rescan_seconds) {
            problems.push(format!("rescan_seconds = {}: 1 … 3600", self.rescan_seconds));
        }
        if let Some(bytes @ 1..200) = self.bytes_per_second {
            problems.push(format!("bytes_per_second = {bytes}: 200 and more, or 0 for no limit"));
        }
        problems.extend(self.watch_problems());
        problems.extend(self.backup.problems());
        problems.extend(self.retention.problems());
        problems.extend(self.shifts.problems());
        problems.extend(self.drift.problems());
        problems.extend(self.limits.problems());
        problems
    }

    fn watch_problems(&self) -> Vec<String> {
        let twice = self
            .watches
            .iter()
            .enumerate()
            .filter(|(index, watch)| self.watches.iter().take(*index).any(|before| before.path == watch.path));
        let twice = twice.map(|(_, watch)| format!("watch {}: named twice", watch.path.display()));
        let empty = self.watches.iter().filter(|watch| watch.path.as_os_str().is_empty());
        let empty = empty.map(|_| "watch: a path is empty".to_owned());
        let exports = self.export.folder.as_ref().filter(|folder| !folder.as_os_str().is_empty());
        let inside = exports.and_then(|folder| {
            let watch = self.watches.iter().find(|watch| folder.starts_with(&watch.path))?;
            let (folder, watch) = (folder.display(), watch.path.display());
            Some(format!("export: folder = {folder}: not in the watched folder {watch}, where it would be read"))
        });
        twice.chain(empty).chain(inside).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_have_no_problem_and_survive_the_file() {
        let config = Config::default();
        assert_eq!(config.problems(), Vec::<String>::new());
        let text = toml::to_string(&config).expect("TOML");
        assert_eq!(toml::from_str::<Config>(&text).expect("the same"), config);
    }

    #[test]
    fn exports_do_not_go_where_they_would_be_read() {
        let of = |folder: &str| {
            let text = format!("[[watch]]\npath = \"/plant/lts\"\n[export]\nfolder = \"{folder}\"\n");
            toml::from_str::<Config>(&text).expect("well-formed").problems().len()
        };
        assert_eq!([of("/plant/lts/out"), of("/plant/lts"), of("/plant/out"), of("")], [1, 1, 0, 0]);
    }

    #[test]
    fn the_packaged_file_changes_nothing_and_names_the_defaults_where_it_can() {
        let file = include_str!("../../.packaging/config.toml");
        assert!(file.lines().all(|line| line.is_empty() || line.starts_with('#')), "commented out");
        let taken = |line: &str| line.strip_prefix('#').filter(|line| !line.starts_with(' ')).map(str::to_owned);
        let text: Vec<String> = file.lines().filter_map(taken).collect();
        let mut config: Config = toml::from_str(&text.join("\n")).expect("every line of it can be used");
        assert_eq!(config.problems(), Vec::<String>::new());
        assert_eq!((config.watches.len(), config.rules.len(), config.shifts.list.len()), (1, 1, 1));
        assert!(config.store.take().is_some() && config.backup.copy_to.take().is_some());
        assert_eq!(config.bytes_per_second.take(), Some(1_000));
        (config.watches, config.rules, config.shifts) = Default::default();
        assert_eq!(config, Config::default());
    }

    #[test]
    fn every_problem_is_named_at_once() {
        let text =
            "offset_warn = -1.0\nrescan_seconds = 0\n[sigma]\norder = 0\n[[rule]]\nmodel = \"\"\nper_spec = 0.0\n";
        let config: Config = toml::from_str(text).expect("well-formed");
        assert_eq!(config.problems().len(), 5, "{:?}", config.problems());
    }
}
