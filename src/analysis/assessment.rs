//! Where learned models plug into a judgement: what they are asked, what they said, and why they kept silent.

use serde::{Deserialize, Serialize};

use super::filter_identity::FilterIdentity;
use super::incoming::Incoming;
use super::judged::{JudgedTrack, SweepFigures, Threshold};
use super::risk::Risk;
use crate::trim::PositionUnit;

/// What can be learned from a shop's own history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Learner {
    /// Sigma thresholds.
    ThresholdOptimizer,
    /// Failure risk: what the final test will say of a part.
    FinalTest,
    /// Incoming risk: whether a part, as it arrived, will fail linearity after the trim.
    TrimVerdict,
    /// Whether a product model's parts still are what they were.
    DriftDetector,
}

impl Learner {
    /// All of them, in the order of the screens.
    pub const ALL: [Self; 4] = [Self::ThresholdOptimizer, Self::FinalTest, Self::TrimVerdict, Self::DriftDetector];

    /// The name on screen.
    pub fn title(self) -> &'static str {
        match self {
            Self::ThresholdOptimizer => "threshold optimizer",
            Self::FinalTest => "failure predictor, final test",
            Self::TrimVerdict => "failure predictor, trim verdict",
            Self::DriftDetector => "drift detector",
        }
    }

    /// The word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::ThresholdOptimizer => "threshold",
            Self::FinalTest => "final-test",
            Self::TrimVerdict => "trim-verdict",
            Self::DriftDetector => "drift",
        }
    }
}

/// Why a learned model did not speak, so that the formula did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Why {
    /// The configuration switched the learner off.
    Off,
    /// The configuration lets it watch without speaking.
    Shadow,
    /// The history, and the models in it, are not open yet, or not at all.
    Opening,
    /// No version is deployed: too little history, or none that proved better.
    NotDeployed,
    /// The deployed version has nothing to say of this product model.
    NothingToSay,
    /// What the model needs is not known of this part, in words.
    Unknown(String),
    /// The model failed, in words.
    Failed(String),
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Off => f.write_str("switched off"),
            Self::Shadow => f.write_str("in shadow: it watches without speaking"),
            Self::Opening => f.write_str("the history is not open"),
            Self::NotDeployed => f.write_str("no model deployed"),
            Self::NothingToSay => f.write_str("the model knows too little of this product model"),
            Self::Unknown(what) => write!(f, "not known of this part: {what}"),
            Self::Failed(what) => write!(f, "the model failed: {what}"),
        }
    }
}

/// What the learned models made of one track, beside what the verdict shows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// max/median of the half-widths of the judged sweep's limit table; 1 = parallel limits.
    pub limit_shape: Option<f64>,
    /// What its untrimmed curve says beside its figures; `None` when that sweep was not measured.
    pub incoming: Option<Incoming>,
    /// Risk of the part as it arrived, by a deployed `trim verdict` model.
    pub incoming_risk: Option<Risk>,
    /// What models in shadow would have said.
    pub shadow: Shadow,
    /// Which learners kept silent, and why.
    pub silent: Vec<(Learner, Why)>,
}

impl Assessment {
    /// Why a learner kept silent.
    pub fn why_not(&self, learner: Learner) -> Option<&Why> {
        self.silent.iter().find(|(silent, _)| *silent == learner).map(|(_, why)| why)
    }
}

/// What models in shadow would have said.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Shadow {
    /// The sigma threshold.
    pub threshold: Option<Threshold>,
    /// Failure risk.
    pub risk: Option<Risk>,
    /// Incoming risk.
    pub incoming_risk: Option<Risk>,
}

/// What a threshold may be recommended from.
#[derive(Debug, Clone, Copy)]
pub struct TrackFacts<'a> {
    /// Product model.
    pub model: &'a str,
    /// What positions are measured in: degrees are rotary, inches linear.
    pub unit: PositionUnit,
    /// What sigma is made with.
    pub filter: FilterIdentity,
    /// Figures of the judged sweep.
    pub figures: &'a SweepFigures,
    /// max/median of the half-widths of its limit table; 1 = parallel limits.
    pub limit_shape: Option<f64>,
    /// r of the untrimmed sweep.
    pub untrimmed_r: Option<f64>,
    /// Resistance before the trim, ohm.
    pub resistance: Option<f64>,
    /// Nominal electrical length, degrees or inches.
    pub nominal_length: Option<f64>,
}

impl<'a> TrackFacts<'a> {
    /// The facts of a judged track; `None` of one without figures.
    pub fn of(
        (model, unit, filter): (&'a str, PositionUnit, FilterIdentity),
        track: &'a JudgedTrack,
        limit_shape: Option<f64>,
    ) -> Option<Self> {
        Some(Self {
            model,
            unit,
            filter,
            figures: track.figures.as_ref()?,
            limit_shape,
            untrimmed_r: track.untrimmed.and_then(|untrimmed| untrimmed.r),
            resistance: track.resistance.before,
            nominal_length: track.settings.nominal_length,
        })
    }
}

/// A sigma threshold that was learned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LearnedThreshold {
    /// The threshold on r = sigma · travel / spec.
    pub r: f64,
    /// Who recommends it, with its interval.
    pub by: LearnedBy,
    /// Whether it is used, or only noted.
    pub speaks: bool,
}

/// Which version recommends a threshold, how sure it is, and on what ground.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LearnedBy {
    /// Version of the model.
    pub version: u32,
    /// When it was trained, milliseconds since 1970 UTC.
    pub trained_ms: i64,
    /// Lower end of the 90 % interval, on r.
    pub low: f64,
    /// Upper end of the 90 % interval, on r.
    pub high: f64,
    /// Whether this product model's own runs gave it; else those of others like it did.
    pub own: bool,
}

/// Whoever recommends sigma thresholds.
pub trait ThresholdAdvice {
    /// The learned threshold of a track, or why there is none.
    ///
    /// # Errors
    /// Why the rule or the formula speaks.
    fn threshold(&self, facts: &TrackFacts<'_>) -> Result<LearnedThreshold, Why>;
}

/// Nobody recommends anything: rule and formula speak.
#[derive(Debug, Clone, Copy)]
pub struct NoAdvice;

impl ThresholdAdvice for NoAdvice {
    fn threshold(&self, _facts: &TrackFacts<'_>) -> Result<LearnedThreshold, Why> {
        Err(Why::NotDeployed)
    }
}
