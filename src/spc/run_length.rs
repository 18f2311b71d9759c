//! How long a chart runs until it signals: in control (the price of a false alarm) and after a shift.
//!
//! ```text
//! shewhart         single values against limits: exact
//! weighted         an EWMA, alone or paired with limits for single values: integral equation
//! cusum            the tabular CUSUM: integral equation
//! autocorrelated   EWMA and pair on a first-order autoregressive series: integral equation in two variables
//! simulated        any chart on seeded streams, to hold the others against
//! ```
//!
//! All lengths are averages, in values (units or lots) up to and including the one that signals; standardised values,
//! shifts in sigmas. The same input gives the same figure, bit for bit.

pub mod autocorrelated;
pub mod chance;
mod collocation;
pub mod cusum;
mod root;
pub mod simulated;
mod weighted;

pub(in crate::spc) use collocation::gauss_legendre;
pub(in crate::spc) use root::{crossing, crossing_above};
pub use weighted::Weighted;

use super::Side;
use super::distribution::normal_above;

/// No run length is told beyond this.
pub const LONGEST: f64 = 1e9;

/// Average run length of single values against a limit, in values: the reciprocal of the share outside.
///
/// `limit` in sigmas, above 0; the values are independent and normal with this mean and standard deviation (in sigmas; 0
/// and 1 in control). At most 10⁹.
///
/// Source: Montgomery, Introduction to Statistical Quality Control, section 6.2.6.
pub fn shewhart(limit: f64, side: Side, mean: f64, deviation: f64) -> f64 {
    let high = normal_above((limit - mean) / deviation);
    let low = normal_above((limit + mean) / deviation);
    let outside = match side {
        Side::Both => high + low,
        Side::Upper => high,
        Side::Lower => low,
    };
    (1.0 / outside).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shewhart_chart_runs_as_long_as_the_books_say() {
        assert!((shewhart(3.0, Side::Both, 0.0, 1.0) - 370.398_347).abs() < 1e-5);
        assert!((shewhart(3.0, Side::Both, 1.0, 1.0) - 43.894_682).abs() < 1e-5);
        assert!((shewhart(3.0, Side::Upper, 0.0, 1.0) - 740.796_694).abs() < 1e-5);
    }
}
