//! Chance that can be repeated: the same seed chooses the same instants.

use std::time::Duration;

/// A small generator (`SplitMix64`: Steele, Lea and Flood, 2014); even enough to choose instants by.
#[derive(Debug, Clone)]
pub(super) struct Chance(u64);

impl Chance {
    /// The chance of a seed.
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Another chance that depends on this one and on a number, so that one case can be repeated without the others.
    pub(super) fn of(&self, number: usize) -> Self {
        let mut of = Self(self.0 ^ (number as u64 + 1).wrapping_mul(0xD1B5_4A32_D192_ED03));
        Self(of.next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 when there is none.
    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % (end.max(1) as u64)).unwrap_or(0)
    }

    /// True once in `n`.
    pub(super) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// A time up to `most`, to the microsecond.
    pub(super) fn up_to(&mut self, most: Duration) -> Duration {
        let micros = usize::try_from(most.as_micros()).unwrap_or(usize::MAX - 1);
        Duration::from_micros(self.below(micros + 1) as u64)
    }

    /// One of several; none of none.
    pub(super) fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_its_choices_and_every_choice_comes_up() {
        let choices = |seed| {
            let mut chance = Chance::new(seed);
            (0..100).map(|_| chance.below(10)).collect::<Vec<_>>()
        };
        assert_eq!(choices(7), choices(7));
        assert_ne!(choices(7), choices(8));
        assert!((0..10).all(|n| choices(7).contains(&n)));
    }
}
