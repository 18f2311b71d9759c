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
/// Added to the kind of a run whose line of the log is left out.
const HAS_LINE: u8 = 0x10;
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

/// A run with its line of the log, or a line, as it came over a socket, not opened yet.
#[derive(Debug, Clone)]
pub struct Sealed {
    kind: Kind,
    /// Whether its line of the log belongs to it, which says nothing that the run does not.
    has_line: bool,
    /// When it arrived, milliseconds since 1970 UTC.
    arrived_ms: i64,
    /// The frame it came in, which those that came with it share.
    frame: Arc<Vec<u8>>,
    /// Where it lies there.
    at: Range<usize>,
}

impl PartialEq for Sealed {
    fn eq(&self, other: &Self) -> bool {
        let own = (self.kind, self.has_line, self.arrived_ms, self.bytes());
        own == (other.kind, other.has_line, other.arrived_ms, other.bytes())
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
pub(super) fn put(event: &Event, last: &mut Option<LastRun>, frame: &mut Vec<u8>) {
    match (event, last.take()) {
        // The event's two parts lie one behind the other: in place of the second one stand empty curves.
        (Event::Arrived(run, _), _) => {
            *last = Some(LastRun { at: frame.len() + LENGTH, line: line_of(run) });
            let kind = if is_failure(run) { Kind::Failure } else { Kind::Run };
            write(Some((kind, run.record.arrived_ms)), &(ARRIVED, run, RunCurves::default()), frame);
        }
        (Event::Logged(entry), Some(LastRun { at, line })) if line == **entry && at < frame.len() => {
            if let Some(kind) = frame.get_mut(at) {
                *kind |= HAS_LINE;
            }
        }
        (Event::Logged(entry), _) if tells_of_a_run(entry) => write(Some((Kind::Line, entry.at_ms)), event, frame),
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
    let (kind, has_line) = (kind(first & !HAS_LINE)?, first & HAS_LINE != 0);
    let arrived_ms = i64::from_le_bytes(rest.get(..TIME)?.try_into().ok()?);
    let sealed = Sealed { kind, has_line, arrived_ms, frame: Arc::clone(frame), at: begin + 1 + TIME..end };
    Some((Event::Sealed(sealed), end))
}

/// A kind by the number it has on the wire.
fn kind(number: u8) -> Option<Kind> {
    [Kind::Run, Kind::Failure, Kind::Line].into_iter().find(|kind| *kind as u8 == number)
}

/// Events as they are on the other side of a socket.
#[cfg(test)]
pub(crate) fn over_a_socket(sent: &[Event]) -> Vec<Event> {
    let (mut frame, mut last) = (Vec::new(), None);
    for event in sent {
        put(event, &mut last, &mut frame);
    }
    events(frame).expect("a frame of ours")
}

/// The samples, judged, as runs that have just come.
#[cfg(test)]
pub(crate) fn samples_as_they_arrive() -> Vec<super::ArrivedRun> {
    use crate::engine::{Outcome, process};
    use crate::history::{FileFacts, RunKey, RunRecord};

    let setup = super::Setup::new(&crate::config::Config::default(), Vec::new(), None);
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/incoming/LTS");
    let mut paths: Vec<_> = std::fs::read_dir(folder).expect("samples").flatten().map(|file| file.path()).collect();
    paths.sort();
    let runs = paths.iter().filter_map(|path| {
        let bytes = std::fs::read(path).ok()?;
        let source = crate::trim::Source { path, laser: None, modified: None, today: None };
        let Outcome::Judged { run, .. } = process(&bytes, source, &setup.analysis).outcome else { return None };
        let path = path.display().to_string();
        let file = FileFacts { path, path_key: [0; 16], len: 0, mtime_ns: 0, content: [0; 32] };
        let key = RunKey::of(&run, &file);
        let record = RunRecord { file, run: *run, arrived_ms: 0, revision: 0, excluded: None, sequence: 0 };
        Some(super::ArrivedRun { key, sequence: 0, record, latency_ms: Some(7.0), not_kept: None })
    });
    runs.collect()
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
        for event in [line(), Event::Alive] {
            put(&event, &mut None, &mut frame);
        }
        put_whole(&line(), &mut frame);
        let events = events(frame).expect("a frame");
        let [Event::Sealed(sealed), Event::Alive, whole] = events.as_slice() else { panic!("{events:?}") };
        assert_eq!((sealed.kind(), sealed.arrived_ms(), sealed.open()), (Kind::Line, 1_234, vec![line()]));
        assert_eq!(*whole, line());
        assert_eq!(Event::Together(events).each(), [line(), Event::Alive, line()]);
    }

    #[test]
    fn a_frame_that_ends_in_the_middle_of_an_event_is_refused() {
        let mut frame = Vec::new();
        put(&line(), &mut None, &mut frame);
        for end in 1..frame.len() {
            let cut = frame.get(..end).expect("shorter").to_vec();
            assert!(events(cut).is_err(), "{end}");
        }
        assert!(events(vec![1, 0, 0, 0, 9]).is_err(), "no such kind");
        assert!(events(vec![255, 255, 255, 255, 0]).is_err(), "longer than the frame");
    }
}
