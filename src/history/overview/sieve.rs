//! A filter, made ready for entries: names are looked up once, not once a run.

use super::entry::Entry;
use super::words::Words;
use crate::analysis::{RiskCategory, Status};
use crate::history::filter::{Bound, FigureKey, Filter, FilterError, Moment, NameKey, Needle, What};

const SHARED: [NameKey; 4] = [NameKey::Model, NameKey::Section, NameKey::Laser, NameKey::Disposition];
const STATUSES: [Status; 6] =
    [Status::Pass, Status::Warning, Status::Fail, Status::NotGraded, Status::Untrimmed, Status::Error];

/// What lets entries through.
pub(super) struct Sieve {
    checks: Vec<(Check, bool)>,
}

enum Check {
    /// A serial, by number, that is one of those.
    Serial(Vec<bool>),
    /// A kind, by number, that is one of those: it has one of the names asked for.
    Kind(Vec<bool>),
    /// Serial, kind or status.
    Text(Vec<bool>, Vec<bool>, Vec<Status>),
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
                What::Name(NameKey::Serial, globs) => Check::Serial(words.serials.fitting(globs)),
                What::Name(key, globs) => Check::Kind(words.kinds_with(*key, &words.of(*key).fitting(globs))),
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
        let shared = SHARED.map(|key| words.kinds_with(key, &words.of(key).containing(needle)));
        let either = |a: Vec<bool>, b: Vec<bool>| a.into_iter().zip(b).map(|(a, b)| a || b).collect();
        let kinds = shared.into_iter().reduce(either).unwrap_or_default();
        let statuses = STATUSES.into_iter().filter(|status| needle.is_in(status.word()));
        Self::Text(words.serials.containing(needle), kinds, statuses.collect())
    }

    fn holds(&self, entry: &Entry) -> bool {
        let is_in = |wanted: &[bool], number: u32| wanted.get(number as usize).copied().unwrap_or(false);
        match self {
            Self::Serial(serials) => is_in(serials, entry.serial),
            Self::Kind(kinds) => is_in(kinds, entry.kind),
            Self::Text(serials, kinds, statuses) => {
                statuses.contains(&entry.status) || is_in(serials, entry.serial) || is_in(kinds, entry.kind)
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
