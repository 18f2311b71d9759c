//! Matrices → models → predictions, and when a prediction may speak.
//!
//! Pure: nothing here knows a clock, a store or a terminal. Randomness is a seed, progress is a [`Step`], and the
//! same input with the same seed gives the same model, byte for byte, on one thread or on many.
//!
//! ```text
//! failure_predictor     will the part fail? With a gate, calibrated, every row refused that reads the answer
//! threshold_optimizer   the sigma threshold that best separates good parts from bad, on r = sigma·L/spec
//! drift_detector        how unlike normal operation the runs are, which figure moved, and what to look at
//! features              judged tracks → rows: what each column is, from when on it is known, and why
//! stage                 when a feature is known, when a target is decided
//! gate                  what a model must reach before it speaks, and by how much it was missed
//!
//! forest             random forest: numbers in, a number from 0 to 1 out
//! isolation_forest   how alone a row stands among those of normal operation
//! calibration        scores → probabilities that mean what they say
//! validation         folds, ranking, probability and bootstrap figures
//! blob               a model as bytes, refused when anything about them is off
//! random             the generator behind every seed
//! ```
//!
//! Matrices have one row per example and one column per feature. The three learners take not-a-number for *unknown* and
//! fill it in from rows that train; the algorithms below them take finite values only.
#![allow(clippy::needless_pass_by_value, reason = "a matrix view is to a matrix what a slice is to a vector")]

pub mod blob;
pub mod calibration;
mod card;
pub mod drift_detector;
mod error;
pub mod failure_predictor;
pub mod features;
pub mod forest;
mod gate;
pub mod isolation_forest;
mod lessons;
mod live;
mod matrix;
mod middle;
mod product;
mod progress;
pub mod random;
mod rows;
mod schedule;
mod speakers;
mod stage;
pub mod threshold_optimizer;
mod trees;
pub mod validation;

use std::ops::ControlFlow;

pub use calibration::Calibration;
pub use card::{Card, CardBin, CardFeature, Figure};
pub use drift_detector::DriftDetector;
pub use error::LearningError;
pub use failure_predictor::FailurePredictor;
pub use forest::{FeaturesPerSplit, Forest, ForestSettings};
pub use gate::{Bar, Check, Gate, Trained};
pub use isolation_forest::{IsolationForest, IsolationSettings, average_path_length};
pub use lessons::{DRIFT_BASELINE, DRIFT_ROWS, Lessons};
pub use live::{AUC, Live};
pub use product::product_row;
pub use schedule::Offer;
pub use speakers::{CONFIDENCE, Speaker, Speakers, Voice, assess};
pub use stage::{Feature, Stage, Target};
pub use threshold_optimizer::ThresholdOptimizer;

/// Told how far a training is, 0 … 1; [`ControlFlow::Break`] cancels it.
///
/// Called from the threads that train, at least once a tree. How far is never less than before on one thread.
pub type Step<'a> = &'a (dyn Fn(f64) -> ControlFlow<()> + Sync);
