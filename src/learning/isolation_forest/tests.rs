//! What an isolation forest finds, and what it refuses.

use ndarray::Array2;

use super::*;

fn crowd(rows: usize) -> Array2<f64> {
    let mut random = Random::new(9);
    Array2::from_shape_fn((rows, 3), |(_, column)| if column == 1 { 4.0 } else { random.unit() })
}

fn fitted(x: &Array2<f64>) -> IsolationForest {
    IsolationForest::fit(x.view(), &IsolationSettings::default()).expect("fitted")
}

#[test]
fn mean_path_lengths_are_those_of_the_paper() {
    assert_eq!([0, 1, 2].map(|n| average_path_length(n).to_bits()), [0.0, 0.0, 1.0].map(f64::to_bits));
    assert!((average_path_length(256) - 10.244_770_920).abs() < 1e-9);
    // Equation 1 by hand: 2 (ln 9 + 0.5772156649) - 2 · 9 / 10.
    assert!((average_path_length(10) - 3.748_880_484).abs() < 1e-9);
}

#[test]
fn what_stands_alone_scores_high_and_the_contamination_lies_above_the_threshold() {
    let x = crowd(400);
    let forest = fitted(&x);
    let alone = forest.score_one(&[3.0, 4.0, -2.0]).expect("a score");
    let amid = forest.score_one(&[0.5, 4.0, 0.5]).expect("a score");
    assert!(alone > 0.6 && amid < 0.5, "{alone} {amid}");
    let above = forest.is_anomaly(x.view()).expect("told").into_iter().filter(|&odd| odd).count();
    assert_eq!(above, 20, "5 % of 400");
}

#[test]
fn constant_columns_are_named_and_change_nothing() {
    let x = crowd(100);
    let forest = fitted(&x);
    assert_eq!(forest.constant_columns(), [1]);
    let there = forest.score_one(&[0.5, 4.0, 0.5]).expect("a score");
    let elsewhere = forest.score_one(&[0.5, -1e300, 0.5]).expect("a score");
    assert_eq!(there.to_bits(), elsewhere.to_bits());
    let flat = Array2::from_elem((10, 2), 1.0);
    assert_eq!(IsolationForest::fit(flat.view(), &IsolationSettings::default()), Err(LearningError::Constant));
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let x = crowd(60);
    let of = |seed| {
        IsolationForest::fit(x.view(), &IsolationSettings { seed, ..Default::default() }).expect("fitted").to_bytes()
    };
    assert_eq!(of(3), of(3));
    assert_ne!(of(3), of(4));
    let back = IsolationForest::from_bytes(&of(3)).expect("opened");
    assert_eq!(back.to_bytes(), of(3));
}

#[test]
fn a_row_alone_and_among_others_scores_the_same() {
    let x = crowd(600);
    let forest = fitted(&x);
    let together = forest.scores(x.view()).expect("scores");
    for (row, score) in x.rows().into_iter().zip(together) {
        assert_eq!(forest.score_one(&row.to_vec()).expect("a score").to_bits(), score.to_bits());
    }
}

#[test]
fn what_cannot_be_fitted_or_asked_is_refused() {
    let x = crowd(10);
    let refused = |x: &Array2<f64>, settings| IsolationForest::fit(x.view(), &settings).expect_err("refused");
    let usual = IsolationSettings::default();
    let contamination = refused(&x, IsolationSettings { contamination: f64::NAN, ..usual });
    assert!(matches!(contamination, LearningError::Setting { name: "contamination", .. }));
    assert!(matches!(
        refused(&x, IsolationSettings { trees: 0, ..usual }),
        LearningError::Setting { name: "trees", .. }
    ));
    assert_eq!(refused(&crowd(1), usual), LearningError::TooFewRows { found: 1, needed: 2 });
    let mut holes = crowd(10);
    holes[(7, 2)] = f64::NAN;
    assert_eq!(refused(&holes, usual), LearningError::NotFinite { row: 7, column: 2 });
    let forest = fitted(&x);
    assert_eq!(forest.score_one(&[1.0]), Err(LearningError::Width { expected: 3, found: 1 }));
    assert_eq!(forest.scores(holes.view()), Err(LearningError::NotFinite { row: 7, column: 2 }));
}

#[test]
fn ends_further_apart_than_a_number_can_say_are_split_between_them() {
    let x =
        Array2::from_shape_fn((50, 1), |(row, _)| if row % 2 == 0 { f64::MAX } else { -f64::MAX } / (row + 1) as f64);
    let scores = fitted(&x).scores(x.view()).expect("scores");
    assert!(scores.iter().all(|score| (0.0..=1.0).contains(score)));
}
