//! A predictor on rows it had not seen: dealt into folds by unit, and forward in time.

use std::collections::BTreeSet;

use ndarray::{ArrayView2, Axis};
use serde::{Deserialize, Serialize};

use super::PredictorSettings;
use super::examples::Examples;
use super::figures::Figures;
use super::preparation::prepare;
use super::rivals::{RivalFigures, SingleFeature, compare};
use crate::learning::forest::{Forest, ForestSettings};
use crate::learning::progress::{Progress, told};
use crate::learning::random::Random;
use crate::learning::rows::{marked, others, pick};
use crate::learning::validation::grouped_folds;
use crate::learning::{Calibration, LearningError, Step};

/// Above so many rows they are dealt into folds once: the figures no longer depend on how.
const MANY_ROWS: usize = 20_000;
/// Rows a forest is asked of between two looks at the step.
const ROWS_AT_ONCE: usize = 500;
/// The seeds' purposes.
const FOLDS: u64 = 1_000;
const BOUND: u64 = 2_000;
const CALIBRATION: u64 = 3_000;

/// How good a predictor is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Validation {
    /// Units.
    pub units: usize,
    /// Units that ever failed.
    pub failing_units: usize,
    /// Folds the rows were dealt into, by unit.
    pub folds: usize,
    /// How often.
    pub repeats: usize,
    /// Every row told by forests that had seen nothing of its unit. Ranking figures are those of the forests' shares;
    /// Brier score and reliability those of probabilities calibrated on the other folds.
    pub grouped: Figures,
    /// Trained on the first three quarters of the rows, tested on the units of the last quarter that were not among
    /// them, uncalibrated. `None` when one of the two sides lacks failures or good ones, or the first is too small.
    pub forward: Option<Figures>,
    /// The rival with the largest area under the ROC curve.
    pub best_rival: Option<RivalFigures>,
    /// The others that spoke of at least half of the rows.
    pub other_rivals: Vec<RivalFigures>,
}

/// What forests said of rows they had not seen.
struct OutOfFold {
    /// Mean failure share over the repeats, by row.
    model: Vec<f64>,
    /// The best single feature's place, mean over the repeats.
    single: Vec<Option<f64>>,
    /// The columns that were the best single one, how often.
    chosen: Vec<usize>,
    /// The folds of the first repeat.
    folds: Vec<Vec<usize>>,
}

/// Validates, and chooses the calibration of the model itself.
pub(super) fn validate(
    examples: &Examples,
    settings: &PredictorSettings,
    step: Step<'_>,
) -> Result<(Validation, Calibration), LearningError> {
    let repeats = if examples.failed.len() > MANY_ROWS { 1 } else { settings.repeats };
    let mut progress = Progress::new(step, 10.0);
    let told = progress.part(7.0, |step| out_of_fold(examples, settings, repeats, step))?;
    let seed = Random::derived(settings.seed, CALIBRATION);
    let tell = || progress.tell();
    let calibration = Calibration::choose_unless(&told.model, &examples.failed, &examples.units, seed, &tell)?;
    progress.tell()?;
    let probabilities = match calibration {
        Calibration::None => told.model.clone(),
        _ => calibrated_elsewhere(&told, examples, seed, &progress)?,
    };
    let grouped = Figures::of(&told.model, &probabilities, &examples.failed).ok_or(LearningError::OneClass)?;
    let forward = progress.part(2.0, |step| forward(examples, settings, step))?;
    let name = single_name(&told.chosen, examples)?;
    let seed = Random::derived(settings.seed, BOUND);
    let compared = progress.part(1.0, |step| compare(&told.model, (&name, &told.single), examples, seed, step))?;
    let mut rivals = compared.into_iter();
    let (units, failing_units) = examples.count_units();
    let validation = Validation {
        units,
        failing_units,
        folds: settings.folds,
        repeats,
        grouped,
        forward,
        best_rival: rivals.next(),
        other_rivals: rivals.collect(),
    };
    Ok((validation, calibration))
}

/// The name of the column that most folds chose.
fn single_name(chosen: &[usize], examples: &Examples) -> Result<String, LearningError> {
    let most = chosen.iter().enumerate().rev().max_by_key(|(_, times)| **times).map_or(0, |(column, _)| column);
    let columns = examples.columns()?;
    Ok(columns.get(most).map_or("single feature".to_owned(), |column| format!("{} alone", column.name)))
}

fn out_of_fold(
    examples: &Examples,
    settings: &PredictorSettings,
    repeats: usize,
    step: Step<'_>,
) -> Result<OutOfFold, LearningError> {
    let rows = examples.failed.len();
    let mut told = OutOfFold {
        model: vec![0.0; rows],
        single: vec![Some(0.0); rows],
        chosen: vec![0; examples.columns()?.len()],
        folds: Vec::new(),
    };
    let mut progress = Progress::new(step, (repeats * settings.folds) as f64);
    for repeat in 0..repeats {
        let seed = Random::derived(settings.seed, FOLDS + repeat as u64);
        let folds = grouped_folds(&examples.units, &examples.failed, settings.folds, seed);
        for (number, tested) in folds.iter().enumerate() {
            let forest = forest_of(settings, repeats, Random::derived(seed, number as u64));
            progress.part(1.0, |step| {
                let fold = Fold { examples, tested, forest, threads: settings.threads };
                fold.tell(&mut told, repeats as f64, step)
            })?;
        }
        if repeat == 0 {
            told.folds = folds;
        }
    }
    Ok(told)
}

/// The forest of one fold and repeat: its share of the trees.
fn forest_of(settings: &PredictorSettings, repeats: usize, seed: u64) -> ForestSettings {
    let repeats = u16::try_from(repeats).unwrap_or(u16::MAX).max(1);
    ForestSettings { trees: settings.forest.trees.div_ceil(repeats).max(1), seed, ..settings.forest }
}

/// One fold: some rows are tested, all the others train.
struct Fold<'a> {
    examples: &'a Examples,
    tested: &'a [usize],
    forest: ForestSettings,
    threads: usize,
}

impl Fold<'_> {
    /// Adds what this fold's forest and best single feature say, divided by the number of repeats.
    fn tell(&self, told: &mut OutOfFold, repeats: f64, step: Step<'_>) -> Result<(), LearningError> {
        if self.tested.is_empty() {
            return Ok(());
        }
        let training = others(self.tested, self.examples.failed.len());
        let (model, single) = self.fit(&training, step)?;
        for ((row, share), place) in self.tested.iter().zip(model).zip(single.places) {
            if let (Some(sum), Some(Some(places))) = (told.model.get_mut(*row), told.single.get_mut(*row)) {
                *sum += share / repeats;
                *places += place / repeats;
            }
        }
        if let Some(times) = single.column.and_then(|column| told.chosen.get_mut(column)) {
            *times += 1;
        }
        Ok(())
    }

    /// What a forest grown on the training rows, and the feature that is best there, say of the tested rows.
    fn fit(&self, training: &[usize], step: Step<'_>) -> Result<(Vec<f64>, Places), LearningError> {
        let x = prepare(self.examples, &marked(training, self.examples.failed.len()))?.x;
        let known = x.select(Axis(0), training);
        let unseen = x.select(Axis(0), self.tested);
        let failed: Vec<bool> = pick(&self.examples.failed, training);
        let answers: Vec<f64> = failed.iter().map(|failed| f64::from(u8::from(*failed))).collect();
        let single = SingleFeature::find(known.view(), &failed, step)?;
        let places = unseen.rows().into_iter().map(|row| single.as_ref().map_or(0.5, |single| single.score(row)));
        let places = Places { places: places.collect(), column: single.as_ref().map(|single| single.column) };
        let shares = match Forest::fit(known.view(), &answers, &self.forest, self.threads, step) {
            Ok(forest) => ask(&forest, unseen.view(), step)?,
            // The only failures are among the tested rows: nothing but their absence was to be learned.
            Err(LearningError::OneClass) => vec![answers.first().copied().unwrap_or(0.0); self.tested.len()],
            Err(other) => return Err(other),
        };
        Ok((shares, places))
    }
}

/// What a forest says of rows, a few at a time, so that it can be cancelled between.
fn ask(forest: &Forest, rows: ArrayView2<'_, f64>, step: Step<'_>) -> Result<Vec<f64>, LearningError> {
    let mut shares = Vec::with_capacity(rows.nrows());
    for chunk in rows.axis_chunks_iter(Axis(0), ROWS_AT_ONCE) {
        told(step(1.0))?;
        shares.extend(forest.predict(chunk)?);
    }
    Ok(shares)
}

/// What the best single feature said of the tested rows.
struct Places {
    places: Vec<f64>,
    column: Option<usize>,
}

/// Each fold's probabilities by a calibration chosen on the other folds.
fn calibrated_elsewhere(
    told: &OutOfFold,
    examples: &Examples,
    seed: u64,
    progress: &Progress<'_>,
) -> Result<Vec<f64>, LearningError> {
    let mut probabilities = told.model.clone();
    for tested in &told.folds {
        progress.tell()?;
        let others = others(tested, told.model.len());
        let scores = pick(&told.model, &others);
        let (failed, units) = (pick(&examples.failed, &others), pick(&examples.units, &others));
        let calibration = Calibration::choose_unless(&scores, &failed, &units, seed, &|| progress.tell())?;
        for row in tested {
            if let Some(probability) = probabilities.get_mut(*row) {
                *probability = calibration.apply(*probability);
            }
        }
    }
    Ok(probabilities)
}

/// Trained on the past three quarters, tested on the last.
fn forward(
    examples: &Examples,
    settings: &PredictorSettings,
    step: Step<'_>,
) -> Result<Option<Figures>, LearningError> {
    let rows = examples.failed.len();
    let training: Vec<usize> = (0..rows * 3 / 4).collect();
    let seen: BTreeSet<u32> = pick(&examples.units, &training).into_iter().collect();
    let new = |row: &usize| examples.units.get(*row).is_some_and(|unit| !seen.contains(unit));
    let tested: Vec<usize> = (rows * 3 / 4..rows).filter(new).collect();
    let known = pick(&examples.failed, &training);
    let enough = known.len() >= settings.forest.min_split.max(2 * settings.forest.min_leaf).max(2);
    if !enough || tested.is_empty() || !known.contains(&true) || !known.contains(&false) {
        return Ok(None);
    }
    let forest = ForestSettings { seed: Random::derived(settings.seed, FOLDS - 1), ..settings.forest };
    let fold = Fold { examples, tested: &tested, forest, threads: settings.threads };
    let (model, _) = fold.fit(&training, step)?;
    Ok(Figures::of(&model, &model, &pick(&examples.failed, &tested)))
}
