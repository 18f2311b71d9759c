//! Viewers of other processes: taken in at the socket, each served by two threads of its own.

use std::io::{self, BufReader};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use interprocess::local_socket::{Listener, Stream, prelude::*};
use tracing::warn;

use super::attach::limit;
use super::frame::{self, Hello, PROTOCOL, Welcome};
use super::outbox::{Batch, Outbox};
use super::place::Place;
use super::press::{Bytes, whole};
use super::protocol::Event;
use super::switchboard::Switchboard;
use crate::engine::{ScreenId, Setup, holder};

/// Time a viewer has for its greeting.
const GREETING: Duration = Duration::from_secs(5);
/// Most viewers at once.
const MOST_VIEWERS: usize = 64;

/// The socket, listened to until this is dropped.
#[derive(Debug)]
pub(super) struct Listening {
    place: Place,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// What every viewer is told in greeting.
#[derive(Debug)]
struct House {
    board: Arc<Switchboard>,
    owner: String,
    setup: Setup,
}

impl Listening {
    /// Listens in the place of whoever did before.
    ///
    /// # Errors
    /// When there can be no such socket, or no thread.
    pub(super) fn start(place: Place, setup: Setup, board: &Arc<Switchboard>) -> io::Result<Self> {
        let (listener, refused) = place.listen(setup.attach_group.as_deref())?;
        if let Some(why) = refused {
            board.say(&Event::Notice(why));
        }
        let ended = Arc::new(AtomicBool::new(false));
        let house = Arc::new(House { board: Arc::clone(board), owner: holder().to_string(), setup });
        let end = Arc::clone(&ended);
        let thread = thread::Builder::new().name("viewers".to_owned());
        let thread = Some(thread.spawn(move || accept(&listener, &house, &end))?);
        Ok(Self { place, ended, thread })
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Release);
        // A knock wakes the thread, which then sees that it is to end. Where somebody took the socket away it sleeps on.
        if let (Ok(_), Some(thread)) = (self.place.connect(), self.thread.take()) {
            // A thread that died listens no more either.
            let _ = thread.join();
        }
    }
}

fn accept(listener: &Listener, house: &Arc<House>, ended: &AtomicBool) {
    for (number, stream) in (1..).zip(listener.incoming()) {
        if ended.load(Ordering::Acquire) || house.board.has_ended() {
            break;
        }
        let Ok(stream) = stream else {
            // No descriptor left, most likely: others may be let go of meanwhile.
            thread::sleep(Duration::from_millis(200));
            continue;
        };
        let house = Arc::clone(house);
        let serve = move || drop(serve(&Arc::new(stream), &house, number));
        // Without a thread the viewer hears nothing and knocks again.
        drop(thread::Builder::new().name(format!("viewer-{number}")).stack_size(256 << 10).spawn(serve));
    }
}

/// Reads what a viewer asks until it is gone; whatever is wrong with it ends it alone.
fn serve(stream: &Arc<Stream>, house: &House, number: u64) -> io::Result<()> {
    limit(stream, Some(GREETING))?;
    let mut from = BufReader::with_capacity(4 << 10, &**stream);
    let hello: Hello = frame::greeted(&mut from)?;
    let welcome = house.welcome(&hello);
    frame::greet(&mut &**stream, &welcome)?;
    if let Welcome::Refused(_) = welcome {
        warn!(protocol = hello.protocol, "viewer refused");
        return Ok(());
    }
    limit(stream, None)?;
    let outbox = Arc::new(Outbox::new(number));
    let id = house.board.join_away(Arc::clone(&outbox), hello.read_only, person(&hello, stream));
    let (to, board, waiting) = (Arc::clone(stream), Arc::clone(&house.board), Arc::clone(&outbox));
    let write = move || {
        // A viewer that cannot be written to is gone, which the reading side finds too.
        let _ = send(&to, &waiting, id, &board);
    };
    let writer = thread::Builder::new().name("viewer".to_owned()).stack_size(256 << 10).spawn(write);
    while let (Ok(_), Ok(Some(request))) = (&writer, frame::asked(&mut from)) {
        house.board.ask(id, request);
    }
    house.board.leave(id);
    outbox.close();
    Ok(())
}

/// Who sits at a viewer, for the audit journal: the name is its own word, the number the system's.
fn person(hello: &Hello, stream: &Stream) -> String {
    #[cfg(unix)]
    let number = stream.peer_creds().ok().and_then(|peer| peer.euid()).map(|number| format!(" ({number})"));
    #[cfg(not(unix))]
    let number: Option<String> = None;
    let terminal = Some(format!(" at {}", hello.terminal)).filter(|_| !hello.terminal.is_empty());
    [Some(hello.user.clone()), number, terminal].into_iter().flatten().collect()
}

impl House {
    /// Whether a viewer may come in.
    fn welcome(&self, hello: &Hello) -> Welcome {
        let owner = &self.owner;
        if hello.protocol != PROTOCOL {
            return Welcome::Refused(format!(
                "this is trimwatch {} (protocol {}), but {owner} speaks protocol {PROTOCOL}: run the same version",
                hello.trimwatch, hello.protocol
            ));
        }
        let watched = |path: &&String| self.setup.folders.iter().any(|folder| folder.path == Path::new(path.as_str()));
        if let Some(other) = hello.folders.iter().find(|path| !watched(path)) {
            return Welcome::Refused(format!(
                "{owner} keeps this history and does not watch {other}: name another history with --store, or add \
                 the folder as a [[watch]] there"
            ));
        }
        if self.board.away() >= MOST_VIEWERS {
            return Welcome::Refused(format!("{MOST_VIEWERS} screens look on already at {owner}"));
        }
        Welcome::Come { owner: owner.clone(), setup: Box::new(self.setup.clone()) }
    }
}

/// Sends what waits until the end or a broken line.
fn send(stream: &Stream, outbox: &Arc<Outbox>, id: ScreenId, board: &Switchboard) -> io::Result<()> {
    loop {
        outbox.rest();
        match board.next(outbox) {
            Batch::CatchUp => {
                let parts: Vec<Bytes> = board.catch_up(id).iter().map(whole).collect();
                frame::tell(&mut &*stream, &parts)?;
            }
            Batch::Events(mut parts, latest) => {
                parts.extend(latest.iter().map(|state| state.bytes()));
                frame::tell(&mut &*stream, &parts)?;
            }
            Batch::Soon | Batch::Nothing => {}
            Batch::End => return Ok(()),
        }
    }
}
