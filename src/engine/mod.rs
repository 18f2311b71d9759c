//! The threads, and the one place that knows everybody.

mod process;
pub mod quiet;

pub use process::{ContentHash, FileContext, Outcome, Processed, process};
