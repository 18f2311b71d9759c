//! The part as it arrived: figures of the untrimmed sweep that say what a trim can and cannot mend.
//!
//! Everything here is known before the first cut. All figures are shares of the half-width of the band, so that
//! models of any spec and travel compare. With e the error as stored, c the centre of a point's band and h its
//! half-width, d = e − c is how far the point lies from the middle.

use serde::{Deserialize, Serialize};

use super::linearity::{Graded, graded};
use crate::trim::Point;

/// The local line goes through at least so many points on each side.
const LEAST_REACH: usize = 2;
/// … and through one in so many graded points on each side, 5 % of the sweep in all: about what a cut spans.
const REACH_SHARE: usize = 40;
/// … but never through more, which bounds the work: real sweeps have up to 360 points, a reach of 9.
const MOST_REACH: usize = 16;

/// Figures of an untrimmed sweep, in half-widths of its band; all finite.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Incoming {
    /// Deepest dip below the neighbourhood: max over graded points of (ℓ − d)/h, ℓ the least-squares line through the
    /// nearest 5 % of the graded points (at least 5, at most 33), in half-widths.
    ///
    /// A cut spans many points and moves them together. A dip narrower than that is still there after the trim.
    pub dip: f64,
    /// How far the sweep reaches below: max over graded points of −d/h, in half-widths; under 0 when every point
    /// lies above the middle.
    ///
    /// A cut only ever adds resistance. What lies above its band it can bring down; what lies below needs everything
    /// else to be moved instead.
    pub below: f64,
    /// How far the reading falls short at the ends of the graded travel: the greater of d/h at the end where theory
    /// is lowest and −d/h at the end where it is highest, in half-widths; negative when both ends overshoot.
    ///
    /// Beyond its electrical end the reading stands still at the terminal while theory goes on. No cut makes the
    /// element longer.
    pub end_shortfall: f64,
}

/// The figures of an untrimmed sweep; `None` with fewer than five graded points or where one is not finite.
pub fn incoming(untrimmed: &[Point]) -> Option<Incoming> {
    let points = graded(untrimmed);
    let found = Incoming {
        dip: deepest_dip(&points)?,
        below: points.iter().map(|point| -share(point)).reduce(f64::max)?,
        end_shortfall: end_shortfall(&points)?,
    };
    let figures = [found.dip, found.below, found.end_shortfall];
    figures.iter().all(|figure| figure.is_finite()).then_some(found)
}

/// How far a point lies from the middle of its band, volts.
fn deviation(point: &Graded) -> f64 {
    point.error - point.centre()
}

/// The same in half-widths.
fn share(point: &Graded) -> f64 {
    deviation(point) / point.half_width()
}

fn deepest_dip(points: &[Graded]) -> Option<f64> {
    let reach = (points.len() / REACH_SHARE).clamp(LEAST_REACH, MOST_REACH);
    let window = 2 * reach + 1;
    // At the ends the window stands still and the line goes on to the last point.
    let last_start = points.len().checked_sub(window)?;
    let dips = points.iter().enumerate().map(|(index, point)| {
        let start = index.saturating_sub(reach).min(last_start);
        let near = points.get(start..start + window).unwrap_or_default();
        (line_at(near, point.position) - deviation(point)) / point.half_width()
    });
    dips.reduce(f64::max)
}

/// The least-squares line through the deviations of these points, at a position, volts.
fn line_at(points: &[Graded], position: f64) -> f64 {
    let n = points.len() as f64;
    let across = points.iter().map(|point| point.position - position).sum::<f64>() / n;
    let level = points.iter().map(deviation).sum::<f64>() / n;
    let (mut spread, mut joint) = (0.0, 0.0);
    for point in points {
        let step = point.position - position - across;
        spread += step * step;
        joint += step * (deviation(point) - level);
    }
    // All at one position: no line, but a level.
    let slope = if spread > 0.0 { joint / spread } else { 0.0 };
    level - slope * across
}

fn end_shortfall(points: &[Graded]) -> Option<f64> {
    let (first, last) = (points.first()?, points.last()?);
    let falls = first.theory.zip(last.theory).is_some_and(|(first, last)| last < first);
    let (low, high) = if falls { (last, first) } else { (first, last) };
    Some(share(low).max(-share(high)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trim::Mark;

    /// 81 points over 80°, band ± 0.5 V, theory = position.
    fn sweep(error: impl Fn(f64) -> f64) -> Vec<Point> {
        (0..=80)
            .map(|i| {
                let position = f64::from(i);
                Point {
                    position,
                    error: error(position),
                    upper: Some(0.5),
                    lower: Some(-0.5),
                    theory: Some(position),
                    measured: None,
                    mark: Mark::Unmarked,
                }
            })
            .collect()
    }

    fn figures(error: impl Fn(f64) -> f64) -> Incoming {
        incoming(&sweep(error)).expect("81 graded points")
    }

    #[test]
    fn a_line_has_no_dip_up_to_its_very_ends() {
        assert!(figures(|x| 3.0 - 0.2 * x).dip.abs() < 1e-9);
    }

    #[test]
    fn one_low_point_is_a_dip_and_one_high_point_is_hardly_one() {
        let low = figures(|x| if (x - 40.0).abs() < 0.5 { -0.5 } else { 0.0 });
        // A fifth of the point is in the level of its own five neighbours.
        assert!((low.dip - 0.8).abs() < 1e-9, "{}", low.dip);
        let high = figures(|x| if (x - 40.0).abs() < 0.5 { 0.5 } else { 0.0 });
        assert!(high.dip < 0.5 * low.dip, "{}", high.dip);
    }

    #[test]
    fn a_wide_hollow_is_no_dip_but_lies_below() {
        let hollow = figures(|x| 0.1 * (((x - 40.0) / 10.0).powi(2) - 16.0));
        assert!(hollow.dip < 0.05, "{}", hollow.dip);
        assert!((hollow.below - 3.2).abs() < 1e-9, "{}", hollow.below);
    }

    #[test]
    fn what_lies_above_is_not_below() {
        assert!((figures(|_| 0.25).below + 0.5).abs() < 1e-12);
        assert!((figures(|_| -0.25).below - 0.5).abs() < 1e-12);
    }

    #[test]
    fn the_middle_of_a_lopsided_band_counts_and_ungraded_points_do_not() {
        let mut points = sweep(|_| 0.25);
        for point in &mut points {
            (point.lower, point.upper) = (Some(0.0), Some(1.0));
        }
        points[0].upper = None;
        points[0].error = -9.0;
        assert!((incoming(&points).expect("80 graded").below - 0.5).abs() < 1e-12);
    }

    #[test]
    fn a_reading_that_stands_still_at_either_terminal_falls_short() {
        let (low, high) = (figures(|x| (2.0 - x).max(0.0)), figures(|x| (78.0 - x).min(0.0)));
        assert!((low.end_shortfall - 4.0).abs() < 1e-12);
        assert!((high.end_shortfall - 4.0).abs() < 1e-12);
        assert!(figures(|x| (x - 40.0) * 0.01).end_shortfall < 0.0, "steeper than theory, short at neither end");
    }

    #[test]
    fn the_end_with_the_lowest_theory_is_the_low_end_whichever_way_the_station_swept() {
        let mut points = sweep(|x| (2.0 - x).max(0.0));
        let there = incoming(&points);
        points.reverse();
        let back = incoming(&points);
        let short = |figures: Option<Incoming>| figures.map(|figures| figures.end_shortfall);
        assert_eq!(short(there), short(back));
    }

    #[test]
    fn the_figures_do_not_change_when_volts_and_positions_are_scaled() {
        let wave = |x: f64| 0.3 * (x * 1.7).sin() - 0.1;
        let plain = figures(wave);
        let mut points = sweep(wave);
        for point in &mut points {
            point.position *= 0.01;
            point.error *= 7.0;
            (point.lower, point.upper) = (Some(-3.5), Some(3.5));
        }
        let scaled = incoming(&points).expect("graded");
        for (a, b) in
            [(plain.dip, scaled.dip), (plain.below, scaled.below), (plain.end_shortfall, scaled.end_shortfall)]
        {
            assert!((a - b).abs() < 1e-9, "{a} {b}");
        }
    }

    #[test]
    fn too_few_points_and_figures_beyond_all_numbers_are_unknown() {
        assert_eq!(incoming(&sweep(|_| 0.0)[..4]), None);
        assert_eq!(incoming(&sweep(|_| f64::MAX)), None);
        let mut one_place = sweep(|x| 0.01 * x);
        for point in &mut one_place {
            point.position = 5.0;
        }
        assert!(incoming(&one_place).is_some(), "one position only: a level instead of a line");
    }
}
