//! The real program in a home of its own: nothing of whoever runs the tests is read, and nothing is written there.
#![allow(dead_code, reason = "every test file takes what it needs")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The program.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_trimwatch");

/// What would lead it to the settings or the history of whoever runs the tests.
pub const STRANGE: [&str; 5] =
    ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "TRIMWATCH_STORE", "TRIMWATCH_LOG", "TRIMWATCH_ASCII"];

/// Where its log, its crash reports and what it remembers go.
pub fn state(home: &Path) -> PathBuf {
    home.join(".local/state")
}

/// A command of the program, with nothing on its standard input.
pub fn program(home: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    at_home(&mut command, home).stdin(Stdio::null());
    command
}

/// Gives a command that leads to the program a home of its own.
pub fn at_home<'a>(command: &'a mut Command, home: &Path) -> &'a mut Command {
    for name in STRANGE {
        command.env_remove(name);
    }
    command.env("HOME", home).env("XDG_STATE_HOME", state(home))
}
