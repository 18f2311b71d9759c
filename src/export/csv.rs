//! Judged files as comma-separated rows: one a track, one for a file without any.

use super::json::{FileLine, TrackLine};

/// Columns, in order; the names and meanings are those of the JSON line.
const COLUMNS: &[&str] = &[
    "file",
    "system",
    "model",
    "serial",
    "section",
    "disposition",
    "time",
    "laser",
    "run_status",
    "excluded",
    "track",
    "status",
    "reason",
    "sheet",
    "trimmed",
    "no_cut",
    "passes",
    "n",
    "graded",
    "spec",
    "travel",
    "sigma",
    "r",
    "r_limit",
    "threshold_source",
    "raw_fail",
    "fail",
    "offset",
    "lin_error",
    "margin_pct",
    "margin_at",
    "worst_zone",
    "needs_only_gain",
    "improvement_pct",
    "untrimmed_fail",
    "untrimmed_max",
    "r_before",
    "r_after",
    "r_change_pct",
    "station_fail",
    "risk",
    "risk_category",
    "risk_method",
    "risk_version",
    "incoming_risk",
    "incoming_risk_version",
    "threshold_version",
];

/// The head of the table.
pub fn csv_head() -> &'static [&'static str] {
    COLUMNS
}

impl FileLine<'_> {
    /// One row a track; one row with the reason for a file without tracks. A missing figure is an empty field.
    pub fn csv_rows(&self) -> Vec<Vec<String>> {
        let head = self.file_fields();
        let row = |tail: Vec<String>| head.iter().cloned().chain(tail).collect();
        if self.tracks.is_empty() {
            let reason = self.error.or(self.skipped).unwrap_or_default();
            let mut tail = vec![String::new(); COLUMNS.len() - head.len()];
            if let Some(cell) = tail.get_mut(2) {
                reason.clone_into(cell);
            }
            return vec![row(tail)];
        }
        self.tracks.iter().map(|track| row(track_fields(track))).collect()
    }

    fn file_fields(&self) -> Vec<String> {
        vec![
            self.file.clone(),
            word(self.system),
            word(self.model),
            word(self.serial),
            word(self.section),
            word(self.disposition),
            self.time.clone().unwrap_or_default(),
            word(self.laser),
            self.status.to_owned(),
            word(self.excluded),
        ]
    }
}

fn word(value: Option<&str>) -> String {
    value.unwrap_or_default().to_owned()
}

/// Numbers keep every digit they need to be read back equal.
fn figure<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn track_fields(track: &TrackLine<'_>) -> Vec<String> {
    vec![
        track.track.to_owned(),
        track.status.to_owned(),
        track.reason.clone(),
        word(track.sheet),
        track.trimmed.to_string(),
        track.no_cut.to_string(),
        track.passes.to_string(),
        track.n.to_string(),
        figure(track.graded),
        figure(track.spec),
        figure(track.travel),
        figure(track.sigma),
        figure(track.r),
        figure(track.r_limit),
        word(track.threshold_source),
        figure(track.raw_fail),
        figure(track.fail),
        figure(track.offset),
        figure(track.lin_error),
        figure(track.margin_pct),
        figure(track.margin_at),
        figure(track.worst_zone),
        figure(track.needs_only_gain),
        figure(track.improvement_pct),
        figure(track.untrimmed_fail),
        figure(track.untrimmed_max),
        figure(track.r_before),
        figure(track.r_after),
        figure(track.r_change_pct),
        figure(track.station_fail),
        figure(track.risk),
        word(track.risk_category),
        word(track.risk_method),
        figure(track.risk_version),
        figure(track.incoming_risk),
        figure(track.incoming_risk_version),
        figure(track.threshold_version),
    ]
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::export::FileOutcome;

    #[test]
    fn a_failed_file_still_has_a_row_of_full_width_with_its_reason() {
        let line =
            FileLine::new(Path::new("a.xls"), None, FileOutcome::Failed { identity: None, cause: "no workbook" });
        let rows = line.csv_rows();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].len(), COLUMNS.len());
        let reason = COLUMNS.iter().position(|&c| c == "reason").expect("a reason column");
        assert_eq!(rows[0][reason], "no workbook");
    }
}
