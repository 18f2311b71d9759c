//! The store: every run, its curves, its seen mark, and how every other file ended.

mod record;

pub use record::{FileFacts, LogEntry, LogOutcome, RunKey, RunRecord, Tally};
