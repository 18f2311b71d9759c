//! System A: `SEC<s> TRK<t> <pass> TRM<recipe>` sheets, one group a track.

use std::collections::BTreeMap;

use super::error::ReadError;
use super::label::Labels;
use super::run::{CutLengthUnit, Pass, PositionUnit, ResistanceWindow, Sweep, Track, TrackSettings};
use super::sheet_name::DataSheet;
use super::sweep::{self, Columns};
use super::workbook::{Grid, Workbook};

const COLUMNS: Columns = Columns {
    measured: 3,
    theory: 5,
    error: 6,
    position: 7,
    upper: 8,
    lower: 9,
    mark: Some(10),
    first_row: 1,
    blank_position_ends: false,
};

/// Column B of a data sheet, by row.
mod cell_b {
    pub(super) const MODEL: u32 = 0;
    pub(super) const SERIAL: u32 = 1;
    pub(super) const DATE: u32 = 5;
    pub(super) const COMPENSATION: u32 = 6;
    pub(super) const NOMINAL_LENGTH: u32 = 7;
    pub(super) const MEASURED_LENGTH: u32 = 8;
    pub(super) const RESISTANCE: u32 = 9;
    pub(super) const TEST_VOLTS: u32 = 12;
}

/// What the cells say of a run, to be held against its file name.
#[derive(Debug, Default)]
pub(super) struct CellIdentity {
    pub(super) model: Option<String>,
    pub(super) serial: Option<String>,
    /// Excel serial of the date.
    pub(super) date: Option<f64>,
}

/// System A's data sheets among a workbook's sheets.
pub(super) fn data_sheets(names: &[String]) -> Vec<DataSheet> {
    names.iter().filter_map(|name| DataSheet::parse(name)).collect()
}

/// Whether the fixed sheets of System A are there.
pub(super) fn has_fixed_sheets(book: &Workbook<'_>) -> bool {
    book.has("Model Parameters") && (book.has("ref") || book.has("Track Parameters"))
}

/// Reads every track.
pub(super) fn tracks(book: &Workbook<'_>, sheets: &[DataSheet]) -> Result<Vec<Track>, ReadError> {
    let mut groups: BTreeMap<(u32, u32), Vec<&DataSheet>> = BTreeMap::new();
    for sheet in sheets {
        groups.entry((sheet.section, sheet.track)).or_default().push(sheet);
    }
    groups
        .into_values()
        .map(|mut group| {
            group.sort_by_key(|sheet| (sheet.pass, sheet.recipe));
            track(book, &group)
        })
        .collect()
}

/// Model, serial and date as the first data sheet has them.
pub(super) fn identity(book: &Workbook<'_>, sheets: &[DataSheet]) -> Result<CellIdentity, ReadError> {
    let Some(first) = sheets.first() else {
        return Ok(CellIdentity::default());
    };
    let grid = book.grid(&first.name)?;
    Ok(CellIdentity {
        model: grid.name_at(cell_b::MODEL, 1),
        serial: grid.name_at(cell_b::SERIAL, 1),
        date: grid.number(cell_b::DATE, 1),
    })
}

/// `Model Parameters`: Rotary = degrees, Linear = inches.
pub(super) fn position_unit(book: &Workbook<'_>) -> Result<Option<PositionUnit>, ReadError> {
    if !book.has("Model Parameters") {
        return Ok(None);
    }
    let grid = book.grid("Model Parameters")?;
    Ok(Labels::new(&grid, 0).name("Type", 1).and_then(|kind| unit_of(&kind)))
}

/// The unit a pot type is measured in.
pub(super) fn unit_of(kind: &str) -> Option<PositionUnit> {
    if kind.eq_ignore_ascii_case("Rotary") {
        Some(PositionUnit::Degree)
    } else if kind.eq_ignore_ascii_case("Linear") {
        Some(PositionUnit::Inch)
    } else {
        None
    }
}

/// Sheets of one track as they are collected.
#[derive(Default)]
struct Sheets {
    untrimmed: Option<Sweep>,
    passes: Vec<Pass>,
    /// Pass sheets found, measured or not.
    cuts: usize,
    never_measured: Vec<String>,
    resistance_before: Option<f64>,
}

fn track(book: &Workbook<'_>, group: &[&DataSheet]) -> Result<Track, ReadError> {
    let mut sheets = Sheets::default();
    for sheet in group {
        collect(book, sheet, &mut sheets)?;
    }
    let first = group.first().copied();
    let judged =
        sheets.passes.last().map(|pass| pass.sweep.sheet.clone()).or_else(|| first.map(|sheet| sheet.name.clone()));
    let (alias, settings) = settings(book, first, judged.as_deref(), &mut sheets.passes)?;
    Ok(Track {
        name: first.map(DataSheet::track_name).unwrap_or_default(),
        alias,
        no_cut: sheets.cuts > 0 && sheets.passes.is_empty(),
        resistance_after: sheets.passes.last().and_then(|pass| pass.resistance),
        resistance_before: sheets.resistance_before,
        untrimmed: sheets.untrimmed,
        passes: sheets.passes,
        verification: None,
        never_measured: sheets.never_measured,
        settings,
    })
}

fn collect(book: &Workbook<'_>, sheet: &DataSheet, sheets: &mut Sheets) -> Result<(), ReadError> {
    let grid = book.grid(&sheet.name)?;
    let sweep = sweep::measured_sweep(&sheet.name, &sweep::rows(&grid, COLUMNS));
    let resistance = grid.number(cell_b::RESISTANCE, 1).filter(|&ohm| ohm > 0.0);
    if sweep.is_none() {
        sheets.never_measured.push(sheet.name.clone());
    }
    if sheet.pass == 0 {
        // The plain `0` sorts first; a `0 TRM…` beside it would be no other untrimmed sweep.
        sheets.untrimmed = sheets.untrimmed.take().or(sweep);
        sheets.resistance_before = sheets.resistance_before.or(resistance);
        return Ok(());
    }
    sheets.cuts += 1;
    sheets.passes.extend(sweep.map(|sweep| Pass {
        number: sheet.pass,
        recipe: sheet.recipe,
        sweep,
        resistance,
        compensation: grid.number(cell_b::COMPENSATION, 1),
        cut_length: None,
    }));
    Ok(())
}

/// Alias and settings of a track; fills in each pass's cut length on the way.
fn settings(
    book: &Workbook<'_>,
    sheet: Option<&DataSheet>,
    judged: Option<&str>,
    passes: &mut [Pass],
) -> Result<(Option<String>, TrackSettings), ReadError> {
    let mut settings = TrackSettings::default();
    let mut alias = None;
    let Some(sheet) = sheet else {
        return Ok((alias, settings));
    };
    let head = format!("SEC{} TRK{}", sheet.section, sheet.track);
    if book.has("Track Parameters") {
        let grid = book.grid("Track Parameters")?;
        let labels = Labels::new(&grid, 0);
        let column = labels.column(&head).unwrap_or(sheet.track);
        alias = labels.name("Alias", column);
        station(&labels, column, &mut settings);
    }
    if book.has("Trim Parameters") {
        let grid = book.grid("Trim Parameters")?;
        recipe(&Labels::new(&grid, 0), &head, passes, &mut settings);
    }
    if let Some(judged) = judged {
        measured(&*book.grid(judged)?, &mut settings);
    }
    Ok((alias, settings))
}

/// `Track Parameters`: laser, windows, lengths.
fn station(labels: &Labels<'_>, column: u32, settings: &mut TrackSettings) {
    let number = |label: &str| labels.number(label, column);
    let window = |stage: &str| {
        Some(ResistanceWindow {
            lower: number(&format!("{stage} Resistance Lower Limit"))?,
            upper: number(&format!("{stage} Resistance Upper Limit"))?,
        })
    };
    settings.laser_power = number("Laser Power");
    settings.pulse_duration = number("Laser Duration");
    settings.repetition_rate = number("Laser Pulse Repetition Rate");
    settings.initial_window = window("Initial");
    settings.final_window = window("Final");
    settings.length_min = number("Length Minimum").or_else(|| number("Angle Minimum"));
    // The station's own sheets misspell the label.
    settings.length_max =
        number("Length Maximum").or_else(|| number("Length Mamimum")).or_else(|| number("Angle Maximum"));
}

/// `Trim Parameters`: one column a recipe.
fn recipe(labels: &Labels<'_>, head: &str, passes: &mut [Pass], settings: &mut TrackSettings) {
    let column = |recipe: Option<u32>| labels.column(&format!("{head} TRM{}", recipe.unwrap_or(1)));
    for pass in passes.iter_mut() {
        pass.cut_length = column(pass.recipe).and_then(|column| labels.number("Laser Cut Length", column));
    }
    let last = passes.last();
    settings.recipe = last.and_then(|pass| pass.recipe);
    if let Some(column) = column(settings.recipe) {
        settings.cut_length = labels.number("Laser Cut Length", column);
        settings.cut_length_unit = Some(CutLengthUnit::Millimetre);
        settings.initial_points_ignored = labels.number("Initial Linearity Points Ignored", column);
        settings.final_points_ignored = labels.number("Final Linearity Points Ignored", column);
    }
}

/// Column B of the judged sheet.
fn measured(grid: &Grid, settings: &mut TrackSettings) {
    settings.compensation = grid.number(cell_b::COMPENSATION, 1);
    settings.nominal_length = grid.number(cell_b::NOMINAL_LENGTH, 1);
    settings.measured_length = grid.number(cell_b::MEASURED_LENGTH, 1);
    settings.test_volts = grid.number(cell_b::TEST_VOLTS, 1);
}
