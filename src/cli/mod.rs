//! The command line: one enum of commands, one line of help each.

mod analyze;
mod exit;
mod settings;
mod terminal_text;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use color_eyre::eyre::Result;

pub use exit::Exit;

use crate::config::load;

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

/// Version and commit.
fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Judge files or folders and print the verdicts; nothing is stored.
    Analyze(AnalyzeArgs),
    /// Where the configuration lies, what it says, whether it is sound.
    #[command(subcommand)]
    Config(ConfigCommand),
}

/// What `watch` takes.
#[derive(Debug, Args)]
pub struct WatchArgs {
    /// Drop folders; without any, those of the configuration.
    #[arg(value_name = "FOLDER")]
    folders: Vec<PathBuf>,
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

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// The files that are looked at, weakest first.
    Path,
    /// The configuration in force, as TOML.
    Show,
    /// Every problem of the configuration; exit code 2 when there is one.
    Check,
}

/// Runs a command to its exit code.
///
/// # Errors
/// Anything that keeps the whole command from running; a failed file is counted, not returned.
pub fn run(cli: Cli) -> Result<Exit> {
    let named = cli.config.as_deref();
    match cli.command {
        Some(Command::Analyze(args)) => analyze::run(&args, &load(named)?.config),
        Some(Command::Config(ConfigCommand::Path)) => settings::path(named),
        Some(Command::Config(ConfigCommand::Show)) => settings::show(named),
        Some(Command::Config(ConfigCommand::Check)) => settings::check(named),
        None => {
            let _ = cli.watch.folders;
            Ok(Exit::Fine)
        }
    }
}

/// The whole chain of causes in one line.
pub fn chain(report: &color_eyre::Report) -> String {
    let causes: Vec<String> = report.chain().map(ToString::to_string).collect();
    causes.join(": ")
}

/// The exit code an error ends with.
pub fn exit_of(_report: &color_eyre::Report) -> Exit {
    Exit::Usage
}
