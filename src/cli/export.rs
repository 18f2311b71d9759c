//! `export runs|tracks|curves|alarms`: the history as tables, for other programs.

use std::io::{self, BufWriter};
use std::path::Path;

use color_eyre::eyre::{Result, WrapErr, bail, eyre};

use super::args::{ExportArgs, ExportCommand, ExportFormat};
use super::out::OutFile;
use super::runs::is_broken_pipe;
use super::{Exit, drift, ingest, pack};
use crate::config::Loaded;
use crate::engine::quiet::caught;
use crate::engine::{Extracted, Table, extract, moment};
use crate::export::drift::{ALARM_COLUMNS, alarm_row};
use crate::export::{CsvRows, JsonRows, RowSink, XlsxRows, printable};
use crate::history::{Filter, Store, When};

/// Does what was asked.
pub(super) fn run(what: &ExportCommand, loaded: &Loaded) -> Result<Exit> {
    match what {
        ExportCommand::Runs(args) => table(Table::Runs, args, loaded),
        ExportCommand::Tracks(args) => table(Table::Tracks, args, loaded),
        ExportCommand::Curves(args) => table(Table::Curves, args, loaded),
        ExportCommand::Alarms(args) => alarms(args, loaded),
        ExportCommand::Pack(args) => pack::run(args, loaded),
    }
}

/// Runs, tracks or points. Exit code 1 when some could not be read.
fn table(table: Table, args: &ExportArgs, loaded: &Loaded) -> Result<Exit> {
    let filter = filter(args)?;
    let moment = moment(&loaded.config.shifts);
    let mut extracted = Extracted::default();
    let went = to_sink(args, loaded, table.word(), table.columns(), |store, sink| {
        extracted = extract(store, table, &filter, &moment, sink)?;
        Ok(())
    })?;
    Ok(if went { told(&extracted) } else { Exit::Fine })
}

/// What the command line means by its filter, its day and its model together.
fn filter(args: &ExportArgs) -> Result<Filter> {
    let mut filter = Filter::parse(&args.filter.join(" "))?;
    if let Some(day) = args.since {
        filter = filter.since(Some(When::Date(day)));
    }
    Ok(match &args.model {
        Some(model) => filter.of_model(model),
        None => filter,
    })
}

fn told(extracted: &Extracted) -> Exit {
    for damaged in &extracted.walked.named {
        eprintln!("{}", printable(damaged));
    }
    if extracted.without_curves > 0 {
        eprintln!("{} runs have no curves any more and no rows", extracted.without_curves);
    }
    if extracted.walked.damaged > 0 { Exit::SomeFilesFailed } else { Exit::Fine }
}

fn alarms(args: &ExportArgs, loaded: &Loaded) -> Result<Exit> {
    if !args.filter.is_empty() {
        bail!("alarms take --since and --model, and no filter of runs");
    }
    let since = args.since.map(crate::trim::LocalDate::midnight);
    to_sink(args, loaded, "alarms", ALARM_COLUMNS, |store, sink| {
        let desk = drift::desk(store, loaded)?;
        let alarms = drift::sorted(&desk, |alarm| {
            since.is_none_or(|since| alarm.last >= since)
                && args.model.as_ref().is_none_or(|model| *model == alarm.stream.model)
        });
        alarms.iter().try_for_each(|alarm| sink.row(&alarm_row(alarm)))?;
        Ok(())
    })?;
    Ok(Exit::Fine)
}

/// Has rows written where the command line says; `false` when whoever reads had enough.
fn to_sink(
    args: &ExportArgs,
    loaded: &Loaded,
    title: &'static str,
    columns: &'static [&'static str],
    rows: impl FnOnce(&Store, &mut dyn RowSink) -> Result<()>,
) -> Result<bool> {
    let out = args.out.out.as_deref().map(|path| OutFile::begin(path, args.out.force)).transpose()?;
    let mut sink = sink(args.format, out.as_ref(), title, columns)?;
    let store = ingest::open(&args.store, loaded)?;
    let written = not_given_up(args.out.out.as_deref(), || {
        rows(&store, &mut *sink)?;
        Ok(sink.finish()?)
    });
    match (written, out) {
        (Err(error), None) if is_broken_pipe(&error) => Ok(false),
        (written, None) => written.map(|()| true),
        (written, Some(out)) => written.and_then(|()| out.finish()).map(|()| true),
    }
}

/// Does what writes a file, and names the file when it is not written. The library for workbooks panics where a disk is
/// full.
pub(super) fn not_given_up<T>(path: Option<&Path>, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let done = caught(work).unwrap_or_else(|words| Err(eyre!("{words}")));
    match path {
        Some(path) => done.wrap_err_with(|| format!("{} was not written", path.display())),
        None => done,
    }
}

fn sink(
    format: ExportFormat,
    out: Option<&OutFile>,
    title: &'static str,
    columns: &'static [&'static str],
) -> Result<Box<dyn RowSink>> {
    let writer: Box<dyn io::Write + Send> = match out {
        Some(out) => Box::new(out.file()?),
        None => Box::new(io::stdout()),
    };
    Ok(match (format, out) {
        (ExportFormat::Csv, _) => Box::new(CsvRows::new(writer, columns)?),
        (ExportFormat::Jsonl, _) => Box::new(JsonRows::new(writer, columns)),
        (ExportFormat::Xlsx, Some(out)) => {
            Box::new(XlsxRows::new(BufWriter::new(writer), out.folder(), title, columns)?)
        }
        (ExportFormat::Xlsx, None) => bail!("a workbook is no text; --out FILE.xlsx says where it goes"),
    })
}
