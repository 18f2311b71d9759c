//! What a reopened store shows. Told by a process of its own, because a damaged file may end whoever opens it.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use color_eyre::eyre::{Result, bail};
use serde::{Deserialize, Serialize};

use super::shop::{Shop, fingerprint};
use crate::cli::bench::rig::milliseconds;
use crate::engine::holder;
use crate::history::{LogOutcome, RunKey, RunRecord, Store, Tally};

/// Longer than any store of a campaign takes to open.
const PATIENCE: Duration = Duration::from_mins(1);
/// More log lines than any campaign writes.
const ALL: usize = 100_000;

/// Everything a reopened store shows.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Sight {
    /// How long opening took, milliseconds.
    pub(super) opened_ms: f64,
    /// Where a store that was not trusted was put.
    pub(super) set_aside: Option<PathBuf>,
    /// What else opening said.
    pub(super) notes: Vec<String>,
    /// The tally of all runs.
    pub(super) total: Tally,
    /// The same counted again from the runs.
    pub(super) counted: Tally,
    /// Every run.
    pub(super) runs: Vec<Seen>,
    /// Keys of the runs in the log, newest first.
    pub(super) logged: Vec<RunKey>,
}

/// One run as the store shows it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Seen {
    /// Its key.
    pub(super) key: RunKey,
    /// BLAKE3 of the file it came from, hexadecimal.
    pub(super) content: String,
    /// Fingerprint of its judgement.
    pub(super) judgement: String,
    /// Whether asking for the run by its key gives the same.
    pub(super) found_by_key: bool,
}

/// Opens the store, prints what it shows as one line of JSON, and closes it.
pub(super) fn print(dir: &Path) -> Result<()> {
    let start = Instant::now();
    let (store, opening) = Store::open(dir, &holder())?;
    let mut sight = Sight { opened_ms: milliseconds(start), notes: opening.notes, ..Sight::default() };
    sight.set_aside = opening.set_aside;
    // Units are counted by days; here every run is counted once more.
    sight.total = Tally { units_good: 0, units_failed: 0, ..store.total() };
    for (key, record) in store.all_runs()? {
        sight.counted.count(&record, true);
        sight.runs.push(seen(&store, key, &record)?);
    }
    let logged = store.latest_log(ALL)?.into_iter().filter_map(|entry| match entry.outcome {
        LogOutcome::Run { key, .. } => Some(key),
        _ => None,
    });
    sight.logged = logged.collect();
    println!("{}", serde_json::to_string(&sight)?);
    Ok(())
}

fn seen(store: &Store, key: RunKey, record: &RunRecord) -> Result<Seen> {
    let found = store.run(&key)?;
    Ok(Seen {
        content: blake3::Hash::from_bytes(record.file.content).to_hex().to_string(),
        judgement: fingerprint(&record.run)?,
        found_by_key: found.is_some_and(|found| found.file == record.file),
        key,
    })
}

/// Has a process of its own open the store and tell what it shows.
///
/// # Errors
/// When the store cannot be opened, or whoever opens it dies or hangs.
pub(super) fn ask(shop: &Shop, store: &Path) -> Result<Sight> {
    let mut command = shop.command(&["bench", "crash", "--look"], store)?;
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (out, err) = (read_all(child.stdout.take()), read_all(child.stderr.take()));
    let Ok(out) = out.recv_timeout(PATIENCE) else {
        stop(&mut child);
        bail!("opening it took more than {PATIENCE:?}");
    };
    let (status, err) = (child.wait()?, err.recv().unwrap_or_default());
    if !status.success() {
        bail!("{status}: {}", err.trim());
    }
    Ok(serde_json::from_str(&out)?)
}

fn stop(child: &mut Child) {
    // One that ended in this very moment needs no killing, and either way it is waited for.
    let _ = child.kill();
    let _ = child.wait();
}

/// Reads a pipe to its end on a thread of its own, so that neither pipe holds the other back.
fn read_all(from: Option<impl Read + Send + 'static>) -> mpsc::Receiver<String> {
    let (send, all) = mpsc::channel();
    thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(mut from) = from {
            // What was read until an error is all there is.
            let _ = from.read_to_end(&mut text);
        }
        // Nobody listens any more when the time was over.
        let _ = send.send(String::from_utf8_lossy(&text).into_owned());
    });
    all
}
