//! Which third of the travel is worst.

use super::linearity::graded;
use crate::trim::Point;

/// The zone (1, 2 or 3) with the highest RMS of (e + b − band centre)/half-width over its graded points.
///
/// Zones are thirds of [min x, max x] over all usable points; an empty zone cannot be worst and ties go to the
/// lowest. `None` without travel or without a graded point.
pub fn worst_zone(points: &[Point], offset: f64) -> Option<u8> {
    let low = points.iter().map(|point| point.position).reduce(f64::min)?;
    let high = points.iter().map(|point| point.position).reduce(f64::max)?;
    if high <= low {
        return None;
    }
    let graded = graded(points);
    let rms = [1u8, 2, 3].map(|zone| {
        let inside = graded.iter().filter(|point| {
            let thirds = (3.0 * (point.position - low) / (high - low)).floor();
            (f64::from(zone) - (1.0 + thirds).min(3.0)).abs() < 0.5
        });
        let shares: Vec<f64> =
            inside.map(|point| (point.error + offset - point.centre()) / point.half_width()).collect();
        (zone, super::statistics::root_mean_square(&shares))
    });
    let mut worst: Option<(u8, f64)> = None;
    for (zone, value) in rms {
        if let Some(value) = value
            && worst.is_none_or(|(_, most)| value > most)
        {
            worst = Some((zone, value));
        }
    }
    worst.map(|(zone, _)| zone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trim::Mark;

    fn points(errors: [f64; 9], graded: impl Fn(usize) -> bool) -> Vec<Point> {
        errors
            .into_iter()
            .enumerate()
            .map(|(i, error)| Point {
                position: i as f64,
                error,
                upper: graded(i).then_some(1.0),
                lower: Some(-1.0),
                theory: None,
                measured: None,
                mark: Mark::Unmarked,
            })
            .collect()
    }

    #[test]
    fn the_zone_with_the_highest_rms_is_worst() {
        let errors = [0.1, 0.1, 0.1, 0.2, 0.2, 0.2, 0.9, 0.1, 0.9];
        assert_eq!(worst_zone(&points(errors, |_| true), 0.0), Some(3));
        assert_eq!(worst_zone(&points(errors, |i| i < 6), 0.0), Some(2), "an empty zone cannot be worst");
    }

    #[test]
    fn ties_go_to_the_lowest_zone() {
        assert_eq!(worst_zone(&points([0.5; 9], |_| true), 0.0), Some(1));
    }
}
