//! What `export` and `report` take.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::StoreArgs;
use crate::trim::LocalDate;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ExportCommand {
    /// One row a run.
    Runs(ExportArgs),
    /// One row a track, with every figure.
    Tracks(ExportArgs),
    /// One row a point of the kept curves: position, error, limits.
    Curves(ExportArgs),
    /// One row an alarm of drift, acknowledged or open.
    Alarms(ExportArgs),
    /// A workbook to hand over as evidence: summary, units, tracks, lots and curves with their charts.
    Pack(PackArgs),
}

/// What `export pack` takes.
#[derive(Debug, Args)]
pub(in crate::cli) struct PackArgs {
    /// The product model.
    #[arg(long, value_name = "MODEL")]
    pub(in crate::cli) model: String,
    /// Only this unit.
    #[arg(long, value_name = "SERIAL", conflicts_with = "lot")]
    pub(in crate::cli) serial: Option<String>,
    /// Only the lot that holds this day, at every laser that had one.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = crate::cli::drift::day)]
    pub(in crate::cli) lot: Option<LocalDate>,
    #[command(flatten)]
    pub(in crate::cli) out: OutArgs,
    #[command(flatten)]
    pub(in crate::cli) store: StoreArgs,
}

/// What `report` takes.
#[derive(Debug, Args)]
pub(in crate::cli) struct ReportArgs {
    /// A run as `show` names it, a serial or MODEL/SERIAL (of several runs the newest).
    #[arg(value_name = "RUN|SERIAL")]
    pub(in crate::cli) what: String,
    /// How to draw it.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub(in crate::cli) format: ReportFormat,
    #[command(flatten)]
    pub(in crate::cli) out: OutArgs,
    #[command(flatten)]
    pub(in crate::cli) store: StoreArgs,
}

/// How a report is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ReportFormat {
    /// A hundred letters wide.
    Text,
    /// A page of A4.
    Svg,
}

/// What an export of a table takes.
#[derive(Debug, Args)]
pub(in crate::cli) struct ExportArgs {
    /// Which runs, as on the History screen: model:8340* status:fail since:1d …; none = all.
    #[arg(value_name = "FILTER")]
    pub(in crate::cli) filter: Vec<String>,
    /// Only from this day on.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = crate::cli::drift::day)]
    pub(in crate::cli) since: Option<LocalDate>,
    /// Only of this product model.
    #[arg(long, value_name = "MODEL")]
    pub(in crate::cli) model: Option<String>,
    /// How to write it; a workbook needs `--out`.
    #[arg(long, value_enum, default_value_t = ExportFormat::Csv)]
    pub(in crate::cli) format: ExportFormat,
    #[command(flatten)]
    pub(in crate::cli) out: OutArgs,
    #[command(flatten)]
    pub(in crate::cli) store: StoreArgs,
}

/// Where an export goes.
#[derive(Debug, Args)]
pub(in crate::cli) struct OutArgs {
    /// The file; without it standard output. It appears when it is whole.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) out: Option<PathBuf>,
    /// In place of a file that is there.
    #[arg(long, requires = "out")]
    pub(in crate::cli) force: bool,
}

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ExportFormat {
    /// Comma-separated.
    Csv,
    /// One JSON object a line.
    Jsonl,
    /// A workbook.
    Xlsx,
}
