//! What a screen shows, to a file: on a thread of its own, so that neither an arrival nor a key waits.

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, unbounded};

use super::hub::Hub;
use super::output::{ExportOf, Output, Written};
use super::{Setup, clock, kept, quiet};
use crate::export::{ExportError, Format, NewFile, RUN_COLUMNS, RowSink, Sheet};
use crate::history::{RunKey, RunRecord, Store};

/// How an export ended, with its question's number.
pub(super) type Ended = (u64, Result<Written, String>);

/// The rows of a file.
pub(super) enum Rows {
    /// Runs of the history, in order; of those that are not in it the record.
    Runs(Vec<(RunKey, Option<RunRecord>)>, Option<Arc<Store>>),
    /// A table.
    Sheet(Box<Sheet>),
}

/// The history thread's side.
pub(super) struct Exporter {
    pub(super) ended: Receiver<Ended>,
    tell: Sender<Ended>,
    place: Place,
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// Where files go, and where they must not.
#[derive(Debug, Clone)]
struct Place {
    folder: PathBuf,
    watched: Vec<PathBuf>,
}

impl Exporter {
    pub(super) fn new(setup: &Setup, stopping: &Arc<AtomicBool>) -> Self {
        let (tell, ended) = unbounded();
        let watched = setup.folders.iter().map(|watch| watch.path.clone()).collect();
        // Whoever is told where a file lies may be somewhere else.
        let folder = std::path::absolute(&setup.exports).unwrap_or_else(|_| setup.exports.clone());
        let place = Place { folder, watched };
        Self { ended, tell, place, stopping: Arc::clone(stopping), thread: None }
    }

    /// Begins to write; one file at a time.
    pub(super) fn start(&mut self, number: u64, rows: Rows, format: Format, sink: &mut dyn FnMut(Output)) {
        if self.thread.is_some() {
            let why = "another one is still being written; try again when it is done".to_owned();
            return sink(Output::Exported(number, Err(why)));
        }
        let (tell, place, stopping) = (self.tell.clone(), self.place.clone(), Arc::clone(&self.stopping));
        let write = move || {
            // Nobody may wait for ever for the end of a thread that died.
            let ended = quiet::during(|| catch_unwind(AssertUnwindSafe(|| written(&place, rows, format, &stopping))));
            let ended = ended.unwrap_or_else(|_| Err("the program made a mistake; the file is not written".to_owned()));
            // Whoever does not listen any more has ended.
            let _ = tell.send((number, ended));
        };
        match thread::Builder::new().name("export".to_owned()).spawn(write) {
            Ok(thread) => self.thread = Some(thread),
            Err(error) => sink(Output::Exported(number, Err(error.to_string()))),
        }
    }

    /// Takes the end of what was written, and tells of it.
    pub(super) fn heard(&mut self, (number, ended): Ended, sink: &mut dyn FnMut(Output)) {
        if let Some(thread) = self.thread.take() {
            // It has said its last word.
            let _ = thread.join();
        }
        sink(Output::Exported(number, ended));
    }

    /// Gives up what is being written, so that the store has no owner left when the history thread ends.
    pub(super) fn stop(&mut self) {
        self.stopping.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            // A thread that died has left no file under its name.
            let _ = thread.join();
        }
    }
}

/// Writes the file; why there is none, and what to do, when that cannot be.
fn written(place: &Place, rows: Rows, format: Format, stopping: &Arc<AtomicBool>) -> Result<Written, String> {
    let folder = place.folder.display();
    let elsewhere = |error: &dyn std::fmt::Display| {
        format!("{folder}: {error}; `folder` under [export] in the configuration names another place")
    };
    if let Some(watched) = place.is_watched() {
        return Err(elsewhere(&format!("it lies in the watched folder {}", watched.display())));
    }
    let stamp = stamp();
    let after = match &rows {
        Rows::Runs(..) => "history",
        Rows::Sheet(sheet) => sheet.of.as_str(),
    };
    let file = NewFile::begin(&place.folder, after, &stamp, format.ending()).map_err(|error| elsewhere(&error))?;
    let out = Halting { out: file.file().map_err(|error| elsewhere(&error))?, stopping: Arc::clone(stopping) };
    let (rows, unread) = match rows {
        Rows::Runs(runs, store) => {
            let mut sink = format.sink(out, &place.folder, "runs", RUN_COLUMNS).map_err(|error| elsewhere(&error))?;
            let counted = all_runs(&runs, store.as_deref(), &mut *sink).map_err(|error| elsewhere(&error))?;
            // Whoever quits must not wait for the workbook to be packed.
            drop(store);
            sink.finish().map_err(|error| elsewhere(&error))?;
            counted
        }
        Rows::Sheet(sheet) => (sheet_rows(&sheet, out, &place.folder, format).map_err(|error| elsewhere(&error))?, 0),
    };
    let path = file.finish().map_err(|error| elsewhere(&error))?.display().to_string();
    Ok(Written { path, rows, unread })
}

fn sheet_rows(sheet: &Sheet, out: impl Write + Send, folder: &Path, format: Format) -> Result<u64, ExportError> {
    let columns: Vec<&str> = sheet.columns.iter().map(String::as_str).collect();
    let mut sink = format.sink(out, folder, "table", &columns)?;
    sheet.rows.iter().try_for_each(|row| sink.row(row))?;
    sink.finish()?;
    Ok(sheet.rows.len() as u64)
}

/// Gives the rows of runs; how many there were, and how many could not be read.
fn all_runs(
    runs: &[(RunKey, Option<RunRecord>)],
    store: Option<&Store>,
    sink: &mut dyn RowSink,
) -> Result<(u64, u64), ExportError> {
    let (mut count, mut unread) = (0, 0);
    for (key, here) in runs {
        let read = if here.is_none() { store.and_then(|store| store.run(key).ok().flatten()) } else { None };
        match here.as_ref().or(read.as_ref()) {
            Some(record) => {
                sink.row(&kept(record).row())?;
                count += 1;
            }
            None => unread += 1,
        }
    }
    Ok((count, unread))
}

impl Place {
    /// The watched folder that it lies in: what is written there would be read as a trim file.
    fn is_watched(&self) -> Option<&PathBuf> {
        let own = real(&self.folder);
        self.watched.iter().find(|watched| own.starts_with(real(watched)))
    }
}

/// A path without links and dots, as far as it is there.
fn real(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let there = path.ancestors().find_map(|above| Some((above, above.canonicalize().ok()?)));
    match there {
        Some((above, real)) => path.strip_prefix(above).map_or_else(|_| path.clone(), |rest| real.join(rest)),
        None => path,
    }
}

/// `2026-03-19-120000` by the PC's clock.
fn stamp() -> String {
    let Some(now) = clock::local_now() else { return clock::now_ms().to_string() };
    let seconds = now.seconds;
    format!("{}-{:02}{:02}{:02}", now.date, seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// Writes until the program ends.
struct Halting<W> {
    out: W,
    stopping: Arc<AtomicBool>,
}

impl<W: Write> Write for Halting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.stopping.load(Ordering::Acquire) {
            return Err(io::Error::other("the program ends"));
        }
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Hub {
    /// Puts together what is to be written, and has it written.
    pub(super) fn export(&mut self, number: u64, what: ExportOf, format: Format, sink: &mut dyn FnMut(Output)) {
        let rows = match what {
            ExportOf::Sheet(sheet) => Rows::Sheet(sheet),
            ExportOf::Runs(query) => match self.catalogue.runs(&query, &self.setup.shifts) {
                Ok(keys) => {
                    let run = |key: RunKey| {
                        let here = self.keeper.unkept(&key);
                        (key, here)
                    };
                    Rows::Runs(keys.into_iter().map(run).collect(), self.keeper.in_use())
                }
                Err(why) => return sink(Output::Exported(number, Err(why))),
            },
        };
        self.exporter.start(number, rows, format, sink);
    }
}
