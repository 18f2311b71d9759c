//! The versions of a model: which one speaks, since when and why, and which ones could.

use ratatui::layout::Rect;

use super::pen::{Pen, span};
use super::{columns, models, reliability};
use crate::history::Registered;
use crate::learning::AUC;
use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::models::{Pane, Subject};
use crate::tui::theme::Role;

/// Draws them, with the shown one's reliability below where there is room.
pub(super) fn draw(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let focused = app.models.focus == Pane::Versions;
    let role = if focused { Role::Focus } else { Role::Quiet };
    let inside = pen.rule(area, &[span("versions", Role::Title)], role);
    let Some(subject) = app.models.subject() else { return };
    let place = Rect { x: inside.x + 1, width: inside.width.saturating_sub(1), ..inside };
    let Some(newest) = subject.versions().next() else {
        pen.paragraph(place, "none yet", Role::Quiet);
        return;
    };
    let mut y = heads(pen, place);
    let shown = app.models.shown().map(|shown| shown.card.version);
    for version in subject.versions() {
        if y >= place.bottom() {
            return;
        }
        row(app, pen, Rect { y, height: 1, ..place }, version, Some(version.card.version) == shown, focused);
        y += 1;
    }
    let below = Rect { y, height: place.bottom().saturating_sub(y), ..place };
    let y = y + pen.paragraph(below, &why(app, subject, newest), Role::Quiet);
    let (speak, formula) = (app.key(Action::LetSpeak), app.key(Action::LetFormula));
    let instead = models::speaks_instead(subject.learner.learner);
    let hint = format!("{speak}: the marked one speaks   {formula}: {instead} speaks");
    let below = Rect { y, height: place.bottom().saturating_sub(y), ..place };
    let y = y + pen.paragraph(below, &hint, if focused { Role::Key } else { Role::Quiet });
    let Some(card) = app.models.shown().map(|shown| &shown.card) else { return };
    let lines = reliability::lines(app.look.symbols, card, usize::from(place.width));
    if usize::from(place.bottom().saturating_sub(y + 1)) >= lines.len() {
        for (line, y) in lines.iter().zip(y + 1..place.bottom()) {
            pen.spans(place.x, y, place.width, line);
        }
    }
}

/// Lines that stand in this pane beside the versions: whether the card need not show the reliability.
pub(super) fn holds_reliability(app: &App, height: u16) -> bool {
    let versions = app.models.subject().map_or(0, |subject| subject.versions().count());
    // Rule, heads, reason and hint in two lines each, a blank line, title, heads and ten bars.
    usize::from(height) >= versions + 2 + 4 + 1 + 12
}

fn heads(pen: &mut Pen<'_>, area: Rect) -> u16 {
    pen.put(area.x + 1, area.y, 5, "VERS", Role::Title);
    pen.put(area.x + 6, area.y, 12, "STATE", Role::Title);
    pen.put(area.x + 19, area.y, 12, "TRAINED", Role::Title);
    pen.put_right(area.x + 31, area.y, 4, "AUC", Role::Title);
    pen.put_right(area.x + 36, area.y, 8, "TRACKS", Role::Title);
    area.y + 1
}

fn row(app: &App, pen: &mut Pen<'_>, area: Rect, version: &Registered, shown: bool, focused: bool) {
    let card = &version.card;
    if shown {
        pen.put(area.x, area.y, 1, "▸", if focused { Role::Focus } else { Role::Quiet });
    }
    let text = if shown { Role::Selected } else { Role::Text };
    let missed = card.gate.missed().count();
    let (state, role) = if version.deployed {
        ("● deployed".to_owned(), Role::Pass)
    } else if missed > 0 {
        (format!("✗ {missed} missed"), Role::Warning)
    } else {
        ("✓ could".to_owned(), Role::Text)
    };
    pen.put(area.x + 1, area.y, 5, &format!("v{}", card.version), text);
    pen.put(area.x + 6, area.y, 12, &state, role);
    pen.put(area.x + 19, area.y, 12, &columns::date_of(app, card.trained_ms), text);
    let auc = card.figure(AUC).map_or_else(|| "–".to_owned(), |figure| format!("{:.2}", figure.value));
    pen.put_right(area.x + 31, area.y, 4, &auc, text);
    pen.put_right(area.x + 36, area.y, 8, &super::words::thousands(card.rows), text);
}

/// `v7 deployed since 16 Mar 02:10: 482 new tracks`.
fn why(app: &App, subject: Subject<'_>, newest: &Registered) -> String {
    let head = &newest.head;
    let since = format!("{} {}", columns::date_of(app, head.since_ms), app.clock.hhmm(head.since_ms));
    if let Some(version) = head.deployed {
        return format!("v{version} deployed since {since}: {}", head.why);
    }
    format!("{} speaks since {since}: {}", models::speaks_instead(subject.learner.learner), head.why)
}
