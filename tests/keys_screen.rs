//! Keys, palette, help, footer and the way back, on every screen and with keys bound anew.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]

mod support;

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use support::drift_app::{opened, type_in};
use support::{NOON, empty_app, filled_app, key, tell, text};
use trimwatch::config::{Bell, Theme};
use trimwatch::session::Event;
use trimwatch::session::signals::Signal;
use trimwatch::tui::{App, Clock, DriftPane, Effect, KeyMap, Msg, Overlay, Screen, Symbols, crumbs, update};

const SIZES: [(u16, u16); 4] = [(120, 40), (80, 24), (60, 16), (40, 12)];
const SCREENS: [char; 6] = ['1', '2', '3', '4', '5', '6'];

fn rebound(app: &mut App, keys: &str) {
    app.look.keys = KeyMap::of(&toml::from_str(keys).expect("TOML")).expect("a key map");
}

fn with_control(app: &mut App, c: char) -> Vec<Effect> {
    update(app, Msg::Key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL)))
}

fn footer(app: &App) -> String {
    text(app).lines().last().unwrap_or_default().to_owned()
}

#[test]
fn a_key_that_is_bound_anew_works_and_is_the_one_that_is_named_everywhere() {
    let mut app = filled_app((120, 40), Symbols::Unicode);
    rebound(&mut app, "search = \"F3\"\nquit = \"Q\"\nhelp = \"H\"\nretry = \"alt-r\"\nfocus-next = []\n");
    assert!(footer(&app).ends_with("H help  Q quit"), "{}", footer(&app));
    assert!(footer(&app).contains("  F3  ") && !footer(&app).contains("  /  "), "{}", footer(&app));
    assert!(!footer(&app).contains("Tab"), "no key, no hint: {}", footer(&app));
    assert_eq!(type_in(&mut app, "q/?"), []);
    assert_eq!(app.overlay, None, "the old keys do nothing");
    key(&mut app, KeyCode::F(3));
    assert!(matches!(app.overlay, Some(Overlay::Search { .. })));
    key(&mut app, KeyCode::Esc);
    type_in(&mut app, "6n");
    assert!(text(&app).contains("nothing was searched for yet: F3 does"), "{}", text(&app));
    type_in(&mut app, "j");
    assert!(text(&app).contains("Alt-r reads it again"), "{}", text(&app));
    type_in(&mut app, "Hread");
    assert!(text(&app).contains("Alt-r          read the selected failed file again"), "{}", text(&app));
    key(&mut app, KeyCode::Esc);
    assert_eq!(type_in(&mut app, "Q"), [Effect::Quit]);
    assert_eq!(with_control(&mut app, 'c'), [Effect::Quit], "whatever is configured");
}

#[test]
fn pairs_in_the_footer_follow_their_keys() {
    let mut app = opened((120, 40), Symbols::Unicode);
    rebound(&mut app, "down = \"J\"\nup = \"K\"\nrange-longer = []\nrange-shorter = \"F9\"\n");
    assert!(footer(&app).starts_with(" K J"), "{}", footer(&app));
    assert!(footer(&app).contains("  F9  "), "{}", footer(&app));
}

#[test]
fn the_palette_lists_everything_that_can_be_done_here() {
    for size in SIZES {
        for (spelling, symbols) in [("unicode", Symbols::Unicode), ("ascii", Symbols::Ascii)] {
            let mut app = filled_app(size, symbols);
            type_in(&mut app, ":");
            insta::assert_snapshot!(format!("palette_{}x{}_{spelling}", size.0, size.1), text(&app));
        }
    }
    let mut app = filled_app((120, 40), Symbols::Unicode);
    type_in(&mut app, "6:again");
    insta::assert_snapshot!("palette_searched_120x40_unicode", text(&app));
}

#[test]
fn the_palette_does_what_is_chosen_and_leaves_everything_as_it_is_with_escape() {
    let mut app = filled_app((120, 40), Symbols::Unicode);
    type_in(&mut app, ":freeze");
    assert_eq!(key(&mut app, KeyCode::Enter), []);
    assert!(app.frozen.is_some() && app.overlay.is_none());
    type_in(&mut app, ":freeze⎋");
    assert!(app.frozen.is_some() && app.overlay.is_none());
    type_in(&mut app, ":nothing of this name\n");
    assert!(matches!(app.overlay, Some(Overlay::Palette { .. })), "there is nothing to do");
    key(&mut app, KeyCode::Esc);
    type_in(&mut app, ":live");
    key(&mut app, KeyCode::Down);
    key(&mut app, KeyCode::Up);
    key(&mut app, KeyCode::Esc);
    type_in(&mut app, ":log\n");
    assert_eq!(app.screen, Screen::Log);
    type_in(&mut app, ":quit");
    assert_eq!(key(&mut app, KeyCode::Enter), [Effect::Quit]);
}

#[test]
fn the_palette_has_what_has_no_key() {
    let mut app = filled_app((120, 40), Symbols::Unicode);
    let before = app.look.theme;
    type_in(&mut app, ":theme\n");
    assert_eq!((before, app.look.theme), (Theme::Default, Theme::HighContrast));
    assert!(text(&app).contains("theme high-contrast; `theme = \"high-contrast\"` in the configuration keeps it"));
    rebound(&mut app, "freeze = []\n");
    type_in(&mut app, ":stands still\n");
    assert!(app.frozen.is_some());
}

#[test]
fn every_line_of_the_palette_can_be_chosen_on_every_screen() {
    for screen in SCREENS {
        let mut app = opened((80, 24), Symbols::Unicode);
        type_in(&mut app, &screen.to_string());
        let lines = app.look.keys.on(app.screen).count();
        for line in 0..lines {
            let mut app = app.clone();
            type_in(&mut app, ":");
            (0..line).for_each(|_| drop(key(&mut app, KeyCode::Down)));
            key(&mut app, KeyCode::Enter);
            let _ = text(&app);
        }
    }
}

#[test]
fn while_letters_are_typed_the_footer_names_no_key_of_the_screen() {
    for keys in ["?", ":"] {
        let mut app = filled_app((120, 40), Symbols::Unicode);
        type_in(&mut app, keys);
        assert!(footer(&app).contains("typing searches") && !footer(&app).contains("q quit"), "{}", footer(&app));
    }
}

#[test]
fn quit_and_help_stand_at_the_right_on_every_screen_and_the_keys_drop_in_one_order() {
    for screen in SCREENS {
        let mut wider: Option<Vec<String>> = None;
        for columns in [200, 120, 100, 80, 60, 40] {
            let mut app = opened((columns, if columns < 60 { 12 } else { 24 }), Symbols::Unicode);
            type_in(&mut app, &screen.to_string());
            let line = footer(&app);
            assert!(line.trim_end().ends_with("? help  q quit"), "{screen} {columns}: {line}");
            assert!(line.chars().count() <= usize::from(columns), "{screen} {columns}: {line}");
            let hints: Vec<String> = line.split("  ").map(|hint| hint.trim().to_owned()).collect();
            let keys = |hints: &[String]| -> Vec<String> {
                let key = |hint: &String| hint.split(' ').next().unwrap_or_default().to_owned();
                hints.iter().filter(|hint| !hint.is_empty()).map(key).collect()
            };
            if let Some(wider) = &wider {
                let before = keys(wider);
                assert!(keys(&hints).iter().all(|key| before.contains(key)), "{screen} {columns}: {line}");
                let labelled = |hints: &[String]| hints.iter().filter(|hint| hint.contains(' ')).count();
                assert!(labelled(&hints) <= labelled(wider), "{screen} {columns}: {line}");
                assert!(SCREENS.iter().all(|c| *c == screen || line.contains(*c)), "{screen} {columns}: {line}");
            }
            wider = Some(hints);
        }
    }
}

#[test]
fn each_step_back_takes_the_last_crumb_away() {
    let opened = opened((120, 40), Symbols::Unicode);
    for keys in [
        "", "z", "2→", "3", "3\tz", "3\n", "3\n←", "3\t\t←", "3\t\t\t", "4\t", "4\t\tz", "5", "5\t", "5\t\tz", "6",
        "6z", "\t",
    ] {
        let mut app = opened.clone();
        type_in(&mut app, "1⎋⎋");
        type_in(&mut app, keys);
        let mut before = crumbs(&app);
        while before.len() > 1 {
            type_in(&mut app, "⎋");
            let after = crumbs(&app);
            assert_eq!(after.as_slice(), before.split_last().expect("crumbs").1, "{keys:?}");
            before = after;
        }
        assert_eq!((app.screen, before), (Screen::Live, vec!["Live".to_owned()]), "{keys:?}");
    }
}

#[test]
fn the_way_back_is_shown() {
    let mut app = opened((120, 40), Symbols::Unicode);
    type_in(&mut app, "3\n←");
    assert_eq!(app.drift.focus, DriftPane::Lots);
    assert!(text(&app).starts_with(" Live ▸ Drift ▸ lots ▸ cursor   ● LIVE"), "{}", text(&app));
    type_in(&mut app, "6/a\n");
    assert!(text(&app).starts_with(" Live ▸ Log ▸ /a  "), "{}", text(&app));
}

#[test]
fn a_failure_rings_while_the_view_stands_still_and_not_again_when_it_goes_on() {
    let mut app = empty_app((80, 24), Symbols::Unicode);
    app.look.bell = Bell::Fail;
    type_in(&mut app, " ");
    let (run, curves) = support::arrival("9203_34", 1);
    let heard = tell(&mut app, Event::Arrived(Box::new(run), Arc::new(curves)));
    let failed = support::arrival("9203_35", 2).0;
    assert_eq!(failed.record.run.status.word(), "FAIL");
    assert_eq!(heard, [Effect::Bell]);
    assert_eq!(tell(&mut app, Event::Arrived(Box::new(failed), Arc::default())), [], "ten seconds are not over");
    update(&mut app, Msg::Tick(Clock { now_ms: NOON.now_ms + 60_000, ..NOON }));
    assert!(!type_in(&mut app, " ").contains(&Effect::Bell));
    app.look.bell = Bell::Alarm;
    update(&mut app, Msg::Tick(Clock { now_ms: NOON.now_ms + 120_000, ..NOON }));
    let (run, _) = support::arrival("9203_34", 3);
    assert!(!tell(&mut app, Event::Arrived(Box::new(run), Arc::default())).contains(&Effect::Bell), "alarms only");
}

#[test]
fn a_screen_that_hears_nothing_says_what_to_do() {
    let mut app = filled_app((120, 40), Symbols::Unicode);
    update(&mut app, Msg::Tick(Clock { now_ms: NOON.now_ms + 6_000, ..NOON }));
    assert!(text(&app).contains("STALE: nothing was heard since 12:00; q quits, then start anew"), "{}", text(&app));
    app.dirty = false;
    tell(&mut app, Event::Alive);
    assert!(app.dirty && !text(&app).contains("STALE"), "a sign of life is drawn");
}

#[test]
fn redraw_suspend_and_what_the_shell_sends_still_work() {
    let mut app = filled_app((120, 40), Symbols::Unicode);
    assert_eq!(with_control(&mut app, 'l'), [Effect::Redraw]);
    assert_eq!(with_control(&mut app, 'z'), [Effect::Suspend]);
    assert_eq!(update(&mut app, Msg::Signal(Signal::Suspend)), [Effect::Suspend]);
    assert_eq!(update(&mut app, Msg::Signal(Signal::Resume)), [Effect::Redraw]);
}
