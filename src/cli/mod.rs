//! The command line: one enum of commands, one line of help each.

mod analyze;
mod backup;
mod bench;
mod demo;
mod exclude;
mod exit;
mod headless;
mod history;
mod ingest;
mod runs;
mod samples;
mod settings;
mod show;
mod watch;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use color_eyre::eyre::Result;

pub use exit::Exit;

use crate::config::{Loaded, load};
use crate::history::{SortBy, StoreError};

/// Watches a laser-trim station's drop folder, judges every potentiometer track, and says why.
#[derive(Debug, Parser)]
#[command(version = version(), about, max_term_width = 100, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What to do; without a command: watch.
    #[command(subcommand)]
    command: Option<Command>,
    /// Options and folders of the default command, watch.
    #[command(flatten)]
    watch: WatchArgs,
    /// Configuration file, read after the system's and the user's.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// The version as `--version` prints it.
fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Watch drop folders and show every verdict as it comes (the default).
    Watch(WatchArgs),
    /// Judge files or folders and print the verdicts; nothing is stored.
    Analyze(AnalyzeArgs),
    /// Read files or folders into the history.
    Ingest(IngestArgs),
    /// Print what the history has of a run or of all runs of a serial.
    Show(ShowArgs),
    /// The history in files of its own: make, check and restore backups.
    #[command(subcommand)]
    Backup(BackupCommand),
    /// Look after the history: state, check, compact, rebuild.
    #[command(subcommand)]
    History(HistoryCommand),
    /// List the runs of the history that a filter means, with run yield and unit yield.
    Runs(RunsArgs),
    /// Take a run out of yield, charts and training, or let it count again.
    Exclude(ExcludeArgs),
    /// Watch a temporary folder into which made samples drop.
    Demo(DemoArgs),
    /// Where the configuration lies, what it says, whether it is sound.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Measure the program's budgets on this machine.
    #[command(subcommand)]
    Bench(BenchCommand),
}

/// Where the history is.
#[derive(Debug, Clone, Args)]
pub struct StoreArgs {
    /// The history's folder instead of the configured one.
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
}

/// What `watch` takes.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags are what a command line has")]
pub struct WatchArgs {
    /// Drop folders; without any, those of the configuration.
    #[arg(value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    #[command(flatten)]
    store: StoreArgs,
    /// Keep nothing: a look without a trace.
    #[arg(long, conflicts_with = "store")]
    no_store: bool,
    /// No screen: print one JSON line for every file, until the process is ended.
    #[arg(long)]
    headless: bool,
    /// Do without file-system events altogether; mounts that send none are known by themselves.
    #[arg(long)]
    poll: bool,
    /// Spell the screen in ASCII.
    #[arg(long)]
    ascii: bool,
}

/// What `analyze` takes.
#[derive(Debug, Args)]
pub struct AnalyzeArgs {
    /// Workbooks, or folders that are searched for them.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// How many files are judged at once; 0 = one a core.
    #[arg(long, default_value_t = 0, value_name = "N")]
    threads: usize,
}

/// What `ingest` takes.
#[derive(Debug, Args)]
pub struct IngestArgs {
    /// Workbooks, or folders that are searched for them.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    store: StoreArgs,
}

/// What `show` takes.
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// A serial, MODEL/SERIAL, or a run as `show` names it (the first hexadecimal digits of its content).
    #[arg(value_name = "RUN|SERIAL")]
    what: String,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    store: StoreArgs,
}

/// What `runs` takes.
#[derive(Debug, Args)]
pub struct RunsArgs {
    /// What the runs must be, as on the History screen: model:8340* status:fail since:1d …; none = all. Terms that
    /// begin with a minus sign stand behind others in one argument, or behind `--`.
    #[arg(value_name = "FILTER")]
    filter: Vec<String>,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// By which column: time, model, sn, sec, status, out, margin, r, change, risk, passes, laser, disp, arrival.
    #[arg(long, value_name = "COL", default_value = "time", value_parser = runs::sort)]
    sort: SortBy,
    /// Turn the order round.
    #[arg(long)]
    reverse: bool,
    /// Print so many runs at most; the counts are over all that are meant.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    #[command(flatten)]
    store: StoreArgs,
}

/// What `exclude` takes.
#[derive(Debug, Args)]
pub struct ExcludeArgs {
    /// The run, as `show` names it (the first hexadecimal digits of its content), or a serial with one run.
    #[arg(value_name = "RUN")]
    run: String,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who says so; without it the account's name.
    #[arg(long, value_name = "WHO")]
    by: Option<String>,
    /// Let it count again.
    #[arg(long)]
    undo: bool,
    #[command(flatten)]
    store: StoreArgs,
}

/// What `demo` takes.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Milliseconds between two files.
    #[arg(long, default_value_t = 900, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..=600_000))]
    pace: u64,
    /// Spell the screen in ASCII.
    #[arg(long)]
    ascii: bool,
}

/// How verdicts are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
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
enum BackupCommand {
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
enum HistoryCommand {
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
enum ConfigCommand {
    /// The files that are looked at, weakest first.
    Path,
    /// The configuration in force, as TOML.
    Show,
    /// Every problem of the configuration; exit code 2 when there is one.
    Check,
}

#[derive(Debug, Clone, Subcommand)]
enum BenchCommand {
    /// Reading and judging against reading and opening the same files with calamine alone.
    Read {
        /// Workbooks, or folders that are searched for them.
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// How often everything is read.
        #[arg(long, default_value_t = 9)]
        rounds: usize,
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
    /// Building the overview of a large history and asking it: first pages, memory.
    History {
        /// How many runs the history holds.
        #[arg(long, default_value_t = 100_000)]
        runs: usize,
        /// A folder with a history that was made before.
        #[arg(long, hide = true)]
        at: Option<PathBuf>,
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
    /// Kills and power losses: everything that was shown is there afterwards, once.
    Crash(CrashArgs),
}

/// What `bench crash` takes.
#[derive(Debug, Clone, Args)]
pub struct CrashArgs {
    /// How many times a watch is killed.
    #[arg(long, default_value_t = 200, value_name = "N")]
    kills: usize,
    /// How many power losses are simulated, under each order of names; needs strace.
    #[arg(long, default_value_t = 200, value_name = "N")]
    power: usize,
    /// How many workbooks a store gets.
    #[arg(long, default_value_t = 300, value_name = "N")]
    files: usize,
    /// What all chance depends on.
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Tell what a store shows, for the campaign's own use.
    #[arg(long, hide = true, value_name = "DIR")]
    look: Option<PathBuf>,
}

/// Runs a command to its exit code.
///
/// # Errors
/// Anything that keeps the whole command from running; a failed file is counted, not returned.
pub fn run(cli: Cli) -> Result<Exit> {
    let named = cli.config.as_deref();
    match cli.command.unwrap_or(Command::Watch(cli.watch)) {
        Command::Watch(args) => watch::run(&args, load(named)?),
        Command::Analyze(args) => analyze::run(&args, &load(named)?.config),
        Command::Ingest(args) => ingest::run(&args, &load(named)?),
        Command::Show(args) => show::run(&args, &load(named)?),
        Command::Backup(what) => backup::run(&what, &load(named)?),
        Command::History(what) => history::run(&what, &load(named)?),
        Command::Runs(args) => runs::run(&args, &load(named)?),
        Command::Exclude(args) => exclude::run(&args, &load(named)?),
        Command::Demo(args) => demo::run(&args, load(named)?),
        Command::Config(ConfigCommand::Path) => Ok(settings::path(named)),
        Command::Config(ConfigCommand::Show) => settings::show(named),
        Command::Config(ConfigCommand::Check) => Ok(settings::check(named)),
        Command::Bench(what) => bench::run(what, &load(named)?.config),
    }
}

/// The whole chain of causes in one line.
pub fn chain(report: &color_eyre::Report) -> String {
    let causes: Vec<String> = report.chain().map(ToString::to_string).collect();
    causes.join(": ")
}

/// The exit code an error ends with.
pub fn exit_of(report: &color_eyre::Report) -> Exit {
    match report.downcast_ref::<StoreError>() {
        Some(StoreError::HeldBy { .. }) => Exit::StoreHeld,
        _ => Exit::Usage,
    }
}
