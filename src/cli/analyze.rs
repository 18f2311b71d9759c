//! `analyze PATH…`: judges files without a store, in the order they were named.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;

use color_eyre::eyre::Result;

use super::{AnalyzeArgs, Exit, Format};
use crate::analysis::explain;
use crate::config::Config;
use crate::engine::{Collected, Outcome, Processed, Site, collect, process_path};
use crate::export::{CsvRows, FileLine, FileOutcome, RowSink, csv_head, printable, write_json};
use crate::trim::{Identity, Source, identity_by_name};

/// Judges every file and prints as it goes.
pub(super) fn run(args: &AnalyzeArgs, config: &Config) -> Result<Exit> {
    let Collected { files, missing } = collect(&args.paths);
    for (path, cause) in &missing {
        eprintln!("{}", printable(&format!("{}: {cause}", path.display())));
    }
    let mut printer = Printer::new(args.format)?;
    let mut failed = missing.len();
    let site = Site::of(config);
    let printed = in_order(&files, threads(args.threads), &site, |path, processed| {
        failed += usize::from(matches!(processed.outcome, Outcome::Failed { .. }));
        printer.file(path, processed)
    });
    match printed.and_then(|()| printer.finish()) {
        // The reader of a pipe may have had enough; that is no failure of ours.
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => {}
        other => other?,
    }
    Ok(if failed > 0 { Exit::SomeFilesFailed } else { Exit::Fine })
}

fn threads(asked: usize) -> usize {
    if asked > 0 { asked } else { thread::available_parallelism().map_or(1, usize::from) }
}

/// Judges files on several threads and hands them over in the order given. Each worker runs at most two files
/// ahead, so that memory stays bounded however long the list is.
fn in_order(
    files: &[PathBuf],
    threads: usize,
    site: &Site<'_>,
    mut each: impl FnMut(&Path, &Processed) -> io::Result<()>,
) -> io::Result<()> {
    if threads == 1 {
        return files.iter().try_for_each(|path| each(path, &process_path(path, site)));
    }
    thread::scope(|scope| {
        let workers: Vec<mpsc::Receiver<Processed>> = (0..threads)
            .map(|first| {
                let (done, results) = mpsc::sync_channel(2);
                scope.spawn(move || {
                    for path in files.iter().skip(first).step_by(threads) {
                        if done.send(process_path(path, site)).is_err() {
                            break;
                        }
                    }
                });
                results
            })
            .collect();
        for (path, worker) in files.iter().zip(workers.iter().cycle()) {
            let processed = worker.recv().map_err(io::Error::other)?;
            each(path, &processed)?;
        }
        Ok(())
    })
}

enum Printer {
    Text(BufWriter<io::Stdout>),
    Json(BufWriter<io::Stdout>),
    Csv(Box<CsvRows<io::Stdout>>),
}

impl Printer {
    fn new(format: Format) -> Result<Self> {
        let out = || BufWriter::new(io::stdout());
        Ok(match format {
            Format::Text => Self::Text(out()),
            Format::Json => Self::Json(out()),
            Format::Csv => Self::Csv(Box::new(CsvRows::new(io::stdout(), csv_head())?)),
        })
    }

    fn file(&mut self, path: &Path, processed: &Processed) -> io::Result<()> {
        match self {
            Self::Text(out) => writeln!(out, "{}", printable(&text(path, processed))),
            Self::Json(out) => {
                write_json(&mut *out, &line(path, &named_by(path), processed))?;
                writeln!(out)
            }
            Self::Csv(table) => {
                let named = named_by(path);
                let line = line(path, &named, processed);
                line.rows().iter().try_for_each(|row| table.row(row)).map_err(io::Error::other)
            }
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        match self {
            Self::Text(out) | Self::Json(out) => out.flush(),
            Self::Csv(table) => table.flush(),
        }
    }
}

/// Who a file's name and folders say it is about.
pub(super) fn named_by(path: &Path) -> Identity {
    identity_by_name(Source { path, laser: None, modified: None, today: None })
}

fn text(path: &Path, processed: &Processed) -> String {
    match &processed.outcome {
        Outcome::Judged { run, .. } => explain(run),
        Outcome::Skipped { reason, .. } => format!("{}  skipped  {reason}", path.display()),
        Outcome::Failed { cause, .. } => format!("{}  ERROR  {cause}", path.display()),
    }
}

/// The JSON object of one processed file; `named` is who its name says it is about.
pub(super) fn line<'a>(path: &Path, named: &'a Identity, processed: &'a Processed) -> FileLine<'a> {
    let outcome = match &processed.outcome {
        Outcome::Judged { run, .. } => FileOutcome::Run(run),
        Outcome::Skipped { identity, reason } => FileOutcome::Skipped { identity: Some(identity), reason },
        Outcome::Failed { cause, .. } => FileOutcome::Failed { identity: Some(named), cause },
    };
    FileLine::new(path, processed.content.map(|hash| blake3::Hash::from_bytes(hash).to_hex().to_string()), outcome)
}
