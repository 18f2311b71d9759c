//! What the commands take that print papers about the program: completions, manual pages.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

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
