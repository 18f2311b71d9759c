//! The workers: one file at a time from the shared queue, read once, judged, handed to the history thread. None of them
//! waits for ever for one file.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::Sender;

use super::files::process_bytes;
use super::patience::{Bench, Ended, Progress};
use super::process::Outcome;
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
        /// The file.
        path: PathBuf,
        /// Its facts as far as they are known.
        file: FileFacts,
        /// When it was last written as far as anything says, nanoseconds since 1970 UTC.
        written_ns: i64,
        /// What is in the way.
        cause: String,
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
    match ended {
        Ended::Done(done) => done,
        Ended::Unread => {
            let cause = "its disk or share does not answer".to_owned();
            Done::NotYet { path, file, written_ns: stat.written_ns(), cause }
        }
        Ended::Endless => {
            let cause = "reading it does not end (limits.seconds); it was given up".to_owned();
            let outcome = Outcome::Failed { cause, unfinished: false };
            Done::File(Box::new(Finished { path, file, outcome, again, noticed }))
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
    match processed.outcome {
        Outcome::Failed { cause, unfinished: true } => {
            Done::NotYet { path, file, written_ns: stat.written_ns(), cause }
        }
        outcome => Done::File(Box::new(Finished { path, file, outcome, again, noticed })),
    }
}

fn unreadable(candidate: Candidate, error: &ReadOnceError) -> Done {
    let Candidate { path, stat, noticed, again, .. } = candidate;
    // Renamed or taken away since it was noticed: under its new name it is another file, and noticed as such.
    if matches!(error, ReadOnceError::Gone) {
        return Done::Gone(path);
    }
    let file = facts(&path, stat, UNREAD);
    let cause = error.to_string();
    if error.is_transient() {
        return Done::NotYet { path, file, written_ns: stat.written_ns(), cause };
    }
    let outcome = Outcome::Failed { cause, unfinished: false };
    Done::File(Box::new(Finished { path, file, outcome, again, noticed }))
}

impl Finished {
    /// A file that stayed unreadable however often it was tried.
    pub(super) fn given_up(path: PathBuf, file: FileFacts, cause: String) -> Self {
        let outcome = Outcome::Failed { cause, unfinished: false };
        Self { path, file, outcome, again: false, noticed: Instant::now() }
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
