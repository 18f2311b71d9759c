//! Runs and lines of the log that came by the hundred and lie under the rows on screen: opened when somebody may look at
//! them, or when there is time.
//!
//! Some of it is only announced when it comes: it is opened once it is here.
//!
//! Each keeps the place in the lists at which it would stand. While they wait the picture is the one it would be
//! without them: the rows on screen are open, and failures are counted.

use std::collections::VecDeque;

use super::action::Screen;
use super::app::{App, Overlay};
use super::layout;
use super::rows;
use crate::session::{Announcement, Event, Kind, Sealed};

/// Quiet after which there is time, milliseconds.
const QUIET_MS: i64 = 200;

/// Most that waits: a run for every row that a list holds, and what came twice.
const MOST: usize = 2 * rows::MOST;

/// Where a run and a line of the log would stand; of many, the first of each.
#[derive(Debug, Clone, Copy, Default)]
pub struct Places {
    /// Among the rows.
    pub row: u64,
    /// Among the lines of the log.
    pub line: u64,
}

/// Something that has not been opened.
#[derive(Debug, Clone)]
struct Waiting {
    places: Places,
    what: What,
}

/// What it is.
#[derive(Debug, Clone)]
enum What {
    /// An event that no row shows.
    One(Sealed),
    /// A run of which a row shows the outline.
    Outlined(Sealed),
    /// Events that were announced, which no row shows.
    Many(Announcement),
}

impl Waiting {
    fn events(&self) -> usize {
        match &self.what {
            What::One(_) | What::Outlined(_) => 1,
            What::Many(announced) => announced.events(),
        }
    }

    /// How many failures that no row shows.
    fn hidden_failures(&self) -> usize {
        match &self.what {
            What::One(sealed) => usize::from(sealed.kind() == Kind::Failure),
            What::Outlined(_) => 0,
            What::Many(announced) => announced.failures(),
        }
    }

    /// The place of the newest run that no row shows.
    fn newest(&self) -> Option<u64> {
        match &self.what {
            What::One(sealed) => sealed.has_run().then_some(self.places.row),
            What::Outlined(_) => None,
            What::Many(announced) => announced.runs().checked_sub(1).map(|more| self.places.row + more as u64),
        }
    }

    fn is_here(&self) -> bool {
        match &self.what {
            What::One(sealed) | What::Outlined(sealed) => sealed.is_here(),
            What::Many(announced) => announced.is_here(),
        }
    }

    /// What is in it, each with its places.
    fn open(self) -> Vec<(Places, Event)> {
        let mut places = self.places;
        let mut open = |sealed: Sealed| {
            let here = places;
            places.row += u64::from(sealed.has_run());
            places.line += u64::from(sealed.has_line());
            sealed.open().into_iter().map(move |event| (here, event))
        };
        match self.what {
            What::One(sealed) | What::Outlined(sealed) => open(sealed).collect(),
            What::Many(announced) => announced.came().flat_map(open).collect(),
        }
    }
}

/// What has not been opened, oldest first.
#[derive(Debug, Clone, Default)]
pub struct Backlog {
    waiting: VecDeque<Waiting>,
    events: usize,
    failures: usize,
    /// When the last one came.
    since_ms: i64,
}

impl Backlog {
    /// Lays something aside that has its places, and whose row may show an outline of it.
    pub fn push(&mut self, places: Places, sealed: Sealed, is_outlined: bool, now_ms: i64) {
        let what = if is_outlined { What::Outlined(sealed) } else { What::One(sealed) };
        self.put(Waiting { places, what }, now_ms);
    }

    /// Lays aside what was announced, which has its places from these on.
    pub fn push_all(&mut self, places: Places, announced: Announcement, now_ms: i64) {
        self.put(Waiting { places, what: What::Many(announced) }, now_ms);
    }

    fn put(&mut self, comes: Waiting, now_ms: i64) {
        self.since_ms = now_ms;
        self.count(&comes);
        self.waiting.push_back(comes);
        // As many newer ones have come as there are rows: nobody will ever see it.
        while self.waiting.front().is_some_and(|oldest| self.events >= MOST + oldest.events())
            && let Some(gone) = self.waiting.pop_front()
        {
            self.events -= gone.events();
            self.failures -= gone.hidden_failures();
        }
    }

    fn count(&mut self, waits: &Waiting) {
        self.events += waits.events();
        self.failures += waits.hidden_failures();
    }

    /// How many failures are among them that no row shows.
    pub fn failures(&self) -> usize {
        self.failures
    }

    /// The place of the newest run among them that no row shows.
    pub fn newest(&self) -> Option<u64> {
        self.waiting.iter().rev().find_map(Waiting::newest)
    }

    /// Whether any of it can be opened.
    pub fn can_open(&self) -> bool {
        self.waiting.iter().any(Waiting::is_here)
    }

    /// Whether some came so lately that what belongs to the newest of them may still be under way.
    pub fn still_comes(&self, now_ms: i64) -> bool {
        (self.since_ms..self.since_ms + QUIET_MS).contains(&now_ms)
    }

    /// When there is time to open them, milliseconds since 1970 UTC; nothing where there are none.
    pub fn due_ms(&self) -> Option<i64> {
        self.can_open().then_some(self.since_ms + QUIET_MS)
    }

    /// All that can be opened, opened, each with its places.
    pub fn take(&mut self) -> impl Iterator<Item = (Places, Event)> + use<> {
        let waiting = std::mem::take(&mut self.waiting).into_iter();
        let (here, away): (VecDeque<_>, VecDeque<_>) = waiting.partition(Waiting::is_here);
        (self.events, self.failures) = (0, 0);
        for waits in &away {
            self.count(waits);
        }
        self.waiting = away;
        here.into_iter().flat_map(Waiting::open)
    }

    /// Lets go of all that will not come any more.
    pub fn forget(&mut self) {
        *self = Self::default();
    }
}

/// Whether only the newest rows can be seen, and nothing is said of those below them.
pub fn may_wait(app: &App) -> bool {
    // What is exported is all that has come.
    let exports = app.overlay == Some(Overlay::Format);
    let alone =
        !exports && !app.seeks && app.unit.is_none() && app.search.is_none() && app.frozen.is_none() && !app.lost;
    let newest = app.follow && app.rows.narrowed().is_plain() && app.log.filter().is_empty();
    alone && newest && app.opened && !matches!(app.screen, Screen::Log | Screen::Unit)
}

/// Rows more than are shown, for what may stand over or under the list by the time they come.
const SPARE_ROWS: u32 = 2;

/// How many rows of the runs can be seen, where nothing below them matters. What a key brings on the screen is told at once.
pub fn shows(app: &App) -> Option<u32> {
    let rows = if app.screen == Screen::Live { layout::list_rows(app) } else { usize::from(app.size.1) };
    may_wait(app).then(|| u32::try_from(rows).unwrap_or(u32::MAX).saturating_add(SPARE_ROWS))
}

/// Whether an event changes nothing that waits, nor what would become of it.
pub fn lets_wait(event: &Event) -> bool {
    matches!(
        event,
        Event::Snapshot(_)
            | Event::Arrived(..)
            | Event::Logged(_)
            | Event::Curves { .. }
            | Event::Drift(_)
            | Event::DriftCharts(_)
            | Event::Raised(_)
            | Event::Models(_)
            | Event::Notice(_)
            | Event::Alive
    )
}

#[cfg(test)]
mod tests;
