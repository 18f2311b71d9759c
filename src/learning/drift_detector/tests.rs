//! What holds of the drift detector.

use ndarray::{Array2, ArrayViewMut2, Axis, Slice};

use super::*;
use crate::learning::random::Random;

/// Normal figures: sums of twelve even draws.
fn runs(rows: usize, seed: u64, shift: Option<(usize, f64)>) -> Array2<f64> {
    let mut random = Random::new(seed);
    Array2::from_shape_fn((rows, FEATURES.len()), |(_, column)| {
        let normal = (0..12).map(|_| random.unit()).sum::<f64>() - 6.0;
        let moved = shift.filter(|(which, _)| *which == column).map_or(0.0, |(_, sigmas)| sigmas);
        100.0 + 3.0 * (normal + moved)
    })
}

fn rows_of(x: &mut Array2<f64>, rows: std::ops::Range<usize>) -> ArrayViewMut2<'_, f64> {
    x.slice_axis_mut(Axis(0), Slice::from(rows))
}

fn names() -> Vec<String> {
    FEATURES.map(str::to_owned).to_vec()
}

fn detector() -> DriftDetector {
    DriftDetector::train(runs(300, 1, None).view(), &names(), &DriftSettings::default()).expect("trained")
}

#[test]
fn a_planted_shift_is_named_with_its_direction_and_normal_runs_name_nothing() {
    let detector = detector();
    for (column, feature) in FEATURES.iter().enumerate() {
        for sigmas in [-3.0, 3.0] {
            let report = detector.report(runs(100, 7, Some((column, sigmas))).view()).expect("a report");
            let [affected] = &report.affected[..] else { panic!("{report:?}") };
            assert_eq!((affected.feature.as_str(), affected.rising), (*feature, sigmas > 0.0));
            assert!((affected.sigmas - 3.0).abs() < 0.6, "{report:?}");
            assert!(report.severity >= Severity::Low, "{report:?}");
            assert_eq!(report.severity, Severity::of(report.rate));
            assert!(report.recommendations[0].starts_with(feature));
        }
    }
    let report = detector.report(runs(200, 9, None).view()).expect("a report");
    assert!(report.affected.is_empty() && report.severity <= Severity::Low && !report.action_required, "{report:?}");
    assert_eq!(report.spoken_by, Speaker::Forest);
}

#[test]
fn a_drift_that_begins_midway_is_a_period_and_rises() {
    let mut x = runs(400, 3, None);
    rows_of(&mut x, 250..400).assign(&runs(150, 4, Some((6, 4.0))));
    let detector = detector();
    let analysis = detector.analyze(x.view(), 100).expect("a window");
    let period = analysis.periods.last().expect("a drift");
    assert!(period.start.abs_diff(250) <= 10 && period.end >= 385, "{period:?}");
    let report = detector.report(x.view()).expect("a report");
    assert_eq!(report.trend, Trend::Rising);
    assert_eq!(report.affected[0].feature, "untrimmed resistance");
}

#[test]
fn what_came_back_is_told_from_its_worst_period() {
    let mut x = runs(500, 3, None);
    rows_of(&mut x, 100..250).assign(&runs(150, 4, Some((0, -4.0))));
    let report = detector().report(x.view()).expect("a report");
    assert_eq!(report.affected[0].feature, "sigma gradient");
    assert!(!report.affected[0].rising);
}

#[test]
fn constant_and_mostly_unknown_columns_are_dropped_by_name() {
    let mut x = runs(60, 1, None);
    x.column_mut(1).fill(0.01);
    rows_of(&mut x, 0..31).column_mut(4).fill(f64::NAN);
    let detector = DriftDetector::train(x.view(), &names(), &DriftSettings::default()).expect("trained");
    assert_eq!(detector.dropped(), ["linearity spec", "unit length"]);
    let report = detector.report(runs(50, 2, None).view()).expect("a report");
    assert_eq!(report.dropped, ["linearity spec", "unit length"]);
}

#[test]
fn what_cannot_be_learned_or_asked_is_a_typed_error() {
    let settings = DriftSettings::default();
    let train = |x: &Array2<f64>| DriftDetector::train(x.view(), &names(), &settings).err();
    assert_eq!(train(&runs(10, 1, None)), Some(LearningError::TooFewRows { found: 10, needed: 30 }));
    assert_eq!(train(&Array2::from_elem((40, 7), f64::NAN)), Some(LearningError::Constant));
    assert_eq!(train(&Array2::from_elem((40, 7), 5.0)), Some(LearningError::Constant));
    assert_eq!(train(&Array2::zeros((40, 3))), Some(LearningError::Width { expected: 7, found: 3 }));
    let mut x = runs(40, 1, None);
    x[[3, 2]] = f64::INFINITY;
    assert_eq!(train(&x), Some(LearningError::NotFinite { row: 3, column: 2 }));
    let detector = detector();
    assert!(detector.scores(x.view()).is_err());
    assert!(detector.report(Array2::zeros((0, 7)).view()).is_err());
    assert!(detector.analyze(runs(9, 1, None).view(), 0).is_err());
    x[[3, 2]] = f64::NAN;
    assert!(detector.scores(x.view()).is_ok(), "unknown is no error");
}

#[test]
fn the_same_rows_give_the_same_bytes_and_bytes_give_the_same_detector() {
    let bytes = detector().to_bytes();
    assert_eq!(bytes, detector().to_bytes());
    let read = DriftDetector::from_bytes(&bytes).expect("a detector");
    assert_eq!(read, detector());
    let mut flipped = bytes;
    flipped[60] ^= 1;
    assert!(DriftDetector::from_bytes(&flipped).is_err());
}

#[test]
fn without_a_detector_cumulative_sums_tell_the_same_and_say_so() {
    let (baseline, x) = (runs(60, 1, None), runs(100, 2, Some((5, 2.0))));
    let report = cusum_report(baseline.view(), x.view(), &names(), 100).expect("a report");
    assert_eq!(report.spoken_by, Speaker::Cusum);
    assert!(report.spoken_by.word().contains("CUSUM"));
    assert_eq!((report.affected[0].feature.as_str(), report.affected[0].rising), ("untrimmed max |e|/spec", true));
    assert_eq!(report.severity, Severity::Critical);
    let calm = cusum_report(baseline.view(), runs(100, 3, None).view(), &names(), 100).expect("a report");
    assert!(calm.affected.is_empty(), "{calm:?}");
    assert!(cusum_report(runs(10, 1, None).view(), x.view(), &names(), 100).is_err());
}
