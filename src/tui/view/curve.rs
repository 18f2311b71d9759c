//! The error curve of a sweep inside its limit band.

use ratatui::layout::Rect;

use super::pen::Pen;
use super::plot::{Layer, Plot};
use crate::analysis::{SweepCurve, position, signed_volts};
use crate::trim::PositionUnit;
use crate::tui::stretch::Stretch;
use crate::tui::theme::Role;

/// The range shown, in heights of the band.
const BANDS: f64 = 3.0;
/// Columns of the labels at the left.
const LABELS: u16 = 9;

/// What is drawn.
pub(super) struct Shown<'a> {
    /// The sweep the verdict rests on.
    pub(super) judged: &'a SweepCurve,
    /// The untrimmed sweep.
    pub(super) behind: Option<&'a SweepCurve>,
    /// Volts the judged sweep is shifted by.
    pub(super) offset: f64,
    /// Whether the judged sweep is drawn unshifted too.
    pub(super) stored: bool,
    /// The point under the cursor.
    pub(super) cursor: Option<usize>,
    /// The part that is shown.
    pub(super) stretch: Stretch,
}

/// Draws curve, band, marks and axes.
pub(super) fn draw(pen: &mut Pen<'_>, area: Rect, shown: &Shown<'_>, unit: PositionUnit) {
    let Some((x, y)) = ranges(shown) else { return };
    let axis = u16::from(area.height > 6);
    let (width, height) = (area.width.saturating_sub(LABELS), area.height.saturating_sub(1 + axis));
    if width < 8 || height == 0 {
        return;
    }
    let chart = Rect { x: area.x + LABELS, y: area.y, width, height };
    let mut plot = Plot::new(width, height, x, y);
    if let Some(behind) = shown.behind {
        curve(&mut plot, behind, 0.0, Layer::Behind);
    }
    band(&mut plot, shown.judged);
    if shown.stored {
        curve(&mut plot, shown.judged, 0.0, Layer::Stored);
    }
    curve(&mut plot, shown.judged, shown.offset, Layer::Curve);
    outside(&mut plot, shown);
    if let Some(at) = shown.cursor.and_then(|at| shown.judged.position.get(at)) {
        plot.cursor(f64::from(*at));
    }
    plot.render(pen, chart);
    y_labels(pen, area, &plot, shown.judged, y);
    if axis == 1 {
        x_axis(pen, chart, &plot, shown.judged);
    }
    x_labels(pen, Rect { y: chart.bottom() + axis, height: 1, ..chart }, x, unit);
}

type Range = (f64, f64);

/// All positions, and the band three times over; without a band the errors themselves.
fn ranges(shown: &Shown<'_>) -> Option<(Range, Range)> {
    let x = extent(shown.judged.position.iter().copied())?;
    let x = if x.1 > x.0 { shown.stretch.of(x) } else { (x.0 - 1.0, x.1 + 1.0) };
    let y = match band_extent(shown.judged) {
        Some((low, high)) if high > low => {
            let (centre, half) = (f64::midpoint(low, high), (high - low) / 2.0);
            (centre - BANDS * half, centre + BANDS * half)
        }
        _ => {
            let (low, high) = extent(shown.judged.error.iter().copied())?;
            let room = ((high - low) / 10.0).max(1e-6);
            (low - room, high + room)
        }
    };
    Some((x, y))
}

/// The least and the greatest of values that are numbers.
pub fn extent(values: impl Iterator<Item = f32>) -> Option<Range> {
    let finite = values.map(f64::from).filter(|value| value.is_finite());
    finite.fold(None, |range: Option<Range>, value| {
        Some(range.map_or((value, value), |(low, high)| (low.min(value), high.max(value))))
    })
}

fn band_extent(sweep: &SweepCurve) -> Option<Range> {
    let graded = || limits(sweep).flatten();
    let low = graded().map(|(low, _)| low).reduce(f64::min)?;
    let high = graded().map(|(_, high)| high).reduce(f64::max)?;
    Some((low, high))
}

/// The limits of each point, where it is graded.
fn limits(sweep: &SweepCurve) -> impl Iterator<Item = Option<Range>> {
    let pairs = sweep.lower.iter().zip(&sweep.upper);
    pairs.map(|(low, high)| (high > low).then_some((f64::from(*low), f64::from(*high))))
}

fn points(sweep: &SweepCurve, offset: f64) -> impl Iterator<Item = (f64, f64)> {
    sweep.position.iter().zip(&sweep.error).map(move |(x, e)| (f64::from(*x), f64::from(*e) + offset))
}

fn curve(plot: &mut Plot, sweep: &SweepCurve, offset: f64, layer: Layer) {
    for (from, to) in points(sweep, offset).zip(points(sweep, offset).skip(1)) {
        segment(plot, from, to, layer);
    }
}

/// A line from point to point, cut off where the chart ends; a point that is no number leaves a gap.
fn segment(plot: &mut Plot, from: (f64, f64), to: (f64, f64), layer: Layer) {
    let (left, right) = plot.ends();
    let numbers = [from.0, from.1, to.0, to.1].iter().all(|value| value.is_finite());
    let outside = from.0.max(to.0) < left || from.0.min(to.0) > right;
    if !numbers || outside {
        return;
    }
    let slope = (to.1 - from.1) / (to.0 - from.0);
    let cut = |(x, y): (f64, f64)| {
        let inside = x.clamp(left, right);
        if slope.is_finite() { (inside, y + (inside - x) * slope) } else { (inside, y) }
    };
    plot.line(cut(from), cut(to), layer);
}

fn band(plot: &mut Plot, sweep: &SweepCurve) {
    let at = || sweep.position.iter().map(|x| f64::from(*x)).zip(limits(sweep));
    for ((x0, before), (x1, now)) in at().zip(at().skip(1)) {
        if let (Some((low0, high0)), Some((low1, high1))) = (before, now) {
            segment(plot, (x0, low0), (x1, low1), Layer::Band);
            segment(plot, (x0, high0), (x1, high1), Layer::Band);
        }
    }
}

/// Points outside are marked; points beyond the range get arrows, graded or not.
fn outside(plot: &mut Plot, shown: &Shown<'_>) {
    for ((x, e), limits) in points(shown.judged, shown.offset).zip(limits(shown.judged)) {
        match limits {
            Some((low, high)) if e > high || e < low => plot.mark(x, e, Some('●'), Role::Outside),
            _ => plot.mark(x, e, None, Role::Quiet),
        }
    }
}

/// Upper limit, zero and lower limit where they lie, else the edges of the range.
fn y_labels(pen: &mut Pen<'_>, area: Rect, plot: &Plot, sweep: &SweepCurve, range: Range) {
    let (low, high) = band_extent(sweep).unwrap_or(range);
    let mut taken: Vec<u16> = Vec::new();
    for value in [high, low, 0.0, range.1, range.0] {
        let Some(row) = plot.row(value) else { continue };
        if !taken.contains(&row) {
            taken.push(row);
            let label = if value == 0.0 { "0".to_owned() } else { signed_volts(value) };
            pen.put_right(area.x, area.y + row, LABELS - 1, &label, Role::Quiet);
        }
    }
}

/// The axis is a row of hatches where no point is graded, and nothing elsewhere.
fn x_axis(pen: &mut Pen<'_>, chart: Rect, plot: &Plot, sweep: &SweepCurve) {
    let mut graded = vec![None; usize::from(chart.width)];
    for (x, limits) in sweep.position.iter().zip(limits(sweep)) {
        if let Some(cell) = plot.column(f64::from(*x)).and_then(|column| graded.get_mut(usize::from(column))) {
            *cell = Some(limits.is_some() || *cell == Some(true));
        }
    }
    let mut last = None;
    for (column, graded) in (chart.x..chart.right()).zip(graded) {
        last = graded.or(last);
        if last == Some(false) {
            pen.glyph(column, chart.bottom(), '░', Role::Quiet);
        }
    }
}

fn x_labels(pen: &mut Pen<'_>, area: Rect, x: Range, unit: PositionUnit) {
    pen.put(area.x, area.y, area.width, &position(x.0), Role::Quiet);
    if area.width > 40 {
        let middle = position(f64::midpoint(x.0, x.1));
        pen.put(area.x + area.width / 2 - 2, area.y, 12, &middle, Role::Quiet);
    }
    let last = format!("{} {}", position(x.1), unit.symbol());
    pen.put_right(area.x + area.width / 2 + 10, area.y, area.width - area.width / 2 - 10, &last, Role::Quiet);
}
