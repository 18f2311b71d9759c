//! `bench alarms`: made shops that live for years under the monitor: false alarms against what it states, and whether what
//! was planted is found, once and for the right reason.
//!
//! ```text
//! shop    a seed → product models, what happens to five of them, and all their runs
//! life    the runs through the monitor day by day → what it said, and when
//! score   all lives together → counts, intervals, shares
//! ```
//!
//! Runs arrive one by one in the order of the clock; things are settled once a day, after its last run. Whoever looks
//! after the shop acknowledges every alarm the same day, but for those of a planted change: they stay open.

mod life;
mod score;
mod shop;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::cli::Exit;
use crate::cli::ingest::progress;
use life::Life;
use score::Score;
use shop::Shop;

/// Lets so many shops live, from a first seed on, and prints what came of it.
pub(super) fn run(seeds: u64, first: u64, list: bool) -> Exit {
    let bar = progress(seeds, "{bar:40} {pos}/{len} shops  {eta} left");
    let next = AtomicU64::new(first);
    let score = Mutex::new(Score::default());
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= first + seeds {
                return;
            }
            let shop = Shop::new(seed);
            let life = Life::of(&shop);
            // A thread that panicked has taken nothing half.
            score.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take(&shop, life);
            bar.inc(1);
        }
    };
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    thread::scope(|scope| (0..cores).for_each(|_| drop(scope.spawn(work))));
    bar.finish_and_clear();
    let score = score.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    if list {
        score.list();
    }
    if score.print() { Exit::Fine } else { Exit::Loss }
}
