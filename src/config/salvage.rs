//! What of a configuration file can be used, and everything that cannot: one wrong line does not hide the next.

use toml::Table;
use toml::de::Error;

use super::Config;

/// So many wrong lines are enough to read.
const MOST: usize = 100;

/// The sound part of a file, and what is wrong with the rest, each with line and column.
pub(super) fn sound_part(text: &str) -> (Table, Vec<String>) {
    let (mut rest, mut causes) = (text.to_owned(), Vec::new());
    while causes.len() < MOST {
        let Err(error) = toml::from_str::<Config>(&rest) else { break };
        let without = without(&rest, &error);
        causes.push(error.to_string());
        // A text that is no TOML at all, or ceases to be, is not worth guessing at.
        match without.filter(|without| rest.parse::<Table>().is_ok() && without.parse::<Table>().is_ok()) {
            Some(without) => rest = without,
            None => return (Table::new(), causes),
        }
    }
    // Nothing of a file that is wrong beyond counting is used.
    let usable = toml::from_str::<Config>(&rest).is_ok();
    (rest.parse().ok().filter(|_| usable).unwrap_or_default(), causes)
}

/// The text with the line of an error left blank, or the whole table that the line begins; lines keep their numbers.
/// `None` when the error names no line, or one that was blank already.
fn without(text: &str, error: &Error) -> Option<String> {
    let at = text.get(..error.span()?.start)?.matches('\n').count();
    let lines: Vec<&str> = text.lines().collect();
    let wrong = lines.get(at).filter(|line| !line.trim().is_empty())?;
    let header = |line: &str| line.trim_start().starts_with('[');
    let behind = lines.iter().skip(at + 1);
    let more = if header(wrong) { behind.take_while(|line| !header(line)).count() } else { 0 };
    let kept = lines.iter().enumerate().map(|(index, line)| if (at..=at + more).contains(&index) { "" } else { line });
    Some(kept.collect::<Vec<&str>>().join("\n"))
}
