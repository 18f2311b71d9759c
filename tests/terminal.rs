//! The real program in a real terminal: start, drop a file, see its verdict, open it, quit, a clean terminal.
#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use portable_pty::CommandBuilder;
use support::pty::Terminal;
use support::{example, sample};

fn shop() -> tempfile::TempDir {
    let root = tempfile::tempdir().expect("a folder");
    fs::create_dir(root.path().join("LTS")).expect("a drop folder");
    root
}

fn drop_sample(root: &Path, words: &str) -> PathBuf {
    let from = sample(words);
    let to = root.join("LTS").join(from.file_name().expect("a name"));
    fs::copy(from, &to).expect("copied");
    to
}

#[test]
fn start_drop_a_file_see_its_verdict_open_it_quit_and_find_the_terminal_clean() {
    let root = shop();
    let mut terminal = Terminal::start(root.path(), (120, 40), &[]);
    terminal.sees("No trim file yet");
    drop_sample(root.path(), "9203_34");
    terminal.sees("✗ FAIL");
    terminal.sees("22 of 99 points outside");
    terminal.press("\r");
    terminal.sees("Live ▸ 9203 34 TA ▸ TRK1");
    terminal.sees("window 4680…6500 Ω");
    terminal.press("?");
    terminal.sees("help on Unit");
    terminal.press("\x1b");
    terminal.until("the help gone", |text| !text.contains("help on Unit"));
    terminal.press("6");
    terminal.sees("ENDED AS");
    terminal.press("1 ");
    terminal.sees("FROZEN +0");
    drop_sample(root.path(), "9101-1_201");
    terminal.sees("FROZEN +1");
    terminal.press(" ");
    terminal.sees("✓ PASS");
    terminal.press("/9203\r");
    terminal.sees("1 found");
    terminal.resize(80, 24);
    terminal.until("the smaller screen", |text| text.contains("9203") && text.contains("9101-1"));
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
    assert!(terminal.is_clean(), "{}", terminal.text());
}

#[test]
fn the_last_runs_are_there_at_the_next_start() {
    let root = shop();
    drop_sample(root.path(), "9203_34");
    let mut terminal = Terminal::start(root.path(), (80, 24), &[]);
    terminal.sees("9203");
    terminal.press("q");
    terminal.ended();
    fs::remove_dir_all(root.path().join("LTS")).expect("gone");
    let mut terminal = Terminal::start(root.path(), (80, 24), &[]);
    terminal.sees("9203");
    terminal.sees("OFFLINE since");
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
}

#[test]
fn a_plain_terminal_gets_ascii_and_no_colour() {
    let root = shop();
    drop_sample(root.path(), "9203_34");
    let plain = [("LC_ALL", "C"), ("LANG", "C"), ("TERM", "vt100"), ("NO_COLOR", "1")];
    let mut terminal = Terminal::start(root.path(), (80, 24), &plain);
    terminal.sees("x FAIL");
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
    assert!(terminal.raw.is_ascii(), "not ASCII");
    let sent = String::from_utf8_lossy(&terminal.raw).into_owned();
    let colours = sent.split("\x1b[").skip(1).filter_map(|rest| rest.split_once('m').map(|(codes, _)| codes));
    let coloured = |code: &str| code.parse::<u8>().is_ok_and(|code| (30..50).contains(&code));
    assert!(!colours.flat_map(|codes| codes.split(';')).any(coloured), "a colour was sent");
    assert!(terminal.is_clean());
}

#[test]
fn a_linux_console_gets_its_eight_colours_and_nothing_its_font_lacks() {
    let root = shop();
    drop_sample(root.path(), "9203_34");
    let mut terminal = Terminal::start(root.path(), (120, 40), &[("TERM", "linux")]);
    terminal.sees("x FAIL");
    terminal.press("\r");
    terminal.sees("Live ► 9203 34 TA");
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
    let sent = String::from_utf8_lossy(&terminal.raw).into_owned();
    assert!(sent.contains('▀') && !sent.contains(|c| ('\u{2800}'..='\u{28FF}').contains(&c) || "✗✓▸".contains(c)));
    let codes = sent.split("\x1b[").skip(1).filter_map(|rest| rest.split_once('m').map(|(codes, _)| codes));
    let bright = |code: &str| code.parse::<u8>().is_ok_and(|code| (90..108).contains(&code));
    assert!(!codes.flat_map(|codes| codes.split(';')).any(bright), "a bright colour was sent");
}

#[test]
fn keys_and_colours_of_the_configuration_are_in_force() {
    let root = shop();
    drop_sample(root.path(), "9203_34");
    let config = root.path().join(".config/trimwatch/config.toml");
    fs::create_dir_all(config.parent().expect("a folder")).expect("made");
    fs::write(&config, "theme = \"high-contrast\"\n[keys]\nquit = \"F10\"\nhelp = \"alt-h\"\n").expect("written");
    let home = root.path().join(".config").display().to_string();
    let mut terminal = Terminal::start(root.path(), (120, 40), &[("XDG_CONFIG_HOME", &home)]);
    terminal.sees("Alt-h help  F10 quit");
    terminal.sees("✗ FAIL");
    assert!(shows_a_failure_in_bright_red(terminal.screen.screen()));
    terminal.press("\x1bh");
    terminal.sees("help on Live");
    terminal.press("\x1b");
    terminal.until("the help gone", |text| !text.contains("help on Live"));
    terminal.press(":theme");
    terminal.sees("theme-next");
    terminal.press("\r");
    terminal.sees("theme colour-blind");
    terminal.press("\x1b[21~");
    assert_eq!(terminal.ended(), 0);
    assert!(terminal.is_clean());
}

/// Whether the verdict of a failed run is bold, reversed and bright red, as high contrast wants it.
fn shows_a_failure_in_bright_red(screen: &vt100::Screen) -> bool {
    let (rows, columns) = screen.size();
    let begins = |row: u16, column: u16| screen.contents_between(row, column, row, column + 6) == "✗ FAIL";
    let mut places = (0..rows).flat_map(|row| (0..columns - 6).map(move |column| (row, column)));
    let cell = places.find(|&(row, column)| begins(row, column)).and_then(|(row, column)| screen.cell(row, column));
    cell.is_some_and(|cell| cell.bold() && cell.inverse() && cell.fgcolor() == vt100::Color::Idx(9))
}

#[test]
fn a_signal_ends_the_program_with_everything_kept_and_the_terminal_clean() {
    for signal in ["-TERM", "-HUP"] {
        let root = shop();
        let mut terminal = Terminal::start(root.path(), (80, 24), &[]);
        terminal.sees("No trim file yet");
        drop_sample(root.path(), "9203_34");
        terminal.sees("✗ FAIL");
        let id = terminal.child.process_id().expect("an id").to_string();
        assert!(std::process::Command::new("kill").args([signal, &id]).status().expect("kill").success());
        assert_eq!(terminal.ended(), 0, "{signal}");
        assert!(terminal.is_clean(), "{signal}: {}", terminal.text());
        let mut again = Terminal::start(root.path(), (80, 24), &[]);
        again.sees("✗ FAIL");
        again.press("q");
        again.ended();
    }
}

#[test]
fn a_program_that_was_stopped_draws_itself_anew_when_it_goes_on() {
    let root = shop();
    drop_sample(root.path(), "9203_34");
    let mut terminal = Terminal::start(root.path(), (80, 24), &[]);
    terminal.sees("✗ FAIL");
    // What the shell wrote over the screen meanwhile is not ours to know.
    terminal.screen = vt100::Parser::new(24, 80, 0);
    let id = terminal.child.process_id().expect("an id").to_string();
    assert!(std::process::Command::new("kill").args(["-CONT", &id]).status().expect("kill").success());
    terminal.sees("✗ FAIL");
    terminal.sees("? help");
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
}

#[test]
fn a_terminal_that_does_not_know_its_size_is_taken_for_eighty_by_twenty_four() {
    let root = shop();
    drop_sample(root.path(), "9203_34");
    let mut terminal = Terminal::start(root.path(), (0, 0), &[]);
    terminal.sees("✗ FAIL");
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
}

#[test]
fn the_mouse_copies_exports_and_the_next_start_at_the_place_that_was_left() {
    let root = shop();
    let config = root.path().join(".config/trimwatch");
    fs::create_dir_all(&config).expect("a folder");
    let exports = root.path().join("exports");
    let text = format!("mouse = true\n[export]\nfolder = {:?}\n", exports.display().to_string());
    fs::write(config.join("config.toml"), text).expect("written");
    drop_sample(root.path(), "9203_34");
    let mut terminal = Terminal::start(root.path(), (80, 24), &[]);
    terminal.sees("✗ FAIL");
    assert!(terminal.listens_to_the_mouse());
    terminal.press("y");
    terminal.sees("copied 9203 34 TA");
    let sent = String::from_utf8_lossy(&terminal.raw).into_owned();
    assert!(sent.contains("\x1b]52;c;OTIwMyAzNCBUQQ==\x07"), "the unit's name in base 64");
    terminal.press("xc");
    terminal.sees("1 row in ");
    assert_eq!(fs::read_dir(&exports).expect("a folder").count(), 1);
    terminal.press("fmodel:9203\r6");
    terminal.sees("ENDED AS");
    terminal.press("q");
    assert_eq!(terminal.ended(), 0);
    assert!(terminal.is_clean(), "{}", terminal.text());
    let view = root.path().join(".local/state/trimwatch/view.toml");
    assert!(fs::read_to_string(&view).expect("kept").contains("model:9203"));
    let mut again = Terminal::start(root.path(), (80, 24), &[("SSH_CONNECTION", "1")]);
    again.sees("ENDED AS");
    assert!(!again.listens_to_the_mouse(), "not over SSH");
    again.press("1m");
    again.sees("f model:9203");
    again.press("q");
    assert!(again.ended() == 0 && again.is_clean(), "{}", again.text());
    fs::write(&view, "screen = \"nowhere\"").expect("written");
    let mut spoiled = Terminal::start(root.path(), (80, 24), &[]);
    spoiled.sees("where you left off");
    spoiled.press("q");
    assert_eq!(spoiled.ended(), 0);
}

#[test]
fn a_held_store_ends_the_program_with_exit_code_three_and_the_holder_named() {
    let root = shop();
    // A command that works on the history lets nobody look on.
    let held = support::open(&root.path().join("store"));
    let mut second = Terminal::start(root.path(), (80, 24), &[]);
    assert_eq!(second.ended(), 3);
    let said = second.text();
    assert!(said.contains("is held by process"), "{said}");
    drop(held);
}

#[test]
fn a_second_terminal_looks_on_and_goes_on_when_the_first_one_is_killed() {
    let root = shop();
    let mut first = Terminal::start(root.path(), (80, 24), &[]);
    first.sees("No trim file yet");
    let mut second = Terminal::start(root.path(), (100, 24), &[]);
    second.sees("attached");
    drop_sample(root.path(), "9203_34");
    first.sees("FAIL");
    second.sees("FAIL");
    first.child.kill().expect("killed");
    first.child.wait().expect("gone");
    second.until("that it keeps the history itself", |text| text.contains("LIVE") && !text.contains("attached"));
    drop_sample(root.path(), "9101-1_201");
    second.sees("✓ PASS");
    second.press("q");
    assert_eq!(second.ended(), 0);
    assert_eq!(support::open(&root.path().join("store")).total().runs, 2);
}

#[test]
fn a_panic_of_the_screen_gives_the_terminal_back_and_says_what_happened() {
    let home = tempfile::tempdir().expect("a folder");
    let mut command = CommandBuilder::new(example("panicking-screen"));
    command.env("HOME", home.path());
    command.env("XDG_STATE_HOME", home.path().join("state"));
    let mut terminal = Terminal::run(command, (160, 50));
    assert_ne!(terminal.ended(), 0);
    let screen = terminal.screen.screen();
    assert!(!screen.alternate_screen() && !screen.hide_cursor(), "the terminal is not given back");
    let said = terminal.text();
    assert!(said.contains("the screen's trouble") && !said.contains("something on the screen"), "{said}");
    assert!(said.contains("thread history stopped") && said.contains("a worker's trouble"), "{said}");
    let mut reports: Vec<PathBuf> = fs::read_dir(home.path().join("state/trimwatch"))
        .expect("the state folder")
        .map(|entry| entry.expect("a report").path())
        .collect();
    reports.sort();
    assert_eq!(said.matches("a crash report is in").count(), 2, "{said}");
    let whole = |path: &PathBuf| fs::read_to_string(path).expect("a report");
    let [worker, screen] = <[String; 2]>::try_from(reports.iter().map(whole).collect::<Vec<_>>()).expect("two of them");
    assert!(worker.contains("thread   history") && worker.contains("message  a worker's trouble"), "{worker}");
    assert!(screen.contains("thread   main") && screen.contains("panicking_screen.rs:"), "{screen}");
    for report in [worker, screen] {
        assert!(report.starts_with(concat!("trimwatch ", env!("CARGO_PKG_VERSION"), " (")), "{report}");
        assert!(report.contains("panicking_screen::main"), "a backtrace: {report}");
        assert!(!report.contains(&home.path().display().to_string()), "{report}");
    }
}
