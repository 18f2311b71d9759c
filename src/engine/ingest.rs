//! Many files into the store at once: judged on every core, committed in groups.

use std::path::PathBuf;
use std::thread;
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender, bounded};

use super::files::{Site, process_bytes};
use super::keeper::entry;
use super::models;
use super::process::Outcome;
use super::worker::{Finished, UNREAD, facts, path_key};
use crate::history::{Committed, Entry, LogEntry, LogOutcome, Store, StoreError};
use crate::intake::{FileStat, read_once};
use crate::learning::Speakers;

/// Files committed together; the store splits them further where its bound demands it.
const GROUP: usize = 64;

/// What became of the files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ingested {
    /// New runs.
    pub runs: u64,
    /// Other contents of known runs.
    pub revisions: u64,
    /// Contents already there.
    pub duplicates: u64,
    /// Files dealt with before, unchanged since.
    pub known: u64,
    /// Files passed over, each with its reason in the log.
    pub skipped: u64,
    /// Files that could not be read.
    pub failed: Vec<(String, String)>,
}

/// Reads, judges and keeps files. One that fails never stops the rest. `each` is called for every file done. A file is
/// kept under its whole path, as a watched one is: both are then one file, and found again from any folder.
///
/// # Errors
/// When the store cannot be written: what was counted by `each` until then is kept.
pub fn ingest(
    files: &[PathBuf],
    store: &Store,
    site: &Site<'_>,
    mut each: impl FnMut(),
) -> Result<Ingested, StoreError> {
    // What is refused of the models is told where they are looked at; here the formulas speak instead.
    let (speakers, _) = models::load(store, &store.registered_models()?, &site.learning);
    let speakers = &speakers;
    let whole = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
    let files: &[PathBuf] = &files.iter().map(whole).collect::<Vec<_>>();
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let (done, results) = bounded(GROUP);
    thread::scope(|scope| {
        for first in 0..workers {
            let done = done.clone();
            scope.spawn(move || {
                let mine = files.iter().skip(first).step_by(workers);
                work(mine, store, (site, speakers), &done);
            });
        }
        drop(done);
        collect(&results, store, &mut each)
    })
}

fn work<'a>(
    files: impl Iterator<Item = &'a PathBuf>,
    store: &Store,
    judged_by: (&Site<'_>, &Speakers),
    done: &Sender<Option<Finished>>,
) {
    for path in files {
        let known = std::fs::metadata(path).is_ok_and(|meta| {
            let stat = FileStat::of(&meta);
            store.seen_path(&path_key(path), stat.len, stat.mtime_ns)
        });
        let finished = (!known).then(|| one_file(path, judged_by));
        if done.send(finished).is_err() {
            break;
        }
    }
}

fn one_file(path: &std::path::Path, (site, speakers): (&Site<'_>, &Speakers)) -> Finished {
    let (file, outcome) = match read_once(path, site.analysis.limits.bytes) {
        Ok((bytes, stat)) => {
            let processed = process_bytes(&bytes, path, stat, site.laser_of(path), &site.analysis, speakers);
            (facts(path, stat, processed.content.unwrap_or_default()), processed.outcome)
        }
        Err(error) => (facts(path, FileStat::default(), UNREAD), Outcome::unread(&error)),
    };
    Finished { path: path.to_path_buf(), file, outcome, again: false, noticed: Instant::now() }
}

fn collect(
    results: &Receiver<Option<Finished>>,
    store: &Store,
    each: &mut impl FnMut(),
) -> Result<Ingested, StoreError> {
    let mut ingested = Ingested::default();
    let mut group: Vec<Entry> = Vec::with_capacity(GROUP);
    for finished in results {
        match finished {
            Some(finished) => {
                finished.log();
                group.push(entry(finished));
            }
            None => ingested.known += 1,
        }
        each();
        if group.len() >= GROUP {
            ingested.count(store.commit(std::mem::take(&mut group))?);
        }
    }
    ingested.count(store.commit(group)?);
    Ok(ingested)
}

impl Ingested {
    fn count(&mut self, committed: Vec<Committed>) {
        for Committed { log, .. } in committed {
            let LogEntry { file, outcome, .. } = log;
            match outcome {
                LogOutcome::Run { .. } => self.runs += 1,
                LogOutcome::Revision { .. } => self.revisions += 1,
                LogOutcome::Duplicate { .. } => self.duplicates += 1,
                LogOutcome::Skipped { .. } => self.skipped += 1,
                LogOutcome::Failed { cause } => self.failed.push((file.path, cause)),
                _ => {}
            }
        }
    }
}
