//! A long shift: files arrive as fast as they are taken and are deleted once they are kept; nothing may grow or tire.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use color_eyre::eyre::{Result, WrapErr, bail, ensure, eyre};
use serde_json::Value;

use super::faults::program::{Heard, Program};
use super::process;
use super::rig::{drop_file, workbook};
use crate::cli::Exit;
use crate::cli::demo::{Temporary, renamed};
use crate::engine::holder;
use crate::history::Store;
use crate::trim::{LocalDate, LocalTime};

/// Files in the folder at a time, at most.
const AT_ONCE: usize = 200;
/// Looks at the process on the way, and how many of them make a line of the table.
const LOOKS: usize = 100;
const LOOKS_A_LINE: usize = 5;
/// Longer than a busy machine ever holds a file back.
const PATIENCE: Duration = Duration::from_mins(1);
/// A backup of all that came is made by then.
const REST: Duration = Duration::from_mins(2);
/// Seconds between two runs on the plant's clock.
const BETWEEN_RUNS: i64 = 97;
/// The configuration of the watch.
const LEARNS_NOTHING: &str =
    "[learning]\nthreshold_optimizer = \"off\"\nfailure_predictor = \"off\"\ndrift_detector = \"off\"\n";
/// Memory may grow by this share from the second quarter to the last one, and the pace fall to that one.
const MEMORY: f64 = 1.05;
const PACE: f64 = 0.9;

/// One look at the process.
struct Look {
    /// Files kept by then.
    kept: usize,
    seconds: f64,
    memory_mb: f64,
    descriptors: usize,
}

/// Feeds a watch of its own and prints what became of it; exit code 1 when something grew or tired.
pub(super) fn run(files: usize) -> Result<Exit> {
    let folder = Temporary::new("bench-soak")?;
    let mut shift = Shift::begin(&folder.0, files)?;
    println!("{files} files, at most {AT_ONCE} in the folder, each deleted once it is kept");
    println!("      kept   files/s   memory MB   descriptors");
    shift.work()?;
    let at_rest = shift.descriptors_at_rest();
    shift.program.end()?;
    let (store, _) = Store::open(&folder.0.join("history"), &holder())?;
    let (runs, sizes) = (store.total().runs, store.sizes());
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    println!(
        "history: {runs} runs (bar: {files}), database {:.0} MB, journal {:.0} MB, backups {:.0} MB",
        megabytes(sizes.database),
        megabytes(sizes.journal),
        megabytes(sizes.backups)
    );
    drop(store);
    let steady = steady(&shift.looks, at_rest).ok_or_else(|| eyre!("too few looks at the process"))?;
    let fresh = fresh_mb(&folder.0)?;
    if let Some(last) = shift.looks.last() {
        println!(
            "  a watch begun anew on this history takes {fresh:.1} MB, the one that worked ended with {:.1} MB, × {:.2}: \
             the history is what both have, the rest is the work's",
            last.memory_mb,
            last.memory_mb / fresh
        );
    }
    Ok(if steady && runs == files as u64 { Exit::Fine } else { Exit::Loss })
}

/// Memory of a watch that has done nothing but open the history, MB.
fn fresh_mb(home: &Path) -> Result<f64> {
    let mut program = watch(home)?;
    let (mut before, mut now) = (0.0, 1.0);
    // The index of all runs is built beside everything else: it is there once memory stands still.
    while now > before * 1.002 {
        thread::sleep(Duration::from_secs(3));
        before = now;
        now = process::resident_mb_of(program.id()).ok_or_else(|| eyre!("the watch is gone"))?;
    }
    program.end()?;
    Ok(now)
}

/// Starts a watch on the folder of the soak and waits until it listens. It learns nothing: what a training takes comes
/// and goes, and is measured apart.
fn watch(home: &Path) -> Result<Program> {
    let (incoming, store, config) = (home.join("LTS"), home.join("history"), home.join("soak.toml"));
    fs::create_dir_all(&incoming)?;
    fs::write(&config, LEARNS_NOTHING)?;
    let words = [OsStr::new("--config"), config.as_os_str(), OsStr::new("--store"), store.as_os_str()];
    let program = Program::start(home, &[&words[..], &[incoming.as_os_str()]].concat())?;
    loop {
        match program.heard.recv_timeout(PATIENCE) {
            Ok(Heard::Said(line)) if line.contains("watching") => return Ok(program),
            Ok(Heard::Said(line)) => eprintln!("{line}"),
            Ok(Heard::Line(..)) => {}
            Err(_) => bail!("the folder was not watched within {PATIENCE:?}"),
        }
    }
}

/// The watch and its feeder.
struct Shift {
    program: Program,
    incoming: PathBuf,
    files: usize,
    written: usize,
    kept: Vec<bool>,
    done: usize,
    begun: Instant,
    looks: Vec<Look>,
}

impl Shift {
    fn begin(home: &Path, files: usize) -> Result<Self> {
        let (program, incoming) = (watch(home)?, home.join("LTS"));
        let (kept, begun, looks) = (vec![false; files], Instant::now(), Vec::new());
        Ok(Self { program, incoming, files, written: 0, kept, done: 0, begun, looks })
    }

    fn work(&mut self) -> Result<()> {
        while self.done < self.files {
            while self.written < self.files && self.written < self.done + AT_ONCE {
                let (name, bytes) = dated(self.written);
                drop_file(&self.incoming, &name, &bytes)?;
                self.written += 1;
            }
            match self.program.heard.recv_timeout(PATIENCE) {
                Ok(Heard::Line(line, _)) => self.line(&line).wrap_err(line)?,
                Ok(Heard::Said(line)) => eprintln!("{line}"),
                Err(_) => bail!("no file was kept within {PATIENCE:?}, {} of {}", self.done, self.files),
            }
        }
        Ok(())
    }

    /// The fewest descriptors once no file comes any more: a backup that is under way, which takes longer where files pour
    /// in, has some of its own until it is done.
    fn descriptors_at_rest(&self) -> usize {
        let before = Part::of(&self.looks, LOOKS / 4..LOOKS / 2).map_or(0, |part| part.descriptors);
        let begun = Instant::now();
        let mut fewest = usize::MAX;
        while fewest > before && begun.elapsed() < REST {
            fewest = process::descriptors_of(self.program.id()).map_or(fewest, |now| now.min(fewest));
            thread::sleep(Duration::from_millis(500));
        }
        fewest
    }

    /// A file came out: it must be a run, kept, and for the first time.
    fn line(&mut self, line: &str) -> Result<()> {
        let line: Value = serde_json::from_str(line)?;
        let text = |field: &str| line.get(field).and_then(Value::as_str).unwrap_or_default();
        ensure!(!matches!(text("status"), "" | "ERROR" | "SKIPPED"), "a made workbook is no run");
        ensure!(line.get("not_kept").is_some_and(Value::is_null), "it is not kept");
        let number = text("file").split('_').nth(1).and_then(|serial| serial.strip_prefix('B')?.parse::<usize>().ok());
        let kept = number.and_then(|number| self.kept.get_mut(number)).ok_or_else(|| eyre!("a file nobody wrote"))?;
        ensure!(!std::mem::replace(kept, true), "it came twice");
        fs::remove_file(self.incoming.join(text("file")))?;
        self.done += 1;
        if self.done * LOOKS / self.files > self.looks.len() {
            self.look()?;
        }
        Ok(())
    }

    fn look(&mut self) -> Result<()> {
        let process = self.program.id();
        let seen = process::resident_mb_of(process).zip(process::descriptors_of(process));
        let (memory_mb, descriptors) = seen.ok_or_else(|| eyre!("this system does not tell memory and descriptors"))?;
        let seconds = self.begun.elapsed().as_secs_f64();
        self.looks.push(Look { kept: self.done, seconds, memory_mb, descriptors });
        if self.looks.len().is_multiple_of(LOOKS_A_LINE) {
            let from = self.looks.len() - LOOKS_A_LINE;
            if let Some(part) = Part::of(&self.looks, from..self.looks.len()) {
                let Part { pace, memory_mb, descriptors } = part;
                println!("  {:8}   {pace:7.0}   {memory_mb:9.1}   {descriptors:11}", self.done);
            }
        }
        Ok(())
    }
}

/// Workbook number `n` as a station that never rests would name it: each a little later than the one before.
fn dated(n: usize) -> (String, Vec<u8>) {
    let (name, bytes) = workbook(n);
    let first = LocalDate { year: 2020, month: 1, day: 1 }.midnight().timestamp();
    let seconds = i64::try_from(n).unwrap_or(0) * BETWEEN_RUNS;
    (LocalTime::from_timestamp(first + seconds).map_or_else(|| name.clone(), |time| renamed(&name, time)), bytes)
}

/// A stretch of the shift: files a second, median memory, fewest descriptors: a backup has some of its own for a while.
struct Part {
    pace: f64,
    memory_mb: f64,
    descriptors: usize,
}

impl Part {
    fn of(looks: &[Look], range: std::ops::Range<usize>) -> Option<Self> {
        let before = range.start.checked_sub(1).and_then(|before| looks.get(before));
        let (kept, seconds) = before.map_or((0, 0.0), |look| (look.kept, look.seconds));
        let part = looks.get(range)?;
        let last = part.last()?;
        let mut memory: Vec<f64> = part.iter().map(|look| look.memory_mb).collect();
        memory.sort_by(f64::total_cmp);
        Some(Self {
            pace: (last.kept - kept) as f64 / (last.seconds - seconds),
            memory_mb: *memory.get(memory.len() / 2)?,
            descriptors: part.iter().map(|look| look.descriptors).min()?,
        })
    }
}

/// Prints the last quarter against the second and says whether nothing grew or tired.
fn steady(looks: &[Look], at_rest: usize) -> Option<bool> {
    let quarter = LOOKS / 4;
    let second = Part::of(looks, quarter..2 * quarter)?;
    let last = Part::of(looks, 3 * quarter..4 * quarter)?;
    let runs = looks.get(4 * quarter - 1)?.kept - looks.get(2 * quarter - 1)?.kept;
    let a_run = (last.memory_mb - second.memory_mb) * 1024.0 * 1024.0 / runs as f64;
    let (memory, pace) = (last.memory_mb / second.memory_mb, last.pace / second.pace);
    let minutes = looks.last()?.seconds / 60.0;
    println!("the last quarter against the second, {minutes:.1} minutes in all   (bar: ≤ 45)");
    println!(
        "  memory       {:.1} MB after {:.1} MB, × {memory:.3}   (bar: ≤ × {MEMORY}); {a_run:.0} bytes a run, the index of all runs among them",
        last.memory_mb, second.memory_mb
    );
    println!("  descriptors  {at_rest} at rest after {}   (bar: no more)", second.descriptors);
    println!("  pace         {:.0} files/s after {:.0}, × {pace:.2}   (bar: ≥ × {PACE})", last.pace, second.pace);
    Some(memory <= MEMORY && pace >= PACE && at_rest <= second.descriptors)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(memory_mb: impl Fn(usize) -> f64, descriptors: impl Fn(usize) -> usize, seconds: f64) -> Vec<Look> {
        let look = |n: usize| Look {
            kept: n * 10,
            seconds: n as f64 * if n > 75 { seconds } else { 1.0 },
            memory_mb: memory_mb(n),
            descriptors: descriptors(n),
        };
        (1..=LOOKS).map(look).collect()
    }

    #[test]
    fn a_shift_is_steady_when_neither_memory_nor_descriptors_grow_nor_the_pace_falls() {
        let flat = |_| 50.0;
        assert_eq!(steady(&looks(flat, |_| 20, 1.0), 20), Some(true));
        assert_eq!(steady(&looks(flat, |n| if n == 90 { 40 } else { 20 }, 1.0), 20), Some(true), "one backup");
        assert_eq!(steady(&looks(flat, |n| if n >= 70 { 40 } else { 20 }, 1.0), 20), Some(true), "a long backup");
        assert_eq!(steady(&looks(|n| 50.0 + n as f64, |_| 20, 1.0), 20), Some(false), "memory");
        assert_eq!(steady(&looks(flat, |n| 20 + n / 30, 1.0), 23), Some(false), "descriptors");
        assert_eq!(steady(&looks(flat, |_| 20, 1.2), 20), Some(false), "pace");
        assert_eq!(steady(&looks(flat, |_| 20, 1.0)[..50], 20), None, "cut short");
    }

    #[test]
    fn every_workbook_has_a_time_of_its_own() {
        assert_ne!(dated(0).0, dated(1).0);
        assert!(dated(1).0.starts_with("9101-1_B1_TA_Test Data_1-1-2020_12-01-37 AM"), "{}", dated(1).0);
    }
}
