//! The models that speak: what an arriving file is held against, and why one keeps silent.

use crate::analysis::{
    Assessment, FilterIdentity, JudgedRun, LearnedBy, LearnedThreshold, Learner, Risk, RiskMethod, RiskTerm, Status,
    ThresholdAdvice, TrackFacts, Why,
};

use super::threshold_optimizer::Basis;
use super::{FailurePredictor, LearningError, Target, ThresholdOptimizer, features, product_row};

/// How sure the interval of a recommended threshold is.
pub const CONFIDENCE: f64 = 0.9;

/// One deployed version.
#[derive(Debug, Clone)]
pub struct Speaker<M> {
    /// The model.
    pub model: M,
    /// Its version.
    pub version: u32,
    /// When it was trained, milliseconds since 1970 UTC.
    pub trained_ms: i64,
    /// Its area under the ROC curve in validation; 0 where it has none.
    pub auc: f64,
    /// Units it was trained on.
    pub units: u64,
    /// What every sigma it knows was made with.
    pub filter: FilterIdentity,
    /// Whether it is heard, or only noted.
    pub heard: bool,
}

/// A model, or why there is none to ask.
pub type Voice<M> = Result<Box<Speaker<M>>, Why>;

/// Everybody an arriving file is shown to.
#[derive(Debug, Clone)]
pub struct Speakers {
    /// For the sigma threshold.
    pub threshold: Voice<ThresholdOptimizer>,
    /// For the failure risk.
    pub final_test: Voice<FailurePredictor>,
    /// For the incoming risk.
    pub trim_verdict: Voice<FailurePredictor>,
}

impl Speakers {
    /// Nobody: rule and formula speak.
    pub fn nobody(why: &Why) -> Self {
        let silent = || why.clone();
        Self { threshold: Err(silent()), final_test: Err(silent()), trim_verdict: Err(silent()) }
    }
}

impl Default for Speakers {
    fn default() -> Self {
        Self::nobody(&Why::NotDeployed)
    }
}

impl ThresholdAdvice for Speakers {
    fn threshold(&self, facts: &TrackFacts<'_>) -> Result<LearnedThreshold, Why> {
        let speaker = self.threshold.as_ref().map_err(Clone::clone)?;
        same_filter(speaker, facts.filter)?;
        let said = speaker.model.recommend(facts.model, &product_row(facts), CONFIDENCE);
        let said = said.filter(|said| said.threshold.is_finite() && said.threshold > 0.0).ok_or(Why::NothingToSay)?;
        let by = LearnedBy {
            version: speaker.version,
            trained_ms: speaker.trained_ms,
            low: said.low,
            high: said.high,
            own: said.basis == Basis::Own,
        };
        Ok(LearnedThreshold { r: said.threshold, by, speaks: speaker.heard })
    }
}

/// A sigma of one filter is never held against what was learned from another's.
fn same_filter<M>(speaker: &Speaker<M>, filter: FilterIdentity) -> Result<(), Why> {
    let other = || Why::Unknown(format!("sigma by the model's filter ({}); it is made by {filter}", speaker.filter));
    if speaker.filter == filter { Ok(()) } else { Err(other()) }
}

/// Has the predictors say what they make of a judged run. Whatever they cannot say stands beside it with the reason.
pub fn assess(run: &mut JudgedRun, speakers: &Speakers) {
    let mut assessments = std::mem::take(&mut run.assessments);
    assessments.resize_with(run.tracks.len(), Default::default);
    for (index, assessment) in assessments.iter_mut().enumerate() {
        if run.tracks.get(index).is_none_or(|track| track.risk.is_none()) {
            continue;
        }
        let incoming = ask(&speakers.trim_verdict, Target::TrimVerdict, run, index);
        let failure = ask(&speakers.final_test, Target::FinalTest, run, index);
        let Assessment { incoming_risk, shadow, silent, .. } = assessment;
        *incoming_risk = heard(incoming, Learner::TrimVerdict, &mut shadow.incoming_risk, silent);
        if let Some(risk) = heard(failure, Learner::FinalTest, &mut shadow.risk, silent)
            && let Some(track) = run.tracks.get_mut(index)
        {
            track.risk = Some(risk);
        }
    }
    run.assessments = assessments;
}

/// What is heard of what a predictor told; the rest is noted, with the reason of its silence.
fn heard(
    told: Result<(Risk, bool), Why>,
    learner: Learner,
    shadow: &mut Option<Risk>,
    silent: &mut Vec<(Learner, Why)>,
) -> Option<Risk> {
    let why = match told {
        Ok((risk, true)) => return Some(risk),
        Ok((risk, false)) => {
            *shadow = Some(risk);
            Why::Shadow
        }
        Err(why) => why,
    };
    silent.push((learner, why));
    None
}

/// The risk a predictor tells of a track, and whether it is heard.
fn ask(voice: &Voice<FailurePredictor>, target: Target, run: &JudgedRun, index: usize) -> Result<(Risk, bool), Why> {
    let speaker = voice.as_ref().map_err(Clone::clone)?;
    same_filter(speaker, run.filter)?;
    let told = speaker.model.predict(&features::track_row(features::columns(target), run, index), &run.identity.model);
    let told = told.map_err(|error| match error {
        LearningError::TooManyUnknown { .. } => Why::Unknown(error.to_string()),
        error => Why::Failed(error.to_string()),
    })?;
    let method = RiskMethod::Learned {
        version: speaker.version,
        #[expect(clippy::cast_possible_truncation, reason = "a figure between 0 and 1, for the screen")]
        auc: speaker.auc as f32,
        units: u32::try_from(speaker.units).unwrap_or(u32::MAX),
    };
    let terms =
        told.contributions.into_iter().map(|told| RiskTerm { what: told.feature, share: told.change }).collect();
    // What the trim made of the part is no part of what arrived.
    let failed = target == Target::FinalTest && run.tracks.get(index).is_some_and(|track| track.status == Status::Fail);
    Ok((Risk::learned(told.probability, method, terms, failed), speaker.heard))
}
