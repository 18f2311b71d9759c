//! Pre-scan of BIFF8 `.xls`: walks the compound file and every record of the `Workbook` stream.

use std::borrow::Cow;

use super::area::{AreaBudget, MAX_COLUMN};
use super::compound::{Compound, u16_at, u32_at};
use super::error::{ReadError, ReadErrorKind};
use super::limits::Bounds;

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000A;
const DIMENSIONS: u16 = 0x0200;
const BOUNDSHEET: u16 = 0x0085;
const FILEPASS: u16 = 0x002F;
/// Longest record body BIFF8 allows, bytes.
const MAX_RECORD: usize = 8224;

/// Walks the file; see [`super::prescan`].
pub(super) fn check(bytes: &[u8], bounds: &Bounds<'_>) -> Result<(), ReadError> {
    let stream = workbook_stream(bytes)?;
    let mut walk = Walk { area: AreaBudget::within(bounds.limits.cells), ..Walk::default() };
    let mut records = 0;
    let mut rest = stream.as_ref();
    // Some writers fill the stream up with zeros once every sheet is complete; a tail cut off leaves one open.
    while !(rest.is_empty() || walk.is_complete() && rest.iter().all(|&byte| byte == 0)) {
        let taken = split_record(rest).and_then(|(kind, body, after)| {
            walk.record(kind, body, stream.len() - rest.len(), stream.len())?;
            Ok(after)
        });
        bounds.step(records)?;
        bounds.sheets(walk.sheets.len())?;
        records += 1;
        rest = taken.map_err(|error| if nothing_follows(rest) { not_finished(error) } else { error })?;
    }
    walk.finish()
}

/// Whether a record is the last thing that was written, perhaps in part: a cut can fall anywhere.
fn nothing_follows(record: &[u8]) -> bool {
    record.iter().skip(8).all(|&byte| byte == 0)
}

fn not_finished(error: ReadError) -> ReadError {
    ReadError { kind: ReadErrorKind::Unfinished, cause: format!("{}: the tail is missing", error.cause), ..error }
}

fn workbook_stream(bytes: &[u8]) -> Result<Cow<'_, [u8]>, ReadError> {
    // A copy in progress has its full length and a tail of zeros, or lacks the tail: either way the
    // container's own tables point outside what is there.
    let unfinished = |cause: String| {
        ReadError::file(ReadErrorKind::Unfinished, format!("the compound file is incomplete or damaged: {cause}"))
    };
    let refused = |cause: &str| ReadError::file(ReadErrorKind::NotAWorkbook, cause);
    let container = Compound::open(bytes).map_err(unfinished)?;
    if container.has("EncryptedPackage") {
        return Err(refused("the workbook is encrypted: save it without a password"));
    }
    match container.stream("Workbook").map_err(unfinished)? {
        Some(stream) => Ok(stream),
        None => Err(refused("a compound file without a Workbook stream")),
    }
}

/// Kind, body and what follows the first record of `bytes`.
fn split_record(bytes: &[u8]) -> Result<(u16, &[u8], &[u8]), ReadError> {
    let cut = || ReadError::file(ReadErrorKind::Unfinished, "the last record is cut short");
    let [kind_low, kind_high, low, high, rest @ ..] = bytes else { return Err(cut()) };
    let kind = u16::from_le_bytes([*kind_low, *kind_high]);
    let length = usize::from(u16::from_le_bytes([*low, *high]));
    if length > MAX_RECORD {
        return Err(ReadError::file(
            ReadErrorKind::Corrupt,
            format!("a record of {length} bytes; BIFF8 allows {MAX_RECORD}"),
        ));
    }
    let (body, after) = rest.split_at_checked(length).ok_or_else(cut)?;
    Ok((kind, body, after))
}

/// What the record walk has seen so far.
#[derive(Debug, Default)]
struct Walk {
    begun: usize,
    ended: usize,
    /// Where each sheet is said to begin, and its name.
    sheets: Vec<(usize, String)>,
    /// The sheet that is walked.
    sheet: Option<String>,
    area: AreaBudget,
}

impl Walk {
    /// Every part that began has ended, the workbook's own and one a sheet at least.
    fn is_complete(&self) -> bool {
        self.begun == self.ended && self.ended > self.sheets.len() && !self.sheets.is_empty()
    }

    fn record(&mut self, kind: u16, body: &[u8], at: usize, stream: usize) -> Result<(), ReadError> {
        let checked = self.take(kind, body, at, stream);
        checked.map_err(|error| match &self.sheet {
            Some(sheet) => error.on(sheet),
            None => error,
        })
    }

    fn take(&mut self, kind: u16, body: &[u8], at: usize, stream: usize) -> Result<(), ReadError> {
        match kind {
            BOF => {
                self.begun += 1;
                let begins = self.sheets.iter().find(|(offset, _)| *offset == at);
                self.sheet = begins.map(|(_, name)| name.clone()).or(self.sheet.take());
            }
            EOF => {
                self.ended += 1;
                self.area.end_sheet()?;
            }
            FILEPASS => {
                return Err(ReadError::file(
                    ReadErrorKind::NotAWorkbook,
                    "the workbook is encrypted: save it without a password",
                ));
            }
            BOUNDSHEET => self.bound_sheet(body, stream)?,
            DIMENSIONS => dimensions(body)?,
            _ => self.cells(kind, body)?,
        }
        Ok(())
    }

    fn bound_sheet(&mut self, body: &[u8], stream: usize) -> Result<(), ReadError> {
        let offset = u32_at(body, 0).and_then(|offset| usize::try_from(offset).ok()).filter(|&offset| offset < stream);
        if let Some(offset) = offset {
            self.sheets.push((offset, sheet_name(body)));
            return Ok(());
        }
        Err(ReadError::file(ReadErrorKind::Corrupt, "a sheet is said to begin outside the Workbook stream"))
    }

    /// Notes the cells a record holds, by the BIFF8 records that carry any.
    fn cells(&mut self, kind: u16, body: &[u8]) -> Result<(), ReadError> {
        let multiple = match kind {
            0x0006 | 0x00D6 | 0x00FD | 0x0201 | 0x0203 | 0x0204 | 0x0205 | 0x027E => false,
            0x00BD | 0x00BE => true,
            _ => return Ok(()),
        };
        let [row_low, row_high, low, high, ..] = *body else {
            return Err(ReadError::file(ReadErrorKind::Corrupt, "a cell record without its position"));
        };
        let (row, first) = (u16::from_le_bytes([row_low, row_high]), u16::from_le_bytes([low, high]));
        let last = if multiple { u16_at(body, body.len().saturating_sub(2)).unwrap_or(first) } else { first };
        self.area.cell(u32::from(row), u32::from(first.max(last)))
    }

    fn finish(self) -> Result<(), ReadError> {
        if self.begun != self.ended || self.ended < self.sheets.len() {
            return Err(ReadError::file(
                ReadErrorKind::Unfinished,
                format!(
                    "{} parts begun, {} ended, {} sheets named: the tail is missing",
                    self.begun,
                    self.ended,
                    self.sheets.len()
                ),
            ));
        }
        if self.sheets.is_empty() {
            return Err(ReadError::file(ReadErrorKind::Corrupt, "a workbook without a sheet"));
        }
        Ok(())
    }
}

/// The name in a BOUNDSHEET record: its length, how it is spelled, its characters.
fn sheet_name(body: &[u8]) -> String {
    let [length, spelling, characters @ ..] = body.get(6..).unwrap_or_default() else { return String::new() };
    let length = usize::from(*length);
    if spelling & 1 == 0 {
        return characters.iter().take(length).map(|&byte| char::from(byte)).collect();
    }
    let wide: Vec<u16> = (0..length).filter_map(|index| u16_at(characters, 2 * index)).collect();
    String::from_utf16_lossy(&wide)
}

fn dimensions(body: &[u8]) -> Result<(), ReadError> {
    let fields = (u32_at(body, 0), u32_at(body, 4), u16_at(body, 8), u16_at(body, 10));
    let (Some(first_row), Some(end_row), Some(first_column), Some(end_column)) = fields else {
        return Err(ReadError::file(ReadErrorKind::Corrupt, "a DIMENSIONS record cut short"));
    };
    let sane = first_row <= end_row
        && end_row <= 65_536
        && first_column <= end_column
        && u32::from(end_column) <= MAX_COLUMN + 1;
    if sane {
        return Ok(());
    }
    Err(ReadError::file(
        ReadErrorKind::Corrupt,
        format!("a sheet claims rows {first_row}–{end_row} and columns {first_column}–{end_column}"),
    ))
}
