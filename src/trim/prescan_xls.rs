//! Pre-scan of BIFF8 `.xls`: walks the compound file and every record of the `Workbook` stream.

use std::borrow::Cow;

use super::area::{AreaBudget, MAX_COLUMN};
use super::compound::{Compound, u16_at, u32_at};
use super::error::{ReadError, ReadErrorKind};

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000A;
const DIMENSIONS: u16 = 0x0200;
const BOUNDSHEET: u16 = 0x0085;
const FILEPASS: u16 = 0x002F;
/// Longest record body BIFF8 allows, bytes.
const MAX_RECORD: usize = 8224;

/// Walks the file; see [`super::prescan`].
pub(super) fn check(bytes: &[u8]) -> Result<(), ReadError> {
    let stream = workbook_stream(bytes)?;
    let mut walk = Walk::default();
    let mut rest = stream.as_ref();
    while !rest.is_empty() {
        let (kind, body, after) = split_record(rest)?;
        walk.record(kind, body, stream.len())?;
        rest = after;
    }
    walk.finish()
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
    sheets: usize,
    area: AreaBudget,
}

impl Walk {
    fn record(&mut self, kind: u16, body: &[u8], stream: usize) -> Result<(), ReadError> {
        match kind {
            BOF => self.begun += 1,
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
        self.sheets += 1;
        let inside =
            u32_at(body, 0).and_then(|offset| usize::try_from(offset).ok()).is_some_and(|offset| offset < stream);
        if inside {
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
        if self.begun != self.ended {
            return Err(ReadError::file(
                ReadErrorKind::Unfinished,
                format!("{} parts begun, {} ended: the tail is missing", self.begun, self.ended),
            ));
        }
        if self.sheets == 0 {
            return Err(ReadError::file(ReadErrorKind::Corrupt, "a workbook without a sheet"));
        }
        Ok(())
    }
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
