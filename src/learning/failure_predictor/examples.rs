//! What a failure predictor learns from, and what is refused before anything is learned.

use std::collections::BTreeMap;

use ndarray::Array2;

use crate::learning::LearningError;
use crate::learning::stage::{Feature, Target};

/// Fewer rows teach nothing, whatever their gate says.
pub(super) const MIN_ROWS: usize = 20;

/// Judged runs as a matrix, with what became of them. All lists run alike.
#[derive(Debug, Clone, PartialEq)]
pub struct Examples {
    /// What the columns are, and when each is known.
    pub features: Vec<Feature>,
    /// One row a run, one column a feature, in order of time. Not-a-number = unknown: replaced by the median of the
    /// training rows, never by anything of a row that is tested.
    pub rows: Array2<f64>,
    /// Whether the part failed what is foretold.
    pub failed: Vec<bool>,
    /// Which unit a row is of; rows of a unit stay on one side of every split.
    pub units: Vec<u32>,
    /// Which product model a row is of.
    pub product_models: Vec<String>,
    /// When the run was, in any unit, never falling. A row learns from earlier rows only, not from simultaneous ones.
    pub times: Vec<i64>,
    /// Further columns: a feature against the median of its product model's earlier training rows.
    pub ratio_to_model_median: Vec<RatioFeature>,
    /// Whom the model has to beat, beside the best single feature, which the trainer finds itself.
    pub rivals: Vec<Rival>,
}

/// A feature divided by the median of its product model; known when the feature is.
///
/// While a row's product model has fewer than 5 earlier training rows with the feature known, or their median is 0,
/// the ratio is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RatioFeature {
    /// Name on screen and in cards.
    pub name: String,
    /// Column of the feature.
    pub source: usize,
}

/// Somebody who foretells the same, with no training of ours.
#[derive(Debug, Clone, PartialEq)]
pub struct Rival {
    /// What it is called: `formula`, `learned v6`.
    pub name: String,
    /// What it said of each row, higher = likelier to fail; `None` where it said nothing. A rival counts when it
    /// spoke of at least half of the rows, failures and others among them.
    pub scores: Vec<Option<f64>>,
}

impl Examples {
    /// Every column's name and stage: the features, then the ratios.
    pub(super) fn columns(&self) -> Result<Vec<Feature>, LearningError> {
        let ratios = self.ratio_to_model_median.iter().map(|ratio| {
            let width = LearningError::Width { expected: self.features.len(), found: ratio.source + 1 };
            let source = self.features.get(ratio.source).ok_or(width)?;
            Ok(Feature { name: ratio.name.clone(), stage: source.stage })
        });
        self.features.iter().cloned().map(Ok).chain(ratios).collect()
    }

    /// Refuses what cannot or must not teach: leaks first.
    pub(super) fn check(&self, target: Target) -> Result<(), LearningError> {
        self.columns()?.iter().try_for_each(|column| target.admit(column))?;
        self.check_shape()?;
        let odd = self.rows.indexed_iter().find(|(_, value)| value.is_infinite());
        if let Some(((row, column), _)) = odd {
            return Err(LearningError::NotFinite { row, column });
        }
        if self.rows.nrows() < MIN_ROWS {
            return Err(LearningError::TooFewRows { found: self.rows.nrows(), needed: MIN_ROWS });
        }
        if self.failed.iter().all(|failed| *failed) || !self.failed.contains(&true) {
            return Err(LearningError::OneClass);
        }
        if self.rows.columns().into_iter().all(|column| is_constant(column.iter().copied())) {
            return Err(LearningError::Constant);
        }
        Ok(())
    }

    fn check_shape(&self) -> Result<(), LearningError> {
        let (rows, width) = self.rows.dim();
        if width != self.features.len() || width == 0 {
            return Err(LearningError::Width { expected: self.features.len().max(1), found: width });
        }
        let own = [self.failed.len(), self.units.len(), self.product_models.len(), self.times.len()];
        let lengths = own.into_iter().chain(self.rivals.iter().map(|rival| rival.scores.len()));
        for answers in lengths {
            if answers != rows {
                return Err(LearningError::Length { rows, answers });
            }
        }
        if !self.times.is_sorted() {
            return Err(LearningError::Setting { name: "times", problem: "rows must be in order of time" });
        }
        let mut said = self.rivals.iter().flat_map(|rival| rival.scores.iter().flatten());
        if said.any(|score| !score.is_finite()) {
            return Err(LearningError::Setting { name: "rivals", problem: "a score is not a finite number" });
        }
        Ok(())
    }

    /// How many units there are, and how many of them ever failed.
    pub(super) fn count_units(&self) -> (usize, usize) {
        let mut ever: BTreeMap<u32, bool> = BTreeMap::new();
        for (unit, failed) in self.units.iter().zip(&self.failed) {
            *ever.entry(*unit).or_default() |= *failed;
        }
        (ever.len(), ever.values().filter(|failed| **failed).count())
    }
}

/// Whether all known values are one and the same, or none is known.
fn is_constant(values: impl Iterator<Item = f64>) -> bool {
    let mut known = values.filter(|value| !value.is_nan());
    let first = known.next();
    known.all(|value| Some(value) == first)
}
