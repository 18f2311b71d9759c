//! Log: how every file ended, and the whole cause of the selected one.

use ratatui::layout::Rect;

use super::pen::{Pen, span};
use super::words;
use crate::history::{LogEntry, LogOutcome};
use crate::tui::action::{Action, Screen};
use crate::tui::app::App;
use crate::tui::layout::Parts;
use crate::tui::search::log_words;
use crate::tui::theme::Role;

/// Draws list and detail.
pub(super) fn draw(app: &App, pen: &mut Pen<'_>, parts: &Parts) {
    list(app, pen, parts.list);
    if let (Some(area), Some(entry)) = (parts.detail, app.log_entry()) {
        detail(app, pen, area, entry);
    }
}

fn list(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let counts = (app.log_rows().count(), app.log.len());
    let area = super::live::chip(app, pen, area, (app.log.filter(), None), counts);
    let what = if app.log.failures_only { "FILE (only those that could not be read)" } else { "FILE" };
    pen.put(area.x + 1, area.y, 12, "TIME", Role::Title);
    pen.put(area.x + 14, area.y, 10, "ENDED AS", Role::Title);
    pen.put(area.x + 25, area.y, area.width.saturating_sub(26), what, Role::Title);
    let rows = usize::from(area.height.saturating_sub(1));
    let mut shown = 0;
    for (line, entry) in app.log_rows().skip(app.log_at.top).take(rows).enumerate() {
        shown += 1;
        let y = area.y + 1 + u16::try_from(line).unwrap_or(0);
        row(app, pen, Rect { y, height: 1, ..area }, entry, app.log_at.top + line == app.log_at.selected);
    }
    if shown == 0 {
        let said = match (app.log.trouble(), app.log.filter().is_empty(), app.log.failures_only) {
            (Some(trouble), ..) => trouble.to_owned(),
            (None, false, _) => format!("no line fits the filter: {} changes it", app.key(Action::Filter)),
            (None, true, true) => format!("every file could be read; {} shows all", app.key(Action::FailuresOnly)),
            (None, true, false) => "no file yet: how each one ends is told here".to_owned(),
        };
        pen.put(area.x + 1, area.y + 2, area.width.saturating_sub(2), &said, Role::Quiet);
    }
}

fn row(app: &App, pen: &mut Pen<'_>, area: Rect, entry: &LogEntry, selected: bool) {
    let (word, role, reason) = words::outcome(app.look.symbols, &entry.outcome);
    let found = app.search.as_ref().is_some_and(|search| search.hits(&log_words(entry)));
    let text = if found {
        Role::Match
    } else if selected {
        Role::Selected
    } else {
        Role::Text
    };
    if selected {
        pen.put(area.x, area.y, 1, "▸", Role::Focus);
    }
    pen.put(area.x + 1, area.y, 12, &when(app, entry.at_ms), Role::Quiet);
    pen.put(area.x + 14, area.y, 10, &word, role);
    let room = area.width.saturating_sub(26);
    let name = words::file_name(&entry.file);
    // What is about no file says what it is about where a file's name stands.
    if name.is_empty() {
        pen.put(area.x + 25, area.y, room, &reason, text);
        return;
    }
    let end = pen.put(area.x + 25, area.y, room, name, text);
    pen.put(end + 2, area.y, area.right().saturating_sub(end + 3), &reason, Role::Quiet);
}

/// `10:42` today, `21 Nov 10:42` before.
fn when(app: &App, at_ms: i64) -> String {
    let clock = app.clock.hhmm(at_ms);
    if app.clock.day(at_ms) == app.clock.day(app.clock.now_ms) {
        return clock;
    }
    match crate::trim::LocalDate::from_days(app.clock.day(at_ms)) {
        Some(date) => format!("{} {clock}", super::columns::day_month(date)),
        None => clock,
    }
}

/// The cause with its whole chain, and what can be done.
fn detail(app: &App, pen: &mut Pen<'_>, area: Rect, entry: &LogEntry) {
    let (word, role, reason) = words::outcome(app.look.symbols, &entry.outcome);
    let inside = pen.rule(area, &[span(word, role)], Role::Quiet);
    let place = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
    let failed = matches!(entry.outcome, LogOutcome::Failed { .. });
    let used = pen.paragraph(Rect { height: place.height.saturating_sub(1), ..place }, &reason, Role::Text);
    let next = match &entry.outcome {
        LogOutcome::Failed { .. } => {
            format!("{} reads it again; it is read by itself when it changes", app.key(Action::Retry))
        }
        LogOutcome::Skipped { .. } => "nothing to do".to_owned(),
        LogOutcome::Learning { .. } => {
            format!("{} shows the models; {} too", app.key(Action::Go(Screen::Models)), app.key(Action::Open))
        }
        LogOutcome::Alarmed { .. } | LogOutcome::Acknowledged { .. } | LogOutcome::NewBaseline { .. } => {
            format!("{} shows the charts", app.key(Action::Go(Screen::Drift)))
        }
        LogOutcome::Regraded { .. } => "`trimwatch journal show` tells of the rules before and after".to_owned(),
        _ => format!("{} opens the run", app.key(Action::Open)),
    };
    let named = u16::from(!entry.file.path.is_empty());
    pen.put(place.x, place.y + used, place.width, &entry.file.path, Role::Quiet);
    if used + named < place.height {
        pen.put(place.x, place.y + used + named, place.width, &next, if failed { Role::Key } else { Role::Quiet });
    }
}
