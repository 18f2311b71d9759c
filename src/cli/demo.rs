//! `demo`: made samples drop into a temporary folder, so that a newcomer sees the screen move.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use color_eyre::eyre::{Result, bail, eyre};

use super::samples::SAMPLES;
use super::{DemoArgs, Exit, watch, year};
use crate::config::{Config, Loaded, WatchFolder};
use crate::engine::holder;
use crate::history::Store;
use crate::session::{Part, Setup, clock};
use crate::trim::LocalTime;
use crate::tui::{Look, Resume};

/// Watches a folder of its own, with a made year behind it; folder and history are gone when it ends.
pub(super) fn run(args: &DemoArgs, loaded: Loaded) -> Result<Exit> {
    let config = loaded.config;
    if let Some(dir) = &args.keep {
        return keep(dir, &config);
    }
    let folder = Temporary::new("demo")?;
    let incoming = folder.0.join("incoming");
    for laser in ["DLTS", "LTS"] {
        fs::create_dir_all(incoming.join(laser))?;
    }
    let history = folder.0.join("history");
    if !args.empty {
        make_year(&history, &config)?;
    }
    let setup = Setup::new(&config, vec![WatchFolder::named(incoming.clone())], Some(history));
    let pace = Duration::from_millis(args.pace);
    thread::Builder::new().name("demo".to_owned()).spawn(move || drop_samples(&incoming, pace))?;
    // What somebody looks at here is no place to come back to.
    watch::screen(setup, Part::Owner, Look { resume: Resume::Never, ..args.screen.look(&config) })
}

/// Leaves the made year in a folder, for trying things on it.
fn keep(dir: &Path, config: &Config) -> Result<Exit> {
    // Made runs never mix with a shop's.
    if fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some()) || dir.is_file() {
        bail!("{} holds something already; a made history wants a folder of its own", dir.display());
    }
    let runs = make_year(dir, config)?;
    println!("{runs} made runs up to now; try `trimwatch runs --store {}`", dir.display());
    Ok(Exit::Fine)
}

/// Makes a history of a year up to now; how many runs it has.
fn make_year(dir: &Path, config: &Config) -> Result<usize> {
    let (store, _) = Store::open(dir, &holder())?;
    let now = clock::local_now().ok_or_else(|| eyre!("this computer does not say what time it is"))?;
    year::fill(&store, now, i64::from(clock::utc_offset_seconds()), &config.analysis())
}

/// A folder that is removed at the end.
pub(super) struct Temporary(pub(super) PathBuf);

impl Temporary {
    pub(super) fn new(purpose: &str) -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("trimwatch-{purpose}-{}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // What cannot be removed is the system's to clean: it is a temporary folder.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// One file after the other, as a station would: written under a temporary name, then renamed.
fn drop_samples(incoming: &Path, pace: Duration) {
    for (path, bytes) in SAMPLES {
        thread::sleep(pace);
        let now = clock::local_now().map_or_else(|| (*path).to_owned(), |now| renamed(path, now));
        let target = incoming.join(now);
        let temporary = target.with_extension("tmp");
        // The folder is gone when the demo is: nothing is left to do.
        if fs::write(&temporary, bytes).and_then(|()| fs::rename(&temporary, &target)).is_err() {
            break;
        }
    }
}

/// The sample's name with another date and time.
pub(super) fn renamed(path: &str, now: LocalTime) -> String {
    let anchor = path.to_ascii_lowercase().find("data_").map(|at| at + 5);
    let end = [" AM", " PM"].iter().find_map(|half| path.rfind(half)).map(|at| at + 3);
    let (Some(start), Some(end)) = (anchor, end) else { return path.to_owned() };
    let (head, tail) = (path.get(..start).unwrap_or_default(), path.get(end..).unwrap_or_default());
    format!("{head}{}{tail}", year::stamp(now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trim::{FileName, LocalDate, ParsedTime};

    #[test]
    fn every_sample_gets_the_present_time_and_keeps_the_rest() {
        let date = LocalDate::new(2026, 3, 31).expect("a day");
        let now = LocalTime::new(date, 12, 5, 9).expect("a time");
        for (path, _) in SAMPLES {
            let (old, new) = (FileName::parse(path), FileName::parse(&renamed(path, now)));
            assert_eq!(new.time, ParsedTime::Known(now), "{path}");
            assert_eq!((old.section, old.disposition), (new.section, new.disposition), "{path}");
        }
    }
}
