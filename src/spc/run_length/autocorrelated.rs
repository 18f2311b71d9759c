//! Run lengths of an EWMA, alone or paired, on a first-order autoregressive series.
//!
//! Shift by shift a value resembles the one before: x' − μ = φ (x − μ) + √(1 − φ²) e, with x of standard deviation 1. The
//! chart then signals far more often than on independent values (Montgomery, Introduction to Statistical Quality
//! Control, section 10.4; G. Runger, T. Willemain and S. Prabhu, Communications in Statistics 24, 1995).

use super::collocation::{chebyshev, chebyshev_nodes, gauss_legendre, solve};
use super::weighted::{REACH, Weighted};
use super::{LONGEST, Side};
use crate::spc::distribution::normal_density;

/// Polynomials along the EWMA and along the value before.
const ALONG: usize = 16;
const BEFORE: usize = 12;
const NODES: u32 = 24;
/// Values without a limit of their own are followed so far, sigmas.
const FAR: f64 = 6.0;
/// The largest φ that the polynomials along the value before still describe.
pub const MOST: f64 = 0.8;

/// Average run length of a chart on the series, from the target and a value of any size before it, in values; at most
/// 10⁹.
///
/// `phi` is the lag-1 autocorrelation, 0 … 0.8 (others are taken as the nearer end); `mean` the series' mean in sigmas.
/// The integral equation of [`Weighted::run_length`] in two variables, the EWMA and the value before, by collocation.
pub fn run_length(chart: &Weighted, phi: f64, mean: f64) -> f64 {
    let mean = if chart.side == Side::Lower { -mean } else { mean };
    let phi = phi.clamp(0.0, MOST);
    let series = Series { chart, mean, quadrature: gauss_legendre(NODES) };
    let Some(terms) = series.rows(phi).and_then(solve) else { return LONGEST };
    // The first value comes from the whole series, not from one before it.
    let mut length = 1.0;
    series.next(0.0, mean, 1.0, |row, weight| {
        length += weight * row.iter().zip(&terms).map(|(value, term)| value * term).sum::<f64>();
    });
    if (1.0..LONGEST).contains(&length) { length } else { LONGEST }
}

struct Series<'a> {
    chart: &'a Weighted,
    mean: f64,
    quadrature: Vec<(f64, f64)>,
}

impl Series<'_> {
    fn rows(&self, phi: f64) -> Option<Vec<Vec<f64>>> {
        let sound = self.chart.lambda > 0.0 && self.chart.lambda <= 1.0 && self.chart.limit > 0.0;
        let along = chebyshev_nodes(u32::try_from(ALONG).ok()?);
        let before = chebyshev_nodes(u32::try_from(BEFORE).ok()?);
        let pairs = along.iter().flat_map(|t| before.iter().map(move |s| (*t, *s)));
        sound.then(|| pairs.map(|(t, s)| self.row(t, s, phi)).collect())
    }

    /// The equation at one pair of nodes.
    fn row(&self, t: f64, s: f64, phi: f64) -> Vec<f64> {
        let mut row = vec![0.0; ALONG * BEFORE];
        products(t, s, &mut row);
        let x = self.value(s);
        let from = (1.0 - self.chart.lambda) * t * self.chart.half_width();
        let expected = self.mean + phi * (x - self.mean);
        self.next(from, expected, (1.0 - phi * phi).sqrt(), |next, weight| {
            row.iter_mut().zip(next).for_each(|(value, next)| *value -= weight * next);
        });
        row.push(1.0);
        row
    }

    /// Tells every way a value may come that does not signal: the polynomials after it, and its weight.
    fn next(&self, from: f64, expected: f64, deviation: f64, mut tell: impl FnMut(&[f64], f64)) {
        let (low, high) = self.chart.silent(from);
        let (least, most) = self.values();
        let (first, last) = ((expected - REACH * deviation).max(least), (expected + REACH * deviation).min(most));
        let (h, lambda) = (self.chart.half_width(), self.chart.lambda);
        let mut row = vec![0.0; ALONG * BEFORE];
        let held = if self.chart.side == Side::Both { (0.0, 0.0) } else { (first, low.min(high).min(last)) };
        for (low, high) in [held, (first.max(low), last.min(high))] {
            if low >= high {
                continue;
            }
            for (node, weight) in &self.quadrature {
                let half = (high - low) / 2.0;
                let x = f64::midpoint(low, high) + half * node;
                let along = ((from + lambda * x) / h).max(-1.0);
                products(along, self.place(x), &mut row);
                tell(&row, weight * half * normal_density((x - expected) / deviation) / deviation);
            }
        }
    }

    /// Between which values the value before lies when nothing has signalled.
    fn values(&self) -> (f64, f64) {
        let most = self.chart.individuals.map_or(FAR + self.mean.abs(), |limit| limit.min(FAR + self.mean.abs()));
        (if self.chart.side == Side::Both { -most } else { -FAR - self.mean.abs() }, most)
    }

    /// The value at a place on −1 … 1, and the place of a value.
    fn value(&self, place: f64) -> f64 {
        let (least, most) = self.values();
        f64::midpoint(least, most) + place * (most - least) / 2.0
    }

    fn place(&self, value: f64) -> f64 {
        let (least, most) = self.values();
        (2.0 * value - least - most) / (most - least)
    }
}

/// All products of a polynomial along the EWMA and one along the value before.
fn products(t: f64, s: f64, into: &mut [f64]) {
    let (mut along, mut before) = ([0.0; ALONG], [0.0; BEFORE]);
    chebyshev(t, &mut along);
    chebyshev(s, &mut before);
    let pairs = along.iter().flat_map(|a| before.iter().map(move |b| a * b));
    into.iter_mut().zip(pairs).for_each(|(place, product)| *place = product);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_autocorrelation_it_is_the_chart_on_independent_values() {
        let chart = Weighted { lambda: 0.2, limit: 2.906, individuals: Some(3.5), side: Side::Both };
        let ratio = run_length(&chart, 0.0, 0.0) / chart.run_length(0.0, 1.0);
        assert!((ratio - 1.0).abs() < 0.003, "{ratio}");
    }

    #[test]
    fn a_series_that_resembles_itself_signals_much_sooner() {
        let chart = Weighted { lambda: 0.2, limit: 2.906, individuals: Some(3.5), side: Side::Both };
        let length = run_length(&chart, 0.25, 0.0);
        assert!((100.0..200.0).contains(&length), "{length}");
    }
}
