//! Stores of older schemas, kept as fixtures: opened, migrated, nothing lost, everything counted.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]

mod support;

use std::path::Path;

use support::{engine, holder};
use trimwatch::history::{Claim, Store, Tally, restore};
use trimwatch::trim::LocalDate;

/// Lays a fixture's pairs down as the engine of an earlier release had them: length, key, length, value.
fn lay_down(fixture: &[u8], dir: &Path) {
    let db = engine(dir);
    let mut rest = fixture;
    let mut part = || {
        let (len, after) = rest.split_first_chunk::<4>()?;
        let (bytes, after) = after.split_at(u32::from_le_bytes(*len) as usize);
        rest = after;
        Some(bytes.to_vec())
    };
    while let (Some(key), Some(value)) = (part(), part()) {
        db.insert(key, value).expect("inserted");
    }
    db.flush().expect("flushed");
}

#[test]
fn a_store_of_schema_1_keeps_every_run_and_learns_to_count_units() {
    let dir = tempfile::tempdir().expect("a folder");
    lay_down(include_bytes!("fixtures/schema-1.pairs"), dir.path());
    for _ in 0..2 {
        let (store, opening) = Store::open(dir.path(), &holder()).expect("migrated");
        assert_eq!(opening.set_aside, None);
        let runs = store.all_runs().expect("readable");
        assert_eq!(runs.len(), 8);
        for (key, record) in &runs {
            assert_eq!(record.excluded, None);
            assert!(store.curves(key).expect("readable").is_some());
        }
        assert_eq!(store.latest_log(100).expect("readable").len(), 11);
        let of_unit = store.unit_runs("9101-1", "216").expect("readable");
        assert_eq!(of_unit.len(), 3);
        let day = store.day(LocalDate::new(2026, 3, 9).expect("a day"));
        let counted = Tally { runs: 3, good: 2, failed: 1, units_good: 1, units_failed: 0, excluded: 0 };
        assert_eq!(day, counted, "three runs of one unit, the last one good");
        assert_eq!(store.total().runs, 8);
        let older: usize = runs.iter().map(|(key, _)| store.revisions(key).expect("readable").len()).sum();
        assert_eq!(older, 1, "a content that no longer counts is kept too");
    }
}

#[test]
fn a_store_of_schema_2_keeps_every_run_and_every_exclusion() {
    let dir = tempfile::tempdir().expect("a folder");
    lay_down(include_bytes!("fixtures/schema-2.pairs"), dir.path());
    std::fs::create_dir(dir.path().join("journal")).expect("a folder");
    std::fs::write(dir.path().join("journal/00000000000000000004.log"), []).expect("an empty segment");
    for _ in 0..2 {
        let (store, opening) = Store::open(dir.path(), &holder()).expect("migrated");
        assert_eq!(opening.set_aside, None);
        let runs = store.all_runs().expect("readable");
        assert_eq!(runs.len(), 9);
        for (key, record) in &runs {
            assert_eq!(
                record.run.assessments.len(),
                record.run.tracks.len(),
                "one a track, though nothing was learned"
            );
            assert!(store.curves(key).expect("readable").is_some());
        }
        let excluded: Vec<_> = runs.iter().filter_map(|(_, record)| record.excluded.as_ref()).collect();
        assert_eq!(excluded.iter().map(|word| word.reason.as_str()).collect::<Vec<_>>(), ["wrong fixture"]);
        let counted = Tally { runs: 8, good: 8, failed: 0, units_good: 8, units_failed: 0, excluded: 1 };
        assert_eq!(store.total(), counted);
    }
}

#[test]
fn a_backup_of_schema_2_is_restored_whole() {
    let dir = tempfile::tempdir().expect("a folder");
    let backup = dir.path().join("1795629353703-000000000004.jsonl.gz");
    std::fs::write(&backup, include_bytes!("fixtures/schema-2-backup.jsonl.gz")).expect("written");
    let claim = Claim::take(&dir.path().join("store"), &holder()).expect("claimed");
    restore(&claim, &backup).expect("restored");
    let (store, _) = Store::open_claimed(claim).map_err(|(error, _)| error).expect("migrated");
    assert_eq!((store.total().runs, store.total().excluded), (8, 1));
    assert_eq!(store.all_runs().expect("readable").len(), 9);
}
