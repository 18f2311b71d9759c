//! Believable error curves: a smooth shape that the trim takes away, and roughness that it leaves.

use std::f64::consts::PI;

/// A small generator (`SplitMix64`), seeded by a name.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// Seeded by a name (FNV-1a).
    pub fn named(name: &str) -> Self {
        Self(
            name.bytes()
                .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)),
        )
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Evenly between −1 and 1.
    pub fn even(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }

    /// About normal with deviation 1: the sum of twelve even ones.
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.even()).sum::<f64>() / 2.0
    }
}

/// How an element errs, in specs.
#[derive(Debug, Clone)]
pub struct Element {
    /// Weights of the first harmonics over the travel.
    shape: [f64; 5],
    /// Roughness.
    rough: f64,
    /// Share of the shape that is left after each pass.
    left: f64,
    random: Random,
}

impl Element {
    /// An element whose untrimmed error is about `error` specs with `rough` specs of roughness, and of whose shape
    /// each pass leaves the share `left`.
    pub fn new(name: &str, error: f64, rough: f64, left: f64) -> Self {
        let mut random = Random::named(name);
        let mut weight = |scale: f64| scale * (0.7 + 0.3 * random.even());
        let signs = [1.0, -0.5, 0.35, -0.15, 0.1];
        let shape = signs.map(|share| weight(share * error));
        Self { shape, rough, left, random }
    }

    /// Errors in specs at shares 0 … 1 of the travel, after so many passes. The trim cuts where the error is large,
    /// so what it leaves is smaller and has more bends.
    pub fn errors(&mut self, points: usize, passes: u32) -> Vec<f64> {
        let share = self.left.powi(i32::try_from(passes).unwrap_or(0));
        let bend = if passes == 0 { 1.0 } else { 2.0 };
        let mut wander = 0.0;
        let points_f = (points - 1) as f64;
        (0..points)
            .map(|index| {
                let t = index as f64 / points_f;
                let terms = self.shape.iter().zip(1u8..).map(|(w, k)| w * (PI * bend * f64::from(k) * t).sin());
                let smooth: f64 = share * terms.sum::<f64>();
                wander = 0.8 * wander + 0.6 * self.random.normal();
                smooth + self.rough * wander
            })
            .collect()
    }

    /// A value about 1, for resistances and settings that differ from unit to unit.
    pub fn about_one(&mut self, spread: f64) -> f64 {
        1.0 + spread * self.random.normal()
    }
}

/// A voltage as the station stores it: to a tenth of a millivolt, and not on an exact ramp.
pub fn stored(volts: f64) -> f64 {
    (volts * 1e6).round() / 1e6
}
