//! `report RUN`: one page about one unit's run, to print.

use color_eyre::eyre::{Result, bail};

use super::args::{ReportArgs, ReportFormat};
use super::{Exit, ingest, out, show, version};
use crate::config::Loaded;
use crate::engine::{clock, kept};
use crate::export::{UnitReport, printable, report_svg, report_text};

/// Writes the report; of a serial with several runs that of the newest.
pub(super) fn run(args: &ReportArgs, loaded: &Loaded) -> Result<Exit> {
    let store = ingest::open(&args.store, loaded)?;
    let mut runs = show::find(&store, &args.what)?;
    runs.sort_by_key(|(key, _)| key.seconds());
    let count = runs.len();
    let Some((_, record)) = runs.pop() else {
        bail!("the history has no run and no serial `{}`", printable(&args.what));
    };
    if count > 1 {
        eprintln!("the newest of {count} runs; `trimwatch show` names the others");
    }
    let curves = store.curves_of(&record)?;
    let made = clock::local_now().map(|now| now.to_string().replace('T', " ")).unwrap_or_default();
    let report = UnitReport { run: kept(&record), curves: curves.as_ref(), made: &made, version: version() };
    let text = match args.format {
        ReportFormat::Text => report_text(&report),
        ReportFormat::Svg => report_svg(&report),
    };
    out::write_text(&args.out, &text)?;
    Ok(Exit::Fine)
}
