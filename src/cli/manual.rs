//! `completions` and `man`: made from the definitions that the command line itself is parsed with.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};
use color_eyre::eyre::{Result, WrapErr, eyre};

use super::{Cli, CompletionsArgs, Exit, ManArgs};

/// Files the program reads and writes, with what is in them.
const FILES: &[(&str, &str)] = &[
    ("/etc/trimwatch/config.toml", "The system's configuration."),
    ("~/.config/trimwatch/config.toml", "The user's configuration; it wins over the system's."),
    ("~/.local/share/trimwatch/history", "The history, where neither configuration nor --store says otherwise."),
    ("~/.local/state/trimwatch", "What the screen remembers."),
];

/// Environment variables that are looked at.
const ENVIRONMENT: &[(&str, &str)] = &[
    ("TRIMWATCH_STORE", "The history's folder; it wins over configuration files."),
    ("TRIMWATCH_ASCII", "Not empty: the screen is spelled in ASCII."),
    ("NO_COLOR", "Not empty: no colours."),
    ("TERM, LC_ALL, LC_CTYPE, LANG", "What the terminal can show."),
    ("XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_STATE_HOME", "Where the user's files are."),
];

/// Prints the completions of a shell.
pub(super) fn completions(args: &CompletionsArgs) -> Result<Exit> {
    let mut shown = shown(&Cli::command());
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut shown, "trimwatch", &mut script);
    io::stdout().lock().write_all(&script)?;
    Ok(Exit::Fine)
}

/// Prints one page, or writes all.
///
/// # Errors
/// A command that is not there, or a folder that takes nothing.
pub(super) fn man(args: &ManArgs) -> Result<Exit> {
    let mut root = shown(&Cli::command());
    root.build();
    if let Some(dir) = &args.dir {
        fs::create_dir_all(dir).wrap_err_with(|| format!("{} cannot be made", dir.display()))?;
        write_all(&root, dir)?;
        return Ok(Exit::Fine);
    }
    let mut command = &root;
    for name in &args.command {
        command = command.find_subcommand(name).ok_or_else(|| eyre!("`{name}` is no command here"))?;
    }
    io::stdout().lock().write_all(&page(command)?)?;
    Ok(Exit::Fine)
}

/// The page of a command and those of all below it.
fn write_all(command: &Command, dir: &Path) -> Result<()> {
    let path = dir.join(format!("{}.1", full_name(command)));
    fs::write(&path, page(command)?).wrap_err_with(|| format!("{} cannot be written", path.display()))?;
    command.get_subcommands().try_for_each(|below| write_all(below, dir))
}

/// `trimwatch-export-runs`, as its page is named.
fn full_name(command: &Command) -> String {
    command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned()
}

fn page(command: &Command) -> Result<Vec<u8>> {
    let man = Man::new(command.clone()).title(full_name(command)).source(format!("trimwatch {}", super::version()));
    let mut text = Vec::new();
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut text)?;
    }
    let mut ends = Roff::new();
    section(&mut ends, "EXIT STATUS", &Exit::MEANINGS);
    section(&mut ends, "FILES", FILES);
    section(&mut ends, "ENVIRONMENT", ENVIRONMENT);
    ends.to_writer(&mut text)?;
    Ok(text)
}

fn section(page: &mut Roff, title: &str, entries: &[(&str, &str)]) {
    page.control("SH", [title]);
    for (word, meaning) in entries {
        page.control("TP", []).text([bold(*word)]).text([roman(*meaning)]);
    }
}

/// The command without what is hidden: neither completions nor the manual leave that out by themselves. No `help`
/// below each command either, which would double everything.
fn shown(command: &Command) -> Command {
    let args = command.get_arguments().filter(|arg| !arg.is_hide_set()).cloned();
    let below = command.get_subcommands().filter(|below| !below.is_hide_set()).map(shown);
    let mut bare =
        Command::new(command.get_name().to_owned()).args(args).subcommands(below).disable_help_subcommand(true);
    bare = bare.subcommand_required(command.is_subcommand_required_set()).subcommand_value_name("COMMAND");
    if let Some(version) = command.get_version() {
        bare = bare.version(version.to_owned());
    }
    if let Some(about) = command.get_about() {
        bare = bare.about(about.clone());
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_is_in_no_page_and_no_completion_and_every_other_command_is() {
        let whole = shown(&Cli::command());
        let bench = whole.find_subcommand("bench").expect("it is measured");
        assert!(bench.find_subcommand("features").is_none(), "of use to nobody but its makers");
        let crash = bench.find_subcommand("crash").expect("a campaign");
        assert!(!crash.get_arguments().any(|arg| arg.get_id() == "look"));
        let visible = Cli::command().get_subcommands().filter(|one| !one.is_hide_set()).count();
        assert_eq!(whole.get_subcommands().count(), visible);
    }
}
