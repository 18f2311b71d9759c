//! What a threshold optimizer learns from: one product model's runs, and what the product is.

use std::collections::BTreeMap;

use super::OptimizerSettings;
use crate::learning::LearningError;

/// What a product is, in the order of [`ModelExamples::features`].
pub const FEATURES: [&str; 8] = [
    "spec",
    "travel",
    "nominal length",
    "graded points",
    "rotary",
    "limit shape",
    "median untrimmed r",
    "median resistance",
];

/// Final tests that replace linearity as the answer, units.
const ENOUGH_FINAL_TESTS: usize = 50;

/// The judged runs of one product model. All lists run alike, one entry a run.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelExamples {
    /// Its name.
    pub product_model: String,
    /// What the product is: spec (V), travel and nominal length (degrees or inches), graded points, rotary (1) or linear
    /// (0), limit shape (largest / median half-width), median untrimmed r, median resistance (ohm). Not-a-number =
    /// unknown.
    pub features: [f64; 8],
    /// Roughness r = sigma · L / spec, no unit. A run whose r is unknown (not-a-number) or not positive is left out.
    pub r: Vec<f64>,
    /// Whether linearity failed.
    pub failed: Vec<bool>,
    /// Whether the unit failed its final test, where that is known. Empty when none is. With 50 units or more these are
    /// the answer instead of linearity, and runs without one are left out.
    pub final_tests: Vec<Option<bool>>,
    /// Which unit a run is of; a unit's runs stay on one side of every split and weigh one unit together.
    pub units: Vec<u32>,
    /// The threshold now in force, r; the own estimate has to separate better.
    pub threshold_in_force_r: f64,
}

/// The runs of one product model that teach.
pub(super) struct Lesson {
    pub(super) r: Vec<f64>,
    pub(super) failed: Vec<bool>,
    pub(super) units: Vec<u32>,
    /// Whether the answers are final tests.
    pub(super) by_final_test: bool,
}

impl ModelExamples {
    pub(super) fn lesson(&self) -> Lesson {
        let usable = |r: f64| r.is_finite() && r > 0.0;
        let tested = self.final_tests.iter().zip(&self.units).zip(&self.r);
        let tested: std::collections::BTreeSet<u32> =
            tested.filter(|((test, _), r)| test.is_some() && usable(**r)).map(|((_, unit), _)| *unit).collect();
        let by_final_test = tested.len() >= ENOUGH_FINAL_TESTS;
        let mut lesson = Lesson { r: vec![], failed: vec![], units: vec![], by_final_test };
        let tests = self.final_tests.iter().copied().chain(std::iter::repeat(None));
        for (((r, failed), unit), test) in self.r.iter().zip(&self.failed).zip(&self.units).zip(tests) {
            let answer = if by_final_test { test } else { Some(*failed) };
            if let Some(answer) = answer.filter(|_| usable(*r)) {
                lesson.r.push(*r);
                lesson.failed.push(answer);
                lesson.units.push(*unit);
            }
        }
        lesson
    }
}

impl Lesson {
    /// Runs of each unit and whether any of them failed.
    pub(super) fn by_unit(&self) -> BTreeMap<u32, (usize, bool)> {
        let mut units: BTreeMap<u32, (usize, bool)> = BTreeMap::new();
        for (unit, failed) in self.units.iter().zip(&self.failed) {
            let (runs, ever) = units.entry(*unit).or_default();
            *runs += 1;
            *ever |= *failed;
        }
        units
    }
}

/// Refuses lists that do not run alike and numbers that are none.
pub(super) fn check(models: &[ModelExamples], settings: &OptimizerSettings) -> Result<(), LearningError> {
    if models.is_empty() {
        return Err(LearningError::TooFewRows { found: 0, needed: 1 });
    }
    let positive = |value: f64| value.is_finite() && value > 0.0;
    if !positive(settings.formula_r) {
        return Err(LearningError::Setting { name: "formula_r", problem: "must be a positive number" });
    }
    for (row, model) in models.iter().enumerate() {
        let rows = model.r.len();
        let tests = if model.final_tests.is_empty() { rows } else { model.final_tests.len() };
        for answers in [model.failed.len(), model.units.len(), tests] {
            if answers != rows {
                return Err(LearningError::Length { rows, answers });
            }
        }
        if let Some(column) = model.features.iter().position(|value| value.is_infinite()) {
            return Err(LearningError::NotFinite { row, column });
        }
        if model.r.iter().any(|r| r.is_infinite()) {
            return Err(LearningError::NotFinite { row, column: FEATURES.len() });
        }
        if !positive(model.threshold_in_force_r) {
            return Err(LearningError::Setting { name: "threshold_in_force_r", problem: "must be a positive number" });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(final_tests: Vec<Option<bool>>) -> ModelExamples {
        ModelExamples {
            product_model: "8340-1".to_owned(),
            features: [f64::NAN; 8],
            r: (1..=60).map(f64::from).collect(),
            failed: vec![false; 60],
            final_tests,
            units: (0..60).collect(),
            threshold_in_force_r: 12.0,
        }
    }

    #[test]
    fn fifty_final_tests_replace_linearity_and_fewer_do_not() {
        let tests = |known: usize| (0..60).map(|i| (i < known).then_some(true)).collect();
        let lesson = model(tests(50)).lesson();
        assert!(lesson.by_final_test && lesson.r.len() == 50 && lesson.failed.iter().all(|failed| *failed));
        let lesson = model(tests(49)).lesson();
        assert!(!lesson.by_final_test && lesson.r.len() == 60 && !lesson.failed.contains(&true));
    }

    #[test]
    fn runs_of_unknown_roughness_are_left_out() {
        let mut examples = model(Vec::new());
        examples.r[3] = f64::NAN;
        examples.r[4] = 0.0;
        assert_eq!(examples.lesson().r.len(), 58);
    }
}
