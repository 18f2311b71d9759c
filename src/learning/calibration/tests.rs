//! Curves against those scikit-learn fits to the same rows, and when none is chosen.

use super::*;
use crate::learning::random::Random;

const SCORES: [f64; 12] = [0.9, 0.8, 0.8, 0.7, 0.6, 0.55, 0.5, 0.4, 0.4, 0.3, 0.2, 0.1];
const FAILED: [bool; 12] = [true, true, false, true, false, true, false, false, true, false, false, false];

#[test]
fn the_sigmoid_is_that_of_scikit_learn() {
    let Calibration::Platt { a, b } = Calibration::platt(&SCORES, &FAILED) else { panic!("no sigmoid") };
    assert!((a + 3.689_553_4).abs() < 1e-5 && (b - 2.299_309_5).abs() < 1e-5, "{a} {b}");
}

#[test]
fn scores_that_separate_perfectly_get_a_finite_slope() {
    let scores: Vec<f64> = (0..100).map(|n| f64::from(u8::from(n >= 50))).collect();
    let failed: Vec<bool> = (0..100).map(|n| n >= 50).collect();
    let calibration = Calibration::platt(&scores, &failed);
    // Platt's targets: 51/52 and 1/52.
    assert!((calibration.apply(1.0) - 51.0 / 52.0).abs() < 1e-6);
    assert!((calibration.apply(0.0) - 1.0 / 52.0).abs() < 1e-6);
    assert!((0.0..=1.0).contains(&calibration.apply(1e308)) && (0.0..=1.0).contains(&calibration.apply(-1e308)));
}

#[test]
fn the_line_that_never_falls_is_that_of_scikit_learn() {
    let line = Calibration::isotonic(&SCORES, &FAILED);
    let expected = [(0.0, 0.0), (0.25, 0.0), (0.45, 1.0 / 3.0), (0.65, 7.0 / 12.0), (0.75, 2.0 / 3.0), (0.95, 1.0)];
    for (score, probability) in expected {
        assert!((line.apply(score) - probability).abs() < 1e-12, "{score}: {}", line.apply(score));
    }
}

#[test]
fn one_outcome_or_nothing_gives_no_curve() {
    assert_eq!(Calibration::platt(&[0.1, 0.2], &[true, true]), Calibration::None);
    assert_eq!(Calibration::isotonic(&[], &[]), Calibration::None);
    assert!((Calibration::None.apply(0.3) - 0.3).abs() < 1e-15);
}

/// Rows whose chance to fail is some function of their score.
fn rows(count: usize, chance: impl Fn(f64) -> f64) -> (Vec<f64>, Vec<bool>, Vec<u32>) {
    let mut random = Random::new(1);
    let scores: Vec<f64> = (0..count).map(|_| random.unit()).collect();
    let failed = scores.iter().map(|&score| random.unit() < chance(score)).collect();
    (scores, failed, (0..).take(count).collect())
}

#[test]
fn scores_that_are_probabilities_are_left_alone_and_others_are_not() {
    let (scores, failed, units) = rows(3_000, |score| score);
    let own = Calibration::choose(&scores, &failed, &units, 1);
    assert!((own.apply(0.2) - 0.2).abs() < 0.05, "{own:?}");
    // A step: nothing that bends smoothly fits it.
    let (scores, failed, units) = rows(3_000, |score| if score < 0.6 { 0.1 } else { 0.7 });
    let step = Calibration::choose(&scores, &failed, &units, 1);
    assert!(matches!(step, Calibration::Isotonic { .. }), "{step:?}");
    assert!((step.apply(0.3) - 0.1).abs() < 0.05 && (step.apply(0.8) - 0.7).abs() < 0.06, "{step:?}");
    let (scores, failed, units) = rows(1_500, |score| 1.0 / (1.0 + (8.0 - 10.0 * score).exp()));
    let bent = Calibration::choose(&scores, &failed, &units, 1);
    assert!(matches!(bent, Calibration::Platt { .. }), "{bent:?}");
}

#[test]
fn below_a_hundred_and_fifty_failures_nothing_is_fitted() {
    let scores: Vec<f64> = (0..1_000).map(|n| f64::from(n % 10) / 10.0).collect();
    let with = |failures: usize| -> Vec<bool> { (0..1_000).map(|n| n < failures).collect() };
    let units: Vec<u32> = (0..1_000).collect();
    assert_eq!(Calibration::choose(&scores, &with(149), &units, 1), Calibration::None);
    assert_ne!(Calibration::choose(&scores, &with(150), &units, 1), Calibration::None);
    assert_eq!(Calibration::choose(&scores, &with(500), &units[1..], 1), Calibration::None);
    let mut odd = scores;
    odd[4] = f64::NAN;
    assert_eq!(Calibration::choose(&odd, &with(500), &units, 1), Calibration::None);
}
