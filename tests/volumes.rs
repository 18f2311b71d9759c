//! Runs that have moved out of the engine into volumes: they are asked for, changed and restored like all others.
#![allow(clippy::expect_used, reason = "a test may stop at the first thing that is wrong")]

mod support;

use std::ops::ControlFlow;
use std::path::Path;

use support::{entry, holder, keep, open};
use trimwatch::history::{Act, BackupPlan, Claim, Entry, Exclusion, LogOutcome, Overview, Store, compact, restore};

const RUNS: [&str; 11] = [
    "9101-1_201",
    "9203_34",
    "9204_88",
    "9306_72",
    "9102A_53",
    "9407-12_9",
    "9305-B_6B",
    "9203_32",
    "9101-1_216_TA_Test Data_3-9-2026_9-10",
    "9101-1_216_TA_Test Data_3-9-2026_9-35",
    "9101-1_216_TA_Test Data_3-9-2026_10-00",
];

/// Something that is done to a history.
type Step = Box<dyn Fn(&Store)>;

/// What is done to a history, a step at a time.
fn steps() -> Vec<Step> {
    let file = |words: &'static str| -> Step {
        Box::new(move |store| drop(keep(store, vec![entry(words, words, words.as_bytes(), 5)])))
    };
    let mut steps: Vec<Step> = RUNS.into_iter().map(file).collect();
    let saved_again = |content: &'static [u8]| -> Vec<Entry> { vec![entry("9203_34", "9203_34", content, 9)] };
    steps.push(Box::new(move |store| {
        assert!(matches!(keep(store, saved_again(b"saved again"))[..], [LogOutcome::Revision { .. }]));
    }));
    steps.push(Box::new(|store| exclude(store, "9306_72", true)));
    steps.push(Box::new(|store| exclude(store, "9306_72", false)));
    steps.push(Box::new(|store| exclude(store, "9204_88", true)));
    steps.push(Box::new(|store| {
        store.drop_curves_before(1_772_000_000, 100).expect("written");
    }));
    steps.push(Box::new(|store| {
        let again = RUNS.map(|words| entry(words, words, words.as_bytes(), 5));
        let told = keep(store, again.into());
        assert!(!told.iter().any(|told| matches!(told, LogOutcome::Run { .. })), "each is known: {told:?}");
    }));
    steps
}

fn exclude(store: &Store, words: &str, exclude: bool) {
    let content = *blake3::hash(words.as_bytes()).as_bytes();
    let (key, _) = store.runs_by_content(&content).expect("readable").pop().expect("a run");
    let word = Exclusion { reason: "probe slipped".to_owned(), by: "AB".to_owned(), at_ms: 7 };
    store.act(Act { key, exclude, word }).expect("written").expect("a run");
}

/// Everything a store can tell, as words.
fn contents(store: &Store) -> Vec<String> {
    let mut told = vec![format!("{:?} {:?} {:?}", store.total(), store.days(), store.models())];
    for (key, record) in store.all_runs().expect("readable") {
        let identity = &record.run.identity;
        told.push(format!("{key:?} {record:?}"));
        told.push(format!("{:?} {:?}", store.curves(&key), store.revisions(&key)));
        told.push(format!("{:?}", store.unit_runs(&identity.model, &identity.serial)));
        told.push(format!("{:?} {:?}", store.serial_runs(&identity.serial), store.runs_before(&key, 3)));
        let file = &record.file;
        let seen_path = store.seen_path(&file.path_key, file.len, file.mtime_ns);
        told.push(format!("{} {seen_path}", store.seen_content(&file.content)));
    }
    told.extend(store.latest_log(100).expect("readable").iter().map(|entry| format!("{entry:?}")));
    told.push(format!("{:?} {:?}", store.latest_runs(5), store.damaged_runs()));
    let mut walked = Vec::new();
    store
        .each_facts(|key, facts| {
            walked.push(format!("{key:?} {facts:?}"));
            ControlFlow::Continue(())
        })
        .expect("readable");
    told.extend(walked);
    told.push(Overview::build(store, |_| ControlFlow::Continue(())).expect("readable").0.len().to_string());
    told
}

fn volumes(dir: &Path) -> usize {
    std::fs::read_dir(dir.join("volumes")).map_or(0, Iterator::count)
}

#[test]
fn whatever_is_moved_when_the_history_says_the_same() {
    let plain = Store::in_memory();
    let in_memory: Vec<Vec<String>> = steps()
        .iter()
        .map(|step| {
            step(&plain);
            contents(&plain)
        })
        .collect();
    for every in [1, 3, 5] {
        let dir = tempfile::tempdir().expect("a folder");
        let mut store = open(dir.path());
        for (at, (step, wanted)) in (1..).zip(steps().iter().zip(&in_memory)) {
            step(&store);
            if at % every == 0 {
                store.seal().expect("moved");
            }
            if at % 7 == 0 {
                store.merge_volumes().expect("merged");
            }
            if at % 6 == 0 {
                drop(store);
                store = open(dir.path());
            }
            assert_eq!(&contents(&store), wanted, "step {at}, moved every {every}");
        }
        assert!(volumes(dir.path()) > 0);
    }
}

#[test]
fn files_move_by_themselves_once_they_are_enough_and_are_known_at_the_next_start() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = open(dir.path());
    store.seal_after(4);
    for words in RUNS {
        keep(&store, vec![entry(words, words, words.as_bytes(), 5)]);
    }
    assert_eq!(volumes(dir.path()), 2);
    let before = contents(&store);
    drop(store);
    let store = open(dir.path());
    assert_eq!(contents(&store), before);
    let told = keep(&store, RUNS.map(|words| entry(words, words, words.as_bytes(), 5)).into());
    assert!(!told.iter().any(|told| matches!(told, LogOutcome::Run { .. })), "{told:?}");
}

#[test]
fn a_backup_has_what_volumes_have_and_a_compacted_history_is_one_volume() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = open(dir.path());
    store.seal_after(3);
    for step in steps() {
        step(&store);
    }
    let before = contents(&store);
    let backup = store.back_up(&BackupPlan { keep: 2, copy_to: None }, 1_000).expect("written").expect("a backup");
    drop(store);
    assert!(volumes(dir.path()) > 1);
    compact(&Claim::take(dir.path(), &holder()).expect("free")).expect("compacted");
    assert_eq!(volumes(dir.path()), 1);
    assert_eq!(contents(&open(dir.path())), before);
    let aside = restore(&Claim::take(dir.path(), &holder()).expect("free"), &backup.path).expect("restored").1;
    assert!(aside.is_some_and(|aside| aside.join("volumes").is_dir()), "what was there is kept");
    assert_eq!(contents(&open(dir.path())), before);
}
