//! How many cells a workbook may span before anybody builds a grid of them.

use super::error::{CellRef, ReadError, ReadErrorKind};
use super::limits::Limits;

/// Largest (last row + 1) · (last column + 1) of a sheet's actual cells.
const MAX_SHEET_AREA: u64 = 1_000_000;
/// Last row index that is accepted.
const MAX_ROW: u32 = 65_535;
/// Last column index that is accepted.
pub(super) const MAX_COLUMN: u32 = 255;

/// Adds up the cell areas of a workbook and refuses what is too large.
#[derive(Debug)]
pub(super) struct AreaBudget {
    /// Most that all sheets span together.
    most: u64,
    total: u64,
    rows: u64,
    columns: u64,
}

impl Default for AreaBudget {
    fn default() -> Self {
        Self::within(Limits::default().cells)
    }
}

impl AreaBudget {
    /// As many cells as a site allows a file.
    pub(super) fn within(most: u64) -> Self {
        Self { most, total: 0, rows: 0, columns: 0 }
    }

    /// Notes an actual cell of the current sheet.
    #[inline]
    pub(super) fn cell(&mut self, row: u32, column: u32) -> Result<(), ReadError> {
        // Nearly every cell lies inside what was met before.
        if u64::from(row) < self.rows && u64::from(column) < self.columns {
            return Ok(());
        }
        self.grow(row, column)
    }

    fn grow(&mut self, row: u32, column: u32) -> Result<(), ReadError> {
        if row > MAX_ROW || column > MAX_COLUMN {
            return Err(ReadError::file(
                ReadErrorKind::TooLarge,
                format!("a cell beyond row {} or column IV", MAX_ROW + 1),
            )
            .at(CellRef { row, column }));
        }
        self.rows = self.rows.max(u64::from(row) + 1);
        self.columns = self.columns.max(u64::from(column) + 1);
        if self.rows * self.columns > MAX_SHEET_AREA {
            return Err(ReadError::file(
                ReadErrorKind::TooLarge,
                format!("a sheet spans more than {MAX_SHEET_AREA} cells"),
            ));
        }
        if self.total + self.rows * self.columns > self.most {
            return Err(self.too_many());
        }
        Ok(())
    }

    /// Closes the current sheet.
    pub(super) fn end_sheet(&mut self) -> Result<(), ReadError> {
        self.total += self.rows * self.columns;
        (self.rows, self.columns) = (0, 0);
        if self.total > self.most { Err(self.too_many()) } else { Ok(()) }
    }

    fn too_many(&self) -> ReadError {
        let cause = format!("the sheets span more than {} cells (limits.cells)", self.most);
        ReadError::file(ReadErrorKind::TooLarge, cause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_far_out_is_refused_before_any_grid_is_built() {
        let mut budget = AreaBudget::default();
        assert!(budget.cell(65_535, 14).is_ok());
        assert!(budget.cell(0, 255).is_err(), "65,536 rows by 256 columns");
        let mut budget = AreaBudget::default();
        assert!(budget.cell(1_048_575, 16_383).is_err());
    }
}
