//! What each command takes, one struct or enum a command, one line of help each.

mod bench;
mod drift;
mod export;
mod learning;
mod look;
mod paper;
mod screen;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::config::Loaded;
use crate::history::SortBy;

#[cfg(unix)]
pub(super) use bench::ViewersArgs;
pub(super) use bench::{BenchCommand, CrashArgs};
pub(super) use drift::{AlarmsCommand, BaselineArgs, DriftArgs, TableFormat};
pub(super) use export::{ExportArgs, ExportCommand, ExportFormat, OutArgs, PackArgs, ReportArgs, ReportFormat};
pub(super) use learning::{LearnerArg, ModelsCommand, OutcomesCommand, TrainArgs};
pub(super) use look::LookArgs;
pub(super) use paper::{CompletionsArgs, JournalCommand, ManArgs};
pub(super) use screen::ScreenArgs;

/// Where the history is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub(super) struct StoreArgs {
    /// The history's folder instead of the configured one.
    #[arg(long, value_name = "DIR")]
    pub(super) store: Option<PathBuf>,
}

/// What `watch` takes.
#[derive(Debug, Default, PartialEq, Eq, Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags are what a command line has")]
pub(super) struct WatchArgs {
    /// Drop folders; without any, those of the configuration.
    #[arg(value_name = "FOLDER")]
    pub(super) folders: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) store: StoreArgs,
    /// Keep nothing: a look without a trace.
    #[arg(long, conflicts_with = "store")]
    pub(super) no_store: bool,
    /// No screen: print one JSON line for every file, until the process is ended.
    #[arg(long)]
    pub(super) headless: bool,
    /// Do without file-system events altogether; mounts that send none are known by themselves.
    #[arg(long)]
    pub(super) poll: bool,
    #[command(flatten)]
    pub(super) screen: ScreenArgs,
    /// Only look on at the trimwatch that keeps the history: change nothing, never take over; for kiosks.
    #[arg(long, conflicts_with_all = ["headless", "no_store"])]
    pub(super) read_only: bool,
}

/// What `status` takes.
#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// How to print.
    #[arg(long, value_enum, default_value_t = StatusFormat::Text)]
    pub(super) format: StatusFormat,
    #[command(flatten)]
    pub(super) store: StoreArgs,
}

/// How `status` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum StatusFormat {
    /// One line, for people.
    Text,
    /// One JSON object.
    Json,
    /// Prometheus' text format.
    Prometheus,
}

/// What `serve` takes.
#[derive(Debug, Default, PartialEq, Eq, Args)]
pub(super) struct ServeArgs {
    /// Drop folders; without any, those of the configuration.
    #[arg(value_name = "FOLDER")]
    pub(super) folders: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) store: StoreArgs,
    /// Do without file-system events altogether; mounts that send none are known by themselves.
    #[arg(long)]
    pub(super) poll: bool,
}

/// What `analyze` takes.
#[derive(Debug, Args)]
pub(super) struct AnalyzeArgs {
    /// Workbooks, or folders that are searched for them.
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    /// How many files are judged at once; 0 = one a core.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(super) threads: usize,
}

/// What `ingest` takes.
#[derive(Debug, Args)]
pub(super) struct IngestArgs {
    /// Workbooks, or folders that are searched for them.
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) store: StoreArgs,
}

/// What `show` takes.
#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// A serial, MODEL/SERIAL, or a run as `show` names it (the first hexadecimal digits of its content).
    #[arg(value_name = "RUN|SERIAL")]
    pub(super) what: String,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    #[command(flatten)]
    pub(super) store: StoreArgs,
}

/// What `runs` takes.
#[derive(Debug, Args)]
pub(super) struct RunsArgs {
    /// What the runs must be, as on the History screen: model:8340* status:fail since:1d …; none = all. Terms that
    /// begin with a minus sign stand behind others in one argument, or behind `--`.
    #[arg(value_name = "FILTER")]
    pub(super) filter: Vec<String>,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    /// By which column: time, model, sn, sec, status, out, margin, r, change, risk, passes, laser, disp, arrival.
    #[arg(long, value_name = "COL", default_value = "time", value_parser = super::runs::sort)]
    pub(super) sort: SortBy,
    /// Turn the order round.
    #[arg(long)]
    pub(super) reverse: bool,
    /// Print so many runs at most; the counts are over all that are meant.
    #[arg(long, value_name = "N")]
    pub(super) limit: Option<usize>,
    #[command(flatten)]
    pub(super) store: StoreArgs,
}

/// What `exclude` takes.
#[derive(Debug, Args)]
pub(super) struct ExcludeArgs {
    /// The run, as `show` names it (the first hexadecimal digits of its content), or a serial with one run.
    #[arg(value_name = "RUN")]
    pub(super) run: String,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: String,
    /// Who says so; without it the account's name.
    #[arg(long, value_name = "WHO")]
    pub(super) by: Option<String>,
    /// Let it count again.
    #[arg(long)]
    pub(super) undo: bool,
    #[command(flatten)]
    pub(super) store: StoreArgs,
}

/// What `demo` takes.
#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// Milliseconds between two files.
    #[arg(long, default_value_t = 900, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..=600_000))]
    pub(super) pace: u64,
    /// Begin without the made year of history.
    #[arg(long, conflicts_with = "keep")]
    pub(super) empty: bool,
    /// Leave the made year of history in a new folder and end, for trying other commands on it.
    #[arg(long, value_name = "DIR")]
    pub(super) keep: Option<PathBuf>,
    #[command(flatten)]
    pub(super) screen: ScreenArgs,
}

/// How verdicts are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// One line a run, for people.
    Text,
    /// One JSON object a file and line.
    Json,
    /// One row a track.
    Csv,
}

impl StoreArgs {
    /// The history's folder: the flag's, else the configured one.
    pub(super) fn dir(&self, loaded: &Loaded) -> PathBuf {
        self.store.clone().unwrap_or_else(|| loaded.store.clone())
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum BackupCommand {
    /// Make a backup now, verify it, and rotate the older ones out.
    Create {
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Read backups to their end and say whether they are sound; without paths all of the history.
    Verify {
        /// Backups.
        #[arg(value_name = "FILE")]
        paths: Vec<PathBuf>,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Put a backup in the place of the history; what was there is set aside.
    Restore {
        /// The backup.
        #[arg(value_name = "FILE")]
        path: PathBuf,
        #[command(flatten)]
        store: StoreArgs,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum HistoryCommand {
    /// Runs, yields, and what the history takes on disk.
    Status {
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Read every value and every backup; exit code 1 when something is damaged.
    Verify {
        /// Set damaged values aside and read their files again.
        #[arg(long)]
        repair: bool,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Copy the history into a new database, compare, and switch: what was overwritten is let go.
    Compact {
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Grade the kept runs by the rules of the configuration, as the next start would.
    Regrade {
        /// Only say what it would change.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Begin a new history from files; the old one is set aside.
    Rebuild {
        /// Folders that are searched for workbooks.
        #[arg(required = true, value_name = "FOLDER")]
        folders: Vec<PathBuf>,
        #[command(flatten)]
        store: StoreArgs,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// The files that are looked at, weakest first.
    Path,
    /// The configuration in force, as TOML, each value with where it came from.
    Show(StoreArgs),
    /// Every problem of the configuration; exit code 2 when there is one.
    Check,
}
