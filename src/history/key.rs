//! Keys of the store: one prefix letter a kind, then big-endian parts that sort as people ask.
//!
//! | prefix | key | value |
//! |---|---|---|
//! | `r` | run key | run record |
//! | `c` | sequence of the log entry that brought them | curves, compressed; nothing in a place made ahead |
//! | `v` | run key, time modified, content | an older content of the run |
//! | `t` | run's time, run key | digest: the facts that overviews need |
//! | `u` | serial, model, run's time, identity | – |
//! | `s` | content hash | the run that has it, if any |
//! | `p` | time of the file when it was dealt with, path key | its size |
//! | `l` | sequence | log entry |
//! | `d` | day | tally |
//! | `m` | model | tally |
//! | `g` | learner, product model | which version of a trained model speaks |
//! | `h` | learner, product model, version | card of a trained model |
//! | `b` | learner, product model, version, number | a stretch of a model's bytes |
//! | `o` | model, serial, time | outcome of a final test |
//! | `a` | number | alarm |
//! | `f` | model, laser, subject, beginning | frozen baseline |
//! | `e` | model, laser, time | new beginning: a baseline is to be found from then on |
//! | `x` | model, laser | where the charts stand |
//! | `z` | key of a damaged value | the value as it was found |
//! | `k` | name | sequence, total, schema, journal |
//!
//! What there is most of, all kinds in [`IN_VOLUMES`], moves into volumes as it ages. One tree holds the rest, because one tree's batch is what the engine applies as a whole.

mod learned;

use super::record::{FileFacts, RunKey};
use crate::analysis::JudgedRun;
use crate::monitoring::{Epoch, FrozenBaseline, StreamKey};
use crate::trim::{Identity, LocalDate, TimeSource};
pub(super) use learned::{model_card, model_cards, model_chunk, model_head};

/// Signed integers that sort: the sign bit flipped, big-endian.
pub(super) fn sortable(value: i64) -> [u8; 8] {
    (value.cast_unsigned() ^ (1 << 63)).to_be_bytes()
}

impl RunKey {
    /// The key of a run: `<model>\0<time><identity>`.
    ///
    /// A run is identified by laser, model, serial, section and the date and clock time in its name; where the
    /// name has no time, by its path. Its time is the run's own clock, else the file's.
    pub fn of(run: &JudgedRun, file: &FileFacts) -> Self {
        let identity = &run.identity;
        let seconds = identity.time.map_or(file.mtime_ns / 1_000_000_000, crate::trim::LocalTime::timestamp);
        let mut key = text(&identity.model);
        key.push(0);
        key.extend(sortable(seconds));
        key.extend(identity_hash(identity, file));
        Self(key)
    }

    /// The key of the run of a product model at a time, seconds since 1970 on the plant's clock, with this identity.
    pub fn from_parts(model: &str, seconds: i64, identity: [u8; 16]) -> Self {
        from_parts(model, seconds, identity)
    }

    /// The product model.
    pub fn model(&self) -> Option<&str> {
        model_of(self)
    }

    /// What tells it from other runs of its model and time.
    pub fn identity(&self) -> Option<[u8; 16]> {
        identity_of(self)
    }

    /// The part after the model: time and identity.
    fn tail(&self) -> &[u8] {
        self.0.get(self.0.len().saturating_sub(24)..).unwrap_or(&[])
    }

    /// The run's time, seconds since 1970 on the plant's clock.
    pub fn seconds(&self) -> Option<i64> {
        let bytes: [u8; 8] = self.time().try_into().ok()?;
        Some((u64::from_be_bytes(bytes) ^ (1 << 63)).cast_signed())
    }

    /// The run's time part.
    fn time(&self) -> &[u8] {
        self.tail().get(..8).unwrap_or(&[])
    }
}

fn identity_hash(identity: &Identity, file: &FileFacts) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    let mut part = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_be_bytes());
        hasher.update(bytes);
    };
    if identity.time_source == Some(TimeSource::Name) {
        part(identity.laser.as_deref().unwrap_or_default().as_bytes());
        part(identity.model.as_bytes());
        part(identity.serial.as_bytes());
        part(identity.section.as_deref().unwrap_or_default().as_bytes());
        part(&identity.time.map_or(0, crate::trim::LocalTime::timestamp).to_be_bytes());
    } else {
        part(&file.path_key);
    }
    let mut out = [0; 16];
    out.iter_mut().zip(hasher.finalize().as_bytes()).for_each(|(to, from)| *to = *from);
    out
}

/// A name as a key part: NUL separates parts, so it cannot stand inside one.
fn text(name: &str) -> Vec<u8> {
    name.bytes().map(|byte| if byte == 0 { b' ' } else { byte }).collect()
}

fn joined(prefix: u8, parts: &[&[u8]]) -> Vec<u8> {
    let mut key = Vec::with_capacity(1 + parts.iter().map(|part| part.len()).sum::<usize>());
    key.push(prefix);
    for part in parts {
        key.extend_from_slice(part);
    }
    key
}

pub(super) fn run(key: &RunKey) -> Vec<u8> {
    joined(b'r', &[&key.0])
}

/// Curves lie in the order they came, each in a place that was made for it ahead of time.
///
/// The engine splits a page in two when its seventeenth key comes, and writes both halves anew: curves that are added
/// at the end are written three times over, and half of its file stays garbage. In a place that is there already,
/// on a page that was split while it was small, they are written once.
pub(super) fn curves(sequence: u64) -> Vec<u8> {
    joined(b'c', &[&sequence.to_be_bytes()])
}

/// Where schemas 1 and 2 had the curves.
pub(super) fn curves_of_older(key: &RunKey) -> [Vec<u8>; 2] {
    [joined(b'c', &[&key.0]), joined(b'c', &[key.tail()])]
}

pub(super) fn revision(key: &RunKey, file: &FileFacts) -> Vec<u8> {
    joined(b'v', &[&key.0, &sortable(file.mtime_ns), &file.content])
}

pub(super) fn revisions_of(key: &RunKey) -> Vec<u8> {
    joined(b'v', &[&key.0])
}

pub(super) fn by_time(key: &RunKey) -> Vec<u8> {
    joined(b't', &[key.time(), &key.0])
}

/// The run key behind a key of the index by time.
pub(super) fn run_of_time(index: &[u8]) -> RunKey {
    RunKey(index.get(9..).unwrap_or_default().to_vec())
}

pub(super) fn by_unit(key: &RunKey, model: &str, serial: &str) -> Vec<u8> {
    joined(b'u', &[&unit_of(model, serial), key.tail()])
}

pub(super) fn units_of(model: &str, serial: &str) -> Vec<u8> {
    joined(b'u', &[&unit_of(model, serial)])
}

pub(super) fn units_of_serial(serial: &str) -> Vec<u8> {
    joined(b'u', &[&text(&serial.trim().to_lowercase()), &[0]])
}

fn unit_of(model: &str, serial: &str) -> Vec<u8> {
    let mut key = text(&serial.trim().to_lowercase());
    key.push(0);
    key.extend(text(model));
    key.push(0);
    key
}

/// The part of a key of the index by unit that names the unit.
pub(super) fn unit_stem(index: &[u8]) -> Option<&[u8]> {
    index.get(..index.len().checked_sub(24)?)
}

/// Whether a prefix is all of what names a unit, its serial and its model.
pub(super) fn is_unit_stem(prefix: &[u8]) -> bool {
    prefix.first() == Some(&b'u') && prefix.last() == Some(&0) && prefix.split(|&byte| byte == 0).count() == 3
}

/// The run key behind a unit index key.
pub(super) fn run_of_unit(index: &[u8]) -> Option<RunKey> {
    let head = index.len().checked_sub(24)?;
    let (named, tail) = (index.get(1..head)?, index.get(head..)?);
    let mut parts = named.split(|&byte| byte == 0);
    let model = parts.nth(1)?;
    let mut key = model.to_vec();
    key.push(0);
    key.extend_from_slice(tail);
    Some(RunKey(key))
}

pub(super) fn content(hash: &[u8; 32]) -> Vec<u8> {
    joined(b's', &[hash])
}

/// Content marks whose hash begins so.
pub(super) fn contents_with(prefix: &[u8]) -> Vec<u8> {
    joined(b's', &[prefix])
}

/// What the keys of all runs of this run's model begin with.
pub(super) fn runs_of_model(key: &RunKey) -> Vec<u8> {
    let model = key.0.get(..key.0.len().saturating_sub(24)).unwrap_or(&[]);
    joined(b'r', &[model])
}

/// The model's name in a run's key.
pub(super) fn model_of(key: &RunKey) -> Option<&str> {
    std::str::from_utf8(key.0.get(..key.0.len().checked_sub(25)?)?).ok()
}

/// The identity in a run's key.
pub(super) fn identity_of(key: &RunKey) -> Option<[u8; 16]> {
    key.0.last_chunk::<16>().copied()
}

/// The key that these parts make.
pub(super) fn from_parts(model: &str, seconds: i64, identity: [u8; 16]) -> RunKey {
    let mut key = model.as_bytes().to_vec();
    key.push(0);
    key.extend(sortable(seconds));
    key.extend(identity);
    RunKey(key)
}

/// By the file's time first: marks that come in the order of their keys leave older pages alone, and marks all over
/// the place leave a hole in every part of the engine's file.
pub(super) fn path(key: &[u8; 16], mtime_ns: i64) -> Vec<u8> {
    joined(b'p', &[&sortable(mtime_ns), key])
}

/// The path key in a key of schemas 1 and 2; nothing in one of today.
pub(super) fn path_of_older(key: &[u8]) -> Option<[u8; 16]> {
    key.get(1..)?.try_into().ok()
}

pub(super) fn log(sequence: u64) -> Vec<u8> {
    joined(b'l', &[&sequence.to_be_bytes()])
}

pub(super) fn day(date: LocalDate) -> Vec<u8> {
    joined(b'd', &[&sortable(date.days())])
}

pub(super) fn model(name: &str) -> Vec<u8> {
    joined(b'm', &[&text(name)])
}

/// The day of a day's key.
pub(super) fn date_of(key: &[u8]) -> Option<LocalDate> {
    let bytes: [u8; 8] = key.get(1..)?.try_into().ok()?;
    LocalDate::from_days((u64::from_be_bytes(bytes) ^ (1 << 63)).cast_signed())
}

/// What the keys of all runs of a product model begin with.
pub(super) fn runs_named(model: &str) -> Vec<u8> {
    joined(b'r', &[&text(model), &[0]])
}

/// An outcome of a unit, by the second it was tested in.
pub(super) fn outcome(model: &str, serial: &str, seconds: i64) -> Vec<u8> {
    joined(b'o', &[&text(model), &[0], &text(serial), &[0], &sortable(seconds)])
}

/// What the outcomes of a model, or of one of its units, begin with.
pub(super) fn outcomes_of(model: Option<&str>, serial: Option<&str>) -> Vec<u8> {
    let Some(model) = model else { return vec![b'o'] };
    match serial {
        Some(serial) => joined(b'o', &[&text(model), &[0], &text(serial), &[0]]),
        None => joined(b'o', &[&text(model), &[0]]),
    }
}

/// A product model at a laser.
fn stream(key: &StreamKey) -> Vec<u8> {
    let mut part = text(&key.model);
    part.push(0);
    part.extend(text(&key.laser));
    part.push(0);
    part
}

pub(super) fn alarm(number: u64) -> Vec<u8> {
    joined(b'a', &[&number.to_be_bytes()])
}

/// A baseline of a subject since a beginning; 0 = the first.
pub(super) fn baseline(frozen: &FrozenBaseline) -> Vec<u8> {
    let since = frozen.epoch.map_or([0; 8], |epoch| sortable(epoch.timestamp()));
    joined(b'f', &[&stream(&frozen.stream), frozen.subject.word().as_bytes(), &[0], &since])
}

/// What the keys of all baselines of a product model begin with.
pub(super) fn baselines_of(model: &str) -> Vec<u8> {
    joined(b'f', &[&text(model), &[0]])
}

pub(super) fn epoch(epoch: &Epoch) -> Vec<u8> {
    joined(b'e', &[&stream(&epoch.stream), &sortable(epoch.from.timestamp())])
}

pub(super) fn state(key: &StreamKey) -> Vec<u8> {
    joined(b'x', &[&stream(key)])
}

/// The product model at a laser in the key of its state.
pub(super) fn stream_of(state: &[u8]) -> Option<StreamKey> {
    let mut parts = state.get(1..)?.split(|&byte| byte == 0);
    let mut name = || String::from_utf8(parts.next()?.to_vec()).ok();
    Some(StreamKey { model: name()?, laser: name()? })
}

/// Kinds that volumes take: those that grow with every file.
pub(super) const IN_VOLUMES: &[u8] = b"clprstuv";

/// Whether a key is of a kind that volumes take.
pub(super) fn is_in_volumes(key: &[u8]) -> bool {
    key.first().is_some_and(|kind| IN_VOLUMES.contains(kind))
}

/// Whether a pair is a place that was made ahead, for a line or curves that will come.
pub(super) fn is_place(key: &[u8], value: &[u8]) -> bool {
    matches!(key.first(), Some(b'c' | b'l')) && value.is_empty()
}

/// What the keys of all alarms begin with.
pub(super) const ALARMS: &[u8] = b"a";
/// What the keys of all frozen baselines begin with.
pub(super) const BASELINES: &[u8] = b"f";
/// What the keys of all new beginnings begin with.
pub(super) const EPOCHS: &[u8] = b"e";
/// What the keys of all states of charts begin with.
pub(super) const STATES: &[u8] = b"x";
/// What the keys of the log begin with.
pub(super) const LOG: &[u8] = b"l";
/// What the keys of the index by time begin with.
pub(super) const BY_TIME: &[u8] = b"t";
/// What the keys of all marks of paths begin with.
pub(super) const PATHS: &[u8] = b"p";
/// What the keys of all days begin with.
pub(super) const DAYS: &[u8] = b"d";
/// What the keys of all models begin with.
pub(super) const MODELS: &[u8] = b"m";
/// What the keys of all models' cards begin with.
pub(super) const MODEL_CARDS: &[u8] = b"h";
pub(super) const SEQUENCE: &[u8] = b"ksequence";
pub(super) const TOTAL: &[u8] = b"ktotal";
pub(super) const SCHEMA: &[u8] = b"kschema";
/// What is known of the shifts.
pub(super) const SHIFTS: &[u8] = b"kshifts";
/// Through which line of the log the runs are in the states of the charts.
pub(super) const DRIFT: &[u8] = b"kdrift";
/// Curves of runs before this moment, seconds since 1970, have been dropped.
pub(super) const CURVES_FROM: &[u8] = b"kcurves";
/// By what the runs were graded.
pub(super) const GRADED_BY: &[u8] = b"kgraded";
/// How far the audit journal goes.
pub(super) const AUDIT: &[u8] = b"kaudit";
/// Number of the journal's last batch that the engine has.
pub(super) const JOURNAL: &[u8] = b"kjournal";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_times_sort_as_numbers_do() {
        let mut times = [5, -3, 0, i64::MIN, i64::MAX];
        times.sort_by_key(|&time| sortable(time));
        assert_eq!(times, [i64::MIN, -3, 0, 5, i64::MAX]);
    }

    #[test]
    fn the_unit_index_leads_back_to_the_run() {
        let mut key = b"8340-1\0".to_vec();
        key.extend([7; 24]);
        let key = RunKey(key);
        assert_eq!(run_of_unit(&by_unit(&key, "8340-1", "246")), Some(key));
    }
}
