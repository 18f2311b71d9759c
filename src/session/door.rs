//! The door itself: values in, values out, whoever is behind it: an engine of this process, or another process.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Sender, unbounded};
use tracing::info;

use super::attach::{self, Attached};
use super::listener::Listening;
use super::place::Place;
use super::protocol::{Event, Request};
use super::switchboard::{Listen, Switchboard};
use super::textfile;
use crate::engine::{Claimed, Engine, ScreenId, Setup, holder};

/// What a screen may become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// It keeps the history or ends.
    Owner,
    /// It attaches where the history is kept, keeps it otherwise, and takes over when its keeper ends.
    Any,
    /// It attaches, changes nothing and never keeps anything.
    ReadOnly,
}

/// The screen's side of the door: asks without waiting.
#[derive(Debug, Clone)]
pub struct Asker(Arc<Line>);

impl Asker {
    /// Asks. A session that has ended, or has no keeper at the moment, answers nothing: [`Event::Anew`] says when to
    /// ask again.
    pub fn ask(&self, request: Request) {
        match &*self.0.way() {
            Way::Nowhere => {}
            Way::Here(board, id) => board.ask(*id, request),
            // A line that is broken is found broken by who reads from it.
            Way::Away(requests) => drop(requests.send(request)),
        }
    }
}

/// Where requests go.
#[derive(Debug)]
enum Way {
    Nowhere,
    Here(Arc<Switchboard>, ScreenId),
    Away(Sender<Request>),
}

/// What a session's threads share.
#[derive(Debug)]
pub(super) struct Line {
    way: Mutex<Way>,
    kept: Mutex<Option<Keeping>>,
    ending: Mutex<bool>,
    ended: Condvar,
}

/// What this process keeps while it is the owner.
#[derive(Debug)]
struct Keeping {
    engine: Engine,
    listening: Option<Listening>,
}

impl Line {
    fn new() -> Self {
        let (way, kept) = (Mutex::new(Way::Nowhere), Mutex::new(None));
        Self { way, kept, ending: Mutex::new(false), ended: Condvar::new() }
    }

    fn way(&self) -> MutexGuard<'_, Way> {
        self.way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Requests go to another process, or nowhere.
    pub(super) fn lead(&self, away: Option<Sender<Request>>) {
        *self.way() = away.map_or(Way::Nowhere, Way::Away);
    }

    fn ending(&self) -> MutexGuard<'_, bool> {
        self.ending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_ending(&self) -> bool {
        *self.ending()
    }

    /// Waits so long, or until the session ends.
    pub(super) fn wait(&self, time: Duration) {
        let ending = self.ending();
        if !*ending {
            drop(self.ended.wait_timeout(ending, time));
        }
    }

    /// Becomes the owner: watches, judges and keeps, and listens for viewers.
    ///
    /// # Errors
    /// When no thread can be started.
    pub(super) fn own(&self, setup: Setup, claimed: Claimed, listen: &Listen) -> io::Result<()> {
        let ending = self.ending();
        if *ending {
            return Ok(());
        }
        let role = match claimed {
            Claimed::Own(_) => "keeps the history",
            Claimed::Nowhere => "keeps nothing, by choice",
            Claimed::Not(_) => "cannot keep the history",
        };
        info!(folders = setup.folders.len(), "{role}");
        for (folder, watched) in (1..).zip(&setup.folders) {
            info!(folder, laser = watched.laser.as_deref(), line = watched.line.as_deref(), "folder watched");
        }
        let (commands, asked) = unbounded();
        let board = Arc::new(Switchboard::new(&setup, commands.clone()));
        let id = board.join_here(Arc::clone(listen));
        *self.way() = Way::Here(Arc::clone(&board), id);
        board.greet(id);
        let place = setup.store.as_deref().filter(|_| matches!(claimed, Claimed::Own(_))).and_then(Place::of);
        if let Some(path) = setup.textfile.clone() {
            textfile::keep(path, holder().to_string(), &board)?;
        }
        let shown = setup.clone();
        let hearing = Arc::clone(&board);
        let engine = Engine::start(setup, claimed, (commands, asked), move |output| hearing.hear(output))?;
        let listening = place.map(|place| Listening::start(place, shown, &board)).transpose();
        let listening = listening.unwrap_or_else(|trouble| {
            listen(Event::Notice(format!("no other screen can attach: {trouble}")));
            None
        });
        let kept = Some(Keeping { engine, listening });
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = kept;
        Ok(())
    }
}

/// A running session.
#[derive(Debug)]
pub struct Session {
    line: Arc<Line>,
    attached: Option<JoinHandle<()>>,
}

impl Session {
    /// Starts as the owner of the history, or ends with [`Event::Refused`]. Events go to `listen`, in the order they
    /// happened; the last is [`Event::Stopped`].
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(setup: Setup, listen: impl Fn(Event) + Send + Sync + 'static) -> io::Result<Self> {
        Self::open(setup, Part::Owner, listen)
    }

    /// Starts as owner or viewer. Events go to `listen`, in the order they happened, from one thread after the
    /// other; the first are the header, where this process is the owner, and [`Event::Role`].
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn open(setup: Setup, part: Part, listen: impl Fn(Event) + Send + Sync + 'static) -> io::Result<Self> {
        let listen: Listen = Arc::new(listen);
        let mut session = Self { line: Arc::new(Line::new()), attached: None };
        if part == Part::Owner || setup.store.is_none() {
            match Claimed::ask(&setup) {
                Ok(claimed) => session.line.own(setup, claimed, &listen)?,
                Err(held) => {
                    listen(Event::Refused(held.to_string()));
                    listen(Event::Stopped);
                }
            }
            return Ok(session);
        }
        let attached = Attached { line: Arc::clone(&session.line), setup, part, listen };
        session.attached = Some(attached.begin()?);
        Ok(session)
    }

    /// Where requests go.
    pub fn asker(&self) -> Asker {
        Asker(Arc::clone(&self.line))
    }

    /// Ends the session and waits until everything is on disk.
    pub fn stop(self) {
        *self.line.ending() = true;
        self.line.ended.notify_all();
        self.line.lead(None);
        let kept = self.line.kept.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Keeping { engine, listening }) = kept {
            // While the history is still held nobody else listens in this place.
            drop(listening);
            engine.stop();
        }
        if let Some(attached) = self.attached {
            attach::let_go(attached);
        }
    }
}
