//! Would the part pass with another gain? A hint for the operator, never a pass.
//!
//! The part passes with gain error k and offset b when l ≤ e + k·theory + b ≤ u at every graded point: a linear
//! program in two variables. For a given k the offsets that work are [max(l − e − k·t), min(u − e − k·t)]; the
//! gap between those two, a convex piecewise-linear function of k, is least at a corner of one of the two
//! envelopes or at an end of the range, so looking there is exact.

use super::linearity::graded;
use crate::trim::Point;

/// Largest gain error that still counts as *gain only*.
const MAX_GAIN: f64 = 0.01;

/// The gain error in −0.01 … 0.01 that fits best, when some offset then puts every graded point inside.
///
/// `Err` when theory is missing on a graded point: then it is not known.
pub fn gain_that_passes(points: &[Point]) -> Result<Option<f64>, TheoryMissing> {
    let points = graded(points);
    let mut least = Vec::with_capacity(points.len());
    let mut most = Vec::with_capacity(points.len());
    for point in &points {
        let theory = point.theory.ok_or(TheoryMissing)?;
        least.push(Line { slope: -theory, at_zero: point.lower - point.error });
        most.push(Line { slope: theory, at_zero: point.error - point.upper });
    }
    let (least, most) = (Envelope::upper(least), Envelope::upper(most));
    let corners = least.corners().chain(most.corners());
    let inside = corners.filter(|k| k.abs() <= MAX_GAIN).chain([-MAX_GAIN, MAX_GAIN, 0.0]);
    let gap = |k: f64| least.at(k) + most.at(k);
    let best = inside.min_by(|&a, &b| gap(a).total_cmp(&gap(b)));
    Ok(best.filter(|&k| !points.is_empty() && gap(k) <= 0.0))
}

/// A graded point has no theory value, so the gain that would pass is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TheoryMissing;

#[derive(Debug, Clone, Copy)]
struct Line {
    slope: f64,
    at_zero: f64,
}

impl Line {
    fn at(self, k: f64) -> f64 {
        self.at_zero + self.slope * k
    }

    /// Where this line meets a steeper one.
    fn meets(self, steeper: Line) -> f64 {
        (self.at_zero - steeper.at_zero) / (steeper.slope - self.slope)
    }
}

/// The upper envelope of lines, by ascending slope (Andrew's monotone chain in the dual).
struct Envelope(Vec<Line>);

impl Envelope {
    fn upper(mut lines: Vec<Line>) -> Self {
        for line in &mut lines {
            // −0.0 sorts below 0.0, which would hide the higher of two level lines.
            line.slope += 0.0;
        }
        lines.sort_unstable_by(|a, b| a.slope.total_cmp(&b.slope).then(a.at_zero.total_cmp(&b.at_zero)));
        let mut hull: Vec<Line> = Vec::new();
        for line in lines {
            // Of parallel lines only the last, the highest, can be on top.
            while hull.last().is_some_and(|last| last.slope >= line.slope) {
                hull.pop();
            }
            while let [.., before, last] = hull.as_slice() {
                if before.meets(line) > before.meets(*last) {
                    break;
                }
                hull.pop();
            }
            hull.push(line);
        }
        Self(hull)
    }

    fn corners(&self) -> impl Iterator<Item = f64> {
        self.0.iter().zip(self.0.iter().skip(1)).map(|(flat, steep)| flat.meets(*steep))
    }

    /// The envelope's value at k.
    fn at(&self, k: f64) -> f64 {
        // Lines by ascending slope: the one on top at k is the last whose corner with the one before is ≤ k.
        let corner = |pair: &[Line]| match pair {
            [flat, steep] => flat.meets(*steep),
            _ => f64::INFINITY,
        };
        let pairs: Vec<&[Line]> = self.0.windows(2).collect();
        let top = pairs.partition_point(|pair| corner(pair) <= k);
        let near = self.0.iter().skip(top.saturating_sub(1)).take(3);
        near.map(|line| line.at(k)).fold(f64::NEG_INFINITY, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trim::Mark;

    fn sweep(error: impl Fn(f64) -> f64) -> Vec<Point> {
        (0..=20)
            .map(|i| {
                let theory = f64::from(i) * 0.5;
                Point {
                    position: theory,
                    error: error(theory),
                    upper: Some(0.01),
                    lower: Some(-0.01),
                    theory: Some(theory),
                    measured: None,
                    mark: Mark::Unmarked,
                }
            })
            .collect()
    }

    #[test]
    fn a_tilted_curve_needs_only_gain() {
        let gain = gain_that_passes(&sweep(|t| 0.004 * t + 0.3)).expect("theory is there");
        assert!((gain.expect("passes with gain") + 0.004).abs() < 1e-3);
    }

    #[test]
    fn too_much_tilt_and_a_bent_curve_need_more_than_gain() {
        assert_eq!(gain_that_passes(&sweep(|t| 0.03 * t)), Ok(None));
        assert_eq!(gain_that_passes(&sweep(|t| 0.03 * (t - 5.0).abs())), Ok(None));
    }

    #[test]
    fn a_missing_theory_leaves_it_unknown() {
        let mut points = sweep(|t| 0.004 * t);
        points[3].theory = None;
        assert_eq!(gain_that_passes(&points), Err(TheoryMissing));
    }

    #[test]
    fn the_envelope_agrees_with_trying_every_line() {
        let mut state = 3u64;
        let mut next = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            ((state >> 33) % 2001) as f64 / 100.0 - 10.0
        };
        for _ in 0..200 {
            let lines: Vec<Line> = (0..12).map(|_| Line { slope: next().round(), at_zero: next() }).collect();
            let envelope = Envelope::upper(lines.clone());
            for k in [-3.0, -0.5, 0.0, 0.01, 2.0] {
                let most = lines.iter().map(|line| line.at(k)).fold(f64::NEG_INFINITY, f64::max);
                assert!((envelope.at(k) - most).abs() < 1e-9);
            }
        }
    }
}
