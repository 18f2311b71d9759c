//! What was typed → terms.

use super::glob::is_sign;
use super::say::{category_word, status_word};
use super::{Bound, FigureKey, FilterError, Glob, NameKey, Needle, Term, What, When};
use crate::analysis::{RiskCategory, Status};

const STATUSES: [Status; 6] =
    [Status::Pass, Status::Warning, Status::Fail, Status::NotGraded, Status::Untrimmed, Status::Error];
const CATEGORIES: [RiskCategory; 3] = [RiskCategory::Low, RiskCategory::Medium, RiskCategory::High];

/// One sign of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// Means what it means.
    Bare(char),
    /// Parts nothing.
    Quoted(char),
    /// Stands for itself alone.
    Itself(char),
    /// A quote opened here: even nothing is something.
    Quote,
}

impl Sign {
    fn letter(self) -> Option<char> {
        match self {
            Self::Bare(c) | Self::Quoted(c) | Self::Itself(c) => Some(c),
            Self::Quote => None,
        }
    }
}

pub(super) fn terms(text: &str) -> Result<Vec<Term>, FilterError> {
    let words = words(text)?;
    words.iter().map(|word| term(word)).filter_map(Result::transpose).collect()
}

/// Cuts at blanks outside quotes.
fn words(text: &str) -> Result<Vec<Vec<Sign>>, FilterError> {
    let mut words = Vec::new();
    let mut word = Vec::new();
    let mut signs = text.char_indices();
    while let Some((at, c)) = signs.next() {
        match c {
            '"' => {
                word.push(Sign::Quote);
                if !quote(&mut signs, &mut word) {
                    let after = text.get(at + 1..).unwrap_or_default();
                    return Err(FilterError::OpenQuote(after.chars().take(20).collect()));
                }
            }
            c if c.is_whitespace() => words.push(std::mem::take(&mut word)),
            c => word.push(Sign::Bare(c)),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    Ok(words)
}

/// Takes up to the closing quote; `false` when there is none.
fn quote(signs: &mut std::str::CharIndices<'_>, word: &mut Vec<Sign>) -> bool {
    while let Some((_, c)) = signs.next() {
        match c {
            '"' => return true,
            '\\' => match signs.next() {
                Some((_, escaped)) => word.push(Sign::Itself(escaped)),
                None => return false,
            },
            c => word.push(Sign::Quoted(c)),
        }
    }
    false
}

fn term(word: &[Sign]) -> Result<Option<Term>, FilterError> {
    let (negated, word) = match word.split_first() {
        Some((Sign::Bare('-'), rest)) if !rest.is_empty() => (true, rest),
        _ => (false, word),
    };
    let colon = word.iter().position(|&sign| sign == Sign::Bare(':'));
    let keyed = colon.and_then(|at| Some((word.get(..at)?, word.get(at + 1..)?)));
    let what = match keyed {
        Some((key, value)) if key.iter().all(|sign| matches!(sign, Sign::Bare(_))) => {
            let values = value.split(|&sign| sign == Sign::Bare(','));
            Some(of_key(&text(key), &values.map(Value::of).collect::<Vec<_>>())?)
        }
        _ => Some(text(word)).filter(|text| !text.is_empty()).map(|text| What::Text(Needle::new(text))),
    };
    Ok(what.map(|what| Term { negated, what }))
}

fn text(signs: &[Sign]) -> String {
    signs.iter().filter_map(|sign| sign.letter()).collect()
}

/// One of a key's values.
struct Value {
    text: String,
    /// Of each star and question mark whether it stands for itself.
    itself: Vec<bool>,
    /// Whether anything was typed, be it two quotes.
    is_there: bool,
}

impl Value {
    fn of(signs: &[Sign]) -> Self {
        let stars = signs.iter().filter(|sign| sign.letter().is_some_and(is_sign));
        let itself = stars.map(|sign| matches!(sign, Sign::Itself(_))).collect();
        Self { text: text(signs), itself, is_there: !signs.is_empty() }
    }
}

fn of_key(key: &str, values: &[Value]) -> Result<What, FilterError> {
    match key.to_lowercase().as_str() {
        "model" => names(NameKey::Model, values, "model:8340*"),
        "sn" | "serial" => names(NameKey::Serial, values, "sn:246"),
        "sec" | "section" => names(NameKey::Section, values, "sec:TA"),
        "laser" => names(NameKey::Laser, values, "laser:LTS"),
        "disp" | "disposition" => names(NameKey::Disposition, values, "disp:\"Scrap*\""),
        "status" => {
            let allowed = "pass, warning, fail, ungraded, untrimmed or error";
            each("status", values, "status:fail,error", allowed, status).map(What::Status)
        }
        "risk" => {
            let allowed = "a number as in >0.7, <=0.3 or 0.3..0.7, or low, medium, high";
            each("risk", values, "risk:>0.7", allowed, |text| category(text).or_else(|| bound(text)))
                .map(|bounds| What::Figure(FigureKey::Risk, bounds))
        }
        "margin" => figures(FigureKey::Margin, values, "margin:<0"),
        "r" => figures(FigureKey::Roughness, values, "r:>12"),
        "out" => figures(FigureKey::Outside, values, "out:>0"),
        "change" => figures(FigureKey::Change, values, "change:>15"),
        "passes" => figures(FigureKey::Passes, values, "passes:>=2"),
        "since" => when("since", values, "since:1d").map(What::Since),
        "until" => when("until", values, "until:2026-03-01").map(What::Until),
        "excluded" => one("excluded", values, "excluded:yes", "yes or no", yes_or_no).map(What::Excluded),
        _ => Err(FilterError::UnknownKey(key.chars().take(20).collect())),
    }
}

fn names(key: NameKey, values: &[Value], example: &'static str) -> Result<What, FilterError> {
    let name = |value: &Value| {
        let glob = || Glob::new(value.text.clone(), value.itself.clone());
        value.is_there.then(glob).ok_or(FilterError::NoValue { key: key.word(), example })
    };
    values.iter().map(name).collect::<Result<_, _>>().map(|globs| What::Name(key, globs))
}

fn figures(key: FigureKey, values: &[Value], example: &'static str) -> Result<What, FilterError> {
    let allowed = "a number as in >12, <=3.5, 2 or 1..3";
    each(key.word(), values, example, allowed, bound).map(|bounds| What::Figure(key, bounds))
}

fn when(key: &'static str, values: &[Value], example: &'static str) -> Result<When, FilterError> {
    let allowed = "12h, 1d, 2w, 2026-03-01, 2026-03-01T06:00, today or shift";
    one(key, values, example, allowed, When::parse)
}

/// Every value of a key; one at least.
fn each<T>(
    key: &'static str,
    values: &[Value],
    example: &'static str,
    allowed: &'static str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, FilterError> {
    let value = |value: &Value| {
        if !value.is_there {
            return Err(FilterError::NoValue { key, example });
        }
        let shown = || value.text.chars().take(30).collect();
        read(&value.text).ok_or_else(|| FilterError::Value { key, value: shown(), allowed })
    };
    values.iter().map(value).collect()
}

/// The value of a key that takes one.
fn one<T>(
    key: &'static str,
    values: &[Value],
    example: &'static str,
    allowed: &'static str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<T, FilterError> {
    let several = || {
        let value = values.iter().map(|value| value.text.as_str()).collect::<Vec<_>>().join(",");
        FilterError::Value { key, value: value.chars().take(30).collect(), allowed }
    };
    if values.len() > 1 {
        return Err(several());
    }
    let mut read = each(key, values, example, allowed, read)?;
    read.pop().ok_or(FilterError::NoValue { key, example })
}

fn status(text: &str) -> Option<Status> {
    let word = text.to_lowercase();
    STATUSES.into_iter().find(|&status| status_word(status) == word)
}

fn category(text: &str) -> Option<Bound> {
    let word = text.to_lowercase();
    CATEGORIES.into_iter().find(|&category| category_word(category) == word).map(Bound::Category)
}

fn yes_or_no(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

type OneBound = fn(f32) -> Bound;

fn bound(text: &str) -> Option<Bound> {
    if let Some((low, high)) = text.split_once("..") {
        return Some(Bound::Between(number(low)?, number(high)?));
    }
    let signs: [(&str, OneBound); 5] = [
        (">=", Bound::AtLeast),
        ("<=", Bound::AtMost),
        (">", Bound::Above),
        ("<", Bound::Below),
        ("=", Bound::Exactly),
    ];
    let signed = signs.iter().find_map(|(sign, bound)| Some((text.strip_prefix(sign)?, *bound)));
    let (rest, bound): (&str, OneBound) = signed.unwrap_or((text, Bound::Exactly));
    number(rest).map(bound)
}

/// A number that people write; the true minus sign of the screen too.
fn number(text: &str) -> Option<f32> {
    let plain = text.trim().replace('−', "-");
    let written = !plain.is_empty() && plain.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+'));
    plain.parse::<f32>().ok().filter(|number| written && number.is_finite())
}
