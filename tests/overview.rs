//! The index of all runs: whatever came in whatever order, it answers as a look through every record would.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]
#![allow(clippy::indexing_slicing, clippy::assigning_clones, reason = "made runs take from short lists, round the end")]

mod support;

use std::collections::HashMap;
use std::ops::ControlFlow;

use proptest::prelude::*;
use support::{NOON, entry, facts, judged};
use trimwatch::analysis::JudgedRun;
use trimwatch::history::{
    Act, Ending, Entry, Exclusion, Facts, Filter, Grouping, Moment, Overview, Query, RunKey, RunRecord, SortBy, Step,
    Store, Tally, YieldOf, counted_yields, newest_page, text_is_in,
};
use trimwatch::trim::{LocalDate, LocalTime, TimeSource};

const SAMPLES: [&str; 6] = ["9101-1_201", "9203_34", "9203_35", "9204_88", "9306_72", "9407-12_9"];
const FILTERS: [&str; 14] = [
    "",
    "model:91*",
    "sn:1*,b?",
    "sec:TA -status:fail",
    "status:fail,untrimmed",
    "risk:>0.3",
    "margin:<0 r:>5",
    "since:2026-03-09 until:2026-03-09",
    "since:1d",
    "excluded:yes",
    "-excluded:yes fail",
    "1",
    "B",
    "disp:*correct -laser:lts",
];

fn moment() -> Moment {
    let date = LocalDate::new(2026, 3, 10).expect("a day");
    Moment { now: LocalTime::new(date, 6, 0, 0).expect("a time"), shift: None }
}

/// Which sample, model, serial, section, hour, and whether it is excluded.
type Made = (usize, u8, u8, u8, u8, bool);

fn record(made: Made) -> (RunKey, RunRecord) {
    let (sample, model, serial, section, hour, excluded) = made;
    let (mut run, _): (JudgedRun, _) = judged(SAMPLES[sample % SAMPLES.len()]);
    run.identity.model = ["9101-1", "9203", "10"][usize::from(model) % 3].to_owned();
    run.identity.serial = ["1", "2", "10", "b1", "B1", "0"][usize::from(serial) % 6].to_owned();
    run.identity.section = [None, Some("TA"), Some("TB")][usize::from(section) % 3].map(str::to_owned);
    let date = LocalDate::new(2026, 3, 8 + hour / 24 % 3).expect("a day");
    run.identity.time = LocalTime::new(date, u32::from(hour % 24), 0, 0);
    run.identity.time_source = Some(TimeSource::Name);
    let word = Exclusion { reason: "probe".to_owned(), by: "AB".to_owned(), at_ms: 0 };
    let file = facts(&format!("{made:?}"), format!("{made:?}").as_bytes(), 5);
    let record =
        RunRecord { file, run, arrived_ms: NOON.now_ms, revision: 0, excluded: excluded.then_some(word), sequence: 0 };
    (RunKey::of(&record.run, &record.file), record)
}

/// What a look through every record gives: the runs meant, newest first, and their yields.
fn by_hand(records: &HashMap<RunKey, RunRecord>, filter: &Filter) -> (Vec<RunKey>, Tally) {
    let meant = records.iter().filter(|(key, record)| filter.admits(&Facts::of(key, record), &moment()) == Ok(true));
    let mut meant: Vec<(&RunKey, &RunRecord)> = meant.collect();
    meant.sort_by_key(|(key, _)| {
        let identity: Vec<u8> = key.0[key.0.len() - 16..].to_vec();
        std::cmp::Reverse((key.seconds(), identity, (*key).clone()))
    });
    let mut tally = Tally::default();
    let mut last = HashMap::new();
    for (key, record) in &meant {
        tally.count(record, true);
        let identity = &record.run.identity;
        let day = identity.time.map(|time| time.date);
        if let Some(good) = record.run.status.counts_as_good().filter(|_| record.excluded.is_none())
            && identity.is_unit()
        {
            let serial = identity.serial.to_lowercase();
            last.entry((identity.model.clone(), serial, identity.section.clone(), day)).or_insert((key, good));
        }
    }
    for &(_, good) in last.values() {
        tally.count_unit(good, true);
    }
    (meant.into_iter().map(|(key, _)| key.clone()).collect(), tally)
}

fn query(filter: &Filter) -> Query {
    Query { filter: filter.clone(), limit: 1_000, ..Query::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn the_index_answers_as_a_look_through_every_record_whatever_order_they_came_in(
        made in prop::collection::vec((0usize..6, 0u8..3, 0u8..6, 0u8..3, 0u8..72, any::<bool>()), 0..60),
    ) {
        let mut records = HashMap::new();
        let (mut index, mut backwards) = (Overview::default(), Overview::default());
        for &made in &made {
            let (key, record) = record(made);
            index.put(&key, &record);
            records.insert(key, record);
        }
        for (key, record) in &records {
            backwards.put(key, record);
        }
        prop_assert_eq!(index.len(), records.len());
        for filter in FILTERS.map(|text| Filter::parse(text).expect("a filter")) {
            let (keys, tally) = by_hand(&records, &filter);
            let page = index.page(&query(&filter), &moment()).expect("no shift is meant");
            prop_assert_eq!((&page.keys, page.tally, page.found), (&keys, tally, keys.len()), "{}", filter);
            for sort in SortBy::ALL {
                let query = Query { sort, ..query(&filter) };
                let (one, two) = (index.page(&query, &moment()), backwards.page(&query, &moment()));
                prop_assert_eq!(one, two, "{} by {}", filter, sort.word());
            }
            let days = index.yields(&filter, Grouping::Day, &moment()).expect("readable");
            prop_assert_eq!(days.iter().map(|row| row.tally.runs).sum::<u64>(), tally.runs);
            prop_assert_eq!(days.iter().map(|row| row.tally.units()).sum::<u64>(), tally.units());
        }
    }

    #[test]
    fn pages_walk_through_the_whole_and_a_search_meets_every_hit(
        made in prop::collection::vec((0usize..6, 0u8..3, 0u8..6, 0u8..3, 0u8..72, any::<bool>()), 1..60),
        sort in prop::sample::select(SortBy::ALL.to_vec()),
        reverse: bool,
    ) {
        let mut records = HashMap::new();
        let mut index = Overview::default();
        for &made in &made {
            let (key, record) = record(made);
            index.put(&key, &record);
            records.insert(key, record);
        }
        let all = Query { sort, reverse, limit: 1_000, ..Query::default() };
        let whole = index.page(&all, &moment()).expect("readable").keys;
        for (row, key) in whole.iter().enumerate() {
            let around = Query { anchor: Some(key.clone()), limit: 7, ..all.clone() };
            let page = index.page(&around, &moment()).expect("readable");
            prop_assert_eq!(page.anchor, Some(row));
            prop_assert_eq!(&page.keys[..], &whole[page.first..(page.first + 7).min(whole.len())]);
            let here = Query { row, ..all.clone() };
            let found = index.find(&here, "fail", Step::Next, &moment()).expect("readable");
            let hits = |key: &RunKey| text_is_in("fail", &Facts::of(key, &records[key]));
            let order = (row + 1..whole.len()).chain(0..whole.len());
            prop_assert_eq!(found.row, order.into_iter().find(|&row| hits(&whole[row])));
            prop_assert_eq!(found.found, whole.iter().filter(|key| hits(key)).count());
        }
    }
}

#[test]
fn the_index_of_a_store_counts_as_the_stores_own_counters_do() {
    let store = Store::in_memory();
    let runs = ["216_TA_Test Data_3-9-2026_10-00", "216_TA_Test Data_3-9-2026_9-10", "216_TA_Test Data_3-9-2026_9-35"];
    let mut entries: Vec<Entry> =
        runs.iter().map(|words| entry(&format!("9101-1_{words}"), words, words.as_bytes(), 5)).collect();
    entries.extend(SAMPLES.iter().map(|words| entry(words, words, words.as_bytes(), 5)));
    store.commit(entries).expect("kept");
    let (_, key, _) = store.latest_runs(1).expect("readable").into_iter().next().expect("a run");
    let word = Exclusion { reason: "probe slipped".to_owned(), by: "AB".to_owned(), at_ms: NOON.now_ms };
    store.act(Act { key, exclude: true, word }).expect("written").expect("a run");
    let (mut index, walked) = Overview::build(&store, |_| ControlFlow::Continue(())).expect("readable");
    assert_eq!((walked.runs, walked.damaged), (9, 0));
    let whole = index.page(&query(&Filter::default()), &moment()).expect("readable");
    assert_eq!((whole.tally, whole.all), (store.total(), 9));
    for limit in [1, 4, 9, 100] {
        let query = Query { limit, ..Query::default() };
        assert!(query.is_newest());
        let first = newest_page(&store, limit).expect("readable");
        assert_eq!(first, index.page(&query, &moment()).expect("readable"), "the first {limit}, with no index");
    }
    for by in [Grouping::Day, Grouping::Model] {
        let counted = counted_yields(&store, by).expect("readable");
        assert_eq!(index.yields(&Filter::default(), by, &moment()).expect("readable"), counted, "{by:?}");
    }
    let models = counted_yields(&store, Grouping::Model).expect("readable");
    let names = models.iter().map(|row| match &row.of {
        YieldOf::Model(name) => name.as_str(),
        YieldOf::Day(_) => "a day",
    });
    assert_eq!(names.collect::<Vec<_>>(), ["9101-1", "9203", "9204", "9306", "9407-12"]);
}

#[test]
fn a_file_that_comes_late_lands_in_its_place_and_a_walk_can_be_ended() {
    let store = Store::in_memory();
    let mut index = Overview::default();
    let words = ["9101-1_201", "9101-1_207", "9101-1_204"];
    for words in words {
        for committed in store.commit(vec![entry(words, words, words.as_bytes(), 5)]).expect("kept") {
            let (key, record) = committed.run.expect("a run");
            index.put(&key, &record);
        }
    }
    let page = index.page(&query(&Filter::default()), &moment()).expect("readable");
    let serials = page.keys.iter().map(|key| store.run(key).expect("readable").expect("kept").run.identity.serial);
    assert_eq!(serials.collect::<Vec<_>>(), ["207", "204", "201"]);
    let (half, _) = Overview::build(&store, |_| ControlFlow::Break(())).expect("readable");
    assert_eq!(half.len(), 1);
}

#[test]
fn a_revision_takes_the_place_of_what_was_there() {
    let store = Store::in_memory();
    let saved = |content: &[u8], mtime| entry("9101-1_203_TA_Test Data_3-3-2026_6-40 AMT", "/in/a.xls", content, mtime);
    let mut index = Overview::default();
    for saved in [saved(b"one", 10), saved(b"two", 20)] {
        assert!(matches!(saved.ending, Ending::Run { .. }));
        for (key, record) in store.commit(vec![saved]).expect("kept").into_iter().filter_map(|done| done.run) {
            index.put(&key, &record);
        }
    }
    assert_eq!(index.len(), 1);
}
