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
        // What else stands in a row without position and error is a remark under the table, not a point.
        let blank = |column| matches!(grid.cell(index, column), Cell::Blank | Cell::NotAvailable);
        let (no_position, no_error) = (blank(columns.position), blank(columns.error));
        let no_point = no_position && no_error;
        if (no_position && columns.blank_position_ends) || (no_point && !found.is_empty()) {
            break;
        }
        if !no_point {
            found.push(Row::read(grid, columns, index));
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
    // A template stays one where some of its rows are no points, and where its points alone betray it.
    let column = is_template(rows.iter().map(|row| (row.measured, row.theory)));
    let usable = !sweep.points.is_empty() && is_template(sweep.points.iter().map(|p| (p.measured, p.theory)));
    let measured = sweep.defect.is_some() || !(column || usable);
    measured.then_some(sweep)
}

/// Whether a column of measured values, each beside its theory, is blank, copied from theory, or an exact ramp: an
/// operator saved a template.
fn is_template(rows: impl Iterator<Item = (Option<f64>, Option<f64>)>) -> bool {
    let rows: Vec<(f64, Option<f64>)> = rows.filter_map(|(measured, theory)| Some((measured?, theory))).collect();
    let copied = rows
        .iter()
        .all(|(measured, theory)| theory.is_some_and(|theory| (measured - theory).abs() <= TEMPLATE_TOLERANCE));
    let ramp = rows.len() >= MIN_RAMP_POINTS
        && rows.windows(3).all(|three| match three {
            [(a, _), (b, _), (c, _)] => ((c - b) - (b - a)).abs() <= TEMPLATE_TOLERANCE,
            _ => false,
        });
    copied || ramp
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_nobody_measured_is_a_template() {
        let steps: Vec<f64> = (0..12u32).map(f64::from).collect();
        let with = |measured: &dyn Fn(f64) -> Option<f64>| {
            is_template(steps.iter().map(|&t| (measured(t), Some(t * t))).collect::<Vec<_>>().into_iter())
        };
        assert!(with(&|_| None), "blank");
        assert!(with(&|t| Some(t * t)), "copied");
        assert!(with(&|t| Some(0.5 * t + 3.0)), "an exact ramp");
        assert!(!with(&|t| Some(t + (t * 7.0).sin() * 1e-3)), "measured");
    }

    fn row(n: u32, measured: f64, error: Option<f64>) -> Row {
        let position = Some(f64::from(n));
        let (upper, lower, theory) = (Some(1.0), Some(-1.0), Some(f64::from(n)));
        Row { position, error, upper, lower, theory, measured: Some(measured), mark: Mark::Unmarked, defect: None }
    }

    #[test]
    fn a_template_is_left_out_even_where_some_of_its_errors_are_blank() {
        let copied: Vec<Row> = (0..20).map(|n| row(n, f64::from(n), None)).collect();
        assert_eq!(measured_sweep("1 TRM2", &copied), None, "no point at all");
        let error = |n: u32| (!n.is_multiple_of(3)).then_some(0.01);
        let ramp: Vec<Row> = (0..20).map(|n| row(n, 3.0 + 0.125 * f64::from(n), error(n))).collect();
        assert_eq!(measured_sweep("1 TRM2", &ramp), None, "the points alone are no ramp, the column is");
    }
}
