//! The generator behind the simulations: `SplitMix64`, the same numbers on every machine and in every version.
//!
//! Source: G. Steele, D. Lea and C. Flood, Fast Splittable Pseudorandom Number Generators, OOPSLA 2014. This room knows no
//! other that has one; 2⁶⁴ numbers are enough for streams of values. Not for secrets.

/// A stream of random numbers that a seed determines.
#[derive(Debug, Clone)]
pub struct Chance {
    state: u64,
    /// The second of two normal values made at once.
    spare: Option<f64>,
}

impl Chance {
    /// The stream of a number under a seed; neighbouring numbers have nothing in common.
    pub fn new(seed: u64, number: u64) -> Self {
        let mut chance = Self { state: seed, spare: None };
        chance.state = chance.bits() ^ number.wrapping_mul(0xD134_2543_DE82_EF95);
        chance.state = chance.bits();
        chance
    }

    /// Any 64 bits.
    fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number in 0 ≤ u < 1 with 53 random bits.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A standard normal value.
    ///
    /// Source: the polar method, G. Marsaglia and T. Bray, SIAM Review 6 (1964).
    pub fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        loop {
            let (u, v) = (2.0 * self.unit() - 1.0, 2.0 * self.unit() - 1.0);
            let square = u * u + v * v;
            if square < 1.0 && square > 0.0 {
                let scale = (-2.0 * square.ln() / square).sqrt();
                self.spare = Some(v * scale);
                return u * scale;
            }
        }
    }

    /// An exponential value of mean 1.
    pub fn exponential(&mut self) -> f64 {
        -(1.0 - self.unit()).ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_the_moments_they_should_have() {
        let mut chance = Chance::new(1, 2);
        let count = 40_000;
        let moments = |values: Vec<f64>| {
            let mean = values.iter().sum::<f64>() / f64::from(count);
            (mean, values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / f64::from(count))
        };
        let (mean, variance) = moments((0..count).map(|_| chance.normal()).collect());
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.03, "{mean} {variance}");
        let (mean, variance) = moments((0..count).map(|_| chance.exponential()).collect());
        assert!((mean - 1.0).abs() < 0.02 && (variance - 1.0).abs() < 0.06, "{mean} {variance}");
    }

    #[test]
    fn a_number_under_a_seed_has_one_stream() {
        assert_eq!(Chance::new(3, 4).bits(), Chance::new(3, 4).bits());
        assert_ne!(Chance::new(3, 4).bits(), Chance::new(3, 5).bits());
        assert_ne!(Chance::new(3, 4).bits(), Chance::new(4, 4).bits());
    }
}
