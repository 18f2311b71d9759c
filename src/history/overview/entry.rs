//! One run in the index.

use std::cmp::Ordering;

use super::words::Words;
use crate::analysis::{RiskCategory, Status};
use crate::history::facts::{Facts, passes};
use crate::history::filter::FigureKey;

/// No unit: the serial names none.
pub(super) const NO_UNIT: u32 = u32::MAX;
/// Not graded: a track never has so many points.
const NO_FAIL: u16 = u16::MAX;

/// The facts of a run, its names as numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) seconds: i64,
    pub(super) identity: [u8; 16],
    /// When it arrived, seconds since 1970 UTC.
    pub(super) arrived: u32,
    /// All its names but the serial, as one number.
    pub(super) kind: u32,
    pub(super) serial: u32,
    /// Model, serial in small letters and section as one number.
    pub(super) unit: u32,
    pub(super) passes: u16,
    fail: u16,
    pub(super) margin: f32,
    pub(super) r: f32,
    pub(super) change: f32,
    pub(super) risk: f32,
    pub(super) category: Option<RiskCategory>,
    pub(super) status: Status,
    pub(super) excluded: bool,
}

impl Entry {
    pub(super) fn new(identity: [u8; 16], facts: &Facts<'_>, words: &mut Words) -> Self {
        Self {
            seconds: facts.seconds,
            identity,
            arrived: u32::try_from(facts.arrived_ms / 1_000).unwrap_or(1),
            kind: words.kind_of(facts),
            serial: words.serials.intern(facts.serial),
            unit: NO_UNIT,
            passes: u16::try_from(facts.passes).unwrap_or(u16::MAX),
            fail: counted(facts.fail),
            margin: facts.margin,
            r: facts.r,
            change: facts.change,
            risk: facts.risk,
            category: facts.category,
            status: facts.status,
            excluded: facts.excluded,
        }
    }

    /// Clock order, in which no two runs are equal.
    pub(super) fn cmp_in(&self, other: &Self, words: &Words) -> Ordering {
        self.cmp_at((other.seconds, other.identity, words.kind(other.kind).model), words)
    }

    pub(super) fn cmp_at(&self, at: (i64, [u8; 16], u32), words: &Words) -> Ordering {
        let (seconds, identity, model) = at;
        let models = || words.models.get(words.kind(self.kind).model).cmp(words.models.get(model));
        self.seconds.cmp(&seconds).then_with(|| self.identity.cmp(&identity)).then_with(models)
    }

    /// The day, counted from 1970-01-01.
    pub(super) fn day(&self) -> i64 {
        self.seconds.div_euclid(86_400)
    }

    pub(super) fn figure(&self, key: FigureKey) -> f32 {
        match key {
            FigureKey::Risk => self.risk,
            FigureKey::Margin => self.margin,
            FigureKey::Roughness => self.r,
            FigureKey::Outside if self.fail == NO_FAIL => f32::NAN,
            FigureKey::Outside => self.fail.into(),
            FigureKey::Change => self.change,
            FigureKey::Passes => passes(self.passes.into()),
        }
    }
}

/// Points outside, or that nobody counted any.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast stops at the ends of its range")]
fn counted(fail: f32) -> u16 {
    if fail.is_nan() { NO_FAIL } else { (fail as u16).min(NO_FAIL - 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_small() {
        assert!(size_of::<Entry>() <= 64, "{} bytes", size_of::<Entry>());
    }

    #[test]
    fn points_outside_are_counted_or_missing() {
        assert_eq!([f32::NAN, 0.0, 65_530.0, 1e9].map(counted), [NO_FAIL, 0, 65_530, 65_534]);
    }
}
