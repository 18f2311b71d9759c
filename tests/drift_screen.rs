//! The Drift screen, and what alarms do on every screen; at every size, in Unicode and in ASCII.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]

mod support;

use crossterm::event::KeyCode;
use support::drift_app::{answer, at_once, opened, type_in};
use support::drifting::{charts, epoch, list, loud, stream};
use support::{arrival, filled_app, key, tell, text};
use trimwatch::history::RunKey;
use trimwatch::monitoring::{DriftCharts, DriftList, Metric, MetricChart};
use trimwatch::session::{Event, HistoryPage, Request};
use trimwatch::tui::{App, DriftPane, Effect, Msg, Screen, Symbols, update};

const SIZES: [(u16, u16); 4] = [(120, 40), (80, 24), (60, 16), (40, 12)];

fn snapshots(name: &str, prepare: impl Fn(&mut App)) {
    for size in SIZES {
        for (spelling, symbols) in [("unicode", Symbols::Unicode), ("ascii", Symbols::Ascii)] {
            let mut app = opened(size, symbols);
            prepare(&mut app);
            assert!(symbols == Symbols::Unicode || text(&app).is_ascii(), "{}", text(&app));
            insta::assert_snapshot!(format!("{name}_{}x{}_{spelling}", size.0, size.1), text(&app));
        }
    }
}

#[test]
fn models_are_ranked_over_the_chart_of_the_selected_one() {
    snapshots("drift", |_| {});
}

#[test]
fn the_share_of_failed_units_by_lot_with_its_cursor() {
    snapshots("drift_lots", |app| drop(type_in(app, "\t←←")));
}

#[test]
fn a_figure_unit_by_unit() {
    snapshots("drift_units", |app| drop(type_in(app, "\t\t")));
}

#[test]
fn a_two_sided_figure_of_the_last_30_days_with_room_for_each_unit() {
    snapshots("drift_units_close", |app| drop(type_in(app, "\t\tv{{←←←")));
}

#[test]
fn the_evidence_has_a_pane_of_its_own_where_there_is_no_room_beside() {
    snapshots("drift_evidence", |app| drop(type_in(app, "\t\t\t")));
}

#[test]
fn alarms_are_listed_with_doubts_and_who_saw_to_them() {
    snapshots("drift_alarms", |app| drop(type_in(app, "\t\t\t\t")));
}

#[test]
fn a_zoomed_chart_has_the_whole_screen() {
    insta::assert_snapshot!("drift_zoomed_lots_120x40_unicode", text(&at_once("\tz")));
    insta::assert_snapshot!("drift_zoomed_linearity_120x40_unicode", text(&at_once("\t\tvvvz")));
}

#[test]
fn charts_are_asked_for_when_the_line_or_the_figure_changes_and_not_otherwise() {
    let mut app = at_once("");
    let ask =
        |model: &str, laser: &str, metric| Effect::Ask(Request::DriftCharts { stream: stream(model, laser), metric });
    assert_eq!(type_in(&mut app, "\t\t\t\t\t{}z"), []);
    app.zoom = false;
    assert_eq!(type_in(&mut app, "v"), [ask("8340-1", "LTS", Metric::UntrimmedResistance)]);
    assert_eq!(type_in(&mut app, "j"), [ask("6607", "LTS", Metric::UntrimmedResistance)]);
    assert!(text(&app).contains("asked for …"), "{}", text(&app));
    assert_eq!(type_in(&mut app, "\t"), [], "asked already");
    // What comes for a line that nobody looks at any more is dropped.
    tell(&mut app, Event::DriftCharts(Box::new(charts(Metric::UntrimmedResistance))));
    assert!(app.drift.charts().is_none());
    assert_eq!(type_in(&mut app, "V"), [ask("6607", "LTS", Metric::UntrimmedError)]);
}

#[test]
fn a_list_that_changes_keeps_the_selected_line_and_asks_for_its_charts_if_that_changed() {
    let mut app = at_once("");
    let mut changed = list();
    changed.lines.rotate_left(1);
    assert_eq!(tell(&mut app, Event::Drift(Box::new(changed.clone()))), [], "nothing about the selected line");
    assert_eq!(app.drift.line().map(|line| line.stream.clone()), Some(loud()));
    changed.lines.iter_mut().for_each(|line| line.ninety.units += 1);
    let ask = Request::DriftCharts { stream: loud(), metric: Metric::UntrimmedError };
    assert_eq!(tell(&mut app, Event::Drift(Box::new(changed))), [Effect::Ask(ask)]);
}

#[test]
fn a_burst_of_changes_asks_for_the_charts_one_at_a_time() {
    let mut app = at_once("");
    let mut asked = 0;
    for units in 500..510 {
        let mut changed = list();
        changed.lines.iter_mut().for_each(|line| line.ninety.units = units);
        asked += tell(&mut app, Event::Drift(Box::new(changed))).len();
    }
    assert_eq!(asked, 1);
    let last = tell(&mut app, Event::DriftCharts(Box::new(charts(Metric::UntrimmedError))));
    assert_eq!(last.len(), 1, "what came meanwhile");
    assert_eq!(tell(&mut app, Event::DriftCharts(Box::new(charts(Metric::UntrimmedError)))), []);
}

#[test]
fn list_and_charts_are_asked_for_again_whenever_the_screen_is_opened() {
    let mut app = at_once("");
    assert_eq!(type_in(&mut app, "1"), []);
    let ask = Request::DriftCharts { stream: loud(), metric: Metric::UntrimmedError };
    assert_eq!(type_in(&mut app, "3"), [Effect::Ask(Request::Drift), Effect::Ask(ask)]);
}

#[test]
fn until_the_charts_are_made_the_screen_says_how_far_they_are() {
    for (size, said) in [((120, 40), "62 %"), ((60, 16), "62 %"), ((40, 12), "charts are made: 62 %")] {
        let mut app = filled_app(size, Symbols::Unicode);
        key(&mut app, KeyCode::Char('3'));
        assert!(text(&app).contains("asked for"), "{}", text(&app));
        tell(&mut app, Event::Drift(Box::new(DriftList { building: Some(62), ..DriftList::default() })));
        assert!(text(&app).contains(said), "{}", text(&app));
        tell(&mut app, Event::Drift(Box::new(DriftList { building: Some(62), ..list() })));
        assert!(text(&app).contains("62 %") && text(&app).contains("8340-1"), "{}", text(&app));
    }
}

#[test]
fn enter_on_a_point_opens_its_unit_and_escape_leads_back_to_the_chart() {
    let mut app = at_once("");
    // To the chart, to its newest point, to the lot before.
    assert_eq!(type_in(&mut app, "\n\n←"), []);
    let asked = type_in(&mut app, "\n");
    let Some(Effect::Ask(Request::Query { number, query })) = asked.first() else { panic!("{asked:?}") };
    let (_, at) = app.drift.under_cursor().map(|(run, time)| (time, run)).expect("a point");
    let key = RunKey::from_parts("8340-1", at.time.timestamp(), at.identity);
    assert_eq!((query.anchor.as_ref(), query.limit), (Some(&key), 1));
    let (mut run, _) = arrival("9306_72", 5);
    run.key = key.clone();
    let page = HistoryPage { all: 9, found: 9, first: 4, runs: vec![(key, Some(run))], ..HistoryPage::default() };
    let number = *number;
    tell(&mut app, Event::Page { number, page: Box::new(page) });
    assert_eq!((app.screen, app.unit_from), (Screen::Unit, Screen::Drift));
    assert!(text(&app).contains("Live ▸ Drift ▸ lots ▸ cursor ▸ 9306"), "{}", text(&app));
    type_in(&mut app, "⎋");
    assert!(app.screen == Screen::Drift && app.drift.has_cursor());
    type_in(&mut app, "⎋");
    assert!(!app.drift.has_cursor() && app.drift.focus == DriftPane::Lots);
    type_in(&mut app, "⎋");
    assert_eq!((app.screen, app.drift.focus), (Screen::Drift, DriftPane::List));
    type_in(&mut app, "⎋");
    assert_eq!(app.screen, Screen::Live);
}

#[test]
fn a_point_whose_run_is_gone_says_so_and_one_that_cannot_be_looked_up_says_why() {
    let mut app = at_once("\t←");
    for answer in [None, Some("the history cannot be read")] {
        let asked = type_in(&mut app, "\n");
        let Some(Effect::Ask(Request::Query { number, .. })) = asked.first() else { panic!("{asked:?}") };
        let number = *number;
        let event = match answer {
            None => Event::Page { number, page: Box::default() },
            Some(why) => Event::Unanswered { number, why: why.to_owned() },
        };
        tell(&mut app, event);
        assert_eq!(app.screen, Screen::Drift);
        assert!(text(&app).contains(answer.unwrap_or("not in the history any more")), "{}", text(&app));
    }
}

#[test]
fn cursors_stay_with_their_points_when_a_late_file_is_put_in_before_them() {
    let mut app = at_once("\t←←");
    let before = app.drift.under_cursor();
    let mut later = charts(Metric::UntrimmedError);
    later.lots.remove(3);
    tell(&mut app, Event::DriftCharts(Box::new(later)));
    assert!(before.is_some());
    assert_eq!(app.drift.under_cursor(), before);
}

#[test]
fn ranges_zoom_and_pan_change_what_is_shown() {
    let mut app = at_once("");
    let shown = |app: &App| app.drift.shown_lots();
    assert_eq!(shown(&app).len(), 53);
    type_in(&mut app, "{{");
    assert_eq!(shown(&app).len(), 5);
    type_in(&mut app, "[");
    assert!(shown(&app).end < 53, "{:?}", shown(&app));
    type_in(&mut app, "]");
    assert_eq!(shown(&app).end, 53);
    type_in(&mut app, "+");
    assert!(shown(&app).len() < 5);
    let close = app.clone();
    type_in(&mut app, "=");
    assert_eq!(shown(&app).len(), 53, "the whole at once");
    app = close;
    type_in(&mut app, "-----");
    assert_eq!(shown(&app).len(), 53);
    assert!(text(&app).contains("all · 53 of 53 lots"), "{}", text(&app));
}

#[test]
fn words_of_files_move_no_cursor_and_ascii_stays_ascii() {
    for symbols in [Symbols::Unicode, Symbols::Ascii] {
        let mut app = opened((120, 40), symbols);
        let mut evil = list();
        for line in &mut evil.lines {
            line.why = "x\u{1b}[2J\u{202E}\u{7}é".to_owned();
            line.stream.model = "Ω\u{1b}]0;owned\u{7}".to_owned();
        }
        evil.lines.truncate(1);
        evil.causes = vec!["\u{1b}[2J".to_owned()];
        tell(&mut app, Event::Drift(Box::new(evil)));
        let mut bad = charts(Metric::UntrimmedError);
        bad.stream.model = "Ω\u{1b}]0;owned\u{7}".to_owned();
        bad.markers.iter_mut().for_each(|marker| marker.after = "\u{1b}[2J\u{9b}".to_owned());
        bad.epochs = vec![epoch(40, "\u{1b}c\u{202E}")];
        bad.alarms.iter_mut().for_each(|alarm| alarm.sentence = "\u{7}\u{1b}".to_owned());
        tell(&mut app, Event::DriftCharts(Box::new(bad)));
        for keys in ["", "\t\t\t\t", "a"] {
            type_in(&mut app, keys);
            let drawn = text(&app);
            assert!(!drawn.chars().any(|c| c.is_control() && c != '\n') && !drawn.contains('\u{202E}'), "{drawn}");
            assert!(symbols == Symbols::Unicode || drawn.is_ascii(), "{drawn}");
        }
    }
}

#[test]
fn what_is_not_known_yet_is_said_and_never_0() {
    let mut app = at_once("");
    let mut bare = charts(Metric::UntrimmedError);
    bare.lots.clear();
    bare.share = None;
    bare.share_learning = Some((3, 41));
    bare.alarms.clear();
    bare.markers.clear();
    bare.report = None;
    bare.chart = MetricChart { baseline: None, limits: None, points: Vec::new(), ..bare.chart };
    for line in &mut bare.evidence {
        (line.baseline, line.now, line.shift, line.learning) = (None, None, None, Some((3, 41)));
    }
    tell(&mut app, Event::DriftCharts(Box::new(bare)));
    let drawn = text(&app);
    assert!(drawn.contains("no baseline yet: 3 lots, 41 units") && drawn.contains("no lot yet"), "{drawn}");
    assert!(drawn.contains("3 lots        –      –"), "{drawn}");
    type_in(&mut app, "\t\t");
    assert!(text(&app).contains("no unit with this figure yet"), "{}", text(&app));
    type_in(&mut app, "\t\t");
    assert!(text(&app).contains("no alarm so far"), "{}", text(&app));
}

#[test]
fn a_long_while_without_a_lot_and_a_new_beginning_are_told_over_the_chart() {
    let mut app = at_once("\t");
    let mut gap = charts(Metric::UntrimmedError);
    gap.lots.drain(20..36);
    gap.markers.clear();
    gap.epochs = vec![epoch(80, "requalified")];
    gap.asks_for_baseline = Some("112 days without a lot".to_owned());
    tell(&mut app, Event::DriftCharts(Box::new(gap)));
    let drawn = text(&app);
    assert!(drawn.contains("118 days without a lot╷") && drawn.contains("╷new baseline: requalified"), "{drawn}");
    assert!(drawn.contains("▲ A new baseline is asked for"), "{drawn}");
}

#[test]
fn a_cursor_outside_the_chosen_time_is_none() {
    let mut app = at_once("\t←");
    type_in(&mut app, "⇞⇞⇞⇞⇞{{");
    assert!(app.drift.has_cursor() && app.drift.under_cursor().is_none());
    type_in(&mut app, "←");
    assert_eq!(app.drift.lot, Some(52), "the newest");
}

#[test]
fn every_size_from_nothing_up_is_drawn() {
    let mut app = at_once("");
    for keys in ["", "\t←", "\t←", "\t", "\t", "z", "a", "1", "⎋b", "⎋?"] {
        type_in(&mut app, keys);
        for columns in (0..=200).step_by(23).chain([60, 80, 100, 101]) {
            for rows in (0..=60).step_by(4) {
                update(&mut app, Msg::Resize(columns, rows));
                let _ = text(&app);
            }
        }
    }
}

#[test]
fn any_keys_on_drift_at_any_size_never_panic() {
    use proptest::prelude::*;
    use proptest::test_runner::{Config, TestRunner};
    let codes = prop_oneof![
        1 => "[ -~é]".prop_map(|c| KeyCode::Char(c.chars().next().unwrap_or(' '))),
        3 => prop::sample::select("abmM[]+-{}zjkgG3".chars().collect::<Vec<_>>()).prop_map(KeyCode::Char),
        3 => prop::sample::select(vec![
            KeyCode::Up, KeyCode::Down, KeyCode::Left, KeyCode::Right, KeyCode::Enter, KeyCode::Esc, KeyCode::Tab,
            KeyCode::BackTab, KeyCode::PageUp, KeyCode::PageDown, KeyCode::Home, KeyCode::End, KeyCode::Backspace,
        ]),
    ];
    let steps = prop::collection::vec((codes, 0u16..=200, 0u16..=60, 0u8..14), 1..50);
    let mut runner = TestRunner::new(Config { cases: 10, failure_persistence: None, ..Config::default() });
    let start = at_once("");
    let run = |steps: Vec<(KeyCode, u16, u16, u8)>| {
        let mut app = start.clone();
        for (code, columns, rows, what) in steps {
            let effects = match what {
                0 => update(&mut app, Msg::Resize(columns, rows)),
                1 => tell(&mut app, Event::Drift(Box::default())),
                2 => tell(&mut app, Event::Drift(Box::new(list()))),
                3 => {
                    let wild = wild(app.drift.metric);
                    tell(&mut app, Event::DriftCharts(Box::new(wild)))
                }
                _ => key(&mut app, code),
            };
            answer(&mut app, &effects);
            let _ = text(&app);
        }
        Ok(())
    };
    runner.run(&steps, run).expect("no panic");
}

/// Charts of values that no process has.
fn wild(metric: Metric) -> DriftCharts {
    let mut wild = charts(metric);
    for (point, value) in wild.chart.points.iter_mut().zip([f64::NAN, f64::INFINITY, -1e300, 0.0].into_iter().cycle()) {
        point.reading = value;
        point.ewma = Some(value);
    }
    for lot in &mut wild.lots {
        (lot.units, lot.limit) = (0, Some(f64::NAN));
    }
    wild
}
