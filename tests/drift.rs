//! Drift over a kept history: baselines, alarms that stay, states that are kept and made anew, words of people.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]

mod support;

use support::drifted::{BEGIN, LOT, LOTS, STEP, history, unit, units, whole};
use support::program::program;
use support::shop::Shop;
use support::{keep, open};
use trimwatch::config::DriftSettings;
use trimwatch::engine::Desk;
use trimwatch::history::{Act, Ending, Exclusion, LogOutcome, RunKey, Store, words_of};
use trimwatch::monitoring::{Acknowledgement, Alarm, Doubt, Epoch, Keep, Metric, Standing, StreamKey, StreamState};
use trimwatch::session::{Event, Request};
use trimwatch::trim::LocalTime;

fn settled(store: &Store) -> (Desk, Vec<Alarm>) {
    let mut desk = Desk::open(store, &DriftSettings::default()).expect("a desk");
    let settled = desk.settle(store, 1).expect("settled");
    desk.keep(store, &settled, 1).expect("kept");
    (desk, settled.raised)
}

fn stream(desk: &Desk) -> StreamKey {
    desk.monitor().list().lines.first().expect("a line").stream.clone()
}

fn state(desk: &Desk) -> StreamState {
    desk.monitor().state(&stream(desk)).expect("a state").clone()
}

fn seen(by: &str) -> Acknowledgement {
    Acknowledgement { cause: "material".into(), by: by.into(), note: "ink lot".into(), at_ms: 5, newest: None }
}

#[test]
fn a_step_in_untrimmed_resistance_is_alarmed_once_kept_and_told_again_after_a_restart() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = history(dir.path(), LOTS * LOT);
    let (desk, raised) = settled(&store);
    assert_eq!(raised.len(), 1, "{raised:#?}");
    assert_eq!(raised[0].subject, Metric::UntrimmedResistance.into());
    assert!(raised[0].time.timestamp() < BEGIN + 7 * 86_400 * whole(STEP + 1), "within the first lot");
    let before = state(&desk);
    drop((desk, store));
    let store = open(dir.path());
    let (desk, raised) = settled(&store);
    assert_eq!(raised, []);
    assert_eq!(desk.monitor().list().open.len(), 1);
    assert_eq!(state(&desk), before, "taken up from what was kept");
    assert!(store.latest_log(3).expect("a log").iter().any(|line| matches!(line.outcome, LogOutcome::Alarmed { .. })));
}

#[test]
fn states_that_are_lost_are_made_anew_and_equal_and_no_alarm_is_raised_twice() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = history(dir.path(), LOTS * LOT);
    let (desk, _) = settled(&store);
    let before = state(&desk);
    // States of after the log's end are no states.
    store.keep_states(&[], &store.shifts_known(), Some(u64::MAX)).expect("spoilt");
    let (desk, raised) = settled(&store);
    assert_eq!(raised, []);
    assert_eq!(state(&desk), before);
    assert_eq!(desk.monitor().alarms().count(), 1);
}

#[test]
fn runs_that_come_later_are_caught_up_from_the_log() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = history(dir.path(), (STEP - 1) * LOT);
    let (_, raised) = settled(&store);
    assert_eq!(raised, []);
    keep(&store, units((STEP - 1) * LOT..LOTS * LOT));
    let (desk, raised) = settled(&store);
    assert_eq!(raised.len(), 1);
    let whole = tempfile::tempdir().expect("a folder");
    let (other, _) = settled(&history(whole.path(), LOTS * LOT));
    let without_limits =
        |desk: &Desk| desk.monitor().baselines(&stream(desk)).iter().map(|b| (b.from, b.to)).collect::<Vec<_>>();
    assert_eq!(without_limits(&desk), without_limits(&other));
}

#[test]
fn an_alarm_whose_runs_are_excluded_stays_and_says_that_it_is_no_longer_supported() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = history(dir.path(), LOTS * LOT);
    let (_, raised) = settled(&store);
    let excluded: Vec<RunKey> = store
        .all_runs()
        .expect("runs")
        .into_iter()
        .filter(|(key, _)| key.seconds().is_some_and(|at| at >= BEGIN + 7 * 86_400 * whole(STEP)))
        .map(|(key, _)| key)
        .collect();
    for key in excluded {
        let word = Exclusion { reason: "wrong fixture".into(), by: "AB".into(), at_ms: 3 };
        store.act(Act { key, exclude: true, word }).expect("written");
    }
    let (desk, _) = settled(&store);
    let alarm = desk.monitor().alarm(raised[0].id).expect("still there");
    assert!(alarm.doubts.contains(&Doubt::NoLongerSupported), "{:?}", alarm.doubts);
    assert!(alarm.is_open());
}

#[test]
fn an_acknowledgement_a_new_beginning_and_a_baseline_survive_a_rebuild() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = history(dir.path(), LOTS * LOT);
    let (mut desk, raised) = settled(&store);
    let alarm = desk.monitor_mut().acknowledge(raised[0].id, seen("AB")).expect("the alarm");
    let from = LocalTime::from_timestamp(BEGIN + 7 * 86_400 * whole(STEP)).expect("a time");
    let epoch = Epoch { stream: stream(&desk), from, reason: "new ink".into(), by: "AB".into(), at_ms: 6 };
    store.keep_drift(&[Keep::Alarm(Box::new(alarm.clone())), Keep::Epoch(epoch.clone())], Vec::new(), 6).expect("kept");
    drop((desk, store));
    let words = words_of(dir.path());
    assert!(words.drift.contains(&Keep::Alarm(Box::new(alarm))) && words.drift.contains(&Keep::Epoch(epoch)));
    assert!(words.drift.iter().any(|kept| matches!(kept, Keep::Baseline(_))));
    let (desk, raised) = settled(&open(dir.path()));
    assert_eq!(raised, []);
    let list = desk.monitor().list();
    assert_eq!(list.open, []);
    assert!(!matches!(list.lines[0].standing, Standing::Alarm { .. }), "{:?}", list.lines[0]);
    let baseline = desk.monitor().baselines(&stream(&desk)).iter().filter(|frozen| frozen.epoch == Some(from));
    assert!(baseline.count() > 0, "found anew from the new beginning on");
}

#[test]
fn the_command_line_lists_acknowledges_and_exports() {
    let dir = tempfile::tempdir().expect("a folder");
    let home = tempfile::tempdir().expect("a folder");
    drop(history(dir.path(), LOTS * LOT));
    let run = |args: &[&str]| {
        let out = program(home.path()).args(args).arg("--store").arg(dir.path()).output().expect("it runs");
        (
            out.status.code(),
            String::from_utf8_lossy(&out.stdout).into_owned(),
            String::from_utf8_lossy(&out.stderr).into_owned(),
        )
    };
    let (code, text, _) = run(&["drift"]);
    assert_eq!(code, Some(1));
    assert!(text.contains("ALARM") && text.contains("untrimmed resistance"), "{text}");
    let (code, text, _) = run(&["drift", "9101-1", "--format", "json"]);
    assert_eq!(code, Some(1));
    let charts: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(charts[0]["lots"].as_array().map(Vec::len), Some(LOTS));
    let (code, text, _) = run(&["alarms", "list"]);
    assert_eq!(code, Some(1), "{text}");
    let (code, _, error) = run(&["alarms", "ack", "1", "--cause", "moonlight"]);
    assert_eq!(code, Some(2));
    assert!(error.contains("no cause"), "{error}");
    let (code, _, error) = run(&["alarms", "ack", "1", "--cause", "material", "--by", "AB", "--note", "ink lot"]);
    assert_eq!(code, Some(0), "{error}");
    assert_eq!(run(&["alarms", "list"]).0, Some(0));
    assert_eq!(run(&["drift"]).0, Some(0));
    let (_, table, _) = run(&["alarms", "export"]);
    let rows: Vec<&str> = table.lines().collect();
    assert_eq!(rows.len(), 2, "{table}");
    assert!(rows[1].contains("material,AB,ink lot"), "{table}");
}

#[test]
fn a_screen_hears_of_an_open_alarm_and_of_its_acknowledgement() {
    let shop = Shop::new();
    drop(history(&shop.store(), LOTS * LOT));
    let shift = shop.open();
    shift.ask(Request::Drift);
    let open = shift.wait("an open alarm", |event| match event {
        Event::Drift(list) => list.open.first().cloned(),
        _ => None,
    });
    let stream = open.stream.clone();
    shift.ask(Request::DriftCharts { stream, metric: Metric::UntrimmedResistance });
    let charts = shift.wait("charts", |event| match event {
        Event::DriftCharts(charts) => Some(charts),
        _ => None,
    });
    assert_eq!(charts.lots.len(), LOTS);
    assert!(charts.chart.points.iter().any(|point| point.signal.is_some()));
    assert_eq!(charts.alarms, std::slice::from_ref(&open));
    let (cause, note, by) = ("material".to_owned(), String::new(), "AB".to_owned());
    shift.ask(Request::Acknowledge { alarm: open.id, cause, note, by });
    shift.wait("no open alarm", |event| match event {
        Event::Drift(list) if list.open.is_empty() => Some(()),
        _ => None,
    });
}

#[test]
fn a_run_with_a_clock_that_is_years_ahead_ends_no_window() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = history(dir.path(), 9 * LOT);
    let mut ahead = unit(9 * LOT);
    let Ending::Run { run, .. } = &mut ahead.ending else { panic!("a run") };
    run.identity.time = LocalTime::from_timestamp(BEGIN + 80 * 365 * 86_400);
    keep(&store, vec![ahead]);
    let (desk, _) = settled(&store);
    let line = desk.monitor().list().lines[0].clone();
    assert!(!matches!(line.standing, Standing::Idle { .. }), "{line:?}");
    assert_eq!(line.last.timestamp(), BEGIN + 7 * 86_400 * 8 + 900 * 7);
}
