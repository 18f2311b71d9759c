//! What leaves the program: figures read back bit for bit, files where they were wanted.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first wrong thing"
)]

mod support;

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use calamine::{Data, Reader, Xlsx, open_workbook};
use serde_json::Value;
use support::program::{PROGRAM, at_home, program};
use support::{entry, keep, open};
use trimwatch::engine::{ExtractError, Table, extract};
use trimwatch::export::{Cell, CsvRows, ExportError, JsonRows, RowSink, XlsxRows};
use trimwatch::history::{Ending, Filter, Moment, Store};
use trimwatch::trim::LocalTime;

/// Takes the rows as they are.
#[derive(Default)]
struct Taken(Vec<Vec<Cell<'static>>>);

impl RowSink for Taken {
    fn row(&mut self, row: &[Cell<'_>]) -> Result<(), ExportError> {
        let owned = |cell: &Cell<'_>| match cell {
            Cell::Text(text) => Cell::Text(text.clone().into_owned().into()),
            Cell::Empty => Cell::Empty,
            Cell::Number(figure) => Cell::Number(*figure),
            Cell::Single(figure) => Cell::Single(*figure),
            Cell::Count(count) => Cell::Count(*count),
            Cell::Flag(flag) => Cell::Flag(*flag),
        };
        self.0.push(row.iter().map(owned).collect());
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), ExportError> {
        Ok(())
    }
}

fn moment() -> Moment {
    Moment { now: LocalTime::from_timestamp(1_773_921_600).expect("a time"), shift: None }
}

/// A disk that takes no file beyond a size says so as a full one does.
#[cfg(unix)]
#[test]
fn a_workbook_that_a_disk_does_not_take_is_an_error_that_names_it_and_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, out) = (folder.path().join("store"), folder.path().join("curves.xlsx"));
    let incoming = support::samples().join("incoming");
    let args = [OsStr::new("ingest"), incoming.as_os_str(), OsStr::new("--store"), store.as_os_str()];
    assert!(program(folder.path()).args(args).status().expect("it runs").success());
    let mut command = Command::new("sh");
    at_home(&mut command, folder.path());
    command.args(["-c", "trap '' XFSZ; ulimit -f 2000; exec \"$@\"", "sh", PROGRAM, "export", "curves"]);
    command.args(["--format", "xlsx", "--out"]).arg(&out).arg("--store").arg(&store);
    let output = command.output().expect("a shell");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("curves.xlsx was not written") && said.contains("File too large"), "{said}");
    assert_eq!(said.lines().count(), 1, "one sentence and no trace: {said}");
    let names = fs::read_dir(folder.path()).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    // The log of a long-running command lies in the state folder of the home.
    let left: Vec<_> = names.filter(|name| name != "store" && name != ".local").collect();
    assert!(!out.exists() && left.is_empty(), "nothing is left: {left:?}");
}

/// A store with a few samples.
fn shop() -> Store {
    let store = Store::in_memory();
    let words = ["9101-1_201", "9203_34", "9102A_53", "9204_88"];
    let entries = words.iter().map(|word| entry(word, &format!("/in/{word}.xls"), word.as_bytes(), 1));
    keep(&store, entries.collect());
    store
}

fn taken(store: &Store, table: Table) -> Vec<Vec<Cell<'static>>> {
    let mut rows = Taken::default();
    extract(store, table, &Filter::default(), &moment(), &mut rows).expect("rows");
    rows.0
}

fn as_csv(columns: &[&str], rows: &[Vec<Cell<'_>>]) -> Vec<csv::StringRecord> {
    let mut bytes = Vec::new();
    let mut table = Box::new(CsvRows::new(&mut bytes, columns).expect("a head"));
    rows.iter().try_for_each(|row| table.row(row)).and_then(|()| table.finish()).expect("written");
    csv::Reader::from_reader(bytes.as_slice()).records().map(|row| row.expect("a row")).collect()
}

fn as_json(columns: &[&str], rows: &[Vec<Cell<'_>>]) -> Vec<Value> {
    let mut bytes = Vec::new();
    let mut table = Box::new(JsonRows::new(&mut bytes, columns));
    rows.iter().try_for_each(|row| table.row(row)).and_then(|()| table.finish()).expect("written");
    let text = String::from_utf8(bytes).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("an object")).collect()
}

fn as_xlsx(
    columns: &'static [&'static str],
    rows: &[Vec<Cell<'_>>],
    rows_a_sheet: u32,
) -> Vec<(String, Vec<Vec<Data>>)> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rows.xlsx");
    let file = fs::File::create(&path).expect("a file");
    let sheets = XlsxRows::in_sheets_of(rows_a_sheet, file, folder.path(), "rows", columns).expect("a workbook");
    let mut table = Box::new(sheets);
    rows.iter().try_for_each(|row| table.row(row)).and_then(|()| table.finish()).expect("written");
    let mut book: Xlsx<_> = open_workbook(&path).expect("a workbook");
    let sheet = |(name, range): (String, calamine::Range<Data>)| (name, range.rows().map(<[Data]>::to_vec).collect());
    book.worksheets().into_iter().map(sheet).collect()
}

#[test]
fn every_figure_is_read_back_bit_for_bit_from_csv_json_and_workbook() {
    let store = shop();
    for table in [Table::Runs, Table::Tracks, Table::Curves] {
        let rows = taken(&store, table);
        let (csv, json) = (as_csv(table.columns(), &rows), as_json(table.columns(), &rows));
        let (_, sheet) = as_xlsx(table.columns(), &rows, u32::MAX).remove(0);
        assert_eq!((csv.len(), json.len(), sheet.len()), (rows.len(), rows.len(), rows.len() + 1), "{table:?}");
        let mut figures = 0;
        for (at, row) in rows.iter().enumerate() {
            for (column, cell) in row.iter().enumerate() {
                let (name, text) = (table.columns()[column], &csv[at][column]);
                let (json, there) = (&json[at][name], sheet[at + 1].get(column));
                match cell {
                    Cell::Number(figure) => {
                        assert_eq!(text.parse::<f64>().map(f64::to_bits), Ok(figure.to_bits()), "{name}");
                        assert_eq!(json.as_f64().map(f64::to_bits), Some(figure.to_bits()), "{name}");
                        assert!(matches!(there, Some(Data::Float(f)) if f.to_bits() == figure.to_bits()), "{name}");
                    }
                    Cell::Single(figure) => {
                        let single: f32 = serde_json::from_value(json.clone()).expect("a number");
                        assert_eq!(text.parse::<f32>().map(f32::to_bits), Ok(figure.to_bits()), "{name}");
                        assert_eq!(single.to_bits(), figure.to_bits(), "{name}");
                        let wide = f64::from(*figure);
                        assert!(matches!(there, Some(Data::Float(f)) if f.to_bits() == wide.to_bits()), "{name}");
                    }
                    Cell::Count(count) => {
                        assert_eq!((text.parse(), json.as_u64()), (Ok(*count), Some(*count)), "{name}");
                    }
                    Cell::Empty => assert!(text.is_empty() && json.is_null(), "{name}: blank is never 0"),
                    Cell::Text(_) | Cell::Flag(_) => continue,
                }
                figures += 1;
            }
        }
        assert!(figures > 20, "{table:?}: {figures} figures");
    }
}

#[test]
fn rows_come_in_clock_order_and_the_filter_says_which() {
    let store = shop();
    let times: Vec<Cell<'_>> = taken(&store, Table::Runs).into_iter().map(|row| row[1].clone()).collect();
    let mut sorted: Vec<String> = times.iter().map(|time| time.plain().into_owned()).collect();
    sorted.sort();
    assert_eq!(times.iter().map(|time| time.plain().into_owned()).collect::<Vec<_>>(), sorted);
    let mut failed = Taken::default();
    let filter = Filter::parse("status:fail").expect("a filter");
    let told = extract(&store, Table::Tracks, &filter, &moment(), &mut failed).expect("rows");
    assert_eq!((told.walked.runs, told.without_curves), (2, 0));
    assert!(failed.0.iter().all(|row| row[8] == Cell::text("FAIL")));
}

/// Has had enough after so many rows.
struct Full(usize);

impl RowSink for Full {
    fn row(&mut self, _row: &[Cell<'_>]) -> Result<(), ExportError> {
        self.0 = self.0.checked_sub(1).ok_or_else(|| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), ExportError> {
        Ok(())
    }
}

#[test]
fn whoever_takes_no_more_rows_ends_the_export_wherever_it_stands() {
    let store = Store::in_memory();
    let run = |n: u64| {
        let mut entry = entry("9101-1_201", &format!("/in/{n}.xls"), &n.to_le_bytes(), 1);
        if let Ending::Run { run, .. } = &mut entry.ending {
            run.identity.serial = (100 + n).to_string();
        }
        entry
    };
    keep(&store, (0..200).map(run).collect());
    for rows in [0, 1, 63, 64, 65, 150, 199] {
        let mut sink = Full(rows);
        let ended = extract(&store, Table::Runs, &Filter::default(), &moment(), &mut sink);
        assert!(matches!(ended, Err(ExtractError::Sink(ExportError::Io(_)))), "{rows}: {ended:?}");
        assert_eq!(sink.0, 0, "every row that it took was given");
    }
    let mut sink = Full(200);
    let ended = extract(&store, Table::Runs, &Filter::default(), &moment(), &mut sink).expect("all of them");
    assert_eq!((ended.walked.runs, sink.0), (200, 0));
}

#[test]
fn what_one_sheet_does_not_hold_goes_on_in_the_next_under_the_same_head() {
    let rows: Vec<Vec<Cell<'_>>> = (0..10).map(|n| vec![Cell::Count(n), Cell::text("=1")]).collect();
    let sheets = as_xlsx(&["n", "text"], &rows, 5);
    let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["rows", "rows 2", "rows 3"]);
    let seen: Vec<Data> = sheets.iter().flat_map(|(_, rows)| rows.iter().skip(1).map(|row| row[0].clone())).collect();
    assert_eq!(seen, (0..10).map(|n| Data::Float(f64::from(n))).collect::<Vec<_>>());
    assert!(sheets.iter().all(|(_, rows)| rows[0] == [Data::String("n".into()), Data::String("text".into())]));
}

fn trimwatch(folder: &Path, args: &[&str]) -> Output {
    let mut command = program(folder);
    command.env("TRIMWATCH_STORE", folder.join("store")).current_dir(folder).args(args).output().expect("the program")
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn kept_shop() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&folder.path().join("store"));
    keep(&store, vec![entry("9203_34", "/in/../../a.xls", b"a", 1), entry("9101-1_201", "/in/b.xls", b"b", 2)]);
    drop(store);
    let root = folder.path().to_path_buf();
    (folder, root)
}

#[test]
fn an_export_lies_where_it_was_wanted_whole_and_over_nothing() {
    let (_folder, root) = kept_shop();
    fs::create_dir(root.join("out")).expect("a folder");
    let done = trimwatch(&root, &["export", "runs", "--out", "out/runs.csv"]);
    assert!(done.status.success() && done.stdout.is_empty(), "{done:?}");
    let again = trimwatch(&root, &["export", "tracks", "--out", "out/runs.csv"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).contains("--force"), "{again:?}");
    let first = fs::read_to_string(root.join("out/runs.csv")).expect("a table");
    assert_eq!(first.lines().count(), 3);
    for format in ["csv", "jsonl", "xlsx"] {
        let done = trimwatch(&root, &["export", "curves", "--format", format, "--out", "out/runs.csv", "--force"]);
        assert!(done.status.success(), "{done:?}");
        assert_eq!(
            (names(&root.join("out")), names(&root)),
            (vec!["runs.csv".to_owned()], vec!["out".into(), "store".into()])
        );
    }
    let refused = trimwatch(&root, &["export", "runs", "--out", "missing/runs.csv"]);
    assert_eq!((refused.status.code(), names(&root)), (Some(2), vec!["out".to_owned(), "store".to_owned()]));
}

#[test]
fn a_table_goes_to_standard_output_and_a_workbook_does_not() {
    let (_folder, root) = kept_shop();
    let told = trimwatch(&root, &["export", "runs", "status:fail", "--format", "jsonl", "--since", "2020-01-01"]);
    let text = String::from_utf8_lossy(&told.stdout).into_owned();
    let row: Value = serde_json::from_str(text.trim()).expect("one object");
    assert_eq!((&row["model"], &row["status"], &row["out"]), (&"9203".into(), &"FAIL".into(), &22.into()));
    let none = trimwatch(&root, &["export", "tracks", "--model", "9999"]);
    assert_eq!(String::from_utf8_lossy(&none.stdout).lines().count(), 1, "the head alone");
    assert_eq!(trimwatch(&root, &["export", "runs", "--format", "xlsx"]).status.code(), Some(2));
    assert_eq!(trimwatch(&root, &["export", "alarms", "status:fail"]).status.code(), Some(2));
    let alarms = trimwatch(&root, &["export", "alarms"]);
    assert!(alarms.status.success() && alarms.stdout.starts_with(b"alarm,time,model"), "{alarms:?}");
}
