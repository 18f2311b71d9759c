//! Disks that take nothing, values that rot, processes that died: the screen goes on, and the history catches up.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]

mod support;

use std::fs;
use std::path::Path;
use std::time::Duration;

use support::shop::{Shift, Shop};
use support::{engine, entry, holder, open};
use trimwatch::history::{Act, Claim, Deed, Ending, Exclusion, LogOutcome, RunKey, Waiting};
use trimwatch::session::{Event, HistoryState, Request, Setup};

fn impatient(shop: &Shop) -> Setup {
    Setup { try_again: Duration::from_millis(50), check_after: Duration::ZERO, ..shop.setup() }
}

fn state(shift: &Shift, what: &str, wanted: impl Fn(&HistoryState) -> bool) -> HistoryState {
    shift.wait(what, |event| match event {
        Event::Snapshot(header) => Some(header.history).filter(&wanted),
        _ => None,
    })
}

#[test]
fn while_the_disk_takes_nothing_files_are_judged_and_kept_once_it_does() {
    let shop = Shop::new();
    // A file where the store's folder should be: nothing can be made there, whoever asks.
    fs::write(shop.store(), b"in the way").expect("written");
    let shift = Shift::of(impatient(&shop));
    let reason = state(&shift, "the reason", |history| matches!(history, HistoryState::NotKept { .. }));
    assert!(matches!(reason, HistoryState::NotKept { reason } if reason.contains("store")));
    for words in ["9203_34", "9101-1_201"] {
        shop.drop_sample(words);
        assert!(shift.run().not_kept.is_some(), "{words}: shown, and said not to be kept");
    }
    fs::remove_file(shop.store()).expect("out of the way");
    state(&shift, "the history", |history| *history == HistoryState::Kept);
    for _ in 0..2 {
        let run = shift.wait("a row that is kept now", |event| match event {
            Event::Changed(run) => Some(run),
            _ => None,
        });
        assert_eq!(run.not_kept, None);
    }
    shop.drop_sample("9204_88");
    assert_eq!(shift.run().not_kept, None);
    shift.session.stop();
    assert_eq!(open(&shop.store()).total().runs, 3, "each of them once");
}

#[test]
fn what_waited_for_the_history_when_a_process_died_is_there_at_the_next_start() {
    let shop = Shop::new();
    let claim = Claim::take(&shop.store(), &holder()).expect("ours");
    let (mut waiting, _) = Waiting::open(&claim).expect("opened");
    waiting.add(&Deed::File(entry("9203_34", "9203_34", b"34", 5))).expect("written");
    drop((waiting, claim));
    let shift = shop.open();
    let (runs, log) = shift.opened();
    assert_eq!((runs.len(), log.len()), (1, 1));
    shift.session.stop();
    let again = shop.open();
    assert_eq!(again.opened().0.len(), 1, "and not once more");
    again.session.stop();
}

#[test]
fn an_exclusion_said_while_the_history_took_nothing_was_shown_and_lost_when_it_came_back() {
    let shop = Shop::new();
    fs::write(shop.store(), b"in the way").expect("written");
    let shift = Shift::of(impatient(&shop));
    state(&shift, "the reason", |history| matches!(history, HistoryState::NotKept { .. }));
    shop.drop_sample("9203_34");
    let key = shift.run().key;
    shift.ask(Request::Exclude { key: key.clone(), reason: "probe".to_owned(), by: "AB".to_owned() });
    let said = shift.wait("a word about it", |event| match event {
        Event::Notice(said) if said.contains("is held and written once") => Some(said),
        _ => None,
    });
    assert!(said.contains("store"), "{said}: says why");
    fs::remove_file(shop.store()).expect("out of the way");
    let run = shift.wait("a row that is kept now", |event| match event {
        Event::Changed(run) if run.not_kept.is_none() => Some(run),
        _ => None,
    });
    shift.session.stop();
    assert_eq!(run.key, key);
    let store = open(&shop.store());
    let record = store.run(&key).expect("readable").expect("kept");
    assert_eq!(record.excluded.map(|word| word.reason).as_deref(), Some("probe"));
    let log = store.latest_log(10).expect("readable");
    assert_eq!(log.iter().filter(|line| matches!(line.outcome, LogOutcome::Excluded { .. })).count(), 1);
}

#[test]
fn a_word_that_waited_when_a_process_died_is_written_once_at_the_next_start() {
    let shop = Shop::new();
    let claim = Claim::take(&shop.store(), &holder()).expect("ours");
    let (mut waiting, _) = Waiting::open(&claim).expect("opened");
    let file = entry("9203_34", "9203_34", b"34", 5);
    let Ending::Run { run, .. } = &file.ending else { panic!("no run") };
    let key = RunKey::of(run, &file.file);
    let word = Exclusion { reason: "probe".to_owned(), by: "AB".to_owned(), at_ms: 7 };
    let act = Act { key: key.clone(), exclude: true, word: word.clone() };
    waiting.add(&Deed::File(file)).expect("written");
    waiting.add(&Deed::Act(act.clone())).expect("written");
    drop((waiting, claim));
    let store = open(&shop.store());
    assert_eq!(store.run(&key).expect("readable").and_then(|record| record.excluded), Some(word));
    let unknown = Act { key: RunKey(b"none".to_vec()), ..act.clone() };
    let (written, unplaced) = store.commit_waiting(vec![Deed::Act(act), Deed::Act(unknown.clone())]).expect("written");
    assert_eq!((written, unplaced), (vec![], vec![unknown]), "what a kill left in the history is not written again");
}

/// Damages the first value with a prefix in the engine's own file.
fn spoil(dir: &Path, prefix: u8) {
    let db = engine(dir);
    let (key, value) = db.scan_prefix([prefix]).next().expect("a value").expect("read");
    let mut value = value.to_vec();
    if let Some(last) = value.last_mut() {
        *last ^= 1;
    }
    db.insert(key, value).expect("written");
    db.flush().expect("flushed");
}

#[test]
fn a_value_that_rotted_is_named_and_made_anew_from_its_file() {
    let shop = Shop::new();
    let shift = shop.open();
    // What comes before the history is open waits in the journal, and has no value to damage.
    state(&shift, "the history", |history| *history == HistoryState::Kept);
    shop.drop_sample("9203_34");
    let run = shift.run();
    assert_eq!(run.not_kept, None);
    shift.session.stop();
    spoil(&shop.store(), b'r');
    let shift = Shift::of(impatient(&shop));
    // The file is known no more from the moment the value is set aside: a look through the folder may be quicker
    // than the word about it.
    let (mut said, mut again) = (None, None);
    shift.wait("a word about it, and the run", |event| {
        match event {
            Event::Notice(words) if words.contains("damaged") && words.contains("9203_34") => said = Some(words),
            Event::Arrived(run, _) => again = Some(run.key),
            _ => {}
        }
        said.is_some().then_some(())?;
        again.is_some().then_some(())
    });
    assert!(said.is_some_and(|said| said.contains("is read again")));
    assert_eq!(again.as_ref(), Some(&run.key));
    shift.session.stop();
    let store = open(&shop.store());
    let record = store.run(&run.key).expect("readable").expect("kept");
    assert_eq!(record.run, run.record.run);
    assert_eq!(store.total().runs, 1);
}
