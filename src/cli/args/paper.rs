//! What the commands take that print papers: completions, manual pages, the audit journal.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use clap_complete::Shell;

use super::{OutArgs, StoreArgs};

/// What `completions` takes.
#[derive(Debug, Args)]
pub(in crate::cli) struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum)]
    pub(in crate::cli) shell: Shell,
}

/// What `man` takes.
#[derive(Debug, Args)]
pub(in crate::cli) struct ManArgs {
    /// Of which command (`export runs`); without one, of the whole program.
    #[arg(value_name = "COMMAND")]
    pub(in crate::cli) command: Vec<String>,
    /// Write the pages of all commands into this folder instead.
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    pub(in crate::cli) dir: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum JournalCommand {
    /// Print what people did, newest last.
    Show {
        /// Only the newest.
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Whether every line is as it was written; exit code 1 when one is not, and which.
    Verify {
        #[command(flatten)]
        store: StoreArgs,
    },
    /// The journal as a table for other programs, as CSV.
    Export {
        #[command(flatten)]
        out: OutArgs,
        #[command(flatten)]
        store: StoreArgs,
    },
}
