//! The input thread: a blocking read, key presses, sizes and the mouse.

use std::io;
use std::sync::mpsc::Sender;
use std::thread;

use crossterm::event::{self, Event, KeyEventKind};

use super::msg::Msg;

/// Reads the terminal until it is gone or nobody listens.
///
/// # Errors
/// When the thread cannot be started.
pub(super) fn start(to: Sender<Msg>) -> io::Result<()> {
    let read = move || {
        loop {
            let msg = match event::read() {
                Ok(Event::Key(key)) if key.kind != KeyEventKind::Release => Msg::Key(key),
                Ok(Event::Mouse(mouse)) => Msg::Mouse(mouse),
                Ok(Event::Resize(columns, rows)) => {
                    let (columns, rows) = usable((columns, rows));
                    Msg::Resize(columns, rows)
                }
                Ok(_) => continue,
                Err(_) => Msg::TerminalLost,
            };
            let lost = matches!(msg, Msg::TerminalLost);
            if to.send(msg).is_err() || lost {
                break;
            }
        }
    };
    thread::Builder::new().name("input".to_owned()).spawn(read)?;
    Ok(())
}

/// Serial lines and some remote shells say that they have no columns and no rows: then the size every terminal had.
pub(super) fn usable(size: (u16, u16)) -> (u16, u16) {
    if size.0 == 0 || size.1 == 0 { (80, 24) } else { size }
}
