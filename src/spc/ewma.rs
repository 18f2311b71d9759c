//! The exponentially weighted moving average: small lasting shifts, one update a value.

use serde::{Deserialize, Serialize};

use super::{Direction, Side};

/// Which limits an EWMA is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EwmaLimits {
    /// Those it has in the long run: L σ √(λ/(2 − λ)).
    Fixed,
    /// The exact ones, narrow at first: L σ √(λ/(2 − λ) · (1 − (1 − λ)²ᵗ)).
    Exact,
}

/// An EWMA and where it stands.
///
/// Source: S. Roberts, Technometrics 1 (1959); Montgomery, Introduction to Statistical Quality Control, section 9.2;
/// NIST/SEMATECH e-Handbook 6.3.2.4.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Ewma {
    target: f64,
    sigma: f64,
    lambda: f64,
    limit: f64,
    side: Side,
    limits: EwmaLimits,
    value: f64,
    /// (1 − λ)²ᵗ after t values.
    faded: f64,
}

impl Ewma {
    /// An EWMA that starts at its target.
    ///
    /// `target` and `sigma` (above 0) in the metric's unit, `lambda` above 0 and at most 1, `limit` L in sigmas of the
    /// EWMA. On a one-sided chart it is held at the mirrored limit on the good side, so that a process that has become
    /// better is not long in showing that it became worse again.
    pub fn new(target: f64, sigma: f64, lambda: f64, limit: f64, side: Side, limits: EwmaLimits) -> Self {
        Self { target, sigma, lambda, limit, side, limits, value: target, faded: 1.0 }
    }

    /// Takes a value; says which way the average is outside, if it is.
    pub fn push(&mut self, value: f64) -> Option<Direction> {
        self.faded *= (1.0 - self.lambda).powi(2);
        self.value = self.lambda * value + (1.0 - self.lambda) * self.value;
        let held = self.limit * self.asymptotic();
        match self.side {
            Side::Both => {}
            Side::Upper => self.value = self.value.max(self.target - held),
            Side::Lower => self.value = self.value.min(self.target + held),
        }
        let half = self.half_width();
        let (high, low) = (self.value > self.target + half, self.value < self.target - half);
        match self.side {
            Side::Both | Side::Upper if high => Some(Direction::High),
            Side::Both | Side::Lower if low => Some(Direction::Low),
            _ => None,
        }
    }

    /// Holds it against another limit L from now on.
    pub fn set_limit(&mut self, limit: f64) {
        self.limit = limit;
    }

    /// The average now, in the metric's unit.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// Distance of the limits from the target for the newest value, in the metric's unit.
    pub fn half_width(&self) -> f64 {
        let share = match self.limits {
            EwmaLimits::Fixed => 1.0,
            EwmaLimits::Exact => 1.0 - self.faded,
        };
        self.limit * self.asymptotic() * share.sqrt()
    }

    /// Starts over at the target.
    pub fn restart(&mut self) {
        (self.value, self.faded) = (self.target, 1.0);
    }

    fn asymptotic(&self) -> f64 {
        self.sigma * (self.lambda / (2.0 - self.lambda)).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NIST/SEMATECH e-Handbook 6.3.2.4: target 50, s = 2.0539, λ = 0.3, three sigmas.
    const VALUES: [f64; 20] = [
        52.0, 47.0, 53.0, 49.3, 50.1, 47.0, 51.0, 50.1, 51.2, 50.5, 49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4,
        53.6, 52.1,
    ];
    const PRINTED: [f64; 20] = [
        50.60, 49.52, 50.56, 50.18, 50.16, 49.21, 49.75, 49.85, 50.26, 50.33, 50.11, 49.36, 49.52, 50.05, 49.38, 49.92,
        50.73, 51.23, 51.94, 51.99,
    ];

    fn handbook(limits: EwmaLimits) -> Ewma {
        Ewma::new(50.0, 2.0539, 0.3, 3.0, Side::Both, limits)
    }

    #[test]
    fn the_handbooks_example_runs_as_printed() {
        let mut ewma = handbook(EwmaLimits::Fixed);
        for (value, printed) in VALUES.iter().zip(PRINTED) {
            assert_eq!(ewma.push(*value), None);
            assert!((ewma.value() - printed).abs() < 0.005_001, "{} for {printed}", ewma.value());
        }
        // The closed form: weights λ(1 − λ)ⁱ on the values, the rest on the target.
        let sum: f64 = VALUES.iter().rev().zip(0..).map(|(value, age)| 0.3 * 0.7_f64.powi(age) * value).sum();
        assert!((ewma.value() - (sum + 0.7_f64.powi(20) * 50.0)).abs() < 1e-9);
        assert!((ewma.value() - 51.988_24).abs() < 5e-6, "{}", ewma.value());
        assert!((50.0 + ewma.half_width() - 52.588_4).abs() < 1e-4);
        assert!((50.0 - ewma.half_width() - 47.411_5).abs() < 1e-4);
    }

    #[test]
    fn exact_limits_are_narrow_at_first_and_become_the_fixed_ones() {
        let mut ewma = handbook(EwmaLimits::Exact);
        ewma.push(50.0);
        assert!((ewma.half_width() - 3.0 * 2.0539 * 0.3).abs() < 1e-12);
        (0..40).for_each(|_| _ = ewma.push(50.0));
        assert!((ewma.half_width() - handbook(EwmaLimits::Fixed).half_width()).abs() < 1e-9);
    }

    #[test]
    fn a_process_that_became_better_does_not_hide_that_it_becomes_worse() {
        let mut ewma = Ewma::new(0.0, 1.0, 0.2, 2.906, Side::Upper, EwmaLimits::Fixed);
        (0..200).for_each(|_| assert_eq!(ewma.push(-8.0), None));
        let signal = (1..20).find(|_| ewma.push(2.0) == Some(Direction::High));
        assert!(signal.is_some_and(|after| after <= 9), "{signal:?}");
    }
}
