//! `backup create|verify|restore`: the history in files of its own.

use std::path::{Path, PathBuf};

use color_eyre::eyre::{Result, bail};

use super::{BackupCommand, Exit, StoreArgs, ingest, logging};
use crate::config::Loaded;
use crate::engine::{back_up, clock, holder};
use crate::export::printable;
use crate::history::{Backup, BackupPlan, Claim, Signed, backups_in, restore, verify_backup};

/// Does what was asked.
pub(super) fn run(what: &BackupCommand, loaded: &Loaded) -> Result<Exit> {
    match what {
        BackupCommand::Create { store } => create(store, loaded),
        BackupCommand::Verify { paths, store } => verify(paths, store, loaded),
        BackupCommand::Restore { path, store } => put_back(path, store, loaded),
    }
}

fn create(store: &StoreArgs, loaded: &Loaded) -> Result<Exit> {
    let settings = &loaded.config.backup;
    let plan = BackupPlan { keep: settings.keep.max(1), copy_to: settings.copy_to.clone() };
    let _logging = logging::start(&loaded.config);
    let store = ingest::open(store, loaded)?;
    match back_up(&store, &plan)? {
        Some(backup) => println!("{}", printable(&said(&backup))),
        None => bail!("there is no store on disk"),
    }
    Ok(Exit::Fine)
}

/// The backups named, else all of the store; the store itself may be in use.
fn verify(paths: &[PathBuf], store: &StoreArgs, loaded: &Loaded) -> Result<Exit> {
    let paths = if paths.is_empty() { backups_in(&store.dir(loaded)) } else { paths.to_vec() };
    if paths.is_empty() {
        bail!("no backup in {}", store.dir(loaded).join("backups").display());
    }
    let mut exit = Exit::Fine;
    for path in paths {
        match verify_backup(&path) {
            Ok(backup) => println!("sound    {}", printable(&said(&backup))),
            Err(error) => {
                println!("damaged  {}", printable(&error.to_string()));
                exit = Exit::SomeFilesFailed;
            }
        }
    }
    Ok(exit)
}

fn put_back(path: &Path, store: &StoreArgs, loaded: &Loaded) -> Result<Exit> {
    let claim = Claim::take(&store.dir(loaded), &holder())?;
    let (backup, aside) = restore(&claim, path)?;
    drop(claim);
    let set_aside = aside.as_ref().map_or_else(|| "no history".to_owned(), |aside| aside.display().to_string());
    let what = format!("the backup {}", backup.path.display());
    let after = format!("{} values", backup.values);
    let act = Signed {
        at_ms: clock::now_ms(),
        act: "restore".to_owned(),
        what,
        before: set_aside,
        after,
        ..Signed::default()
    };
    ingest::open(store, loaded)?.sign(act)?;
    println!("restored {}", printable(&said(&backup)));
    if let Some(aside) = aside {
        println!("the history that was there lies in {}", printable(&aside.display().to_string()));
    }
    Ok(Exit::Fine)
}

fn said(backup: &Backup) -> String {
    let made = clock::local_of_ns(backup.made_ms.saturating_mul(1_000_000)).map(|time| time.to_string());
    let megabytes = backup.bytes as f64 / 1e6;
    format!("{}  {} values  {megabytes:.1} MB  {}", backup.path.display(), backup.values, made.unwrap_or_default())
}
