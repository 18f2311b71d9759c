//! When a viewer's frames go. Each costs a drawing there, so that in a burst none goes before it has to: the first one waits a
//! moment for the files that come with it, and all go just after a group of files was told rather than just before one.

use std::time::{Duration, Instant};

/// Frames go out at least so far apart: what comes between goes together, so that a burst is one drawing.
const APART: Duration = Duration::from_millis(92);
/// Where more files are under way, longest wait from then on for the end of the group that is being told.
const GROUP: Duration = Duration::from_millis(12);
/// Where more files are under way, the first frame after a sleep waits so much longer for them.
const GATHER: Duration = Duration::from_millis(45);

/// When the next frame goes.
#[derive(Debug)]
pub(super) struct Pace {
    /// Not before this.
    from: Option<Instant>,
    step: Step,
}

/// What a frame still waits for where more files are under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Woken by what all are told: what comes with the first file, then the end of a group.
    Woken,
    /// Waits for what comes with the first file.
    Gathers,
    /// The end of a group.
    Due,
    /// Waits for the end of a group.
    Awaits,
    /// Nothing.
    Goes,
}

impl Pace {
    /// For a viewer that waits for nothing.
    pub(super) const fn new() -> Self {
        Self { from: None, step: Step::Goes }
    }

    /// Before when no frame goes.
    pub(super) fn from(&self) -> Option<Instant> {
        self.from
    }

    /// Nothing is left to be sent.
    pub(super) fn sleeps(&mut self) {
        *self = Self::new();
    }

    /// There is something to send that all are told; this viewer's turn comes a little later than the first one's.
    pub(super) fn woken(&mut self, now: Instant, later: Duration) {
        (self.from, self.step) = (Some(now + later), Step::Woken);
    }

    /// A frame has gone.
    pub(super) fn sent(&mut self, now: Instant) {
        (self.from, self.step) = (Some(now + APART), Step::Due);
    }

    /// Whether the frame that could go now had better wait, as more files are under way; it does from here on.
    pub(super) fn holds_on(&mut self, now: Instant) -> bool {
        let (step, wait) = match self.step {
            Step::Woken => (Step::Gathers, GATHER),
            Step::Gathers | Step::Due => (Step::Awaits, GROUP),
            Step::Awaits | Step::Goes => return false,
        };
        (self.from, self.step) = (Some(now + wait), step);
        true
    }

    /// A group of files has been told, and more are under way or not; whether what was waited for is there.
    pub(super) fn group_told(&mut self, more: bool) -> bool {
        let is_there = match self.step {
            Step::Awaits => true,
            Step::Gathers => !more,
            Step::Woken | Step::Due | Step::Goes => false,
        };
        is_there && self.hurry()
    }

    /// There is something for this viewer alone: it waits for no group. Whether a frame did.
    pub(super) fn hurry(&mut self) -> bool {
        let waits = matches!(self.step, Step::Gathers | Step::Awaits);
        if waits {
            self.from = None;
        }
        self.step = Step::Goes;
        waits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Woken at this moment, as the third viewer.
    fn woken(now: Instant) -> Pace {
        let mut pace = Pace::new();
        pace.woken(now, Duration::from_millis(5));
        assert_eq!(pace.from(), Some(now + Duration::from_millis(5)));
        pace
    }

    #[test]
    fn the_first_frame_of_a_burst_gathers_what_comes_and_goes_behind_a_group() {
        let now = Instant::now();
        let mut pace = woken(now);
        assert!(pace.holds_on(now) && !pace.group_told(true));
        assert_eq!(pace.from(), Some(now + GATHER));
        assert!(pace.holds_on(now));
        assert_eq!(pace.from(), Some(now + GROUP), "it waits no longer than that");
        assert!(pace.group_told(true) && pace.from().is_none());
        assert!(!pace.holds_on(now), "and not twice");
    }

    #[test]
    fn a_frame_in_a_burst_goes_behind_the_next_group() {
        let now = Instant::now();
        let mut pace = Pace::new();
        pace.sent(now);
        assert!(!pace.group_told(true), "its time has not come");
        assert_eq!(pace.from(), Some(now + APART));
        assert!(pace.holds_on(now) && pace.group_told(true));
        pace.sent(now);
        assert!(pace.holds_on(now) && !pace.holds_on(now), "a group that takes its time is not waited for");
    }

    #[test]
    fn where_no_more_is_under_way_nothing_is_waited_for() {
        let now = Instant::now();
        let mut pace = woken(now);
        assert!(pace.holds_on(now) && pace.group_told(false) && pace.from().is_none());
    }

    #[test]
    fn what_one_viewer_asked_for_goes_before_the_group_ends() {
        let now = Instant::now();
        let mut pace = woken(now);
        assert!(!pace.hurry() && pace.from().is_some() && !pace.holds_on(now), "its turn comes as it would");
        pace.sent(now);
        assert!(pace.holds_on(now) && pace.hurry() && pace.from().is_none());
    }
}
