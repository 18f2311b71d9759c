//! Several screens of one history: attached, brought up to date, and ready to take over.
#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]

mod support;

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

use support::shop::{Shift, Shop};
use trimwatch::analysis::{ModelRule, RunCurves, Status, ThresholdSource};
use trimwatch::config::WatchFolder;
use trimwatch::history::{LogOutcome, Query, audit_entries, read_audit};
use trimwatch::session::{ArrivedRun, Event, Part, Request, Role, Setup, is_kept, look};

/// A file that arrived: the run and its curves.
fn arrived(shift: &Shift) -> (ArrivedRun, RunCurves) {
    shift.wait("a run", |event| match event {
        Event::Arrived(run, curves) => Some((*run, RunCurves::clone(&curves))),
        _ => None,
    })
}

/// The same with its line of the log, which is told behind it: who comes now has both from the past.
fn arrived_and_logged(shift: &Shift) -> (ArrivedRun, RunCurves) {
    let arrived = arrived(shift);
    shift.log();
    arrived
}

fn role(shift: &Shift) -> Role {
    shift.wait("what the screen is", |event| match event {
        Event::Role(role) => Some(role),
        _ => None,
    })
}

fn viewer(shop: &Shop) -> Shift {
    let shift = Shift::as_part(shop.setup(), Part::Any);
    assert!(matches!(role(&shift), Role::Viewer { read_only: false, .. }));
    shift
}

/// An owner with one run on its screen.
fn owner(shop: &Shop) -> (Shift, ArrivedRun) {
    let owner = shop.open();
    owner.opened();
    shop.drop_sample("9203_34");
    let (run, _) = arrived_and_logged(&owner);
    (owner, run)
}

/// A connection of no screen of ours, which has greeted.
fn stranger(shop: &Shop, greeting: &str) -> UnixStream {
    let mut stream = UnixStream::connect(shop.store().join("attach.sock")).expect("the socket");
    stream.write_all(&u32::try_from(greeting.len()).expect("short").to_le_bytes()).expect("written");
    stream.write_all(greeting.as_bytes()).expect("written");
    stream
}

#[test]
fn a_second_screen_attaches_and_sees_what_was_and_what_comes() {
    let shop = Shop::new();
    let owner = Shift::as_part(shop.setup(), Part::Any);
    assert_eq!(role(&owner), Role::Owner);
    owner.opened();
    shop.drop_sample("9203_34");
    let (first, curves) = arrived_and_logged(&owner);
    let viewer = viewer(&shop);
    let (past, log) = viewer.opened();
    assert_eq!(past, [ArrivedRun { ..first.clone() }], "what is on the owner's screen");
    assert_eq!(log.len(), 1);
    viewer.ask(Request::Curves { key: first.key });
    let shown = viewer.wait("curves", |event| match event {
        Event::Curves { curves, .. } => curves,
        _ => None,
    });
    assert_eq!(shown.tracks.len(), curves.tracks.len());
    shop.drop_sample("9101-1_201");
    let ((one, _), (other, drawn)) = (arrived(&viewer), arrived(&owner));
    assert_eq!(one, other);
    let seen = viewer.wait("the curves of the last run", |event| match event {
        Event::Curves { key, curves } if key == one.key => curves.as_deref().cloned(),
        _ => None,
    });
    // Points that are not there are no numbers, which equal nothing.
    assert_eq!(format!("{seen:?}"), format!("{drawn:?}"), "with its curves");
    viewer.session.stop();
    owner.session.stop();
}

#[test]
fn each_screen_gets_the_answers_to_its_own_questions() {
    let shop = Shop::new();
    let (owner, _) = owner(&shop);
    let viewer = viewer(&shop);
    let ask = |shift: &Shift, limit: usize| {
        let query = Query { limit, ..Query::default() };
        shift.ask(Request::Query { number: 1, query: Box::new(query) });
    };
    viewer.opened();
    ask(&owner, 0);
    ask(&viewer, 10);
    let rows = |shift: &Shift| {
        shift.wait("a page", |event| match event {
            Event::Page { number, page } => Some((number, page.runs.len())),
            _ => None,
        })
    };
    assert_eq!((rows(&viewer), rows(&owner)), ((1, 1), (1, 0)));
    viewer.session.stop();
    owner.session.stop();
}

#[test]
fn what_somebody_says_on_one_screen_is_seen_on_all() {
    let shop = Shop::new();
    let (owner, run) = owner(&shop);
    let viewer = viewer(&shop);
    viewer.opened();
    let (reason, by) = ("wrong fixture".to_owned(), "AB".to_owned());
    viewer.ask(Request::Exclude { key: run.key, reason, by });
    for shift in [&owner, &viewer] {
        let excluded = shift.wait("the change", |event| match event {
            Event::Changed(run) => run.record.excluded,
            _ => None,
        });
        assert!(excluded.by.starts_with("AB, "), "{}: and who sat there", excluded.by);
    }
    viewer.session.stop();
    owner.session.stop();
}

#[test]
fn a_screen_that_missed_something_is_told_how_everything_stands() {
    let shop = Shop::new();
    let (owner, _) = owner(&shop);
    let viewer = viewer(&shop);
    viewer.opened();
    for shift in [&owner, &viewer] {
        shift.ask(Request::Again);
        shift.wait("a beginning", |event| (event == Event::Anew).then_some(()));
        let (runs, log) = shift.opened();
        assert_eq!((runs.len(), log.len()), (1, 1));
    }
    viewer.session.stop();
    owner.session.stop();
}

#[test]
fn who_only_looks_changes_nothing_and_never_takes_over() {
    let shop = Shop::new();
    let (owner, run) = owner(&shop);
    let kiosk = Shift::as_part(shop.setup(), Part::ReadOnly);
    assert!(matches!(role(&kiosk), Role::Viewer { read_only: true, .. }));
    kiosk.opened();
    kiosk.ask(Request::Exclude { key: run.key.clone(), reason: "x".to_owned(), by: "AB".to_owned() });
    let said = kiosk.wait("why not", |event| match event {
        Event::Notice(text) => Some(text),
        _ => None,
    });
    assert!(said.contains("read-only"), "{said}");
    owner.session.stop();
    kiosk.wait("the loss", |event| (event == Event::Lost).then_some(()));
    assert!(!is_kept(&shop.store()), "nobody watches");
    let next = shop.open();
    assert_eq!(next.opened().0.first().map(|run| run.record.excluded.clone()), Some(None), "not excluded");
    assert!(matches!(role(&kiosk), Role::Viewer { .. }), "attached again");
    kiosk.session.stop();
    next.session.stop();
}

#[test]
fn when_the_owner_ends_one_viewer_takes_over_and_the_others_follow_it() {
    let shop = Shop::new();
    let (owner, _) = owner(&shop);
    let viewers = [viewer(&shop), viewer(&shop)];
    for viewer in &viewers {
        viewer.opened();
    }
    owner.session.stop();
    for viewer in &viewers {
        viewer.wait("the loss", |event| (event == Event::Lost).then_some(()));
    }
    let roles = [role(&viewers[0]), role(&viewers[1])];
    assert_eq!(roles.iter().filter(|role| **role == Role::Owner).count(), 1, "{roles:?}");
    for viewer in &viewers {
        assert_eq!(viewer.opened().0.len(), 1, "told anew");
    }
    shop.drop_sample("9101-1_201");
    for viewer in &viewers {
        assert_eq!(arrived(viewer).0.record.run.identity.serial, "201");
        assert!(matches!(viewer.log().outcome, LogOutcome::Run { .. }), "once");
    }
    for viewer in viewers {
        viewer.session.stop();
    }
}

#[test]
fn who_takes_over_watches_all_that_was_watched() {
    let shop = Shop::new();
    let other = shop.root.path().join("DLTS");
    std::fs::create_dir(&other).expect("a folder");
    let mut both = shop.setup();
    both.folders.push(WatchFolder::named(other.clone()));
    let owner = Shift::of(both);
    owner.opened();
    let one = Setup { named: vec![shop.incoming()], ..shop.setup() };
    let viewer = Shift::as_part(one, Part::Any);
    viewer.opened();
    owner.session.stop();
    viewer.wait("that it is the owner", |event| (event == Event::Role(Role::Owner)).then_some(()));
    viewer.opened();
    let from = support::sample("9101-1_201");
    std::fs::copy(&from, other.join(from.file_name().expect("a name"))).expect("copied");
    assert_eq!(arrived(&viewer).0.record.run.identity.laser.as_deref(), Some("DLTS"));
    viewer.session.stop();
}

#[test]
fn who_takes_over_judges_by_the_rules_of_the_owner_before_and_not_by_its_own() {
    let shop = Shop::new();
    let mut strict = shop.setup();
    strict.analysis.grading.rules =
        vec![ModelRule { model: "9101*".to_owned(), per_spec: Some(1e-6), ..ModelRule::default() }];
    let owner = Shift::of(strict);
    owner.opened();
    shop.drop_sample("9101-1_203");
    assert_eq!(arrived(&owner).0.record.run.status, Status::Warning);
    let viewer = viewer(&shop);
    viewer.opened();
    owner.session.stop();
    viewer.wait("that it is the owner", |event| (event == Event::Role(Role::Owner)).then_some(()));
    let (runs, log) = viewer.opened();
    assert_eq!(runs.first().map(|run| run.record.run.status), Some(Status::Warning));
    assert!(!log.iter().any(|line| matches!(line.outcome, LogOutcome::Regraded { .. })), "{log:?}");
    shop.drop_sample("9101-1_201");
    let run = arrived(&viewer).0.record.run;
    let source = run.tracks.first().and_then(|track| track.threshold).map(|threshold| threshold.source);
    assert_eq!(source, Some(ThresholdSource::Rule));
    viewer.session.stop();
}

#[test]
fn the_audit_journal_knows_who_sat_at_the_screen_that_was_attached() {
    let shop = Shop::new();
    let (owner, run) = owner(&shop);
    let viewer = viewer(&shop);
    viewer.opened();
    viewer.ask(Request::Exclude { key: run.key, reason: "trial".to_owned(), by: "AB".to_owned() });
    let LogOutcome::Excluded { by, .. } = viewer.log().outcome else { panic!("excluded") };
    let entries = audit_entries(&read_audit(&shop.store()).expect("readable"));
    assert_eq!(entries.last().map(|entry| entry.signed.by.as_str()), Some(by.as_str()));
    let user = entries.last().map(|entry| entry.user.clone()).unwrap_or_default();
    assert!(by.starts_with(&format!("AB, {user}")), "{by}: the initials, the account and its number");
    viewer.session.stop();
    owner.session.stop();
}

#[test]
fn a_screen_for_a_folder_that_the_owner_does_not_watch_is_refused_with_the_reason() {
    let shop = Shop::new();
    let owner = shop.open();
    let other = shop.root.path().join("other");
    let stranger = Shift::as_part(Setup { named: vec![other], ..shop.setup() }, Part::Any);
    let why = stranger.wait("a refusal", |event| match event {
        Event::Refused(why) => Some(why),
        _ => None,
    });
    assert!(why.contains("does not watch") && why.contains("--store"), "{why}");
    stranger.session.stop();
    owner.session.stop();
}

#[test]
fn another_protocol_is_refused_politely_and_nonsense_ends_only_who_speaks_it() {
    let shop = Shop::new();
    let owner = shop.open();
    owner.opened();
    let socket = shop.store().join("attach.sock");
    let hello = r#"{"trimwatch":"9.9.9","protocol":99,"read_only":false,"folders":[]}"#;
    let mut later = stranger(&shop, hello);
    let mut said = String::new();
    later.read_to_string(&mut said).expect_err("a length stands in front");
    let mut bytes = Vec::new();
    let _ = later.read_to_end(&mut bytes);
    let mut nonsense = UnixStream::connect(&socket).expect("the socket");
    nonsense.write_all(&[255; 64]).expect("written");
    let mut rest = Vec::new();
    let _ = nonsense.read_to_end(&mut rest);
    assert!(rest.is_empty(), "nothing to say to it");
    let (who, header) = look(&shop.store()).expect("still there").expect("an owner");
    assert!(who.contains("process") && header.queue == 0);
    owner.session.stop();
    assert!(look(&shop.store()).expect("no trouble").is_none());
}

#[test]
fn a_viewer_that_never_reads_costs_the_others_nothing() {
    let shop = Shop::new();
    let owner = shop.open();
    owner.opened();
    let _stalled = stranger(&shop, r#"{"trimwatch":"0","protocol":1,"read_only":true,"folders":[]}"#);
    let viewer = viewer(&shop);
    viewer.opened();
    for path in support::files_of("incoming") {
        let name = path.file_name().expect("a name");
        std::fs::copy(&path, shop.incoming().join(name)).expect("copied");
    }
    let files = support::files_of("incoming").len();
    (0..files).for_each(|_| drop(viewer.log()));
    viewer.session.stop();
    owner.session.stop();
}
