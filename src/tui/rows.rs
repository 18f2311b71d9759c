//! The rows of the Live screen: every run, and every file that did not become one.

use std::collections::{HashMap, HashSet, VecDeque};

use super::narrowed::Narrowed;
use crate::analysis::Status;
use crate::history::{Filter, LogEntry, LogOutcome, Moment, RunKey, SortBy};
use crate::session::ArrivedRun;

/// Rows kept on screen; older ones are in the history.
pub const MOST: usize = 2_000;

/// What a row is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum RowId {
    /// A run.
    Run(RunKey),
    /// A file that is no run: its path's key.
    File([u8; 16]),
}

/// A run, or a file that was skipped or could not be read.
#[derive(Debug, Clone)]
pub enum Content {
    /// A judged run.
    Run(Box<ArrivedRun>),
    /// A judged run of which no more has come than a row shows: what else there is to it is missing.
    Outline(Box<ArrivedRun>),
    /// A skipped or failed file.
    File(Box<LogEntry>),
}

/// One row.
#[derive(Debug, Clone)]
pub struct Row {
    /// What it shows.
    pub content: Content,
    /// Whether somebody has looked at it.
    pub seen: bool,
    /// Whether it is of before everything began to be told anew.
    old: bool,
    /// Whether the filter means it.
    fits: bool,
    /// Later arrivals have a higher one; rows of before have none.
    place: u64,
}

impl Row {
    fn new(content: Content, seen: bool) -> Self {
        Self { content, seen, old: false, fits: true, place: 0 }
    }

    /// What the row is about.
    pub fn id(&self) -> RowId {
        match &self.content {
            Content::Run(run) | Content::Outline(run) => RowId::Run(run.key.clone()),
            Content::File(entry) => RowId::File(entry.file.path_key),
        }
    }

    /// The run, when it is one and all of it has come.
    pub fn run(&self) -> Option<&ArrivedRun> {
        match &self.content {
            Content::Run(run) => Some(run),
            Content::Outline(_) | Content::File(_) => None,
        }
    }

    /// Whether somebody ought to look at it.
    pub fn is_failure(&self) -> bool {
        match &self.content {
            Content::Run(run) | Content::Outline(run) => matches!(run.record.run.status, Status::Fail | Status::Error),
            Content::File(entry) => matches!(entry.outcome, LogOutcome::Failed { .. }),
        }
    }

    fn is(&self, id: &RowId) -> bool {
        match (&self.content, id) {
            (Content::Run(run) | Content::Outline(run), RowId::Run(key)) => run.key == *key,
            (Content::File(entry), RowId::File(path)) => entry.file.path_key == *path,
            _ => false,
        }
    }

    fn sequence(&self) -> u64 {
        match &self.content {
            Content::Run(run) | Content::Outline(run) => run.sequence,
            Content::File(entry) => entry.sequence,
        }
    }

    /// The words a search looks through.
    pub fn haystack(&self) -> String {
        match &self.content {
            Content::Run(run) | Content::Outline(run) => {
                let (judged, identity) = (&run.record.run, &run.record.run.identity);
                let reasons = judged.tracks.iter().flat_map(|track| &track.reasons);
                let words = [identity.model.as_str(), identity.serial.as_str(), judged.status.word()];
                let more = [identity.section.as_deref(), identity.disposition.as_deref(), identity.laser.as_deref()];
                let all = words.into_iter().chain(more.into_iter().flatten()).chain(reasons.map(String::as_str));
                all.collect::<Vec<_>>().join(" ")
            }
            Content::File(entry) => super::search::log_words(entry),
        }
    }
}

/// All rows, and those that are shown: whoever asks for a row means one of these.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// Newest arrival first.
    list: VecDeque<Row>,
    /// What the rows are about, so that a burst of new files need not look through all of them.
    there: HashSet<RowId>,
    /// How many nobody has looked at, so that a drawing need not look through all of them.
    unseen: usize,
    narrowed: Narrowed,
    /// The place of the last arrival.
    last: u64,
    /// The places of the rows that are shown, in their order; nothing where all are as they come.
    shown: Option<Vec<usize>>,
}

impl Rows {
    /// How many are shown.
    pub fn len(&self) -> usize {
        self.shown.as_ref().map_or(self.list.len(), Vec::len)
    }

    /// Whether none is shown.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many there are, shown or not.
    pub fn all(&self) -> usize {
        self.list.len()
    }

    /// What is shown, and in which order.
    pub fn narrowed(&self) -> &Narrowed {
        &self.narrowed
    }

    /// Where a shown row stands among all.
    fn place(&self, index: usize) -> Option<usize> {
        match &self.shown {
            Some(shown) => shown.get(index).copied(),
            None => Some(index),
        }
    }

    /// The shown row at an index.
    pub fn get(&self, index: usize) -> Option<&Row> {
        self.list.get(self.place(index)?)
    }

    /// All that are shown, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Row> {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    /// Where a shown row stands.
    pub fn index_of(&self, id: &RowId) -> Option<usize> {
        let place = self.list.iter().position(|row| row.is(id))?;
        match &self.shown {
            Some(shown) => shown.iter().position(|shown| *shown == place),
            None => Some(place),
        }
    }

    /// A row, shown or not.
    pub fn find(&self, id: &RowId) -> Option<&Row> {
        self.list.iter().find(|row| row.is(id))
    }

    /// Means other rows.
    pub fn narrow(&mut self, filter: Filter) {
        self.narrowed.filter = filter;
        self.judge();
    }

    /// Puts them in another order.
    pub fn sort(&mut self, sort: SortBy, reverse: bool) {
        (self.narrowed.sort, self.narrowed.reverse) = (sort, reverse);
        self.arrange();
    }

    /// It is later: what a filter says of time may mean other rows.
    pub fn pass_time(&mut self, moment: Moment) {
        self.narrowed.moment = moment;
        if !self.narrowed.filter.is_empty() {
            self.judge();
        }
    }

    fn judge(&mut self) {
        self.narrowed.trouble = None;
        for row in &mut self.list {
            row.fits = self.narrowed.admits(&row.content);
        }
        self.arrange();
    }

    /// Puts the rows that are shown in their order.
    fn arrange(&mut self) {
        let rows = &self.list;
        self.shown = (!self.narrowed.is_plain()).then(|| {
            let fitting = rows.iter().enumerate().filter(|(_, row)| row.fits).map(|(place, _)| place);
            self.narrowed.sorted(fitting.collect(), |place| rows.get(place))
        });
    }

    /// Everything is about to be told anew: what is here goes when the past comes.
    pub fn begin_anew(&mut self) {
        self.list.iter_mut().for_each(|row| row.old = true);
    }

    /// What was there before this session: looked at already. It goes below what has arrived in the meantime. Where
    /// all is told anew it takes the place of what was shown; what nobody has looked at stays so, and so do failures
    /// of the time in between.
    pub fn fill(&mut self, runs: Vec<ArrivedRun>, log: &[LogEntry]) {
        let run = |run| Row::new(Content::Run(Box::new(run)), true);
        let mut rows: Vec<Row> = runs.into_iter().map(run).collect();
        let mut met = HashSet::new();
        let latest = log.iter().filter(|entry| met.insert(entry.file.path_key));
        let files = latest.filter(|entry| is_file_row(entry));
        rows.extend(files.map(|entry| Row::new(Content::File(Box::new(entry.clone())), true)));
        rows.sort_by_key(|row| std::cmp::Reverse(row.sequence()));
        if let Some(newest) = self.list.iter().filter(|row| row.old).map(Row::sequence).max() {
            let seen: HashMap<RowId, bool> = self.list.iter().map(|row| (row.id(), row.seen)).collect();
            for row in &mut rows {
                let new = row.sequence() > newest && row.is_failure();
                row.seen = seen.get(&row.id()).copied().unwrap_or(!new);
            }
            self.list.retain(|row| !row.old);
            self.there = self.list.iter().map(Row::id).collect();
        }
        rows.retain(|row| !self.there.contains(&row.id()));
        rows.truncate(MOST.saturating_sub(self.list.len()));
        self.there.extend(rows.iter().map(Row::id));
        self.list.extend(rows);
        self.unseen = self.list.iter().filter(|row| !row.seen).count();
        self.judge();
    }

    /// The places of so much that arrives now, for somebody who brings it later: the first of them.
    pub fn reserve(&mut self, many: usize) -> u64 {
        let first = self.last + 1;
        self.last += many as u64;
        first
    }

    /// A run arrived, or came again with another content: its row goes to the top.
    pub fn arrived(&mut self, run: ArrivedRun) {
        let place = self.reserve(1);
        self.arrived_at(place, run);
    }

    /// A run arrived a while ago: its row goes where it would be by now, or is there as an outline.
    pub fn arrived_at(&mut self, place: u64, run: ArrivedRun) {
        if let Some(run) = self.completed(place, run) {
            self.arrived_as(place, run, Content::Run);
        }
    }

    /// A run has a place and an outline: so it is shown until it arrives there.
    pub fn outlined_at(&mut self, place: u64, outline: ArrivedRun) {
        self.arrived_as(place, outline, Content::Outline);
    }

    fn arrived_as(&mut self, place: u64, run: ArrivedRun, content: fn(Box<ArrivedRun>) -> Content) {
        let id = RowId::Run(run.key.clone());
        if self.is_newer(&id, place) {
            return;
        }
        self.remove(&id, place);
        self.remove(&RowId::File(run.record.file.path_key), place);
        self.put(place, content(Box::new(run)));
    }

    /// Puts a run in the place of its outline; it comes back where there is none.
    fn completed(&mut self, place: u64, run: ArrivedRun) -> Option<ArrivedRun> {
        let at = self.below_newer(place);
        let is_it = |row: &&mut Row| {
            row.place == place && matches!(&row.content, Content::Outline(outline) if outline.key == run.key)
        };
        let Some(row) = self.list.get_mut(at).filter(is_it) else { return Some(run) };
        row.content = Content::Run(Box::new(run));
        row.fits = self.narrowed.admits(&row.content);
        self.arrange();
        None
    }

    /// Somebody excluded a run or let it in again: its row stays where it is.
    pub fn changed(&mut self, run: &ArrivedRun) {
        for row in &mut self.list {
            if let Content::Run(there) = &mut row.content
                && there.key == run.key
            {
                there.sequence = there.sequence.max(run.record.sequence);
                there.record.clone_from(&run.record);
                there.not_kept.clone_from(&run.not_kept);
                row.fits = self.narrowed.admits(&row.content);
            }
        }
        self.arrange();
    }

    /// A file ended otherwise.
    pub fn logged(&mut self, entry: &LogEntry) {
        if is_file_row(entry) {
            let place = self.reserve(1);
            self.remove(&RowId::File(entry.file.path_key), place);
            self.put(place, Content::File(Box::new(entry.clone())));
        }
    }

    /// Where something of a place stands among all rows, or would.
    fn below_newer(&self, place: u64) -> usize {
        // As a rule it is the newest: a search would touch rows that nobody has looked at for long.
        let is_newest = self.list.front().is_none_or(|row| row.place <= place);
        if is_newest { 0 } else { self.list.partition_point(|row| row.place > place) }
    }

    /// Whether something of a place would stand among the first so many rows.
    pub fn is_among(&self, place: u64, first: usize) -> bool {
        self.list.get(first.saturating_sub(1)).is_none_or(|row| row.place < place)
    }

    /// Whether there is a row of the same that came after a place.
    fn is_newer(&self, id: &RowId, place: u64) -> bool {
        self.there.contains(id) && self.list.iter().any(|row| row.place > place && row.is(id))
    }

    /// Removes the row of something that came before a place.
    fn remove(&mut self, id: &RowId, place: u64) {
        if self.there.contains(id) {
            let all = self.list.len();
            self.list.retain(|row| {
                let stays = row.place > place || !row.is(id);
                self.unseen -= usize::from(!stays && !row.seen);
                stays
            });
            if self.list.len() < all {
                self.there.remove(id);
            }
        }
    }

    fn put(&mut self, place: u64, content: Content) {
        let mut row = Row::new(content, false);
        row.place = place;
        row.fits = self.narrowed.admits(&row.content);
        row.seen = !row.is_failure();
        self.unseen += usize::from(!row.seen);
        self.there.insert(row.id());
        self.list.insert(self.below_newer(place), row);
        if self.list.len() > MOST
            && let Some(oldest) = self.list.pop_back()
        {
            self.there.remove(&oldest.id());
            self.unseen -= usize::from(!oldest.seen);
        }
        self.arrange();
    }

    /// Somebody looked at a shown row.
    pub fn look_at(&mut self, index: usize) {
        if let Some(row) = self.place(index).and_then(|place| self.list.get_mut(place)) {
            self.unseen -= usize::from(!std::mem::replace(&mut row.seen, true));
        }
    }

    /// How many failures nobody has looked at, shown or not.
    pub fn unseen(&self) -> usize {
        self.unseen
    }

    /// The next such row that is shown below an index, from the top again when there is none.
    pub fn next_unseen(&self, after: usize) -> Option<usize> {
        let unseen = |index: &usize| self.get(*index).is_some_and(|row| !row.seen);
        (after + 1..self.len()).find(unseen).or_else(|| (0..self.len()).find(unseen))
    }
}

fn is_file_row(entry: &LogEntry) -> bool {
    matches!(entry.outcome, LogOutcome::Skipped { .. } | LogOutcome::Failed { .. })
}
