//! All names that runs have.

use super::entry::Entry;
use super::names::Names;
use super::slots::{Slots, hash};
use crate::history::facts::Facts;
use crate::history::filter::NameKey;

/// The names that many runs share.
#[derive(Debug, Default)]
pub(super) struct Words {
    pub(super) models: Names,
    /// Serials that are too long for an entry.
    pub(super) long: Names,
    sections: Names,
    lasers: Names,
    dispositions: Names,
    kinds: Vec<Kind>,
    slots: Slots,
}

/// The names that many runs share, as numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) model: u32,
    pub(super) section: u32,
    laser: u32,
    disposition: u32,
}

impl Words {
    /// Brings every natural order up to date.
    pub(super) fn settle(&mut self) {
        let all = [&mut self.models, &mut self.sections, &mut self.lasers, &mut self.dispositions];
        all.into_iter().for_each(Names::settle);
    }

    /// The names that a column has; of serials the long ones alone.
    pub(super) fn of(&self, key: NameKey) -> &Names {
        match key {
            NameKey::Model => &self.models,
            NameKey::Serial => &self.long,
            NameKey::Section => &self.sections,
            NameKey::Laser => &self.lasers,
            NameKey::Disposition => &self.dispositions,
        }
    }

    /// Where a run's name stands in natural order; nothing when it has none.
    pub(super) fn rank(&self, key: NameKey, entry: &Entry) -> Option<u32> {
        self.of(key).rank(self.kind(entry.kind).name(key))
    }

    pub(super) fn kind(&self, number: u32) -> Kind {
        self.kinds.get(number as usize).copied().unwrap_or_default()
    }

    /// The number of a run's kind, given out now if need be.
    pub(super) fn kind_of(&mut self, facts: &Facts<'_>) -> u32 {
        let kind = Kind {
            model: self.models.intern(facts.model),
            section: self.sections.intern(facts.section),
            laser: self.lasers.intern(facts.laser),
            disposition: self.dispositions.intern(facts.disposition),
        };
        let kinds = &mut self.kinds;
        self.slots.find(kind.hash(), |number| kinds.get(number as usize) == Some(&kind)).unwrap_or_else(|| {
            kinds.push(kind);
            self.slots.push(|number| kinds.get(number as usize).map_or(0, |kind| kind.hash()))
        })
    }

    /// Which kinds have one of some names, by its number.
    pub(super) fn kinds_with(&self, key: NameKey, names: &[bool]) -> Vec<bool> {
        let has = |kind: &Kind| names.get(kind.name(key) as usize).copied().unwrap_or(false);
        self.kinds.iter().map(has).collect()
    }
}

impl Kind {
    /// The number of its name; a serial it has none.
    fn name(self, key: NameKey) -> u32 {
        match key {
            NameKey::Model => self.model,
            NameKey::Section => self.section,
            NameKey::Laser => self.laser,
            NameKey::Disposition => self.disposition,
            NameKey::Serial => u32::MAX,
        }
    }

    fn hash(self) -> u32 {
        let numbers = [self.model, self.section, self.laser, self.disposition];
        hash(numbers.into_iter().flat_map(u32::to_le_bytes))
    }
}
