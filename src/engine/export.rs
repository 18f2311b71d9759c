//! The history as tables: runs, tracks and points of curves that a filter means, one after the other, none held back.

use std::ops::ControlFlow;

use thiserror::Error;

use crate::export::{CURVE_COLUMNS, ExportError, KeptRun, RUN_COLUMNS, RowSink, csv_head};
use crate::history::{Facts, Filter, FilterError, Moment, RunRecord, Store, StoreError, Walked};

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

/// Gives the rows of all runs that a filter means, in clock order. Runs that are committed meanwhile may or may not be
/// among them.
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
    let (mut refused, mut ended, mut without_curves) = (None, None, 0);
    let admits = |facts: &Facts<'_>| {
        let admitted = filter.admits(facts, moment);
        admitted.unwrap_or_else(|error| {
            refused.get_or_insert(error);
            false
        })
    };
    let walked = store.each_run_in_time((!filter.is_empty()).then_some(admits), |record| {
        match rows(store, table, &record, sink) {
            Ok(whole) => {
                without_curves += usize::from(!whole);
                ControlFlow::Continue(())
            }
            Err(error) => {
                ended = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    match (refused, ended) {
        (Some(error), _) => Err(error.into()),
        (None, Some(error)) => Err(error),
        (None, None) => Ok(Extracted { walked, without_curves }),
    }
}

/// The rows of one run; whether everything was there.
fn rows(store: &Store, table: Table, record: &RunRecord, sink: &mut dyn RowSink) -> Result<bool, ExtractError> {
    let run = kept(record);
    match table {
        Table::Runs => sink.row(&run.row())?,
        Table::Tracks => run.tracks(sink)?,
        Table::Curves => match store.curves_of(record) {
            Ok(Some(curves)) => run.curves(&curves, sink)?,
            Ok(None) | Err(StoreError::Value(_)) => return Ok(false),
            Err(error) => return Err(error.into()),
        },
    }
    Ok(true)
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
