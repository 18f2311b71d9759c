//! What a list in memory is narrowed to, and in which order it stands: Live and Log.

use std::cmp::Ordering;

use super::rows::{Content, Row};
use super::search::log_words;
use crate::history::{Facts, Filter, FilterError, LogEntry, Moment, SortBy, compare_runs};
use crate::trim::{LocalDate, LocalTime};

/// A filter and an order, with the time that the filter speaks of.
#[derive(Debug, Clone, PartialEq)]
pub struct Narrowed {
    /// Which rows are meant.
    pub filter: Filter,
    /// In which order.
    pub sort: SortBy,
    /// Whether that is turned.
    pub reverse: bool,
    /// What time it is.
    pub moment: Moment,
    /// Why nothing can be said of any row.
    pub trouble: Option<String>,
}

impl Default for Narrowed {
    fn default() -> Self {
        let beginning = LocalTime { date: LocalDate { year: 1970, month: 1, day: 1 }, seconds: 0 };
        Self {
            filter: Filter::default(),
            sort: SortBy::Arrival,
            reverse: false,
            moment: Moment { now: beginning, shift: None },
            trouble: None,
        }
    }
}

impl Narrowed {
    /// Whether the newest stand on top.
    pub fn is_newest_first(&self) -> bool {
        self.sort == SortBy::Arrival && !self.reverse
    }

    /// Whether everything is shown as it comes.
    pub fn is_plain(&self) -> bool {
        self.filter.is_empty() && self.is_newest_first()
    }

    /// Whether a row is meant. A file that is no run fits no filter of runs, and of an outline nothing can be said yet.
    pub fn admits(&mut self, content: &Content) -> bool {
        if self.filter.is_empty() {
            return true;
        }
        let Content::Run(run) = content else { return false };
        let admitted = self.filter.admits(&Facts::of(&run.key, &run.record), &self.moment);
        self.said(admitted)
    }

    /// Whether a line of the log is meant.
    pub fn admits_line(&mut self, entry: &LogEntry, offset_seconds: i64) -> bool {
        if self.filter.is_empty() {
            return true;
        }
        let seconds = entry.at_ms.div_euclid(1_000) + offset_seconds;
        let admitted = self.filter.admits_line(entry, &log_words(entry), seconds, &self.moment);
        self.said(admitted)
    }

    fn said(&mut self, admitted: Result<bool, FilterError>) -> bool {
        admitted.unwrap_or_else(|error| {
            self.trouble = Some(error.to_string());
            false
        })
    }

    /// The places of rows in their order, from those of rows that are meant, the newest first.
    pub fn sorted<'a>(&self, mut shown: Vec<usize>, row: impl Fn(usize) -> Option<&'a Row>) -> Vec<usize> {
        if self.sort == SortBy::Arrival {
            if self.reverse {
                shown.reverse();
            }
            return shown;
        }
        let facts = |at: usize| match &row(at)?.content {
            Content::Run(run) => Some(Facts::of(&run.key, &run.record)),
            Content::Outline(_) | Content::File(_) => None,
        };
        let mut ranked: Vec<(usize, Option<Facts<'_>>)> = shown.into_iter().map(|at| (at, facts(at))).collect();
        ranked.sort_by(|(_, a), (_, b)| self.compare(a.as_ref(), b.as_ref()));
        ranked.into_iter().map(|(at, _)| at).collect()
    }

    /// Files that are no run stand at the end.
    fn compare(&self, a: Option<&Facts<'_>>, b: Option<&Facts<'_>>) -> Ordering {
        match (a, b) {
            (Some(a), Some(b)) => compare_runs(self.sort, self.reverse, a, b),
            (a, b) => a.is_none().cmp(&b.is_none()),
        }
    }

    /// `by margin, turned round`; nothing where the newest stand on top.
    pub fn order(&self) -> Option<String> {
        let turned = if self.reverse { ", turned round" } else { "" };
        (!self.is_newest_first()).then(|| format!("by {}{turned}", self.sort.word()))
    }
}
