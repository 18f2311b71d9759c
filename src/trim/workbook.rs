//! The one place that knows calamine: sheets by name, cells by absolute position.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io::Cursor;
use std::rc::Rc;

use calamine::{Data, DataRef, Range, Reader, Xls, Xlsx};

use super::area::AreaBudget;
use super::error::{CellRef, ReadError, ReadErrorKind};
use super::limits::Bounds;
use super::prescan::Format;

/// Beyond this no volt, ohm or degree was ever measured; differences of such values still fit in the single precision
/// that curves are kept in, and squares in an f64.
const MAX_MAGNITUDE: f64 = 1e30;
/// What is smaller is nothing: nobody can measure it, and dividing by it leaves the range of an f64.
const MIN_MAGNITUDE: f64 = 1e-30;

/// What one cell holds, in the terms of a trim station.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell<'a> {
    /// Nothing, the text `NaN`, or an error cell other than `#N/A`.
    Blank,
    /// A number, integer or float, dates as Excel serials.
    Number(f64),
    /// The error cell `#N/A` (BIFF code 42): no value, but the station's mark for *inside*.
    NotAvailable,
    /// Any other text, trimmed.
    Text(&'a str),
    /// A number no instrument gives (infinite or beyond 1e30).
    Absurd(f64),
}

impl Cell<'_> {
    /// The number, when there is one.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Cell::Number(value) => Some(*value),
            _ => None,
        }
    }

    /// The cell as a name: text as it stands, an integral number without its fraction.
    pub(super) fn name(&self) -> Option<String> {
        match self {
            Cell::Text(text) => Some((*text).to_owned()),
            Cell::Number(value) => Some(format!("{value}")),
            _ => None,
        }
    }
}

/// What opening alone costs: calamine's part of reading, for measuring the rest against.
///
/// # Errors
/// When calamine cannot open the file.
pub fn open_only(bytes: &[u8]) -> Result<usize, String> {
    let sheets = if bytes.starts_with(b"PK") {
        Xlsx::new(Cursor::new(bytes)).map_err(|e| e.to_string())?.sheet_names().len()
    } else {
        Xls::new(Cursor::new(bytes)).map_err(|e| e.to_string())?.sheet_names().len()
    };
    Ok(sheets)
}

/// One sheet, addressed from A1 whatever its first used cell is.
#[derive(Debug)]
pub(super) struct Grid {
    name: String,
    cells: Range<Data>,
}

impl Grid {
    /// The sheet's name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Rows up to the last used one.
    pub(super) fn rows(&self) -> u32 {
        self.cells.end().map_or(0, |(row, _)| row + 1)
    }

    /// The cell at an absolute position.
    pub(super) fn cell(&self, row: u32, column: u32) -> Cell<'_> {
        match self.cells.get_value((row, column)) {
            Some(Data::Error(calamine::CellErrorType::NA)) => Cell::NotAvailable,
            None | Some(Data::Empty | Data::Bool(_) | Data::Error(_)) => Cell::Blank,
            Some(Data::Float(value)) => number(*value),
            Some(Data::Int(value)) => number(*value as f64),
            Some(Data::DateTime(date)) => number(date.as_f64()),
            Some(Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text)) => worded(text),
        }
    }

    /// The number at an absolute position.
    pub(super) fn number(&self, row: u32, column: u32) -> Option<f64> {
        self.cell(row, column).number()
    }

    /// The name at an absolute position.
    pub(super) fn name_at(&self, row: u32, column: u32) -> Option<String> {
        self.cell(row, column).name()
    }
}

fn number<'a>(value: f64) -> Cell<'a> {
    if value.is_nan() {
        Cell::Blank
    } else if value.abs() > MAX_MAGNITUDE {
        Cell::Absurd(value)
    } else if value.abs() < MIN_MAGNITUDE {
        Cell::Number(0.0)
    } else {
        Cell::Number(value)
    }
}

fn worded(text: &str) -> Cell<'_> {
    let text = text.trim();
    if text.is_empty() || text.eq_ignore_ascii_case("nan") { Cell::Blank } else { Cell::Text(text) }
}

enum Inner<'a> {
    Xls(Box<Xls<Cursor<&'a [u8]>>>),
    Xlsx(Box<Xlsx<Cursor<&'a [u8]>>>),
}

/// An opened workbook. Sheets are materialised when asked for, once.
pub(super) struct Workbook<'a> {
    names: Vec<String>,
    inner: RefCell<Inner<'a>>,
    grids: RefCell<HashMap<String, Rc<Grid>>>,
}

impl<'a> Workbook<'a> {
    /// Opens bytes that passed the pre-scan.
    pub(super) fn open(bytes: &'a [u8], format: Format, bounds: &Bounds<'_>) -> Result<Self, ReadError> {
        let corrupt = |e: &dyn std::fmt::Display| {
            ReadError::file(ReadErrorKind::Corrupt, format!("the workbook cannot be opened: {e}"))
        };
        let inner = match format {
            Format::Xls => {
                let book = Xls::new(Cursor::new(bytes)).map_err(|e| corrupt(&e))?;
                Inner::Xls(Box::new(book))
            }
            Format::Xlsx => {
                let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|e| corrupt(&e))?;
                bounds.sheets(book.sheet_names().len())?;
                check_areas(&mut book, bounds)?;
                Inner::Xlsx(Box::new(book))
            }
        };
        let names = match &inner {
            Inner::Xls(book) => book.sheet_names(),
            Inner::Xlsx(book) => book.sheet_names(),
        };
        Ok(Self { names, inner: RefCell::new(inner), grids: RefCell::default() })
    }

    /// The sheets' names, in workbook order.
    pub(super) fn sheet_names(&self) -> &[String] {
        &self.names
    }

    /// Whether a sheet of exactly this name is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|n| n == name)
    }

    /// The sheet of this name.
    pub(super) fn grid(&self, name: &str) -> Result<Rc<Grid>, ReadError> {
        if let Some(grid) = self.grids.borrow().get(name) {
            return Ok(Rc::clone(grid));
        }
        let cells = self.materialise(name).map_err(|e| e.on(name))?;
        let grid = Rc::new(Grid { name: name.to_owned(), cells });
        self.grids.borrow_mut().insert(name.to_owned(), Rc::clone(&grid));
        Ok(grid)
    }

    fn materialise(&self, name: &str) -> Result<Range<Data>, ReadError> {
        match &mut *self.inner.borrow_mut() {
            Inner::Xls(book) => book.worksheet_range(name).map_err(|e| damaged(&e)),
            Inner::Xlsx(book) => xlsx_range(book, name),
        }
    }
}

fn damaged(cause: &dyn std::fmt::Display) -> ReadError {
    ReadError::file(ReadErrorKind::Corrupt, format!("the sheet cannot be read: {cause}"))
}

/// Walks the cells of every `.xlsx` sheet and refuses areas that are too large, before any grid is built. A sheet
/// that cannot be walked is left to whoever asks for it.
fn check_areas(book: &mut Xlsx<Cursor<&[u8]>>, bounds: &Bounds<'_>) -> Result<(), ReadError> {
    let (mut budget, mut cells) = (AreaBudget::within(bounds.limits.cells), 0);
    for name in book.sheet_names() {
        let Ok(mut reader) = book.worksheet_cells_reader(&name) else { continue };
        while let Ok(Some(cell)) = reader.next_cell() {
            let (row, column) = cell.get_position();
            bounds.step(cells)?;
            cells += 1;
            if !matches!(cell.get_value(), DataRef::Empty) {
                budget.cell(row, column).map_err(|e| e.on(&name).at(CellRef { row, column }))?;
            }
        }
        budget.end_sheet()?;
    }
    Ok(())
}

/// Reads an `.xlsx` sheet cell by cell: its declared dimension may be any number, its cells were checked.
fn xlsx_range(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Range<Data>, ReadError> {
    let mut reader = book.worksheet_cells_reader(name).map_err(|e| damaged(&e))?;
    let mut cells = Vec::new();
    while let Some(cell) = reader.next_cell().map_err(|e| damaged(&e))? {
        if !matches!(cell.get_value(), DataRef::Empty) {
            cells.push(calamine::Cell::new(cell.get_position(), Data::from(cell.get_value().clone())));
        }
    }
    // The range builder wants row order, which a forged sheet need not keep.
    cells.sort_by_key(calamine::Cell::get_position);
    Ok(Range::from_sparse(cells))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_instrument_can_tell_from_nothing_is_nothing_and_what_none_reaches_is_absurd() {
        for tiny in [5e-324, -1e-300, 1e-31, -0.0] {
            assert_eq!(number(tiny), Cell::Number(0.0), "{tiny}");
        }
        for absurd in [f64::INFINITY, -1e39, 1e31] {
            assert_eq!(number(absurd), Cell::Absurd(absurd));
        }
        assert_eq!(number(f64::NAN), Cell::Blank);
        assert_eq!(number(-1e-29), Cell::Number(-1e-29));
    }
}
