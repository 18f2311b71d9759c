//! Integral equations on an interval: quadrature, Chebyshev polynomials, and a dense linear system.

use std::f64::consts::PI;

/// Nodes and weights of Gauss and Legendre on −1 … 1.
///
/// Source: Abramowitz & Stegun 25.4.29; the nodes by Newton's steps on the Legendre polynomial.
pub fn gauss_legendre(count: u32) -> Vec<(f64, f64)> {
    let n = f64::from(count);
    let node = |i: u32| {
        let mut x = (PI * (f64::from(i) + 0.75) / (n + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..20 {
            let (value, derivative) = legendre(count, x);
            slope = derivative;
            let step = value / slope;
            x -= step;
            if step.abs() < 1e-15 {
                break;
            }
        }
        (x, 2.0 / ((1.0 - x * x) * slope * slope))
    };
    (0..count).map(node).collect()
}

/// The Legendre polynomial of this degree, and its slope.
fn legendre(degree: u32, x: f64) -> (f64, f64) {
    let (mut before, mut value) = (1.0, x);
    for k in 2..=degree {
        let k = f64::from(k);
        (before, value) = (value, ((2.0 * k - 1.0) * x * value - (k - 1.0) * before) / k);
    }
    (value, f64::from(degree) * (x * value - before) / (x * x - 1.0))
}

/// The Chebyshev polynomials of the first kind at `t`, from degree 0, into a place of any length.
pub fn chebyshev(t: f64, into: &mut [f64]) {
    let (mut before, mut value) = (t, 1.0);
    for place in into {
        *place = value;
        (before, value) = (value, 2.0 * t * value - before);
    }
}

/// So many Chebyshev nodes on −1 … 1.
pub fn chebyshev_nodes(count: u32) -> Vec<f64> {
    (0..count).map(|i| (PI * (f64::from(i) + 0.5) / f64::from(count)).cos()).collect()
}

/// Solves a linear system whose rows end in their right side, by elimination with partial pivoting.
///
/// `None` when it is singular to the last digit.
pub fn solve(mut rows: Vec<Vec<f64>>) -> Option<Vec<f64>> {
    let n = rows.len();
    for column in 0..n {
        let size = |row: &Vec<f64>| row.get(column).map_or(0.0, |value| value.abs());
        let pivot = (column..n).max_by(|&a, &b| {
            let sizes = rows.get(a).map(size).zip(rows.get(b).map(size));
            sizes.map_or(std::cmp::Ordering::Equal, |(a, b)| a.total_cmp(&b))
        })?;
        rows.swap(column, pivot);
        let (above, below) = rows.split_at_mut(column + 1);
        let pivot = above.last()?;
        let head = *pivot.get(column)?;
        if head.abs() < f64::MIN_POSITIVE || head.is_nan() {
            return None;
        }
        for row in below {
            let factor = row.get(column)? / head;
            row.iter_mut().zip(pivot).skip(column).for_each(|(value, above)| *value -= factor * above);
        }
    }
    let mut solution = vec![0.0; n];
    for (column, row) in rows.iter().enumerate().rev() {
        let known: f64 = row.iter().zip(&solution).take(n).skip(column + 1).map(|(a, x)| a * x).sum();
        *solution.get_mut(column)? = (row.last()? - known) / row.get(column)?;
    }
    Some(solution)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quadrature_is_exact_for_polynomials() {
        let sixth: f64 = gauss_legendre(4).iter().map(|(x, w)| w * x.powi(6)).sum();
        assert!((sixth - 2.0 / 7.0).abs() < 1e-14, "{sixth}");
        let whole: f64 = gauss_legendre(33).iter().map(|(_, w)| w).sum();
        assert!((whole - 2.0).abs() < 1e-13, "{whole}");
    }

    #[test]
    fn a_system_that_needs_its_rows_swapped_is_solved() {
        let rows = vec![vec![0.0, 2.0, 1.0, 7.0], vec![1.0, 0.0, 1.0, 4.0], vec![2.0, 1.0, 0.0, 4.0]];
        let solution = solve(rows).expect("one solution");
        for (found, expected) in solution.iter().zip([1.0, 2.0, 3.0]) {
            assert!((found - expected).abs() < 1e-12, "{solution:?}");
        }
        assert_eq!(solve(vec![vec![1.0, 1.0, 1.0], vec![2.0, 2.0, 2.0]]), None);
    }

    #[test]
    fn chebyshev_polynomials_are_cosines() {
        let mut values = [0.0; 6];
        chebyshev(0.3, &mut values);
        assert!((values[5] - (5.0 * 0.3_f64.acos()).cos()).abs() < 1e-13);
    }
}
