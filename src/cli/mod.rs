//! The command line: one enum of commands, one line of help each.

mod analyze;
mod args;
mod backup;
mod bench;
mod demo;
mod doctor;
mod drift;
mod exclude;
mod exit;
mod export;
mod headless;
mod history;
mod ingest;
mod journal;
mod logging;
mod manual;
mod models;
mod out;
mod outcomes;
mod pack;
mod report;
mod runs;
mod samples;
mod serve;
mod settings;
mod show;
mod status;
mod train;
mod watch;
mod year;

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use color_eyre::eyre::{Result, bail};

use args::{
    AlarmsCommand, AnalyzeArgs, BackupCommand, BaselineArgs, BenchCommand, CompletionsArgs, ConfigCommand, CrashArgs,
    DemoArgs, DriftArgs, ExcludeArgs, ExportCommand, Format, HistoryCommand, IngestArgs, JournalCommand, ManArgs,
    ModelsCommand, OutcomesCommand, ReportArgs, RunsArgs, ServeArgs, ShowArgs, StatusArgs, StatusFormat, StoreArgs,
    TrainArgs, WatchArgs,
};
pub use exit::Exit;
use settings::load;

use crate::config::ConfigError;
use crate::engine::quiet;
use crate::export::printable;
use crate::history::StoreError;
use crate::session::crash;

/// Watches a laser-trim station's drop folder, judges every potentiometer track, and says why.
#[derive(Debug, Parser)]
#[command(version = version(), long_version = LONG_VERSION, about, max_term_width = 100, subcommand_precedence_over_arg = true)]
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

/// The version alone, as papers name it.
fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// What `--version` prints: the version, and which commit and target it was built from (`src/build.rs`).
const LONG_VERSION: &str =
    concat!(env!("CARGO_PKG_VERSION"), " (", env!("TRIMWATCH_BUILD_COMMIT"), ", ", env!("TRIMWATCH_BUILD_TARGET"), ")");

#[derive(Debug, Subcommand)]
enum Command {
    /// Watch drop folders and show every verdict as it comes (the default).
    Watch(WatchArgs),
    /// Watch and keep the history without a screen, for other screens to attach to; for a service.
    Serve(ServeArgs),
    /// One line on how the running trimwatch stands; exit code 0 fine, 1 look, 3 none runs.
    Status(StatusArgs),
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
    /// The history as tables for other programs: CSV, JSON lines, workbooks.
    #[command(subcommand)]
    Export(ExportCommand),
    /// One page about one unit's run, to print: as text or SVG.
    Report(ReportArgs),
    /// Whether everything around the program is as it should be, and what to do; exit code 1 look, 2 bad.
    Doctor(StoreArgs),
    /// Take a run out of yield, charts and training, or let it count again.
    Exclude(ExcludeArgs),
    /// Whether the process drifts: every product model at every laser, ranked; exit code 1 on an alarm.
    Drift(DriftArgs),
    /// Alarms of drift: list, acknowledge, export.
    #[command(subcommand)]
    Alarms(AlarmsCommand),
    /// Have a new baseline found for a product model from a day on.
    Baseline(BaselineArgs),
    /// Learn from the history now: thresholds, risks, drift.
    Train(TrainArgs),
    /// What was learned, how good it is, and who speaks.
    #[command(subcommand)]
    Models(ModelsCommand),
    /// What final tests said of the parts: the failure predictor learns from it.
    #[command(subcommand)]
    Outcomes(OutcomesCommand),
    /// Watch a temporary folder into which made samples drop, on top of a made year of history.
    Demo(DemoArgs),
    /// Where the configuration lies, what it says, whether it is sound.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// What people did to the history: who, when, why, before and after; whether it is as it was written.
    #[command(subcommand)]
    Journal(JournalCommand),
    /// Print what a shell needs to complete commands, options and values.
    Completions(CompletionsArgs),
    /// Print a manual page, or write all of them.
    Man(ManArgs),
    /// Measure the program's budgets on this machine.
    #[command(subcommand)]
    Bench(BenchCommand),
}

/// Runs a command to its exit code.
///
/// # Errors
/// Anything that keeps the whole command from running; a failed file is counted, not returned.
pub fn run(cli: Cli) -> Result<Exit> {
    if cli.command.is_some() && cli.watch != WatchArgs::default() {
        bail!("options of the default command stand before another one; name that one's own behind it");
    }
    let named = cli.config.as_deref();
    match cli.command.unwrap_or(Command::Watch(cli.watch)) {
        Command::Watch(args) => watch::run(&args, load(named)?),
        Command::Serve(args) => serve::run(&args, load(named)?),
        Command::Status(args) => status::run(&args, &load(named)?),
        Command::Analyze(args) => analyze::run(&args, &load(named)?.config),
        Command::Ingest(args) => ingest::run(&args, &load(named)?),
        Command::Show(args) => show::run(&args, &load(named)?),
        Command::Backup(what) => backup::run(&what, &load(named)?),
        Command::History(what) => history::run(&what, &load(named)?),
        Command::Runs(args) => runs::run(&args, &load(named)?),
        Command::Export(what) => export::run(&what, &load(named)?),
        Command::Report(args) => report::run(&args, &load(named)?),
        Command::Doctor(args) => Ok(doctor::run(&args, named)),
        Command::Exclude(args) => exclude::run(&args, &load(named)?),
        Command::Drift(args) => drift::run(&args, &load(named)?),
        Command::Alarms(what) => drift::alarms(&what, &load(named)?),
        Command::Baseline(args) => drift::baseline(&args, &load(named)?),
        Command::Train(args) => train::run(&args, &load(named)?),
        Command::Models(what) => models::run(&what, &load(named)?),
        Command::Outcomes(what) => outcomes::run(&what, &load(named)?),
        Command::Demo(args) => demo::run(&args, load(named)?),
        Command::Config(ConfigCommand::Path) => Ok(settings::path(named)),
        Command::Config(ConfigCommand::Show(args)) => settings::show(&args, named),
        Command::Config(ConfigCommand::Check) => Ok(settings::check(named)),
        Command::Journal(what) => journal::run(&what, &load(named)?),
        Command::Completions(args) => manual::completions(&args),
        Command::Man(args) => manual::man(&args),
        Command::Bench(what) => bench::run(what, &load(named)?.config),
    }
}

/// A panic that nobody catches leaves a crash report. Whoever reads a pipe may have had enough (`| head`): then the program
/// ends, and no panic says so. One whose words a terminal would obey is told in one line.
pub fn hook_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let words = panic.payload_as_str().unwrap_or_default();
        if words.starts_with("failed printing to stdout") && words.contains("Broken pipe") {
            std::process::exit(0);
        }
        if !quiet::is_expected(panic) {
            if words.lines().all(is_harmless) {
                before(panic);
            } else {
                let _ = writeln!(io::stderr(), "trimwatch: {}", printable(&panic.to_string()));
            }
            if let Some(said) = crash::report(panic) {
                // Nobody may listen any more.
                let _ = writeln!(io::stderr(), "trimwatch: {said}");
            }
        }
    }));
}

/// Reads the command line, or ends with what is wrong with it. A crash report names the command, not its arguments.
pub fn parse() -> Cli {
    let matches = Cli::command().try_get_matches().unwrap_or_else(|error| refuse(&error));
    let (mut words, mut deeper) = (Vec::new(), matches.subcommand());
    while let Some((word, below)) = deeper {
        words.push(word.to_owned());
        deeper = below.subcommand();
    }
    crash::runs(&if words.is_empty() { "watch".to_owned() } else { words.join(" ") });
    Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
}

/// Says what is wrong with the command line. A shell puts names of files into it: what it repeats of them obeys nobody.
fn refuse(error: &clap::Error) -> ! {
    if std::env::args_os().all(|argument| is_harmless(&argument.to_string_lossy())) {
        error.exit();
    }
    let words = error.render().to_string();
    let words: Vec<&str> = words.split_whitespace().collect();
    let _ = writeln!(io::stderr(), "trimwatch: {}", printable(&words.join(" ")));
    std::process::exit(error.exit_code());
}

/// Whether a terminal would obey nothing of it.
fn is_harmless(text: &str) -> bool {
    printable(text) == text
}

/// The whole chain of causes in one line; problems of the configuration stand in lines of their own.
pub fn chain(report: &color_eyre::Report) -> String {
    let causes: Vec<String> = report.chain().map(told).collect();
    causes.join(": ")
}

fn told(cause: &(dyn std::error::Error + 'static)) -> String {
    match cause.downcast_ref::<ConfigError>() {
        Some(problems) => problems.lines().iter().map(|line| printable(line)).collect::<Vec<_>>().join("\n"),
        None => printable(&cause.to_string()).into_owned(),
    }
}

/// The exit code an error ends with.
pub fn exit_of(report: &color_eyre::Report) -> Exit {
    match report.downcast_ref::<StoreError>() {
        Some(StoreError::HeldBy { .. }) => Exit::StoreHeld,
        _ => Exit::Usage,
    }
}
