//! On which scale a metric is charted, and where its extremes are cut.

use serde::{Deserialize, Serialize};

/// Baseline sigmas at which extremes are cut before any recursion: one 10-volt reading must not be the headline.
pub const CUT_AT: f64 = 8.0;

/// A scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Scale {
    /// As measured.
    Linear,
    /// The natural logarithm, for positive metrics with a long upper tail: sigma, r, errors.
    Log,
}

impl Scale {
    /// A reading on this scale; `None` when it is impossible: no finite number, or not above zero on the log scale.
    pub fn charted(self, reading: f64) -> Option<f64> {
        match self {
            Self::Linear => Some(reading).filter(|reading| reading.is_finite()),
            Self::Log => Some(reading).filter(|reading| reading.is_finite() && *reading > 0.0).map(f64::ln),
        }
    }

    /// The reading that stands at a place of this scale.
    pub fn reading(self, charted: f64) -> f64 {
        match self {
            Self::Linear => charted,
            Self::Log => charted.exp(),
        }
    }

    /// The least sigma a baseline with this mean (on the scale) is believed: 1 % of the mean reading.
    pub fn sigma_floor(self, mean: f64) -> f64 {
        match self {
            Self::Linear => 0.01 * mean.abs(),
            Self::Log => 0.01,
        }
    }
}

/// A standardised value, cut at ±8 sigmas, and whether it was.
pub fn winsorised(z: f64) -> (f64, bool) {
    (z.clamp(-CUT_AT, CUT_AT), z.abs() > CUT_AT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_readings_are_none() {
        assert_eq!(Scale::Log.charted(0.0), None);
        assert_eq!(Scale::Log.charted(-1.0), None);
        assert_eq!(Scale::Linear.charted(f64::INFINITY), None);
        assert_eq!(Scale::Linear.charted(-1.0), Some(-1.0));
        let there = Scale::Log.charted(3.0).expect("positive");
        assert!((Scale::Log.reading(there) - 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_ten_volt_reading_counts_as_eight_sigmas() {
        assert_eq!(winsorised(1_000.0), (8.0, true));
        assert_eq!(winsorised(-3.0), (-3.0, false));
    }
}
