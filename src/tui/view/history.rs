//! History: all runs that a filter means, with their yields.

use ratatui::layout::Rect;

use super::pen::{Pen, Span, span};
use super::table::{self, Emphasis};
use super::words::thousands;
use super::{columns, track, yields};
use crate::analysis::{explain, explain_track};
use crate::history::{Facts, RunKey, Tally, text_is_in};
use crate::session::{ArrivedRun, HistoryPage};
use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::history::Shows;
use crate::tui::layout::{self, Parts, Size};
use crate::tui::theme::Role;

/// Draws head lines, list and detail.
pub(super) fn draw(app: &App, pen: &mut Pen<'_>, parts: &Parts) {
    let heads = layout::history_heads(app).min(parts.list.height);
    head(app, pen, Rect { height: heads, ..parts.list });
    let list = Rect { y: parts.list.y + heads, height: parts.list.height - heads, ..parts.list };
    if let Some(by) = app.history.shows.grouping() {
        yields::draw(app, pen, list, by);
        return;
    }
    runs(app, pen, list);
    if let (Some(area), Some(run)) = (parts.detail, app.history.run()) {
        detail(app, pen, area, run);
    }
}

/// Filter and order on the left, counts on the right; below each other where there is no room.
fn head(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let mut said = Vec::new();
    let history = &app.history;
    if !history.filter.is_empty() {
        said.push(span(format!("{} {}", app.key(Action::Filter), history.filter), Role::Match));
        said.push(span("  ", Role::Text));
    }
    if history.shows == Shows::Runs {
        let turned = if history.reverse { ", turned round" } else { "" };
        said.push(span(format!("by {}{turned}", history.sort.word()), Role::Quiet));
    } else {
        said.push(span(format!("{} back to the runs", app.key(Action::Back)), Role::Quiet));
    }
    let counts = history.page.as_ref().map(|page| counts(page, area.width)).unwrap_or_default();
    let width: u16 = counts.iter().map(|(text, _)| u16::try_from(pen.width(text)).unwrap_or(0)).sum();
    if area.height > 1 {
        pen.spans(area.x + 1, area.y, area.width.saturating_sub(2), &said);
        pen.spans(area.x + 1, area.y + 1, area.width.saturating_sub(2), &counts);
    } else if layout::size(app.size.0, app.size.1) == Size::Full {
        pen.spans(area.x + 1, area.y, area.width.saturating_sub(width + 4), &said);
        pen.spans(area.right().saturating_sub(width + 1), area.y, width, &counts);
    } else {
        pen.spans(area.x + 1, area.y, area.width.saturating_sub(2), &counts);
    }
}

/// `1,234 of 100,000 runs  run yield 78 % (n 1,180)  unit yield 81 % (n 903)`.
fn counts(page: &HistoryPage, width: u16) -> Vec<Span> {
    let (found, all) = (thousands(page.found as u64), thousands(page.all as u64));
    let Tally { excluded, .. } = page.tally;
    let (run, unit) = yields::both(page.tally);
    if width < 80 {
        return vec![span(format!("{found}/{all}  yield run {run}  unit {unit}"), Role::Text)];
    }
    let runs = if page.found == page.all { format!("{all} runs") } else { format!("{found} of {all} runs") };
    let mut spans = vec![span(format!("{runs}  run yield {run}  unit yield {unit}"), Role::Text)];
    if excluded > 0 && width >= 100 {
        spans.push(span(format!("  {} excluded", thousands(excluded)), Role::Quiet));
    }
    spans
}

fn runs(app: &App, pen: &mut Pen<'_>, area: Rect) {
    if area.height == 0 {
        return;
    }
    if let Some((said, role)) = instead(app) {
        let width = area.width.saturating_sub(4).min(76);
        pen.paragraph(Rect { x: area.x + 2, y: area.y + 1, width, height: area.height.saturating_sub(1) }, &said, role);
        return;
    }
    let shown = columns::fitting(columns::HISTORY, area.width.saturating_sub(1));
    let mark = if app.history.reverse { "▲" } else { "▼" };
    let sorted = columns::sorted_by(app.history.sort).map(|title| (title, mark));
    table::heads(pen, area, &shown, sorted);
    let at = app.history.at;
    for (row, y) in (at.top..app.history.found()).zip(area.y + 1..area.bottom()) {
        let Some((key, run)) = app.history.row(row) else {
            pen.put(area.x + 1, y, 1, "·", Role::Quiet);
            continue;
        };
        let line = Rect { x: area.x + 1, y, width: area.width.saturating_sub(1), height: 1 };
        let selected = row == at.selected;
        if selected {
            pen.put(area.x, y, 1, "▸", Role::Focus);
        }
        match run {
            Some(run) => table::row(app, pen, line, run, Emphasis { selected, found: found(app, key, run) }, &shown),
            None => {
                pen.put(line.x, y, line.width, "this run cannot be read", Role::State);
            }
        }
    }
}

fn found(app: &App, key: &RunKey, run: &ArrivedRun) -> bool {
    app.search.as_ref().is_some_and(|search| text_is_in(&search.text, &Facts::of(key, &run.record)))
}

/// What stands in place of runs that are not there.
fn instead(app: &App) -> Option<(String, Role)> {
    let history = &app.history;
    if let Some(why) = &history.trouble {
        return Some((format!("{why}. {} changes the filter.", app.key(Action::Filter)), Role::State));
    }
    match (&history.page, history.building) {
        (None, Some(percent)) => {
            Some((format!("The overview of the history is being built: building {percent} %"), Role::State))
        }
        (None, None) if !app.opened => Some(("Opening the history …".to_owned(), Role::Text)),
        (None, None) => Some(("…".to_owned(), Role::Quiet)),
        (Some(page), _) if page.all == 0 => Some((
            "No run in the history yet: every file that is judged makes one, and `trimwatch ingest FOLDER` takes older ones."
                .to_owned(),
            Role::Text,
        )),
        (Some(page), _) if page.found == 0 => {
            let (filter, longer) = (app.key(Action::Filter), app.key(Action::RangeLonger));
            Some((format!("No run fits the filter. {filter} changes it, {longer} means a longer time."), Role::Text))
        }
        _ => None,
    }
}

/// The track that decides, and why.
fn detail(app: &App, pen: &mut Pen<'_>, area: Rect, run: &ArrivedRun) {
    let judged = &run.record.run;
    let mut line = explain(judged);
    if let Some(word) = &run.record.excluded {
        line = format!("excluded by {}: {}   {line}", word.by, word.reason);
    }
    let width = area.width.saturating_sub(2);
    if area.height < 4 {
        pen.paragraph(Rect { x: area.x + 1, width, ..area }, &line, Role::Text);
        return;
    }
    let deciding = judged.tracks.iter().position(|track| track.status == judged.status).unwrap_or(0);
    let pane = Rect { height: area.height.saturating_sub(1), ..area };
    track::compact(app, pen, pane, run, deciding);
    if run.record.excluded.is_none()
        && let Some(track) = judged.tracks.get(deciding)
    {
        line = explain_track(track);
    }
    pen.put(area.x + 1, pane.bottom(), width, &line, Role::Text);
}
