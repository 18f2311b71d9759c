//! `history status|verify|compact|regrade|rebuild`: looking after the store.

use std::path::PathBuf;

use color_eyre::eyre::{Result, bail};

use super::{Exit, HistoryCommand, StoreArgs, ingest};
use crate::config::Loaded;
use crate::engine::{self, Collected, Site, clock, collect, grade_anew, holder, would_grade};
use crate::export::printable;
use crate::history::{
    Act, Claim, Damaged, Signed, Store, backups_in, compact, set_aside_for_rebuild, verify_backup, words_of,
};

/// Does what was asked.
pub(super) fn run(what: &HistoryCommand, loaded: &Loaded) -> Result<Exit> {
    match what {
        HistoryCommand::Status { store } => status(store, loaded),
        HistoryCommand::Verify { repair, store } => verify(*repair, store, loaded),
        HistoryCommand::Compact { store } => shrink(store, loaded),
        HistoryCommand::Regrade { dry_run, store } => regrade(*dry_run, store, loaded),
        HistoryCommand::Rebuild { folders, store } => rebuild(folders, store, loaded),
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

fn status(args: &StoreArgs, loaded: &Loaded) -> Result<Exit> {
    let store = ingest::open(args, loaded)?;
    let (total, sizes, payload) = (store.total(), store.sizes(), store.payload()?);
    let percent = |share: Option<f64>| share.map_or("–".to_owned(), |share| format!("{share:.1} %"));
    println!("store      {}", printable(&args.dir(loaded).display().to_string()));
    println!("runs       {} counted, {} excluded", total.runs, total.excluded);
    println!("run yield  {} (n {})", percent(total.yield_percent()), total.graded());
    println!("unit yield {} (n {})", percent(total.unit_yield_percent()), total.units());
    let share = sizes.database as f64 / payload.max(1) as f64;
    println!(
        "database   {} for {} of records and curves ({share:.2} ×)",
        megabytes(sizes.database),
        megabytes(payload)
    );
    println!("journal    {} since the oldest backup that is kept", megabytes(sizes.journal));
    let backups = backups_in(&args.dir(loaded));
    let newest = backups.first().map_or("none".to_owned(), |path| path.display().to_string());
    let newest = printable(&newest);
    println!("backups    {} in {} files, newest {newest}", megabytes(sizes.backups), backups.len());
    Ok(Exit::Fine)
}

/// Reads every value and every backup. With `--repair` what is damaged is set aside, to be read again from its file.
fn verify(repair: bool, args: &StoreArgs, loaded: &Loaded) -> Result<Exit> {
    let store = if repair { ingest::open_to_judge(args, loaded)? } else { ingest::open(args, loaded)? };
    let damaged = store.damaged_runs()?;
    println!("{} runs, {} of them damaged", store.total().runs + store.total().excluded, damaged.len());
    let mut exit = if damaged.is_empty() { Exit::Fine } else { Exit::SomeFilesFailed };
    for run in damaged.iter().filter(|_| repair) {
        let aside = store.set_damage_aside(run)?;
        for damaged in &aside {
            println!("set aside: {}", printable(&said(damaged)));
        }
        read_again(&aside, &store, loaded)?;
    }
    if repair && !damaged.is_empty() && store.damaged_runs()?.is_empty() {
        exit = Exit::Fine;
    }
    for path in backups_in(&args.dir(loaded)) {
        if let Err(error) = verify_backup(&path) {
            println!("damaged backup: {}", printable(&error.to_string()));
            exit = Exit::SomeFilesFailed;
        }
    }
    Ok(exit)
}

fn said(damaged: &Damaged) -> String {
    let file = damaged.file.as_ref().map_or("a file nobody knows any more", |file| &file.path);
    format!("{} of {}: {}", damaged.what, printable(file), damaged.cause)
}

/// What was set aside is made anew from its file, where that is still there.
fn read_again(aside: &[Damaged], store: &Store, loaded: &Loaded) -> Result<()> {
    let files = aside.iter().filter_map(|damaged| damaged.file.as_ref()).map(|file| PathBuf::from(&file.path));
    let files: Vec<PathBuf> = files.filter(|path| path.is_file()).collect();
    if !files.is_empty() {
        engine::ingest(&files, store, &Site::of(&loaded.config), || {})?;
    }
    Ok(())
}

fn shrink(args: &StoreArgs, loaded: &Loaded) -> Result<Exit> {
    let claim = Claim::take(&args.dir(loaded), &holder())?;
    let (before, after) = compact(&claim)?;
    println!("{} before, {} now; every value compared", megabytes(before), megabytes(after));
    Ok(Exit::Fine)
}

/// Grades the kept runs by the rules in force, or says what that would change.
fn regrade(dry_run: bool, args: &StoreArgs, loaded: &Loaded) -> Result<Exit> {
    let store = ingest::open(args, loaded)?;
    let (settings, learning) = (loaded.config.analysis(), &loaded.config.learning);
    let done = if dry_run {
        would_grade(&store, &settings, learning)?
    } else {
        grade_anew(&store, &settings, learning, &holder().user)?
    };
    match done {
        Some(done) if dry_run => println!("would be so: {}", done.said()),
        Some(done) => println!("{}", done.said()),
        None => println!("every run is graded by the rules in force"),
    }
    Ok(Exit::Fine)
}

/// A new store from files. The old one is set aside; what people said about its runs is carried over.
fn rebuild(folders: &[PathBuf], args: &StoreArgs, loaded: &Loaded) -> Result<Exit> {
    let Collected { files, missing } = collect(folders);
    if files.is_empty() {
        bail!("no workbook under the folders named; the history is left as it is");
    }
    let dir = args.dir(loaded);
    let aside = set_aside_for_rebuild(&Claim::take(&dir, &holder())?, "before-rebuild")?;
    let store = ingest::open_to_judge(args, loaded)?;
    let bar = ingest::bar(files.len());
    let ingested = engine::ingest(&files, &store, &Site::of(&loaded.config), || bar.inc(1))?;
    bar.finish_and_clear();
    println!("{}", ingest::summary(files.len(), &ingested));
    for (path, cause) in &missing {
        eprintln!("{}", printable(&format!("{}: {cause}", path.display())));
    }
    if let Some(aside) = aside {
        let (before, what) = (aside.display().to_string(), format!("the history, from {} files", files.len()));
        let (act, after) = ("rebuild".to_owned(), "what people said is carried over".to_owned());
        store.sign(Signed { at_ms: clock::now_ms(), act, what, before, after, ..Signed::default() })?;
        let (words, mut carried) = (words_of(&aside), 0);
        for (key, word) in words.exclusions {
            carried += usize::from(store.act(Act { key, exclude: true, word })?.is_some());
        }
        let outcomes = store.take_outcomes(&words.outcomes)?.new;
        store.keep_drift(&words.drift, Vec::new(), 0)?;
        let kept = words.drift.len();
        let kept = if kept > 0 { format!(", {kept} alarms and baselines") } else { String::new() };
        let lies = aside.display().to_string();
        let lies = printable(&lies);
        println!("{carried} exclusions and {outcomes} outcomes{kept} carried over; the old history lies in {lies}");
    }
    Ok(if missing.is_empty() && ingested.failed.is_empty() { Exit::Fine } else { Exit::SomeFilesFailed })
}
