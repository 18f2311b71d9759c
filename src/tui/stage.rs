//! The screen with its terminal: messages in, bytes out, at a measured pace.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use crossterm::terminal::{BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate};
use crossterm::{execute, queue};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

use super::app::App;
use super::msg::{Effect, Msg};
use super::update::update;
use super::view::view;

/// Most drawings in one second.
const A_SECOND: usize = 15;
/// Least time between two drawings that only files asked for; leaves room for keys, which are drawn at once.
const BETWEEN_FILES: Duration = Duration::from_millis(100);

/// When the next drawing may be.
#[derive(Debug, Default)]
pub struct Pace {
    drawn: VecDeque<Instant>,
}

impl Pace {
    /// The first moment from `now` on at which a drawing fits; a key's change is `urgent`.
    pub fn due(&self, now: Instant, urgent: bool) -> Instant {
        let full = (self.drawn.len() >= A_SECOND).then(|| self.drawn.front().copied()).flatten();
        let budget = full.map_or(now, |oldest| oldest + Duration::from_secs(1));
        let gap = match self.drawn.back() {
            Some(&last) if !urgent => last + BETWEEN_FILES,
            _ => now,
        };
        budget.max(gap).max(now)
    }

    /// Notes a drawing.
    pub fn drew(&mut self, at: Instant) {
        self.drawn.push_back(at);
        if self.drawn.len() > A_SECOND {
            self.drawn.pop_front();
        }
    }
}

/// An [`App`] on a terminal of any kind.
pub struct Stage<W: Write> {
    /// The screen's state.
    pub app: App,
    terminal: Terminal<CrosstermBackend<W>>,
    writer: Box<dyn Fn() -> W>,
    pace: Pace,
    urgent: bool,
}

impl<W: Write> Stage<W> {
    /// A stage that writes where `writer` leads.
    ///
    /// # Errors
    /// When the terminal cannot be set up.
    pub fn new(app: App, writer: impl Fn() -> W + 'static) -> io::Result<Self> {
        let terminal = fixed(&app, writer())?;
        Ok(Self { app, terminal, writer: Box::new(writer), pace: Pace::default(), urgent: false })
    }

    /// Takes a message; what is to be done on the terminal alone is done here, the rest is returned.
    ///
    /// # Errors
    /// When the terminal cannot be written.
    pub fn take(&mut self, msg: Msg) -> io::Result<Vec<Effect>> {
        self.urgent |= matches!(msg, Msg::Key(_) | Msg::Resize(..));
        let mut rest = Vec::new();
        for effect in update(&mut self.app, msg) {
            match effect {
                Effect::Redraw => self.repaint()?,
                Effect::Bell => self.terminal.backend_mut().write_all(b"\x07")?,
                other => rest.push(other),
            }
        }
        Ok(rest)
    }

    /// Forgets what the terminal shows, so that the next drawing writes every cell. The library's own way asks the
    /// terminal where its cursor is and can stall on a slow line.
    ///
    /// # Errors
    /// When the terminal cannot be written.
    pub fn repaint(&mut self) -> io::Result<()> {
        self.terminal = fixed(&self.app, (self.writer)())?;
        queue!(self.terminal.backend_mut(), Clear(ClearType::All))?;
        self.app.dirty = true;
        Ok(())
    }

    /// When the next drawing is due; `None` while nothing changed.
    pub fn due(&self, now: Instant) -> Option<Instant> {
        self.app.dirty.then(|| self.pace.due(now, self.urgent))
    }

    /// Draws, in one synchronized update, what differs from the last drawing.
    ///
    /// # Errors
    /// When the terminal cannot be written.
    pub fn draw(&mut self, now: Instant) -> io::Result<()> {
        let app = &self.app;
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        self.terminal.draw(|frame| view(app, frame))?;
        execute!(self.terminal.backend_mut(), EndSynchronizedUpdate)?;
        self.pace.drew(now);
        (self.app.dirty, self.urgent) = (false, false);
        Ok(())
    }
}

fn fixed<W: Write>(app: &App, writer: W) -> io::Result<Terminal<CrosstermBackend<W>>> {
    let area = Rect::new(0, 0, app.size.0, app.size.1);
    Terminal::with_options(CrosstermBackend::new(writer), TerminalOptions { viewport: Viewport::Fixed(area) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_drawn_ten_times_a_second_keys_at_once_and_never_more_than_fifteen() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let mut pace = Pace::default();
        assert_eq!(pace.due(at(0), false), at(0));
        pace.drew(at(0));
        assert_eq!(pace.due(at(10), false), at(100));
        assert_eq!(pace.due(at(10), true), at(10));
        (1..15).for_each(|n| pace.drew(at(n * 20)));
        assert_eq!(pace.due(at(300), true), at(1_000));
    }
}
