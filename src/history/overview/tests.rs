//! The index against a plain list: whatever is in memory, in the scratch file or between them, the answers are one.
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test may stop at the first thing that is wrong")]

use std::collections::HashSet;
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::analysis::{RiskCategory, Status};
use crate::history::filter::text_is_in;
use crate::trim::{LocalDate, LocalTime};

const MODELS: [&str; 4] = ["9101-1", "9203", "10", "a"];
const SERIALS: [&str; 16] = [
    "1",
    "2",
    "10",
    "02",
    "b1",
    "B1",
    " b1 ",
    "",
    "0",
    "SN-2026-000123",
    "SN-2026-000124",
    "sn-2026-000123",
    "Ä7",
    "ä7",
    "a serial that is longer than an entry has room",
    "A serial that is longer than an entry has room",
];
const STATUSES: [Status; 6] =
    [Status::Pass, Status::Warning, Status::Fail, Status::NotGraded, Status::Untrimmed, Status::Error];
const FILTERS: [&str; 17] = [
    "",
    "model:91*",
    "sn:1*,b?",
    "sn:*longer*",
    "-sn:*2* sec:TA",
    "status:fail,untrimmed",
    "risk:>0.3",
    "margin:<0 r:>5",
    "since:2026-03-09 until:2026-03-09",
    "-since:2026-03-09",
    "since:1d",
    "excluded:yes",
    "-excluded:yes fail",
    "1",
    "B",
    "ä",
    "A serial",
];

fn moment() -> Moment {
    let date = LocalDate::new(2026, 3, 10).expect("a day");
    Moment { now: LocalTime::new(date, 6, 0, 0).expect("a time"), shift: None }
}

/// A run as the plain list has it.
#[derive(Debug, Clone)]
struct Kept {
    key: RunKey,
    facts: Facts<'static>,
}

/// Model and serial; hour and identity; section, laser, status; figure, pass, arrival; excluded.
type Made = ((u8, u8), (u8, u8), (u8, u8, u8), (Option<i8>, u8, u8), bool);

fn made() -> impl Strategy<Value = Made> {
    let figures = (prop::option::of(-3i8..9), 0u8..3, 0u8..50);
    ((0u8..4, 0u8..16), (0u8..72, 0u8..3), (0u8..3, 0u8..2, 0u8..6), figures, any::<bool>())
}

fn kept(
    ((model, serial), (hour, identity), (section, laser, status), (figure, passes, arrival), excluded): Made,
) -> Kept {
    let day = LocalDate::new(2026, 3, 8).expect("a day");
    let seconds = LocalTime::new(day, 0, 0, 0).expect("a time").timestamp() + i64::from(hour) * 3_600;
    let (model, serial) = (MODELS[usize::from(model)], SERIALS[usize::from(serial)]);
    let figure = figure.map_or(f32::NAN, f32::from);
    let facts = Facts {
        seconds,
        model,
        serial,
        section: ["", "TA", "TB"][usize::from(section)],
        laser: ["lts", "LTS-2"][usize::from(laser)],
        disposition: ["", "correct"][usize::from(laser)],
        status: STATUSES[usize::from(status)],
        excluded,
        revision: 0,
        arrived_ms: i64::from(arrival + 1) * 1_000,
        fail: figure.abs(),
        graded: 100.0,
        margin: figure,
        r: -figure,
        r_limit: 5.0,
        change: figure * 2.0,
        risk: figure / 9.0,
        category: (figure > 3.0).then_some(RiskCategory::Medium),
        passes: passes.into(),
        is_unit: !["", "0"].contains(&serial),
    };
    Kept { key: RunKey::from_parts(model, seconds, [identity; 16]), facts }
}

/// All runs, newest first.
#[derive(Default)]
struct Plain(Vec<Kept>);

impl Plain {
    fn put(&mut self, kept: Kept) {
        self.0.retain(|other| other.key != kept.key);
        self.0.push(kept);
        let place = |kept: &Kept| (kept.facts.seconds, kept.key.identity(), kept.facts.model);
        self.0.sort_by(|a, b| place(b).cmp(&place(a)));
    }

    fn meant(&self, query: &Query) -> Vec<&Kept> {
        let admitted = |kept: &&Kept| query.filter.admits(&kept.facts, &moment()) == Ok(true);
        let mut meant: Vec<&Kept> = self.0.iter().filter(admitted).collect();
        if query.sort == SortBy::Time && query.reverse {
            meant.reverse();
        } else {
            meant.sort_by(|a, b| compare(query.sort, query.reverse, &a.facts, &b.facts));
        }
        meant
    }

    fn page(&self, query: &Query) -> PageOfRuns {
        let meant = self.meant(query);
        let anchor = query.anchor.as_ref().and_then(|key| meant.iter().position(|kept| kept.key == *key));
        let first = anchor.unwrap_or(query.row).saturating_sub(query.limit / 2);
        let first = first.min(meant.len().saturating_sub(query.limit));
        let keys = meant.iter().skip(first).take(query.limit).map(|kept| kept.key.clone()).collect();
        let tally = self.tally(&query.filter, |_| true);
        PageOfRuns { all: self.0.len(), found: meant.len(), tally, first, anchor, keys }
    }

    fn find(&self, query: &Query, text: &str, step: Step) -> Found {
        let meant = self.meant(query);
        let hits: Vec<usize> = (0..meant.len()).filter(|&row| text_is_in(text, &meant[row].facts)).collect();
        let (row, is_there) = (query.row, query.row < meant.len());
        let row = match step {
            Step::Here => hits.iter().find(|&&hit| is_there && hit >= row).or_else(|| hits.first()),
            Step::Next => hits.iter().find(|&&hit| is_there && hit > row).or_else(|| hits.first()),
            Step::Before => hits.iter().rfind(|&&hit| is_there && hit < row).or_else(|| hits.last()),
        };
        Found { row: row.copied(), found: hits.len() }
    }

    fn tally(&self, filter: &Filter, is_of: impl Fn(&Kept) -> bool) -> Tally {
        let (mut tally, mut counted) = (Tally::default(), HashSet::new());
        let newest_first = Query { filter: filter.clone(), ..Query::default() };
        for kept in self.meant(&newest_first).into_iter().filter(|kept| is_of(kept)) {
            let facts = &kept.facts;
            if facts.excluded {
                tally.excluded += 1;
                continue;
            }
            tally.runs += 1;
            let Some(good) = facts.status.counts_as_good() else { continue };
            *(if good { &mut tally.good } else { &mut tally.failed }) += 1;
            let unit = (facts.model, facts.serial.trim().to_lowercase(), facts.section, facts.seconds / 86_400);
            if facts.is_unit && counted.insert(unit) {
                tally.count_unit(good, true);
            }
        }
        tally
    }

    fn yields(&self, filter: &Filter, by: Grouping) -> Vec<YieldRow> {
        let date = |kept: &Kept| LocalTime::from_timestamp(kept.facts.seconds).map(|time| time.date);
        let of = |kept: &Kept| match by {
            Grouping::Day => date(kept).map(YieldOf::Day),
            Grouping::Model => Some(YieldOf::Model(kept.facts.model.to_owned())),
        };
        let mut rows: Vec<YieldRow> = Vec::new();
        let sort = if by == Grouping::Day { SortBy::Time } else { SortBy::Model };
        for kept in self.meant(&Query { filter: filter.clone(), sort, ..Query::default() }) {
            let group = of(kept).expect("a group");
            if rows.last().is_none_or(|last| last.of != group) {
                let tally = self.tally(filter, |other| of(other).as_ref() == Some(&group));
                rows.push(YieldRow { of: group, tally });
            }
        }
        rows
    }
}

/// An index that has up to `most` runs in memory beside the plain list.
fn both(dir: Option<&Path>, most: usize, made: &[Made]) -> (Overview, Plain) {
    let (mut index, mut plain) = (Overview::in_folder(dir, most), Plain::default());
    for kept in made.iter().copied().map(kept) {
        index.place(&kept.key, &kept.facts);
        plain.put(kept);
    }
    (index, plain)
}

fn filters() -> impl Iterator<Item = Filter> {
    FILTERS.into_iter().map(|text| Filter::parse(text).expect("a filter"))
}

fn same_everywhere(index: &mut Overview, plain: &Plain) {
    assert_eq!(index.len(), plain.0.len());
    for filter in filters() {
        for (sort, reverse) in SortBy::ALL.into_iter().flat_map(|sort| [(sort, false), (sort, true)]) {
            let query = Query { filter: filter.clone(), sort, reverse, limit: 1_000, ..Query::default() };
            assert_eq!(index.page(&query, &moment()), Ok(plain.page(&query)), "{filter} by {} {reverse}", sort.word());
        }
        for by in [Grouping::Day, Grouping::Model] {
            assert_eq!(index.yields(&filter, by, &moment()), Ok(plain.yields(&filter, by)), "{filter}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn a_spilled_index_answers_as_a_plain_list_does(
        made in prop::collection::vec(made(), 0..150),
        more in prop::collection::vec(made(), 0..12),
        most in prop::sample::select(vec![1usize, 2, 8, 9]),
    ) {
        let home = tempfile::tempdir().expect("a folder");
        let (mut index, mut plain) = both(Some(home.path()), most, &made);
        same_everywhere(&mut index, &plain);
        let all = Query { limit: 5, ..Query::default() };
        for kept in more.into_iter().map(kept) {
            index.place(&kept.key, &kept.facts);
            plain.put(kept);
            prop_assert_eq!(index.page(&all, &moment()), Ok(plain.page(&all)), "what was counted before is out of date");
        }
        same_everywhere(&mut index, &plain);
    }

    #[test]
    fn pages_and_searches_of_a_spilled_index_are_those_of_a_plain_list(
        made in prop::collection::vec(made(), 1..120),
        asked in prop::collection::vec((0usize..17, 0usize..14, any::<bool>(), 0usize..130, made()), 12),
        texts in prop::collection::vec((prop::sample::select(vec!["1", "fail", "b", "B", "longer", "ä", ""]), 0usize..3), 12),
    ) {
        let home = tempfile::tempdir().expect("a folder");
        let (mut index, plain) = both(Some(home.path()), 8, &made);
        let filters: Vec<Filter> = filters().collect();
        for ((filter, sort, reverse, row, other), (text, step)) in asked.into_iter().zip(texts) {
            let (filter, sort) = (filters[filter].clone(), SortBy::ALL[sort]);
            let step = [Step::Here, Step::Next, Step::Before][step];
            let there = plain.0[row % plain.0.len()].key.clone();
            for anchor in [None, Some(there), Some(kept(other).key)] {
                let query = Query { filter: filter.clone(), sort, reverse, row, anchor, limit: 5 };
                prop_assert_eq!(index.page(&query, &moment()), Ok(plain.page(&query)), "{:?}", query);
                let (found, by_hand) = (index.find(&query, text, step, &moment()), plain.find(&query, text, step));
                prop_assert_eq!(found, Ok(by_hand), "{:?} {} {:?}", query, text, step);
            }
        }
    }
}

/// Runs one after the other, an hour apart.
fn in_a_row(runs: u8) -> Vec<Made> {
    (0..runs)
        .map(|hour| ((hour % 4, hour % 16), (hour, 0), (hour % 3, 0, hour % 6), (Some(1), 1, hour), false))
        .collect()
}

#[test]
fn what_was_counted_of_the_last_day_is_not_said_of_another_one() {
    let (mut index, _) = both(None, 100, &in_a_row(70));
    let query = Query { filter: Filter::parse("since:1d").expect("a filter"), limit: 5, ..Query::default() };
    let later = Moment { now: LocalTime::new(moment().now.date, 16, 0, 0).expect("a time"), shift: None };
    let [now, later] = [moment(), later].map(|moment| index.page(&query, &moment).expect("a page"));
    assert_eq!((now.tally.all(), later.tally.all()), (now.found as u64, later.found as u64));
    assert!(later.found < now.found);
}

#[test]
fn memory_is_bounded_by_its_bound_alone() {
    let home = tempfile::tempdir().expect("a folder");
    for runs in [in_a_row(70), in_a_row(70).into_iter().rev().collect()] {
        let (mut index, plain) = both(Some(home.path()), 8, &runs);
        assert!(index.entries.in_memory() < 8, "{}", index.entries.in_memory());
        same_everywhere(&mut index, &plain);
    }
    assert_eq!(std::fs::read_dir(home.path()).expect("readable").count(), 0, "the file has no name");
}

#[test]
fn where_no_file_can_be_made_all_stays_in_memory() {
    let home = tempfile::tempdir().expect("a folder");
    for dir in [None, Some(home.path().join("nowhere"))] {
        let (mut index, plain) = both(dir.as_deref(), 8, &in_a_row(70));
        assert_eq!(index.entries.in_memory(), 70);
        same_everywhere(&mut index, &plain);
    }
}

#[test]
fn a_disk_that_takes_nothing_any_more_and_then_does_again_loses_no_run() {
    let home = tempfile::tempdir().expect("a folder");
    let path = home.path().join("scratch");
    let (mut index, mut plain) = both(Some(home.path()), 8, &in_a_row(40));
    index.entries.copy_scratch(&path, std::fs::File::options().read(true));
    let (spilled, late) = (40 - index.entries.in_memory(), ((1, 3), (30, 1), (0, 0, 2), (None, 0, 0), true));
    for made in in_a_row(60).into_iter().skip(40).chain([late]) {
        let kept = kept(made);
        index.place(&kept.key, &kept.facts);
        plain.put(kept);
    }
    assert!(index.len() - index.entries.in_memory() >= spilled, "what is on disk stays there");
    same_everywhere(&mut index, &plain);
    // A run on disk is excluded: its entry cannot be written over.
    let mut changed = kept(in_a_row(1)[0]);
    changed.facts.excluded = true;
    index.place(&changed.key, &changed.facts);
    plain.put(changed);
    same_everywhere(&mut index, &plain);
    for made in in_a_row(72).into_iter().skip(60) {
        let kept = kept(made);
        index.place(&kept.key, &kept.facts);
        plain.put(kept);
    }
    same_everywhere(&mut index, &plain);
}

#[test]
fn a_scratch_file_that_cannot_be_read_back_is_told_and_never_passed_over() {
    let home = tempfile::tempdir().expect("a folder");
    for lost in [&[][..], &[0; 40 * entry::PACKED]] {
        let (mut index, _) = both(Some(home.path()), 8, &in_a_row(40));
        let path = home.path().join("scratch");
        index.entries.copy_scratch(&path, std::fs::File::options().read(true).write(true));
        std::fs::write(&path, lost).expect("written");
        let query = Query { limit: 5, ..Query::default() };
        assert!(matches!(index.page(&query, &moment()), Err(OverviewError::Lost(_))));
        // Once it has lost runs it says nothing, even of those that are in memory.
        assert!(matches!(index.find(&query, "1", Step::Here, &moment()), Err(OverviewError::Lost(_))));
        let since = Filter::parse("since:2026-03-10").expect("a filter");
        assert!(matches!(index.yields(&since, Grouping::Day, &moment()), Err(OverviewError::Lost(_))));
        let late = kept(in_a_row(1)[0]);
        index.place(&late.key, &late.facts);
        assert!(matches!(index.page(&query, &moment()), Err(OverviewError::Lost(_))));
    }
}

#[test]
fn a_change_that_cannot_be_looked_up_on_disk_is_told_with_the_next_question() {
    let home = tempfile::tempdir().expect("a folder");
    let path = home.path().join("scratch");
    let (mut index, _) = both(Some(home.path()), 8, &in_a_row(40));
    index.entries.copy_scratch(&path, std::fs::File::options().read(true).write(true));
    std::fs::write(&path, b"").expect("written");
    let changed = kept(in_a_row(1)[0]);
    index.place(&changed.key, &changed.facts);
    let told = index.page(&Query { limit: 5, ..Query::default() }, &moment());
    assert!(matches!(told, Err(OverviewError::Lost(_))), "{told:?}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_leaves_all_in_memory() {
    let home = tempfile::tempdir().expect("a folder");
    let (mut index, mut plain) = both(Some(home.path()), 8, &[]);
    index.entries.use_scratch(std::fs::File::options().read(true).write(true).open("/dev/full").expect("there"));
    for made in in_a_row(30) {
        let kept = kept(made);
        index.place(&kept.key, &kept.facts);
        plain.put(kept);
    }
    assert_eq!(index.entries.in_memory(), 30);
    same_everywhere(&mut index, &plain);
}
