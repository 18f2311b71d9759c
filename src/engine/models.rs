//! The deployed models: loaded from the registry, shared by all workers, swapped whole.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock};

use super::process::panic_text;
use super::quiet;
use crate::analysis::{AnalysisSettings, JudgedRun, Learner, Why, judge_with};
use crate::config::{LearningSettings, Mode};
use crate::history::{Registered, Store};
use crate::learning::{
    AUC, Card, FailurePredictor, LearningError, Speaker, Speakers, ThresholdOptimizer, Voice, assess,
};
use crate::trim::TrimRun;

/// Who speaks at the moment.
#[derive(Debug, Default)]
pub struct Models(RwLock<Arc<Speakers>>);

impl Models {
    /// Whoever speaks now; a file keeps them to its end, though they be swapped meanwhile.
    pub fn speakers(&self) -> Arc<Speakers> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Others speak from now on.
    pub fn swap(&self, speakers: Speakers) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(speakers);
    }
}

/// What was found amiss with a model, in words.
pub type Trouble = (Learner, String);

/// The deployed version of every learner that may speak or watch. A version that is damaged or foreign is refused,
/// named, and the one before it speaks.
/// `found` is every version there is.
pub fn load(store: &Store, found: &[Registered], settings: &LearningSettings) -> (Speakers, Vec<Trouble>) {
    let mut troubles = Vec::new();
    let speakers = Speakers {
        threshold: voice(
            store,
            settings,
            found,
            Learner::ThresholdOptimizer,
            ThresholdOptimizer::from_bytes,
            &mut troubles,
        ),
        final_test: voice(store, settings, found, Learner::FinalTest, FailurePredictor::from_bytes, &mut troubles),
        trim_verdict: voice(store, settings, found, Learner::TrimVerdict, FailurePredictor::from_bytes, &mut troubles),
    };
    (speakers, troubles)
}

fn voice<M>(
    store: &Store,
    settings: &LearningSettings,
    found: &[Registered],
    learner: Learner,
    read: impl Fn(&[u8]) -> Result<M, LearningError>,
    troubles: &mut Vec<Trouble>,
) -> Voice<M> {
    let mode = settings.mode(learner);
    if mode == Mode::Off {
        return Err(Why::Off);
    }
    let mine = || found.iter().filter(|version| version.card.learner == learner && version.card.scope.is_empty());
    let Some(deployed) = mine().find(|version| version.deployed) else { return Err(Why::NotDeployed) };
    let mut refused = None;
    // The deployed one, then those before it that had passed their gate.
    let before = mine().rev().filter(|v| v.card.version < deployed.card.version && v.card.gate.deployed);
    for version in std::iter::once(deployed).chain(before) {
        match model(store, &version.card, &read) {
            Ok(model) => return Ok(Box::new(speaker(model, &version.card, mode))),
            Err(cause) => {
                troubles.push((learner, cause.clone()));
                refused.get_or_insert(cause);
            }
        }
    }
    Err(Why::Failed(refused.unwrap_or_default()))
}

/// Reads a model. Whatever the reader does, the program goes on.
fn model<M>(store: &Store, card: &Card, read: &impl Fn(&[u8]) -> Result<M, LearningError>) -> Result<M, String> {
    let bytes = store.model_bytes(card).map_err(|error| error.to_string())?;
    let attempt = quiet::during(|| catch_unwind(AssertUnwindSafe(|| read(&bytes))));
    let named = |cause: String| format!("{} v{}: {cause}", card.learner.word(), card.version);
    match attempt {
        Ok(read) => read.map_err(|error| named(error.to_string())),
        Err(panic) => Err(named(format!("reading it failed: {}", panic_text(panic.as_ref())))),
    }
}

fn speaker<M>(model: M, card: &Card, mode: Mode) -> Speaker<M> {
    Speaker {
        model,
        version: card.version,
        trained_ms: card.trained_ms,
        auc: card.figure(AUC).map_or(0.0, |figure| figure.value),
        units: card.units,
        filter: card.filter,
        heard: mode == Mode::On,
    }
}

/// Judges a run with learned thresholds. Whatever the optimizer does, rule and formula are there.
pub(super) fn judge_safely(run: &TrimRun, settings: &AnalysisSettings, speakers: &Speakers) -> JudgedRun {
    if speakers.threshold.is_err() {
        return judge_with(run, settings, speakers);
    }
    let attempt = quiet::during(|| catch_unwind(AssertUnwindSafe(|| judge_with(run, settings, speakers))));
    attempt.unwrap_or_else(|panic| {
        let why = Why::Failed(panic_text(panic.as_ref()));
        judge_with(run, settings, &Speakers::nobody(&why))
    })
}

/// Has the models say what they make of a run. A model that panics has said nothing: the formula speaks, and the run
/// says why.
pub(super) fn assess_safely(run: &mut JudgedRun, speakers: &Speakers) {
    if speakers.final_test.is_err() && speakers.trim_verdict.is_err() {
        return assess(run, speakers);
    }
    safely(run, |run| assess(run, speakers));
}

fn safely(run: &mut JudgedRun, work: impl FnOnce(&mut JudgedRun)) {
    let attempt = quiet::during(|| {
        catch_unwind(AssertUnwindSafe(|| {
            let mut assessed = run.clone();
            work(&mut assessed);
            assessed
        }))
    });
    match attempt {
        Ok(assessed) => *run = assessed,
        Err(panic) => {
            let why = Why::Failed(panic_text(panic.as_ref()));
            for assessment in &mut run.assessments {
                assessment
                    .silent
                    .extend([Learner::FinalTest, Learner::TrimVerdict].map(|learner| (learner, why.clone())));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Outcome, process};
    use crate::trim::Source;

    #[test]
    fn a_model_that_panics_has_said_nothing_and_the_run_says_why() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/samples/incoming/LTS/9101-1_203_TA_Test Data_3-3-2026_6-40 AMTrimmed Correct.xls"
        );
        let bytes = std::fs::read(path).expect("a sample");
        let source = Source { path: path.as_ref(), laser: None, modified: None, today: None };
        let Outcome::Judged { run: judged, .. } = process(&bytes, source, &AnalysisSettings::default()).outcome else {
            panic!("a judged sample");
        };
        let mut run = judged.clone();
        safely(&mut run, |run| {
            run.tracks.clear();
            panic!("no such leaf");
        });
        assert_eq!(run.tracks, judged.tracks, "the formula speaks");
        let why = run.assessments.first().and_then(|assessment| {
            assessment.silent.iter().rev().find(|(learner, _)| *learner == Learner::TrimVerdict).map(|(_, why)| why)
        });
        assert_eq!(why, Some(&Why::Failed("no such leaf".to_owned())));
    }
}
