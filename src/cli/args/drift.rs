//! What the commands about drift take.

use clap::{Args, Subcommand, ValueEnum};

use super::{Format, StoreArgs};
use crate::monitoring::Metric;
use crate::trim::LocalDate;

/// What `drift` takes.
#[derive(Debug, Args)]
pub(in crate::cli) struct DriftArgs {
    /// Only this product model, with its charts.
    #[arg(value_name = "MODEL")]
    pub(in crate::cli) model: Option<String>,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(in crate::cli) format: Format,
    /// Which figure's chart the JSON of a model holds.
    #[arg(long, value_enum, value_name = "FIGURE")]
    pub(in crate::cli) metric: Option<MetricArg>,
    #[command(flatten)]
    pub(in crate::cli) store: StoreArgs,
}

/// A figure by its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum MetricArg {
    UntrimmedError,
    UntrimmedResistance,
    ResistanceChange,
    LinearityError,
    R,
    UntrimmedR,
    Passes,
    Risk,
}

impl From<MetricArg> for Metric {
    fn from(arg: MetricArg) -> Self {
        match arg {
            MetricArg::UntrimmedError => Self::UntrimmedError,
            MetricArg::UntrimmedResistance => Self::UntrimmedResistance,
            MetricArg::ResistanceChange => Self::ResistanceChange,
            MetricArg::LinearityError => Self::LinearityError,
            MetricArg::R => Self::Sigma,
            MetricArg::UntrimmedR => Self::UntrimmedSigma,
            MetricArg::Passes => Self::Passes,
            MetricArg::Risk => Self::Risk,
        }
    }
}

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum TableFormat {
    /// Comma-separated.
    Csv,
    /// One JSON object a line.
    Jsonl,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum AlarmsCommand {
    /// List the open alarms, the oldest signal first; exit code 1 when there is one.
    List {
        /// Those that were acknowledged too.
        #[arg(long)]
        all: bool,
        /// Only of this product model.
        #[arg(long, value_name = "MODEL")]
        model: Option<String>,
        /// How to print.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Say that somebody has seen to alarms.
    Ack {
        /// Their numbers.
        #[arg(required = true, value_name = "ALARM")]
        alarms: Vec<u64>,
        /// The cause, by its code in the configuration.
        #[arg(long, value_name = "CODE")]
        cause: String,
        /// A note.
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
        /// Who says so; without it the account's name.
        #[arg(long, value_name = "WHO")]
        by: Option<String>,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Print all alarms as a table.
    Export {
        /// Only those that signalled on this day or later.
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = crate::cli::drift::day)]
        since: Option<LocalDate>,
        /// How to write it.
        #[arg(long, value_enum, default_value_t = TableFormat::Csv)]
        format: TableFormat,
        #[command(flatten)]
        store: StoreArgs,
    },
}

/// What `baseline` takes.
#[derive(Debug, Args)]
pub(in crate::cli) struct BaselineArgs {
    /// The product model.
    #[arg(value_name = "MODEL")]
    pub(in crate::cli) model: String,
    /// Lots that begin on this day or later count.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = crate::cli::drift::day)]
    pub(in crate::cli) from: LocalDate,
    /// Why: a requalified process, a new limit table.
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) reason: String,
    /// Only at this laser.
    #[arg(long, value_name = "LASER")]
    pub(in crate::cli) laser: Option<String>,
    /// Who says so; without it the account's name.
    #[arg(long, value_name = "WHO")]
    pub(in crate::cli) by: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) store: StoreArgs,
}
