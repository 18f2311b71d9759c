//! The store: what was shown is there, once, whatever happened to the process or the file.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]

mod support;

use std::fs;

use support::{NOON, entry, facts, holder, judged, keep, open};
use trimwatch::history::{Act, Ending, Entry, Exclusion, LogOutcome, Store, StoreError, Tally};
use trimwatch::trim::LocalDate;

#[test]
fn what_was_committed_is_there_after_reopening_record_curve_and_mark() {
    let dir = tempfile::tempdir().expect("a folder");
    let first = entry("9101-1_201", "/in/a.xls", b"a", 5);
    let store = open(dir.path());
    let committed = store.commit(vec![first.clone()]).expect("kept");
    let (key, record) = committed.into_iter().next().and_then(|committed| committed.run).expect("a run");
    drop(store);
    let store = open(dir.path());
    assert_eq!(store.run(&key).expect("readable").as_ref(), Some(&record));
    // Ungraded points have no limits, and no NaN equals another: their words do.
    let words = |curves: Option<trimwatch::analysis::RunCurves>| format!("{curves:?}");
    assert_eq!(words(store.curves(&key).expect("readable")), words(Some(judged("9101-1_201").1)));
    assert!(store.seen_path(&first.file.path_key, 1, 5));
    assert!(!store.seen_path(&first.file.path_key, 2, 5), "another size is another file");
    let latest = store.latest_runs(10).expect("readable");
    assert_eq!(latest.iter().map(|(_, key, _)| key).collect::<Vec<_>>(), [&key]);
}

#[test]
fn the_same_content_under_two_paths_is_one_run() {
    let store = Store::in_memory();
    let outcomes =
        keep(&store, vec![entry("9101-1_201", "/in/a.xls", b"a", 5), entry("9101-1_201", "/in/copy.xls", b"a", 5)]);
    assert!(matches!(outcomes.as_slice(), [LogOutcome::Run { .. }, LogOutcome::Duplicate { .. }]), "{outcomes:?}");
    assert_eq!(store.total().runs, 1);
}

#[test]
fn another_run_of_a_serial_is_always_new_and_stands_in_clock_order() {
    let store = Store::in_memory();
    let runs = ["216_TA_Test Data_3-9-2026_10-00", "216_TA_Test Data_3-9-2026_9-10", "216_TA_Test Data_3-9-2026_9-35"];
    let entries = runs.iter().map(|words| entry(&format!("9101-1_{words}"), words, words.as_bytes(), 5));
    let outcomes = keep(&store, entries.collect());
    assert!(outcomes.iter().all(|outcome| matches!(outcome, LogOutcome::Run { .. })), "{outcomes:?}");
    let of_unit = store.unit_runs("9101-1", "216").expect("readable");
    let clocks: Vec<String> =
        of_unit.iter().filter_map(|(_, record)| Some(record.run.identity.time?.clock())).collect();
    assert_eq!(clocks, ["09:10", "09:35", "10:00"]);
    assert_eq!(store.serial_runs("216").expect("readable").len(), 3);
}

#[test]
fn a_run_saved_again_is_a_revision_and_the_newest_counts() {
    let store = Store::in_memory();
    let saved = |content: &[u8], mtime| entry("9101-1_203_TA_Test Data_3-3-2026_6-40 AMT", "/in/a.xls", content, mtime);
    keep(&store, vec![saved(b"one", 10)]);
    let again = keep(&store, vec![saved(b"two", 20), saved(b"older", 5), saved(b"one", 10)]);
    let words: Vec<String> = again
        .iter()
        .map(|outcome| match outcome {
            LogOutcome::Revision { what, .. } => what.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(words.first().is_some_and(|what| what.contains("all points equal")), "{words:?}");
    assert_eq!(store.total(), Tally { runs: 1, good: 1, units_good: 1, ..Tally::default() });
    let (_, key, record) = store.latest_runs(1).expect("readable").into_iter().next().expect("a run");
    assert_eq!((record.file.mtime_ns, record.revision), (20, 1));
    assert_eq!(store.revisions(&key).expect("readable").len(), 2, "the older ones stay");
}

#[test]
fn counters_equal_what_counting_again_gives() {
    let store = Store::in_memory();
    let words = ["9101-1_201", "9203_34", "9203_35", "9204_88", "9306_72", "9102A_53"];
    keep(&store, words.iter().map(|words| entry(words, words, words.as_bytes(), 5)).collect());
    // A revision that turns a pass into a failure moves one count.
    let mut worse = entry("9203_34", "9203_32", b"9203_32 again", 9);
    if let Ending::Run { run, .. } = &mut worse.ending {
        run.identity = judged("9203_32").0.identity;
    }
    keep(&store, vec![entry("9203_32", "9203_32", b"9203_32", 5), worse]);
    let mut counted = Tally::default();
    let mut of_day = Tally::default();
    let day = LocalDate::new(2026, 3, 10).expect("a day");
    for (_, record) in store.all_runs().expect("readable") {
        counted.count(&record, true);
        if record.run.identity.time.is_some_and(|time| time.date == day) {
            of_day.count(&record, true);
        }
    }
    let runs_alone = |tally: Tally| Tally { units_good: 0, units_failed: 0, ..tally };
    assert_eq!(runs_alone(store.total()), counted);
    assert_eq!(runs_alone(store.day(day)), of_day);
    assert_eq!(store.model("9203"), Tally { runs: 3, failed: 3, units_failed: 3, ..Tally::default() });
}

#[test]
fn unit_yield_counts_the_last_run_of_a_day_whatever_order_the_files_came_in() {
    let runs = ["216_TA_Test Data_3-9-2026_10-00", "216_TA_Test Data_3-9-2026_9-10", "216_TA_Test Data_3-9-2026_9-35"];
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
        let store = Store::in_memory();
        for words in order.iter().filter_map(|&index| runs.get(index)) {
            keep(&store, vec![entry(&format!("9101-1_{words}"), words, words.as_bytes(), 5)]);
        }
        let tally = store.model("9101-1");
        assert_eq!((tally.good, tally.failed), (2, 1), "two of three runs are good");
        assert_eq!((tally.units_good, tally.units_failed), (1, 0), "the unit ended good");
    }
}

#[test]
fn an_excluded_run_counts_nowhere_until_it_is_let_in_again() {
    let store = Store::in_memory();
    keep(&store, vec![entry("9203_34", "9203_34", b"34", 5), entry("9203_35", "9203_35", b"35", 5)]);
    let (_, key, _) = store.latest_runs(1).expect("readable").into_iter().next().expect("a run");
    let word = Exclusion { reason: "probe slipped".to_owned(), by: "AB".to_owned(), at_ms: NOON.now_ms };
    let act = |exclude| Act { key: key.clone(), exclude, word: word.clone() };
    let before = store.total();
    store.act(act(true)).expect("written").expect("a run");
    let tally = store.total();
    assert_eq!((tally.runs, tally.failed, tally.units_failed, tally.excluded), (1, 1, 1, 1));
    assert_eq!(store.run(&key).expect("readable").expect("kept").excluded, Some(word.clone()));
    store.act(act(false)).expect("written").expect("a run");
    assert_eq!(store.total(), before);
    let log = store.latest_log(2).expect("readable");
    assert!(matches!(log.first().map(|entry| &entry.outcome), Some(LogOutcome::Included { .. })), "journaled");
    assert!(matches!(log.get(1).map(|entry| &entry.outcome), Some(LogOutcome::Excluded { .. })), "journaled");
}

#[test]
fn a_store_is_held_by_one_process_and_the_next_is_told_who() {
    let dir = tempfile::tempdir().expect("a folder");
    let _held = open(dir.path());
    match Store::open(dir.path(), &holder()) {
        Err(error @ StoreError::HeldBy { .. }) => {
            let said = error.to_string();
            assert!(said.contains("process 42 of shop on line-3 since 2026-03-19 06:00"), "{said}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_half_written_snapshot_of_the_engine_does_not_keep_the_store_shut() {
    let dir = tempfile::tempdir().expect("a folder");
    keep(&open(dir.path()), vec![entry("9101-1_201", "/in/a.xls", b"a", 5)]);
    fs::write(dir.path().join("db").join("snap.000000000000FFFF.generating"), [0; 64]).expect("written");
    assert_eq!(open(dir.path()).total().runs, 1);
}

#[test]
fn skips_and_failures_are_in_the_log_and_a_failure_can_be_forgotten() {
    let store = Store::in_memory();
    let ended = |path: &str, ending| Entry { file: facts(path, path.as_bytes(), 5), arrived_ms: NOON.now_ms, ending };
    let failed = ended("/in/x.xls", Ending::Failed("the file is empty".to_owned()));
    let key = failed.file.path_key;
    keep(&store, vec![failed, ended("/in/y.xls", Ending::Skipped("set-up workbook".to_owned()))]);
    let log = store.latest_log(10).expect("readable");
    assert_eq!(log.iter().map(|entry| entry.file.name()).collect::<Vec<_>>(), ["y.xls", "x.xls"]);
    assert!(store.seen_path(&key, 1, 5));
    store.forget_path(&key, 5).expect("written");
    assert!(!store.seen_path(&key, 1, 5));
    assert_eq!(store.total().runs, 0);
}

#[test]
fn the_run_before_is_of_the_same_model_and_the_nearest_in_time() {
    let store = Store::in_memory();
    for words in ["9101-1_201", "9101-1_204", "9101-1_207", "9203_31"] {
        keep(&store, vec![entry(words, words, words.as_bytes(), 5)]);
    }
    let of_unit = store.unit_runs("9101-1", "207").expect("readable");
    let (key, _) = of_unit.first().expect("a run");
    let before = store.runs_before(key, 10).expect("readable");
    let serials: Vec<&str> = before.iter().map(|(_, record)| record.run.identity.serial.as_str()).collect();
    assert_eq!(serials, ["204", "201"]);
}

#[test]
fn a_run_is_found_by_the_first_digits_of_its_content() {
    let store = Store::in_memory();
    keep(&store, vec![entry("9101-1_201", "/in/a.xls", b"a", 5), entry("9203_34", "/in/b.xls", b"b", 5)]);
    let hash = *blake3::hash(b"b").as_bytes();
    let found = store.runs_by_content(hash.get(..4).unwrap_or_default()).expect("readable");
    assert_eq!(found.iter().map(|(_, record)| record.run.identity.model.as_str()).collect::<Vec<_>>(), ["9203"]);
}
