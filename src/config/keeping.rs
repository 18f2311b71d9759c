//! `[backup]` and `[retention]`: what keeps the history sound and bounded over years.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// When the history is backed up. Backups lie in `backups` inside the store, compressed JSON lines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BackupSettings {
    /// How many are kept, 0 … 100; 0 = none is made.
    pub keep: usize,
    /// Most hours between two, 1 … 8760, when anything has changed.
    pub every_hours: u32,
    /// Most files between two, 1 and more.
    pub every_files: u64,
    /// Where each one is copied to besides: a second disk or a share.
    pub copy_to: Option<PathBuf>,
}

impl Default for BackupSettings {
    fn default() -> Self {
        Self { keep: 3, every_hours: 24, every_files: 5_000, copy_to: None }
    }
}

impl BackupSettings {
    pub(super) fn problems(&self) -> Vec<String> {
        let found = [
            (self.keep > 100).then(|| format!("backup.keep = {}: 0 … 100", self.keep)),
            (!(1..=8760).contains(&self.every_hours))
                .then(|| format!("backup.every_hours = {}: 1 … 8760", self.every_hours)),
            (self.every_files == 0).then(|| "backup.every_files = 0: 1 and more".to_owned()),
        ];
        found.into_iter().flatten().collect()
    }
}

/// How long what is kept is kept. Records are kept for good.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    /// Years after which a run's curves are dropped, 0.1 … 100; 0 = never.
    pub curves: f64,
    /// So many of the newest files lie in the database itself, 16 … 1,000,000, the rest in volumes beside it.
    pub recent_files: u64,
}

impl Default for Retention {
    fn default() -> Self {
        Self { curves: 3.0, recent_files: 4_096 }
    }
}

impl Retention {
    /// The years curves are kept; `None` = for good.
    pub fn years(self) -> Option<f64> {
        (self.curves > 0.0).then_some(self.curves)
    }

    pub(super) fn problems(self) -> Vec<String> {
        // Nothing but zero is zero: a thousandth of a second would drop every curve there is.
        let sound = self.curves.abs() <= 0.0 || (0.1..=100.0).contains(&self.curves);
        let found = [
            (!sound).then(|| format!("retention.curves = {}: 0.1 … 100 years, or 0", self.curves)),
            (!(16..=1_000_000).contains(&self.recent_files))
                .then(|| format!("retention.recent_files = {}: 16 … 1000000", self.recent_files)),
        ];
        found.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retention_of_next_to_nothing_is_a_problem_and_not_never() {
        for (curves, problems) in [(0.0, 0), (-0.0, 0), (0.1, 0), (1e-300, 1), (1e-17, 1), (f64::NAN, 1), (-1.0, 1)] {
            assert_eq!(Retention { curves, ..Retention::default() }.problems().len(), problems, "{curves}");
        }
    }
}
