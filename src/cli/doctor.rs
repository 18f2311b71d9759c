//! `doctor`: whether everything around the program is as it should be, one line a check, and what to do.

mod clock;
mod crash;
mod folders;
mod store;
mod terminal;

use std::path::Path;

use super::settings::load;
use super::{Exit, StoreArgs};
use crate::config::Config;
use crate::export::printable;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    /// As it should be.
    Ok,
    /// Works, but somebody should look.
    Look,
    /// Does not work, or soon will not.
    Bad,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Check {
    verdict: Verdict,
    what: &'static str,
    /// What was found.
    found: String,
    /// What to do about it; nothing when it is as it should be.
    advice: &'static str,
}

impl Check {
    fn ok(what: &'static str, found: impl Into<String>) -> Self {
        Self { verdict: Verdict::Ok, what, found: found.into(), advice: "" }
    }

    fn look(what: &'static str, found: impl Into<String>, advice: &'static str) -> Self {
        Self { verdict: Verdict::Look, what, found: found.into(), advice }
    }

    fn bad(what: &'static str, found: impl Into<String>, advice: &'static str) -> Self {
        Self { verdict: Verdict::Bad, what, found: found.into(), advice }
    }

    fn line(&self) -> String {
        let verdict = match self.verdict {
            Verdict::Ok => "ok",
            Verdict::Look => "look",
            Verdict::Bad => "bad",
        };
        let advice = if self.advice.is_empty() { String::new() } else { format!("  → {}", self.advice) };
        format!("{verdict:4}  {:13}  {}{advice}", self.what, printable(&self.found))
    }
}

/// Prints every check. Exit code 0 fine, 1 something to look at, 2 something is bad.
pub(super) fn run(args: &StoreArgs, named: Option<&Path>) -> Exit {
    let mut checks = Vec::new();
    match load(named) {
        Ok(loaded) => {
            let files = loaded.files.iter().map(|file| file.display().to_string()).collect::<Vec<String>>().join(", ");
            let found = if files.is_empty() { "none; the defaults hold".to_owned() } else { format!("sound: {files}") };
            checks.push(Check::ok("configuration", found));
            checks.extend(terminal::checks(&loaded.config));
            checks.extend(folders::checks(&loaded.config));
            checks.extend(clock::checks());
            checks.extend(store::checks(&args.dir(&loaded), &loaded.config));
        }
        Err(problems) => {
            let advice = "nothing starts before it is corrected; `trimwatch config path` says where it lies";
            checks.extend(problems.to_string().lines().map(|line| Check::bad("configuration", line, advice)));
            checks.extend(terminal::checks(&Config::default()));
            checks.extend(clock::checks());
        }
    }
    checks.extend(crash::check());
    for check in &checks {
        println!("{}", check.line());
    }
    match checks.iter().map(|check| check.verdict).max() {
        Some(Verdict::Bad) => Exit::Usage,
        Some(Verdict::Look) => Exit::Loss,
        _ => Exit::Fine,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_its_verdict_first_and_what_to_do_last() {
        assert_eq!(Check::ok("clock", "Europe/Berlin").line(), "ok    clock          Europe/Berlin");
        let bad = Check::bad("folder", "/in\u{1b}[2J: not there", "mount it");
        assert_eq!(bad.line(), "bad   folder         /in\u{FFFD}[2J: not there  → mount it");
    }
}
