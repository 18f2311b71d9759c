//! The pre-scan: is the file whole, and small enough to be opened at all?
//!
//! The spreadsheet library loops on a zero-filled tail and asks for terabytes on a forged dimension;
//! `catch_unwind` stops neither. Every file passes here first.

use super::error::{ReadError, ReadErrorKind};
use super::limits::Bounds;
use super::{prescan_xls, prescan_xlsx};

/// Container of a workbook, told by its first bytes and never by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// BIFF8 in a compound file.
    Xls,
    /// Office Open XML in a zip.
    Xlsx,
}

/// Checks size, container and cell bounds without building a single cell. About 0.2 ms a file.
///
/// # Errors
/// [`ReadErrorKind::Unfinished`] for files cut short or filled with zeros, else the reason it is refused.
pub fn prescan(bytes: &[u8], bounds: &Bounds<'_>) -> Result<Format, ReadError> {
    bounds.bytes(bytes.len())?;
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
        prescan_xls::check(bytes, bounds)?;
        Ok(Format::Xls)
    } else if bytes.starts_with(b"PK\x03\x04") {
        prescan_xlsx::check(bytes, bounds)?;
        Ok(Format::Xlsx)
    } else {
        Err(no_workbook(bytes))
    }
}

fn no_workbook(bytes: &[u8]) -> ReadError {
    let head: Vec<u8> =
        bytes.iter().copied().skip_while(|b| b.is_ascii_whitespace() || !b.is_ascii()).take(256).collect();
    let text = String::from_utf8_lossy(&head).to_ascii_lowercase();
    if bytes.is_empty() {
        ReadError::file(ReadErrorKind::Unfinished, "the file is empty")
    } else if bytes.iter().take(512).all(|&b| b == 0) {
        ReadError::file(ReadErrorKind::Unfinished, "the file holds only zeros so far")
    } else if bytes.len() < 8 {
        ReadError::file(ReadErrorKind::Unfinished, "the file ends inside its first bytes")
    } else if text.starts_with("<html") || text.starts_with("<!doctype html") {
        ReadError::file(ReadErrorKind::NotAWorkbook, "this is an HTML page, not a workbook")
    } else if text.starts_with("<?xml") {
        ReadError::file(ReadErrorKind::NotAWorkbook, "this is an XML text, not a workbook")
    } else {
        ReadError::file(ReadErrorKind::NotAWorkbook, "neither .xls nor .xlsx: the first bytes are of no workbook")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(bytes: &[u8]) -> ReadErrorKind {
        prescan(bytes, &Bounds::default()).expect_err("no workbook").kind
    }

    #[test]
    fn empty_and_zero_files_are_not_finished_rather_than_corrupt() {
        assert_eq!(kind(b""), ReadErrorKind::Unfinished);
        assert_eq!(kind(&[0; 4096]), ReadErrorKind::Unfinished);
        assert_eq!(kind(b"\xD0\xCF\x11"), ReadErrorKind::Unfinished);
    }

    #[test]
    fn html_saved_as_xls_is_named_as_such() {
        let error = prescan(b"\xEF\xBB\xBF \r\n<HTML><body>", &Bounds::default()).expect_err("no workbook");
        assert_eq!(error.kind, ReadErrorKind::NotAWorkbook);
        assert!(error.cause.contains("HTML"), "{}", error.cause);
    }
}
