//! The owner is killed again and again while files arrive: one of its viewers goes on, and no file is lost or doubled.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use color_eyre::eyre::{Result, bail, eyre};

use super::folders;
use super::screen::Said;
use super::seat::Seat;
use crate::cli::bench::rig::{drop_file, workbook};
use crate::cli::bench::spread;
use crate::cli::demo::Temporary;
use crate::engine::holder;
use crate::history::Store;

/// Screens at a time, one of them the owner.
const SEATS: usize = 4;
/// Between two files.
const PACE: Duration = Duration::from_millis(40);
/// Time between two kills, at least; some more passes by chance.
const BETWEEN: Duration = Duration::from_millis(1_500);

/// What came of one kill, seconds since it.
#[derive(Default)]
struct Took {
    owner: Vec<f64>,
    verdict: Vec<f64>,
    history: Vec<f64>,
    stale: Vec<f64>,
}

pub(super) fn run(kills: usize) -> Result<bool> {
    let home = Temporary::new("bench-kills")?;
    let (incoming, store) = folders(&home.0)?;
    let mut seats = vec![Seat::start(&store, &incoming, true)?];
    let owner = |said: &Said| (*said == Said::Owner).then_some(());
    seats.iter().try_for_each(|seat| seat.wait("that it is the owner", owner).map(drop))?;
    for _ in 1..SEATS {
        seats.push(Seat::start(&store, &incoming, true)?);
    }
    for seat in seats.iter().skip(1) {
        seat.wait("that it is attached", |said| (*said == Said::Viewer).then_some(()))?;
    }
    let done = Arc::new(AtomicBool::new(false));
    let (end, folder) = (Arc::clone(&done), incoming.clone());
    let feeder = thread::spawn(move || feed(&folder, &end));
    let (mut took, mut at) = (Took::default(), 0);
    for kill in 0..kills {
        thread::sleep(BETWEEN + Duration::from_millis(u64::try_from(kill * 37 % 211).unwrap_or(0)));
        at = one(&mut seats, at, &mut took)?;
        // Another one takes the empty seat.
        let next = Seat::start(&store, &incoming, true)?;
        next.wait("that it is attached", |said| (*said == Said::Viewer).then_some(()))?;
        seats.push(next);
        let owners =
            seats.iter().enumerate().filter(|(_, seat)| seat.said().iter().any(|(_, said)| *said == Said::Owner));
        if owners.count() > 0 {
            bail!("two owners at once after kill {}", kill + 1);
        }
    }
    done.store(true, Ordering::Release);
    let files = feeder.join().map_err(|_| eyre!("the feeder stopped"))??;
    settle(&mut seats)?;
    seats.iter_mut().try_for_each(Seat::end)?;
    drop(seats);
    let (lost, doubled) = count(&store, files)?;
    Ok(report(kills, files, lost, doubled, &mut took))
}

/// Kills the owner at `at` and waits for the next one; its place.
fn one(seats: &mut Vec<Seat>, at: usize, took: &mut Took) -> Result<usize> {
    // What was said before belongs to the kill before.
    let _ = seats.iter().map(Seat::said).count();
    let mut dead = seats.remove(at);
    dead.kill()?;
    let killed = Instant::now();
    let since = |at: Instant| at.saturating_duration_since(killed).as_secs_f64();
    let end = killed + Duration::from_secs(30);
    let (mut next, mut verdict, mut history) = (None, None, None);
    let mut stale = std::collections::BTreeMap::new();
    while next.is_none() || verdict.is_none() || history.is_none() {
        if Instant::now() > end {
            bail!("no owner, no verdict or no history within 30 s: {next:?} {verdict:?} {history:?}");
        }
        for (place, seat) in seats.iter().enumerate() {
            for (at, said) in seat.said() {
                match said {
                    Said::Owner if next.is_some() => bail!("two owners"),
                    Said::Owner => next = Some((place, since(at))),
                    Said::Stale => stale.extend([(place, since(at))]),
                    Said::File(_) if next.is_some_and(|(owner, _)| owner == place) => {
                        verdict.get_or_insert(since(at));
                    }
                    Said::Past if next.is_some_and(|(owner, _)| owner == place) => {
                        history.get_or_insert(since(at));
                    }
                    _ => {}
                }
            }
        }
        thread::sleep(Duration::from_millis(2));
    }
    if stale.len() < seats.len() {
        bail!("a viewer did not say that it is stale: {stale:?}");
    }
    let (place, owner) = next.unwrap_or_default();
    took.owner.push(owner);
    took.verdict.extend(verdict);
    took.history.extend(history);
    took.stale.extend(stale.into_values());
    Ok(place)
}

/// Drops files at a pace until told to end; how many.
fn feed(folder: &std::path::Path, end: &AtomicBool) -> Result<usize> {
    for n in 0.. {
        if end.load(Ordering::Acquire) {
            return Ok(n);
        }
        let (name, bytes) = workbook(n);
        drop_file(folder, &name, &bytes)?;
        thread::sleep(PACE);
    }
    Ok(0)
}

/// Waits until nothing is queued any more.
fn settle(seats: &mut [Seat]) -> Result<()> {
    let end = Instant::now() + Duration::from_mins(1);
    let mut quiet = 0;
    while quiet < 20 && Instant::now() < end {
        let mut still = true;
        for seat in seats.iter_mut() {
            let files = seat.said().iter().any(|(_, said)| matches!(said, Said::File(_)));
            still &= !files && seat.state()?.queue == 0;
        }
        quiet = if still { quiet + 1 } else { 0 };
        thread::sleep(Duration::from_millis(250));
    }
    Ok(())
}

/// Files without a run, and with more than one line of the log.
fn count(store: &std::path::Path, files: usize) -> Result<(usize, usize)> {
    let (store, _) = Store::open(store, &holder())?;
    let mut lines: HashMap<String, usize> = HashMap::new();
    for entry in store.latest_log(files * 4)?.iter().filter(|entry| !entry.outcome.is_word()) {
        *lines.entry(entry.file.name().to_owned()).or_default() += 1;
    }
    let runs = usize::try_from(store.total().runs).unwrap_or(usize::MAX);
    let doubled = lines.values().filter(|&&count| count > 1).count() + runs.saturating_sub(files);
    let missing = (0..files).filter(|&n| !lines.contains_key(&workbook(n).0)).count();
    Ok((missing.max(files.saturating_sub(runs)), doubled))
}

fn report(kills: usize, files: usize, lost: usize, doubled: usize, took: &mut Took) -> bool {
    let slowest = |figures: &mut Vec<f64>| {
        let (median, _, most) = spread(figures);
        (format!("median {median:.2} s, most {most:.2} s"), most)
    };
    println!("owner killed {kills} times, {} viewers, {files} files meanwhile", SEATS - 1);
    println!("  stale said      {}", slowest(&mut took.stale).0);
    let (owner, most_owner) = slowest(&mut took.owner);
    println!("  owner again     {owner}   (bar: 2 s)");
    let (verdict, most_verdict) = slowest(&mut took.verdict);
    println!("  verdicts again  {verdict}   (bar: 2 s)");
    let (history, most_history) = slowest(&mut took.history);
    println!("  history again   {history}   (bar: 15 s)");
    println!("  lost {lost}, doubled {doubled}   (bar: 0)");
    lost == 0 && doubled == 0 && most_owner <= 2.0 && most_verdict <= 2.0 && most_history <= 15.0
}
