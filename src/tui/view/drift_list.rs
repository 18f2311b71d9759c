//! The list of Drift: product models ranked, each with its state, a year of yield and why.

use ratatui::layout::Rect;

use super::pen::Pen;
use super::words::thousands;
use crate::monitoring::{DriftLine, GoodOf, Standing, StreamKey};
use crate::trim::LocalTime;
use crate::tui::app::App;
use crate::tui::drift::DriftPane;
use crate::tui::layout;
use crate::tui::symbols::Symbols;
use crate::tui::theme::Role;

/// Eighths of a bar, for a yield of 0 … 100 %.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const STATE: u16 = 22;
const MONTHS: u16 = 12;
const NINETY: u16 = 13;
/// A sentence in fewer columns says nothing.
const LEAST_WHY: u16 = 20;

/// What stands where at a width; 0 = not at all. The sentence goes first, then the strip, then the yield.
struct Columns {
    name: u16,
    months: u16,
    ninety: u16,
    why: u16,
}

impl Columns {
    fn of(width: u16, longest: u16) -> Self {
        let name = longest.clamp(9, if width >= 99 { 20 } else { 14 });
        let mut spare = width.saturating_sub(name + 1 + STATE);
        let mut take = |columns: u16, least: u16| {
            let taken = if spare > least { columns.min(spare - 1) } else { 0 };
            spare -= if taken > 0 { taken + 1 } else { 0 };
            taken
        };
        let ninety = take(NINETY, NINETY);
        let months = take(MONTHS, MONTHS);
        Self { name, months, ninety, why: take(u16::MAX, LEAST_WHY) }
    }
}

/// Draws the list.
pub(super) fn draw(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let lines = app.drift.lines();
    let building = app.drift.list.as_ref().and_then(|list| list.building);
    if lines.is_empty() {
        let said = match (building, &app.drift.list) {
            (Some(percent), _) => format!("The charts are made from the history: {percent} %"),
            (None, Some(_)) => "No run to chart yet: a trimmed, judged unit makes the first point.".to_owned(),
            (None, None) if app.opened => "How the models run is asked for …".to_owned(),
            (None, None) => "Opening the history …".to_owned(),
        };
        let role = if building.is_some() { Role::State } else { Role::Text };
        pen.put(area.x + 2, area.y + 1, area.width.saturating_sub(3), &said, role);
        return;
    }
    let longest = lines.iter().map(|line| pen.width(&name(&line.stream))).max().unwrap_or(0);
    let columns = Columns::of(area.width.saturating_sub(2), u16::try_from(longest).unwrap_or(u16::MAX));
    heads(pen, area, &columns);
    if let Some(percent) = building {
        pen.put_right(
            area.x,
            area.y,
            area.width.saturating_sub(1),
            &format!("charts are made: {percent} %"),
            Role::State,
        );
    }
    let at = app.drift.at;
    let rows = layout::list_rows(app);
    for ((line, index), y) in lines.iter().zip(0..).skip(at.top).take(rows).zip(area.y + 1..) {
        if index == at.selected {
            let role = if app.drift.focus == DriftPane::List { Role::Focus } else { Role::Quiet };
            pen.put(area.x, y, 1, "▸", role);
        }
        let place = Rect { x: area.x + 1, y, width: area.width.saturating_sub(2), height: 1 };
        row(app, pen, place, line, index == at.selected, &columns);
    }
}

fn heads(pen: &mut Pen<'_>, area: Rect, columns: &Columns) {
    let titles = [
        ("MODEL", columns.name),
        ("STATE", STATE),
        ("12 MONTHS", columns.months),
        ("90 D YIELD", columns.ninety),
        ("WHY", columns.why),
    ];
    let mut x = area.x + 1;
    for (title, width) in titles.into_iter().filter(|(_, width)| *width > 0) {
        pen.put(x, area.y, width, title, Role::Title);
        x += width + 1;
    }
}

fn row(app: &App, pen: &mut Pen<'_>, area: Rect, line: &DriftLine, selected: bool, columns: &Columns) {
    let quiet = matches!(line.standing, Standing::Idle { .. } | Standing::Learning { .. });
    let text = match (selected, quiet) {
        (true, _) => Role::Selected,
        (false, true) => Role::Quiet,
        (false, false) => Role::Text,
    };
    let (state, role) = state(app, line);
    let role = if role == Role::Quiet { text } else { role };
    let cells = [
        (name(&line.stream), columns.name, text),
        (state, STATE, role),
        (strip(app.look.symbols, &line.months), columns.months, if quiet { Role::Quiet } else { Role::Text }),
        (ninety(line), columns.ninety, text),
        (line.why.clone(), columns.why, if selected { Role::Text } else { Role::Quiet }),
    ];
    let mut x = area.x;
    for (cell, width, role) in cells.into_iter().filter(|(_, width, _)| *width > 0) {
        pen.put(x, area.y, width, &cell, role);
        x += width + 1;
    }
}

/// `8340-1 LTS`.
pub(super) fn name(stream: &StreamKey) -> String {
    format!("{} {}", stream.model, stream.laser).trim_end().to_owned()
}

/// The state's mark and words.
pub(super) fn state(app: &App, line: &DriftLine) -> (String, Role) {
    let newest = app.drift.list.as_ref().and_then(|list| list.newest).unwrap_or(line.last);
    match line.standing {
        Standing::Alarm { since } => (format!("▲ alarm {}", age(since, newest)), Role::Outside),
        Standing::Watch => ("● watch".to_owned(), Role::Warning),
        Standing::InControl => ("○ in control".to_owned(), Role::Text),
        Standing::Learning { lots, of_lots, units, of_units } => {
            let said = if lots < of_lots {
                format!("· learning {lots} of {of_lots} lots")
            } else {
                format!("· {units} of {of_units} units")
            };
            (said, Role::Quiet)
        }
        Standing::Idle { days: 1 } => ("· idle 1 day".to_owned(), Role::Quiet),
        Standing::Idle { days } => (format!("· idle {days} days"), Role::Quiet),
    }
}

/// Between two moments of the plant's clock: `2 d` by the calendar, `5 h`, `now`.
fn age(since: LocalTime, newest: LocalTime) -> String {
    let hours = (newest.timestamp() - since.timestamp()).max(0) / 3_600;
    match hours {
        0 => "now".to_owned(),
        1..24 => format!("{hours} h"),
        _ => format!("{} d", newest.date.days() - since.date.days()),
    }
}

/// A year of yields, one character a month, all on one scale of 0 … 100 %.
fn strip(symbols: Symbols, months: &[GoodOf; 12]) -> String {
    months.iter().map(|month| month.percent().map_or('·', |percent| bar(symbols, percent))).collect()
}

fn bar(symbols: Symbols, percent: f64) -> char {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of ten or less")]
    let of = |parts: f64| ((percent.clamp(0.0, 100.0) / 100.0 * parts) as usize).min(parts as usize - 1);
    match symbols {
        Symbols::Unicode | Symbols::Console => BARS.get(of(8.0)).copied().unwrap_or('█'),
        Symbols::Ascii => char::from_digit(u32::try_from(of(10.0)).unwrap_or(9), 10).unwrap_or('9'),
    }
}

/// `61 % n 402`; no rate of nothing.
pub(super) fn ninety(line: &DriftLine) -> String {
    let GoodOf { units, .. } = line.ninety;
    line.ninety
        .percent()
        .map_or_else(|| "–".to_owned(), |percent| format!("{percent:3.0} % n {}", thousands(u64::from(units))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strip_has_one_scale_and_no_bar_for_a_month_without_units() {
        let month = |good, units| GoodOf { good, units };
        let mut months = [GoodOf::default(); 12];
        months[..5].copy_from_slice(&[month(0, 9), month(1, 2), month(99, 100), month(10, 10), month(1, 8)]);
        assert_eq!(strip(Symbols::Unicode, &months), "▁▅██▂·······");
        assert_eq!(strip(Symbols::Ascii, &months), "05991·······");
    }

    #[test]
    fn columns_go_in_a_fixed_order() {
        let shown = |width| {
            let columns = Columns::of(width, 11);
            (columns.ninety > 0, columns.months > 0, columns.why > 0)
        };
        assert_eq!(
            [118, 92, 78, 58, 40].map(shown),
            [(true, true, true), (true, true, true), (true, true, false), (true, false, false), (false, false, false),]
        );
    }
}
