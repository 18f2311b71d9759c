//! Rows of a sheet → the points of a sweep, and whether anybody ever measured it.

use super::error::CellRef;
use super::run::{Mark, Point, Sweep};
use super::workbook::{Cell, Grid};

/// Volts within which a measured value counts as copied from theory, or a ramp as exact.
const TEMPLATE_TOLERANCE: f64 = 1e-9;
/// A ramp shorter than this may be chance.
const MIN_RAMP_POINTS: usize = 10;

/// Where a layout keeps the columns of a sweep (column A = 0).
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns {
    /// Measured, volts.
    pub(super) measured: u32,
    /// Theory, volts.
    pub(super) theory: u32,
    /// Linearity error, volts.
    pub(super) error: u32,
    /// Position.
    pub(super) position: u32,
    /// Upper limit, volts.
    pub(super) upper: u32,
    /// Lower limit, volts.
    pub(super) lower: u32,
    /// The station's mark.
    pub(super) mark: Option<u32>,
    /// First row that may hold a point.
    pub(super) first_row: u32,
    /// System B: a blank position ends the sweep whatever stands beside it.
    pub(super) blank_position_ends: bool,
}

/// One row as it stands, values optional.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) position: Option<f64>,
    pub(super) error: Option<f64>,
    pub(super) upper: Option<f64>,
    pub(super) lower: Option<f64>,
    pub(super) theory: Option<f64>,
    pub(super) measured: Option<f64>,
    pub(super) mark: Mark,
    /// First cell of the row that holds neither a number nor nothing.
    pub(super) defect: Option<String>,
}

impl Row {
    pub(super) fn read(grid: &Grid, columns: Columns, row: u32) -> Self {
        let mut defect = None;
        let mut value = |column| match grid.cell(row, column) {
            Cell::Number(number) => Some(number),
            Cell::Blank | Cell::NotAvailable => None,
            Cell::Text(text) => {
                defect.get_or_insert_with(|| {
                    let cell = CellRef { row, column };
                    let short: String = text.chars().take(24).collect();
                    format!("{}!{cell}: text \"{short}\" where a number belongs", grid.name())
                });
                None
            }
            Cell::Absurd(number) => {
                defect.get_or_insert_with(|| {
                    let cell = CellRef { row, column };
                    format!("{}!{cell}: {number:e} is no measurement", grid.name())
                });
                None
            }
        };
        Self {
            position: value(columns.position),
            error: value(columns.error),
            upper: value(columns.upper),
            lower: value(columns.lower),
            theory: value(columns.theory),
            measured: value(columns.measured),
            mark: columns.mark.map_or(Mark::Unmarked, |column| mark(&grid.cell(row, column))),
            defect,
        }
    }

    /// The usable point of this row: position and error are both there.
    pub(super) fn point(&self) -> Option<Point> {
        Some(Point {
            position: self.position?,
            error: self.error?,
            upper: self.upper,
            lower: self.lower,
            theory: self.theory,
            measured: self.measured,
            mark: self.mark,
        })
    }

    fn ends_sweep(&self, columns: Columns, begun: bool) -> bool {
        let blank_error = self.error.is_none() || columns.blank_position_ends;
        self.defect.is_none() && self.position.is_none() && blank_error && (begun || columns.blank_position_ends)
    }
}

fn mark(cell: &Cell<'_>) -> Mark {
    match cell {
        Cell::NotAvailable => Mark::Inside,
        Cell::Number(_) => Mark::Outside,
        _ => Mark::Unmarked,
    }
}

/// The rows of a sheet up to the end of its sweep.
pub(super) fn rows(grid: &Grid, columns: Columns) -> Vec<Row> {
    let mut found = Vec::new();
    for index in columns.first_row..grid.rows() {
        let row = Row::read(grid, columns, index);
        if row.ends_sweep(columns, !found.is_empty()) {
            break;
        }
        if row.position.is_some() || row.error.is_some() || row.defect.is_some() {
            found.push(row);
        }
    }
    found
}

/// The sweep these rows hold, or nothing when nobody measured it.
pub(super) fn measured_sweep(sheet: &str, rows: &[Row]) -> Option<Sweep> {
    let sweep = Sweep {
        sheet: sheet.to_owned(),
        points: rows.iter().filter_map(Row::point).collect(),
        defect: rows.iter().find_map(|row| row.defect.clone()),
    };
    let anything = rows.iter().any(|row| row.measured.is_some());
    let measured = sweep.defect.is_some() || (anything && !is_template(&sweep.points));
    measured.then_some(sweep)
}

/// Whether the measured column is blank, copied from theory, or an exact ramp: an operator saved a template.
fn is_template(points: &[Point]) -> bool {
    let measured: Vec<f64> = points.iter().filter_map(|point| point.measured).collect();
    let copied = points.iter().filter(|p| p.measured.is_some()).all(|point| {
        matches!((point.measured, point.theory),
            (Some(measured), Some(theory)) if (measured - theory).abs() <= TEMPLATE_TOLERANCE)
    });
    let ramp = measured.len() >= MIN_RAMP_POINTS
        && measured.windows(3).all(|three| match three {
            [a, b, c] => ((c - b) - (b - a)).abs() <= TEMPLATE_TOLERANCE,
            _ => false,
        });
    !points.is_empty() && (measured.is_empty() || copied || ramp)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(measured: Option<f64>, theory: f64) -> Point {
        Point {
            position: theory,
            error: 0.0,
            upper: None,
            lower: None,
            theory: Some(theory),
            measured,
            mark: Mark::Unmarked,
        }
    }

    #[test]
    fn a_sheet_nobody_measured_is_a_template() {
        let steps: Vec<f64> = (0..12u32).map(f64::from).collect();
        let blank: Vec<Point> = steps.iter().map(|&t| point(None, t)).collect();
        let copied: Vec<Point> = steps.iter().map(|&t| point(Some(t * t), t * t)).collect();
        let ramp: Vec<Point> = steps.iter().map(|&t| point(Some(0.5 * t + 3.0), t * t)).collect();
        let real: Vec<Point> = steps.iter().map(|&t| point(Some(t + (t * 7.0).sin() * 1e-3), t)).collect();
        assert!(is_template(&blank));
        assert!(is_template(&copied));
        assert!(is_template(&ramp));
        assert!(!is_template(&real));
    }
}
