//! The Models screen, and what learned models say on the others; at every size, in Unicode and in ASCII.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]

mod support;

use std::sync::Arc;

use crossterm::event::KeyCode;
use ratatui::style::Color;
use support::learned::{DAY, models, speak, watch};
use support::{NOON, arrival, buffer, empty_app, facts, filled_app, key, tell, text};
use trimwatch::analysis::Learner;
use trimwatch::config::Mode;
use trimwatch::history::{LogEntry, LogOutcome, Outcome};
use trimwatch::session::{Event, ModelsView, Request};
use trimwatch::trim::{LocalDate, LocalTime};
use trimwatch::tui::{App, Effect, Msg, Overlay, Pane, Screen, Symbols, update};

const SIZES: [(u16, u16); 4] = [(120, 40), (80, 24), (60, 16), (40, 12)];

fn type_in(app: &mut App, words: &str) -> Vec<Effect> {
    let press = |c| {
        if c == '\n' {
            KeyCode::Enter
        } else if c == '\t' {
            KeyCode::Tab
        } else {
            KeyCode::Char(c)
        }
    };
    words.chars().flat_map(|c| key(app, press(c))).collect()
}

/// The screen as it was opened and answered.
fn opened(size: (u16, u16), symbols: Symbols, models: ModelsView) -> App {
    let mut app = filled_app(size, symbols);
    "CD".clone_into(&mut app.remembered.by);
    assert_eq!(key(&mut app, KeyCode::Char('4')), [Effect::Ask(Request::Models)]);
    tell(&mut app, Event::Models(Box::new(models)));
    app
}

fn at_once(keys: &str) -> App {
    let mut app = opened((120, 40), Symbols::Unicode, models());
    type_in(&mut app, keys);
    app
}

fn snapshots(name: &str, prepare: impl Fn(&mut App)) {
    for size in SIZES {
        for (spelling, symbols) in [("unicode", Symbols::Unicode), ("ascii", Symbols::Ascii)] {
            let mut app = opened(size, symbols, models());
            prepare(&mut app);
            assert!(symbols == Symbols::Unicode || text(&app).is_ascii(), "{}", text(&app));
            insta::assert_snapshot!(format!("{name}_{}x{}_{spelling}", size.0, size.1), text(&app));
        }
    }
}

#[test]
fn a_line_a_learner_over_the_card_of_the_selected_one() {
    snapshots("models", |app| drop(type_in(app, "jj")));
}

#[test]
fn a_gated_model_says_which_checks_it_missed_and_by_how_much() {
    snapshots("models_gated", |_| {});
}

#[test]
fn an_untrained_learner_says_what_it_waits_for() {
    snapshots("models_untrained", |app| drop(type_in(app, "j")));
}

#[test]
fn versions_are_listed_with_the_one_that_speaks() {
    snapshots("models_versions", |app| drop(type_in(app, "jj\njj")));
}

#[test]
fn a_product_model_has_a_detector_of_its_own() {
    snapshots("models_drift", |app| drop(type_in(app, "jjjjj")));
}

#[test]
fn a_zoomed_card_scrolls_to_its_end_and_no_further() {
    let mut app = at_once("jj\tz");
    insta::assert_snapshot!("models_zoomed_120x40_unicode", text(&app));
    let mut small = opened((80, 24), Symbols::Unicode, models());
    type_in(&mut small, "jj\tG");
    assert!(text(&small).contains("model") && text(&small).contains("412 kB"), "{}", text(&small));
    let end = small.models.card_top;
    type_in(&mut small, "jjj");
    assert_eq!(small.models.card_top, end);
    type_in(&mut small, "k");
    assert_eq!(small.models.card_top, end - 1);
    key(&mut app, KeyCode::Esc);
    assert!(!app.zoom && app.models.focus == Pane::Card);
    key(&mut app, KeyCode::Esc);
    assert_eq!((app.screen, app.models.focus), (Screen::Models, Pane::List));
    key(&mut app, KeyCode::Esc);
    assert_eq!(app.screen, Screen::Live);
}

#[test]
fn the_models_are_asked_for_whenever_the_screen_is_opened_and_the_selection_stays() {
    let mut app = at_once("jjjjj");
    assert_eq!(type_in(&mut app, "1"), []);
    assert_eq!(type_in(&mut app, "4"), [Effect::Ask(Request::Models)]);
    let mut fewer = models();
    fewer.learners.remove(1);
    tell(&mut app, Event::Models(Box::new(fewer)));
    assert_eq!(app.models.subject().and_then(|subject| subject.product), Some("6607"));
}

#[test]
fn the_loudest_is_a_learner_in_trouble_and_an_unknown_figure_is_never_0() {
    let mut view = models();
    view.training = None;
    view.learners[0].trouble = Some("the bytes of v2 are damaged".to_owned());
    view.learners[2].mode = Mode::Off;
    let mut app = opened((120, 40), Symbols::Unicode, view);
    let buffer = buffer(&app);
    let loud: String =
        buffer.content.iter().filter(|cell| cell.fg == Color::Red).map(ratatui::buffer::Cell::symbol).collect();
    assert!(loud.contains("▲ trouble: the bytes of"), "{loud}");
    assert!(text(&app).contains("· off"), "{}", text(&app));
    type_in(&mut app, "j");
    let line = text(&app).lines().find(|line| line.contains("predictor final test")).expect("a line").to_owned();
    assert!(line.contains('–') && !line.contains(" 0"), "{line}");
}

#[test]
fn a_learner_is_trained_in_the_name_of_whoever_gave_initials() {
    let mut app = at_once("jj");
    let by = "CD".to_owned();
    let asked = type_in(&mut app, "t");
    assert_eq!(asked, [Effect::Ask(Request::Train { learner: Some(Learner::TrimVerdict), by: by.clone() })]);
    assert!(text(&app).contains("trim verdict is trained once the training that runs is done"), "{}", text(&app));
    assert_eq!(type_in(&mut app, "T"), [Effect::Ask(Request::Train { learner: None, by })]);
    type_in(&mut app, "k");
    assert_eq!(type_in(&mut app, "t"), [], "not enough history");
    assert!(text(&app).contains("cannot be trained yet: 34 of 50 outcomes"), "{}", text(&app));
}

#[test]
fn initials_are_asked_for_where_nobody_gave_any() {
    let mut app = at_once("jj");
    app.remembered.by.clear();
    assert_eq!(type_in(&mut app, "t"), []);
    let asked = type_in(&mut app, "ef\n");
    assert!(matches!(asked.first(), Some(Effect::Remember(what)) if what.by == "ef"), "{asked:?}");
    let train = Request::Train { learner: Some(Learner::TrimVerdict), by: "ef".to_owned() };
    assert_eq!(asked.get(1), Some(&Effect::Ask(train)));
}

#[test]
fn a_training_is_given_up_after_asking() {
    let mut app = at_once("c");
    assert!(text(&app).contains("Give up training drift detector at 62 %, wanted by AB"), "{}", text(&app));
    assert_eq!(type_in(&mut app, "n"), []);
    assert_eq!(type_in(&mut app, "cy"), [Effect::Ask(Request::CancelTraining)]);
    let quiet = ModelsView { training: None, ..models() };
    tell(&mut app, Event::Models(Box::new(quiet)));
    type_in(&mut app, "c");
    assert!(app.overlay.is_none() && text(&app).contains("nothing is being trained"), "{}", text(&app));
}

#[test]
fn another_version_speaks_after_asking_and_so_does_the_formula() {
    let mut app = at_once("jj\nj");
    assert_eq!(app.models.shown().map(|shown| shown.card.version), Some(6));
    type_in(&mut app, "\n");
    assert!(text(&app).contains("v6 speaks from now on instead of v7?"), "{}", text(&app));
    let deploy = |version| {
        let (learner, scope, by) = (Learner::TrimVerdict, String::new(), "CD".to_owned());
        [Effect::Ask(Request::Deploy { learner, scope, version, by })]
    };
    assert_eq!(type_in(&mut app, "y"), deploy(Some(6)));
    type_in(&mut app, "j\n");
    assert!(text(&app).contains("It missed its gate."), "{}", text(&app));
    assert_eq!(type_in(&mut app, "\n"), [], "anything but yes is no");
    type_in(&mut app, "gf");
    assert!(matches!(app.overlay, Some(Overlay::Confirm { .. })));
    assert_eq!(type_in(&mut app, "y"), deploy(None));
    type_in(&mut app, "g\n");
    assert!(app.overlay.is_none() && text(&app).contains("v7 speaks already"), "{}", text(&app));
}

#[test]
fn a_learned_run_shows_both_risks_with_their_proof_and_the_sure_range_of_its_threshold() {
    for size in SIZES {
        for (spelling, symbols) in [("unicode", Symbols::Unicode), ("ascii", Symbols::Ascii)] {
            let mut app = filled_app(size, symbols);
            let (mut run, curves) = arrival("9101-1_216_TA_Test Data_3-9-2026_10-00", 30);
            speak(&mut run);
            tell(&mut app, Event::Arrived(Box::new(run), Arc::new(curves)));
            key(&mut app, KeyCode::Char('g'));
            insta::assert_snapshot!(format!("learned_live_{}x{}_{spelling}", size.0, size.1), text(&app));
            key(&mut app, KeyCode::Enter);
            insta::assert_snapshot!(format!("learned_unit_{}x{}_{spelling}", size.0, size.1), text(&app));
        }
    }
}

#[test]
fn shadow_words_and_the_reason_of_silence_stand_where_there_is_room() {
    let mut app = filled_app((120, 40), Symbols::Unicode);
    let (mut run, curves) = arrival("9101-1_216_TA_Test Data_3-9-2026_10-00", 30);
    watch(&mut run);
    tell(&mut app, Event::Arrived(Box::new(run), Arc::new(curves)));
    key(&mut app, KeyCode::Char('g'));
    let drawn = text(&app);
    assert!(drawn.contains("shadow v4 would say 0.62") && drawn.contains("as it arrived: the model failed"), "{drawn}");
}

fn outcome(passed: bool) -> Outcome {
    let date = LocalDate::new(2026, 3, 31).expect("a day");
    let tested = LocalTime::new(date, 23, 59, 59).expect("a time");
    let (model, serial) = ("9101-1".to_owned(), "216".to_owned());
    Outcome { model, serial, tested, passed, note: "noisy".to_owned(), by: "AB".to_owned(), at_ms: NOON.now_ms }
}

#[test]
fn the_unit_screen_asks_what_the_final_test_said_and_shows_it() {
    let mut app = filled_app((80, 24), Symbols::Unicode);
    let asked = key(&mut app, KeyCode::Enter);
    let key = app.run().expect("a run").key.clone();
    assert!(asked.contains(&Effect::Ask(Request::Outcome { key: key.clone() })), "{asked:?}");
    tell(&mut app, Event::Outcome { key: key.clone(), outcome: None });
    assert!(text(&app).contains("nobody has said; o marks it"), "{}", text(&app));
    tell(&mut app, Event::Outcome { key, outcome: Some(Box::new(outcome(false))) });
    assert!(text(&app).contains("final test FAIL 31 Mar, noisy (AB)"), "{}", text(&app));
}

#[test]
fn a_final_test_is_marked_with_a_note_and_initials_and_taken_back() {
    let mut app = filled_app((120, 40), Symbols::Unicode);
    app.remembered.by = "CD".to_owned();
    type_in(&mut app, "\no");
    let key = app.run().expect("a run").key.clone();
    let tested = |passed, note: &str| {
        let (key, note, by) = (key.clone(), note.to_owned(), "CD".to_owned());
        [Effect::Ask(Request::Tested { key, passed, note, by })]
    };
    assert!(text(&app).contains("what did the final test say"), "{}", text(&app));
    assert_eq!(type_in(&mut app, "fnoisy at 30 deg\n"), tested(Some(false), "noisy at 30 deg"));
    assert_eq!(type_in(&mut app, "op\n"), tested(Some(true), ""), "a note is not needed");
    assert_eq!(type_in(&mut app, "obwrong part\n"), tested(None, "wrong part"));
}

#[test]
fn a_line_of_the_log_about_a_model_leads_to_the_models() {
    let mut app = empty_app((80, 24), Symbols::Unicode);
    let (what, by) = ("trim-verdict v7 deployed: 482 new tracks".to_owned(), "trimwatch".to_owned());
    let outcome = LogOutcome::Learning { what, failed: false, by };
    let file = trimwatch::history::FileFacts { path: String::new(), ..facts("", b"", 0) };
    let entry = LogEntry { sequence: 1, at_ms: NOON.now_ms - DAY, file, outcome };
    tell(&mut app, Event::Logged(Box::new(entry)));
    type_in(&mut app, "6");
    insta::assert_snapshot!("log_model_80x24", text(&app));
    assert_eq!(type_in(&mut app, "\n"), [Effect::Ask(Request::Models)]);
    assert_eq!(app.screen, Screen::Models);
}

#[test]
fn every_size_from_nothing_up_is_drawn() {
    for keys in ["jj", "\t", "\t", "z", "zc", "nf", "n\t\to"] {
        let mut app = opened((120, 40), Symbols::Unicode, models());
        type_in(&mut app, keys);
        for columns in (0..=200).step_by(29).chain([60, 80, 100, 101]) {
            for rows in (0..=60).step_by(6) {
                update(&mut app, Msg::Resize(columns, rows));
                let _ = text(&app);
            }
        }
    }
}

#[test]
fn any_keys_on_the_models_at_any_size_never_panic() {
    use proptest::prelude::*;
    use proptest::test_runner::{Config, TestRunner};
    let codes = prop_oneof![
        2 => "[ -~é]".prop_map(|c| KeyCode::Char(c.chars().next().unwrap_or(' '))),
        3 => prop::sample::select(vec!['t', 'T', 'c', 'f', 'y', 'j', 'k', 'z', 'G', 'g', '4']).prop_map(KeyCode::Char),
        3 => prop::sample::select(vec![
            KeyCode::Up, KeyCode::Down, KeyCode::Enter, KeyCode::Esc, KeyCode::Tab, KeyCode::BackTab, KeyCode::PageUp,
            KeyCode::PageDown, KeyCode::Home, KeyCode::End, KeyCode::Backspace,
        ]),
    ];
    let steps = prop::collection::vec((codes, 0u16..=200, 0u16..=60, 0u8..12), 1..50);
    let mut runner = TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() });
    let start = opened((120, 40), Symbols::Unicode, models());
    let run = |steps: Vec<(KeyCode, u16, u16, u8)>| {
        let mut app = start.clone();
        for (code, columns, rows, what) in steps {
            match what {
                0 => drop(update(&mut app, Msg::Resize(columns, rows))),
                1 => drop(tell(&mut app, Event::Models(Box::default()))),
                2 => drop(tell(&mut app, Event::Models(Box::new(models())))),
                _ => drop(key(&mut app, code)),
            }
            let _ = text(&app);
        }
        Ok(())
    };
    runner.run(&steps, run).expect("no panic");
}
