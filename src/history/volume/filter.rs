//! Which keys a volume may hold: a Bloom filter over those that arriving files ask for and that are mostly new, so
//! that a new file costs no look at any older volume.

use crate::history::key;

/// Bits a key, and how many of them are set for it: one key in a hundred is taken for one that is there.
const BITS_A_KEY: usize = 10;
const PROBES: u64 = 7;
/// Keys that every filter has bits for.
const FEWEST: usize = 64;

/// Bits, as they lie in the file.
#[derive(Debug, Default)]
pub(super) struct Filter(Vec<u8>);

impl Filter {
    /// For about so many keys. With more of them it takes more keys for others; one without bits would know none of its
    /// own.
    pub(super) fn sized(keys: u64) -> Self {
        let bits = usize::try_from(keys).unwrap_or(usize::MAX).max(FEWEST).saturating_mul(BITS_A_KEY);
        Self(vec![0; bits.div_ceil(8)])
    }

    pub(super) fn of(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// For how many keys it was made.
    pub(super) fn keys(&self) -> u64 {
        (self.0.len() * 8 / BITS_A_KEY) as u64
    }

    /// Takes a key up, where it is of a kind that is asked for.
    pub(super) fn add(&mut self, key: &[u8]) {
        let Some(asked) = asked_for(key) else { return };
        for bit in self.bits(crc32fast::hash(asked)) {
            if let Some(byte) = usize::try_from(bit / 8).ok().and_then(|at| self.0.get_mut(at)) {
                *byte |= 1 << (bit % 8);
            }
        }
    }

    /// Whether the volume may hold a key; of other kinds than are gathered it may hold any.
    pub(super) fn may_hold(&self, key: &[u8]) -> bool {
        asked_for(key).is_none_or(|asked| self.has(crc32fast::hash(asked)))
    }

    /// Whether the volume may hold keys of a unit.
    pub(super) fn may_hold_stem(&self, stem: &[u8]) -> bool {
        self.has(crc32fast::hash(stem))
    }

    fn has(&self, hash: u32) -> bool {
        self.bits(hash).all(|bit| {
            let byte = usize::try_from(bit / 8).ok().and_then(|at| self.0.get(at));
            byte.is_some_and(|byte| byte >> (bit % 8) & 1 == 1)
        })
    }

    /// The bits of a hash, spread as by two hashes: the halves of its product with 2⁶⁴ over the golden ratio.
    fn bits(&self, hash: u32) -> impl Iterator<Item = u64> + use<> {
        let spread = u64::from(hash).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let (first, step) = (spread >> 32, spread & 0xFFFF_FFFF | 1);
        let bits = (self.0.len() as u64 * 8).max(1);
        (0..PROBES).map(move |probe| first.wrapping_add(probe.wrapping_mul(step)) % bits)
    }
}

/// What of a key is looked up: contents and runs whole, the unit of a unit's runs.
fn asked_for(key: &[u8]) -> Option<&[u8]> {
    match key.first() {
        Some(b'r' | b's') => Some(key),
        Some(b'u') => key::unit_stem(key),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_was_gathered_is_always_held_and_another_one_rarely() {
        let key = |n: u32| [b"s".as_slice(), blake3::hash(&n.to_be_bytes()).as_bytes()].concat();
        let mut filter = Filter::sized(2_000);
        (0..2_000).for_each(|n| filter.add(&key(n)));
        assert!((0..2_000).all(|n| filter.may_hold(&key(n))));
        let taken = (2_000..12_000).filter(|&n| filter.may_hold(&key(n))).count();
        assert!(taken < 200, "{taken} of 10,000");
        assert!(filter.may_hold(b"lines are not gathered"));
        assert_eq!(filter.keys(), 2_000);
        assert!(!Filter::sized(9).may_hold(&key(1)), "an empty one holds nothing");
        let mut unforeseen = Filter::sized(0);
        (0..500).for_each(|n| unforeseen.add(&key(n)));
        assert!((0..500).all(|n| unforeseen.may_hold(&key(n))), "more than it was made for");
    }
}
