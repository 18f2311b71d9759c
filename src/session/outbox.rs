//! What waits to be sent to one viewer. Bounded: who falls behind is brought up to date instead of told everything.
//! In a burst it gets the newest in full, outlines of what else its screen can show, and of the rest that it is there; all
//! that comes once it is quiet, and so do curves, which would be gone with the next frame.

mod pace;

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::press::{Announced, Bytes, Piece, Unsealed};
use super::sealed;
use pace::Pace;

/// Most events that wait, two of them for a file: older ones would leave the screen by its other end ...
const MOST: usize = 4_000;
/// ... and most bytes of them.
const MOST_BYTES: usize = 4 << 20;

/// Quiet after which what was only announced follows.
const QUIET: Duration = Duration::from_millis(160);
/// Most events of which that is true, two of them for a file: older ones have left the longest list of a screen.
const MOST_ANNOUNCED: usize = 8_000;

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
    /// Nothing yet: better a little later.
    Soon,
    /// Nothing until there is more.
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

/// Events that are told one and all.
#[derive(Debug)]
struct Part {
    events: usize,
    bytes: Bytes,
    announced: Option<Announced>,
}

/// What was announced and did not follow yet.
#[derive(Debug)]
struct Owed {
    number: u64,
    events: usize,
    bytes: Bytes,
}

/// What the sending thread does next.
enum Rest {
    UntilWoken,
    For(Duration),
    Over,
}

#[derive(Debug)]
struct Waiting {
    each: VecDeque<Part>,
    latest: [Option<Arc<Unsealed>>; SLOTS],
    events: usize,
    bytes: usize,
    /// Rows its screen has; `None` where it wants all there is.
    rows: Option<usize>,
    /// What was announced and did not follow yet, oldest first, and how many events that is.
    owed: VecDeque<Owed>,
    events_owed: usize,
    /// The newest run's curves, where none were sent because a frame filled the whole list.
    curves_owed: Option<Arc<Unsealed>>,
    /// When it is quiet enough for that.
    quiet: Instant,
    behind: bool,
    closed: bool,
    /// Whether the sending thread sleeps until something comes: only then is it worth waking.
    asleep: bool,
    pace: Pace,
}

impl Outbox {
    /// For a viewer that knows nothing yet, the `nth` that came.
    pub(super) fn new(nth: u64) -> Self {
        let part = 1 + u32::try_from(nth % u64::from(STEPS)).unwrap_or(0);
        let waiting = Waiting {
            each: VecDeque::new(),
            latest: [const { None }; SLOTS],
            events: 0,
            bytes: 0,
            rows: None,
            owed: VecDeque::new(),
            events_owed: 0,
            curves_owed: None,
            quiet: Instant::now(),
            behind: true,
            closed: false,
            asleep: false,
            pace: Pace::new(),
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
            waiting.push(Part { events: 1, bytes: event, announced: None });
            self.hurry(waiting);
        }
    }

    /// Adds a state of which only the last one counts.
    pub(super) fn put_latest(&self, slot: Slot, state: &Arc<Unsealed>) {
        let mut waiting = self.lock();
        if waiting.takes() {
            waiting.replace(slot, Some(state));
            self.hurry(waiting);
        }
    }

    /// Adds what everybody is told. Wakes nobody: who sleeps was woken when it was set.
    pub(super) fn share(&self, piece: &Piece) {
        let mut waiting = self.lock();
        if waiting.takes() {
            let (bytes, announced) = (Arc::clone(&piece.bytes), piece.announced.clone());
            waiting.push(Part { events: piece.events, bytes, announced });
            waiting.replace(Slot::Header, piece.header.as_ref());
            waiting.replace(Slot::Curves, piece.curves.as_ref());
        }
    }

    /// The viewer shows so many rows; what it wants besides it is sent at once.
    pub(super) fn shows(&self, rows: Option<u32>) {
        let mut waiting = self.lock();
        waiting.rows = rows.and_then(|rows| usize::try_from(rows).ok());
        if waiting.owes_now() {
            self.wake_now(waiting);
        }
    }

    /// There is something to send that all are told.
    pub(super) fn wake(&self) {
        let mut waiting = self.lock();
        if waiting.asleep {
            waiting.pace.woken(Instant::now(), self.later);
        }
        self.wake_now(waiting);
    }

    /// A group of files has been told to all, and more of them are under way or not.
    pub(super) fn group_told(&self, now: Instant, more: bool) {
        let mut waiting = self.lock();
        let goes = waiting.pace.group_told(now, more);
        self.notify(goes, waiting);
    }

    /// What is for this viewer alone it has asked for: it waits for no others.
    fn hurry(&self, mut waiting: MutexGuard<'_, Waiting>) {
        let goes = waiting.pace.hurry(Instant::now());
        let asleep = std::mem::take(&mut waiting.asleep);
        self.notify(goes || asleep, waiting);
    }

    fn wake_now(&self, mut waiting: MutexGuard<'_, Waiting>) {
        let asleep = std::mem::take(&mut waiting.asleep);
        self.notify(asleep, waiting);
    }

    /// Has the sending thread look again, where there is something for it; it finds the outbox free.
    fn notify(&self, something: bool, waiting: MutexGuard<'_, Waiting>) {
        drop(waiting);
        if something {
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
            waiting = match waiting.rest() {
                Rest::UntilWoken => self.ready.wait(waiting).unwrap_or_else(PoisonError::into_inner),
                Rest::For(rest) => self.ready.wait_timeout(waiting, rest).unwrap_or_else(PoisonError::into_inner).0,
                Rest::Over => return,
            };
        }
    }

    /// What is to be sent now, where more files are under way or not. After [`Batch::Nothing`] the next rest lasts until
    /// the outbox is woken.
    pub(super) fn take(&self, more: bool) -> Batch {
        let mut waiting = self.lock();
        match (waiting.behind, waiting.closed, waiting.is_empty()) {
            (false, _, true) if waiting.owes_now() => waiting.pay(more),
            (true, true, _) | (false, true, true) => Batch::End,
            // The queue stays closed to others until what stands is put together: see `caught_up`.
            (true, false, _) => Batch::CatchUp,
            (false, false, true) => {
                waiting.asleep = true;
                waiting.pace.sleeps();
                Batch::Nothing
            }
            (false, false, false) if more && waiting.pace.holds_on(Instant::now()) => Batch::Soon,
            (false, _, false) => waiting.drain(more),
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

    fn push(&mut self, part: Part) {
        if part.bytes.is_empty() {
            return;
        }
        self.events += part.events;
        self.bytes += part.bytes.len();
        self.each.push_back(part);
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
        (self.each, self.owed, self.curves_owed) = (VecDeque::new(), VecDeque::new(), None);
        self.latest = [const { None }; SLOTS];
        (self.events, self.events_owed, self.bytes, self.behind) = (0, 0, 0, true);
    }

    /// How long to wait now.
    fn rest(&mut self) -> Rest {
        let until = match self.asleep {
            _ if self.closed => None,
            true if !self.owes() => return Rest::UntilWoken,
            true => Some(self.quiet),
            false => self.pace.until(),
        };
        let rest = until.map(|until| until.saturating_duration_since(Instant::now())).filter(|rest| !rest.is_zero());
        self.asleep &= rest.is_some();
        rest.map_or(Rest::Over, Rest::For)
    }

    fn owes(&self) -> bool {
        !self.owed.is_empty() || self.curves_owed.is_some()
    }

    /// Whether what was held back is to follow, if nothing else is to be sent.
    fn owes_now(&self) -> bool {
        self.owes() && (self.closed || self.rows.is_none() || self.quiet <= Instant::now())
    }

    /// What was held back.
    fn pay(&mut self, more: bool) -> Batch {
        self.pace.sent(Instant::now(), more);
        Batch::Events(self.paid(), self.curves_owed.take().into_iter().collect())
    }

    /// What was announced.
    fn paid(&mut self) -> Vec<Bytes> {
        self.events_owed = 0;
        let paid = self.owed.drain(..).filter_map(|owed| {
            let head = sealed::before_announced(owed.number, &owed.bytes)?;
            Some([head.as_slice().into(), owed.bytes])
        });
        paid.flatten().collect()
    }

    /// All that waits. Where it is nothing but what may come later and more than the screen shows, only the newest goes in
    /// full.
    fn drain(&mut self, more: bool) -> Batch {
        let now = Instant::now();
        self.pace.sent(now, more);
        (self.events, self.bytes, self.quiet) = (0, 0, now + QUIET);
        let rows = self.rows.filter(|_| self.each.iter().all(|part| part.announced.is_some()));
        // Whatever else there is may be about them.
        let mut sent = if rows.is_none() { self.paid() } else { Vec::new() };
        let below = rows.map_or(0, |rows| self.below(rows));
        // The row that is followed has its details beside it.
        let newest = if below > 0 { self.newest() } else { 0 };
        self.hold_curves(below > 0);
        let latest = std::mem::replace(&mut self.latest, [const { None }; SLOTS]).into_iter().flatten().collect();
        for (nth, part) in std::mem::take(&mut self.each).into_iter().enumerate() {
            match &part.announced {
                Some(announced) if nth < newest => {
                    sent.push(Arc::clone(if nth < below { &announced.bytes } else { &announced.outlined }));
                    self.owe(Owed { number: announced.number, events: part.events, bytes: part.bytes });
                }
                _ => sent.push(part.bytes),
            }
        }
        Batch::Events(sent, latest)
    }

    /// Keeps curves for later, or sends those that were kept unless there are newer ones.
    fn hold_curves(&mut self, later: bool) {
        let Some(curves) = self.latest.get_mut(Slot::Curves as usize) else { return };
        let owed = self.curves_owed.take();
        let newest = curves.take().or(owed);
        *(if later { &mut self.curves_owed } else { curves }) = newest;
    }

    /// Which part has the newest run.
    fn newest(&self) -> usize {
        let has_run = |part: &Part| part.announced.as_ref().is_some_and(|announced| announced.runs > 0);
        self.each.iter().rposition(has_run).unwrap_or(0)
    }

    /// How many parts, from the oldest on, lie below so many rows.
    fn below(&self, rows: usize) -> usize {
        let mut runs = 0;
        let shown = self.each.iter().rev().take_while(|part| {
            let is_shown = runs < rows;
            runs += part.announced.as_ref().map_or(0, |announced| announced.runs);
            is_shown
        });
        self.each.len() - shown.count()
    }

    fn owe(&mut self, owed: Owed) {
        self.events_owed += owed.events;
        self.owed.push_back(owed);
        while self.events_owed > MOST_ANNOUNCED
            && let Some(gone) = self.owed.pop_front()
        {
            self.events_owed -= gone.events;
        }
    }
}

#[cfg(test)]
mod tests;
