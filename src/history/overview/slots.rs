//! Which number a thing has, by its hash: four bytes a slot, because the things themselves lie elsewhere.

/// Numbers that are given out one after the other.
#[derive(Debug, Default)]
pub(super) struct Slots {
    /// Numbers plus one; zero is free. A power of two of them, at most three quarters taken.
    taken: Vec<u32>,
    len: u32,
}

impl Slots {
    /// The number that is meant, among those of a hash.
    pub(super) fn find(&self, hash: u32, is_meant: impl Fn(u32) -> bool) -> Option<u32> {
        let mask = self.taken.len().wrapping_sub(1);
        let mut at = hash as usize & mask;
        loop {
            let number = self.taken.get(at)?.checked_sub(1)?;
            if is_meant(number) {
                return Some(number);
            }
            at = (at + 1) & mask;
        }
    }

    /// Gives out the next number. `hash_of` tells the hash of any number up to that one.
    pub(super) fn push(&mut self, hash_of: impl Fn(u32) -> u32) -> u32 {
        let number = self.len;
        self.len = self.len.saturating_add(1);
        if self.taken.len() / 4 * 3 < self.len as usize {
            self.taken = vec![0; (self.taken.len() * 2).max(16)];
            (0..number).for_each(|number| self.put(number, hash_of(number)));
        }
        self.put(number, hash_of(number));
        number
    }

    fn put(&mut self, number: u32, hash: u32) {
        let mask = self.taken.len().wrapping_sub(1);
        let mut at = hash as usize & mask;
        while self.taken.get(at).is_some_and(|&taken| taken != 0) {
            at = (at + 1) & mask;
        }
        if let Some(slot) = self.taken.get_mut(at) {
            *slot = number.saturating_add(1);
        }
    }
}

/// FNV-1a: what is looked up is short.
pub(super) fn hash(bytes: impl Iterator<Item = u8>) -> u32 {
    let hash =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    u32::try_from((hash ^ (hash >> 32)) & 0xFFFF_FFFF).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_again_however_many_share_a_hash() {
        let mut slots = Slots::default();
        assert_eq!(slots.find(7, |_| true), None);
        let hash_of = |number: u32| number % 5;
        for number in 0..1_000 {
            assert_eq!(slots.push(hash_of), number);
        }
        for wanted in 0..1_000 {
            assert_eq!(slots.find(hash_of(wanted), |number| number == wanted), Some(wanted));
        }
        assert_eq!(slots.find(3, |_| false), None);
    }
}
