//! The log of the commands that run long, for whoever asks afterwards what happened: a line an event, in the state folder.
//!
//! It names folders by their number and files by their content, never a model, a serial or a path. Lines go through a
//! bounded queue to a thread of its own: a disk that is full, slow or read-only costs lines and nothing else.

mod rotating;
mod told;

use std::sync::OnceLock;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;
use std::time::Duration;

use crate::config::{LogLevel, state_folder};
use crate::engine::clock;
use rotating::Rotating;
pub(super) use told::hear;

/// Most bytes of one file, and how many there are: 5 MB in all.
const MOST_BYTES: u64 = 1_000_000;
const FILES: usize = 5;
/// Most lines that wait for the disk; more are lost.
const QUEUE: usize = 1024;
/// How long the end of the program waits for the last lines.
const PATIENCE: Duration = Duration::from_millis(200);

static LOG: OnceLock<Log> = OnceLock::new();

/// What lines are given to.
#[derive(Debug)]
struct Log {
    level: LogLevel,
    to: SyncSender<Line>,
}

#[derive(Debug)]
enum Line {
    Text(String),
    /// Everything before is to be written, and then this told.
    Flush(SyncSender<()>),
}

/// Writes the last lines when it is dropped.
#[derive(Debug)]
pub struct Logging;

impl Drop for Logging {
    fn drop(&mut self) {
        let (tell, written) = mpsc::sync_channel(1);
        if LOG.get().is_some_and(|log| log.to.try_send(Line::Flush(tell)).is_ok()) {
            // A disk that hangs is not waited for.
            let _ = written.recv_timeout(PATIENCE);
        }
    }
}

/// Starts the log of this process; without a home, or switched off, there is none. What it cannot do is no trouble.
pub fn start(level: LogLevel) -> Logging {
    if let Some(folder) = state_folder().filter(|_| level != LogLevel::Off) {
        let (to, lines) = mpsc::sync_channel(QUEUE);
        let file = Rotating::new(folder.join("trimwatch.log"), MOST_BYTES, FILES);
        let thread = thread::Builder::new().name("log".to_owned()).stack_size(128 << 10);
        if thread.spawn(move || write(&lines, file)).is_ok() {
            // The first command of a process starts it.
            let _ = LOG.set(Log { level, to });
            say(
                LogLevel::Info,
                concat!("trimwatch ", env!("CARGO_PKG_VERSION"), " (", env!("TRIMWATCH_BUILD_COMMIT"), ")"),
            );
        }
    }
    Logging
}

fn write(lines: &Receiver<Line>, mut file: Rotating) {
    for line in lines {
        match line {
            // A disk that takes nothing has lost this line; the next one is tried.
            Line::Text(text) => drop(file.line(&text)),
            Line::Flush(tell) => drop(tell.send(())),
        }
    }
}

/// The log, where it tells of such things.
fn telling(level: LogLevel) -> Option<&'static Log> {
    LOG.get().filter(|log| level <= log.level)
}

/// Whether such things are told.
fn is_told(level: LogLevel) -> bool {
    telling(level).is_some()
}

/// Says something, where it is to be told.
pub fn say(level: LogLevel, text: &str) {
    if let Some(log) = telling(level) {
        let line = format!("{} {:5} [{}] {text}", clock::utc_now(), level.word(), std::process::id());
        // A full queue means a disk that does not keep up: the program goes on.
        let _ = log.to.try_send(Line::Text(line));
    }
}
