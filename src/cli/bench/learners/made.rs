//! Draws for made histories.

use crate::learning::random::Random;

/// A standard normal draw (Box & Muller, 1958).
pub(super) fn normal(random: &mut Random) -> f64 {
    let radius = (-2.0 * (1.0 - random.unit()).ln()).sqrt();
    radius * (std::f64::consts::TAU * random.unit()).cos()
}

/// An even draw.
pub(super) fn between(random: &mut Random, from: f64, to: f64) -> f64 {
    from + (to - from) * random.unit()
}

pub(super) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}
