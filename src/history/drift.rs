//! What is kept of drift: alarms, frozen baselines and new beginnings for good; where the charts stand, so that they
//! need not be made anew.

use std::ops::ControlFlow;

use super::digest::Digest;
use super::draft::Draft;
use super::error::StoreError;
use super::key;
use super::plan;
use super::record::{FileFacts, LogEntry, LogOutcome};
use super::store::Store;
use super::value;
use super::value::Stored;
use crate::monitoring::{Alarm, Epoch, FrozenBaseline, Keep, Restored, Silence, StreamState};
use crate::trim::LocalTime;

/// Most bytes of a state that is kept: larger values become files of their own that are never synced. A larger one is
/// made anew from its runs.
const MAX_STATE: usize = 90 * 1024;
/// How many of the newest runs are looked at for one with a clock to trust.
const LOOKED_AT: usize = 200;
/// Records and bytes that one value may change, with room to spare.
const ROOM: (usize, usize) = (8, 100 * 1024);

impl Stored for Alarm {}
impl Stored for FrozenBaseline {}
impl Stored for Epoch {}
impl Stored for Silence {}
impl Stored for StreamState {
    fn is_packed(_schema: u8) -> bool {
        true
    }
}

/// Whether a run is dated before its arrival, or no more than two days after: plant-local clocks and UTC lie less than
/// one apart.
pub fn is_in_time(seconds: Option<i64>, arrived_ms: i64) -> bool {
    const AHEAD_MS: i64 = 2 * 86_400_000;
    seconds.is_some_and(|seconds| seconds.saturating_mul(1_000) <= arrived_ms.saturating_add(AHEAD_MS))
}

impl Store {
    /// Keeps alarms, baselines and beginnings as they are now, with the lines of the log that tell of them. On disk when
    /// this returns.
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub fn keep_drift(&self, keep: &[Keep], lines: Vec<LogOutcome>, at_ms: i64) -> Result<Vec<LogEntry>, StoreError> {
        self.writing(|draft| {
            for kept in keep {
                make_room(draft)?;
                match kept {
                    Keep::Alarm(alarm) => draft.put(key::alarm(alarm.id), alarm.as_ref())?,
                    Keep::Baseline(baseline) => draft.put(key::baseline(baseline), baseline.as_ref())?,
                    Keep::Epoch(epoch) => draft.put(key::epoch(epoch), epoch)?,
                }
            }
            let line = |outcome| {
                make_room(draft)?;
                plan::note(draft, at_ms, FileFacts::none(), outcome)
            };
            lines.into_iter().map(line).collect()
        })
    }

    /// Keeps where charts stand, and through which line of the log the runs are in all that are kept, where that is known.
    /// In the place of a state that is too large stands one whose runs are to be read.
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub fn keep_states(
        &self,
        states: &[StreamState],
        silence: &Silence,
        through: Option<u64>,
    ) -> Result<(), StoreError> {
        self.writing(|draft| {
            for state in states {
                make_room(draft)?;
                let mut packed = value::encode(state)?;
                if packed.len() > MAX_STATE {
                    packed = value::encode(&StreamState::to_be_read(state.key.clone()))?;
                }
                draft.put_raw(key::state(&state.key), packed);
            }
            draft.put(key::SHIFTS.to_vec(), silence)?;
            through.map_or(Ok(()), |through| draft.put(key::DRIFT.to_vec(), &through))
        })
    }

    /// What is known of the shifts.
    pub fn shifts_known(&self) -> Silence {
        self.value(key::SHIFTS).ok().flatten().unwrap_or_default()
    }

    /// What was kept of drift, and through which line of the log the runs are in the states; `None` when there are no
    /// states to go on from. Damaged values are left out: what is missing is made anew.
    ///
    /// # Errors
    /// An engine that cannot be read.
    pub fn drift(&self) -> Result<(Restored, Option<u64>), StoreError> {
        let restored = Restored {
            states: self.states()?,
            baselines: self.all_of(key::BASELINES)?,
            epochs: self.all_of(key::EPOCHS)?,
            alarms: self.all_of(key::ALARMS)?,
            span: self.span()?,
        };
        let through = self.value::<u64>(key::DRIFT).ok().flatten();
        Ok((restored, through))
    }

    /// Times of the first and the last run, on the plant's clock. A run dated long after it came has a wrong clock, and
    /// ends nothing.
    fn span(&self) -> Result<Option<(LocalTime, LocalTime)>, StoreError> {
        let shelf = self.shelf();
        let (oldest, newest) =
            (shelf.prefixed(key::BY_TIME, 1, false)?, shelf.prefixed(key::BY_TIME, LOOKED_AT, true)?);
        let time = |(index, _): &(Vec<u8>, Vec<u8>)| LocalTime::from_timestamp(key::run_of_time(index).seconds()?);
        let is_true = |(index, bytes): &&(Vec<u8>, Vec<u8>)| {
            let run = key::run_of_time(index);
            value::decode::<Digest>(bytes).is_ok_and(|digest| is_in_time(run.seconds(), digest.facts(&run).arrived_ms))
        };
        Ok(oldest.first().and_then(time).zip(newest.iter().find(is_true).and_then(time)))
    }

    /// Where charts stand; in the place of a damaged state, or of one by other lots, one whose runs are to be read.
    fn states(&self) -> Result<Vec<StreamState>, StoreError> {
        let pairs = self.shelf().prefixed(key::STATES, usize::MAX, false)?;
        let state = |(at, bytes): &(Vec<u8>, Vec<u8>)| {
            let sound = value::decode::<StreamState>(bytes).ok().filter(|state| !state.is_overfull());
            sound.or_else(|| key::stream_of(at).map(StreamState::to_be_read))
        };
        Ok(pairs.iter().filter_map(state).collect())
    }

    fn all_of<T: Stored>(&self, prefix: &[u8]) -> Result<Vec<T>, StoreError> {
        let pairs = self.shelf().prefixed(prefix, usize::MAX, false)?;
        Ok(pairs.iter().filter_map(|(_, bytes)| value::decode(bytes).ok()).collect())
    }

    /// The number of the log's last line.
    pub fn last_line(&self) -> u64 {
        self.value::<u64>(key::SEQUENCE).ok().flatten().unwrap_or(0)
    }

    /// Calls `each` for every line of the log after a number, in order, until it breaks. Damaged lines are passed over.
    ///
    /// # Errors
    /// An engine that cannot be read.
    pub fn each_line_after(
        &self,
        number: u64,
        mut each: impl FnMut(LogEntry) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        const PAGE: usize = 200;
        let mut after = key::log(number);
        loop {
            let page = self.shelf().after(&after, key::LOG, PAGE)?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after.clone_from(last);
            for entry in page.iter().filter_map(|(_, bytes)| value::decode::<LogEntry>(bytes).ok()) {
                if each(entry).is_break() {
                    return Ok(());
                }
            }
        }
    }
}

fn make_room(draft: &mut Draft<'_>) -> Result<(), StoreError> {
    if draft.fits(ROOM.0, ROOM.1) { Ok(()) } else { draft.apply() }
}
