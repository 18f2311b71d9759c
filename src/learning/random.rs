//! The generator behind every seed: xoshiro256++, the same numbers on every machine and in every version.
//!
//! Source: D. Blackman, S. Vigna, Scrambled Linear Pseudorandom Number Generators, ACM TOMS 47 (2021). Its state is
//! filled from the seed with `SplitMix64`, as its authors advise. Not for secrets.

/// A stream of random numbers that a seed determines.
///
/// ```
/// use trimwatch::learning::random::Random;
///
/// let mut one = Random::new(7);
/// let mut other = Random::new(7);
/// assert_eq!(one.next_u64(), other.next_u64());
/// assert!(one.below(6) < 6);
/// ```
#[derive(Debug, Clone)]
pub struct Random {
    state: [u64; 4],
}

impl Random {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        let mut filler = seed;
        Self { state: std::array::from_fn(|_| split_mix(&mut filler)) }
    }

    /// A seed of its own for each number: neighbouring numbers have nothing in common.
    pub fn derived(seed: u64, number: u64) -> u64 {
        let mut first = seed;
        let mut mixed = split_mix(&mut first) ^ number.wrapping_mul(0xD134_2543_DE82_EF95);
        split_mix(&mut mixed)
    }

    /// Any 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let result = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let (c2, d2) = (c ^ a, d ^ b);
        self.state = [a ^ d2, b ^ c2, c2 ^ (b << 17), d2.rotate_left(45)];
        result
    }

    /// A number in 0 ≤ u < 1 with 53 random bits.
    pub fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A standard normal number.
    ///
    /// Source: G. Box, M. Muller, A Note on the Generation of Random Normal Deviates, Annals of Mathematical
    /// Statistics 29 (1958).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// A whole number below `bound`, each as likely as any other; 0 when the bound is 0.
    ///
    /// Source: D. Lemire, Fast Random Integer Generation in an Interval, ACM TOMACS 29 (2019).
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = bound as u64;
        if bound == 0 {
            return 0;
        }
        let refused = bound.wrapping_neg() % bound;
        loop {
            let wide = u128::from(self.next_u64()) * u128::from(bound);
            #[expect(clippy::cast_possible_truncation, reason = "the low half; the high half is below the bound")]
            let (low, high) = (wide as u64, (wide >> 64) as usize);
            if low >= refused {
                return high;
            }
        }
    }

    /// Brings items into a random order, each order as likely as any other (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_that_of_the_reference_code() {
        // SplitMix64 of 1234567, as published with it.
        let mut state = 1_234_567;
        assert_eq!(split_mix(&mut state), 6_457_827_717_110_365_317);
        // xoshiro256++ from the state 1, 2, 3, 4.
        let mut random = Random { state: [1, 2, 3, 4] };
        let first: Vec<u64> = (0..4).map(|_| random.next_u64()).collect();
        assert_eq!(first, [41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386]);
    }

    #[test]
    fn numbers_below_a_bound_come_evenly_and_an_order_loses_nothing() {
        let mut random = Random::new(3);
        let mut met = [0_u32; 6];
        (0..6_000).for_each(|_| met[random.below(6)] += 1);
        assert!(met.iter().all(|&count| (850..1_150).contains(&count)), "{met:?}");
        let mut items: Vec<usize> = (0..100).collect();
        random.shuffle(&mut items);
        assert!(!items.is_sorted());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
        assert_eq!(random.below(0), 0);
    }

    #[test]
    fn seeds_derived_from_neighbours_differ_in_about_half_their_bits() {
        let apart: u32 = (0..64).map(|n| (Random::derived(1, n) ^ Random::derived(1, n + 1)).count_ones()).sum();
        assert!((28 * 64..36 * 64).contains(&apart), "{apart}");
    }
}
