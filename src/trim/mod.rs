//! What a trim station writes → a [`TrimRun`].
//!
//! ```text
//! bytes ─ prescan (is it whole, is it bounded?) ─▶ workbook (absolute A1 cells, by calamine)
//!       ─ system_a | system_b ─▶ tracks of sweeps ─ file_name ─▶ who the run was
//! ```
//!
//! Nothing here judges: a sweep leaves this room as the station measured it, with sheets that nobody
//! measured already left out, and with warnings that name the cell. No clock, no store, no terminal.

mod area;
mod assemble;
mod compound;
mod error;
mod file_name;
mod label;
mod limits;
mod local_time;
mod prescan;
mod prescan_xls;
mod prescan_xlsx;
mod run;
mod sheet_name;
mod sweep;
mod system_a;
mod system_b;
mod workbook;

pub use error::{CellRef, ReadError, ReadErrorKind};
pub use file_name::{FileName, ParsedTime};
pub use limits::{Bounds, Limits};
pub use local_time::{LocalDate, LocalTime};
pub use prescan::{Format, prescan};
pub use run::{
    CutLengthUnit, Identity, Mark, Pass, Point, PositionUnit, ResistanceWindow, Sweep, System, TimeSource, Track,
    TrackSettings, TrimRun,
};

pub use workbook::open_only;

use std::path::Path;

/// What is known of a file before its cells are read.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Where the file lies; its name and its folders say model, serial, time and laser.
    pub path: &'a Path,
    /// Laser of the watched folder, by configuration; wins over the folder's name.
    pub laser: Option<&'a str>,
    /// When the file was last modified, plant-local: the last resort for the run's time.
    pub modified: Option<LocalTime>,
    /// The PC's local date: runs dated after tomorrow get a warning.
    pub today: Option<LocalDate>,
}

/// What a well-formed workbook turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// A trim run with at least one track.
    Run(Box<TrimRun>),
    /// A workbook saved while setting up: System A's fixed sheets and no sweep. Skipped, with a reason.
    SetUp(Identity),
}

/// Who a file says it is about by its name and its folders alone: for files that cannot be read.
pub fn identity_by_name(source: Source<'_>) -> Identity {
    assemble::by_name(source)
}

/// Reads one workbook, `.xls` or `.xlsx`, told apart by content.
///
/// # Errors
/// [`ReadError`] names the sheet and cell where there is one, and says by its kind whether the file may
/// just not be finished yet.
///
/// # Panics
/// The libraries underneath may panic on damaged input that passes the pre-scan; callers wrap each file in
/// `catch_unwind`.
pub fn read(bytes: &[u8], source: Source<'_>) -> Result<Reading, ReadError> {
    read_within(bytes, source, &Bounds::default())
}

/// As [`read`], within a site's limits.
///
/// # Errors
/// As [`read`], and what is beyond a limit names it.
///
/// # Panics
/// As [`read`].
pub fn read_within(bytes: &[u8], source: Source<'_>, bounds: &Bounds<'_>) -> Result<Reading, ReadError> {
    let format = prescan(bytes, bounds)?;
    let book = workbook::Workbook::open(bytes, format, bounds)?;
    let reading = assemble::assemble(&book, source)?;
    bounds.time()?;
    Ok(reading)
}
