//! One screen of the bench in its own process: attached or owner, drawn to nowhere, and asked by lines.
//!
//! It says on standard output what it becomes and what it sees; `state` on standard input is answered with a line,
//! `end` ends it.

use std::io::{self, BufRead};
use std::path::Path;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use color_eyre::eyre::Result;
use serde::{Deserialize, Serialize};

use crate::cli::Exit;
use crate::cli::bench::rig::Counter;
use crate::config::{Config, WatchFolder};
use crate::session::{ArrivedRun, Event, Part, Role, Session, Setup, clock};
use crate::tui::{App, Effect, Look, Msg, Stage, now};

/// Newest rows that screens are compared by: one that was brought up to date has no more.
const COMPARED: usize = 500;

/// What a screen says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Said {
    /// It became the owner.
    Owner,
    /// It attached.
    Viewer,
    /// Its owner is gone, and it says so.
    Stale,
    /// What was there before is on it.
    Past,
    /// A file came: its name.
    File(String),
    /// The answer to `state`.
    State(State),
}

/// How a screen stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct State {
    /// Its rows.
    pub(super) rows: usize,
    /// Files not judged yet, as its header says.
    pub(super) queue: u64,
    /// Of what its newest rows show, at most [`COMPARED`].
    pub(super) hash: String,
    /// Written and told by the owner → drawn here, of everything since this was asked last, milliseconds.
    pub(super) delays_ms: Vec<f64>,
    /// Drawings since this was asked last.
    pub(super) drawings: usize,
}

enum Heard {
    Msg(Msg),
    State,
    End,
}

/// Serves until told to end.
pub(super) fn run(store: &Path, folder: &Path, files: bool, config: &Config) -> Result<Exit> {
    let (send, heard) = mpsc::channel();
    let events = send.clone();
    thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            let what = if line == "state" { Heard::State } else { Heard::End };
            if send.send(what).is_err() {
                break;
            }
        }
    });
    let watch = WatchFolder::named(folder.to_path_buf());
    let setup = Setup::new(config, vec![watch], Some(store.to_path_buf()));
    let session =
        Session::open(setup, Part::Any, move |event| drop(events.send(Heard::Msg(Msg::Session(event.into())))))?;
    let app = App::new(Look::of(config), (120, 40), now());
    let mut screen = Screen {
        stage: Stage::new(app, Counter::default()),
        undrawn: Vec::new(),
        delays: Vec::new(),
        drawings: 0,
        files,
    };
    screen.serve(&heard, &session)?;
    session.stop();
    Ok(Exit::Fine)
}

struct Screen {
    stage: Stage<Counter>,
    /// When what will be drawn next was told by the owner, milliseconds since 1970.
    undrawn: Vec<f64>,
    delays: Vec<f64>,
    drawings: usize,
    files: bool,
}

impl Screen {
    fn serve(&mut self, heard: &Receiver<Heard>, session: &Session) -> Result<()> {
        loop {
            let at = Instant::now();
            let due = self.stage.due(at);
            if due.is_some_and(|due| due <= at) {
                self.stage.draw(at)?;
                self.drawings += 1;
                let drawn = now_ms();
                self.delays.extend(self.undrawn.drain(..).map(|told| drawn - told));
                continue;
            }
            let wait = due.map_or(Duration::from_secs(1), |due| due - at);
            let first = match heard.recv_timeout(wait) {
                Ok(first) => Some(first),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            };
            self.stage.take(Msg::Tick(now()))?;
            for what in first.into_iter().chain(heard.try_iter().take(64)) {
                match what {
                    Heard::Msg(msg) => self.take(msg, session)?,
                    Heard::State => say(&Said::State(self.state()))?,
                    Heard::End => return Ok(()),
                }
            }
        }
    }

    fn take(&mut self, msg: Msg, session: &Session) -> Result<()> {
        if let Msg::Session(event) = &msg {
            self.see(event)?;
        }
        for effect in self.stage.take(msg)? {
            if let Effect::Ask(request) = effect {
                session.asker().ask(request);
            }
        }
        Ok(())
    }

    fn see(&mut self, event: &Event) -> Result<()> {
        match event {
            Event::Together(events) => events.iter().try_for_each(|event| self.see(event)),
            Event::Sealed(sealed) if self.files => sealed.open().iter().try_for_each(|event| self.see(event)),
            Event::Sealed(sealed) => {
                self.undrawn.extend(sealed.has_run().then(|| sealed.told_ms() as f64));
                Ok(())
            }
            Event::Announced(announced) => {
                self.undrawn.extend(announced.told_ms().iter().map(|&told| told as f64));
                Ok(())
            }
            Event::Role(Role::Owner) => say(&Said::Owner),
            Event::Role(Role::Viewer { .. }) => say(&Said::Viewer),
            Event::Lost => say(&Said::Stale),
            Event::Past { .. } => say(&Said::Past),
            Event::Arrived(run, _) => {
                self.undrawn.extend(told_ms(run));
                if self.files { say(&Said::File(run.record.file.name().to_owned())) } else { Ok(()) }
            }
            _ => Ok(()),
        }
    }

    fn state(&mut self) -> State {
        let app = &self.stage.app;
        let mut hash = blake3::Hasher::new();
        for row in app.rows.iter().take(COMPARED) {
            hash.update(row.haystack().as_bytes());
        }
        let (rows, queue) = (app.rows.len(), app.queue());
        let delays_ms = std::mem::take(&mut self.delays);
        let drawings = std::mem::take(&mut self.drawings);
        State { drawings, rows, queue, hash: hash.finalize().to_hex().to_string(), delays_ms }
    }
}

/// When the owner began to write a run that has just come: a little before it told of it.
fn told_ms(run: &ArrivedRun) -> Option<f64> {
    run.latency_ms.map(|_| run.record.arrived_ms as f64)
}

fn now_ms() -> f64 {
    clock::now_ms() as f64
}

fn say(what: &Said) -> Result<()> {
    println!("{}", serde_json::to_string(what)?);
    Ok(())
}
