//! What waits is not missed.

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::*;
use crate::config::Config;
use crate::history::{LogEntry, LogOutcome};
use crate::learning::random::Random;
use crate::session::{ArrivedRun, Line, Request, Role, over_a_socket, samples_as_they_arrive};
use crate::tui::canvas::Canvas;
use crate::tui::clock::Clock;
use crate::tui::look::Look;
use crate::tui::msg::{Effect, Msg};
use crate::tui::update::update;
use crate::tui::view;

const NOW: Clock = Clock { now_ms: 1_000_000, offset_seconds: 0 };

/// So many files: runs of all kinds, now and then one that came before, and files that cannot be read.
fn burst(files: u64) -> Vec<Event> {
    let (judged, mut events) = (samples_as_they_arrive(), Vec::new());
    for n in 0..files {
        let like = usize::try_from(n).unwrap_or(0) % judged.len();
        let mut run = judged.get(like).cloned().expect("a run");
        let again = if n % 17 == 16 { n - 9 } else { n };
        let mut path_key = [0; 16];
        path_key[..8].copy_from_slice(&again.to_le_bytes());
        run.key.0.extend(again.to_be_bytes());
        (run.sequence, run.record.file.path_key, run.record.arrived_ms) = (n + 1, path_key, NOW.now_ms);
        let (file, key) = (run.record.file.clone(), run.key.clone());
        let status = run.record.run.status.word().to_owned();
        let unreadable = n % 13 == 12;
        let outcome = if unreadable {
            LogOutcome::Failed { cause: "cut short".to_owned() }
        } else {
            events.push(Event::Arrived(Box::new(run), Arc::default()));
            LogOutcome::Run { key, status }
        };
        events.push(Event::Logged(Box::new(LogEntry { sequence: n + 1, at_ms: NOW.now_ms, file, outcome })));
    }
    events
}

fn app() -> App {
    let mut app = App::new(Look::of(&Config::default()), (120, 40), NOW);
    hear(&mut app, Event::Past { runs: Vec::new(), log: Vec::new() });
    app
}

fn hear(app: &mut App, event: Event) {
    update(app, Msg::Session(Box::new(event)));
}

fn picture(app: &App) -> Canvas {
    let mut canvas = Canvas::blank(app.size.0, app.size.1);
    view::draw(app, &mut canvas);
    canvas
}

/// What is in the lists, below the rows on screen too.
fn lists(app: &App) -> String {
    let rows: Vec<_> = app.rows.iter().map(|row| (row.id(), row.seen)).collect();
    let is_whole = app.rows.len() == app.rows.all();
    assert!(!is_whole || app.rows.unseen() == app.rows.iter().filter(|row| !row.seen).count());
    let log: Vec<u64> = app.log_rows().map(|entry| entry.sequence).collect();
    format!("{rows:?} {log:?} {}", app.unseen())
}

/// The same files one by one, and by the hundred over a socket.
fn both(files: u64, frame: usize) -> (App, App) {
    let (mut open, mut sealed) = (app(), app());
    let events = burst(files);
    for frame in events.chunks(frame) {
        hear(&mut sealed, Event::Together(over_a_socket(frame)));
    }
    for event in events {
        hear(&mut open, event);
    }
    (open, sealed)
}

#[test]
fn nobody_sees_that_what_lies_below_the_screen_waits_and_in_the_end_nothing_is_missing() {
    for (frame, most) in [(7, 500), (90, 400), (1_000, 100)] {
        let (open, mut sealed) = both(500, frame);
        assert!(sealed.rows.all() < most, "{frame}: {} rows are open", sealed.rows.all());
        assert_eq!(picture(&open), picture(&sealed), "{frame}");
        update(&mut sealed, Msg::Tick(Clock { now_ms: NOW.now_ms + QUIET_MS - 1, ..NOW }));
        assert!(sealed.backlog.due_ms().is_some(), "it is not quiet yet");
        update(&mut sealed, Msg::Tick(Clock { now_ms: NOW.now_ms + QUIET_MS, ..NOW }));
        assert_eq!(lists(&open), lists(&sealed), "{frame}");
    }
}

#[test]
fn a_key_means_all_that_has_come() {
    let (mut open, mut sealed) = both(300, 100);
    for app in [&mut open, &mut sealed] {
        update(app, Msg::Key(KeyEvent::new(KeyCode::Char('6'), KeyModifiers::NONE)));
    }
    assert_eq!(lists(&open), lists(&sealed));
    assert_eq!(picture(&open), picture(&sealed), "the log");
    // From here on the lines of the log are on screen.
    for event in over_a_socket(&burst(40)) {
        hear(&mut sealed, Event::Together(vec![event]));
    }
    assert!(sealed.backlog.due_ms().is_none());
}

#[test]
fn a_word_on_a_run_that_waits_finds_it() {
    let (mut open, mut sealed) = both(300, 100);
    let run = burst(20).into_iter().find_map(|event| match event {
        Event::Arrived(run, _) => Some(ArrivedRun { not_kept: Some("a full disk".to_owned()), ..*run }),
        _ => None,
    });
    let run = run.expect("a run");
    for app in [&mut open, &mut sealed] {
        hear(app, Event::Changed(Box::new(run.clone())));
        let row = app.rows.iter().filter_map(super::rows::Row::run).find(|row| row.key == run.key);
        assert_eq!(row.and_then(|row| row.not_kept.as_deref()), Some("a full disk"));
    }
    assert_eq!(lists(&open), lists(&sealed));
}

#[test]
fn more_than_the_lists_hold_costs_no_more_memory() {
    let (open, mut sealed) = both(3_000, 500);
    assert!(sealed.backlog.waiting.len() <= MOST);
    update(&mut sealed, Msg::Tick(Clock { now_ms: NOW.now_ms + QUIET_MS, ..NOW }));
    assert_eq!((sealed.rows.all(), sealed.log.len()), (open.rows.all(), open.log.len()));
    assert_eq!(lists(&open), lists(&sealed));
}

/// Files that can be read: what else there is comes at once, and all before it.
fn burst_of_runs(files: u64) -> Vec<Event> {
    let is_run = |event: &Event| match event {
        Event::Arrived(..) => true,
        Event::Logged(entry) => matches!(entry.outcome, LogOutcome::Run { .. }),
        _ => false,
    };
    burst(files).into_iter().filter(is_run).collect()
}

/// The same events one by one, and over a line on which those below the screen are only announced.
fn announced(events: Vec<Event>) -> (App, App, Line) {
    let (mut open, mut viewer) = (app(), app());
    for app in [&mut open, &mut viewer] {
        hear(app, Event::Role(Role::Viewer { of: "PC1".to_owned(), read_only: false }));
    }
    assert!(viewer.shown.is_some_and(|rows| rows > 10), "the owner knows what is shown");
    let mut line = Line::to(viewer.shown);
    for frame in events.chunks(240) {
        hear(&mut viewer, Event::Together(line.tell(frame, 24)));
    }
    for event in events {
        hear(&mut open, event);
    }
    (open, viewer, line)
}

fn press(app: &mut App, key: char) -> Vec<Effect> {
    update(app, Msg::Key(KeyEvent::new(KeyCode::Char(key), KeyModifiers::NONE)))
}

/// Long quiet.
fn wait(app: &mut App) {
    update(app, Msg::Tick(Clock { now_ms: NOW.now_ms + 2 * QUIET_MS, ..NOW }));
}

/// Whether the owner is told that so many rows are shown.
fn tells(effects: &[Effect], rows: Option<u32>) -> bool {
    effects.contains(&Effect::Ask(Request::Shows { rows }))
}

#[test]
fn nobody_sees_that_what_lies_below_the_screen_has_not_come() {
    for events in [burst_of_runs(600), burst(600)] {
        let (open, mut viewer, mut line) = announced(events);
        assert_eq!(picture(&open), picture(&viewer));
        wait(&mut viewer);
        assert_eq!(picture(&open), picture(&viewer), "nor when it is quiet");
        hear(&mut viewer, Event::Together(line.shows(None)));
        wait(&mut viewer);
        assert_eq!(lists(&open), lists(&viewer));
        assert!(viewer.backlog.due_ms().is_none());
    }
}

#[test]
fn whoever_looks_below_gets_all_of_it() {
    let (mut open, mut viewer, mut line) = announced(burst_of_runs(600));
    press(&mut open, '6');
    let effects = press(&mut viewer, '6');
    assert!(tells(&effects, None), "the log");
    assert!(lists(&open) != lists(&viewer), "it has not come yet");
    hear(&mut viewer, Event::Together(line.shows(None)));
    assert_eq!((picture(&open), lists(&open)), (picture(&viewer), lists(&viewer)));
    let effects = press(&mut viewer, '1');
    assert!(viewer.shown.is_some() && tells(&effects, viewer.shown), "what is below may wait again");
}

#[test]
fn a_list_that_grows_is_whole() {
    let resize = |app: &mut App| update(app, Msg::Resize(120, 60));
    for grow in [|app: &mut App| press(app, 'z'), resize] {
        let (mut open, mut viewer, mut line) = announced(burst_of_runs(600));
        grow(&mut open);
        assert!(tells(&grow(&mut viewer), None));
        hear(&mut viewer, Event::Together(line.shows(None)));
        assert_eq!(picture(&open), picture(&viewer));
        assert!(viewer.shown.is_some_and(|rows| rows > 30), "from then on more come at once");
    }
}

#[test]
fn curves_of_a_run_that_is_gone_with_the_next_frame_are_not_asked_for() {
    let asks = |effects: &[Effect]| effects.iter().any(|effect| matches!(effect, Effect::Ask(Request::Curves { .. })));
    let tell = |app: &mut App, event| update(app, Msg::Session(Box::new(event)));
    let mut viewer = app();
    hear(&mut viewer, Event::Role(Role::Viewer { of: "PC1".to_owned(), read_only: false }));
    let mut line = Line::to(viewer.shown);
    let mut comes = |app: &mut App, files: u64| {
        let frame = line.tell(&burst_of_runs(files), 24);
        tell(app, Event::Together(frame))
    };
    assert!(!asks(&comes(&mut viewer, 302)), "they come by themselves once it is quiet");
    let mut pressed = viewer.clone();
    assert!(asks(&press(&mut pressed, 'j')), "who looks at one run gets them at once");
    let mut stepped_back = viewer.clone();
    stepped_back.clock.now_ms -= 60_000;
    assert!(asks(&tell(&mut stepped_back, Event::Alive)), "whatever the clock says");
    viewer.clock.now_ms += QUIET_MS;
    assert!(asks(&tell(&mut viewer, Event::Alive)), "where they did not, they are asked for");
    assert!(asks(&comes(&mut app(), 3)), "what fits on the list is no burst");
}

#[test]
fn who_selects_a_run_of_which_only_an_outline_has_come_sees_that_the_rest_is_under_way() {
    let (mut open, mut viewer, mut line) = announced(burst_of_runs(600));
    let selects = |app: &mut App| (0..9).flat_map(|_| press(app, 'j')).collect::<Vec<_>>();
    selects(&mut open);
    let effects = selects(&mut viewer);
    assert!(tells(&effects, None));
    assert!(matches!(viewer.selected().map(|row| &row.content), Some(rows::Content::Outline(_))));
    assert!(viewer.run().is_none() && picture(&open) != picture(&viewer));
    update(&mut viewer, Msg::Key(KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE)));
    assert!(viewer.unit.is_none(), "nothing is made up");
    let toast = viewer.toast.take().map(|toast| toast.text);
    assert_eq!(toast.as_deref(), Some("this run is still on its way here"));
    hear(&mut viewer, Event::Together(line.shows(None)));
    assert_eq!(picture(&open), picture(&viewer));
    assert_eq!(viewer.run(), open.run());
}

#[test]
fn a_failure_that_has_not_come_is_jumped_to_once_it_is_here() {
    let (mut open, mut viewer, mut line) = announced(burst_of_runs(600));
    let there = layout::list_rows(&viewer);
    for app in [&mut open, &mut viewer] {
        (0..there).for_each(|index| app.rows.look_at(index));
    }
    press(&mut open, '!');
    assert!(tells(&press(&mut viewer, '!'), None) && viewer.toast.is_none(), "nobody says that there is none");
    let mut given_up = viewer.clone();
    press(&mut given_up, 'j');
    let follow = line.shows(None);
    hear(&mut viewer, Event::Together(follow.clone()));
    assert!(picture(&open) == picture(&viewer));
    assert!(viewer.live_at.selected >= there && viewer.selected_id() == open.selected_id());
    hear(&mut given_up, Event::Together(follow));
    assert_eq!(given_up.live_at.selected, 1, "who went on stays there");
}

#[test]
fn an_export_is_of_all_that_has_come() {
    let (mut open, mut viewer, mut line) = announced(burst_of_runs(600));
    for app in [&mut open, &mut viewer] {
        app.toast = None;
    }
    press(&mut open, 'x');
    assert!(tells(&press(&mut viewer, 'x'), None));
    hear(&mut viewer, Event::Together(line.shows(None)));
    let sheets = [&open, &viewer].map(|app| crate::tui::sheet::sheet(app).map(|sheet| sheet.rows));
    assert!(sheets[0].is_some() && sheets[0] == sheets[1]);
}

#[test]
fn what_comes_late_does_not_move_a_view_that_stands_still() {
    let (mut open, mut viewer, mut line) = announced(burst_of_runs(600));
    let freeze = |app: &mut App| press(app, ' ');
    freeze(&mut open);
    assert!(tells(&freeze(&mut viewer), None));
    assert!(open.frozen.is_some() && viewer.frozen.is_some());
    let before = picture(&viewer);
    hear(&mut viewer, Event::Together(line.shows(None)));
    wait(&mut viewer);
    assert_eq!(viewer.open_ms(), None, "it is not waited for");
    viewer.clock = NOW;
    assert_eq!(before, picture(&viewer));
    freeze(&mut open);
    freeze(&mut viewer);
    assert_eq!(lists(&open), lists(&viewer));
}

#[test]
fn what_will_not_come_any_more_is_told_as_the_past() {
    let (_, mut viewer, _) = announced(burst_of_runs(600));
    assert!(viewer.backlog.failures() > 0);
    hear(&mut viewer, Event::Anew);
    assert_eq!((viewer.backlog.failures(), viewer.backlog.due_ms()), (0, None));
}

/// Steps that each of the screens below takes; `TRIM_FUZZ_CASES=10000` makes a million of them.
const STEPS: usize = 100;
const KEYS: &[u8] = b"1256666/fzn! jkgG?:sSyYa[]<>tx90";
const NAMED: [KeyCode; 9] = [
    KeyCode::Up,
    KeyCode::Down,
    KeyCode::PageUp,
    KeyCode::PageDown,
    KeyCode::Home,
    KeyCode::End,
    KeyCode::Enter,
    KeyCode::Esc,
    KeyCode::Tab,
];

#[test]
fn whatever_is_pressed_while_files_pour_in_nobody_sees_what_waits() {
    let cases = std::env::var("TRIM_FUZZ_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(8);
    for case in 0..cases {
        pressed_at_random(&mut Random::new(case), case);
    }
}

fn pressed_at_random(random: &mut Random, case: u64) {
    let (mut open, mut viewer, mut line) = announced(Vec::new());
    let files = if random.below(2) == 0 { burst(300) } else { burst_of_runs(300) };
    let (mut rest, mut pressed) = (files.as_slice(), Vec::new());
    for _ in 0..STEPS {
        if random.below(3) == 0 {
            let (come, later) = rest.split_at((1 + random.below(40)).min(rest.len()));
            rest = later;
            hear(&mut viewer, Event::Together(line.tell(come, 1 + random.below(9))));
            for event in come {
                hear(&mut open, event.clone());
            }
        } else {
            let code = match random.below(3) {
                0 => NAMED.get(random.below(NAMED.len())).copied().unwrap_or(KeyCode::Enter),
                _ => KeyCode::Char(KEYS.get(random.below(KEYS.len())).copied().map_or(' ', char::from)),
            };
            pressed.push(code);
            let key = || Msg::Key(KeyEvent::new(code, KeyModifiers::NONE));
            update(&mut open, key());
            for effect in update(&mut viewer, key()) {
                if let Effect::Ask(Request::Shows { rows }) = effect {
                    hear(&mut viewer, Event::Together(line.shows(rows)));
                }
            }
        }
        assert_eq!(picture(&open), picture(&viewer), "case {case}, {pressed:?}");
    }
    // A view that stands still takes nothing in.
    for app in [&mut open, &mut viewer] {
        (0..8).for_each(|_| drop(update(app, Msg::Key(KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE)))));
        if app.frozen.is_some() {
            press(app, ' ');
        }
    }
    hear(&mut viewer, Event::Together(line.shows(None)));
    wait(&mut viewer);
    assert_eq!(lists(&open), lists(&viewer), "case {case}, {pressed:?}");
}
