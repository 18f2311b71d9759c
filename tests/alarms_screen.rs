//! Alarms on screen: pinned, said, rung, acknowledged; and new baselines.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]

mod support;

use crossterm::event::KeyCode;
use ratatui::style::Color;
use support::drift_app::{alarmed, at_once, type_in};
use support::drifting::{ago, alarm, charts, list, loud};
use support::{NOON, buffer, filled_app, key, tell, text};
use trimwatch::config::Bell;
use trimwatch::monitoring::Metric;
use trimwatch::session::{Event, FolderState, Request};
use trimwatch::tui::{Clock, DriftPane, Effect, Msg, Screen, Symbols, update};

#[test]
fn an_alarm_is_acknowledged_with_cause_note_and_initials() {
    let mut app = at_once("");
    assert_eq!(type_in(&mut app, "a"), []);
    insta::assert_snapshot!("drift_acknowledge_120x40_unicode", text(&app));
    assert_eq!(type_in(&mut app, "1ink lot 47"), []);
    assert!(text(&app).contains("incoming element, note ink lot 47_"), "{}", text(&app));
    let (cause, note, by) = ("incoming element".to_owned(), "ink lot 47".to_owned(), "CD".to_owned());
    assert_eq!(type_in(&mut app, "\n"), [Effect::Ask(Request::Acknowledge { alarm: 7, cause, note, by })]);
}

#[test]
fn a_cause_is_marked_with_tab_too_and_initials_are_asked_for_and_remembered() {
    let mut app = at_once("");
    app.remembered.by.clear();
    assert_eq!(type_in(&mut app, "a\t\t\n\n\n"), [], "initials are missing");
    let effects = type_in(&mut app, "ef\n");
    assert!(matches!(effects.first(), Some(Effect::Remember(what)) if what.by == "ef"), "{effects:?}");
    let (cause, note, by) = ("probe".to_owned(), String::new(), "ef".to_owned());
    assert_eq!(effects.get(1), Some(&Effect::Ask(Request::Acknowledge { alarm: 7, cause, note, by })));
}

#[test]
fn escape_leaves_the_alarm_as_it_is() {
    for keys in ["a⎋", "a1⎋", "a1note\t⎋"] {
        let mut app = at_once("");
        assert_eq!(type_in(&mut app, keys), []);
        assert_eq!(app.overlay, None);
    }
}

#[test]
fn among_the_alarms_the_selected_one_is_acknowledged_and_enter_shows_where_it_was_raised() {
    let mut app = at_once("\t\t\t\t");
    type_in(&mut app, "a2");
    let asked = type_in(&mut app, "\n");
    assert!(matches!(asked.first(), Some(Effect::Ask(Request::Acknowledge { alarm: 9, .. }))), "{asked:?}");
    type_in(&mut app, "jj\n");
    assert_eq!(app.drift.focus, DriftPane::Lots);
    assert!(text(&app).contains("61 % of 23 failed"), "{}", text(&app));
}

#[test]
fn on_every_screen_the_oldest_alarm_is_pinned_and_acknowledged() {
    for screen in ["1", "5", "6", "4"] {
        let mut app = filled_app((120, 40), Symbols::Unicode);
        "CD".clone_into(&mut app.remembered.by);
        alarmed(&mut app, 1);
        type_in(&mut app, screen);
        assert!(
            text(&app).contains("▲ 1 alarm ") && text(&app).contains("ALARM 8340-1 on LTS: 54 %"),
            "{}",
            text(&app)
        );
        let asked = type_in(&mut app, "a");
        assert!(asked.contains(&Effect::Ask(Request::Drift)), "the causes are not known yet: {asked:?}");
        assert!(text(&app).contains("the causes are asked for"), "{}", text(&app));
        assert_eq!(type_in(&mut app, "1\n"), [], "no cause can be chosen yet");
        tell(&mut app, Event::Drift(Box::new(list())));
        let asked = type_in(&mut app, "6\n");
        let (cause, note, by) = ("false alarm".to_owned(), String::new(), "CD".to_owned());
        assert!(asked.contains(&Effect::Ask(Request::Acknowledge { alarm: 7, cause, note, by })), "{asked:?}");
        alarmed(&mut app, 0);
        assert!(!text(&app).contains("ALARM"), "{}", text(&app));
        type_in(&mut app, "a");
        assert!(app.screen == Screen::Drift || app.overlay.is_none());
    }
}

#[test]
fn trouble_stands_before_an_alarm_and_a_tiny_screen_counts_alarms() {
    let mut app = filled_app((80, 24), Symbols::Unicode);
    alarmed(&mut app, 3);
    let mut gone = app.header.clone().expect("a header");
    let state = FolderState::Offline { since_ms: NOON.now_ms, cause: "no such folder".to_owned() };
    gone.folders.iter_mut().for_each(|folder| folder.state = state.clone());
    tell(&mut app, Event::Snapshot(Box::new(gone)));
    let drawn = text(&app);
    assert!(drawn.contains("OFFLINE") && drawn.contains("▲ 3 alarms") && !drawn.contains("ALARM"), "{drawn}");
    update(&mut app, Msg::Resize(30, 3));
    assert!(text(&app).contains("▲3"), "{}", text(&app));
}

#[test]
fn a_new_alarm_is_said_and_rings_once_in_ten_seconds_unless_never() {
    for (bell, rings) in [(Bell::Never, false), (Bell::Alarm, true), (Bell::Fail, true)] {
        let mut app = filled_app((120, 40), Symbols::Unicode);
        app.look.bell = bell;
        // The runs that filled the screen may have rung.
        update(&mut app, Msg::Tick(Clock { now_ms: NOON.now_ms + 60_000, ..NOON }));
        let raised =
            |app: &mut trimwatch::tui::App| tell(app, Event::Raised(Box::new(alarm(7)))).contains(&Effect::Bell);
        assert_eq!(raised(&mut app), rings, "{bell:?}");
        assert!(text(&app).contains("ALARM 8340-1 on LTS: 54 %"), "{}", text(&app));
        assert!(!raised(&mut app), "a moment ago");
        let tick = |app: &mut trimwatch::tui::App, seconds: i64| {
            update(app, Msg::Tick(Clock { now_ms: NOON.now_ms + seconds * 1_000, ..NOON })).contains(&Effect::Bell)
        };
        assert!(!tick(&mut app, 69), "ten seconds are not over");
        assert_eq!(tick(&mut app, 70), rings, "no alarm is without its bell");
        assert!(!tick(&mut app, 81), "once");
        assert_eq!(raised(&mut app), rings);
    }
}

#[test]
fn a_view_that_stands_still_keeps_list_and_charts_but_takes_what_somebody_asked_for() {
    let mut app = at_once(" ");
    let mut changed = list();
    changed.lines.truncate(2);
    tell(&mut app, Event::Drift(Box::new(changed.clone())));
    let mut fewer = charts(Metric::UntrimmedError);
    fewer.lots.truncate(4);
    tell(&mut app, Event::DriftCharts(Box::new(fewer)));
    assert_eq!(app.drift.lines().len(), 6);
    assert_eq!(app.drift.charts().map(|charts| charts.lots.len()), Some(53));
    type_in(&mut app, "a1\n");
    tell(&mut app, Event::Drift(Box::new(changed.clone())));
    assert_eq!(app.drift.lines().len(), 2, "an acknowledgement is answered");
    changed.lines.truncate(1);
    tell(&mut app, Event::Drift(Box::new(changed)));
    type_in(&mut app, " ");
    assert_eq!(app.drift.lines().len(), 1, "caught up");
}

#[test]
fn a_new_baseline_is_asked_for_from_the_cursor_else_from_the_newest_change() {
    let mut app = at_once("");
    type_in(&mut app, "b");
    insta::assert_snapshot!("drift_baseline_120x40_unicode", text(&app));
    assert!(text(&app).contains("from 2026-01-29"), "{}", text(&app));
    type_in(&mut app, "⎋\t←←b");
    assert!(text(&app).contains("from 2026-03-14"), "{}", text(&app));
    assert_eq!(type_in(&mut app, "\nrequalified"), []);
    let (from, reason, by) = (ago(5, 0), "requalified".to_owned(), "CD".to_owned());
    let wish = Request::NewBaseline { stream: loud(), from, reason, by };
    assert_eq!(type_in(&mut app, "\n"), [Effect::Ask(wish)]);
}

#[test]
fn a_day_that_is_none_is_not_sent() {
    let mut app = at_once("b");
    key(&mut app, KeyCode::Backspace);
    key(&mut app, KeyCode::Backspace);
    assert_eq!(type_in(&mut app, "40\tbecause\n"), []);
    assert!(text(&app).contains("from which day on?"), "{}", text(&app));
}

#[test]
fn an_alarm_is_loud_and_what_is_in_control_is_not() {
    let app = at_once("");
    let buffer = buffer(&app);
    let of = |role: fn(&ratatui::buffer::Cell) -> bool| {
        buffer.content.iter().filter(|cell| role(cell)).map(ratatui::buffer::Cell::symbol).collect::<String>()
    };
    let loud = of(|cell| cell.fg == Color::Red);
    for words in ["▲ 2 alarms", "▲ alarm 2 d", "ALARM", "✗", "+1.8 σ"] {
        assert!(loud.contains(words), "{words} in {loud}");
    }
    assert!(!loud.contains("in control") && !loud.contains('●'), "{loud}");
}

#[test]
fn an_alarm_of_another_figure_is_shown_once_its_units_are_here() {
    let mut app = at_once("vv\t\t\t\t");
    assert_eq!(app.drift.metric, Metric::ResistanceChange);
    key(&mut app, KeyCode::Enter);
    assert_eq!((app.drift.metric, app.drift.focus), (Metric::UntrimmedError, DriftPane::Units));
    assert!(!app.drift.has_cursor(), "its units are asked for");
    tell(&mut app, Event::DriftCharts(Box::new(charts(Metric::UntrimmedError))));
    assert_eq!(app.drift.under_cursor().map(|(_, time)| time.date), Some(ago(1, 0).date));
}
