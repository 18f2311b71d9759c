//! A chart of cells: dots in layers, single glyphs on top. The marker says what a cell's dots are drawn as.

use ratatui::layout::Rect;

use super::pen::Pen;
use crate::config::Marker;
use crate::tui::theme::Role;

/// Dots across and down one cell.
const DOTS: (i64, i64) = (2, 4);
/// Bits of the eight dots of a braille cell, `[row][column]`.
const BITS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

/// What a line is; later ones cover earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layer {
    /// The untrimmed curve.
    Behind,
    /// The limits.
    Band,
    /// The curve as stored.
    Stored,
    /// Single readings.
    Points,
    /// Their weighted average. Not bold: a dense chart must change styles cheaply.
    Average,
    /// The judged curve.
    Curve,
}

/// Each layer with its role and how a cell of it is drawn where cells are not parted: a dot, a plain character.
const LAYERS: [(Layer, Role, char, char); 6] = [
    (Layer::Behind, Role::Behind, '·', '.'),
    (Layer::Band, Role::Band, '─', '-'),
    (Layer::Stored, Role::Quiet, '·', '.'),
    (Layer::Points, Role::Quiet, '·', '.'),
    (Layer::Average, Role::Text, '•', '*'),
    (Layer::Curve, Role::Curve, '•', '*'),
];
/// The dots of a braille cell's upper half.
const UPPER: u8 = 0x1b;

#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    dots: [u8; LAYERS.len()],
    glyph: Option<(char, Role)>,
}

/// A chart over a range of x and y.
pub(super) struct Plot {
    columns: u16,
    rows: u16,
    x: (f64, f64),
    y: (f64, f64),
    cells: Vec<Cell>,
}

impl Plot {
    /// An empty chart.
    pub(super) fn new(columns: u16, rows: u16, x: (f64, f64), y: (f64, f64)) -> Self {
        let count = usize::from(columns) * usize::from(rows);
        Self { columns, rows, x, y, cells: vec![Cell::default(); count] }
    }

    /// Its range of x.
    pub(super) fn ends(&self) -> (f64, f64) {
        self.x
    }

    /// How many rows it has.
    pub(super) fn rows(&self) -> u16 {
        self.rows
    }

    /// How many columns it has.
    pub(super) fn columns(&self) -> u16 {
        self.columns
    }

    /// The dot of a value; values far outside stay just outside, so that a line is never long.
    fn dot(&self, x: f64, y: f64) -> (i64, i64) {
        let (width, height) = (i64::from(self.columns) * DOTS.0, i64::from(self.rows) * DOTS.1);
        (scale(x, self.x, width), height - 1 - scale(y, self.y, height))
    }

    /// The cell column of an x inside the range.
    pub(super) fn column(&self, x: f64) -> Option<u16> {
        let column = scale(x, self.x, i64::from(self.columns) * DOTS.0).div_euclid(DOTS.0);
        u16::try_from(column).ok().filter(|&column| column < self.columns)
    }

    /// The cell row of a y inside the range, from the top.
    pub(super) fn row(&self, y: f64) -> Option<u16> {
        let row = self.dot(self.x.0, y).1.div_euclid(DOTS.1);
        u16::try_from(row).ok().filter(|&row| row < self.rows)
    }

    /// Draws a straight line.
    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), layer: Layer) {
        let ((mut x, mut y), (end_x, end_y)) = (self.dot(from.0, from.1), self.dot(to.0, to.1));
        let (dx, dy) = ((end_x - x).abs(), -(end_y - y).abs());
        let (step_x, step_y) = ((end_x - x).signum(), (end_y - y).signum());
        let mut error = dx + dy;
        loop {
            self.set(x, y, layer);
            if (x, y) == (end_x, end_y) {
                break;
            }
            let doubled = 2 * error;
            if doubled >= dy {
                error += dy;
                x += step_x;
            }
            if doubled <= dx {
                error += dx;
                y += step_y;
            }
        }
    }

    fn set(&mut self, x: i64, y: i64, layer: Layer) {
        let (column, row) = (x.div_euclid(DOTS.0), y.div_euclid(DOTS.1));
        let (Ok(column), Ok(row)) = (u16::try_from(column), u16::try_from(row)) else { return };
        let bits = usize::try_from(y.rem_euclid(DOTS.1)).ok().and_then(|row| BITS.get(row));
        let bit = bits.and_then(|bits| bits.get(usize::from(x.rem_euclid(DOTS.0) == 1))).copied().unwrap_or(0);
        if let Some(cell) = self.cell(column, row)
            && let Some(dots) = cell.dots.get_mut(layer as usize)
        {
            *dots |= bit;
        }
    }

    fn cell(&mut self, column: u16, row: u16) -> Option<&mut Cell> {
        if column >= self.columns || row >= self.rows {
            return None;
        }
        self.cells.get_mut(usize::from(row) * usize::from(self.columns) + usize::from(column))
    }

    /// Marks a point; beyond the range an arrow at the edge says where it is.
    pub(super) fn mark(&mut self, x: f64, y: f64, inside: Option<char>, role: Role) {
        let Some(column) = self.column(x) else { return };
        let (row, glyph) = if y > self.y.1 {
            (0, Some('▲'))
        } else if y < self.y.0 {
            (self.rows.saturating_sub(1), Some('▼'))
        } else {
            (self.row(y).unwrap_or(0), inside)
        };
        if let (Some(cell), Some(glyph)) = (self.cell(column, row), glyph) {
            cell.glyph = Some((glyph, role));
        }
    }

    /// The cursor's line.
    pub(super) fn cursor(&mut self, x: f64) {
        self.upright(x, Layer::Points, 1, ('│', Role::Cursor));
    }

    /// A single dot.
    pub(super) fn point(&mut self, x: f64, y: f64, layer: Layer) {
        let (x, y) = self.dot(x, y);
        self.set(x, y, layer);
    }

    /// A horizontal line from one x to another, in cells where nothing is drawn; in every `every`th of them.
    pub(super) fn level(&mut self, x: (f64, f64), y: f64, every: usize, (glyph, role): (char, Role)) {
        let dots = i64::from(self.columns) * DOTS.0;
        let last = i64::from(self.columns) - 1;
        let columns = [x.0, x.1].map(|x| scale(x, self.x, dots).div_euclid(DOTS.0).clamp(0, last.max(0)));
        let Some(row) = self.row(y) else { return };
        for column in (columns[0]..=columns[1]).step_by(every) {
            if let Some(cell) = u16::try_from(column).ok().and_then(|column| self.cell(column, row))
                && cell.glyph.is_none()
                && cell.dots.iter().all(|dots| *dots == 0)
            {
                cell.glyph = Some((glyph, role));
            }
        }
    }

    /// A vertical line in the cells of a column that have nothing of a layer or of a later one; in every `every`th.
    pub(super) fn upright(&mut self, x: f64, spares: Layer, every: usize, (glyph, role): (char, Role)) {
        let Some(column) = self.column(x) else { return };
        for row in (0..self.rows).step_by(every) {
            if let Some(cell) = self.cell(column, row)
                && cell.glyph.is_none()
                && cell.dots.iter().skip(spares as usize).all(|&dots| dots == 0)
            {
                cell.glyph = Some((glyph, role));
            }
        }
    }

    /// Writes the chart.
    pub(super) fn render(&self, pen: &mut Pen<'_>, area: Rect) {
        let marker = pen.marker();
        let with_ink = |(_, cell): &(usize, &Cell)| cell.glyph.is_some() || cell.dots != [0; LAYERS.len()];
        for (index, cell) in self.cells.iter().enumerate().filter(with_ink) {
            let (row, column) = (index / usize::from(self.columns), index % usize::from(self.columns));
            let (Ok(column), Ok(row)) = (u16::try_from(column), u16::try_from(row)) else { continue };
            // Limits are dashed: they must not pass for a curve where there is no colour.
            let dashed = |layer: Layer| layer == Layer::Band && column % 3 != 0;
            let drawn_in = |((layer, ..), dots): &(&(Layer, Role, char, char), u8)| *dots != 0 && !dashed(*layer);
            let top = LAYERS.iter().zip(cell.dots).rev().find(drawn_in);
            let drawn = cell.glyph.or_else(|| {
                let ((layer, role, dot, plain), dots) = top?;
                let glyph = match marker {
                    Marker::Braille => char::from_u32(0x2800 + u32::from(dots)).unwrap_or(' '),
                    // What lies behind is as heavy in halves as what counts: it is dotted.
                    Marker::Half if matches!(layer, Layer::Band | Layer::Average | Layer::Curve) => halves(dots),
                    Marker::Half | Marker::Dot => *dot,
                    Marker::Ascii => *plain,
                };
                Some((glyph, *role))
            });
            if let Some((c, role)) = drawn {
                pen.glyph(area.x + column, area.y + row, c, role);
            }
        }
    }
}

/// The halves of a cell that have dots.
fn halves(dots: u8) -> char {
    match (dots & UPPER != 0, dots & !UPPER != 0) {
        (true, true) => '█',
        (true, false) => '▀',
        (false, true) => '▄',
        (false, false) => ' ',
    }
}

/// Where a value stands on `dots` dots; outside the range at most one chart's length away.
fn scale(value: f64, range: (f64, f64), dots: i64) -> i64 {
    let share = (value - range.0) / (range.1 - range.0);
    let share = if share.is_finite() { share.clamp(-1.0, 2.0) } else { -1.0 };
    #[expect(clippy::cast_possible_truncation, reason = "clamped to three charts' length")]
    let dot = (share * (dots - 1) as f64).round() as i64;
    dot
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_find_their_cells_and_those_beyond_get_arrows() {
        let mut plot = Plot::new(10, 5, (0.0, 1.0), (-1.0, 1.0));
        assert_eq!((plot.column(0.0), plot.column(1.0), plot.column(1.2)), (Some(0), Some(9), None));
        assert_eq!((plot.row(1.0), plot.row(-1.0), plot.row(9.0)), (Some(0), Some(4), None));
        plot.mark(0.5, 7.0, None, Role::Outside);
        let at = usize::from(plot.column(0.5).expect("a column"));
        assert_eq!(plot.cells.get(at).and_then(|cell| cell.glyph).map(|(c, _)| c), Some('▲'));
    }

    #[test]
    fn a_cell_is_drawn_by_the_halves_its_dots_stand_in() {
        let dots = |rows: std::ops::Range<usize>| BITS.get(rows).expect("rows").iter().map(|row| row[0]).sum::<u8>();
        assert_eq!([dots(0..1), dots(1..2), dots(2..3), dots(3..4), dots(1..3)].map(halves), ['▀', '▀', '▄', '▄', '█']);
    }

    #[test]
    fn wild_values_cost_nothing_and_break_nothing() {
        let mut plot = Plot::new(10, 5, (0.0, 1.0), (-1.0, 1.0));
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300] {
            plot.line((0.0, 0.0), (1.0, value), Layer::Curve);
            plot.line((value, 0.0), (1.0, 0.0), Layer::Curve);
        }
        Plot::new(0, 0, (0.0, 0.0), (0.0, 0.0)).line((0.0, 0.0), (1.0, 1.0), Layer::Band);
    }
}
