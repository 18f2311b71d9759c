//! `train`: looks through the history and trains now, with progress; Ctrl-C gives up and keeps what was deployed.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use color_eyre::eyre::{Result, eyre};

use super::args::TrainArgs;
use super::{Exit, ingest};
use crate::analysis::Learner;
use crate::config::Loaded;
use crate::engine::{Ear, Plan, Said, Wanted, clock, holder, look_and_train};
use crate::export::printable;

/// Trains and says what became of it.
pub(super) fn run(args: &TrainArgs, loaded: &Loaded) -> Result<Exit> {
    let store = ingest::open(&args.store, loaded)?;
    let plan = Plan { settings: loaded.config.learning.clone(), filter: loaded.config.analysis().sigma.identity() };
    let by = args.by.clone().unwrap_or_else(|| holder().user);
    let wanted = Wanted {
        learner: args.learner.map(super::args::LearnerArg::learner),
        product_model: args.model.clone(),
        by,
        trains: true,
        now: !args.due,
    };
    let bar = ingest::progress(1_000, "{bar:40} {percent:>3} %  {msg}  {elapsed}");
    let far = |learner: Option<Learner>, share: f64| {
        bar.set_message(learner.map_or("looking through the history", Learner::title));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a thousand")]
        bar.set_position((1_000.0 * share.clamp(0.0, 1.0)) as u64);
    };
    let failed = AtomicBool::new(false);
    let stop = || ControlFlow::Continue(());
    let mut trained = 0;
    let mut say = |said: Said| match said {
        Said::Surveyed(_) => {}
        Said::Kept { words, by, card, .. } => {
            trained += 1;
            // The log says it too, of many drift detectors once; what cannot be logged is printed all the same.
            if card.learner != Learner::DriftDetector {
                let _ = store.note_learning(&words, false, &by, clock::now_ms());
            }
            bar.suspend(|| println!("{}", printable(&words)));
        }
        Said::Several { words, by } => {
            let _ = store.note_learning(&words, false, &by, clock::now_ms());
        }
        Said::TakenBack(words) => {
            let _ = store.note_learning(&words, true, &wanted.by, clock::now_ms());
            bar.suspend(|| println!("{}", printable(&words)));
        }
        Said::Failed { learner, cause } => {
            let is_wanted = args.learner.is_some_and(|wanted| wanted.learner() == learner);
            failed.fetch_or(is_wanted, Ordering::Relaxed);
            bar.suspend(|| eprintln!("{}: {}", learner.title(), printable(&cause)));
        }
    };
    look_and_train(&store, &plan, &wanted, &Ear { far: &far, stop: &stop }, &mut say).map_err(|error| eyre!(error))?;
    bar.finish_and_clear();
    if trained == 0 {
        println!("nothing was trained");
    }
    Ok(if failed.into_inner() { Exit::SomeFilesFailed } else { Exit::Fine })
}
