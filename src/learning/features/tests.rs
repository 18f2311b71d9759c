//! The tables admit only what their question allows, and rows say what the track says.

use std::collections::BTreeSet;

use super::*;
use crate::analysis::{AnalysisSettings, JudgedRun, incoming, judge};
use crate::learning::Target;
use crate::trim::{Identity, Mark, Pass, Point, PositionUnit, Sweep, System, Track, TrackSettings, TrimRun};

fn sweep(sheet: &str, error: impl Fn(f64) -> f64) -> Sweep {
    let point = |position: f64| Point {
        position,
        error: error(position),
        upper: Some(0.1),
        lower: Some(-0.1),
        theory: Some(position),
        measured: Some(position + error(position)),
        mark: Mark::Unmarked,
    };
    Sweep { sheet: sheet.to_owned(), points: (0..=60).map(|i| point(f64::from(i))).collect(), defect: None }
}

fn run(untrimmed: Sweep, passes: &[f64]) -> TrimRun {
    let pass = |(number, height): (u32, &f64)| Pass {
        number,
        recipe: Some(1),
        sweep: sweep(&format!("SEC1 TRK1 {number} TRM1"), |x| height * (x * 0.3).sin()),
        resistance: Some(1_000.0 + 50.0 * f64::from(number)),
        compensation: None,
        cut_length: None,
    };
    let passes: Vec<Pass> = (1..).zip(passes).map(pass).collect();
    let track = Track {
        name: "TRK1".to_owned(),
        alias: None,
        untrimmed: Some(untrimmed),
        resistance_after: passes.last().and_then(|pass| pass.resistance),
        passes,
        verification: None,
        no_cut: false,
        never_measured: Vec::new(),
        resistance_before: Some(1_000.0),
        settings: TrackSettings::default(),
    };
    let identity = Identity {
        model: "8340-1".to_owned(),
        serial: "246".to_owned(),
        section: None,
        laser: None,
        time: None,
        time_source: None,
        disposition: None,
    };
    TrimRun { system: System::A, identity, unit: PositionUnit::Degree, tracks: vec![track], warnings: Vec::new() }
}

fn judged(run: &TrimRun) -> (JudgedRun, Option<Incoming>) {
    let figures = run.tracks[0].untrimmed.as_ref().and_then(|sweep| incoming(&sweep.points));
    (judge(run, &AnalysisSettings::default()), figures)
}

fn row_of(columns: &[Column], run: &TrimRun) -> Vec<f64> {
    let (judged, _) = judged(run);
    track_row(columns, &judged, 0)
}

fn same(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits())
}

#[test]
fn every_column_is_admitted_to_its_question_and_named_once() {
    for (columns, target) in [(TRIM_VERDICT, Target::TrimVerdict), (FINAL_TEST, Target::FinalTest)] {
        for feature in features(columns) {
            assert!(target.admit(&feature).is_ok(), "{} is known too late for {}", feature.name, target.word());
        }
    }
    for columns in [TRIM_VERDICT, FINAL_TEST, DRIFT] {
        let names: BTreeSet<&str> = columns.iter().map(|column| column.name).collect();
        assert_eq!(names.len(), columns.len());
        assert!(columns.iter().all(|column| column.reason.ends_with('.')));
    }
    assert_eq!(DRIFT.len(), 7);
}

#[test]
fn what_an_incoming_part_is_told_from_does_not_depend_on_what_was_cut() {
    let arrived = || sweep("SEC1 TRK1 0", |x| 0.2 * (x * 0.3).sin() - 0.05);
    let good = row_of(TRIM_VERDICT, &run(arrived(), &[0.01]));
    let bad = row_of(TRIM_VERDICT, &run(arrived(), &[0.6, 0.5, 0.4]));
    let uncut = row_of(TRIM_VERDICT, &run(arrived(), &[]));
    assert!(same(&good, &bad) && same(&good, &uncut), "{good:?} {bad:?} {uncut:?}");
    assert!(good.iter().all(|figure| figure.is_finite()), "{good:?}");
    assert!(!same(&good, &row_of(TRIM_VERDICT, &run(sweep("SEC1 TRK1 0", |x| 0.001 * x), &[0.01]))));
}

#[test]
fn a_part_without_an_untrimmed_sweep_is_unknown_but_for_its_resistance() {
    let mut bare = run(sweep("SEC1 TRK1 0", |_| 0.0), &[0.01]);
    bare.tracks[0].untrimmed = None;
    let known = row_of(TRIM_VERDICT, &bare).iter().filter(|figure| figure.is_finite()).count();
    assert_eq!(known, 1);
    assert!(row_of(FINAL_TEST, &bare).iter().any(|figure| figure.is_finite()));
}

#[test]
fn the_final_test_is_told_from_what_the_verdict_says() {
    let part = run(sweep("SEC1 TRK1 0", |x| 0.2 * (x * 0.3).sin()), &[0.6, 0.01]);
    let figures = row_of(FINAL_TEST, &part);
    let of = |name: &str| {
        let place = FINAL_TEST.iter().position(|column| column.name == name).expect("a column");
        figures[place]
    };
    let exactly = |name: &str, wanted: f64| assert!((of(name) - wanted).abs() < 1e-9, "{name} {}", of(name));
    exactly("linearity pass", 1.0);
    exactly("resistance change", 10.0);
    exactly("pass count", 2.0);
    exactly("sigma threshold", 12.0);
    assert!(of("trim improvement") > 90.0 && of("formula probability") < 0.5);
}

#[test]
fn the_ratio_column_is_about_the_untrimmed_resistance() {
    let column = resistance_column().and_then(|place| TRIM_VERDICT.get(place)).expect("a column");
    assert_eq!(column.name, "untrimmed resistance");
    assert!(RESISTANCE_RATIO.starts_with(column.name));
}
