//! Draws for made histories.

use crate::learning::random::Random;

/// An even draw.
pub(super) fn between(random: &mut Random, from: f64, to: f64) -> f64 {
    from + (to - from) * random.unit()
}

pub(super) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}
