//! Reading and judging, against reading the same files and opening them with calamine alone.

use std::path::PathBuf;
use std::thread;
use std::time::Instant;

use color_eyre::eyre::{Result, bail};

use super::rig::milliseconds;
use super::{process, spread};
use crate::config::Config;
use crate::engine::{Site, collect, process_path};
use crate::trim;

pub(super) fn run(paths: &[PathBuf], rounds: usize, config: &Config) -> Result<()> {
    let files = collect(paths).files;
    if files.is_empty() {
        bail!("no workbook under the paths named");
    }
    let site = Site::of(config);
    let (mut floor, mut judged, mut two) = (Vec::new(), Vec::new(), Vec::new());
    // In turn, so that what else the machine does falls on all of them alike.
    for _ in 0..rounds {
        floor.push(timed(|| open_all(&files)));
        judged.push(timed(|| judge_all(&files, &site)));
        two.push(timed(|| judge_on_two(&files, &site)));
    }
    let ((floor, ..), (judged, ..), (two, ..)) = (spread(&mut floor), spread(&mut judged), spread(&mut two));
    let count = files.len() as f64;
    println!("{} files, median of {rounds} rounds", files.len());
    println!("  read and opened with calamine   {floor:8.1} ms   {:.2} ms a file", floor / count);
    println!("  read, judged, one thread        {judged:8.1} ms   {:.2} × that", judged / floor);
    println!("  read, judged, two threads       {two:8.1} ms   {:.2} × as fast as one", judged / two);
    println!("  peak memory                     {}", process::said(process::peak_mb(), "MB"));
    Ok(())
}

fn timed(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    milliseconds(start)
}

fn open_all(files: &[PathBuf]) {
    for path in files {
        // Files that cannot be opened cost what they cost.
        let _ = std::fs::read(path).map(|bytes| trim::open_only(&bytes));
    }
}

fn judge_all<'a>(files: impl IntoIterator<Item = &'a PathBuf>, site: &Site<'_>) {
    for path in files {
        std::hint::black_box(process_path(path, site));
    }
}

fn judge_on_two(files: &[PathBuf], site: &Site<'_>) {
    thread::scope(|scope| {
        for first in 0..2 {
            scope.spawn(move || judge_all(files.iter().skip(first).step_by(2), site));
        }
    });
}
