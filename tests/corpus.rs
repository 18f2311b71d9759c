//! Every judged figure of the real files equals an independent reader's and analyser's.
//!
//! Runs where `TRIM_CORPUS` names the corpus folder; says so and passes where it is unset, because real data
//! is no part of the project.

#![allow(clippy::expect_used, reason = "a test may stop at the first thing that is wrong")]

use std::path::{Path, PathBuf};

use serde_json::Value;
use trimwatch::analysis::AnalysisSettings;
use trimwatch::engine::{Outcome, process};
use trimwatch::export::{FileLine, FileOutcome};
use trimwatch::learning::failure_predictor::PredictorSettings;
use trimwatch::learning::{FailurePredictor, Lessons, Target};
use trimwatch::trim::{LocalTime, Source};

/// Counts and words: equal.
const EXACT: &[&str] = &[
    "sheet",
    "trimmed",
    "no_cut",
    "passes",
    "n",
    "graded",
    "raw_fail",
    "fail",
    "pass_fail",
    "untrimmed_fail",
    "station_fail",
];
/// Figures: within 1e-9 relative or 1e-10 absolute.
const CLOSE: &[&str] = &[
    "spec",
    "travel",
    "sigma",
    "sigma_untrimmed",
    "offset",
    "lin_error",
    "margin_pct",
    "offset_lo",
    "offset_hi",
    "improvement_pct",
    "untrimmed_max",
    "r_before",
    "r_after",
    "r_change_pct",
];

fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("TRIM_CORPUS").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: TRIM_CORPUS is unset");
    }
    folder
}

#[test]
fn every_figure_of_the_corpus_is_reproduced() {
    let Some(folder) = corpus() else { return };
    let expected = std::fs::read_to_string(folder.join("expected.jsonl")).expect("expected.jsonl");
    let mut differences = Vec::new();
    let mut files = 0;
    for line in expected.lines() {
        let wanted: Value = serde_json::from_str(line).expect("a JSON line");
        let path = folder.join(wanted["path"].as_str().expect("a path"));
        compare_file(&wanted, &analysed(&path), &mut differences);
        files += 1;
    }
    assert!(files > 0, "the corpus is empty");
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}

fn analysed(path: &Path) -> Value {
    let bytes = std::fs::read(path).expect("a corpus file");
    let source = Source { path, laser: None, modified: None, today: None };
    let processed = process(&bytes, source, &AnalysisSettings::default());
    let outcome = match &processed.outcome {
        Outcome::Judged { run, .. } => FileOutcome::Run(run),
        Outcome::Skipped { identity, reason } => FileOutcome::Skipped { identity: Some(identity), reason },
        Outcome::Failed { cause, .. } => FileOutcome::Failed { identity: None, cause },
    };
    serde_json::to_value(FileLine::new(path, None, outcome)).expect("a JSON object")
}

#[test]
fn the_verdict_of_real_parts_is_foretold_as_they_arrive_better_than_by_any_single_figure() {
    let Some(folder) = corpus() else { return };
    let expected = std::fs::read_to_string(folder.join("expected.jsonl")).expect("expected.jsonl");
    let mut lessons = Lessons::default();
    for line in expected.lines() {
        let wanted: Value = serde_json::from_str(line).expect("a JSON line");
        let path = folder.join(wanted["path"].as_str().expect("a path"));
        let bytes = std::fs::read(&path).expect("a corpus file");
        let source = Source { path: &path, laser: None, modified: None, today: None };
        if let Outcome::Judged { run, .. } = process(&bytes, source, &AnalysisSettings::default()).outcome {
            let seconds = run.identity.time.map_or(0, LocalTime::timestamp);
            lessons.take(seconds, &run, None, run.filter);
        }
    }
    lessons.sort();
    let examples = lessons.examples(Target::TrimVerdict, None).expect("a matrix");
    let settings = PredictorSettings { repeats: 5, seed: 1, ..PredictorSettings::default() };
    let step = |_| std::ops::ControlFlow::Continue(());
    let trained = FailurePredictor::train(&examples, Target::TrimVerdict, &settings, &step).expect("trained");
    let told = &trained.validation.grouped;
    eprintln!("{} tracks, {} failed: AUC {:.3}, Brier {:.3}", told.rows, told.failures, told.auc, told.brier);
    // scikit-learn on the eight figures everybody would take: AUC 0.798, average precision 0.55, Brier 0.166.
    assert!(told.auc > 0.88 && told.average_precision > 0.8 && told.brier < 0.12, "{told:?}");
    assert!(trained.gate.deployed, "{:?}", trained.gate);
}

fn compare_file(wanted: &Value, got: &Value, differences: &mut Vec<String>) {
    let file = wanted["path"].as_str().unwrap_or_default();
    let mut note = |what: String| differences.push(format!("{file}: {what}"));
    if wanted["system"] != got["system"] {
        note(format!("system {} but {}", wanted["system"], got["system"]));
    }
    if wanted["system"].is_null() && got["skipped"].is_null() {
        note(format!("a set-up workbook should be skipped: {}", got["error"]));
    }
    let tracks = |value: &Value| value["tracks"].as_array().cloned().unwrap_or_default();
    let (wanted, got) = (tracks(wanted), tracks(got));
    if wanted.len() != got.len() {
        return note(format!("{} tracks but {}", wanted.len(), got.len()));
    }
    for (wanted, got) in wanted.iter().zip(&got) {
        compare_track(wanted, got, &mut note);
    }
}

fn compare_track(wanted: &Value, got: &Value, note: &mut impl FnMut(String)) {
    let name = wanted["track"].as_str().unwrap_or_default();
    if wanted["track"] != got["track"] {
        return note(format!("{name} but {}", got["track"]));
    }
    if wanted["n"].as_u64() < Some(10) || wanted["measured"] == Value::Bool(false) {
        if got["status"] != "ERROR" {
            note(format!("{name} should be an ERROR, is {}", got["status"]));
        }
        return;
    }
    for key in EXACT.iter().filter(|key| wanted[**key] != got[**key]) {
        note(format!("{name} {key}: {} but {}", wanted[*key], got[*key]));
    }
    for key in CLOSE.iter().filter(|key| !close(&wanted[**key], &got[**key])) {
        note(format!("{name} {key}: {} but {}", wanted[*key], got[*key]));
    }
}

fn close(wanted: &Value, got: &Value) -> bool {
    match (wanted.as_f64(), got.as_f64()) {
        (Some(a), Some(b)) => (a - b).abs() <= (1e-9 * a.abs()).max(1e-10),
        (None, None) => true,
        _ => false,
    }
}
