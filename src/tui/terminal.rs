//! Taking the terminal and giving it back, once, whatever happens.

use std::io::{self, Write};
use std::panic;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, ThreadId};

use crossterm::cursor::{Hide, Show};
use crossterm::execute;
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};

use crate::export::printable;
use crate::session::crash;

/// Whether the terminal is ours.
static TAKEN: AtomicBool = AtomicBool::new(false);
/// What a panic of another thread had to say while the screen was up.
static LAST_WORDS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// The terminal, taken; given back when this is dropped.
#[derive(Debug)]
pub struct Taken;

/// Raw mode and the alternate screen.
///
/// # Errors
/// When there is no terminal.
pub fn take() -> io::Result<Taken> {
    static HOOKED: AtomicBool = AtomicBool::new(false);
    if !HOOKED.swap(true, Ordering::AcqRel) {
        hook_panics(thread::current().id());
    }
    enter()?;
    Ok(Taken)
}

fn enter() -> io::Result<()> {
    enable_raw_mode()?;
    TAKEN.store(true, Ordering::Release);
    execute!(io::stdout(), EnterAlternateScreen, Hide)?;
    if MOUSE.load(Ordering::Acquire) { tell_mouse(true) } else { Ok(()) }
}

/// Whether the mouse is listened to.
static MOUSE: AtomicBool = AtomicBool::new(false);

/// Listens to the mouse, or no more; not to its every move, which would wake the program for nothing.
///
/// # Errors
/// When the terminal cannot be written.
pub(super) fn mouse(on: bool) -> io::Result<()> {
    MOUSE.store(on, Ordering::Release);
    tell_mouse(on)
}

#[cfg(unix)]
fn tell_mouse(on: bool) -> io::Result<()> {
    let said: &[u8] = if on { b"\x1b[?1000h\x1b[?1006h" } else { b"\x1b[?1006l\x1b[?1000l" };
    io::stdout().write_all(said)?;
    io::stdout().flush()
}

/// A Windows console is told by a call of its own.
#[cfg(not(unix))]
fn tell_mouse(on: bool) -> io::Result<()> {
    use crossterm::event::{DisableMouseCapture, EnableMouseCapture};
    if on { execute!(io::stdout(), EnableMouseCapture) } else { execute!(io::stdout(), DisableMouseCapture) }
}

/// Gives the terminal back. The second call does nothing.
fn give_back() {
    if TAKEN.swap(false, Ordering::AcqRel) {
        // A terminal that is gone cannot be told so.
        if MOUSE.load(Ordering::Acquire) {
            let _ = tell_mouse(false);
        }
        let _ = execute!(io::stdout(), Show, LeaveAlternateScreen);
        let _ = disable_raw_mode();
    }
}

/// Gives the terminal to the shell until `meanwhile` returns.
///
/// # Errors
/// When it cannot be taken again.
pub(super) fn lend(meanwhile: impl FnOnce()) -> io::Result<()> {
    give_back();
    meanwhile();
    enter()
}

impl Drop for Taken {
    fn drop(&mut self) {
        give_back();
        let mut words = LAST_WORDS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for said in words.drain(..) {
            let _ = writeln!(io::stderr(), "trimwatch: {said}");
        }
    }
}

/// A caught panic of a worker says nothing; another thread's is said once the screen is down; only the screen's
/// own gives the terminal back.
fn hook_panics(screen: ThreadId) {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |panicked| {
        if crash::is_expected(panicked) {
            return;
        }
        if thread::current().id() == screen {
            give_back();
        } else if TAKEN.load(Ordering::Acquire) {
            let name = thread::current().name().unwrap_or("unnamed").to_owned();
            let mut words = LAST_WORDS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            words.push(printable(&format!("thread {name} stopped: {panicked}").replace('\n', " ")).into_owned());
            words.extend(crash::report(panicked));
            return;
        }
        report(panicked);
    }));
}
