//! Pre-scan of `.xlsx`: unpacks every entry into nothing and counts, so that a bomb is refused unopened.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::error::{ReadError, ReadErrorKind};
use super::limits::Bounds;

/// Largest unpacked entry, bytes.
const MAX_ENTRY: u64 = 32 * 1024 * 1024;
/// Largest unpacked sum, bytes.
const MAX_TOTAL: u64 = 64 * 1024 * 1024;
/// Most entries a workbook may hold.
const MAX_ENTRIES: usize = 4096;

/// Counts the unpacked bytes; see [`super::prescan`]. Sizes in the directory are claims, so each entry is
/// really unpacked.
pub(super) fn check(bytes: &[u8], bounds: &Bounds<'_>) -> Result<(), ReadError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| {
        ReadError::file(ReadErrorKind::Unfinished, format!("the zip directory is missing or damaged: {e}"))
    })?;
    if archive.len() > MAX_ENTRIES {
        return Err(too_large(format!("{} zip entries", archive.len())));
    }
    if archive.index_for_name("xl/workbook.xml").is_none() {
        return Err(ReadError::file(ReadErrorKind::NotAWorkbook, "a zip file without xl/workbook.xml: no workbook"));
    }
    let mut total = 0;
    for index in 0..archive.len() {
        bounds.time()?;
        total += unpacked(&mut archive, index)?;
        if total > MAX_TOTAL {
            return Err(too_large(format!("more than {MAX_TOTAL} bytes unpacked")));
        }
    }
    Ok(())
}

fn unpacked(archive: &mut ZipArchive<Cursor<&[u8]>>, index: usize) -> Result<u64, ReadError> {
    let damaged = |e: ZipError| ReadError::file(ReadErrorKind::Unfinished, format!("a zip entry is damaged: {e}"));
    let entry = archive.by_index(index).map_err(damaged)?;
    let name = entry.name().map_err(damaged)?.into_owned();
    let size =
        std::io::copy(&mut entry.take(MAX_ENTRY + 1), &mut std::io::sink()).map_err(|e| damaged(ZipError::Io(e)))?;
    if size > MAX_ENTRY {
        return Err(too_large(format!("{name} unpacks to more than {MAX_ENTRY} bytes")));
    }
    Ok(size)
}

fn too_large(cause: String) -> ReadError {
    ReadError::file(ReadErrorKind::TooLarge, cause)
}
