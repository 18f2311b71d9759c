//! What waits to be sent to one viewer. Bounded: who falls behind is brought up to date instead of told everything.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::protocol::Event;
use crate::analysis::RunCurves;

/// Bytes shared by all viewers they go to.
pub(super) type Bytes = Arc<[u8]>;

/// Most messages that wait: telling how everything stands is no more than that ...
const MOST: usize = 1_000;
/// ... and most bytes of them.
const MOST_BYTES: usize = 4 << 20;
/// Frames go out at least so far apart: what comes between goes together, so that a burst is one drawing.
const APART: Duration = Duration::from_millis(50);

/// Something that is encoded when the first viewer is sent it, because most of its kind never are.
#[derive(Debug)]
pub(super) struct Unsealed<T> {
    value: T,
    bytes: OnceLock<Bytes>,
}

impl<T: Serialize> Unsealed<T> {
    pub(super) fn new(value: T) -> Arc<Self> {
        Arc::new(Self { value, bytes: OnceLock::new() })
    }

    /// Its bytes; none where it cannot be encoded, which no type of ours does.
    fn bytes(&self) -> Bytes {
        let encode = || postcard::to_stdvec(&self.value).unwrap_or_default().into();
        Arc::clone(self.bytes.get_or_init(encode))
    }
}

/// One event on its way.
#[derive(Debug, Clone)]
pub(super) enum Parcel {
    /// A run's own part, encoded, and its curves: of several that wait only the last one's curves are sent, because
    /// the others would not be looked at.
    Arrived(Bytes, Arc<Unsealed<RunCurves>>),
    /// Only the last one of these counts.
    Latest(Slot, Arc<Unsealed<Event>>),
    /// Every one of these counts.
    Each(Bytes),
}

/// States of which only the last one counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Header,
    Models,
    Drift,
    Charts,
}

/// What is sent next.
#[derive(Debug, PartialEq)]
pub(super) enum Batch {
    /// The viewer is to be told how everything stands: too much waited for it, or it has just come.
    CatchUp,
    /// So many events, in parts.
    Events(usize, Vec<Bytes>),
}

/// The queue of one viewer.
#[derive(Debug)]
pub(super) struct Outbox {
    waiting: Mutex<Waiting>,
    ready: Condvar,
    /// An encoded run without curves.
    bare: Bytes,
}

/// What follows an event's own bytes.
#[derive(Debug)]
enum Curves {
    /// It has none.
    None,
    /// They are not wanted any more.
    Dropped,
    /// Those of the last run.
    Kept(Arc<Unsealed<RunCurves>>),
}

/// What was waiting, to be put into bytes by who sends it.
struct Drained {
    each: VecDeque<(Bytes, Curves)>,
    latest: [Option<Arc<Unsealed<Event>>>; 4],
}

#[derive(Debug)]
struct Waiting {
    each: VecDeque<(Bytes, Curves)>,
    latest: [Option<Arc<Unsealed<Event>>>; 4],
    bytes: usize,
    behind: bool,
    closed: bool,
    /// Whether the sending thread sleeps until something comes: only then is it worth waking.
    idle: bool,
    sent: Option<Instant>,
}

impl Outbox {
    /// For a viewer that knows nothing yet. `bare` is what stands in place of curves.
    pub(super) fn new(bare: Bytes) -> Self {
        let waiting = Waiting {
            each: VecDeque::new(),
            latest: [None, None, None, None],
            bytes: 0,
            behind: true,
            closed: false,
            idle: false,
            sent: None,
        };
        Self { waiting: Mutex::new(waiting), ready: Condvar::new(), bare }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an event; never waits.
    pub(super) fn put(&self, parcel: Parcel) {
        let mut waiting = self.lock();
        // Who is behind will be told how everything stands when it listens again.
        if waiting.behind || waiting.closed {
            return;
        }
        match parcel {
            Parcel::Latest(slot, event) => {
                if let Some(place) = waiting.latest.get_mut(slot as usize) {
                    *place = Some(event);
                }
            }
            Parcel::Each(bytes) => waiting.push(bytes, Curves::None),
            Parcel::Arrived(run, curves) => {
                waiting.drop_curves();
                waiting.push(run, Curves::Kept(curves));
            }
        }
        if waiting.each.len() > MOST || waiting.bytes > MOST_BYTES {
            waiting.fall_behind();
        }
        let idle = std::mem::take(&mut waiting.idle);
        drop(waiting);
        if idle {
            self.ready.notify_one();
        }
    }

    /// Nothing more is sent than what waits.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.ready.notify_one();
    }

    /// Waits for something to send; `None` when the end is reached.
    pub(super) fn take(&self) -> Option<Batch> {
        let mut waiting = self.lock();
        loop {
            if waiting.behind && waiting.closed {
                return None;
            }
            if waiting.behind {
                // The queue stays closed to others until what stands is put together: see `caught_up`.
                return Some(Batch::CatchUp);
            }
            let rest = waiting.sent.map_or(Duration::ZERO, |sent| APART.saturating_sub(sent.elapsed()));
            match (waiting.is_empty(), waiting.closed) {
                (true, true) => return None,
                (true, false) => {
                    waiting.idle = true;
                    waiting = self.ready.wait(waiting).unwrap_or_else(PoisonError::into_inner);
                }
                (false, false) if !rest.is_zero() => {
                    let woken = self.ready.wait_timeout(waiting, rest).unwrap_or_else(PoisonError::into_inner);
                    waiting = woken.0;
                }
                (false, _) => {
                    let drained = waiting.drain();
                    drop(waiting);
                    return Some(drained.sealed(&self.bare));
                }
            }
        }
    }

    /// From here on events are taken again: whoever calls this has put together how everything stands.
    pub(super) fn caught_up(&self) {
        self.lock().behind = false;
    }
}

impl Waiting {
    fn is_empty(&self) -> bool {
        self.each.is_empty() && self.latest.iter().all(Option::is_none)
    }

    fn push(&mut self, bytes: Bytes, curves: Curves) {
        self.bytes += bytes.len();
        self.each.push_back((bytes, curves));
    }

    /// The curves of the runs that wait are not sent.
    fn drop_curves(&mut self) {
        let curves = self.each.iter_mut().rev().map(|(_, curves)| curves);
        if let Some(last) = curves.into_iter().find(|curves| !matches!(curves, Curves::None)) {
            *last = Curves::Dropped;
        }
    }

    fn fall_behind(&mut self) {
        self.each = VecDeque::new();
        self.latest = [None, None, None, None];
        (self.bytes, self.behind) = (0, true);
    }

    fn drain(&mut self) -> Drained {
        (self.bytes, self.sent) = (0, Some(Instant::now()));
        Drained { each: std::mem::take(&mut self.each), latest: std::mem::take(&mut self.latest) }
    }
}

impl Drained {
    fn sealed(self, bare: &Bytes) -> Batch {
        let latest = self.latest.into_iter().flatten().map(|event| (event.bytes(), Curves::None));
        let mut count = 0;
        let mut parts = Vec::new();
        for (bytes, curves) in self.each.into_iter().chain(latest) {
            count += 1;
            parts.push(bytes);
            match curves {
                Curves::None => {}
                Curves::Dropped => parts.push(Arc::clone(bare)),
                Curves::Kept(curves) => parts.push(curves.bytes()),
            }
        }
        Batch::Events(count, parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Bytes {
        text.as_bytes().into()
    }

    fn outbox() -> Outbox {
        let outbox = Outbox::new(bytes("-"));
        assert_eq!(outbox.take(), Some(Batch::CatchUp), "who has just come knows nothing");
        outbox.caught_up();
        outbox
    }

    #[test]
    fn of_runs_that_wait_only_the_last_one_goes_with_its_curves_and_of_headers_the_last_one() {
        let outbox = outbox();
        let curves = RunCurves::default();
        for run in ["a", "b", "c"] {
            outbox.put(Parcel::Arrived(bytes(run), Unsealed::new(curves.clone())));
            outbox.put(Parcel::Latest(Slot::Header, Unsealed::new(Event::Notice(run.to_owned()))));
        }
        let encoded = Unsealed::new(curves).bytes();
        let header = Unsealed::new(Event::Notice("c".to_owned())).bytes();
        let parts = vec![bytes("a"), bytes("-"), bytes("b"), bytes("-"), bytes("c"), encoded, header];
        assert_eq!(outbox.take(), Some(Batch::Events(4, parts)));
        outbox.close();
        assert_eq!(outbox.take(), None);
    }

    #[test]
    fn who_leaves_before_it_was_told_anything_is_told_nothing() {
        let outbox = Outbox::new(bytes("-"));
        outbox.close();
        assert_eq!(outbox.take(), None);
    }

    #[test]
    fn who_does_not_listen_costs_a_bounded_queue_and_is_brought_up_to_date_later() {
        let outbox = outbox();
        (0..3 * MOST).for_each(|_| outbox.put(Parcel::Each(bytes("x"))));
        assert_eq!(outbox.lock().each.capacity(), 0, "nothing is kept for it");
        assert_eq!(outbox.take(), Some(Batch::CatchUp));
        outbox.caught_up();
        outbox.put(Parcel::Each(bytes("y")));
        assert_eq!(outbox.take(), Some(Batch::Events(1, vec![bytes("y")])));
    }
}
