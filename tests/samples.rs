//! The samples are what their maker makes, and every one ends as its name says.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::{example, files_of, judge_bytes, judged, samples};
use trimwatch::analysis::Status;
use trimwatch::engine::Outcome;

#[test]
fn the_maker_makes_the_same_bytes_again() {
    let made = tempfile::tempdir().expect("a folder");
    let maker = example("make-samples");
    let status = Command::new(maker).arg(made.path()).stdout(std::process::Stdio::null()).status();
    assert!(status.expect("the maker").success());
    for folder in ["incoming", "hostile"] {
        let below = |root: &Path, paths: Vec<PathBuf>| -> BTreeSet<PathBuf> {
            paths.iter().map(|path| path.strip_prefix(root).expect("below").to_path_buf()).collect()
        };
        let here = below(&samples(), files_of(folder));
        for path in &here {
            let (old, new) = (fs::read(samples().join(path)), fs::read(made.path().join(path)));
            assert!(old.expect("a sample") == new.expect("made again"), "{} differs", path.display());
        }
        assert!(!here.is_empty());
    }
    let readme = |root: &Path| fs::read_to_string(root.join("README.md")).expect("a README");
    assert_eq!(readme(&samples()), readme(made.path()));
}

#[test]
fn there_are_forty_workbooks_of_both_systems_and_eight_models() {
    let files = files_of("incoming");
    let ends = |end: &str| files.iter().filter(|path| path.extension().is_some_and(|e| e == end)).count();
    assert!(files.len() >= 40 && ends("xlsx") >= 6, "{} files", files.len());
    let mut models = BTreeSet::new();
    let mut statuses = BTreeSet::new();
    for path in &files {
        match judge_bytes(&fs::read(path).expect("a sample"), path) {
            Outcome::Judged { run, .. } => {
                models.insert(run.identity.model.clone());
                statuses.insert(run.status.word());
            }
            Outcome::Skipped { reason, .. } => assert!(reason.contains("set-up")),
            Outcome::Failed { cause, .. } => panic!("{}: {cause}", path.display()),
        }
    }
    assert!(models.len() >= 8, "{models:?}");
    assert_eq!(Vec::from_iter(statuses), ["FAIL", "NOT GRADED", "PASS", "UNTRIMMED"]);
}

#[test]
fn each_case_of_the_trade_is_there() {
    let tracks = |words: &str| judged(words).0.tracks;
    let status = |words: &str| judged(words).0.status;
    assert_eq!(tracks("9102A_51").len(), 2, "two tracks");
    let half: Vec<Status> = tracks("9102A_55").iter().map(|track| track.status).collect();
    assert_eq!(half, [Status::Untrimmed, Status::Pass], "one track trimmed, one not");
    let passes: Vec<u32> = tracks("9305-B_6B").iter().map(|track| track.pass_count).collect();
    assert_eq!(passes, [6], "many passes");
    assert!(tracks("9204_88").iter().all(|track| track.no_cut), "a template without a cut");
    assert_eq!(status("9306_72"), Status::NotGraded, "no limits");
    let odd = tracks("9306_71").iter().any(|track| track.warnings.iter().any(|warning| warning.contains("limit")));
    assert!(odd, "limits upside down are said");
    assert_eq!(tracks("9509 LOW TAPS_329_2").iter().map(|track| track.name.as_str()).collect::<Vec<_>>(), ["TRK2"]);
    let unfilled = tracks("9509 LOW TAPS_330");
    assert_eq!(unfilled.iter().map(|track| (track.status, track.pass_count)).collect::<Vec<_>>(), [(Status::Pass, 1)]);
}

#[test]
fn a_drifting_model_loses_margin_from_lot_to_lot() {
    let margin = |serial: u32| {
        let (run, _) = judged(&format!("9101-1_{serial}_TA"));
        run.deciding_track()
            .and_then(|track| track.linearity())
            .map(|linearity| linearity.worst.percent)
            .expect("graded")
    };
    let mean = |range: std::ops::Range<u32>| range.clone().map(margin).sum::<f64>() / range.len() as f64;
    assert!(mean(201..206) > mean(211..216) + 20.0);
}
