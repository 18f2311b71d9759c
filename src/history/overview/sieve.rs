//! A filter, made ready for entries: names are looked up once, not once a run.

use super::entry::{Entry, Words};
use crate::analysis::{RiskCategory, Status};
use crate::history::filter::{Bound, FigureKey, Filter, FilterError, Moment, NameKey, Needle, What};

const NAMES: [NameKey; 5] = [NameKey::Model, NameKey::Serial, NameKey::Section, NameKey::Laser, NameKey::Disposition];
const STATUSES: [Status; 6] =
    [Status::Pass, Status::Warning, Status::Fail, Status::NotGraded, Status::Untrimmed, Status::Error];

/// What lets entries through.
pub(super) struct Sieve {
    checks: Vec<(Check, bool)>,
}

enum Check {
    /// A name, by number, that is one of those.
    Name(NameKey, Vec<bool>),
    /// Any name or the status.
    Text(Box<[Vec<bool>; 5]>, Vec<Status>),
    Status(Vec<Status>),
    Figure(FigureKey, Vec<Bound>),
    Since(i64),
    Until(i64),
    Excluded(bool),
}

impl Sieve {
    pub(super) fn new(filter: &Filter, moment: &Moment, words: &Words) -> Result<Self, FilterError> {
        let check = |what: &What| {
            Ok(match what {
                What::Text(needle) => Check::text(needle, words),
                What::Name(key, globs) => Check::Name(*key, words.of(*key).fitting(globs)),
                What::Status(wanted) => Check::Status(wanted.clone()),
                What::Figure(key, bounds) => Check::Figure(*key, bounds.clone()),
                What::Since(when) => Check::Since(when.begin(moment)?),
                What::Until(when) => Check::Until(when.end(moment)?),
                What::Excluded(wanted) => Check::Excluded(*wanted),
            })
        };
        let checks = filter.terms.iter().map(|term| Ok((check(&term.what)?, !term.negated)));
        Ok(Self { checks: checks.collect::<Result<_, FilterError>>()? })
    }

    /// Lets through what has a text; nothing has the empty one.
    pub(super) fn text(text: &str, words: &Words) -> Self {
        let check = match text {
            "" => Check::Status(Vec::new()),
            text => Check::text(&Needle::new(text.to_owned()), words),
        };
        Self { checks: vec![(check, true)] }
    }

    pub(super) fn lets_through(&self, entry: &Entry) -> bool {
        self.checks.iter().all(|(check, wanted)| check.holds(entry) == *wanted)
    }
}

impl Check {
    fn text(needle: &Needle, words: &Words) -> Self {
        let names = NAMES.map(|key| words.of(key).containing(needle));
        let statuses = STATUSES.into_iter().filter(|status| needle.is_in(status.word()));
        Self::Text(Box::new(names), statuses.collect())
    }

    fn holds(&self, entry: &Entry) -> bool {
        let is_in = |names: &[bool], key: NameKey| names.get(entry.name(key) as usize).copied().unwrap_or(false);
        match self {
            Self::Name(key, names) => is_in(names, *key),
            Self::Text(names, statuses) => {
                statuses.contains(&entry.status) || names.iter().zip(NAMES).any(|(names, key)| is_in(names, key))
            }
            Self::Status(wanted) => wanted.contains(&entry.status),
            Self::Figure(key, bounds) => holds_any(bounds, entry.figure(*key), entry.category),
            Self::Since(begin) => entry.seconds >= *begin,
            Self::Until(end) => entry.seconds < *end,
            Self::Excluded(wanted) => entry.excluded == *wanted,
        }
    }
}

fn holds_any(bounds: &[Bound], figure: f32, category: Option<RiskCategory>) -> bool {
    bounds.iter().any(|bound| bound.holds(figure, category))
}
