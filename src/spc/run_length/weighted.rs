//! Run lengths of an EWMA, alone or paired with individual limits, on independent normal values.

use serde::{Deserialize, Serialize};

use super::LONGEST;
use super::collocation::{chebyshev, chebyshev_nodes, gauss_legendre, solve};
use crate::spc::Side;
use crate::spc::distribution::{normal_below, normal_density};

/// Polynomials by which the run length is described along the EWMA.
const DEGREE: usize = 28;
/// Nodes of each integral.
const NODES: u32 = 28;
/// Sigmas beyond which a value has no weight in an integral.
pub(super) const REACH: f64 = 8.0;

/// An EWMA on standardised values, with or without a limit for each value beside it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Weighted {
    /// Weight of the newest value, above 0 and at most 1.
    pub lambda: f64,
    /// Limit of the EWMA in its own asymptotic sigmas, above 0.
    pub limit: f64,
    /// Limit of each single value in sigmas, when it has one.
    pub individuals: Option<f64>,
    /// Which way is worse.
    pub side: Side,
}

impl Weighted {
    /// The EWMA's limit in sigmas of the values: L √(λ/(2 − λ)).
    pub fn half_width(&self) -> f64 {
        self.limit * (self.lambda / (2.0 - self.lambda)).sqrt()
    }

    /// Average run length from a start at the target, in values, when these are independent and normal with this mean
    /// and standard deviation (in chart sigmas; 0 and 1 in control). At most 10⁹.
    ///
    /// The integral equation L(u) = 1 + ∫ L((1 − λ)u + λx) f(x) dx over the values that do not signal (S. Crowder,
    /// Technometrics 29, 1987), solved by collocation with Chebyshev polynomials (S. Knoth, Statistics and Computing 15,
    /// 2005); the limit of single values cuts the integral, as for the combined chart of Lucas & Saccucci, Technometrics
    /// 32 (1990). A one-sided EWMA is held at its mirrored limit on the good side.
    pub fn run_length(&self, mean: f64, deviation: f64) -> f64 {
        // A chart for falling values is one for rising values in the mirror.
        let mean = if self.side == Side::Lower { -mean } else { mean };
        self.rows(mean, deviation).and_then(solve).map_or(LONGEST, |terms| {
            let mut at_zero = [0.0; DEGREE];
            chebyshev(0.0, &mut at_zero);
            let length: f64 = terms.iter().zip(at_zero).map(|(term, value)| term * value).sum();
            if (1.0..LONGEST).contains(&length) { length } else { LONGEST }
        })
    }

    fn rows(&self, mean: f64, deviation: f64) -> Option<Vec<Vec<f64>>> {
        let sound = self.lambda > 0.0 && self.lambda <= 1.0 && self.limit > 0.0 && deviation > 0.0;
        let quadrature = gauss_legendre(NODES);
        let nodes = chebyshev_nodes(u32::try_from(DEGREE).ok()?);
        sound.then(|| nodes.into_iter().map(|t| self.row(t, mean, deviation, &quadrature)).collect())
    }

    /// The equation at one node: polynomials there less their mean after the next value; 1 on the right.
    fn row(&self, t: f64, mean: f64, deviation: f64, quadrature: &[(f64, f64)]) -> Vec<f64> {
        let h = self.half_width();
        let from = (1.0 - self.lambda) * t * h;
        let (low, high) = self.silent(from);
        let mut row = vec![0.0; DEGREE + 1];
        chebyshev(t, &mut row);
        let mut next = [0.0; DEGREE];
        let mut take = |place: f64, weight: f64| {
            chebyshev(place, &mut next);
            row.iter_mut().zip(next).for_each(|(value, next)| *value -= weight * next);
        };
        if self.side != Side::Both {
            take(-1.0, normal_below((low.min(high) - mean) / deviation));
        }
        let (low, high) = (low.max(mean - REACH * deviation), high.min(mean + REACH * deviation));
        if low < high {
            let half = (high - low) / 2.0;
            for (node, weight) in quadrature {
                let x = f64::midpoint(low, high) + half * node;
                let density = normal_density((x - mean) / deviation) / deviation;
                take((from + self.lambda * x) / h, weight * half * density);
            }
        }
        row.iter_mut().skip(DEGREE).for_each(|right| *right = 1.0);
        row
    }

    /// Between which values nothing signals and the EWMA is not held, when its old part is `from`.
    pub(super) fn silent(&self, from: f64) -> (f64, f64) {
        let h = self.half_width();
        let (low, high) = ((-h - from) / self.lambda, (h - from) / self.lambda);
        let most = self.individuals.unwrap_or(f64::INFINITY);
        let least = if self.side == Side::Both { -most } else { f64::NEG_INFINITY };
        (low.max(least), high.min(most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64, share: f64) {
        assert!((found / expected - 1.0).abs() < share, "{found} for {expected}");
    }

    fn ewma(lambda: f64, limit: f64) -> Weighted {
        Weighted { lambda, limit, individuals: None, side: Side::Both }
    }

    #[test]
    fn an_ewma_runs_as_long_as_the_tables_say() {
        // Lucas & Saccucci (1990); Crowder (1987).
        near(ewma(0.2, 2.962).run_length(0.0, 1.0), 500.0, 0.003);
        near(ewma(0.2, 2.962).run_length(1.0, 1.0), 10.5, 0.006);
        near(ewma(0.1, 2.814).run_length(0.5, 1.0), 31.3, 0.006);
        near(ewma(0.25, 3.0).run_length(0.0, 1.0), 502.9, 0.001);
        near(ewma(0.5, 3.0).run_length(0.0, 1.0), 397.5, 0.001);
        near(ewma(0.2, 2.86).run_length(0.0, 1.0), 371.1, 0.002);
        near(ewma(0.2, 2.86).run_length(1.0, 1.0), 9.80, 0.005);
        near(ewma(0.05, 2.492).run_length(0.0, 1.0), 371.0, 0.01);
    }

    #[test]
    fn with_all_weight_on_the_newest_value_it_is_a_shewhart_chart() {
        near(ewma(1.0, 3.0).run_length(0.0, 1.0), 370.398_347, 1e-6);
        near(ewma(1.0, 3.0).run_length(1.0, 1.0), 43.894_682, 1e-6);
    }

    #[test]
    fn the_pair_runs_as_long_as_its_design_says() {
        let pair = Weighted { individuals: Some(3.5), ..ewma(0.2, 2.906) };
        near(pair.run_length(0.0, 1.0), 371.0, 0.005);
        near(pair.run_length(1.0, 1.0), 10.1, 0.01);
    }

    #[test]
    fn one_side_runs_about_twice_as_long_and_either_way_alike() {
        let pair = Weighted { individuals: Some(3.5), ..ewma(0.2, 2.906) };
        let (upper, lower) = (Weighted { side: Side::Upper, ..pair }, Weighted { side: Side::Lower, ..pair });
        near(upper.run_length(0.0, 1.0), 2.0 * pair.run_length(0.0, 1.0), 0.03);
        near(lower.run_length(-1.0, 1.0), upper.run_length(1.0, 1.0), 1e-12);
        assert!(lower.run_length(1.0, 1.0) > 1e5, "a figure that gets better does not signal");
    }
}
