//! `ingest PATH…`: files into the history, with a progress bar on a terminal.

use color_eyre::eyre::Result;
use indicatif::{ProgressBar, ProgressStyle};
use tracing::info;

use super::{Exit, IngestArgs, StoreArgs, logging};
use crate::config::Loaded;
use crate::engine::{self, Collected, Ingested, Site, collect, grade_anew, holder};
use crate::export::printable;
use crate::history::Store;

/// Keeps every file; one that fails never stops the rest.
pub(super) fn run(args: &IngestArgs, loaded: &Loaded) -> Result<Exit> {
    let Collected { files, missing } = collect(&args.paths);
    let _logging = logging::start(&loaded.config);
    let store = open_to_judge(&args.store, loaded)?;
    let bar = bar(files.len());
    let ingested = engine::ingest(&files, &store, &Site::of(&loaded.config), || bar.inc(1))?;
    bar.finish_and_clear();
    for (path, cause) in &missing {
        eprintln!("{}", printable(&format!("{}: {cause}", path.display())));
    }
    for (path, cause) in &ingested.failed {
        eprintln!("{}: {}", printable(path), printable(cause));
    }
    let summary = summary(files.len(), &ingested);
    info!(
        files = files.len(),
        new = ingested.runs,
        failed = ingested.failed.len(),
        missing = missing.len(),
        "ingested"
    );
    println!("{summary}");
    let failed = missing.len() + ingested.failed.len();
    Ok(if failed > 0 { Exit::SomeFilesFailed } else { Exit::Fine })
}

/// The store of the flag or the configuration, with what was odd about opening it said.
pub(super) fn open(args: &StoreArgs, loaded: &Loaded) -> Result<Store> {
    let (store, opening) = Store::open(&args.dir(loaded), &holder())?;
    for note in &opening.notes {
        eprintln!("{}", printable(note));
    }
    Ok(store)
}

/// The same, for who keeps runs that are judged by the configuration: those that are there are graded by it too.
pub(super) fn open_to_judge(args: &StoreArgs, loaded: &Loaded) -> Result<Store> {
    let store = open(args, loaded)?;
    store.seal_after(loaded.config.retention.recent_files);
    if let Some(done) = grade_anew(&store, &loaded.config.analysis(), &loaded.config.learning, &holder().user)? {
        eprintln!("the rules of the configuration have changed: {}", done.said());
    }
    Ok(store)
}

pub(super) fn bar(files: usize) -> ProgressBar {
    progress(files as u64, "{bar:40} {pos}/{len} files  {per_sec}  {eta} left")
}

/// A progress that looks as its template says. Hidden by itself where standard error is no terminal.
pub(super) fn progress(steps: u64, template: &str) -> ProgressBar {
    let bar = ProgressBar::new(steps);
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

pub(super) fn summary(files: usize, ingested: &Ingested) -> String {
    let Ingested { runs, revisions, duplicates, known, skipped, failed } = ingested;
    let counts = [
        (*runs, "new runs"),
        (*revisions, "saved again"),
        (*duplicates, "the same content again"),
        (*known, "known and unchanged"),
        (*skipped, "skipped"),
        (failed.len() as u64, "failed"),
    ];
    let said: Vec<String> = counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    format!("{files} files: {}", if said.is_empty() { "nothing to do".to_owned() } else { said.join(", ") })
}
