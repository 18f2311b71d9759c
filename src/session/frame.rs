//! What goes over a socket: frames of a length and so many bytes; the greeting in JSON, all else in postcard, events
//! each behind its length (`sealed.rs`).
//!
//! The greeting stays readable for every version to come, so that two that do not fit can say so. What follows it
//! may be read only by a program of the same [`PROTOCOL`].

use std::io::{self, IoSlice, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::protocol::{Event, Request};
use super::sealed;
use crate::engine::Setup;

/// Raised whenever a type that is part of [`Event`], [`Request`] or [`Setup`] changes its shape.
pub(super) const PROTOCOL: u32 = 5;

/// Most bytes of a request: an export of what is on a screen holds its rows.
pub(super) const MOST_REQUEST: u32 = 16 << 20;
/// Most bytes of a frame of events: the charts of a product model with years of lots are some megabytes.
pub(super) const MOST_EVENTS: u32 = 256 << 20;
/// Most bytes of a greeting.
const MOST_GREETING: u32 = 1 << 20;

/// Most memory that is taken for a frame before it has come.
const AT_ONCE: usize = 1 << 20;

/// What a viewer says first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Hello {
    /// The version of the program.
    pub(super) trimwatch: String,
    /// [`PROTOCOL`].
    pub(super) protocol: u32,
    /// Whether it only looks.
    pub(super) read_only: bool,
    /// The folders it was told to watch, absolute; empty = whatever is watched.
    pub(super) folders: Vec<String>,
    /// Who looks, as the system there calls them, and at which terminal.
    #[serde(default)]
    pub(super) user: String,
    #[serde(default)]
    pub(super) terminal: String,
}

/// What it is answered.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Welcome {
    /// It may look.
    Come {
        /// Who keeps the history.
        owner: String,
        /// What is watched, and how: whoever takes over goes on with it.
        setup: Box<Setup>,
    },
    /// It may not, and why.
    Refused(String),
}

/// Sends a greeting.
pub(super) fn greet(to: &mut impl Write, greeting: &impl Serialize) -> io::Result<()> {
    write(to, &[&serde_json::to_vec(greeting)?])
}

/// Takes a greeting.
pub(super) fn greeted<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<T> {
    let bytes = read(from, MOST_GREETING, Vec::new)?.ok_or(io::ErrorKind::UnexpectedEof)?;
    Ok(serde_json::from_slice(&bytes)?)
}

/// Sends a request.
pub(super) fn ask(to: &mut impl Write, request: &Request) -> io::Result<()> {
    write(to, &[&postcard::to_stdvec(request).map_err(io::Error::other)?])
}

/// Takes a request; `None` at the end.
pub(super) fn asked(from: &mut impl Read) -> io::Result<Option<Request>> {
    read(from, MOST_REQUEST, Vec::new)?.map(|bytes| postcard::from_bytes(&bytes).map_err(io::Error::other)).transpose()
}

/// Sends events as they lie in a frame, in parts that lie one behind the other.
pub(super) fn tell(to: &mut impl Write, parts: &[impl AsRef<[u8]>]) -> io::Result<()> {
    let parts: Vec<&[u8]> = parts.iter().map(AsRef::as_ref).collect();
    write(to, &parts)
}

/// Takes the events of one frame; `None` at the end.
pub(super) fn told(from: &mut impl Read, reader: &mut sealed::Reader) -> io::Result<Option<Vec<Event>>> {
    read(from, MOST_EVENTS, || reader.spare())?.map(|frame| reader.events(frame)).transpose()
}

/// Writes a frame, in one call of the system where it takes so much.
fn write(to: &mut impl Write, parts: &[&[u8]]) -> io::Result<()> {
    let len: usize = parts.iter().map(|part| part.len()).sum();
    let len = u32::try_from(len).map_err(io::Error::other)?.to_le_bytes();
    let all = std::iter::once(len.as_slice()).chain(parts.iter().copied()).filter(|part| !part.is_empty());
    let mut slices: Vec<IoSlice<'_>> = all.map(IoSlice::new).collect();
    let mut rest = slices.as_mut_slice();
    while !rest.is_empty() {
        match to.write_vectored(rest) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => IoSlice::advance_slices(&mut rest, written),
            Err(again) if again.kind() == io::ErrorKind::Interrupted => {}
            Err(trouble) => return Err(trouble),
        }
    }
    to.flush()
}

/// One frame, in memory that may have served before; `None` where the other side ended between two.
fn read(from: &mut impl Read, most: u32, memory: impl FnOnce() -> Vec<u8>) -> io::Result<Option<Vec<u8>>> {
    let mut len = [0; 4];
    match from.read_exact(&mut len) {
        Err(end) if end.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let len = u32::from_le_bytes(len);
    if len > most {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("a frame of {len} bytes")));
    }
    let len = len as usize;
    // Only now: whoever took the last frame has had time for it. The rest of a long one is taken as it comes, not as it was
    // announced.
    let mut bytes = memory();
    bytes.clear();
    bytes.resize(len.min(AT_ONCE), 0);
    from.read_exact(&mut bytes)?;
    from.take((len - bytes.len()) as u64).read_to_end(&mut bytes)?;
    if bytes.len() < len {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_of_one_frame_come_out_as_they_went_in() {
        let events = [Event::Alive, Event::Notice("full disk".to_owned()), Event::Stopped];
        let mut parts = vec![Vec::new(); events.len()];
        parts.iter_mut().zip(&events).for_each(|(part, event)| sealed::put(event, 0, &mut None, part));
        let mut wire = Vec::new();
        tell(&mut wire, &parts).expect("written");
        let mut from = wire.as_slice();
        assert_eq!(told(&mut from, &mut sealed::Reader::default()).expect("read"), Some(events.to_vec()));
        assert_eq!(told(&mut from, &mut sealed::Reader::default()).expect("the end"), None);
    }

    #[test]
    fn a_frame_cut_short_or_too_long_or_of_nonsense_is_an_error_and_takes_no_memory() {
        assert!(asked(&mut [9, 0, 0, 0, 1, 2].as_slice()).is_err(), "cut short");
        assert!(asked(&mut [255, 255, 255, 255, 1].as_slice()).is_err(), "too long");
        assert!(asked(&mut [1, 0, 0, 0, 250].as_slice()).is_err(), "nonsense");
        assert!(asked(&mut [3, 0].as_slice()).expect("the end").is_none());
    }

    /// Whoever changes what goes over the wire finds this test failing: raise [`PROTOCOL`], then write the new figure here.
    #[test]
    fn the_wire_is_that_of_the_protocols_number() {
        let header = crate::session::Snapshot {
            folders: Vec::new(),
            history: crate::session::HistoryState::Kept,
            queue: 3,
            unreadable: 0,
            today: crate::history::Tally::default(),
            shift: None,
            shift_span: None,
            newest_ms: Some(1),
            open_alarms: 0,
            oldest_alarm: None,
        };
        let events = [
            Event::Role(crate::session::Role::Owner),
            Event::Snapshot(Box::new(header)),
            Event::Past { runs: Vec::new(), log: Vec::new() },
            Event::Building { percent: 7 },
            Event::Notice("x".to_owned()),
            Event::Alive,
            Event::Stopped,
        ];
        let requests = [Request::Models, Request::Query { number: 1, query: Box::default() }, Request::Stop];
        let mut wire = Vec::new();
        for event in &events {
            sealed::put(event, 0, &mut None, &mut wire);
        }
        wire.extend(postcard::to_stdvec(&requests).expect("an encoding"));
        assert_eq!(
            (PROTOCOL, hex::encode(wire)),
            (
                5,
                "0300000000000012000000000400010300000000000000000001020000040000000005000003000000001107040000000019017802\
                 000000001802000000001b0e080100000000000018"
                    .to_owned()
            )
        );
    }

    #[test]
    fn a_greeting_of_a_later_version_is_still_understood() {
        let words = br#"{"trimwatch":"9.0.0","protocol":7,"read_only":false,"folders":[],"mood":"good"}"#;
        let mut wire = Vec::new();
        write(&mut wire, &[words]).expect("written");
        let hello: Hello = greeted(&mut wire.as_slice()).expect("a greeting");
        assert_eq!((hello.trimwatch.as_str(), hello.protocol), ("9.0.0", 7));
    }
}
