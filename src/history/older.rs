//! What values looked like in older schemas, and how each becomes today's.
//!
//! | schema | what changed |
//! |---|---|
//! | 1 | – |
//! | 2 | runs know whether they are excluded, and are compressed; tallies count units and excluded runs |

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::record::{FileFacts, LogEntry, RunKey, RunRecord, Tally};
use super::value::{ValueError, plain};
use crate::analysis::{JudgedRun, RunCurves};

/// A kind of value that the store keeps.
pub(super) trait Stored: Serialize + DeserializeOwned {
    /// Whether values of this kind are compressed in a schema.
    fn is_packed(_schema: u8) -> bool {
        false
    }

    /// Today's value from the body of an older schema. Kinds that never changed read as they do today.
    fn of_older(_schema: u8, body: &[u8]) -> Result<Self, ValueError> {
        plain(body)
    }
}

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

    fn of_older(_schema: u8, body: &[u8]) -> Result<Self, ValueError> {
        let (file, run, arrived_ms, revision): (FileFacts, JudgedRun, i64, u32) = plain(body)?;
        Ok(Self { file, run, arrived_ms, revision, excluded: None })
    }
}

impl Stored for Tally {
    /// Units were not counted: the migration counts anew.
    fn of_older(_schema: u8, body: &[u8]) -> Result<Self, ValueError> {
        let (runs, good, failed) = plain(body)?;
        Ok(Self { runs, good, failed, ..Self::default() })
    }
}
