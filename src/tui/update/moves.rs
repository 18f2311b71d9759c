//! Moving: in lists, between panes, tracks, runs and screens.

use crate::history::LogOutcome;
use crate::session::{ArrivedRun, Request};
use crate::tui::action::{Action, Screen};
use crate::tui::app::App;
use crate::tui::curves::Known;
use crate::tui::history::Shows;
use crate::tui::layout;
use crate::tui::list::Position;
use crate::tui::models::Pane;
use crate::tui::msg::Effect;
use crate::tui::rows::{Content, Row, RowId};
use crate::tui::stretch::Stretch;
use crate::tui::unit::Unit;
use crate::tui::view;

/// Where the list of the current screen stands.
pub(super) fn position(app: &App) -> Position {
    match app.screen {
        Screen::Log => app.log_at,
        Screen::History if app.history.shows == Shows::Runs => app.history.at,
        Screen::History => app.history.yields_at,
        Screen::Drift => app.drift.at,
        Screen::Models => app.models.at,
        _ => app.live_at,
    }
}

/// Selects a row of the current screen's list.
pub(super) fn select(app: &mut App, index: usize) {
    match app.screen {
        Screen::Log => return app.log_at.selected = index,
        Screen::History if app.history.shows == Shows::Runs => return app.history.at.selected = index,
        Screen::History => return app.history.yields_at.selected = index,
        Screen::Drift => return app.drift.select(index),
        Screen::Models => return app.models.select(index),
        _ => {}
    }
    if app.live_at.selected != index {
        app.live_track = None;
    }
    app.live_at.selected = index;
    app.follow = index == 0 && app.rows.narrowed().is_newest_first();
}

/// The moves that need nothing from the session.
pub(super) fn go(app: &mut App, action: Action) {
    match action {
        Action::NextUnseen => next_unseen(app),
        Action::CursorLeft => cursor(app, -1),
        Action::CursorRight => cursor(app, 1),
        Action::NextTrack => track(app, 1),
        Action::PreviousTrack => track(app, -1),
        Action::FocusNext => focus(app, 1),
        Action::FocusPrevious => focus(app, -1),
        _ if app.screen == Screen::Unit => in_unit(app, action),
        _ if app.screen == Screen::Drift => super::drift::go(app, action),
        _ if app.screen == Screen::Models => super::models::go(app, action),
        _ => in_list(app, action),
    }
}

fn in_list(app: &mut App, action: Action) {
    let len = match app.screen {
        Screen::Log => app.log_rows().count(),
        Screen::History if app.history.shows == Shows::Runs => app.history.found(),
        Screen::History => app.history.yields.as_ref().map_or(0, |(_, rows)| rows.len()),
        _ => app.rows.len(),
    };
    let page = isize::try_from(layout::list_rows(app).saturating_sub(1).max(1)).unwrap_or(1);
    let by = match action {
        Action::Up => -1,
        Action::Down => 1,
        Action::PageUp => -page,
        Action::PageDown => page,
        Action::First => isize::MIN,
        _ => isize::MAX,
    };
    let mut at = position(app);
    at.move_by(by, len);
    select(app, at.selected);
}

/// On the Unit screen the cursor walks the curve: a point, a tenth, to an end; rows are the serial's runs.
fn in_unit(app: &mut App, action: Action) {
    let points = isize::try_from(points(app)).unwrap_or(0);
    match action {
        Action::Up => step_run(app, -1),
        Action::Down => step_run(app, 1),
        Action::PageUp => cursor(app, -(points / 10).max(1)),
        Action::PageDown => cursor(app, (points / 10).max(1)),
        Action::First => cursor(app, isize::MIN),
        Action::Last => cursor(app, isize::MAX),
        _ => {}
    }
}

/// Points of the judged sweep on the Unit screen.
fn points(app: &App) -> usize {
    let Some(unit) = &app.unit else { return 0 };
    let Some(run) = unit.run() else { return 0 };
    match app.curves.get(&run.key) {
        Known::Curves(curves) => {
            let judged = curves.tracks.get(unit.track).and_then(|track| track.judged());
            judged.map_or(0, |sweep| sweep.position.len())
        }
        _ => 0,
    }
}

fn cursor(app: &mut App, by: isize) {
    if app.screen == Screen::Drift {
        return super::drift::cursor(app, by);
    }
    let points = points(app);
    if let Some(unit) = &mut app.unit {
        if unit.cursor.is_none() && (by.unsigned_abs() > 1 || !unit.stretch.is_whole()) {
            unit.cursor = Some(middle(points, unit.stretch));
        }
        unit.step_cursor(by, points);
    }
    if let Some(place) = under_cursor(app)
        && let Some(unit) = &mut app.unit
    {
        unit.stretch.include(place);
    }
}

/// The point in the middle of what is shown, as far as points are evenly apart.
fn middle(points: usize, shown: Stretch) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of the points")]
    let at = (points as f64 * f64::midpoint(shown.from, shown.to)) as usize;
    at.min(points.saturating_sub(1))
}

/// Where the point under the cursor lies, a share of the curve's length.
fn under_cursor(app: &App) -> Option<f64> {
    let unit = app.unit.as_ref()?;
    let (at, run) = (unit.cursor?, unit.run()?);
    let Known::Curves(curves) = app.curves.get(&run.key) else { return None };
    let positions = &curves.tracks.get(unit.track)?.judged()?.position;
    let (first, last) = view::extent(positions.iter().copied())?;
    let share = (f64::from(*positions.get(at)?) - first) / (last - first);
    share.is_finite().then_some(share)
}

/// Zooms and pans the curve of the Unit screen.
pub(super) fn stretch(app: &mut App, action: Action) {
    let stays = under_cursor(app);
    let Some(unit) = &mut app.unit else { return };
    match action {
        Action::ZoomIn | Action::ZoomOut => unit.stretch.zoom(action == Action::ZoomIn, stays),
        Action::ZoomWhole => unit.stretch = Stretch::default(),
        _ => unit.stretch.pan(action == Action::PanEarlier),
    }
}

fn track(app: &mut App, by: isize) {
    match app.screen {
        Screen::Unit => {
            if let Some(unit) = &mut app.unit {
                unit.step_track(by);
            }
        }
        _ => step_live_track(app, by),
    }
}

fn tracks(app: &App) -> usize {
    app.selected().and_then(Row::run).map_or(0, |run| run.record.run.tracks.len())
}

fn step_live_track(app: &mut App, by: isize) {
    let count = isize::try_from(tracks(app)).unwrap_or(0);
    if count > 0 {
        let at = isize::try_from(app.shown_track()).unwrap_or(0) + by;
        app.live_track = usize::try_from(at.rem_euclid(count)).ok();
    }
}

/// Panes of Live are the list and its tracks, of Models list, card and versions, of Drift list, charts, evidence and
/// alarms; elsewhere there is only one.
fn focus(app: &mut App, by: isize) {
    if app.screen == Screen::Models {
        app.models.focus = app.models.focus.step(by < 0);
    }
    if app.screen == Screen::Drift {
        app.drift.focus_on(app.drift.focus.step(by < 0));
    }
    if app.screen != Screen::Live {
        return;
    }
    let panes = isize::try_from(tracks(app) + 1).unwrap_or(1);
    let at = isize::try_from(app.focus).unwrap_or(0) + by;
    app.focus = usize::try_from(at.rem_euclid(panes)).unwrap_or(0);
    if app.focus > 0 {
        app.live_track = Some(app.focus - 1);
    }
}

/// Jumps to the next failure that nobody has looked at, where need be as soon as it has come.
pub(super) fn next_unseen(app: &mut App) {
    if app.backlog.failures() > 0 && app.frozen.is_none() {
        app.seeks = true;
        return;
    }
    match app.rows.next_unseen(app.live_at.selected) {
        Some(index) => {
            show(app, Screen::Live);
            select(app, index);
            // A failure that is jumped to stays selected when more arrive.
            app.follow = false;
        }
        None if app.rows.unseen() > 0 => {
            app.say(&format!("the filter of Live hides them: {} changes it", app.key(Action::Filter)));
        }
        None => app.say("every failure has been looked at"),
    }
}

/// Puts a screen on.
pub(super) fn show(app: &mut App, screen: Screen) {
    if app.screen != screen {
        (app.screen, app.zoom, app.search) = (screen, false, None);
    }
}

/// An earlier or later run of the serial.
pub(super) fn step_run(app: &mut App, by: isize) {
    if let Some(unit) = &mut app.unit {
        unit.step(by);
    }
}

/// One step back: out of the zoom, the search, the screen, then to the newest run.
pub(super) fn back(app: &mut App) {
    if app.zoom {
        app.zoom = false;
    } else if app.search.is_some() {
        app.search = None;
    } else if app.screen == Screen::Unit && app.unit.as_ref().is_some_and(|unit| unit.cursor.is_some()) {
        if let Some(unit) = &mut app.unit {
            unit.cursor = None;
        }
    } else if app.screen == Screen::Unit && app.unit.as_ref().is_some_and(|unit| !unit.stretch.is_whole()) {
        stretch(app, Action::ZoomWhole);
    } else if app.screen == Screen::Drift && app.drift.leave() {
        // The cursor goes, or the focus back to the list.
    } else if app.screen == Screen::Models && app.models.focus != Pane::List {
        app.models.focus = Pane::List;
    } else if app.screen == Screen::History && app.history.shows != Shows::Runs {
        app.history.shows = Shows::Runs;
    } else if app.screen == Screen::Unit {
        show(app, app.unit_from);
    } else if app.screen != Screen::Live {
        show(app, Screen::Live);
    } else if app.focus > 0 {
        app.focus = 0;
    } else {
        select(app, 0);
    }
}

/// Enter: the selected run in depth; in the log, the run an entry became.
pub(super) fn open(app: &mut App) -> Vec<Effect> {
    match app.screen {
        Screen::Log => {}
        Screen::Drift => return super::drift::open(app),
        Screen::History if app.history.shows != Shows::Runs => {
            app.history.narrow();
            return Vec::new();
        }
        _ => return open_unit(app),
    }
    if matches!(app.log_entry().map(|entry| &entry.outcome), Some(LogOutcome::Learning { .. })) {
        show(app, Screen::Models);
        return Vec::new();
    }
    let key = app.log_entry().and_then(|entry| match &entry.outcome {
        LogOutcome::Run { key, .. }
        | LogOutcome::Revision { key, .. }
        | LogOutcome::Duplicate { of: key }
        | LogOutcome::Excluded { key, .. }
        | LogOutcome::Included { key, .. }
        | LogOutcome::Tested { key, .. } => Some(key.clone()),
        LogOutcome::Skipped { .. }
        | LogOutcome::Failed { .. }
        | LogOutcome::Learning { .. }
        | LogOutcome::Alarmed { .. }
        | LogOutcome::Acknowledged { .. }
        | LogOutcome::NewBaseline { .. }
        | LogOutcome::Regraded { .. } => None,
    });
    let id = key.map(RowId::Run);
    if let Some(index) = id.as_ref().and_then(|id| app.rows.index_of(id)) {
        show(app, Screen::Live);
        select(app, index);
        return open_unit(app);
    }
    // A run that the filter of Live hides is opened all the same.
    if let Some(run) = id.and_then(|id| app.rows.find(&id)?.run().cloned()) {
        return open_deciding(app, run, Screen::Log);
    }
    app.say("no run to open behind this line: what there is stands below it");
    Vec::new()
}

/// The selected run on the Unit screen, and the question for the others of its serial.
pub(super) fn open_unit(app: &mut App) -> Vec<Effect> {
    if app.screen == Screen::History {
        return open_of_history(app);
    }
    if app.screen == Screen::Drift && app.drift.under_cursor().is_some() {
        return super::drift::open_point(app);
    }
    let Some(run) = app.selected().and_then(Row::run).cloned() else {
        let (log, filter) = (app.key(Action::Go(Screen::Log)), app.key(Action::Filter));
        app.say(&match (app.rows.all(), app.rows.is_empty()) {
            (0, _) => "no run yet: a workbook that is dropped into the folder makes one".to_owned(),
            (_, true) => format!("no run fits the filter: {filter} changes it"),
            _ if matches!(app.selected().map(|row| &row.content), Some(Content::Outline(_))) => {
                "this run is still on its way here".to_owned()
            }
            _ => format!("this file is no run: {log} shows why, in the log"),
        });
        return Vec::new();
    };
    let track = app.shown_track();
    open_run(app, run, track, Screen::Live)
}

/// A run of the history, whenever it was.
fn open_of_history(app: &mut App) -> Vec<Effect> {
    let Some(run) = app.history.run().cloned() else {
        let filter = app.key(Action::Filter);
        app.say(&if app.history.found() == 0 {
            format!("no run is shown: {filter} changes the filter")
        } else {
            "no run that can be opened is selected: choose another row".to_owned()
        });
        return Vec::new();
    };
    open_deciding(app, run, Screen::History)
}

/// A run with the track that decides.
pub(super) fn open_deciding(app: &mut App, run: ArrivedRun, from: Screen) -> Vec<Effect> {
    let judged = &run.record.run;
    let deciding = judged.tracks.iter().position(|track| track.status == judged.status);
    open_run(app, run, deciding.unwrap_or(0), from)
}

fn open_run(app: &mut App, run: ArrivedRun, track: usize, from: Screen) -> Vec<Effect> {
    let ask = unit_request(&run);
    let same = app.unit.as_ref().and_then(Unit::run).is_some_and(|shown| shown.key == run.key);
    if !same {
        app.unit = Some(Unit::open(run, track));
    }
    app.unit_from = from;
    show(app, Screen::Unit);
    vec![Effect::Ask(ask)]
}

fn unit_request(run: &ArrivedRun) -> Request {
    let identity = &run.record.run.identity;
    Request::Unit { model: identity.model.clone(), serial: identity.serial.clone() }
}
