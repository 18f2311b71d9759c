//! Many files at once: each kept once, and keys answered meanwhile.

use std::thread;
use std::time::{Duration, Instant};

use color_eyre::eyre::{Result, bail};
use crossterm::event::KeyCode;

use super::rig::{Rig, drop_file, workbook};
use super::{process, spread};
use crate::cli::demo::Temporary;
use crate::config::Config;
use crate::engine::holder;
use crate::history::Store;

/// A fast finger.
const BETWEEN_KEYS: Duration = Duration::from_millis(80);

pub(super) fn run(files: usize, config: &Config) -> Result<()> {
    let mut rig = Rig::start(config, Temporary::new("bench-burst")?)?;
    rig.until(Duration::from_secs(10), |app| app.opened)?;
    let before = process::resident_mb();
    let folder = rig.incoming.clone();
    let start = Instant::now();
    let writer = thread::spawn(move || {
        (0..files).try_for_each(|n| {
            let (name, bytes) = workbook(n);
            drop_file(&folder, &name, &bytes)
        })
    });
    let mut keys = Vec::new();
    let mut logged = 0;
    while logged < files && start.elapsed() < Duration::from_mins(5) {
        let next = if keys.len() % 8 < 4 { KeyCode::Down } else { KeyCode::Up };
        keys.push(rig.press(next)?);
        rig.run_for(BETWEEN_KEYS)?;
        logged = logged.max(rig.stage.app.log.front().map_or(0, |entry| usize::try_from(entry.sequence).unwrap_or(0)));
    }
    let seconds = start.elapsed().as_secs_f64();
    match writer.join() {
        Ok(written) => written?,
        Err(_) => bail!("the writer of the burst stopped"),
    }
    // Time enough for a file that came twice to come twice.
    rig.run_for(Duration::from_secs(6))?;
    let peak = process::peak_mb();
    let Rig { session, store, folder: _folder, .. } = rig;
    session.stop();
    let kept = Store::open(&store, &holder())?.0.total().runs;
    let log = Store::open(&store, &holder()).map(|(store, _)| store.latest_log(files * 2))??.len();
    let (median, p95, most) = spread(&mut keys);
    println!("{files} files in {seconds:.1} s: {kept} runs kept, {log} log lines   (bar: both {files})");
    println!(
        "  key → drawn   median {median:.1} ms   p95 {p95:.1} ms   most {most:.1} ms   over {} keys   (bar: p95 ≤ 50)",
        keys.len()
    );
    println!("  memory        {} before, {} at most", process::said(before, "MB"), process::said(peak, "MB"));
    Ok(())
}
