//! The rules by which kept runs were graded, and runs graded anew when a site changes them.

use serde::{Deserialize, Serialize};

use super::audit::Signed;
use super::counting::recount;
use super::digest::Digest;
use super::draft::{Draft, MAX_BYTES};
use super::error::StoreError;
use super::key;
use super::plan;
use super::record::{FileFacts, LogOutcome, RunKey, RunRecord};
use super::store::Store;
use super::value::Stored;
use crate::analysis::{Grading, JudgedRun, RunCurves};
use crate::monitoring::{FrozenBaseline, Metric, Subject};

/// Records and bytes that a run graded anew may change beside its curves, with room to spare.
const ROOM: (usize, usize) = (12, 16 * 1024);

/// By what the runs of a history were graded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GradedBy {
    /// The rules.
    pub grading: Grading,
    /// Those by which some runs may still be graded, while runs are being graded anew; none when all are done.
    pub before: Vec<Grading>,
}

impl Stored for GradedBy {}

/// A run as other rules have it.
#[derive(Debug, Clone)]
pub struct Regrade {
    /// The run.
    pub key: RunKey,
    /// Its figures and verdict.
    pub run: JudgedRun,
    /// Its curves, where their limits are others.
    pub curves: Option<RunCurves>,
}

impl Store {
    /// By what the runs are graded; `None` in a history that never noted it.
    ///
    /// # Errors
    /// A damaged value or an engine that cannot be read.
    pub fn graded_by(&self) -> Result<Option<GradedBy>, StoreError> {
        self.value(key::GRADED_BY)
    }

    /// Notes by what the runs are graded, or are about to be, and who wanted it.
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub fn note_grading(&self, by: &GradedBy, signed: Option<Signed>) -> Result<(), StoreError> {
        self.writing(|draft| {
            if let Some(signed) = signed {
                draft.sign(signed);
            }
            draft.put(key::GRADED_BY.to_vec(), by)
        })
    }

    /// Keeps runs as they were graded anew, with every tally they stand in. Older contents of a run stay as they were
    /// shown.
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub fn regrade(&self, runs: Vec<Regrade>) -> Result<(), StoreError> {
        self.writing(|draft| runs.into_iter().try_for_each(|regrade| put(draft, regrade)))
    }

    /// Notes that all runs are graded by these rules now. What the charts of the models know is made anew, and the
    /// baseline of their risk found anew, because risk follows from the rules.
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub fn end_grading(&self, grading: Grading, what: String, models: &[String], at_ms: i64) -> Result<(), StoreError> {
        self.writing(|draft| {
            for model in models {
                for at in draft.keys_with(&key::baselines_of(model), usize::MAX)? {
                    let frozen: Option<FrozenBaseline> = draft.get(&at).ok().flatten();
                    if frozen.is_some_and(|frozen| frozen.subject == Subject::Metric(Metric::Risk)) {
                        draft.remove(at);
                    }
                }
                make_room(draft, 0)?;
            }
            draft.put(key::GRADED_BY.to_vec(), &GradedBy { grading, before: Vec::new() })?;
            plan::note(draft, at_ms, FileFacts::none(), LogOutcome::Regraded { what, models: models.to_vec() })?;
            Ok(())
        })
    }
}

fn put(draft: &mut Draft<'_>, Regrade { key: run_key, run, curves }: Regrade) -> Result<(), StoreError> {
    let packed = curves.as_ref().map(plan::pack).transpose()?.flatten();
    make_room(draft, packed.as_ref().map_or(0, Vec::len))?;
    let Some(before) = draft.get::<RunRecord>(&key::run(&run_key))? else { return Ok(()) };
    let record = RunRecord { run, ..before.clone() };
    recount(draft, &run_key, Some(&before), &record, |draft| {
        draft.put(key::by_time(&run_key), &Digest::of(&run_key, &record))?;
        draft.put(key::run(&run_key), &record)?;
        let place = key::curves(record.sequence);
        // Curves that were dropped for their age stay dropped.
        if let Some(packed) = packed.filter(|_| matches!(draft.raw(&place), Ok(Some(_)))) {
            draft.put_raw(place, packed);
        }
        Ok(())
    })
}

fn make_room(draft: &mut Draft<'_>, bytes: usize) -> Result<(), StoreError> {
    if draft.fits(ROOM.0, (ROOM.1 + bytes).min(MAX_BYTES)) { Ok(()) } else { draft.apply() }
}
