//! Runs and lines of the log that came by the hundred and lie under the rows on screen: opened when somebody may look at
//! them, or when there is time.
//!
//! Each keeps the place in the lists at which it would stand. While they wait the picture is the one it would be
//! without them: the rows on screen are open, and failures are counted.

use std::collections::VecDeque;

use super::action::Screen;
use super::app::App;
use super::rows;
use crate::session::{Event, Kind, Sealed};

/// Quiet after which there is time, milliseconds.
const QUIET_MS: i64 = 200;

/// Most that waits: a run for every row that a list holds, and what came twice.
const MOST: usize = 2 * rows::MOST;

/// Where a run and a line of the log would stand.
#[derive(Debug, Clone, Copy, Default)]
pub struct Places {
    /// Among the rows.
    pub row: u64,
    /// Among the lines of the log.
    pub line: u64,
}

/// What has not been opened, oldest first.
#[derive(Debug, Clone, Default)]
pub struct Backlog {
    waiting: VecDeque<(Places, Sealed)>,
    failures: usize,
    /// When the last one came.
    since_ms: i64,
}

impl Backlog {
    /// Lays something aside that has its places.
    pub fn push(&mut self, places: Places, sealed: Sealed, now_ms: i64) {
        self.since_ms = now_ms;
        self.failures += usize::from(sealed.kind() == Kind::Failure);
        self.waiting.push_back((places, sealed));
        // As many newer ones have come as there are rows: nobody will ever see it.
        if self.waiting.len() > MOST
            && let Some((_, gone)) = self.waiting.pop_front()
        {
            self.failures = self.failures.saturating_sub(usize::from(gone.kind() == Kind::Failure));
        }
    }

    /// How many failures are among them.
    pub fn failures(&self) -> usize {
        self.failures
    }

    /// When there is time to open them, milliseconds since 1970 UTC; nothing where there are none.
    pub fn due_ms(&self) -> Option<i64> {
        (!self.waiting.is_empty()).then_some(self.since_ms + QUIET_MS)
    }

    /// All of them, opened, each with its places.
    pub fn take(&mut self) -> impl Iterator<Item = (Places, Event)> + use<> {
        let waiting = std::mem::take(self).waiting;
        waiting.into_iter().flat_map(|(places, sealed)| sealed.open().into_iter().map(move |event| (places, event)))
    }
}

/// Whether only the newest rows can be seen, and nothing is said of those below them.
pub fn may_wait(app: &App) -> bool {
    let alone = app.unit.is_none() && app.search.is_none() && app.frozen.is_none() && !app.lost;
    let newest = app.follow && app.rows.narrowed().is_plain() && app.log.filter().is_empty();
    alone && newest && app.opened && !matches!(app.screen, Screen::Log | Screen::Unit)
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
mod tests {
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;

    use super::*;
    use crate::config::Config;
    use crate::history::{LogEntry, LogOutcome};
    use crate::session::{ArrivedRun, over_a_socket, samples_as_they_arrive};
    use crate::tui::clock::Clock;
    use crate::tui::look::Look;
    use crate::tui::msg::Msg;
    use crate::tui::update::update;
    use crate::tui::view;

    const NOW: Clock = Clock { now_ms: 1_000_000, offset_seconds: 0 };

    /// So many files: runs of all kinds, now and then one that came before, and files that cannot be read.
    fn burst(files: u64) -> Vec<Event> {
        let (judged, mut events) = (samples_as_they_arrive(), Vec::new());
        for n in 0..files {
            let like = usize::try_from(n).unwrap_or(0) % judged.len();
            let mut run = judged.get(like).cloned().expect("a run");
            let again = if n % 17 == 16 { n - 9 } else { n };
            let mut path_key = [0; 16];
            path_key[..8].copy_from_slice(&again.to_le_bytes());
            run.key.0.extend(again.to_be_bytes());
            (run.sequence, run.record.file.path_key, run.record.arrived_ms) = (n + 1, path_key, NOW.now_ms);
            let (file, key) = (run.record.file.clone(), run.key.clone());
            let status = run.record.run.status.word().to_owned();
            let unreadable = n % 13 == 12;
            let outcome = if unreadable {
                LogOutcome::Failed { cause: "cut short".to_owned() }
            } else {
                events.push(Event::Arrived(Box::new(run), Box::default()));
                LogOutcome::Run { key, status }
            };
            events.push(Event::Logged(Box::new(LogEntry { sequence: n + 1, at_ms: NOW.now_ms, file, outcome })));
        }
        events
    }

    fn app() -> App {
        let mut app = App::new(Look::of(&Config::default()), (120, 40), NOW);
        hear(&mut app, Event::Past { runs: Vec::new(), log: Vec::new() });
        app
    }

    fn hear(app: &mut App, event: Event) {
        update(app, Msg::Session(Box::new(event)));
    }

    fn picture(app: &App) -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, app.size.0, app.size.1));
        view::draw(app, &mut buffer);
        buffer
    }

    /// What is in the lists, below the rows on screen too.
    fn lists(app: &App) -> String {
        let rows: Vec<_> = app.rows.iter().map(|row| (row.id(), row.seen)).collect();
        let log: Vec<u64> = app.log_rows().map(|entry| entry.sequence).collect();
        format!("{rows:?} {log:?} {}", app.unseen())
    }

    /// The same files one by one, and by the hundred over a socket.
    fn both(files: u64, frame: usize) -> (App, App) {
        let (mut open, mut sealed) = (app(), app());
        let events = burst(files);
        for frame in events.chunks(frame) {
            hear(&mut sealed, Event::Together(over_a_socket(frame)));
        }
        for event in events {
            hear(&mut open, event);
        }
        (open, sealed)
    }

    #[test]
    fn nobody_sees_that_what_lies_below_the_screen_waits_and_in_the_end_nothing_is_missing() {
        for (frame, most) in [(7, 500), (90, 400), (1_000, 100)] {
            let (open, mut sealed) = both(500, frame);
            assert!(sealed.rows.all() < most, "{frame}: {} rows are open", sealed.rows.all());
            assert_eq!(picture(&open), picture(&sealed), "{frame}");
            update(&mut sealed, Msg::Tick(Clock { now_ms: NOW.now_ms + QUIET_MS - 1, ..NOW }));
            assert!(sealed.backlog.due_ms().is_some(), "it is not quiet yet");
            update(&mut sealed, Msg::Tick(Clock { now_ms: NOW.now_ms + QUIET_MS, ..NOW }));
            assert_eq!(lists(&open), lists(&sealed), "{frame}");
        }
    }

    #[test]
    fn a_key_means_all_that_has_come() {
        let (mut open, mut sealed) = both(300, 100);
        for app in [&mut open, &mut sealed] {
            update(app, Msg::Key(KeyEvent::new(KeyCode::Char('6'), KeyModifiers::NONE)));
        }
        assert_eq!(lists(&open), lists(&sealed));
        assert_eq!(picture(&open), picture(&sealed), "the log");
        // From here on the lines of the log are on screen.
        for event in over_a_socket(&burst(40)) {
            hear(&mut sealed, Event::Together(vec![event]));
        }
        assert!(sealed.backlog.due_ms().is_none());
    }

    #[test]
    fn a_word_on_a_run_that_waits_finds_it() {
        let (mut open, mut sealed) = both(300, 100);
        let run = burst(20).into_iter().find_map(|event| match event {
            Event::Arrived(run, _) => Some(ArrivedRun { not_kept: Some("a full disk".to_owned()), ..*run }),
            _ => None,
        });
        let run = run.expect("a run");
        for app in [&mut open, &mut sealed] {
            hear(app, Event::Changed(Box::new(run.clone())));
            let row = app.rows.iter().filter_map(super::rows::Row::run).find(|row| row.key == run.key);
            assert_eq!(row.and_then(|row| row.not_kept.as_deref()), Some("a full disk"));
        }
        assert_eq!(lists(&open), lists(&sealed));
    }

    #[test]
    fn more_than_the_lists_hold_costs_no_more_memory() {
        let (open, mut sealed) = both(3_000, 500);
        assert!(sealed.backlog.waiting.len() <= MOST);
        update(&mut sealed, Msg::Tick(Clock { now_ms: NOW.now_ms + QUIET_MS, ..NOW }));
        assert_eq!((sealed.rows.all(), sealed.log.len()), (open.rows.all(), open.log.len()));
        assert_eq!(lists(&open), lists(&sealed));
    }
}
