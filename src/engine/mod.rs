//! The threads, and the one place that knows everybody.

pub mod clock;
mod files;
mod process;
pub mod quiet;

pub use files::{Collected, MAX_FILE_BYTES, collect, process_path};
pub use process::{ContentHash, FileContext, Outcome, Processed, process};
