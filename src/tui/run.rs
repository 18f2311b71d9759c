//! The loop: waits, takes what came, draws when something changed.

use std::io::{self, BufWriter, Write};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::app::{App, STALE_MS};
use super::clock::Clock;
use super::input;
use super::left_off::{Keeping, LeftOff};
use super::look::{Look, Resume};
use super::mail::Mail;
use super::msg::{Effect, Msg};
use super::remembered;
use super::stage::Stage;
use super::terminal;
use crate::session::{Asker, Part, Request, Session, Setup, clock, signals};

/// Messages taken between two looks at whether to draw.
const A_BATCH: usize = 64;
/// Time everything may take to end once the terminal is gone.
const LAST_RESORT: Duration = Duration::from_secs(5);

/// How the screen ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// Somebody quit, or the terminal or a signal did.
    Quit,
    /// Another process holds the store, and this screen may not look on.
    StoreHeld(String),
}

/// Shows the session, as owner or viewer of the history, until somebody quits; everything is on disk when it returns.
///
/// # Errors
/// When the terminal, a thread or a signal handler cannot be had.
pub fn run(setup: Setup, part: Part, look: Look) -> io::Result<Ended> {
    let (to, from) = mpsc::channel();
    let taken = terminal::take()?;
    let size = input::usable(crossterm::terminal::size()?);
    let mut stage = Stage::new(app(look, size), BufWriter::new(io::stdout()));
    if stage.app.mouse {
        terminal::mouse(true)?;
    }
    // The first frame stands before anything is opened: a large history must not look like a dead program.
    stage.draw(Instant::now())?;
    let (signal, event) = (to.clone(), to.clone());
    // Whoever sends after the loop has ended speaks to nobody, which is right.
    signals::listen(move |sig| drop(signal.send(Msg::Signal(sig))))?;
    input::start(to)?;
    let mail = Mail::default();
    let post = mail.clone();
    let session = Session::open(setup, part, move |told| post.post(&event, told))?;
    let ended = serve(&mut stage, &from, &mail, &session.asker());
    drop(taken);
    end(session);
    // A terminal that is gone is an end like any other.
    Ok(ended.unwrap_or(Ended::Quit))
}

/// An empty screen that knows what was remembered.
fn app(look: Look, size: (u16, u16)) -> App {
    let resume = look.resume;
    let mut app = App::new(look, size, now());
    let mut notices = Vec::new();
    if let Some(path) = remembered::place(remembered::FILTERS) {
        let (remembered, notice) = remembered::read(&path, "saved filters");
        app.remembered = remembered;
        notices.extend(notice);
    }
    if let Some(path) = remembered::place(remembered::VIEW).filter(|_| resume == Resume::LeftOff) {
        let (left_off, notice) = remembered::read::<LeftOff>(&path, "where you left off");
        left_off.take_up(&mut app);
        notices.extend(notice);
    }
    app.keeping = Keeping::of(&app);
    if !notices.is_empty() {
        app.say(&notices.join("; "));
    }
    app
}

/// Writes what is to be remembered; why not, when that fails.
fn remember(file: &str, what: &impl Serialize) -> Option<Msg> {
    let written = match remembered::place(file) {
        Some(path) => remembered::write(&path, what).map_err(|error| format!("{}: {error}", path.display())),
        None => Err("there is no home folder".to_owned()),
    };
    written.err().map(Msg::NotRemembered)
}

/// Waits for the session to have everything on disk, but not for ever: a dead share must not keep a dead
/// terminal's process alive. What is shown is on disk already.
fn end(session: Session) {
    thread::spawn(|| {
        thread::sleep(LAST_RESORT);
        std::process::exit(0);
    });
    session.stop();
}

/// Takes messages and draws until something ends it.
///
/// # Errors
/// When the terminal cannot be written.
pub fn serve<W: Write>(stage: &mut Stage<W>, from: &Receiver<Msg>, mail: &Mail, session: &Asker) -> io::Result<Ended> {
    loop {
        let at = Instant::now();
        let due = stage.due(at);
        if due.is_some_and(|due| due <= at) {
            stage.draw(at)?;
            continue;
        }
        let wait = due.map_or_else(|| idle(&stage.app), |due| due - at);
        let first = match from.recv_timeout(wait) {
            Ok(msg) => Some(msg),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return Ok(Ended::Quit),
        };
        let mut notes = Vec::new();
        let tick = std::iter::once(Msg::Tick(now()));
        for msg in tick.chain(first).chain(from.try_iter().take(A_BATCH)) {
            mail.took(&msg);
            for effect in stage.take(msg)? {
                match effect {
                    Effect::Ask(request) => session.ask(request),
                    Effect::Remember(what) => notes.extend(remember(remembered::FILTERS, &*what)),
                    Effect::RememberView(what) => notes.extend(remember(remembered::VIEW, &*what)),
                    Effect::Mouse(on) => terminal::mouse(on)?,
                    Effect::Quit => return Ok(Ended::Quit),
                    Effect::Refuse(who) => return Ok(Ended::StoreHeld(who)),
                    Effect::Suspend => {
                        terminal::lend(signals::suspend)?;
                        stage.repaint()?;
                    }
                    Effect::Redraw | Effect::Bell | Effect::Copy(_) => {}
                }
            }
        }
        if mail.missed() {
            session.ask(Request::Again);
        }
        for note in notes {
            stage.take(note)?;
        }
    }
}

/// How long nothing can change by itself: until the minute turns, the toast goes or silence becomes too long.
fn idle(app: &App) -> Duration {
    let now = now().now_ms;
    let minute = 60_000 - now.rem_euclid(60_000);
    let toast = app.toast.as_ref().map_or(minute, |toast| toast.until_ms - now);
    let stale = if app.stale_since().is_none() { app.heard_ms + STALE_MS - now } else { minute };
    let keep = app.keeping.due_ms.map_or(minute, |due| due - now);
    let open = app.open_ms().map_or(minute, |due| due - now);
    let next = minute.min(toast).min(keep).min(open).min(if app.opened { stale } else { minute });
    Duration::from_millis(u64::try_from(next.max(1)).unwrap_or(1))
}

/// The PC's time.
pub fn now() -> Clock {
    Clock { now_ms: clock::now_ms(), offset_seconds: clock::utc_offset_seconds() }
}
