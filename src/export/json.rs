//! One file as one JSON object on one line.

use std::path::Path;

use serde::Serialize;

use crate::analysis::{Assessment, JudgedRun, JudgedTrack, Linearity, PassFigures, SweepFigures, explain};
use crate::trim::{Identity, TrackSettings};

/// How a file ended.
#[derive(Debug, Clone, Copy)]
pub enum FileOutcome<'a> {
    /// A judged run.
    Run(&'a JudgedRun),
    /// Passed over, with the reason.
    Skipped {
        /// Who the file is about.
        identity: Option<&'a Identity>,
        /// Why it was passed over.
        reason: &'a str,
    },
    /// Could not be read.
    Failed {
        /// Who the file is about, by its name.
        identity: Option<&'a Identity>,
        /// Sheet, cell and cause.
        cause: &'a str,
    },
}

/// The JSON object of one file. Volts, ohm, degrees or inches; a figure that could not be made is `null`.
#[derive(Debug, Serialize)]
pub struct FileLine<'a> {
    pub(super) file: String,
    pub(super) path: String,
    pub(super) content: Option<String>,
    pub(super) system: Option<&'static str>,
    pub(super) model: Option<&'a str>,
    pub(super) serial: Option<&'a str>,
    pub(super) section: Option<&'a str>,
    pub(super) disposition: Option<&'a str>,
    pub(super) time: Option<String>,
    pub(super) laser: Option<&'a str>,
    pub(super) status: &'static str,
    pub(super) explanation: String,
    pub(super) skipped: Option<&'a str>,
    pub(super) error: Option<&'a str>,
    pub(super) excluded: Option<&'a str>,
    pub(super) unit: Option<&'static str>,
    pub(super) sigma_filter: Option<String>,
    pub(super) warnings: &'a [String],
    pub(super) tracks: Vec<TrackLine<'a>>,
}

impl<'a> FileLine<'a> {
    /// The line of a file; `content` is the hash of its bytes.
    pub fn new(path: &Path, content: Option<String>, outcome: FileOutcome<'a>) -> Self {
        let explanation = match outcome {
            FileOutcome::Run(run) => explain(run),
            _ => String::new(),
        };
        Self { path: path.display().to_string(), content, explanation, ..Self::of_kept(path, outcome) }
    }

    /// The line of a file as far as the rows of its tracks need it.
    pub(super) fn of_kept(path: &Path, outcome: FileOutcome<'a>) -> Self {
        let (run, identity, skipped, error) = match outcome {
            FileOutcome::Run(run) => (Some(run), Some(&run.identity), None, None),
            FileOutcome::Skipped { identity, reason } => (None, identity, Some(reason), None),
            FileOutcome::Failed { identity, cause } => (None, identity, None, Some(cause)),
        };
        Self {
            file: path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default(),
            path: String::new(),
            content: None,
            system: run.map(|run| run.system.letter()),
            model: identity.map(|id| id.model.as_str()),
            serial: identity.map(|id| id.serial.as_str()),
            section: identity.and_then(|id| id.section.as_deref()),
            disposition: identity.and_then(|id| id.disposition.as_deref()),
            time: identity.and_then(|id| id.time).map(|time| time.to_string()),
            laser: identity.and_then(|id| id.laser.as_deref()),
            status: run.map_or(if skipped.is_some() { "SKIPPED" } else { "ERROR" }, |run| run.status.word()),
            explanation: String::new(),
            skipped,
            error,
            excluded: None,
            unit: run.map(|run| run.unit.symbol()),
            sigma_filter: run.map(|run| run.filter.to_string()),
            warnings: run.map_or(&[], |run| run.warnings.as_slice()),
            tracks: run.map(tracks).unwrap_or_default(),
        }
    }
}

fn tracks(run: &JudgedRun) -> Vec<TrackLine<'_>> {
    run.tracks.iter().enumerate().map(|(index, track)| TrackLine::new(track, run.assessment(index))).collect()
}

impl<'a> FileLine<'a> {
    /// The same line of a run that somebody took out of yield, charts and training, with the reason.
    #[must_use]
    pub fn excluded(self, reason: Option<&'a str>) -> Self {
        Self { excluded: reason, ..self }
    }
}

/// A figure of every measured pass, in order; none of a pass without a graded point.
fn of_passes<T>(track: &JudgedTrack, figure: impl Fn(&PassFigures) -> T) -> Vec<Option<T>> {
    track.passes.iter().map(|pass| (pass.graded > 0).then(|| figure(pass))).collect()
}

/// The JSON object of one track.
#[derive(Debug, Serialize)]
pub(super) struct TrackLine<'a> {
    pub(super) track: &'a str,
    pub(super) alias: Option<&'a str>,
    pub(super) sheet: Option<&'a str>,
    pub(super) trimmed: bool,
    pub(super) no_cut: bool,
    pub(super) measured: bool,
    pub(super) passes: u32,
    pub(super) n: u32,
    pub(super) status: &'static str,
    pub(super) reason: String,
    pub(super) warnings: &'a [String],
    pub(super) graded: Option<u32>,
    pub(super) spec: Option<f64>,
    pub(super) travel: Option<f64>,
    pub(super) sigma: Option<f64>,
    pub(super) sigma_untrimmed: Option<f64>,
    pub(super) r: Option<f64>,
    pub(super) threshold: Option<f64>,
    pub(super) threshold_source: Option<&'static str>,
    pub(super) r_limit: Option<f64>,
    pub(super) raw_fail: Option<u32>,
    pub(super) fail: Option<u32>,
    pub(super) offset: Option<f64>,
    pub(super) offset_lo: Option<f64>,
    pub(super) offset_hi: Option<f64>,
    pub(super) lin_error: Option<f64>,
    pub(super) margin_pct: Option<f64>,
    pub(super) margin_volts: Option<f64>,
    pub(super) margin_at: Option<f64>,
    pub(super) worst_zone: Option<u8>,
    pub(super) needs_only_gain: Option<bool>,
    pub(super) gain: Option<f64>,
    pub(super) improvement_pct: Option<f64>,
    pub(super) pass_fail: Vec<Option<u32>>,
    pub(super) pass_max_error: Vec<Option<f64>>,
    pub(super) pass_resistance: Vec<Option<f64>>,
    pub(super) untrimmed_fail: Option<u32>,
    pub(super) untrimmed_max: Option<f64>,
    pub(super) r_before: Option<f64>,
    pub(super) r_after: Option<f64>,
    pub(super) r_change_pct: Option<f64>,
    pub(super) station_fail: Option<u32>,
    pub(super) risk: Option<f64>,
    pub(super) risk_category: Option<&'static str>,
    pub(super) risk_method: Option<&'static str>,
    pub(super) risk_version: Option<u32>,
    pub(super) incoming_risk: Option<f64>,
    pub(super) incoming_risk_version: Option<u32>,
    pub(super) threshold_version: Option<u32>,
    pub(super) settings: &'a TrackSettings,
}

impl<'a> TrackLine<'a> {
    pub(super) fn new(track: &'a JudgedTrack, assessment: Option<&'a Assessment>) -> Self {
        let incoming = assessment.and_then(|assessment| assessment.incoming_risk.as_ref());
        let figures = track.figures.as_ref();
        let untrimmed = track.untrimmed.as_ref();
        let before: Option<&Linearity> = untrimmed.and_then(|sweep| sweep.linearity.as_ref());
        let linearity = track.linearity();
        let of_sweep = |value: fn(&SweepFigures) -> f64| figures.map(value);
        let of = |value: fn(&Linearity) -> f64| linearity.map(value);
        Self {
            track: &track.name,
            alias: track.alias.as_deref(),
            sheet: track.sheet.as_deref(),
            trimmed: track.trimmed,
            no_cut: track.no_cut,
            measured: track.sheet.is_some(),
            passes: track.pass_count,
            n: track.points,
            status: track.status.word(),
            reason: track.reasons.join("; "),
            warnings: &track.warnings,
            graded: figures.map(|_| linearity.map_or(0, |l| l.graded)),
            spec: figures.and_then(|f| f.spec),
            travel: of_sweep(|f| f.travel),
            sigma: figures.and_then(|f| f.sigma),
            sigma_untrimmed: untrimmed.and_then(|f| f.sigma),
            r: figures.and_then(|f| f.r),
            threshold: track.threshold.map(|t| t.value),
            threshold_source: track.threshold.map(|t| t.source.word()),
            r_limit: track.r_limit(),
            raw_fail: linearity.map(|l| l.raw_fail),
            fail: linearity.map(|l| l.fail),
            offset: of(|l| l.offset),
            offset_lo: linearity.and_then(|l| l.feasible).map(|(low, _)| low),
            offset_hi: linearity.and_then(|l| l.feasible).map(|(_, high)| high),
            lin_error: of(|l| l.error),
            margin_pct: of(|l| l.worst.percent),
            margin_volts: of(|l| l.worst.volts),
            margin_at: of(|l| l.worst.position),
            worst_zone: track.worst_zone,
            needs_only_gain: track.needs_only_gain,
            gain: track.gain_that_passes,
            improvement_pct: track.improvement,
            pass_fail: of_passes(track, |pass| pass.fail),
            pass_max_error: of_passes(track, |pass| pass.max_error),
            pass_resistance: track.passes.iter().map(|pass| pass.resistance).collect(),
            untrimmed_fail: before.map(|l| l.fail),
            untrimmed_max: before.map(|l| l.stored_error),
            r_before: track.resistance.before,
            r_after: track.resistance.after,
            r_change_pct: track.resistance.change,
            station_fail: track.station_fail,
            risk: track.risk.as_ref().map(|risk| risk.probability),
            risk_category: track.risk.as_ref().map(|risk| risk.category.word()),
            risk_method: track.risk.as_ref().map(|risk| risk.method.word()),
            risk_version: track.risk.as_ref().and_then(|risk| risk.method.version()),
            incoming_risk: incoming.map(|risk| risk.probability),
            incoming_risk_version: incoming.and_then(|risk| risk.method.version()),
            threshold_version: track.threshold.and_then(|t| t.source.version()),
            settings: &track.settings,
        }
    }
}
