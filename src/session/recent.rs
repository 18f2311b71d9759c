//! The newest runs and log lines as every screen has them: what somebody is told who comes later.

use std::collections::VecDeque;
use std::sync::Arc;

use super::protocol::{ArrivedRun, Event};
use crate::history::LogEntry;

/// The newest of what was told.
#[derive(Debug, Default)]
pub(super) struct Recent {
    most: usize,
    /// Whether what was there before is among them.
    opened: bool,
    /// Newest arrival first.
    runs: VecDeque<ArrivedRun>,
    log: VecDeque<LogEntry>,
}

impl Recent {
    /// At most so many of each.
    pub(super) fn of(most: usize) -> Self {
        Self { most, ..Self::default() }
    }

    /// Takes what is told to everybody.
    pub(super) fn hear(&mut self, event: &Event) {
        match event {
            Event::Past { runs, log } => self.fill(runs, log),
            Event::Arrived(run, _) => {
                self.runs.retain(|there| there.key != run.key);
                self.runs.push_front(ArrivedRun::clone(run));
                self.runs.truncate(self.most);
            }
            Event::Changed(run) => {
                for there in self.runs.iter_mut().filter(|there| there.key == run.key) {
                    // One that was judged before the history was open gets its place among all others with it.
                    there.sequence = there.sequence.max(run.record.sequence);
                    there.record.clone_from(&run.record);
                    there.not_kept.clone_from(&run.not_kept);
                }
            }
            Event::Logged(entry) => {
                self.log.push_front(LogEntry::clone(entry));
                self.log.truncate(self.most);
            }
            _ => {}
        }
    }

    /// What was there before goes below what has arrived since.
    fn fill(&mut self, runs: &[ArrivedRun], log: &[LogEntry]) {
        self.opened = true;
        let older = runs.iter().filter(|run| self.runs.iter().all(|there| there.key != run.key));
        let older: Vec<ArrivedRun> = older.cloned().collect();
        self.runs.extend(older);
        self.log.extend(log.iter().cloned());
        self.runs.truncate(self.most);
        self.log.truncate(self.most);
    }

    /// What somebody who comes now is told, once there is something to tell.
    pub(super) fn past(&self) -> Option<Event> {
        let (runs, log) = (self.runs.iter().cloned().collect(), self.log.iter().cloned().collect());
        self.opened.then_some(Event::Past { runs, log })
    }

    /// What has arrived before the past is known.
    pub(super) fn arrived(&self) -> impl Iterator<Item = Event> + '_ {
        let runs = self.runs.iter().rev().filter(|_| !self.opened);
        runs.map(|run| Event::Arrived(Box::new(run.clone()), Arc::default()))
    }
}
