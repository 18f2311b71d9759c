//! `runs [FILTER…]`: the runs of the history that a filter means, with their yields.

use std::io::{self, Write};
use std::ops::ControlFlow;

use color_eyre::eyre::Result;

use super::{Exit, Format, RunsArgs, ingest, show};
use crate::analysis::explain;
use crate::config::Loaded;
use crate::engine::moment;
use crate::export::printable;
use crate::history::{Filter, Overview, PageOfRuns, Query, RunRecord, SortBy, Store};

/// Prints the runs that are meant.
pub(super) fn run(args: &RunsArgs, loaded: &Loaded) -> Result<Exit> {
    let filter = Filter::parse(&args.filter.join(" "))?;
    let moment = moment(&loaded.config.shifts);
    let store = ingest::open(&args.store, loaded)?;
    let (mut overview, walked) = Overview::build(&store, |_| ControlFlow::Continue(()))?;
    for damaged in &walked.named {
        eprintln!("{}", printable(damaged));
    }
    let limit = args.limit.unwrap_or(usize::MAX).min(overview.len());
    let query = Query { filter, sort: args.sort, reverse: args.reverse, limit, ..Query::default() };
    let page = overview.page(&query, &moment)?;
    // Whoever reads only the first lines has what was wanted.
    match print(&store, &page, args.format) {
        Err(error) if is_broken_pipe(&error) => Ok(Exit::Fine),
        printed => printed.map(|()| Exit::Fine),
    }
}

/// Whether it ended because whoever reads has had enough.
pub(super) fn is_broken_pipe(error: &color_eyre::Report) -> bool {
    let of_io = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    };
    error.chain().any(of_io)
}

/// A word of `--sort`.
pub(super) fn sort(word: &str) -> Result<SortBy, String> {
    let words = || SortBy::ALL.map(SortBy::word).join(", ");
    SortBy::of(word).ok_or_else(|| format!("there are {}", words()))
}

fn print(store: &Store, page: &PageOfRuns, format: Format) -> Result<()> {
    let records = page.keys.iter().filter_map(|key| store.run(key).ok().flatten());
    match format {
        Format::Text => text(records, page),
        Format::Json => show::json(records),
        Format::Csv => show::csv(records),
    }
}

fn text(records: impl Iterator<Item = RunRecord>, page: &PageOfRuns) -> Result<()> {
    let mut out = io::stdout().lock();
    for record in records {
        let time = record.run.identity.time.map(|time| time.to_string()).unwrap_or_default();
        let out_of_it = record.excluded.as_ref().map(|word| format!("excluded by {}: {}  ", word.by, word.reason));
        let said = format!("{}{}", out_of_it.unwrap_or_default(), explain(&record.run));
        writeln!(out, "{}  {time:19}  {}", show::name(&record), printable(&said))?;
    }
    writeln!(out, "{}", counts(page))?;
    Ok(())
}

/// `12 of 54 runs  run yield 78 % (n 11)  unit yield 80 % (n 10)`.
fn counts(page: &PageOfRuns) -> String {
    let tally = page.tally;
    let said = |percent: Option<f64>, n: u64| match percent {
        Some(percent) => format!("{percent:.0} % (n {n})"),
        None => "– (n 0)".to_owned(),
    };
    let excluded = if tally.excluded > 0 { format!("  {} excluded", tally.excluded) } else { String::new() };
    format!(
        "{} of {} runs  run yield {}  unit yield {}{excluded}",
        page.found,
        page.all,
        said(tally.yield_percent(), tally.graded()),
        said(tally.unit_yield_percent(), tally.units())
    )
}
