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

/// What a frame waits for besides its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Woken by what all are told: where more files are under way for what comes with the first one.
    Woken,
    /// What comes with the first file, and the end of a group; nothing once no more are under way.
    Gathers,
    /// Where more files are under way by then, the end of a group.
    Due,
    /// The end of a group; nothing once no more are under way.
    Behind,
    /// Nothing.
    Goes,
}

impl Pace {
    /// For a viewer that waits for nothing.
    pub(super) const fn new() -> Self {
        Self { from: None, step: Step::Goes }
    }

    /// When the next frame is to be looked at, whatever is told until then.
    pub(super) fn until(&self) -> Option<Instant> {
        let longer = if matches!(self.step, Step::Gathers | Step::Behind) { GROUP } else { Duration::ZERO };
        self.from.map(|from| from + longer)
    }

    /// Nothing is left to be sent.
    pub(super) fn sleeps(&mut self) {
        *self = Self::new();
    }

    /// There is something to send that all are told; this viewer's turn comes a little later than the first one's.
    pub(super) fn woken(&mut self, now: Instant, later: Duration) {
        (self.from, self.step) = (Some(now + later), Step::Woken);
    }

    /// A frame has gone, while more files are under way or not.
    pub(super) fn sent(&mut self, now: Instant, more: bool) {
        (self.from, self.step) = (Some(now + APART), if more { Step::Behind } else { Step::Due });
    }

    /// Whether the frame whose time has come had better wait, as more files are under way; it does from here on.
    pub(super) fn holds_on(&mut self, now: Instant) -> bool {
        let (from, step) = match self.step {
            Step::Woken => (now + GATHER, Step::Gathers),
            Step::Due => (now, Step::Behind),
            Step::Gathers | Step::Behind | Step::Goes => return false,
        };
        (self.from, self.step) = (Some(from), step);
        true
    }

    /// A group of files has been told, and more are under way or not; whether the frame goes sooner than it would.
    pub(super) fn group_told(&mut self, now: Instant, more: bool) -> bool {
        match self.step {
            Step::Gathers if !more || self.is_time(now) => self.release(),
            Step::Behind if !more || self.is_time(now) => self.lets_go(now, Step::Due),
            _ => false,
        }
    }

    /// There is something for this viewer alone: it waits for no group. Whether the frame goes sooner than it would.
    pub(super) fn hurry(&mut self, now: Instant) -> bool {
        match self.step {
            Step::Gathers => self.release(),
            _ => self.lets_go(now, Step::Goes),
        }
    }

    fn is_time(&self, now: Instant) -> bool {
        self.from.is_none_or(|from| from <= now)
    }

    /// The frame goes at once.
    fn release(&mut self) -> bool {
        *self = Self::new();
        true
    }

    /// No group is waited for any more: the frame goes when its time has come. Whether it would have waited longer.
    fn lets_go(&mut self, now: Instant, then: Step) -> bool {
        let waited = self.step == Step::Behind;
        if waited && self.is_time(now) {
            return self.release();
        }
        self.step = then;
        waited
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Woken at this moment, as the third viewer.
    fn woken(now: Instant) -> Pace {
        let mut pace = Pace::new();
        pace.woken(now, Duration::from_millis(5));
        assert_eq!(pace.until(), Some(now + Duration::from_millis(5)));
        pace
    }

    /// A frame has just gone in a burst.
    fn behind(now: Instant) -> Pace {
        let mut pace = Pace::new();
        pace.sent(now, true);
        assert_eq!(pace.until(), Some(now + APART + GROUP), "it waits no longer than that for a group");
        pace
    }

    #[test]
    fn the_first_frame_of_a_burst_gathers_what_comes_and_goes_behind_a_group() {
        let now = Instant::now();
        let mut pace = woken(now);
        assert!(pace.holds_on(now) && !pace.group_told(now + GATHER / 2, true));
        assert_eq!(pace.until(), Some(now + GATHER + GROUP));
        assert!(pace.group_told(now + GATHER, true) && pace.until().is_none());
        assert!(!pace.holds_on(now), "and not twice");
    }

    #[test]
    fn a_frame_in_a_burst_goes_behind_the_first_group_after_its_time() {
        let now = Instant::now();
        let mut pace = behind(now);
        assert!(!pace.group_told(now + APART / 2, true), "its time has not come");
        assert!(pace.group_told(now + APART, true) && pace.until().is_none());
        let mut pace = behind(now);
        assert!(!pace.holds_on(now + APART + GROUP), "a group that takes its time is not waited for");
    }

    #[test]
    fn a_burst_that_begins_behind_a_frame_is_told_group_by_group() {
        let now = Instant::now();
        let mut pace = Pace::new();
        pace.sent(now, false);
        assert_eq!(pace.until(), Some(now + APART));
        assert!(pace.holds_on(now + APART) && pace.group_told(now + APART, true));
    }

    #[test]
    fn where_no_more_is_under_way_nothing_is_waited_for_but_its_time() {
        let now = Instant::now();
        let mut pace = woken(now);
        assert!(pace.holds_on(now) && pace.group_told(now, false) && pace.until().is_none());
        let mut pace = behind(now);
        assert!(pace.group_told(now, false), "it is looked at sooner");
        assert_eq!(pace.until(), Some(now + APART));
        let mut pace = behind(now);
        assert!(pace.group_told(now + APART, false) && pace.until().is_none());
    }

    #[test]
    fn what_one_viewer_asked_for_goes_before_the_group_ends() {
        let now = Instant::now();
        let mut pace = woken(now);
        assert!(!pace.hurry(now) && pace.until().is_some() && !pace.holds_on(now), "its turn comes as it would");
        let mut pace = woken(now);
        assert!(pace.holds_on(now) && pace.hurry(now) && pace.until().is_none());
        let mut pace = behind(now);
        assert!(pace.hurry(now) && pace.until() == Some(now + APART) && !pace.holds_on(now));
        let mut pace = behind(now);
        assert!(pace.hurry(now + APART) && pace.until().is_none());
    }
}
