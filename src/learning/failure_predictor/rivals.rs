//! Whom a predictor has to beat: the best single feature, guessing, the formula, the version before.

use ndarray::{ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};

use super::examples::Examples;
use crate::learning::random::Random;
use crate::learning::validation::{paired_auc_bound, roc_auc};
use crate::learning::{LearningError, Step, progress::told};

/// One-sided level of the bound that must be above 0.
const LEVEL: f64 = 0.9;
/// A bound is the mean of the bounds of so many batches, so that a training can be cancelled between two of them.
const BATCHES: u64 = 10;
/// Resamples of units in a batch; fewer where there are many rows, whose bound moves less.
const RESAMPLES: usize = 100;
const FEWER_RESAMPLES: usize = 20;
/// What counts as many rows.
const MANY_ROWS: usize = 20_000;

/// A rival beside the model, over the rows of which the rival spoke.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RivalFigures {
    /// What it is called.
    pub name: String,
    /// Rows of which it spoke.
    pub rows: usize,
    /// Its area under the ROC curve there, 0 … 1.
    pub auc: f64,
    /// The model's, over the same rows.
    pub model_auc: f64,
    /// Lower 90 % bound of the model's area minus the rival's, units drawn with replacement; of the best rival only.
    pub advantage_bound: Option<f64>,
}

/// The column that ranks training rows best, and which way.
pub(super) struct SingleFeature {
    pub(super) column: usize,
    rising: bool,
    /// Its training values, sorted.
    sorted: Vec<f64>,
}

impl SingleFeature {
    /// Found among training rows; ties go to the first column.
    pub(super) fn find(x: ArrayView2<'_, f64>, failed: &[bool], step: Step<'_>) -> Result<Option<Self>, LearningError> {
        let mut best: Option<(usize, f64)> = None;
        for (index, column) in x.columns().into_iter().enumerate() {
            told(step(0.0))?;
            let Some(auc) = roc_auc(&column.to_vec(), failed) else { continue };
            if best.is_none_or(|(_, other)| (auc - 0.5).abs() > (other - 0.5).abs()) {
                best = Some((index, auc));
            }
        }
        Ok(best.map(|(column, auc)| {
            let mut sorted = x.column(column).to_vec();
            sorted.sort_unstable_by(f64::total_cmp);
            Self { column, rising: auc >= 0.5, sorted }
        }))
    }

    /// Where a row stands among the training rows, 0 … 1, higher = likelier to fail: comparable between folds that
    /// chose different columns.
    pub(super) fn score(&self, row: ArrayView1<'_, f64>) -> f64 {
        let value = row.get(self.column).copied().unwrap_or(0.0);
        let below = self.sorted.partition_point(|other| *other < value);
        let up_to = self.sorted.partition_point(|other| *other <= value);
        let place = (below + up_to) as f64 / (2 * self.sorted.len().max(1)) as f64;
        if self.rising { place } else { 1.0 - place }
    }
}

/// Scores of the model and a rival over the rows of which both spoke.
struct Pair {
    name: String,
    model: Vec<f64>,
    rival: Vec<f64>,
    failed: Vec<bool>,
    units: Vec<u32>,
}

impl Pair {
    fn of(name: &str, model: &[f64], rival: &[Option<f64>], examples: &Examples) -> Self {
        let mut pair = Self { name: name.to_owned(), model: vec![], rival: vec![], failed: vec![], units: vec![] };
        let rows = model.iter().zip(rival).zip(&examples.failed).zip(&examples.units);
        for (((own, said), failed), unit) in rows {
            let Some(said) = said else { continue };
            pair.model.push(*own);
            pair.rival.push(*said);
            pair.failed.push(*failed);
            pair.units.push(*unit);
        }
        pair
    }

    fn figures(&self) -> Option<RivalFigures> {
        Some(RivalFigures {
            name: self.name.clone(),
            rows: self.failed.len(),
            auc: roc_auc(&self.rival, &self.failed)?,
            model_auc: roc_auc(&self.model, &self.failed)?,
            advantage_bound: None,
        })
    }

    fn bound(&self, seed: u64, step: Step<'_>) -> Result<Option<f64>, LearningError> {
        let resamples = if self.failed.len() > MANY_ROWS { FEWER_RESAMPLES } else { RESAMPLES };
        let mut sum = 0.0;
        for batch in 0..BATCHES {
            told(step(batch as f64 / BATCHES as f64))?;
            let seed = Random::derived(seed, batch);
            let (model, rival) = (&self.model, &self.rival);
            match paired_auc_bound(model, rival, &self.failed, &self.units, LEVEL, resamples, seed) {
                Some(bound) => sum += bound,
                None => return Ok(None),
            }
        }
        Ok(Some(sum / BATCHES as f64))
    }
}

/// Every rival that spoke of enough rows, the best first and with its bound.
pub(super) fn compare(
    model: &[f64],
    single: (&str, &[Option<f64>]),
    examples: &Examples,
    seed: u64,
    step: Step<'_>,
) -> Result<Vec<RivalFigures>, LearningError> {
    // On noise every feature found elsewhere ranks worse than none: guessing is the least to be beaten.
    let guess = vec![Some(0.0); model.len()];
    let given = examples.rivals.iter().map(|rival| (rival.name.as_str(), rival.scores.as_slice()));
    let mut pairs = Vec::new();
    for (name, scores) in [single, ("guessing", &guess)].into_iter().chain(given) {
        told(step(0.0))?;
        let pair = Pair::of(name, model, scores, examples);
        if 2 * pair.failed.len() >= model.len()
            && let Some(figures) = pair.figures()
        {
            pairs.push((pair, figures));
        }
    }
    pairs.sort_by(|(_, a), (_, b)| b.auc.total_cmp(&a.auc));
    if let Some((pair, figures)) = pairs.first_mut() {
        figures.advantage_bound = pair.bound(seed, step)?;
    }
    Ok(pairs.into_iter().map(|(_, figures)| figures).collect())
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use std::ops::ControlFlow;

    #[test]
    fn the_best_single_feature_is_found_with_its_direction() {
        let x = array![[1.0, 9.0], [2.0, 7.0], [1.0, 4.0], [2.0, 1.0]];
        let failed = [false, false, true, true];
        let single = SingleFeature::find(x.view(), &failed, &|_| ControlFlow::Continue(())).expect("not cancelled");
        let single = single.expect("two classes");
        assert_eq!(single.column, 1);
        assert!(single.score(array![0.0, 0.0].view()) > single.score(array![0.0, 8.0].view()));
        assert!(single.score(array![0.0, 99.0].view()).abs() < 1e-12);
    }
}
