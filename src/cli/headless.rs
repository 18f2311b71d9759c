//! The session without a screen: `watch --headless` prints one JSON line a file, `serve` only what goes wrong.

use std::io::{self, Write};
use std::path::Path;
use std::sync::mpsc;

use color_eyre::eyre::{Result, WrapErr};
use serde::Serialize;

use super::Exit;
use super::analyze::named_by;
use crate::export::{FileLine, FileOutcome, printable, write_json};
use crate::history::{FileFacts, LogEntry, LogOutcome};
use crate::session::signals::Signal;
use crate::session::{Event, FolderState, HistoryState, Session, Setup, Snapshot, signals};

/// Something to do.
enum Message {
    Event(Event),
    End,
}

/// What is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tells {
    /// A line a file, and what goes wrong.
    Lines,
    /// What goes wrong.
    Trouble,
}

/// Prints every file as it ends, until a signal or the end of whoever reads.
pub(super) fn run(setup: Setup, tells: Tells) -> Result<Exit> {
    let (events, messages) = mpsc::channel();
    let ends = events.clone();
    // The receiver lives until this function returns; after that nobody minds.
    signals::listen(move |signal| match signal {
        Signal::End => drop(ends.send(Message::End)),
        Signal::Suspend => signals::suspend(),
        Signal::Resume => {}
    })?;
    let session = Session::start(setup, move |event| drop(events.send(Message::Event(event))))?;
    let mut told = Told { tells, folders: Vec::new(), history: None };
    let exit = loop {
        match messages.recv() {
            Ok(Message::Event(Event::Refused(who))) => {
                eprintln!("trimwatch: {}", printable(&who));
                break Exit::StoreHeld;
            }
            // The engine has ended by itself: a service is to be started anew.
            Ok(Message::Event(Event::Stopped)) => break Exit::SomeFilesFailed,
            Ok(Message::Event(event)) => match print(&event, &mut told) {
                Err(e) if e.kind() == io::ErrorKind::BrokenPipe => break Exit::Fine,
                printed => printed.wrap_err("standard output")?,
            },
            Ok(Message::End) | Err(_) => break Exit::Fine,
        }
    };
    session.stop();
    // Files that came to their end while the session ended are kept, and said.
    for message in messages.try_iter() {
        if let (Exit::Fine, Message::Event(event)) = (exit, message) {
            match print(&event, &mut told) {
                Err(e) if e.kind() == io::ErrorKind::BrokenPipe => break,
                printed => printed.wrap_err("standard output")?,
            }
        }
    }
    Ok(exit)
}

/// What was said on standard error already.
struct Told {
    tells: Tells,
    folders: Vec<FolderState>,
    history: Option<HistoryState>,
}

impl Told {
    /// Why files are not kept, when that is so.
    fn not_kept(&self) -> Option<&str> {
        match &self.history {
            Some(HistoryState::NotKept { reason }) => Some(reason),
            _ => None,
        }
    }
}

fn print(event: &Event, told: &mut Told) -> io::Result<()> {
    match event {
        Event::Arrived(..) | Event::Logged(_) if told.tells == Tells::Trouble => Ok(()),
        Event::Arrived(run, _) => line(&run.record.file, FileOutcome::Run(&run.record.run), run.not_kept.as_deref()),
        Event::Logged(entry) => log(entry, told.not_kept()),
        Event::Notice(text) => writeln!(io::stderr(), "trimwatch: {}", printable(text)),
        Event::Snapshot(snapshot) => states(snapshot, told),
        _ => Ok(()),
    }
}

/// Runs are printed where they arrive; here stand the files that ended otherwise.
fn log(entry: &LogEntry, not_kept: Option<&str>) -> io::Result<()> {
    let named = named_by(Path::new(&entry.file.path));
    let named = Some(&named);
    match &entry.outcome {
        LogOutcome::Skipped { reason } => line(&entry.file, FileOutcome::Skipped { identity: named, reason }, not_kept),
        LogOutcome::Failed { cause } => line(&entry.file, FileOutcome::Failed { identity: named, cause }, not_kept),
        _ => Ok(()),
    }
}

/// A file as it ended. It is on disk before it is printed, or the line says why it is not.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    file: FileLine<'a>,
    not_kept: Option<&'a str>,
}

fn line(file: &FileFacts, outcome: FileOutcome<'_>, not_kept: Option<&str>) -> io::Result<()> {
    let content = blake3::Hash::from_bytes(file.content).to_hex().to_string();
    let file = FileLine::new(Path::new(&file.path), Some(content), outcome);
    let mut out = io::stdout().lock();
    write_json(&mut out, &Line { file, not_kept })?;
    writeln!(out)?;
    out.flush()
}

/// Folders that come and go, and a history that is not kept, are said once each.
fn states(snapshot: &Snapshot, told: &mut Told) -> io::Result<()> {
    let mut err = io::stderr();
    for (index, folder) in snapshot.folders.iter().enumerate() {
        if told.folders.get(index) != Some(&folder.state) {
            match &folder.state {
                FolderState::Starting => {}
                FolderState::Live => writeln!(err, "trimwatch: watching {}", printable(&folder.path))?,
                FolderState::Offline { cause, .. } => {
                    writeln!(err, "trimwatch: {} is OFFLINE: {}", printable(&folder.path), printable(cause))?;
                }
            }
        }
    }
    told.folders = snapshot.folders.iter().map(|folder| folder.state.clone()).collect();
    if told.history.as_ref() != Some(&snapshot.history) {
        if let HistoryState::NotKept { reason } = &snapshot.history {
            writeln!(err, "trimwatch: runs are not kept: {}", printable(reason))?;
        }
        told.history = Some(snapshot.history.clone());
    }
    Ok(())
}
