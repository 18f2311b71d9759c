//! Texts in cells: CSV, JSON lines and workbooks read back with readers that are not ours.

use std::fs;
use std::io::Read;
use std::path::Path;

use calamine::{Data, Reader, Xlsx, open_workbook};
use serde_json::Value;
use trimwatch::engine::{Table, extract, kept};
use trimwatch::export::drift::{ALARM_COLUMNS, alarm_row};
use trimwatch::export::{Cell, CsvRows, ExportError, JsonRows, Pack, RowSink, XlsxRows, printable};
use trimwatch::history::{Filter, Moment, Store};
use trimwatch::monitoring::Metric;
use trimwatch::trim::LocalTime;

use crate::dressed;
use crate::support::hostile::{hostile, is_harmless, short, texts};
use crate::support::keep;

/// Characters that a cell of a workbook holds: the format's own limit.
const CELL: usize = 32_767;

type Row = Vec<Cell<'static>>;

/// Takes rows as they are.
#[derive(Default)]
struct Taken(Vec<Row>);

impl RowSink for Taken {
    fn row(&mut self, row: &[Cell<'_>]) -> Result<(), ExportError> {
        self.0.push(row.iter().cloned().map(Cell::owned).collect());
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), ExportError> {
        Ok(())
    }
}

fn csv_bytes(columns: &[&str], rows: &[Row]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut table = Box::new(CsvRows::new(&mut bytes, columns).expect("a head"));
    rows.iter().try_for_each(|row| table.row(row)).and_then(|()| table.finish()).expect("written");
    bytes
}

/// Whether a spreadsheet would compute it; a plain number is a number.
fn computes(cell: &str) -> bool {
    begins_formula(cell) && !is_number(cell)
}

fn begins_formula(cell: &str) -> bool {
    cell.trim_start().starts_with(|c| "=+-@\t\r＝＋－＠﹦﹢﹣﹫".contains(c))
}

fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix(['-', '+']).unwrap_or(cell);
    digits.starts_with(|c: char| c.is_ascii_digit()) && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// What was written, from what stands in a comma-separated cell: one apostrophe less before each formula.
fn recovered(cell: &str) -> String {
    let part = |(place, part): (usize, &str)| {
        let quotes = if place > 0 { &['\'', '"', ' ', '\u{a0}', '\u{3000}'][..] } else { &['\''] };
        let rest = part.strip_prefix('\'').filter(|rest| begins_formula(rest.trim_start_matches(quotes)));
        rest.unwrap_or(part).to_owned()
    };
    cell.split(';').enumerate().map(part).collect::<Vec<String>>().join(";")
}

/// Rows and columns are as they were, nothing computes with any of two separators, and the text is there again.
fn is_sound_csv(columns: &[&str], rows: &[Row]) {
    let bytes = csv_bytes(columns, rows);
    let text = std::str::from_utf8(&bytes).expect("UTF-8");
    assert!(text.lines().all(is_harmless), "on a terminal too");
    assert_eq!(text.lines().count(), rows.len() + 1, "a row a line, even for who knows no quotes");
    let read: Vec<csv::StringRecord> =
        csv::Reader::from_reader(text.as_bytes()).records().map(|row| row.expect("a row")).collect();
    assert_eq!(read.len(), rows.len());
    for (read, row) in read.iter().zip(rows) {
        assert_eq!(read.len(), columns.len());
        for ((cell, read), column) in row.iter().zip(read).zip(columns) {
            let Cell::Text(text) = cell else {
                assert_eq!(read, cell.plain(), "{column}");
                continue;
            };
            assert!(!computes(read), "{column}: {text:?} → {read:?}");
            assert_eq!(recovered(read), printable(text), "{column}: {text:?} → {read:?}");
        }
    }
    // A spreadsheet of half of Europe: semicolons part cells, and commas do not.
    let mut european = csv::ReaderBuilder::new();
    let european = european.delimiter(b';').flexible(true).has_headers(false);
    for row in european.from_reader(text.as_bytes()).records() {
        let row = row.expect("a row");
        assert!(row.iter().all(|cell| !computes(cell)), "{row:?}");
    }
}

/// A line a row, each an object that reads back as exactly what it was, and nothing a terminal would obey.
fn is_sound_json(columns: &[&str], rows: &[Row]) {
    let mut bytes = Vec::new();
    let mut table = Box::new(JsonRows::new(&mut bytes, columns));
    rows.iter().try_for_each(|row| table.row(row)).and_then(|()| table.finish()).expect("written");
    let text = String::from_utf8(bytes).expect("UTF-8");
    assert_eq!(text.lines().count(), rows.len());
    for (line, row) in text.lines().zip(rows) {
        assert!(is_harmless(line), "{line:?}");
        let object: Value = serde_json::from_str(line).expect("an object");
        assert_eq!(object.as_object().map(serde_json::Map::len), Some(columns.len()));
        for (cell, column) in row.iter().zip(columns) {
            if let Cell::Text(text) = cell {
                assert_eq!(object[*column].as_str(), Some(text.as_ref()), "{column}");
            }
        }
    }
}

/// Every cell is a text that is the text as far as the format goes, no cell a formula; what else is in the file is XML.
fn is_sound_xlsx(columns: &'static [&'static str], rows: &[Row]) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rows.xlsx");
    let file = fs::File::create(&path).expect("a file");
    let mut table = Box::new(XlsxRows::new(file, folder.path(), "rows", columns).expect("a workbook"));
    rows.iter().try_for_each(|row| table.row(row)).and_then(|()| table.finish()).expect("written");
    let mut book: Xlsx<_> = open_workbook(&path).expect("a workbook");
    let sheet = book.worksheet_range("rows").expect("a sheet");
    assert_eq!(sheet.height(), rows.len() + 1);
    for (at, row) in rows.iter().enumerate() {
        for (column, cell) in row.iter().enumerate() {
            let Cell::Text(text) = cell else { continue };
            let Some(Data::String(read)) = sheet.get((at + 1, column)) else { panic!("{text:?} is no text") };
            is_text_of_cell(read, text);
        }
    }
    no_formula_and_all_xml(&path);
}

/// What a cell holds of a text.
fn is_text_of_cell(read: &str, text: &str) {
    let shown = printable(text);
    if shown.encode_utf16().count() <= CELL {
        assert_eq!(read, shown, "{text:?}");
    } else {
        let cut = read.strip_suffix('…').expect("cut, and says so");
        assert!(shown.starts_with(cut) && read.encode_utf16().count() <= CELL, "cut where a cell ends");
    }
}

fn no_formula_and_all_xml(path: &Path) {
    let mut book: Xlsx<_> = open_workbook(path).expect("a workbook");
    for name in book.sheet_names() {
        assert!(!name.is_empty() && name.len() <= 31 && !name.contains(['[', ']', ':', '*', '?', '/', '\\', '\'']));
        assert!(book.worksheet_formula(&name).is_ok_and(|formulas| formulas.is_empty()), "{name}");
    }
    let mut zip = zip::ZipArchive::new(fs::File::open(path).expect("a file")).expect("a zip");
    for at in 0..zip.len() {
        let mut entry = zip.by_index(at).expect("an entry");
        let name = entry.name().expect("a name").to_string();
        assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._[]-".contains(&byte)), "{name:?}");
        let mut text = String::new();
        entry.read_to_string(&mut text).expect("text");
        let options = roxmltree::ParsingOptions { nodes_limit: u32::MAX, ..roxmltree::ParsingOptions::default() };
        let parsed = roxmltree::Document::parse_with_options(&text, options).unwrap_or_else(|e| panic!("{name}: {e}"));
        let own = |node: roxmltree::Node<'_, '_>| node.is_element() && node.tag_name().namespace().is_none();
        assert!(!parsed.descendants().any(own), "{name}: an element that is none of the format's");
    }
}

#[test]
fn every_text_is_one_cell_of_one_row_in_every_kind_of_table() {
    let columns: &[&str] = &["before", "text", "after"];
    let row = |text: String| vec![Cell::Count(1), Cell::text(text), Cell::Flag(true)];
    let rows: Vec<Row> = hostile().into_iter().map(row).collect();
    is_sound_csv(columns, &rows);
    is_sound_json(columns, &rows);
    is_sound_xlsx(columns, &rows);
    let first: Vec<Row> = texts().into_iter().map(|text| vec![Cell::text(text), Cell::Number(-0.5)]).collect();
    is_sound_csv(&["text", "figure"], &first);
}

#[test]
fn every_column_of_every_table_of_the_history_holds_any_text() {
    let store = Store::in_memory();
    let texts = short();
    keep(&store, texts.iter().zip(0..).map(|(text, number)| dressed::kept(text, number)).collect());
    let moment = Moment { now: LocalTime::from_timestamp(1_773_921_600).expect("a time"), shift: None };
    for table in [Table::Runs, Table::Tracks] {
        let mut taken = Taken::default();
        extract(&store, table, &Filter::default(), &moment, &mut taken).expect("rows");
        assert_eq!(taken.0.len(), texts.len(), "{table:?}: a track a run");
        is_sound_csv(table.columns(), &taken.0);
        is_sound_json(table.columns(), &taken.0);
    }
    let alarms: Vec<_> = texts.iter().map(|text| dressed::seen_alarm(text)).collect();
    let rows: Vec<Row> = alarms.iter().map(|alarm| alarm_row(alarm).into_iter().map(Cell::owned).collect()).collect();
    is_sound_csv(ALARM_COLUMNS, &rows);
    is_sound_json(ALARM_COLUMNS, &rows);
}

#[test]
fn a_pack_of_hostile_units_is_a_workbook_of_texts_without_a_formula() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("pack.xlsx");
    let mut pack = Pack::new(folder.path()).expect("a pack");
    let texts = texts();
    for (at, text) in texts.iter().enumerate() {
        let (mut run, curves) = dressed::run(text, at as u64);
        run.record.excluded = None;
        pack.run(&kept(&run.record)).expect("a run");
        // A chart a text costs time: long ones, and one of every family.
        if at % 15 == 0 || text.len() > 1_000 {
            pack.curve(&kept(&run.record), &curves).expect("a curve");
            pack.lots(&dressed::charts(Metric::Risk, text)).expect("lots");
        }
    }
    let summary: Vec<_> = texts.iter().map(|text| (text.clone(), Cell::text(text))).collect();
    pack.finish(&summary, fs::File::create(&path).expect("a file")).expect("a workbook");
    let mut book: Xlsx<_> = open_workbook(&path).expect("a workbook");
    let sheet = book.worksheet_range("Summary").expect("a summary");
    for (at, text) in texts.iter().enumerate() {
        for column in [0, 1] {
            let Some(Data::String(read)) = sheet.get((at, column)) else { panic!("{text:?} is no text") };
            is_text_of_cell(read, text);
        }
    }
    no_formula_and_all_xml(&path);
}
