//! What the engine tells → what a screen sees: the header's figures are put together here.

use std::sync::Arc;

use super::protocol::{ArrivedRun, Event, HistoryPage};
use super::snapshot::{FolderState, FolderView, HistoryState, Snapshot};
use crate::config::Shifts;
use crate::engine::{Numbered, Output, Setup, Told, Written, clock};
use crate::history::{PageOfRuns, Tally};
use crate::trim::LocalTime;

/// The header as it stands.
#[derive(Debug)]
pub(super) struct View {
    snapshot: Snapshot,
    shifts: Shifts,
}

impl View {
    pub(super) fn new(setup: &Setup) -> Self {
        let folders = setup.folders.iter().map(|watch| FolderView {
            path: watch.path.display().to_string(),
            laser: watch.laser.clone(),
            line: watch.line.clone(),
            state: FolderState::Starting,
        });
        let history = match setup.store {
            Some(_) => HistoryState::Opening,
            None => HistoryState::NotKept { reason: "by choice (--no-store)".to_owned() },
        };
        Self {
            snapshot: Snapshot {
                folders: folders.collect(),
                history,
                queue: 0,
                unreadable: 0,
                today: Tally::default(),
                shift: None,
                shift_span: None,
                newest_ms: None,
                open_alarms: 0,
                oldest_alarm: None,
            },
            shifts: setup.shifts.clone(),
        }
    }

    /// The header's figures.
    pub(super) fn header_now(&self) -> Snapshot {
        self.snapshot.clone()
    }

    /// Whether files are under way that were not told yet.
    pub(super) fn more(&self) -> bool {
        self.snapshot.queue > 0
    }

    /// The header's figures as an event.
    pub(super) fn snapshot(&self) -> Event {
        Event::Snapshot(Box::new(self.snapshot.clone()))
    }

    /// The events that tell of an output.
    pub(super) fn translate(&mut self, output: Output) -> Vec<Event> {
        match output {
            Output::Opened { runs, log, notes } => self.opened(runs, log, notes),
            Output::NotKept(reason) => self.header(|s| s.history = HistoryState::NotKept { reason }),
            // Whom an answer is for is the switchboard's.
            Output::Answering(_) | Output::Answered => Vec::new(),
            Output::Run { run, curves, latency_ms, not_kept } => {
                self.snapshot.newest_ms = self.snapshot.newest_ms.max(Some(run.record.arrived_ms));
                let mut arrived = shown(*run);
                (arrived.latency_ms, arrived.not_kept) = (Some(latency_ms), not_kept);
                vec![Event::Arrived(Box::new(arrived), Arc::from(curves))]
            }
            Output::KeptAgain(files) => {
                let held = match files {
                    0 => String::new(),
                    1 => "; the file that was held is in it".to_owned(),
                    n => format!("; the {n} files that were held are in it"),
                };
                let mut events = self.header(|s| s.history = HistoryState::Kept);
                events.push(Event::Notice(format!("the history is kept again{held}")));
                events
            }
            Output::Logged(entry) => {
                // What a person did is no file.
                if !entry.outcome.is_word() {
                    self.snapshot.newest_ms = self.snapshot.newest_ms.max(Some(entry.at_ms));
                }
                vec![Event::Logged(Box::new(entry)), self.snapshot()]
            }
            Output::Tallies { today } => {
                let (shift, span) = self.shift_on();
                self.header(|s| (s.today, s.shift, s.shift_span) = (today, shift, span))
            }
            Output::Queue { waiting, unreadable } => self.header(|s| (s.queue, s.unreadable) = (waiting, unreadable)),
            Output::Online(folder) => self.folder(folder, FolderState::Live),
            Output::Offline { folder, cause } => {
                self.folder(folder, FolderState::Offline { since_ms: clock::now_ms(), cause })
            }
            Output::Curves { key, curves } => vec![Event::Curves { key, curves: curves.map(Arc::new) }],
            Output::Unit { model, serial, runs } => {
                vec![Event::Unit { model, serial, runs: runs.into_iter().map(shown).collect() }]
            }
            Output::Notice(text) => vec![Event::Notice(text)],
            Output::Before { key, run } => vec![Event::Before { key, run: run.map(|run| Box::new(shown(*run))) }],
            Output::Told(number, told) => vec![answer(number, told)],
            Output::Exported(number, Ok(Written { path, rows, unread })) => {
                vec![Event::Exported { number, path, rows, unread }]
            }
            Output::Exported(number, Err(why)) => vec![Event::NotExported { number, why }],
            Output::Changed { run, not_kept } => {
                vec![Event::Changed(Box::new(ArrivedRun { not_kept, ..shown(*run) }))]
            }
            Output::Models(view) => vec![Event::Models(view)],
            Output::Outcome { key, outcome } => vec![Event::Outcome { key, outcome }],
            Output::Drift(list) => {
                self.snapshot.open_alarms = list.open.len();
                self.snapshot.oldest_alarm = list.open.first().map(|alarm| (alarm.id, alarm.sentence.clone()));
                vec![Event::Drift(list), self.snapshot()]
            }
            Output::DriftCharts(charts) => vec![Event::DriftCharts(charts)],
            Output::Raised(alarm) => vec![Event::Raised(alarm)],
            // A shift turns without any file.
            Output::Alive if self.shift_on().1 != self.snapshot.shift_span => {
                let (shift, span) = self.shift_on();
                self.header(|s| (s.shift, s.shift_span) = (shift, span))
            }
            Output::Alive => vec![Event::Alive],
            Output::Stopped => vec![Event::Stopped],
        }
    }

    fn opened(&mut self, runs: Vec<Numbered>, log: Vec<crate::history::LogEntry>, notes: Vec<String>) -> Vec<Event> {
        if self.snapshot.history == HistoryState::Opening {
            self.snapshot.history = HistoryState::Kept;
        }
        self.snapshot.newest_ms = log.first().map(|entry| entry.at_ms);
        let past = Event::Past { runs: runs.into_iter().map(shown).collect(), log };
        let notes = notes.into_iter().map(Event::Notice);
        [past, self.snapshot()].into_iter().chain(notes).collect()
    }

    /// The shift that is on, with its begin and end.
    fn shift_on(&self) -> (Option<String>, Option<(LocalTime, LocalTime)>) {
        let on = clock::local_now().and_then(|now| self.shifts.at(now));
        on.map(|(shift, from, to)| (shift.name.clone(), (from, to))).unzip()
    }

    fn header(&mut self, change: impl FnOnce(&mut Snapshot)) -> Vec<Event> {
        change(&mut self.snapshot);
        vec![self.snapshot()]
    }

    fn folder(&mut self, index: usize, state: FolderState) -> Vec<Event> {
        self.header(|snapshot| {
            if let Some(folder) = snapshot.folders.get_mut(index) {
                folder.state = state;
            }
        })
    }
}

/// The event that an answer is.
fn answer(number: u64, told: Told) -> Event {
    match told {
        Told::Page(page, runs) => Event::Page { number, page: Box::new(page_of(*page, runs)) },
        Told::Found(found) => Event::Found { number, found },
        Told::Yields(rows) => Event::Yields { number, rows },
        Told::Unanswered(why) => Event::Unanswered { number, why },
        Told::Building(percent) => Event::Building { percent },
    }
}

fn page_of(page: PageOfRuns, runs: Vec<Option<Numbered>>) -> HistoryPage {
    let PageOfRuns { all, found, tally, first, anchor, keys } = page;
    let runs = keys.into_iter().zip(runs).map(|(key, run)| (key, run.map(shown)));
    HistoryPage { all, found, tally, first, anchor, runs: runs.collect() }
}

fn shown(run: Numbered) -> ArrivedRun {
    ArrivedRun { key: run.key, sequence: run.sequence, record: run.record, latency_ms: None, not_kept: None }
}
