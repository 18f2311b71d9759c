//! What waits to be sent to one viewer. Bounded: who falls behind is brought up to date instead of told everything.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::press::{Bytes, Piece, Unsealed};

/// Most events that wait, two of them for a file: older ones would leave the screen by its other end ...
const MOST: usize = 4_000;
/// ... and most bytes of them.
const MOST_BYTES: usize = 4 << 20;
/// Frames go out at least so far apart: what comes between goes together, so that a burst is one drawing.
const APART: Duration = Duration::from_millis(80);

/// Viewers that sleep are woken one after the other, so that they do not all work at the same moment, then and from then on:
/// the last of them so long after the first ...
const SPREAD: Duration = Duration::from_millis(40);
/// ... in so many steps.
const STEPS: u32 = 16;

/// States of which only the last one counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Header,
    Curves,
    Models,
    Drift,
    Charts,
}

/// So many slots.
const SLOTS: usize = 5;

/// What is sent next.
#[derive(Debug)]
pub(super) enum Batch {
    /// The viewer is to be told how everything stands: too much waited for it, or it has just come.
    CatchUp,
    /// Events as they lie in a frame, one behind the other.
    Events(Vec<Bytes>, Vec<Arc<Unsealed>>),
    /// Nothing yet.
    Nothing,
    /// Nothing any more.
    End,
}

/// The queue of one viewer.
#[derive(Debug)]
pub(super) struct Outbox {
    waiting: Mutex<Waiting>,
    ready: Condvar,
    /// How long after it is woken by what all are told its first frame goes.
    later: Duration,
}

#[derive(Debug)]
struct Waiting {
    each: VecDeque<Bytes>,
    latest: [Option<Arc<Unsealed>>; SLOTS],
    events: usize,
    bytes: usize,
    behind: bool,
    closed: bool,
    /// Whether the sending thread sleeps until something comes: only then is it worth waking.
    asleep: bool,
    /// No frame goes before this.
    from: Option<Instant>,
}

impl Outbox {
    /// For a viewer that knows nothing yet, the `nth` that came.
    pub(super) fn new(nth: u64) -> Self {
        let part = u32::try_from(nth % u64::from(STEPS)).unwrap_or(0);
        let waiting = Waiting {
            each: VecDeque::new(),
            latest: [const { None }; SLOTS],
            events: 0,
            bytes: 0,
            behind: true,
            closed: false,
            asleep: false,
            from: None,
        };
        Self { waiting: Mutex::new(waiting), ready: Condvar::new(), later: SPREAD * part / STEPS }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an event for this viewer alone; never waits.
    pub(super) fn put(&self, event: Bytes) {
        let mut waiting = self.lock();
        // Who is behind will be told how everything stands when it listens again.
        if waiting.takes() {
            waiting.push(1, event);
            self.wake_now(waiting);
        }
    }

    /// Adds a state of which only the last one counts.
    pub(super) fn put_latest(&self, slot: Slot, state: &Arc<Unsealed>) {
        let mut waiting = self.lock();
        if waiting.takes() {
            waiting.replace(slot, Some(state));
            self.wake_now(waiting);
        }
    }

    /// Adds what everybody is told. Wakes nobody: who sleeps was woken when it was set.
    pub(super) fn share(&self, piece: &Piece) {
        let mut waiting = self.lock();
        if waiting.takes() {
            waiting.push(piece.events, Arc::clone(&piece.bytes));
            waiting.replace(Slot::Header, piece.header.as_ref());
            waiting.replace(Slot::Curves, piece.curves.as_ref());
        }
    }

    /// There is something to send that all are told.
    pub(super) fn wake(&self) {
        let mut waiting = self.lock();
        if std::mem::take(&mut waiting.asleep) {
            waiting.from = Some(Instant::now() + self.later);
            drop(waiting);
            self.ready.notify_one();
        }
    }

    /// What is for this viewer alone it has asked for: from a sleep it is woken at once.
    fn wake_now(&self, mut waiting: MutexGuard<'_, Waiting>) {
        let asleep = std::mem::take(&mut waiting.asleep);
        drop(waiting);
        if asleep {
            self.ready.notify_one();
        }
    }

    /// Nothing more is sent than what waits.
    pub(super) fn close(&self) {
        let mut waiting = self.lock();
        (waiting.closed, waiting.asleep) = (true, false);
        drop(waiting);
        self.ready.notify_one();
    }

    /// Waits while the last frame has only just gone, or, where nothing was to be sent, until something is.
    pub(super) fn rest(&self) {
        let mut waiting = self.lock();
        loop {
            let rest = waiting.from.map_or(Duration::ZERO, |from| from.saturating_duration_since(Instant::now()));
            waiting = match (waiting.closed, waiting.asleep) {
                (false, true) => self.ready.wait(waiting).unwrap_or_else(PoisonError::into_inner),
                (false, false) if !rest.is_zero() => {
                    self.ready.wait_timeout(waiting, rest).unwrap_or_else(PoisonError::into_inner).0
                }
                _ => return,
            };
        }
    }

    /// What is to be sent now. After [`Batch::Nothing`] the next rest lasts until the outbox is woken.
    pub(super) fn take(&self) -> Batch {
        let mut waiting = self.lock();
        match (waiting.behind, waiting.closed, waiting.is_empty()) {
            (true, true, _) | (false, true, true) => Batch::End,
            // The queue stays closed to others until what stands is put together: see `caught_up`.
            (true, false, _) => Batch::CatchUp,
            (false, false, true) => {
                (waiting.asleep, waiting.from) = (true, None);
                Batch::Nothing
            }
            (false, _, false) => waiting.drain(),
        }
    }

    /// From here on events are taken again: whoever calls this has put together how everything stands.
    pub(super) fn caught_up(&self) {
        self.lock().behind = false;
    }
}

impl Waiting {
    fn takes(&self) -> bool {
        !self.behind && !self.closed
    }

    fn is_empty(&self) -> bool {
        self.each.is_empty() && self.latest.iter().all(Option::is_none)
    }

    fn push(&mut self, events: usize, bytes: Bytes) {
        if bytes.is_empty() {
            return;
        }
        self.events += events;
        self.bytes += bytes.len();
        self.each.push_back(bytes);
        if self.events > MOST || self.bytes > MOST_BYTES {
            self.fall_behind();
        }
    }

    fn replace(&mut self, slot: Slot, state: Option<&Arc<Unsealed>>) {
        if let (Some(place), Some(state)) = (self.latest.get_mut(slot as usize).filter(|_| !self.behind), state) {
            *place = Some(Arc::clone(state));
        }
    }

    fn fall_behind(&mut self) {
        self.each = VecDeque::new();
        self.latest = [const { None }; SLOTS];
        (self.events, self.bytes, self.behind) = (0, 0, true);
    }

    fn drain(&mut self) -> Batch {
        (self.events, self.bytes, self.from) = (0, 0, Some(Instant::now() + APART));
        let latest = std::mem::replace(&mut self.latest, [const { None }; SLOTS]);
        Batch::Events(self.each.drain(..).collect(), latest.into_iter().flatten().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Event;

    fn bytes(text: &str) -> Bytes {
        text.as_bytes().into()
    }

    fn outbox() -> Outbox {
        let outbox = Outbox::new(1);
        assert!(matches!(outbox.take(), Batch::CatchUp), "who has just come knows nothing");
        outbox.caught_up();
        outbox
    }

    /// What is sent: bytes, and how many states.
    fn sent(outbox: &Outbox) -> (Vec<Bytes>, usize) {
        match outbox.take() {
            Batch::Events(each, latest) => (each, latest.len()),
            other => panic!("{other:?}"),
        }
    }

    fn piece(text: &str) -> Piece {
        let state = || Some(Unsealed::new(Event::Notice(text.to_owned())));
        Piece { events: 1, bytes: bytes(text), header: state(), curves: state() }
    }

    #[test]
    fn pieces_and_own_answers_go_in_their_order_and_of_states_the_last_one() {
        let outbox = outbox();
        outbox.share(&piece("a"));
        outbox.put(bytes("own"));
        outbox.share(&piece("b"));
        outbox.put_latest(Slot::Drift, &Unsealed::new(Event::Alive));
        let Batch::Events(each, latest) = outbox.take() else { panic!("something waits") };
        assert_eq!(each, [bytes("a"), bytes("own"), bytes("b")]);
        let last = Unsealed::new(Event::Notice("b".to_owned())).bytes();
        let latest: Vec<Bytes> = latest.iter().map(|state| state.bytes()).collect();
        assert_eq!(latest, [last.clone(), last, Unsealed::new(Event::Alive).bytes()]);
        assert!(matches!(outbox.take(), Batch::Nothing));
        outbox.close();
        outbox.rest();
        assert!(matches!(outbox.take(), Batch::End));
    }

    #[test]
    fn what_waits_is_sent_before_the_end() {
        let outbox = outbox();
        outbox.share(&piece("a"));
        outbox.close();
        outbox.share(&piece("b"));
        assert_eq!(sent(&outbox), (vec![bytes("a")], 2));
        assert!(matches!(outbox.take(), Batch::End));
    }

    #[test]
    fn who_leaves_before_it_was_told_anything_is_told_nothing() {
        let outbox = Outbox::new(1);
        outbox.close();
        assert!(matches!(outbox.take(), Batch::End));
    }

    #[test]
    fn who_does_not_listen_costs_a_bounded_queue_and_is_brought_up_to_date_later() {
        let outbox = outbox();
        (0..3 * MOST).for_each(|_| outbox.share(&piece("x")));
        assert_eq!(outbox.lock().each.capacity(), 0, "nothing is kept for it");
        assert!(outbox.lock().latest.iter().all(Option::is_none));
        assert!(matches!(outbox.take(), Batch::CatchUp));
        outbox.caught_up();
        outbox.put(bytes("y"));
        assert_eq!(sent(&outbox), (vec![bytes("y")], 0));
    }

    #[test]
    fn who_sleeps_is_woken_by_what_is_set_for_all_and_by_an_answer_of_its_own() {
        let outbox = outbox();
        for (wake, is_late) in
            [((|outbox| outbox.wake()) as fn(&Outbox), true), (|outbox| outbox.put(bytes("a")), false)]
        {
            assert!(matches!(outbox.take(), Batch::Nothing) && outbox.lock().asleep);
            wake(&outbox);
            assert!(!outbox.lock().asleep);
            assert_eq!(outbox.lock().from.is_some(), is_late, "an answer waits for nothing");
            outbox.rest();
        }
    }
}
