//! What kind of trouble a file is, said without any word of the file.

use crate::intake::ReadOnceError;
use crate::trim::{CellRef, ReadError, ReadErrorKind};

/// Why a file could not be read. It quotes nothing, so that it may stand where nobody is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// Its bytes could not be had.
    Bytes(&'static str),
    /// The reader refused it, at this cell where it is about one.
    Workbook(ReadErrorKind, Option<CellRef>),
    /// The reader panicked.
    Panic,
    /// The reader did not end in its time.
    Endless,
}

impl Failure {
    /// The kind in one word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Bytes(word) => word,
            Self::Workbook(kind, _) => kind.word(),
            Self::Panic => "panic",
            Self::Endless => "endless",
        }
    }

    /// The cell it is about.
    pub fn cell(self) -> Option<CellRef> {
        match self {
            Self::Workbook(_, cell) => cell,
            _ => None,
        }
    }

    /// Whether the file may just not be complete yet.
    pub fn is_unfinished(self) -> bool {
        matches!(self, Self::Workbook(ReadErrorKind::Unfinished, _))
    }
}

impl From<&ReadError> for Failure {
    fn from(error: &ReadError) -> Self {
        Self::Workbook(error.kind, error.cell)
    }
}

impl From<&ReadOnceError> for Failure {
    fn from(error: &ReadOnceError) -> Self {
        Self::Bytes(error.word())
    }
}
