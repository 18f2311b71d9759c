//! The mouse: a click selects a row, a pane or a key of the footer, the wheel moves. Nothing that keys do not do.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position as Point, Rect};

use super::{keys, moves};
use crate::tui::action::{Action, Screen};
use crate::tui::app::{App, Overlay};
use crate::tui::drift::DriftPane;
use crate::tui::history::Shows;
use crate::tui::layout::{self, Size};
use crate::tui::models::Pane;
use crate::tui::msg::Effect;
use crate::tui::view;

/// Rows of a notch of the wheel.
const NOTCH: usize = 3;

/// Listens to the mouse, or no more.
pub(super) fn toggle(app: &mut App) -> Vec<Effect> {
    app.mouse = !app.mouse;
    let ends = app.key(Action::Mouse);
    app.say(&if app.mouse {
        format!("the mouse clicks and scrolls here; with Shift held it marks text as before. {ends} ends it")
    } else {
        "the mouse is the terminal's again".to_owned()
    });
    vec![Effect::Mouse(app.mouse)]
}

/// Takes what the mouse did.
pub(super) fn moved(app: &mut App, event: MouseEvent) -> Vec<Effect> {
    if !app.mouse {
        return Vec::new();
    }
    let effects = match event.kind {
        MouseEventKind::ScrollUp => wheel(app, true),
        MouseEventKind::ScrollDown => wheel(app, false),
        MouseEventKind::Down(MouseButton::Left) => click(app, Point::new(event.column, event.row)),
        _ => return Vec::new(),
    };
    app.dirty = true;
    if app.screen == Screen::Live {
        app.rows.look_at(app.live_at.selected);
    }
    effects
}

fn wheel(app: &mut App, up: bool) -> Vec<Effect> {
    if matches!(app.overlay, Some(Overlay::Help { .. } | Overlay::Palette { .. } | Overlay::Saved { .. })) {
        let code = if up { KeyCode::Up } else { KeyCode::Down };
        return keys::press(app, KeyEvent::new(code, KeyModifiers::NONE));
    }
    if app.overlay.is_some() {
        return Vec::new();
    }
    let action = match (app.screen, up) {
        (Screen::Unit, true) => Action::CursorLeft,
        (Screen::Unit, false) => Action::CursorRight,
        (_, true) => Action::Up,
        (_, false) => Action::Down,
    };
    (0..NOTCH).for_each(|_| moves::go(app, action));
    Vec::new()
}

fn click(app: &mut App, at: Point) -> Vec<Effect> {
    if app.overlay.is_some() || layout::size(app.size.0, app.size.1) == Size::Tiny {
        return Vec::new();
    }
    let parts = layout::parts(app);
    if parts.footer.contains(at) {
        let action = view::footer_action(app, at.x);
        app.toast = None;
        return action.map(|action| keys::act(app, action)).unwrap_or_default();
    }
    app.toast = None;
    if parts.list.contains(at) {
        row(app, parts.list, at);
    } else if let Some(area) = parts.detail.filter(|area| area.contains(at)) {
        pane(app, area, at);
    }
    Vec::new()
}

/// A click into the list: its row, when there is one.
fn row(app: &mut App, list: Rect, at: Point) {
    if app.screen == Screen::Unit {
        return;
    }
    let heads = usize::from(list.height).saturating_sub(layout::list_rows(app));
    let Some(line) = usize::from(at.y - list.y).checked_sub(heads) else { return };
    let index = moves::position(app).top + line;
    match app.screen {
        Screen::Live => app.focus = 0,
        Screen::Drift => app.drift.focus_on(DriftPane::List),
        Screen::Models => app.models.focus = Pane::List,
        Screen::History | Screen::Log | Screen::Unit => {}
    }
    if index < len(app) {
        moves::select(app, index);
    }
}

fn len(app: &App) -> usize {
    match app.screen {
        Screen::Live | Screen::Unit => app.rows.len(),
        Screen::Log => app.log_rows().count(),
        Screen::History if app.history.shows == Shows::Runs => app.history.found(),
        Screen::History => app.history.yields.as_ref().map_or(0, |(_, rows)| rows.len()),
        Screen::Drift => app.drift.lines().len(),
        Screen::Models => app.models.subjects().len(),
    }
}

/// A click into what is said of the selected row: the pane takes the focus.
fn pane(app: &mut App, area: Rect, at: Point) {
    let inside = |pane: Option<Rect>| pane.is_some_and(|pane| pane.contains(at));
    match app.screen {
        Screen::Live => track(app, area, at),
        Screen::Drift => {
            let panes = layout::drift_panes(app, area);
            if inside(panes.chart) {
                app.drift.focus_on(if app.drift.shows_units() { DriftPane::Units } else { DriftPane::Lots });
            } else if inside(panes.below) && app.drift.focus != DriftPane::Alarms {
                app.drift.focus_on(DriftPane::Evidence);
            }
        }
        Screen::Models => {
            let panes = layout::model_panes(app, area);
            if inside(panes.card) {
                app.models.focus = Pane::Card;
            } else if inside(panes.versions) {
                app.models.focus = Pane::Versions;
            }
        }
        Screen::Unit | Screen::History | Screen::Log => {}
    }
}

/// Two tracks stand side by side where there is room for both.
fn track(app: &mut App, area: Rect, at: Point) {
    let tracks = app.run().map_or(0, |run| run.record.run.tracks.len());
    if tracks == 0 {
        return;
    }
    let shown = app.shown_track();
    let both = tracks > 1 && layout::size(app.size.0, app.size.1) == Size::Full && !app.zoom;
    let track = if both { shown - shown % 2 + usize::from(at.x >= area.x + area.width / 2) } else { shown };
    let track = track.min(tracks - 1);
    (app.live_track, app.focus) = (Some(track), track + 1);
}
