//! What waits to be sent to one viewer. Bounded: who falls behind is brought up to date instead of told everything.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Bytes shared by all viewers they go to.
pub(super) type Bytes = Arc<[u8]>;

/// Most messages that wait: telling how everything stands is no more than that ...
const MOST: usize = 1_000;
/// ... and most bytes of them.
const MOST_BYTES: usize = 4 << 20;
/// Frames go out at least so far apart: what comes between goes together, so that a burst is one drawing.
const APART: Duration = Duration::from_millis(50);

/// One event, encoded.
#[derive(Debug, Clone)]
pub(super) enum Parcel {
    /// A run's own part, and its curves': of several that wait only the last one's curves are sent, because the
    /// others would not be looked at.
    Arrived(Bytes, Bytes),
    /// Only the last one of these counts.
    Latest(Slot, Bytes),
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

#[derive(Debug)]
struct Waiting {
    each: VecDeque<(Bytes, Option<Bytes>)>,
    latest: [Option<Bytes>; 4],
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
            Parcel::Latest(slot, bytes) => {
                if let Some(place) = waiting.latest.get_mut(slot as usize) {
                    *place = Some(bytes);
                }
            }
            Parcel::Each(bytes) => waiting.push(bytes, None),
            Parcel::Arrived(run, curves) => {
                waiting.drop_curves();
                waiting.push(run, Some(curves));
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
                (false, _) => return Some(waiting.drain(&self.bare)),
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

    fn push(&mut self, bytes: Bytes, curves: Option<Bytes>) {
        self.bytes += bytes.len() + curves.as_ref().map_or(0, |curves| curves.len());
        self.each.push_back((bytes, curves));
    }

    /// The curves of the runs that wait are dropped, which is marked by an empty part.
    fn drop_curves(&mut self) {
        for curves in self.each.iter_mut().rev().filter_map(|(_, curves)| curves.as_mut()) {
            if curves.is_empty() {
                break;
            }
            self.bytes -= curves.len();
            *curves = Arc::default();
        }
    }

    fn fall_behind(&mut self) {
        self.each = VecDeque::new();
        self.latest = [None, None, None, None];
        (self.bytes, self.behind) = (0, true);
    }

    fn drain(&mut self, bare: &Bytes) -> Batch {
        let latest = self.latest.iter_mut().filter_map(Option::take).map(|bytes| (bytes, None));
        let mut count = 0;
        let mut parts = Vec::new();
        for (bytes, curves) in self.each.drain(..).chain(latest) {
            count += 1;
            parts.push(bytes);
            parts.extend(curves.map(|curves| if curves.is_empty() { Arc::clone(bare) } else { curves }));
        }
        (self.bytes, self.sent) = (0, Some(Instant::now()));
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
    fn of_runs_that_wait_only_the_last_one_goes_with_its_curves() {
        let outbox = outbox();
        for run in ["a", "b", "c"] {
            outbox.put(Parcel::Arrived(bytes(run), bytes(&run.to_uppercase())));
            outbox.put(Parcel::Latest(Slot::Header, bytes(&format!("header {run}"))));
        }
        let parts = ["a", "-", "b", "-", "c", "C", "header c"].map(bytes).to_vec();
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
