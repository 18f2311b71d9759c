//! Whatever a killed watch showed is there when its store is opened again.
#![allow(clippy::expect_used, reason = "a test may stop at the first thing that is wrong")]

#[path = "support/program.rs"]
mod program;

use std::path::Path;
use std::process::Output;

use program::program;

/// A short crash campaign of the real program.
fn campaign(home: &Path, args: &[&str]) -> Output {
    program(home).args(["bench", "crash"]).args(args).env("TMPDIR", home).output().expect("the program")
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
    let mut command = program(home.path());
    let output = command
        .args(["bench", "crash", "--kills", "0", "--power", "1"])
        .env("PATH", home.path())
        .output()
        .expect("the program");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("install the package `strace`"), "{said}");
}
