//! How events lie in a frame: each behind its length, so that a screen opens those it shows and keeps the rest as it
//! came.
//!
//! An event is a length of four bytes, a byte for its kind and the event in postcard. Runs and lines of the log, which
//! come by the hundred, have their time before the event. Those that lie below a screen are only announced, kind and
//! time of each behind a number; their bytes follow under that number once there is time.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::sync::{Arc, OnceLock, Weak};

use serde::Serialize;

use super::protocol::{ArrivedRun, Event};
use crate::analysis::{RunCurves, Status};
use crate::history::{LogEntry, LogOutcome};

/// The number of [`Event::Arrived`] on the wire.
const ARRIVED: u32 = 6;
/// Bytes of an event's length.
const LENGTH: usize = 4;
/// In place of its kind, where it is not sealed.
const WHOLE: u8 = 0;
/// Added to the kind of a run whose line of the log is left out.
const HAS_LINE: u8 = 0x10;
/// In place of a kind: events are announced under a number.
const ANNOUNCED: u8 = 0x20;
/// In place of a kind: what was announced under a number.
const FOLLOWS: u8 = 0x21;
/// Bytes of its time, where it has one.
const TIME: usize = 8;
/// Bytes of the number that events are announced under.
const NUMBER: usize = 8;
/// Most bytes of a frame whose memory serves for the next one.
const SPARE: usize = 256 << 10;
/// Announcements that are remembered before those are looked for that nobody waits for any more.
const MANY: usize = 256;

/// What a sealed event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A run.
    Run = 1,
    /// A run that failed or could not be judged: somebody ought to look at it.
    Failure,
    /// A line of the log that tells of a run.
    Line,
}

/// A run with its line of the log, or a line, as it came over a socket, not opened yet.
#[derive(Debug, Clone)]
pub struct Sealed {
    kind: Kind,
    /// Whether its line of the log belongs to it, which says nothing that the run does not.
    has_line: bool,
    /// When it was told of, milliseconds since 1970 UTC.
    told_ms: i64,
    lies: Lies,
}

/// Where the bytes are, which those that came together share.
#[derive(Debug, Clone)]
enum Lies {
    /// In a frame, at this place.
    Here(Arc<Vec<u8>>, Range<usize>),
    /// In what is still to come, as this one of them.
    Later(Arc<Later>, usize),
}

/// What was announced: a frame, and the places of the events in it, once it has come.
type Later = OnceLock<(Arc<Vec<u8>>, Vec<Range<usize>>)>;

impl PartialEq for Sealed {
    fn eq(&self, other: &Self) -> bool {
        let own = (self.kind, self.has_line, self.told_ms, self.bytes());
        own == (other.kind, other.has_line, other.told_ms, other.bytes())
    }
}

impl Sealed {
    /// What it is about.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// When it was told of, milliseconds since 1970 UTC.
    pub fn told_ms(&self) -> i64 {
        self.told_ms
    }

    fn bytes(&self) -> &[u8] {
        match &self.lies {
            Lies::Here(frame, at) => frame.get(at.clone()),
            Lies::Later(later, nth) => later.get().and_then(|(frame, places)| frame.get(places.get(*nth)?.clone())),
        }
        .unwrap_or_default()
    }

    /// Whether it can be opened: what is only announced is still to come.
    pub fn is_here(&self) -> bool {
        match &self.lies {
            Lies::Here(..) => true,
            Lies::Later(later, _) => later.get().is_some(),
        }
    }

    /// The same with bytes of its own, so that what came with it need not be kept for its sake.
    #[must_use]
    pub fn apart(self) -> Self {
        let lies = match self.lies {
            Lies::Here(frame, at) => {
                let own = frame.get(at).unwrap_or_default().to_vec();
                let all = 0..own.len();
                Lies::Here(Arc::new(own), all)
            }
            later @ Lies::Later(..) => later,
        };
        Self { lies, ..self }
    }

    /// Whether a run is in it.
    pub fn has_run(&self) -> bool {
        self.kind != Kind::Line
    }

    /// Whether a line of the log is in it.
    pub fn has_line(&self) -> bool {
        self.kind == Kind::Line || self.has_line
    }

    /// What is in it: a run without curves, a line of the log, or both; nothing where the bytes are none, which only
    /// another program would send.
    pub fn open(&self) -> Vec<Event> {
        let event: Option<Event> = postcard::from_bytes(self.bytes()).ok();
        let line = match &event {
            Some(Event::Arrived(run, _)) if self.has_line => Some(Event::Logged(Box::new(line_of(run)))),
            _ => None,
        };
        event.into_iter().chain(line).collect()
    }
}

/// What the log says of a run that is new.
fn line_of(run: &ArrivedRun) -> LogEntry {
    let (key, status) = (run.key.clone(), run.record.run.status.word().to_owned());
    LogEntry {
        sequence: run.sequence,
        at_ms: run.record.arrived_ms,
        file: run.record.file.clone(),
        outcome: LogOutcome::Run { key, status },
    }
}

impl Event {
    /// The events that this one holds, one by one, sealed ones opened.
    pub fn each(self) -> Vec<Event> {
        match self {
            Event::Together(events) => events.into_iter().flat_map(Event::each).collect(),
            Event::Sealed(sealed) => sealed.open(),
            event => vec![event],
        }
    }
}

/// A run that was put into a frame last, and where: its line of the log is not put behind it where nothing is in it that is
/// not in the run.
#[derive(Debug)]
pub(super) struct LastRun {
    /// Where its kind stands.
    at: usize,
    line: LogEntry,
}

/// Puts an event behind others of a frame. A run goes without its curves, sealed, and so does its line of the log. `last`
/// is what was put before it.
pub(super) fn put(event: &Event, told_ms: i64, last: &mut Option<LastRun>, frame: &mut Vec<u8>) {
    match (event, last.take()) {
        // The event's two parts lie one behind the other: in place of the second one stand empty curves.
        (Event::Arrived(run, _), _) => {
            *last = Some(LastRun { at: frame.len() + LENGTH, line: line_of(run) });
            let kind = if is_failure(run) { Kind::Failure } else { Kind::Run };
            write(Some((kind, told_ms)), &(ARRIVED, run, RunCurves::default()), frame);
        }
        (Event::Logged(entry), Some(LastRun { at, line })) if line == **entry && at < frame.len() => {
            if let Some(kind) = frame.get_mut(at) {
                *kind |= HAS_LINE;
            }
        }
        (Event::Logged(entry), _) if tells_of_a_run(entry) => write(Some((Kind::Line, told_ms)), event, frame),
        (event, _) => write(None, event, frame),
    }
}

/// Puts an event behind others of a frame as it is.
pub(super) fn put_whole(event: &Event, frame: &mut Vec<u8>) {
    write(None, event, frame);
}

fn is_failure(run: &ArrivedRun) -> bool {
    matches!(run.record.run.status, Status::Fail | Status::Error)
}

fn tells_of_a_run(entry: &LogEntry) -> bool {
    matches!(entry.outcome, LogOutcome::Run { .. })
}

fn write(seal: Option<(Kind, i64)>, event: &impl Serialize, frame: &mut Vec<u8>) {
    let begin = frame.len();
    frame.extend([0; LENGTH]);
    match seal {
        Some((kind, time)) => {
            frame.push(kind as u8);
            frame.extend(time.to_le_bytes());
        }
        None => frame.push(WHOLE),
    }
    let written = postcard::to_io(event, &mut *frame).is_ok();
    let fits = frame.get_mut(begin..).and_then(|event| fit(event, 0)).is_some();
    // No type of ours cannot be encoded, and none is so long.
    if !(written && fits) {
        frame.truncate(begin);
    }
}

/// An announcement of events that lie one behind the other, and how many runs are among them; nothing where one of them
/// must not come later.
pub(super) fn announcement(number: u64, events: &[u8]) -> Option<(Vec<u8>, usize)> {
    let (mut announced, mut runs) = (headed(ANNOUNCED, number), 0);
    for event in places(events) {
        let head = events.get(event?).and_then(|event| event.get(..1 + TIME))?;
        runs += usize::from(kind(head.first()? & !HAS_LINE)? != Kind::Line);
        announced.extend(head);
    }
    fit(&mut announced, 0)?;
    Some((announced, runs))
}

/// What stands before events that were announced under a number, once they follow.
pub(super) fn before_announced(number: u64, events: &[u8]) -> Option<Vec<u8>> {
    let mut head = headed(FOLLOWS, number);
    fit(&mut head, events.len())?;
    Some(head)
}

fn headed(kind: u8, number: u64) -> Vec<u8> {
    let mut head = vec![0; LENGTH];
    head.push(kind);
    head.extend(number.to_le_bytes());
    head
}

/// Puts the length before what begins a frame and so many bytes more.
fn fit(head: &mut [u8], more: usize) -> Option<()> {
    let len = u32::try_from(head.len() - LENGTH + more).ok()?;
    head.get_mut(..LENGTH)?.copy_from_slice(&len.to_le_bytes());
    Some(())
}

/// Where events are that lie one behind the other, each without its length; `None` instead of what is none, and no more.
fn places(events: &[u8]) -> impl Iterator<Item = Option<Range<usize>>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        (at < events.len()).then(|| {
            let place = place(events, at);
            at = place.as_ref().map_or(events.len(), |place| place.end);
            place
        })
    })
}

fn place(events: &[u8], at: usize) -> Option<Range<usize>> {
    let len = u32::from_le_bytes(events.get(at..at + LENGTH)?.try_into().ok()?);
    let begin = at + LENGTH;
    let end = begin.checked_add(usize::try_from(len).ok()?)?;
    (begin < end && end <= events.len()).then_some(begin..end)
}

/// Reads the frames of one owner, and knows what it has announced.
#[derive(Debug, Default)]
pub(super) struct Reader {
    announced: BTreeMap<u64, Weak<Later>>,
    last: Option<Arc<Vec<u8>>>,
}

impl Reader {
    /// The last frame's memory, where nobody needs that frame any more: the system takes its time for fresh memory.
    pub(super) fn spare(&mut self) -> Vec<u8> {
        let spare = self.last.take().and_then(Arc::into_inner);
        spare.filter(|frame| frame.capacity() <= SPARE).unwrap_or_default()
    }

    /// The events of a frame, in their order. What was announced and has come now can be opened, without an event.
    ///
    /// # Errors
    /// When it is not what [`put`] and its like write.
    pub(super) fn events(&mut self, frame: Vec<u8>) -> io::Result<Vec<Event>> {
        let frame = Arc::new(frame);
        let mut events = Vec::new();
        for place in places(&frame) {
            place.and_then(|place| self.read(&frame, place, &mut events)).ok_or(io::ErrorKind::InvalidData)?;
        }
        self.last = Some(frame);
        Ok(events)
    }

    /// Reads an event, or many.
    fn read(
        &mut self,
        frame: &Arc<Vec<u8>>,
        Range { start, end }: Range<usize>,
        events: &mut Vec<Event>,
    ) -> Option<()> {
        let (&first, rest) = frame.get(start..end)?.split_first()?;
        match first {
            WHOLE => events.push(postcard::from_bytes(rest).ok()?),
            ANNOUNCED => self.announce(rest, events)?,
            FOLLOWS => self.follow(frame, start + 1, end)?,
            _ => {
                let lies = Lies::Here(Arc::clone(frame), start + 1 + TIME..end);
                events.push(sealed(first, rest.get(..TIME)?, lies)?);
            }
        }
        Some(())
    }

    fn announce(&mut self, told: &[u8], events: &mut Vec<Event>) -> Option<()> {
        let (number, heads) = told.split_first_chunk::<NUMBER>()?;
        let later = Arc::new(Later::new());
        for (nth, head) in heads.chunks(1 + TIME).enumerate() {
            let (&kind, time) = head.split_first()?;
            events.push(sealed(kind, time, Lies::Later(Arc::clone(&later), nth))?);
        }
        if self.announced.len() >= MANY {
            self.announced.retain(|_, later| later.strong_count() > 0);
        }
        self.announced.insert(u64::from_le_bytes(*number), Arc::downgrade(&later));
        Some(())
    }

    /// Takes what was announced; where nobody waits for it any more it is let go.
    fn follow(&mut self, frame: &Arc<Vec<u8>>, start: usize, end: usize) -> Option<()> {
        let number = frame.get(start..end)?.first_chunk::<NUMBER>()?;
        let Some(later) = self.announced.remove(&u64::from_le_bytes(*number)).and_then(|later| later.upgrade()) else {
            return Some(());
        };
        let begin = start + NUMBER;
        let events = places(frame.get(begin..end)?);
        let bodies = events.map(|event| event.map(|event| begin + event.start + 1 + TIME..begin + event.end));
        // Nobody announces two things under one number.
        let _ = later.set((Arc::clone(frame), bodies.collect::<Option<_>>()?));
        Some(())
    }
}

/// A sealed event by its kind and time on the wire.
fn sealed(first: u8, time: &[u8], lies: Lies) -> Option<Event> {
    let (kind, has_line) = (kind(first & !HAS_LINE)?, first & HAS_LINE != 0);
    let told_ms = i64::from_le_bytes(time.try_into().ok()?);
    Some(Event::Sealed(Sealed { kind, has_line, told_ms, lies }))
}

/// A kind by the number it has on the wire.
fn kind(number: u8) -> Option<Kind> {
    [Kind::Run, Kind::Failure, Kind::Line].into_iter().find(|kind| *kind as u8 == number)
}

#[cfg(test)]
pub(crate) mod tests;
