//! Drift: the list over the charts of the selected line, with the evidence below them.

use ratatui::layout::Rect;

use super::pen::{Pen, Span, span};
use super::{alarms, drift_list, evidence, lots_chart, units_chart};
use crate::monitoring::{DriftLine, Metric};
use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::drift::DriftPane;
use crate::tui::layout::{self, Parts, Size};
use crate::tui::theme::Role;

/// Draws list, chart and what stands beside it.
pub(super) fn draw(app: &App, pen: &mut Pen<'_>, parts: &Parts) {
    if parts.list.height > 0 {
        drift_list::draw(app, pen, parts.list);
    }
    let (Some(area), Some(line)) = (parts.detail, app.drift.line()) else { return };
    if app.drift.focus == DriftPane::List && layout::size(app.size.0, app.size.1) == Size::Small {
        return briefly(app, pen, area, line);
    }
    let panes = layout::drift_panes(app, area);
    if let Some(area) = panes.chart {
        if app.drift.shows_units() {
            units_chart::draw(app, pen, area);
        } else {
            lots_chart::draw(app, pen, area);
        }
    }
    if let Some(area) = panes.below {
        if app.drift.focus == DriftPane::Alarms {
            alarms::draw(app, pen, area);
        } else {
            evidence::draw(app, pen, area);
        }
    }
}

/// A few lines on the selected line, where there is no room for a chart beside the list.
fn briefly(app: &App, pen: &mut Pen<'_>, area: Rect, line: &DriftLine) {
    let inside = pen.rule(area, &[span(line.stream.to_string(), Role::Selected)], Role::Quiet);
    let place = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
    let nothing = || format!("nothing to say; {} shows the charts", app.key(Action::Open));
    let said = if line.why.is_empty() { nothing() } else { line.why.clone() };
    pen.paragraph(place, &said, Role::Text);
}

/// Draws the title of a pane; returns what is inside. Where the list is not beside it, it says whose it is.
pub(super) fn pane(app: &App, pen: &mut Pen<'_>, area: Rect, has_focus: bool, title: Vec<Span>) -> Rect {
    let mut spans = title;
    if layout::parts(app).list.height == 0
        && let Some(line) = app.drift.line()
    {
        let (state, role) = drift_list::state(app, line);
        spans.insert(0, span("  ", Role::Text));
        spans.insert(0, span(state, role));
        spans.insert(0, span(format!("{} ", line.stream), Role::Selected));
    }
    let inside = pen.rule(area, &spans, if has_focus { Role::Focus } else { Role::Quiet });
    Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside }
}

/// What stands in a pane until its content comes.
pub(super) fn waits(pen: &mut Pen<'_>, area: Rect) {
    pen.put(area.x, area.y, area.width, "asked for …", Role::Quiet);
}

/// A reading as its figure is written: `881`, `+11.6`, `4.12`, `0.44`.
pub(super) fn reading(metric: Metric, value: f64) -> String {
    let digits = match metric {
        Metric::UntrimmedResistance => usize::from(value.abs() < 100.0),
        Metric::ResistanceChange | Metric::Passes => 1,
        Metric::Risk => 2,
        _ => match value.abs() {
            100.0.. => 0,
            10.0.. => 1,
            _ => 2,
        },
    };
    // A value that is rounded away is no minus nothing.
    let text = format!("{value:.digits$}");
    let text = if text.trim_matches(['-', '0', '.']).is_empty() { text.replace('-', "") } else { text };
    text.replace('-', "−")
}

/// The same with its unit.
pub(super) fn with_unit(metric: Metric, value: f64) -> String {
    let unit = metric.unit();
    let gap = if unit.is_empty() { "" } else { " " };
    format!("{}{gap}{unit}", reading(metric, value))
}

/// `+1.8 σ`.
pub(super) fn sigmas(shift: f64) -> String {
    format!("{shift:+.1} σ").replace('-', "−")
}

/// `54 %` of a share.
pub(super) fn whole_percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

/// In a terminal too small for a list: how far the charts are made, then the lines from the selected one on.
pub(super) fn tiny(app: &App) -> Vec<Vec<Span>> {
    let mut parts = Vec::new();
    match app.drift.list.as_ref() {
        None => parts.push(vec![span("how the models run is asked for", Role::Quiet)]),
        Some(list) if list.building.is_some() => {
            parts.push(vec![span(format!("charts are made: {} %", list.building.unwrap_or(0)), Role::State)]);
        }
        Some(list) if list.lines.is_empty() => parts.push(vec![span("no run to chart yet", Role::Quiet)]),
        Some(_) => {}
    }
    let lines = app.drift.lines();
    let (before, after) = lines.split_at(app.drift.at.selected.min(lines.len()));
    for line in after.iter().chain(before) {
        let (state, role) = drift_list::state(app, line);
        let ninety = drift_list::ninety(line).trim().to_owned();
        parts.push(vec![
            span(format!("{} ", drift_list::name(&line.stream)), Role::Text),
            span(state, role),
            span(format!(" {ninety}"), Role::Quiet),
        ]);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_the_digits_that_say_something_and_a_true_minus() {
        assert_eq!(with_unit(Metric::UntrimmedResistance, 881.4), "881 Ω");
        assert_eq!(with_unit(Metric::ResistanceChange, -0.03), "0.0 %");
        assert_eq!(with_unit(Metric::ResistanceChange, -1.26), "−1.3 %");
        assert_eq!([4.123, 12.34, 220.4].map(|r| reading(Metric::Sigma, r)).join(" "), "4.12 12.3 220");
        assert_eq!(sigmas(-0.12), "−0.1 σ");
    }
}
