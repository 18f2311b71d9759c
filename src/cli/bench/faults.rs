//! The fault campaign: every way a file or folder goes wrong, scripted against the program itself.
//!
//! Each case has folders, a history and a running `watch --headless` of its own. When it has played, the program is
//! ended and its output and history are held against what was written: nothing lost, doubled or fake.

mod audit;
mod crowds;
mod folders;
mod names;
mod plant;
pub(super) mod program;
mod writers;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use color_eyre::eyre::{Result, bail, eyre};

use crate::cli::Exit;
use plant::Plant;

/// Cases played at a time: most of them wait.
const AT_ONCE: usize = 6;

/// One way of going wrong.
pub(super) struct Case {
    name: &'static str,
    /// What is done, in a sentence.
    story: &'static str,
    play: fn(&mut Plant) -> Result<Played>,
}

/// How a case was played.
pub(super) enum Played {
    /// To its end.
    Through,
    /// To its end, with something measured on the way.
    Measured(String),
    /// Not here, and why.
    Not(&'static str),
}

/// Plays the cases whose name holds `only` and prints a line each; exit code 1 when one failed.
pub(super) fn run(only: Option<&str>, full: bool) -> Result<Exit> {
    // The longest first, so that the rest is played beside them.
    let all = [crowds::CASES, writers::CASES, folders::CASES, names::CASES];
    let cases: Vec<&Case> =
        all.into_iter().flatten().filter(|case| only.is_none_or(|o| case.name.contains(o))).collect();
    if cases.is_empty() {
        bail!("no case of that name");
    }
    let (next, failed, begin) = (AtomicUsize::new(0), Mutex::new(Vec::new()), Instant::now());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(cases.len()) {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if !one(case, full) {
                        failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(case.name);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let seconds = begin.elapsed().as_secs_f64();
    println!("{} cases in {seconds:.0} s, {} failed   (bar: 0 lost, 0 doubled, 0 fake)", cases.len(), failed.len());
    Ok(if failed.is_empty() { Exit::Fine } else { Exit::SomeFilesFailed })
}

/// Plays a case, prints its line, and says whether it held.
fn one(case: &Case, full: bool) -> bool {
    let begin = Instant::now();
    let played =
        catch_unwind(AssertUnwindSafe(|| play(case, full))).unwrap_or_else(|_| Err(eyre!("the case panicked")));
    let (held, word) = match played {
        Ok(Played::Through) => (true, format!("ok      {}", case.story)),
        Ok(Played::Measured(what)) => (true, format!("ok      {} ({what})", case.story)),
        Ok(Played::Not(why)) => (true, format!("skipped {why}")),
        Err(trouble) => (false, format!("FAILED  {trouble}; {}", case.story)),
    };
    println!("{:<22} {:6.1} s  {word}", case.name, begin.elapsed().as_secs_f64());
    held
}

fn play(case: &Case, full: bool) -> Result<Played> {
    let mut plant = Plant::new(case.name, full)?;
    let played = (case.play)(&mut plant)?;
    if !matches!(played, Played::Not(_)) {
        plant.end()?;
        audit::audit(&plant)?;
    }
    Ok(played)
}
