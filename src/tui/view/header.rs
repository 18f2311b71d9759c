//! The first line: alive, up to date, anything wrong.

use ratatui::layout::Rect;

use super::pen::{Pen, Span, span};
use crate::session::{self, HistoryState, Snapshot};
use crate::tui::action::{Action, Screen};
use crate::tui::app::App;
use crate::tui::crumbs::crumbs;
use crate::tui::theme::Role;

/// One part of the header with how much it matters; the least important goes first where there is no room.
struct Part {
    keep: u8,
    spans: Vec<Span>,
}

/// How much the way back matters.
const WAY: u8 = 5;

/// What the words say that time alone changes: the local minute, how long ago the newest file came, whether that is too
/// long. Where they are the same nothing need be drawn.
pub fn moment(app: &App) -> (i64, Option<(i64, &'static str)>, bool) {
    let newest_ms = app.header.as_ref().and_then(|header| header.newest_ms);
    let newest = newest_ms.map(|at_ms| app.clock.units_ago(at_ms));
    (app.clock.minute(app.clock.now_ms), newest, app.stale_since().is_some())
}

/// Draws the line.
pub(super) fn draw(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let clock = app.clock.hhmm(app.clock.now_ms);
    let room = usize::from(area.width).saturating_sub(clock.len() + 3);
    let mut parts = parts(app);
    let width = |pen: &Pen<'_>, parts: &[Part]| -> usize {
        parts.iter().map(|part| 3 + part.spans.iter().map(|(text, _)| pen.width(text)).sum::<usize>()).sum()
    };
    while width(pen, &parts) > room + 2
        && let Some(least) = parts.iter().map(|part| part.keep).min().filter(|&keep| keep < 9)
    {
        parts.retain(|part| part.keep != least);
    }
    // A way back that went for something larger may still fit.
    if let Some(way) = way(app).filter(|_| parts.iter().all(|part| part.keep != WAY)) {
        parts.insert(0, way);
        if width(pen, &parts) > room + 2 {
            parts.remove(0);
        }
    }
    let mut x = area.x + 1;
    for part in &parts {
        let right = area.right().saturating_sub(u16::try_from(clock.len()).unwrap_or(5) + 2);
        x = pen.spans(x, area.y, right.saturating_sub(x), &part.spans) + 3;
    }
    pen.put_right(area.x, area.y, area.width.saturating_sub(1), &clock, Role::Quiet);
}

fn parts(app: &App) -> Vec<Part> {
    let name = || Part { keep: 1, spans: vec![span("trimwatch", Role::Title)] };
    let mut parts = vec![way(app).unwrap_or_else(name)];
    let Some(header) = &app.header else {
        if app.lost {
            parts.push(Part { keep: 9, spans: vec![span("▲ NOBODY WATCHES", Role::State)] });
            return parts;
        }
        parts.push(Part { keep: 9, spans: vec![span("starting", Role::State)] });
        return parts;
    };
    parts.push(Part { keep: 3, spans: vec![span(place(header), Role::Text)] });
    parts.push(Part { keep: 9, spans: state(app, header) });
    if header.queue > 0 {
        parts.push(Part { keep: 6, spans: vec![span(format!("queue {}", header.queue), Role::Warning)] });
    } else {
        parts.push(Part { keep: 2, spans: vec![span("queue 0", Role::Quiet)] });
    }
    parts.push(Part { keep: 7, spans: vec![span(today(header), Role::Text)] });
    if let session::Role::Viewer { read_only, .. } = &app.role {
        let word = if *read_only { "read-only" } else { "attached" };
        parts.push(Part { keep: 5, spans: vec![span(word, Role::Quiet)] });
    }
    if let Some(shift) = &header.shift {
        parts.push(Part { keep: 0, spans: vec![span(format!("shift {shift}"), Role::Quiet)] });
    }
    if app.open_alarms() > 0 {
        parts.push(Part { keep: 9, spans: vec![span(alarms(app.open_alarms()), Role::Outside)] });
    }
    let unseen = app.unseen();
    if unseen > 0 {
        parts.push(Part { keep: 8, spans: vec![span(format!("! {unseen} unseen"), Role::Outside)] });
    }
    // Last, because it changes by the minute: what stood behind it would have to be written anew.
    if let Some(newest) = newest(app) {
        parts.push(Part { keep: 4, spans: vec![span(format!("newest {newest}"), Role::Text)] });
    }
    parts
}

/// `Live ▸ Drift ▸ lots`: what one step back after the other leaves. Live has no way back, Unit a line for it.
fn way(app: &App) -> Option<Part> {
    let crumbs = crumbs(app);
    let known = crumbs.len() < 2 || app.screen == Screen::Unit;
    let first = if app.size.0 < 100 { crumbs.len().saturating_sub(2) } else { 0 };
    let shown = crumbs.get(first..).unwrap_or_default().join(" ▸ ");
    (!known).then(|| Part { keep: WAY, spans: vec![span(shown, Role::Title)] })
}

/// `LTS ▸ incoming`, and how many folders more.
fn place(header: &Snapshot) -> String {
    let Some(folder) = header.folders.first() else { return "no folder".to_owned() };
    let name = folder.path.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or(&folder.path);
    let named = folder.line.iter().chain(&folder.laser).map(String::as_str).chain([name]);
    let named = named.collect::<Vec<_>>().join(" ▸ ");
    match header.folders.len() {
        0 | 1 => named,
        more => format!("{named} +{}", more - 1),
    }
}

/// The state of the screen and of its source; every word that matters stands beside a mark.
pub(super) fn state(app: &App, header: &Snapshot) -> Vec<Span> {
    let mut spans = Vec::new();
    if let Some(since) = app.stale_since() {
        return vec![span(format!("▲ STALE since {}", app.clock.hhmm(since)), Role::State)];
    }
    if let Some((_, since, _)) = app.offline() {
        spans.push(span(format!("▲ OFFLINE since {}", app.clock.hhmm(since)), Role::State));
    } else if header.history == HistoryState::Opening {
        spans.push(span("opening history", Role::State));
    } else if app.frozen.is_none() {
        spans.push(span("● LIVE", Role::Pass));
    }
    if let Some(frozen) = &app.frozen {
        spans.push(span(format!("{}FROZEN +{}", gap(&spans), frozen.arrived), Role::State));
    }
    if matches!(header.history, HistoryState::NotKept { .. }) {
        spans.push(span(format!("{}NOT KEPT", gap(&spans)), Role::State));
    }
    spans
}

fn gap(before: &[Span]) -> &'static str {
    if before.is_empty() { "" } else { "  " }
}

fn newest(app: &App) -> Option<String> {
    Some(app.clock.age(app.header.as_ref()?.newest_ms?))
}

/// `today 61 runs  yield 78 % (n 58)`; a rate never without its n, and none of nothing.
pub(super) fn today(header: &Snapshot) -> String {
    let today = header.today;
    let runs = if today.runs == 1 { "run" } else { "runs" };
    match today.yield_percent() {
        Some(percent) => format!("today {} {runs}  yield {percent:.0} % (n {})", today.runs, today.graded()),
        None => format!("today {} {runs}", today.runs),
    }
}

/// What is wrong and stays so until it is mended; else the oldest alarm that nobody has seen to.
pub(super) fn trouble(app: &App, pen: &mut Pen<'_>, area: Rect) {
    if let Some((_, sentence)) = app.pinned() {
        return pin(app, pen, area, sentence);
    }
    if app.lost {
        let read_only = matches!(app.role, session::Role::Viewer { read_only: true, .. });
        let said = if read_only {
            "nobody watches the folder: start trimwatch without --read-only; this screen attaches by itself"
        } else {
            "the trimwatch that kept the history has ended; another one, or this one, goes on by itself"
        };
        pen.put(area.x + 1, area.y, area.width.saturating_sub(2), said, Role::State);
        return;
    }
    let said = match (app.offline(), app.not_kept(), app.stale_since()) {
        (Some((path, _, cause)), ..) => format!("OFFLINE {path}: {cause}; caught up by itself when it is back"),
        (None, Some(reason), _) => format!("NOT KEPT on disk: {reason}; `trimwatch doctor` says what to mend"),
        (None, None, Some(since)) => {
            let (since, quit) = (app.clock.hhmm(since), app.key(Action::Quit));
            format!("STALE: nothing was heard since {since}; {quit} quits, then start anew: what was judged is kept")
        }
        (None, None, None) => return,
    };
    pen.put(area.x + 1, area.y, area.width.saturating_sub(2), &said, Role::State);
}

/// `▲ 2 alarms`.
fn alarms(open: usize) -> String {
    if open == 1 { "▲ 1 alarm".to_owned() } else { format!("▲ {open} alarms") }
}

/// The alarm's sentence with the key that sees to it, which stays where the sentence is cut.
fn pin(app: &App, pen: &mut Pen<'_>, area: Rect, sentence: &str) {
    let keys = [span(app.key(Action::Acknowledge), Role::Key), span(" acknowledge", Role::Quiet)];
    let taken = u16::try_from(keys.iter().map(|(text, _)| pen.width(text)).sum::<usize>()).unwrap_or(14) + 1;
    let x = pen.put(area.x + 1, area.y, area.width.saturating_sub(2), "ALARM", Role::Fail) + 1;
    let room = area.right().saturating_sub(x + taken + 2);
    pen.put(x, area.y, room, sentence, Role::Selected);
    pen.spans(area.right().saturating_sub(taken + 1), area.y, taken, &keys);
}
