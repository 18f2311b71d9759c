//! A filter, made ready for entries: names that many runs share are looked up once, not once a run.

use super::entry::{Entry, STATUSES};
use super::names::Names;
use super::words::Words;
use crate::analysis::{RiskCategory, Status};
use crate::history::filter::{Bound, FigureKey, Filter, FilterError, Glob, Moment, NameKey, Needle, What};

const SHARED: [NameKey; 4] = [NameKey::Model, NameKey::Section, NameKey::Laser, NameKey::Disposition];

/// What lets entries through.
pub(super) struct Sieve<'a> {
    checks: Vec<(Check, bool)>,
    /// Serials that are too long for an entry.
    long: &'a Names,
}

enum Check {
    /// A serial that fits one of those.
    Serial(Vec<Glob>),
    /// A kind, by number, that is one of those: it has one of the names asked for.
    Kind(Vec<bool>),
    /// In the serial, or of one of those kinds or statuses.
    Text(Needle, Vec<bool>, Vec<Status>),
    Status(Vec<Status>),
    Figure(FigureKey, Vec<Bound>),
    Since(i64),
    Until(i64),
    Excluded(bool),
}

impl<'a> Sieve<'a> {
    pub(super) fn new(filter: &Filter, moment: &Moment, words: &'a Words) -> Result<Self, FilterError> {
        let check = |what: &What| {
            Ok(match what {
                What::Text(needle) => Check::text(needle, words),
                What::Name(NameKey::Serial, globs) => Check::Serial(globs.clone()),
                What::Name(key, globs) => Check::Kind(words.kinds_with(*key, &words.of(*key).fitting(globs))),
                What::Status(wanted) => Check::Status(wanted.clone()),
                What::Figure(key, bounds) => Check::Figure(*key, bounds.clone()),
                What::Since(when) => Check::Since(when.begin(moment)?),
                What::Until(when) => Check::Until(when.end(moment)?),
                What::Excluded(wanted) => Check::Excluded(*wanted),
            })
        };
        let checks = filter.terms.iter().map(|term| Ok((check(&term.what)?, !term.negated)));
        Ok(Self { checks: checks.collect::<Result<_, FilterError>>()?, long: &words.long })
    }

    /// Lets through what has a text; nothing has the empty one.
    pub(super) fn text(text: &str, words: &'a Words) -> Self {
        let check = match text {
            "" => Check::Status(Vec::new()),
            text => Check::text(&Needle::new(text.to_owned()), words),
        };
        Self { checks: vec![(check, true)], long: &words.long }
    }

    /// No run before this is let through, seconds since 1970.
    pub(super) fn since(&self) -> i64 {
        let since = self.checks.iter().filter_map(|check| match check {
            (Check::Since(begin), true) => Some(*begin),
            _ => None,
        });
        since.max().unwrap_or(i64::MIN)
    }

    /// The moments that are meant by its times, which a filter does not say where it speaks of now.
    pub(super) fn times(&self) -> Vec<i64> {
        let time = |(check, _): &(Check, bool)| match check {
            Check::Since(time) | Check::Until(time) => Some(*time),
            _ => None,
        };
        self.checks.iter().filter_map(time).collect()
    }

    pub(super) fn lets_through(&self, entry: &Entry) -> bool {
        self.checks.iter().all(|(check, wanted)| check.holds(entry, self.long) == *wanted)
    }
}

impl Check {
    fn text(needle: &Needle, words: &Words) -> Self {
        let shared = SHARED.map(|key| words.kinds_with(key, &words.of(key).containing(needle)));
        let either = |a: Vec<bool>, b: Vec<bool>| a.into_iter().zip(b).map(|(a, b)| a || b).collect();
        let kinds = shared.into_iter().reduce(either).unwrap_or_default();
        let statuses = STATUSES.into_iter().filter(|status| needle.is_in(status.word()));
        Self::Text(needle.clone(), kinds, statuses.collect())
    }

    fn holds(&self, entry: &Entry, long: &Names) -> bool {
        let is_in = |wanted: &[bool], number: u32| wanted.get(number as usize).copied().unwrap_or(false);
        match self {
            Self::Serial(globs) => entry.serial.folded(long, |serial| globs.iter().any(|glob| glob.fits_bytes(serial))),
            Self::Kind(kinds) => is_in(kinds, entry.kind),
            Self::Text(needle, kinds, statuses) => {
                let is_in_serial = || {
                    if needle.exact {
                        contains(entry.serial.bytes(long), needle.text.as_bytes())
                    } else {
                        entry.serial.folded(long, |serial| contains(serial, needle.text.as_bytes()))
                    }
                };
                statuses.contains(&entry.status) || is_in(kinds, entry.kind) || is_in_serial()
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

/// Whether a short text has another one in it; nothing is made ready for that, as for longer ones.
fn contains(text: &[u8], needle: &[u8]) -> bool {
    let Some((first, others)) = needle.split_first() else { return true };
    let mut rest = text;
    while let Some((letter, behind)) = rest.split_first() {
        if letter == first && behind.starts_with(others) {
            return true;
        }
        rest = behind;
    }
    false
}
