//! Linearity with a free offset: zero tolerance, exact.
//!
//! A constant offset b (station bias) is allowed. For each graded point the offsets that put it inside are the
//! closed interval [l − e, u − e]; the deepest overlap of those intervals, found by a sorted sweep over their
//! ends, is the greatest number of points any offset can satisfy.

use serde::{Deserialize, Serialize};

use crate::trim::Point;

/// Stretches whose widths differ by less than this are equally wide, volts.
const EQUAL_WIDTH: f64 = 1e-12;
/// Margins closer than this share of the half-width are tied.
const EQUAL_MARGIN: f64 = 1e-9;

/// How a sweep lies in its band. Volts throughout.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Linearity {
    /// Points with both limits and upper above lower.
    pub graded: u32,
    /// Points outside as stored (b = 0).
    pub raw_fail: u32,
    /// Points outside at the best offset.
    pub fail: u32,
    /// The best offset b.
    pub offset: f64,
    /// All offsets that put every graded point inside; only when the sweep passes.
    pub feasible: Option<(f64, f64)>,
    /// max |e + b| over graded points.
    pub error: f64,
    /// max |e| as stored over graded points.
    pub stored_error: f64,
    /// max |e + b| / half-width over graded points.
    pub error_share: f64,
    /// Where the sweep comes nearest to a limit, or lies furthest beyond one.
    pub worst: Margin,
}

impl Linearity {
    /// Whether every graded point is inside at some offset.
    pub fn passes(&self) -> bool {
        self.fail == 0
    }

    /// The least |b| that passes, volts.
    pub fn least_offset(&self) -> Option<f64> {
        self.feasible.map(|(low, high)| if low <= 0.0 && high >= 0.0 { 0.0 } else { low.abs().min(high.abs()) })
    }
}

/// The worst margin and the point it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Margin {
    /// Distance to the nearer limit, volts; negative when outside.
    pub volts: f64,
    /// The same as a share of the point's half-width, percent.
    pub percent: f64,
    /// Position, degrees or inches.
    pub position: f64,
    /// |e + b − band centre|, volts.
    pub deviation: f64,
    /// Half the band's width there, volts.
    pub half_width: f64,
}

/// A graded point, reduced to what linearity needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Graded {
    pub(super) position: f64,
    pub(super) error: f64,
    pub(super) lower: f64,
    pub(super) upper: f64,
    pub(super) theory: Option<f64>,
}

impl Graded {
    pub(super) fn half_width(&self) -> f64 {
        (self.upper - self.lower) / 2.0
    }

    pub(super) fn centre(&self) -> f64 {
        f64::midpoint(self.upper, self.lower)
    }
}

/// The graded points of a sweep, in its order.
pub(super) fn graded(points: &[Point]) -> Vec<Graded> {
    let graded = points.iter().filter_map(|point| {
        let (lower, upper) = point.limits()?;
        Some(Graded { position: point.position, error: point.error, lower, upper, theory: point.theory })
    });
    graded.collect()
}

/// Judges a sweep's linearity; `None` when no point is graded.
pub fn judge_linearity(points: &[Point]) -> Option<Linearity> {
    let points = graded(points);
    let overlap = deepest_overlap(&points)?;
    let offset = overlap.offset();
    let inside = |point: &&Graded| point.lower <= point.error && point.error <= point.upper;
    let largest = |value: &dyn Fn(&Graded) -> f64| points.iter().map(value).fold(0.0, f64::max);
    let fail = points.len() - overlap.depth;
    Some(Linearity {
        graded: count(points.len()),
        raw_fail: count(points.len() - points.iter().filter(inside).count()),
        fail: count(fail),
        offset,
        feasible: (fail == 0).then_some((overlap.best.0, overlap.best.1)),
        error: largest(&|point| (point.error + offset).abs()),
        stored_error: largest(&|point| point.error.abs()),
        error_share: largest(&|point| (point.error + offset).abs() / point.half_width()),
        worst: worst_margin(&points, offset)?,
    })
}

/// A count as it is stored; sweeps have at most 65,536 points.
pub(super) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The greatest number of intervals any offset lies in, and the stretch of offsets chosen among the deepest.
#[derive(Debug, Clone, Copy)]
struct Overlap {
    depth: usize,
    best: (f64, f64),
}

impl Overlap {
    fn offset(&self) -> f64 {
        middle(self.best)
    }
}

fn middle((low, high): (f64, f64)) -> f64 {
    f64::midpoint(low, high)
}

fn deepest_overlap(points: &[Graded]) -> Option<Overlap> {
    // Adding zero makes −0 a plain 0: the ends are ordered bit by bit, and touching ends must overlap.
    let mut starts: Vec<f64> = points.iter().map(|point| point.lower - point.error + 0.0).collect();
    let mut ends: Vec<f64> = points.iter().map(|point| point.upper - point.error + 0.0).collect();
    starts.sort_unstable_by(f64::total_cmp);
    ends.sort_unstable_by(f64::total_cmp);
    let mut starts = starts.into_iter().peekable();
    let mut depth = 0;
    let mut overlap: Option<Overlap> = None;
    for end in ends {
        let mut begun = None;
        // Closed intervals: where one ends and another begins they overlap, so starts come first.
        while let Some(start) = starts.next_if(|start| start.total_cmp(&end).is_le()) {
            depth += 1;
            begun = Some(start);
        }
        let deepest = overlap.map_or(0, |overlap| overlap.depth);
        if let Some(low) = begun.filter(|_| depth >= deepest) {
            let stretch = Overlap { depth, best: (low, end) };
            overlap = Some(match overlap {
                Some(known) if known.depth == depth => better(known, stretch),
                _ => stretch,
            });
        }
        depth -= 1;
    }
    overlap
}

/// The wider of two equally deep stretches; widths alike: the smaller |b|, then the lower b.
fn better(known: Overlap, other: Overlap) -> Overlap {
    let width = |overlap: Overlap| overlap.best.1 - overlap.best.0;
    let gain = width(other) - width(known);
    if gain > EQUAL_WIDTH {
        return other;
    }
    let nearer = other.offset().abs() < known.offset().abs();
    if gain >= -EQUAL_WIDTH && nearer { other } else { known }
}

fn worst_margin(points: &[Graded], offset: f64) -> Option<Margin> {
    let margins: Vec<Margin> = points.iter().map(|point| margin(point, offset)).collect();
    let least = margins.iter().map(|margin| margin.percent).reduce(f64::min)?;
    margins
        .into_iter()
        .filter(|margin| margin.percent - least <= 100.0 * EQUAL_MARGIN)
        .min_by(|a, b| a.position.total_cmp(&b.position))
}

fn margin(point: &Graded, offset: f64) -> Margin {
    let shifted = point.error + offset;
    let volts = (point.upper - shifted).min(shifted - point.lower);
    Margin {
        volts,
        percent: 100.0 * volts / point.half_width(),
        position: point.position,
        deviation: (shifted - point.centre()).abs(),
        half_width: point.half_width(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trim::Mark;

    fn point(position: f64, error: f64, lower: f64, upper: f64) -> Point {
        Point {
            position,
            error,
            upper: Some(upper),
            lower: Some(lower),
            theory: None,
            measured: None,
            mark: Mark::Unmarked,
        }
    }

    fn judged(errors: &[f64]) -> Linearity {
        let points: Vec<Point> = errors.iter().enumerate().map(|(i, &e)| point(i as f64, e, -1.0, 1.0)).collect();
        judge_linearity(&points).expect("graded points")
    }

    #[test]
    fn a_station_bias_costs_nothing() {
        let linearity = judged(&[5.0, 5.5, 6.0]);
        assert_eq!((linearity.raw_fail, linearity.fail), (3, 0));
        assert!((linearity.offset + 5.5).abs() < 1e-12);
        assert_eq!(linearity.feasible, Some((-6.0, -5.0)));
        assert_eq!(linearity.least_offset(), Some(5.0));
    }

    #[test]
    fn touching_ends_overlap() {
        let linearity = judged(&[-1.0, 1.0]);
        assert_eq!(linearity.fail, 0);
        assert_eq!(linearity.feasible, Some((0.0, 0.0)));
        assert!(linearity.worst.volts.abs() < 1e-15);
    }

    #[test]
    fn ends_that_touch_at_a_negative_zero_overlap_too() {
        let points: Vec<Point> = (0..12u32)
            .map(|n| point(f64::from(n), 0.0, f64::from(n % 2) - 1.0, if n % 2 == 0 { -0.0 } else { 1.0 }))
            .collect();
        assert_eq!(judge_linearity(&points).map(|l| (l.raw_fail, l.fail, l.offset.abs())), Some((0, 0, 0.0)));
    }

    #[test]
    fn equally_wide_stretches_choose_the_smaller_offset_then_the_lower() {
        let linearity = judged(&[-3.0, 4.0]);
        assert_eq!(linearity.fail, 1);
        assert!((linearity.offset - 3.0).abs() < 1e-12, "{}", linearity.offset);
        let tied = judged(&[-3.0, 3.0]);
        assert!((tied.offset + 3.0).abs() < 1e-12, "{}", tied.offset);
    }

    #[test]
    fn the_worst_margin_of_a_tie_lies_at_the_lowest_position() {
        let points = [point(2.0, 0.5, -1.0, 1.0), point(-3.0, -0.5, -1.0, 1.0), point(0.0, 0.5, -1.0, 1.0)];
        let linearity = judge_linearity(&points).expect("graded");
        assert!((linearity.worst.position + 3.0).abs() < 1e-12);
        assert!((linearity.worst.percent - 50.0).abs() < 1e-9);
    }

    #[test]
    fn ungraded_points_never_count() {
        let mut blank = point(0.0, 9.0, -1.0, 1.0);
        blank.upper = None;
        let defective = point(1.0, 9.0, 1.0, 1.0);
        assert_eq!(judge_linearity(&[blank, defective]), None);
        let linearity = judge_linearity(&[blank, defective, point(2.0, 0.0, -1.0, 1.0)]);
        assert_eq!(linearity.map(|l| (l.graded, l.fail)), Some((1, 0)));
    }

    #[test]
    fn the_sorted_sweep_finds_as_many_as_trying_every_end() {
        let mut state = 7u64;
        let mut next = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(99);
            ((state >> 40) % 41) as f64 / 10.0 - 2.0
        };
        for _ in 0..500 {
            let points: Vec<Point> = (0..9)
                .map(|i| {
                    let half = next().abs() + 0.1;
                    point(f64::from(i), next(), -half, half)
                })
                .collect();
            let found = judge_linearity(&points).expect("graded");
            let intervals: Vec<(f64, f64)> =
                graded(&points).iter().map(|p| (p.lower - p.error, p.upper - p.error)).collect();
            let deepest =
                intervals.iter().map(|&(b, _)| intervals.iter().filter(|&&(low, high)| low <= b && b <= high).count());
            assert_eq!(found.fail as usize, 9 - deepest.max().expect("nine"));
        }
    }
}
