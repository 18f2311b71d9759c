//! Layout, tracks and identity put together into one run.

use std::path::{Component, Path};

use super::error::{ReadError, ReadErrorKind};
use super::file_name::{FileName, ParsedTime, same_name};
use super::run::{Identity, PositionUnit, System, TimeSource, Track, TrimRun};
use super::sheet_name::DataSheet;
use super::system_a::{self, CellIdentity};
use super::workbook::Workbook;
use super::{LocalDate, LocalTime, Reading, Source, system_b};

/// No trim station is older.
const FIRST_YEAR: i32 = 1990;
/// Decides the layout by sheet names alone and reads the run.
pub(super) fn assemble(book: &Workbook<'_>, source: Source<'_>) -> Result<Reading, ReadError> {
    let sheets = system_a::data_sheets(book.sheet_names());
    if !sheets.is_empty() {
        return system_a_run(book, &sheets, source).map(|run| Reading::Run(Box::new(run)));
    }
    if system_b::is_system_b(book) {
        return system_b_run(book, source).map(|run| Reading::Run(Box::new(run)));
    }
    if system_a::has_fixed_sheets(book) {
        return Ok(Reading::SetUp(by_name(source)));
    }
    Err(ReadError::file(
        ReadErrorKind::UnknownLayout,
        format!(
            "no trim station's sheets: neither `SEC… TRK…` nor `test` with `Lin Error` among {}",
            listed(book.sheet_names())
        ),
    ))
}

fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(4).map(|name| format!("`{name}`")).collect();
    match names.len() {
        0..=4 => shown.join(", "),
        count => format!("{} and {} more", shown.join(", "), count - 4),
    }
}

fn system_a_run(book: &Workbook<'_>, sheets: &[DataSheet], source: Source<'_>) -> Result<TrimRun, ReadError> {
    let cells = system_a::identity(book, sheets)?;
    let unit = system_a::position_unit(book)?;
    let tracks = system_a::tracks(book, sheets)?;
    Ok(run(System::A, source, &cells, unit, tracks))
}

fn system_b_run(book: &Workbook<'_>, source: Source<'_>) -> Result<TrimRun, ReadError> {
    let cells = system_b::identity(book)?;
    let unit = system_b::position_unit(book)?;
    let track = system_b::track(book)?;
    Ok(run(System::B, source, &cells, unit, vec![track]))
}

fn run(
    system: System,
    source: Source<'_>,
    cells: &CellIdentity,
    unit: Option<PositionUnit>,
    tracks: Vec<Track>,
) -> TrimRun {
    let (identity, mut warnings) = identify(source, cells);
    if unit.is_none() {
        warnings.push("Model Parameters name no pot type: positions taken as degrees".to_owned());
    }
    TrimRun { system, identity, unit: unit.unwrap_or(PositionUnit::Degree), tracks, warnings }
}

/// Who a file is about, without its cells.
pub(super) fn by_name(source: Source<'_>) -> Identity {
    identify(source, &CellIdentity::default()).0
}

/// Who the run was: the name wins over the cells, and what differs is a warning.
fn identify(source: Source<'_>, cells: &CellIdentity) -> (Identity, Vec<String>) {
    let mut warnings = Vec::new();
    let file = source.path.file_name().map(|n| n.to_string_lossy()).unwrap_or_default();
    let name = FileName::parse(&file);
    let by_cells = || {
        let cell = |value: &Option<String>| value.clone().unwrap_or_default();
        (cell(&cells.model), cell(&cells.serial))
    };
    let (model, serial) = name.split(cells.serial.as_deref()).unwrap_or_else(by_cells);
    for (what, named, cell) in [("model", &model, &cells.model), ("serial", &serial, &cells.serial)] {
        if let Some(cell) = cell.as_deref().filter(|cell| !same_name(named, cell)) {
            warnings.push(format!("the name says {what} {named}, the cell {cell}"));
        }
    }
    let (time, time_source) = run_time(&name, cells, source, &mut warnings);
    let identity = Identity {
        model,
        serial,
        section: name.section,
        laser: source.laser.map(str::to_owned).or_else(|| laser_of_folder(source.path)),
        time,
        time_source,
        disposition: name.disposition,
    };
    (identity, warnings)
}

/// Name, else cell, else modification time; dates outside 1990 … tomorrow are passed over with a warning.
fn run_time(
    name: &FileName,
    cells: &CellIdentity,
    source: Source<'_>,
    warnings: &mut Vec<String>,
) -> (Option<LocalTime>, Option<TimeSource>) {
    let mut believable = |time: LocalTime, whose: &str| {
        let tomorrow = source.today.and_then(|today| LocalDate::from_days(today.days() + 1));
        let fits = time.date.year >= FIRST_YEAR && tomorrow.is_none_or(|last| time.date <= last);
        if !fits {
            warnings.push(format!("the {whose} says {}, outside {FIRST_YEAR} … tomorrow", time.date));
        }
        fits
    };
    if let ParsedTime::Known(time) = name.time
        && believable(time, "name")
    {
        return (Some(time), Some(TimeSource::Name));
    }
    let cell = cells.date.and_then(LocalDate::from_excel_serial).map(LocalDate::midnight);
    let cell = cell.filter(|time| believable(*time, "date cell"));
    if name.time == ParsedTime::Malformed {
        warnings.push("no date and clock time after TEST DATA in the name".to_owned());
    }
    match (cell, source.modified) {
        (Some(time), _) => (Some(time), Some(TimeSource::Cell)),
        (None, Some(time)) => (Some(time), Some(TimeSource::Modified)),
        (None, None) => (None, None),
    }
}

/// The laser of the nearest folder whose name begins with `LTS3`, `DLTS` or `LTS`.
fn laser_of_folder(path: &Path) -> Option<String> {
    let folders = path.parent()?.components().rev();
    folders
        .filter_map(|part| match part {
            Component::Normal(name) => Some(name.to_string_lossy().to_ascii_uppercase()),
            _ => None,
        })
        .find_map(|name| {
            let laser = ["LTS3", "DLTS", "LTS"].into_iter();
            laser.into_iter().find(|laser| name.starts_with(laser)).map(str::to_owned)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_folder_names_the_laser() {
        let laser = |path: &str| laser_of_folder(Path::new(path));
        assert_eq!(laser("/line/LTS3 east/a.xls").as_deref(), Some("LTS3"));
        assert_eq!(laser("/LTS/dlts-2/a.xls").as_deref(), Some("DLTS"));
        assert_eq!(laser("/shop/LTS9.xls"), None);
    }
}
