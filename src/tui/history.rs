//! History: what is asked of all runs, and the one page of them that the screen holds.

use serde::{Deserialize, Serialize};

use super::list::Position;
use crate::history::{Filter, Grouping, Query, RunKey, SortBy, When, YieldOf, YieldRow};
use crate::session::{ArrivedRun, HistoryPage};

/// Fewest rows of a page.
const SHORT_PAGE: usize = 100;
/// Ranges of time, longest first.
const RANGES: [Option<When>; 6] =
    [None, Some(When::Days(90)), Some(When::Days(30)), Some(When::Days(7)), Some(When::Hours(24)), Some(When::Shift)];

/// What the screen shows of the runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shows {
    /// One line a run.
    #[default]
    Runs,
    /// Yields by day.
    Days,
    /// Yields by model.
    Models,
}

impl Shows {
    /// What is shown next, round the end.
    #[must_use]
    pub fn step(self, back: bool) -> Self {
        match (self, back) {
            (Self::Runs, false) | (Self::Models, true) => Self::Days,
            (Self::Days, false) | (Self::Runs, true) => Self::Models,
            (Self::Models, false) | (Self::Days, true) => Self::Runs,
        }
    }

    /// By what yields are listed; nothing when runs are.
    pub fn grouping(self) -> Option<Grouping> {
        match self {
            Self::Runs => None,
            Self::Days => Some(Grouping::Day),
            Self::Models => Some(Grouping::Model),
        }
    }
}

/// A question that was asked and not answered yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// Its number; an answer with another is dropped.
    pub number: u64,
    /// Whether the answer is still to come.
    pub waits: bool,
    /// The selected row when it was asked.
    pub row: usize,
    /// Whether a person asked; what arrives asks too.
    pub by_key: bool,
}

/// The screen's state.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// Which runs are meant.
    pub filter: Filter,
    /// In which order.
    pub sort: SortBy,
    /// Whether that is turned.
    pub reverse: bool,
    /// What is shown of them.
    pub shows: Shows,
    /// Where the list of runs stands.
    pub at: Position,
    /// Where the list of yields stands.
    pub yields_at: Position,
    /// The page that is held.
    pub page: Option<HistoryPage>,
    /// The yields that are held, and by what.
    pub yields: Option<(Grouping, Vec<YieldRow>)>,
    /// How far the overview is built while it is waited for, percent.
    pub building: Option<u8>,
    /// Why there is no answer.
    pub trouble: Option<String>,
    /// The page that was asked for last.
    pub asked: Asked,
    /// The yields that were asked for last.
    pub asked_yields: Asked,
    /// The search that was asked for last.
    pub asked_find: Asked,
    outdated: Outdated,
    numbers: u64,
}

/// How many rows are asked for where a screen shows so many: with those around them, so that scrolling finds them
/// there, and not many more: right after opening, each is read from another place of the disk.
pub fn page_for(rows: usize) -> usize {
    SHORT_PAGE.max(rows.saturating_mul(3))
}

/// A page is asked for anew when so few of its rows are left above or below the screen: in the middle of a page, twice
/// as many are.
fn near_end(rows: usize) -> usize {
    page_for(rows).saturating_sub(rows) / 4
}

/// What is no longer so.
#[derive(Debug, Clone, Copy, Default)]
struct Outdated {
    page: bool,
    yields: bool,
    /// Whether a person made it so.
    by_key: bool,
}

impl History {
    /// How many runs are meant.
    pub fn found(&self) -> usize {
        self.page.as_ref().map_or(0, |page| page.found)
    }

    /// The run at a row: its key, and its record unless that cannot be read; nothing while the row is not here.
    pub fn row(&self, row: usize) -> Option<&(RunKey, Option<ArrivedRun>)> {
        let page = self.page.as_ref()?;
        page.runs.get(row.checked_sub(page.first)?)
    }

    /// The selected run.
    pub fn run(&self) -> Option<&ArrivedRun> {
        self.row(self.at.selected).filter(|_| self.shows == Shows::Runs)?.1.as_ref()
    }

    /// The selected line of the yields.
    pub fn yield_row(&self) -> Option<&YieldRow> {
        self.yields.as_ref()?.1.get(self.yields_at.selected)
    }

    /// Something was kept, excluded or let in: what is shown is out of date.
    pub fn outdated(&mut self) {
        (self.outdated.page, self.outdated.yields) = (true, true);
    }

    /// What was asked will not be answered any more.
    pub fn ask_again(&mut self) {
        (self.asked.waits, self.asked_yields.waits, self.asked_find.waits) = (false, false, false);
        (self.building, self.trouble) = (None, None);
        self.outdated();
    }

    /// Means other runs, or another order of them: from the top.
    pub fn ask_anew(&mut self) {
        self.outdated();
        self.outdated.by_key = true;
        // An answer that is on its way answers what nobody asks any more.
        (self.asked.waits, self.asked_yields.waits) = (false, false);
        (self.at, self.yields_at, self.trouble) = (Position::default(), Position::default(), None);
    }

    /// The question for the runs from `top` to `top + rows`, when they are not here or out of date.
    pub fn wants(&mut self, rows: usize) -> Option<(u64, Query)> {
        if self.asked.waits || self.trouble.is_some() || !(self.outdated.page || self.lacks(rows)) {
            return None;
        }
        // What arrives pushes rows down: the selected run is kept hold of, unless the first row is looked at.
        let held = self.outdated.page && self.at.selected > 0;
        let anchor = held.then(|| self.row(self.at.selected).map(|(key, _)| key.clone())).flatten();
        // Where no page is here yet, somebody has just opened the screen.
        let by_key = std::mem::take(&mut self.outdated.by_key) || !self.outdated.page || self.page.is_none();
        self.outdated.page = false;
        self.asked = Asked { number: self.number(), waits: true, row: self.at.selected, by_key };
        let row = self.at.top + rows / 2;
        Some((self.asked.number, Query { row, anchor, limit: page_for(rows), ..self.query() }))
    }

    /// Whether a row that is shown is not here, or soon is not.
    fn lacks(&self, rows: usize) -> bool {
        let Some(page) = &self.page else { return true };
        let end = page.first + page.runs.len();
        let (top, bottom) = (self.at.top, (self.at.top + rows).min(page.found));
        let near = near_end(rows);
        let near_top = page.first > 0 && top < page.first + near;
        let near_end = end < page.found && bottom + near > end;
        near_top || near_end
    }

    /// The question for the yields, when they are not here or out of date.
    pub fn wants_yields(&mut self) -> Option<(u64, Grouping)> {
        let by = self.shows.grouping()?;
        let there = self.yields.as_ref().is_some_and(|(there, _)| *there == by);
        if self.asked_yields.waits || self.trouble.is_some() || there && !self.outdated.yields {
            return None;
        }
        self.outdated.yields = false;
        self.asked_yields = Asked { number: self.number(), waits: true, row: 0, by_key: !there };
        Some((self.asked_yields.number, by))
    }

    /// Whether a key has asked something that is not answered yet.
    pub fn owes_an_answer(&self) -> bool {
        [self.asked, self.asked_yields, self.asked_find].iter().any(|asked| asked.waits && asked.by_key)
    }

    /// The question for a text.
    pub fn find(&mut self, row: usize) -> (u64, Query) {
        self.asked_find = Asked { number: self.number(), waits: true, row, by_key: true };
        (self.asked_find.number, Query { row, ..self.query() })
    }

    /// The runs that are meant, in their order, and no row of them.
    pub fn query(&self) -> Query {
        let (filter, sort, reverse) = (self.filter.clone(), self.sort, self.reverse);
        Query { filter, sort, reverse, ..Query::default() }
    }

    /// The number of a new question about the history.
    pub fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// Takes a page, unless something else was asked meanwhile. The selection stays with its run.
    pub fn take(&mut self, number: u64, page: HistoryPage) {
        if !(self.asked.waits && self.asked.number == number) {
            return;
        }
        self.asked.waits = false;
        self.building = None;
        if let Some(row) = page.anchor {
            let moved = isize::try_from(row).unwrap_or(0) - isize::try_from(self.asked.row).unwrap_or(0);
            self.at.selected = self.at.selected.saturating_add_signed(moved);
            self.at.top = self.at.top.saturating_add_signed(moved);
        }
        self.page = Some(page);
    }

    /// Takes yields, unless something else was asked meanwhile.
    pub fn take_yields(&mut self, number: u64, rows: Vec<YieldRow>) {
        if self.asked_yields.waits && self.asked_yields.number == number {
            (self.asked_yields.waits, self.building) = (false, None);
            self.yields = self.shows.grouping().map(|by| (by, rows));
        }
    }

    /// Takes what is now known of a run.
    pub fn changed(&mut self, run: &ArrivedRun) {
        let runs = self.page.iter_mut().flat_map(|page| &mut page.runs);
        for (key, there) in runs {
            if *key == run.key {
                *there = Some(run.clone());
            }
        }
        self.outdated();
    }

    /// A range of time shorter or longer than the one that is on.
    pub fn step_range(&mut self, longer: bool) {
        let at = RANGES.iter().position(|range| *range == self.filter.begins());
        let next = match (at, longer) {
            // From a range that somebody typed to the nearest end.
            (None, true) => 0,
            (None, false) => RANGES.len() - 1,
            (Some(at), true) => at.saturating_sub(1),
            (Some(at), false) => (at + 1).min(RANGES.len() - 1),
        };
        self.filter = self.filter.since(RANGES.get(next).copied().flatten());
        self.ask_anew();
    }

    /// Shows the runs of a line of yields.
    pub fn narrow(&mut self) {
        let Some(row) = self.yield_row() else { return };
        self.filter = match &row.of {
            YieldOf::Model(name) => self.filter.of_model(name),
            YieldOf::Day(date) => self.filter.on_day(*date),
        };
        self.shows = Shows::Runs;
        self.ask_anew();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(first: usize, found: usize) -> HistoryPage {
        let runs =
            (first..found.min(first + SHORT_PAGE)).map(|n| (RunKey(vec![u8::try_from(n % 256).unwrap_or(0)]), None));
        HistoryPage { all: found, found, first, runs: runs.collect(), ..HistoryPage::default() }
    }

    #[test]
    fn scrolling_asks_before_the_rows_run_out_and_one_question_at_a_time() {
        let mut history = History::default();
        let (number, query) = history.wants(30).expect("nothing is here");
        assert_eq!((query.row, query.limit), (15, SHORT_PAGE));
        assert_eq!(history.wants(30), None, "asked already");
        history.take(number, page(0, 100_000));
        assert_eq!(history.wants(30), None, "it is here");
        history.at.top = SHORT_PAGE - 30 - near_end(30) + 1;
        assert!(history.wants(30).is_some(), "the end is near");
    }

    #[test]
    fn whatever_a_screen_shows_a_page_around_it_has_enough() {
        for rows in [0, 1, 7, 33, 60, 200, 1_000] {
            let mut history = History { at: Position { selected: 5_000, top: 5_000 }, ..History::default() };
            let (number, query) = history.wants(rows).expect("nothing is here");
            let first = query.row - query.limit / 2;
            let runs = vec![(RunKey(Vec::new()), None); query.limit];
            history.take(number, HistoryPage { found: 100_000, first, runs, ..HistoryPage::default() });
            assert_eq!(history.wants(rows), None, "{rows} rows");
            history.at.top += rows / 2;
            assert_eq!(history.wants(rows), None, "{rows} rows, half a screen on");
        }
    }

    #[test]
    fn an_answer_to_an_older_question_is_dropped() {
        let mut history = History::default();
        let (older, _) = history.wants(30).expect("nothing is here");
        history.filter = Filter::parse("fail").expect("a filter");
        history.ask_anew();
        let (newer, _) = history.wants(30).expect("another filter");
        history.take(older, page(0, 7));
        assert_eq!(history.found(), 0);
        history.take(newer, page(0, 3));
        assert_eq!(history.found(), 3);
    }

    #[test]
    fn what_arrives_leaves_the_selection_with_its_run() {
        let mut history = History::default();
        history.outdated();
        let (number, _) = history.wants(10).expect("nothing is here");
        assert!(history.asked.by_key, "whoever opens the screen waits for it, whatever has come before");
        history.take(number, page(0, 50));
        history.at = Position { selected: 20, top: 15 };
        history.outdated();
        let (number, query) = history.wants(10).expect("out of date");
        assert_eq!(query.anchor, Some(RunKey(vec![20])));
        history.take(number, HistoryPage { anchor: Some(22), ..page(0, 52) });
        assert_eq!(history.at, Position { selected: 22, top: 17 });
    }

    #[test]
    fn ranges_are_walked_from_all_to_this_shift_and_back() {
        let mut history = History { filter: Filter::parse("fail").expect("a filter"), ..History::default() };
        let mut met = Vec::new();
        for longer in [false, false, false, false, false, false, true] {
            history.step_range(longer);
            met.push(history.filter.to_string());
        }
        let since = ["since:90d", "since:30d", "since:7d", "since:24h", "since:shift", "since:shift", "since:24h"];
        assert_eq!(met, since.map(|since| format!("fail {since}")));
    }
}
