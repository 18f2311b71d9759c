//! How events lie in a frame: each behind its length, so that a screen opens those it shows and keeps the rest as it
//! came.
//!
//! An event is a length of four bytes, a byte for its kind and the event in postcard. Runs and lines of the log, which
//! come by the hundred, have their time before the event. Those that lie below a screen are only announced, kind and
//! time of each behind a number, or in a burst with an outline of each run behind these; their bytes follow under that
//! number once there is time.

mod announcement;
mod reader;

use std::ops::Range;
use std::sync::Arc;

use serde::Serialize;

use super::outline::outline;
use super::press::Announced;
use super::protocol::{ArrivedRun, Event};
use crate::analysis::{RunCurves, Status};
use crate::history::{LogEntry, LogOutcome};
pub use announcement::Announcement;
use announcement::Later;
pub(super) use reader::Reader;

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
/// In place of a kind: events are announced under a number, runs with their outlines.
const OUTLINED: u8 = 0x22;
/// Bytes of its time, where it has one.
const TIME: usize = 8;
/// Bytes of the number that events are announced under.
const NUMBER: usize = 8;

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
    /// An outline of the run, where that came before it.
    outline: Option<(Arc<Vec<u8>>, Range<usize>)>,
}

/// Where the bytes are, which those that came together share.
#[derive(Debug, Clone)]
enum Lies {
    /// In a frame, at this place.
    Here(Arc<Vec<u8>>, Range<usize>),
    /// In what is still to come, as this one of them.
    Later(Arc<Later>, usize),
}

impl PartialEq for Sealed {
    fn eq(&self, other: &Self) -> bool {
        let own = (self.kind, self.has_line, self.told_ms, self.bytes());
        own == (other.kind, other.has_line, other.told_ms, other.bytes())
    }
}

impl Sealed {
    /// By its kind and time on the wire; nothing where there is no such kind.
    fn new(first: u8, time: &[u8], lies: Lies, outline: Option<(Arc<Vec<u8>>, Range<usize>)>) -> Option<Self> {
        let (kind, has_line) = (kind(first & !HAS_LINE)?, first & HAS_LINE != 0);
        let told_ms = i64::from_le_bytes(time.try_into().ok()?);
        Some(Self { kind, has_line, told_ms, lies, outline })
    }

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
            Lies::Later(later, nth) => later.came.get().and_then(|(frame, at)| frame.get(at.get(*nth)?.clone())),
        }
        .unwrap_or_default()
    }

    /// Whether it can be opened: what is only announced is still to come.
    pub fn is_here(&self) -> bool {
        match &self.lies {
            Lies::Here(..) => true,
            Lies::Later(later, _) => later.is_here(),
        }
    }

    /// What a row shows of its run, where that came before it, without curves; once.
    pub fn outline(&mut self) -> Option<ArrivedRun> {
        let (frame, at) = self.outline.take()?;
        postcard::from_bytes(frame.get(at)?).ok()
    }

    /// The same with bytes of its own, so that what came with it need not be kept for its sake. Its outline is
    /// let go of.
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
        Self { lies, outline: None, ..self }
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
            Event::Announced(announced) => announced.came().flat_map(|sealed| sealed.open()).collect(),
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

/// Puts the outline of a run behind others; of other events there is none.
pub(super) fn put_outline(event: &Event, outlines: &mut Vec<u8>) {
    if let Event::Arrived(run, _) = event {
        sized(outlines, |outlines| postcard::to_io(&outline(run), outlines).is_ok());
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
    sized(frame, |frame| {
        match seal {
            Some((kind, time)) => {
                frame.push(kind as u8);
                frame.extend(time.to_le_bytes());
            }
            None => frame.push(WHOLE),
        }
        postcard::to_io(event, frame).is_ok()
    });
}

/// Puts something behind its length.
fn sized(frame: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>) -> bool) {
    let begin = frame.len();
    frame.extend([0; LENGTH]);
    let written = write(frame);
    let fits = frame.get_mut(begin..).and_then(|event| fit(event, 0)).is_some();
    // No type of ours cannot be encoded, and none is so long.
    if !(written && fits) {
        frame.truncate(begin);
    }
}

/// An announcement of events that lie one behind the other, with the outlines of the runs among them; nothing where one of
/// them must not come later.
pub(super) fn announcement(number: u64, events: &[u8], outlines: &[u8]) -> Option<Announced> {
    let (mut announced, mut outlined, mut runs) = (headed(ANNOUNCED, number), headed(OUTLINED, number), 0);
    let mut places_of_outlines = places(outlines);
    for event in places(events) {
        let head = events.get(event?).and_then(|event| event.get(..1 + TIME))?;
        announced.extend(head);
        outlined.extend(head);
        if is_run(*head.first()?)? {
            runs += 1;
            let place = places_of_outlines.next()??;
            outlined.extend(outlines.get(place.start - LENGTH..place.end)?);
        }
    }
    fit(&mut announced, 0)?;
    fit(&mut outlined, 0)?;
    Some(Announced { number, runs, bytes: announced.as_slice().into(), outlined: outlined.as_slice().into() })
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

/// Whether a kind on the wire is that of a run; nothing where there is no such kind.
fn is_run(first: u8) -> Option<bool> {
    Some(kind(first & !HAS_LINE)? != Kind::Line)
}

/// A kind by the number it has on the wire.
fn kind(number: u8) -> Option<Kind> {
    [Kind::Run, Kind::Failure, Kind::Line].into_iter().find(|kind| *kind as u8 == number)
}

#[cfg(test)]
pub(crate) mod tests;
