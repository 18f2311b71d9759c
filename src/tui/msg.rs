//! What happens to the screen, and what it wants done.

use crossterm::event::{KeyEvent, MouseEvent};

use super::clock::Clock;
use super::left_off::LeftOff;
use super::remembered::Remembered;
use crate::session::signals::Signal;
use crate::session::{Event, Request};

/// One thing that happened.
#[derive(Debug, Clone)]
pub enum Msg {
    /// A key went down.
    Key(KeyEvent),
    /// The mouse did something.
    Mouse(MouseEvent),
    /// The terminal has another size: columns, rows.
    Resize(u16, u16),
    /// The session spoke.
    Session(Box<Event>),
    /// The time is now this.
    Tick(Clock),
    /// What was to be remembered could not be, and why.
    NotRemembered(String),
    /// A signal came.
    Signal(Signal),
    /// The terminal cannot be read or written any more.
    TerminalLost,
}

/// One thing to be done by the loop.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Ask the session.
    Ask(Request),
    /// Keep filters and initials for the next start.
    Remember(Box<Remembered>),
    /// Have the terminal copy a text.
    Copy(String),
    /// Listen to the mouse, or no more.
    Mouse(bool),
    /// Keep where somebody is for the next start.
    RememberView(Box<LeftOff>),
    /// Draw every cell anew.
    Redraw,
    /// Give the terminal to the shell.
    Suspend,
    /// Ring the bell.
    Bell,
    /// End.
    Quit,
    /// End: another process holds the store.
    Refuse(String),
}
