//! From examples to a matrix without gaps, knowing training rows only.

use std::collections::BTreeMap;

use ndarray::{Array2, Axis, concatenate};
use serde::{Deserialize, Serialize};

use super::examples::Examples;
use crate::learning::LearningError;
use crate::learning::middle::{RunningMedian, median};

/// A product model's median stands on at least so many rows.
const MIN_FOR_MEDIAN: usize = 5;

/// What is filled in for unknown values, and what ratios divide by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Preparation {
    /// For each column, ratios behind the features, the median of the training rows; 0 where none is known.
    pub(super) medians: Vec<f64>,
    /// For each ratio its source column and, by product model, the median of all training rows.
    pub(super) ratios: Vec<(usize, BTreeMap<String, f64>)>,
}

/// All rows of some examples, as a model trained on some of them sees them.
pub(super) struct Prepared {
    /// Every row, every column, no gap.
    pub(super) x: Array2<f64>,
    pub(super) preparation: Preparation,
}

/// Prepares all rows, taking medians from rows that train only.
///
/// `trains` says for each row whether it does. A ratio looks at training rows that are strictly earlier, for rows that
/// train and rows that are tested alike.
pub(super) fn prepare(examples: &Examples, trains: &[bool]) -> Result<Prepared, LearningError> {
    let mut x = examples.rows.clone();
    let mut ratios = Vec::new();
    for ratio in &examples.ratio_to_model_median {
        let (column, medians) = ratio_column(examples, ratio.source, trains);
        let column = Array2::from_shape_vec((column.len(), 1), column)
            .map_err(|error| LearningError::Damaged(error.to_string()))?;
        x = concatenate(Axis(1), &[x.view(), column.view()])
            .map_err(|error| LearningError::Damaged(error.to_string()))?;
        ratios.push((ratio.source, medians));
    }
    let mut medians = Vec::with_capacity(x.ncols());
    for mut column in x.columns_mut() {
        let training = column.iter().zip(trains).filter(|(_, trains)| **trains).map(|(value, _)| *value);
        let middle = median(training).unwrap_or(0.0);
        column.mapv_inplace(|value| if value.is_nan() { middle } else { value });
        medians.push(middle);
    }
    Ok(Prepared { x, preparation: Preparation { medians, ratios } })
}

/// A source column against its product models' medians, and those medians at the end.
fn ratio_column(examples: &Examples, source: usize, trains: &[bool]) -> (Vec<f64>, BTreeMap<String, f64>) {
    let values = examples.rows.column(source);
    let mut before: BTreeMap<&str, RunningMedian> = BTreeMap::new();
    let mut waiting: Vec<(&str, f64)> = Vec::new();
    let mut now = None;
    let mut column = Vec::with_capacity(values.len());
    for (((value, model), time), trains) in values.iter().zip(&examples.product_models).zip(&examples.times).zip(trains)
    {
        if now.replace(*time) != Some(*time) {
            // Only now is what waited strictly earlier.
            waiting.drain(..).for_each(|(model, value)| before.entry(model).or_default().take(value));
        }
        column.push(ratio(*value, before.get(model.as_str()).and_then(well_founded)));
        if *trains {
            waiting.push((model, *value));
        }
    }
    waiting.drain(..).for_each(|(model, value)| before.entry(model).or_default().take(value));
    let medians =
        before.into_iter().filter_map(|(model, running)| Some((model.to_owned(), well_founded(&running)?))).collect();
    (column, medians)
}

fn well_founded(running: &RunningMedian) -> Option<f64> {
    running.median().filter(|_| running.len() >= MIN_FOR_MEDIAN)
}

/// Not-a-number when it is not known or no finite number.
fn ratio(value: f64, median: Option<f64>) -> f64 {
    let ratio = median.map_or(f64::NAN, |median| value / median);
    if ratio.is_finite() { ratio } else { f64::NAN }
}

impl Preparation {
    /// A row of features as the model sees it: ratios appended, no gap.
    pub(super) fn row(&self, features: &[f64], product_model: &str) -> Vec<f64> {
        let ratios = self.ratios.iter().map(|(source, medians)| {
            ratio(features.get(*source).copied().unwrap_or(f64::NAN), medians.get(product_model).copied())
        });
        let row = features.iter().copied().chain(ratios);
        row.zip(&self.medians).map(|(value, median)| if value.is_nan() { *median } else { value }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learning::failure_predictor::RatioFeature;
    use crate::learning::{Feature, Stage};

    fn examples(values: &[f64], times: &[i64]) -> Examples {
        Examples {
            features: vec![Feature::new("resistance", Stage::Arrived)],
            rows: Array2::from_shape_vec((values.len(), 1), values.to_vec()).expect("one column"),
            failed: vec![false; values.len()],
            units: (0..).take(values.len()).collect(),
            product_models: vec!["8340".to_owned(); values.len()],
            times: times.to_vec(),
            ratio_to_model_median: vec![RatioFeature { name: "resistance/median".to_owned(), source: 0 }],
            rivals: Vec::new(),
        }
    }

    #[test]
    fn a_ratio_knows_strictly_earlier_training_rows_only() {
        let values = [10.0, 10.0, 10.0, 10.0, 20.0, 30.0, 1000.0, 40.0];
        let mut examples = examples(&values, &[0, 1, 2, 3, 4, 5, 5, 6]);
        let all = [true, true, true, true, true, true, false, true];
        let prepared = prepare(&examples, &all).expect("a matrix");
        // Five rows of median 10 before the sixth; the tested row divides by the same, and is in nobody's median.
        let ratios: Vec<f64> = prepared.x.column(1).iter().skip(5).copied().collect();
        assert_eq!(ratios, [3.0, 100.0, 4.0]);
        examples.rows[[7, 0]] = -7.0;
        let again = prepare(&examples, &all).expect("a matrix").x;
        assert_eq!(again.row(6).to_vec(), [1000.0, 100.0], "nor is anything later");
        assert_eq!(prepared.preparation.row(&[30.0], "8340"), [30.0, 3.0]);
        let unknown = prepared.preparation.row(&[f64::NAN], "9999");
        assert_eq!(unknown, prepared.preparation.medians, "what is unknown becomes the training median");
    }

    #[test]
    fn unknown_values_become_the_median_of_training_rows() {
        let examples = examples(&[1.0, 3.0, f64::NAN, 1000.0, 5.0], &[0, 1, 2, 3, 4]);
        let prepared = prepare(&examples, &[true, true, true, false, true]).expect("a matrix");
        assert_eq!(prepared.x.row(2).to_vec(), [3.0, 0.0], "and no ratio is known at all");
    }
}
