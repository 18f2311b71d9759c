//! The store: every run, its curves, its seen mark, and how every other file ended.

mod counting;
mod draft;
mod error;
mod key;
mod migrate;
mod older;
mod opening;
mod plan;
mod record;
mod shelf;
mod store;
mod value;

pub use error::{Holder, StoreError};
pub use opening::Opening;
pub use plan::{Act, Committed, Ending, Entry};
pub use record::{Exclusion, FileFacts, LogEntry, LogOutcome, RunKey, RunRecord, Tally};
pub use store::Store;
pub use value::ValueError;

use crate::trim::{LocalDate, LocalTime};

/// The day a run counts for, from its key's time.
fn run_date(key: &RunKey) -> Option<LocalDate> {
    key.seconds().and_then(LocalTime::from_timestamp).map(|time| time.date)
}
