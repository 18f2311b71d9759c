//! The threshold optimizer: how rough a part of each product model may be, on r = sigma · L / spec.
//!
//! A product model with enough good and failing units has an estimate of its own: the threshold with the largest
//! Youden index, with an interval for where the true one lies ([`own`](OwnEstimate)). A forest over what products
//! *are* speaks for the others. Both are shares of no unit, so that products compare.
//!
//! ```
//! use std::ops::ControlFlow;
//!
//! use trimwatch::learning::ThresholdOptimizer;
//! use trimwatch::learning::threshold_optimizer::{Basis, ModelExamples, OptimizerSettings};
//!
//! // 120 units of one product model: those rougher than r = 6 mostly fail.
//! let r: Vec<f64> = (0..120).map(|i| 2.0 + f64::from(i * 37 % 120) / 15.0).collect();
//! let failed = r.iter().enumerate().map(|(i, r)| if *r > 6.0 { i % 6 != 0 } else { i % 20 == 0 }).collect();
//! let examples = ModelExamples {
//!     product_model: "8340-1".to_owned(),
//!     // spec, travel, nominal length, graded points, rotary, limit shape, median untrimmed r, median resistance
//!     features: [0.01, 1.2, 1.25, 53.0, 0.0, 1.0, 30.0, 900.0],
//!     r,
//!     failed,
//!     final_tests: Vec::new(),
//!     units: (0..120).collect(),
//!     threshold_in_force_r: 12.0,
//! };
//! let settings = OptimizerSettings::default();
//! let trained = ThresholdOptimizer::train(&[examples], &settings, &|_| ControlFlow::Continue(())).unwrap();
//! let told = trained.model.recommend("8340-1", &[f64::NAN; 8], 0.9).unwrap();
//! assert_eq!(told.basis, Basis::Own);
//! assert!(told.low <= 6.0 && 6.0 <= told.high && (told.threshold - 6.0).abs() < 1.0);
//! // No product model has taught anything about others yet.
//! assert!(trained.model.recommend("8506", &[0.01, 1.2, 1.25, 53.0, 0.0, 1.0, 30.0, 900.0], 0.9).is_none());
//! ```

mod examples;
mod others;
mod own;
mod posterior;

use serde::{Deserialize, Serialize};

pub use examples::{FEATURES, ModelExamples};
pub use others::OthersFigures;
pub use own::{OwnEstimate, OwnFigures, TaughtBy};

use self::others::Others;
use super::forest::{FeaturesPerSplit, ForestSettings};
use super::gate::Trained;
use super::progress::Progress;
use super::{LearningError, Step, blob};

/// What a sealed optimizer is, see [`blob`].
const KIND: u8 = 12;
const SCHEMA: u16 = 1;
/// How far results may lie outside the targets seen.
const BELOW_LEAST: f64 = 0.8;
const ABOVE_MOST: f64 = 1.2;

/// How an optimizer is trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OptimizerSettings {
    /// The forest over product models; its seed is not looked at, see `seed`.
    pub forest: ForestSettings,
    /// What the formula says of every product model, r; the forest has to be nearer.
    pub formula_r: f64,
    /// What all chance depends on.
    pub seed: u64,
    /// Threads that grow trees; what is learned does not depend on them.
    pub threads: usize,
}

impl Default for OptimizerSettings {
    fn default() -> Self {
        let forest = ForestSettings {
            trees: 100,
            depth: 10,
            min_split: 5,
            min_leaf: 2,
            features_per_split: FeaturesPerSplit::All,
            seed: 0,
        };
        Self { forest, formula_r: 12.0, seed: 0, threads: 1 }
    }
}

/// Whose a recommendation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Basis {
    /// The product model's own history.
    Own,
    /// Other product models', through the forest.
    Forest,
}

/// How rough a part may be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Recommendation {
    /// Threshold on r; times spec / L it is one on sigma.
    pub threshold: f64,
    /// Lower end of the interval, r.
    pub low: f64,
    /// Upper end of the interval, r.
    pub high: f64,
    /// Half the interval's width on a log scale: 0.1 is about ± 10 %.
    pub uncertainty: f64,
    /// Whose it is.
    pub basis: Basis,
}

/// How good the thresholds are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OptimizerValidation {
    /// Each product model that had enough units, with its gate, in the order they came.
    pub own: Vec<OwnFigures>,
    /// The forest for all the others; `None` below two product models that teach it.
    pub others: Option<OthersFigures>,
}

/// Trained thresholds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ThresholdOptimizer {
    own: Vec<OwnEstimate>,
    others: Option<Others>,
    /// Least and largest target seen, r.
    seen: Option<(f64, f64)>,
}

impl ThresholdOptimizer {
    /// Trains on product models and says how good each threshold is.
    ///
    /// A product model with fewer than 10 good or 10 failing units is passed over. Those whose roughness is related
    /// to failing (lower 90 % bound of AUC above 0.6) teach the forest. [`Trained::gate`] is the forest's; own
    /// estimates have gates of their own in [`OptimizerValidation::own`]. It is deployed when anything in it may speak.
    ///
    /// # Errors
    /// - [`LearningError::TooFewRows`] without a single product model, or when none has enough units of both kinds.
    /// - [`LearningError::Length`] when the lists of a product model do not run alike.
    /// - [`LearningError::NotFinite`] for an infinite value (row = product model, column = feature, 8 for r).
    /// - [`LearningError::Setting`] for a threshold in force or formula that is not positive.
    /// - [`LearningError::Cancelled`] by `step`.
    pub fn train(
        models: &[ModelExamples],
        settings: &OptimizerSettings,
        step: Step<'_>,
    ) -> Result<Trained<Self, OptimizerValidation>, LearningError> {
        examples::check(models, settings)?;
        let mut progress = Progress::new(step, 10.0);
        let found = progress.part(8.0, |step| own::estimate_all(models, settings, step))?;
        if found.is_empty() {
            return Err(LearningError::TooFewRows { found: own::most_units(models), needed: 2 * own::MIN_OF_EACH });
        }
        let (others, figures) = progress.part(2.0, |step| others::train(models, &found, settings, step))?;
        let targets = found.iter().map(|(estimate, _)| estimate.threshold);
        let seen = targets.fold(None, |seen: Option<(f64, f64)>, target| {
            Some(seen.map_or((target, target), |(least, most)| (least.min(target), most.max(target))))
        });
        let mut gate = others::gate(figures.as_ref());
        let others = others.filter(|_| gate.deployed);
        gate.deployed |= found.iter().any(|(_, figures)| figures.gate.deployed);
        let (own, own_figures): (Vec<OwnEstimate>, Vec<OwnFigures>) = found.into_iter().unzip();
        let speaking = own.into_iter().zip(&own_figures).filter(|(_, figures)| figures.gate.deployed);
        let model = Self { own: speaking.map(|(estimate, _)| estimate).collect(), others, seen };
        Ok(Trained { model, validation: OptimizerValidation { own: own_figures, others: figures }, gate })
    }

    /// The threshold for a product model: its own, else the forest's from what the product is; `None` when neither may
    /// speak, when the features are not 8 finite or unknown numbers, or when more than half of them are unknown.
    ///
    /// `confidence` is that of the interval, 0 … 1. Thresholds stay within 0.8 × the least and 1.2 × the largest
    /// target seen. So does the forest's interval; an own interval tells where the true threshold lies and is not cut.
    pub fn recommend(&self, product_model: &str, features: &[f64], confidence: f64) -> Option<Recommendation> {
        let confidence = if confidence.is_nan() { 0.9 } else { confidence.clamp(0.0, 1.0) };
        let (least, most) = self.seen.map(|(least, most)| (BELOW_LEAST * least, ABOVE_MOST * most))?;
        let within = |r: f64| r.clamp(least, most);
        if let Some(own) = self.own.iter().find(|own| own.product_model == product_model) {
            let (low, high) = own.interval(confidence);
            return Some(told(within(own.threshold), low, high, Basis::Own));
        }
        let (threshold, low, high) = self.others.as_ref()?.tell(features, confidence)?;
        Some(told(within(threshold), within(low), within(high), Basis::Forest))
    }

    /// The own estimates that may speak.
    pub fn own(&self) -> &[OwnEstimate] {
        &self.own
    }

    /// The model as bytes, sealed.
    pub fn to_bytes(&self) -> Vec<u8> {
        blob::seal(KIND, SCHEMA, self)
    }

    /// The model [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// # Errors
    /// [`LearningError::Damaged`] with the reason, when anything about the bytes is off.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LearningError> {
        let model: Self = blob::open(KIND, SCHEMA, bytes)?;
        let ordered = model.seen.is_none_or(|(least, most)| 0.0 < least && least <= most && most.is_finite());
        let whole = model.own.iter().all(OwnEstimate::is_whole) && model.others.as_ref().is_none_or(Others::is_whole);
        if ordered && whole {
            Ok(model)
        } else {
            Err(LearningError::Damaged("its parts do not fit together".to_owned()))
        }
    }
}

fn told(threshold: f64, low: f64, high: f64, basis: Basis) -> Recommendation {
    let (low, high) = (low.min(threshold), high.max(threshold));
    Recommendation { threshold, low, high, uncertainty: (high / low).ln() / 2.0, basis }
}

#[cfg(test)]
mod tests;
