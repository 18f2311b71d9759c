//! The workers: one file at a time from the shared queue, read once, judged, handed to the history thread. None of them
//! waits for ever for one file.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::Sender;
use tracing::field::display;
use tracing::warn;

use super::failure::Failure;
use super::files::process_bytes;
use super::patience::{Bench, Ended, Progress};
use super::process::{Outcome, hex};
use super::setup::Setup;
use crate::history::FileFacts;
use crate::intake::{Candidate, FileStat, IntakeEvent, Lanes, ReadOnceError, read_once};
use crate::trim::Limits;

/// The content of a file whose bytes could not be read.
pub(super) const UNREAD: [u8; 32] = [0; 32];

/// What a worker or the intake has to tell the history thread.
#[derive(Debug)]
pub(super) enum Done {
    /// A file came to an end.
    File(Box<Finished>),
    /// A file is not complete yet, locked, or changed while it was read.
    NotYet {
        /// The file with what is in the way, as it ends when it stays so.
        file: Box<Finished>,
        /// When it was last written as far as anything says, nanoseconds since 1970 UTC.
        written_ns: i64,
    },
    /// A file was not there to be read. It may be back already: then nothing else tells of it.
    Gone(PathBuf),
    /// Something about a folder.
    Folder(IntakeEvent),
}

/// A file that was read, and how it ended.
#[derive(Debug)]
pub(super) struct Finished {
    /// The file.
    pub(super) path: PathBuf,
    /// Its facts.
    pub(super) file: FileFacts,
    /// How it ended.
    pub(super) outcome: Outcome,
    /// Whether a file of this path, length and time was dealt with before.
    pub(super) again: bool,
    /// When it was noticed to be complete.
    pub(super) noticed: Instant,
}

/// Starts `count` workers; they end when the queue is closed and empty.
pub(super) fn start(
    count: usize,
    setup: &Arc<Setup>,
    stopping: &Arc<AtomicBool>,
    queue: &Lanes,
    done: &Sender<Done>,
) -> std::io::Result<Vec<JoinHandle<()>>> {
    let left = Arc::default();
    (0..count)
        .map(|index| {
            let (stopping, queue, done) = (Arc::clone(stopping), queue.clone(), done.clone());
            let patience = patience(setup.analysis.limits);
            let judge = Arc::clone(setup);
            let bench = Bench::new(
                Arc::new(move |candidate, progress: &Progress| one_file(&judge, candidate, progress)),
                patience,
                Arc::clone(&left),
            );
            thread::Builder::new().name(format!("worker-{index}")).spawn(move || work(bench, &stopping, &queue, &done))
        })
        .collect()
}

/// A reader that looks at the time ends by itself before this.
fn patience(limits: Limits) -> Duration {
    Duration::from_secs(limits.seconds) + Duration::from_secs(5)
}

fn work(mut bench: Bench<Candidate, Done>, stopping: &AtomicBool, queue: &Lanes, done: &Sender<Done>) {
    while let Some(event) = queue.recv() {
        if stopping.load(Ordering::Acquire) {
            continue;
        }
        let message = match event {
            IntakeEvent::File(candidate) => at_most_so_long(&mut bench, candidate),
            other => Done::Folder(other),
        };
        if done.send(message).is_err() {
            break;
        }
    }
}

/// One file to its end, or to the end of the patience with it.
fn at_most_so_long(bench: &mut Bench<Candidate, Done>, candidate: Candidate) -> Done {
    let waits = candidate.clone();
    let ended = bench.run(candidate);
    let Candidate { path, stat, noticed, again, .. } = waits;
    let file = facts(&path, stat, UNREAD);
    let failed = |cause: &str, failure| {
        let outcome = Outcome::Failed { cause: cause.to_owned(), failure };
        Box::new(Finished { path, file, outcome, again, noticed })
    };
    match ended {
        Ended::Done(done) => done,
        Ended::Unread => {
            let file = failed("its disk or share does not answer", Failure::Bytes("no answer"));
            Done::NotYet { file, written_ns: stat.written_ns() }
        }
        Ended::Endless => {
            Done::File(failed("reading it does not end (limits.seconds); it was given up", Failure::Endless))
        }
    }
}

fn one_file(setup: &Setup, candidate: Candidate, progress: &Progress) -> Done {
    let (bytes, stat) = match read_once(&candidate.path, setup.analysis.limits.bytes) {
        Ok(read) => read,
        Err(error) => return unreadable(candidate, &error),
    };
    progress.read();
    let Candidate { folder, path, noticed, again, .. } = candidate;
    let laser = setup.folders.get(folder).and_then(|watch| watch.laser.as_deref());
    let processed = process_bytes(&bytes, &path, stat, laser, &setup.analysis, &setup.models.speakers());
    let file = facts(&path, stat, processed.content.unwrap_or_default());
    let file = Box::new(Finished { path, file, outcome: processed.outcome, again, noticed });
    match file.outcome {
        Outcome::Failed { failure, .. } if failure.is_unfinished() => {
            Done::NotYet { file, written_ns: stat.written_ns() }
        }
        _ => Done::File(file),
    }
}

fn unreadable(candidate: Candidate, error: &ReadOnceError) -> Done {
    let Candidate { path, stat, noticed, again, .. } = candidate;
    // Renamed or taken away since it was noticed: under its new name it is another file, and noticed as such.
    if matches!(error, ReadOnceError::Gone) {
        return Done::Gone(path);
    }
    let file = facts(&path, stat, UNREAD);
    let file = Box::new(Finished { path, file, outcome: Outcome::unread(error), again, noticed });
    if error.is_transient() { Done::NotYet { file, written_ns: stat.written_ns() } } else { Done::File(file) }
}

impl Finished {
    /// Writes into the log that it could not be read: by its content and the kind of trouble, because its path and the
    /// cause may name a part.
    pub(super) fn log(&self) {
        if let Outcome::Failed { failure, .. } = &self.outcome {
            let content = Some(&self.file.content).filter(|content| **content != UNREAD);
            let cell = failure.cell().map(display);
            warn!(file = content.map(|content| display(hex(content))), kind = failure.word(), cell, "file failed");
        }
    }

    /// Whether it could not be read.
    pub(super) fn failed(&self) -> bool {
        matches!(self.outcome, Outcome::Failed { .. })
    }
}

/// The facts of a file as it was read.
pub(super) fn facts(path: &Path, stat: FileStat, content: [u8; 32]) -> FileFacts {
    FileFacts {
        path: path.display().to_string(),
        path_key: path_key(path),
        len: stat.len,
        mtime_ns: stat.mtime_ns,
        content,
    }
}

/// Hash of a path's exact bytes.
pub(super) fn path_key(path: &Path) -> [u8; 16] {
    let hash = blake3::hash(path.as_os_str().as_encoded_bytes());
    let mut key = [0; 16];
    key.iter_mut().zip(hash.as_bytes()).for_each(|(to, from)| *to = *from);
    key
}
