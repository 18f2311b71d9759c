//! A product model's own threshold: the cut that best separates its good units from its failing ones.

use serde::{Deserialize, Serialize};

use super::OptimizerSettings;
use super::examples::{Lesson, ModelExamples};
use super::posterior::{Place, percentiles};
use crate::learning::gate::{Bar, Check, Gate};
use crate::learning::middle::quantile;
use crate::learning::progress::Progress;
use crate::learning::random::Random;
use crate::learning::rows::{others, pick};
use crate::learning::validation::{auc_interval, grouped_folds, roc_auc, youden};
use crate::learning::{LearningError, Step};

/// Good units, and failing ones, below which there is no estimate.
pub(super) const MIN_OF_EACH: usize = 10;
/// The lower bound of AUC(r) must be above this.
pub(super) const MIN_AUC: f64 = 0.6;
/// A two-sided interval at this level has the one-sided 90 % bound for its lower end.
const TWO_SIDED: f64 = 0.8;
/// Share of the posterior's tails that is cut off: where good and failing units are unlike any logistic curve the whole
/// tails would be a little too much.
const TAIL_CUT: f64 = 0.8;
const RESAMPLES: usize = 1_000;
/// Above so many runs a bound moves little and fewer resamples do.
const MANY_RUNS: usize = 20_000;
const FEWER_RESAMPLES: usize = 100;
const FOLDS: usize = 5;

/// Which answer taught a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaughtBy {
    /// What the final test found.
    FinalTest,
    /// Whether linearity failed.
    Linearity,
}

/// A product model's own threshold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OwnEstimate {
    /// The product model.
    pub product_model: String,
    /// The threshold with the largest Youden index, r; ties lie in the middle of their gap.
    pub threshold: f64,
    /// Which answer taught it.
    pub taught_by: TaughtBy,
    /// Percentiles 0 … 100 of where the true threshold lies, ln r.
    percentiles: Vec<f64>,
}

/// How good a product model's own threshold is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OwnFigures {
    /// The product model.
    pub product_model: String,
    /// Units that taught.
    pub units: usize,
    /// Of those, units that ever failed.
    pub failing_units: usize,
    /// Area under the ROC curve of r, 0 … 1.
    pub auc: f64,
    /// Its lower 90 % bound, units drawn with replacement.
    pub auc_bound: Option<f64>,
    /// The threshold, r.
    pub threshold: f64,
    /// Its 90 % interval, r.
    pub interval: (f64, f64),
    /// Youden index of thresholds found on other units, −1 … 1.
    pub out_of_fold_youden: f64,
    /// Youden index of the threshold in force on the same runs, −1 … 1.
    pub in_force_youden: f64,
    /// Whether it may speak.
    pub gate: Gate,
}

impl OwnEstimate {
    /// Where the true threshold lies with a confidence of 0 … 1, r. Holds the estimate itself.
    pub fn interval(&self, confidence: f64) -> (f64, f64) {
        let tail = TAIL_CUT * (1.0 - confidence) / 2.0;
        let at = |share| quantile(&self.percentiles, share).map_or(self.threshold, f64::exp);
        (at(tail).min(self.threshold), at(1.0 - tail).max(self.threshold))
    }

    pub(super) fn is_whole(&self) -> bool {
        let finite = self.percentiles.iter().all(|value| value.is_finite());
        finite && self.percentiles.is_sorted() && self.threshold.is_finite() && self.threshold > 0.0
    }
}

/// The estimates of all product models that have enough units, with their figures.
pub(super) fn estimate_all(
    models: &[ModelExamples],
    settings: &OptimizerSettings,
    step: Step<'_>,
) -> Result<Vec<(OwnEstimate, OwnFigures)>, LearningError> {
    let mut progress = Progress::new(step, models.len() as f64);
    let mut found = Vec::new();
    for model in models {
        found.extend(progress.part(1.0, |step| estimate(model, settings, step))?);
    }
    Ok(found)
}

/// Units of the product model that has most, for an error.
pub(super) fn most_units(models: &[ModelExamples]) -> usize {
    models.iter().map(|model| model.lesson().by_unit().len()).max().unwrap_or(0)
}

fn estimate(
    model: &ModelExamples,
    settings: &OptimizerSettings,
    step: Step<'_>,
) -> Result<Option<(OwnEstimate, OwnFigures)>, LearningError> {
    let lesson = model.lesson();
    let units = lesson.by_unit();
    let failing_units = units.values().filter(|(_, failed)| *failed).count();
    if failing_units < MIN_OF_EACH || units.len() - failing_units < MIN_OF_EACH {
        return Ok(None);
    }
    let best = youden(&lesson.r, &lesson.failed);
    let (Some(best), Some(auc)) = (best, roc_auc(&lesson.r, &lesson.failed)) else { return Ok(None) };
    // Its own chance by its own name: what other product models there are changes nothing.
    let seed = Random::derived(settings.seed, name_number(&model.product_model));
    let Some(percentiles) = percentiles(places(&lesson), best.threshold.ln(), seed, step)? else { return Ok(None) };
    let auc_bound = auc_bound(&lesson, seed);
    let out_of_fold = out_of_fold_youden(&lesson, seed);
    let in_force = separates(&lesson, |_| model.threshold_in_force_r);
    let taught_by = if lesson.by_final_test { TaughtBy::FinalTest } else { TaughtBy::Linearity };
    let product_model = model.product_model.clone();
    let estimate = OwnEstimate { product_model, threshold: best.threshold, taught_by, percentiles };
    let figures = OwnFigures {
        product_model: model.product_model.clone(),
        units: units.len(),
        failing_units,
        auc,
        auc_bound,
        threshold: best.threshold,
        interval: estimate.interval(0.9),
        out_of_fold_youden: out_of_fold,
        in_force_youden: in_force,
        gate: gate(auc_bound, out_of_fold, in_force),
    };
    Ok(Some((estimate, figures)))
}

fn gate(auc_bound: Option<f64>, out_of_fold: f64, in_force: f64) -> Gate {
    Gate::of(vec![
        Check::new("lower 90 % bound of AUC(r)", auc_bound, Bar::Above, MIN_AUC),
        Check::new("Youden index on other units", Some(out_of_fold), Bar::Above, in_force),
    ])
}

/// The 64-bit FNV-1a hash of a name.
fn name_number(name: &str) -> u64 {
    name.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

/// Each run at its roughness; the runs of a unit weigh one unit together.
fn places(lesson: &Lesson) -> Vec<Place> {
    let units = lesson.by_unit();
    let runs = lesson.r.iter().zip(&lesson.failed).zip(&lesson.units);
    let place = |((r, failed), unit): ((&f64, &bool), &u32)| {
        let weight = units.get(unit).map_or(1.0, |(runs, _)| 1.0 / *runs as f64);
        let (good, bad) = if *failed { (0.0, weight) } else { (weight, 0.0) };
        Place { u: r.ln(), good, bad }
    };
    runs.map(place).collect()
}

fn auc_bound(lesson: &Lesson, seed: u64) -> Option<f64> {
    let resamples = if lesson.r.len() > MANY_RUNS { FEWER_RESAMPLES } else { RESAMPLES };
    auc_interval(&lesson.r, &lesson.failed, &lesson.units, TWO_SIDED, resamples, seed).map(|(low, _)| low)
}

/// The Youden index when each fold is judged by the threshold of the other folds.
fn out_of_fold_youden(lesson: &Lesson, seed: u64) -> f64 {
    let mut thresholds = vec![f64::INFINITY; lesson.r.len()];
    for fold in grouped_folds(&lesson.units, &lesson.failed, FOLDS, seed) {
        let others = others(&fold, lesson.r.len());
        let best = youden(&pick(&lesson.r, &others), &pick(&lesson.failed, &others));
        for row in fold {
            if let (Some(threshold), Some(best)) = (thresholds.get_mut(row), best) {
                *threshold = best.threshold;
            }
        }
    }
    separates(lesson, |row| thresholds.get(row).copied().unwrap_or(f64::INFINITY))
}

/// The Youden index of a threshold for each run.
fn separates(lesson: &Lesson, threshold: impl Fn(usize) -> f64) -> f64 {
    let (mut bad, mut bad_above, mut good, mut good_above) = (0.0_f64, 0.0, 0.0_f64, 0.0);
    for (row, (r, failed)) in lesson.r.iter().zip(&lesson.failed).enumerate() {
        let above = f64::from(u8::from(*r > threshold(row)));
        if *failed {
            bad += 1.0;
            bad_above += above;
        } else {
            good += 1.0;
            good_above += above;
        }
    }
    bad_above / bad.max(1.0) - good_above / good.max(1.0)
}
