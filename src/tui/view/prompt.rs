//! What is asked for in the last lines: the line that is typed, and over it what may be typed or what is wrong.

use ratatui::layout::Rect;

use super::pen::{Pen, Span, span};
use crate::history::Filter;
use crate::tui::app::{App, Overlay};
use crate::tui::line::Line;
use crate::tui::prompt::{Beginning, Field, Prompt, SeenTo, Test, Word};
use crate::tui::search::test_word;
use crate::tui::theme::Role;

const FILTER_HINT: &str = "Enter shows, Esc leaves   model:8340* sn: sec: status:fail,error laser: disp: risk:>0.7 \
     margin:<0 r:>12 out: change: passes:>=2 since:1d until: excluded:yes   -word negates, bare words are looked for";

/// Draws the prompt over the line at `area` and the one above it.
pub(super) fn draw(app: &App, pen: &mut Pen<'_>, area: Rect, prompt: &Prompt) {
    let (hint, role) = hint(app, prompt);
    let above = Rect { y: area.y.saturating_sub(1), ..area };
    if area.y > 0 {
        pen.clear(above);
        pen.put(area.x + 1, above.y, area.width.saturating_sub(2), &hint, role);
    }
    pen.clear(area);
    let width = area.width.saturating_sub(2);
    pen.spans(area.x + 1, area.y, width, &typed(app, pen, prompt, width));
    if let Prompt::SeenTo(seen) = prompt {
        above_causes(app, pen, above, seen);
    }
}

/// Draws a question over the line that says how it is answered.
pub(super) fn confirm(pen: &mut Pen<'_>, area: Rect, question: &str) {
    let above = Rect { y: area.y.saturating_sub(1), ..area };
    pen.clear(above);
    pen.put(area.x + 1, above.y, area.width.saturating_sub(2), question, Role::State);
    pen.clear(area);
    pen.spans(area.x + 1, area.y, area.width.saturating_sub(2), &ANSWERS.map(|(text, role)| span(text, role)));
}

/// How a question is answered.
pub(super) const ANSWERS: [(&str, Role); 4] =
    [("y", Role::Key), (" does it   ", Role::Text), ("n", Role::Key), (" leaves it as it is", Role::Text)];

/// As what the view is written.
pub(super) const FORMATS: [(&str, Role); 9] = [
    ("export as  ", Role::State),
    ("c", Role::Key),
    (" CSV   ", Role::Text),
    ("j", Role::Key),
    (" JSON lines   ", Role::Text),
    ("x", Role::Key),
    (" Excel   ", Role::Text),
    ("Esc", Role::Key),
    (" leaves", Role::Text),
];

/// What is wrong, else what may be typed.
pub(super) fn hint(app: &App, prompt: &Prompt) -> (String, Role) {
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
        Prompt::Test(test) => (test_hint(test), Role::Quiet),
        Prompt::SeenTo(seen) => (seen_hint(app, seen), Role::Quiet),
        Prompt::Beginning(wish) => beginning_hint(wish),
        Prompt::By(..) => ("your initials, then Enter; they are remembered. Esc leaves".to_owned(), Role::Quiet),
    }
}

/// The line, cut at its beginning so that the cursor is seen.
pub(super) fn typed(app: &App, pen: &Pen<'_>, prompt: &Prompt, width: u16) -> Vec<Span> {
    let room = usize::from(width);
    match prompt {
        Prompt::Filter(line) => labelled(pen, "filter ", line, room),
        Prompt::SaveAs(line) => labelled(pen, "name ", line, room),
        Prompt::Word(word) => of_word(pen, word, room),
        Prompt::Test(test) => of_test(pen, test, room),
        Prompt::By(_, line) => labelled(pen, "by ", line, room),
        Prompt::SeenTo(seen) => of_seen(app, pen, seen, room),
        Prompt::Beginning(wish) => of_beginning(pen, wish, room),
    }
}

fn test_hint(test: &Test) -> String {
    let name = &test.name;
    match (test.passed, test.is_whole()) {
        (None, _) => format!("{name}: what did the final test say of this part? Esc leaves"),
        (Some(None), true) => format!("{name}: Enter takes back what was said; Tab changes, Esc leaves"),
        (Some(Some(_)), true) => format!("{name}: a note if there is one, Enter keeps it; Tab changes, Esc leaves"),
        (Some(_), false) => {
            format!("{name}: a note if there is one, and initials, then Enter; Tab changes, Esc leaves")
        }
    }
}

/// Where the causes are chosen from; what the alarm said stands in the line over it.
fn seen_hint(app: &App, seen: &SeenTo) -> String {
    match (&app.drift.list, seen.field) {
        (None, Field::First) => "the causes are asked for … Esc leaves".to_owned(),
        (Some(list), Field::First) if list.causes.is_empty() => {
            "no cause is configured: Enter goes on, Esc leaves".to_owned()
        }
        (_, Field::First) => "what did it come from? its number, or Tab and Enter; Esc leaves".to_owned(),
        _ if seen.is_whole() => {
            "a note if there is one, Enter keeps it; Tab changes, ↑ other cause, Esc leaves".to_owned()
        }
        _ => "a note if there is one, and initials, then Enter; Tab changes, ↑ other cause, Esc leaves".to_owned(),
    }
}

/// The alarm's sentence over the hint.
fn above_causes(app: &App, pen: &mut Pen<'_>, hint: Rect, seen: &SeenTo) {
    let lines = pen.lines(&seen.sentence, hint.width.saturating_sub(2));
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(3).min(hint.y);
    let area = Rect { y: hint.y - height, height, ..hint };
    if app.size.1 < area.height + 4 {
        return;
    }
    pen.clear(area);
    pen.paragraph(Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area }, &seen.sentence, Role::Selected);
}

fn of_seen(app: &App, pen: &Pen<'_>, seen: &SeenTo, room: usize) -> Vec<Span> {
    let causes = app.drift.list.as_ref().map_or(&[][..], |list| &list.causes);
    if seen.field != Field::First {
        let cause = causes.get(seen.cause).map_or("unspecified", String::as_str);
        return noted(pen, &format!("{cause}, note "), (&seen.note, &seen.by), seen.field == Field::By, room);
    }
    // The marked one is always seen, whatever room there is.
    let width = |index: usize, cause: &str| pen.width(cause) + index.to_string().len() + 3;
    let upto: usize = causes.iter().enumerate().take(seen.cause + 1).map(|(index, cause)| width(index, cause)).sum();
    let first = if upto <= room { 0 } else { seen.cause };
    let mut spans = vec![span(if first > 0 { "… " } else { "" }, Role::Quiet)];
    for (index, cause) in causes.iter().enumerate().skip(first) {
        let role = if index == seen.cause { Role::Cursor } else { Role::Text };
        spans.push(span(format!("{} ", index + 1), Role::Key));
        spans.push(span(cause.as_str(), role));
        spans.push(span("  ", Role::Text));
    }
    spans
}

fn beginning_hint(wish: &Beginning) -> (String, Role) {
    let whose = &wish.stream;
    match wish.lacks() {
        Some(Field::First) => ("from which day on? like 2026-03-09; Tab changes, Esc leaves".to_owned(), Role::Warning),
        Some(_) => {
            (format!("{whose}: a new baseline of lots from that day on; reason and initials, then Enter"), Role::Quiet)
        }
        None => {
            (format!("{whose}: Enter asks for a new baseline from that day on; Tab changes, Esc leaves"), Role::Quiet)
        }
    }
}

fn of_beginning(pen: &Pen<'_>, wish: &Beginning, room: usize) -> Vec<Span> {
    let fields = [
        ("from ", &wish.from, Field::First),
        ("  because ", &wish.reason, Field::Words),
        ("  by ", &wish.by, Field::By),
    ];
    let taken: usize = fields.iter().map(|(label, ..)| label.len()).sum();
    let still: usize =
        fields.iter().filter(|(.., field)| *field != wish.field).map(|(_, line, _)| pen.width(line.text())).sum();
    let mut spans = Vec::new();
    for (label, line, field) in fields {
        spans.push(span(label, Role::Key));
        if field == wish.field {
            spans.extend(edited(pen, line, room.saturating_sub(taken + still).max(8)));
        } else {
            spans.push(span(line.text(), Role::Text));
        }
    }
    spans
}

fn of_test(pen: &Pen<'_>, test: &Test, room: usize) -> Vec<Span> {
    let Some(passed) = test.passed else {
        let keys = [("p", " passed   "), ("f", " FAILED   "), ("b", " take back what was said")];
        return keys.into_iter().flat_map(|(key, word)| [span(key, Role::Key), span(word, Role::Text)]).collect();
    };
    noted(pen, &format!("{}, note ", test_word(passed)), (&test.note, &test.by), test.at_by, room)
}

fn labelled(pen: &Pen<'_>, label: &'static str, line: &Line, room: usize) -> Vec<Span> {
    let mut spans = vec![span(label, Role::Key)];
    spans.extend(edited(pen, line, room.saturating_sub(label.len())));
    spans
}

fn of_word(pen: &Pen<'_>, word: &Word, room: usize) -> Vec<Span> {
    let label = if word.exclude { "exclude, because " } else { "count again, because " };
    noted(pen, label, (&word.reason, &word.by), word.at_by, room)
}

/// What is noted with the initials of whoever notes it, one of them with the cursor.
fn noted(pen: &Pen<'_>, label: &str, (note, by): (&Line, &Line), at_by: bool, room: usize) -> Vec<Span> {
    let mut spans = vec![span(label, Role::Key)];
    let taken = label.len() + 6 + pen.width(by.text()).max(2);
    let still = |line: &Line| vec![span(line.text(), Role::Text)];
    spans.extend(if at_by { still(note) } else { edited(pen, note, room.saturating_sub(taken)) });
    spans.push(span("  by ", Role::Key));
    spans.extend(if at_by { edited(pen, by, 12) } else { still(by) });
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
