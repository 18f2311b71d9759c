//! Rows written one after the other as comma-separated lines or JSON lines: nothing is held back.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde_json::Value;
use thiserror::Error;

use super::cell::{Cell, defused, defused_first};
use super::json_text::write_json;

/// Why an export ended early.
#[derive(Debug, Error)]
pub enum ExportError {
    /// Whoever takes the rows takes no more.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A comma-separated row.
    #[error(transparent)]
    Csv(#[from] csv::Error),
    /// A JSON line.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// A workbook.
    #[error(transparent)]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
}

/// Takes the rows of a table, all as wide as its head.
pub trait RowSink {
    /// Writes a row.
    ///
    /// # Errors
    /// What the file or pipe says.
    fn row(&mut self, row: &[Cell<'_>]) -> Result<(), ExportError>;

    /// Writes what is left; without it the table is not whole.
    ///
    /// # Errors
    /// What the file or pipe says.
    fn finish(self: Box<Self>) -> Result<(), ExportError>;
}

/// Comma-separated rows under one head.
#[derive(Debug)]
pub struct CsvRows<W: Write> {
    table: csv::Writer<W>,
    /// The figure that is being written.
    figure: String,
}

impl<W: Write> CsvRows<W> {
    /// Writes the head.
    ///
    /// # Errors
    /// What the file or pipe says.
    pub fn new(out: W, columns: &[&str]) -> Result<Self, ExportError> {
        let mut table = csv::WriterBuilder::new().buffer_capacity(1 << 16).from_writer(out);
        table.write_record(columns)?;
        Ok(Self { table, figure: String::new() })
    }

    /// Writes what is held back.
    ///
    /// # Errors
    /// What the file or pipe says.
    pub fn flush(&mut self) -> io::Result<()> {
        self.table.flush()
    }
}

impl<W: Write> RowSink for CsvRows<W> {
    fn row(&mut self, row: &[Cell<'_>]) -> Result<(), ExportError> {
        for (place, cell) in row.iter().enumerate() {
            match cell {
                Cell::Text(text) if place == 0 => self.table.write_field(defused_first(text).as_bytes())?,
                Cell::Text(text) => self.table.write_field(defused(text).as_bytes())?,
                figure => {
                    self.figure.clear();
                    // Nothing that is written to a text fails.
                    let _ = write!(self.figure, "{figure}");
                    self.table.write_field(&self.figure)?;
                }
            }
        }
        self.table.write_record(None::<&[u8]>)?;
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        self.table.flush()?;
        Ok(())
    }
}

/// One JSON object a line; what is not known is `null`.
#[derive(Debug)]
pub struct JsonRows<W: Write> {
    out: io::BufWriter<W>,
    /// `"column":`, in order.
    keys: Vec<String>,
}

impl<W: Write> JsonRows<W> {
    /// Writes nothing yet.
    pub fn new(out: W, columns: &[&str]) -> Self {
        let keys = columns.iter().map(|column| format!("{}:", Value::from(*column))).collect();
        Self { out: io::BufWriter::with_capacity(1 << 16, out), keys }
    }
}

impl<W: Write> RowSink for JsonRows<W> {
    fn row(&mut self, row: &[Cell<'_>]) -> Result<(), ExportError> {
        let out = &mut self.out;
        for (place, (key, cell)) in self.keys.iter().zip(row).enumerate() {
            out.write_all(if place == 0 { b"{" } else { b"," })?;
            out.write_all(key.as_bytes())?;
            match cell {
                Cell::Empty => out.write_all(b"null")?,
                Cell::Text(text) => write_json(&mut *out, text)?,
                Cell::Number(figure) => serde_json::to_writer(&mut *out, figure)?,
                Cell::Single(figure) => serde_json::to_writer(&mut *out, figure)?,
                Cell::Count(count) => serde_json::to_writer(&mut *out, count)?,
                Cell::Flag(flag) => serde_json::to_writer(&mut *out, flag)?,
            }
        }
        out.write_all(b"}\n")?;
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        self.out.flush()?;
        Ok(())
    }
}
