//! Yields by day or by model: run yield and unit yield, each named and with its n.

use ratatui::layout::Rect;

use super::pen::{Pen, Span, span};
use super::words::thousands;
use crate::history::{Grouping, Tally, YieldOf, YieldRow};
use crate::tui::app::App;
use crate::tui::theme::Role;

/// Columns of a yield with its n.
const FIGURE: u16 = 16;
/// Columns of the name.
const NAME: u16 = 14;
/// Columns of a count.
const COUNT: u16 = 7;

/// What is shown where.
struct Layout {
    /// Columns of a bar; none where there is no room.
    bar: u16,
    excluded: bool,
}

impl Layout {
    fn of(width: u16) -> Self {
        let figures = NAME + COUNT + 2 * (FIGURE + 2);
        let excluded = width >= figures + COUNT + 6;
        let spare = width.saturating_sub(figures + if excluded { COUNT + 4 } else { 0 });
        Self { bar: if spare >= 12 { (spare / 2 - 2).min(28) } else { 0 }, excluded }
    }
}

/// Draws the list.
pub(super) fn draw(app: &App, pen: &mut Pen<'_>, area: Rect, by: Grouping) {
    if area.height == 0 {
        return;
    }
    let Some((_, rows)) = app.history.yields.as_ref().filter(|(there, _)| *there == by) else {
        let said = match (&app.history.trouble, app.history.building) {
            (Some(why), _) => why.clone(),
            (None, Some(percent)) => format!("The overview of the history is being built: building {percent} %"),
            (None, None) => "…".to_owned(),
        };
        pen.put(area.x + 2, area.y + 1, area.width.saturating_sub(3), &said, Role::Quiet);
        return;
    };
    let layout = Layout::of(area.width.saturating_sub(2));
    heads(pen, area, by, &layout);
    if rows.is_empty() {
        pen.put(area.x + 2, area.y + 2, area.width.saturating_sub(3), "no run fits", Role::Quiet);
    }
    let at = app.history.yields_at;
    for ((row, index), y) in rows.iter().zip(0..).skip(at.top).zip(area.y + 1..area.bottom()) {
        line(pen, Rect { y, height: 1, ..area }, row, index == at.selected, &layout);
    }
}

fn heads(pen: &mut Pen<'_>, area: Rect, by: Grouping, layout: &Layout) {
    let name = match by {
        Grouping::Day => "DAY",
        Grouping::Model => "MODEL",
    };
    pen.put(area.x + 1, area.y, NAME, name, Role::Title);
    let mut x = area.x + 1 + NAME;
    pen.put_right(x, area.y, COUNT, "RUNS", Role::Title);
    x += COUNT + 2;
    for title in ["RUN YIELD", "UNIT YIELD"] {
        pen.put(x, area.y, layout.bar + FIGURE, title, Role::Title);
        x += if layout.bar > 0 { layout.bar + 2 } else { 0 } + FIGURE;
    }
    if layout.excluded {
        pen.put(x, area.y, COUNT + 2, "EXCLUDED", Role::Title);
    }
}

fn line(pen: &mut Pen<'_>, area: Rect, row: &YieldRow, selected: bool, layout: &Layout) {
    if selected {
        pen.put(area.x, area.y, 1, "▸", Role::Focus);
    }
    let text = if selected { Role::Selected } else { Role::Text };
    let name = match &row.of {
        YieldOf::Day(date) => date.to_string(),
        YieldOf::Model(name) => name.clone(),
    };
    pen.put(area.x + 1, area.y, NAME - 1, &name, text);
    let mut x = area.x + 1 + NAME;
    pen.put_right(x, area.y, COUNT, &thousands(row.tally.runs), text);
    x += COUNT + 2;
    let tally = row.tally;
    let (run, unit) = both(tally);
    for (percent, said) in [(tally.yield_percent(), run), (tally.unit_yield_percent(), unit)] {
        if layout.bar > 0 {
            pen.spans(x, area.y, layout.bar, &bar(percent, layout.bar));
            x += layout.bar + 2;
        }
        pen.put(x, area.y, FIGURE - 1, &said, text);
        x += FIGURE;
    }
    if layout.excluded && tally.excluded > 0 {
        pen.put_right(x, area.y, COUNT + 1, &thousands(tally.excluded), Role::Quiet);
    }
}

/// A share of the width; blank of nothing, since nothing is no yield.
fn bar(percent: Option<f64>, width: u16) -> Vec<Span> {
    let Some(percent) = percent else { return Vec::new() };
    let inside = usize::from(width.saturating_sub(2));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of the width")]
    let full = ((percent / 100.0).clamp(0.0, 1.0) * inside as f64).round() as usize;
    vec![
        span("▕", Role::Quiet),
        span("█".repeat(full), Role::Curve),
        span(" ".repeat(inside - full.min(inside)), Role::Quiet),
        span("▏", Role::Quiet),
    ]
}

/// Run yield and unit yield with their n; a dash of nothing.
pub(super) fn both(tally: Tally) -> (String, String) {
    let said = |percent: Option<f64>, n: u64| match percent {
        Some(percent) => format!("{percent:.0} % (n {})", thousands(n)),
        None => "– (n 0)".to_owned(),
    };
    (said(tally.yield_percent(), tally.graded()), said(tally.unit_yield_percent(), tally.units()))
}
