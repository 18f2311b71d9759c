//! What a file changes in the store: new run, revision, duplicate, skip or error, with every counter it touches.

use super::draft::Draft;
use super::error::StoreError;
use super::key;
use super::record::{FileFacts, LogEntry, LogOutcome, RunKey, RunRecord, Tally};
use super::value;
use crate::analysis::{JudgedRun, RunCurves};

/// Packed curves above this are not kept: larger values become files of their own that are never synced.
const MAX_CURVE_BYTES: usize = 100 * 1024;
/// Records one entry may change, with room to spare.
pub(super) const RECORDS_AN_ENTRY: usize = 16;

/// A file that came to an end.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The file.
    pub file: FileFacts,
    /// When it arrived, milliseconds since 1970 UTC.
    pub arrived_ms: i64,
    /// How it ended.
    pub ending: Ending,
}

/// How a file ended.
#[derive(Debug, Clone)]
pub enum Ending {
    /// A judged run.
    Run {
        /// Figures and verdict.
        run: Box<JudgedRun>,
        /// Its curves.
        curves: RunCurves,
    },
    /// Passed over, with the reason.
    Skipped(String),
    /// Could not be read, with the cause.
    Failed(String),
}

/// What became of a file: its log entry and, when a run was added or changed, the run as it now counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Committed {
    /// The log's line.
    pub log: LogEntry,
    /// The run as it is shown from now on.
    pub run: Option<(RunKey, RunRecord)>,
}

/// What is known of a path: the file's size and time when it was dealt with.
pub(super) type PathMark = (u64, i64);
/// What is known of a content: the run that has it; `None` for skips.
pub(super) type ContentMark = Option<RunKey>;

/// Plans one entry. `packed` are its curves, encoded beforehand.
pub(super) fn plan(draft: &mut Draft<'_>, entry: Entry, packed: Option<Vec<u8>>) -> Result<Committed, StoreError> {
    let Entry { file, arrived_ms, ending } = entry;
    let sequence: u64 = draft.get::<u64>(key::SEQUENCE)?.unwrap_or(0) + 1;
    draft.put(key::SEQUENCE.to_vec(), &sequence)?;
    let (outcome, run) = match ending {
        Ending::Run { run, .. } => {
            let record = RunRecord { file: file.clone(), run: *run, arrived_ms, revision: 0 };
            run_outcome(draft, record, packed)?
        }
        Ending::Skipped(reason) => {
            draft.put(key::content(&file.content), &ContentMark::None)?;
            (LogOutcome::Skipped { reason }, None)
        }
        Ending::Failed(cause) => (LogOutcome::Failed { cause }, None),
    };
    draft.put::<PathMark>(key::path(&file.path_key), &(file.len, file.mtime_ns))?;
    let log = LogEntry { sequence, at_ms: arrived_ms, file, outcome };
    draft.put(key::log(sequence), &log)?;
    Ok(Committed { log, run })
}

/// Curves as they are kept; `None` when they are too large to be.
pub(super) fn pack(curves: &RunCurves) -> Result<Option<Vec<u8>>, StoreError> {
    let packed = value::encode_packed(curves)?;
    Ok((packed.len() <= MAX_CURVE_BYTES).then_some(packed))
}

type RunOutcome = (LogOutcome, Option<(RunKey, RunRecord)>);

fn run_outcome(draft: &mut Draft<'_>, record: RunRecord, packed: Option<Vec<u8>>) -> Result<RunOutcome, StoreError> {
    let run_key = RunKey::of(&record.run, &record.file);
    let known: Option<ContentMark> = draft.get(&key::content(&record.file.content))?;
    // The same content under another name or place is one run, unless it is this run's own older content.
    if let Some(Some(of)) = known.as_ref().filter(|of| of.as_ref() != Some(&run_key)) {
        return Ok((LogOutcome::Duplicate { of: of.clone() }, None));
    }
    let current: Option<RunRecord> = draft.get(&key::run(&run_key))?;
    let Some(current) = current else {
        return new_run(draft, run_key, record, packed);
    };
    if current.file.content == record.file.content {
        return Ok((LogOutcome::Duplicate { of: run_key }, None));
    }
    revision(draft, &run_key, &current, record, packed)
}

fn new_run(
    draft: &mut Draft<'_>,
    run_key: RunKey,
    record: RunRecord,
    packed: Option<Vec<u8>>,
) -> Result<RunOutcome, StoreError> {
    draft.put(key::content(&record.file.content), &Some(run_key.clone()))?;
    draft.put_raw(key::by_time(&run_key), Vec::new());
    if record.run.identity.is_unit() {
        let identity = &record.run.identity;
        draft.put_raw(key::by_unit(&run_key, &identity.model, &identity.serial), Vec::new());
    }
    store_current(draft, &run_key, &record, packed)?;
    count(draft, &run_key, &record, true)?;
    let status = record.run.status.word().to_owned();
    Ok((LogOutcome::Run { key: run_key.clone(), status }, Some((run_key, record))))
}

/// Another content of a known run: the newest (modification time, then hash) is current and counts.
fn revision(
    draft: &mut Draft<'_>,
    run_key: &RunKey,
    current: &RunRecord,
    mut record: RunRecord,
    packed: Option<Vec<u8>>,
) -> Result<RunOutcome, StoreError> {
    draft.put(key::content(&record.file.content), &Some(run_key.clone()))?;
    let same_points = packed.is_some() && draft.raw(&key::curves(run_key))? == packed;
    let newer = |a: &RunRecord, b: &RunRecord| (a.file.mtime_ns, a.file.content) > (b.file.mtime_ns, b.file.content);
    let outcome = |what: &str| LogOutcome::Revision { key: run_key.clone(), what: what.to_owned() };
    if !newer(&record, current) {
        record.revision = current.revision;
        draft.put(key::revision(run_key, &record.file), &record)?;
        return Ok((outcome("older than the content that counts"), None));
    }
    record.revision = current.revision + 1;
    draft.put(key::revision(run_key, &current.file), current)?;
    draft.remove(key::revision(run_key, &record.file));
    count(draft, run_key, current, false)?;
    count(draft, run_key, &record, true)?;
    store_current(draft, run_key, &record, packed)?;
    let what = if same_points {
        "saved again, all points equal".to_owned()
    } else {
        format!("saved again: {} before, {} now", current.run.status.word(), record.run.status.word())
    };
    Ok((outcome(&what), Some((run_key.clone(), record))))
}

fn store_current(
    draft: &mut Draft<'_>,
    run_key: &RunKey,
    record: &RunRecord,
    packed: Option<Vec<u8>>,
) -> Result<(), StoreError> {
    draft.put(key::run(run_key), record)?;
    match packed {
        Some(packed) => draft.put_raw(key::curves(run_key), packed),
        None => draft.remove(key::curves(run_key)),
    }
    Ok(())
}

/// Adds a run to, or takes it from, the tallies of its day, its model and the whole.
fn count(draft: &mut Draft<'_>, run_key: &RunKey, record: &RunRecord, add: bool) -> Result<(), StoreError> {
    let day = super::run_date(run_key).map(key::day);
    let keys = [Some(key::model(&record.run.identity.model)), day, Some(key::TOTAL.to_vec())];
    for counter in keys.into_iter().flatten() {
        let mut tally: Tally = draft.get(&counter)?.unwrap_or_default();
        tally.count(record.run.status, add);
        draft.put(counter, &tally)?;
    }
    Ok(())
}
