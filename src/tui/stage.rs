//! The screen with its terminal: messages in, bytes out, at a measured pace.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use super::app::App;
use super::canvas::Canvas;
use super::clipboard;
use super::msg::{Effect, Msg};
use super::update::update;
use super::view;
use super::wire::Shown;
use crate::session::{Role, yield_to_who_judges};

/// Most drawings in one second.
const A_SECOND: usize = 15;
/// Drawings that only files asked for are this far apart at least, the first few of a second ...
const BETWEEN_FEW: Duration = Duration::from_millis(30);
/// ... and this far from then on, so that a second always has room for keys, which are drawn at once.
const BETWEEN_MANY: Duration = Duration::from_millis(100);
/// How many are few.
const FEW: usize = 4;
/// What a file brings comes in several messages: so long they are gathered into one drawing.
const GATHER: Duration = Duration::from_millis(3);
/// A key that asks the history is drawn with its answer, where that takes no longer than this: one drawing instead of two,
/// and no heading that says otherwise than the rows below it.
const ANSWERED_SOON: Duration = Duration::from_millis(20);

/// When the next drawing may be.
#[derive(Debug, Default)]
pub struct Pace {
    drawn: VecDeque<Instant>,
    /// Whether what files bring comes at a pace already, from the process that keeps the history.
    even: bool,
    budget: Option<Budget>,
}

/// What a slow line carries: bytes that have been drawn and not yet gone, as far as one can tell.
#[derive(Debug)]
struct Budget {
    a_second: f64,
    /// Bytes on their way at a moment.
    under_way: f64,
    at: Option<Instant>,
}

/// Seconds' worth of bytes that may be on their way when something is drawn that no key asked for.
const AHEAD: f64 = 1.0;

impl Budget {
    /// How long to wait until a drawing may follow.
    fn wait(&self, now: Instant) -> Duration {
        let gone = self.at.map_or(0.0, |at| now.saturating_duration_since(at).as_secs_f64());
        Duration::from_secs_f64((self.under_way / self.a_second - AHEAD - gone).max(0.0))
    }

    fn drew(&mut self, now: Instant, bytes: usize) {
        let gone = self.at.map_or(0.0, |at| now.saturating_duration_since(at).as_secs_f64());
        self.under_way = (self.under_way - gone * self.a_second).max(0.0) + bytes as f64;
        self.at = Some(now);
    }
}

impl Pace {
    /// For a line that carries so many bytes a second; none = all.
    pub fn of(bytes_per_second: Option<u32>) -> Self {
        let budget = bytes_per_second.map(|bytes| Budget { a_second: f64::from(bytes), under_way: 0.0, at: None });
        Self { drawn: VecDeque::new(), even: false, budget }
    }

    /// The first moment from `now` on at which a drawing fits for what changed at `changed`; a key's change is
    /// `urgent`.
    pub fn due(&self, now: Instant, changed: Instant, urgent: bool) -> Instant {
        let second = Duration::from_secs(1);
        let full = (self.drawn.len() >= A_SECOND).then(|| self.drawn.front().copied()).flatten();
        let budget = full.map_or(now, |oldest| oldest + second);
        if urgent {
            return budget.max(now);
        }
        let lately = self.drawn.iter().filter(|&&drawn| now.saturating_duration_since(drawn) < second).count();
        let apart = if lately < FEW || self.even { BETWEEN_FEW } else { BETWEEN_MANY };
        let gap = self.drawn.back().map_or(now, |&last| last + apart);
        let line = now + self.budget.as_ref().map_or(Duration::ZERO, |budget| budget.wait(now));
        let gathered = if self.even { changed } else { changed + GATHER };
        budget.max(gap).max(line).max(gathered).max(now)
    }

    /// From here on what files bring comes at a pace already, or not.
    pub fn comes_even(&mut self, even: bool) {
        self.even = even;
    }

    /// Notes a drawing of so many bytes.
    pub fn drew(&mut self, at: Instant, bytes: usize) {
        if let Some(budget) = &mut self.budget {
            budget.drew(at, bytes);
        }
        self.drawn.push_back(at);
        if self.drawn.len() > A_SECOND {
            self.drawn.pop_front();
        }
    }
}

/// An [`App`] on a terminal of any kind.
#[derive(Debug)]
pub struct Stage<W: Write> {
    /// The screen's state.
    pub app: App,
    writer: W,
    /// What the terminal shows.
    shown: Shown,
    /// What it shall show next; kept, so that drawing allocates nothing.
    next: Canvas,
    pace: Pace,
    changed: Option<Instant>,
    urgent: bool,
    /// Whether this thread takes the processor after the one that keeps the history.
    yields: bool,
}

impl<W: Write> Stage<W> {
    /// A stage that writes to a cleared terminal.
    pub fn new(app: App, writer: W) -> Self {
        let (columns, rows) = app.size;
        let (shown, next) = (Shown::nothing(columns, rows), Canvas::blank(columns, rows));
        let pace = Pace::of(app.look.bytes_per_second);
        Self { app, writer, shown, next, pace, changed: Some(Instant::now()), urgent: true, yields: false }
    }

    /// Takes a message; what is to be done on the terminal alone is done here, the rest is returned.
    ///
    /// # Errors
    /// When the terminal cannot be written.
    pub fn take(&mut self, msg: Msg) -> io::Result<Vec<Effect>> {
        self.urgent |= matches!(msg, Msg::Key(_) | Msg::Mouse(_) | Msg::Resize(..));
        let mut rest = Vec::new();
        for effect in update(&mut self.app, msg) {
            match effect {
                Effect::Redraw => self.repaint()?,
                Effect::Copy(text) => {
                    let sequence = clipboard::sequence(&text, self.app.look.tmux);
                    self.writer.write_all(sequence.as_bytes())?;
                    self.writer.flush()?;
                }
                Effect::Bell => {
                    self.writer.write_all(b"\x07")?;
                    self.writer.flush()?;
                }
                other => rest.push(other),
            }
        }
        let looks_on = matches!(self.app.role, Role::Viewer { .. });
        self.pace.comes_even(looks_on);
        if !self.yields && looks_on {
            self.yields = true;
            yield_to_who_judges();
        }
        self.urgent |= std::mem::take(&mut self.app.answered);
        if self.app.dirty {
            self.changed = self.changed.or_else(|| Some(Instant::now()));
        }
        Ok(rest)
    }

    /// Clears the terminal, so that the next drawing writes everything.
    ///
    /// # Errors
    /// When the terminal cannot be written.
    pub fn repaint(&mut self) -> io::Result<()> {
        let (columns, rows) = self.app.size;
        (self.shown, self.next) = (Shown::nothing(columns, rows), Canvas::blank(columns, rows));
        self.app.dirty = true;
        self.changed = Some(Instant::now());
        self.writer.write_all(b"\x1b[r\x1b[m\x1b[2J")
    }

    /// When the next drawing is due; `None` while nothing changed.
    pub fn due(&self, now: Instant) -> Option<Instant> {
        let changed = self.changed.filter(|_| self.app.dirty)?;
        let due = self.pace.due(now, changed, self.urgent);
        Some(if self.app.history.owes_an_answer() { due.max(changed + ANSWERED_SOON) } else { due })
    }

    /// Draws, in one synchronized update, what differs from the last drawing; nothing where nothing does.
    ///
    /// # Errors
    /// When the terminal cannot be written.
    pub fn draw(&mut self, now: Instant) -> io::Result<()> {
        self.next.wipe();
        view::draw(&self.app, &mut self.next);
        let change = self.shown.change(&self.next);
        if !change.is_empty() {
            let update = format!("\x1b[?2026h{change}\x1b[?2026l");
            self.writer.write_all(update.as_bytes())?;
            self.writer.flush()?;
            self.pace.drew(now, update.len());
        }
        (self.app.dirty, self.changed, self.urgent) = (false, None, false);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_drawn_at_a_pace_keys_at_once_and_never_more_than_fifteen_in_a_second() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let mut pace = Pace::default();
        assert_eq!(pace.due(at(0), at(0), false), at(3), "gathered");
        pace.drew(at(3), 900);
        assert_eq!(pace.due(at(10), at(10), false), at(33));
        assert_eq!(pace.due(at(10), at(10), true), at(10));
        (1..4).for_each(|n| pace.drew(at(3 + n * 30), 900));
        assert_eq!(pace.due(at(100), at(100), false), at(193), "many lately");
        (4..15).for_each(|n| pace.drew(at(3 + n * 30), 900));
        assert_eq!(pace.due(at(500), at(500), true), at(1_003), "the second is full");
    }

    #[test]
    fn what_comes_at_a_pace_already_is_drawn_as_it_comes() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let mut pace = Pace::default();
        pace.comes_even(true);
        for frame in 0..12 {
            assert_eq!(pace.due(at(frame * 80), at(frame * 80), false), at(frame * 80));
            pace.drew(at(frame * 80), 900);
        }
        assert_eq!(pace.due(at(900), at(900), true), at(900), "and leaves room for keys");
    }

    #[test]
    fn a_key_that_asks_the_history_is_drawn_with_its_answer_or_soon_without() {
        let config = crate::config::Config::default();
        let app = App::new(super::super::Look::of(&config), (80, 24), super::super::now());
        let mut stage = Stage::new(app, Vec::new());
        let pressed = Instant::now();
        (stage.changed, stage.app.dirty) = (Some(pressed), true);
        (stage.app.history.asked.waits, stage.app.history.asked.by_key) = (true, true);
        assert_eq!(stage.due(pressed), Some(pressed + ANSWERED_SOON));
        let later = pressed + ANSWERED_SOON * 2;
        assert_eq!(stage.due(later), Some(later), "no answer: the key alone");
        stage.app.history.asked.waits = false;
        assert_eq!(stage.due(pressed), Some(pressed), "answered");
    }

    #[test]
    fn a_slow_line_gets_what_files_bring_at_its_own_pace_and_keys_at_once() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let mut pace = Pace::of(Some(1_000));
        pace.drew(at(0), 4_000);
        assert_eq!(pace.due(at(50), at(50), true), at(50), "a key");
        assert_eq!(pace.due(at(50), at(50), false), at(3_000), "all but a second's worth has gone");
        pace.drew(at(3_000), 500);
        assert_eq!(pace.due(at(3_100), at(3_100), false), at(3_500));
        assert_eq!(pace.due(at(9_000), at(9_000), false), at(9_003), "the line is free");
    }
}
