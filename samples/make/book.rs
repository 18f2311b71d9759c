//! A workbook as sheets of cells, before it becomes a file.

use std::collections::BTreeMap;

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// The error `#N/A`.
    NotAvailable,
}

/// One sheet; cells by row, then column, from 0.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Its cells.
    pub cells: BTreeMap<(u32, u16), Value>,
}

impl Sheet {
    /// An empty sheet.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), cells: BTreeMap::new() }
    }

    /// Puts a number.
    pub fn number(&mut self, row: u32, column: u16, value: f64) {
        self.cells.insert((row, column), Value::Number(value));
    }

    /// Puts a text.
    pub fn text(&mut self, row: u32, column: u16, value: &str) {
        self.cells.insert((row, column), Value::Text(value.to_owned()));
    }

    /// Puts a label with its value beside it, in the order the station writes them.
    pub fn labelled(&mut self, row: u32, columns: (u16, u16), label: &str, value: f64) {
        self.text(row, columns.0, label);
        self.number(row, columns.1, value);
    }
}

/// A workbook.
#[derive(Debug, Clone, Default)]
pub struct Book {
    /// Its sheets, in order.
    pub sheets: Vec<Sheet>,
}
