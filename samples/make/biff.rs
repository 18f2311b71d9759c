//! A BIFF8 `.xls` writer: just the records a workbook of plain cells needs ([MS-XLS] 2.4), in an OLE compound file.

use std::collections::HashMap;
use std::io::{Cursor, Write};

use crate::book::{Book, Sheet, Value};

/// The one cell format, after fifteen style formats.
const CELL_FORMAT: u16 = 15;

/// The workbook's file.
pub fn file(book: &Book) -> Vec<u8> {
    compound(&stream(book))
}

/// A compound file with a `Workbook` stream.
pub fn compound(stream: &[u8]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new())).expect("memory");
    file.create_stream("/Workbook").expect("a stream").write_all(stream).expect("memory");
    file.flush().expect("memory");
    file.into_inner().into_inner()
}

/// The `Workbook` stream.
pub fn stream(book: &Book) -> Vec<u8> {
    let (strings, index) = strings(book);
    let mut out = globals(&strings, &[]);
    let offsets: Vec<u32> = {
        let mut at = globals(&strings, &places(book, &[])).len();
        let sheet = |sheet: &Sheet| {
            let start = at;
            at += sheet_records(sheet, &index).len();
            u32::try_from(start).expect("a small workbook")
        };
        book.sheets.iter().map(sheet).collect()
    };
    out.clear();
    out.extend(globals(&strings, &places(book, &offsets)));
    for sheet in &book.sheets {
        out.extend(sheet_records(sheet, &index));
    }
    out
}

/// Sheet names with their offsets in the stream; offsets not known yet are 0.
fn places(book: &Book, offsets: &[u32]) -> Vec<(String, u32)> {
    let offset = |index: usize| offsets.get(index).copied().unwrap_or(0);
    book.sheets.iter().enumerate().map(|(index, sheet)| (sheet.name.clone(), offset(index))).collect()
}

/// All texts, each once, and where each one is.
fn strings(book: &Book) -> (Vec<String>, HashMap<String, u32>) {
    let (mut strings, mut index) = (Vec::new(), HashMap::new());
    for value in book.sheets.iter().flat_map(|sheet| sheet.cells.values()) {
        if let Value::Text(text) = value
            && !index.contains_key(text)
        {
            index.insert(text.clone(), u32::try_from(strings.len()).expect("few texts"));
            strings.push(text.clone());
        }
    }
    (strings, index)
}

fn record(out: &mut Vec<u8>, kind: u16, body: &[u8]) {
    out.extend(kind.to_le_bytes());
    out.extend(u16::try_from(body.len()).expect("records are short").to_le_bytes());
    out.extend(body);
}

fn begin(out: &mut Vec<u8>, kind: u16) {
    let mut body = Vec::new();
    for word in [0x0600, kind, 0x0DBB, 0x07CC, 0x0041, 0x0000, 0x0006, 0x0000] {
        body.extend(u16::to_le_bytes(word));
    }
    record(out, 0x0809, &body);
}

fn globals(strings: &[String], sheets: &[(String, u32)]) -> Vec<u8> {
    let mut out = Vec::new();
    begin(&mut out, 0x0005);
    record(&mut out, 0x0042, &1200u16.to_le_bytes());
    record(&mut out, 0x003D, &[0, 0, 0, 0, 0x40, 0x38, 0xE0, 0x1F, 0x38, 0, 0, 0, 0, 0, 1, 0, 0x58, 2]);
    for _ in 0..4 {
        let mut font = vec![0xC8, 0, 0, 0, 0xFF, 0x7F, 0x90, 0x01, 0, 0, 0, 0, 0, 0, 5, 0];
        font.extend(b"Arial");
        record(&mut out, 0x0031, &font);
    }
    for format in 0..=CELL_FORMAT {
        let style = if format < CELL_FORMAT { 0xFFF5u16 } else { 1 };
        let mut body = vec![0; 20];
        body.splice(4..6, style.to_le_bytes());
        body.splice(18..20, 0x20C0u16.to_le_bytes());
        record(&mut out, 0x00E0, &body);
    }
    record(&mut out, 0x0293, &[0, 0x80, 0, 0xFF]);
    for (name, offset) in sheets {
        let mut body = offset.to_le_bytes().to_vec();
        body.extend([0, 0, u8::try_from(name.len()).expect("a short name"), 0]);
        body.extend(name.as_bytes());
        record(&mut out, 0x0085, &body);
    }
    record(&mut out, 0x00FC, &shared_strings(strings));
    record(&mut out, 0x000A, &[]);
    out
}

fn shared_strings(strings: &[String]) -> Vec<u8> {
    let count = u32::try_from(strings.len()).expect("few texts").to_le_bytes();
    let mut body = [count, count].concat();
    for text in strings {
        assert!(text.is_ascii(), "labels are ASCII");
        body.extend(u16::try_from(text.len()).expect("a short text").to_le_bytes());
        body.push(0);
        body.extend(text.as_bytes());
    }
    assert!(body.len() < 8_000, "the texts fit one record");
    body
}

fn sheet_records(sheet: &Sheet, index: &HashMap<String, u32>) -> Vec<u8> {
    let mut out = Vec::new();
    begin(&mut out, 0x0010);
    let rows = sheet.cells.keys().map(|(row, _)| row + 1).max().unwrap_or(0);
    let columns = sheet.cells.keys().map(|(_, column)| column + 1).max().unwrap_or(0);
    let mut size = [0u32.to_le_bytes(), rows.to_le_bytes()].concat();
    size.extend([0u16, columns, 0].iter().flat_map(|word| word.to_le_bytes()));
    record(&mut out, 0x0200, &size);
    for ((row, column), value) in &sheet.cells {
        let mut body = u16::try_from(*row).expect("a BIFF8 row").to_le_bytes().to_vec();
        body.extend(column.to_le_bytes());
        body.extend(CELL_FORMAT.to_le_bytes());
        let kind = match value {
            Value::Number(number) => {
                body.extend(number.to_le_bytes());
                0x0203
            }
            Value::Text(text) => {
                body.extend(index.get(text).expect("a known text").to_le_bytes());
                0x00FD
            }
            Value::NotAvailable => {
                body.extend([42, 1]);
                0x0205
            }
        };
        record(&mut out, kind, &body);
    }
    record(&mut out, 0x000A, &[]);
    out
}
