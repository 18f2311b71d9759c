//! The drop folders: whether they are there, can be read, and how arriving files are noticed.

use std::fs;

use super::Check;
use crate::config::{Config, WatchFolder};
use crate::intake::silent_kind;

pub(super) fn checks(config: &Config) -> Vec<Check> {
    if config.watches.is_empty() {
        let advice = "write [[watch]] path = \"…\" into it, or name folders to `watch`";
        return vec![Check::look("folder", "the configuration names none", advice)];
    }
    config.watches.iter().map(|watch| check(watch, config)).collect()
}

fn check(watch: &WatchFolder, config: &Config) -> Check {
    let path = watch.path.display();
    let real = match fs::canonicalize(&watch.path) {
        Ok(real) if real.is_dir() => real,
        Ok(_) => return Check::bad("folder", format!("{path}: no folder"), "correct [[watch]] path"),
        Err(error) => return Check::bad("folder", format!("{path}: {error}"), "mount it, or correct [[watch]] path"),
    };
    if let Err(error) = fs::read_dir(&real) {
        return Check::bad("folder", format!("{path}: {error}"), "let this account read it");
    }
    let seconds = config.rescan_seconds;
    let laser = watch.laser.as_ref().map(|laser| format!(", laser {laser}")).unwrap_or_default();
    let noticed = match silent_kind(&real) {
        Some(kind) => format!("{kind} sends no events: looked through every {seconds} s"),
        None if config.poll => format!("looked through every {seconds} s, as configured"),
        None => format!("events, and looked through every {seconds} s"),
    };
    Check::ok("folder", format!("{path}: readable, {noticed}{laser}"))
}
