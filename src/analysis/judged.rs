//! What a judgement says: the figures stored with a run.

use serde::{Deserialize, Serialize};

use super::assessment::{Assessment, LearnedBy};
use super::filter_identity::FilterIdentity;
use super::linearity::Linearity;
use super::risk::Risk;
use crate::trim::{Identity, PositionUnit, System, TrackSettings};

/// The state of a track or a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Status {
    /// Linearity passes and nothing else is to say.
    Pass,
    /// Linearity passes, with a reason to look.
    Warning,
    /// Linearity fails.
    Fail,
    /// No graded point: nothing to hold the sweep against.
    NotGraded,
    /// No pass was measured: shown, but no trim result.
    Untrimmed,
    /// No verdict could be made.
    Error,
}

impl Status {
    /// The word on screen, in JSON and in filters.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Warning => "WARNING",
            Self::Fail => "FAIL",
            Self::NotGraded => "NOT GRADED",
            Self::Untrimmed => "UNTRIMMED",
            Self::Error => "ERROR",
        }
    }

    /// Whether the run counts as good in a yield; `None` when it counts neither way.
    pub fn counts_as_good(self) -> Option<bool> {
        match self {
            Self::Pass | Self::Warning => Some(true),
            Self::Fail => Some(false),
            Self::NotGraded | Self::Untrimmed | Self::Error => None,
        }
    }

    /// How much a track's status weighs in its run's: FAIL > ERROR > NOT GRADED > WARNING > PASS.
    pub(super) fn weight(self) -> u8 {
        match self {
            Self::Fail => 5,
            Self::Error => 4,
            Self::NotGraded => 3,
            Self::Warning => 2,
            Self::Pass => 1,
            Self::Untrimmed => 0,
        }
    }
}

/// Which of the three gave a sigma threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum ThresholdSource {
    /// A rule of the configuration.
    Rule,
    /// 12 · spec / travel.
    Formula,
    /// The threshold optimizer's deployed version.
    Learned(LearnedBy),
}

impl ThresholdSource {
    /// The word on screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Formula => "formula",
            Self::Learned(_) => "learned",
        }
    }

    /// Version of the model that gave it.
    pub fn version(self) -> Option<u32> {
        match self {
            Self::Learned(by) => Some(by.version),
            Self::Rule | Self::Formula => None,
        }
    }

    /// Whether a model gave it.
    pub fn is_learned(self) -> bool {
        matches!(self, Self::Learned(_))
    }

    /// The word with the version: `learned v7`.
    pub fn label(self) -> String {
        match self {
            Self::Learned(by) => format!("learned v{}", by.version),
            _ => self.word().to_owned(),
        }
    }
}

/// The most sigma may be, and who said so.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// V per degree or inch.
    pub value: f64,
    /// Who gave it.
    pub source: ThresholdSource,
    /// The filter it was made for; a sigma of another filter is never held against it.
    pub filter: FilterIdentity,
}

/// The figures of one sweep.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SweepFigures {
    /// Usable points.
    pub points: u32,
    /// max x − min x, degrees or inches.
    pub travel: f64,
    /// Median over graded points of (u − l)/2, volts.
    pub spec: Option<f64>,
    /// Sigma gradient, V per degree or inch.
    pub sigma: Option<f64>,
    /// sigma · travel / spec, without unit.
    pub r: Option<f64>,
    /// How the sweep lies in its band; `None` when no point is graded.
    pub linearity: Option<Linearity>,
}

/// How far the unit had come after one pass.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PassFigures {
    /// Number of the pass.
    pub number: u32,
    /// Recipe used.
    pub recipe: Option<u32>,
    /// Graded points; 0 = nothing to hold the pass against.
    pub graded: u32,
    /// Points outside at the best offset; 0 where none is graded.
    pub fail: u32,
    /// max |e| as stored over graded points, volts; 0 where none is graded.
    pub max_error: f64,
    /// Resistance, ohm.
    pub resistance: Option<f64>,
    /// Cut length of the recipe, in the settings' unit.
    pub cut_length: Option<f64>,
    /// Station compensation of the sheet.
    pub compensation: Option<f64>,
}

/// Resistance before and after the trim.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct ResistanceFigures {
    /// Ohm; `None` = not measured.
    pub before: Option<f64>,
    /// Ohm; `None` = not measured or not trimmed.
    pub after: Option<f64>,
    /// Change, percent of `before`.
    pub change: Option<f64>,
}

/// One track with its verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JudgedTrack {
    /// `TRK1`, `TRK2`, `SEC2 TRK1`.
    pub name: String,
    /// The station's alias.
    pub alias: Option<String>,
    /// The sheet judged; `None` when nothing was measured.
    pub sheet: Option<String>,
    /// Usable points of the judged sheet.
    pub points: u32,
    /// Whether a pass was measured.
    pub trimmed: bool,
    /// Pass sheets there, none ever measured.
    pub no_cut: bool,
    /// Number of measured pass sheets.
    pub pass_count: u32,
    /// The verdict.
    pub status: Status,
    /// Why, in words; the first is the main one.
    pub reasons: Vec<String>,
    /// What is odd, without bearing on the verdict.
    pub warnings: Vec<String>,
    /// Figures of the judged sweep; `None` on ERROR.
    pub figures: Option<SweepFigures>,
    /// Figures of the untrimmed sweep, when it was measured.
    pub untrimmed: Option<SweepFigures>,
    /// How the unit converged, pass by pass.
    pub passes: Vec<PassFigures>,
    /// The sigma threshold, when there is one.
    pub threshold: Option<Threshold>,
    /// The zone that is worst (1–3).
    pub worst_zone: Option<u8>,
    /// FAIL that would pass with a gain error within ±1 % and some offset; a hint, never a pass. `None` =
    /// unknown, theory is missing on a graded point.
    pub needs_only_gain: Option<bool>,
    /// The gain error that fits best, when gain is all it needs.
    pub gain_that_passes: Option<f64>,
    /// Resistance before and after.
    pub resistance: ResistanceFigures,
    /// How much smaller the trim made the error, percent; negative = worse.
    pub improvement: Option<f64>,
    /// Points the station marked outside among the graded ones; `None` = it marked none either way.
    pub station_fail: Option<u32>,
    /// Risk of the part from here on; none for UNTRIMMED, NOT GRADED and ERROR.
    pub risk: Option<Risk>,
    /// How the station was set.
    pub settings: TrackSettings,
}

impl JudgedTrack {
    /// The linearity a verdict rests on.
    pub fn linearity(&self) -> Option<&Linearity> {
        self.figures.as_ref()?.linearity.as_ref()
    }

    /// Threshold as r: threshold · travel / spec.
    pub fn r_limit(&self) -> Option<f64> {
        let figures = self.figures?;
        Some(self.threshold?.value * figures.travel / figures.spec?)
    }

    /// Threshold − sigma, V per degree or inch; `None` when either is unknown or their filters differ.
    pub fn sigma_margin(&self, filter: FilterIdentity) -> Option<f64> {
        let threshold = self.threshold.filter(|threshold| threshold.filter == filter)?;
        Some(threshold.value - self.figures?.sigma?)
    }
}

/// One run with its verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JudgedRun {
    /// Layout of the workbook.
    pub system: System,
    /// Who the run was.
    pub identity: Identity,
    /// What positions are measured in.
    pub unit: PositionUnit,
    /// What every sigma of this run was made with.
    pub filter: FilterIdentity,
    /// The run's status.
    pub status: Status,
    /// The tracks, in station order.
    pub tracks: Vec<JudgedTrack>,
    /// What is odd about the file.
    pub warnings: Vec<String>,
    /// What the learned models made of each track, in the tracks' order; empty in runs of before there were any.
    #[serde(default)]
    pub assessments: Vec<Assessment>,
}

impl JudgedRun {
    /// What the learned models made of a track.
    pub fn assessment(&self, track: usize) -> Option<&Assessment> {
        self.assessments.get(track)
    }

    /// The greatest incoming risk among the tracks.
    pub fn incoming_risk(&self) -> Option<&Risk> {
        let risks = self.assessments.iter().filter_map(|assessment| assessment.incoming_risk.as_ref());
        risks.max_by(|a, b| a.probability.total_cmp(&b.probability))
    }

    /// The track that gives the run its status: the first of the worst.
    pub fn deciding_track(&self) -> Option<&JudgedTrack> {
        self.tracks.iter().find(|track| track.status == self.status)
    }

    /// The greatest failure risk among the tracks.
    pub fn risk(&self) -> Option<&Risk> {
        let risks = self.tracks.iter().filter_map(|track| track.risk.as_ref());
        risks.max_by(|a, b| a.probability.total_cmp(&b.probability))
    }
}
