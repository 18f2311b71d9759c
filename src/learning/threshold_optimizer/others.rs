//! Thresholds for product models without enough units, from what the product is.

use ndarray::{Array2, Axis};
use serde::{Deserialize, Serialize};

use super::OptimizerSettings;
use super::examples::{FEATURES, ModelExamples};
use super::own::{MIN_AUC, OwnEstimate, OwnFigures};
use crate::learning::forest::{Forest, ForestSettings};
use crate::learning::gate::{Bar, Check, Gate};
use crate::learning::middle::{median, quantile};
use crate::learning::progress::Progress;
use crate::learning::random::Random;
use crate::learning::{LearningError, Step};

/// Product models that must teach before the forest speaks.
const MIN_MODELS: f64 = 10.0;

/// A forest over product models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Others {
    /// Features → ln r.
    forest: Forest,
    /// What unknown features are taken for.
    medians: Vec<f64>,
}

/// How near the forest comes, leaving each product model out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OthersFigures {
    /// Product models that teach: enough units, and roughness related to failing.
    pub models: usize,
    /// Mean |ln(forest / target)|, the forest not having seen the product model.
    pub error: f64,
    /// Mean |ln(formula / target)|.
    pub formula_error: f64,
}

/// What the forest learns from.
struct Lesson {
    /// One row a product model; not-a-number = unknown.
    features: Array2<f64>,
    /// ln r.
    targets: Vec<f64>,
}

impl Lesson {
    fn of(models: &[ModelExamples], found: &[(OwnEstimate, OwnFigures)]) -> Result<Self, LearningError> {
        let related = |figures: &OwnFigures| figures.auc_bound.is_some_and(|bound| bound > MIN_AUC);
        let mut flat = Vec::new();
        let mut targets = Vec::new();
        for (estimate, _) in found.iter().filter(|(_, figures)| related(figures)) {
            let own = models.iter().find(|model| model.product_model == estimate.product_model);
            if let Some(model) = own {
                flat.extend(model.features);
                targets.push(estimate.threshold.ln());
            }
        }
        let features = Array2::from_shape_vec((targets.len(), FEATURES.len()), flat)
            .map_err(|error| LearningError::Damaged(error.to_string()))?;
        Ok(Self { features, targets })
    }

    /// A forest on some of the rows.
    fn fit(
        &self,
        rows: &[usize],
        forest: &ForestSettings,
        threads: usize,
        step: Step<'_>,
    ) -> Result<Others, LearningError> {
        let mut x = self.features.select(Axis(0), rows);
        let mut medians = Vec::with_capacity(x.ncols());
        for mut column in x.columns_mut() {
            let middle = median(column.iter().copied()).unwrap_or(0.0);
            column.mapv_inplace(|value| if value.is_nan() { middle } else { value });
            medians.push(middle);
        }
        let targets: Vec<f64> = rows.iter().filter_map(|row| self.targets.get(*row).copied()).collect();
        Ok(Others { forest: Forest::fit(x.view(), &targets, forest, threads, step)?, medians })
    }
}

/// A forest and how near it comes, where there is one.
type Found = (Option<Others>, Option<OthersFigures>);

/// Trains the forest and leaves each product model out once. Nothing while too few teach to grow a tree, or all teach
/// the same.
pub(super) fn train(
    models: &[ModelExamples],
    found: &[(OwnEstimate, OwnFigures)],
    settings: &OptimizerSettings,
    step: Step<'_>,
) -> Result<Found, LearningError> {
    match leave_each_out(&Lesson::of(models, found)?, settings, step) {
        Err(LearningError::OneClass) => Ok((None, None)),
        other => other,
    }
}

fn leave_each_out(lesson: &Lesson, settings: &OptimizerSettings, step: Step<'_>) -> Result<Found, LearningError> {
    let count = lesson.targets.len();
    if count <= settings.forest.min_split.max(2 * settings.forest.min_leaf).max(2) {
        return Ok((None, None));
    }
    let mut progress = Progress::new(step, count as f64 + 1.0);
    let (mut error, mut formula_error) = (0.0, 0.0);
    for (out, target) in lesson.targets.iter().enumerate() {
        let rows: Vec<usize> = (0..count).filter(|row| *row != out).collect();
        let forest = ForestSettings { seed: Random::derived(settings.seed, 1 + out as u64), ..settings.forest };
        let others = progress.part(1.0, |step| lesson.fit(&rows, &forest, settings.threads, step))?;
        let told = others.log_threshold(&lesson.features.row(out).to_vec())?;
        error += (told - target).abs() / count as f64;
        formula_error += (settings.formula_r.ln() - target).abs() / count as f64;
    }
    let forest = ForestSettings { seed: settings.seed, ..settings.forest };
    let all: Vec<usize> = (0..count).collect();
    let others = progress.part(1.0, |step| lesson.fit(&all, &forest, settings.threads, step))?;
    Ok((Some(others), Some(OthersFigures { models: count, error, formula_error })))
}

/// What the forest must reach before it speaks.
pub(super) fn gate(figures: Option<&OthersFigures>) -> Gate {
    let models = figures.map_or(0.0, |figures| figures.models as f64);
    Gate::of(vec![
        Check::new("product models with a target", Some(models), Bar::AtLeast, MIN_MODELS),
        Check::new(
            "error on log r, each product model left out",
            figures.map(|figures| figures.error),
            Bar::Below,
            figures.map_or(0.0, |figures| figures.formula_error),
        ),
    ])
}

impl Others {
    fn row(&self, features: &[f64]) -> Vec<f64> {
        features
            .iter()
            .zip(&self.medians)
            .map(|(value, median)| if value.is_nan() { *median } else { *value })
            .collect()
    }

    fn log_threshold(&self, features: &[f64]) -> Result<f64, LearningError> {
        self.forest.predict_one(&self.row(features))
    }

    /// Threshold and interval, r; `None` for features it cannot use.
    pub(super) fn tell(&self, features: &[f64], confidence: f64) -> Option<(f64, f64, f64)> {
        let unknown = features.iter().filter(|value| value.is_nan()).count();
        if features.len() != FEATURES.len() || 2 * unknown > features.len() {
            return None;
        }
        let row = self.row(features);
        let threshold = self.forest.predict_one(&row).ok()?;
        let mut trees = self.forest.tree_predictions(&row).ok()?;
        trees.sort_unstable_by(f64::total_cmp);
        let tail = (1.0 - confidence) / 2.0;
        Some((threshold.exp(), quantile(&trees, tail)?.exp(), quantile(&trees, 1.0 - tail)?.exp()))
    }

    pub(super) fn is_whole(&self) -> bool {
        let width = FEATURES.len();
        self.forest.width() == width
            && self.medians.len() == width
            && self.medians.iter().all(|median| median.is_finite())
    }
}
