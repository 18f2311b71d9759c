//! `exclude RUN --reason TEXT`: a run out of yield, charts and training, or in again.

use std::path::Path;

use color_eyre::eyre::{Result, bail};

use super::{ExcludeArgs, Exit, ingest, show};
use crate::config::Loaded;
use crate::engine::{clock, holder};
use crate::export::printable;
use crate::history::{Act, Exclusion, RunKey, RunRecord, Store};

/// Writes the word and says what it was about.
pub(super) fn run(args: &ExcludeArgs, loaded: &Loaded) -> Result<Exit> {
    let reason = args.reason.trim().to_owned();
    let by = args.by.clone().unwrap_or_else(|| holder().user).trim().to_owned();
    if reason.is_empty() || by.is_empty() {
        bail!("--reason and --by must say something");
    }
    let store = ingest::open(&args.store, loaded)?;
    let (key, record) = only(&store, &args.run)?;
    let is_out = record.excluded.is_some();
    let unit = [record.run.identity.model.as_str(), record.run.identity.serial.as_str()].join(" ");
    if is_out != args.undo {
        let state = if is_out { "is excluded already" } else { "is not excluded" };
        println!("{} {} {state}", show::name(&record), printable(&unit));
        return Ok(Exit::Fine);
    }
    let word = Exclusion { reason, by, at_ms: clock::now_ms() };
    if store.act(Act { key, exclude: !args.undo, word })?.is_none() {
        bail!("the run is gone");
    }
    let said = if args.undo { "counts again" } else { "does not count any more" };
    println!("{} {} {said}: {}", show::name(&record), printable(&unit), printable(&file_name(&record)));
    Ok(Exit::Fine)
}

fn file_name(record: &RunRecord) -> String {
    let name = Path::new(&record.file.path).file_name();
    name.map_or_else(|| record.file.path.clone(), |name| name.to_string_lossy().into_owned())
}

/// The one run that is meant.
fn only(store: &Store, what: &str) -> Result<(RunKey, RunRecord)> {
    let mut runs = show::find(store, what)?;
    match (runs.pop(), runs.len()) {
        (Some(run), 0) => Ok(run),
        (Some(_), more) => bail!(
            "`{}` means {} runs; `trimwatch show {0}` names each, the name in front means one",
            printable(what),
            more + 1
        ),
        (None, _) => bail!("the history has no run and no serial `{}`", printable(what)),
    }
}
