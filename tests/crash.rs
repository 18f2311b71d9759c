//! Whatever a killed watch showed is there when its store is opened again.
#![allow(clippy::expect_used, reason = "a test may stop at the first thing that is wrong")]

use std::path::Path;
use std::process::{Command, Output};

/// A short crash campaign of the real program.
fn campaign(home: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trimwatch"));
    command.args(["bench", "crash"]).args(args).env("HOME", home).env("TMPDIR", home);
    command.env_remove("XDG_CONFIG_HOME").env_remove("TRIMWATCH_STORE").output().expect("the program")
}

#[test]
fn five_kills_lose_and_double_nothing() {
    let home = tempfile::tempdir().expect("a folder");
    let output = campaign(home.path(), &["--kills", "5", "--power", "0", "--files", "40"]);
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{out}{err}");
    assert!(out.contains("kills         5, 0 of them with a finding · 0 lost · 0 doubled"), "{out}");
}

#[test]
fn without_strace_the_campaign_says_which_package_brings_it() {
    let home = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_trimwatch"));
    command.args(["bench", "crash", "--kills", "0", "--power", "1"]).env("HOME", home.path()).env("PATH", home.path());
    let output = command.output().expect("the program");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("install the package `strace`"), "{said}");
}
