//! Why a workbook could not be read: sheet, cell, cause.

use std::fmt;

use thiserror::Error;

/// One cell by absolute position: row 0, column 0 is A1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellRef {
    /// Row from 0.
    pub row: u32,
    /// Column from 0.
    pub column: u32,
}

impl fmt::Display for CellRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = Vec::new();
        let mut rest = u64::from(self.column) + 1;
        while rest > 0 {
            let digit = u8::try_from((rest - 1) % 26).unwrap_or(0);
            letters.push(char::from(b'A' + digit));
            rest = (rest - 1) / 26;
        }
        let name: String = letters.iter().rev().collect();
        write!(f, "{name}{}", u64::from(self.row) + 1)
    }
}

/// What kind of trouble a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadErrorKind {
    /// Cut short or zero-tailed: most likely a copy still in progress. Retry before calling it corrupt.
    Unfinished,
    /// Not a workbook at all, whatever its name says.
    NotAWorkbook,
    /// A workbook whose structure is damaged.
    Corrupt,
    /// Larger than the bounds that keep one file from hurting the program.
    TooLarge,
    /// Its time was spent before it was read.
    TooSlow,
    /// A sound workbook that no trim station wrote.
    UnknownLayout,
}

impl ReadErrorKind {
    /// The word in the program's own log.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unfinished => "unfinished",
            Self::NotAWorkbook => "not-a-workbook",
            Self::Corrupt => "corrupt",
            Self::TooLarge => "too-large",
            Self::TooSlow => "too-slow",
            Self::UnknownLayout => "unknown-layout",
        }
    }
}

/// One workbook could not be read. Displays as `Lin Error!D14: cause`; the caller adds the path.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct ReadError {
    /// What kind of trouble.
    pub kind: ReadErrorKind,
    /// The sheet, when the trouble has one.
    pub sheet: Option<String>,
    /// The cell, when the trouble has one.
    pub cell: Option<CellRef>,
    /// The cause, a sentence without the place.
    pub cause: String,
}

impl ReadError {
    /// An error about the file as a whole.
    pub fn file(kind: ReadErrorKind, cause: impl Into<String>) -> Self {
        Self { kind, sheet: None, cell: None, cause: cause.into() }
    }

    /// The same error, placed on a sheet.
    #[must_use]
    pub fn on(mut self, sheet: &str) -> Self {
        self.sheet = Some(sheet.to_owned());
        self
    }

    /// The same error, placed at a cell of its sheet.
    #[must_use]
    pub fn at(mut self, cell: CellRef) -> Self {
        self.cell = Some(cell);
        self
    }

    /// Whether the file may simply not be complete yet.
    pub fn is_unfinished(&self) -> bool {
        self.kind == ReadErrorKind::Unfinished
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.sheet, self.cell) {
            (Some(sheet), Some(cell)) => write!(f, "{sheet}!{cell}: {}", self.cause),
            (Some(sheet), None) => write!(f, "{sheet}: {}", self.cause),
            (None, Some(cell)) => write!(f, "{cell}: {}", self.cause),
            (None, None) => f.write_str(&self.cause),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_in_a_spreadsheet() {
        let named = |row, column| CellRef { row, column }.to_string();
        assert_eq!(named(0, 0), "A1");
        assert_eq!(named(13, 3), "D14");
        assert_eq!(named(0, 25), "Z1");
        assert_eq!(named(0, 26), "AA1");
        assert_eq!(named(1_048_575, 16_383), "XFD1048576");
    }

    #[test]
    fn an_error_names_sheet_cell_and_cause() {
        let error = ReadError::file(ReadErrorKind::Corrupt, "text where a number belongs")
            .on("Lin Error")
            .at(CellRef { row: 13, column: 3 });
        assert_eq!(error.to_string(), "Lin Error!D14: text where a number belongs");
    }
}
