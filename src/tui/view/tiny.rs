//! A terminal too small for a list: state, the newest run and the day's counts in one line, more where it fits.

use super::pen::{Pen, Span, span};
use super::{header, words};
use crate::tui::app::{App, Overlay};
use crate::tui::rows::{Content, Row};
use crate::tui::theme::Role;

/// Writes the parts one after the other, onto the next line where one does not fit.
pub(super) fn draw(app: &App, pen: &mut Pen<'_>) {
    let (columns, rows) = app.size;
    let (mut x, mut y) = (0u16, 0u16);
    for part in parts(app) {
        let width = u16::try_from(part.iter().map(|(text, _)| pen.width(text)).sum::<usize>()).unwrap_or(u16::MAX);
        if x > 0 && x.saturating_add(width) > columns {
            (x, y) = (0, y + 1);
        }
        if y >= rows {
            break;
        }
        x = pen.spans(x, y, columns.saturating_sub(x), &part) + 2;
    }
}

fn parts(app: &App) -> Vec<Vec<Span>> {
    if app.overlay == Some(Overlay::ConfirmQuit) {
        return vec![vec![span(format!("{} queued. Quit now? y/n", app.queue()), Role::State)]];
    }
    let Some(snapshot) = &app.header else { return vec![vec![span("starting", Role::State)]] };
    let mut parts = vec![header::state(app, snapshot)];
    parts.extend(app.rows.get(0).map(|row| newest(app, row)));
    let today = match snapshot.today.yield_percent() {
        Some(percent) => format!("today {}, {percent:.0} % (n {})", snapshot.today.runs, snapshot.today.graded()),
        None => format!("today {}", snapshot.today.runs),
    };
    parts.push(vec![span(today, Role::Text)]);
    let unseen = app.rows.unseen();
    if unseen > 0 {
        parts.push(vec![span(format!("! {unseen} unseen"), Role::Outside)]);
    }
    parts
}

fn newest(app: &App, row: &Row) -> Vec<Span> {
    match &row.content {
        Content::Run(run) => {
            let judged = &run.record.run;
            let mut spans = vec![span(format!("{} ", words::unit_name(judged)), Role::Text)];
            spans.push(words::status(app.look.symbols, judged.status));
            if let Some(linearity) = judged.deciding_track().and_then(|track| track.linearity()) {
                spans.push(span(format!(" {}/{}", linearity.fail, linearity.graded), Role::Text));
            }
            spans
        }
        Content::File(entry) => {
            let (word, role, _) = words::outcome(app.look.symbols, &entry.outcome);
            vec![span(format!("{} ", words::file_name(&entry.file)), Role::Text), span(word, role)]
        }
    }
}
