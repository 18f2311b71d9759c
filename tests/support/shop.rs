//! A shop with a drop folder, and a session that watches it.

use std::fs;
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use trimwatch::config::{Config, WatchFolder};
use trimwatch::history::LogEntry;
use trimwatch::session::{ArrivedRun, Event, Part, Request, Session, Setup};

use super::sample;

/// Longer than anything here takes; waiting ends with the event.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A folder `LTS` for files, and a folder `store` beside it.
pub struct Shop {
    pub root: tempfile::TempDir,
}

/// A running session and what it has said.
pub struct Shift {
    pub session: Session,
    pub events: Receiver<Event>,
}

impl Shop {
    pub fn new() -> Self {
        let root = tempfile::tempdir().expect("a folder");
        fs::create_dir(root.path().join("LTS")).expect("a drop folder");
        Self { root }
    }

    pub fn incoming(&self) -> PathBuf {
        self.root.path().join("LTS")
    }

    pub fn store(&self) -> PathBuf {
        self.root.path().join("store")
    }

    pub fn setup(&self) -> Setup {
        let config = Config { rescan_seconds: 1, ..Config::default() };
        let folders = vec![WatchFolder::named(self.incoming())];
        Setup::new(&config, folders, Some(self.store()))
    }

    pub fn open(&self) -> Shift {
        Shift::of(self.setup())
    }

    /// Drops a sample as a station does.
    pub fn drop_sample(&self, words: &str) {
        let from = sample(words);
        self.drop_as(words, &from.file_name().expect("a name").to_string_lossy());
    }

    pub fn drop_as(&self, words: &str, name: &str) {
        fs::copy(sample(words), self.incoming().join(name)).expect("copied");
    }
}

impl Shift {
    pub fn of(setup: Setup) -> Self {
        Self::as_part(setup, Part::Owner)
    }

    /// As owner or viewer; events that came together are told one by one.
    pub fn as_part(setup: Setup, part: Part) -> Self {
        let (tell, events) = mpsc::channel();
        let listen = move |event: Event| event.each().into_iter().for_each(|event| drop(tell.send(event)));
        let session = Session::open(setup, part, listen).expect("a session");
        Self { session, events }
    }

    pub fn ask(&self, request: Request) {
        self.session.asker().ask(request);
    }

    pub fn wait<T>(&self, what: &str, mut wanted: impl FnMut(Event) -> Option<T>) -> T {
        let end = Instant::now() + PATIENCE;
        while let Ok(event) = self.events.recv_timeout(end.saturating_duration_since(Instant::now())) {
            if let Some(found) = wanted(event) {
                return found;
            }
        }
        panic!("never heard of {what}");
    }

    pub fn opened(&self) -> (Vec<ArrivedRun>, Vec<LogEntry>) {
        self.wait("the past", |event| match event {
            Event::Past { runs, log } => Some((runs, log)),
            _ => None,
        })
    }

    pub fn run(&self) -> ArrivedRun {
        self.wait("a run", |event| match event {
            Event::Arrived(run, _) => Some(*run),
            _ => None,
        })
    }

    pub fn log(&self) -> LogEntry {
        self.wait("a log line", |event| match event {
            Event::Logged(entry) => Some(*entry),
            _ => None,
        })
    }
}
