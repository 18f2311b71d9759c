//! Believable sweeps: a smooth shape that the trim takes away, and roughness that it leaves.

use std::f64::consts::PI;

use super::plan::Product;
use crate::analysis::judge_linearity;
use crate::learning::random::Random;
use crate::trim::{Mark, Point, Sweep, System};

/// Points without limits at each end.
const UNGRADED: usize = 3;
/// Harmonics of the smooth shape over the travel, by weight.
const SHAPE: [f64; 5] = [1.0, -0.5, 0.35, -0.15, 0.1];
/// Roughness against the smooth shape.
const ROUGH: f64 = 0.05;
/// How often a sweep is scaled until its error is what was asked: where a point is outside, the best offset moves
/// with the scale.
const TRIES: usize = 6;

/// An element's errors without scale at the points of a sweep, with so many bends.
pub(super) fn shape(random: &mut Random, points: usize, bends: f64) -> Vec<f64> {
    let weights = SHAPE.map(|share| share * (0.7 + 0.6 * (random.unit() - 0.5)));
    let last = points.saturating_sub(1).max(1) as f64;
    let mut wander = 0.0;
    let error = |index: usize| {
        let t = index as f64 / last;
        let smooth = weights.iter().zip(1_u8..).map(|(weight, k)| weight * (PI * bends * f64::from(k) * t).sin());
        wander = 0.8 * wander + 0.6 * random.normal();
        smooth.sum::<f64>() + ROUGH * bends * wander
    };
    (0..points).map(error).collect()
}

/// How a sweep is scaled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// By its largest error as stored.
    Stored,
    /// By its largest error at the best offset, in half-widths.
    BestOffset,
}

/// The sweep of a sheet whose error is so many specs; `spec` in volts.
pub(super) fn sweep(product: &Product, spec: f64, sheet: &str, errors: &[f64], specs: f64, by: By) -> Sweep {
    let mut scale = spec;
    let mut points = measured(product, spec, errors, scale);
    for _ in 0..TRIES {
        let Some(linearity) = judge_linearity(&points) else { break };
        let found = if by == By::Stored { linearity.stored_error / spec } else { linearity.error_share };
        if (found / specs - 1.0).abs() < 1e-3 || found <= 0.0 {
            break;
        }
        scale *= specs / found;
        points = measured(product, spec, errors, scale);
    }
    Sweep { sheet: sheet.to_owned(), points, defect: None }
}

fn measured(product: &Product, spec: f64, errors: &[f64], scale: f64) -> Vec<Point> {
    let last = errors.len().saturating_sub(1);
    let point = |(index, error): (usize, &f64)| {
        let t = index as f64 / last.max(1) as f64;
        let theory = stored(10.0 * t);
        let error = stored(error * scale);
        let half = stored(spec * (1.0 + product.bowtie * (2.0 * t - 1.0).abs()));
        let graded = index >= UNGRADED && index + UNGRADED <= last;
        let mark = match (product.system, graded) {
            (System::B, _) | (_, false) => Mark::Unmarked,
            _ if error.abs() > half => Mark::Outside,
            _ => Mark::Inside,
        };
        Point {
            position: (product.travel * (t - 0.5) * 1e5).round() / 1e5,
            error,
            upper: graded.then_some(half),
            lower: graded.then_some(-half),
            theory: Some(theory),
            measured: Some(stored(theory + error)),
            mark,
        }
    };
    errors.iter().enumerate().map(point).collect()
}

/// A voltage as the station stores it, in microvolts.
fn stored(volts: f64) -> f64 {
    (volts * 1e6).round() / 1e6
}
