//! The store: every run, its curves, its seen mark, and how every other file ended.

mod counting;
mod digest;
mod draft;
mod error;
mod facts;
mod filter;
mod key;
mod migrate;
mod older;
mod opening;
mod overview;
mod plan;
mod record;
mod shelf;
mod store;
mod value;
mod walk;

pub use error::{Holder, StoreError};
pub use facts::Facts;
pub use filter::{Filter, FilterError, KEYS as FILTER_KEYS, Moment, When, text_is_in};
pub use opening::Opening;
pub use overview::{Found, Grouping, Overview, PageOfRuns, Query, SortBy, Step, YieldOf, YieldRow, counted_yields};
pub use plan::{Act, Committed, Ending, Entry};
pub use record::{Exclusion, FileFacts, LogEntry, LogOutcome, RunKey, RunRecord, Tally};
pub use store::Store;
pub use value::ValueError;
pub use walk::Walked;

use crate::trim::{LocalDate, LocalTime};

/// The day a run counts for, from its key's time.
fn run_date(key: &RunKey) -> Option<LocalDate> {
    key.seconds().and_then(LocalTime::from_timestamp).map(|time| time.date)
}
