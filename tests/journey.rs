//! From a file in a folder to a verdict on the screen's side of the door, and back from the store.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]

mod support;

use std::fs;
use std::path::Path;
use std::sync::mpsc;

use support::shop::{Shift, Shop};
use support::{files_of, sample, samples};
use trimwatch::analysis::Status;
use trimwatch::history::{LogEntry, LogOutcome};
use trimwatch::session::{Event, FolderState, HistoryState, Request, Session, Setup};

#[test]
fn a_dropped_file_is_judged_kept_and_there_after_a_restart() {
    let shop = Shop::new();
    let shift = shop.open();
    assert_eq!(shift.opened(), (Vec::new(), Vec::new()));
    shop.drop_sample("9203_34");
    let run = shift.run();
    assert_eq!((run.record.run.status, run.not_kept.as_deref()), (Status::Fail, None));
    assert_eq!(run.record.run.identity.laser.as_deref(), Some("LTS"), "from the folder");
    shift.session.stop();
    let again = shop.open();
    let (runs, log) = again.opened();
    assert_eq!(runs.iter().map(|run| &run.record).collect::<Vec<_>>(), [&run.record]);
    assert_eq!(log.len(), 1);
    again.session.asker().ask(Request::Curves { key: run.key.clone() });
    let curves = again.wait("the curves", |event| match event {
        Event::Curves { curves, .. } => Some(curves),
        _ => None,
    });
    assert!(curves.is_some_and(|curves| curves.tracks.iter().all(|track| track.trimmed.is_some())));
    again.session.stop();
}

#[test]
fn what_lies_in_the_folder_at_the_start_is_taken_once_and_only_once() {
    let shop = Shop::new();
    for path in files_of("incoming") {
        fs::copy(&path, shop.incoming().join(path.file_name().expect("a name"))).expect("copied");
    }
    let shift = shop.open();
    let files = files_of("incoming").len();
    let mut ended = std::collections::HashMap::<String, usize>::new();
    for _ in 0..files {
        *ended.entry(shift.log().file.path).or_default() += 1;
    }
    assert!(ended.len() == files && ended.values().all(|&times| times == 1));
    shift.session.stop();
    let again = shop.open();
    let (runs, log) = again.opened();
    assert_eq!(log.len(), files);
    // Fifty-four workbooks less one set-up workbook and one revision.
    assert_eq!(runs.len(), files - 2);
    let quiet = again.wait("a quiet queue", |event| match event {
        Event::Arrived(..) | Event::Logged(..) => panic!("taken twice"),
        Event::Snapshot(header) => {
            (header.folders.iter().all(|f| f.state == FolderState::Live)).then_some(header.queue)
        }
        _ => None,
    });
    assert_eq!(quiet, 0);
    again.session.stop();
}

#[test]
fn a_second_session_on_the_store_is_refused_and_told_who_has_it() {
    let shop = Shop::new();
    let first = shop.open();
    first.opened();
    let second = shop.open();
    let who = second.wait("a refusal", |event| match event {
        Event::Refused(who) => Some(who),
        _ => None,
    });
    assert!(who.contains(&format!("process {}", std::process::id())), "{who}");
    first.session.stop();
}

#[test]
fn a_file_that_cannot_be_read_says_why_and_is_read_when_it_was_mended() {
    let shop = Shop::new();
    let shift = shop.open();
    shift.opened();
    let path = shop.incoming().join("9203_34_TA_Test Data_3-10-2026_9-58 AM.xls");
    fs::write(&path, "<html>not a workbook</html>").expect("written");
    let entry = shift.log();
    assert!(matches!(&entry.outcome, LogOutcome::Failed { cause } if cause.contains("HTML")), "{entry:?}");
    fs::copy(sample("9203_34"), &path).expect("mended");
    assert_eq!(shift.run().record.run.status, Status::Fail);
    shift.session.stop();
}

#[test]
fn a_failed_file_is_read_again_when_it_is_asked_for() {
    let shop = Shop::new();
    let shift = shop.open();
    shift.opened();
    fs::write(shop.incoming().join("x.xls"), "no workbook at all, but long enough").expect("written");
    let first = shift.log();
    shift.session.asker().ask(Request::Retry { path_key: first.file.path_key });
    let second = shift.log();
    assert_eq!((first.outcome, first.file.path), (second.outcome, second.file.path));
    shift.session.stop();
}

#[test]
fn asking_for_a_file_that_is_gone_says_so() {
    let shop = Shop::new();
    let shift = shop.open();
    shift.opened();
    let path = shop.incoming().join("x.xls");
    fs::write(&path, "<html>no workbook</html>").expect("written");
    let entry = shift.log();
    fs::remove_file(&path).expect("gone");
    shift.session.asker().ask(Request::Retry { path_key: entry.file.path_key });
    let said = shift.wait("a word about it", |event| match event {
        Event::Notice(text) => Some(text),
        _ => None,
    });
    assert!(said.contains("x.xls: the file is gone"), "{said}");
    shift.session.stop();
}

#[test]
fn a_file_that_is_renamed_at_once_leaves_no_error_behind() {
    let shop = Shop::new();
    let shift = shop.open();
    shift.opened();
    for n in 0..20 {
        let (first, last) = (shop.incoming().join(format!("{n}.xls")), shop.incoming().join(format!("kept {n}.xls")));
        fs::write(&first, format!("<html>{n}</html>")).expect("written");
        fs::rename(&first, &last).expect("renamed");
    }
    for _ in 0..20 {
        // Each is read under the one name or the other, or under both; never is one *gone*.
        let entry = shift.log();
        assert!(matches!(&entry.outcome, LogOutcome::Failed { cause } if cause.contains("HTML")), "{entry:?}");
    }
    shift.session.stop();
}

#[test]
fn a_retrim_is_a_new_run_and_all_runs_of_the_unit_come_in_clock_order() {
    let shop = Shop::new();
    let shift = shop.open();
    shift.opened();
    for words in ["216_TA_Test Data_3-9-2026_10-00", "216_TA_Test Data_3-9-2026_9-10", "208_TA"] {
        shop.drop_sample(&format!("9101-1_{words}"));
        shift.run();
    }
    shift.session.asker().ask(Request::Unit { model: "9101-1".to_owned(), serial: "216".to_owned() });
    let runs = shift.wait("the unit", |event| match event {
        Event::Unit { runs, .. } => Some(runs),
        _ => None,
    });
    let clocks: Vec<String> = runs.iter().filter_map(|run| Some(run.record.run.identity.time?.clock())).collect();
    assert_eq!(clocks, ["09:10", "10:00"]);
    let first = runs.first().expect("a run").key.clone();
    shift.session.asker().ask(Request::Before { key: first });
    let before = shift.wait("the run before", |event| match event {
        Event::Before { run, .. } => Some(run),
        _ => None,
    });
    assert_eq!(before.map(|run| run.record.run.identity.serial).as_deref(), Some("208"));
    shift.session.stop();
}

#[test]
fn the_same_content_again_is_a_duplicate_and_the_run_saved_again_a_revision() {
    let shop = Shop::new();
    let shift = shop.open();
    shift.opened();
    shop.drop_sample("9101-1_203_TA_Test Data_3-3-2026_6-40 AMT");
    shift.log();
    shop.drop_as("9101-1_203_TA_Test Data_3-3-2026_6-40 AMT", "copy of it.xls");
    assert!(matches!(shift.log().outcome, LogOutcome::Duplicate { .. }));
    shop.drop_sample("9101-1_203_TA_Test Data_3-3-2026_6-40 AM_Res");
    assert!(matches!(shift.log().outcome, LogOutcome::Revision { .. }));
    shift.session.stop();
}

#[test]
fn without_a_store_nothing_is_left_behind_and_every_run_says_so() {
    let shop = Shop::new();
    let setup = Setup { store: None, ..shop.setup() };
    let (tell, events) = mpsc::channel();
    let session = Session::start(setup, move |event| drop(tell.send(event))).expect("a session");
    let shift = Shift { session, events };
    shop.drop_sample("9101-1_201");
    assert!(shift.run().not_kept.is_some_and(|why| why.contains("by choice")));
    shift.session.stop();
    assert!(!shop.root.path().join("store").exists());
}

#[test]
fn a_store_that_cannot_be_opened_costs_no_verdict() {
    let shop = Shop::new();
    fs::write(shop.root.path().join("store"), "a file where a folder belongs").expect("written");
    let shift = shop.open();
    let reason = shift.wait("the trouble", |event| match event {
        Event::Snapshot(header) => match header.history {
            HistoryState::NotKept { reason } => Some(reason),
            _ => None,
        },
        _ => None,
    });
    assert!(reason.contains("store"), "{reason}");
    shop.drop_sample("9101-1_201");
    assert_eq!(shift.run().record.run.status, Status::Pass);
    shift.session.stop();
}

#[test]
fn hostile_files_end_in_the_log_with_a_reason_and_good_ones_go_on() {
    let shop = Shop::new();
    let mut hostile = 0;
    for path in files_of("hostile") {
        fs::copy(&path, shop.incoming().join(path.file_name().expect("a name"))).expect("copied");
        hostile += usize::from(!path.display().to_string().contains("~$"));
    }
    shop.drop_sample("9101-1_201");
    let shift = shop.open();
    shift.opened();
    // Files that look unfinished are tried again for half a minute before they are given up.
    let mut good = false;
    let mut refused = 0;
    while !(good && refused >= 4) {
        match shift.log() {
            LogEntry { outcome: LogOutcome::Failed { cause }, .. } => {
                assert!(!cause.is_empty());
                refused += 1;
            }
            entry => good |= entry.file.name().starts_with("9101-1_201"),
        }
    }
    assert!(hostile > refused);
    shift.session.stop();
}

#[test]
fn the_samples_folder_is_as_the_readme_says() {
    assert!(Path::new(&samples()).join("incoming").is_dir());
    assert!(samples().join("README.md").is_file());
}
