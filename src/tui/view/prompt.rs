//! What is asked for in the last lines: the line that is typed, and over it what may be typed or what is wrong.

use ratatui::layout::Rect;

use super::pen::{Pen, Span, span};
use crate::history::Filter;
use crate::tui::app::{App, Overlay};
use crate::tui::line::Line;
use crate::tui::prompt::{Prompt, Word};
use crate::tui::theme::Role;

const FILTER_HINT: &str = "Enter shows, Esc leaves   model:8340* sn: sec: status:fail,error laser: disp: risk:>0.7 \
     margin:<0 r:>12 out: change: passes:>=2 since:1d until: excluded:yes   -word negates, bare words are looked for";

/// Draws the prompt over the line at `area` and the one above it.
pub(super) fn draw(pen: &mut Pen<'_>, area: Rect, prompt: &Prompt) {
    let (hint, role) = hint(prompt);
    let above = Rect { y: area.y.saturating_sub(1), ..area };
    if area.y > 0 {
        pen.clear(above);
        pen.put(area.x + 1, above.y, area.width.saturating_sub(2), &hint, role);
    }
    pen.clear(area);
    pen.spans(area.x + 1, area.y, area.width.saturating_sub(2), &typed(pen, prompt, area.width.saturating_sub(2)));
}

/// What is wrong, else what may be typed.
pub(super) fn hint(prompt: &Prompt) -> (String, Role) {
    match prompt {
        Prompt::Filter(line) => match Filter::parse(line.text()) {
            Ok(_) => (FILTER_HINT.to_owned(), Role::Quiet),
            Err(error) => (error.to_string(), Role::Warning),
        },
        Prompt::SaveAs(_) => ("Enter keeps the filter under this name, Esc leaves".to_owned(), Role::Quiet),
        Prompt::Word(word) => {
            let done = if word.exclude { "takes it out of yield, charts and training" } else { "lets it count again" };
            let still = if word.is_whole() { "Enter" } else { "reason and initials, then Enter" };
            (format!("{}: {still} {done}; Tab changes, Esc leaves", word.name), Role::Quiet)
        }
    }
}

/// The line, cut at its beginning so that the cursor is seen.
pub(super) fn typed(pen: &Pen<'_>, prompt: &Prompt, width: u16) -> Vec<Span> {
    let room = usize::from(width);
    match prompt {
        Prompt::Filter(line) => labelled(pen, "filter ", line, room),
        Prompt::SaveAs(line) => labelled(pen, "name ", line, room),
        Prompt::Word(word) => of_word(pen, word, room),
    }
}

fn labelled(pen: &Pen<'_>, label: &'static str, line: &Line, room: usize) -> Vec<Span> {
    let mut spans = vec![span(label, Role::Key)];
    spans.extend(edited(pen, line, room.saturating_sub(label.len())));
    spans
}

fn of_word(pen: &Pen<'_>, word: &Word, room: usize) -> Vec<Span> {
    let label = if word.exclude { "exclude, because " } else { "count again, because " };
    let mut spans = vec![span(label, Role::Key)];
    let by = word.by.text();
    let taken = label.len() + 6 + pen.width(by).max(2);
    let still = |line: &Line| vec![span(line.text(), Role::Text)];
    let reason = if word.at_by { still(&word.reason) } else { edited(pen, &word.reason, room.saturating_sub(taken)) };
    spans.extend(reason);
    spans.push(span("  by ", Role::Key));
    let initials = if word.at_by { edited(pen, &word.by, 12) } else { still(&word.by) };
    spans.extend(initials);
    spans
}

/// The text with its cursor.
fn edited(pen: &Pen<'_>, line: &Line, room: usize) -> Vec<Span> {
    let (before, after) = line.halves();
    let mut shown = before;
    while pen.width(shown) + 1 > room.max(1)
        && let Some(first) = shown.chars().next()
    {
        shown = shown.get(first.len_utf8()..).unwrap_or_default();
    }
    let mut rest = after.chars();
    let under = rest.next().map_or_else(|| "_".to_owned(), |c| c.to_string());
    vec![span(shown, Role::Text), span(under, Role::Cursor), span(rest.as_str(), Role::Text)]
}

/// The list of saved filters.
pub(super) fn saved(app: &App, pen: &mut Pen<'_>) {
    let Some(Overlay::Saved { at }) = app.overlay else { return };
    let filters = &app.remembered.filters;
    let (columns, rows) = app.size;
    let width = columns.saturating_sub(4).min(90);
    let height = u16::try_from(filters.len() + 3).unwrap_or(u16::MAX).min(rows.saturating_sub(2)).max(4);
    let area = Rect::new(columns.saturating_sub(width) / 2, rows.saturating_sub(height) / 2, width, height);
    pen.clear(area);
    let inside = pen.frame(area, &[span("saved filters", Role::Title)], Role::Focus);
    let room = usize::from(inside.height.saturating_sub(1)).max(1);
    let top = (at + 1).saturating_sub(room);
    for ((index, saved), y) in filters.iter().enumerate().skip(top).take(room).zip(inside.y..) {
        let role = if index == at { Role::Selected } else { Role::Text };
        let mark = if index == at { "▸" } else { " " };
        pen.put(inside.x, y, 1, mark, Role::Focus);
        pen.put(inside.x + 1, y, 20, &saved.name, role);
        let said = format!("{}  by {}", saved.filter, saved.sort.word());
        pen.put(inside.x + 22, y, inside.width.saturating_sub(23), &said, Role::Quiet);
    }
    let y = inside.bottom().saturating_sub(1);
    pen.put(inside.x + 1, y, inside.width.saturating_sub(2), "Enter shows, d deletes, Esc leaves", Role::Quiet);
}
