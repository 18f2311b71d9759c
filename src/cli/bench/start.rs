//! Starting with a large history.

use std::time::{Duration, Instant};

use color_eyre::eyre::{Result, eyre};
use indicatif::ProgressBar;

use super::process;
use super::rig::{Rig, milliseconds, workbook};
use crate::analysis::{JudgedRun, RunCurves};
use crate::cli::demo::Temporary;
use crate::config::Config;
use crate::engine::{Outcome, holder, process as judge};
use crate::history::{Ending, Entry, FileFacts, Store};
use crate::trim::{LocalTime, Source};

/// Runs committed together while the history is made.
const GROUP: usize = 512;

pub(super) fn run(runs: usize, config: &Config) -> Result<()> {
    let folder = Temporary::new("bench-start")?;
    fill(&folder, runs, config)?;
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
    let size = std::fs::metadata(rig.store.join("db").join("db")).map_or(0, |meta| meta.len());
    println!("  store on disk    {:.0} MB", size as f64 / 1e6);
    rig.session.stop();
    Ok(())
}

/// A history of units that differ in serial and time.
pub(super) fn fill(folder: &Temporary, runs: usize, config: &Config) -> Result<()> {
    let models: Vec<(JudgedRun, RunCurves)> = (0..8).filter_map(|n| judged(n, config)).collect();
    let (store, _) = Store::open(&folder.0.join("history"), &holder())?;
    let bar = ProgressBar::new(runs as u64).with_message("making a history");
    for first in (0..runs).step_by(GROUP) {
        let entries = (first..runs.min(first + GROUP)).map(|n| {
            let (run, curves) =
                models.get(n % models.len().max(1)).ok_or_else(|| eyre!("no sample could be judged"))?;
            Ok(entry(n, run.clone(), curves.clone()))
        });
        store.commit(entries.collect::<Result<Vec<_>>>()?)?;
        bar.inc(GROUP as u64);
    }
    bar.finish_and_clear();
    Ok(())
}

fn judged(n: usize, config: &Config) -> Option<(JudgedRun, RunCurves)> {
    let (name, bytes) = workbook(n);
    let source = Source { path: std::path::Path::new(&name), laser: None, modified: None, today: None };
    match judge(&bytes, source, &config.analysis()).outcome {
        Outcome::Judged { run, curves } => Some((*run, curves)),
        _ => None,
    }
}

fn entry(n: usize, mut run: JudgedRun, curves: RunCurves) -> Entry {
    run.identity.serial = n.to_string();
    run.identity.model = format!("91{:02}-1", n % 40);
    let minutes = i64::try_from(n).unwrap_or(0);
    run.identity.time = LocalTime::from_timestamp(1_500_000_000 + 180 * minutes);
    let content = *blake3::hash(&n.to_le_bytes()).as_bytes();
    let mut path_key = [0; 16];
    path_key.iter_mut().zip(content).for_each(|(to, from)| *to = from);
    let path = format!("/incoming/{}_{n}_TA.xls", run.identity.model);
    let file = FileFacts { path, path_key, len: 50_000, mtime_ns: minutes, content };
    Entry { file, arrived_ms: 1_500_000_000_000 + minutes, ending: Ending::Run { run: Box::new(run), curves } }
}
