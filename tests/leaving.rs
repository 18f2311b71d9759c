//! What leaves the screen and what outlives it: copies, exports, where somebody left off, the mouse; and filters of lists.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]

mod support;

use crossterm::event::{KeyCode, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use support::drift_app::at_once;
use support::{NOON, Past, arrive, empty_app, fail, filled_app, key, tell, text};
use trimwatch::export::{Cell, Format};
use trimwatch::history::{Filter, SortBy};
use trimwatch::session::{Event, ExportOf, Request};
use trimwatch::tui::{App, Clock, Effect, LeftOff, Msg, Overlay, Resume, Screen, Symbols, update};

fn type_in(app: &mut App, words: &str) -> Vec<Effect> {
    let code = |c| if c == '\n' { KeyCode::Enter } else { KeyCode::Char(c) };
    words.chars().flat_map(|c| key(app, code(c))).collect()
}

fn later(app: &mut App, ms: i64) -> Vec<Effect> {
    update(app, Msg::Tick(Clock { now_ms: NOON.now_ms + ms, ..NOON }))
}

fn snapshots(name: &str, keys: &str) {
    for size in [(120, 40), (80, 24), (60, 16), (40, 12)] {
        for (spelling, symbols) in [("unicode", Symbols::Unicode), ("ascii", Symbols::Ascii)] {
            let mut app = filled_app(size, symbols);
            type_in(&mut app, keys);
            insta::assert_snapshot!(format!("{name}_{}x{}_{spelling}", size.0, size.1), text(&app));
        }
    }
}

#[test]
fn what_is_narrowed_zoomed_or_asked_for_is_seen() {
    snapshots("live_filtered", "fstatus:fail,warning risk:>0.3\nsssssss");
    snapshots("log_filtered", "6fstatus:pass -model:9204\n");
    snapshots("unit_zoomed", "\n++]");
    snapshots("export", "x");
}

fn filled() -> App {
    filled_app((120, 40), Symbols::Unicode)
}

#[test]
fn live_shows_only_what_fits_and_says_so_while_the_counts_stay_true() {
    let mut app = filled();
    let all = app.rows.len();
    type_in(&mut app, "fstatus:fail\n");
    let unseen = app.rows.unseen();
    assert!(app.rows.len() < all && app.rows.all() == all, "{}", app.rows.len());
    assert!(app.rows.iter().all(|row| row.run().is_some() && row.is_failure()));
    assert!(text(&app).contains("f status:fail"), "{}", text(&app));
    assert!(text(&app).contains(&format!("{} of {all}", app.rows.len())), "{}", text(&app));
    let shown = app.rows.len();
    arrive(&mut app, "9101-1_201", 30);
    fail(&mut app, "x.xls", "the file is empty", 31);
    assert_eq!((app.rows.len(), app.rows.all()), (shown, all + 2), "neither fits, both are there");
    assert_eq!(app.rows.unseen(), unseen + 1, "a failure that is hidden is unseen all the same");
    arrive(&mut app, "9203_34", 32);
    assert_eq!(app.rows.len(), shown + 1);
    type_in(&mut app, "/9203");
    assert_eq!(app.search.as_ref().map(|search| search.found), Some(app.matches().len()));
    assert!(app.matches().iter().all(|at| *at < app.rows.len()));
    key(&mut app, KeyCode::Esc);
    key(&mut app, KeyCode::Char('f'));
    (0..20).for_each(|_| drop(key(&mut app, KeyCode::Backspace)));
    key(&mut app, KeyCode::Enter);
    assert_eq!(app.rows.len(), app.rows.all());
}

#[test]
fn live_is_sorted_by_any_column_and_the_selection_stays_with_its_run() {
    let mut app = filled();
    let newest: Vec<Option<u64>> = app.rows.iter().map(|row| row.run().map(|run| run.sequence)).collect();
    // From arrival to time, model, serial, section, status.
    type_in(&mut app, "sssss");
    assert_eq!(app.rows.narrowed().sort, SortBy::Status);
    assert!(text(&app).contains("by status"), "{}", text(&app));
    assert!(!app.follow, "what is worst is not what is newest");
    let run = app.run().map(|run| run.key.clone());
    arrive(&mut app, "9101-1_201", 40);
    arrive(&mut app, "9203_35", 41);
    assert_eq!(app.run().map(|run| run.key.clone()), run);
    let runs = app.rows.iter().take_while(|row| row.run().is_some()).count();
    assert!(app.rows.iter().skip(runs).all(|row| row.run().is_none()), "files that are no run stand at the end");
    type_in(&mut app, "S");
    assert!(text(&app).contains("by status, turned round"));
    (0..9).for_each(|_| drop(type_in(&mut app, "s")));
    assert_eq!(app.rows.narrowed().sort, SortBy::Arrival);
    assert_eq!(app.rows.iter().skip(2).map(|row| row.run().map(|run| run.sequence)).collect::<Vec<_>>(), newest);
    assert!(app.follow && !text(&app).contains("by arrival"));
}

#[test]
fn log_is_filtered_by_name_end_and_time() {
    let mut app = filled();
    type_in(&mut app, "6");
    let all = app.log_rows().count();
    type_in(&mut app, "fstatus:error\n");
    assert_eq!(app.log_rows().count(), 1);
    assert!(text(&app).contains(&format!("1 of {all}")), "{}", text(&app));
    fail(&mut app, "9101-1_217_TB.xls", "the file is empty", 40);
    assert_eq!(app.log_rows().count(), 2);
    type_in(&mut app, "frisk:>0\n");
    assert!(text(&app).contains("no line fits the filter"), "a line has no figures: {}", text(&app));
    type_in(&mut app, "1");
    assert_eq!(app.rows.len(), app.rows.all(), "Live has a filter of its own");
}

#[test]
fn a_failure_that_the_filter_hides_is_said_to_be_there() {
    let mut app = empty_app((120, 40), Symbols::Unicode);
    type_in(&mut app, "fstatus:pass\n");
    arrive(&mut app, "9101-1_201", 1);
    arrive(&mut app, "9203_34", 2);
    assert_eq!(app.rows.unseen(), 1);
    type_in(&mut app, "!");
    assert!(text(&app).contains("the filter of Live hides them"), "{}", text(&app));
    type_in(&mut app, "fsince:shift\n");
    assert!(text(&app).contains("no shift is on"), "{}", text(&app));
}

#[test]
fn a_filter_of_time_means_other_runs_when_time_passes() {
    let mut app = filled();
    type_in(&mut app, "6funtil:2h\n");
    assert_eq!(app.log_rows().count(), 0, "it is known what time it is");
    key(&mut app, KeyCode::Char('f'));
    (0..20).for_each(|_| drop(key(&mut app, KeyCode::Backspace)));
    type_in(&mut app, "since:2h\n");
    let all = app.log.len();
    assert_eq!(app.log_rows().count(), all);
    later(&mut app, 3 * 3_600_000);
    assert_eq!(app.log_rows().count(), 0);
}

#[test]
fn a_copied_word_is_that_of_the_row_and_a_copied_row_computes_nothing() {
    let mut app = filled();
    let copied = |effects: Vec<Effect>| match effects.into_iter().next() {
        Some(Effect::Copy(text)) => text,
        other => panic!("{other:?}"),
    };
    assert_eq!(copied(type_in(&mut app, "y")), "9101-1 216 TA");
    assert!(text(&app).contains("copied 9101-1 216 TA"), "{}", text(&app));
    let row = copied(type_in(&mut app, "Y"));
    assert!(row.contains("\t9101-1\t216\tTA\t") && row.contains("\tPASS\t"), "{row}");
    fail(&mut app, "=cmd|'x'!A0\u{1b}[2J\u{7}.xls", "@SUM\u{1b}(1)", 40);
    let path = copied(type_in(&mut app, "gy"));
    assert!(!path.chars().any(char::is_control), "{path:?}");
    let row = copied(type_in(&mut app, "Y"));
    assert!(row.split('\t').all(|cell| !cell.starts_with(['=', '@'])), "{row:?}");
    assert!(!row.chars().any(|c| c.is_control() && c != '\t'), "{row:?}");
    let mut empty = empty_app((120, 40), Symbols::Unicode);
    assert_eq!(type_in(&mut empty, "yY"), []);
}

fn asked(effects: Vec<Effect>) -> (u64, ExportOf, Format) {
    let mut asked = effects.into_iter().filter_map(|effect| match effect {
        Effect::Ask(Request::Export { number, what, format }) => Some((number, what, format)),
        _ => None,
    });
    asked.next().expect("an export is asked for")
}

#[test]
fn what_is_shown_is_what_is_exported_under_filter_and_order() {
    let mut app = filled();
    type_in(&mut app, "fstatus:fail\n");
    assert!(type_in(&mut app, "x").is_empty() && text(&app).contains("export as"), "{}", text(&app));
    let (number, what, format) = asked(type_in(&mut app, "x"));
    let ExportOf::Sheet(sheet) = what else { panic!("a table") };
    assert_eq!((format, sheet.rows.len()), (Format::Xlsx, app.rows.len()));
    assert!(sheet.rows.iter().all(|row| row.len() == sheet.columns.len() && row.contains(&Cell::text("FAIL"))));
    assert!(text(&app).contains("exporting …"));
    let path = "/home/shop/trimwatch-live.xlsx".to_owned();
    tell(&mut app, Event::Exported { number: number + 1, path: path.clone(), rows: 9, unread: 0 });
    assert!(!text(&app).contains("trimwatch-live"), "somebody else's");
    tell(&mut app, Event::Exported { number, path, rows: 3, unread: 0 });
    assert!(text(&app).contains("3 rows in trimwatch-live.xlsx, folder /home/shop"), "{}", text(&app));
    type_in(&mut app, "x");
    assert!(key(&mut app, KeyCode::Esc).is_empty(), "left");
}

#[test]
fn every_screen_has_a_table_or_says_that_it_has_none() {
    let mut app = filled();
    for (keys, of) in [("", "live"), ("6", "log"), ("1\n", "unit 9101-1 216 TA"), ("4", "models")] {
        let (_, what, _) = asked(type_in(&mut app, &format!("{keys}xc")));
        let ExportOf::Sheet(sheet) = what else { panic!("a table") };
        assert_eq!(sheet.of, of);
        assert!(sheet.rows.iter().all(|row| row.len() == sheet.columns.len()), "{of}");
    }
    for (keys, of) in [
        ("", "drift"),
        ("\t", "lots 8340-1"),
        ("\t\t", "untrimmed"),
        ("\t\t\t", "evidence 8340-1"),
        ("\t\t\t\t", "alarms 8340-1"),
    ] {
        let mut app = at_once(keys);
        let (_, what, _) = asked(type_in(&mut app, "xj"));
        let ExportOf::Sheet(sheet) = what else { panic!("a table") };
        assert!(sheet.of.starts_with(of), "{of}: {}", sheet.of);
        assert!(!sheet.rows.is_empty() && sheet.rows.iter().all(|row| row.len() == sheet.columns.len()), "{of}");
    }
    let mut past = Past::new();
    let effects = type_in(&mut app, "5");
    past.answer(&mut app, effects);
    let effects = type_in(&mut app, "fstatus:fail\nss");
    past.answer(&mut app, effects);
    let (_, what, _) = asked(type_in(&mut app, "xc"));
    let ExportOf::Runs(query) = what else { panic!("all runs that are meant") };
    assert_eq!((query.filter.to_string().as_str(), query.sort), ("status:fail", SortBy::Serial));
}

#[test]
fn where_somebody_left_off_is_taken_up_again() {
    let mut app = filled();
    app.look.resume = Resume::LeftOff;
    type_in(&mut app, "fmodel:9203\nsssS");
    type_in(&mut app, "6tfstatus:error\n");
    type_in(&mut app, "5fdisp:scrap\n[[s\u{9}");
    key(&mut app, KeyCode::Tab);
    type_in(&mut app, "3v{");
    let left = LeftOff::of(&app);
    let written = toml::to_string(&left).expect("TOML");
    let read: LeftOff = toml::from_str(&written).expect("the same");
    assert_eq!(read, left, "{written}");
    let mut next = empty_app((120, 40), Symbols::Unicode);
    read.take_up(&mut next);
    assert_eq!(LeftOff::of(&next), left);
    assert_eq!(next.screen, Screen::Drift);
    assert_eq!(next.rows.narrowed().filter, Filter::parse("model:9203").expect("a filter"));
    assert_eq!(toml::from_str::<LeftOff>("").expect("nothing is said"), LeftOff::default());
    assert!(toml::from_str::<LeftOff>("[live]\nfilter = \"status:fial\"").is_err());
}

#[test]
fn it_is_kept_at_once_then_every_few_seconds_and_before_the_end() {
    let kept = |effects: &[Effect]| effects.iter().filter(|effect| matches!(effect, Effect::RememberView(_))).count();
    let mut app = filled();
    assert_eq!(kept(&type_in(&mut app, "6")), 0, "a screen that is not to be remembered");
    app.look.resume = Resume::Fresh;
    assert_eq!(kept(&type_in(&mut app, "5")), 1);
    assert_eq!(kept(&type_in(&mut app, "616")), 0, "a moment later");
    assert!(app.keeping.due_ms.is_some());
    assert_eq!(kept(&later(&mut app, 2_000)), 0);
    assert_eq!(kept(&later(&mut app, 3_000)), 1);
    assert_eq!(app.keeping.due_ms, None);
    assert_eq!(kept(&type_in(&mut app, "j")), 0, "nothing about where somebody is");
    type_in(&mut app, "1");
    let last = type_in(&mut app, "q");
    assert!(matches!(last.as_slice(), [Effect::RememberView(_), Effect::Quit]), "{last:?}");
}

fn mouse(app: &mut App, kind: MouseEventKind, column: u16, row: u16) -> Vec<Effect> {
    update(app, Msg::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }))
}

#[test]
fn a_click_selects_a_row_a_pane_or_a_key_and_the_wheel_moves() {
    const CLICK: MouseEventKind = MouseEventKind::Down(MouseButton::Left);
    let mut app = filled();
    mouse(&mut app, CLICK, 10, 5);
    assert_eq!(app.live_at.selected, 0, "nobody listens yet");
    assert_eq!(type_in(&mut app, "m"), [Effect::Mouse(true)]);
    mouse(&mut app, CLICK, 10, 5);
    assert_eq!((app.live_at.selected, app.follow), (3, false), "header, heads, then rows");
    mouse(&mut app, MouseEventKind::ScrollDown, 10, 5);
    assert_eq!(app.live_at.selected, 6);
    mouse(&mut app, CLICK, 10, 30);
    assert!(app.focus > 0, "a pane");
    mouse(&mut app, CLICK, 10, 1);
    assert_eq!(app.live_at.selected, 6, "heads are no row");
    let footer = text(&app).lines().last().map(str::to_owned).expect("a footer");
    let at = footer.find("6 Log").map(|at| footer.get(..at).unwrap_or_default().chars().count()).expect("its key");
    mouse(&mut app, CLICK, u16::try_from(at).expect("a column"), 39);
    assert_eq!(app.screen, Screen::Log);
    type_in(&mut app, "?");
    mouse(&mut app, CLICK, 10, 5);
    assert!(matches!(app.overlay, Some(Overlay::Help { .. })), "what lies over the screen stays");
    key(&mut app, KeyCode::Esc);
    assert_eq!(type_in(&mut app, "m"), [Effect::Mouse(false)]);
}

#[test]
fn a_click_anywhere_on_any_screen_never_panics() {
    for size in [(120, 40), (80, 24), (60, 16), (40, 12), (0, 0)] {
        let mut app = filled_app(size, Symbols::Unicode);
        type_in(&mut app, "m");
        for screen in ["1", "2", "3", "4", "5", "6", "f", "x", "?"] {
            type_in(&mut app, screen);
            for (column, row) in (0..130).step_by(7).flat_map(|column| (0..42).map(move |row| (column, row))) {
                for kind in
                    [MouseEventKind::Down(MouseButton::Left), MouseEventKind::ScrollUp, MouseEventKind::ScrollDown]
                {
                    mouse(&mut app, kind, column, row);
                }
            }
            let _ = text(&app);
            key(&mut app, KeyCode::Esc);
        }
    }
}

#[test]
fn the_curve_of_a_unit_is_zoomed_panned_and_read_out() {
    let mut app = filled();
    key(&mut app, KeyCode::Enter);
    let whole = text(&app);
    type_in(&mut app, "++");
    let part = text(&app);
    assert_ne!(part, whole);
    assert!(part.contains("37 … 62 % of the curve"), "{part}");
    key(&mut app, KeyCode::Right);
    assert!(text(&app).contains("point "), "{}", text(&app));
    type_in(&mut app, "]]]]]]");
    let unit = app.unit.as_ref().expect("a unit");
    assert!((unit.stretch.to - 1.0).abs() < 1e-9);
    key(&mut app, KeyCode::Left);
    let unit = app.unit.as_ref().expect("a unit");
    assert!(unit.stretch.from < 0.6, "the cursor is brought in: {:?}", unit.stretch);
    type_in(&mut app, "=");
    key(&mut app, KeyCode::Esc);
    assert_eq!(text(&app), whole);
}
