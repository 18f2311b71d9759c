//! The lines of the log, newest first, and which of them a filter means.

use std::collections::VecDeque;

use super::narrowed::Narrowed;
use crate::history::{Filter, LogEntry, LogOutcome, Moment};

/// Lines kept on screen; older ones are in the history.
pub const MOST: usize = 2_000;

/// One line.
#[derive(Debug, Clone)]
struct Line {
    entry: LogEntry,
    /// Whether the filter means it.
    fits: bool,
    /// Later arrivals have a higher one; lines of before have none.
    place: u64,
}

/// All lines, newest first.
#[derive(Debug, Clone, Default)]
pub struct Lines {
    entries: VecDeque<Line>,
    /// The place of the last arrival.
    last: u64,
    narrowed: Narrowed,
    /// Lines that came since everything began to be told anew, while that is under way.
    fresh: Option<usize>,
    /// Seconds the local clock is ahead of UTC.
    offset_seconds: i64,
    /// Only files that could not be read.
    pub failures_only: bool,
}

impl Lines {
    /// The newest line.
    pub fn front(&self) -> Option<&LogEntry> {
        self.entries.front().map(|line| &line.entry)
    }

    /// How many there are, shown or not.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The lines that are shown.
    pub fn shown(&self) -> impl Iterator<Item = &LogEntry> {
        self.entries.iter().filter(|line| line.fits && self.is_wanted(&line.entry.outcome)).map(|line| &line.entry)
    }

    fn is_wanted(&self, outcome: &LogOutcome) -> bool {
        !self.failures_only || matches!(outcome, LogOutcome::Failed { .. })
    }

    /// Which lines are meant.
    pub fn filter(&self) -> &Filter {
        &self.narrowed.filter
    }

    /// Why nothing can be said of any line.
    pub fn trouble(&self) -> Option<&str> {
        self.narrowed.trouble.as_deref()
    }

    /// Everything is about to be told anew: what is here goes when the past comes.
    pub fn begin_anew(&mut self) {
        self.fresh = Some(0);
    }

    /// Lines of before, below what is there; where all is told anew, in the place of what was there.
    pub fn extend(&mut self, older: impl IntoIterator<Item = LogEntry>) {
        if let Some(fresh) = self.fresh.take() {
            self.entries.truncate(fresh);
        }
        for entry in older.into_iter().take(MOST.saturating_sub(self.entries.len())) {
            let fits = self.narrowed.admits_line(&entry, self.offset_seconds);
            self.entries.push_back(Line { entry, fits, place: 0 });
        }
    }

    /// The places of so much that comes now, for somebody who brings it later: the first of them.
    pub fn reserve(&mut self, many: usize) -> u64 {
        let first = self.last + 1;
        self.last += many as u64;
        first
    }

    /// A new line on top; whether it is shown.
    pub fn push_front(&mut self, entry: LogEntry) -> bool {
        let place = self.reserve(1);
        self.put(place, entry)
    }

    /// A line of a while ago, where it would be by now; whether it is shown.
    pub fn put(&mut self, place: u64, entry: LogEntry) -> bool {
        let fits = self.narrowed.admits_line(&entry, self.offset_seconds);
        let shown = fits && self.is_wanted(&entry.outcome);
        // As a rule it is the newest: a search would touch lines that nobody has looked at for long.
        let is_newest = self.entries.front().is_none_or(|line| line.place <= place);
        let below = if is_newest { 0 } else { self.entries.partition_point(|line| line.place > place) };
        self.entries.insert(below, Line { entry, fits, place });
        self.fresh = self.fresh.map(|fresh| fresh + 1);
        self.entries.truncate(MOST);
        shown
    }

    /// Means other lines.
    pub fn narrow(&mut self, filter: Filter) {
        self.narrowed.filter = filter;
        self.judge();
    }

    /// It is later: what a filter says of time may mean other lines.
    pub fn pass_time(&mut self, moment: Moment, offset_seconds: i64) {
        (self.narrowed.moment, self.offset_seconds) = (moment, offset_seconds);
        if !self.narrowed.filter.is_empty() {
            self.judge();
        }
    }

    fn judge(&mut self) {
        self.narrowed.trouble = None;
        for line in &mut self.entries {
            line.fits = self.narrowed.admits_line(&line.entry, self.offset_seconds);
        }
    }
}
