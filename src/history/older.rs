//! What values looked like in older schemas, and how each becomes today's.
//!
//! | schema | what changed |
//! |---|---|
//! | 1 | – |
//! | 2 | runs know whether they are excluded and which log line brought them, and are compressed; curves and marks of paths lie under other keys; tallies count units and excluded runs |

use super::record::{FileFacts, LogEntry, RunKey, RunRecord, Tally};
use super::value::{Stored, ValueError, plain};
use crate::analysis::{JudgedRun, RunCurves};

impl Stored for u64 {}
impl Stored for i64 {}
impl Stored for Option<RunKey> {}
impl Stored for (u64, i64) {}
impl Stored for LogEntry {}

impl Stored for RunCurves {
    fn is_packed(_schema: u8) -> bool {
        true
    }
}

impl Stored for RunRecord {
    fn is_packed(schema: u8) -> bool {
        schema >= 2
    }

    /// Which log line brought it, the migration finds out.
    fn of_older(_schema: u8, body: &[u8]) -> Result<Self, ValueError> {
        let (file, run, arrived_ms, revision): (FileFacts, JudgedRun, i64, u32) = plain(body)?;
        Ok(Self { file, run, arrived_ms, revision, excluded: None, sequence: 0 })
    }
}

impl Stored for Tally {
    /// Units were not counted: the migration counts anew.
    fn of_older(_schema: u8, body: &[u8]) -> Result<Self, ValueError> {
        let (runs, good, failed) = plain(body)?;
        Ok(Self { runs, good, failed, ..Self::default() })
    }
}
