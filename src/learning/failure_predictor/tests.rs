//! What holds of the failure predictor.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::Array2;

use super::*;
use crate::learning::Stage;
use crate::learning::random::Random;
use crate::learning::validation::roc_auc;

const GO_ON: Step<'static> = &|_| ControlFlow::Continue(());

fn settings() -> PredictorSettings {
    PredictorSettings::quick(5)
}

/// Parts whose chance of failing rises with three of four features together; the chances beside them.
fn made(rows: usize, seed: u64) -> (Examples, Vec<f64>) {
    let mut random = Random::new(seed);
    let mut normal = || (0..12).map(|_| random.unit()).sum::<f64>() - 6.0;
    let x = Array2::from_shape_simple_fn((rows, 4), &mut normal);
    let chances: Vec<f64> = x
        .rows()
        .into_iter()
        .map(|row| 1.0 / (1.0 + (1.2 - 1.2 * row[0] - 1.2 * row[1] + 1.2 * row[2]).exp()))
        .collect();
    let failed = chances.iter().map(|chance| random.unit() < *chance).collect();
    let names = ["sigma gradient", "resistance change %", "trim improvement %", "worst zone"];
    let examples = Examples {
        features: names.map(|name| Feature::new(name, Stage::Verdict)).to_vec(),
        rows: x,
        failed,
        units: (0..u32::try_from(rows).expect("few rows")).collect(),
        product_models: (0..rows).map(|row| format!("834{}", row % 3)).collect(),
        times: (0..i64::try_from(rows).expect("few rows")).collect(),
        ratio_to_model_median: Vec::new(),
        rivals: Vec::new(),
    };
    (examples, chances)
}

fn train(examples: &Examples) -> Result<Trained<FailurePredictor, Validation>, LearningError> {
    FailurePredictor::train(examples, Target::FinalTest, &settings(), GO_ON)
}

#[test]
fn a_feature_known_too_late_is_refused_by_name_before_anything_is_learned() {
    let (mut examples, _) = made(80, 1);
    let refused = FailurePredictor::train(&examples, Target::TrimVerdict, &settings(), GO_ON).expect_err("a leak");
    assert!(refused.to_string().contains("sigma gradient") && refused.to_string().contains("verdict"), "{refused}");
    examples.features.iter_mut().for_each(|feature| feature.stage = Stage::Arrived);
    examples.features[2].stage = Stage::Trimmed;
    let refused = FailurePredictor::train(&examples, Target::TrimVerdict, &settings(), GO_ON).expect_err("a leak");
    assert!(matches!(refused, LearningError::Leak { feature, .. } if feature == "trim improvement %"));
    examples.features[2].stage = Stage::Tested;
    assert!(matches!(train(&examples), Err(LearningError::Leak { .. })));
}

#[test]
fn a_predictor_learns_what_is_there_and_passes_its_gate() {
    let (examples, chances) = made(600, 2);
    let trained = train(&examples).expect("trained");
    let best = roc_auc(&chances, &examples.failed).expect("both classes");
    let figures = &trained.validation.grouped;
    assert!(best - figures.auc < 0.06, "{} of {best}", figures.auc);
    assert!(trained.gate.deployed, "{:?}", trained.gate);
    assert!(figures.brier < figures.base_rate_brier && figures.average_precision > figures.base_rate);
    assert!(trained.validation.forward.as_ref().expect("both classes in time").auc > 0.7);
    let risky = trained.model.predict(&[2.0, 1.5, -1.5, 0.0], "8340").expect("a prediction");
    let safe = trained.model.predict(&[-2.0, -1.5, 1.5, 0.0], "8340").expect("a prediction");
    assert!(risky.probability > 0.7 && safe.probability < 0.2, "{risky:?} {safe:?}");
    assert_eq!(risky.contributions.len(), 3);
    assert!(risky.contributions[0].change > 0.0 && safe.contributions[0].change < 0.0);
}

#[test]
fn noise_and_a_rival_that_knows_as_much_keep_it_silent() {
    let (mut examples, chances) = made(300, 3);
    examples.rivals.push(Rival { name: "formula".to_owned(), scores: chances.into_iter().map(Some).collect() });
    let beaten = train(&examples).expect("trained");
    assert!(!beaten.gate.deployed);
    let best = beaten.validation.best_rival.expect("a rival");
    assert_eq!(best.name, "formula");
    let missed = beaten.gate.missed().next().expect("a missed check");
    assert!(missed.what.ends_with("formula") && missed.missed_by().expect("a bound") > 0.0, "{missed}");
    let mut random = Random::new(1);
    examples.rivals.clear();
    examples.failed.iter_mut().for_each(|failed| *failed = random.unit() < 0.3);
    assert!(!train(&examples).expect("trained").gate.deployed);
}

#[test]
fn too_few_units_of_a_kind_are_said() {
    let (examples, _) = made(40, 4);
    let trained = train(&examples).expect("trained");
    let units = &trained.gate.checks[0];
    assert!(!trained.gate.deployed && !units.met && units.missed_by() == Some(20.0), "{units}");
}

#[test]
fn unknown_values_are_welcome_and_rows_that_cannot_be_used_are_refused() {
    let (mut examples, _) = made(120, 5);
    examples.rows.iter_mut().step_by(7).for_each(|value| *value = f64::NAN);
    let model = train(&examples).expect("trained").model;
    let unknown = f64::NAN;
    assert!(model.predict(&[0.1, unknown, unknown, 2.0], "8340").is_ok());
    let refused = |row: &[f64]| model.predict(row, "8340").expect_err("unusable");
    assert_eq!(refused(&[0.1, 0.2]), LearningError::Width { expected: 4, found: 2 });
    assert_eq!(refused(&[0.1, 0.2, f64::INFINITY, 0.0]), LearningError::NotFinite { row: 0, column: 2 });
    let many = refused(&[0.1, unknown, unknown, unknown]);
    assert_eq!(many, LearningError::TooManyUnknown { unknown: 3, features: 4 });
}

#[test]
fn what_teaches_nothing_is_a_typed_error() {
    let (examples, _) = made(100, 6);
    let with = |change: &dyn Fn(&mut Examples)| {
        let mut examples = examples.clone();
        change(&mut examples);
        train(&examples).map(|trained| trained.gate.deployed)
    };
    assert_eq!(with(&|e| e.failed.fill(true)), Err(LearningError::OneClass));
    assert_eq!(with(&|e| e.failed.fill(false)), Err(LearningError::OneClass));
    assert_eq!(with(&|e| e.rows.fill(1.5)), Err(LearningError::Constant));
    assert_eq!(with(&|e| e.rows.fill(f64::NAN)), Err(LearningError::Constant));
    assert_eq!(with(&|e| e.rows[[3, 1]] = f64::NEG_INFINITY), Err(LearningError::NotFinite { row: 3, column: 1 }));
    assert!(matches!(with(&|e| e.failed.truncate(9)), Err(LearningError::Length { .. })));
    assert!(matches!(with(&|e| e.features.truncate(2)), Err(LearningError::Width { .. })));
    assert!(matches!(with(&|e| e.times[50] = 0), Err(LearningError::Setting { name: "times", .. })));
    assert!(with(&|e| e.rows.column_mut(0).fill(f64::NAN)).is_ok(), "one unknown column is no trouble");
    let ten = made(10, 7).0;
    assert_eq!(train(&ten).err(), Some(LearningError::TooFewRows { found: 10, needed: 20 }));
}

#[test]
fn one_failure_among_many_is_no_panic() {
    let (mut examples, _) = made(60, 8);
    examples.failed.fill(false);
    examples.failed[17] = true;
    assert!(!train(&examples).expect("trained").gate.deployed);
}

#[test]
fn the_same_examples_give_the_same_bytes_on_one_thread_and_on_four() {
    let (mut examples, _) = made(150, 9);
    examples.ratio_to_model_median.push(RatioFeature { name: "sigma/median".to_owned(), source: 0 });
    let trained = |threads| {
        let settings = PredictorSettings { threads, repeats: 2, ..settings() };
        FailurePredictor::train(&examples, Target::FinalTest, &settings, GO_ON).expect("trained")
    };
    let (one, four) = (trained(1), trained(4));
    assert_eq!(one, four);
    let bytes = one.model.to_bytes();
    assert_eq!(bytes, four.model.to_bytes());
    assert_eq!(FailurePredictor::from_bytes(&bytes).expect("a model"), one.model);
    assert!(FailurePredictor::from_bytes(&bytes[..bytes.len() - 1]).is_err());
}

#[test]
fn a_break_at_any_moment_cancels() {
    let (examples, _) = made(100, 10);
    for allowed in [0, 1, 7, 30] {
        let told = AtomicUsize::new(0);
        let step = |_: f64| {
            let before = told.fetch_add(1, Ordering::Relaxed);
            if before >= allowed { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let ended = FailurePredictor::train(&examples, Target::FinalTest, &settings(), &step);
        assert_eq!(ended.err(), Some(LearningError::Cancelled), "after {allowed}");
    }
}
