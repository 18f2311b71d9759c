//! Workbooks: whatever is done to a good file, it ends as a verdict that holds water or as an error with its reason.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use trimwatch::analysis::{AnalysisSettings, JudgedRun, JudgedTrack, RunCurves, Status, SweepCurve};
use trimwatch::engine::{Outcome, process};
use trimwatch::trim::{LocalDate, LocalTime, Source};

use super::campaign::{fuzz, panicked_at};
use super::chance::Chance;
use super::support::{files_of, sample};
use super::{xls, xlsx};

enum Book {
    Xls(xls::Book),
    Xlsx(xlsx::Book),
}

static GOOD: LazyLock<Vec<(PathBuf, Book)>> = LazyLock::new(|| {
    let names = [
        "9101-1_201",
        "9101-1_216_TA_Test Data_3-9-2026_9-35",
        "9102A_51",
        "9102A_55",
        "9203_34",
        "9204_88",
        "9305-B_4B",
        "9306_72",
        "9407-12_9",
        "9509 LOW TAPS_331",
        "9509 LOW TAPS_0",
        "9408_11",
        "9510-2_5",
    ];
    names.map(sample).map(|path| (path.clone(), book(&path))).into()
});

fn book(path: &Path) -> Book {
    let bytes = fs::read(path).expect("a sample");
    if bytes.starts_with(b"PK") { Book::Xlsx(xlsx::Book::of(bytes)) } else { Book::Xls(xls::Book::of(bytes)) }
}

fn source(path: &Path) -> Source<'_> {
    let today = LocalDate::new(2026, 3, 20);
    Source { path, laser: Some("LTS"), modified: today.map(LocalDate::midnight), today }
}

/// Judges bytes and holds the result against what must be so whatever they are.
pub fn judge(bytes: &[u8], path: &Path, settings: &AnalysisSettings) -> Outcome {
    // What earlier cases said is not this one's.
    drop(panicked_at());
    let outcome = process(bytes, source(path), settings).outcome;
    match &outcome {
        Outcome::Judged { run, curves } => holds_water(run, curves),
        Outcome::Skipped { reason, .. } => assert!(!reason.trim().is_empty()),
        Outcome::Failed { cause, .. } => {
            assert!(!cause.trim().is_empty(), "an error without a reason");
            let at = panicked_at().unwrap_or_default();
            assert!(!at.starts_with("src/"), "the reader's own code panicked at {at}: {cause}");
        }
    }
    outcome
}

fn holds_water(run: &JudgedRun, curves: &RunCurves) {
    assert!(!run.tracks.is_empty(), "a run without a track");
    assert_eq!(curves.tracks.len(), run.tracks.len());
    assert!(run.deciding_track().is_some(), "nobody decided {:?}", run.status);
    if let Some(time) = run.identity.time {
        assert_eq!(LocalTime::from_timestamp(time.timestamp()), Some(time), "a time that no calendar has");
    }
    for (track, curves) in run.tracks.iter().zip(&curves.tracks) {
        track_holds_water(track);
        if track.status != Status::Error {
            curves.untrimmed.iter().chain(&curves.trimmed).for_each(curve_holds_water);
        }
    }
}

fn track_holds_water(track: &JudgedTrack) {
    assert!(track.reasons.iter().all(|reason| !reason.trim().is_empty()) && !track.reasons.is_empty(), "{track:?}");
    let risk =
        track.risk.as_ref().map(|risk| (risk.probability, risk.terms.iter().map(|t| t.share).collect::<Vec<_>>()));
    let figures = format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {risk:?}",
        track.figures,
        track.untrimmed,
        track.passes,
        track.threshold,
        track.gain_that_passes,
        track.resistance,
        track.improvement,
        track.settings
    );
    assert!(!figures.contains("NaN") && !figures.contains("inf,") && !figures.contains("inf)"), "{figures}");
    assert!(!figures.contains("inf "), "{figures}");
    assert!(risk.is_none_or(|(probability, _)| (0.0..=1.0).contains(&probability)), "{figures}");
    let linearity = track.linearity();
    match track.status {
        Status::Pass | Status::Warning | Status::Fail => {
            let linearity = linearity.expect("a verdict rests on linearity");
            assert!(linearity.graded > 0 && linearity.graded <= track.points, "{linearity:?}");
            assert!(linearity.fail <= linearity.raw_fail && linearity.raw_fail <= linearity.graded, "{linearity:?}");
            assert_eq!(linearity.fail == 0, track.status != Status::Fail, "{linearity:?}");
            assert!(track.trimmed && track.points >= 10, "{track:?}");
            // Rounding is a share of the band; a point outside a huge one may be so by less.
            let (beyond, rounding) = (-linearity.worst.volts, 1e-9 * linearity.worst.half_width);
            assert!(if linearity.passes() { beyond <= rounding } else { beyond >= -rounding }, "{linearity:?}");
        }
        Status::NotGraded => assert!(linearity.is_none() && track.trimmed, "{track:?}"),
        Status::Untrimmed => assert!(!track.trimmed, "{track:?}"),
        Status::Error => assert!(track.figures.is_none() && track.risk.is_none(), "{track:?}"),
    }
}

fn curve_holds_water(curve: &SweepCurve) {
    let finite = |column: &[f32]| column.iter().all(|value| value.is_finite());
    let drawable = |column: &[f32]| column.iter().all(|value| value.is_finite() || value.is_nan());
    assert!(finite(&curve.position) && finite(&curve.error), "a point that cannot be drawn");
    assert!(drawable(&curve.upper) && drawable(&curve.lower), "a limit that cannot be drawn");
    let points = curve.position.len();
    assert!([&curve.error, &curve.upper, &curve.lower].iter().all(|column| column.len() == points));
    assert!(curve.marked.iter().all(|&marked| usize::from(marked) < points));
}

/// Everything a result says, to the last bit.
fn bits(outcome: &Outcome) -> Vec<u8> {
    match outcome {
        Outcome::Judged { run, curves } => postcard::to_stdvec(&(run, curves)).expect("memory"),
        other => format!("{other:?}").into_bytes(),
    }
}

fn spoiled(chance: &mut Chance) -> (&'static Path, Vec<u8>) {
    let (path, book) = chance.pick(&GOOD);
    let bytes = match book {
        Book::Xls(book) => book.spoiled(chance),
        Book::Xlsx(book) => book.spoiled(chance),
    };
    (path, bytes)
}

#[test]
fn a_spoiled_workbook_ends_as_a_sound_verdict_or_a_reason_and_always_the_same() {
    let settings = AnalysisSettings::default();
    let mut ended = [0u32; 3];
    fuzz("reader", 250, |chance| {
        let (path, bytes) = spoiled(chance);
        let outcome = judge(&bytes, path, &settings);
        ended[match outcome {
            Outcome::Judged { .. } => 0,
            Outcome::Skipped { .. } => 1,
            Outcome::Failed { .. } => 2,
        }] += 1;
        if chance.one_in(8) {
            assert_eq!(bits(&outcome), bits(&judge(&bytes, path, &settings)), "the same bytes judged otherwise");
        }
    });
    println!("fuzz reader: {} judged, {} skipped, {} refused", ended[0], ended[1], ended[2]);
    let tame = ended[0].min(ended[2]) * 10 > ended.iter().sum();
    assert!(tame || ended.iter().sum::<u32>() < 100, "too tame or too wild: {ended:?}");
}

#[test]
fn every_sample_is_judged_soundly_under_its_own_name() {
    for path in files_of("incoming").into_iter().chain(files_of("hostile")) {
        judge(&fs::read(&path).expect("a sample"), &path, &AnalysisSettings::default());
    }
}

/// A System A sample with other figures in some cells, judged.
fn with_figures(figure: impl Fn(u16, u16) -> Option<f64>) -> (JudgedRun, RunCurves) {
    let path = sample("9102A_51");
    let bytes = xls::Book::of(fs::read(&path).expect("a sample")).with_figures(figure);
    match judge(&bytes, &path, &AnalysisSettings::default()) {
        Outcome::Judged { run, curves } => (*run, curves),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_resistance_of_next_to_nothing_is_not_measured_and_no_infinite_change() {
    let (run, _) = with_figures(|row, column| ((row, column) == (9, 1)).then_some(5e-324));
    assert!(run.tracks.iter().all(|track| track.resistance.before.is_none() && track.resistance.change.is_none()));
    assert_ne!(run.status, Status::Error);
}

#[test]
fn limits_next_to_each_other_next_to_nothing_are_defective_and_no_infinite_r() {
    let (run, _) = with_figures(|row, column| match column {
        8 if row > 0 => Some(1e-302),
        9 if row > 0 => Some(-1e-302),
        _ => None,
    });
    assert!(run.tracks.iter().all(|track| track.linearity().is_none()), "{:?}", run.status);
}

#[test]
fn an_error_beyond_single_precision_is_no_measurement_and_no_infinite_curve() {
    for figure in [1e31, 1e39, -1e99] {
        let (run, _) = with_figures(|row, column| ((row, column) == (12, 6)).then_some(figure));
        assert_eq!(run.status, Status::Error, "{figure}");
        assert!(run.tracks.iter().any(|track| track.reasons.iter().any(|reason| reason.contains("no measurement"))));
    }
}
