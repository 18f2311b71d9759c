//! All alarms of a line of Drift, the newest first, with who saw to them.

use ratatui::layout::Rect;

use super::chart::day;
use super::drift;
use super::pen::{Pen, Span, span};
use crate::monitoring::Alarm;
use crate::trim::LocalTime;
use crate::tui::app::App;
use crate::tui::drift::DriftPane;
use crate::tui::theme::Role;

/// Draws the pane.
pub(super) fn draw(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let charts = app.drift.charts();
    let alarms = charts.map_or(&[][..], |charts| &charts.alarms);
    let open = alarms.iter().filter(|alarm| alarm.is_open()).count();
    let counted = if alarms.is_empty() { String::new() } else { format!("  {open} open of {}", alarms.len()) };
    let title = vec![span("alarms", Role::Title), span(counted, Role::Quiet)];
    let inside = drift::pane(app, pen, area, app.drift.focus == DriftPane::Alarms, title);
    let Some(charts) = charts else { return drift::waits(pen, inside) };
    if alarms.is_empty() {
        pen.paragraph(inside, "no alarm so far", Role::Quiet);
        return;
    }
    // The selected one is seen whole: those before it go where there is no room.
    let selected = app.drift.alarms_at.selected;
    let heights: Vec<u16> = alarms.iter().map(|alarm| height(app, pen, inside.width, alarm)).collect();
    let fits = |top: usize| heights.iter().take(selected + 1).skip(top).sum::<u16>() <= inside.height;
    let top = (0..selected).find(|top| fits(*top)).unwrap_or(selected);
    let mut y = inside.y;
    for ((alarm, index), height) in alarms.iter().zip(0..).zip(&heights).skip(top) {
        if y >= inside.bottom() {
            return;
        }
        let place = Rect { y, height: (*height).min(inside.bottom() - y), ..inside };
        one(app, pen, place, alarm, index == selected, charts.newest);
        y += height;
    }
}

fn height(app: &App, pen: &Pen<'_>, width: u16, alarm: &Alarm) -> u16 {
    let lines: usize = words(app, alarm).iter().map(|(text, _)| pen.lines(text, width.saturating_sub(2)).len()).sum();
    u16::try_from(lines).unwrap_or(u16::MAX - 2) + 2
}

/// A line with date, rule and state; below it the sentence, doubts and who saw to it.
fn one(app: &App, pen: &mut Pen<'_>, area: Rect, alarm: &Alarm, selected: bool, newest: LocalTime) {
    if selected {
        pen.put(area.x.saturating_sub(1), area.y, 1, "▸", Role::Focus);
    }
    let (mark, role) = if alarm.is_open() { ("▲ open", Role::Outside) } else { ("✓ seen to", Role::Quiet) };
    let text = if selected { Role::Selected } else { Role::Text };
    let mut head: Vec<Span> = vec![
        span(format!("{} {}  ", day(alarm.time.date, newest.date), alarm.time.clock()), text),
        span(format!("{mark}  "), role),
        span(format!("{}, {}", alarm.subject.title(), alarm.context.rule.title()), Role::Quiet),
    ];
    if alarm.signals > 1 {
        head.push(span(format!("  {} signals", alarm.signals), Role::Quiet));
    }
    pen.spans(area.x, area.y, area.width, &head);
    let mut y = area.y + 1;
    for (text, role) in words(app, alarm) {
        let place =
            Rect { x: area.x + 2, y, width: area.width.saturating_sub(2), height: area.bottom().saturating_sub(y) };
        y += pen.paragraph(place, &text, role);
    }
}

fn words(app: &App, alarm: &Alarm) -> Vec<Span> {
    let mut words = vec![span(alarm.sentence.as_str(), Role::Text)];
    if !alarm.joined.is_empty() {
        let joined: Vec<&str> = alarm.joined.iter().map(|subject| subject.title()).collect();
        words.push(span(format!("with it: {}", joined.join(", ")), Role::Text));
    }
    if !alarm.context.changed.is_empty() {
        words.push(span(format!("changed before: {}", alarm.context.changed.join("; ")), Role::Text));
    }
    words.extend(alarm.doubts.iter().map(|doubt| span(format!("? {}", doubt.words()), Role::Warning)));
    if let Some(seen) = &alarm.acknowledged {
        let note = if seen.note.is_empty() { String::new() } else { format!(": {}", seen.note) };
        let when = super::columns::date_of(app, seen.at_ms);
        words.push(span(format!("{} by {}, {when}{note}", seen.cause, seen.by), Role::Quiet));
    }
    words
}
