//! Packs, reports and the doctor: what is handed over, and whether everything around the program is as it should be.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first wrong thing"
)]

mod support;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Output;

use calamine::{Data, Range, Reader, Xlsx, open_workbook};
use support::program::program;
use support::{engine, entry, judged, keep, open};
use trimwatch::history::{Act, Ending, Entry, Exclusion, RunKey, Store};

fn trimwatch(folder: &Path, args: &[&str]) -> Output {
    let mut command = program(folder);
    command.env("TRIMWATCH_STORE", folder.join("store")).current_dir(folder).args(args).output().expect("the program")
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A shop with three units of one model, one of them excluded, one without curves, and a unit with a hostile name.
fn shop() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().to_path_buf();
    let store = open(&root.join("store"));
    let words = ["9203_32", "9203_33", "9203_34", "9203_35"];
    let entries = words.iter().map(|word| entry(word, &format!("/in/{word}.xls"), word.as_bytes(), 1));
    keep(&store, entries.collect());
    keep(&store, vec![hostile()]);
    exclude(&store, "9203", "33");
    drop(store);
    (folder, root)
}

fn hostile() -> Entry {
    let mut entry = entry("9101-1_201", "/in/<b>&\u{1b}[2J.xls", b"hostile", 1);
    let (mut run, curves) = judged("9101-1_201");
    "=1+1</text><script>\u{202e}".clone_into(&mut run.identity.serial);
    run.tracks[0].reasons.push("\"><script>alert(1)</script>".to_owned());
    entry.ending = Ending::Run { run: Box::new(run), curves };
    entry
}

fn exclude(store: &Store, model: &str, serial: &str) -> RunKey {
    let (key, _) = store.unit_runs(model, serial).expect("runs").remove(0);
    let word = Exclusion { reason: "set-up part".to_owned(), by: "AB".to_owned(), at_ms: 0 };
    store.act(Act { key: key.clone(), exclude: true, word }).expect("excluded");
    key
}

fn sheets(path: &Path) -> Vec<(String, Range<Data>)> {
    let mut book: Xlsx<_> = open_workbook(path).expect("a workbook");
    book.worksheets()
}

fn said(summary: &Range<Data>, name: &str) -> String {
    let row = summary.rows().find(|row| row[0].to_string().trim().starts_with(name));
    row.map_or_else(|| panic!("no line `{name}`"), |row| row[1].to_string())
}

#[test]
fn a_pack_of_a_model_has_its_summary_tables_lots_and_a_chart_for_every_curve() {
    let (_folder, root) = shop();
    let done = trimwatch(&root, &["export", "pack", "--model", "9203", "--out", "pack.xlsx"]);
    assert!(done.status.success(), "{}", told(&done));
    let sheets = sheets(&root.join("pack.xlsx"));
    let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Summary", "Units", "Tracks", "Lots", "Curve 1", "Curve 2", "Curve 3", "Curve 4"]);
    let summary = &sheets[0].1;
    assert_eq!((said(summary, "runs"), said(summary, "runs that count")), ("4".into(), "3".into()));
    assert_eq!(said(summary, "because: set-up part"), "1");
    assert_eq!(said(summary, "unit yield"), "33.3 % (1 of 3)");
    assert_eq!(said(summary, "runs without kept curves"), "0");
    assert!(said(summary, "with").starts_with("trimwatch "));
    assert_eq!((sheets[1].1.height(), sheets[2].1.height()), (5, 5), "a head and four rows");
    let mut zip = zip::ZipArchive::new(fs::File::open(root.join("pack.xlsx")).expect("a file")).expect("a workbook");
    let charts = (0..zip.len())
        .filter(|at| zip.by_index(*at).expect("an entry").name().expect("a name").starts_with("xl/charts/chart"));
    assert_eq!(charts.count(), 5, "four curves and the lots");
    let mut chart = String::new();
    zip.by_name("xl/charts/chart2.xml").expect("a chart").read_to_string(&mut chart).expect("text");
    assert!(chart.contains("upper limit") && chart.contains("'Curve 1'!"), "{chart}");
}

#[test]
fn a_pack_of_a_unit_or_a_lot_holds_its_runs_alone_and_what_is_not_there_is_said() {
    let (_folder, root) = shop();
    let done = trimwatch(&root, &["export", "pack", "--model", "9203", "--serial", "34", "--out", "unit.xlsx"]);
    assert!(done.status.success(), "{}", told(&done));
    assert_eq!(said(&sheets(&root.join("unit.xlsx"))[0].1, "runs"), "1");
    let lot = trimwatch(&root, &["export", "pack", "--model", "9203", "--lot", "2026-03-10", "--out", "lot.xlsx"]);
    assert!(lot.status.success(), "{}", told(&lot));
    let none = trimwatch(&root, &["export", "pack", "--model", "9203", "--lot", "2020-01-01", "--out", "no.xlsx"]);
    assert!(told(&none).contains("the nearest is 2026-03-10"), "{}", told(&none));
    let none = trimwatch(&root, &["export", "pack", "--model", "9203", "--serial", "999", "--out", "no.xlsx"]);
    assert_eq!((none.status.code(), root.join("no.xlsx").exists()), (Some(2), false), "{}", told(&none));
}

#[test]
fn what_is_damaged_is_left_out_of_a_pack_and_said() {
    let (_folder, root) = shop();
    let (mut keys, database) = (Vec::new(), engine(&root.join("store")));
    for pair in database.scan_prefix(b"r9203") {
        let (key, value) = pair.expect("a pair");
        let mut spoilt = value.to_vec();
        *spoilt.last_mut().expect("bytes") ^= 0xFF;
        keys.push((key, spoilt));
    }
    let (key, spoilt) = keys.swap_remove(0);
    database.insert(key, spoilt).expect("spoilt");
    database.flush().expect("on disk");
    drop(database);
    let done = trimwatch(&root, &["export", "pack", "--model", "9203", "--out", "pack.xlsx"]);
    assert_eq!(done.status.code(), Some(1), "{}", told(&done));
    assert!(told(&done).contains("1 runs are damaged and not in it"), "{}", told(&done));
    let summary = &sheets(&root.join("pack.xlsx"))[0].1;
    assert_eq!((said(summary, "runs"), said(summary, "damaged runs")), ("3".into(), "1".into()));
}

#[test]
fn a_report_of_a_unit_says_verdict_reasons_and_figures_on_one_page() {
    let (_folder, root) = shop();
    let text = told(&trimwatch(&root, &["report", "9203/34"]));
    for words in ["9203 34 TA", "FAIL", "22 of 99", "outside", "offset", "r ", "Ω before", "made ", "X outside"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(text.lines().count() <= 60 && text.lines().all(|line| line.chars().count() <= 100), "{text}");
    let svg = told(&trimwatch(&root, &["report", "9203/34", "--format", "svg"]));
    assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"));
    assert_eq!(svg.matches("<circle").count(), 22, "as many points outside as the verdict says");
}

#[test]
fn a_report_of_a_hostile_unit_is_as_harmless_as_any() {
    let (_folder, root) = shop();
    for format in ["text", "svg"] {
        let run = trimwatch(&root, &["runs", "model:9101*", "--format", "text"]);
        let name: String = told(&run).chars().take(12).collect();
        let report = trimwatch(&root, &["report", &name, "--format", format]);
        let text = told(&report);
        assert!(report.status.success(), "{text}");
        assert!(!text.chars().any(|c| c == '\u{202e}' || (c.is_control() && c != '\n')), "{text}");
        assert!(format == "text" || !text.contains("<script") && !text.contains("</text><"), "{text}");
    }
}

#[test]
fn the_doctor_names_what_is_wrong_and_says_so_in_its_exit_code() {
    let (_folder, root) = shop();
    fs::create_dir(root.join("in")).expect("a folder");
    let config = root.join("site.toml");
    let told_with = |text: String| {
        fs::write(&config, text).expect("written");
        let output = trimwatch(&root, &["--config", "site.toml", "doctor"]);
        (output.status.code(), told(&output))
    };
    let watch = |path: &str| format!("[[watch]]\npath = {path:?}\n");
    let made = trimwatch(&root, &["backup", "create"]);
    assert!(made.status.success(), "{}", told(&made));
    let (code, sound) = told_with(watch(&root.join("in").display().to_string()));
    for words in ["ok    folder", "ok    history", "5 runs", "ok    backups", "clock", "disk"] {
        assert!(sound.contains(words), "{words}: {sound}");
    }
    assert!(!sound.contains("bad "), "{sound}");
    assert_ne!(code, Some(2), "{sound}");
    let (code, missing) = told_with(watch("/nowhere/at/all"));
    assert!(code == Some(2) && missing.contains("bad   folder") && missing.contains("→"), "{missing}");
    let (code, wrong) = told_with("rescan_seconds = 0\n".to_owned());
    assert!(code == Some(2) && wrong.contains("bad   configuration  rescan_seconds"), "{wrong}");
}

#[test]
fn the_doctor_leaves_a_history_that_is_in_use_alone() {
    let (_folder, root) = shop();
    let held = open(&root.join("store"));
    let output = trimwatch(&root, &["doctor"]);
    assert!(told(&output).contains("in use by process 42 of shop on line-3"), "{}", told(&output));
    drop(held);
}
