//! What leaves the program: one judged file as a JSON line, as CSV rows, as text that moves no cursor.

mod csv;
pub mod drift;
mod json;
mod terminal_text;

pub use csv::csv_head;
pub use json::{FileLine, FileOutcome};
pub use terminal_text::printable;
