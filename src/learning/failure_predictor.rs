//! The failure predictor: how likely a part is to fail, told from what is known strictly before it is decided.
//!
//! A random forest on 0 and 1 whose leaves' failure shares are the probability, calibrated where there are enough
//! failures. It is validated on units it had not seen and forward in time, and speaks only behind its [`Gate`].
//!
//! ```
//! use std::ops::ControlFlow;
//!
//! use ndarray::Array2;
//! use trimwatch::learning::failure_predictor::{Examples, PredictorSettings, Rival};
//! use trimwatch::learning::{FailurePredictor, Feature, Stage, Target};
//!
//! // 240 units: rough ones fail, and so do some of the rest.
//! let untrimmed: Vec<f64> = (0..240).map(|i| f64::from(i * 37 % 100) / 100.0).collect();
//! let failed: Vec<bool> = (0..240).map(|i| untrimmed[i] > 0.7 || i % 11 == 0).collect();
//! let examples = Examples {
//!     features: vec![Feature::new("untrimmed max |e|/spec", Stage::Arrived), Feature::new("spec", Stage::Arrived)],
//!     rows: Array2::from_shape_fn((240, 2), |(i, j)| if j == 0 { untrimmed[i] } else { 0.01 }),
//!     failed,
//!     units: (0..240).collect(),
//!     product_models: vec!["8340-1".to_owned(); 240],
//!     times: (0..240).collect(),
//!     ratio_to_model_median: Vec::new(),
//!     rivals: vec![Rival { name: "formula".to_owned(), scores: vec![None; 240] }],
//! };
//! let settings = PredictorSettings { threads: 1, ..PredictorSettings::quick(7) };
//! let trained =
//!     FailurePredictor::train(&examples, Target::TrimVerdict, &settings, &|_| ControlFlow::Continue(())).unwrap();
//! println!("AUC {:.2}", trained.validation.grouped.auc);
//! for check in trained.gate.missed() {
//!     println!("{check}"); // the best single feature is as good: the forest does not speak
//! }
//! let prediction = trained.model.predict(&[0.9, 0.01], "8340-1").unwrap();
//! assert!(prediction.probability > 0.5);
//! assert_eq!(prediction.contributions[0].feature, "untrimmed max |e|/spec");
//! ```

mod examples;
mod figures;
mod prediction;
mod preparation;
mod rivals;
mod validated;

use serde::{Deserialize, Serialize};

pub use examples::{Examples, RatioFeature, Rival};
pub use figures::Figures;
pub use prediction::{Contribution, Prediction};
pub use rivals::RivalFigures;
pub use validated::Validation;

use self::preparation::{Preparation, prepare};
use self::validated::validate;
use super::forest::{FeaturesPerSplit, Forest, ForestSettings};
use super::gate::{Bar, Check, Gate, Trained};
use super::progress::Progress;
use super::stage::{Feature, Target};
use super::{Calibration, LearningError, Step, blob};

/// What a sealed predictor is, see [`blob`].
const KIND: u8 = 11;
const SCHEMA: u16 = 1;
/// Units a predictor must have learned from before it speaks.
const MIN_UNITS: f64 = 60.0;
/// Units of each kind.
const MIN_OF_EACH: f64 = 15.0;

/// How a predictor is trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PredictorSettings {
    /// The forest; its seed is not looked at, see `seed`.
    pub forest: ForestSettings,
    /// Folds, at least 2.
    pub folds: usize,
    /// How often the rows are dealt into folds anew, at least 1. Above 20,000 rows it is once.
    ///
    /// A repeat grows the forest's trees divided by the number of repeats: the mean over repeats then stands on as
    /// many trees as the model itself, and more repeats cost no more time.
    pub repeats: usize,
    /// What all chance depends on.
    pub seed: u64,
    /// Threads that grow trees; what is learned does not depend on them.
    pub threads: usize,
}

impl Default for PredictorSettings {
    fn default() -> Self {
        let forest = ForestSettings {
            trees: 200,
            depth: 15,
            min_split: 10,
            min_leaf: 5,
            features_per_split: FeaturesPerSplit::Sqrt,
            seed: 0,
        };
        Self { forest, folds: 5, repeats: 2, seed: 0, threads: 1 }
    }
}

impl PredictorSettings {
    /// Thirty trees and one repeat, for a first look at a matrix.
    pub fn quick(seed: u64) -> Self {
        let defaults = Self::default();
        Self { forest: ForestSettings { trees: 30, ..defaults.forest }, repeats: 1, seed, ..defaults }
    }

    fn check(&self) -> Result<(), LearningError> {
        let refused = |name, problem| Err(LearningError::Setting { name, problem });
        match self {
            Self { folds: 0 | 1, .. } => refused("folds", "at least 2 are needed"),
            Self { repeats: 0, .. } => refused("repeats", "at least 1 is needed"),
            _ => Ok(()),
        }
    }
}

/// A trained predictor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FailurePredictor {
    target: Target,
    features: Vec<Feature>,
    columns: Vec<Feature>,
    preparation: Preparation,
    forest: Forest,
    calibration: Calibration,
}

impl FailurePredictor {
    /// Trains on examples and says how good it is.
    ///
    /// `step` is told how far it is and cancels. The same examples and seed give the same bytes on any number of
    /// threads. One row a run; 20 rows and both outcomes are the least that is looked at, the gate asks for more.
    ///
    /// # Errors
    /// - [`LearningError::Leak`] names a feature that is not known strictly before the target is decided.
    /// - [`LearningError::Width`], [`LearningError::Length`] when lists do not run alike.
    /// - [`LearningError::NotFinite`] for an infinite value; not-a-number means unknown and is welcome.
    /// - [`LearningError::TooFewRows`], [`LearningError::OneClass`], [`LearningError::Constant`] when there is nothing
    ///   to learn.
    /// - [`LearningError::Setting`] for settings or times out of order, [`LearningError::Cancelled`] by `step`.
    pub fn train(
        examples: &Examples,
        target: Target,
        settings: &PredictorSettings,
        step: Step<'_>,
    ) -> Result<Trained<Self, Validation>, LearningError> {
        settings.check()?;
        examples.check(target)?;
        let mut progress = Progress::new(step, 10.0);
        let (validation, calibration) = progress.part(8.0, |step| validate(examples, settings, step))?;
        let model = progress.part(2.0, |step| Self::grow(examples, target, settings, calibration, step))?;
        let gate = gate(&validation);
        Ok(Trained { model, validation, gate })
    }

    fn grow(
        examples: &Examples,
        target: Target,
        settings: &PredictorSettings,
        calibration: Calibration,
        step: Step<'_>,
    ) -> Result<Self, LearningError> {
        let prepared = prepare(examples, &vec![true; examples.failed.len()])?;
        let answers: Vec<f64> = examples.failed.iter().map(|failed| f64::from(u8::from(*failed))).collect();
        let forest = ForestSettings { seed: settings.seed, ..settings.forest };
        Ok(Self {
            target,
            features: examples.features.clone(),
            columns: examples.columns()?,
            preparation: prepared.preparation,
            forest: Forest::fit(prepared.x.view(), &answers, &forest, settings.threads, step)?,
            calibration,
        })
    }

    /// What it foretells.
    pub fn target(&self) -> Target {
        self.target
    }

    /// The features a row must have, in this order.
    pub fn features(&self) -> &[Feature] {
        &self.features
    }

    /// Every column of the model, features first, then ratios to product models' medians.
    pub fn columns(&self) -> &[Feature] {
        &self.columns
    }

    /// The training median of each of [`columns`](Self::columns): what an unknown value is taken for.
    pub fn medians(&self) -> &[f64] {
        &self.preparation.medians
    }

    /// How much each of [`columns`](Self::columns) is used; sums to 1, or all 0.
    pub fn importances(&self) -> &[f64] {
        self.forest.importances()
    }

    /// What is done to the forest's share before it is called a probability.
    pub fn calibration(&self) -> &Calibration {
        &self.calibration
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
        let width = model.columns.len();
        let whole = model.features.len() + model.preparation.ratios.len() == width
            && model.preparation.medians.len() == width
            && model.preparation.medians.iter().all(|median| median.is_finite())
            && model.forest.width() == width;
        if whole { Ok(model) } else { Err(LearningError::Damaged("its parts do not fit together".to_owned())) }
    }
}

/// What a predictor must reach before it speaks.
fn gate(validation: &Validation) -> Gate {
    let figures = &validation.grouped;
    let good = validation.units - validation.failing_units;
    let rival = validation.best_rival.as_ref();
    let name = rival.map_or("any rival", |rival| rival.name.as_str());
    Gate::of(vec![
        Check::new("units", Some(validation.units as f64), Bar::AtLeast, MIN_UNITS),
        Check::new("failing units", Some(validation.failing_units as f64), Bar::AtLeast, MIN_OF_EACH),
        Check::new("good units", Some(good as f64), Bar::AtLeast, MIN_OF_EACH),
        Check::new("Brier score", Some(figures.brier), Bar::Below, figures.base_rate_brier),
        Check::new(
            format!("lower 90 % bound of AUC minus that of {name}"),
            rival.and_then(|rival| rival.advantage_bound),
            Bar::Above,
            0.0,
        ),
    ])
}

#[cfg(test)]
mod tests;
