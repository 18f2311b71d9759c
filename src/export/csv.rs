//! Judged files as comma-separated rows: one a track, one for a file without any.

use super::cell::Cell;
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
    /// One row a track; one row with the reason for a file without tracks. A missing figure is an empty cell.
    pub fn rows(&self) -> Vec<Vec<Cell<'_>>> {
        let head = self.file_cells();
        if self.tracks.is_empty() {
            let reason = self.error.or(self.skipped);
            let mut tail = vec![Cell::Empty; COLUMNS.len() - head.len()];
            if let Some(cell) = tail.get_mut(2) {
                *cell = Cell::word(reason);
            }
            return vec![[head, tail].concat()];
        }
        self.tracks.iter().map(|track| [head.clone(), track_cells(track)].concat()).collect()
    }

    fn file_cells(&self) -> Vec<Cell<'_>> {
        vec![
            Cell::text(&self.file),
            Cell::word(self.system),
            Cell::word(self.model),
            Cell::word(self.serial),
            Cell::word(self.section),
            Cell::word(self.disposition),
            Cell::word(self.time.as_deref()),
            Cell::word(self.laser),
            Cell::text(self.status),
            Cell::word(self.excluded),
        ]
    }
}

fn track_cells<'a>(track: &'a TrackLine<'_>) -> Vec<Cell<'a>> {
    vec![
        Cell::text(track.track),
        Cell::text(track.status),
        Cell::text(&track.reason),
        Cell::word(track.sheet),
        Cell::Flag(track.trimmed),
        Cell::Flag(track.no_cut),
        Cell::Count(u64::from(track.passes)),
        Cell::Count(u64::from(track.n)),
        Cell::count(track.graded),
        Cell::number(track.spec),
        Cell::number(track.travel),
        Cell::number(track.sigma),
        Cell::number(track.r),
        Cell::number(track.r_limit),
        Cell::word(track.threshold_source),
        Cell::count(track.raw_fail),
        Cell::count(track.fail),
        Cell::number(track.offset),
        Cell::number(track.lin_error),
        Cell::number(track.margin_pct),
        Cell::number(track.margin_at),
        Cell::count(track.worst_zone),
        Cell::flag(track.needs_only_gain),
        Cell::number(track.improvement_pct),
        Cell::count(track.untrimmed_fail),
        Cell::number(track.untrimmed_max),
        Cell::number(track.r_before),
        Cell::number(track.r_after),
        Cell::number(track.r_change_pct),
        Cell::count(track.station_fail),
        Cell::number(track.risk),
        Cell::word(track.risk_category),
        Cell::word(track.risk_method),
        Cell::count(track.risk_version),
        Cell::number(track.incoming_risk),
        Cell::count(track.incoming_risk_version),
        Cell::count(track.threshold_version),
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
        let rows = line.rows();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].len(), COLUMNS.len());
        let reason = COLUMNS.iter().position(|&c| c == "reason").expect("a reason column");
        assert_eq!(rows[0][reason], Cell::text("no workbook"));
    }
}
