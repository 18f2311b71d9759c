//! A terminal too small for a list: state, the newest run and the day's counts in one line, more where it fits.

use ratatui::layout::Rect;

use super::pen::{Pen, Span, span};
use super::words::thousands;
use super::{drift, header, models, prompt, words, yields};
use crate::analysis::explain_track;
use crate::session::{ArrivedRun, Snapshot};
use crate::tui::action::{Action, Screen};
use crate::tui::app::{App, Overlay};
use crate::tui::rows::{Content, Row};
use crate::tui::theme::Role;

/// Writes the parts one after the other into so many rows, onto the next line where one does not fit.
pub(super) fn draw(app: &App, pen: &mut Pen<'_>, rows: u16) {
    let columns = app.size.0;
    let (mut x, mut y) = (0u16, 0u16);
    for part in parts(app, pen) {
        let width = u16::try_from(part.iter().map(|(text, _)| pen.width(text)).sum::<usize>()).unwrap_or(u16::MAX);
        if x > 0 && x.saturating_add(width) > columns {
            (x, y) = (0, y + 1);
        }
        if y >= rows {
            break;
        }
        // A sentence is broken at its spaces; whatever else is longer than a line is cut.
        if let [(text, role)] = part.as_slice()
            && width > columns
        {
            y += pen.paragraph(Rect::new(0, y, columns, rows - y), text, *role);
            continue;
        }
        x = pen.spans(x, y, columns.saturating_sub(x), &part) + 2;
    }
}

fn parts(app: &App, pen: &Pen<'_>) -> Vec<Vec<Span>> {
    if app.overlay == Some(Overlay::ConfirmQuit) {
        return vec![vec![span(format!("{} queued. Quit now? y/n", app.queue()), Role::State)]];
    }
    if let Some(Overlay::Confirm { question, .. }) = &app.overlay {
        let answers = prompt::ANSWERS.map(|(text, role)| span(text, role)).to_vec();
        return vec![answers, vec![span(question, Role::State)]];
    }
    if app.overlay == Some(Overlay::Format) {
        return vec![prompt::FORMATS.map(|(text, role)| span(text, role)).to_vec()];
    }
    if let Some(Overlay::Prompt(asked)) = &app.overlay {
        let (hint, role) = prompt::hint(app, asked);
        return vec![prompt::typed(app, pen, asked, app.size.0), vec![span(hint, role)]];
    }
    let Some(snapshot) = &app.header else { return vec![vec![span("starting", Role::State)]] };
    let mut parts = vec![header::state(app, snapshot)];
    if app.open_alarms() > 0 {
        parts.push(vec![span(format!("▲{}", app.open_alarms()), Role::Outside)]);
    }
    parts.extend(match app.screen {
        Screen::Live => of_live(app, snapshot),
        Screen::Unit => of_unit(app),
        Screen::Drift => drift::tiny(app),
        Screen::Models => models::tiny(app),
        Screen::History => of_history(app),
        Screen::Log => of_log(app),
    });
    parts
}

/// The selected row, which is the newest until somebody moves, and the day's counts.
fn of_live(app: &App, snapshot: &Snapshot) -> Vec<Vec<Span>> {
    let mut parts: Vec<Vec<Span>> = app.selected().map(|row| of_row(app, row)).into_iter().collect();
    if app.rows.is_empty() && app.opened {
        let folder = snapshot.folders.first().map_or("any folder", |folder| folder.path.as_str());
        parts.push(vec![span(format!("no trim file yet in {folder}"), Role::Text)]);
    }
    if !app.rows.narrowed().filter.is_empty() {
        parts.push(vec![span(format!("f {}", app.rows.narrowed().filter), Role::Match)]);
    }
    let today = match snapshot.today.yield_percent() {
        Some(percent) => format!("today {}, {percent:.0} % (n {})", snapshot.today.runs, snapshot.today.graded()),
        None => format!("today {}", snapshot.today.runs),
    };
    parts.push(vec![span(today, Role::Text)]);
    let unseen = app.unseen();
    if unseen > 0 {
        parts.push(vec![span(format!("! {unseen} unseen"), Role::Outside)]);
    }
    parts
}

/// The selected run, how many are meant and what they come to.
fn of_history(app: &App) -> Vec<Vec<Span>> {
    let mut parts = Vec::new();
    if !app.history.filter.is_empty() {
        parts.push(vec![span(format!("{} {}", app.key(Action::Filter), app.history.filter), Role::Match)]);
    }
    if let Some(run) = app.history.run() {
        parts.push(short(app, run));
    }
    if let Some(page) = &app.history.page {
        let (run, unit) = yields::both(page.tally);
        parts.push(vec![span(
            format!("{} of {} runs", thousands(page.found as u64), thousands(page.all as u64)),
            Role::Text,
        )]);
        parts.push(vec![span(format!("run yield {run}"), Role::Text)]);
        parts.push(vec![span(format!("unit yield {unit}"), Role::Text)]);
    }
    parts
}

/// `8340-1 246 TA ✗ FAIL 7/53`.
fn short(app: &App, run: &ArrivedRun) -> Vec<Span> {
    let judged = &run.record.run;
    let mut spans = vec![span(format!("{} ", judged.identity.unit()), Role::Text)];
    spans.push(words::status(app.look.symbols, judged.status));
    if let Some(linearity) = judged.deciding_track().and_then(|track| track.linearity()) {
        spans.push(span(format!(" {}/{}", linearity.fail, linearity.graded), Role::Text));
    }
    if run.record.excluded.is_some() {
        spans.push(span(" excluded", Role::Text));
    }
    spans
}

fn of_row(app: &App, row: &Row) -> Vec<Span> {
    match &row.content {
        Content::Run(run) | Content::Outline(run) => short(app, run),
        Content::File(entry) => {
            let (word, role, _) = words::outcome(app.look.symbols, &entry.outcome);
            vec![span(format!("{} ", words::file_name(&entry.file)), Role::Text), span(word, role)]
        }
    }
}

/// The run that is open, and why it ended so.
fn of_unit(app: &App) -> Vec<Vec<Span>> {
    let Some((run, track)) = app.unit_track() else { return vec![vec![span("no run is open", Role::Text)]] };
    vec![short(app, run), vec![span(explain_track(track), Role::Text)]]
}

/// How the selected file ended, and its reason.
fn of_log(app: &App) -> Vec<Vec<Span>> {
    let Some(entry) = app.log_entry() else { return vec![vec![span("no file yet", Role::Text)]] };
    let (word, role, reason) = words::outcome(app.look.symbols, &entry.outcome);
    vec![vec![span(word, role)], vec![span(words::file_name(&entry.file), Role::Text)], vec![span(reason, Role::Text)]]
}
