//! A screen with Drift on it, and the keys that are pressed there.

use crossterm::event::KeyCode;
use trimwatch::history::Tally;
use trimwatch::monitoring::Metric;
use trimwatch::session::{Event, Request};
use trimwatch::tui::{App, Effect, Symbols};

use super::drifting::{SENTENCE, charts, list, loud};
use super::{filled_app, header, key, tell};

/// Presses keys; charts that are asked for come at once.
pub fn type_in(app: &mut App, words: &str) -> Vec<Effect> {
    let press = |c| match c {
        '\n' => KeyCode::Enter,
        '\t' => KeyCode::Tab,
        '←' => KeyCode::Left,
        '→' => KeyCode::Right,
        '⇞' => KeyCode::PageUp,
        '⎋' => KeyCode::Esc,
        c => KeyCode::Char(c),
    };
    let mut all = Vec::new();
    for c in words.chars() {
        let effects = key(app, press(c));
        answer(app, &effects);
        all.extend(effects);
    }
    all
}

pub fn answer(app: &mut App, effects: &[Effect]) {
    for effect in effects {
        if let Effect::Ask(Request::DriftCharts { stream, metric }) = effect
            && *stream == loud()
        {
            tell(app, Event::DriftCharts(Box::new(charts(*metric))));
        }
    }
}

/// A header with open alarms.
pub fn alarmed(app: &mut App, open: usize) {
    let mut snapshot = header(Tally { runs: 12, good: 7, failed: 3, ..Tally::default() }, 0);
    snapshot.open_alarms = open;
    snapshot.oldest_alarm = (open > 0).then(|| (7, SENTENCE.to_owned()));
    tell(app, Event::Snapshot(Box::new(snapshot)));
}

/// The screen as it was opened and answered.
pub fn opened(size: (u16, u16), symbols: Symbols) -> App {
    let mut app = filled_app(size, symbols);
    "CD".clone_into(&mut app.remembered.by);
    alarmed(&mut app, 2);
    assert_eq!(key(&mut app, KeyCode::Char('3')), [Effect::Ask(Request::Drift)]);
    let effects = tell(&mut app, Event::Drift(Box::new(list())));
    let ask = Request::DriftCharts { stream: loud(), metric: Metric::UntrimmedError };
    assert_eq!(effects, [Effect::Ask(ask)]);
    answer(&mut app, &effects);
    app
}

pub fn at_once(keys: &str) -> App {
    let mut app = opened((120, 40), Symbols::Unicode);
    type_in(&mut app, keys);
    app
}
