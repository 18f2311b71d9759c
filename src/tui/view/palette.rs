//! The palette: everything that can be done on this screen, searched by typing.

use ratatui::layout::Rect;

use super::pen::{Pen, span};
use crate::tui::app::{App, Overlay};
use crate::tui::lookup;
use crate::tui::theme::Role;

/// Columns of the keys.
const KEYS: u16 = 14;
/// A palette of more columns has room for the actions' names.
const WIDE: u16 = 66;
/// Columns of the names.
const NAMES: u16 = 18;

/// Draws the palette over the screen.
pub(super) fn draw(app: &App, pen: &mut Pen<'_>) {
    let Some(Overlay::Palette { query, at }) = &app.overlay else { return };
    let (columns, rows) = app.size;
    let found = lookup::found(&app.look.keys, app.screen, query);
    let width = columns.saturating_sub(4).min(92);
    let height = u16::try_from(found.len() + 4).unwrap_or(u16::MAX).min(rows.saturating_sub(2)).max(5).min(rows);
    let area = Rect::new((columns - width) / 2, rows.saturating_sub(height) / 2, width, height);
    pen.clear(area);
    let title = [span(format!("what can be done on {}", app.screen.title()), Role::Title)];
    let inside = pen.frame(area, &title, Role::Focus);
    let typed = [span(": ", Role::Quiet), span(query.as_str(), Role::Text), span("_", Role::Cursor)];
    pen.spans(inside.x + 1, inside.y, inside.width.saturating_sub(1), &typed);
    let room = usize::from(inside.height.saturating_sub(2)).max(1);
    let top = (at + 1).saturating_sub(room);
    for ((index, bound), y) in found.iter().enumerate().skip(top).take(room).zip(inside.y + 2..inside.bottom()) {
        let selected = index == *at;
        pen.put(inside.x, y, 1, if selected { "▸" } else { " " }, Role::Focus);
        pen.put(inside.x + 1, y, KEYS, &super::written(app, bound), Role::Key);
        let names = if inside.width >= WIDE { NAMES } else { 0 };
        let help = inside.width.saturating_sub(KEYS + 3 + names);
        let role = if selected { Role::Selected } else { Role::Text };
        pen.put(inside.x + KEYS + 2, y, help, bound.binding.help, role);
        if names > 0 {
            pen.put_right(inside.right() - names, y, names - 1, &bound.action().name(), Role::Quiet);
        }
    }
    if found.is_empty() {
        let said = "nothing here is called that; Backspace takes letters back";
        pen.put(inside.x + 1, inside.y + 2, inside.width.saturating_sub(2), said, Role::Quiet);
    }
}
