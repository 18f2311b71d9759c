//! System B: `test` untrimmed, `Trim 1` … the passes, `Lin Error` the verification; one track.

use super::error::ReadError;
use super::label::Labels;
use super::run::{CutLengthUnit, Pass, PositionUnit, ResistanceWindow, Sweep, Track, TrackSettings};
use super::sheet_name::trim_pass;
use super::sweep::{self, Columns, Row};
use super::system_a::{CellIdentity, unit_of};
use super::workbook::{Grid, Workbook};

const COLUMNS: Columns = Columns {
    measured: 0,
    theory: 2,
    error: 3,
    position: 4,
    upper: 5,
    lower: 6,
    mark: None,
    first_row: 0,
    blank_position_ends: true,
};

/// `R1`, resistance in ohm.
const RESISTANCE: (u32, u32) = (0, 17);
/// `K1` of `test`, measured angle.
const MEASURED_ANGLE: (u32, u32) = (0, 10);
/// `L1` of `Lin Error`, swept length.
const SWEPT_LENGTH: (u32, u32) = (0, 11);
/// So many more measured values than positions make a `test` sheet one of double resolution.
const DOUBLE_RESOLUTION_SURPLUS: usize = 5;

/// Whether the workbook is System B's.
pub(super) fn is_system_b(book: &Workbook<'_>) -> bool {
    book.has("test") && book.has("Lin Error")
}

/// The model as the cells have it; System B names no serial and no date.
pub(super) fn identity(book: &Workbook<'_>) -> Result<CellIdentity, ReadError> {
    if !book.has("Model Parameters") {
        return Ok(CellIdentity::default());
    }
    let grid = book.grid("Model Parameters")?;
    Ok(CellIdentity { model: grid.name_at(0, 0), ..CellIdentity::default() })
}

/// Row 1 of the value-first `Model Parameters`; the unit text beside it is often wrong.
pub(super) fn position_unit(book: &Workbook<'_>) -> Result<Option<PositionUnit>, ReadError> {
    if !book.has("Model Parameters") {
        return Ok(None);
    }
    let grid = book.grid("Model Parameters")?;
    Ok(grid.name_at(1, 0).and_then(|kind| unit_of(&kind)))
}

/// Reads the one track.
pub(super) fn track(book: &Workbook<'_>) -> Result<Track, ReadError> {
    let test = book.grid("test")?;
    let lin_error = book.grid("Lin Error")?;
    let mut never_measured = Vec::new();
    let mut keep = |sheet: &str, rows: &[Row]| {
        let sweep = sweep::measured_sweep(sheet, rows);
        if sweep.is_none() {
            never_measured.push(sheet.to_owned());
        }
        sweep
    };
    let untrimmed = keep("test", &untrimmed_rows(&test, &lin_error));
    let mut passes = Vec::new();
    for (number, sheet) in pass_sheets(book) {
        let grid = book.grid(sheet)?;
        passes.extend(keep(sheet, &sweep::rows(&grid, COLUMNS)).map(|sweep| pass(number, sweep)));
    }
    let verification = keep("Lin Error", &sweep::rows(&lin_error, COLUMNS));
    let trimmed = verification.is_some() || !passes.is_empty();
    let settings = settings(book, &test, &lin_error, &mut passes)?;
    let ohm = |grid: &Grid| grid.number(RESISTANCE.0, RESISTANCE.1).filter(|&ohm| ohm > 0.0);
    Ok(Track {
        name: "TRK1".to_owned(),
        alias: None,
        untrimmed,
        no_cut: !trimmed,
        resistance_before: ohm(&test),
        resistance_after: ohm(&lin_error).filter(|_| trimmed),
        passes,
        verification,
        never_measured,
        settings,
    })
}

fn pass(number: u32, sweep: Sweep) -> Pass {
    Pass { number, recipe: None, sweep, resistance: None, compensation: None, cut_length: None }
}

fn pass_sheets<'a>(book: &'a Workbook<'_>) -> Vec<(u32, &'a str)> {
    let names = book.sheet_names().iter();
    let mut sheets: Vec<(u32, &str)> = names.filter_map(|name| Some((trim_pass(name)?, name.as_str()))).collect();
    sheets.sort_unstable();
    sheets
}

/// The rows of `test` with their errors made anew: the stored ones are stale on some models.
fn untrimmed_rows(test: &Grid, lin_error: &Grid) -> Vec<Row> {
    let own = sweep::rows(test, COLUMNS);
    let measured = filled(test, COLUMNS.measured);
    let positions = filled(test, COLUMNS.position);
    let verified = filled(lin_error, COLUMNS.position);
    let double = measured.len() >= positions.len() + DOUBLE_RESOLUTION_SURPLUS
        && verified.len() > positions.len()
        && verified.len() <= measured.len();
    if !double {
        return own.into_iter().map(recomputed_where_judged).collect();
    }
    // Twice as many measured values as positions: the positions are those of `Lin Error`.
    let ramp = sweep::rows(lin_error, COLUMNS).into_iter();
    ramp.zip(measured)
        .map(|(row, measured)| {
            let error = row.theory.map(|theory| measured - theory);
            Row { measured: Some(measured), error, ..row }
        })
        .collect()
}

fn recomputed_where_judged(row: Row) -> Row {
    let made = row.measured.zip(row.theory).map(|(measured, theory)| measured - theory);
    Row { error: row.error.and(made), ..row }
}

/// A column's numbers from row 0 to the first blank.
fn filled(grid: &Grid, column: u32) -> Vec<f64> {
    (0..grid.rows()).map_while(|row| grid.number(row, column)).collect()
}

fn settings(
    book: &Workbook<'_>,
    test: &Grid,
    lin_error: &Grid,
    passes: &mut [Pass],
) -> Result<TrackSettings, ReadError> {
    let mut settings = TrackSettings {
        nominal_length: lin_error.number(SWEPT_LENGTH.0, SWEPT_LENGTH.1),
        measured_length: measured_angle(test),
        ..TrackSettings::default()
    };
    if book.has("Model Parameters") {
        station(&Labels::new(&*book.grid("Model Parameters")?, 1), &mut settings);
    }
    if book.has("Trim Parameters") {
        let grid = book.grid("Trim Parameters")?;
        let labels = Labels::new(&grid, 0);
        for pass in passes.iter_mut() {
            pass.cut_length = labels.number("Laser Cut Length", pass.number);
        }
        let last = passes.last().and_then(|pass| pass.cut_length);
        settings.cut_length = last.or(settings.cut_length);
    }
    Ok(settings)
}

/// `Model Parameters`, value first.
fn station(labels: &Labels<'_>, settings: &mut TrackSettings) {
    let number = |label| labels.number(label, 0);
    settings.laser_power = number("Laser Power");
    settings.pulse_duration = number("Pulse Duration");
    settings.repetition_rate = number("Laser PRR");
    settings.cut_length = number("Laser Cut Length");
    settings.cut_length_unit = Some(CutLengthUnit::Count);
    settings.initial_points_ignored = number("Initial Points Ignored");
    settings.final_points_ignored = number("Ending points Ignored");
    settings.length_min = number("min elec. Angle");
    settings.length_max = number("max elec. Angle");
    settings.test_volts = number("Coarse Trim Voltage");
    settings.final_window =
        number("Min Resistance").zip(number("Max resistance")).map(|(lower, upper)| ResistanceWindow { lower, upper });
}

/// `test!K1`, unless it is off the position span by more than a tenth: then it is junk.
fn measured_angle(test: &Grid) -> Option<f64> {
    let angle = test.number(MEASURED_ANGLE.0, MEASURED_ANGLE.1)?;
    let positions = filled(test, COLUMNS.position);
    let low = positions.iter().copied().reduce(f64::min)?;
    let high = positions.iter().copied().reduce(f64::max)?;
    ((angle - (high - low)).abs() <= 0.1 * (high - low)).then_some(angle)
}
