//! The tables of an export: which columns they have, and a kept run as their rows.

use std::path::Path;

use super::cell::Cell;
use super::json::{FileLine, FileOutcome};
use super::sink::{ExportError, RowSink};
use crate::analysis::{JudgedRun, JudgedTrack, RunCurves, SweepCurve, explain};

/// Columns of one row a run. Figures are of the track that decides; a margin is percent of the band's half-width.
pub const RUN_COLUMNS: &[&str] = &[
    "run",
    "time",
    "model",
    "serial",
    "section",
    "laser",
    "disposition",
    "system",
    "status",
    "tracks",
    "out",
    "graded",
    "margin_pct",
    "r",
    "r_limit",
    "r_change_pct",
    "risk",
    "risk_category",
    "risk_method",
    "passes",
    "excluded",
    "excluded_by",
    "revision",
    "arrived_ms",
    "explanation",
    "warnings",
    "path",
    "content",
];

/// Columns of one row a point of a curve: positions degrees or inches, the rest volts.
pub const CURVE_COLUMNS: &[&str] = &["run", "track", "sweep", "position", "error", "lower", "upper"];

/// Digits of a content by which a run is named; sixteen to the twelfth is far beyond any shop's runs.
pub const NAME_DIGITS: usize = 12;

/// A run as it is kept.
#[derive(Debug, Clone, Copy)]
pub struct KeptRun<'a> {
    /// Figures and verdict.
    pub run: &'a JudgedRun,
    /// Hash of the file's content.
    pub content: &'a [u8; 32],
    /// Where the file lay.
    pub path: &'a str,
    /// When it arrived, milliseconds since 1970 UTC.
    pub arrived_ms: i64,
    /// How many contents came before this one.
    pub revision: u32,
    /// Why it counts in nothing, and who said so.
    pub excluded: Option<(&'a str, &'a str)>,
}

impl KeptRun<'_> {
    /// The first digits of its content: what `show` takes.
    pub fn name(&self) -> String {
        let mut name = self.digits();
        name.truncate(NAME_DIGITS);
        name
    }

    fn digits(&self) -> String {
        blake3::Hash::from_bytes(*self.content).to_hex().as_str().to_owned()
    }

    /// Its row under [`RUN_COLUMNS`].
    pub fn row(&self) -> Vec<Cell<'_>> {
        let (run, identity) = (self.run, &self.run.identity);
        let deciding = run.deciding_track();
        let linearity = deciding.and_then(JudgedTrack::linearity);
        let risk = run.risk();
        vec![
            Cell::text(self.name()),
            Cell::text(identity.time.map(|time| time.to_string()).unwrap_or_default()),
            Cell::text(&identity.model),
            Cell::text(&identity.serial),
            Cell::word(identity.section.as_deref()),
            Cell::word(identity.laser.as_deref()),
            Cell::word(identity.disposition.as_deref()),
            Cell::text(run.system.letter()),
            Cell::text(run.status.word()),
            Cell::Count(run.tracks.len() as u64),
            Cell::count(linearity.map(|l| l.fail)),
            Cell::count(linearity.map(|l| l.graded)),
            Cell::number(linearity.map(|l| l.worst.percent)),
            Cell::number(deciding.and_then(|track| track.figures?.r)),
            Cell::number(deciding.and_then(JudgedTrack::r_limit)),
            Cell::number(deciding.and_then(|track| track.resistance.change)),
            Cell::number(risk.map(|risk| risk.probability)),
            Cell::word(risk.map(|risk| risk.category.word())),
            Cell::word(risk.map(|risk| risk.method.word())),
            Cell::count(run.tracks.iter().map(|track| track.pass_count).max()),
            Cell::word(self.excluded.map(|(reason, _)| reason)),
            Cell::word(self.excluded.map(|(_, by)| by)),
            Cell::Count(u64::from(self.revision)),
            Cell::Count(u64::try_from(self.arrived_ms).unwrap_or(0)),
            Cell::text(explain(run)),
            Cell::text(run.warnings.join("; ")),
            Cell::text(self.path),
            Cell::text(self.digits()),
        ]
    }

    /// Writes its tracks under [`super::csv_head`].
    ///
    /// # Errors
    /// What the sink says.
    pub fn tracks(&self, sink: &mut (impl RowSink + ?Sized)) -> Result<(), ExportError> {
        let line = FileLine::of_kept(Path::new(self.path), FileOutcome::Run(self.run));
        let line = line.excluded(self.excluded.map(|(reason, _)| reason));
        line.rows().iter().try_for_each(|row| sink.row(row))
    }

    /// Writes the points of its curves under [`CURVE_COLUMNS`].
    ///
    /// # Errors
    /// What the sink says.
    pub fn curves(&self, curves: &RunCurves, sink: &mut (impl RowSink + ?Sized)) -> Result<(), ExportError> {
        let name = self.name();
        for track in &curves.tracks {
            let sweeps = [("untrimmed", &track.untrimmed), ("final", &track.trimmed)];
            for (sweep, curve) in sweeps.into_iter().filter_map(|(sweep, curve)| Some((sweep, curve.as_ref()?))) {
                for [position, error, lower, upper] in points(curve) {
                    let texts = [name.as_str(), track.name.as_str(), sweep].map(Cell::text);
                    let figures = [position, error, lower, upper].map(Cell::single);
                    let [run, track, sweep] = texts;
                    let [position, error, lower, upper] = figures;
                    sink.row(&[run, track, sweep, position, error, lower, upper])?;
                }
            }
        }
        Ok(())
    }
}

/// Position, error, lower and upper limit of every point.
pub(super) fn points(curve: &SweepCurve) -> impl Iterator<Item = [f32; 4]> + '_ {
    let limits = curve.lower.iter().zip(&curve.upper);
    let points = curve.position.iter().zip(&curve.error).zip(limits);
    points.map(|((position, error), (lower, upper))| [*position, *error, *lower, *upper])
}
