//! Recordings: what a watch does to its store, call by call, under `strace`; kills included.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use color_eyre::eyre::{Result, bail};

use super::disk::Disk;
use super::life::Life;
use super::look;
use super::names::NamesRule;
use super::shop::Shop;
use super::step::{CALLS, READS, Step, steps};
use super::tree::Tree;
use super::watcher::{Heard, Watcher};

/// Longest write that is recorded whole, bytes.
const LONGEST: &str = "8388608";
/// A watch takes a file at once that nobody has touched for two seconds.
const REST: Duration = Duration::from_millis(2_100);
/// A kill that falls into a write leaves a recording that cannot be told; then it is made anew, so often at most.
const ATTEMPTS: usize = 5;

/// How one process of a recording ends.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ending {
    /// Killed after so long.
    KilledAfter(Duration),
    /// Killed after so many acknowledgements.
    KilledAt(usize),
    /// Killed by a thread's so manieth call of a name: in the middle of an opening, a commit, a backup.
    KilledIn(&'static str, usize),
    /// Ended as a service is, with all files picked up.
    Ended,
}

/// What is to be recorded.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// In words.
    pub(super) what: &'static str,
    /// Runs that are in the store, and on disk, before the recording begins.
    pub(super) settled: usize,
    /// The processes, one after the other on the same store.
    pub(super) endings: Vec<Ending>,
    /// Whether the program makes backups meanwhile.
    pub(super) backed: bool,
}

/// What was done to a store's folder, step by step.
#[derive(Debug)]
pub(super) struct Recording {
    pub(super) plan: Plan,
    /// The folder as it was before.
    pub(super) before: Tree,
    /// Where it lay.
    pub(super) home: PathBuf,
    /// The drop folder.
    pub(super) folder: PathBuf,
    pub(super) steps: Vec<Step>,
}

/// Whether there is an `strace`.
///
/// # Errors
/// When there is none; which package brings it.
pub(super) fn check() -> Result<()> {
    let version = Command::new("strace").arg("-V").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !version.is_ok_and(|status| status.success()) {
        bail!(
            "power losses are simulated from a recording by `strace`, on Linux: install the package `strace`, or leave them out with --power 0"
        );
    }
    Ok(())
}

/// A drop folder with the first `files` workbooks for every plan, below `root`; given out when all of them have been
/// left alone for so long that a watch takes them at once.
pub(super) fn prepare(shop: &Shop, root: &Path, files: usize, plans: Vec<Plan>) -> Result<Vec<(Plan, Life)>> {
    let mut lives = Vec::new();
    for (number, plan) in plans.into_iter().enumerate() {
        let mut life = Life::new(&root.join(format!("recording-{number}")), plan.backed)?;
        life.drop_until(shop, files)?;
        lives.push((plan, life));
    }
    std::thread::sleep(REST);
    Ok(lives)
}

/// Records a plan.
///
/// # Errors
/// When the recording does not lead to the folder that is really there.
pub(super) fn record(shop: &Shop, plan: Plan, life: &Life) -> Result<Recording> {
    for _ in 1..ATTEMPTS {
        if let Ok((before, steps)) = attempt(shop, &plan, life) {
            return Ok(recording(plan, life, before, steps));
        }
    }
    let (before, steps) = attempt(shop, &plan, life)?;
    Ok(recording(plan, life, before, steps))
}

fn recording(plan: Plan, life: &Life, before: Tree, steps: Vec<Step>) -> Recording {
    Recording { plan, before, home: life.home().to_path_buf(), folder: life.folder.clone(), steps }
}

fn attempt(shop: &Shop, plan: &Plan, life: &Life) -> Result<(Tree, Vec<Step>)> {
    Tree::default().write(life.home())?;
    settle(shop, plan, life)?;
    let before = Tree::read(life.home())?;
    let mut made = Vec::new();
    for ending in &plan.endings {
        made.extend(one_process(shop, life, *ending)?);
        agrees(life, &before, &made)?;
    }
    Ok((before, made))
}

/// Keeps the plan's first workbooks.
fn settle(shop: &Shop, plan: &Plan, life: &Life) -> Result<()> {
    let files = shop.made.iter().take(plan.settled).map(|made| life.folder.join(&made.name));
    let files: Vec<PathBuf> = files.collect();
    if files.is_empty() {
        return Ok(());
    }
    let kept = shop.command(&["ingest", "--store"], &life.store)?.args(files).output()?;
    if !kept.status.success() {
        bail!("the first runs were not kept: {}", String::from_utf8_lossy(&kept.stderr));
    }
    Ok(())
}

/// One process, recorded to its end.
fn one_process(shop: &Shop, life: &Life, ending: Ending) -> Result<Vec<Step>> {
    let calls = life.beside("calls");
    let missing = life.dropped.saturating_sub(present(shop, life)?);
    let all = |heard: &Heard| heard.watching.is_some() && heard.lines.len() >= missing;
    let mut watcher =
        Watcher::start(recorded(&shop.watch(&life.folder, &life.store, life.backed)?, &calls, ending), Some(&calls))?;
    match ending {
        Ending::KilledAfter(time) => {
            watcher.hear(time, |_| false)?;
            watcher.kill()?;
        }
        Ending::KilledAt(lines) => {
            watcher.hear(Duration::from_mins(1), |heard| heard.lines.len() >= lines.min(missing))?;
            watcher.kill()?;
        }
        Ending::KilledIn(..) => {
            watcher.hear(Duration::from_mins(1), all)?;
            watcher.kill()?;
        }
        Ending::Ended => drop(watcher.finish(missing)?),
    }
    let made = steps(BufReader::new(File::open(&calls)?))?;
    fs::remove_file(&calls)?;
    Ok(made)
}

/// Runs the store has; looked at in a copy, so that the look leaves no trace in the store.
fn present(shop: &Shop, life: &Life) -> Result<usize> {
    let copy = life.beside("look");
    Tree::read(&life.store)?.write(&copy)?;
    Ok(look::ask(shop, &copy)?.runs.len())
}

fn recorded(watch: &Command, calls: &Path, ending: Ending) -> Command {
    // A name that this processor does not have is passed over with a question mark.
    let trace = CALLS.split(',').map(|name| format!("?{name}")).collect::<Vec<_>>().join(",");
    let mut recorder = Command::new("strace");
    recorder.args(["-f", "-qq", "-xx", "-s", LONGEST]);
    recorder.args(["-e", &format!("trace={trace}"), "-e", &format!("raw={READS}")]);
    if let Ending::KilledIn(call, count) = ending {
        recorder.args(["-e", &format!("inject=?{call}:signal=KILL:when={count}")]);
    } else {
        // Calls that are not recorded cost nothing so; a kill inside a call is not delivered so.
        recorder.arg("--seccomp-bpf");
    }
    recorder.arg("-o").arg(calls).arg(watch.get_program()).args(watch.get_args());
    recorder
}

/// The steps must lead to what is really there: else the simulation would prove nothing.
fn agrees(life: &Life, before: &Tree, made: &[Step]) -> Result<()> {
    let mut disk = Disk::new(life.home(), before, NamesRule::Journal)?;
    for step in made {
        disk.take(step)?;
    }
    let differences = disk.now().differences(&Tree::read(life.home())?);
    if !differences.is_empty() {
        bail!("the recording does not lead to the store that is there: {differences:?}");
    }
    Ok(())
}
