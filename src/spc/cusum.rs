//! The tabular cumulative sum, both ways, with a head start and the estimated change point.

use serde::{Deserialize, Serialize};

use super::Direction;

/// Both sums and where they stand.
///
/// Source: E. Page, Biometrika 41 (1954); Montgomery, Introduction to Statistical Quality Control, section 9.1;
/// NIST/SEMATECH e-Handbook 6.3.2.3. The head start is that of J. Lucas and R. Crosier, Technometrics 24 (1982).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Cusum {
    target: f64,
    reference: f64,
    decision: f64,
    high: Sum,
    low: Sum,
    seen: u64,
}

/// One sum and for how many values it has been above zero.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
struct Sum {
    value: f64,
    since: u64,
}

/// The sums after a value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CusumPoint {
    /// Sum of what lies above the target, at least 0, in the metric's unit.
    pub high: f64,
    /// Sum of what lies below it, likewise.
    pub low: f64,
    /// Which sum is above the decision limit; the larger when both are.
    pub signal: Option<Direction>,
    /// The value from which on the signalling sum has grown, counted from 1: the estimated change point.
    pub change_point: Option<u64>,
}

impl Cusum {
    /// Sums at zero. `target`, `reference` k (≥ 0) and `decision` h (> 0) in the metric's unit.
    pub fn new(target: f64, reference: f64, decision: f64) -> Self {
        Self { target, reference, decision, high: Sum::default(), low: Sum::default(), seen: 0 }
    }

    /// Both sums start at a share of the decision limit, 0 … 1; one half is usual (fast initial response).
    #[must_use]
    pub fn with_head_start(mut self, share: f64) -> Self {
        let start = Sum { value: share.clamp(0.0, 1.0) * self.decision, since: 0 };
        (self.high, self.low) = (start, start);
        self
    }

    /// Takes a value.
    pub fn push(&mut self, value: f64) -> CusumPoint {
        self.seen += 1;
        self.high.add(value - self.target - self.reference);
        self.low.add(self.target - value - self.reference);
        let larger = if self.high.value >= self.low.value { Direction::High } else { Direction::Low };
        let sum = if larger == Direction::High { self.high } else { self.low };
        let signal = (sum.value > self.decision).then_some(larger);
        CusumPoint {
            high: self.high.value,
            low: self.low.value,
            signal,
            change_point: signal.map(|_| self.seen + 1 - sum.since),
        }
    }

    /// Both sums back to zero, as after a cause was found; values are counted on.
    pub fn restart(&mut self) {
        (self.high, self.low) = (Sum::default(), Sum::default());
    }
}

impl Sum {
    fn add(&mut self, step: f64) {
        self.value = (self.value + step).max(0.0);
        self.since = if self.value > 0.0 { self.since + 1 } else { 0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NIST/SEMATECH e-Handbook 6.3.2.3: group means; target 325, k = 0.3175, h = 4.1959.
    const GROUPS: [f64; 20] = [
        324.925, 324.675, 324.725, 324.350, 325.350, 325.225, 324.125, 324.525, 325.225, 324.600, 324.625, 325.150,
        328.325, 327.250, 327.825, 328.500, 326.675, 327.775, 326.875, 328.350,
    ];
    const HIGH: [f64; 20] = [
        0.0, 0.0, 0.0, 0.0, 0.0325, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 3.0075, 4.94, 7.4475, 10.63, 11.9875, 14.445,
        16.0025, 19.035,
    ];
    const LOW: [f64; 20] = [
        0.0, 0.0075, 0.0, 0.3325, 0.0, 0.0, 0.5575, 0.715, 0.1725, 0.255, 0.3125, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
        0.0, 0.0,
    ];

    #[test]
    fn the_handbooks_example_runs_as_printed() {
        let mut cusum = Cusum::new(325.0, 0.3175, 4.1959);
        let points: Vec<CusumPoint> = GROUPS.iter().map(|group| cusum.push(*group)).collect();
        for ((point, high), low) in points.iter().zip(HIGH).zip(LOW) {
            assert!((point.high - high).abs() < 1e-9 && (point.low - low).abs() < 1e-9, "{point:?}");
        }
        let first = points.iter().position(|point| point.signal.is_some()).expect("it signals");
        assert_eq!(first + 1, 14);
        assert_eq!(points[first].signal, Some(Direction::High));
        assert_eq!(points[first].change_point, Some(13), "the thirteenth group is the first that is off");
    }

    #[test]
    fn a_head_start_signals_sooner_and_fades_when_all_is_well() {
        let run = |mut cusum: Cusum, shift: f64| (1..100).find(|_| cusum.push(shift).signal.is_some());
        let plain = Cusum::new(0.0, 0.5, 5.0);
        assert_eq!(run(plain, 1.0), Some(11));
        assert_eq!(run(plain.with_head_start(0.5), 1.0), Some(6));
        assert_eq!(run(plain.with_head_start(0.5), 0.0), None);
    }
}
