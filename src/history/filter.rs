//! The filter language: what is typed → which runs are meant. Pure: the time comes in as a [`Moment`].
//!
//! Terms are and-ed, a comma is an or, a `-` in front negates, `*` and `?` stand for any letters and one letter, and
//! quotes keep blanks and commas together; in them `\` takes its meaning from what follows, be it a quote or a star. A bare word is looked for in model, serial, section, status, laser and
//! disposition; a capital in it makes case count. Figures are compared to seven digits.

mod glob;
mod line;
mod parse;
mod say;
mod when;

use serde::{Deserialize, Serialize};
use thiserror::Error;

pub(super) use super::column::{FigureKey, NameKey};
use super::facts::Facts;
use crate::analysis::{RiskCategory, Status};
use crate::trim::LocalDate;
pub(super) use glob::Glob;
pub use when::{Moment, When};

/// The keys, as they are typed and as an error lists them.
pub const KEYS: &str =
    "model, sn, sec, status, laser, disp, risk, margin, r, out, change, passes, since, until, excluded";

/// Why a filter cannot be used; names the word and what is allowed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FilterError {
    /// No such key.
    #[error("`{0}:` is no key; there are {KEYS}; quote a text that has a colon")]
    UnknownKey(String),
    /// A key without a value.
    #[error("`{key}:` needs a value, as in {example}")]
    NoValue {
        /// The key.
        key: &'static str,
        /// How it may look.
        example: &'static str,
    },
    /// A value that the key does not take.
    #[error("`{key}:{value}`: {allowed}")]
    Value {
        /// The key.
        key: &'static str,
        /// What was typed.
        value: String,
        /// What may stand there.
        allowed: &'static str,
    },
    /// A quote without its end.
    #[error("the quote before `{0}` is not closed")]
    OpenQuote(String),
    /// `shift` while none is on.
    #[error("`shift`: no shift is on; [shifts] of the configuration names them")]
    NoShift,
}

/// Which runs are meant. Its text, as [`std::fmt::Display`] writes it, reads back as the same filter.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Filter {
    pub(super) terms: Vec<Term>,
}

/// One condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Term {
    pub(super) negated: bool,
    pub(super) what: What,
}

/// What a condition is about.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum What {
    Text(Needle),
    Name(NameKey, Vec<Glob>),
    Status(Vec<Status>),
    Figure(FigureKey, Vec<Bound>),
    Since(When),
    Until(When),
    Excluded(bool),
}

/// A text that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Needle {
    pub(super) text: String,
    /// Whether case counts: the text has a capital.
    pub(super) exact: bool,
}

impl Needle {
    pub(super) fn new(text: String) -> Self {
        let exact = text.chars().any(char::is_uppercase);
        Self { text, exact }
    }

    /// Whether a name contains the text.
    pub(super) fn is_in(&self, name: &str) -> bool {
        if self.exact { name.contains(&self.text) } else { name.to_lowercase().contains(&self.text) }
    }
}

/// What a figure must be; one that is missing is nothing of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Bound {
    Above(f32),
    AtLeast(f32),
    Below(f32),
    AtMost(f32),
    Exactly(f32),
    Between(f32, f32),
    Category(RiskCategory),
}

impl Bound {
    pub(super) fn holds(self, figure: f32, category: Option<RiskCategory>) -> bool {
        match self {
            Self::Above(bound) => figure > bound,
            Self::AtLeast(bound) => figure >= bound,
            Self::Below(bound) => figure < bound,
            Self::AtMost(bound) => figure <= bound,
            Self::Exactly(bound) => (bound..=bound).contains(&figure),
            Self::Between(low, high) => (low..=high).contains(&figure),
            Self::Category(wanted) => category == Some(wanted),
        }
    }
}

impl Filter {
    /// Reads what was typed.
    ///
    /// # Errors
    /// The first word that cannot be used, and what may stand in its place.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        parse::terms(text).map(|terms| Self { terms })
    }

    /// Whether every run is meant.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The same filter from another moment on; from the first run on without one.
    #[must_use]
    pub fn since(&self, when: Option<When>) -> Self {
        let is_since = |term: &&Term| matches!((&term.what, term.negated), (What::Since(_), false));
        let mut terms: Vec<Term> = self.terms.iter().filter(|term| !is_since(term)).cloned().collect();
        terms.extend(when.map(|when| Term { negated: false, what: What::Since(when) }));
        Self { terms }
    }

    /// The runs of these that are of one model.
    #[must_use]
    pub fn of_model(&self, name: &str) -> Self {
        let what = What::Name(NameKey::Model, vec![Glob::exactly(name)]);
        let is_model = |term: &&Term| matches!((&term.what, term.negated), (What::Name(NameKey::Model, _), false));
        let kept = self.terms.iter().filter(|term| !is_model(term)).cloned();
        Self { terms: kept.chain([Term { negated: false, what }]).collect() }
    }

    /// The runs of these that are of one day.
    #[must_use]
    pub fn on_day(&self, date: LocalDate) -> Self {
        let day = [What::Since(When::Date(date)), What::Until(When::Date(date))];
        let is_time = |term: &&Term| matches!((&term.what, term.negated), (What::Since(_) | What::Until(_), false));
        let kept = self.terms.iter().filter(|term| !is_time(term)).cloned();
        Self { terms: kept.chain(day.map(|what| Term { negated: false, what })).collect() }
    }

    /// Since when, where the filter says so once.
    pub fn begins(&self) -> Option<When> {
        self.terms.iter().find_map(|term| match (&term.what, term.negated) {
            (What::Since(when), false) => Some(*when),
            _ => None,
        })
    }

    /// Whether a run is meant.
    ///
    /// # Errors
    /// [`FilterError::NoShift`].
    pub fn admits(&self, facts: &Facts<'_>, moment: &Moment) -> Result<bool, FilterError> {
        for term in &self.terms {
            if term.what.holds(facts, moment)? == term.negated {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl What {
    fn holds(&self, facts: &Facts<'_>, moment: &Moment) -> Result<bool, FilterError> {
        Ok(match self {
            Self::Text(needle) => facts.words().iter().any(|word| needle.is_in(word)),
            Self::Name(key, globs) => {
                let name = facts.name(*key).to_lowercase();
                globs.iter().any(|glob| glob.fits(&name))
            }
            Self::Status(wanted) => wanted.contains(&facts.status),
            Self::Figure(key, bounds) => {
                let figure = facts.figure(*key);
                bounds.iter().any(|bound| bound.holds(figure, facts.category))
            }
            Self::Since(when) => facts.seconds >= when.begin(moment)?,
            Self::Until(when) => facts.seconds < when.end(moment)?,
            Self::Excluded(wanted) => facts.excluded == *wanted,
        })
    }
}

impl TryFrom<String> for Filter {
    type Error = FilterError;

    fn try_from(text: String) -> Result<Self, FilterError> {
        Self::parse(&text)
    }
}

impl From<Filter> for String {
    fn from(filter: Filter) -> Self {
        filter.to_string()
    }
}

/// Whether a text, looked for as a bare word, is in a run.
pub fn text_is_in(text: &str, facts: &Facts<'_>) -> bool {
    let needle = Needle::new(text.to_owned());
    !text.is_empty() && facts.words().iter().any(|word| needle.is_in(word))
}
