//! One look through the history: what it offers, how the deployed versions did, and the training of whatever is due.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use ndarray::Array2;

use super::cards::{self, Draft};
use super::clock;
use crate::analysis::{FilterIdentity, Learner};
use crate::config::{LearningSettings, Mode};
use crate::history::{Registered, RunKey, Store, StoreError};
use crate::learning::drift_detector::{self, DriftSettings};
use crate::learning::failure_predictor::PredictorSettings;
use crate::learning::threshold_optimizer::OptimizerSettings;
use crate::learning::{
    Card, DRIFT_BASELINE, DriftDetector, FailurePredictor, LearningError, Lessons, Live, Offer, Target,
    ThresholdOptimizer,
};

/// What training depends on.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The switches.
    pub settings: LearningSettings,
    /// The filter in force: sigmas of another are not mixed in.
    pub filter: FilterIdentity,
}

/// What is wanted.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// One learner; `None` = whatever is due, or all of them when a person asks.
    pub learner: Option<Learner>,
    /// Only this product model's drift detector.
    pub product_model: Option<String>,
    /// Who asks.
    pub by: String,
    /// Whether anything is trained at all.
    pub trains: bool,
    /// Whether a person asks: then nothing has to be due.
    pub now: bool,
}

/// What the history offers, and how the deployed versions did.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    /// By learner.
    pub offers: BTreeMap<Learner, Offer>,
    /// Predictions of deployed versions against what came.
    pub live: BTreeMap<Learner, Live>,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum Said {
    /// The history was looked through.
    Surveyed(Survey),
    /// A version was trained and kept.
    Kept {
        /// Its card.
        card: Box<Card>,
        /// What became of it, in words.
        words: String,
        /// Whether it speaks from now on.
        deployed: bool,
        /// Who wanted it.
        by: String,
    },
    /// Versions of several product models were trained, in words; each was told as kept.
    Several {
        /// How many, and why.
        words: String,
        /// Who wanted it.
        by: String,
    },
    /// A deployed version was taken back, in words.
    TakenBack(String),
    /// A learner could not be trained.
    Failed {
        /// Which.
        learner: Learner,
        /// Why.
        cause: String,
    },
}

/// Who is told how far it is, and who may end it.
pub struct Ear<'a> {
    /// Told what is trained (`None` = the history is looked through) and how far it is, 0 … 1.
    pub far: &'a (dyn Fn(Option<Learner>, f64) + Sync),
    /// Asked whether to go on.
    pub stop: &'a (dyn Fn() -> ControlFlow<()> + Sync),
}

/// Looks through the history and trains what is due or wanted.
///
/// # Errors
/// A history that cannot be read or written, in words; a learner that fails is told and the others go on.
pub fn run(
    store: &Store,
    plan: &Plan,
    wanted: &Wanted,
    ear: &Ear<'_>,
    say: &mut dyn FnMut(Said),
) -> Result<(), String> {
    let words = |error: StoreError| error.to_string();
    let Some(lessons) = gather(store, plan.filter, ear).map_err(words)? else { return Ok(()) };
    let found = store.registered_models().map_err(words)?;
    let survey = survey(&lessons, &found);
    say(Said::Surveyed(survey.clone()));
    for learner in Learner::ALL {
        take_back_the_beaten(store, learner, &found, &survey, say).map_err(words)?;
        let asked = wanted.learner.is_none_or(|only| only == learner);
        if !wanted.trains || !asked || plan.settings.mode(learner) == Mode::Off || (ear.stop)().is_break() {
            continue;
        }
        let task = Task { store, plan, lessons: &lessons, found: &found, survey: &survey, wanted, ear };
        if let Err(cause) = task.train(learner, say) {
            if matches!(cause, Trouble::Cancelled) {
                return Ok(());
            }
            say(Said::Failed { learner, cause: cause.to_string() });
        }
    }
    Ok(())
}

/// Why a learner was not trained.
enum Trouble {
    Cancelled,
    Learning(LearningError),
    Store(StoreError),
    Shape(String),
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Cancelled => f.write_str("cancelled"),
            Self::Learning(error) => error.fmt(f),
            Self::Store(error) => error.fmt(f),
            Self::Shape(error) => f.write_str(error),
        }
    }
}

impl From<LearningError> for Trouble {
    fn from(error: LearningError) -> Self {
        if matches!(error, LearningError::Cancelled) { Self::Cancelled } else { Self::Learning(error) }
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Reads every run that teaches; `None` when it was told to stop.
fn gather(store: &Store, filter: FilterIdentity, ear: &Ear<'_>) -> Result<Option<Lessons>, StoreError> {
    let mut tested: BTreeMap<RunKey, bool> = BTreeMap::new();
    for outcome in store.outcomes(None, None)? {
        if let Some((key, _)) = store.run_of_outcome(&outcome)? {
            // Of several tests of one run the first one counts: it says what the trim had made.
            tested.entry(key).or_insert(!outcome.passed);
        }
    }
    let all = store.total().all().max(1) as f64;
    let (mut lessons, mut read, mut stopped) = (Lessons::default(), 0.0, false);
    store.each_run(|key, record| {
        read += 1.0;
        (ear.far)(None, read / all);
        stopped = (ear.stop)().is_break();
        if stopped {
            return ControlFlow::Break(());
        }
        if let (None, Some(seconds)) = (&record.excluded, key.seconds()) {
            lessons.take(seconds, &record.run, tested.get(&key).copied(), filter);
        }
        ControlFlow::Continue(())
    })?;
    lessons.sort();
    Ok((!stopped).then_some(lessons))
}

fn target_of(learner: Learner) -> Option<Target> {
    match learner {
        Learner::FinalTest => Some(Target::FinalTest),
        Learner::TrimVerdict => Some(Target::TrimVerdict),
        Learner::ThresholdOptimizer | Learner::DriftDetector => None,
    }
}

fn survey(lessons: &Lessons, found: &[Registered]) -> Survey {
    let offers = Learner::ALL.into_iter().map(|learner| (learner, lessons.offer(learner))).collect();
    let live = Learner::ALL.into_iter().filter_map(|learner| {
        let deployed = deployed(found, learner, "")?;
        Some((learner, lessons.live(target_of(learner)?, deployed.card.version)))
    });
    Survey { offers, live: live.collect() }
}

fn deployed<'a>(found: &'a [Registered], learner: Learner, scope: &str) -> Option<&'a Registered> {
    found.iter().find(|version| version.deployed && version.card.learner == learner && version.card.scope == scope)
}

fn newest<'a>(found: &'a [Registered], learner: Learner, scope: &str) -> Option<&'a Card> {
    let mine = found.iter().filter(|version| version.card.learner == learner && version.card.scope == scope);
    mine.map(|version| &version.card).max_by_key(|card| card.version)
}

/// A version that does worse than its rival does not speak any longer: the rival does.
fn take_back_the_beaten(
    store: &Store,
    learner: Learner,
    found: &[Registered],
    survey: &Survey,
    say: &mut dyn FnMut(Said),
) -> Result<(), StoreError> {
    let Some(version) = deployed(found, learner, "") else { return Ok(()) };
    let Some((name, auc)) = survey.live.get(&learner).and_then(|live| live.beaten(&version.card)) else {
        return Ok(());
    };
    let why = format!("v{} fell behind {name} (AUC {auc:.2}) since it was deployed", version.card.version);
    store.deploy_model(learner, "", None, &why, clock::now_ms())?;
    say(Said::TakenBack(format!("{}: {why}", learner.title())));
    Ok(())
}

/// The training of one learner.
struct Task<'a> {
    store: &'a Store,
    plan: &'a Plan,
    lessons: &'a Lessons,
    found: &'a [Registered],
    survey: &'a Survey,
    wanted: &'a Wanted,
    ear: &'a Ear<'a>,
}

impl Task<'_> {
    fn train(&self, learner: Learner, say: &mut dyn FnMut(Said)) -> Result<(), Trouble> {
        if learner == Learner::DriftDetector {
            return self.drift_detectors(say);
        }
        let offer = self.survey.offers.get(&learner).copied().unwrap_or_default();
        let last = newest(self.found, learner, "");
        let live = self.survey.live.get(&learner);
        let asked = || self.wanted.now.then(|| format!("wanted by {}", self.wanted.by));
        let due = || offer.due(learner, last, live, clock::now_ms());
        let Some(why) = asked().or_else(due) else { return Ok(()) };
        if let Some(lacks) = offer.lacks(learner) {
            say(Said::Failed { learner, cause: format!("not enough to learn from: {lacks}") });
            return Ok(());
        }
        let step = |share: f64| {
            (self.ear.far)(Some(learner), share);
            (self.ear.stop)()
        };
        let draft = match target_of(learner) {
            Some(target) => self.predictor((learner, target), offer, &step)?,
            None => self.thresholds(offer, &step)?,
        };
        self.keep(learner, "", draft, &why, say)
    }

    fn predictor(
        &self,
        (learner, target): (Learner, Target),
        offer: Offer,
        step: &(dyn Fn(f64) -> ControlFlow<()> + Sync),
    ) -> Result<Draft, Trouble> {
        let deployed = deployed(self.found, learner, "").map(|version| version.card.version);
        let examples = self.lessons.examples(target, deployed).map_err(|error| Trouble::Shape(error.to_string()))?;
        let settings = PredictorSettings { seed: self.plan.settings.seed, ..PredictorSettings::default() };
        let trained = FailurePredictor::train(&examples, target, &settings, step)?;
        let times = &examples.times;
        let span = (times.first().copied().unwrap_or(0), times.last().copied().unwrap_or(0));
        Ok(cards::predictor(&trained, &settings, offer, span))
    }

    fn thresholds(&self, offer: Offer, step: &(dyn Fn(f64) -> ControlFlow<()> + Sync)) -> Result<Draft, Trouble> {
        let models = self.lessons.product_models();
        let settings = OptimizerSettings { seed: self.plan.settings.seed, ..OptimizerSettings::default() };
        let trained = ThresholdOptimizer::train(&models, &settings, step)?;
        Ok(cards::thresholds(&trained, &settings, offer, self.lessons.span()))
    }

    /// One a product model: trained on its first tracks, and again only while these are not many.
    fn drift_detectors(&self, say: &mut dyn FnMut(Said)) -> Result<(), Trouble> {
        let learner = Learner::DriftDetector;
        let of_each = self.lessons.drift();
        let names = drift_detector::FEATURES.map(str::to_owned);
        let count = of_each.len().max(1) as f64;
        let mut trained = Vec::new();
        for (done, (product_model, rows)) in of_each.into_iter().enumerate() {
            (self.ear.far)(Some(learner), done as f64 / count);
            if (self.ear.stop)().is_break() {
                return Err(Trouble::Cancelled);
            }
            let only = self.wanted.product_model.as_ref();
            let baseline = rows.get(..rows.len().min(DRIFT_BASELINE)).unwrap_or_default();
            let last = newest(self.found, learner, &product_model).map_or(0, |card| card.rows);
            let offer = Offer { rows: baseline.len() as u64, product_models: 1, ..Offer::default() };
            let due = last == 0 || baseline.len() as u64 >= last + (last / 5).max(50);
            let asked = self.wanted.now && self.wanted.learner == Some(learner);
            if only.is_some_and(|only| *only != product_model) || !(asked || due) {
                continue;
            }
            let mut settings = DriftSettings::default();
            settings.forest.seed = self.plan.settings.seed;
            let values = baseline.iter().flat_map(|row| row.iter().copied()).collect();
            let shape = (baseline.len(), names.len());
            let x = Array2::from_shape_vec(shape, values).map_err(|error| Trouble::Shape(error.to_string()))?;
            match DriftDetector::train(x.view(), &names, &settings) {
                Ok(detector) => {
                    let draft = cards::drift(&detector, &settings, offer, self.lessons.span());
                    self.keep(learner, &product_model, draft, "a baseline of its own", say)?;
                    trained.push(product_model);
                }
                Err(error) => say(Said::Failed { learner, cause: format!("{product_model}: {error}") }),
            }
        }
        if !trained.is_empty() {
            let named = trained.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ");
            let more = if trained.len() > 3 { ", …" } else { "" };
            let words = format!("{} trained for {} product models: {named}{more}", learner.title(), trained.len());
            say(Said::Several { words, by: self.wanted.by.clone() });
        }
        Ok(())
    }

    fn keep(
        &self,
        learner: Learner,
        scope: &str,
        draft: Draft,
        why: &str,
        say: &mut dyn FnMut(Said),
    ) -> Result<(), Trouble> {
        let Draft { blob, mut card } = draft;
        (card.learner, card.scope, card.filter) = (learner, scope.to_owned(), self.plan.filter);
        (card.trained_ms, card.app) = (clock::now_ms(), env!("CARGO_PKG_VERSION").to_owned());
        (card.bytes, card.content) = (blob.len() as u64, *blake3::hash(&blob).as_bytes());
        let passes = card.gate.deployed;
        let card = self.store.keep_model(card, &blob, passes.then_some(why))?;
        let of = if scope.is_empty() { String::new() } else { format!(" of {scope}") };
        let end = match card.missed() {
            None => "deployed".to_owned(),
            Some(missed) => format!("not deployed: {missed}"),
        };
        let words = format!("{}{of} v{} trained on {} tracks ({why}): {end}", learner.title(), card.version, card.rows);
        say(Said::Kept { card: Box::new(card), words, deployed: passes, by: self.wanted.by.clone() });
        Ok(())
    }
}
