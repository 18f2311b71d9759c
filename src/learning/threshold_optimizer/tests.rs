//! What holds of the threshold optimizer.

use std::ops::ControlFlow;
use std::sync::LazyLock;

use super::*;
use crate::learning::random::Random;

const GO_ON: Step<'static> = &|_| ControlFlow::Continue(());

/// A product model whose units mostly fail above `truth`; r lies around 0.7 of it.
fn made(name: &str, truth: f64, units: u32, failing: (f64, f64), random: &mut Random) -> ModelExamples {
    let mut normal = || (0..12).map(|_| random.unit()).sum::<f64>() - 6.0;
    let r: Vec<f64> = (0..units).map(|_| 0.7 * truth * (0.5 * normal()).exp()).collect();
    let failed = r.iter().map(|r| random.unit() < if *r > truth { failing.1 } else { failing.0 }).collect();
    ModelExamples {
        product_model: name.to_owned(),
        features: [0.01 * truth, 1.2, 1.25, 53.0, 0.0, 1.0, 3.0 * truth, 900.0],
        r,
        failed,
        final_tests: Vec::new(),
        units: (0..units).collect(),
        threshold_in_force_r: 12.0,
    }
}

fn shop(failing: (f64, f64), seed: u64) -> Vec<ModelExamples> {
    let mut random = Random::new(seed);
    let truth = |n: u32| 2.0 + 13.0 * f64::from(n) / 11.0;
    (0..12).map(|n| made(&format!("83{n:02}"), truth(n), 70 + 3 * n, failing, &mut random)).collect()
}

/// One shop, trained once, looked at by several tests.
static TRAINED: LazyLock<Trained<ThresholdOptimizer, OptimizerValidation>> =
    LazyLock::new(|| train(&shop((0.04, 0.9), 1)));

fn train(models: &[ModelExamples]) -> Trained<ThresholdOptimizer, OptimizerValidation> {
    ThresholdOptimizer::train(models, &OptimizerSettings::default(), GO_ON).expect("trained")
}

#[test]
fn thresholds_are_found_and_their_intervals_hold_them() {
    let trained = &*TRAINED;
    let mut held = 0;
    for figures in &trained.validation.own {
        let n: u32 = figures.product_model[2..].parse().expect("a number");
        let truth = 2.0 + 13.0 * f64::from(n) / 11.0;
        assert!((figures.threshold / truth).ln().abs() < 0.25, "{figures:?}");
        let Some(told) = trained.model.recommend(&figures.product_model, &[0.0; 8], 0.9) else { continue };
        assert_eq!(told.basis, Basis::Own);
        assert!(told.low <= told.threshold && told.threshold <= told.high && told.uncertainty >= 0.0);
        held += u32::from((told.low..=told.high).contains(&truth));
    }
    assert!(trained.model.own().len() >= 9, "{:?}", trained.validation.own);
    assert!(held + 3 >= 12.min(u32::try_from(trained.model.own().len()).expect("few")), "{held}");
}

#[test]
fn the_forest_speaks_for_others_within_the_targets_seen() {
    let trained = &*TRAINED;
    let others = trained.validation.others.as_ref().expect("twelve product models teach");
    assert!(others.models >= 10 && others.error < others.formula_error, "{others:?}");
    let targets = trained.validation.own.iter().map(|own| own.threshold);
    let (least, most) = targets.fold((f64::MAX, 0.0_f64), |(least, most), r| (least.min(r), most.max(r)));
    for scale in [1e-6, 2.0, 8.0, 15.0, 1e6] {
        let features = [0.01 * scale, 1.2, 1.25, f64::NAN, 0.0, 1.0, 3.0 * scale, 900.0];
        let told = trained.model.recommend("never seen", &features, 0.9).expect("the forest speaks");
        assert_eq!(told.basis, Basis::Forest);
        assert!(0.8 * least <= told.low && told.low <= told.threshold);
        assert!(told.threshold <= told.high && told.high <= 1.2 * most);
    }
    assert!(trained.model.recommend("never seen", &[1.0; 3], 0.9).is_none());
    assert!(trained.model.recommend("never seen", &[f64::NAN; 8], 0.9).is_none());
    assert!(trained.model.recommend("never seen", &[f64::INFINITY; 8], 0.9).is_none());
}

#[test]
fn no_relation_deploys_nothing() {
    let trained = train(&shop((0.3, 0.3), 3)[..6]);
    assert!(trained.model.own().len() <= 1, "{:?}", trained.validation.own);
    assert!(trained.model.recommend("never seen", &[1.0; 8], 0.9).is_none());
    let silent = trained.validation.own.iter().find(|own| !own.gate.deployed).expect("a silent one");
    assert!(silent.gate.missed().count() > 0);
}

#[test]
fn a_threshold_in_force_that_separates_as_well_stays() {
    let mut models = shop((0.05, 0.9), 4);
    models.truncate(4);
    for (model, n) in models.iter_mut().zip(0..) {
        model.threshold_in_force_r = 2.0 + 13.0 * f64::from(n) / 11.0;
    }
    let trained = train(&models);
    assert!(trained.model.own().is_empty(), "{:?}", trained.validation.own);
    assert!(!trained.gate.deployed);
}

#[test]
fn what_cannot_be_learned_is_a_typed_error() {
    let models = shop((0.05, 0.9), 5);
    let with = |change: &dyn Fn(&mut ModelExamples)| {
        let mut model = models[3].clone();
        change(&mut model);
        ThresholdOptimizer::train(&[model], &OptimizerSettings::default(), GO_ON).err()
    };
    assert_eq!(with(&|_| ()), None);
    assert_eq!(with(&|m| m.failed.fill(false)), Some(LearningError::TooFewRows { found: 79, needed: 20 }));
    assert_eq!(with(&|m| m.r.fill(3.0)), Some(LearningError::TooFewRows { found: 79, needed: 20 }));
    assert_eq!(with(&|m| m.r.fill(f64::NAN)), Some(LearningError::TooFewRows { found: 0, needed: 20 }));
    assert_eq!(with(&|m| m.r[4] = f64::INFINITY), Some(LearningError::NotFinite { row: 0, column: 8 }));
    assert_eq!(with(&|m| m.features[2] = f64::INFINITY), Some(LearningError::NotFinite { row: 0, column: 2 }));
    assert!(matches!(with(&|m| m.failed.truncate(7)), Some(LearningError::Length { .. })));
    assert!(matches!(with(&|m| m.final_tests.push(None)), Some(LearningError::Length { .. })));
    assert!(matches!(with(&|m| m.threshold_in_force_r = 0.0), Some(LearningError::Setting { .. })));
    assert_eq!(with(&|m| m.features.fill(f64::NAN)), None);
    let none = ThresholdOptimizer::train(&[], &OptimizerSettings::default(), GO_ON).err();
    assert_eq!(none, Some(LearningError::TooFewRows { found: 0, needed: 1 }));
}

#[test]
fn the_same_history_gives_the_same_bytes_on_any_number_of_threads() {
    let models = shop((0.05, 0.9), 6);
    let trained = |threads| {
        let settings = OptimizerSettings { threads, ..OptimizerSettings::default() };
        ThresholdOptimizer::train(&models[4..10], &settings, GO_ON).expect("trained")
    };
    let (one, four) = (trained(1), trained(4));
    assert_eq!(one, four);
    let bytes = one.model.to_bytes();
    assert_eq!(ThresholdOptimizer::from_bytes(&bytes).expect("a model"), one.model);
    assert!(ThresholdOptimizer::from_bytes(&bytes[1..]).is_err());
    let cancelled = ThresholdOptimizer::train(&models, &OptimizerSettings::default(), &|_| ControlFlow::Break(()));
    assert_eq!(cancelled.err(), Some(LearningError::Cancelled));
}
