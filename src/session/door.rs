//! The door itself: an engine behind it, values through it.

use std::io;
use std::sync::mpsc;

use crossbeam_channel::Sender;

use super::protocol::{Event, Request};
use super::view::View;
use crate::engine::{Command, Engine, Output, Setup};

/// The screen's side: ask without waiting, listen.
#[derive(Debug)]
pub struct Door {
    /// Where requests go.
    pub requests: Asker,
    /// Where events come from, in the order they happened.
    pub events: mpsc::Receiver<Event>,
}

/// Takes requests; sending never waits.
#[derive(Debug, Clone)]
pub struct Asker(Sender<Command>);

impl Asker {
    /// Asks. A session that has ended answers nothing.
    pub fn ask(&self, request: Request) {
        let _ = self.0.send(command(request));
    }
}

fn command(request: Request) -> Command {
    match request {
        Request::Curves { key } => Command::Curves(key),
        Request::Unit { model, serial } => Command::Unit { model, serial },
        Request::Retry { path_key } => Command::Retry(path_key),
        Request::RetryAll => Command::RetryAll,
        Request::Rescan => Command::Rescan,
        Request::Stop => Command::Stop,
    }
}

/// A running session.
#[derive(Debug)]
pub struct Session {
    engine: Engine,
}

impl Session {
    /// Starts the engine and opens the door. The first event is a [`super::Snapshot`].
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(setup: Setup) -> io::Result<(Self, Door)> {
        let (events, listener) = mpsc::channel();
        let mut view = View::new(&setup);
        // A screen that no longer listens must not stop the files from being kept.
        let tell = move |event: Event| drop(events.send(event));
        tell(view.snapshot());
        let engine = Engine::start(setup, move |output: Output| view.translate(output).into_iter().for_each(&tell))?;
        let door = Door { requests: Asker(engine.commands()), events: listener };
        Ok((Self { engine }, door))
    }

    /// Ends the session and waits until everything is on disk.
    pub fn stop(self) {
        self.engine.stop();
    }
}
