//! A figure, unit by unit: readings, their weighted average, the baseline, control limits and spec limit.

use ratatui::layout::Rect;

use super::chart::{self, Frame, Level};
use super::drift::{self, reading, sigmas, with_unit};
use super::pen::{Pen, Span, span};
use super::plot::{Layer, Plot};
use super::{lots_chart, words};
use crate::monitoring::{DriftCharts, Metric, MetricBaseline, MetricChart, MetricLimits, MetricPoint, Subject};
use crate::spc::{Capability, Family, Scale, SignalBy};
use crate::trim::LocalTime;
use crate::tui::app::App;
use crate::tui::drift::DriftPane;
use crate::tui::theme::Role;
use crate::tui::window::Shown;

/// Columns a unit must have to be drawn as a glyph and not as a dot.
const ROOM: usize = 2;

/// Draws the pane.
pub(super) fn draw(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let has_focus = app.drift.focus == DriftPane::Units;
    let charts = app.drift.charted();
    let title = title(app.drift.metric, charts.map(|charts| &charts.chart));
    let inside = drift::pane(app, pen, area, has_focus, title);
    let Some(charts) = charts else { return drift::waits(pen, inside) };
    let shown = app.drift.shown_units();
    let points = charts.chart.points.get(shown.first..shown.end).unwrap_or(&[]);
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        let newest = charts.chart.points.last().map(|point| point.run.time);
        return lots_chart::nothing(app, pen, inside, newest, "unit with this figure");
    };
    let Some(frame) = Frame::of(pen, inside) else { return };
    let plot = plotted(app, pen, &frame, charts, points, shown);
    let about = charts.alarms.iter().filter(|alarm| alarm.is_about(Subject::Metric(charts.chart.metric)));
    let marks = about.filter_map(|alarm| Some((middle(points, alarm.time)?, alarm.is_open())));
    let taken = chart::alarm_marks(pen, &frame, &plot, marks);
    if let Some(over) = baseline_span(points) {
        chart::bracket(pen, &frame, &plot, over, &baseline_words(&charts.chart), &taken);
    }
    let of = words::thousands(shown.all as u64);
    let counted = format!("{} · {} of {of} units", app.drift.window.title(), words::thousands(shown.len() as u64));
    chart::dates(pen, &frame, (first.run.time, last.run.time), charts.newest, &counted);
    let under = app.drift.unit_shown().and_then(|unit| charts.chart.points.get(unit));
    let said = under.map_or_else(|| legend(&charts.chart), |point| readout(&charts.chart, point, charts.newest));
    pen.spans(frame.words.x, frame.words.y, frame.words.width, &said);
}

/// The figure, whether it may alarm, and what the process can hold.
fn title(metric: Metric, chart: Option<&MetricChart>) -> Vec<Span> {
    let mut title = vec![span(metric.title(), Role::Title), span(" by unit", Role::Title)];
    let Some(chart) = chart else { return title };
    if let Some(capability) = &chart.capability {
        title.push(span(format!("  {}", capable(capability)), Role::Text));
    }
    if chart.baseline.is_none() {
        title.push(span("  no baseline yet", Role::Quiet));
    } else if chart.limits.is_none_or(|limits| !limits.alarms) {
        title.push(span("  evidence, never alarms", Role::Quiet));
    }
    title
}

/// `Cpk 1.12 (0.98…1.26)  Ppk 0.97 (0.85…1.09)  n 402`.
fn capable(capability: &Capability) -> String {
    let index = |index: crate::spc::capability::Index| {
        format!("{:.2} ({:.2}…{:.2})", index.value, index.lower, index.upper).replace('-', "−")
    };
    let n = words::thousands(capability.n as u64);
    format!("Cpk {}  Ppk {}  n {n}", index(capability.cpk), index(capability.ppk))
}

fn plotted(
    app: &App,
    pen: &mut Pen<'_>,
    frame: &Frame,
    charts: &DriftCharts,
    points: &[MetricPoint],
    shown: Shown,
) -> Plot {
    let chart = &charts.chart;
    let scaled = Scaled::of(chart.metric);
    let width = points.len() as f64;
    let mut plot = Plot::new(frame.plot.width, frame.plot.height, (0.0, width), range(chart, points, scaled));
    average(&mut plot, points, scaled);
    readings(&mut plot, points, scaled);
    let levels = levels(chart, scaled);
    for level in &levels {
        // Limits are dashed, the centre and the spec are not.
        let every = if matches!(level.glyph, '╌' | '┄') { 2 } else { 1 };
        plot.level((0.0, width), level.y, every, (level.glyph, level.role));
    }
    let notes = chart::notes(charts, |time| between(points, time));
    chart::uprights(&mut plot, &notes);
    if let Some(at) = app.drift.unit_shown().and_then(|unit| unit.checked_sub(shown.first)) {
        plot.cursor(at as f64 + 0.5);
    }
    plot.render(pen, frame.plot);
    chart::labels(pen, frame, &plot, &levels);
    chart::note_words(pen, frame, &plot, &notes);
    plot
}

/// Readings of a log scale are drawn on one: limits that are alike in sigmas are alike in height.
#[derive(Clone, Copy)]
struct Scaled {
    log: bool,
}

impl Scaled {
    fn of(metric: Metric) -> Self {
        Self { log: metric.scale() == Scale::Log }
    }

    fn y(self, reading: f64) -> f64 {
        if self.log { reading.max(f64::MIN_POSITIVE).ln() } else { reading }
    }
}

/// Limits, centre, and the readings that are none of the far ones; those get arrows.
fn range(chart: &MetricChart, points: &[MetricPoint], scaled: Scaled) -> (f64, f64) {
    let mut fixed: Vec<f64> = Vec::new();
    if let Some(limits) = &chart.limits {
        let (low, high) = limits.single.unwrap_or_default();
        fixed.extend([low, high, limits.ewma.0, limits.ewma.1].into_iter().flatten());
    }
    fixed.extend(chart.baseline.iter().map(|baseline| baseline.centre));
    fixed.extend(chart.metric.spec());
    fixed.extend(points.iter().filter_map(|point| point.ewma));
    let mut near: Vec<f64> = points.iter().filter(|point| !point.cut).map(|point| scaled.y(point.reading)).collect();
    near.retain(|y| y.is_finite());
    // Without a baseline nothing says which reading is far: one in fifty at either end may be.
    if chart.baseline.is_none() {
        near.sort_by(f64::total_cmp);
        let away = near.len() / 50;
        near = near.get(away..near.len() - away).unwrap_or(&[]).to_vec();
    }
    let all = || near.iter().copied().chain(fixed.iter().map(|value| scaled.y(*value))).filter(|y| y.is_finite());
    let (low, high) = (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
    if low > high {
        return (0.0, 1.0);
    }
    let room = ((high - low) * 0.06).max(high.abs().max(low.abs()) * 1e-3).max(1e-9);
    (low - room, high + room)
}

/// A new average after the baseline begins a line of its own.
fn average(plot: &mut Plot, points: &[MetricPoint], scaled: Scaled) {
    let at = || points.iter().zip(0u32..).map(|(point, index)| (f64::from(index) + 0.5, point.ewma));
    for ((x0, before), (x1, now)) in at().zip(at().skip(1)) {
        if let (Some(before), Some(now)) = (before, now) {
            plot.line((x0, scaled.y(before)), (x1, scaled.y(now)), Layer::Average);
        }
    }
}

/// Dots where units are many, glyphs where each has room; signals are loud, far readings are arrows at the edge.
fn readings(plot: &mut Plot, points: &[MetricPoint], scaled: Scaled) {
    let roomy = points.len() * ROOM <= usize::from(plot.columns());
    for (point, index) in points.iter().zip(0u32..) {
        let (x, y) = (f64::from(index) + 0.5, scaled.y(point.reading));
        if roomy {
            let quiet = if point.in_baseline { Role::Quiet } else { Role::Text };
            plot.mark(x, y, Some(if point.open { '○' } else { '●' }), quiet);
        } else {
            plot.point(x, y, Layer::Points);
        }
    }
    for (point, index) in points.iter().zip(0u32..) {
        let (x, y) = (f64::from(index) + 0.5, scaled.y(point.reading));
        match point.signal {
            Some(SignalBy::Individual) => plot.mark(x, y, Some('✗'), Role::Outside),
            Some(SignalBy::Ewma) => {
                plot.mark(x, scaled.y(point.ewma.unwrap_or(point.reading)), Some('✗'), Role::Outside);
            }
            // What lies beyond the range, for a reading that is no signal.
            None => plot.mark(x, y, None, Role::Warning),
        }
    }
}

/// The spec first, then control limits, then the centre: where two share a row the earlier is named.
fn levels(chart: &MetricChart, scaled: Scaled) -> Vec<Level> {
    let metric = chart.metric;
    let level = |value: f64, name: String, glyph: char, role: Role| Level {
        y: scaled.y(value),
        number: reading(metric, value),
        name,
        glyph,
        role,
    };
    let mut levels = Vec::new();
    if let Some(spec) = metric.spec() {
        levels.push(level(spec, "spec limit".to_owned(), '═', Role::Title));
    }
    if let Some(limits) = &chart.limits {
        let (single, average) = names(limits);
        let (low, high) = limits.single.unwrap_or_default();
        for value in [high, low].into_iter().flatten() {
            levels.push(level(value, single.clone(), '╌', Role::Band));
        }
        for value in [limits.ewma.1, limits.ewma.0].into_iter().flatten() {
            levels.push(level(value, average.clone(), '┄', Role::Band));
        }
    }
    if let Some(baseline) = &chart.baseline {
        levels.push(level(baseline.centre, "baseline".to_owned(), '─', Role::Band));
    }
    levels
}

/// `individuals 3.9 σ` and `EWMA 3.3 σ`.
fn names(limits: &MetricLimits) -> (String, String) {
    let (single, average) = limits.sigmas;
    let slow = if limits.family == Family::Smooth { "slow EWMA" } else { "EWMA" };
    let single = single.map_or_else(|| "individuals".to_owned(), |sigmas| format!("individuals {sigmas:.1} σ"));
    match limits.family {
        Family::Individuals => (format!("individuals {average:.1} σ"), "EWMA".to_owned()),
        _ => (single, format!("{slow} {average:.1} σ")),
    }
}

fn between(points: &[MetricPoint], time: LocalTime) -> Option<f64> {
    let index = points.partition_point(|point| point.run.time < time);
    let inside = index < points.len() && (index > 0 || points.first().is_some_and(|first| first.run.time == time));
    inside.then_some(index as f64)
}

fn middle(points: &[MetricPoint], time: LocalTime) -> Option<f64> {
    let index = points.partition_point(|point| point.run.time <= time).checked_sub(1)?;
    let (first, last) = (points.first()?.run.time, points.last()?.run.time);
    (first <= time && time <= last).then_some(index as f64 + 0.5)
}

fn baseline_span(points: &[MetricPoint]) -> Option<(f64, f64)> {
    let first = points.iter().position(|point| point.in_baseline)?;
    let last = points.iter().rposition(|point| point.in_baseline)?;
    Some((first as f64 + 0.1, last as f64 + 0.9))
}

fn baseline_words(chart: &MetricChart) -> String {
    chart.baseline.map_or_else(String::new, |baseline| {
        format!("baseline, {} lots, {} units", baseline.lots, words::thousands(baseline.units as u64))
    })
}

/// What the lines mean, with the limits' kind where no name stands beside them.
fn legend(chart: &MetricChart) -> Vec<Span> {
    let mut legend = vec![span("· unit  ", Role::Quiet), span("✗ signal", Role::Outside)];
    if let Some(limits) = &chart.limits {
        let (single, average) = names(limits);
        if limits.single.is_some() {
            legend.push(span(format!("  ╌ {single}"), Role::Quiet));
        }
        legend.push(span(format!("  ┄ {average}"), Role::Quiet));
    }
    if chart.metric.spec().is_some() {
        legend.push(span("  ═ spec", Role::Quiet));
    }
    legend.push(span("  ▲▼ beyond", Role::Quiet));
    legend
}

/// How far a reading is from the baseline, in its sigmas, on the chart's scale.
fn shift(metric: Metric, baseline: &MetricBaseline, reading: f64) -> Option<f64> {
    let scaled = Scaled::of(metric);
    let centre = scaled.y(baseline.centre);
    let above = scaled.y(reading) >= centre;
    // One sigma below and above the centre, as values.
    let edge = if above { baseline.centre + baseline.sigma.1 } else { baseline.centre - baseline.sigma.0 };
    let sigma = (scaled.y(edge) - centre).abs();
    Some((scaled.y(reading) - centre) / sigma).filter(|shift| shift.is_finite())
}

/// `5 Mar 10:42   6.02   +2.1 σ   EWMA 5.10 of 5.62   ✗ EWMA SIGNAL`.
fn readout(chart: &MetricChart, point: &MetricPoint, newest: LocalTime) -> Vec<Span> {
    let metric = chart.metric;
    let time = point.run.time;
    let mut words = vec![span(format!("{} {}  ", chart::day(time.date, newest.date), time.clock()), Role::Cursor)];
    words.push(span(with_unit(metric, point.reading), Role::Selected));
    if let Some(shift) = chart.baseline.as_ref().and_then(|baseline| shift(metric, baseline, point.reading)) {
        words.push(span(format!("  {}", sigmas(shift)), Role::Text));
    }
    if point.cut {
        words.push(span("  counts as 8 σ", Role::Warning));
    }
    if let Some(average) = point.ewma {
        words.push(span(format!("  EWMA {}", with_unit(metric, average)), Role::Text));
    }
    words.push(match point.signal {
        Some(SignalBy::Individual) => span("  ✗ SIGNAL, single value", Role::Outside),
        Some(SignalBy::Ewma) => span("  ✗ SIGNAL, EWMA", Role::Outside),
        None if point.in_baseline => span("  in the baseline", Role::Quiet),
        None if point.open => span("  lot still open", Role::Quiet),
        None if chart.limits.is_some() => span("  within", Role::Pass),
        None => span("", Role::Quiet),
    });
    if let Some(limits) = &chart.limits {
        words.push(span(format!("  limits {}", limit_words(metric, limits)), Role::Quiet));
    }
    words
}

/// `3.10…6.20, EWMA 3.80…5.10`; `≤ 6.20` where one side is watched.
fn limit_words(metric: Metric, limits: &MetricLimits) -> String {
    let sides = |(low, high): (Option<f64>, Option<f64>)| match (low, high) {
        (Some(low), Some(high)) => format!("{}…{}", reading(metric, low), reading(metric, high)),
        (None, Some(high)) => format!("≤ {}", reading(metric, high)),
        (Some(low), None) => format!("at least {}", reading(metric, low)),
        (None, None) => "–".to_owned(),
    };
    let single = limits.single.map(|single| format!("{}, ", sides(single))).unwrap_or_default();
    format!("{single}EWMA {}", sides(limits.ewma))
}
