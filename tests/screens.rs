//! The screens as they stand at every size, in Unicode and in ASCII, and what keys do to them.
//!
//! Snapshots hold text; colours are asserted by role.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]

mod support;

use std::sync::Arc;

use crossterm::event::KeyCode;
use ratatui::style::{Color, Modifier};
use support::{NAMED, NOON, arrival, arrive, buffer, empty_app, fail, filled_app, header, key, look, tell, text};
use trimwatch::history::Tally;
use trimwatch::session::{Event, FolderState, Request};
use trimwatch::tui::{App, Clock, Effect, Msg, Overlay, Screen, Symbols, update};

const SIZES: [(u16, u16); 4] = [(120, 40), (80, 24), (60, 16), (40, 12)];

fn type_in(app: &mut App, words: &str) {
    for c in words.chars() {
        key(app, KeyCode::Char(c));
    }
}

fn snapshots(name: &str, prepare: impl Fn(&mut App)) {
    for size in SIZES {
        for (spelling, symbols) in [("unicode", Symbols::Unicode), ("ascii", Symbols::Ascii)] {
            let mut app = filled_app(size, symbols);
            prepare(&mut app);
            insta::assert_snapshot!(format!("{name}_{}x{}_{spelling}", size.0, size.1), text(&app));
        }
    }
}

#[test]
fn live() {
    snapshots("live", |_| {});
}

#[test]
fn live_with_two_tracks() {
    snapshots("live_two_tracks", |app| {
        type_in(app, "/9102A 53");
        key(app, KeyCode::Enter);
    });
}

#[test]
fn unit() {
    snapshots("unit", |app| {
        key(app, KeyCode::Enter);
        let first = arrival("9101-1_216_TA_Test Data_3-9-2026_9-10", 10).0;
        let last = arrival("9101-1_216_TA_Test Data_3-9-2026_10-00", 22).0;
        let (model, serial) = ("9101-1".to_owned(), "216".to_owned());
        let before = arrival("9101-1_208_TA", 3).0;
        let key = last.key.clone();
        tell(app, Event::Unit { model, serial, runs: vec![first, last] });
        tell(app, Event::Before { key, run: Some(Box::new(before)) });
    });
}

#[test]
fn unit_with_a_cursor() {
    snapshots("unit_cursor", |app| {
        key(app, KeyCode::Enter);
        key(app, KeyCode::Right);
        key(app, KeyCode::PageDown);
    });
}

#[test]
fn log() {
    snapshots("log", |app| {
        key(app, KeyCode::Char('6'));
        key(app, KeyCode::Down);
    });
}

#[test]
fn help() {
    snapshots("help", |app| {
        key(app, KeyCode::Char('?'));
    });
}

#[test]
fn an_empty_screen_says_what_will_happen_on_it() {
    for size in SIZES {
        insta::assert_snapshot!(format!("empty_{}x{}", size.0, size.1), text(&empty_app(size, Symbols::Unicode)));
    }
}

#[test]
fn trouble_is_said_in_words_and_stays() {
    for size in SIZES {
        let mut app = filled_app(size, Symbols::Unicode);
        let mut gone = header(Tally { runs: 12, good: 7, failed: 3, ..Tally::default() }, 5);
        let state = FolderState::Offline { since_ms: NOON.now_ms - 600_000, cause: "no such folder".to_owned() };
        gone.folders.iter_mut().for_each(|folder| folder.state = state.clone());
        tell(&mut app, Event::Snapshot(Box::new(gone)));
        key(&mut app, KeyCode::Char(' '));
        arrive(&mut app, "9101-1_201", 30);
        insta::assert_snapshot!(format!("offline_frozen_{}x{}", size.0, size.1), text(&app));
    }
}

#[test]
fn ascii_means_ascii_in_every_cell() {
    for size in SIZES {
        for keys in ["", "\n", "6", "?", "6?", "5", "5f", "5?"] {
            let mut app = filled_app(size, Symbols::Ascii);
            fail(&mut app, "Größe\u{1b}[2J.xls", "déjà vu → 5 Ω", 40);
            for c in keys.chars() {
                key(&mut app, if c == '\n' { KeyCode::Enter } else { KeyCode::Char(c) });
            }
            assert!(text(&app).is_ascii(), "{size:?} {keys:?}\n{}", text(&app));
        }
    }
}

#[test]
fn a_hostile_name_moves_no_cursor() {
    let mut app = filled_app((120, 40), Symbols::Unicode);
    fail(&mut app, "x\u{1b}[2J\u{202E}\u{7}\n.xls", "cell says \u{1b}]0;owned\u{7}", 40);
    for screen in ["", "6"] {
        type_in(&mut app, screen);
        let drawn = text(&app);
        assert!(!drawn.chars().any(|c| c.is_control() && c != '\n'), "{drawn}");
        assert!(!drawn.contains('\u{202E}'));
    }
}

#[test]
fn a_failure_is_the_loudest_thing_and_meaning_never_rests_on_colour() {
    let app = filled_app((120, 40), Symbols::Unicode);
    let drawn = buffer(&app);
    let loud: Vec<_> = drawn.content.iter().filter(|cell| cell.modifier.contains(Modifier::REVERSED)).collect();
    assert!(!loud.is_empty() && loud.iter().all(|cell| cell.fg == Color::Red), "only failures are reversed");
    let words: String = loud.iter().map(|cell| cell.symbol()).collect();
    assert!(words.contains("✗ FAIL"), "{words}");
    assert!(drawn.content.iter().all(|cell| cell.bg == Color::Reset), "the background is never set");
}

#[test]
fn the_view_follows_the_newest_run_until_somebody_looks_elsewhere() {
    let mut app = filled_app((120, 40), Symbols::Unicode);
    let serial = |app: &App| app.run().map(|run| run.record.run.identity.serial.clone());
    arrive(&mut app, "9101-1_201", 30);
    assert_eq!(serial(&app).as_deref(), Some("201"), "followed");
    key(&mut app, KeyCode::Down);
    let looked_at = serial(&app);
    arrive(&mut app, "9101-1_202", 31);
    assert_eq!(serial(&app), looked_at, "the selection stays with its run");
    key(&mut app, KeyCode::Char('g'));
    arrive(&mut app, "9101-1_203_TA_Test Data_3-3-2026_6-40 AMT", 32);
    assert_eq!(serial(&app).as_deref(), Some("203"), "followed again");
}

#[test]
fn freezing_holds_the_view_still_and_loses_nothing() {
    let mut app = filled_app((120, 40), Symbols::Unicode);
    let before = app.rows.len();
    key(&mut app, KeyCode::Char(' '));
    arrive(&mut app, "9101-1_201", 30);
    arrive(&mut app, "9101-1_202", 31);
    assert_eq!(app.rows.len(), before);
    assert!(text(&app).contains("FROZEN +2"), "{}", text(&app));
    key(&mut app, KeyCode::Char(' '));
    assert_eq!(app.rows.len(), before + 2);
    assert!(text(&app).contains("● LIVE"));
}

#[test]
fn unseen_failures_are_counted_until_they_were_looked_at() {
    let mut app = empty_app((120, 40), Symbols::Unicode);
    for (sequence, words) in (1u64..).zip(["9203_34", "9101-1_201", "9203_35", "9101-1_202"]) {
        arrive(&mut app, words, sequence);
    }
    assert_eq!(app.rows.unseen(), 2);
    key(&mut app, KeyCode::Char('!'));
    assert_eq!(app.run().map(|run| run.record.run.identity.serial.as_str()), Some("35"));
    key(&mut app, KeyCode::Char('!'));
    assert_eq!(app.run().map(|run| run.record.run.identity.serial.as_str()), Some("34"));
    assert_eq!(app.rows.unseen(), 0);
    key(&mut app, KeyCode::Char('!'));
    assert!(text(&app).contains("every failure has been looked at"));
}

#[test]
fn a_file_that_failed_and_then_became_a_run_is_one_row() {
    let mut app = empty_app((120, 40), Symbols::Unicode);
    let (run, _) = arrival("9101-1_201", 2);
    fail(&mut app, run.record.file.name(), "the file is empty", 1);
    assert_eq!(app.rows.len(), 1);
    arrive(&mut app, "9101-1_201", 2);
    assert_eq!(app.rows.len(), 1);
    assert_eq!(app.rows.unseen(), 0);
}

#[test]
fn searching_moves_with_every_letter_and_gives_back_its_place() {
    let mut app = filled_app((120, 40), Symbols::Unicode);
    let start = app.live_at.selected;
    type_in(&mut app, "/9305");
    assert_eq!(app.run().map(|run| run.record.run.identity.model.as_str()), Some("9305-B"));
    key(&mut app, KeyCode::Esc);
    assert_eq!((app.live_at.selected, app.search.as_ref()), (start, None));
    type_in(&mut app, "/fail");
    key(&mut app, KeyCode::Enter);
    let first = app.live_at.selected;
    key(&mut app, KeyCode::Char('n'));
    assert!(app.live_at.selected > first);
    key(&mut app, KeyCode::Char('N'));
    assert_eq!(app.live_at.selected, first);
}

#[test]
fn a_run_whose_curve_is_not_at_hand_is_asked_for_once() {
    let mut app = filled_app((120, 40), Symbols::Unicode);
    let (run, _) = arrival("9101-1_201", 30);
    let effects = tell(&mut app, Event::Arrived(Box::new(run.clone()), Arc::default()));
    assert_eq!(effects, [Effect::Ask(Request::Curves { key: run.key.clone() })]);
    assert_eq!(key(&mut app, KeyCode::Char('e')), [], "not twice");
    tell(&mut app, Event::Curves { key: run.key, curves: None });
    assert!(text(&app).contains("not kept"));
}

#[test]
fn what_the_session_has_to_say_stands_until_a_key_is_pressed() {
    let mut app = filled_app((120, 40), Symbols::Unicode);
    tell(&mut app, Event::Notice("the history was set aside as bad-1".to_owned()));
    update(&mut app, Msg::Tick(Clock { now_ms: NOON.now_ms + 3_600_000, ..NOON }));
    assert!(text(&app).contains("set aside as bad-1"));
    key(&mut app, KeyCode::Down);
    assert!(!text(&app).contains("set aside as bad-1"));
}

#[test]
fn quitting_asks_while_files_are_queued() {
    let mut app = filled_app((120, 40), Symbols::Unicode);
    assert_eq!(key(&mut app, KeyCode::Char('q')), [Effect::Quit]);
    tell(&mut app, Event::Snapshot(Box::new(header(Tally::default(), 7))));
    assert_eq!(key(&mut app, KeyCode::Char('q')), []);
    assert_eq!(app.overlay, Some(Overlay::ConfirmQuit));
    assert!(text(&app).contains("7 files are queued"));
    assert_eq!(key(&mut app, KeyCode::Char('n')), []);
    key(&mut app, KeyCode::Char('q'));
    assert_eq!(key(&mut app, KeyCode::Char('y')), [Effect::Quit]);
    key(&mut app, KeyCode::Char('q'));
    let empty = tell(&mut app, Event::Snapshot(Box::new(header(Tally::default(), 0))));
    assert_eq!(empty, [Effect::Quit], "at once when the last one is read");
}

#[test]
fn silence_is_called_stale_within_five_seconds() {
    let mut app = filled_app((120, 40), Symbols::Unicode);
    update(&mut app, Msg::Tick(Clock { now_ms: NOON.now_ms + 4_900, ..NOON }));
    assert!(!text(&app).contains("STALE"));
    app.dirty = false;
    update(&mut app, Msg::Tick(Clock { now_ms: NOON.now_ms + 5_000, ..NOON }));
    assert!(app.dirty && text(&app).contains("▲ STALE since 12:00"), "{}", text(&app));
    tell(&mut app, Event::Alive);
    update(&mut app, Msg::Tick(Clock { now_ms: NOON.now_ms + 5_100, ..NOON }));
    assert!(!text(&app).contains("STALE"));
}

#[test]
fn time_alone_draws_once_a_minute() {
    let mut app = filled_app((120, 40), Symbols::Unicode);
    let mut drawn = 0;
    for second in 1..=180 {
        tell(&mut app, Event::Alive);
        app.dirty = false;
        update(&mut app, Msg::Tick(Clock { now_ms: NOON.now_ms + second * 1_000, ..NOON }));
        drawn += usize::from(app.dirty);
    }
    assert_eq!(drawn, 3);
}

#[test]
fn retrying_asks_for_the_selected_file_alone() {
    let mut app = filled_app((120, 40), Symbols::Unicode);
    type_in(&mut app, "6/see note");
    key(&mut app, KeyCode::Enter);
    let path_key = app.log_entry().expect("a line").file.path_key;
    assert_eq!(key(&mut app, KeyCode::Char('r')), [Effect::Ask(Request::Retry { path_key })]);
    assert_eq!(key(&mut app, KeyCode::Char('R')), [Effect::Ask(Request::RetryAll)]);
}

#[test]
fn escape_leads_back_step_by_step() {
    let mut app = filled_app((120, 40), Symbols::Unicode);
    for _ in 0..3 {
        key(&mut app, KeyCode::Down);
    }
    key(&mut app, KeyCode::Enter);
    key(&mut app, KeyCode::Char('z'));
    assert!(app.screen == Screen::Unit && app.zoom);
    key(&mut app, KeyCode::Esc);
    assert!(app.screen == Screen::Unit && !app.zoom);
    key(&mut app, KeyCode::Esc);
    assert_eq!((app.screen, app.live_at.selected), (Screen::Live, 3));
    key(&mut app, KeyCode::Esc);
    assert!(app.follow);
}

#[test]
fn any_keys_at_any_size_never_panic() {
    use proptest::prelude::*;
    use proptest::test_runner::{Config, TestRunner};
    let codes = prop_oneof![
        "[ -~]".prop_map(|c| KeyCode::Char(c.chars().next().unwrap_or(' '))),
        prop::sample::select(NAMED.to_vec()),
    ];
    let steps = prop::collection::vec((codes, 0u16..=200, 0u16..=60, 0u8..12), 1..60);
    let mut runner = TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
    let start = filled_app((120, 40), Symbols::Unicode);
    let run = |steps: Vec<(KeyCode, u16, u16, u8)>| {
        let mut app = start.clone();
        for (sequence, (code, columns, rows, what)) in (50u64..).zip(steps) {
            match what {
                0 => drop(update(&mut app, Msg::Resize(columns, rows))),
                1 => arrive(&mut app, "9102A_53", sequence),
                2 => fail(&mut app, "x.xls", "the file is empty", sequence),
                3 => drop(tell(&mut app, Event::Past { runs: Vec::new(), log: Vec::new() })),
                _ => drop(key(&mut app, code)),
            }
            let _ = text(&app);
        }
        Ok(())
    };
    runner.run(&steps, run).expect("no panic");
}

#[test]
fn every_size_from_nothing_up_is_drawn() {
    let mut app = filled_app((120, 40), Symbols::Unicode);
    for screen in ["1", "2", "6", "5", "f", "?"] {
        type_in(&mut app, screen);
        for columns in (0..=200).step_by(11) {
            for rows in (0..=60).step_by(3) {
                update(&mut app, Msg::Resize(columns, rows));
                let _ = text(&app);
            }
        }
    }
}

#[test]
fn without_colours_the_same_words_stand_there() {
    let mut plain = filled_app((120, 40), Symbols::Unicode);
    plain.look.theme = trimwatch::tui::Theme::Mono;
    assert_eq!(text(&plain), text(&filled_app((120, 40), Symbols::Unicode)));
    assert!(buffer(&plain).content.iter().all(|cell| cell.fg == Color::Reset));
    assert_eq!(look(Symbols::Ascii).symbols, Symbols::Ascii);
}
