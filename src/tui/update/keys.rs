//! Keys: first to what lies over the screen, then through the key map.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{alarms, drift, give, history, models, mouse, moves, narrow, palette, prompts, session, tested};
use crate::history::{LogOutcome, Step};
use crate::session::{Request, Role};
use crate::tui::action::{Action, Screen};
use crate::tui::app::{App, Frozen, Overlay};
use crate::tui::history::Shows;
use crate::tui::key::Key;
use crate::tui::msg::Effect;
use crate::tui::search::{self, Search};
use crate::tui::theme::Depth;

/// Takes a key. Whatever row it leaves selected has been looked at.
pub(super) fn press(app: &mut App, event: KeyEvent) -> Vec<Effect> {
    app.dirty = true;
    app.toast = None;
    let quit = event.modifiers.contains(KeyModifiers::CONTROL) && event.code == KeyCode::Char('c');
    let effects = match app.overlay.take() {
        Some(Overlay::Help { query, scroll }) if !quit => {
            palette::in_help(app, event, query, scroll);
            Vec::new()
        }
        Some(Overlay::Palette { query, at }) if !quit => {
            palette::press(app, event, query, at).map(|chosen| act(app, chosen)).unwrap_or_default()
        }
        Some(Overlay::Search { text, from }) if !quit => in_search(app, event, text, from),
        Some(Overlay::Prompt(prompt)) if !quit => prompts::press(app, event, prompt),
        Some(Overlay::Confirm { intent, .. }) if !quit => models::answered(app, event, intent),
        Some(Overlay::Format) if !quit => give::in_format(app, event),
        Some(Overlay::Saved { at }) if !quit => prompts::in_saved(app, event, at),
        Some(Overlay::ConfirmQuit) => match event.code {
            KeyCode::Char('y' | 'Y' | 'q') | KeyCode::Enter => vec![Effect::Quit],
            _ if quit => vec![Effect::Quit],
            _ => Vec::new(),
        },
        _ => match Key::of(event).and_then(|key| app.look.keys.action_of(app.screen, &key)) {
            Some(action) => act(app, action),
            None => Vec::new(),
        },
    };
    if app.screen == Screen::Live {
        app.rows.look_at(app.live_at.selected);
    }
    effects
}

pub(super) fn act(app: &mut App, action: Action) -> Vec<Effect> {
    match action {
        Action::Up
        | Action::Down
        | Action::PageUp
        | Action::PageDown
        | Action::First
        | Action::Last
        | Action::NextUnseen
        | Action::CursorLeft
        | Action::CursorRight
        | Action::NextTrack
        | Action::PreviousTrack
        | Action::FocusNext
        | Action::FocusPrevious => moves::go(app, action),
        Action::Earlier => moves::step_run(app, -1),
        Action::Later => moves::step_run(app, 1),
        Action::Open => return moves::open(app),
        Action::Back => moves::back(app),
        Action::Go(Screen::Unit) if app.screen != Screen::Unit => return moves::open_unit(app),
        Action::Go(screen) => moves::show(app, screen),
        Action::Zoom => app.zoom = !app.zoom,
        Action::Search => begin_search(app),
        Action::NextMatch => return step_match(app, true),
        Action::PreviousMatch => return step_match(app, false),
        Action::RangeShorter
        | Action::RangeLonger
        | Action::ZoomIn
        | Action::ZoomOut
        | Action::ZoomWhole
        | Action::PanEarlier
        | Action::PanLater
        | Action::NextMetric
        | Action::PreviousMetric
        | Action::NewBaseline
            if app.screen == Screen::Drift =>
        {
            return drift::act(app, action);
        }
        Action::Acknowledge => return alarms::ask(app),
        Action::Filter => narrow::ask(app),
        Action::SortNext | Action::SortReverse if app.screen == Screen::Live => narrow::sort(app, action),
        Action::SortNext
        | Action::SortReverse
        | Action::RangeShorter
        | Action::RangeLonger
        | Action::ViewNext
        | Action::ViewPrevious
        | Action::SaveFilter
        | Action::SavedFilters => history::act(app, action),
        Action::ZoomIn | Action::ZoomOut | Action::ZoomWhole | Action::PanEarlier | Action::PanLater => {
            moves::stretch(app, action);
        }
        // Bound on Drift alone.
        Action::NextMetric | Action::PreviousMetric | Action::NewBaseline => {}
        Action::LetSpeak | Action::LetFormula | Action::Train | Action::TrainAll | Action::CancelTraining => {
            return models::act(app, action);
        }
        Action::CopyCell => return give::copy_cell(app),
        Action::CopyRow => return give::copy_row(app),
        Action::Export => give::ask_format(app),
        Action::Mouse => return mouse::toggle(app),
        Action::Tested => tested::ask(app),
        Action::Exclude => history::ask_word(app),
        Action::Freeze if app.frozen.is_some() => return session::thaw(app),
        Action::Freeze => app.frozen = Some(Frozen::default()),
        Action::FailuresOnly => {
            app.log.failures_only = !app.log.failures_only;
            app.log_at = crate::tui::list::Position::default();
        }
        Action::Retry => return retry(app),
        Action::RetryAll => {
            app.say("reading every failed file again");
            return vec![Effect::Ask(Request::RetryAll)];
        }
        Action::Rescan => {
            app.say("looking through the folders");
            return vec![Effect::Ask(Request::Rescan)];
        }
        Action::Palette => app.overlay = Some(Overlay::Palette { query: String::new(), at: 0 }),
        Action::ThemeNext => next_theme(app),
        Action::MarkerNext => next_marker(app),
        Action::Help => app.overlay = Some(Overlay::Help { query: String::new(), scroll: 0 }),
        Action::Redraw => return vec![Effect::Redraw],
        Action::Suspend => return vec![Effect::Suspend],
        // What a viewer leaves goes on without it.
        Action::Quit if app.queue() > 0 && app.role == Role::Owner => app.overlay = Some(Overlay::ConfirmQuit),
        Action::Quit => return vec![Effect::Quit],
    }
    Vec::new()
}

fn begin_search(app: &mut App) {
    if app.screen == Screen::History && app.history.shows != Shows::Runs {
        app.say(&format!("the runs are searched, not their yields: {} shows them", app.key(Action::ViewNext)));
        return;
    }
    let from = moves::position(app).selected;
    app.overlay = Some(Overlay::Search { text: String::new(), from });
}

fn retry(app: &mut App) -> Vec<Effect> {
    let Some(entry) = app.log_entry() else { return Vec::new() };
    if !matches!(entry.outcome, LogOutcome::Failed { .. }) {
        app.say(&format!(
            "only a file that could not be read is read again: {} shows those",
            app.key(Action::FailuresOnly)
        ));
        return Vec::new();
    }
    let (path_key, name) = (entry.file.path_key, entry.file.name().to_owned());
    app.say(&format!("reading {name} again"));
    vec![Effect::Ask(Request::Retry { path_key })]
}

fn step_match(app: &mut App, forward: bool) -> Vec<Effect> {
    let from = moves::position(app).selected;
    if app.screen == Screen::History {
        return history::find(app, from, if forward { Step::Next } else { Step::Before });
    }
    let matches = app.matches();
    if let Some(search) = &mut app.search {
        search.found = matches.len();
    }
    match search::next(&matches, from, forward) {
        Some(index) => moves::select(app, index),
        None if app.search.is_none() => app.say(&history::nothing_searched(app)),
        None => app.say("no match"),
    }
    Vec::new()
}

fn next_theme(app: &mut App) {
    app.look.next_theme();
    let word = app.look.theme.word();
    app.say(&match app.look.depth {
        Depth::None => format!("theme {word}; this terminal has no colours, or NO_COLOR is set"),
        _ => format!("theme {word}; `theme = \"{word}\"` in the configuration keeps it"),
    });
}

fn next_marker(app: &mut App) {
    let before = app.look.marker;
    app.look.next_marker();
    let word = app.look.marker.word();
    app.say(&if app.look.marker == before {
        "this screen is spelled in ASCII: charts have no other marker".to_owned()
    } else {
        format!("charts drawn with {word}; `marker = \"{word}\"` in the configuration keeps it")
    });
}

/// The list moves with every letter, and back when the search is given up.
fn in_search(app: &mut App, event: KeyEvent, mut text: String, from: usize) -> Vec<Effect> {
    match event.code {
        KeyCode::Enter => {
            if text.is_empty() {
                app.search = None;
            }
            return Vec::new();
        }
        KeyCode::Esc => {
            app.search = None;
            moves::select(app, from);
            return Vec::new();
        }
        KeyCode::Backspace => {
            text.pop();
        }
        KeyCode::Char(c) if !c.is_control() && !event.modifiers.contains(KeyModifiers::CONTROL) => text.push(c),
        _ => {}
    }
    app.search = Some(Search { text: text.clone(), found: 0 });
    if app.screen == Screen::History {
        app.overlay = Some(Overlay::Search { text, from });
        return history::find(app, from, Step::Here);
    }
    let matches = app.matches();
    app.search = Some(Search { text: text.clone(), found: matches.len() });
    let first = matches.iter().copied().find(|&index| index >= from).or(matches.first().copied());
    if let Some(index) = first {
        moves::select(app, index);
    }
    app.overlay = Some(Overlay::Search { text, from });
    Vec::new()
}
