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
