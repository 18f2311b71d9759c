//! Starting with a large history.

use std::path::Path;
use std::time::{Duration, Instant};

use color_eyre::eyre::{Result, eyre};
use indicatif::ProgressBar;

use super::process;
use super::rig::{Rig, drop_file, milliseconds, workbook};
use crate::analysis::{JudgedRun, RunCurves};
use crate::cli::demo::Temporary;
use crate::config::Config;
use crate::engine::{Outcome, collect, holder, process as judge};
use crate::history::{Ending, Entry, FileFacts, Sizes, Store};
use crate::session::{FolderState, FolderView, HistoryState};
use crate::trim::{LocalTime, Source};
use crate::tui::App;

/// Runs committed together while the history is made.
const GROUP: usize = 512;

pub(super) fn run(runs: usize, like: Option<&Path>, config: &Config) -> Result<()> {
    let folder = Temporary::new("bench-start")?;
    let payload = fill(&folder, runs, like, config)?;
    let start = Instant::now();
    let mut rig = Rig::start(config, folder)?;
    let first = milliseconds(start);
    let shown = rig.until(Duration::from_mins(2), |app| app.opened && !app.rows.is_empty())?;
    println!("{runs} runs with their curves in the history");
    println!("  first frame      {first:.1} ms   (bar: ≤ 100)");
    println!(
        "  last runs shown  {:.0} ms   (bar: ≤ 2,000 after a clean close)",
        (shown - start).as_secs_f64() * 1_000.0
    );
    rig.run_for(Duration::from_secs(2))?;
    println!("  memory           {} now   (bar: ≤ 120)", process::said(process::resident_mb(), "MB"));
    let size = Sizes::of(&rig.store).database;
    println!("  store on disk    {:.0} MB for {:.0} MB of records and curves", size as f64 / 1e6, payload as f64 / 1e6);
    rig.session.stop();
    killed(config, rig.folder)
}

/// The same history as a kill -9 leaves it, and a file that arrives before anything else.
fn killed(config: &Config, folder: Temporary) -> Result<()> {
    let history = folder.0.join("history");
    std::fs::remove_dir_all(&history)?;
    std::fs::rename(folder.0.join("killed"), &history)?;
    let start = Instant::now();
    let mut rig = Rig::start(config, folder)?;
    // A file is noticed once the folder is watched; before that it would be one of those found at the start.
    rig.until(Duration::from_secs(10), |app| !app.header.iter().any(|h| h.folders.iter().any(is_starting)))?;
    let (name, bytes) = workbook(9_999);
    drop_file(&rig.incoming, &name, &bytes)?;
    let judged = rig.until(Duration::from_mins(1), |app| !app.rows.is_empty())?;
    let kept = |app: &App| app.header.as_ref().is_some_and(|header| header.history == HistoryState::Kept);
    let back = if kept(&rig.stage.app) { judged } else { rig.until(Duration::from_mins(2), kept)? };
    println!("after kill -9");
    println!("  a file judged    {:.0} ms   (bar: ≤ 2,000)", (judged - start).as_secs_f64() * 1_000.0);
    println!("  history back     {:.0} ms   (bar: ≤ 15,000)", (back - start).as_secs_f64() * 1_000.0);
    rig.session.stop();
    Ok(())
}

fn is_starting(folder: &FolderView) -> bool {
    folder.state == FolderState::Starting
}

/// Copies a store that is open: what a kill would leave.
fn copy_as_killed(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let (path, target) = entry.map(|entry| (entry.path(), to.join(entry.file_name())))?;
        if path.is_dir() {
            copy_as_killed(&path, &target)?;
        } else {
            std::fs::copy(&path, &target)?;
        }
    }
    Ok(())
}

/// A history of units that differ in serial and time, and a copy of it as a kill would leave it. Returns the bytes of
/// its records and curves.
pub(super) fn fill(folder: &Temporary, runs: usize, like: Option<&Path>, config: &Config) -> Result<u64> {
    let payload = made(folder, runs, &models(like, config), |_, _| ())?;
    copy_as_killed(&folder.0.join("history"), &folder.0.join("killed"))?;
    Ok(payload)
}

/// A history of made runs, each varied by its number.
pub(super) fn fill_varied(
    folder: &Temporary,
    runs: usize,
    config: &Config,
    vary: impl Fn(usize, &mut JudgedRun),
) -> Result<u64> {
    made(folder, runs, &models(None, config), vary)
}

fn made(
    folder: &Temporary,
    runs: usize,
    models: &[(JudgedRun, RunCurves)],
    vary: impl Fn(usize, &mut JudgedRun),
) -> Result<u64> {
    let (store, _) = Store::open(&folder.0.join("history"), &holder())?;
    let bar = ProgressBar::new(runs as u64).with_message("making a history");
    for first in (0..runs).step_by(GROUP) {
        let entries = (first..runs.min(first + GROUP)).map(|n| {
            let (run, curves) =
                models.get(n % models.len().max(1)).ok_or_else(|| eyre!("no sample could be judged"))?;
            Ok(entry(n, run.clone(), curves.clone(), &vary))
        });
        store.commit(entries.collect::<Result<Vec<_>>>()?)?;
        bar.inc(GROUP as u64);
    }
    bar.finish_and_clear();
    Ok(store.payload()?)
}

/// Judged workbooks that the made history repeats: of a folder, or made ones.
fn models(like: Option<&Path>, config: &Config) -> Vec<(JudgedRun, RunCurves)> {
    let judged = |name: &Path, bytes: &[u8]| {
        let source = Source { path: name, laser: None, modified: None, today: None };
        match judge(bytes, source, &config.analysis()).outcome {
            Outcome::Judged { run, curves } => Some((*run, curves)),
            _ => None,
        }
    };
    match like {
        Some(folder) => {
            let files = collect(&[folder.to_path_buf()]).files.into_iter();
            files.filter_map(|path| judged(&path, &std::fs::read(&path).ok()?)).collect()
        }
        None => (0..8).map(workbook).filter_map(|(name, bytes)| judged(Path::new(&name), &bytes)).collect(),
    }
}

fn entry(n: usize, mut run: JudgedRun, curves: RunCurves, vary: &impl Fn(usize, &mut JudgedRun)) -> Entry {
    run.identity.serial = n.to_string();
    run.identity.model = format!("91{:02}-1", n % 40);
    let minutes = i64::try_from(n).unwrap_or(0);
    run.identity.time = LocalTime::from_timestamp(1_500_000_000 + 180 * minutes);
    vary(n, &mut run);
    let time = run.identity.time.map_or(0, LocalTime::timestamp);
    let content = *blake3::hash(&n.to_le_bytes()).as_bytes();
    let mut path_key = [0; 16];
    path_key.iter_mut().zip(content).for_each(|(to, from)| *to = from);
    let path = format!("/incoming/{}_{n}_TA.xls", run.identity.model);
    let file = FileFacts { path, path_key, len: 50_000, mtime_ns: minutes, content };
    Entry { file, arrived_ms: 1_000 * time, ending: Ending::Run { run: Box::new(run), curves } }
}
