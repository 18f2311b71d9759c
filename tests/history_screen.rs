//! The History screen: all runs, filtered, sorted, searched, excluded; at every size, in Unicode and in ASCII.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]

mod support;

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::style::Modifier;
use support::{Past, arrival, empty_app, entry, filled_app, tell};
use trimwatch::history::{Filter, SortBy};
use trimwatch::session::{Event, Request};
use trimwatch::tui::{App, Effect, Msg, Overlay, Prompt, Screen, Shows, Symbols, update};

const SIZES: [(u16, u16); 4] = [(120, 40), (80, 24), (60, 16), (40, 12)];

/// A screen and the history behind it.
struct Shop {
    app: App,
    past: Past,
}

impl Shop {
    fn new(size: (u16, u16), symbols: Symbols) -> Self {
        let mut shop = Self { app: filled_app(size, symbols), past: Past::new() };
        shop.key(KeyCode::Char('5'));
        shop
    }

    fn at_once(keys: &str) -> Self {
        let mut shop = Self::new((120, 40), Symbols::Unicode);
        shop.type_in(keys);
        shop
    }

    fn key(&mut self, code: KeyCode) -> Vec<Effect> {
        let effects = update(&mut self.app, Msg::Key(KeyEvent::new(code, KeyModifiers::NONE)));
        self.past.answer(&mut self.app, effects.clone());
        effects
    }

    fn type_in(&mut self, words: &str) {
        for c in words.chars() {
            self.key(if c == '\n' { KeyCode::Enter } else { KeyCode::Char(c) });
        }
    }

    fn text(&self) -> String {
        support::text(&self.app)
    }

    fn serial(&self) -> Option<String> {
        self.app.run().map(|run| run.record.run.identity.serial.clone())
    }
}

fn snapshots(name: &str, keys: &str) {
    for size in SIZES {
        for (spelling, symbols) in [("unicode", Symbols::Unicode), ("ascii", Symbols::Ascii)] {
            let mut shop = Shop::new(size, symbols);
            shop.type_in(keys);
            insta::assert_snapshot!(format!("{name}_{}x{}_{spelling}", size.0, size.1), shop.text());
        }
    }
}

#[test]
fn a_list_of_all_runs() {
    snapshots("history", "");
}

#[test]
fn a_filter_that_is_being_typed_says_what_is_wrong_with_it() {
    snapshots("history_filter_error", "fmodel:91* status:fial");
}

#[test]
fn a_filter_and_an_order_are_on() {
    snapshots("history_filtered", "fmodel:9101* since:30d\nsssssss");
}

#[test]
fn an_excluded_run_is_kept_struck_through_and_named() {
    snapshots("history_excluded", "fmodel:9203\n");
    let shop = Shop::at_once("fmodel:9203\n");
    let struck = support::buffer(&shop.app).content.iter().any(|cell| cell.modifier.contains(Modifier::CROSSED_OUT));
    assert!(struck && shop.text().contains("excluded"), "{}", shop.text());
}

#[test]
fn yields_by_model_and_by_day_name_both_and_their_n() {
    for size in SIZES {
        for (spelling, symbols) in [("unicode", Symbols::Unicode), ("ascii", Symbols::Ascii)] {
            let mut shop = Shop::new(size, symbols);
            shop.key(KeyCode::BackTab);
            insta::assert_snapshot!(format!("history_models_{}x{}_{spelling}", size.0, size.1), shop.text());
        }
    }
    let mut shop = Shop::at_once("");
    shop.key(KeyCode::Tab);
    insta::assert_snapshot!("history_days_120x40_unicode", shop.text());
}

#[test]
fn why_a_run_is_excluded_is_asked_for() {
    snapshots("history_exclude", "jXprobe slipped");
}

#[test]
fn saved_filters_are_listed() {
    snapshots("history_saved", "fstatus:fail\nwfailures\nfrisk:high\nwhigh risk\nW");
}

#[test]
fn enter_on_a_model_shows_its_runs() {
    let mut shop = Shop::at_once("");
    shop.key(KeyCode::BackTab);
    shop.type_in("jj\n");
    assert_eq!((shop.app.history.shows, shop.app.history.filter.to_string()), (Shows::Runs, "model:9203".to_owned()));
    assert_eq!(shop.app.history.found(), 3);
}

#[test]
fn a_filter_is_applied_with_enter_and_left_with_escape() {
    let mut shop = Shop::at_once("fstatus:fial\n");
    assert!(shop.text().contains("`status:fial`: pass, warning, fail, ungraded, untrimmed or error"));
    shop.key(KeyCode::Esc);
    assert_eq!((shop.app.history.found(), shop.app.history.filter.is_empty()), (14, true));
    shop.type_in("fstatus:fail -model:9101*\n");
    assert!(shop.text().contains("f status:fail -model:9101*"), "{}", shop.text());
    assert_eq!(shop.app.history.found(), 4);
    shop.type_in("f");
    let Some(Overlay::Prompt(Prompt::Filter(line))) = &shop.app.overlay else { panic!("no prompt") };
    assert_eq!(line.text(), "status:fail -model:9101* ", "what is on can be changed");
}

#[test]
fn a_filter_that_needs_a_shift_says_so_where_none_is_on() {
    let mut shop = Shop::at_once("fsince:shift\n");
    assert!(shop.text().contains("no shift is on"), "{}", shop.text());
    shop.type_in("]");
    assert_eq!(shop.app.history.filter.to_string(), "since:24h");
    assert!(!shop.text().contains("no shift is on"));
}

#[test]
fn sorting_goes_from_column_to_column_and_turns_round() {
    let mut shop = Shop::at_once("ss");
    assert_eq!(shop.app.history.sort, SortBy::Serial);
    assert_eq!(shop.serial().as_deref(), Some("6B"));
    shop.type_in("S");
    assert_eq!(shop.serial().as_deref(), Some("216"));
    assert!(shop.text().contains("by sn, turned round"));
}

#[test]
fn a_search_walks_through_the_matches_and_gives_back_its_place() {
    let mut shop = Shop::at_once("jj/9101");
    assert_eq!(shop.app.search.as_ref().map(|search| search.found), Some(5));
    let first = shop.app.history.at.selected;
    shop.key(KeyCode::Esc);
    assert_eq!(shop.app.history.at.selected, 2);
    shop.type_in("/9101\nn");
    assert_eq!(shop.app.history.at.selected, first + 1);
    shop.type_in("NN");
    assert!(shop.app.history.at.selected > first, "round the end");
    assert!(shop.text().contains("/9101 5 found"));
}

#[test]
fn a_run_of_the_history_opens_in_depth_with_its_serials_runs_and_escape_leads_back() {
    let mut shop = Shop::at_once("fsn:216\nj\n");
    assert_eq!(shop.app.screen, Screen::Unit);
    assert!(shop.text().contains("History ▸ 9101-1 216 TA ▸ TRK1"), "{}", shop.text());
    assert!(shop.text().contains("2026-03-09 09:35   run 2 of 3"), "{}", shop.text());
    shop.type_in("<");
    assert!(shop.text().contains("2026-03-09 09:10   run 1 of 3"), "{}", shop.text());
    shop.key(KeyCode::Esc);
    assert_eq!((shop.app.screen, shop.app.history.at.selected), (Screen::History, 1));
    shop.key(KeyCode::Esc);
    assert_eq!(shop.app.screen, Screen::Live);
}

#[test]
fn a_run_is_excluded_with_a_reason_and_initials_and_let_in_again() {
    let mut shop = Shop::at_once("fsn:34\nX");
    shop.key(KeyCode::Enter);
    assert!(matches!(&shop.app.overlay, Some(Overlay::Prompt(Prompt::Word(word))) if !word.at_by), "no reason yet");
    shop.type_in("wrong part");
    shop.key(KeyCode::Enter);
    shop.type_in("cd");
    let asked = shop.key(KeyCode::Enter);
    let key = shop.app.run().expect("a run").key.clone();
    let (reason, by) = ("wrong part".to_owned(), "cd".to_owned());
    assert!(asked.contains(&Effect::Ask(Request::Exclude { key: key.clone(), reason, by })), "{asked:?}");
    assert!(matches!(asked.first(), Some(Effect::Remember(what)) if what.by == "cd"));
    let word = shop.app.run().and_then(|run| run.record.excluded.clone()).expect("excluded on screen");
    assert_eq!((word.reason.as_str(), word.by.as_str()), ("wrong part", "cd"));
    assert!(shop.text().contains("9203 34 does not count any more"), "{}", shop.text());
    shop.type_in("Xright after all");
    let again = shop.key(KeyCode::Enter);
    let (reason, by) = ("right after all".to_owned(), "cd".to_owned());
    assert_eq!(again, [Effect::Ask(Request::Include { key, reason, by })], "initials are remembered");
    assert_eq!(shop.app.run().and_then(|run| run.record.excluded.clone()), None);
}

#[test]
fn the_unit_screen_excludes_too_and_live_shows_it() {
    let mut shop = Shop::at_once("fsn:215\n\nXprobe\nAB\n");
    assert!(shop.text().contains("excluded   probe (AB)"), "{}", shop.text());
    shop.type_in("1/215\n");
    assert!(shop.text().contains("✓ excluded"), "{}", shop.text());
}

#[test]
fn what_arrives_lands_in_its_place_and_the_selection_stays() {
    let mut shop = Shop::at_once("jjj");
    let looked_at = shop.serial();
    let row = shop.app.history.at.selected;
    // One that is newer than all there are, and one that is older.
    for (words, sequence) in [("9510-2_6", 50), ("9101-1_201", 51)] {
        let committed = shop.past.store.commit(vec![entry(words, words, words.as_bytes(), 5)]).expect("kept");
        shop.past.put(committed);
        let (run, curves) = arrival(words, sequence);
        let effects = tell(&mut shop.app, Event::Arrived(Box::new(run), Arc::new(curves)));
        shop.past.answer(&mut shop.app, effects);
    }
    assert_eq!((shop.serial(), shop.app.history.found()), (looked_at, 16));
    assert_eq!(shop.app.history.at.selected, row + 1);
}

#[test]
fn an_overview_that_is_being_built_says_how_far_it_is() {
    let mut app = empty_app((80, 24), Symbols::Unicode);
    let asked = update(&mut app, Msg::Key(KeyEvent::new(KeyCode::Char('5'), KeyModifiers::NONE)));
    assert!(matches!(asked.as_slice(), [Effect::Ask(Request::Query { .. })]), "{asked:?}");
    tell(&mut app, Event::Building { percent: 62 });
    let shop = Shop { app, past: Past::new() };
    assert!(shop.text().contains("building 62 %"), "{}", shop.text());
}

#[test]
fn a_saved_filter_is_shown_again_with_its_order_and_can_be_deleted() {
    let mut shop = Shop::at_once("fstatus:fail\nsw");
    let saved = {
        shop.type_in("failures");
        shop.key(KeyCode::Enter)
    };
    assert!(matches!(saved.as_slice(), [Effect::Remember(_)]), "{saved:?}");
    shop.type_in("f");
    for _ in 0..20 {
        shop.key(KeyCode::Backspace);
    }
    shop.type_in("\nssW\n");
    let history = &shop.app.history;
    assert_eq!((history.filter.clone(), history.sort), (Filter::parse("status:fail").expect("one"), SortBy::Model));
    shop.type_in("Wd");
    assert!(shop.app.remembered.filters.is_empty() && shop.app.overlay.is_none());
}

#[test]
fn any_keys_on_the_history_at_any_size_never_panic() {
    use proptest::prelude::*;
    use proptest::test_runner::{Config, TestRunner};
    let codes = prop_oneof![
        4 => "[ -~é]".prop_map(|c| KeyCode::Char(c.chars().next().unwrap_or(' '))),
        2 => prop::sample::select(vec!['f', 's', 'S', 'X', 'w', 'W', '[', ']', '/', 'n', '5']).prop_map(KeyCode::Char),
        2 => prop::sample::select(vec![
            KeyCode::Up, KeyCode::Down, KeyCode::Left, KeyCode::Right, KeyCode::Enter, KeyCode::Esc, KeyCode::Tab,
            KeyCode::BackTab, KeyCode::PageUp, KeyCode::PageDown, KeyCode::Home, KeyCode::End, KeyCode::Backspace,
            KeyCode::Delete,
        ]),
    ];
    let steps = prop::collection::vec((codes, 0u16..=200, 0u16..=60, 0u8..10), 1..60);
    let mut runner = TestRunner::new(Config { cases: 32, failure_persistence: None, ..Config::default() });
    let start = Shop::at_once("").app;
    let run = |steps: Vec<(KeyCode, u16, u16, u8)>| {
        let mut shop = Shop { app: start.clone(), past: Past::new() };
        for (code, columns, rows, what) in steps {
            if what == 0 {
                let effects = update(&mut shop.app, Msg::Resize(columns, rows));
                shop.past.answer(&mut shop.app, effects);
            } else {
                shop.key(code);
            }
            let _ = shop.text();
        }
        Ok(())
    };
    runner.run(&steps, run).expect("no panic");
}
