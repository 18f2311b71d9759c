//! What the two charts of Drift have in common: one step a point, levels with names, changes of the station, the
//! baseline's bracket, dates.

use ratatui::layout::Rect;

use super::columns::day_month;
use super::pen::Pen;
use super::plot::{Layer, Plot};
use crate::monitoring::DriftCharts;
use crate::trim::{LocalDate, LocalTime};
use crate::tui::theme::Role;

/// Columns of the numbers at the left.
const NUMBERS: u16 = 7;
/// Columns of the names at the right, where the chart is wide enough.
const NAMES: u16 = 18;
/// The same where a sigma is spelled.
const NAMES_SPELLED: u16 = 22;
/// A chart of fewer columns keeps them all for itself.
const WIDE: u16 = 68;

/// In a chart of more rows a vertical line is seen with half of its cells, which are half the bytes.
const TALL: u16 = 20;

/// The rows and columns of a chart.
pub(super) struct Frame {
    /// Where it is drawn.
    pub(super) plot: Rect,
    left: u16,
    /// Columns of the names at the right.
    names: u16,
    notes: Option<u16>,
    bracket: Option<u16>,
    dates: Option<u16>,
    /// The last line: the point under the cursor, else what the marks mean.
    pub(super) words: Rect,
}

impl Frame {
    /// Cuts an area; nothing where it is too small for any chart.
    pub(super) fn of(pen: &Pen<'_>, area: Rect) -> Option<Self> {
        let names = match (area.width, pen.is_ascii()) {
            (WIDE.., false) => NAMES,
            (WIDE.., true) => NAMES_SPELLED,
            _ => 0,
        };
        let width = area.width.checked_sub(NUMBERS + names).filter(|width| *width >= 8)?;
        let (notes, bracket, dates) = (area.height >= 8, area.height >= 7, area.height >= 5);
        let under = 1 + u16::from(bracket) + u16::from(dates);
        let height = area.height.checked_sub(under + u16::from(notes)).filter(|height| *height > 0)?;
        let plot = Rect { x: area.x + NUMBERS, y: area.y + u16::from(notes), width, height };
        let words = Rect { y: area.bottom() - 1, height: 1, ..area };
        Some(Self {
            plot,
            left: area.x,
            names,
            notes: notes.then_some(area.y),
            bracket: bracket.then_some(plot.bottom()),
            dates: dates.then_some(plot.bottom() + u16::from(bracket)),
            words,
        })
    }
}

/// A horizontal line with its number and its name.
pub(super) struct Level {
    pub(super) y: f64,
    pub(super) number: String,
    pub(super) name: String,
    pub(super) glyph: char,
    pub(super) role: Role,
}

/// Writes the numbers at the left and the names at the right; the first one keeps its row, a later one moves.
pub(super) fn labels(pen: &mut Pen<'_>, frame: &Frame, plot: &Plot, levels: &[Level]) {
    let (mut numbered, mut named) = (Vec::new(), Vec::new());
    for level in levels {
        let Some(row) = plot.row(level.y) else { continue };
        if !level.number.is_empty() && !numbered.contains(&row) {
            numbered.push(row);
            pen.put_right(frame.left, frame.plot.y + row, NUMBERS - 1, &level.number, Role::Quiet);
        }
        if frame.names > 0 && !level.name.is_empty() {
            let near = [0i32, -1, 1, -2, 2].into_iter().map(|by| i32::from(row) + by);
            let rows = 0..i32::from(frame.plot.height);
            let free = near.filter_map(|row| rows.contains(&row).then(|| u16::try_from(row).ok()).flatten());
            let Some(row) = free.into_iter().find(|row| !named.contains(row)) else { continue };
            named.push(row);
            pen.put(frame.plot.right() + 1, frame.plot.y + row, frame.names - 1, &level.name, level.role);
        }
    }
}

/// Something that happened between two points, or at one.
pub(super) struct Note {
    pub(super) x: f64,
    pub(super) text: String,
    pub(super) glyph: char,
    pub(super) role: Role,
}

/// Changes of the station and new beginnings, where `place` puts their time.
pub(super) fn notes(charts: &DriftCharts, place: impl Fn(LocalTime) -> Option<f64>) -> Vec<Note> {
    let markers = charts.markers.iter().filter_map(|marker| {
        Some(Note { x: place(marker.time)?, text: marker.to_string(), glyph: '┆', role: Role::Key })
    });
    let epochs = charts.epochs.iter().filter_map(|epoch| {
        let text = format!("new baseline: {}", epoch.reason);
        Some(Note { x: place(epoch.from)?, text, glyph: '│', role: Role::Title })
    });
    markers.chain(epochs).collect()
}

/// Draws their lines, in cells where nothing is drawn; quiet, as the points are, so that only their words are seen first.
pub(super) fn uprights(plot: &mut Plot, notes: &[Note]) {
    let every = if plot.rows() > TALL { 2 } else { 1 };
    for note in notes {
        plot.upright(note.x, Layer::Average, every, (note.glyph, Role::Band));
    }
}

/// Writes what they are over the chart, the newest first; one without room is told in the evidence.
pub(super) fn note_words(pen: &mut Pen<'_>, frame: &Frame, plot: &Plot, notes: &[Note]) {
    let Some(y) = frame.notes else { return };
    let mut sorted: Vec<&Note> = notes.iter().collect();
    sorted.sort_by(|a, b| b.x.total_cmp(&a.x));
    let mut free = frame.plot.right() + frame.names;
    for note in sorted {
        let Some(column) = plot.column(note.x).map(|column| frame.plot.x + column) else { continue };
        let width = u16::try_from(pen.width(&note.text)).unwrap_or(u16::MAX);
        // Right of its line, else left of it, else the line alone.
        if width.saturating_add(column + 2) <= free {
            pen.put(column, y, 1, "╷", note.role);
            pen.put(column + 1, y, width, &note.text, note.role);
            free = column;
        } else if column < free && width.saturating_add(frame.left) < column {
            pen.put(column, y, 1, "╷", note.role);
            pen.put(column - width, y, width, &note.text, note.role);
            free = (column - width).saturating_sub(1);
        } else if column < free {
            pen.put(column, y, 1, "╷", note.role);
            free = column;
        }
    }
}

/// Marks alarms in the row under the chart; gives back their columns on screen.
pub(super) fn alarm_marks(
    pen: &mut Pen<'_>,
    frame: &Frame,
    plot: &Plot,
    alarms: impl Iterator<Item = (f64, bool)>,
) -> Vec<u16> {
    let Some(y) = frame.bracket else { return Vec::new() };
    let mut columns = Vec::new();
    for (x, open) in alarms {
        if let Some(column) = plot.column(x) {
            let column = frame.plot.x + column;
            pen.glyph(column, y, '▲', if open { Role::Outside } else { Role::Quiet });
            columns.push(column);
        }
    }
    columns
}

/// Brackets the baseline under the chart, from one x to another; its words stand inside or behind, clear of what stands
/// there already.
pub(super) fn bracket(pen: &mut Pen<'_>, frame: &Frame, plot: &Plot, over: (f64, f64), words: &str, taken: &[u16]) {
    let (Some(y), Some(from), Some(to)) = (frame.bracket, plot.column(over.0), plot.column(over.1)) else { return };
    let (from, to) = (frame.plot.x + from, frame.plot.x + to);
    for column in (from..=to).filter(|column| !taken.contains(column)) {
        let glyph = match column {
            first if first == from => '└',
            last if last == to => '┘',
            _ => '─',
        };
        pen.glyph(column, y, glyph, Role::Band);
    }
    for words in [words, "baseline"] {
        let width = u16::try_from(pen.width(words) + 2).unwrap_or(u16::MAX);
        let inside = (to + 1).saturating_sub(from).checked_sub(width + 2).map(|spare| from + 1 + spare / 2);
        let behind = Some(to + 1).filter(|x| x.saturating_add(width) <= frame.plot.right());
        let free = |x: &u16| taken.iter().all(|column| *column < *x || *column >= *x + width);
        if let Some(x) = [inside, behind].into_iter().flatten().find(free) {
            pen.put(x, y, width, &format!(" {words} "), Role::Quiet);
            return;
        }
    }
}

/// Writes the first date, how much is shown, and the last date.
pub(super) fn dates(pen: &mut Pen<'_>, frame: &Frame, ends: (LocalTime, LocalTime), newest: LocalTime, shown: &str) {
    let Some(y) = frame.dates else { return };
    let area = Rect { y, height: 1, ..frame.plot };
    let (first, last) = (day(ends.0.date, newest.date), day(ends.1.date, newest.date));
    let x = pen.put(area.x, y, area.width, &first, Role::Quiet);
    pen.put_right(area.x, y, area.width, &last, Role::Quiet);
    let right = area.right().saturating_sub(u16::try_from(pen.width(&last)).unwrap_or(0));
    let (width, room) = (u16::try_from(pen.width(shown)).unwrap_or(u16::MAX), right.saturating_sub(x));
    if width + 4 <= room {
        pen.put(x + (room - width) / 2, y, width, shown, Role::Quiet);
    } else if frame.names > 0 {
        pen.put(area.right() + 1, y, frame.names - 1, shown, Role::Quiet);
    }
}

/// `3 Mar`, `3 Mar 2025` of another year than the newest run's.
pub(super) fn day(date: LocalDate, newest: LocalDate) -> String {
    if date.year == newest.year { day_month(date) } else { format!("{} {}", day_month(date), date.year) }
}
