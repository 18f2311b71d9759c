//! One [`TrimRun`] → judged tracks: sigma gradient, linearity, resistance, formula risk, status, and why.
//!
//! Pure arithmetic in f64: the same run and settings give the same verdict, bit for bit. Nothing here knows a
//! clock, a store or a terminal.

mod assessment;
mod curve;
mod describe;
mod explain;
mod filter;
mod filter_identity;
mod gain;
mod grade;
mod incoming;
mod judged;
mod linearity;
mod numbers;
mod oddities;
mod resistance;
mod risk;
mod rule;
mod settings;
mod sigma;
mod statistics;
mod threshold;
mod verdict;
mod zones;

pub use assessment::{
    Assessment, LearnedBy, LearnedThreshold, Learner, NoAdvice, Shadow, ThresholdAdvice, TrackFacts, Why,
};
pub use curve::{RunCurves, SweepCurve, TrackCurves};
pub use describe::{changed_settings, describe_settings};
pub use explain::{explain, explain_track};
pub use filter_identity::{FilterIdentity, FilterMode};
pub use gain::gain_that_passes;
pub use grade::{formula_risk, regraded};
pub use incoming::{Incoming, incoming};
pub use judged::{
    JudgedRun, JudgedTrack, PassFigures, ResistanceFigures, Status, SweepFigures, Threshold, ThresholdSource,
};
pub use linearity::{Linearity, Margin, judge_linearity};
pub use numbers::{ohms, percent, position, short, signed_volts, volts};
pub use oddities::ABSURD_ERROR_SPECS;
pub use resistance::change_percent;
pub use risk::{Risk, RiskCategory, RiskMethod, RiskTerm};
pub use rule::{Grading, ModelRule};
pub use settings::{AnalysisSettings, SigmaSettings};
pub use sigma::sigma_gradient;
pub use threshold::FORMULA_R;
pub use verdict::{judge, judge_with};
pub use zones::worst_zone;

#[cfg(doc)]
use crate::trim::TrimRun;
