//! The reckoning of a case: output and history against what was written.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use color_eyre::eyre::{Result, bail, ensure};

use super::plant::{Due, Line, Plant, hex};
use crate::analysis::AnalysisSettings;
use crate::cli::analyze;
use crate::cli::bench::rig::workbook;
use crate::engine::{ContentHash, holder, process};
use crate::history::{LogOutcome, Store};
use crate::trim::Source;

/// Nothing lost, nothing doubled, nothing fake; errors where they belong, with their cause.
pub(super) fn audit(plant: &Plant) -> Result<()> {
    output(plant)?;
    errors(plant)?;
    let (store, _) = Store::open(&plant.store(), &holder())?;
    contents(plant, &store)?;
    log(plant, &store)
}

/// Every complete workbook came out once, with the figures of its bytes; nothing else came out as a run.
fn output(plant: &Plant) -> Result<()> {
    let mut came: HashMap<&str, usize> = HashMap::new();
    let known: HashMap<String, usize> = plant.written.iter().map(|(content, w)| (hex(content), w.n)).collect();
    // A power cut may come in the middle of a line.
    let whole = plant.killed || plant.lines.iter().all(|line| line.value.is_object());
    ensure!(whole, "a line of the output is no JSON object");
    for line in plant.lines.iter().filter(|line| line.is_run()) {
        let content = line.text("content");
        let Some(&n) = known.get(content) else {
            bail!("fake: a run of {} from a file nobody completed", line.text("file"))
        };
        let times = came.entry(content).or_default();
        *times += 1;
        ensure!(*times == 1, "doubled: workbook {n} came out {times} times");
        figures(line, n)?;
    }
    let lost =
        plant.written.iter().filter(|(content, w)| w.due == Due::Told && !came.contains_key(hex(content).as_str()));
    let lost: Vec<usize> = lost.map(|(_, written)| written.n).collect();
    ensure!(
        lost.is_empty() || plant.killed,
        "lost: {} of {} did not come out, as {:?}",
        lost.len(),
        plant.written.len(),
        lost.first()
    );
    Ok(())
}

/// The line says what judging the final bytes says.
fn figures(line: &Line, n: usize) -> Result<()> {
    let (path, bytes) = (Path::new(line.text("path")), workbook(n).1);
    let source = Source { path, laser: None, modified: None, today: crate::session::clock::today() };
    let judged = process(&bytes, source, &AnalysisSettings::default());
    let direct = serde_json::to_value(analyze::line(path, &analyze::named_by(path), &judged))?;
    let mut told = line.value.clone();
    let not_kept = told.as_object_mut().and_then(|fields| fields.remove("not_kept"));
    ensure!(not_kept.is_none_or(|why| why.is_null()), "not kept: workbook {n}");
    ensure!(direct == told, "fake: the figures of workbook {n} are not those of its bytes: {direct} and {}", told);
    Ok(())
}

fn errors(plant: &Plant) -> Result<()> {
    let mut failed: HashMap<&str, usize> = HashMap::new();
    for line in plant.lines.iter().filter(|line| line.text("status") == "ERROR") {
        let name = line.text("file");
        ensure!(plant.failing.contains(name), "an error row for {name}: {}", line.text("error"));
        ensure!(!line.text("error").is_empty(), "an error row for {name} without a cause");
        *failed.entry(name).or_default() += 1;
    }
    for name in &plant.failing {
        let times = failed.get(name.as_str()).copied().unwrap_or(0);
        ensure!(times == 1, "{times} error rows for {name}, 1 expected");
    }
    Ok(())
}

/// Every complete workbook is in the history, and nothing else is.
fn contents(plant: &Plant, store: &Store) -> Result<()> {
    let mut kept: HashSet<ContentHash> = HashSet::new();
    for (key, record) in store.all_runs()? {
        let older = store.revisions(&key)?;
        for content in older.iter().chain([&record]).map(|run| run.file.content) {
            ensure!(
                plant.written.contains_key(&content),
                "fake: the history has a run nobody completed: {}",
                record.file.path
            );
            ensure!(kept.insert(content), "doubled: the history has one content twice: {}", record.file.path);
        }
    }
    let lost: Vec<usize> = plant
        .written
        .iter()
        .filter(|(content, w)| w.due >= Due::Kept && !kept.contains(*content))
        .map(|(_, w)| w.n)
        .collect();
    ensure!(
        lost.is_empty(),
        "lost: {} of {} are not in the history, as {:?}",
        lost.len(),
        plant.written.len(),
        lost.first()
    );
    Ok(())
}

/// The log says of each content once how it ended.
fn log(plant: &Plant, store: &Store) -> Result<()> {
    let mut said: HashSet<([u8; 16], ContentHash)> = HashSet::new();
    let mut duplicates = 0;
    for entry in store.latest_log(usize::MAX)? {
        duplicates += usize::from(matches!(entry.outcome, LogOutcome::Duplicate { .. }));
        let twice = !said.insert((entry.file.path_key, entry.file.content));
        ensure!(!twice, "doubled: the log has the same file twice: {} {:?}", entry.file.path, entry.outcome);
    }
    ensure!(duplicates == plant.duplicates, "{duplicates} duplicates in the log, {} expected", plant.duplicates);
    Ok(())
}
