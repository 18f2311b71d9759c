//! The help: the key map as a list, this screen's keys first.

use ratatui::layout::Rect;

use super::pen::{Pen, span};
use crate::tui::action::{Binding, Screen, Where};
use crate::tui::app::App;
use crate::tui::keymap::bindings;
use crate::tui::theme::Role;

/// Draws the help over the screen.
pub(super) fn draw(app: &App, pen: &mut Pen<'_>, query: &str, scroll: usize) {
    let (columns, rows) = app.size;
    let width = columns.saturating_sub(4).min(72);
    let found = found(app.screen, query);
    let height = u16::try_from(found.len() + 4).unwrap_or(u16::MAX).min(rows.saturating_sub(2)).max(5);
    let area = Rect::new((columns - width) / 2, rows.saturating_sub(height) / 2, width, height);
    pen.clear(area);
    let title = [span(format!("keys on {}", app.screen.title()), Role::Title)];
    let inside = pen.frame(area, &title, Role::Focus);
    let typed = [span("find: ", Role::Quiet), span(query, Role::Text), span("_", Role::Cursor)];
    pen.spans(inside.x + 1, inside.y, inside.width.saturating_sub(1), &typed);
    let room = usize::from(inside.height.saturating_sub(2));
    for (line, binding) in found.iter().skip(scroll).take(room).enumerate() {
        let y = inside.y + 2 + u16::try_from(line).unwrap_or(0);
        pen.put(inside.x + 1, y, 14, &binding.keys.join("  "), Role::Key);
        pen.put(inside.x + 16, y, inside.width.saturating_sub(17), binding.help, Role::Text);
    }
    let below = found.len().saturating_sub(scroll + room);
    if found.is_empty() {
        pen.put(inside.x + 1, inside.y + 2, inside.width, "no key does that", Role::Quiet);
    } else if below > 0 {
        let more = format!("{below} more below");
        pen.put_right(inside.x, inside.y, inside.width.saturating_sub(1), &more, Role::Quiet);
    }
}

/// How many lines a query leaves.
pub fn lines(screen: Screen, query: &str) -> usize {
    found(screen, query).len()
}

/// This screen's own keys, then those of every screen.
fn found(screen: Screen, query: &str) -> Vec<&'static Binding> {
    let query = query.to_lowercase();
    let hits = |binding: &&Binding| {
        let keys = binding.keys.join(" ").to_lowercase();
        binding.help.to_lowercase().contains(&query) || binding.label.contains(&query) || keys.contains(&query)
    };
    let mut found: Vec<&'static Binding> = bindings(screen).filter(hits).collect();
    found.sort_by_key(|binding| binding.place == Where::Everywhere);
    found
}
