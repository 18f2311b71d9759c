//! Parameter sheets: a value found by its label.

use super::workbook::Grid;

/// Rows of a parameter sheet that are searched; real ones have about 60.
const MAX_ROWS: u32 = 200;

/// A parameter sheet with labels in one column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Labels<'a> {
    grid: &'a Grid,
    label_column: u32,
}

impl<'a> Labels<'a> {
    /// Labels stand in this column (0 in System A, 1 in System B's value-first sheets).
    pub(super) fn new(grid: &'a Grid, label_column: u32) -> Self {
        Self { grid, label_column }
    }

    /// The number in `column` of the first row whose label begins with `label`, any case.
    pub(super) fn number(&self, label: &str, column: u32) -> Option<f64> {
        self.grid.number(self.row(label)?, column)
    }

    /// The name in `column` of the first row whose label begins with `label`, any case.
    pub(super) fn name(&self, label: &str, column: u32) -> Option<String> {
        self.grid.name_at(self.row(label)?, column)
    }

    /// The first column from 1 whose head equals `head`, blanks and hyphens alike.
    pub(super) fn column(&self, head: &str) -> Option<u32> {
        (1..64).find(|&column| {
            let cell = self.grid.name_at(0, column).unwrap_or_default();
            cell.replace('-', " ").trim().eq_ignore_ascii_case(head)
        })
    }

    fn row(&self, label: &str) -> Option<u32> {
        (0..self.grid.rows().min(MAX_ROWS)).find(|&row| {
            let cell = self.grid.cell(row, self.label_column);
            matches!(cell, super::workbook::Cell::Text(text) if begins_with(text, label))
        })
    }
}

fn begins_with(text: &str, label: &str) -> bool {
    text.get(..label.len()).is_some_and(|head| head.eq_ignore_ascii_case(label))
}
