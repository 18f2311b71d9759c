//! What a file changes in the store: new run, revision, duplicate, skip or error, with every counter it touches.

use serde::{Deserialize, Serialize};

use super::audit::Signed;
use super::counting::recount;
use super::digest::Digest;
use super::draft::Draft;
use super::error::StoreError;
use super::key;
use super::record::{Exclusion, FileFacts, LogEntry, LogOutcome, RunKey, RunRecord};
use super::value;
use crate::analysis::{JudgedRun, RunCurves};

/// Packed curves above this are not kept: larger values become files of their own that are never synced.
const MAX_CURVE_BYTES: usize = 100 * 1024;
/// Records one entry may change, with room to spare.
const RECORDS_AN_ENTRY: usize = 20;
/// Places for log lines and their curves are made so many lines ahead: by the time that one is filled, the engine's page around it is no
/// longer the last one and not split any more.
pub(super) const AHEAD: u64 = 32;

/// A file that came to an end.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entry {
    /// The file.
    pub file: FileFacts,
    /// When it arrived, milliseconds since 1970 UTC.
    pub arrived_ms: i64,
    /// How it ended.
    pub ending: Ending,
}

/// What the history is to take, in the order it came.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Deed {
    /// A file that came to an end.
    File(Entry),
    /// A person's word about a run.
    Act(Act),
}

/// How a file ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
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

/// What is known of a path at a time: the file's size when it was dealt with.
pub(super) type PathMark = u64;
/// What is known of a content: the run that has it; `None` for skips.
pub(super) type ContentMark = Option<RunKey>;

/// Plans a file; what was planned before is applied first where both would not fit between two syncs.
pub(super) fn file(draft: &mut Draft<'_>, entry: Entry) -> Result<Committed, StoreError> {
    let packed = match &entry.ending {
        Ending::Run { curves, .. } => pack(curves)?,
        _ => None,
    };
    // Beside the curves a record with its terms and reasons, its log line and its indexes.
    let bytes = packed.as_ref().map_or(0, Vec::len) + 16 * 1024;
    if !draft.fits(RECORDS_AN_ENTRY, bytes) {
        draft.apply()?;
    }
    plan(draft, entry, packed)
}

/// Plans a person's word in the same way.
pub(super) fn word(draft: &mut Draft<'_>, act: Act) -> Result<Option<Committed>, StoreError> {
    if !draft.fits(RECORDS_AN_ENTRY, 16 * 1024) {
        draft.apply()?;
    }
    excluded_or_not(draft, act)
}

/// Plans one entry. `packed` are its curves, encoded beforehand.
fn plan(draft: &mut Draft<'_>, entry: Entry, packed: Option<Vec<u8>>) -> Result<Committed, StoreError> {
    let Entry { file, arrived_ms, ending } = entry;
    let sequence = next_line(draft)?;
    let (outcome, run) = match ending {
        Ending::Run { run, .. } => {
            let record = RunRecord { file: file.clone(), run: *run, arrived_ms, revision: 0, excluded: None, sequence };
            run_outcome(draft, record, packed)?
        }
        Ending::Skipped(reason) => {
            draft.put(key::content(&file.content), &ContentMark::None)?;
            (LogOutcome::Skipped { reason }, None)
        }
        Ending::Failed(cause) => (LogOutcome::Failed { cause }, None),
    };
    draft.put::<PathMark>(key::path(&file.path_key, file.mtime_ns), &file.len)?;
    let log = LogEntry { sequence, at_ms: arrived_ms, file, outcome };
    write_log(draft, &log)?;
    Ok(Committed { log, run })
}

/// Curves as they are kept; `None` when they are too large to be.
pub(super) fn pack(curves: &RunCurves) -> Result<Option<Vec<u8>>, StoreError> {
    let packed = value::encode(curves)?;
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
        // Curves that were damaged and set aside come back with their file.
        let curves = key::curves(current.sequence);
        if let Some(packed) = packed.filter(|_| matches!(draft.raw(&curves), Ok(None))) {
            draft.put_raw(curves, packed);
        }
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
    store_current(draft, &run_key, None, &record, packed)?;
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
    if current.file.path_key == record.file.path_key {
        // What the file was before is forgotten: should it ever look so again, it is read.
        draft.remove(key::path(&current.file.path_key, current.file.mtime_ns));
    }
    let same_points = packed.is_some() && draft.raw(&key::curves(current.sequence))? == packed;
    let newer = |a: &RunRecord, b: &RunRecord| (a.file.mtime_ns, a.file.content) > (b.file.mtime_ns, b.file.content);
    let outcome = |what: &str| LogOutcome::Revision { key: run_key.clone(), what: what.to_owned() };
    if !newer(&record, current) {
        record.revision = current.revision;
        draft.put(key::revision(run_key, &record.file), &record)?;
        return Ok((outcome("older than the content that counts"), None));
    }
    record.revision = current.revision + 1;
    // A person excluded the run, not one of its contents.
    record.excluded.clone_from(&current.excluded);
    draft.put(key::revision(run_key, &current.file), current)?;
    draft.remove(key::revision(run_key, &record.file));
    store_current(draft, run_key, Some(current), &record, packed)?;
    let what = if same_points {
        "saved again, all points equal".to_owned()
    } else {
        format!("saved again: {} before, {} now", current.run.status.word(), record.run.status.word())
    };
    Ok((outcome(&what), Some((run_key.clone(), record))))
}

/// Makes a content the one that counts, in place of the one before.
fn store_current(
    draft: &mut Draft<'_>,
    run_key: &RunKey,
    before: Option<&RunRecord>,
    record: &RunRecord,
    packed: Option<Vec<u8>>,
) -> Result<(), StoreError> {
    recount(draft, run_key, before, record, |draft| {
        if let Some(index) = before.and_then(|before| unit_index(run_key, before)) {
            draft.remove(index);
        }
        if let Some(index) = unit_index(run_key, record) {
            draft.put_raw(index, Vec::new());
        }
        draft.put(key::by_time(run_key), &Digest::of(run_key, record))?;
        draft.put(key::run(run_key), record)?;
        if let Some(before) = before {
            draft.remove(key::curves(before.sequence));
        }
        if let Some(packed) = packed {
            draft.put_raw(key::curves(record.sequence), packed);
        }
        Ok(())
    })
}

/// Where a run stands among its unit's; nowhere with a junk serial.
fn unit_index(run_key: &RunKey, record: &RunRecord) -> Option<Vec<u8>> {
    let identity = &record.run.identity;
    identity.is_unit().then(|| key::by_unit(run_key, &identity.model, &identity.serial))
}

/// What a person wants done with a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// The run.
    pub key: RunKey,
    /// Whether it is taken out of yield, charts and training, or let in again.
    pub exclude: bool,
    /// Why, who and when.
    pub word: Exclusion,
}

impl Act {
    /// That the history has no such run, in words.
    pub fn said_unplaced(&self) -> String {
        let Self { key, word, .. } = self;
        let model = key::model_of(key).unwrap_or("?");
        format!(
            "what {} said about a run of {model} was not written: the history has no such run ({})",
            word.by, word.reason
        )
    }

    /// What the log says of it.
    pub fn outcome(self) -> LogOutcome {
        let Self { key, exclude, word: Exclusion { reason, by, .. } } = self;
        if exclude { LogOutcome::Excluded { key, reason, by } } else { LogOutcome::Included { key, reason, by } }
    }
}

/// Plans an act; `None` when there is no such run. Who already acted is overruled: the log keeps both.
fn excluded_or_not(draft: &mut Draft<'_>, act: Act) -> Result<Option<Committed>, StoreError> {
    let Act { key: run_key, exclude, word } = act;
    let Some(before) = draft.get::<RunRecord>(&key::run(&run_key))? else {
        return Ok(None);
    };
    let mut record = before.clone();
    record.excluded = exclude.then(|| word.clone());
    recount(draft, &run_key, Some(&before), &record, |draft| {
        draft.put(key::by_time(&run_key), &Digest::of(&run_key, &record))?;
        draft.put(key::run(&run_key), &record)
    })?;
    let at_ms = word.at_ms;
    draft.sign(signed_exclusion(&before, exclude, &word));
    let outcome = Act { key: run_key.clone(), exclude, word }.outcome();
    let log = LogEntry { sequence: next_line(draft)?, at_ms, file: record.file.clone(), outcome };
    write_log(draft, &log)?;
    Ok(Some(Committed { log, run: Some((run_key, record)) }))
}

/// What the audit journal says of an exclusion or of its end.
fn signed_exclusion(before: &RunRecord, exclude: bool, word: &Exclusion) -> Signed {
    let state = |excluded: Option<&Exclusion>| {
        excluded.map_or("counts".to_owned(), |word| format!("excluded by {}: {}", word.by, word.reason))
    };
    Signed {
        at_ms: word.at_ms,
        act: if exclude { "exclude" } else { "include" }.to_owned(),
        what: said_run(before),
        by: word.by.clone(),
        why: word.reason.clone(),
        before: state(before.excluded.as_ref()),
        after: state(exclude.then_some(word)),
    }
}

/// A run in the words of people, with the name that `show` knows it by.
fn said_run(record: &RunRecord) -> String {
    let identity = &record.run.identity;
    let name: String = hex::encode(record.file.content).chars().take(12).collect();
    format!("{} {} run {name}", identity.model, identity.serial)
}

/// What the audit journal says of a line of the log that tells of a person's word; nothing of the program's own.
fn signed_line(at_ms: i64, file: &FileFacts, outcome: &LogOutcome) -> Option<Signed> {
    let word = |act: &str, what: &str, by: &str, why: &str| Signed {
        at_ms,
        act: act.to_owned(),
        what: what.to_owned(),
        by: by.to_owned(),
        why: why.to_owned(),
        ..Signed::default()
    };
    Some(match outcome {
        LogOutcome::Acknowledged { alarm, sentence, cause, note, by } => Signed {
            before: "open".to_owned(),
            after: format!("acknowledged: {cause}"),
            ..word("acknowledge", &format!("alarm {alarm}: {sentence}"), by, note)
        },
        LogOutcome::NewBaseline { of, from, reason, by } => {
            Signed { after: format!("a new baseline from {from} on"), ..word("baseline", of, by, reason) }
        }
        LogOutcome::Learning { what, by, .. } if by != "trimwatch" => word("learning", what, by, ""),
        // What a test said is signed where it is taken; only that it is taken back is not.
        LogOutcome::Tested { passed: None, note, by, .. } => {
            Signed { after: "nobody said anything".to_owned(), ..word("outcome", &file.path, by, note) }
        }
        _ => return None,
    })
}

/// Writes a line of the log that tells of a word and not of how a file ended.
pub(super) fn note(
    draft: &mut Draft<'_>,
    at_ms: i64,
    file: FileFacts,
    outcome: LogOutcome,
) -> Result<LogEntry, StoreError> {
    if let Some(signed) = signed_line(at_ms, &file, &outcome) {
        draft.sign(signed);
    }
    let log = LogEntry { sequence: next_line(draft)?, at_ms, file, outcome };
    write_log(draft, &log)?;
    Ok(log)
}

/// Takes the number of the next log line, and makes places ahead for a line and curves that will come.
pub(super) fn next_line(draft: &mut Draft<'_>) -> Result<u64, StoreError> {
    let sequence: u64 = draft.get::<u64>(key::SEQUENCE)?.unwrap_or(0) + 1;
    draft.put(key::SEQUENCE.to_vec(), &sequence)?;
    let ahead = sequence.saturating_add(AHEAD);
    for place in [key::curves(ahead), key::log(ahead)] {
        if draft.raw(&place)?.is_none() {
            draft.put_raw(place, Vec::new());
        }
    }
    Ok(sequence)
}

fn write_log(draft: &mut Draft<'_>, log: &LogEntry) -> Result<(), StoreError> {
    let place = key::curves(log.sequence);
    if draft.raw(&place)?.is_some_and(|curves| curves.is_empty()) {
        draft.remove(place);
    }
    draft.put(key::log(log.sequence), log)
}
