//! Events of which only the kinds and times have come: in a burst they come by the hundred, so that they are one event, not
//! many.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::{HAS_LINE, Kind, Lies, Sealed, TIME, kind};

/// A frame, and the places of the events in it.
type Came = (Arc<Vec<u8>>, Vec<Range<usize>>);

/// What was announced.
#[derive(Debug, PartialEq)]
pub(super) struct Later {
    /// How many events.
    pub(super) events: usize,
    /// Where they are, once they have come.
    pub(super) came: OnceLock<Came>,
}

impl Later {
    /// So many events that did not come yet.
    pub(super) fn of(events: usize) -> Arc<Self> {
        Arc::new(Self { events, came: OnceLock::new() })
    }

    /// Whether they have come.
    pub(super) fn is_here(&self) -> bool {
        self.came.get().is_some()
    }
}

/// Runs and lines of the log that are still to come, oldest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Announcement {
    /// When the runs were told of, milliseconds since 1970 UTC.
    told_ms: Vec<i64>,
    failures: usize,
    lines: usize,
    later: Arc<Later>,
}

impl Announcement {
    /// By the kinds and times of the events, which lie one behind the other; nothing where they are none.
    pub(super) fn of(heads: &[u8]) -> Option<Self> {
        let (heads, rest) = heads.as_chunks::<{ 1 + TIME }>();
        let (mut told_ms, mut failures, mut lines) = (Vec::with_capacity(heads.len()), 0, 0);
        for [first, time @ ..] in heads {
            let kind = kind(first & !HAS_LINE)?;
            failures += usize::from(kind == Kind::Failure);
            lines += usize::from(kind == Kind::Line || first & HAS_LINE != 0);
            if kind != Kind::Line {
                told_ms.push(i64::from_le_bytes(*time));
            }
        }
        rest.is_empty().then(|| Self { told_ms, failures, lines, later: Later::of(heads.len()) })
    }

    pub(super) fn later(&self) -> &Arc<Later> {
        &self.later
    }

    /// When its runs were told of, milliseconds since 1970 UTC.
    pub fn told_ms(&self) -> &[i64] {
        &self.told_ms
    }

    /// How many runs.
    pub fn runs(&self) -> usize {
        self.told_ms.len()
    }

    /// How many of the runs failed or could not be judged.
    pub fn failures(&self) -> usize {
        self.failures
    }

    /// How many lines of the log.
    pub fn lines(&self) -> usize {
        self.lines
    }

    /// How many events: a run whose line comes with it is one.
    pub fn events(&self) -> usize {
        self.later.events
    }

    /// Whether they have come.
    pub fn is_here(&self) -> bool {
        self.later.is_here()
    }

    /// What has come, oldest first; nothing before it has.
    pub fn came(&self) -> impl Iterator<Item = Sealed> {
        self.later.came.get().into_iter().flat_map(|(frame, places)| {
            places.iter().filter_map(|place| {
                let (first, time) = frame.get(place.start.checked_sub(1 + TIME)?..place.start)?.split_first()?;
                Sealed::new(*first, time, Lies::Here(Arc::clone(frame), place.clone()), None)
            })
        })
    }
}
