//! Events of the session.

use std::mem::discriminant;
use std::sync::Arc;

use crate::analysis::Status;
use crate::config::Bell;
use crate::history::LogEntry;
use crate::session::{Announcement, ArrivedRun, Event, Kind, Request, Role, Sealed};
use crate::tui::app::{App, Overlay, STALE_MS, Toast};
use crate::tui::backlog::{self, Places, lets_wait, may_wait};
use crate::tui::layout;
use crate::tui::lines::MOST;
use crate::tui::msg::Effect;
use crate::tui::rows::Rows;

/// Least time between two bells, milliseconds.
const BELL_MS: i64 = 10_000;
/// Events held while the view stands still; the rows could not show more.
const MOST_HELD: usize = 2 * MOST;

/// Takes an event; while the view stands still, files are held back.
pub(super) fn heard(app: &mut App, event: Event) -> Vec<Effect> {
    // Whatever is heard ends the silence that is on screen, be it only a sign of life.
    app.dirty |= app.stale_since().is_some();
    app.heard_ms = app.clock.now_ms;
    match event {
        Event::Alive => return Vec::new(),
        Event::Together(events) => return together(app, events),
        Event::Announced(announced) => return lay_all_aside(app, announced).into_iter().collect(),
        Event::Sealed(mut sealed) if !sealed.is_here() => {
            let outline = if may_wait(app) { sealed.outline() } else { None };
            return lay_aside(app, sealed, outline).into_iter().collect();
        }
        Event::Sealed(sealed) => return sealed.open().into_iter().flat_map(|event| heard(app, event)).collect(),
        Event::Anew => return begin_anew(app),
        Event::Past { .. } if app.frozen.is_some() && app.opened => hold(app, event),
        Event::Arrived(run, curves) if app.frozen.is_some() => {
            // The view stands still; the bell does not.
            app.dirty = true;
            let rings = fails(&run).then(|| ring_for_failure(app)).flatten();
            hold(app, Event::Arrived(run, curves));
            return rings.into_iter().collect();
        }
        Event::Changed(..) | Event::Logged(..) if app.frozen.is_some() => hold(app, event),
        Event::Drift(..) if app.frozen.is_some() && super::drift::may_wait(app, true) => hold(app, event),
        Event::DriftCharts(..) if app.frozen.is_some() && super::drift::may_wait(app, false) => hold(app, event),
        event => return take(app, event),
    }
    app.dirty = true;
    Vec::new()
}

/// Takes what came at once. Of hundreds of runs only those are opened that fit on the screen.
fn together(app: &mut App, events: Vec<Event>) -> Vec<Effect> {
    let runs: usize = events.iter().map(runs_in).sum();
    let mut under = runs.saturating_sub(layout::list_rows(app).max(1));
    let mut effects = Vec::new();
    for event in events {
        let runs = runs_in(&event);
        match event {
            Event::Sealed(sealed) if may_wait(app) && (under > 0 || !sealed.has_run()) => {
                effects.extend(lay_aside(app, sealed, None));
            }
            event => effects.extend(heard(app, event)),
        }
        under = under.saturating_sub(runs);
    }
    // What was only announced has come, and there is somebody who may look at it.
    if (!may_wait(app) || has_gap(app)) && app.frozen.is_none() && app.backlog.can_open() {
        effects.extend(open_all(app));
    }
    effects
}

/// How many runs an event holds that came in a frame.
fn runs_in(event: &Event) -> usize {
    match event {
        Event::Sealed(sealed) => usize::from(sealed.has_run()),
        Event::Announced(announced) => announced.runs(),
        _ => 0,
    }
}

/// Whether something that waits would stand on the screen: the list has grown since it was laid aside.
fn has_gap(app: &App) -> bool {
    app.backlog.newest().is_some_and(|place| app.rows.is_among(place, layout::list_rows(app)))
}

/// Tells how many rows are shown, where that is not known yet: what lies below them may come later. Where they are more than
/// before, all is to come that was left out.
pub(super) fn shows(app: &mut App) -> Option<Effect> {
    let rows = backlog::shows(app).filter(|_| matches!(app.role, Role::Viewer { .. }));
    let rows = rows.filter(|rows| app.shown.is_none_or(|known| *rows <= known));
    let is_known = std::mem::replace(&mut app.shown, rows) == rows;
    (!is_known).then_some(Effect::Ask(Request::Shows { rows }))
}

/// Leaves something unopened for now, or in its row an outline of it; the bell rings all the same.
fn lay_aside(app: &mut App, sealed: Sealed, outline: Option<ArrivedRun>) -> Option<Effect> {
    app.dirty = true;
    let places = reserve(app, usize::from(sealed.has_run()), usize::from(sealed.has_line()));
    let rings = (sealed.kind() == Kind::Failure).then(|| ring_for_failure(app)).flatten();
    // Most of what came with it is opened now: the memory it came in serves for the next.
    app.backlog.push(places, sealed.apart(), outline.is_some(), app.clock.now_ms);
    if let Some(run) = outline {
        app.history.outdated();
        place_row(app, |rows| rows.outlined_at(places.row, run));
    }
    rings
}

/// Leaves places for what was announced; the bell rings all the same.
fn lay_all_aside(app: &mut App, announced: Announcement) -> Option<Effect> {
    app.dirty = true;
    let places = reserve(app, announced.runs(), announced.lines());
    let rings = (announced.failures() > 0).then(|| ring_for_failure(app)).flatten();
    app.backlog.push_all(places, announced, app.clock.now_ms);
    rings
}

/// The places of runs and lines of the log that come later: the first of each.
fn reserve(app: &mut App, runs: usize, lines: usize) -> Places {
    Places { row: app.rows.reserve(runs), line: app.log.reserve(lines) }
}

/// Opens what was laid aside.
pub(super) fn open_all(app: &mut App) -> Vec<Effect> {
    let mut effects = Vec::new();
    for (places, event) in app.backlog.take() {
        app.dirty = true;
        match event {
            Event::Arrived(run, _) => effects.extend(arrived(app, places.row, *run)),
            Event::Logged(entry) => logged(app, places.line, *entry),
            _ => {}
        }
    }
    // What failed rang when it came.
    effects.retain(|effect| *effect != Effect::Bell);
    effects
}

fn hold(app: &mut App, event: Event) {
    let Some(frozen) = &mut app.frozen else { return };
    let event = match event {
        // Curves come from the store when they are looked at: a night's worth of them would fill the memory.
        Event::Arrived(run, _) if run.not_kept.is_none() => Event::Arrived(run, Arc::default()),
        event => event,
    };
    // Of the list and of charts only the last one counts.
    if matches!(event, Event::Drift(_) | Event::DriftCharts(_)) {
        frozen.held.retain(|held| discriminant(held) != discriminant(&event));
    }
    frozen.arrived += usize::from(matches!(&event, Event::Logged(entry) if !entry.outcome.is_word()));
    frozen.held.push_back(event);
    if frozen.held.len() > MOST_HELD {
        frozen.held.pop_front();
    }
}

/// Nothing that was asked will be answered any more: it is asked again. What is shown stands until the past is told.
fn begin_anew(app: &mut App) -> Vec<Effect> {
    let effects = open_all(app);
    app.backlog.forget();
    app.lost = false;
    app.rows.begin_anew();
    app.log.begin_anew();
    app.curves.forget_asked();
    app.history.ask_again();
    app.drift.ask_again();
    app.models.asked = false;
    if let Some(unit) = &mut app.unit {
        unit.ask_again();
    }
    // What is held back is part of the past that comes.
    if let Some(frozen) = &mut app.frozen {
        frozen.held.clear();
    }
    app.dirty = true;
    effects
}

/// Lets the view go on: everything held back is taken now.
pub(super) fn thaw(app: &mut App) -> Vec<Effect> {
    let held = app.frozen.take().map(|frozen| frozen.held).unwrap_or_default();
    app.dirty = true;
    let mut effects = open_all(app);
    effects.extend(held.into_iter().flat_map(|event| take(app, event)));
    // What failed meanwhile rang when it came.
    effects.retain(|effect| *effect != Effect::Bell);
    effects
}

fn take(app: &mut App, event: Event) -> Vec<Effect> {
    app.dirty = true;
    let mut effects = if lets_wait(&event) { Vec::new() } else { open_all(app) };
    effects.extend(take_alone(app, event));
    effects
}

fn take_alone(app: &mut App, event: Event) -> Vec<Effect> {
    match event {
        Event::Snapshot(header) => {
            let empty = header.queue == 0;
            let before = app.moment().shift;
            app.header = Some(*header);
            if app.moment().shift != before {
                super::pass_time(app);
            }
            // Whoever asked to quit was told that files are queued; now none is.
            if empty && app.overlay == Some(Overlay::ConfirmQuit) {
                return vec![Effect::Quit];
            }
        }
        // Whoever keeps the history now does not know what is shown here.
        Event::Role(role) => (app.role, app.shown) = (role, None),
        Event::Lost => (app.lost, app.exporting) = (true, None),
        Event::Past { runs, log } => return past(app, runs, log),
        Event::Arrived(run, curves) => {
            if !curves.tracks.is_empty() {
                app.curves.put(run.key.clone(), Some(curves));
            }
            let place = app.rows.reserve(1);
            return arrived(app, place, *run);
        }
        Event::Logged(entry) => {
            keeping_selection(app, |app| app.rows.logged(&entry));
            let place = app.log.reserve(1);
            logged(app, place, *entry);
        }
        Event::Curves { key, curves } => app.curves.put(key, curves),
        Event::Unit { runs, .. } => {
            if let Some(unit) = &mut app.unit {
                unit.fill(runs);
            }
        }
        Event::Before { key, run } => {
            let asked = app.unit.as_mut().and_then(|unit| unit.before.as_mut());
            if let Some(before) = asked.filter(|before| before.0 == key) {
                before.1 = run;
            }
        }
        Event::Page { number, page } => match super::drift::found(app, number, page) {
            Ok(effects) => return effects,
            Err(page) => super::history::heard(app, Event::Page { number, page }),
        },
        Event::Unanswered { number, why } if super::drift::was_opening(app, number) => app.say(&why),
        Event::Exported { number, path, rows, unread } if super::give::was_asked(app, number) => {
            app.toast = Some(Toast { text: super::give::exported(&path, rows, unread), until_ms: i64::MAX });
        }
        Event::NotExported { number, why } if super::give::was_asked(app, number) => {
            app.toast = Some(Toast { text: format!("nothing exported: {why}"), until_ms: i64::MAX });
        }
        Event::Found { .. }
        | Event::Yields { .. }
        | Event::Unanswered { .. }
        | Event::Building { .. }
        | Event::Changed(_) => super::history::heard(app, event),
        Event::Models(models) => super::models::heard(app, models),
        Event::Outcome { key, outcome } => {
            if let Some(unit) = &mut app.unit {
                unit.hear_test(&key, outcome);
            }
        }
        Event::Drift(list) => super::drift::heard(app, list),
        Event::DriftCharts(charts) => super::drift::heard_charts(app, charts),
        Event::Raised(alarm) => return super::drift::raised(app, &alarm),
        // Taken before it comes here; or what another screen wanted exported.
        Event::Alive
        | Event::Anew
        | Event::Together(_)
        | Event::Sealed(_)
        | Event::Announced(_)
        | Event::Exported { .. }
        | Event::NotExported { .. } => {}
        // What the session has to say may be said at night: it stands until somebody presses a key.
        Event::Notice(text) => app.toast = Some(Toast { text, until_ms: i64::MAX }),
        Event::Refused(who) => return vec![Effect::Refuse(who)],
        // An engine that ends by itself leaves a screen that will never move again: it says so at once.
        Event::Stopped => app.heard_ms = app.clock.now_ms - STALE_MS,
    }
    Vec::new()
}

/// What was there before; told anew, it takes the place of what was shown.
fn past(app: &mut App, runs: Vec<ArrivedRun>, log: Vec<LogEntry>) -> Vec<Effect> {
    app.opened = true;
    app.history.outdated();
    keeping_selection(app, |app| app.rows.fill(runs, &log));
    app.log.extend(log);
    // The unit on screen may have got runs meanwhile.
    let shown = app.unit.as_ref().and_then(|unit| unit.run());
    let identity = shown.map(|run| &run.record.run.identity);
    let asked = identity.map(|identity| (identity.model.clone(), identity.serial.clone()));
    asked.map(|(model, serial)| Effect::Ask(Request::Unit { model, serial })).into_iter().collect()
}

/// A line of the log, at its place.
fn logged(app: &mut App, place: u64, entry: LogEntry) {
    if app.log.put(place, entry) && app.log_at.selected > 0 {
        app.log_at.selected += 1;
        app.log_at.top += 1;
    }
}

fn arrived(app: &mut App, place: u64, run: ArrivedRun) -> Vec<Effect> {
    let failed = fails(&run);
    app.history.outdated();
    let mut effects = Vec::new();
    let same_unit = |shown: &ArrivedRun| {
        let (a, b) = (&shown.record.run.identity, &run.record.run.identity);
        (&a.model, &a.serial) == (&b.model, &b.serial)
    };
    if app.unit.as_ref().and_then(|unit| unit.run()).is_some_and(same_unit) {
        let identity = &run.record.run.identity;
        let (model, serial) = (identity.model.clone(), identity.serial.clone());
        effects.push(Effect::Ask(Request::Unit { model, serial }));
    }
    place_row(app, |rows| rows.arrived_at(place, run));
    effects.extend(failed.then(|| ring_for_failure(app)).flatten());
    effects
}

/// A run gets its row.
fn place_row(app: &mut App, put: impl FnOnce(&mut Rows)) {
    keeping_selection(app, |app| put(&mut app.rows));
    if app.follow {
        app.live_track = None;
    }
}

fn fails(run: &ArrivedRun) -> bool {
    run.record.run.status == Status::Fail
}

/// Rings for a run that failed, where that is wanted; one that comes too soon after another bell is on screen anyway.
fn ring_for_failure(app: &mut App) -> Option<Effect> {
    (app.look.bell == Bell::Fail).then(|| ring(app)).flatten()
}

/// Rings for an alarm: once, and if that is too soon after another bell, as soon as it may.
pub(super) fn ring_for_alarm(app: &mut App) -> Option<Effect> {
    let rang = ring(app);
    app.bell_owed = rang.is_none() && app.look.bell != Bell::Never;
    rang
}

/// Rings the bell that an alarm is owed, once it may.
pub(super) fn ring_if_owed(app: &mut App) -> Option<Effect> {
    app.bell_owed.then(|| ring(app)).flatten()
}

/// Rings, unless it is never to or rang a moment ago.
fn ring(app: &mut App) -> Option<Effect> {
    let rings = app.look.bell != Bell::Never && app.clock.now_ms - app.bell_ms >= BELL_MS;
    if rings {
        (app.bell_ms, app.bell_owed) = (app.clock.now_ms, false);
    }
    rings.then_some(Effect::Bell)
}

/// New rows push the selected one down; the selection stays with it unless the newest is followed.
pub(super) fn keeping_selection(app: &mut App, change: impl FnOnce(&mut App)) {
    let (id, at) = (app.selected_id(), app.live_at.selected);
    change(app);
    if app.follow {
        return;
    }
    if let Some(now) = id.and_then(|id| app.rows.index_of(&id)) {
        app.live_at.selected = now;
        // A list that was scrolled stands still too; one that shows its top goes on showing it.
        if app.live_at.top > 0 {
            app.live_at.top = (app.live_at.top + now).saturating_sub(at);
        }
    }
}
