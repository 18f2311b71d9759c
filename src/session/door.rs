//! The door itself: an engine behind it, values through it.

use std::io;

use crossbeam_channel::Sender;

use super::protocol::{Event, Request};
use super::view::View;
use crate::engine::{Command, Deployment, Engine, Output, Question, Setup, TestWord, Word};

/// The screen's side of the door: asks without waiting.
#[derive(Debug, Clone)]
pub struct Asker(Sender<Command>);

impl Asker {
    /// Asks. A session that has ended answers nothing.
    pub fn ask(&self, request: Request) {
        // The answer to a session's end is the end of its events, which every screen listens for.
        let _ = self.0.send(command(request));
    }
}

fn command(request: Request) -> Command {
    match request {
        Request::Curves { key } => Command::Curves(key),
        Request::Unit { model, serial } => Command::Unit { model, serial },
        Request::Before { key } => Command::Before(key),
        Request::Retry { path_key } => Command::Retry(path_key),
        Request::RetryAll => Command::RetryAll,
        Request::Rescan => Command::Rescan,
        Request::Query { number, query } => Command::Ask(number, Question::Page(query)),
        Request::Find { number, query, text, step } => Command::Ask(number, Question::Find(query, text, step)),
        Request::Overview { number, filter, by } => Command::Ask(number, Question::Yields(filter, by)),
        Request::Export { number, what, format } => Command::Export { number, what, format },
        Request::Exclude { key, reason, by } => Command::Act(Word { key, exclude: true, reason, by }),
        Request::Include { key, reason, by } => Command::Act(Word { key, exclude: false, reason, by }),
        Request::Models => Command::Models,
        Request::Train { learner, by } => Command::Train { learner, by },
        Request::CancelTraining => Command::CancelTraining,
        Request::Deploy { learner, scope, version, by } => Command::Deploy(Deployment { learner, scope, version, by }),
        Request::Tested { key, passed, note, by } => Command::Tested(TestWord { key, passed, note, by }),
        Request::Outcome { key } => Command::Outcome(key),
        Request::Drift => Command::Drift,
        Request::DriftCharts { stream, metric } => Command::DriftCharts { stream, metric },
        Request::Acknowledge { alarm, cause, note, by } => Command::Acknowledge { alarm, cause, note, by },
        Request::NewBaseline { stream, from, reason, by } => Command::NewBaseline { stream, from, reason, by },
        Request::Stop => Command::Stop,
    }
}

/// A running session.
#[derive(Debug)]
pub struct Session {
    engine: Engine,
}

impl Session {
    /// Starts the engine. Events go to `listen`, in the order they happened, on the engine's thread; the first is
    /// a [`super::Snapshot`], the last [`Event::Stopped`].
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(setup: Setup, listen: impl Fn(Event) + Send + 'static) -> io::Result<Self> {
        let mut view = View::new(&setup);
        listen(view.snapshot());
        let engine = Engine::start(setup, move |output: Output| {
            view.translate(output).into_iter().for_each(&listen);
        })?;
        Ok(Self { engine })
    }

    /// Where requests go.
    pub fn asker(&self) -> Asker {
        Asker(self.engine.commands())
    }

    /// Ends the session and waits until everything is on disk.
    pub fn stop(self) {
        self.engine.stop();
    }
}
