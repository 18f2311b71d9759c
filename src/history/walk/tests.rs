//! Walks over a store in memory: their order, what is damaged on the way, and that they end when they are told to.

use std::path::Path;

use super::*;
use crate::analysis::AnalysisSettings;
use crate::history::error::Holder;
use crate::history::journal::Changes;
use crate::history::record::FileFacts;
use crate::trim::{self, Reading, Source};

/// Runs of a store that need more than one page, the last of them not full.
const RUNS: usize = PAGE + 7;

#[test]
fn a_damaged_run_is_counted_and_named_and_the_walk_goes_on() {
    let store = Store::in_memory();
    let changes: Changes = (0..13)
        .flat_map(|n| {
            let run = key::from_parts("8340-1", 1_700_000_000, [n; 16]);
            [(key::run(&run), Some(vec![9])), (key::by_time(&run), Some(vec![9]))]
        })
        .collect();
    store.shelf().apply(&changes).expect("memory");
    let walked = store.each_facts(|_, _| ControlFlow::Continue(())).expect("readable");
    assert_eq!((walked.runs, walked.damaged, walked.named.len()), (0, 13, 10), "neither their facts nor themselves");
    assert!(
        walked.named.first().is_some_and(|said| said.starts_with("a run of 8340-1 of 2023-11-14T22:13:20: ")),
        "{walked:?}"
    );
}

/// A sample as a run with a number for its serial.
fn record(like: &RunRecord, number: usize) -> (RunKey, RunRecord) {
    let mut record = like.clone();
    record.run.identity.serial = number.to_string();
    // Models take turns, so that the order of the records is not that of the clock.
    record.run.identity.model = format!("910{}", number % 4);
    record.run.identity.time = LocalTime::from_timestamp(1_700_000_000 + 60 * i64::try_from(number).unwrap_or(0));
    (RunKey::of(&record.run, &record.file), record)
}

fn sample() -> RunRecord {
    let path = Path::new("samples/incoming/DLTS/9102A_51_TEST DATA_3-13-2026_6-20 AM.xls");
    let bytes = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("a sample");
    let source = Source { path, laser: None, modified: None, today: None };
    let Ok(Reading::Run(read)) = trim::read(&bytes, source) else { panic!("no run") };
    let run = crate::analysis::judge(&read, &AnalysisSettings::default());
    let file = FileFacts { path: "/in/a.xls".to_owned(), path_key: [1; 16], len: 9, mtime_ns: 5, content: [2; 32] };
    RunRecord { file, run, arrived_ms: 7, revision: 0, excluded: None, sequence: 0 }
}

/// A store of runs of which some are damaged and some are not there.
fn shop(damaged: &[usize], missing: &[usize]) -> Store {
    let (store, like) = (Store::in_memory(), sample());
    let mut changes = Changes::new();
    for number in 0..RUNS {
        let (key, record) = record(&like, number);
        let digest = value::encode(&Digest::of(&key, &record)).expect("encoded");
        changes.insert(key::by_time(&key), Some(digest));
        if damaged.contains(&number) {
            changes.insert(key::run(&key), Some(vec![value::SCHEMA, 0, 0, 0, 0, 1]));
        } else if !missing.contains(&number) {
            changes.insert(key::run(&key), Some(value::encode(&record).expect("encoded")));
        }
    }
    store.shelf().apply(&changes).expect("memory");
    store
}

fn number(record: &RunRecord) -> usize {
    record.run.identity.serial.parse().expect("a number")
}

#[test]
fn runs_come_in_clock_order_and_whole_over_many_pages_and_past_what_is_damaged_or_missing() {
    let (damaged, missing) = ([0, 5, PAGE - 1, PAGE, RUNS - 1], [6, PAGE + 1]);
    let (store, like) = (shop(&damaged, &missing), sample());
    let there = |number: &usize| !damaged.contains(number) && !missing.contains(number);
    let every: Vec<usize> = (0..RUNS).filter(there).collect();
    let odd: Vec<usize> = every.iter().copied().filter(|number| number % 2 == 1).collect();
    let is_odd = |facts: &Facts<'_>| facts.serial.parse::<usize>().is_ok_and(|number| number % 2 == 1);
    for (admits, wanted) in [(None, every), (Some(is_odd), odd)] {
        let (all, mut met) = (admits.is_none(), Vec::new());
        let walked = store.each_run_in_time(admits, |run| {
            assert_eq!(run, record(&like, number(&run)).1);
            met.push(number(&run));
            ControlFlow::Continue(())
        });
        let walked = walked.expect("readable");
        assert_eq!(met, wanted);
        let spoilt: Vec<usize> = damaged.into_iter().filter(|number| all || number % 2 == 1).collect();
        assert_eq!((walked.runs, walked.damaged, walked.named.len()), (met.len(), spoilt.len(), spoilt.len()));
        for (said, number) in walked.named.iter().zip(spoilt) {
            let time = record(&like, number).1.run.identity.time.expect("a time");
            assert!(said.contains(&time.to_string()) && said.contains("the checksum does not fit"), "{number}: {said}");
        }
    }
}

#[test]
fn a_run_whose_facts_are_damaged_is_read_itself_before_it_is_admitted() {
    let store = shop(&[], &[]);
    let (key, _) = record(&sample(), 8);
    store.shelf().apply(&Changes::from([(key::by_time(&key), Some(vec![9]))])).expect("memory");
    let mut met = Vec::new();
    let walked = store.each_run_in_time(Some(|facts: &Facts<'_>| facts.serial.ends_with('8')), |run| {
        met.push(number(&run));
        ControlFlow::Continue(())
    });
    assert_eq!(walked.expect("readable").damaged, 0);
    assert_eq!(met, (0..RUNS).filter(|number| number % 10 == 8).collect::<Vec<_>>());
}

#[test]
fn a_walk_that_is_broken_off_gives_no_run_more() {
    let store = shop(&[2], &[]);
    for most in [1, 3, PAGE - 1, PAGE, PAGE + 1] {
        let mut met = 0;
        let walked = store.each_run_in_time(None::<fn(&Facts<'_>) -> bool>, |_| {
            met += 1;
            if met == most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        let walked = walked.expect("readable");
        assert_eq!((met, walked.runs, walked.damaged), (most, most, usize::from(most > 2)));
    }
}

#[test]
fn a_page_has_every_key_of_its_kind_and_no_other_on_disk_as_in_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let [host, user, since, version] = ["line-3", "shop", "2026-03-19 06:00", "0"].map(str::to_owned);
    let holder = Holder { host, pid: 42, user, since, version };
    let (disk, _) = Store::open(&folder.path().join("store"), &holder).expect("opened");
    let memory = Store::in_memory();
    let kinds = [(b'a', 3_u8), (b'f', 8), (b'x', 21)];
    let keys = kinds.into_iter().flat_map(|(kind, many)| (0..many).map(move |n| vec![kind, n]));
    let changes: Changes = keys.map(|key| (key.clone(), Some(key))).collect();
    for store in [&disk, &memory] {
        store.shelf().apply(&changes).expect("written");
        for ((kind, many), most) in kinds.into_iter().flat_map(|kind| (1..25).map(move |most| (kind, most))) {
            let (mut after, mut met) = (vec![kind], Vec::new());
            loop {
                let page = store.shelf().after(&after, &[kind], most).expect("readable");
                assert!(page.len() == most || met.len() + page.len() == usize::from(many), "only the last is short");
                let Some((last, _)) = page.last() else { break };
                after.clone_from(last);
                met.extend(page);
            }
            let wanted = (0..many).map(|n| (vec![kind, n], vec![kind, n]));
            assert_eq!(met, wanted.collect::<Vec<_>>(), "{most} at once");
        }
    }
}
