//! A whole table as a value: what a screen shows, on its way to a file.

use std::io::{BufWriter, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::cell::Cell;
use super::sink::{CsvRows, ExportError, JsonRows, RowSink};
use super::xlsx::XlsxRows;

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// Comma-separated.
    Csv,
    /// One JSON object a line.
    Json,
    /// A workbook.
    Xlsx,
}

impl Format {
    /// The ending of its files.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "jsonl",
            Self::Xlsx => "xlsx",
        }
    }

    /// A table of this kind under a head. A workbook keeps what is not finished in unnamed files in `aside`.
    ///
    /// # Errors
    /// What the file says.
    pub fn sink<'a>(
        self,
        out: impl Write + Send + 'a,
        aside: &Path,
        title: &str,
        columns: &[&str],
    ) -> Result<Box<dyn RowSink + 'a>, ExportError> {
        Ok(match self {
            Self::Csv => Box::new(CsvRows::new(out, columns)?),
            Self::Json => Box::new(JsonRows::new(out, columns)),
            Self::Xlsx => Box::new(XlsxRows::new(BufWriter::new(out), aside, title, columns)?),
        })
    }
}

/// A table with its head.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sheet {
    /// What it is of: a part of the file's name, whatever stands in it.
    pub of: String,
    /// The head.
    pub columns: Vec<String>,
    /// The rows, all as wide.
    pub rows: Vec<Vec<Cell<'static>>>,
}

impl Sheet {
    /// An empty table.
    pub fn new(of: impl Into<String>, columns: &[&str]) -> Self {
        let columns = columns.iter().map(|column| (*column).to_owned()).collect();
        Self { of: of.into(), columns, rows: Vec::new() }
    }
}
