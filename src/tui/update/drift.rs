//! Drift: moving between lines, charts and alarms, and what is asked of the session for them.

use super::models::steps;
use crate::history::{Query, RunKey};
use crate::monitoring::{Alarm, DriftCharts, DriftList, Subject};
use crate::session::{HistoryPage, Request};
use crate::trim::LocalTime;
use crate::tui::action::{Action, Screen};
use crate::tui::app::App;
use crate::tui::drift::DriftPane;
use crate::tui::layout;
use crate::tui::msg::Effect;
use crate::tui::rows::{Row, RowId};
use crate::tui::view;
use crate::tui::window::Window;

/// The keys that only this screen has.
pub(super) fn act(app: &mut App, action: Action) -> Vec<Effect> {
    match action {
        Action::NextMetric | Action::PreviousMetric => {
            app.drift.step_metric(action == Action::PreviousMetric);
            if app.drift.focus == DriftPane::Lots {
                app.drift.focus_on(DriftPane::Units);
            } else {
                app.drift.by_unit = true;
            }
        }
        Action::RangeShorter | Action::RangeLonger => {
            let shift = app.header.as_ref().and_then(|header| header.shift_span);
            app.drift.window.step(action == Action::RangeLonger, shift);
        }
        Action::ZoomWhole => app.drift.window = Window::of_days(None),
        Action::ZoomIn | Action::ZoomOut | Action::PanEarlier | Action::PanLater => resize(app, action),
        Action::NewBaseline => super::alarms::ask_baseline(app),
        _ => {}
    }
    Vec::new()
}

/// Zooms and pans over the time that the shown chart's points span.
fn resize(app: &mut App, action: Action) {
    let Some((oldest, newest)) = span(app) else { return };
    let stays = app.drift.under_cursor().map(|(_, time)| time);
    let window = &mut app.drift.window;
    match action {
        Action::ZoomIn | Action::ZoomOut => window.zoom(action == Action::ZoomIn, oldest, newest, stays),
        _ => window.pan(action == Action::PanEarlier, oldest, newest),
    }
}

fn span(app: &App) -> Option<(LocalTime, LocalTime)> {
    let charts = app.drift.charts()?;
    let lot = charts.lots.first().map(|lot| lot.first);
    let unit = charts.chart.points.first().map(|point| point.run.time);
    Some((lot.into_iter().chain(unit).min()?, charts.newest))
}

/// Moves in the pane that has the focus; in a chart rows are lines of the list, and pages go along the chart.
pub(super) fn go(app: &mut App, action: Action) {
    let drift = &mut app.drift;
    match (drift.focus, action) {
        (DriftPane::Evidence, _) => {
            let (_, room) = view::evidence_room(app);
            let by = steps(action, room);
            // Where its end is, `settle` knows.
            app.drift.evidence_top = app.drift.evidence_top.saturating_add_signed(by);
        }
        (DriftPane::Alarms, _) => {
            let len = drift.charts().map_or(0, |charts| charts.alarms.len());
            drift.alarms_at.move_by(steps(action, 5), len);
        }
        (DriftPane::Lots | DriftPane::Units, Action::PageUp | Action::PageDown | Action::First | Action::Last) => {
            let shown = if drift.shows_units() { drift.shown_units() } else { drift.shown_lots() };
            drift.step_cursor(steps(action, (shown.len() / 10).max(1) + 1));
        }
        _ => {
            let rows = layout::list_rows(app);
            let mut at = app.drift.at;
            at.move_by(steps(action, rows), app.drift.lines().len());
            app.drift.select(at.selected);
        }
    }
}

/// Walks the chart that is shown; it takes the focus.
pub(super) fn cursor(app: &mut App, by: isize) {
    let drift = &mut app.drift;
    if !drift.focus.is_chart() {
        drift.focus_on(if drift.shows_units() { DriftPane::Units } else { DriftPane::Lots });
    }
    drift.step_cursor(by);
}

/// Enter: from the list to the chart, from the evidence to the figure's chart, from an alarm to where it was raised,
/// from a point to its unit.
pub(super) fn open(app: &mut App) -> Vec<Effect> {
    match app.drift.focus {
        DriftPane::List => {
            let chart = if app.drift.shows_units() { DriftPane::Units } else { DriftPane::Lots };
            app.drift.focus_on(chart);
            Vec::new()
        }
        DriftPane::Evidence => {
            app.drift.focus_on(DriftPane::Units);
            Vec::new()
        }
        DriftPane::Alarms => {
            show_alarm(app);
            Vec::new()
        }
        DriftPane::Lots | DriftPane::Units => open_point(app),
    }
}

fn show_alarm(app: &mut App) {
    let Some((subject, time)) = app.drift.alarm().map(|alarm| (alarm.subject, alarm.time)) else { return };
    match subject {
        // Its units may be still to come: the cursor goes there once they have.
        Subject::Metric(metric) => {
            app.drift.metric = metric;
            app.drift.focus_on(DriftPane::Units);
        }
        Subject::FailShare | Subject::Silence => app.drift.focus_on(DriftPane::Lots),
    }
    app.drift.point_at(time);
}

/// The unit under the cursor: among the rows of Live, else out of the history.
pub(super) fn open_point(app: &mut App) -> Vec<Effect> {
    let Some((run, _)) = app.drift.under_cursor() else {
        app.drift.step_cursor(0);
        return Vec::new();
    };
    let Some(model) = app.drift.line().map(|line| line.stream.model.clone()) else { return Vec::new() };
    let key = RunKey::from_parts(&model, run.time.timestamp(), run.identity);
    let there = app.rows.find(&RowId::Run(key.clone())).and_then(Row::run);
    if let Some(run) = there.cloned() {
        return super::moves::open_deciding(app, run, Screen::Drift);
    }
    let number = app.history.number();
    app.drift.opening = Some((number, key.clone()));
    let query = Query { anchor: Some(key), limit: 1, ..Query::default() };
    vec![Effect::Ask(Request::Query { number, query: Box::new(query) })]
}

/// Takes the page with the run that is to be opened; gives back any other page.
pub(super) fn found(app: &mut App, number: u64, page: Box<HistoryPage>) -> Result<Vec<Effect>, Box<HistoryPage>> {
    let Some((_, key)) = app.drift.opening.take_if(|(asked, _)| *asked == number) else { return Err(page) };
    let run = page.runs.into_iter().find(|(there, _)| *there == key).and_then(|(_, run)| run);
    // Whoever has gone on meanwhile is not called back.
    if app.screen != Screen::Drift {
        return Ok(Vec::new());
    }
    app.answered = true;
    if let Some(run) = run {
        return Ok(super::moves::open_deciding(app, run, Screen::Drift));
    }
    app.say("this run is not in the history any more");
    Ok(Vec::new())
}

/// Whether a question was for the run that is to be opened; it is no longer waited for.
pub(super) fn was_opening(app: &mut App, number: u64) -> bool {
    app.drift.opening.take_if(|(asked, _)| *asked == number).is_some()
}

/// Keeps list, evidence and alarms inside what there is of them.
pub(super) fn settle(app: &mut App) {
    let (rows, len) = (layout::list_rows(app), app.drift.lines().len());
    app.drift.at.show(rows, len);
    let (lines, room) = view::evidence_room(app);
    app.drift.evidence_top = app.drift.evidence_top.min(lines.saturating_sub(room));
    let alarms = app.drift.charts().map_or(0, |charts| charts.alarms.len());
    app.drift.alarms_at.show(1, alarms);
}

/// Asks for the list whenever the screen is opened, and for the charts of the selected line while they are not here or
/// no longer what they were.
pub(super) fn wanted(app: &mut App) -> Vec<Effect> {
    if app.screen != Screen::Drift {
        (app.drift.asked, app.drift.asked_charts) = (false, None);
        return Vec::new();
    }
    let drift = &mut app.drift;
    let mut effects = Vec::new();
    if !std::mem::replace(&mut drift.asked, true) {
        (drift.awaited, drift.outdated) = (true, true);
        effects.push(Effect::Ask(Request::Drift));
    }
    let Some(stream) = drift.line().map(|line| line.stream.clone()) else { return effects };
    let wanted = (stream, drift.metric);
    // One question at a time: what changes meanwhile is asked for after the answer.
    let waits = drift.asked_charts.as_ref() == Some(&wanted);
    if waits || !drift.outdated && drift.charted().is_some() {
        return effects;
    }
    drift.outdated = false;
    let (stream, metric) = wanted.clone();
    drift.asked_charts = Some(wanted);
    effects.push(Effect::Ask(Request::DriftCharts { stream, metric }));
    effects
}

/// Takes the list.
pub(super) fn heard(app: &mut App, list: Box<DriftList>) {
    app.answered |= app.screen == Screen::Drift && app.drift.awaited;
    app.drift.take_list(list);
}

/// Takes charts.
pub(super) fn heard_charts(app: &mut App, charts: Box<DriftCharts>) {
    app.answered |= app.screen == Screen::Drift && app.drift.asked_charts.is_some();
    app.drift.take_charts(charts);
}

/// An alarm was raised: it is said once, and the list is no longer what it was.
pub(super) fn raised(app: &mut App, alarm: &Alarm) -> Vec<Effect> {
    app.say(&format!("ALARM {}", alarm.sentence));
    super::session::ring_for_alarm(app).into_iter().collect()
}

/// Whether an event changes what a person looks at without having asked: the view that stands still holds it back.
pub(super) fn may_wait(app: &App, list: bool) -> bool {
    let drift = &app.drift;
    if list {
        drift.list.is_some() && !drift.awaited
    } else {
        drift.charted().is_some() && drift.asked_charts.is_none()
    }
}
