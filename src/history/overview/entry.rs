//! One run in the index.

use std::cmp::Ordering;

use super::names::Names;
use crate::analysis::{RiskCategory, Status};
use crate::history::facts::{Facts, passes};
use crate::history::filter::{FigureKey, NameKey};

/// No unit: the serial names none.
pub(super) const NO_UNIT: u32 = u32::MAX;

/// All names that runs have.
#[derive(Debug, Default)]
pub(super) struct Words {
    pub(super) models: Names,
    pub(super) serials: Names,
    pub(super) sections: Names,
    pub(super) lasers: Names,
    pub(super) dispositions: Names,
}

impl Words {
    /// Brings every natural order up to date.
    pub(super) fn settle(&mut self) {
        let all = [&mut self.models, &mut self.serials, &mut self.sections, &mut self.lasers, &mut self.dispositions];
        all.into_iter().for_each(Names::settle);
    }

    pub(super) fn of(&self, key: NameKey) -> &Names {
        match key {
            NameKey::Model => &self.models,
            NameKey::Serial => &self.serials,
            NameKey::Section => &self.sections,
            NameKey::Laser => &self.lasers,
            NameKey::Disposition => &self.dispositions,
        }
    }
}

/// The facts of a run, its names as numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) seconds: i64,
    pub(super) identity: [u8; 16],
    /// When it arrived, seconds since 1970 UTC.
    pub(super) arrived: u32,
    pub(super) model: u32,
    pub(super) serial: u32,
    pub(super) section: u32,
    pub(super) laser: u32,
    pub(super) disposition: u32,
    /// Model, serial in small letters and section as one number.
    pub(super) unit: u32,
    pub(super) passes: u16,
    pub(super) fail: f32,
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
            model: words.models.intern(facts.model),
            serial: words.serials.intern(facts.serial),
            section: words.sections.intern(facts.section),
            laser: words.lasers.intern(facts.laser),
            disposition: words.dispositions.intern(facts.disposition),
            unit: NO_UNIT,
            passes: u16::try_from(facts.passes).unwrap_or(u16::MAX),
            fail: facts.fail,
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
        self.cmp_at((other.seconds, other.identity, other.model), words)
    }

    pub(super) fn cmp_at(&self, at: (i64, [u8; 16], u32), words: &Words) -> Ordering {
        let (seconds, identity, model) = at;
        let models = || words.models.get(self.model).cmp(words.models.get(model));
        self.seconds.cmp(&seconds).then_with(|| self.identity.cmp(&identity)).then_with(models)
    }

    /// The day, counted from 1970-01-01.
    pub(super) fn day(&self) -> i64 {
        self.seconds.div_euclid(86_400)
    }

    pub(super) fn name(&self, key: NameKey) -> u32 {
        match key {
            NameKey::Model => self.model,
            NameKey::Serial => self.serial,
            NameKey::Section => self.section,
            NameKey::Laser => self.laser,
            NameKey::Disposition => self.disposition,
        }
    }

    pub(super) fn figure(&self, key: FigureKey) -> f32 {
        match key {
            FigureKey::Risk => self.risk,
            FigureKey::Margin => self.margin,
            FigureKey::Roughness => self.r,
            FigureKey::Outside => self.fail,
            FigureKey::Change => self.change,
            FigureKey::Passes => passes(self.passes.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_small() {
        assert!(size_of::<Entry>() <= 80, "{} bytes", size_of::<Entry>());
    }
}
