//! The history as tables: runs, tracks and points of curves that a filter means, one after the other, none held back.

use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};
use thiserror::Error;

use crate::analysis::RunCurves;
use crate::export::{CURVE_COLUMNS, ExportError, KeptRun, RUN_COLUMNS, RowSink, csv_head};
use crate::history::{Facts, Filter, FilterError, Moment, RunRecord, Store, StoreError, Walked};

/// Runs that are read ahead of the writing: some hundred kilobytes, some megabytes with their curves.
const READ_AHEAD: usize = 128;

/// What one row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// A run.
    Runs,
    /// A track of a run.
    Tracks,
    /// A point of a curve.
    Curves,
}

impl Table {
    /// The head of the table.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Runs => RUN_COLUMNS,
            Self::Tracks => csv_head(),
            Self::Curves => CURVE_COLUMNS,
        }
    }

    /// The word on the command line, and the name of the sheet.
    pub fn word(self) -> &'static str {
        match self {
            Self::Runs => "runs",
            Self::Tracks => "tracks",
            Self::Curves => "curves",
        }
    }
}

/// What an export came by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extracted {
    /// Runs that were meant, and those that are damaged.
    pub walked: Walked,
    /// Runs whose curves are not kept any more, or are damaged.
    pub without_curves: usize,
}

/// Why an export ended early.
#[derive(Debug, Error)]
pub enum ExtractError {
    /// `shift` while none is on.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// The history.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Whoever takes the rows.
    #[error(transparent)]
    Sink(#[from] ExportError),
}

/// A run as it was read, with what else its rows need.
struct Read {
    record: RunRecord,
    curves: Result<Option<RunCurves>, StoreError>,
}

/// Gives the rows of all runs that a filter means, in clock order. One thread reads ahead while this one writes. Runs that
/// are committed meanwhile may or may not be among them.
///
/// # Errors
/// A filter that says `shift` while none is on, an engine that cannot be read, and what the sink says.
pub fn extract(
    store: &Store,
    table: Table,
    filter: &Filter,
    moment: &Moment,
    sink: &mut dyn RowSink,
) -> Result<Extracted, ExtractError> {
    let (tell, hear) = bounded(READ_AHEAD);
    thread::scope(|scope| {
        let reader = scope.spawn(move || read(store, table, filter, moment, &tell));
        let written = write(table, hear, sink);
        let walked = reader.join().unwrap_or_else(|panic| resume_unwind(panic));
        let without_curves = written?;
        Ok(Extracted { walked: walked?, without_curves })
    })
}

/// Reads the runs that are meant until nobody wants more.
fn read(
    store: &Store,
    table: Table,
    filter: &Filter,
    moment: &Moment,
    tell: &Sender<Read>,
) -> Result<Walked, ExtractError> {
    let mut refused = None;
    let admits = |facts: &Facts<'_>| {
        let admitted = filter.admits(facts, moment);
        admitted.unwrap_or_else(|error| {
            refused.get_or_insert(error);
            false
        })
    };
    let walked = store.each_run_in_time(admits, |_, record| {
        let curves = if table == Table::Curves { store.curves_of(&record) } else { Ok(None) };
        match tell.send(Read { record, curves }) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    })?;
    refused.map_or(Ok(walked), |error| Err(error.into()))
}

/// Writes what was read; how many runs had no curves to write.
fn write(table: Table, hear: Receiver<Read>, sink: &mut dyn RowSink) -> Result<usize, ExtractError> {
    let mut without_curves = 0;
    for Read { record, curves } in hear {
        let run = kept(&record);
        match (table, curves) {
            (Table::Runs, _) => sink.row(&run.row())?,
            (Table::Tracks, _) => run.tracks(sink)?,
            (Table::Curves, Ok(Some(curves))) => run.curves(&curves, sink)?,
            (Table::Curves, Ok(None) | Err(StoreError::Value(_))) => without_curves += 1,
            (Table::Curves, Err(error)) => return Err(error.into()),
        }
    }
    Ok(without_curves)
}

/// A kept run as it leaves the program.
pub fn kept(record: &RunRecord) -> KeptRun<'_> {
    KeptRun {
        run: &record.run,
        content: &record.file.content,
        path: &record.file.path,
        arrived_ms: record.arrived_ms,
        revision: record.revision,
        excluded: record.excluded.as_ref().map(|word| (word.reason.as_str(), word.by.as_str())),
    }
}
