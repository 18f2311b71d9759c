//! The store: every run, its curves, its seen mark, and how every other file ended.

mod audit;
mod backup;
mod backup_line;
mod claim;
mod column;
mod counting;
mod courtesy;
mod database;
mod digest;
mod disk;
mod draft;
mod drift;
mod error;
mod facts;
mod filter;
mod frames;
mod journal;
mod key;
mod marker;
mod merged;
mod migrate;
mod offline;
mod older;
mod opening;
mod outcome;
mod outcome_file;
mod overview;
mod packing;
mod plan;
mod record;
mod registry;
mod regrade;
mod rewrite;
mod sealing;
mod shelf;
mod store;
mod upkeep;
mod value;
mod volume;
mod volumes;
mod waiting;
mod walk;

pub use audit::{
    AuditEntry, AuditHead, Audited, Signed, Tampered, account_and_terminal, audit, audit_entries, audit_path,
    read_audit,
};
pub use backup::{Backup, verify as verify_backup};
pub use claim::Claim;
pub use drift::is_in_time;
pub use error::{Holder, StoreError};
pub use facts::Facts;
pub use filter::{Filter, FilterError, KEYS as FILTER_KEYS, Moment, When, text_is_in};
pub use offline::{Words, compact, restore, set_aside_for_rebuild, words_of};
pub use opening::Opening;
pub use outcome::{Outcome, Taken, last_before};
pub use outcome_file::{OutcomeTable, moment as test_moment, read_outcomes};
pub use overview::{
    Found, Grouping, Overview, OverviewError, PageOfRuns, Query, SortBy, Step, YieldOf, YieldRow,
    compare as compare_runs, counted_yields, newest_page,
};
pub use plan::{Act, Committed, Deed, Ending, Entry};
pub use record::{Exclusion, FileFacts, LogEntry, LogOutcome, RunKey, RunRecord, Tally};
pub use registry::{Head, Registered};
pub use regrade::{GradedBy, Regrade};
pub use store::Store;
pub use upkeep::{BackupPlan, Damaged, SinceBackup, Sizes, backups_in};
pub use value::ValueError;
pub use waiting::Waiting;
pub use walk::Walked;

use crate::trim::{LocalDate, LocalTime};

/// The day a run counts for, from its key's time.
fn run_date(key: &RunKey) -> Option<LocalDate> {
    key.seconds().and_then(LocalTime::from_timestamp).map(|time| time.date)
}
