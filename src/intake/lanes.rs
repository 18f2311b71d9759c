//! Two lanes out of the intake: what arrives now, and the thousands that were there before.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender, bounded, select};

use super::IntakeEvent;

/// Places on the backlog's lane. The rest waits in the intake, where a file that changed meanwhile is taken out.
const BACKLOG: usize = 8;

/// The intake's ends.
#[derive(Debug)]
pub struct Outlet {
    pub(super) fresh: Sender<IntakeEvent>,
    pub(super) backlog: Sender<IntakeEvent>,
    /// Files that wait for the backlog's lane.
    pub(super) behind: Arc<AtomicUsize>,
}

/// The workers' ends. A file that has just arrived is taken before any of the backlog.
#[derive(Debug, Clone)]
pub struct Lanes {
    fresh: Receiver<IntakeEvent>,
    backlog: Receiver<IntakeEvent>,
    behind: Arc<AtomicUsize>,
}

/// Both ends, with so many places for what arrives now: more hold back the intake, not the memory.
pub fn lanes(places: usize) -> (Outlet, Lanes) {
    let (fresh, fresh_out) = bounded(places);
    let (backlog, backlog_out) = bounded(BACKLOG);
    let behind = Arc::new(AtomicUsize::new(0));
    let outlet = Outlet { fresh, backlog, behind: Arc::clone(&behind) };
    (outlet, Lanes { fresh: fresh_out, backlog: backlog_out, behind })
}

impl Lanes {
    /// The next event; `None` when the intake has ended and everything was taken.
    pub fn recv(&self) -> Option<IntakeEvent> {
        if let Ok(event) = self.fresh.try_recv() {
            return Some(event);
        }
        select! {
            recv(self.fresh) -> event => event.ok().or_else(|| self.backlog.recv().ok()),
            recv(self.backlog) -> event => event.ok().or_else(|| self.fresh.recv().ok()),
        }
    }

    /// The next event, waited for no longer than this; `None` when there is none.
    pub fn recv_deadline(&self, end: Instant) -> Option<IntakeEvent> {
        if let Ok(event) = self.fresh.try_recv() {
            return Some(event);
        }
        select! {
            recv(self.fresh) -> event => event.ok().or_else(|| self.backlog.recv_deadline(end).ok()),
            recv(self.backlog) -> event => event.ok().or_else(|| self.fresh.recv_deadline(end).ok()),
            default(end.saturating_duration_since(Instant::now())) => None,
        }
    }

    /// Events that wait, on the lanes and behind them.
    pub fn len(&self) -> usize {
        self.fresh.len() + self.backlog.len() + self.behind.load(Ordering::Relaxed)
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn gone(name: &str) -> IntakeEvent {
        IntakeEvent::FileGone { path: PathBuf::from(name) }
    }

    #[test]
    fn what_arrives_now_overtakes_the_backlog_and_nothing_is_left_when_both_have_ended() {
        let (outlet, lanes) = lanes(4);
        for name in ["old 1", "old 2"] {
            outlet.backlog.send(gone(name)).expect("room");
        }
        outlet.fresh.send(gone("new")).expect("room");
        drop(outlet);
        let names: Vec<IntakeEvent> = std::iter::from_fn(|| lanes.recv()).collect();
        assert_eq!(names, [gone("new"), gone("old 1"), gone("old 2")]);
    }
}
