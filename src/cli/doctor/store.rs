//! The history: whether it can be written, who holds it, how it grows, how long the disk will do, its backups.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use super::Check;
use crate::config::Config;
use crate::engine::{clock, holder};
use crate::history::{Claim, Sizes, Store, StoreError, backups_in, verify_backup};

/// Days over which growth is reckoned.
const MONTH: f64 = 30.0;
/// Fewer days of disk left than this is something to look at.
const FEW_DAYS: f64 = 60.0;
/// Fewer than this is bad.
const LAST_DAYS: f64 = 7.0;
/// Less free space than this is bad whatever the growth, bytes.
const LAST_BYTES: u64 = 200_000_000;
const DAY_MS: f64 = 86_400_000.0;

pub(super) fn checks(dir: &Path, config: &Config) -> Vec<Check> {
    if !dir.exists() {
        let above = dir.ancestors().find(|above| above.exists()).unwrap_or(dir);
        return vec![
            Check::ok("history", format!("{}: none yet; it is made at the first file", dir.display())),
            disk(above, None),
        ];
    }
    let mut checks: Vec<Check> = rights(dir).into_iter().collect();
    let sizes = Sizes::of(dir);
    let growth = match Claim::take(dir, &holder()).and_then(|claim| {
        let opened = Store::open_claimed(claim);
        opened.map_err(|(error, _)| error)
    }) {
        Ok((store, opening)) => {
            let advice = "read it; `trimwatch history verify` says whether all is sound";
            checks.extend(opening.notes.into_iter().map(|note| Check::look("history", note, advice)));
            checks.push(Check::ok("history", format!("{}: writable, {}", dir.display(), said(&store, sizes))));
            checks.extend(ahead(&store));
            growth(&store, sizes)
        }
        Err(StoreError::HeldBy { holder, .. }) => {
            let who = holder.map_or_else(|| "another process".to_owned(), |holder| holder.to_string());
            checks.push(Check::ok("history", format!("{}: in use by {who}, {}", dir.display(), bytes_of(sizes))));
            since_made(dir, sizes)
        }
        Err(error) => {
            let advice = "give this account the folder, or restore it with `trimwatch backup restore`";
            checks.push(Check::bad("history", error.to_string(), advice));
            None
        }
    };
    checks.push(disk(dir, growth));
    checks.push(backups(dir, config));
    checks
}

/// Only its owner is to read a history.
#[cfg(unix)]
fn rights(dir: &Path) -> Option<Check> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(dir).ok()?.permissions().mode();
    (mode & 0o077 != 0).then(|| {
        let found = format!("{}: others may read it (mode {:o})", dir.display(), mode & 0o777);
        Check::look("rights", found, "chmod 700 it")
    })
}

#[cfg(not(unix))]
fn rights(_dir: &Path) -> Option<Check> {
    None
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

fn bytes_of(sizes: Sizes) -> String {
    let [database, journal, backups] = [sizes.database, sizes.journal, sizes.backups].map(megabytes);
    format!("database {database}, journal {journal}, backups {backups}")
}

fn said(store: &Store, sizes: Sizes) -> String {
    format!("{} runs, {}", store.total().all(), bytes_of(sizes))
}

/// Bytes a day: what a run takes, times the runs of the newest thirty days by their own clock.
fn growth(store: &Store, sizes: Sizes) -> Option<f64> {
    let all = store.total().all();
    let today = clock::today()?.days();
    let days = store.days().ok()?;
    let newest = days.iter().filter(|(date, _)| (0..30).contains(&(today - date.days())));
    let runs: u64 = newest.map(|(_, tally)| tally.all()).sum();
    (all > 0).then(|| whole(sizes) / all as f64 * runs as f64 / MONTH)
}

/// Bytes a day since the folder was made, while the runs cannot be counted.
fn since_made(dir: &Path, sizes: Sizes) -> Option<f64> {
    let made = fs::metadata(dir.join("journal")).and_then(|meta| meta.created()).ok()?;
    let days = SystemTime::now().duration_since(made).ok()?.as_secs_f64() / 86_400.0;
    (days >= 1.0).then(|| whole(sizes) / days)
}

fn whole(sizes: Sizes) -> f64 {
    (sizes.database + sizes.journal + sizes.backups) as f64
}

/// A run that is dated after tomorrow.
fn ahead(store: &Store) -> Option<Check> {
    let (newest, _) = store.days().ok()?.into_iter().next()?;
    (newest.days() > clock::today()?.days() + 1).then(|| {
        let advice = "correct the station's clock, and exclude the run: it ends every window of drift";
        Check::look("newest run", format!("dated {newest}, after today"), advice)
    })
}

fn disk(dir: &Path, growth: Option<f64>) -> Check {
    let Some(free) = free_bytes(dir) else {
        return Check::ok("disk", "its free space is not known on this system");
    };
    let days = growth.filter(|growth| *growth > 0.0).map(|growth| free as f64 / growth);
    let left = match (days, growth) {
        (Some(days), _) if days > 36_500.0 => ", enough for more than a hundred years".to_owned(),
        (Some(days), Some(growth)) => {
            format!(", enough for {days:.0} days at {:.2} MB a day", growth / 1e6)
        }
        (None, Some(_)) => ", no run is of the last thirty days".to_owned(),
        (_, None) => ", growth not known yet".to_owned(),
    };
    let found = format!("{} free{left}", megabytes(free));
    let advice = "make room, shorten [retention] curves, or move `store` to a larger disk";
    match days {
        _ if free < LAST_BYTES => Check::bad("disk", found, advice),
        Some(days) if days < LAST_DAYS => Check::bad("disk", found, advice),
        Some(days) if days < FEW_DAYS => Check::look("disk", found, advice),
        _ => Check::ok("disk", found),
    }
}

/// What the system's own `df` says; nothing where there is none.
fn free_bytes(dir: &Path) -> Option<u64> {
    let told = Command::new("df").arg("-Pk").arg(dir).env("LC_ALL", "C").output().ok()?;
    free_in(&String::from_utf8_lossy(&told.stdout))
}

/// The column before the share in use, which alone ends in a percent sign.
fn free_in(told: &str) -> Option<u64> {
    let words: Vec<&str> = told.lines().nth(1)?.split_whitespace().collect();
    let share = words.iter().position(|word| word.ends_with('%'))?;
    words.get(share.checked_sub(1)?)?.parse::<u64>().ok()?.checked_mul(1024)
}

fn backups(dir: &Path, config: &Config) -> Check {
    let settings = &config.backup;
    if settings.keep == 0 {
        return Check::look("backups", "none is made, as configured", "set backup.keep to 3");
    }
    let Some(newest) = backups_in(dir).into_iter().next() else {
        let advice = "`trimwatch backup create` makes one now; a watch makes them by itself";
        return Check::look("backups", "there is none yet", advice);
    };
    match verify_backup(&newest) {
        Err(error) => Check::bad("backups", error.to_string(), "`trimwatch backup create` makes a sound one now"),
        Ok(backup) => {
            let days = (clock::now_ms() - backup.made_ms) as f64 / DAY_MS;
            let copy = if settings.copy_to.is_some() { "" } else { ", no copy on another disk (backup.copy_to)" };
            let found = format!("the newest is {days:.1} days old and sound{copy}");
            if days * 24.0 > 3.0 * f64::from(settings.every_hours) {
                Check::look("backups", found, "fine when nothing came since; else see why the watch makes none")
            } else {
                Check::ok("backups", found)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_space_is_the_column_before_the_share_in_use() {
        let told = "Filesystem 1024-blocks Used Available Capacity Mounted on\n//pc/a drop 100 40 60 40% /mnt/a drop\n";
        assert_eq!(free_in(told), Some(60 * 1024));
        assert_eq!(free_in(""), None);
    }

    #[test]
    fn a_history_that_is_not_there_is_no_trouble() {
        let folder = tempfile::tempdir().expect("a folder");
        let checks = checks(&folder.path().join("history"), &Config::default());
        assert!(checks.iter().any(|check| check.found.contains("none yet")), "{checks:?}");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0, "looking makes nothing");
    }
}
