//! Finding in lists: smart case, next and previous, a count.

use crate::history::{LogEntry, LogOutcome};

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// As typed.
    pub text: String,
    /// How many rows it found when it was last used.
    pub found: usize,
}

impl Search {
    /// Whether some words contain the text; a capital in the text makes case count.
    pub fn hits(&self, haystack: &str) -> bool {
        if self.text.is_empty() {
            return false;
        }
        if self.text.chars().any(char::is_uppercase) {
            haystack.contains(&self.text)
        } else {
            haystack.to_lowercase().contains(&self.text)
        }
    }

    /// The rows that hit, as indices.
    pub fn matches(&self, haystacks: impl Iterator<Item = String>) -> Vec<usize> {
        let hits = haystacks.enumerate().filter(|(_, words)| self.hits(words));
        hits.map(|(index, _)| index).collect()
    }
}

/// The next match after a row, or before it; round the end.
pub fn next(matches: &[usize], from: usize, forward: bool) -> Option<usize> {
    let (first, last) = (matches.first().copied(), matches.last().copied());
    if forward {
        matches.iter().copied().find(|&index| index > from).or(first)
    } else {
        matches.iter().rev().copied().find(|&index| index < from).or(last)
    }
}

/// What a test said, in the words of the log.
pub fn test_word(passed: Option<bool>) -> &'static str {
    match passed {
        Some(true) => "test pass",
        Some(false) => "test FAIL",
        None => "test unsaid",
    }
}

/// The words of a log entry.
pub fn log_words(entry: &LogEntry) -> String {
    let said = match &entry.outcome {
        LogOutcome::Run { status, .. } => status.clone(),
        LogOutcome::Revision { what, .. } => format!("revision {what}"),
        LogOutcome::Duplicate { .. } => "duplicate".to_owned(),
        LogOutcome::Skipped { reason } => format!("skipped {reason}"),
        LogOutcome::Failed { cause } => format!("ERROR {cause}"),
        LogOutcome::Excluded { reason, by, .. } => format!("excluded {reason} {by}"),
        LogOutcome::Included { reason, by, .. } => format!("counts again {reason} {by}"),
        LogOutcome::Learning { what, by, .. } => format!("model {what} {by}"),
        LogOutcome::Tested { passed, note, by, .. } => format!("{} {note} {by}", test_word(*passed)),
        LogOutcome::Alarmed { sentence, .. } => format!("alarm {sentence}"),
        LogOutcome::Acknowledged { sentence, cause, note, by, .. } => {
            format!("acknowledged {cause} {note} {by} {sentence}")
        }
        LogOutcome::Regraded { what, .. } => format!("rules {what}"),
        LogOutcome::NewBaseline { of, from, reason, by } => format!("new baseline {of} {from} {reason} {by}"),
    };
    format!("{} {said}", entry.file.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_letters_find_everything_and_capitals_only_themselves() {
        let search = |text: &str| Search { text: text.to_owned(), found: 0 };
        assert!(search("fail").hits("8340-1 FAIL"));
        assert!(!search("Fail").hits("8340-1 FAIL"));
        assert!(!search("").hits("8340-1 FAIL"));
    }

    #[test]
    fn matches_are_walked_in_a_circle() {
        assert_eq!(next(&[2, 5], 5, true), Some(2));
        assert_eq!(next(&[2, 5], 2, false), Some(5));
        assert_eq!(next(&[], 2, false), None);
    }
}
