//! What values looked like in older schemas, and how each becomes today's.
//!
//! | schema | what changed |
//! |---|---|
//! | 1 | – |
//! | 2 | runs know whether they are excluded, and are compressed; tallies count units and excluded runs |
//! | 3 | runs hold what the learned models made of their tracks and which log line brought them; curves and marks of paths lie under other keys |

use serde::Deserialize;

use super::packing::Codes;
use super::record::{Exclusion, FileFacts, LogEntry, RunKey, RunRecord, Tally};
use super::value::{Stored, ValueError, plain};
use crate::analysis::{Assessment, FilterIdentity, JudgedRun, JudgedTrack, RunCurves, Status};
use crate::trim::{Identity, PositionUnit, System};

/// A run before anything was learned.
#[derive(Deserialize)]
struct RunOfSchema2 {
    system: System,
    identity: Identity,
    unit: PositionUnit,
    filter: FilterIdentity,
    status: Status,
    tracks: Vec<JudgedTrack>,
    warnings: Vec<String>,
}

impl From<RunOfSchema2> for JudgedRun {
    fn from(run: RunOfSchema2) -> Self {
        let RunOfSchema2 { system, identity, unit, filter, status, tracks, warnings } = run;
        let assessments = tracks.iter().map(|_| Assessment::default()).collect();
        Self { system, identity, unit, filter, status, tracks, warnings, assessments }
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

    fn codes() -> Codes {
        Codes::Fixed
    }

    /// Which log line brought it, the migration finds out.
    fn of_older(schema: u8, body: &[u8]) -> Result<Self, ValueError> {
        type First = (FileFacts, RunOfSchema2, i64, u32);
        let ((file, run, arrived_ms, revision), excluded): (First, Option<Exclusion>) =
            if schema == 1 { (plain(body)?, None) } else { plain(body)? };
        Ok(Self { file, run: run.into(), arrived_ms, revision, excluded, sequence: 0 })
    }
}

impl Stored for Tally {
    /// Units were not counted: the migration counts anew.
    fn of_older(schema: u8, body: &[u8]) -> Result<Self, ValueError> {
        if schema > 1 {
            return plain(body);
        }
        let (runs, good, failed) = plain(body)?;
        Ok(Self { runs, good, failed, ..Self::default() })
    }
}
