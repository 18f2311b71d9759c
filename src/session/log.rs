//! The log of the commands that run long, for whoever asks afterwards what happened: a line an event, in the state folder.
//!
//! Whoever has something to say says it with `tracing`; here is what takes it in the program itself. The library sets
//! none: without one, events cost next to nothing and go nowhere. The log names folders by their number and files by
//! their content, never a model, a serial or a path. Lines go through a bounded queue to a thread of its own: a disk
//! that is full, slow or read-only costs lines and nothing else.

mod line;
mod queue;
mod rotating;
mod told;

use std::thread;

use tracing::{Dispatch, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{fmt, registry};

use crate::config::{LogLevel, state_folder};
use line::Line;
pub use queue::Logging;
use queue::{Queue, write};
use rotating::Rotating;
pub(super) use told::hear;

/// Most bytes of one file, and how many there are: 5 MB in all.
const MOST_BYTES: u64 = 1_000_000;
const FILES: usize = 5;
/// The events that are told begin so: this program's own. What its libraries say may name whom they please.
const OWN: &str = "trimwatch";

/// What takes the events of a process and writes its log, and what writes the last lines when it is dropped. Nothing
/// without a home, or switched off. What it cannot do is no trouble.
pub fn to_state_folder(level: LogLevel) -> Option<(Dispatch, Logging)> {
    let folder = state_folder().filter(|_| level != LogLevel::Off)?;
    let (queue, lines) = Queue::new();
    let file = Rotating::new(folder.join("trimwatch.log"), MOST_BYTES, FILES);
    let thread = thread::Builder::new().name("log".to_owned()).stack_size(128 << 10);
    thread.spawn(move || write(&lines, file)).ok()?;
    Some((Dispatch::new(subscriber(level, queue.clone())), Logging(queue)))
}

/// Has every event of this program, down to a level, written as a line.
fn subscriber<W>(level: LogLevel, to: W) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let level = match level {
        LogLevel::Off => LevelFilter::OFF,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    };
    // What cannot be written is not said on standard error: there is the screen.
    let lines = fmt::layer().event_format(Line).with_writer(to).log_internal_errors(false);
    registry().with(Targets::new().with_target(OWN, level)).with(lines)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use tracing::subscriber::with_default;
    use tracing::{debug, error, info, warn};

    use super::*;
    use queue::Waiting;

    /// The lines that something says.
    pub(super) fn told(level: LogLevel, says: impl FnOnce()) -> Vec<String> {
        let (queue, lines) = Queue::new();
        with_default(subscriber(level, queue), says);
        let text = |waiting| match waiting {
            Waiting::Line(line) => String::from_utf8(line).expect("text"),
            Waiting::Flush(_) => unreachable!("nobody ends here"),
        };
        lines.try_iter().map(text).collect()
    }

    #[test]
    fn an_event_is_a_line_with_its_time_level_process_words_and_fields() {
        let lines = told(LogLevel::Info, || warn!(folder = 2, laser = Some("LTS3"), line = "Line 3", "folder watched"));
        let [line] = lines.as_slice() else { panic!("{lines:?}") };
        let (time, rest) = line.split_once(' ').expect("a time");
        assert!(time.len() == 20 && time.ends_with('Z'), "{time}");
        let process = std::process::id();
        assert_eq!(rest, format!("warn  [{process}] folder watched folder=2 laser=LTS3 line=\"Line 3\""));
    }

    #[test]
    fn no_text_ends_its_line_or_its_value_and_none_is_longer_than_a_line_should_be() {
        let hostile = "gone\n2026-03-19T12:00:00Z error [1] forged\r\u{2028}\u{1b}[2J\" status=PASS";
        let lines =
            told(LogLevel::Info, || warn!(why = hostile, words = "x".repeat(9_999), status = "FAIL", "{hostile}"));
        let [line] = lines.as_slice() else { panic!("{lines:?}") };
        assert!(!line.contains(char::is_control) && !line.contains('\u{2028}'), "{line}");
        assert!(line.contains("\\\" status=PASS\" words=xxx") && line.ends_with("x… status=FAIL"), "{line}");
        assert!(line.chars().count() < 1_000, "{line}");
    }

    #[test]
    fn what_the_level_does_not_let_through_is_not_even_made() {
        let made = Cell::new(0);
        let make = || {
            made.set(made.get() + 1);
            made.get()
        };
        let says = || {
            debug!(made = make(), "a detail");
            info!(made = make(), "a beginning");
            error!(made = make(), "a loss");
        };
        assert_eq!(told(LogLevel::Error, says).len(), 1);
        assert_eq!((made.get(), told(LogLevel::Off, says).len()), (1, 0));
        assert_eq!((told(LogLevel::Debug, says).len(), made.get()), (3, 4));
    }

    #[test]
    fn what_libraries_say_stays_out() {
        let lines = told(LogLevel::Debug, || {
            error!(target: "sled::pagecache", "9203 SN34 in /plant/ACME");
            warn!(target: "calamine", "cell D14 is 9203");
            warn!("ours");
        });
        assert_eq!(lines.len(), 1, "{lines:?}");
    }

    #[test]
    fn a_disk_that_takes_no_line_holds_nobody_up() {
        let (queue, lines) = Queue::new();
        with_default(subscriber(LogLevel::Info, queue), || (0..5_000).for_each(|number| info!(number, "a line")));
        assert_eq!(lines.try_iter().count(), 1_024, "the first wait, the rest are lost");
    }
}
