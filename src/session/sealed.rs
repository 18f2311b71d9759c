//! How events lie in a frame: each behind its length, so that a screen opens those it shows and keeps the rest as it
//! came.
//!
//! An event is a length of four bytes, a byte for its kind and the event in postcard. Runs and lines of the log, which
//! come by the hundred, have their time before the event.

use std::io;
use std::ops::Range;
use std::sync::Arc;

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
/// Bytes of its time, where it has one.
const TIME: usize = 8;

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

/// A run or a line of the log as it came over a socket, not opened yet.
#[derive(Debug, Clone)]
pub struct Sealed {
    kind: Kind,
    /// When it arrived, milliseconds since 1970 UTC.
    arrived_ms: i64,
    /// The frame it came in, which those that came with it share.
    frame: Arc<Vec<u8>>,
    /// Where it lies there.
    at: Range<usize>,
}

impl PartialEq for Sealed {
    fn eq(&self, other: &Self) -> bool {
        (self.kind, self.arrived_ms, self.bytes()) == (other.kind, other.arrived_ms, other.bytes())
    }
}

impl Sealed {
    /// What it is about.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// When it arrived, milliseconds since 1970 UTC.
    pub fn arrived_ms(&self) -> i64 {
        self.arrived_ms
    }

    fn bytes(&self) -> &[u8] {
        self.frame.get(self.at.clone()).unwrap_or_default()
    }

    /// The event; `None` where the bytes are none, which only another program would send. A run comes without curves.
    pub fn open(&self) -> Option<Event> {
        postcard::from_bytes(self.bytes()).ok()
    }
}

impl Event {
    /// The events that this one holds, one by one, sealed ones opened.
    pub fn each(self) -> Vec<Event> {
        match self {
            Event::Together(events) => events.into_iter().flat_map(Event::each).collect(),
            Event::Sealed(sealed) => sealed.open().into_iter().collect(),
            event => vec![event],
        }
    }
}

/// Puts an event behind others of a frame. A run goes without its curves, sealed, and so does its line of the log.
pub(super) fn put(event: &Event, frame: &mut Vec<u8>) {
    match event {
        // The event's two parts lie one behind the other: in place of the second one stand empty curves.
        Event::Arrived(run, _) => write(
            Some((if is_failure(run) { Kind::Failure } else { Kind::Run }, run.record.arrived_ms)),
            &(ARRIVED, run, RunCurves::default()),
            frame,
        ),
        Event::Logged(entry) if tells_of_a_run(entry) => write(Some((Kind::Line, entry.at_ms)), event, frame),
        event => write(None, event, frame),
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
    let len = u32::try_from(frame.len() - begin - LENGTH);
    match (len, frame.get_mut(begin..begin + LENGTH)) {
        (Ok(len), Some(place)) if written => place.copy_from_slice(&len.to_le_bytes()),
        // No type of ours cannot be encoded, and none is so long.
        _ => frame.truncate(begin),
    }
}

/// The events of a frame, in their order.
///
/// # Errors
/// When it is not what [`put`] writes.
pub(super) fn events(frame: Vec<u8>) -> io::Result<Vec<Event>> {
    let frame = Arc::new(frame);
    let mut events = Vec::new();
    let mut at = 0;
    while at < frame.len() {
        let (event, next) = event(&frame, at).ok_or(io::ErrorKind::InvalidData)?;
        events.push(event);
        at = next;
    }
    Ok(events)
}

/// The event at a place, and where the next one is.
fn event(frame: &Arc<Vec<u8>>, at: usize) -> Option<(Event, usize)> {
    let len = u32::from_le_bytes(frame.get(at..at + LENGTH)?.try_into().ok()?);
    let begin = at + LENGTH;
    let end = begin.checked_add(usize::try_from(len).ok()?)?;
    let (&first, rest) = frame.get(begin..end)?.split_first()?;
    if first == WHOLE {
        return Some((postcard::from_bytes(rest).ok()?, end));
    }
    let kind = kind(first)?;
    let arrived_ms = i64::from_le_bytes(rest.get(..TIME)?.try_into().ok()?);
    let sealed = Sealed { kind, arrived_ms, frame: Arc::clone(frame), at: begin + 1 + TIME..end };
    Some((Event::Sealed(sealed), end))
}

/// A kind by the number it has on the wire.
fn kind(number: u8) -> Option<Kind> {
    [Kind::Run, Kind::Failure, Kind::Line].into_iter().find(|kind| *kind as u8 == number)
}

/// Events as they are on the other side of a socket.
#[cfg(test)]
pub(crate) fn over_a_socket(sent: &[Event]) -> Vec<Event> {
    let mut frame = Vec::new();
    sent.iter().for_each(|event| put(event, &mut frame));
    events(frame).expect("a frame of ours")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{FileFacts, RunKey};

    fn line() -> Event {
        let file =
            FileFacts { path: "/LTS/a.xls".to_owned(), path_key: [1; 16], len: 1, mtime_ns: 2, content: [3; 32] };
        let outcome = LogOutcome::Run { key: RunKey(vec![7]), status: "PASS".to_owned() };
        Event::Logged(Box::new(LogEntry { sequence: 9, at_ms: 1_234, file, outcome }))
    }

    #[test]
    fn what_comes_by_the_hundred_stays_sealed_with_its_time_until_somebody_opens_it() {
        let mut frame = Vec::new();
        [line(), Event::Alive].iter().for_each(|event| put(event, &mut frame));
        put_whole(&line(), &mut frame);
        let events = events(frame).expect("a frame");
        let [Event::Sealed(sealed), Event::Alive, whole] = events.as_slice() else { panic!("{events:?}") };
        assert_eq!((sealed.kind(), sealed.arrived_ms(), sealed.open()), (Kind::Line, 1_234, Some(line())));
        assert_eq!(*whole, line());
        assert_eq!(Event::Together(events).each(), [line(), Event::Alive, line()]);
    }

    #[test]
    fn a_frame_that_ends_in_the_middle_of_an_event_is_refused() {
        let mut frame = Vec::new();
        put(&line(), &mut frame);
        for end in 1..frame.len() {
            let cut = frame.get(..end).expect("shorter").to_vec();
            assert!(events(cut).is_err(), "{end}");
        }
        assert!(events(vec![1, 0, 0, 0, 9]).is_err(), "no such kind");
        assert!(events(vec![255, 255, 255, 255, 0]).is_err(), "longer than the frame");
    }
}
