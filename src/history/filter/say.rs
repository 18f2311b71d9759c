//! A filter as text, in one spelling: what reads back as the same filter.

use std::fmt;

use super::{Bound, FigureKey, Filter, Glob, NameKey, Term, What};
use crate::analysis::{RiskCategory, Status};

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, term) in self.terms.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            write!(f, "{term}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negated {
            f.write_str("-")?;
        }
        match &self.what {
            // A text that begins with a minus sign would negate, so the first character counts too.
            What::Text(needle) if needle.text.starts_with('-') => f.write_str(&in_quotes(&needle.text)),
            What::Text(needle) => f.write_str(&quoted(&needle.text, ':')),
            What::Name(key, globs) => {
                let globs = globs.iter().map(named);
                write!(f, "{}:{}", key.word(), joined(globs))
            }
            What::Status(wanted) => write!(f, "status:{}", joined(wanted.iter().map(|&s| status_word(s).to_owned()))),
            What::Figure(key, bounds) => {
                write!(f, "{}:{}", key.word(), joined(bounds.iter().map(ToString::to_string)))
            }
            What::Since(when) => write!(f, "since:{when}"),
            What::Until(when) => write!(f, "until:{when}"),
            What::Excluded(wanted) => write!(f, "excluded:{}", if *wanted { "yes" } else { "no" }),
        }
    }
}

fn joined(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(",")
}

/// A text as it stands, or in quotes where it would read as something else.
fn quoted(text: &str, special: char) -> String {
    let plain = |c: char| !(c.is_whitespace() || c == '"' || c == special);
    if !text.is_empty() && text.chars().all(plain) { text.to_owned() } else { in_quotes(text) }
}

/// A pattern; where a star stands for itself it does so in quotes.
fn named(glob: &Glob) -> String {
    if !glob.itself.contains(&true) {
        return quoted(&glob.text, ',');
    }
    let spelled = |(c, itself): (char, bool)| {
        let escape = itself || matches!(c, '\\' | '"');
        escape.then_some('\\').into_iter().chain([c])
    };
    format!("\"{}\"", glob.letters().flat_map(spelled).collect::<String>())
}

fn in_quotes(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Above(bound) => write!(f, ">{bound}"),
            Self::AtLeast(bound) => write!(f, ">={bound}"),
            Self::Below(bound) => write!(f, "<{bound}"),
            Self::AtMost(bound) => write!(f, "<={bound}"),
            Self::Exactly(bound) => write!(f, "{bound}"),
            Self::Between(low, high) => write!(f, "{low}..{high}"),
            Self::Category(category) => f.write_str(category_word(*category)),
        }
    }
}

impl NameKey {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Serial => "sn",
            Self::Section => "sec",
            Self::Laser => "laser",
            Self::Disposition => "disp",
        }
    }
}

impl FigureKey {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Risk => "risk",
            Self::Margin => "margin",
            Self::Roughness => "r",
            Self::Outside => "out",
            Self::Change => "change",
            Self::Passes => "passes",
        }
    }
}

/// A status as filters spell it: one word each.
pub(super) fn status_word(status: Status) -> &'static str {
    match status {
        Status::Pass => "pass",
        Status::Warning => "warning",
        Status::Fail => "fail",
        Status::NotGraded => "ungraded",
        Status::Untrimmed => "untrimmed",
        Status::Error => "error",
    }
}

pub(super) fn category_word(category: RiskCategory) -> &'static str {
    match category {
        RiskCategory::Low => "low",
        RiskCategory::Medium => "medium",
        RiskCategory::High => "high",
    }
}
