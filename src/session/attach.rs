//! A viewer: attached to the process that keeps the history, and ready to take its place.

use std::io::{self, BufReader};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, unbounded};
use interprocess::local_socket::{Stream, prelude::*};
use tracing::info;

use super::door::{Line, Part};
use super::frame::{self, Hello, PROTOCOL, Welcome};
use super::place::Place;
use super::protocol::{Event, Request, Role};
use super::sealed::Reader;
use super::switchboard::Listen;
use crate::engine::{Claimed, Setup, yield_to_who_judges};
use crate::history::{StoreError, account_and_terminal};

/// Between two tries to attach or to take over.
const AGAIN: Duration = Duration::from_millis(100);
/// How long a first start waits for whoever holds the history to listen, or to let go of it.
const FIRST: Duration = Duration::from_secs(3);
/// Time the other side has for its greeting: a process that is stopped has no time at all.
const GREETING: Duration = Duration::from_secs(2);

/// What is read together with a frame's length: signs of life, whole; the rest of a large frame is read into its own memory.
const SMALL: usize = 512;

/// One viewer's threads.
pub(super) struct Attached {
    pub(super) line: Arc<Line>,
    pub(super) setup: Setup,
    pub(super) part: Part,
    pub(super) listen: Listen,
}

/// What knocking comes to.
enum Knocked {
    In { stream: Arc<Stream>, owner: String, setup: Box<Setup> },
    Refused(String),
}

/// What a process that keeps the history says of itself and how it stands; `None` while none listens.
///
/// # Errors
/// When it does not let anybody in, or stops in the middle.
pub fn look(store: &std::path::Path) -> io::Result<Option<(String, super::Snapshot)>> {
    let Some(place) = Place::of(store) else { return Ok(None) };
    let (stream, owner) = match knock(&place, true, Vec::new()) {
        Ok(Knocked::In { stream, owner, .. }) => (stream, owner),
        Ok(Knocked::Refused(why)) => return Err(io::Error::other(why)),
        Err(nobody) if matches!(nobody.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
            return Ok(None);
        }
        Err(trouble) => return Err(trouble),
    };
    limit(&stream, Some(GREETING))?;
    let mut from = BufReader::new(&*stream);
    let mut reader = Reader::default();
    while let Some(events) = frame::told(&mut from, &mut reader)? {
        let header = events.into_iter().find_map(|event| match event {
            Event::Snapshot(header) => Some(*header),
            _ => None,
        });
        if let Some(header) = header {
            return Ok(Some((owner, header)));
        }
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}

/// Whether a process listens that keeps the history in a folder.
pub fn is_kept(store: &std::path::Path) -> bool {
    Place::of(store).is_some_and(|place| place.connect().is_ok())
}

/// How long the other side may take for what is read; where a system knows no such limit, there is none.
pub(super) fn limit(stream: &Stream, time: Option<Duration>) -> io::Result<()> {
    match stream.set_recv_timeout(time).and_then(|()| stream.set_send_timeout(time)) {
        Err(unknown) if unknown.kind() == io::ErrorKind::Unsupported => Ok(()),
        limited => limited,
    }
}

/// Whether it is rights that are missing.
fn is_denied(trouble: &StoreError) -> bool {
    matches!(trouble, StoreError::Io { source, .. } if source.kind() == io::ErrorKind::PermissionDenied)
}

fn knock(place: &Place, read_only: bool, folders: Vec<String>) -> io::Result<Knocked> {
    let stream = place.connect()?;
    limit(&stream, Some(GREETING))?;
    let trimwatch = env!("CARGO_PKG_VERSION").to_owned();
    let (user, terminal) = account_and_terminal();
    frame::greet(&mut &stream, &Hello { trimwatch, protocol: PROTOCOL, read_only, folders, user, terminal })?;
    let welcome = frame::greeted(&mut &stream)?;
    limit(&stream, None)?;
    Ok(match welcome {
        Welcome::Come { owner, setup } => Knocked::In { stream: Arc::new(stream), owner, setup },
        Welcome::Refused(why) => Knocked::Refused(why),
    })
}

impl Attached {
    /// Attaches, or becomes the owner where nobody is, on a thread of its own: neither an owner that was stopped nor a
    /// share that does not answer holds up the screen.
    ///
    /// # Errors
    /// When no thread can be started.
    pub(super) fn begin(mut self) -> io::Result<JoinHandle<()>> {
        thread::Builder::new().name("attach".to_owned()).spawn(move || self.start())
    }

    fn start(&mut self) {
        let mut first = self.knock();
        if first.is_err() && self.part == Part::Any && !self.setup.folders.is_empty() {
            match Claimed::ask(&self.setup) {
                // Who may not keep this history waits for somebody who does.
                Ok(Claimed::Not(trouble)) if is_denied(&trouble) && self.setup.attach_group.is_some() => {
                    first = Err(io::Error::other(trouble.to_string()));
                }
                Ok(claimed) => return self.own(claimed, "start"),
                Err(held) => first = Err(io::Error::other(held.to_string())),
            }
        }
        self.follow(first);
    }

    /// Keeps the history from here on, or says why not.
    fn own(&self, claimed: Claimed, what: &str) {
        if let Err(trouble) = self.line.own(self.setup.clone(), claimed, &self.listen) {
            self.refuse(format!("could not {what}: {trouble}"));
        }
    }

    fn knock(&self) -> io::Result<Knocked> {
        let place = self.setup.store.as_deref().and_then(Place::of);
        let place = place.ok_or_else(|| io::Error::other("there can be no socket"))?;
        let folders = self.setup.named.iter().map(|path| path.to_string_lossy().into_owned());
        knock(&place, self.part == Part::ReadOnly, folders.collect())
    }

    /// From owner to owner, until the session ends or this process becomes one.
    fn follow(&mut self, first: io::Result<Knocked>) {
        let begun = Instant::now();
        let (mut knocked, mut ever) = (first, false);
        if knocked.is_err() && self.part == Part::ReadOnly {
            let of = "nobody yet".to_owned();
            (self.listen)(Event::Role(Role::Viewer { of, read_only: true }));
            (self.listen)(Event::Lost);
        }
        loop {
            match knocked {
                Ok(Knocked::In { stream, owner, setup }) => {
                    ever = true;
                    info!("attached to the process that keeps the history");
                    // Whoever takes over watches all that was watched, what was named here among it, and in the same way.
                    self.setup.follow(*setup);
                    self.attached(&stream, owner);
                    if self.line.is_ending() {
                        return (self.listen)(Event::Stopped);
                    }
                    (self.listen)(Event::Lost);
                }
                Ok(Knocked::Refused(why)) => return self.refuse(why),
                Err(_) => {}
            }
            if self.line.is_ending() {
                return (self.listen)(Event::Stopped);
            }
            knocked = self.knock();
            if knocked.is_ok() {
                continue;
            }
            if let Some(ended) = self.take_over(ever || begun.elapsed() < FIRST) {
                return ended;
            }
            self.line.wait(AGAIN);
        }
    }

    fn refuse(&self, why: String) {
        (self.listen)(Event::Refused(why));
        (self.listen)(Event::Stopped);
    }

    /// Becomes the owner where nobody is and this screen may; something when there is nothing left to do here.
    /// While it is `patient`, a holder who does not listen is waited for.
    fn take_over(&self, patient: bool) -> Option<()> {
        if self.part == Part::ReadOnly {
            return None;
        }
        if self.setup.folders.is_empty() {
            return (!patient).then(|| self.refuse("whoever keeps this history does not answer".to_owned()));
        }
        match Claimed::ask(&self.setup) {
            Ok(Claimed::Own(claim)) => {
                info!("takes over");
                self.own(Claimed::Own(claim), "take over");
                Some(())
            }
            Err(held) if !patient => {
                self.refuse(held.to_string());
                Some(())
            }
            // Without the right to keep the history there is nothing to take over: others may have it.
            Ok(_) | Err(_) => None,
        }
    }

    /// Passes events on until the line breaks or the owner ends.
    fn attached(&self, stream: &Arc<Stream>, owner: String) {
        let (requests, asked) = unbounded();
        let to = Arc::clone(stream);
        let write = move || {
            // A broken line is found by who reads.
            let _ = send(&to, &asked);
        };
        if thread::Builder::new().name("asking".to_owned()).spawn(write).is_err() {
            return;
        }
        self.line.lead(Some(requests));
        (self.listen)(Event::Role(Role::Viewer { of: owner, read_only: self.part == Part::ReadOnly }));
        // On a thread of its own, because this one may have to judge next.
        thread::scope(|scope| {
            let looking = thread::Builder::new().name("looking".to_owned());
            // Without a thread nothing is heard, and it is tried again.
            let _ = looking.spawn_scoped(scope, || self.hear(stream));
        });
        self.line.lead(None);
    }

    /// Tells what is heard, until the line breaks or the owner ends.
    fn hear(&self, stream: &Stream) {
        yield_to_who_judges();
        let mut from = BufReader::with_capacity(SMALL, stream);
        let mut reader = Reader::default();
        while let Ok(Some(events)) = frame::told(&mut from, &mut reader) {
            if self.line.is_ending() {
                break;
            }
            let ends = events.last() == Some(&Event::Stopped);
            (self.listen)(Event::Together(events.into_iter().filter(|event| *event != Event::Stopped).collect()));
            if ends {
                break;
            }
        }
    }
}

/// Sends requests until nobody can ask any more.
fn send(stream: &Stream, requests: &Receiver<Request>) -> io::Result<()> {
    requests.iter().try_for_each(|request| frame::ask(&mut &*stream, &request))
}

/// A viewer that ends has nothing to write: its thread, which may wait for the other side, ends with the process.
pub(super) fn let_go(attached: JoinHandle<()>) {
    if attached.is_finished() {
        // A thread that died has told so on its own.
        let _ = attached.join();
    }
}
