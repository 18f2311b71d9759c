//! The share of failed units, lot by lot, against the limit of each lot.

use ratatui::layout::Rect;

use super::chart::{self, Frame, Level, Note};
use super::drift::{self, whole_percent};
use super::pen::{Pen, Span, span};
use super::plot::Plot;
use crate::monitoring::{DriftCharts, LotPoint, Subject};
use crate::spc::LotState;
use crate::spc::p_chart::PLimitBy;
use crate::trim::LocalTime;
use crate::tui::app::App;
use crate::tui::drift::DriftPane;
use crate::tui::theme::Role;
use crate::tui::window::Shown;

/// Days without a lot after which a new baseline is asked for.
const LONG_GAP: i64 = 90;

/// Draws the pane.
pub(super) fn draw(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let has_focus = app.drift.focus == DriftPane::Lots;
    let charts = app.drift.charts();
    let inside = drift::pane(app, pen, area, has_focus, title(charts));
    let Some(charts) = charts else { return drift::waits(pen, inside) };
    let shown = app.drift.shown_lots();
    let lots = charts.lots.get(shown.first..shown.end).unwrap_or(&[]);
    let (Some(first), Some(last)) = (lots.first(), lots.last()) else {
        return nothing(pen, inside, charts.lots.last().map(|lot| lot.last), "lot");
    };
    let Some(frame) = Frame::of(pen, inside) else { return };
    let plot = plotted(app, pen, &frame, charts, lots, shown);
    let known = |alarm: &crate::monitoring::Alarm| alarm.is_about(Subject::FailShare);
    let alarms = charts.alarms.iter().filter(|alarm| known(alarm));
    let alarms = alarms.filter_map(|alarm| Some((middle(lots, alarm.time)?, alarm.is_open())));
    let taken = chart::alarm_marks(pen, &frame, &plot, alarms);
    if let Some(over) = baseline_span(lots) {
        chart::bracket(pen, &frame, &plot, over, &baseline_words(charts), &taken);
    }
    let counted = format!("{} · {} of {} lots", app.drift.window.title(), shown.len(), shown.all);
    chart::dates(pen, &frame, (first.first, last.last), charts.newest, &counted);
    let under = app.drift.lot_shown().and_then(|lot| charts.lots.get(lot));
    let words = under.map_or_else(|| legend(charts), |lot| readout(lot, charts.newest));
    pen.spans(frame.words.x, frame.words.y, frame.words.width, &words);
}

/// `fail share by lot`, and what is to be known of its baseline.
fn title(charts: Option<&DriftCharts>) -> Vec<Span> {
    let mut title = vec![span("fail share by lot", Role::Title)];
    let Some(charts) = charts else { return title };
    match (charts.share, charts.share_learning) {
        (Some(share), _) => {
            let wide = if share.overdispersed { ", lots vary more than binomially" } else { "" };
            let late = if share.late_inside { ", late file inside" } else { "" };
            title.push(span(format!("  baseline {}{wide}{late}", whole_percent(share.share)), Role::Quiet));
        }
        (None, Some((lots, units))) => {
            title.push(span(format!("  no baseline yet: {lots} lots, {units} units"), Role::Quiet));
        }
        (None, None) => {}
    }
    title
}

/// What stands in place of a chart without points.
pub(super) fn nothing(pen: &mut Pen<'_>, area: Rect, newest: Option<LocalTime>, what: &str) {
    let said = match newest {
        Some(time) => format!("no {what} in this time; the newest is of {}. }} shows a longer time", time.date),
        None => format!("no {what} yet"),
    };
    pen.paragraph(area, &said, Role::Quiet);
}

fn plotted(app: &App, pen: &mut Pen<'_>, frame: &Frame, charts: &DriftCharts, lots: &[LotPoint], shown: Shown) -> Plot {
    let y = (0.0, top(lots));
    let width = lots.len() as f64;
    let mut plot = Plot::new(frame.plot.width, frame.plot.height, (0.0, width), y);
    points(&mut plot, lots, y.1);
    limits(&mut plot, lots);
    let levels = levels(charts, lots, y.1);
    if let Some(share) = charts.share {
        plot.level((0.0, width), share.share, 1, ('─', Role::Band));
    }
    let mut notes = chart::notes(charts, |time| between(lots, time));
    notes.extend(gaps(lots));
    chart::uprights(&mut plot, &notes);
    if let Some(at) = app.drift.lot_shown().and_then(|lot| lot.checked_sub(shown.first)) {
        plot.cursor(at as f64 + 0.5);
    }
    plot.render(pen, frame.plot);
    chart::labels(pen, frame, &plot, &levels);
    chart::note_words(pen, frame, &plot, &notes);
    plot
}

/// The largest judged share and the limit of a usual lot with some room over them: a tenth at least, no more than all.
/// Lots too small to be judged, and the wide limits of small ones, do not press the others down.
fn top(lots: &[LotPoint]) -> f64 {
    let judged = lots.iter().filter(|lot| matches!(lot.state, LotState::Open | LotState::Closed));
    let largest = judged.filter_map(LotPoint::share).fold(0.0, f64::max);
    let mut limits: Vec<f64> = lots.iter().filter_map(|lot| lot.limit).collect();
    limits.sort_by(f64::total_cmp);
    let usual = limits.get(limits.len() / 2).copied().unwrap_or(0.0);
    (largest.max(usual) * 1.12).clamp(0.1, 1.0)
}

/// The loud ones last, so that none is covered.
fn points(plot: &mut Plot, lots: &[LotPoint], top: f64) {
    for loud in [false, true] {
        for (lot, index) in lots.iter().zip(0u32..).filter(|(lot, _)| lot.signal == loud) {
            if let Some(share) = lot.share() {
                let (glyph, role) = mark(lot);
                // Only a lot that is not judged lies beyond; its arrow is no alarm's.
                let glyph = if share > top { '↑' } else { glyph };
                plot.mark(f64::from(index) + 0.5, share.min(top), Some(glyph), role);
            }
        }
    }
}

fn mark(lot: &LotPoint) -> (char, Role) {
    match lot.state {
        _ if lot.signal => ('✗', Role::Outside),
        LotState::Open => ('○', Role::Text),
        LotState::Closed if lot.in_baseline => ('●', Role::Quiet),
        LotState::Closed => ('●', Role::Text),
        LotState::Waiting | LotState::Unjudged => ('·', Role::Quiet),
    }
}

/// A step for each lot: its limit follows from its size.
fn limits(plot: &mut Plot, lots: &[LotPoint]) {
    for (lot, index) in lots.iter().zip(0u32..) {
        if let Some(limit) = lot.limit {
            let x = f64::from(index);
            plot.level((x + 0.02, x + 0.98), limit, 1, ('╌', Role::Band));
        }
    }
}

/// The centre, the last limit with how it was made, and round shares.
fn levels(charts: &DriftCharts, lots: &[LotPoint], top: f64) -> Vec<Level> {
    let level = |y: f64, number: String, name: String, role| Level { y, number, name, glyph: ' ', role };
    let mut levels = Vec::new();
    if let Some(lot) = lots.iter().rev().find(|lot| lot.limit.is_some())
        && let (Some(limit), Some(by)) = (lot.limit, lot.by)
    {
        let name = format!("≤ {} {}", whole_percent(limit), by_word(by));
        levels.push(level(limit, String::new(), name, Role::Text));
    }
    if let Some(share) = charts.share {
        let name = format!("baseline {}", whole_percent(share.share));
        levels.push(level(share.share, String::new(), name, Role::Quiet));
    }
    let step = [0.02, 0.05, 0.1, 0.25].into_iter().find(|step| top / step <= 5.0).unwrap_or(0.5);
    for tick in 0..6u32 {
        let y = f64::from(tick) * step;
        if y <= top {
            levels.push(level(y, whole_percent(y), String::new(), Role::Quiet));
        }
    }
    levels
}

/// How a limit was made, in the room beside the chart.
fn by_word(by: PLimitBy) -> &'static str {
    match by {
        PLimitBy::Normal => "normal",
        PLimitBy::Binomial => "binomial",
        PLimitBy::BetaBinomial => "beta-bin.",
    }
}

/// Where a moment lies: before the lot that it is the beginning of, else inside the lot that it is in.
fn between(lots: &[LotPoint], time: LocalTime) -> Option<f64> {
    let index = lots.partition_point(|lot| lot.last < time);
    let lot = lots.get(index)?;
    let before = time <= lot.first;
    (index > 0 || !before).then_some(index as f64 + if before { 0.0 } else { 0.3 })
}

/// The middle of the lot that a moment is in.
fn middle(lots: &[LotPoint], time: LocalTime) -> Option<f64> {
    let index = lots.partition_point(|lot| lot.last < time);
    lots.get(index).filter(|lot| lot.first <= time)?;
    Some(index as f64 + 0.5)
}

/// Lots stand one step apart whatever time lies between: a long while without any is told.
fn gaps(lots: &[LotPoint]) -> impl Iterator<Item = Note> {
    let pairs = lots.iter().zip(lots.iter().skip(1)).zip(1u32..);
    pairs.filter_map(|((before, after), index)| {
        let days = after.first.date.days() - before.last.date.days();
        let text = format!("{days} days without a lot");
        (days > LONG_GAP).then(|| Note { x: f64::from(index), text, glyph: '┆', role: Role::Quiet })
    })
}

fn baseline_span(lots: &[LotPoint]) -> Option<(f64, f64)> {
    let first = lots.iter().position(|lot| lot.in_baseline)?;
    let last = lots.iter().rposition(|lot| lot.in_baseline)?;
    Some((first as f64 + 0.3, last as f64 + 0.7))
}

fn baseline_words(charts: &DriftCharts) -> String {
    charts.share.map_or_else(String::new, |share| format!("baseline, {} lots", share.lots))
}

/// What the marks mean.
fn legend(charts: &DriftCharts) -> Vec<Span> {
    let mut legend = vec![span("● lot  ○ open  ", Role::Quiet)];
    legend.push(span("✗ signal", Role::Outside));
    if charts.share.is_some() {
        legend.push(span("  ╌ upper limit", Role::Quiet));
    }
    legend.push(span("  · not judged  ┆ change  ▲ alarm", Role::Quiet));
    legend
}

/// `3 Mar – 5 Mar   54 % of 69 units failed   limit 48 %, beta-binomial   ✗ SIGNAL`.
fn readout(lot: &LotPoint, newest: LocalTime) -> Vec<Span> {
    let (first, last) = (chart::day(lot.first.date, newest.date), chart::day(lot.last.date, newest.date));
    let days = if lot.first.date == lot.last.date { first } else { format!("{first} – {last}") };
    let mut words = vec![span(format!("{days}  "), Role::Cursor)];
    words.push(match lot.share() {
        Some(share) => span(format!("{} of {} failed", whole_percent(share), lot.units), Role::Text),
        None => span("no unit with a verdict", Role::Quiet),
    });
    if let (Some(limit), Some(by)) = (lot.limit, lot.by) {
        let by = match by {
            PLimitBy::Normal => "normal",
            PLimitBy::Binomial => "exact binomial",
            PLimitBy::BetaBinomial => "beta-binomial",
        };
        words.push(span(format!("  limit {}, {by}", whole_percent(limit)), Role::Text));
    }
    words.push(match lot.state {
        _ if lot.signal => span("  ✗ SIGNAL", Role::Outside),
        LotState::Open => span("  open, not judged", Role::Quiet),
        LotState::Waiting => span("  waits for more units", Role::Quiet),
        LotState::Unjudged => span("  too few units, not judged", Role::Quiet),
        LotState::Closed if lot.in_baseline => span("  in the baseline", Role::Quiet),
        LotState::Closed if lot.limit.is_some() => span("  within", Role::Pass),
        LotState::Closed => span("  no limit yet", Role::Quiet),
    });
    words
}
