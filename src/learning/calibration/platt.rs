//! Platt's sigmoid, by the Newton steps of Lin, Lin and Weng (2007, appendix C).

/// Most Newton steps; a handful do.
const STEPS: usize = 100;
/// Added to the diagonal, so that the matrix can always be inverted.
const RIDGE: f64 = 1e-12;
/// Gradient at which the fit is done.
const FLAT: f64 = 1e-9;
/// Shortest step that is tried.
const SHORTEST: f64 = 1e-10;

/// 1 / (1 + exp(a·s + b)), without overflow.
pub(super) fn probability(a: f64, b: f64, score: f64) -> f64 {
    let z = a * score + b;
    if z >= 0.0 { (-z).exp() / (1.0 + (-z).exp()) } else { 1.0 / (1.0 + z.exp()) }
}

/// The sigmoid through scores and what happened. `None` unless there are both outcomes.
///
/// Targets are (n₊ + 1) / (n₊ + 2) and 1 / (n₋ + 2): perfectly separated scores get a finite slope.
pub(super) fn fit(scores: &[f64], failed: &[bool]) -> Option<(f64, f64)> {
    let bad = failed.iter().filter(|&&failed| failed).count() as f64;
    let good = failed.len() as f64 - bad;
    if bad < 1.0 || good < 1.0 {
        return None;
    }
    let (high, low) = ((bad + 1.0) / (bad + 2.0), 1.0 / (good + 2.0));
    let rows: Vec<(f64, f64)> =
        scores.iter().zip(failed).map(|(&score, &failed)| (score, if failed { high } else { low })).collect();
    let (mut a, mut b) = (0.0, ((good + 1.0) / (bad + 1.0)).ln());
    let mut cost = cost_of(&rows, a, b);
    for _ in 0..STEPS {
        let slope = Slope::of(&rows, a, b);
        if slope.a.abs() < FLAT && slope.b.abs() < FLAT {
            break;
        }
        let Some(better) = slope.step(&rows, (a, b), cost) else { break };
        (a, b, cost) = better;
    }
    Some((a, b))
}

/// Cross entropy, written so that neither end overflows.
fn cost_of(rows: &[(f64, f64)], a: f64, b: f64) -> f64 {
    let cost = |&(score, target): &(f64, f64)| {
        let z = a * score + b;
        if z >= 0.0 { target * z + (-z).exp().ln_1p() } else { (target - 1.0) * z + z.exp().ln_1p() }
    };
    rows.iter().map(cost).sum()
}

/// Gradient and curvature of the cost.
struct Slope {
    a: f64,
    b: f64,
    aa: f64,
    ab: f64,
    bb: f64,
}

impl Slope {
    fn of(rows: &[(f64, f64)], a: f64, b: f64) -> Self {
        let mut slope = Self { a: 0.0, b: 0.0, aa: RIDGE, ab: 0.0, bb: RIDGE };
        for &(score, target) in rows {
            let p = probability(a, b, score);
            let (first, second) = (target - p, p * (1.0 - p));
            slope.a += score * first;
            slope.b += first;
            slope.aa += score * score * second;
            slope.ab += score * second;
            slope.bb += second;
        }
        slope
    }

    /// A Newton step, halved until the cost falls enough. `None` when it does not.
    fn step(&self, rows: &[(f64, f64)], (a, b): (f64, f64), cost: f64) -> Option<(f64, f64, f64)> {
        let determinant = self.aa * self.bb - self.ab * self.ab;
        let da = -(self.bb * self.a - self.ab * self.b) / determinant;
        let db = -(self.aa * self.b - self.ab * self.a) / determinant;
        let falls = self.a * da + self.b * db;
        let mut length = 1.0;
        while length >= SHORTEST {
            let (next_a, next_b) = (a + length * da, b + length * db);
            let next = cost_of(rows, next_a, next_b);
            if next < cost + 1e-4 * length * falls {
                return Some((next_a, next_b, next));
            }
            length /= 2.0;
        }
        None
    }
}
