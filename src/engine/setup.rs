//! What the engine is started with.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::models::Models;
use crate::analysis::AnalysisSettings;
use crate::config::{BackupSettings, Config, DriftSettings, LearningSettings, Retention, Shifts, WatchFolder};

/// Everything the engine needs to know, decided before it starts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Setup {
    /// The folders to watch.
    pub folders: Vec<WatchFolder>,
    /// Where the history is kept; `None` = nowhere, a look without a trace.
    pub store: Option<PathBuf>,
    /// How tracks are judged.
    pub analysis: AnalysisSettings,
    /// The plant's shifts.
    pub shifts: Shifts,
    /// Time between two looks through the folders.
    pub rescan: Duration,
    /// Do without file-system events.
    pub poll: bool,
    /// When backups are made, and how many are kept.
    pub backup: BackupSettings,
    /// How long curves are kept.
    pub retention: Retention,
    /// Wait before the first try to have a history back that takes nothing.
    pub try_again: Duration,
    /// Time after the start at which every value of the history is looked at for damage; then once a day.
    pub check_after: Duration,
    /// How often drift may alarm falsely, and what alarms are acknowledged with.
    pub drift: DriftSettings,
    /// What may learn, and speak.
    pub learning: LearningSettings,
    /// Who speaks of what was learned; loaded once the history is open.
    #[serde(skip)]
    pub models: Arc<Models>,
    /// Time after the start at which the history is looked through for something to learn.
    pub learn_after: Duration,
    /// Where a screen's exports go.
    pub exports: PathBuf,
    /// How many runs of before are shown at the start.
    pub past: usize,
    /// Those of the folders that were named for this process alone, absolute.
    pub named: Vec<PathBuf>,
    /// The file that a site's monitoring reads.
    pub textfile: Option<PathBuf>,
    /// The group whose members may attach besides the owner.
    pub attach_group: Option<String>,
}

impl Setup {
    /// A setup from the configuration, for these folders and this store.
    pub fn new(config: &Config, folders: Vec<WatchFolder>, store: Option<PathBuf>) -> Self {
        Self {
            folders,
            store,
            analysis: config.analysis(),
            shifts: config.shifts.clone(),
            rescan: Duration::from_secs(config.rescan_seconds),
            poll: config.poll,
            backup: config.backup.clone(),
            retention: config.retention,
            try_again: Duration::from_secs(5),
            check_after: Duration::from_mins(10),
            drift: config.drift.clone(),
            learning: config.learning.clone(),
            models: Arc::default(),
            learn_after: Duration::from_secs(30),
            exports: config.export.place(),
            past: 500,
            named: Vec::new(),
            textfile: Some(config.health.textfile.clone()).filter(|path| !path.as_os_str().is_empty()),
            attach_group: Some(config.attach.group.clone()).filter(|group| !group.is_empty()),
        }
    }

    /// The setup of a process that another one follows: the shop's rules stay those it was watched by, whatever the
    /// other one's configuration says. What is this process's own stays.
    pub fn follow(&mut self, owner: Self) {
        let Self { store, exports, named, models, .. } = self.clone();
        *self = Self { store, models, exports, named, ..owner };
    }
}
