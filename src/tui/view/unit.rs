//! Unit: one run in depth.

use std::fmt::Write as _;

use ratatui::layout::Rect;

use super::curve::{self, Shown};
use super::pen::{Pen, Span, span};
use super::{learned, track, words};
use crate::analysis::{JudgedTrack, changed_settings, describe_settings, explain_track, ohms, percent, signed_volts};
use crate::session::ArrivedRun;
use crate::tui::action::{Action, Screen};
use crate::tui::app::App;
use crate::tui::crumbs::crumbs;
use crate::tui::curves::Known;
use crate::tui::layout::{self, Size};
use crate::tui::theme::{Role, Theme};
use crate::tui::unit::{Tested, Unit};

/// Draws the screen.
pub(super) fn draw(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let Some((unit, (run, judged))) = app.unit.as_ref().zip(app.unit_track()) else {
        let open = app.look.keys.name(Screen::Live, Action::Open);
        let said = format!("No run is open: {open} on a run of Live or History opens it.");
        pen.paragraph(
            Rect { x: area.x + 2, y: area.y + 1, width: area.width.saturating_sub(3), height: 2 },
            &said,
            Role::Text,
        );
        return;
    };
    heading(app, pen, Rect { height: 1, ..area }, unit, run, judged);
    let lines = if app.zoom { Vec::new() } else { lines(app, unit, run, judged) };
    let size = layout::size(app.size.0, app.size.1);
    let said = explanation(pen, area, judged, size);
    let height = u16::try_from(lines.len()).unwrap_or(0).min(area.height.saturating_sub(said + 1) * 3 / 5);
    let chart = Rect { y: area.y + 1 + said, height: area.height.saturating_sub(1 + said + height), ..area };
    draw_chart(app, pen, chart, unit, run, judged);
    for (line, y) in lines.iter().zip(chart.bottom()..area.bottom()) {
        pen.spans(area.x + 1, y, area.width.saturating_sub(2), line);
    }
}

/// `Live ▸ 8340-1 246 TA ▸ TRK1` and where among the serial's runs this one stands.
fn heading(app: &App, pen: &mut Pen<'_>, area: Rect, unit: &Unit, run: &ArrivedRun, track: &JudgedTrack) {
    let way = crumbs(app);
    let at = way.iter().position(|crumb| crumb == Screen::Unit.title()).unwrap_or(0);
    let (before, after) = way.split_at(at);
    // Where there is little room, the screen it was opened from is what one wants to know.
    let before = if area.width < 100 { app.unit_from.title().to_owned() } else { before.join(" ▸ ") };
    let mut left = vec![
        span(format!("{before} ▸ "), Role::Quiet),
        span(run.record.run.identity.unit(), Role::Selected),
        span(format!(" ▸ {}  ", track.name), Role::Quiet),
        words::status(app.look.symbols, track.status),
        span(if run.record.excluded.is_some() { "  excluded" } else { "" }, Role::State),
    ];
    left.extend(after.iter().skip(1).map(|crumb| span(format!(" ▸ {crumb}"), Role::Quiet)));
    let end = pen.spans(area.x + 1, area.y, area.width.saturating_sub(2), &left);
    let time = run.record.run.identity.time.map(|time| format!("{} {}   ", time.date, time.clock()));
    let right = format!("{}run {} of {} for this serial", time.unwrap_or_default(), unit.at + 1, unit.runs.len());
    let room = area.right().saturating_sub(end + 2);
    pen.put_right(end + 1, area.y, room, &right, Role::Quiet);
}

fn explanation(pen: &mut Pen<'_>, area: Rect, track: &JudgedTrack, size: Size) -> u16 {
    let height = if size == Size::Full { 2 } else { 1 };
    let area = Rect { x: area.x + 1, y: area.y + 1, width: area.width.saturating_sub(2), height };
    pen.paragraph(area, &explain_track(track), Role::Text);
    height
}

fn draw_chart(app: &App, pen: &mut Pen<'_>, area: Rect, unit: &Unit, run: &ArrivedRun, track: &JudgedTrack) {
    let inside = pen.rule(area, &legend(app, unit, run, track), Role::Quiet);
    let Known::Curves(curves) = app.curves.get(&run.key) else {
        let said = if app.curves.get(&run.key) == Known::NotKept { "the curve of this run is not kept" } else { "…" };
        pen.put(inside.x + 2, inside.y, inside.width.saturating_sub(2), said, Role::Quiet);
        return;
    };
    if let Some(shown) = curves.tracks.get(unit.track).and_then(|curves| track::shown(curves, track)) {
        let shown = Shown { stored: shown.offset != 0.0, cursor: unit.cursor, stretch: unit.stretch, ..shown };
        curve::draw(pen, inside, &shown, run.record.run.unit);
    }
}

/// What is drawn how; with a cursor, the values under it.
fn legend(app: &App, unit: &Unit, run: &ArrivedRun, track: &JudgedTrack) -> Vec<Span> {
    if let (Some(at), Known::Curves(curves)) = (unit.cursor, app.curves.get(&run.key))
        && let Some(shown) = curves.tracks.get(unit.track).and_then(|curves| track::shown(curves, track))
        && let Some(line) = under_cursor(&shown, at, run)
    {
        return line;
    }
    let mut legend = vec![span("final", Role::Curve)];
    if let Some(linearity) = track.linearity() {
        legend.push(span(format!(" at offset {}", signed_volts(linearity.offset)), Role::Text));
        legend.push(span(" · as stored", Role::Quiet));
    }
    if !unit.stretch.is_whole() {
        let percent = |share: f64| 100.0 * share;
        let (from, to) = (percent(unit.stretch.from).floor(), percent(unit.stretch.to).floor());
        legend.insert(0, span(format!("{from:.0} … {to:.0} % of the curve, = all  "), Role::Key));
    }
    if track.trimmed && track.untrimmed.is_some() {
        legend.push(span(" · untrimmed", Role::Behind));
    }
    legend.push(span(" · limits", Role::Band));
    if app.size.0 >= 100 {
        legend.push(span(" · ░ ungraded · ", Role::Quiet));
        legend.push(span("● outside", Role::Outside));
        legend.push(span(" ▲▼ beyond the chart", Role::Quiet));
    }
    legend
}

fn under_cursor(shown: &Shown<'_>, at: usize, run: &ArrivedRun) -> Option<Vec<Span>> {
    let (x, e) = (*shown.judged.position.get(at)?, *shown.judged.error.get(at)?);
    let (low, high) = (*shown.judged.lower.get(at)?, *shown.judged.upper.get(at)?);
    let limits = (high > low).then_some((f64::from(low), f64::from(high)));
    let error = f64::from(e) + shown.offset;
    let mut line = vec![span(format!("point {} of {}  ", at + 1, shown.judged.position.len()), Role::Quiet)];
    line.extend(words::readout((f64::from(x), error), limits, run.record.run.unit));
    if shown.judged.marked.iter().any(|&marked| usize::from(marked) == at) {
        line.push(span("  marked by the station", Role::Quiet));
    }
    Some(line)
}

fn lines(app: &App, unit: &Unit, run: &ArrivedRun, track: &JudgedTrack) -> Vec<Vec<Span>> {
    let titled = |title: &str, text: String| vec![span(format!("{title:11}"), Role::Title), span(text, Role::Text)];
    let mut lines = vec![titled("passes", passes(track)), titled("resistance", resistance(track))];
    let full = layout::size(app.size.0, app.size.1) == Size::Full;
    lines.extend(track::figure_lines(app, run, unit.track, full));
    lines.push(titled("settings", settings(run, track)));
    lines.push(titled("changed", changed(unit, run, track)));
    lines.push(earlier(app, unit));
    lines.push(tested(app, unit, run));
    if let Some(word) = &run.record.excluded {
        lines
            .insert(0, titled("excluded", format!("{} ({}): out of yield, charts and training", word.reason, word.by)));
    }
    let odd: Vec<&str> = track.warnings.iter().chain(&run.record.run.warnings).map(String::as_str).collect();
    if !odd.is_empty() {
        lines.push(titled("odd", odd.join("; ")));
    }
    if full {
        let learned = learned::shadow_or_why(run, unit.track);
        lines.extend((!learned.is_empty()).then(|| titled("learned", learned.join("; "))));
        lines.push(titled("filter", run.record.run.filter.to_string()));
        let revisions = match run.record.revision {
            0 => String::new(),
            n => format!("   saved again {n} times"),
        };
        lines.push(titled("file", format!("{}{revisions}", run.record.file.path)));
    }
    lines
}

/// `0: 32 out, 878 Ω → 1: 7 out, 980 Ω`.
fn passes(track: &JudgedTrack) -> String {
    let resistance = |ohm: Option<f64>| ohm.map(|ohm| format!(", {} Ω", ohms(ohm))).unwrap_or_default();
    let before = track.untrimmed.as_ref().and_then(|figures| figures.linearity).map(|linearity| {
        format!("0: {} of {} out{}", linearity.fail, linearity.graded, resistance(track.resistance.before))
    });
    let passes = track.passes.iter().map(|pass| {
        let recipe = pass.recipe.map(|recipe| format!(" TRM{recipe}")).unwrap_or_default();
        format!("{}{recipe}: {} of {} out{}", pass.number, pass.fail, pass.graded, resistance(pass.resistance))
    });
    let steps: Vec<String> = before.into_iter().chain(passes).collect();
    if steps.is_empty() { "none was measured".to_owned() } else { steps.join(" → ") }
}

fn resistance(track: &JudgedTrack) -> String {
    let figures = track.resistance;
    let value = |ohm: Option<f64>| ohm.map_or_else(|| "not measured".to_owned(), |ohm| format!("{} Ω", ohms(ohm)));
    let mut said = format!("{} → {}", value(figures.before), value(figures.after));
    if let Some(change) = figures.change {
        let _ = write!(said, "   {}", percent(change));
    }
    if let Some(window) = track.settings.final_window {
        let _ = write!(said, "   window {}…{} Ω", ohms(window.lower), ohms(window.upper));
        if !window.is_sane() {
            said.push_str(" (inverted: gates nothing)");
        }
    }
    said
}

fn settings(run: &ArrivedRun, track: &JudgedTrack) -> String {
    let laser = run.record.run.identity.laser.as_deref().unwrap_or("laser unknown");
    let mut said = vec![laser.to_owned()];
    said.extend(describe_settings(&track.settings));
    said.join(", ")
}

/// What changed since the run before of the same model on the same laser.
fn changed(unit: &Unit, run: &ArrivedRun, track: &JudgedTrack) -> String {
    let Some((key, before)) = &unit.before else { return String::new() };
    if *key != run.key {
        return String::new();
    }
    let Some(before) = before else { return "no run of this model on this laser before this one".to_owned() };
    let name = before.record.run.identity.unit();
    let Some(same) = before.record.run.tracks.iter().find(|other| other.name == track.name) else {
        return format!("{name} before it has no {}", track.name);
    };
    let changed = changed_settings(&same.settings, &track.settings);
    if changed.is_empty() { format!("nothing since {name}") } else { format!("since {name}: {}", changed.join(", ")) }
}

/// The other runs of the serial, newest first.
fn earlier(app: &App, unit: &Unit) -> Vec<Span> {
    let mut line = vec![span(format!("{:11}", "serial"), Role::Title)];
    if unit.runs.len() < 2 {
        line.push(span("the only run of this serial", Role::Quiet));
        return line;
    }
    for (index, run) in unit.runs.iter().enumerate().rev() {
        let judged = &run.record.run;
        let when = judged
            .identity
            .time
            .map_or_else(String::new, |time| format!("{} {} ", super::columns::day_month(time.date), time.clock()));
        let mark = if index == unit.at { "▸" } else { " " };
        let status = app.look.symbols.status(judged.status);
        let out = judged.deciding_track().and_then(|track| track.linearity());
        let out = out.map(|linearity| format!(" {}/{}", linearity.fail, linearity.graded)).unwrap_or_default();
        line.push(span(format!("{mark}{when}"), if index == unit.at { Role::Selected } else { Role::Quiet }));
        line.push(span(format!("{status} {}{out}  ", judged.status.word()), quieter(judged.status)));
    }
    line
}

/// `final test FAIL 31 Mar, note (AB)`, or how somebody says so.
fn tested(app: &App, unit: &Unit, run: &ArrivedRun) -> Vec<Span> {
    let mut line = vec![span(format!("{:11}", "final test"), Role::Title)];
    let heard = unit.tested.as_ref().filter(|(key, _)| *key == run.key).map(|(_, heard)| heard);
    line.extend(match heard {
        None | Some(Tested::Asked) => vec![span("…", Role::Quiet)],
        Some(Tested::Answered(None)) if !run.record.run.identity.is_unit() => {
            vec![span("none without a serial", Role::Quiet)]
        }
        Some(Tested::Answered(None)) => {
            let mark = app.key(Action::Tested);
            vec![span(format!("nobody has said; {mark} marks it passed or failed"), Role::Quiet)]
        }
        Some(Tested::Answered(Some(outcome))) => {
            let (word, role) = if outcome.passed { ("pass", Role::Pass) } else { ("FAIL", Role::Outside) };
            let note = if outcome.note.is_empty() { String::new() } else { format!(", {}", outcome.note) };
            let day = super::columns::day_month(outcome.tested.date);
            vec![span(word, role), span(format!(" {day}{note} ({})", outcome.by), Role::Text)]
        }
    });
    line
}

/// Old failures are said, not shouted.
fn quieter(status: crate::analysis::Status) -> Role {
    match Theme::status(status) {
        Role::Fail => Role::Outside,
        role => role,
    }
}
