//! The house keeps its shape: no arrow points up, no file grows past its size, every file says what it is for.
#![allow(clippy::expect_used, reason = "a test may stop at the first thing that is wrong")]

use std::fs;
use std::path::{Path, PathBuf};

/// Floors from the top; rooms on one floor do not know each other.
const FLOORS: &[&[&str]] = &[
    &["cli"],
    &["tui"],
    &["session"],
    &["engine"],
    &["export", "intake", "history", "config"],
    &["learning", "monitoring"],
    &["analysis", "spc"],
    &["trim"],
];
/// Rooms that take time and randomness as arguments and know no terminal, store or watcher.
const PURE: &[&str] = &["trim", "analysis", "spc", "learning", "monitoring"];
const WORLDLY: &[&str] =
    &["crossterm", "ratatui", "sled", "notify", "jiff", "SystemTime", "Instant", "std::fs", "std::env", "std::thread"];

/// Learning may use as many threads as it is told to; what it learns does not depend on them.
const ALLOWED: &[(&str, &str)] = &[("learning", "std::thread")];

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).expect("a source folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = fs::read_to_string(&path).expect("a source file");
                found.push((path, text));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in ["src", "tests", "samples/make"] {
        walk(&root.join(folder), &mut found);
    }
    found
}

fn room(path: &Path) -> Option<String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let first = path.strip_prefix(source).ok()?.components().next()?.as_os_str().to_string_lossy().into_owned();
    Some(first.trim_end_matches(".rs").to_owned()).filter(|name| name != "lib" && name != "main")
}

fn floor(room: &str) -> usize {
    FLOORS.iter().position(|floor| floor.contains(&room)).unwrap_or_else(|| unreachable!("{room} has no floor"))
}

/// Rooms a source names, `crate::a` and `crate::{a, b}` alike.
fn named(text: &str) -> Vec<String> {
    let after = text.split("crate::").skip(1).filter(|rest| !rest.starts_with('{'));
    let name = |rest: &str| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let known = FLOORS.concat();
    after.map(name).filter(|name| known.contains(&name.as_str())).collect()
}

#[test]
fn no_arrow_points_up_and_neighbours_do_not_know_each_other() {
    for (path, text) in sources() {
        let Some(own) = room(&path) else { continue };
        assert!(!text.contains("crate::{"), "{}: one room a line, so that this test sees it", path.display());
        for other in named(&text) {
            let allowed = own == other || floor(&own) < floor(&other);
            assert!(allowed, "{}: {own} may not know {other}", path.display());
            assert!(!(own == "tui" && other == "engine"), "{}: the screen's only door is session", path.display());
        }
    }
}

#[test]
fn reading_and_judging_know_no_clock_terminal_store_or_watcher() {
    for (path, text) in sources() {
        let Some(own) = room(&path).filter(|own| PURE.contains(&own.as_str())) else { continue };
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            let allowed = |word: &str| ALLOWED.contains(&(own.as_str(), word));
            let worldly = WORLDLY.iter().find(|word| line.contains(**word) && !allowed(word));
            assert_eq!(worldly, None, "{}: {line}", path.display());
        }
    }
}

/// A program that is started without a home of its own writes into that of whoever runs the tests.
#[test]
fn tests_start_the_program_by_the_one_function_that_gives_it_a_home() {
    let named = concat!("CARGO_BIN", "_EXE");
    for (path, text) in sources() {
        let is_it = path.ends_with("tests/support/program.rs");
        assert_eq!(text.contains(named), is_it, "{}: see tests/support/program.rs", path.display());
    }
}

#[test]
fn every_file_says_what_it_is_for_and_stays_under_four_hundred_lines() {
    for (path, text) in sources() {
        assert!(text.starts_with("//!"), "{} has no first line", path.display());
        assert!(text.lines().count() < 400, "{} has {} lines", path.display(), text.lines().count());
    }
}
