//! What every viewer is told: put into bytes once, however many there are.
//!
//! Whoever keeps the history only adds to what is being set. The first viewer that is ready for more cuts it off, and all get
//! that piece; where all are stopped it is cut off once it is long.

use std::sync::{Arc, OnceLock};

use super::outbox::Outbox;
use super::protocol::Event;
use super::sealed::{self, LastRun};
use crate::analysis::RunCurves;
use crate::engine::clock;
use crate::history::RunKey;

/// Bytes after which a piece is cut though no viewer is ready for more: what waits is bounded in their outboxes, not
/// here, and a piece is sent as a whole, of which a screen shows so many runs.
const FULL: usize = 8 * 1024;

/// Bytes shared by all viewers they go to.
pub(super) type Bytes = Arc<[u8]>;

/// Something that is encoded when the first viewer is sent it, because most of its kind never are.
#[derive(Debug)]
pub(super) struct Unsealed {
    event: Event,
    bytes: OnceLock<Bytes>,
}

impl Unsealed {
    pub(super) fn new(event: Event) -> Arc<Self> {
        Arc::new(Self { event, bytes: OnceLock::new() })
    }

    /// Its bytes as they lie in a frame.
    pub(super) fn bytes(&self) -> Bytes {
        Arc::clone(self.bytes.get_or_init(|| whole(&self.event)))
    }
}

/// An event as it lies in a frame.
pub(super) fn whole(event: &Event) -> Bytes {
    let mut bytes = Vec::new();
    sealed::put_whole(event, &mut bytes);
    bytes.into()
}

/// What is told of events that come later.
#[derive(Debug, Clone)]
pub(super) struct Announced {
    pub(super) number: u64,
    pub(super) runs: usize,
    pub(super) bytes: Bytes,
    /// The same with outlines of the runs.
    pub(super) outlined: Bytes,
}

/// So many events, and the last of what only the last one counts of.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) events: usize,
    pub(super) bytes: Bytes,
    /// Where all of it may come later.
    pub(super) announced: Option<Announced>,
    /// The header.
    pub(super) header: Option<Arc<Unsealed>>,
    /// The curves of the last run: the others' would not be looked at.
    pub(super) curves: Option<Arc<Unsealed>>,
}

/// What is being set.
#[derive(Debug, Default)]
pub(super) struct Press {
    events: usize,
    set: Vec<u8>,
    /// Outlines of the runs among them.
    outlines: Vec<u8>,
    last: Option<LastRun>,
    header: bool,
    /// The last run's.
    curves: Option<(RunKey, Arc<RunCurves>)>,
    /// The number of the last piece.
    number: u64,
    /// Viewers that have been sent everything.
    asleep: Vec<Arc<Outbox>>,
}

impl Press {
    /// Adds what everybody is told; of runs the curves of the last one are sent apart.
    pub(super) fn put(&mut self, event: &Event) {
        match event {
            Event::Snapshot(_) => self.header = true,
            event => {
                sealed::put(event, clock::now_ms(), &mut self.last, &mut self.set);
                sealed::put_outline(event, &mut self.outlines);
                if let Event::Arrived(run, curves) = event {
                    self.curves = Some((run.key.clone(), Arc::clone(curves)));
                }
                self.events += 1;
            }
        }
        self.asleep.drain(..).for_each(|outbox| outbox.wake());
    }

    /// Whoever sleeps is woken once there is something to send.
    pub(super) fn sleeps(&mut self, outbox: &Arc<Outbox>) {
        self.asleep.push(Arc::clone(outbox));
    }

    /// Whether so much has been set that it is to be cut off, whoever is ready for it.
    pub(super) fn is_full(&self) -> bool {
        self.set.len() >= FULL
    }

    /// What has been set since the last cut.
    pub(super) fn cut(&mut self, header: impl FnOnce() -> Event) -> Option<Piece> {
        if self.events == 0 && !self.header {
            return None;
        }
        let header = std::mem::take(&mut self.header).then(|| Unsealed::new(header()));
        self.number += 1;
        let announced = sealed::announcement(self.number, &self.set, &self.outlines);
        let of_last = |(key, curves)| Unsealed::new(Event::Curves { key, curves: Some(curves) });
        let (bytes, curves) = (self.set.as_slice().into(), self.curves.take().map(of_last));
        let piece = Piece { events: self.events, bytes, announced, header, curves };
        (self.events, self.last) = (0, None);
        self.set.clear();
        self.outlines.clear();
        Some(piece)
    }
}
