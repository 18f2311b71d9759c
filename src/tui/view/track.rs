//! One track: error curve in its band, sigma, risk.

use ratatui::layout::Rect;

use super::curve::{self, Shown};
use super::learned::{self, Weighed};
use super::pen::{Pen, Span, span};
use super::words;
use crate::analysis::{JudgedTrack, SweepCurve, TrackCurves};
use crate::session::ArrivedRun;
use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::curves::Known;
use crate::tui::stretch::Stretch;
use crate::tui::theme::{Role, Theme};

/// Width of the figures beside a curve.
const FIGURES: u16 = 46;
/// Panes narrower than this have their figures under the curve.
const WIDE: u16 = 100;

/// A pane with everything under a rule that takes the status' role.
pub(super) fn pane(app: &App, pen: &mut Pen<'_>, area: Rect, run: &ArrivedRun, index: usize) {
    let Some(track) = run.record.run.tracks.get(index) else { return };
    let focused = app.focus == index + 1;
    let role = if focused { Role::Focus } else { border(track) };
    let inside = pen.rule(area, &title(app, run, track), role);
    if inside.width < 20 || inside.height < 3 {
        return;
    }
    if inside.width >= WIDE {
        let figures = Rect { x: inside.right() - FIGURES, width: FIGURES, ..inside };
        let chart = Rect { width: inside.width - FIGURES - 1, ..inside };
        draw_curve(app, pen, chart, run, index);
        beside(app, pen, figures, run, index);
    } else {
        let lines = learned::fitting(under(app, run, index, inside.width), inside.height / 2);
        let height = u16::try_from(lines.len()).unwrap_or(0);
        let chart = Rect { height: inside.height - height, ..inside };
        draw_curve(app, pen, chart, run, index);
        for (line, y) in lines.iter().zip(chart.bottom()..inside.bottom()) {
            pen.spans(inside.x + 1, y, inside.width.saturating_sub(1), line);
        }
    }
}

/// A pane without a frame: a line of figures over the curve, more where a model spoke.
pub(super) fn compact(app: &App, pen: &mut Pen<'_>, area: Rect, run: &ArrivedRun, index: usize) {
    let Some(track) = run.record.run.tracks.get(index) else { return };
    let role = if app.focus > 0 { Role::Focus } else { border(track) };
    let inside = pen.rule(area, &title(app, run, track), role);
    let lines = figure_lines(app, run, index, false);
    let used = u16::try_from(lines.len()).unwrap_or(1).min(inside.height.saturating_sub(3).max(1));
    for (line, y) in lines.iter().zip(inside.y..inside.y + used) {
        pen.spans(inside.x + 1, y, inside.width.saturating_sub(1), line);
    }
    let chart = Rect { y: inside.y + used, height: inside.height.saturating_sub(used), ..inside };
    draw_curve(app, pen, chart, run, index);
}

/// The border is as loud as the status, short of shouting.
fn border(track: &JudgedTrack) -> Role {
    match Theme::status(track.status) {
        Role::Fail => Role::Outside,
        Role::Pass => Role::Quiet,
        role => role,
    }
}

fn title(app: &App, run: &ArrivedRun, track: &JudgedTrack) -> Vec<Span> {
    let judged = &run.record.run;
    let mut title = vec![span(format!("{} · {}", judged.identity.unit(), track.name), Role::Text)];
    if let Some(alias) = &track.alias {
        title.push(span(format!(" {alias}"), Role::Quiet));
    }
    title.push(span("  ", Role::Text));
    title.push(words::status(app.look.symbols, track.status));
    if judged.tracks.len() > 2 {
        title.push(span(format!("  {} of {} tracks", app.key(Action::NextTrack), judged.tracks.len()), Role::Quiet));
    }
    title
}

/// The judged curve with the untrimmed one behind it, or why there is none.
fn draw_curve(app: &App, pen: &mut Pen<'_>, area: Rect, run: &ArrivedRun, index: usize) {
    let curves = match app.curves.get(&run.key) {
        Known::Curves(curves) => curves.tracks.get(index),
        Known::NotKept => return said(pen, area, "the curve of this run is not kept"),
        Known::Asked | Known::Unknown => return said(pen, area, "…"),
    };
    let Some(track) = run.record.run.tracks.get(index) else { return };
    match curves.and_then(|curves| shown(curves, track)) {
        Some(shown) => curve::draw(pen, area, &shown, run.record.run.unit),
        None => said(pen, area, "no point was measured"),
    }
}

fn said(pen: &mut Pen<'_>, area: Rect, text: &str) {
    pen.put(area.x + 2, area.y + area.height / 2, area.width.saturating_sub(3), text, Role::Quiet);
}

/// The judged sweep at its offset; behind it the untrimmed one where there was a cut.
pub(super) fn shown<'a>(curves: &'a TrackCurves, track: &JudgedTrack) -> Option<Shown<'a>> {
    let judged: &SweepCurve = curves.judged()?;
    let behind = curves.trimmed.as_ref().and(curves.untrimmed.as_ref());
    let offset = track.linearity().map_or(0.0, |linearity| linearity.offset);
    Some(Shown { judged, behind, offset, stored: false, cursor: None, stretch: Stretch::default() })
}

/// Sigma and risk beside the curve, the least important lines gone where there is no room.
fn beside(app: &App, pen: &mut Pen<'_>, area: Rect, run: &ArrivedRun, index: usize) {
    let Some(track) = run.record.run.tracks.get(index) else { return };
    let quiet = |line: String| vec![span(line, Role::Quiet)];
    let mut lines: Vec<Weighed> = vec![(9, vec![span("Sigma", Role::Title)])];
    lines.push((9, words::sigma(track, run.record.run.unit)));
    lines.extend(sigma_ground(app, run, index).map(|line| (6, quiet(line))));
    lines.push((9, words::roughness(track, 18)));
    lines.extend(words::roughness_before(track).map(|line| (4, quiet(line))));
    lines.push((1, Vec::new()));
    lines.push((9, vec![span("Risk", Role::Title)]));
    lines.extend(learned::risk_lines(run, index));
    for (line, y) in learned::fitting(lines, area.height).iter().zip(area.top()..area.bottom()) {
        pen.spans(area.x, y, area.width, line);
    }
}

/// How sure a learned threshold is, and what one that only watches would say.
fn sigma_ground(app: &App, run: &ArrivedRun, index: usize) -> impl Iterator<Item = String> {
    let threshold = run.record.run.tracks.get(index).and_then(|track| track.threshold);
    let sure = threshold.and_then(|threshold| learned::interval(app, threshold.source));
    sure.into_iter().chain(learned::shadow_threshold(run, index))
}

fn under(app: &App, run: &ArrivedRun, index: usize, width: u16) -> Vec<Weighed> {
    let Some(track) = run.record.run.tracks.get(index) else { return Vec::new() };
    let titled = |title: &str, line: Vec<Span>| {
        let mut titled = vec![span(format!("{title:6}"), Role::Title)];
        titled.extend(line);
        titled
    };
    let mut bar = words::roughness(track, usize::from(width / 4).min(18));
    bar.extend(words::roughness_before(track).map(|line| span(format!("   {line}"), Role::Quiet)));
    let mut lines = vec![(9, titled("Sigma", words::sigma(track, run.record.run.unit)))];
    lines.extend(sigma_ground(app, run, index).map(|line| (6, titled("", vec![span(line, Role::Quiet)]))));
    lines.push((7, titled("", bar)));
    let risk = learned::risk_lines(run, index).into_iter().enumerate();
    lines.extend(risk.map(|(at, (keep, line))| (keep, titled(if at == 0 { "Risk" } else { "" }, line))));
    lines
}

/// Sigma and risk in one line; in a line each where a model spoke.
pub(super) fn figure_lines(app: &App, run: &ArrivedRun, index: usize, roomy: bool) -> Vec<Vec<Span>> {
    let Some(track) = run.record.run.tracks.get(index) else { return Vec::new() };
    let mut line = vec![span("Sigma ", Role::Title)];
    line.extend(words::sigma(track, run.record.run.unit).into_iter().take(1));
    if let Some(threshold) = track.threshold.filter(|_| roomy && learned::spoke(run, index)) {
        line.push(span(format!("  limit {}", words::four(threshold.value)), Role::Text));
    }
    if let (Some(r), Some(limit)) = (track.figures.and_then(|figures| figures.r), track.r_limit()) {
        let source = track.threshold.map(|threshold| threshold.source.label()).unwrap_or_default();
        line.push(span(format!("  r {r:.1} / {} {source}", crate::analysis::short(limit)), Role::Text));
    }
    if learned::spoke(run, index) {
        line.extend(sigma_ground(app, run, index).map(|ground| span(format!("  {ground}"), Role::Quiet)));
        let mut lines = vec![line];
        lines.extend(learned::long_lines(run, index, roomy));
        return lines;
    }
    line.push(span("   Risk ", Role::Title));
    line.extend(words::risk(track).into_iter().map(|(text, role)| (text.replace("   ", " "), role)));
    let first = track.risk.as_ref().and_then(|risk| learned::terms(risk).next());
    line.extend(first.map(|term| span(format!("  {term}"), Role::Quiet)));
    vec![line]
}
