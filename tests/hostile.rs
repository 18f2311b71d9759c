//! Files that hurt other programs end here with a reason, whatever is done to their bytes.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use support::{files_of, judge_bytes, sample};
use trimwatch::analysis::AnalysisSettings;
use trimwatch::engine::{Outcome, process};
use trimwatch::intake::ignored_by_name;
use trimwatch::trim::{Limits, Source};

fn reason(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Judged { run, .. } => {
            run.tracks.iter().flat_map(|track| track.reasons.clone()).collect::<Vec<_>>().join("; ")
        }
        Outcome::Skipped { reason, .. } => reason.clone(),
        Outcome::Failed { cause, .. } => cause.clone(),
    }
}

#[test]
fn each_hostile_sample_ends_with_a_reason_that_names_the_trouble() {
    let expected = [
        ("truncated.xls", "incomplete"),
        ("truncated.xlsx", "zip"),
        ("empty", "empty"),
        ("HTML", "HTML"),
        ("huge dimensions", "rows 0–4294967295"),
        ("XFD1048576", "Lin Error!XFD1048576"),
        ("zero-filled", "tail is missing"),
        ("wrong sheets", "no trim station's sheets"),
        ("text in a number", "Lin Error!D14"),
        ("few points", "7 usable points"),
        ("not a workbook", "zip"),
        ("characters", "first bytes"),
    ];
    for (name, words) in expected {
        let path = files_of("hostile").into_iter().find(|path| path.display().to_string().contains(name));
        let path = path.unwrap_or_else(|| panic!("no hostile sample `{name}`"));
        let outcome = judge_bytes(&fs::read(&path).expect("a sample"), &path);
        assert!(reason(&outcome).contains(words), "{name}: {}", reason(&outcome));
        if let Outcome::Judged { run, .. } = outcome {
            assert_eq!(run.status.word(), "ERROR", "{name}: never a verdict");
        }
    }
}

#[test]
fn what_is_beyond_a_sites_limits_is_refused_with_the_limits_name() {
    let usual = Limits::default();
    let cases = [
        (Limits { bytes: 1_000, ..usual }, "limits.bytes is 1000"),
        (Limits { sheets: 1, ..usual }, "over 1 sheets (limits.sheets)"),
        (Limits { cells: 20, ..usual }, "more than 20 cells (limits.cells)"),
        (Limits { seconds: 0, ..usual }, "longer than 0 s (limits.seconds)"),
    ];
    for name in ["9203_34", "9510-2_5"] {
        let path = sample(name);
        let bytes = fs::read(&path).expect("a sample");
        let source = Source { path: &path, laser: None, modified: None, today: None };
        for (limits, words) in cases {
            let settings = AnalysisSettings { limits, ..AnalysisSettings::default() };
            let outcome = process(&bytes, source, &settings).outcome;
            assert!(reason(&outcome).contains(words), "{name}: {}", reason(&outcome));
            assert!(
                matches!(outcome, Outcome::Failed { failure, .. } if !failure.is_unfinished()),
                "it is not tried again by itself"
            );
        }
        assert!(matches!(process(&bytes, source, &AnalysisSettings::default()).outcome, Outcome::Judged { .. }));
    }
}

#[test]
fn a_wrong_extension_is_no_obstacle_and_a_lock_file_is_never_opened() {
    for path in files_of("hostile") {
        let name = path.display().to_string();
        if name.contains("wrong extension") {
            let outcome = judge_bytes(&fs::read(&path).expect("a sample"), &path);
            assert!(matches!(outcome, Outcome::Judged { .. }), "{name}: {}", reason(&outcome));
        }
        assert_eq!(ignored_by_name(&path).is_some(), name.contains("~$"), "{name}");
    }
}

/// A small generator (`SplitMix64`): the same mutations every time.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(most.max(1)).expect("small")).expect("small")
    }
}

/// Cut, zeroed, flipped, doubled or shifted somewhere.
fn mutate(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=random.below(4) {
        let (at, length) = (random.below(bytes.len()), 1 + random.below(600));
        let end = (at + length).min(bytes.len());
        match random.below(6) {
            0 => bytes.truncate(at.max(1)),
            1 => bytes.iter_mut().take(end).skip(at).for_each(|byte| *byte = 0),
            2 => bytes.iter_mut().take(end).skip(at).for_each(|byte| *byte = 0xFF),
            3 => {
                let piece: Vec<u8> = bytes.iter().take(end).skip(at).copied().collect();
                bytes.splice(at..at, piece);
            }
            4 => drop(bytes.drain(at..end)),
            _ => bytes.iter_mut().skip(at).take(1 + random.below(8)).for_each(|byte| *byte ^= 1 << random.below(8)),
        }
    }
    bytes
}

fn good_files() -> Vec<(PathBuf, Vec<u8>)> {
    let names = ["9101-1_201", "9102A_51", "9408_11", "9510-2_5", "9305-B_6B"];
    names.iter().map(|name| sample(name)).map(|path| (path.clone(), fs::read(path).expect("a sample"))).collect()
}

/// Judges `count` mutations; the slowest one and what it did.
fn judge_mutations(count: usize) -> (Duration, usize) {
    let (good, mut random) = (good_files(), Random(7));
    let (mut slowest, mut refused) = (Duration::ZERO, 0);
    for number in 0..count {
        let (path, bytes) = good.get(number % good.len()).expect("a good file");
        let mutation = mutate(bytes, &mut random);
        let start = Instant::now();
        let outcome = judge_bytes(&mutation, path);
        slowest = slowest.max(start.elapsed());
        refused += usize::from(matches!(outcome, Outcome::Failed { .. }));
        if let Outcome::Failed { cause, .. } = &outcome {
            assert!(!cause.trim().is_empty(), "mutation {number} of {} has no reason", path.display());
        }
    }
    (slowest, refused)
}

#[test]
fn two_thousand_mutations_all_end_as_a_verdict_or_a_reason() {
    let (_, refused) = judge_mutations(2_000);
    assert!(refused > 500, "only {refused} were refused: the mutations are too tame");
}

/// Timed, so not part of the suite: `cargo test --release --test hostile -- --ignored --nocapture`.
#[test]
#[ignore = "measures time and memory"]
fn mutations_are_refused_in_two_seconds_and_three_hundred_megabytes() {
    let (slowest, refused) = judge_mutations(20_000);
    let status = fs::read_to_string(Path::new("/proc/self/status")).unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM: not known");
    println!("20,000 mutations, {refused} refused, slowest {slowest:?}, {peak}");
    assert!(slowest < Duration::from_secs(2));
}
