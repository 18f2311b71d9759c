//! Exporting a large history: rows a second in every format, and memory.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use color_eyre::eyre::{Result, ensure};

use super::{process, start};
use crate::cli::demo::Temporary;
use crate::config::Config;
use crate::engine::{Table, extract, holder, moment};
use crate::export::{Cell, CsvRows, ExportError, JsonRows, RowSink, XlsxRows};
use crate::history::{Filter, Store};

/// Rows a second as text.
const TEXT_BAR: f64 = 50_000.0;
/// Rows a second as a workbook.
const XLSX_BAR: f64 = 10_000.0;
/// Megabytes.
const MEMORY_BAR: f64 = 150.0;

/// Makes a history and exports it; `at` one that was made before, as a process that made none.
pub(super) fn run(runs: usize, at: Option<PathBuf>, config: &Config) -> Result<bool> {
    if let Some(at) = at {
        return measured(&at, config);
    }
    let folder = Temporary::new("bench-export")?;
    start::fill_varied(&folder, runs, config, |_, _| ())?;
    let program = std::env::current_exe()?;
    let done = Command::new(program).args(["bench", "export", "--at"]).arg(&folder.0).status()?;
    ensure!(done.code().is_some_and(|code| code < 2), "the export ended with {done}");
    Ok(done.success())
}

/// Whether every bar was reached.
fn measured(at: &Path, config: &Config) -> Result<bool> {
    let (store, _) = Store::open(&at.join("history"), &holder())?;
    println!("{} runs", store.total().all());
    let mut sound = true;
    for (table, barred) in [(Table::Runs, true), (Table::Tracks, true), (Table::Curves, false)] {
        for (format, bar) in [("csv", TEXT_BAR), ("jsonl", TEXT_BAR), ("xlsx", XLSX_BAR)] {
            // The points of 100,000 runs are tens of millions of rows, more than people open.
            if table == Table::Curves && format == "xlsx" {
                continue;
            }
            let (rows, bytes, seconds) = exported(&store, table, format, at, config)?;
            let pace = rows as f64 / seconds;
            let said = if barred { format!("(bar: ≥ {bar:.0})") } else { String::new() };
            println!(
                "  {:6} {format:5}  {rows:9} rows  {pace:9.0} rows/s  {:6.0} MB in {seconds:.1} s   {said}",
                table.word(),
                bytes as f64 / 1e6
            );
            sound &= !barred || pace >= bar;
        }
    }
    let peak = process::peak_mb();
    println!("  memory, most     {}   (bar: ≤ {MEMORY_BAR:.0})", process::said(peak, "MB"));
    Ok(sound && peak.is_none_or(|peak| peak <= MEMORY_BAR))
}

/// Rows, bytes and seconds of one export.
fn exported(store: &Store, table: Table, format: &str, at: &Path, config: &Config) -> Result<(u64, u64, f64)> {
    let path = at.join(format!("{}.{format}", table.word()));
    let begun = Instant::now();
    let out: Box<dyn Write + Send> = Box::new(File::create(&path)?);
    let inner: Box<dyn RowSink> = match format {
        "csv" => Box::new(CsvRows::new(out, table.columns())?),
        "jsonl" => Box::new(JsonRows::new(out, table.columns())),
        _ => Box::new(XlsxRows::new(BufWriter::new(out), at, table.word(), table.columns())?),
    };
    let mut sink = Counted { inner, rows: 0 };
    extract(store, table, &Filter::default(), &moment(&config.shifts), &mut sink)?;
    let Counted { inner, rows } = sink;
    inner.finish()?;
    let seconds = begun.elapsed().as_secs_f64();
    let bytes = std::fs::metadata(&path)?.len();
    std::fs::remove_file(&path)?;
    Ok((rows, bytes, seconds))
}

/// Counts what goes through.
struct Counted {
    inner: Box<dyn RowSink>,
    rows: u64,
}

impl RowSink for Counted {
    fn row(&mut self, row: &[Cell<'_>]) -> Result<(), ExportError> {
        self.rows += 1;
        self.inner.row(row)
    }

    fn finish(self: Box<Self>) -> Result<(), ExportError> {
        self.inner.finish()
    }
}
