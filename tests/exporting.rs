//! Exports of a running session: whole, beside everything else, in their own folder and no other.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use calamine::{Reader, Xlsx, open_workbook};
use support::shop::{Shift, Shop};
use trimwatch::export::{Cell, Format, Sheet};
use trimwatch::history::{Filter, Query, SortBy};
use trimwatch::session::{Event, ExportOf, Request, Setup};

fn ended(shift: &Shift, number: u64, what: ExportOf, format: Format) -> Result<(PathBuf, u64), String> {
    shift.ask(Request::Export { number, what, format });
    shift.wait("the end of an export", |event| match event {
        Event::Exported { number: answered, path, rows, unread: 0 } if answered == number => {
            Some(Ok((path.into(), rows)))
        }
        Event::NotExported { number: answered, why } if answered == number => Some(Err(why)),
        _ => None,
    })
}

fn runs(filter: &str) -> ExportOf {
    let filter = Filter::parse(filter).expect("a filter");
    ExportOf::Runs(Box::new(Query { filter, sort: SortBy::Serial, reverse: true, limit: 1, ..Query::default() }))
}

fn sheet(of: &str) -> ExportOf {
    let mut sheet = Sheet::new(of, &["serial", "margin"]);
    sheet.rows.push(vec![Cell::text("=1+1\u{1b}[2J".to_owned()), Cell::number(Some(-28.5))]);
    ExportOf::Sheet(Box::new(sheet))
}

/// Waits until questions about the whole history are answered.
fn built(shift: &Shift) {
    shift.ask(Request::Query { number: 900, query: Box::new(Query { limit: 1, ..Query::default() }) });
    shift.wait("a page", |event| matches!(event, Event::Page { .. }).then_some(()));
}

fn serials(path: &Path) -> Vec<String> {
    let mut table = csv::Reader::from_path(path).expect("a table");
    table.records().map(|row| row.expect("a row").get(3).expect("a serial").to_owned()).collect()
}

#[test]
fn all_runs_that_are_meant_are_written_in_their_order_kept_or_not() {
    let shop = Shop::new();
    let exports = shop.root.path().join("exports");
    for store in [Some(shop.store()), None] {
        let shift = Shift::of(Setup { exports: exports.clone(), store, ..shop.setup() });
        for words in ["9101-1_207", "9203_34", "9101-1_201"] {
            fs::remove_file(shop.incoming().join(support::sample(words).file_name().expect("a name"))).ok();
            shop.drop_sample(words);
            shift.run();
        }
        built(&shift);
        let (path, rows) = ended(&shift, 1, runs(""), Format::Csv).expect("written");
        assert_eq!((rows, serials(&path)), (3, vec!["207".to_owned(), "201".to_owned(), "34".to_owned()]));
        let (path, rows) = ended(&shift, 2, runs("status:pass"), Format::Xlsx).expect("written");
        let mut book: Xlsx<_> = open_workbook(&path).expect("a workbook");
        let range = book.worksheet_range("runs").expect("the sheet");
        assert_eq!((rows, range.height()), (2, 3));
        shift.session.stop();
    }
    let left = fs::read_dir(&exports).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    let left: Vec<String> = left.map(|name| name.to_string_lossy().into_owned()).collect();
    assert_eq!(left.len(), 4, "{left:?}");
    assert!(left.iter().all(|name| name.starts_with("trimwatch-history-")), "{left:?}");
}

#[test]
fn a_table_computes_nothing_and_its_name_leads_nowhere() {
    let shop = Shop::new();
    let exports = shop.root.path().join("exports");
    let shift = Shift::of(Setup { exports: exports.clone(), ..shop.setup() });
    shift.opened();
    let (path, rows) = ended(&shift, 1, sheet("../../unit =8340\u{1b}[2J"), Format::Csv).expect("written");
    assert_eq!((path.parent(), rows), (Some(exports.as_path()), 1));
    assert_eq!(fs::read_to_string(&path).expect("a table"), "serial,margin\n'=1+1\u{FFFD}[2J,-28.5\n");
    let (path, _) = ended(&shift, 2, sheet("log"), Format::Json).expect("written");
    let text = fs::read_to_string(path).expect("lines");
    assert_eq!(text, "{\"serial\":\"=1+1\\u001b[2J\",\"margin\":-28.5}\n", "whole, and nothing a terminal obeys");
}

#[test]
fn a_folder_that_takes_nothing_or_is_watched_is_said_with_what_to_do() {
    let shop = Shop::new();
    let file = shop.root.path().join("a-file");
    fs::write(&file, "").expect("written");
    for (exports, said) in [(file.join("exports"), "a-file"), (shop.incoming().join("out"), "watched folder")] {
        let shift = Shift::of(Setup { exports, ..shop.setup() });
        shift.opened();
        let why = ended(&shift, 1, sheet("log"), Format::Csv).expect_err("nothing is written");
        assert!(why.contains(said) && why.contains("[export]"), "{why}");
        shift.session.stop();
    }
    assert_eq!(fs::read_dir(shop.incoming()).expect("a folder").count(), 0);
}
