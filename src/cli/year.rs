//! A made year of history: every kind of drift once, so that a newcomer's first look shows each.
//!
//! Everything is invented, seeded and the same on every machine; only the calendar follows the day it ends on. The runs
//! are whole ones, with sweeps, and are judged as read ones are.
//!
//! ```text
//! plan       the shop: product models, how they usually come out, what happens to them
//! calendar   lots on workdays, units in a shift
//! unit       a unit's session at the laser
//! sweep      its curves
//! ```

mod calendar;
mod plan;
mod sweep;
#[cfg(test)]
mod tests;
mod unit;

use color_eyre::eyre::Result;

use crate::analysis::AnalysisSettings;
use crate::engine::judge_run;
use crate::history::{Ending, Entry, FileFacts, Store};
use crate::learning::Speakers;
use crate::learning::random::Random;
use crate::trim::{LocalTime, TrimRun};
use plan::{LINES, Line};
use unit::Bench;

/// Runs committed together.
const GROUP: usize = 512;
/// Share of units that failed and are trimmed again the same day.
const AGAIN: f64 = 0.45;
/// From the last unit of a lot to those that are trimmed again, and between two of them, seconds.
const LATER: i64 = 600;
/// From the run's clock to the moment its file is there, milliseconds.
const ARRIVAL: i64 = 4_000;

/// The runs of the year up to a moment on the plant's clock, in order of time.
pub(super) fn runs(end: LocalTime) -> Vec<TrimRun> {
    let mut runs: Vec<TrimRun> = (0..).zip(&LINES).flat_map(|(turn, line)| of_line(line, turn, end)).collect();
    runs.retain(|run| run.identity.time.is_some_and(|time| time <= end));
    runs.sort_by(|a, b| (a.identity.time, &a.identity.model).cmp(&(b.identity.time, &b.identity.model)));
    runs
}

/// Judges the year up to now and keeps it in a store; how many runs. `ahead` = seconds the plant's clock is ahead of UTC.
///
/// # Errors
/// When the store cannot be written.
pub(super) fn fill(store: &Store, end: LocalTime, ahead: i64, settings: &AnalysisSettings) -> Result<usize> {
    let runs = runs(end);
    for group in runs.chunks(GROUP) {
        store.commit(group.iter().map(|run| entry(run, ahead, settings)).collect())?;
    }
    Ok(runs.len())
}

/// A product model's runs. The same chance makes the same units whatever day the year ends on.
fn of_line(line: &Line, turn: i64, end: LocalTime) -> Vec<TrimRun> {
    let lots = calendar::lots(&mut Random::new(Random::derived(line.seed, 1)), line.last, line.lots);
    let mut clock = Random::new(Random::derived(line.seed, 2));
    let mut bench = Bench::new(line, Random::new(Random::derived(line.seed, 3)));
    let mut serials = 1_001..;
    let mut runs = Vec::new();
    for (behind, lot) in (0..lots.len()).rev().zip(lots) {
        let shift = line.fate.shift(behind);
        let mut again = Vec::new();
        let times = calendar::times(&mut clock, lot, turn, end);
        for (time, serial) in times.iter().zip(&mut serials) {
            let (run, left) = bench.first(serial, *time, shift);
            if left.iter().any(unit::Left::failed) && clock.unit() < AGAIN {
                again.push((serial, left));
            }
            runs.push(run);
        }
        let last = times.last().map_or(0, |time| time.timestamp());
        for (place, (serial, left)) in (1..).zip(again) {
            let time = LocalTime::from_timestamp(last + place * LATER);
            runs.extend(time.map(|time| bench.again(serial, time, shift, &left).0));
        }
    }
    runs
}

/// The run as the history takes it, as if its file had come a moment after.
fn entry(run: &TrimRun, ahead: i64, settings: &AnalysisSettings) -> Entry {
    let (judged, curves) = judge_run(run, settings, &Speakers::default());
    let path = path(run);
    let content = *blake3::hash(path.as_bytes()).as_bytes();
    let mut path_key = [0; 16];
    path_key.iter_mut().zip(content).for_each(|(to, from)| *to = from);
    let local_ms = run.identity.time.map_or(0, LocalTime::timestamp) * 1_000;
    let arrived_ms = local_ms - ahead * 1_000 + ARRIVAL;
    let points: usize = run.tracks.iter().map(|track| track.untrimmed.as_ref().map_or(0, |s| s.points.len())).sum();
    let len = 60_000 + 900 * points as u64;
    let file = FileFacts { path, path_key, len, mtime_ns: (arrived_ms - ARRIVAL / 2) * 1_000_000, content };
    Entry { file, arrived_ms, ending: Ending::Run { run: Box::new(judged), curves } }
}

/// Where its file would have lain, named as the station names files.
fn path(run: &TrimRun) -> String {
    let identity = &run.identity;
    let laser = identity.laser.as_deref().unwrap_or_default();
    let stamp = identity.time.map(stamp).unwrap_or_default();
    let (model, serial) = (&identity.model, &identity.serial);
    match (&identity.section, &identity.disposition) {
        (Some(section), word) => {
            let word = word.as_deref().unwrap_or_default();
            format!("made/{laser}/{model}_{serial}_{section}_Test Data_{stamp}{word}.xls")
        }
        (None, _) => format!("made/{laser}/{model}_{serial}_TEST DATA_{stamp}.xls"),
    }
}

/// `3-7-2026_9-05-12 AM`.
pub(super) fn stamp(time: LocalTime) -> String {
    let (hour, minute, second) = (time.seconds / 3_600, time.seconds / 60 % 60, time.seconds % 60);
    let (half, hour) = (if hour < 12 { "AM" } else { "PM" }, if hour % 12 == 0 { 12 } else { hour % 12 });
    let date = time.date;
    format!("{}-{}-{}_{hour}-{minute:02}-{second:02} {half}", date.month, date.day, date.year)
}
