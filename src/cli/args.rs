//! What each command takes, one struct or enum a command, one line of help each.

mod drift;
mod export;
mod learning;
mod paper;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::config::Loaded;
use crate::history::SortBy;

pub(super) use drift::{AlarmsCommand, BaselineArgs, DriftArgs, TableFormat};
pub(super) use export::{ExportArgs, ExportCommand, ExportFormat, OutArgs, PackArgs, ReportArgs, ReportFormat};
pub(super) use learning::{LearnerArg, ModelsCommand, OutcomesCommand, TrainArgs};
pub(super) use paper::{CompletionsArgs, JournalCommand, ManArgs};

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
    /// Spell the screen in ASCII.
    #[arg(long)]
    pub(super) ascii: bool,
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
    /// Spell the screen in ASCII.
    #[arg(long)]
    pub(super) ascii: bool,
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

#[derive(Debug, Clone, Subcommand)]
pub(super) enum BenchCommand {
    /// Reading and judging against reading and opening the same files with calamine alone.
    Read {
        /// Workbooks, or folders that are searched for them.
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// How often everything is read.
        #[arg(long, default_value_t = 9)]
        rounds: usize,
    },
    /// What a part is told from as it arrived, one CSV line a judged track, for comparing with other tools.
    #[command(hide = true)]
    Features {
        /// Workbooks, or folders that are searched for them.
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// Run lengths of the control charts, simulated, against the stated ones; exit code 1 when one is off by over 3 %.
    Arl {
        /// How many streams each figure is the mean of.
        #[arg(long, default_value_t = 20_000, value_name = "N")]
        streams: u64,
        /// What all chance depends on.
        #[arg(long, default_value_t = 1, value_name = "N")]
        seed: u64,
    },
    /// Solves the table of limits and expected false alarms and prints it as source, for `src/spc/limit_table/values.rs`; takes
    /// minutes on all cores. Or holds the shipped one against what is solved; exit code 1 when it is off.
    Limits {
        /// Print no table: ask this many questions of the shipped one and of the solver.
        #[arg(long, value_name = "N")]
        check: Option<u64>,
        /// What the questions depend on.
        #[arg(long, default_value_t = 1, value_name = "N")]
        seed: u64,
    },
    /// False alarms of made shops against those stated, and planted changes found once; exit code 1 when either is off.
    Alarms {
        /// How many shops live.
        #[arg(long, default_value_t = 200, value_name = "N")]
        seeds: u64,
        /// The first shop's seed.
        #[arg(long, default_value_t = 1, value_name = "N")]
        seed: u64,
        /// Also list every false alarm, and what was not found as it should.
        #[arg(long)]
        list: bool,
    },
    /// File closed → row on the screen, with the record on disk.
    Arrive {
        /// How many files arrive, one after the other.
        #[arg(long, default_value_t = 200)]
        files: usize,
    },
    /// Drawing every screen at 120×40, 80×24 and 60×16.
    Draw,
    /// Many files at once: all kept once, and keys answered meanwhile.
    Burst {
        /// How many files.
        #[arg(long, default_value_t = 2_000)]
        files: usize,
    },
    /// Bytes written, wake-ups and processor time while nothing happens.
    Idle {
        /// How long nothing happens.
        #[arg(long, default_value_t = 130)]
        seconds: u64,
    },
    /// Everything that goes wrong with files and folders, against the program itself: nothing lost, doubled or fake.
    #[cfg(unix)]
    Faults {
        /// Only cases whose name holds this.
        #[arg(long, value_name = "NAME")]
        only: Option<String>,
        /// As many different workbooks as the largest case speaks of; takes minutes.
        #[arg(long)]
        full: bool,
    },
    /// Files that arrive as fast as they are taken, for long: memory, descriptors and pace stay what they were.
    #[cfg(unix)]
    Soak {
        /// How many files.
        #[arg(long, default_value_t = 200_000, value_name = "N")]
        files: usize,
    },
    /// Drift over a large history: the list, charts, an arriving run, everything made anew.
    Drift {
        /// Runs in the history.
        #[arg(long, default_value_t = 100_000)]
        runs: usize,
    },
    /// Building the overview of a large history and asking it: first pages, memory.
    History {
        /// How many runs the history holds.
        #[arg(long, default_value_t = 100_000)]
        runs: usize,
        /// A folder with a history that was made before.
        #[arg(long, hide = true)]
        at: Option<PathBuf>,
    },
    /// A large history as CSV, JSON lines and workbooks: rows a second, memory; exit code 1 when a bar is missed.
    Export {
        /// How many runs the history holds.
        #[arg(long, default_value_t = 100_000)]
        runs: usize,
        /// A folder with a history that was made before.
        #[arg(long, hide = true)]
        at: Option<PathBuf>,
    },
    /// What the learners find in made histories whose truth is known: thresholds, failures, drifts.
    Learners {
        /// How many histories of each kind are made.
        #[arg(long, default_value_t = 20, value_name = "N")]
        seeds: u64,
        /// Only the part of this name: thresholds, failures, large, drifts.
        #[arg(long, value_name = "NAME")]
        only: Option<String>,
    },
    /// Forests and isolation forests against scikit-learn's, where a Python has it; else alone.
    Forest {
        /// The Python that is asked.
        #[arg(long, default_value = "python3", value_name = "PATH")]
        python: PathBuf,
        /// How often each forest is grown.
        #[arg(long, default_value_t = 3)]
        rounds: usize,
    },
    /// First frame and last runs with a large history.
    Start {
        /// How many runs the history holds.
        #[arg(long, default_value_t = 100_000)]
        runs: usize,
        /// Repeat the runs of these workbooks instead of made ones.
        #[arg(long, value_name = "PATH")]
        like: Option<PathBuf>,
    },
    /// Training on a large history: what it costs arriving files, and how soon it can be given up.
    Train {
        /// How many runs the history holds.
        #[arg(long, default_value_t = 100_000)]
        runs: usize,
        /// How many files arrive without and with it.
        #[arg(long, default_value_t = 200)]
        files: usize,
    },
    /// Kills and power losses: everything that was shown is there afterwards, once.
    Crash(CrashArgs),
}

/// What `bench crash` takes.
#[derive(Debug, Clone, Args)]
pub(super) struct CrashArgs {
    /// How many times a watch is killed.
    #[arg(long, default_value_t = 200, value_name = "N")]
    pub(super) kills: usize,
    /// How many power losses are simulated, under each order of names; needs strace.
    #[arg(long, default_value_t = 200, value_name = "N")]
    pub(super) power: usize,
    /// How many workbooks a store gets.
    #[arg(long, default_value_t = 300, value_name = "N")]
    pub(super) files: usize,
    /// What all chance depends on.
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub(super) seed: u64,
    /// Tell what a store shows, for the campaign's own use.
    #[arg(long, hide = true, value_name = "DIR")]
    pub(super) look: Option<PathBuf>,
}
