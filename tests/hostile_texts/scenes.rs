//! One text everywhere on the screen: every pane that tells of a run, every overlay, every prompt.

use std::sync::Arc;

use crossterm::event::KeyCode;
use ratatui::buffer::Cell;
use trimwatch::analysis::Learner;
use trimwatch::history::{Filter, SortBy};
use trimwatch::session::{Event, HistoryPage, Request, Role};
use trimwatch::tui::{
    App, Beginning, Effect, Field, Intent, Line, Msg, Overlay, Prompt, Saved, SeenTo, Stage, Symbols, Test, Word,
};
use unicode_width::UnicodeWidthStr;

use crate::support::hostile::{is_harmless, texts};
use crate::support::{buffer, empty_app, key, tell};
use crate::{dressed, wire};

const SIZES: [(u16, u16); 5] = [(80, 24), (60, 16), (100, 30), (40, 12), (30, 6)];

/// Answers what a screen asks with the text and nothing else.
fn answer(app: &mut App, effects: Vec<Effect>, text: &str, number: u64) {
    for effect in effects {
        let Effect::Ask(request) = effect else { continue };
        let event = match request {
            Request::Unit { model, serial } => {
                let runs = vec![dressed::run(text, number + 2).0, dressed::run(text, number).0];
                Event::Unit { model, serial, runs }
            }
            Request::Before { key } => Event::Before { key, run: Some(Box::new(dressed::run(text, number + 3).0)) },
            Request::Outcome { key } => Event::Outcome { key, outcome: Some(Box::new(dressed::outcome(text))) },
            Request::Drift => Event::Drift(Box::new(dressed::drift(text))),
            Request::DriftCharts { metric, .. } => Event::DriftCharts(Box::new(dressed::charts(metric, text))),
            Request::Models => Event::Models(Box::new(dressed::learned(text))),
            Request::Query { number: asked, .. } => {
                let run = dressed::run(text, number).0;
                let page = HistoryPage {
                    all: 1,
                    found: 1,
                    runs: vec![(run.key.clone(), Some(run))],
                    ..HistoryPage::default()
                };
                Event::Page { number: asked, page: Box::new(page) }
            }
            _ => continue,
        };
        let more = tell(app, event);
        answer(app, more, text, number);
    }
}

fn press(app: &mut App, keys: &str, text: &str, number: u64) {
    for c in keys.chars() {
        let code = match c {
            '\n' => KeyCode::Enter,
            '\t' => KeyCode::Tab,
            c => KeyCode::Char(c),
        };
        let effects = key(app, code);
        answer(app, effects, text, number);
    }
}

/// Live with the text in its header, its rows, its selected run and its toast.
fn live(size: (u16, u16), text: &str, number: u64) -> App {
    let mut app = empty_app(size, Symbols::Unicode);
    tell(&mut app, Event::Snapshot(Box::new(dressed::told(text, number))));
    if number.is_multiple_of(4) {
        tell(&mut app, Event::Role(Role::Viewer { of: text.to_owned(), read_only: false }));
    }
    for entry in dressed::log(text, number) {
        tell(&mut app, Event::Logged(Box::new(entry)));
    }
    let (run, curves) = dressed::run(text, number);
    tell(&mut app, Event::Arrived(Box::new(run), Arc::new(curves)));
    tell(&mut app, Event::Notice(text.to_owned()));
    app
}

/// Keys to every pane in which a run, a model or a line stands at length.
const PLACES: [&str; 9] = ["", "\n", "\nz", "3", "3\t\t\t", "3\t\t\t\t", "4", "4\t", "6"];

/// What may lie over the screen, the text in it.
fn overlays(text: &str, app: &App) -> Vec<Overlay> {
    let (line, name, typed) = (|| Line::of(text), || text.to_owned(), || Line::of(text).text().to_owned());
    let key = || app.run().map_or_else(|| dressed::sample().0.key, |run| run.key.clone());
    let (stream, field) = (dressed::charts(trimwatch::monitoring::Metric::Risk, text).stream, Field::Words);
    let beginning = Beginning { stream, from: line(), reason: line(), by: line(), field };
    let seen = SeenTo { alarm: 7, sentence: name(), cause: 0, note: line(), by: line(), field };
    let word = Word { key: key(), name: name(), exclude: true, reason: line(), by: line(), at_by: false };
    let test = Test { key: key(), name: name(), passed: Some(Some(false)), note: line(), by: line(), at_by: true };
    let deploy = Intent::Deploy { learner: Learner::DriftDetector, scope: name(), version: None };
    let prompts = [
        Prompt::Filter(line()),
        Prompt::SaveAs(line()),
        Prompt::Word(word),
        Prompt::Test(test),
        Prompt::By(deploy.clone(), line()),
        Prompt::SeenTo(SeenTo { field: Field::First, ..seen.clone() }),
        Prompt::SeenTo(seen),
        Prompt::Beginning(Beginning { field: Field::First, ..beginning.clone() }),
        Prompt::Beginning(beginning),
    ];
    let others = [
        Overlay::Help { query: typed(), scroll: 0 },
        Overlay::Palette { query: typed(), at: 0 },
        Overlay::Search { text: typed(), from: 0 },
        Overlay::Saved { at: 0 },
        Overlay::Confirm { intent: deploy, question: name() },
    ];
    prompts.into_iter().map(Overlay::Prompt).chain(others).collect()
}

/// A cell is a letter with a few marks, one or two columns wide, of which nothing is obeyed.
fn is_sound(cell: &Cell) -> bool {
    let symbol = cell.symbol();
    if let [b' '..=b'~'] = symbol.as_bytes() {
        return true;
    }
    let braille = symbol.chars().all(|c| ('\u{2800}'..='\u{28FF}').contains(&c));
    braille || (is_harmless(symbol) && symbol.chars().count() <= 4 && matches!(symbol.width(), 1 | 2))
}

/// A text stands in some of the places, each next one in others, so that every family is everywhere; on request it stands in all
/// of them.
fn stands(all: bool, at: usize, place: usize, of: usize) -> bool {
    all || at % of == place % of
}

fn is_drawn_soundly(app: &App, place: &str, text: &str) {
    let drawn = buffer(app);
    if let Some(cell) = drawn.content.iter().find(|cell| !is_sound(cell)) {
        panic!("{text:?} in {place:?} at {:?}: the cell {:?}", app.size, cell.symbol());
    }
    assert_eq!(drawn.content.len(), usize::from(app.size.0) * usize::from(app.size.1));
}

fn panes(all: bool, at: usize, text: &str, size: (u16, u16)) {
    let (number, start) = (at as u64, live(size, text, at as u64));
    for (place, keys) in PLACES.iter().enumerate().filter(|(place, _)| stands(all, at, *place, 3)) {
        let mut app = start.clone();
        press(&mut app, keys, text, number);
        is_drawn_soundly(&app, &format!("{place}: {keys}"), text);
    }
}

#[test]
fn no_cell_of_a_pane_holds_what_a_terminal_obeys_hides_or_cannot_measure() {
    for (at, text) in texts().iter().enumerate().step_by(2) {
        panes(false, at, text, SIZES[at % SIZES.len()]);
    }
}

fn overlaid(all: bool, at: usize, text: &str, size: (u16, u16)) {
    let number = at as u64;
    let mut app = live(size, text, number);
    press(&mut app, "3", text, number);
    let filter = Filter::default().of_model(text);
    app.remembered.save(Saved { name: text.to_owned(), filter, sort: SortBy::Arrival, reverse: false });
    text.clone_into(&mut app.remembered.by);
    for (place, overlay) in overlays(text, &app).into_iter().enumerate() {
        if stands(all, at, place, 5) {
            (app.toast, app.overlay) = (None, Some(overlay));
            is_drawn_soundly(&app, &format!("overlay {place}"), text);
        }
    }
}

#[test]
fn no_cell_of_an_overlay_or_a_prompt_does() {
    for (at, text) in texts().iter().enumerate().skip(1).step_by(2) {
        overlaid(false, at, text, SIZES[at % 3 + 2]);
    }
}

/// Minutes, so not part of the suite: `cargo test --test hostile_texts -- --ignored`.
#[test]
#[ignore = "takes minutes"]
fn every_text_in_every_place_at_every_size() {
    for (at, text) in texts().iter().enumerate() {
        for size in SIZES {
            panes(true, at, text, size);
            overlaid(true, at, text, size);
        }
    }
}

#[test]
fn no_byte_of_a_text_is_obeyed_by_the_terminal_it_is_drawn_on() {
    for (at, text) in texts().iter().enumerate().step_by(2) {
        let number = at as u64;
        let mut app = live((100, 30), text, number);
        press(&mut app, ["", "\n", "3", "4", "6"][at / 2 % 5], text, number);
        let [bytes] = wire::sent([app]);
        assert_eq!(wire::disobedient(&bytes), None, "{text:?}");
    }
}

#[test]
fn what_is_copied_goes_out_as_letters_of_base_64_and_nothing_else() {
    let letters = |sent: &str| sent.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
    for (at, text) in texts().iter().enumerate() {
        for (keys, c) in [[("", 'y'), ("6", 'Y')], [("", 'Y'), ("3", 'y')], [("6", 'y'), ("4", 'Y')]][at % 3] {
            let mut app = live((80, 24), text, at as u64);
            press(&mut app, keys, text, at as u64);
            let mut bytes = Vec::new();
            let mut stage = Stage::new(app, &mut bytes);
            stage.take(Msg::Key(KeyCode::Char(c).into())).expect("a vector takes everything");
            drop(stage);
            let sent = String::from_utf8(bytes).expect("ASCII");
            let copied = sent.strip_prefix("\u{1b}]52;c;").and_then(|rest| rest.strip_suffix('\u{7}'));
            assert!(sent.is_empty() || copied.is_some_and(letters), "{text:?}: {sent:?}");
        }
    }
}
