//! Workbooks as stations, spreadsheets and other writers leave them: read all the same, or refused with the place.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]

mod support;

use std::io::{Cursor, Read, Write};
use std::path::Path;

use rust_xlsxwriter::{Workbook, Worksheet};
use support::{judge_bytes, sample};
use trimwatch::analysis::{JudgedRun, Status};
use trimwatch::engine::Outcome;

fn run(bytes: &[u8], name: &str) -> JudgedRun {
    match judge_bytes(bytes, Path::new(name)) {
        Outcome::Judged { run, .. } => *run,
        other => panic!("{name}: {other:?}"),
    }
}

fn cause(bytes: &[u8], name: &str) -> String {
    match judge_bytes(bytes, Path::new(name)) {
        Outcome::Failed { cause, .. } => cause,
        other => panic!("{name}: {other:?}"),
    }
}

/// A System A data sheet: a straight track with a ripple, twenty points.
fn sweep(name: &str, shape: impl Fn(u32, &mut Worksheet)) -> Worksheet {
    let mut sheet = Worksheet::new();
    sheet.set_name(name).expect("a name");
    for n in 0..20u32 {
        let (row, x) = (n + 1, f64::from(n));
        let error = 0.002 * (x * 2.1).sin();
        let cells = [(3, 0.1 * x + error), (5, 0.1 * x), (6, error), (7, x), (8, 0.01), (9, -0.01)];
        for (column, value) in cells {
            sheet.write_number(row, column, value).expect("written");
        }
        shape(n, &mut sheet);
    }
    sheet
}

fn xlsx(sheets: Vec<Worksheet>) -> Vec<u8> {
    let mut book = Workbook::new();
    for sheet in sheets {
        book.push_worksheet(sheet);
    }
    book.save_to_buffer().expect("memory")
}

const NAME: &str = "8340_7_TEST DATA_3-2-2026_6-40 AM.xlsx";

#[test]
fn a_remark_under_the_table_is_no_point() {
    let remark = |n: u32, sheet: &mut Worksheet| {
        if n == 19 {
            sheet.write_string(21, 5, "operator: JB").expect("written");
        }
    };
    let run = run(&xlsx(vec![sweep("SEC1 TRK1 0", remark), sweep("SEC1 TRK1 1 TRM1", remark)]), NAME);
    assert_eq!(run.status, Status::Pass, "{:?}", run.tracks);
    assert_eq!(run.tracks.first().map(|track| track.points), Some(20));
}

#[test]
fn text_where_a_position_belongs_is_an_error_that_names_the_cell() {
    let text = |n: u32, sheet: &mut Worksheet| {
        if n == 4 {
            sheet.write_string(5, 7, "see note").expect("written");
        }
    };
    let run = run(&xlsx(vec![sweep("SEC1 TRK1 1 TRM1", text)]), NAME);
    assert_eq!(run.status, Status::Error);
    let reasons = run.tracks.first().map(|track| track.reasons.join("; ")).unwrap_or_default();
    assert!(reasons.contains("SEC1 TRK1 1 TRM1!H6"), "{reasons}");
}

#[test]
fn a_final_resistance_far_beyond_the_window_is_a_warning_however_large() {
    let mut windows = Worksheet::new();
    windows.set_name("Track Parameters").expect("a name");
    for (row, label, value) in [(0, "Final Resistance Min", 900.0), (1, "Final Resistance Max", 1_100.0)] {
        windows.write_string(row, 0, label).expect("written");
        windows.write_number(row, 1, value).expect("written");
    }
    let ohms = |_: u32, sheet: &mut Worksheet| {
        sheet.write_string(9, 0, "Resistance").expect("written");
        sheet.write_number(9, 1, 2e7).expect("written");
    };
    let run = run(&xlsx(vec![windows, sweep("SEC1 TRK1 0", |_, _| {}), sweep("SEC1 TRK1 1 TRM1", ohms)]), NAME);
    let track = run.tracks.first().expect("a track");
    if track.settings.final_window.is_some() {
        assert_eq!(run.status, Status::Warning, "{:?}", track.reasons);
    }
}

#[test]
fn a_pass_without_a_graded_point_keeps_its_place_among_the_passes() {
    let ungraded = |n: u32, sheet: &mut Worksheet| {
        sheet.write_string(n + 1, 8, "NaN").expect("written");
    };
    let sheets = vec![sweep("SEC1 TRK1 1 TRM1", ungraded), sweep("SEC1 TRK1 2 TRM1", |_, _| {})];
    let run = run(&xlsx(sheets), NAME);
    let passes: Vec<(u32, u32)> = run.tracks.iter().flat_map(|t| &t.passes).map(|p| (p.number, p.graded)).collect();
    assert_eq!(passes, [(1, 0), (2, 20)]);
}

#[test]
fn a_cell_far_out_on_a_sheet_nobody_reads_is_refused_all_the_same() {
    let mut notes = Worksheet::new();
    notes.set_name("Report").expect("a name");
    notes.write_number(1_000_000, 3, 1.0).expect("written");
    let said = cause(&xlsx(vec![sweep("SEC1 TRK1 1 TRM1", |_, _| {}), notes]), NAME);
    assert!(said.contains("Report!D1000001"), "{said}");
}

/// The `Workbook` stream of an `.xls` changed, in a compound file of its own.
fn with_stream(words: &str, change: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
    let bytes = std::fs::read(sample(words)).expect("a sample");
    let mut stream = Vec::new();
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).expect("a compound file");
    file.open_stream("/Workbook").expect("a stream").read_to_end(&mut stream).expect("read");
    change(&mut stream);
    let mut file = cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new())).expect("memory");
    file.create_stream("/Workbook").expect("a stream").write_all(&stream).expect("memory");
    file.flush().expect("memory");
    file.into_inner().into_inner()
}

#[test]
fn a_complete_workbook_filled_up_with_zeros_is_no_copy_in_progress() {
    let name = "9101-1_201_TA_Test Data_3-2-2026_6-40 AM.xls";
    let as_it_was = run(&with_stream("9101-1_201", |_| {}), name);
    for zeros in [1, 2, 3, 4, 1_000] {
        let filled = run(&with_stream("9101-1_201", |stream| stream.resize(stream.len() + zeros, 0)), name);
        assert_eq!(filled, as_it_was, "{zeros}");
    }
}

#[test]
fn a_tail_of_zeros_is_not_finished_wherever_it_begins() {
    let length = std::cell::Cell::new(0);
    with_stream("9101-1_201", |stream| length.set(stream.len()));
    let length = length.get();
    for kept in (600..length - 4).step_by(97) {
        let bytes = with_stream("9101-1_201", |stream| stream.iter_mut().skip(kept).for_each(|byte| *byte = 0));
        let outcome = judge_bytes(&bytes, Path::new("9101-1_201_TA_Test Data_3-2-2026_6-40 AM.xls"));
        assert!(
            matches!(outcome, Outcome::Failed { failure, .. } if failure.is_unfinished()),
            "{kept} of {length}: {outcome:?}"
        );
    }
}

#[test]
fn a_cell_beyond_the_last_column_is_named_with_its_sheet() {
    const NUMBER: [u8; 4] = [0x03, 0x02, 14, 0];
    let bytes = with_stream("9101-1_201", |stream| {
        let at = stream.windows(4).rposition(|record| record == NUMBER).expect("a number");
        if let Some(column) = stream.get_mut(at + 6..at + 8) {
            column.copy_from_slice(&300u16.to_le_bytes());
        }
    });
    let said = cause(&bytes, "9101-1_201_TA_Test Data_3-2-2026_6-40 AM.xls");
    assert!(said.contains("!KO"), "{said}");
}
