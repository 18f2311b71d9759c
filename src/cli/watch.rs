//! `watch`: which folders, which store, and whether there is a screen to draw on.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use color_eyre::eyre::{Result, bail};

use super::{Exit, WatchArgs, headless, logging};
use crate::config::{Config, Loaded, WatchFolder};
use crate::export::printable;
use crate::session::{Part, Setup, is_kept};
use crate::tui::{self, Ended, Look};

/// Watches until told to end.
pub(super) fn run(args: &WatchArgs, loaded: Loaded) -> Result<Exit> {
    let Loaded { mut config, store, .. } = loaded;
    let _logging = logging::start(&config);
    config.poll |= args.poll;
    let store = (!args.no_store).then(|| args.store.store.clone().unwrap_or(store));
    // Where the history is kept by a process that runs, its folders are looked on at.
    let attaches = !args.headless && (args.read_only || store.as_deref().is_some_and(is_kept));
    let folders = folders(&args.folders, &config, attaches)?;
    let named = if args.folders.is_empty() { Vec::new() } else { folders.iter().map(|f| f.path.clone()).collect() };
    let setup = Setup { named, ..Setup::new(&config, folders, store) };
    if args.headless {
        return headless::run(setup, headless::Tells::Lines);
    }
    screen(setup, if args.read_only { Part::ReadOnly } else { Part::Any }, args.screen.look(&config))
}

/// The screen, or exit code 2 where there is none to draw on.
pub(super) fn screen(setup: Setup, part: Part, look: Look) -> Result<Exit> {
    if !io::stdout().is_terminal() || !io::stdin().is_terminal() {
        eprintln!("trimwatch: no terminal to draw on; `trimwatch watch --headless` prints one JSON line a run instead");
        return Ok(Exit::Usage);
    }
    match tui::run(setup, part, look)? {
        Ended::Quit => Ok(Exit::Fine),
        Ended::StoreHeld(who) => {
            eprintln!("trimwatch: {}", printable(&who));
            Ok(Exit::StoreHeld)
        }
    }
}

/// The folders named, else those of the configuration; absolute, so that a store means the same everywhere. There may
/// be none where others watch.
pub(super) fn folders(named: &[PathBuf], config: &Config, may_be_none: bool) -> Result<Vec<WatchFolder>> {
    let mut folders: Vec<WatchFolder> = named.iter().map(|path| configured(path, config)).collect();
    if folders.is_empty() {
        folders.clone_from(&config.watches);
    }
    if folders.is_empty() && !may_be_none {
        bail!("no folder to watch: name one (`trimwatch watch FOLDER`) or put a [[watch]] into the configuration");
    }
    for folder in &mut folders {
        if folder.path.is_file() {
            bail!("{} is a file; `trimwatch analyze` judges files, watch takes folders", folder.path.display());
        }
        folder.path = std::path::absolute(&folder.path)?;
    }
    folders.dedup_by(|a, b| a.path == b.path);
    Ok(folders)
}

/// A named folder with what the configuration knows of it.
fn configured(path: &Path, config: &Config) -> WatchFolder {
    let same = |watch: &&WatchFolder| std::path::absolute(&watch.path).ok() == std::path::absolute(path).ok();
    config.watches.iter().find(same).cloned().unwrap_or_else(|| WatchFolder::named(path.to_path_buf()))
}
