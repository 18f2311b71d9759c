//! What a row of the list shows of a run: in a burst it goes in the run's place, until there is time for all of it.

use super::protocol::ArrivedRun;
use crate::analysis::{JudgedRun, JudgedTrack, Risk};
use crate::history::{FileFacts, RunRecord};
use crate::trim::TrackSettings;

/// A run without what no row of the list shows.
pub(super) fn outline(run: &ArrivedRun) -> ArrivedRun {
    let record = &run.record;
    // A file that is the same one is known by its key.
    let file = FileFacts { path_key: record.file.path_key, ..FileFacts::none() };
    ArrivedRun {
        key: run.key.clone(),
        sequence: run.sequence,
        record: RunRecord {
            file,
            run: of_run(&record.run),
            arrived_ms: record.arrived_ms,
            revision: record.revision,
            excluded: record.excluded.clone(),
            sequence: record.sequence,
        },
        latency_ms: run.latency_ms,
        not_kept: run.not_kept.clone(),
    }
}

fn of_run(run: &JudgedRun) -> JudgedRun {
    // Where there are no figures the row says why.
    let is_graded = run.status.counts_as_good().is_some();
    JudgedRun {
        system: run.system,
        identity: run.identity.clone(),
        unit: run.unit,
        filter: run.filter,
        status: run.status,
        tracks: run.tracks.iter().map(|track| of_track(track, !is_graded)).collect(),
        warnings: Vec::new(),
        assessments: Vec::new(),
    }
}

fn of_track(track: &JudgedTrack, says_why: bool) -> JudgedTrack {
    JudgedTrack {
        name: String::new(),
        alias: None,
        sheet: None,
        points: track.points,
        trimmed: track.trimmed,
        no_cut: track.no_cut,
        pass_count: track.pass_count,
        status: track.status,
        reasons: if says_why { track.reasons.clone() } else { Vec::new() },
        warnings: Vec::new(),
        figures: track.figures,
        untrimmed: None,
        passes: Vec::new(),
        threshold: track.threshold,
        worst_zone: None,
        needs_only_gain: None,
        gain_that_passes: track.gain_that_passes.filter(|_| says_why),
        resistance: track.resistance,
        improvement: None,
        station_fail: None,
        risk: track.risk.as_ref().map(|risk| Risk { terms: Vec::new(), ..*risk }),
        settings: TrackSettings::default(),
    }
}
