//! One cell of a table that leaves the program: typed, so that numbers stay numbers and texts can do no harm.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::printable;

/// What spreadsheets take for the beginning of a formula, full-width and small forms too.
const FORMULA: &[char] = &['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠', '﹦', '﹢', '﹣', '﹫'];

/// A cell. What is not known is [`Cell::Empty`], never 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Cell<'a> {
    /// Nothing.
    Empty,
    /// A text, as it came; whoever writes it defuses it.
    Text(Cow<'a, str>),
    /// A figure in double precision.
    Number(f64),
    /// A figure in single precision, as curves are kept.
    Single(f32),
    /// A count.
    Count(u64),
    /// Yes or no.
    Flag(bool),
}

impl<'a> Cell<'a> {
    /// A text; an empty one is an empty cell.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// A text that may be missing.
    pub fn word(text: Option<&'a str>) -> Self {
        text.map_or(Self::Empty, Self::text)
    }

    /// A figure that may be missing; one that is no number is.
    pub fn number(figure: Option<f64>) -> Self {
        figure.filter(|figure| figure.is_finite()).map_or(Self::Empty, Self::Number)
    }

    /// A point of a curve; a blank limit is no number.
    pub fn single(figure: f32) -> Self {
        if figure.is_finite() { Self::Single(figure) } else { Self::Empty }
    }

    /// A count that may be missing.
    pub fn count<T: Into<u64>>(count: Option<T>) -> Self {
        count.map_or(Self::Empty, |count| Self::Count(count.into()))
    }

    /// Yes or no, when it is known.
    pub fn flag(flag: Option<bool>) -> Self {
        flag.map_or(Self::Empty, Self::Flag)
    }

    /// The same, with a text of its own.
    pub fn owned(self) -> Cell<'static> {
        match self {
            Self::Text(text) => Cell::Text(Cow::Owned(text.into_owned())),
            Self::Empty => Cell::Empty,
            Self::Number(figure) => Cell::Number(figure),
            Self::Single(figure) => Cell::Single(figure),
            Self::Count(count) => Cell::Count(count),
            Self::Flag(flag) => Cell::Flag(flag),
        }
    }

    /// As plain text; numbers keep every digit they need to be read back equal.
    pub fn plain(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text),
            figure => Cow::Owned(figure.to_string()),
        }
    }
}

impl fmt::Display for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => Ok(()),
            Self::Text(text) => f.write_str(text),
            Self::Number(figure) => figure.fmt(f),
            Self::Single(figure) => figure.fmt(f),
            Self::Count(count) => count.fmt(f),
            Self::Flag(flag) => flag.fmt(f),
        }
    }
}

/// A text for a comma-separated cell: no control character, and an apostrophe before what a spreadsheet would take
/// for a formula. A plain number, as a serial may be, is none.
///
/// Half of Europe's spreadsheets part cells at semicolons, whatever commas and quotes say: what stands behind one begins a
/// cell there. One apostrophe less, where apostrophes stand before a formula, is the text again.
pub fn defused(text: &str) -> Cow<'_, str> {
    let text = printable(text);
    if is_plain_number(&text) { text } else { apart(text) }
}

/// The same at the beginning of a line: where semicolons part cells, the cells behind a number are its rest.
pub(super) fn defused_first(text: &str) -> Cow<'_, str> {
    apart(printable(text))
}

fn apart(text: Cow<'_, str>) -> Cow<'_, str> {
    let parts = || text.split(';').enumerate();
    if !parts().any(|(place, part)| computes(part, place > 0)) {
        return text;
    }
    let part = |(place, part)| if computes(part, place > 0) { format!("'{part}") } else { part.to_owned() };
    Cow::Owned(parts().map(part).collect::<Vec<String>>().join(";"))
}

/// Whether a cell that begins so computes, or would without its apostrophes; behind a semicolon without quotes too, which are
/// doubled inside a cell and close as soon as they open.
fn computes(part: &str, behind: bool) -> bool {
    let bare = part.trim_start_matches(|c: char| c == '\'' || behind && (c == '"' || c.is_whitespace()));
    bare.trim_start().starts_with(FORMULA)
}

fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && text.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_a_formula_becomes_a_text_and_a_negative_number_stays_one() {
        assert_eq!(defused("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(defused("  @SUM(A1)"), "'  @SUM(A1)");
        assert_eq!(defused("＝1+1"), "'＝1+1");
        assert_eq!(defused("-1+1"), "'-1+1");
        assert_eq!(defused("-inf"), "'-inf");
        assert_eq!(
            (defused("-5").as_ref(), defused("+4.5").as_ref(), defused("8340-1").as_ref()),
            ("-5", "+4.5", "8340-1")
        );
        assert_eq!(defused("\t=1"), "\u{FFFD}=1", "what began with a tab begins with no tab any more");
    }

    #[test]
    fn a_semicolon_parts_no_formula_from_its_apostrophe() {
        assert_eq!(defused("8340;=cmd|' /C calc'!A0"), "8340;'=cmd|' /C calc'!A0");
        assert_eq!(defused("a; -5;b"), "a;' -5;b", "the rest of the line would go on behind the number");
        assert_eq!(defused("+1;+1"), "'+1;'+1", "no plain number");
        assert_eq!(defused("a;\"=1\""), "a;'\"=1\"", "quotes are doubled");
        assert_eq!((defused_first("-5").as_ref(), defused_first("8340-1").as_ref()), ("'-5", "8340-1"));
        assert_eq!(defused("a;b; ;"), "a;b; ;");
    }

    #[test]
    fn no_two_texts_become_one() {
        let texts = ["=1", "'=1", "''=1", "' =1", " =1", "-5", "'-5", "a;=1", "a;'=1"];
        let defused: std::collections::HashSet<Cow<'_, str>> = texts.into_iter().map(super::defused).collect();
        assert_eq!(defused.len(), texts.len(), "{defused:?}");
    }

    #[test]
    fn what_is_no_number_is_an_empty_cell() {
        assert_eq!(Cell::number(Some(f64::NAN)), Cell::Empty);
        assert_eq!(Cell::single(f32::INFINITY), Cell::Empty);
        assert_eq!(Cell::number(Some(0.1)).plain(), "0.1");
        assert_eq!(Cell::Single(0.1).plain(), "0.1");
    }
}
