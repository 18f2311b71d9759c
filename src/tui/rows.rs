//! The rows of the Live screen: every run, and every file that did not become one.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::analysis::Status;
use crate::history::{LogEntry, LogOutcome, RunKey};
use crate::session::ArrivedRun;

/// Rows kept on screen; older ones are in the history.
const MOST: usize = 2_000;

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
}

impl Row {
    fn new(content: Content, seen: bool) -> Self {
        Self { content, seen, old: false }
    }

    /// What the row is about.
    pub fn id(&self) -> RowId {
        match &self.content {
            Content::Run(run) => RowId::Run(run.key.clone()),
            Content::File(entry) => RowId::File(entry.file.path_key),
        }
    }

    /// The run, when it is one.
    pub fn run(&self) -> Option<&ArrivedRun> {
        match &self.content {
            Content::Run(run) => Some(run),
            Content::File(_) => None,
        }
    }

    /// Whether somebody ought to look at it.
    pub fn is_failure(&self) -> bool {
        match &self.content {
            Content::Run(run) => matches!(run.record.run.status, Status::Fail | Status::Error),
            Content::File(entry) => matches!(entry.outcome, LogOutcome::Failed { .. }),
        }
    }

    fn is(&self, id: &RowId) -> bool {
        match (&self.content, id) {
            (Content::Run(run), RowId::Run(key)) => run.key == *key,
            (Content::File(entry), RowId::File(path)) => entry.file.path_key == *path,
            _ => false,
        }
    }

    fn sequence(&self) -> u64 {
        match &self.content {
            Content::Run(run) => run.sequence,
            Content::File(entry) => entry.sequence,
        }
    }

    /// The words a search looks through.
    pub fn haystack(&self) -> String {
        match &self.content {
            Content::Run(run) => {
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

/// All rows, newest arrival first.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    rows: VecDeque<Row>,
    /// What the rows are about, so that a burst of new files need not look through all of them.
    there: HashSet<RowId>,
}

impl Rows {
    /// How many.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The row at an index, newest first.
    pub fn get(&self, index: usize) -> Option<&Row> {
        self.rows.get(index)
    }

    /// All of them, newest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Row> + ExactSizeIterator {
        self.rows.iter()
    }

    /// Where a row stands.
    pub fn index_of(&self, id: &RowId) -> Option<usize> {
        self.rows.iter().position(|row| row.is(id))
    }

    /// Everything is about to be told anew: what is here goes when the past comes.
    pub fn begin_anew(&mut self) {
        self.rows.iter_mut().for_each(|row| row.old = true);
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
        if let Some(newest) = self.rows.iter().filter(|row| row.old).map(Row::sequence).max() {
            let seen: HashMap<RowId, bool> = self.rows.iter().map(|row| (row.id(), row.seen)).collect();
            for row in &mut rows {
                let new = row.sequence() > newest && row.is_failure();
                row.seen = seen.get(&row.id()).copied().unwrap_or(!new);
            }
            self.rows.retain(|row| !row.old);
            self.there = self.rows.iter().map(Row::id).collect();
        }
        rows.retain(|row| !self.there.contains(&row.id()));
        rows.truncate(MOST.saturating_sub(self.rows.len()));
        self.there.extend(rows.iter().map(Row::id));
        self.rows.extend(rows);
    }

    /// A run arrived, or came again with another content: its row goes to the top.
    pub fn arrived(&mut self, run: ArrivedRun) {
        self.remove(&RowId::Run(run.key.clone()));
        self.remove(&RowId::File(run.record.file.path_key));
        self.push(Content::Run(Box::new(run)));
    }

    /// Somebody excluded a run or let it in again: its row stays where it is.
    pub fn changed(&mut self, run: &ArrivedRun) {
        for row in &mut self.rows {
            if let Content::Run(there) = &mut row.content
                && there.key == run.key
            {
                there.record.clone_from(&run.record);
                there.not_kept.clone_from(&run.not_kept);
            }
        }
    }

    /// A file ended otherwise.
    pub fn logged(&mut self, entry: &LogEntry) {
        if is_file_row(entry) {
            self.remove(&RowId::File(entry.file.path_key));
            self.push(Content::File(Box::new(entry.clone())));
        }
    }

    fn remove(&mut self, id: &RowId) {
        if self.there.remove(id) {
            self.rows.retain(|row| !row.is(id));
        }
    }

    fn push(&mut self, content: Content) {
        let mut row = Row::new(content, false);
        row.seen = !row.is_failure();
        self.there.insert(row.id());
        self.rows.push_front(row);
        if self.rows.len() > MOST
            && let Some(oldest) = self.rows.pop_back()
        {
            self.there.remove(&oldest.id());
        }
    }

    /// Somebody looked at a row.
    pub fn look_at(&mut self, index: usize) {
        if let Some(row) = self.rows.get_mut(index) {
            row.seen = true;
        }
    }

    /// How many failures nobody has looked at.
    pub fn unseen(&self) -> usize {
        self.rows.iter().filter(|row| !row.seen).count()
    }

    /// The next such row below an index, from the top again when there is none.
    pub fn next_unseen(&self, after: usize) -> Option<usize> {
        let unseen = |index: &usize| self.rows.get(*index).is_some_and(|row| !row.seen);
        (after + 1..self.rows.len()).find(unseen).or_else(|| (0..self.rows.len()).find(unseen))
    }
}

fn is_file_row(entry: &LogEntry) -> bool {
    matches!(entry.outcome, LogOutcome::Skipped { .. } | LogOutcome::Failed { .. })
}
