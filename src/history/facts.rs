//! What filters, sorting and yields look at in a run.

use super::column::{FigureKey, NameKey};
use super::key;
use super::record::{RunKey, RunRecord};
use crate::analysis::{JudgedTrack, RiskCategory, Status};

/// The facts of one run. Missing names are empty, missing figures not a number; figures hold seven digits.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The run's time, seconds since 1970 on the plant's clock; the file's where the run has none.
    pub seconds: i64,
    /// Product model, as the run's key has it.
    pub model: &'a str,
    /// Serial.
    pub serial: &'a str,
    /// `TA`, `TB` or nothing.
    pub section: &'a str,
    /// The laser.
    pub laser: &'a str,
    /// The operator's word.
    pub disposition: &'a str,
    /// The verdict.
    pub status: Status,
    /// Whether somebody took the run out.
    pub excluded: bool,
    /// How many contents came before this one.
    pub revision: u32,
    /// When it arrived, milliseconds since 1970 UTC.
    pub arrived_ms: i64,
    /// Points outside, of the track that decides.
    pub fail: f32,
    /// Graded points, of the track that decides.
    pub graded: f32,
    /// Worst margin of the track that decides, percent.
    pub margin: f32,
    /// r of the track that decides.
    pub r: f32,
    /// What r may be.
    pub r_limit: f32,
    /// Resistance change of the track that decides, percent.
    pub change: f32,
    /// The greatest risk of the tracks.
    pub risk: f32,
    /// Its category.
    pub category: Option<RiskCategory>,
    /// Most passes of a track.
    pub passes: u32,
    /// Whether the serial names a unit.
    pub is_unit: bool,
}

impl<'a> Facts<'a> {
    /// The facts of a kept run.
    pub fn of(key: &'a RunKey, record: &'a RunRecord) -> Self {
        let (run, identity) = (&record.run, &record.run.identity);
        let deciding = run.deciding_track();
        let linearity = deciding.and_then(JudgedTrack::linearity);
        let figures = deciding.and_then(|track| track.figures);
        Self {
            seconds: key.seconds().unwrap_or(0),
            model: key::model_of(key).unwrap_or(&identity.model),
            serial: &identity.serial,
            section: identity.section.as_deref().unwrap_or_default(),
            laser: identity.laser.as_deref().unwrap_or_default(),
            disposition: identity.disposition.as_deref().unwrap_or_default(),
            status: run.status,
            excluded: record.excluded.is_some(),
            revision: record.revision,
            arrived_ms: record.arrived_ms,
            fail: single(linearity.map(|linearity| f64::from(linearity.fail))),
            graded: single(linearity.map(|linearity| f64::from(linearity.graded))),
            margin: single(linearity.map(|linearity| linearity.worst.percent)),
            r: single(figures.and_then(|figures| figures.r)),
            r_limit: single(deciding.and_then(JudgedTrack::r_limit)),
            change: single(deciding.and_then(|track| track.resistance.change)),
            risk: single(run.risk().map(|risk| risk.probability)),
            category: run.risk().map(|risk| risk.category),
            passes: run.tracks.iter().map(|track| track.pass_count).max().unwrap_or(0),
            is_unit: identity.is_unit(),
        }
    }

    /// The words that a text is looked for in.
    pub(super) fn words(&self) -> [&'a str; 6] {
        [self.model, self.serial, self.section, self.status.word(), self.laser, self.disposition]
    }

    pub(super) fn name(&self, key: NameKey) -> &'a str {
        match key {
            NameKey::Model => self.model,
            NameKey::Serial => self.serial,
            NameKey::Section => self.section,
            NameKey::Laser => self.laser,
            NameKey::Disposition => self.disposition,
        }
    }

    pub(super) fn figure(&self, key: FigureKey) -> f32 {
        match key {
            FigureKey::Risk => self.risk,
            FigureKey::Margin => self.margin,
            FigureKey::Roughness => self.r,
            FigureKey::Outside => self.fail,
            FigureKey::Change => self.change,
            FigureKey::Passes => passes(self.passes),
        }
    }
}

/// A number of passes as a figure.
pub(super) fn passes(count: u32) -> f32 {
    single(Some(f64::from(count)))
}

#[expect(clippy::cast_possible_truncation, reason = "seven digits are what a list shows and a filter compares")]
fn single(value: Option<f64>) -> f32 {
    value.map_or(f32::NAN, |value| value as f32)
}
