//! One shift at a terminal, whatever the terminal: start, drop a file, see its row, help, search, zoom, resize, freeze,
//! acknowledge, export, quit.
#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use portable_pty::CommandBuilder;
use support::drifted::{LOT, LOTS, history};
use support::program::PROGRAM;
use support::pty::{Terminal, at_home};
use support::sample;

/// A drop folder, a history with an open alarm, and where exports go.
fn shop() -> tempfile::TempDir {
    let root = tempfile::tempdir().expect("a folder");
    let config = root.path().join(".config/trimwatch");
    for folder in [&root.path().join("LTS"), &config] {
        fs::create_dir_all(folder).expect("a folder");
    }
    let exports = root.path().join("exports").display().to_string();
    fs::write(config.join("config.toml"), format!("[export]\nfolder = {exports:?}\n")).expect("written");
    drop(history(&root.path().join("store"), LOTS * LOT));
    root
}

fn drop_sample(root: &Path, words: &str) {
    let from = sample(words);
    fs::copy(&from, root.join("LTS").join(from.file_name().expect("a name"))).expect("copied");
}

/// What somebody does in one shift.
fn shift(root: &Path, terminal: &mut Terminal) {
    terminal.sees("1 alarm");
    drop_sample(root, "9203_34");
    terminal.sees("22 of 99");
    terminal.press("?");
    terminal.sees("help on Live");
    terminal.press("\x1b");
    terminal.until("the help gone", |text| !text.contains("help on Live"));
    terminal.press("/9203\r");
    terminal.sees("1 found");
    terminal.press("\tz");
    terminal.until("one pane", |text| !text.contains("MODEL"));
    terminal.press("z\x1b");
    terminal.sees("MODEL");
    terminal.resize(100, 30);
    terminal.press("1 ");
    terminal.sees("FROZEN +0");
    drop_sample(root, "9101-1_201");
    terminal.sees("FROZEN +1");
    terminal.press(" ");
    terminal.until("it to go on", |text| !text.contains("FROZEN"));
    terminal.press(":acknow");
    terminal.sees("acknowledge");
    terminal.press("\r");
    terminal.sees("material");
    terminal.press("2");
    terminal.press("\t");
    terminal.press("AB\r");
    terminal.until("no alarm", |text| !text.contains("1 alarm"));
    terminal.press("xc");
    terminal.sees(".csv");
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
    let exports = fs::read_dir(root.join("exports")).expect("a folder");
    assert_eq!(exports.count(), 1);
}

fn works(environment: &[(&str, &str)]) -> Terminal {
    let root = shop();
    let mut terminal = Terminal::start(root.path(), (120, 40), environment);
    shift(root.path(), &mut terminal);
    assert!(terminal.is_clean(), "{}", terminal.text());
    terminal
}

#[test]
fn a_shift_at_a_usual_terminal() {
    works(&[]);
}

#[test]
fn a_shift_where_the_locale_is_plain() {
    let terminal = works(&[("LC_ALL", ""), ("LANG", "C")]);
    assert!(terminal.raw.is_ascii(), "not ASCII");
}

#[test]
fn a_shift_at_a_vt100() {
    works(&[("TERM", "vt100")]);
}

#[test]
fn a_shift_without_colours() {
    works(&[("NO_COLOR", "1")]);
}

#[test]
fn a_shift_in_tmux() {
    let version = Command::new("tmux").arg("-V").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !version.is_ok_and(|status| status.success()) {
        eprintln!("skipped: tmux is not installed");
        return;
    }
    let root = shop();
    let mut command = CommandBuilder::new("tmux");
    let socket = root.path().join("tmux").display().to_string();
    command.args(["-S", &socket, "-f", "/dev/null", "-u", "new-session"]);
    command.arg(PROGRAM);
    command.args(["watch", &root.path().join("LTS").display().to_string(), "--store"]);
    command.arg(root.path().join("store"));
    at_home(&mut command, root.path());
    let mut terminal = Terminal::run(command, (120, 41));
    shift(root.path(), &mut terminal);
}
