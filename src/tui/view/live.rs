//! Live: the newest runs, and what the selected one is about.

use ratatui::layout::Rect;

use super::pen::{Pen, span};
use super::table::{self, Emphasis};
use super::words::thousands;
use super::{columns, track, words};
use crate::analysis::{explain, explain_track};
use crate::history::Filter;
use crate::session::ArrivedRun;
use crate::tui::action::{Action, Screen};
use crate::tui::app::App;
use crate::tui::layout::{self, Parts, Size};
use crate::tui::rows::{Content, Row};
use crate::tui::theme::Role;

/// Draws list and detail.
pub(super) fn draw(app: &App, pen: &mut Pen<'_>, parts: &Parts) {
    if app.rows.is_empty() {
        let under = parts.detail.map_or(0, |area| area.height);
        return empty(app, pen, Rect { height: parts.list.height + under, ..parts.list });
    }
    if parts.list.height > 0 {
        list(app, pen, parts.list);
    }
    let Some(area) = parts.detail else { return };
    match app.selected().map(|row| &row.content) {
        Some(Content::Run(run)) => detail(app, pen, area, run),
        Some(Content::Outline(_)) => drop(pen.put(area.x + 1, area.y, 1, "…", Role::Quiet)),
        Some(Content::File(entry)) => {
            let (word, role, reason) = words::outcome(app.look.symbols, &entry.outcome);
            let line = [span(format!("{word}  "), role), span(reason, Role::Text)];
            pen.spans(area.x + 1, area.y, area.width.saturating_sub(2), &line);
        }
        None => {}
    }
}

fn list(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let narrowed = app.rows.narrowed();
    let order = narrowed.order();
    let counts = (app.rows.len(), app.rows.all());
    let area = chip(app, pen, area, (&narrowed.filter, order.as_deref()), counts);
    if app.rows.is_empty() {
        empty(app, pen, area);
        return;
    }
    let shown = columns::fitting(columns::COLUMNS, area.width.saturating_sub(1));
    let mark = if narrowed.reverse { "▲" } else { "▼" };
    let title = columns::sorted_by(narrowed.sort).map(|title| if title == "WHEN" { "TIME" } else { title });
    table::heads(pen, area, &shown, title.map(|title| (title, mark)));
    let rows = usize::from(area.height.saturating_sub(1));
    for (line, row) in app.rows.iter().skip(app.live_at.top).take(rows).enumerate() {
        let y = area.y + 1 + u16::try_from(line).unwrap_or(0);
        let selected = app.live_at.top + line == app.live_at.selected;
        if selected {
            pen.put(area.x, y, 1, "▸", Role::Focus);
        } else if !row.seen {
            pen.put(area.x, y, 1, "!", Role::Outside);
        }
        row_line(
            app,
            pen,
            Rect { x: area.x + 1, y, width: area.width.saturating_sub(1), height: 1 },
            row,
            selected,
            &shown,
        );
    }
}

fn row_line(app: &App, pen: &mut Pen<'_>, area: Rect, row: &Row, selected: bool, shown: &[columns::Shown]) {
    let found = app.search.as_ref().is_some_and(|search| search.hits(&row.haystack()));
    let emphasis = Emphasis { selected, found };
    match &row.content {
        Content::Run(run) | Content::Outline(run) => table::row(app, pen, area, run, emphasis, shown),
        Content::File(entry) => {
            let (word, role, reason) = words::outcome(app.look.symbols, &entry.outcome);
            let end = pen.put(area.x, area.y, 6, &app.clock.hhmm(entry.at_ms), emphasis.of(Role::Quiet));
            let end = pen.put(end + 2, area.y, area.width / 2, words::file_name(&entry.file), emphasis.of(Role::Text));
            let end = pen.put(end + 2, area.y, area.right().saturating_sub(end + 2), &word, role);
            pen.put(end + 2, area.y, area.right().saturating_sub(end + 2), &reason, emphasis.of(Role::Quiet));
        }
    }
}

/// What the list is narrowed to and in which order it stands, over it; the rest of the area.
pub(super) fn chip(
    app: &App,
    pen: &mut Pen<'_>,
    area: Rect,
    said: (&Filter, Option<&str>),
    (shown, all): (usize, usize),
) -> Rect {
    if !layout::narrowed(app) || area.height == 0 {
        return area;
    }
    let (filter, order) = said;
    let mut spans = Vec::new();
    if !filter.is_empty() {
        spans.push(span(format!("f {filter}"), Role::Match));
        spans.push(span("  ", Role::Text));
    }
    spans.extend(order.map(|order| span(order, Role::Key)));
    let counts = format!("{} of {}", thousands(shown as u64), thousands(all as u64));
    let width = u16::try_from(pen.width(&counts)).unwrap_or(0);
    pen.spans(area.x + 1, area.y, area.width.saturating_sub(width + 4), &spans);
    pen.put_right(area.x, area.y, area.width.saturating_sub(1), &counts, Role::Quiet);
    Rect { y: area.y + 1, height: area.height - 1, ..area }
}

/// An empty screen says what will happen on it.
fn empty(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let narrowed = app.rows.narrowed();
    let (filter, history) = (app.key(Action::Filter), app.key(Action::Go(Screen::History)));
    let narrow = match (&narrowed.trouble, app.rows.all()) {
        (Some(trouble), _) => Some(format!("{trouble}. {filter} changes the filter.")),
        (None, 1..) => {
            Some(format!("No run on Live fits the filter. {filter} changes it; older runs are in History, {history}."))
        }
        (None, 0) => None,
    };
    let width = area.width.saturating_sub(4).min(76);
    let mut rest = Rect { x: area.x + 2, y: area.y + 1, width, height: area.height.saturating_sub(1) };
    if !app.opened {
        pen.paragraph(
            rest,
            "Opening the history … Files that arrive meanwhile are judged and shown at once.",
            Role::Text,
        );
        return;
    }
    if let Some(said) = narrow {
        pen.paragraph(rest, &said, Role::Text);
        return;
    }
    for (text, role) in first_words(app) {
        let used = pen.paragraph(rest, &text, role) + 1;
        rest = Rect { y: rest.y + used, height: rest.height.saturating_sub(used), ..rest };
    }
    for ((key, what), y) in first_keys(app).into_iter().zip(rest.y..rest.bottom()) {
        pen.put(rest.x, y, KEYS, &key, Role::Key);
        pen.put(rest.x + KEYS + 1, y, width.saturating_sub(KEYS + 1), what, Role::Text);
    }
}

/// Columns of the keys that are worth trying.
const KEYS: u16 = 6;

/// What is watched, what will happen, and where else files may come from.
fn first_words(app: &App) -> [(String, Role); 3] {
    let folders = app.header.iter().flat_map(|header| &header.folders).map(|folder| folder.path.as_str());
    let folders = folders.collect::<Vec<&str>>().join(", ");
    let watched = if folders.is_empty() { "No folder is watched.".to_owned() } else { format!("Watching {folders}") };
    [
        (format!("No trim file yet. {watched}"), Role::Selected),
        (
            "A workbook that is dropped there is judged as soon as it is closed, and stands here with the reason of its \
             verdict. Files are only read, never changed."
                .to_owned(),
            Role::Text,
        ),
        (
            "`trimwatch ingest FOLDER` takes older files into the history; `trimwatch demo` shows a screen at work."
                .to_owned(),
            Role::Quiet,
        ),
    ]
}

/// Keys for somebody who sees the program for the first time.
fn first_keys(app: &App) -> [(String, &'static str); 5] {
    [
        (app.key(Action::Help), "help: what this screen shows, its keys, its marks"),
        (app.key(Action::Palette), "everything that can be done here, found by typing"),
        (app.key(Action::Rescan), "look through the folders now"),
        (app.key(Action::Go(Screen::Log)), "how every file ended, and why"),
        (app.key(Action::Quit), "quit"),
    ]
}

fn detail(app: &App, pen: &mut Pen<'_>, area: Rect, run: &ArrivedRun) {
    match layout::size(app.size.0, app.size.1) {
        Size::Full => full(app, pen, area, run),
        Size::Medium => medium(app, pen, area, run),
        Size::Small | Size::Tiny if area.height > 4 => medium(app, pen, area, run),
        Size::Small | Size::Tiny => {
            let line = explain(&run.record.run);
            pen.put(area.x + 1, area.y, area.width.saturating_sub(2), &line, Role::Text);
        }
    }
}

/// One pane a track, side by side, over the line that explains the shown one.
fn full(app: &App, pen: &mut Pen<'_>, area: Rect, run: &ArrivedRun) {
    let judged = &run.record.run;
    let panes = Rect { height: area.height.saturating_sub(2), ..area };
    let shown = app.shown_track();
    let count = judged.tracks.len().clamp(1, 2);
    let first = if app.zoom && app.focus > 0 { shown } else { shown.saturating_sub(shown % 2) };
    let side_by_side = count == 2 && !(app.zoom && app.focus > 0);
    let each = if side_by_side { panes.width / 2 } else { panes.width };
    for (at, index) in (first..judged.tracks.len()).take(if side_by_side { 2 } else { 1 }).enumerate() {
        let x = panes.x + each * u16::try_from(at).unwrap_or(0);
        let width = if at + 1 < count && side_by_side { each - 1 } else { panes.right() - x };
        track::pane(app, pen, Rect { x, width, ..panes }, run, index);
    }
    let text = judged.tracks.get(shown).map(|track| said(judged.tracks.len(), &track.name, &explain_track(track)));
    let area = Rect { x: area.x + 1, y: panes.bottom(), width: area.width.saturating_sub(2), height: 2 };
    pen.paragraph(area, &text.unwrap_or_default(), Role::Text);
}

fn said(tracks: usize, name: &str, explanation: &str) -> String {
    if tracks > 1 { format!("{name}: {explanation}") } else { explanation.to_owned() }
}

/// One pane: the track that is shown, with the line that explains it.
fn medium(app: &App, pen: &mut Pen<'_>, area: Rect, run: &ArrivedRun) {
    let shown = app.shown_track();
    let pane = Rect { height: area.height.saturating_sub(1), ..area };
    track::compact(app, pen, pane, run, shown);
    if let Some(track) = run.record.run.tracks.get(shown) {
        let line = said(run.record.run.tracks.len(), &track.name, &explain_track(track));
        pen.put(area.x + 1, pane.bottom(), area.width.saturating_sub(2), &line, Role::Text);
    }
}
