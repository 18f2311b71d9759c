//! Very many files, at the start or at once, and ends in the middle of them.

use std::fs;
use std::time::{Duration, Instant};

use color_eyre::eyre::{Result, ensure};

use super::plant::{Plant, pause};
use super::{Case, Played};
use crate::cli::bench::spread;

pub(super) const CASES: &[Case] = &[
    Case {
        name: "fifty-thousand",
        story: "50,000 files are there at the start; new ones do not wait behind them",
        play: fifty_thousand,
    },
    Case { name: "overflow", story: "more events than the system keeps", play: overflow },
    Case { name: "killed", story: "the program is killed in the middle of a backlog and started again", play: killed },
    Case { name: "ended", story: "the program is ended in the middle of a backlog and started again", play: ended },
    Case { name: "burst", story: "a thousand files at once", play: burst },
];

/// Numbers of files that arrive while a backlog is worked off.
const FRESH: std::ops::Range<usize> = 1_000_000..1_000_020;
/// Longest that one of them may take: it is not to wait for thousands.
const SLOW: Duration = Duration::from_secs(2);

fn fifty_thousand(plant: &mut Plant) -> Result<Played> {
    let (different, same) = if plant.full { (50_000, 0) } else { (4_000, 1_000) };
    for n in 0..different {
        let path = plant.drop_workbook(n)?;
        if n < same {
            fs::hard_link(&path, path.with_extension("again.xls"))?;
        }
    }
    for n in different + same..50_000 {
        fs::write(plant.drop.join(format!("{n}.{}", if n % 2 == 0 { "txt" } else { "tmp" })), b"")?;
    }
    plant.duplicates = same;
    plant.start()?;
    plant.until("the backlog moves", |plant| plant.lines.len() >= 20)?;
    let mut took = arrive(plant)?;
    let left = different.saturating_sub(plant.lines.len());
    plant.until_all_came()?;
    let (median, p95, most) = spread(&mut took);
    ensure!(most < SLOW.as_secs_f64() * 1_000.0, "a new file waited {most:.0} ms behind the backlog");
    plant.until("the queue is empty", |plant| plant.lines.len() >= different + FRESH.len())?;
    Ok(Played::Measured(format!(
        "new ones: median {median:.0} ms, p95 {p95:.0} ms, most {most:.0} ms, {left} of the old still to come"
    )))
}

/// Files that arrive now, and how long each took to come out, milliseconds.
fn arrive(plant: &mut Plant) -> Result<Vec<f64>> {
    let mut took = Vec::new();
    for n in FRESH {
        plant.drop_workbook(n)?;
        let closed = Instant::now();
        plant.until_came(n)?;
        let at = plant.lines.iter().rev().find(|line| line.text("serial") == format!("B{n}")).map_or(closed, |l| l.at);
        took.push((at - closed).as_secs_f64() * 1_000.0);
        pause(40);
    }
    Ok(took)
}

fn overflow(plant: &mut Plant) -> Result<Played> {
    plant.start()?;
    plant.drop_workbook(0)?;
    plant.until_came(0)?;
    let most = fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap_or_default();
    let most: usize = most.trim().parse().unwrap_or(16_384);
    if most > 100_000 {
        return Ok(Played::Not("the system keeps too many events"));
    }
    // Held still, it takes no events away; each file here makes three or four.
    plant.program()?.signal("STOP")?;
    for n in 0..most / 2 {
        fs::write(plant.drop.join(format!("{n}.tmp")), b"x")?;
    }
    for n in 1..40 {
        plant.drop_workbook(n)?;
    }
    plant.program()?.signal("CONT")?;
    plant.until_all_came()?;
    plant.drop_workbook(40)?;
    plant.until_came(40)?;
    Ok(Played::Through)
}

fn killed(plant: &mut Plant) -> Result<Played> {
    interrupted(plant, true)
}

fn ended(plant: &mut Plant) -> Result<Played> {
    interrupted(plant, false)
}

fn interrupted(plant: &mut Plant, kill: bool) -> Result<Played> {
    const FILES: usize = 900;
    for n in 0..FILES {
        plant.drop_workbook(n)?;
    }
    for part in [1, 2] {
        plant.start()?;
        plant.until("a third more", |plant| plant.lines.len() >= part * FILES / 4)?;
        plant.stop_at_once(kill)?;
    }
    ensure!(plant.lines.len() < FILES, "the backlog was done before it could be interrupted");
    plant.start()?;
    for n in FILES..FILES + 5 {
        plant.drop_workbook(n)?;
        plant.until_came(n)?;
    }
    if kill {
        // What was on disk before the end came is not told again: the history has it all when nothing comes.
        plant.until_quiet(Duration::from_secs(6))?;
    } else {
        plant.until_all_came()?;
    }
    Ok(Played::Through)
}

fn burst(plant: &mut Plant) -> Result<Played> {
    plant.start()?;
    for n in 0..1_000 {
        plant.drop_workbook(n)?;
    }
    plant.until_all_came()?;
    Ok(Played::Through)
}
