//! Units by number: model, serial whatever its case, section.

use super::names::Names;
use super::slots::{Slots, hash};

/// All units that runs are of.
#[derive(Debug, Default)]
pub(super) struct Units {
    known: Vec<Unit>,
    slots: Slots,
}

/// One unit, its names as numbers.
#[derive(Debug, Clone, Copy)]
struct Unit {
    model: u32,
    /// The serial as it was first written.
    serial: u32,
    section: u32,
}

impl Units {
    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    /// The number of a unit, given out now if need be.
    pub(super) fn number(&mut self, model: u32, serial: u32, section: u32, serials: &Names) -> u32 {
        let (known, unit) = (&mut self.known, Unit { model, serial, section });
        let is_same = |number: u32| known.get(number as usize).is_some_and(|known| known.is(unit, serials));
        self.slots.find(unit.hash(serials), is_same).unwrap_or_else(|| {
            known.push(unit);
            self.slots.push(|number| known.get(number as usize).map_or(0, |unit| unit.hash(serials)))
        })
    }
}

impl Unit {
    fn is(self, other: Self, serials: &Names) -> bool {
        (self.model, self.section) == (other.model, other.section)
            && (self.serial == other.serial || self.folded(serials) == other.folded(serials))
    }

    /// The serial as it counts, as the store's index by unit has it.
    fn folded(self, serials: &Names) -> String {
        serials.get(self.serial).trim().to_lowercase()
    }

    fn hash(self, serials: &Names) -> u32 {
        let numbers = self.model.to_le_bytes().into_iter().chain(self.section.to_le_bytes());
        hash(numbers.chain(self.folded(serials).bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_one_however_its_serial_is_written() {
        let (mut units, mut serials) = (Units::default(), Names::default());
        let [b7, small, spaced, b8] = ["B7", "b7", " B7 ", "B8"].map(|serial| serials.intern(serial));
        for serial in [b7, small, spaced] {
            assert_eq!(units.number(1, serial, 2, &serials), 0);
        }
        assert_eq!([units.number(1, b8, 2, &serials), units.number(1, b7, 3, &serials)], [1, 2]);
        assert_eq!([units.number(2, small, 2, &serials), units.number(1, small, 3, &serials)], [3, 2]);
        assert_eq!(units.len(), 4);
    }
}
