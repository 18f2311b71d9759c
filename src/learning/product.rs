//! What a product is, as the threshold optimizer sees it.

use super::middle::median;
use crate::analysis::TrackFacts;
use crate::trim::PositionUnit;

/// The figures of one track's product, in the order of [`FEATURES`](super::threshold_optimizer::FEATURES);
/// not-a-number where something is not known.
pub fn product_row(facts: &TrackFacts<'_>) -> [f64; 8] {
    let figures = facts.figures;
    let known = |value: Option<f64>| value.unwrap_or(f64::NAN);
    [
        known(figures.spec),
        figures.travel,
        facts.nominal_length.unwrap_or(figures.travel),
        known(figures.linearity.map(|linearity| f64::from(linearity.graded))),
        f64::from(u8::from(facts.unit == PositionUnit::Degree)),
        facts.limit_shape.unwrap_or(1.0),
        known(facts.untrimmed_r),
        known(facts.resistance),
    ]
}

/// The figures of a product by those of its tracks: the median of each, over the tracks that have it.
pub(super) fn typical<'a>(rows: impl Iterator<Item = &'a [f64; 8]> + Clone) -> [f64; 8] {
    std::array::from_fn(|at| median(rows.clone().filter_map(|row| row.get(at).copied())).unwrap_or(f64::NAN))
}
