//! Opening the history beside everything else: files are judged and shown while it takes its time.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver, bounded, never};

use super::holder::holder;
use super::quiet;
use super::regrading::grade_anew;
use super::setup::Setup;
use crate::analysis::AnalysisSettings;
use crate::config::LearningSettings;
use crate::history::{Claim, Opening, Store, StoreError};

/// How an opening ended.
#[derive(Debug)]
pub(super) enum Opened {
    /// The store is open, for the first time.
    First(Arc<Store>, Opening),
    /// A store that could not be written any more is open again.
    Again(Opening),
    /// It could not be opened; the claim, if there is one, for the next try.
    Failed(StoreError, Option<Claim>),
}

/// What there is to open.
#[derive(Debug)]
pub(super) enum Job {
    /// A folder that is claimed.
    Claimed(Claim),
    /// A folder that could not be claimed yet.
    Folder(PathBuf),
    /// A store that is open and broken.
    Broken(Arc<Store>),
}

/// Opens on a thread of its own; how it ended comes back once.
pub(super) fn start(job: Job, setup: &Setup) -> Receiver<Opened> {
    let (tell, told) = bounded(1);
    let rules = Rules {
        analysis: setup.analysis.clone(),
        learning: setup.learning.clone(),
        recent_files: setup.retention.recent_files,
    };
    // Whoever listens no longer has ended, and with it the wish.
    let work = move || drop(tell.send(quiet::during(|| open(job, &rules))));
    match thread::Builder::new().name("opening".to_owned()).spawn(work) {
        Ok(_) => told,
        // Without a thread the history stays as it is; the next try may have one.
        Err(_) => never(),
    }
}

/// What the runs of a history are graded by, and how many lie where.
struct Rules {
    analysis: AnalysisSettings,
    learning: LearningSettings,
    recent_files: u64,
}

fn open(job: Job, rules: &Rules) -> Opened {
    match job {
        Job::Claimed(claim) => first(claim, rules),
        Job::Folder(dir) => match Claim::take(&dir, &holder()) {
            Ok(claim) => first(claim, rules),
            Err(error) => Opened::Failed(error, None),
        },
        // The engine must not be opened on a disk that takes nothing: it might give up on a sound store.
        Job::Broken(store) => match store.probe().and_then(|()| store.reopen()) {
            Ok(opening) => Opened::Again(opening),
            Err(error) => Opened::Failed(error, None),
        },
    }
}

fn first(claim: Claim, rules: &Rules) -> Opened {
    match Store::open_claimed(claim) {
        Ok((store, mut opening)) => {
            store.seal_after(rules.recent_files);
            opening.notes.extend(graded(&store, rules));
            Opened::First(Arc::new(store), opening)
        }
        Err((error, claim)) => Opened::Failed(error, Some(claim)),
    }
}

/// Grades the runs by the rules in force before anybody sees them; what is to be said of it. Where it fails the next
/// opening goes on with it.
fn graded(store: &Store, rules: &Rules) -> Option<String> {
    match grade_anew(store, &rules.analysis, &rules.learning, &holder().user) {
        Ok(None) => None,
        Ok(Some(done)) => Some(format!("the rules of the configuration have changed: {}", done.said())),
        Err(error) => Some(format!("runs are graded by rules of before: {error}; the next start tries again")),
    }
}
