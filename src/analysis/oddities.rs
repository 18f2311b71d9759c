//! What is odd about a sweep without spoiling it: warnings, never a verdict.

use super::statistics::median;
use crate::trim::{Point, Sweep};

/// A step this many times the median step is a gap.
const GAP_STEPS: f64 = 2.5;
/// An error this many times the spec is hard to believe.
pub const ABSURD_ERROR_SPECS: f64 = 10.0;

/// Warnings about a sweep, each naming its sheet.
pub(super) fn oddities(sweep: &Sweep, spec: Option<f64>) -> Vec<String> {
    let found = [
        descending(&sweep.points).then(|| "positions do not ascend".to_owned()),
        gap(&sweep.points).then(|| format!("a gap of more than {GAP_STEPS} steps between positions")),
        defective_limits(&sweep.points),
        spec.and_then(|spec| absurd_error(sweep, spec)),
    ];
    found.into_iter().flatten().map(|what| format!("{}: {what}", sweep.sheet)).collect()
}

fn steps(points: &[Point]) -> impl Iterator<Item = f64> {
    points.iter().zip(points.iter().skip(1)).map(|(from, to)| to.position - from.position)
}

fn descending(points: &[Point]) -> bool {
    steps(points).any(|step| step <= 0.0)
}

fn gap(points: &[Point]) -> bool {
    let typical = median(steps(points).map(f64::abs));
    typical.is_some_and(|typical| steps(points).any(|step| step.abs() > GAP_STEPS * typical))
}

fn defective_limits(points: &[Point]) -> Option<String> {
    let count = points.iter().filter(|point| point.has_defective_limits()).count();
    (count > 0).then(|| format!("{count} points with the upper limit not above the lower: ungraded"))
}

fn absurd_error(sweep: &Sweep, spec: f64) -> Option<String> {
    let largest = sweep.points.iter().map(|point| point.error.abs()).reduce(f64::max)?;
    (largest > ABSURD_ERROR_SPECS * spec).then(|| format!("an error of {:.1} × the spec", largest / spec))
}
