//! Run lengths of the tabular CUSUM on independent normal values.

use super::LONGEST;
use super::collocation::{gauss_legendre, solve};
use crate::spc::distribution::{normal_below, normal_density};

/// Nodes of the integral equation.
const NODES: u32 = 40;

/// Average run lengths of a one-sided sum from zero and from a head start, in values; at most 10⁹.
///
/// The sum is max(0, sum + x − k) and signals above h; x is normal with this mean and standard deviation 1. Page's
/// integral equation L(u) = 1 + L(0) Φ(k − u) + ∫₀ʰ L(y) φ(y + k − u) dy (E. Page, Biometrika 41, 1954), by the Nyström
/// method (A. Goel and S. Wu, Technometrics 13, 1971).
pub fn one_sided(reference: f64, decision: f64, head_start: f64, mean: f64) -> (f64, f64) {
    let half = decision / 2.0;
    let nodes: Vec<(f64, f64)> =
        gauss_legendre(NODES).iter().map(|(node, weight)| (half + half * node, half * weight)).collect();
    let to = |u: f64, y: f64| normal_density(y + reference - u - mean);
    let rest = |u: f64| normal_below(reference - u - mean);
    // Unknowns: the run length from zero, then from each node.
    let row = |u: f64, own: usize| {
        let zero = std::iter::once(-rest(u));
        let mut row: Vec<f64> = zero.chain(nodes.iter().map(|(y, weight)| -weight * to(u, *y))).collect();
        row.iter_mut().skip(own).take(1).for_each(|value| *value += 1.0);
        row.push(1.0);
        row
    };
    let rows = std::iter::once(row(0.0, 0)).chain(nodes.iter().zip(1..).map(|((u, _), own)| row(*u, own)));
    let Some(lengths) = solve(rows.collect()) else { return (LONGEST, LONGEST) };
    let from = |u: f64| {
        let terms = std::iter::once(rest(u)).chain(nodes.iter().map(|(y, weight)| weight * to(u, *y)));
        let length = 1.0 + terms.zip(&lengths).map(|(term, length)| term * length).sum::<f64>();
        if (1.0..LONGEST).contains(&length) { length } else { LONGEST }
    };
    (from(0.0), from(head_start.clamp(0.0, decision)))
}

/// Average run length of the two-sided sum, in values, when they are normal with this mean and standard deviation 1.
///
/// `head_start` in sigmas (0 … h), for both sums; 0 without. Sources: K. Kemp, J. Roy. Stat. Soc. B 23 (1961) without,
/// J. Lucas and R. Crosier, Technometrics 24 (1982) with a head start.
pub fn two_sided(reference: f64, decision: f64, head_start: f64, mean: f64) -> f64 {
    let (up, up_started) = one_sided(reference, decision, head_start, mean);
    let (down, down_started) = one_sided(reference, decision, head_start, -mean);
    (up_started * down + up * down_started - up * down) / (up + down)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64, share: f64) {
        assert!((found / expected - 1.0).abs() < share, "{found} for {expected}");
    }

    #[test]
    fn a_cusum_runs_as_long_as_the_tables_say() {
        // Montgomery, Introduction to Statistical Quality Control, chapter 9; Lucas & Crosier (1982).
        near(two_sided(0.5, 4.0, 0.0, 0.0), 167.68, 0.001);
        near(two_sided(0.5, 4.0, 0.0, 1.0), 8.38, 0.001);
        near(two_sided(0.5, 5.0, 0.0, 0.0), 465.44, 0.001);
        near(two_sided(0.5, 5.0, 0.0, 1.0), 10.4, 0.004);
        near(two_sided(0.5, 5.0, 0.0, 3.0), 2.57, 0.01);
        near(one_sided(0.25, 8.0, 0.0, 0.0).0, 2.0 * 370.84, 0.01);
    }

    #[test]
    fn a_head_start_answers_sooner_and_costs_little() {
        near(two_sided(0.5, 5.0, 2.5, 0.0), 430.0, 0.01);
        near(two_sided(0.5, 5.0, 2.5, 1.0), 6.35, 0.01);
    }
}
