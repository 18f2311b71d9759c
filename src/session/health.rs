//! How a running program stands, for scripts and a site's monitoring: one line, JSON, or Prometheus' text format.

use std::fmt::Write as _;

use serde::Serialize;

use super::snapshot::{FolderState, HistoryState, Snapshot};
use crate::export::spelled_out;

/// How it stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Health {
    /// Whether somebody watches.
    pub running: bool,
    /// Who: process, account, computer, since when, version.
    pub owner: String,
    /// Files found and not yet judged.
    pub queue: u64,
    /// Arrival of the newest file, seconds since 1970 UTC.
    pub newest_file: Option<i64>,
    /// Files that could not be read and have not changed since.
    pub unreadable: u64,
    /// Runs dated today.
    pub runs_today: u64,
    /// Those of them that passed, with or without a warning.
    pub good_today: u64,
    /// Those that failed.
    pub failed_today: u64,
    /// Alarms nobody has seen to.
    pub alarms: usize,
    /// `opening`, `kept` or `not kept`.
    pub history: &'static str,
    /// The watched folders.
    pub folders: Vec<FolderHealth>,
    /// What is wrong, in words.
    pub troubles: Vec<String>,
}

/// One watched folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FolderHealth {
    /// Where it lies.
    pub path: String,
    /// Whether it can be seen.
    pub online: bool,
}

impl Health {
    /// As the header's figures say.
    pub fn of(owner: &str, header: &Snapshot) -> Self {
        let folders = header.folders.iter().map(|folder| FolderHealth {
            path: folder.path.clone(),
            online: !matches!(folder.state, FolderState::Offline { .. }),
        });
        let history = match header.history {
            HistoryState::Opening => "opening",
            HistoryState::Kept => "kept",
            HistoryState::NotKept { .. } => "not kept",
        };
        Self {
            running: true,
            owner: owner.to_owned(),
            queue: header.queue,
            newest_file: header.newest_ms.map(|ms| ms.div_euclid(1_000)),
            unreadable: header.unreadable,
            runs_today: header.today.runs,
            good_today: header.today.good,
            failed_today: header.today.failed,
            alarms: header.open_alarms,
            history,
            folders: folders.collect(),
            troubles: troubles(header),
        }
    }

    /// Nobody watches.
    pub fn of_nobody() -> Self {
        Self {
            running: false,
            owner: String::new(),
            queue: 0,
            newest_file: None,
            unreadable: 0,
            runs_today: 0,
            good_today: 0,
            failed_today: 0,
            alarms: 0,
            history: "not kept",
            folders: Vec::new(),
            troubles: vec!["NOT RUNNING: nobody watches".to_owned()],
        }
    }

    /// Whether nobody needs to look.
    pub fn is_fine(&self) -> bool {
        self.running && self.troubles.is_empty() && self.alarms == 0
    }

    /// In Prometheus' text format. Of a program that does not run only that is told: the rest is not 0, it is not known.
    pub fn prometheus(&self) -> String {
        let mut text = String::new();
        metric(&mut text, "up", "Whether trimwatch runs.", &[(String::new(), f64::from(u8::from(self.running)))]);
        if !self.running {
            return text;
        }
        let plain = |figure: u64| [(String::new(), figure as f64)];
        metric(&mut text, "queue_files", "Files found and not yet judged.", &plain(self.queue));
        if let Some(newest) = self.newest_file {
            let at = [(String::new(), newest as f64)];
            metric(&mut text, "newest_file_timestamp_seconds", "Arrival of the newest file.", &at);
        }
        metric(&mut text, "unreadable_files", "Files that could not be read.", &plain(self.unreadable));
        let runs = [("good", self.good_today), ("failed", self.failed_today)];
        let runs = runs.map(|(verdict, count)| (format!("{{verdict=\"{verdict}\"}}"), count as f64));
        metric(&mut text, "runs_today", "Graded runs dated today by verdict.", &runs);
        metric(&mut text, "alarms_open", "Drift alarms nobody has seen to.", &plain(self.alarms as u64));
        let kept = plain(u64::from(self.history == "kept"));
        metric(&mut text, "history_kept", "Whether every judged run is on disk.", &kept);
        let folders = self
            .folders
            .iter()
            .map(|folder| (format!("{{folder=\"{}\"}}", label(&folder.path)), f64::from(u8::from(folder.online))));
        metric(&mut text, "folder_online", "Whether a watched folder can be seen.", &folders.collect::<Vec<_>>());
        text
    }
}

/// What is wrong, in words.
fn troubles(header: &Snapshot) -> Vec<String> {
    let offline = header.folders.iter().filter_map(|folder| match &folder.state {
        FolderState::Offline { cause, .. } => Some(format!("OFFLINE {}: {cause}", folder.path)),
        _ => None,
    });
    let not_kept = match &header.history {
        HistoryState::NotKept { reason } => Some(format!("NOT KEPT: {reason}")),
        _ => None,
    };
    offline.chain(not_kept).collect()
}

fn metric(text: &mut String, name: &str, help: &str, values: &[(String, f64)]) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "# HELP trimwatch_{name} {help}\n# TYPE trimwatch_{name} gauge");
    for (labels, value) in values {
        let _ = writeln!(text, "trimwatch_{name}{labels} {value}");
    }
}

/// A label's value: names come from outside, and no two of them are one. What a terminal would obey is spelled out.
fn label(text: &str) -> String {
    let line = |line| spelled_out(line).replace('\\', "\\\\").replace('"', "\\\"");
    text.split('\n').map(line).collect::<Vec<String>>().join("\\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Tally;
    use crate::session::FolderView;

    fn header() -> Snapshot {
        let state = FolderState::Offline { since_ms: 0, cause: "gone".to_owned() };
        Snapshot {
            folders: vec![FolderView { path: "/drop\n\"x".to_owned(), laser: None, line: None, state }],
            history: HistoryState::Kept,
            queue: 2,
            today: Tally { runs: 5, good: 3, failed: 1, ..Tally::default() },
            shift: None,
            shift_span: None,
            newest_ms: Some(1_999),
            open_alarms: 1,
            oldest_alarm: None,
            unreadable: 4,
        }
    }

    #[test]
    fn a_sites_monitoring_reads_it_whatever_a_folder_is_called() {
        let text = Health::of("process 1", &header()).prometheus();
        for line in [
            "trimwatch_up 1",
            "trimwatch_queue_files 2",
            "trimwatch_newest_file_timestamp_seconds 1",
            "trimwatch_unreadable_files 4",
            "trimwatch_runs_today{verdict=\"failed\"} 1",
            "trimwatch_alarms_open 1",
            "trimwatch_history_kept 1",
            "trimwatch_folder_online{folder=\"/drop\\n\\\"x\"} 0",
        ] {
            assert!(text.lines().any(|other| other == line), "{line} in {text}");
        }
        let types = text.lines().filter(|line| line.starts_with("# TYPE")).count();
        assert_eq!(types, 8);
    }

    #[test]
    fn two_folders_whose_names_differ_in_a_sign_nobody_sees_are_two_series() {
        let named = |name: &str| label(&format!("/drop/{name}"));
        let labels = ["a\nb", "a b", "a\u{1b}b", "a\u{202e}b", "a\\nb", "a\"b"].map(named);
        let distinct: std::collections::HashSet<&String> = labels.iter().collect();
        assert_eq!(distinct.len(), labels.len(), "{labels:?}");
    }

    #[test]
    fn of_a_program_that_does_not_run_nothing_is_made_up() {
        let nobody = Health::of_nobody();
        assert!(!nobody.is_fine());
        assert_eq!(
            nobody.prometheus().lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>(),
            ["trimwatch_up 0"]
        );
        assert!(!Health::of("process 1", &header()).is_fine(), "offline");
    }
}
