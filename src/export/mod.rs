//! What leaves the program: one judged file as a JSON line, tables of the history as CSV, JSON lines or a workbook,
//! as text that moves no cursor and no cell that computes anything.

mod band;
mod cell;
mod csv;
pub mod drift;
mod drift_rows;
mod file;
mod json;
mod json_text;
mod nameless;
mod pack;
mod report;
mod rows;
mod sheet;
mod sink;
mod terminal_text;
mod xlsx;

pub use cell::{Cell, defused};
pub use csv::csv_head;
pub use file::NewFile;
pub use json::{FileLine, FileOutcome};
pub use json_text::{json_text, write_json};
pub use nameless::nameless;
pub use pack::Pack;
pub use report::{UnitReport, report_svg, report_text};
pub use rows::{CURVE_COLUMNS, KeptRun, NAME_DIGITS, RUN_COLUMNS};
pub use sheet::{Format, Sheet};
pub use sink::{CsvRows, ExportError, JsonRows, RowSink};
pub use terminal_text::{is_plain, printable, spelled_out};
pub use xlsx::{SHEET_ROWS, XlsxRows};
