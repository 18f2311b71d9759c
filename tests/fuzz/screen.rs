//! The screen: whatever keys are pressed and whatever is told, at any size: no panic, and no key in the footer that
//! does nothing.
//!
//! A case is a hundred keys and messages; `TRIM_FUZZ_CASES=10000` is a million of them.

use std::cell::OnceCell;
use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use trimwatch::analysis::RunCurves;
use trimwatch::session::signals::Signal;
use trimwatch::session::{Event, FolderState, HistoryState, Request, Role};
use trimwatch::tui::{App, Clock, Effect, Key, Msg, Symbols, update};

use super::campaign::fuzz;
use super::chance::Chance;
use super::support::drifting::{alarm, charts, list};
use super::support::learned::models;
use super::support::{NAMED, NOON, Past, arrival, filled_app, header, look, text};

/// Steps of one case.
const STEPS: usize = 100;
const FILES: [&str; 5] = ["9102A_53", "9203_34", "9101-1_201", "9204_88", "9407-12_9"];

#[test]
fn any_keys_and_messages_leave_a_screen_whose_footer_tells_the_truth() {
    let start = OnceCell::new();
    let mut past = Past::new();
    fuzz("screen", 20, |chance| {
        let start =
            start.get_or_init(|| [Symbols::Unicode, Symbols::Ascii].map(|symbols| filled_app((120, 40), symbols)));
        let mut app = chance.pick(start).clone();
        for sequence in 50..50 + STEPS as u64 {
            let effects = step(&mut app, chance, sequence);
            answer(&mut app, &mut past, effects, chance);
            honest(&app);
        }
    });
}

/// One key or message.
fn step(app: &mut App, chance: &mut Chance, sequence: u64) -> Vec<Effect> {
    let msg = match chance.below(10) {
        0 => Msg::Resize(size(chance, 200), size(chance, 60)),
        1 => Msg::Tick(Clock { now_ms: NOON.now_ms + i64::try_from(chance.below(400_000)).expect("small"), ..NOON }),
        2 | 3 => Msg::Session(Box::new(event(chance, sequence))),
        _ => Msg::Key(pressed(chance)),
    };
    update(app, msg)
}

/// Sizes that terminals have, and some that none has.
fn size(chance: &mut Chance, most: usize) -> u16 {
    let usual = [120, 80, 60, 40, 24, 16, 12, 1, 0];
    let size = if chance.one_in(2) { *chance.pick(&usual) } else { chance.below(most + 1) };
    u16::try_from(size).expect("a size")
}

fn pressed(chance: &mut Chance) -> KeyEvent {
    let code = match chance.below(4) {
        0 => *chance.pick(&NAMED),
        1 => KeyCode::Char(*chance.pick(&['1', '2', '3', '4', '5', '6', '?', ':', '/', 'f', 'a', 'z', ' '])),
        2 => KeyCode::Char(char::from(u8::try_from(32 + chance.below(95)).expect("ASCII"))),
        _ => KeyCode::Char(chance.text(1).chars().next().unwrap_or('ß')),
    };
    let modifiers = if chance.one_in(12) { KeyModifiers::CONTROL } else { KeyModifiers::NONE };
    KeyEvent::new(code, modifiers)
}

fn event(chance: &mut Chance, sequence: u64) -> Event {
    match chance.below(18) {
        0..=3 => arrived(chance, sequence),
        4 => Event::Together(vec![Event::Anew, arrived(chance, sequence), Event::Past { runs: vec![], log: vec![] }]),
        5 => Event::Role(if chance.one_in(2) {
            Role::Owner
        } else {
            Role::Viewer { of: chance.text(9), read_only: chance.one_in(2) }
        }),
        6 => Event::Lost,
        7 => Event::Anew,
        8 => Event::Past { runs: vec![arrival(chance.piece(&FILES), sequence).0], log: Vec::new() },
        9 => Event::Drift(Box::new(list())),
        10 => Event::Raised(Box::new(alarm(sequence))),
        11 => Event::Models(Box::new(models())),
        12 => Event::Notice(chance.text(60)),
        13 => Event::Building { percent: 40 },
        14 => Event::Changed(Box::new(arrival(chance.piece(&FILES), sequence).0)),
        15 => Event::Stopped,
        _ => snapshot(chance),
    }
}

fn arrived(chance: &mut Chance, sequence: u64) -> Event {
    let (run, curves) = arrival(chance.piece(&FILES), sequence);
    let curves = if chance.one_in(3) { RunCurves::default() } else { curves };
    Event::Arrived(Box::new(run), Arc::new(curves))
}

fn snapshot(chance: &mut Chance) -> Event {
    let mut header = header(trimwatch::history::Tally::default(), chance.below(3) as u64);
    header.open_alarms = chance.below(3);
    header.oldest_alarm = (header.open_alarms > 0).then(|| (7, chance.text(80)));
    if chance.one_in(3)
        && let Some(folder) = header.folders.first_mut()
    {
        folder.state = FolderState::Offline { since_ms: NOON.now_ms, cause: chance.text(40) };
    }
    if chance.one_in(4) {
        header.history = HistoryState::NotKept { reason: chance.text(40) };
    }
    Event::Snapshot(Box::new(header))
}

/// What is asked is answered, mostly.
fn answer(app: &mut App, past: &mut Past, effects: Vec<Effect>, chance: &mut Chance) {
    if chance.one_in(8) {
        return;
    }
    for effect in &effects {
        let event = match effect {
            Effect::Ask(Request::DriftCharts { metric, .. }) => Event::DriftCharts(Box::new(charts(*metric))),
            Effect::Ask(Request::Drift) => Event::Drift(Box::new(list())),
            Effect::Ask(Request::Models) => Event::Models(Box::new(models())),
            _ => continue,
        };
        update(app, Msg::Session(Box::new(event)));
    }
    past.answer(app, effects);
    if chance.one_in(50) {
        update(app, Msg::Signal(Signal::Resume));
    }
}

/// Draws, and reads the last line as somebody does who looks for a key.
fn honest(app: &App) {
    let (columns, rows) = app.size;
    let drawn = text(app);
    if app.overlay.is_some() || app.toast.is_some() || app.search.is_some() || columns < 40 || rows < 12 {
        return;
    }
    let footer = drawn.rsplit('\n').next().unwrap_or_default();
    let does = |word: &str| {
        let key = Key::parse(word).ok();
        key.and_then(|key| app.look.keys.action_of(app.screen, &key)).is_some()
    };
    for hint in footer.split("  ").map(str::trim).filter(|hint| !hint.is_empty()) {
        // A pair of keys that belong together stands as one word, or as two where they are written as words.
        let first = hint.split(' ').next().unwrap_or_default();
        let pair = first.chars().count() == 2 && first.chars().all(|c| does(&c.to_string()));
        assert!(does(first) || pair, "`{hint}` does nothing on {:?}: {footer}", app.screen);
    }
    let (help, quit) = (app.key(trimwatch::tui::Action::Help), app.key(trimwatch::tui::Action::Quit));
    let (help, quit) = (format!("{help} help"), format!("{quit} quit"));
    assert!(footer.trim_end().ends_with(&quit) && footer.contains(&help), "{footer}");
    assert_eq!(look(app.look.symbols).symbols, app.look.symbols);
}
