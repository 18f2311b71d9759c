//! What a forest learns, that it says what smartcore's trees say, and what it refuses.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::Array2;
use smartcore::ensemble::random_forest_regressor::{RandomForestRegressor, RandomForestRegressorParameters};
use smartcore::linalg::basic::matrix::DenseMatrix;

use super::*;
use crate::learning::random::Random;
use crate::learning::validation::roc_auc;

const SETTINGS: ForestSettings = ForestSettings {
    trees: 60,
    depth: 8,
    min_split: 10,
    min_leaf: 5,
    features_per_split: FeaturesPerSplit::Sqrt,
    seed: 1,
};

/// Rows that fail when the first feature, and less so the second, is high; the third says nothing.
fn made(rows: usize) -> (Array2<f64>, Vec<f64>) {
    let mut random = Random::new(4);
    let x = Array2::from_shape_simple_fn((rows, 3), || random.unit());
    let y = x.rows().into_iter().map(|row| f64::from(u8::from(row[0] + 0.4 * row[1] > 0.8))).collect();
    (x, y)
}

fn fitted(x: &Array2<f64>, y: &[f64], settings: &ForestSettings, threads: usize) -> Forest {
    Forest::fit(x.view(), y, settings, threads, &|_| ControlFlow::Continue(())).expect("fitted")
}

fn refused(x: &Array2<f64>, y: &[f64], settings: &ForestSettings) -> LearningError {
    Forest::fit(x.view(), y, settings, 1, &|_| ControlFlow::Continue(())).expect_err("refused")
}

#[test]
fn it_learns_what_there_is_to_learn() {
    let (x, y) = made(400);
    let forest = fitted(&x, &y, &SETTINGS, 1);
    let (unseen, truth) = made(800);
    let said = forest.predict(unseen.view()).expect("said");
    let failed: Vec<bool> = truth.iter().map(|&y| y > 0.5).collect();
    assert!(roc_auc(&said, &failed).is_some_and(|auc| auc > 0.97));
    assert!(said.iter().all(|p| (0.0..=1.0).contains(p)));
    let [first, second, third] = forest.importances() else { panic!("three features") };
    assert!(first > second && second > third && (first + second + third - 1.0).abs() < 1e-12);
}

#[test]
fn every_training_row_is_told_what_smartcore_tells_it() {
    let (x, y) = made(300);
    let forest = fitted(&x, &y, &ForestSettings { trees: 50, ..SETTINGS }, 1);
    let theirs = RandomForestRegressor::fit(
        &DenseMatrix::from_ndarray2(&x),
        &y,
        RandomForestRegressorParameters {
            max_depth: Some(9),
            min_samples_leaf: 8,
            min_samples_split: 16,
            n_trees: 50,
            m: Some(1),
            keep_samples: false,
            seed: Random::derived(1, 0),
        },
    )
    .and_then(|theirs| theirs.predict(&DenseMatrix::from_ndarray2(&x)))
    .expect("predicted");
    let bits = |values: Vec<f64>| values.into_iter().map(f64::to_bits).collect::<Vec<_>>();
    assert_eq!(bits(forest.predict(x.view()).expect("said")), bits(theirs));
}

#[test]
fn a_row_alone_and_among_others_is_told_the_same_by_each_tree() {
    let (x, y) = made(600);
    let forest = fitted(&x, &y, &SETTINGS, 1);
    let together = forest.predict(x.view()).expect("said");
    for (row, said) in x.rows().into_iter().map(|row| row.to_vec()).zip(together).take(40) {
        assert_eq!(forest.predict_one(&row).expect("said").to_bits(), said.to_bits());
        let trees = forest.tree_predictions(&row).expect("said");
        assert_eq!(trees.len(), 60);
        assert!((trees.iter().sum::<f64>() / 60.0 - said).abs() < 1e-12);
    }
}

#[test]
fn threads_change_no_byte_and_the_seed_changes_some() {
    let (x, y) = made(200);
    let settings = ForestSettings { trees: 130, ..SETTINGS };
    let alone = fitted(&x, &y, &settings, 1).to_bytes();
    assert_eq!(alone, fitted(&x, &y, &settings, 3).to_bytes());
    assert_eq!(alone, fitted(&x, &y, &settings, 100).to_bytes());
    assert_ne!(alone, fitted(&x, &y, &ForestSettings { seed: 2, ..settings }, 1).to_bytes());
    // Column by column in memory: the same matrix, the same trees.
    let turned = x.t().as_standard_layout().into_owned().reversed_axes();
    assert_eq!(alone, fitted(&turned, &y, &settings, 1).to_bytes());
}

#[test]
fn bytes_give_the_same_forest_back() {
    let (x, y) = made(200);
    let forest = fitted(&x, &y, &SETTINGS, 1);
    let back = Forest::from_bytes(&forest.to_bytes()).expect("opened");
    assert_eq!(back, forest);
    assert!(matches!(Forest::from_bytes(b"TWML"), Err(LearningError::Damaged(_))));
}

#[test]
fn cancelling_ends_it_within_a_tree_or_so() {
    let (x, y) = made(3_000);
    let asked = AtomicUsize::new(0);
    let step = |_: f64| match asked.fetch_add(1, Ordering::Relaxed) {
        40.. => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    let cancelled = Forest::fit(x.view(), &y, &ForestSettings { trees: 1_000, ..SETTINGS }, 1, &step);
    assert_eq!(cancelled, Err(LearningError::Cancelled));
    assert_eq!(asked.into_inner(), 41, "nobody is asked again");
}

#[test]
fn progress_rises_from_nothing_to_almost_all() {
    let (x, y) = made(1_000);
    let told = std::sync::Mutex::new(Vec::new());
    let step = |done: f64| {
        told.lock().expect("not poisoned").push(done);
        ControlFlow::Continue(())
    };
    Forest::fit(x.view(), &y, &ForestSettings { trees: 150, ..SETTINGS }, 1, &step).expect("fitted");
    let told = told.into_inner().expect("not poisoned");
    assert!(told.is_sorted() && told.iter().all(|done| (0.0..=1.0).contains(done)), "{told:?}");
    assert!(told.len() > 50 && told.first() < Some(&0.1) && told.last() > Some(&0.6));
}

#[test]
fn what_cannot_teach_is_refused() {
    let (x, y) = made(200);
    let mut holes = x.clone();
    holes[(7, 2)] = f64::NAN;
    assert_eq!(refused(&holes, &y, &SETTINGS), LearningError::NotFinite { row: 7, column: 2 });
    assert_eq!(refused(&x, &y[1..], &SETTINGS), LearningError::Length { rows: 200, answers: 199 });
    assert_eq!(refused(&x, &[1.0; 200], &SETTINGS), LearningError::OneClass);
    let (few, answers) = made(9);
    assert_eq!(refused(&few, &answers, &SETTINGS), LearningError::TooFewRows { found: 9, needed: 10 });
    assert!(matches!(
        refused(&x, &y, &ForestSettings { trees: 0, ..SETTINGS }),
        LearningError::Setting { name: "trees", .. }
    ));
    assert_eq!(refused(&Array2::zeros((200, 0)), &y, &SETTINGS), LearningError::Constant);
}

#[test]
fn ten_rows_and_constant_columns_give_a_forest_that_says_the_mean() {
    let flat = Array2::from_elem((200, 3), 2.0);
    let y: Vec<f64> = (0..200).map(|row| f64::from(u8::from(row % 4 == 0))).collect();
    let forest = fitted(&flat, &y, &SETTINGS, 1);
    assert!((forest.predict_one(&[2.0; 3]).expect("said") - 0.25).abs() < 0.02);
    assert_eq!((forest.nodes(), forest.importances().iter().sum::<f64>().to_bits()), (60, 0.0_f64.to_bits()));
    let (few, answers) = made(10);
    assert_eq!(fitted(&few, &answers, &SETTINGS, 1).width(), 3);
}

#[test]
fn a_row_of_another_width_or_with_a_hole_is_refused() {
    let (x, y) = made(200);
    let forest = fitted(&x, &y, &SETTINGS, 1);
    assert_eq!(forest.predict_one(&[0.5; 4]), Err(LearningError::Width { expected: 3, found: 4 }));
    let hole = [0.5, f64::INFINITY, 0.5];
    assert_eq!(forest.predict_one(&hole), Err(LearningError::NotFinite { row: 0, column: 1 }));
    assert_eq!(forest.tree_predictions(&hole), Err(LearningError::NotFinite { row: 0, column: 1 }));
}

#[test]
fn answers_may_be_any_numbers() {
    let (x, _) = made(300);
    let y: Vec<f64> = x.rows().into_iter().map(|row| 100.0 + 50.0 * row[0]).collect();
    let settings = ForestSettings { min_split: 5, min_leaf: 2, features_per_split: FeaturesPerSplit::All, ..SETTINGS };
    let said = fitted(&x, &y, &settings, 1).predict_one(&[0.5, 0.5, 0.5]).expect("said");
    assert!((said - 125.0).abs() < 3.0, "{said}");
}
