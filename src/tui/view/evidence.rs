//! Below a chart of Drift: the evidence table, why the line stands so, what the detector says, what changed.

use ratatui::layout::Rect;

use super::chart::day;
use super::drift::{self, reading, sigmas, whole_percent};
use super::pen::{Pen, Span, broken, left, right, span};
use super::words::thousands;
use crate::monitoring::{DriftCharts, DriftList, Evidence, MetricBaseline};
use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::drift::DriftPane;
use crate::tui::layout;
use crate::tui::symbols::Symbols;
use crate::tui::theme::Role;

type Line = Vec<Span>;

/// Changes of the station that are told.
const MOST_CHANGES: usize = 12;

/// Columns of the table where what is said stands beside it.
const TABLE: u16 = 58;
/// A pane of fewer columns has both below each other.
const WIDE: u16 = 96;

/// Lines that can be scrolled, and how many of them are shown at once.
pub fn room(app: &App) -> (usize, usize) {
    let panes = layout::parts(app).detail.map(|area| layout::drift_panes(app, area));
    // What is not on screen stays where it was scrolled to.
    let shown = panes.and_then(|panes| panes.below).filter(|_| app.drift.focus != DriftPane::Alarms);
    let Some(area) = shown else { return (app.drift.evidence_top, 0) };
    (scrolled(app, area).len(), usize::from(area.height.saturating_sub(1)))
}

/// Draws the pane: the table with what is said beside it, else below it.
pub(super) fn draw(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let lines = scrolled(app, area);
    let room = usize::from(area.height.saturating_sub(1));
    let top = app.drift.evidence_top.min(lines.len().saturating_sub(room));
    let mut title = vec![span("evidence", Role::Title)];
    if lines.len() > room {
        let above = if top > 0 { format!("{top} above, ") } else { String::new() };
        title.push(span(format!("  {above}{} below", lines.len() - room - top), Role::Quiet));
    }
    let mut inside = drift::pane(app, pen, area, app.drift.focus == DriftPane::Evidence, title);
    if area.width >= WIDE
        && let Some(charts) = app.drift.charts()
    {
        for (line, y) in table(app, charts, usize::from(TABLE)).iter().zip(inside.y..inside.bottom()) {
            pen.spans(inside.x, y, TABLE, line);
        }
        inside = Rect { x: inside.x + TABLE + 2, width: inside.width.saturating_sub(TABLE + 2), ..inside };
    }
    for (line, y) in lines.iter().skip(top).zip(inside.y..inside.bottom()) {
        pen.spans(inside.x, y, inside.width, line);
    }
}

fn scrolled(app: &App, area: Rect) -> Vec<Line> {
    let Some(charts) = app.drift.charts() else { return vec![vec![span("asked for …", Role::Quiet)]] };
    let width = usize::from(area.width.saturating_sub(2));
    if area.width >= WIDE {
        let beside = words(app, charts, width.saturating_sub(usize::from(TABLE + 2)));
        return beside.into_iter().skip_while(Vec::is_empty).collect();
    }
    let mut lines = table(app, charts, width);
    lines.extend(words(app, charts, width));
    lines
}

fn words(app: &App, charts: &DriftCharts, width: usize) -> Vec<Line> {
    let symbols = app.look.symbols;
    let mut lines = Vec::new();
    if let Some(line) = app.drift.line().filter(|line| !line.why.is_empty()) {
        section(&mut lines, "Why", Role::Title);
        said(&mut lines, symbols, width, &line.why, Role::Text);
    }
    if let Some(why) = &charts.asks_for_baseline {
        section(&mut lines, "▲ A new baseline is asked for", Role::Warning);
        said(&mut lines, symbols, width, &format!("{why}. {} gives one", app.key(Action::NewBaseline)), Role::Text);
    }
    report(&mut lines, symbols, width, charts);
    changes(&mut lines, symbols, width, charts);
    baselines(&mut lines, symbols, width, charts);
    if let Some(list) = &app.drift.list {
        section(&mut lines, "False alarms", Role::Title);
        said(&mut lines, symbols, width, &false_alarms(list), Role::Quiet);
    }
    lines
}

fn section(lines: &mut Vec<Line>, title: &str, role: Role) {
    lines.push(Vec::new());
    lines.push(vec![span(title, role)]);
}

/// A sentence over as many lines as it takes, indented.
fn said(lines: &mut Vec<Line>, symbols: Symbols, width: usize, text: &str, role: Role) {
    let broken = broken(symbols, text, width.saturating_sub(2));
    lines.extend(broken.into_iter().map(|line| vec![span(format!("  {line}"), role)]));
}

/// Columns of the figures: baseline, now, units.
const FIGURES: [usize; 3] = [8, 8, 5];

fn table(app: &App, charts: &DriftCharts, width: usize) -> Vec<Line> {
    let symbols = app.look.symbols;
    let shift = if symbols == Symbols::Ascii { 10 } else { 6 };
    let [base, now, units] = FIGURES;
    // A mark in front and one behind, with a space before each cell but the first.
    let name = width.saturating_sub(1 + base + now + units + shift + 4 + 2).clamp(8, 24);
    let front = |metric: &str, baseline: &str, value: &str| {
        let (baseline, value) = (right(symbols, baseline, base), right(symbols, value, now));
        format!("{} {baseline} {value}", left(symbols, metric, name))
    };
    let behind = |by: &str, n: &str| format!(" {} {}", right(symbols, by, shift), right(symbols, n, units));
    let heads = format!(" {}{}", front("METRIC", "BASELINE", "NOW"), behind("SHIFT", "N"));
    let mut lines = vec![vec![span(heads, Role::Title)]];
    for evidence in &charts.evidence {
        let metric = evidence.metric;
        let chosen = metric == app.drift.metric;
        let baseline = evidence.baseline.map(|baseline| drift::with_unit(metric, baseline.centre));
        let baseline = baseline.unwrap_or_else(|| learning(evidence));
        let now = evidence.now.map_or_else(|| "–".to_owned(), |now| drift::with_unit(metric, now));
        let by = evidence.shift.map_or_else(|| "–".to_owned(), sigmas);
        let (mark, role) = mark(evidence);
        let text = if chosen { Role::Selected } else { Role::Text };
        lines.push(vec![
            span(if chosen { "▸" } else { " " }, Role::Focus),
            span(front(metric.title(), &baseline, &now), text),
            span(behind(&by, &evidence.units.to_string()), if role == Role::Text { text } else { role }),
            span(format!(" {mark}"), role),
        ]);
    }
    lines
}

/// Units towards a baseline, where there is none.
fn learning(evidence: &Evidence) -> String {
    evidence.learning.map_or_else(|| "–".to_owned(), |(lots, _)| format!("{lots} lots"))
}

fn mark(evidence: &Evidence) -> (&'static str, Role) {
    match (evidence.signal, evidence.near) {
        (true, _) => ("▲", Role::Outside),
        (false, true) => ("●", Role::Warning),
        (false, false) => (" ", Role::Text),
    }
}

fn report(lines: &mut Vec<Line>, symbols: Symbols, width: usize, charts: &DriftCharts) {
    let Some(report) = &charts.report else { return };
    section(lines, &format!("{}: {}", report.speaker, report.severity), Role::Title);
    for moved in &report.moved {
        said(lines, symbols, width, moved, Role::Text);
    }
    for advice in &report.recommendations {
        said(lines, symbols, width, &format!("▸ {advice}"), Role::Selected);
    }
}

/// Changes of the station and new beginnings, the newest first.
fn changes(lines: &mut Vec<Line>, symbols: Symbols, width: usize, charts: &DriftCharts) {
    let markers = charts.markers.iter().map(|marker| (marker.time, marker.to_string()));
    let epochs = charts
        .epochs
        .iter()
        .map(|epoch| (epoch.from, format!("new baseline from here on: {} ({})", epoch.reason, epoch.by)));
    let mut all: Vec<_> = markers.chain(epochs).collect();
    all.sort_by_key(|(time, _)| std::cmp::Reverse(*time));
    section(lines, "What changed", Role::Title);
    if all.is_empty() {
        said(lines, symbols, width, "nothing that the station states", Role::Quiet);
    }
    for (time, what) in all.iter().take(MOST_CHANGES) {
        said(lines, symbols, width, &format!("{}  {what}", day(time.date, charts.newest.date)), Role::Text);
    }
    if let Some(more) = all.len().checked_sub(MOST_CHANGES).filter(|more| *more > 0) {
        said(lines, symbols, width, &format!("and {more} before"), Role::Quiet);
    }
}

/// From when the baselines are, and what is to be known of them.
fn baselines(lines: &mut Vec<Line>, symbols: Symbols, width: usize, charts: &DriftCharts) {
    section(lines, "Baselines", Role::Title);
    let share = charts.share.map(|share| {
        let days = between(share.from, share.to, charts);
        let wide = if share.overdispersed { "; lots vary more than binomially" } else { "" };
        let late = if share.late_inside { "; a late file lies inside" } else { "" };
        let units = thousands(share.units);
        format!("fail share {}: {days}, {} lots, {units} units{wide}{late}", whole_percent(share.share), share.lots)
    });
    let learning = || {
        let (lots, units) = charts.share_learning?;
        Some(format!("fail share: not enough baseline, {lots} lots with {units} units so far"))
    };
    if let Some(share) = share.or_else(learning) {
        said(lines, symbols, width, &share, Role::Text);
    }
    let of_chart = charts.evidence.iter().find(|evidence| evidence.metric == charts.chart.metric);
    match (charts.chart.baseline, of_chart.and_then(|evidence| evidence.learning)) {
        (Some(baseline), _) => said(lines, symbols, width, &figure(charts, &baseline), Role::Text),
        (None, Some((lots, units))) => {
            let metric = charts.chart.metric.title();
            let text = format!("{metric}: not enough baseline, {lots} lots with {units} units so far");
            said(lines, symbols, width, &text, Role::Text);
        }
        (None, None) => {}
    }
    if let Some((impossible, cut)) = of_chart.map(|evidence| evidence.odd).filter(|odd| *odd != (0, 0)) {
        let text = format!("since then {impossible} impossible readings left out, {cut} counted as 8 σ");
        said(lines, symbols, width, &text, Role::Quiet);
    }
}

fn figure(charts: &DriftCharts, baseline: &MetricBaseline) -> String {
    let metric = charts.chart.metric;
    let (centre, days) = (drift::with_unit(metric, baseline.centre), between(baseline.from, baseline.to, charts));
    let (low, high) = (baseline.centre - baseline.sigma.0, baseline.centre + baseline.sigma.1);
    let mut text = format!(
        "{} {centre}, σ {}…{}: {days}, {} lots, {} units",
        metric.title(),
        reading(metric, low),
        reading(metric, high),
        baseline.lots,
        thousands(baseline.units as u64)
    );
    let autocorrelated = format!("; limits reckon with autocorrelation 0.{:02}", baseline.phi_percent);
    let left_out = format!("; {} impossible readings left out", baseline.left_out);
    for (so, what) in [
        (baseline.phi_percent > 0, autocorrelated.as_str()),
        (baseline.floored, "; sigma is 1 % of the mean, less was found"),
        (baseline.late_inside, "; a late file lies inside"),
        (baseline.left_out > 0, left_out.as_str()),
    ] {
        text.push_str(if so { what } else { "" });
    }
    text
}

fn between(from: crate::trim::LocalTime, to: crate::trim::LocalTime, charts: &DriftCharts) -> String {
    format!("{} – {}", day(from.date, charts.newest.date), day(to.date, charts.newest.date))
}

/// What the limits were made for, and what they will keep.
fn false_alarms(list: &DriftList) -> String {
    let asked = format!("The limits are made for one in {:.0} days in the whole shop", list.asked_days);
    match list.expected_days {
        Some(expected) if list.clamped => {
            format!("{asked}; some had to be kept within bounds, so that one in {expected:.0} days is expected.")
        }
        _ => format!("{asked}."),
    }
}
