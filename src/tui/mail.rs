//! What the session says on its way to the screen: bounded, because a terminal that takes nothing (Ctrl-S, a dead line)
//! stops the screen and must not fill the memory meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::Sender;

use super::msg::Msg;
use crate::session::Event;

/// Messages that wait from which on runs come without their curves, which are asked for when they are looked at ...
const BARE: usize = 64;
/// ... and from which on nothing more is kept: the screen will be told how everything stands.
const MOST: usize = 2_000;

/// What both sides know of the messages under way.
#[derive(Debug, Default)]
struct Under {
    way: AtomicUsize,
    missed: AtomicBool,
}

/// The screen's side.
#[derive(Debug, Clone, Default)]
pub struct Mail(Arc<Under>);

impl Mail {
    /// The session's side: never waits.
    pub fn post(&self, to: &Sender<Msg>, event: Event) {
        let waiting = self.0.way.load(Ordering::Acquire);
        // What this screen is, and its end, are always told: nobody says them again.
        let last = matches!(event, Event::Stopped | Event::Refused(_) | Event::Role(_) | Event::Lost);
        if waiting >= MOST && !last {
            self.0.missed.store(true, Ordering::Release);
            return;
        }
        let event = if waiting >= BARE { bare(event) } else { event };
        self.0.way.fetch_add(count(&event), Ordering::AcqRel);
        // Whoever sends after the screen has ended speaks to nobody, which is right.
        let _ = to.send(Msg::Session(Box::new(event)));
    }

    /// Notes that a message was taken.
    pub fn took(&self, msg: &Msg) {
        if let Msg::Session(event) = msg {
            // One that came another way was never counted.
            let less = |way: usize| Some(way.saturating_sub(count(event)));
            let _ = self.0.way.fetch_update(Ordering::AcqRel, Ordering::Acquire, less);
        }
    }

    /// Whether something was not kept, once what was is taken.
    pub fn missed(&self) -> bool {
        self.0.way.load(Ordering::Acquire) == 0 && self.0.missed.swap(false, Ordering::AcqRel)
    }
}

/// How many events a message holds.
fn count(event: &Event) -> usize {
    if let Event::Together(events) = event { events.len().max(1) } else { 1 }
}

fn bare(event: Event) -> Event {
    match event {
        Event::Arrived(run, _) if run.not_kept.is_none() => Event::Arrived(run, Arc::default()),
        Event::Together(events) => Event::Together(events.into_iter().map(bare).collect()),
        event => event,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_screen_that_stands_still_costs_bounded_memory_and_learns_that_it_missed_something() {
        let (to, from) = mpsc::channel();
        let mail = Mail::default();
        (0..3 * MOST).for_each(|_| mail.post(&to, Event::Alive));
        mail.post(&to, Event::Stopped);
        assert!(!mail.missed(), "what is there is taken first");
        let taken: Vec<Msg> = from.try_iter().inspect(|msg| mail.took(msg)).collect();
        assert_eq!(taken.len(), MOST + 1);
        assert!(matches!(taken.last(), Some(Msg::Session(event)) if **event == Event::Stopped));
        assert!(mail.missed() && !mail.missed(), "once");
        mail.post(&to, Event::Alive);
        assert_eq!(from.try_iter().count(), 1, "and goes on");
    }
}
