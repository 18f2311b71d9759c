//! The store under damage: what was acknowledged comes back from engine, journal or backup, and nothing is doubled.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]

mod support;

use std::fs;
use std::path::Path;

use support::{NOON, engine, entry, facts, holder, keep, open};
use trimwatch::history::{
    BackupPlan, Claim, Deed, Ending, Entry, LogOutcome, Store, StoreError, Waiting, backups_in, compact, restore,
    verify_backup,
};

const PLAN: BackupPlan = BackupPlan { keep: 2, copy_to: None };

/// Six runs of three models, one skip, one failure.
fn entries() -> Vec<Entry> {
    let runs = ["9101-1_201", "9203_34", "9204_88", "9306_72", "9102A_53", "9407-12_9"];
    let mut entries: Vec<Entry> = runs.iter().map(|words| entry(words, words, words.as_bytes(), 5)).collect();
    let ended = |path: &str, ending| Entry { file: facts(path, path.as_bytes(), 5), arrived_ms: NOON.now_ms, ending };
    entries.push(ended("/in/x.xls", Ending::Failed("the file is empty".to_owned())));
    entries.push(ended("/in/y.xls", Ending::Skipped("set-up workbook".to_owned())));
    entries
}

/// Everything a store can tell, as words, so that two stores can be compared.
fn contents(store: &Store) -> Vec<String> {
    let mut told = vec![format!("{:?}", store.total())];
    for (key, mut record) in store.all_runs().expect("readable") {
        // A run made anew is the same run under a later line.
        record.sequence = 0;
        let curves = store.curves(&key).expect("readable");
        let revisions = store.revisions(&key).expect("readable");
        told.push(format!("{key:?} {record:?} {curves:?} {revisions:?} {:?}", store.model(&record.run.identity.model)));
    }
    told.extend(store.latest_log(100).expect("readable").iter().map(|entry| format!("{entry:?}")));
    told
}

fn filled(dir: &Path) -> Vec<String> {
    let store = open(dir);
    keep(&store, entries());
    contents(&store)
}

fn damage(dir: &Path, how: &str) {
    let file = dir.join("db").join("db");
    let bytes = fs::read(&file).expect("the database");
    match how {
        "cut" => fs::write(&file, bytes.get(..bytes.len() / 3).unwrap_or_default()),
        "emptied" => fs::write(&file, []),
        "gone" => fs::remove_dir_all(dir.join("db")),
        _ => fs::write(&file, vec![0x5A; bytes.len()]),
    }
    .expect("damaged");
}

#[test]
fn a_database_that_lost_its_runs_comes_back_from_the_journal() {
    for how in ["cut", "emptied", "overwritten", "gone"] {
        let dir = tempfile::tempdir().expect("a folder");
        let before = filled(dir.path());
        damage(dir.path(), how);
        let (store, opening) = Store::open(dir.path(), &holder()).expect("a store");
        assert_eq!(contents(&store), before, "{how}");
        if how == "overwritten" {
            assert!(opening.set_aside.is_some_and(|aside| aside.exists()), "{how}: the old one is kept");
            assert!(opening.notes.iter().any(|note| note.contains("restored from the journal")), "{:?}", opening.notes);
        }
        assert!(keep(&store, entries()).iter().all(|outcome| !matches!(outcome, LogOutcome::Run { .. })), "{how}");
    }
}

#[test]
fn a_lost_database_is_its_newest_backup_and_the_journal_since() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = open(dir.path());
    let mut entries = entries().into_iter();
    keep(&store, entries.by_ref().take(3).collect());
    store.back_up(&PLAN, 1_000).expect("written").expect("a store on disk");
    keep(&store, entries.by_ref().take(2).collect());
    store.back_up(&PLAN, 2_000).expect("written").expect("a store on disk");
    keep(&store, entries.collect());
    let before = contents(&store);
    drop(store);
    damage(dir.path(), "overwritten");
    let (store, opening) = Store::open(dir.path(), &holder()).expect("a store");
    assert_eq!(contents(&store), before);
    assert!(opening.notes.iter().any(|note| note.contains("and the journal since")), "{:?}", opening.notes);
    drop(store);
    // With the newest backup spoilt too, the one before and a longer journal say the same.
    let newest = backups_in(dir.path()).into_iter().next().expect("a backup");
    fs::write(&newest, b"spoilt").expect("written");
    damage(dir.path(), "overwritten");
    assert_eq!(contents(&open(dir.path())), before);
}

#[test]
fn backups_are_rotated_and_the_journal_goes_only_as_far_as_the_oldest_kept_one_allows() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = open(dir.path());
    for (at, entry) in (1i64..).zip(entries()) {
        keep(&store, vec![entry]);
        store.back_up(&PLAN, at * 1_000).expect("written");
    }
    assert_eq!(backups_in(dir.path()).len(), 2);
    let segments = fs::read_dir(dir.path().join("journal")).expect("a journal").count();
    assert!(segments <= 3, "{segments}");
    let before = contents(&store);
    drop(store);
    for path in backups_in(dir.path()) {
        let claim = Claim::take(dir.path(), &holder()).expect("ours");
        verify_backup(&path).expect("sound");
        drop(claim);
    }
    damage(dir.path(), "overwritten");
    assert_eq!(contents(&open(dir.path())), before);
}

#[test]
fn a_backup_with_any_byte_changed_is_refused() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = open(dir.path());
    keep(&store, entries());
    let backup = store.back_up(&PLAN, 1_000).expect("written").expect("a store on disk");
    let bytes = fs::read(&backup.path).expect("read");
    let spoilt = dir.path().join("spoilt.jsonl.gz");
    // The gzip head says when and by what it was packed, which is nobody's loss.
    // Nor do the bits behind the last packed one, up to the end of its byte, say anything.
    for place in (10..bytes.len() - 9).step_by(211).chain(bytes.len() - 8..bytes.len()) {
        let mut changed = bytes.clone();
        changed[place] ^= 0x20;
        fs::write(&spoilt, &changed).expect("written");
        assert!(verify_backup(&spoilt).is_err(), "{place} of {}", bytes.len());
    }
    fs::write(&spoilt, &bytes[..bytes.len() - 20]).expect("written");
    assert!(matches!(verify_backup(&spoilt), Err(StoreError::Backup { .. })));
}

#[test]
fn a_restored_backup_is_the_store_as_it_was_and_the_one_it_replaces_is_kept() {
    let dir = tempfile::tempdir().expect("a folder");
    let before = filled(dir.path());
    let store = open(dir.path());
    let backup = store.back_up(&PLAN, 1_000).expect("written").expect("a store on disk");
    keep(&store, vec![entry("9203_35", "later", b"later", 9)]);
    drop(store);
    let claim = Claim::take(dir.path(), &holder()).expect("ours");
    let (_, aside) = restore(&claim, &backup.path).expect("restored");
    assert!(aside.is_some_and(|aside| aside.join("db").exists()));
    drop(claim);
    let store = open(dir.path());
    assert_eq!(contents(&store), before);
    keep(&store, vec![entry("9203_35", "later", b"later", 9)]);
    drop(store);
    assert_eq!(open(dir.path()).total().runs, 7, "it goes on from there");
}

#[test]
fn a_compacted_store_is_equal() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = open(dir.path());
    let saved = |n: i64| {
        let (words, content) = ("9101-1_203_TA_Test Data_3-3-2026_6-40 AMT", n.to_be_bytes());
        entry(words, "/in/a.xls", &content, n)
    };
    (0..200).for_each(|n| drop(keep(&store, vec![saved(n)])));
    keep(&store, entries());
    let before = contents(&store);
    drop(store);
    let claim = Claim::take(dir.path(), &holder()).expect("ours");
    compact(&claim).expect("compacted");
    drop(claim);
    assert_eq!(contents(&open(dir.path())), before);
}

#[test]
fn a_replacement_cut_short_at_any_step_leaves_one_whole_store() {
    for step in ["new is being built", "old moved away", "new moved in"] {
        let dir = tempfile::tempdir().expect("a folder");
        let before = filled(dir.path());
        let at = |name: &str| dir.path().join(name);
        let copy = |to: &str| {
            fs::create_dir(at(to)).expect("a folder");
            for name in ["db", "conf"] {
                fs::copy(at("db").join(name), at(to).join(name)).expect("copied");
            }
        };
        match step {
            "new is being built" => fs::create_dir(at("db.new")).expect("a folder"),
            "old moved away" => {
                copy("db.new");
                fs::rename(at("db"), at("db.old")).expect("moved");
            }
            _ => copy("db.old"),
        }
        assert_eq!(contents(&open(dir.path())), before, "{step}");
        assert!(!at("db.new").exists() && !at("db.old").exists(), "{step}");
    }
}

/// Damages the value of a key in the engine's own file.
fn spoil(dir: &Path, prefix: u8) {
    let db = engine(dir);
    let (key, mut value) =
        db.scan_prefix([prefix]).next().expect("a value").map(|(k, v)| (k, v.to_vec())).expect("read");
    if let Some(last) = value.last_mut() {
        *last ^= 1;
    }
    db.insert(key, value).expect("written");
    db.flush().expect("flushed");
}

#[test]
fn a_damaged_value_is_named_set_aside_and_comes_back_with_its_file() {
    for (prefix, what) in [(b'r', "record"), (b'c', "curves")] {
        let dir = tempfile::tempdir().expect("a folder");
        let before = filled(dir.path());
        spoil(dir.path(), prefix);
        let store = open(dir.path());
        let runs = store.damaged_runs().expect("readable");
        let [run] = runs.as_slice() else { panic!("{runs:?}") };
        let damaged = store.set_damage_aside(run).expect("written");
        let [damaged] = damaged.as_slice() else { panic!("{damaged:?}") };
        assert_eq!((damaged.what, damaged.cause.contains("checksum")), (what, true));
        let file = damaged.file.as_ref().expect("the log knows the file");
        assert!(!store.seen_path(&file.path_key, file.len, file.mtime_ns), "it is read again");
        assert_eq!(store.damaged_runs().expect("readable"), []);
        let again = entries().into_iter().find(|entry| entry.file.path == file.path).expect("the file is there");
        keep(&store, vec![again]);
        let now = contents(&store);
        assert_eq!(before.iter().filter(|told| !now.contains(told)).count(), 0, "{what}");
    }
}

#[test]
fn several_damaged_records_are_all_set_aside_and_keep_no_new_run_out() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = open(dir.path());
    let words = ["216_TA_Test Data_3-9-2026_9-10", "216_TA_Test Data_3-9-2026_9-35"].map(|w| format!("9101-1_{w}"));
    keep(&store, words.iter().map(|words| entry(words, words, words.as_bytes(), 5)).collect());
    drop(store);
    let db = engine(dir.path());
    for (key, value) in db.scan_prefix(b"r").map(|pair| pair.expect("read")).collect::<Vec<_>>() {
        db.insert(key, value.iter().map(|byte| byte ^ u8::from(*byte > 9)).collect::<Vec<u8>>()).expect("written");
    }
    db.flush().expect("flushed");
    drop(db);
    let store = open(dir.path());
    let another = "9101-1_216_TA_Test Data_3-9-2026_10-00";
    keep(&store, vec![entry(another, another, another.as_bytes(), 5)]);
    let damaged = store.damaged_runs().expect("readable");
    assert_eq!(damaged.len(), 2);
    for run in &damaged {
        assert_eq!(store.set_damage_aside(run).expect("written").len(), 1);
    }
    assert_eq!(store.total().runs, 1);
    keep(&store, words.iter().map(|words| entry(words, words, words.as_bytes(), 5)).collect());
    assert_eq!((store.total().runs, store.total().units_good), (3, 1));
}

#[test]
fn curves_beyond_their_time_go_and_records_stay() {
    let dir = tempfile::tempdir().expect("a folder");
    filled(dir.path());
    let store = open(dir.path());
    let runs = store.all_runs().expect("readable");
    let mut times: Vec<i64> = runs.iter().filter_map(|(key, _)| key.seconds()).collect();
    times.sort_unstable();
    let dropped = store.drop_curves_before(times[2], 1_000).expect("written");
    assert_eq!(dropped, times.iter().filter(|&&time| time < times[2]).count());
    for (key, _) in &runs {
        let kept = key.seconds() >= Some(times[2]);
        assert_eq!(store.curves(key).expect("readable").is_some(), kept);
    }
    assert_eq!(store.all_runs().expect("readable"), runs);
    assert_eq!(store.drop_curves_before(times[2], 1_000).expect("written"), 0);
}

#[test]
fn files_that_waited_for_the_history_are_in_it_once() {
    let dir = tempfile::tempdir().expect("a folder");
    let before = {
        let other = tempfile::tempdir().expect("a folder");
        filled(other.path())
    };
    let claim = Claim::take(dir.path(), &holder()).expect("ours");
    let (mut waiting, left) = Waiting::open(&claim).expect("opened");
    assert!(left.is_empty());
    for entry in entries() {
        waiting.add(&Deed::File(entry)).expect("written");
    }
    // The process died after the history had taken half of them, before anybody could say so.
    let (store, _) = Store::open_claimed(claim).map_err(|(error, _)| error).expect("opened");
    keep(&store, entries().into_iter().take(4).collect());
    drop((store, waiting));
    assert_eq!(contents(&open(dir.path())), before);
    assert_eq!(contents(&open(dir.path())), before, "and not once more");
}

#[test]
fn a_store_is_opened_anew_in_place() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = open(dir.path());
    keep(&store, entries().into_iter().take(3).collect());
    assert_eq!(store.reopen().expect("opened").set_aside, None);
    keep(&store, entries());
    assert_eq!(store.total().runs, 6);
}

#[test]
fn a_waiting_file_that_another_version_wrote_keeps_nobody_from_the_history() {
    let dir = tempfile::tempdir().expect("a folder");
    let before = filled(dir.path());
    let payload = b"an entry in a spelling that nobody knows";
    let head = [u32::try_from(payload.len()).expect("short").to_be_bytes(), crc32fast::hash(payload).to_be_bytes()];
    fs::write(dir.path().join("waiting.log"), [head.concat().as_slice(), payload].concat()).expect("written");
    let (store, opening) = Store::open(dir.path(), &holder()).expect("opened");
    assert!(opening.notes.iter().any(|note| note.contains("schema 97, this program knows schema 1")), "{opening:?}");
    assert_eq!(contents(&store), before);
    drop(store);
    let aside = fs::read_dir(dir.path()).expect("there").flatten();
    let aside: Vec<_> = aside.filter(|e| e.file_name().to_string_lossy().starts_with("waiting.damaged")).collect();
    let [aside] = aside.as_slice() else { panic!("{aside:?}") };
    assert!(fs::read(aside.path()).expect("kept aside").ends_with(payload), "whole");
    assert_eq!(contents(&open(dir.path())), before, "and once only");
}
