//! What leaves the program: one judged file as a JSON line, as CSV rows.

mod csv;
mod json;

pub use csv::csv_head;
pub use json::{FileLine, FileOutcome};
