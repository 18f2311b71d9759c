//! Rows as a workbook: each goes to disk as it comes, and what one sheet does not hold goes on in the next.

use std::io::Write;
use std::path::Path;

use rust_xlsxwriter::{Format, Workbook, Worksheet};

use super::cell::Cell;
use super::printable;
use super::sink::{ExportError, RowSink};

/// Rows of a sheet, its head among them: the format's own limit.
pub const SHEET_ROWS: u32 = 1_048_576;
/// UTF-16 units of a cell: the format's own limit.
const MOST_UNITS: usize = 32_767;

/// A workbook of one table.
pub struct XlsxRows<W: Write + Send> {
    book: Workbook,
    out: W,
    title: String,
    columns: Vec<String>,
    rows_a_sheet: u32,
    sheet: Rows,
    /// Sheets that are full.
    full: Vec<Worksheet>,
}

impl<W: Write + Send> XlsxRows<W> {
    /// An empty table. What does not fit into memory lies in unnamed files in `aside` until it is finished.
    ///
    /// # Errors
    /// When nothing can be written there.
    pub fn new(out: W, aside: &Path, title: &str, columns: &[&str]) -> Result<Self, ExportError> {
        Self::in_sheets_of(SHEET_ROWS, out, aside, title, columns)
    }

    /// The same with sheets of so many rows.
    ///
    /// # Errors
    /// As [`XlsxRows::new`].
    pub fn in_sheets_of(
        rows_a_sheet: u32,
        out: W,
        aside: &Path,
        title: &str,
        columns: &[&str],
    ) -> Result<Self, ExportError> {
        let mut book = book(aside)?;
        let sheet = Rows::new(&mut book, title, columns)?;
        let (title, columns) = (title.to_owned(), columns.iter().map(|column| (*column).to_owned()).collect());
        Ok(Self { book, out, title, columns, rows_a_sheet: rows_a_sheet.max(2), sheet, full: Vec::new() })
    }
}

impl<W: Write + Send> RowSink for XlsxRows<W> {
    fn row(&mut self, row: &[Cell<'_>]) -> Result<(), ExportError> {
        if self.sheet.next >= self.rows_a_sheet {
            let name = format!("{} {}", self.title, self.full.len() + 2);
            let columns: Vec<&str> = self.columns.iter().map(String::as_str).collect();
            let next = Rows::new(&mut self.book, &name, &columns)?;
            self.full.push(std::mem::replace(&mut self.sheet, next).sheet);
        }
        self.sheet.row(row)
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        for sheet in self.full.drain(..) {
            self.book.push_worksheet(sheet);
        }
        self.book.push_worksheet(self.sheet.sheet);
        self.book.save_to_writer(&mut self.out)?;
        self.out.flush()?;
        Ok(())
    }
}

/// A workbook whose rows wait in unnamed files of a folder.
pub(super) fn book(aside: &Path) -> Result<Workbook, ExportError> {
    let mut book = Workbook::new();
    book.set_tempdir(aside)?;
    Ok(book)
}

/// One sheet of rows under a head, kept on disk as it grows.
pub(super) struct Rows {
    pub(super) sheet: Worksheet,
    /// Where the next row goes.
    pub(super) next: u32,
}

impl Rows {
    pub(super) fn new(book: &mut Workbook, name: &str, columns: &[&str]) -> Result<Self, ExportError> {
        let mut sheet = book.new_worksheet_with_constant_memory()?;
        sheet.set_name(name)?;
        // In this mode widths go to disk before the first cell.
        for (at, column) in (0..).zip(columns) {
            sheet.set_column_width(at, width(column))?;
        }
        head(&mut sheet, 0, columns)?;
        sheet.set_freeze_panes(1, 0)?.set_repeat_rows(0, 0)?;
        Ok(Self { sheet, next: 1 })
    }

    pub(super) fn row(&mut self, row: &[Cell<'_>]) -> Result<(), ExportError> {
        put(&mut self.sheet, self.next, row)?;
        self.next += 1;
        Ok(())
    }
}

/// Width of a column, characters: its name in bold, and what stands under it where that is longer as a rule.
fn width(column: &str) -> f64 {
    let text = match column {
        "time" | "opened" | "from" | "to" => 20,
        "run" | "model" | "disposition" | "sheet" => 14,
        "explanation" | "reason" | "sentence" | "warnings" => 60,
        "file" | "path" => 36,
        _ => 9,
    };
    f64::from(text.max(u32::try_from(column.chars().count() + 2).unwrap_or(9)))
}

/// Names of columns.
pub(super) fn head(sheet: &mut Worksheet, at: u32, columns: &[&str]) -> Result<(), ExportError> {
    let bold = Format::new().set_bold();
    for (column, name) in (0_u16..).zip(columns) {
        sheet.write_string_with_format(at, column, *name, &bold)?;
    }
    Ok(())
}

/// A row; texts are texts, whatever they begin with.
pub(super) fn put(sheet: &mut Worksheet, at: u32, row: &[Cell<'_>]) -> Result<(), ExportError> {
    for (column, cell) in (0_u16..).zip(row) {
        match cell {
            Cell::Empty => continue,
            Cell::Text(text) => sheet.write_string(at, column, cell_text(text))?,
            Cell::Number(figure) => sheet.write_number(at, column, *figure)?,
            Cell::Single(figure) => sheet.write_number(at, column, f64::from(*figure))?,
            Cell::Count(count) => sheet.write_number(at, column, *count as f64)?,
            Cell::Flag(flag) => sheet.write_boolean(at, column, *flag)?,
        };
    }
    Ok(())
}

/// A text without control characters, as long as a cell may be.
pub(super) fn cell_text(text: &str) -> String {
    let text = printable(text);
    if text.len() <= MOST_UNITS {
        return text.into_owned();
    }
    let mut units = 1;
    let fits = |c: &char| {
        units += c.len_utf16();
        units <= MOST_UNITS
    };
    let cut: String = text.chars().take_while(fits).collect();
    if cut.len() < text.len() { format!("{cut}…") } else { cut }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_longer_than_a_cell_is_cut_and_says_so() {
        let long = "Ω".repeat(40_000);
        assert_eq!(cell_text(&long).encode_utf16().count(), MOST_UNITS);
        assert!(cell_text(&long).ends_with('…'));
        assert_eq!(cell_text("246"), "246");
    }
}
