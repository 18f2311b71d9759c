//! Figures against hand-worked ones and those scikit-learn gives for the same rows; folds against every order of units.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::learning::random::Random;

const SCORES: [f64; 12] = [0.9, 0.8, 0.8, 0.7, 0.6, 0.55, 0.5, 0.4, 0.4, 0.3, 0.2, 0.1];
const FAILED: [bool; 12] = [true, true, false, true, false, true, false, false, true, false, false, false];

fn close(found: Option<f64>, expected: f64) {
    assert!(found.is_some_and(|found| (found - expected).abs() < 1e-12), "{found:?} {expected}");
}

#[test]
fn ranking_figures_are_those_of_scikit_learn() {
    close(roc_auc(&SCORES, &FAILED), 0.8);
    close(average_precision(&SCORES, &FAILED), 0.727_777_777_777_777_9);
    close(brier(&SCORES, &FAILED), 0.187_708_333_333_333_34);
}

#[test]
fn all_alike_is_half_and_the_wrong_way_round_is_none_of_it() {
    close(roc_auc(&[1.0; 12], &FAILED), 0.5);
    close(average_precision(&[1.0; 12], &FAILED), 5.0 / 12.0);
    let turned = SCORES.map(|score| -score);
    close(roc_auc(&turned, &FAILED), 0.2);
    close(roc_auc(&[0.0, -0.0], &[true, false]), 0.5);
}

#[test]
fn recall_stops_before_the_alarm_that_is_too_many() {
    // Seven good rows: one false alarm is 14 % of them.
    close(recall_at_false_alarms(&SCORES, &FAILED, 0.05), 0.2);
    close(recall_at_false_alarms(&SCORES, &FAILED, 0.15), 0.6);
    close(recall_at_false_alarms(&SCORES, &FAILED, 1.0), 1.0);
    close(recall_at_false_alarms(&[1.0, 1.0], &[true, false], 0.05), 0.0);
}

#[test]
fn the_best_threshold_lies_in_the_middle_of_its_gap() {
    let best = youden(&SCORES, &FAILED).expect("both kinds");
    assert!((best.threshold - 0.525).abs() < 1e-12, "{best:?}");
    assert!((best.index - (4.0 / 5.0 - 2.0 / 7.0)).abs() < 1e-12, "{best:?}");
    let apart = youden(&[0.1, 0.2, 0.8, 0.9], &[false, false, true, true]);
    assert_eq!(apart, Some(Youden { threshold: 0.5, index: 1.0 }));
}

#[test]
fn figures_that_cannot_be_had_are_none() {
    assert_eq!(roc_auc(&[0.5, 0.6], &[true, true]), None);
    assert_eq!(roc_auc(&[0.5], &[true, false]), None);
    assert_eq!(roc_auc(&[f64::NAN, 0.5], &[true, false]), None);
    assert_eq!(average_precision(&[0.5], &[false]), None);
    assert_eq!(brier(&[], &[]), None);
    assert_eq!(youden(&[1.0, 1.0], &[true, false]), None);
    assert_eq!(recall_at_false_alarms(&[], &[], 0.05), None);
    assert_eq!(auc_interval(&[0.5, 0.6], &[true, true], &[1, 2], 0.9, 100, 1), None);
    assert_eq!(auc_interval(&[], &[], &[], 0.9, 100, 1), None);
}

#[test]
fn reliability_puts_the_ends_into_the_outer_bins() {
    let bins = reliability(&[0.0, 0.05, 0.95, 1.0, 0.55], &[false, true, true, true, false]);
    assert_eq!(bins.map(|bin| bin.count), [2, 0, 0, 0, 0, 1, 0, 0, 0, 2]);
    close(Some(bins[0].observed), 0.5);
    close(Some(bins[9].mean_predicted), 0.975);
    assert_eq!(bins[3], Bin::default());
}

/// Scores of units with two rows each that tell failures with more or less noise.
fn noisy(units: u32, noise: f64, seed: u64) -> (Vec<f64>, Vec<bool>, Vec<u32>) {
    let mut random = Random::new(seed);
    let groups: Vec<u32> = (0..units).flat_map(|unit| [unit * 7, unit * 7]).collect();
    let failed: Vec<bool> = groups.iter().map(|unit| unit % 5 == 0).collect();
    let scores = failed.iter().map(|&failed| f64::from(u8::from(failed)) + noise * random.unit()).collect();
    (scores, failed, groups)
}

#[test]
fn an_interval_holds_its_figure_and_narrows_with_more_units() {
    let width = |units| {
        let (scores, failed, groups) = noisy(units, 3.0, 1);
        let (low, high) = auc_interval(&scores, &failed, &groups, 0.9, 400, 1).expect("an interval");
        let auc = roc_auc(&scores, &failed).expect("a figure");
        assert!(low < auc && auc < high, "{low} {auc} {high}");
        high - low
    };
    let (few, many) = (width(60), width(960));
    // Sixteen times the units: a quarter of the width.
    assert!((2.5..6.0).contains(&(few / many)), "{few} {many}");
}

#[test]
fn two_rows_of_a_unit_are_no_two_units() {
    let (scores, failed, groups) = noisy(100, 3.0, 2);
    let twice = |figures: &[f64]| figures.iter().flat_map(|&figure| [figure, figure]).collect::<Vec<f64>>();
    let again: Vec<bool> = failed.iter().flat_map(|&failed| [failed, failed]).collect();
    let units: Vec<u32> = groups.iter().flat_map(|&group| [group, group]).collect();
    let once = auc_interval(&scores, &failed, &groups, 0.9, 200, 1);
    assert_eq!(once, auc_interval(&twice(&scores), &again, &units, 0.9, 200, 1));
}

#[test]
fn only_a_rival_that_is_clearly_worse_is_beaten() {
    let (sharp, failed, groups) = noisy(300, 1.5, 1);
    let (dull, ..) = noisy(300, 4.0, 2);
    let bound = |a: &[f64], b: &[f64]| paired_auc_bound(a, b, &failed, &groups, 0.9, 400, 1).expect("a bound");
    assert!(bound(&sharp, &dull) > 0.0);
    assert!(bound(&dull, &sharp) < 0.0);
    assert!(bound(&sharp, &sharp).abs() < 1e-12, "paired: the same units for both");
    assert_eq!(bound(&sharp, &dull).to_bits(), bound(&sharp, &dull).to_bits());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_group_is_in_two_folds_and_every_row_is_in_one(
        rows in prop::collection::vec((0_u32..40, any::<bool>()), 0..200),
        k in 0_usize..8,
        seed in any::<u64>(),
    ) {
        let (groups, failed): (Vec<u32>, Vec<bool>) = rows.into_iter().unzip();
        let folds = grouped_folds(&groups, &failed, k, seed);
        prop_assert_eq!(folds.len(), k.max(1));
        let mut met: Vec<usize> = folds.concat();
        met.sort_unstable();
        prop_assert_eq!(met, (0..groups.len()).collect::<Vec<_>>());
        let sets: Vec<BTreeSet<u32>> = folds.iter().map(|fold| fold.iter().map(|&row| groups[row]).collect()).collect();
        let units: usize = sets.iter().map(BTreeSet::len).sum();
        prop_assert_eq!(units, groups.iter().collect::<BTreeSet<_>>().len());
        prop_assert_eq!(folds, grouped_folds(&groups, &failed, k, seed));
    }

    #[test]
    fn the_area_is_the_share_of_pairs_in_order(rows in prop::collection::vec((0_u8..6, any::<bool>()), 2..40)) {
        let (scores, failed): (Vec<f64>, Vec<bool>) = rows.into_iter().map(|(s, failed)| (f64::from(s), failed)).unzip();
        let of = |kind| scores.iter().zip(&failed).filter(move |(_, failed)| **failed == kind).map(|(score, _)| *score);
        let pairs = of(true).flat_map(|bad| of(false).map(move |good| (bad, good)));
        let won = |(bad, good): (f64, f64)| if bad > good { 1.0 } else if bad < good { 0.0 } else { 0.5 };
        let outcomes: Vec<f64> = pairs.map(won).collect();
        let expected = (!outcomes.is_empty()).then(|| outcomes.iter().sum::<f64>() / outcomes.len() as f64);
        match (roc_auc(&scores, &failed), expected) {
            (Some(found), Some(expected)) => prop_assert!((found - expected).abs() < 1e-12),
            (found, expected) => prop_assert_eq!(found, expected),
        }
    }
}

#[test]
fn failures_are_spread_as_evenly_as_units_allow() {
    let groups: Vec<u32> = (0..100).collect();
    let failed: Vec<bool> = groups.iter().map(|group| group % 5 == 0).collect();
    for fold in grouped_folds(&groups, &failed, 5, 3) {
        assert_eq!((fold.len(), fold.iter().filter(|&&row| failed[row]).count()), (20, 4));
    }
    assert_ne!(grouped_folds(&groups, &failed, 5, 3), grouped_folds(&groups, &failed, 5, 4));
}
