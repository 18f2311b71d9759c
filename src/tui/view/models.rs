//! Models: one line a learner over the card and the versions of the selected one.

use ratatui::layout::Rect;

use super::pen::{Pen, Span, span};
use super::{card, reliability, versions};
use crate::analysis::Learner;
use crate::config::Mode;
use crate::learning::AUC;
use crate::session::{Standing, TrainingView};
use crate::tui::action::Action;
use crate::tui::app::App;
use crate::tui::layout::{self, Parts};
use crate::tui::models::{Pane, Subject};
use crate::tui::theme::Role;

/// What speaks where no version does.
pub fn speaks_instead(learner: Learner) -> &'static str {
    match learner {
        Learner::ThresholdOptimizer | Learner::FinalTest => "the formula",
        Learner::TrimVerdict => "nobody",
        Learner::DriftDetector => "CUSUM",
    }
}

/// Lines of the card, and how many of them are shown at once.
pub fn card_room(app: &App) -> (usize, usize) {
    let panes = layout::parts(app).detail.map(|area| layout::model_panes(app, area));
    // A card that is not on screen stays where it was scrolled to.
    let Some(area) = panes.and_then(|panes| panes.card) else { return (app.models.card_top, 0) };
    (card_lines(app, area).len(), usize::from(area.height.saturating_sub(1)))
}

fn card_lines(app: &App, area: Rect) -> Vec<card::Line> {
    let beside = layout::parts(app).detail.and_then(|area| layout::model_panes(app, area).versions);
    let whole = beside.is_none_or(|beside| !versions::holds_reliability(app, beside.height));
    card::lines(app, area.width.saturating_sub(2), whole)
}

/// Draws list, card and versions.
pub(super) fn draw(app: &App, pen: &mut Pen<'_>, parts: &Parts) {
    if parts.list.height > 0 {
        list(app, pen, parts.list);
    }
    let Some(area) = parts.detail.filter(|_| app.models.subject().is_some()) else { return };
    let panes = layout::model_panes(app, area);
    if let Some(area) = panes.card {
        draw_card(app, pen, area);
    }
    if let Some(area) = panes.versions {
        versions::draw(app, pen, area);
    }
}

fn draw_card(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let Some(subject) = app.models.subject() else { return };
    let lines = card_lines(app, area);
    let room = usize::from(area.height.saturating_sub(1));
    let top = app.models.card_top.min(lines.len().saturating_sub(room));
    let mut title = vec![span(subject.name(), Role::Text)];
    if let Some(shown) = app.models.shown() {
        title.push(span(format!(" · v{}", shown.card.version), Role::Text));
        title.push(span(if shown.deployed { "" } else { ", not deployed" }, Role::Warning));
    }
    if lines.len() > room {
        let below = lines.len() - room - top;
        let above = if top > 0 { format!("{top} above, ") } else { String::new() };
        title.push(span(format!("  {above}{below} below"), Role::Quiet));
    }
    let focused = app.models.focus == Pane::Card;
    let inside = pen.rule(area, &title, if focused { Role::Focus } else { Role::Quiet });
    for (line, y) in lines.iter().skip(top).zip(inside.y..inside.bottom()) {
        pen.spans(inside.x + 1, y, inside.width.saturating_sub(1), line);
    }
}

/// The one thing to know, with its mark and how loud it is.
pub(super) fn standing(subject: Subject<'_>, standing: Standing) -> (String, Role) {
    let (mark, role) = match &standing {
        Standing::Off => ("·", Role::Quiet),
        Standing::Untrained(_) => ("○", Role::Quiet),
        Standing::Training(_) => ("▸", Role::Key),
        Standing::Deployed(_) | Standing::Several(_) => ("●", Role::Pass),
        Standing::Shadow(_) => ("○", Role::Text),
        Standing::Gated(..) => ("✗", Role::Warning),
        Standing::Stale(_) => ("▲", Role::State),
        Standing::TakenBack(_) => ("–", Role::Warning),
    };
    let words = match standing {
        // Not everywhere it is the formula that speaks instead.
        Standing::TakenBack(why) => format!("{} speaks: {why}", speaks_instead(subject.learner.learner)),
        standing => standing.to_string().replace(" -", " −"),
    };
    (format!("{mark} {words}"), role)
}

/// The state of a line: trouble before everything else.
fn state(app: &App, subject: Subject<'_>) -> (String, Role) {
    match &subject.learner.trouble {
        Some(trouble) if subject.product.is_none() => (format!("▲ trouble: {trouble}"), Role::Outside),
        _ => {
            let now = subject.standing(app.models.training(), app.clock.now_ms);
            let (words, role) = standing(subject, now.clone());
            // Which checks those are stands on the card.
            let gate =
                subject.versions().next().map(|version| &version.card.gate).filter(|gate| !gate.checks.is_empty());
            match (now, gate) {
                (Standing::Gated(version, _), Some(gate)) => {
                    let (missed, all) = (gate.missed().count(), gate.checks.len());
                    (format!("✗ gated v{version}: {missed} of {all} missed"), role)
                }
                _ => (words, role),
            }
        }
    }
}

/// Columns of the list: what stands where at a width; 0 = not at all.
struct Columns {
    name: u16,
    state: u16,
    speaks: u16,
    age: u16,
    next: u16,
}

const FIGURE: u16 = 9;
const COUNTS: u16 = 12;
const STATE: u16 = 30;

impl Columns {
    fn of(width: u16) -> Self {
        let (name, speaks, age) = match width {
            99.. => (22, 9, 5),
            79.. => (12, 9, 5),
            _ => (12, 0, 0),
        };
        let gaps = 3 + u16::from(speaks > 0) + u16::from(age > 0);
        let spare = width.saturating_sub(name + speaks + age + FIGURE + COUNTS + gaps);
        let next = if spare >= 50 { spare - STATE - 1 } else { 0 };
        Self { name, state: if next > 0 { STATE } else { spare }, speaks, age, next }
    }
}

fn list(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let Some(view) = app.models.view.as_ref().filter(|view| !view.learners.is_empty()) else {
        let said = match (app.opened, &app.models.view) {
            (true, None) => "How learning stands is asked for …",
            _ => "Opening the history …",
        };
        pen.put(area.x + 2, area.y + 1, area.width.saturating_sub(3), said, Role::Text);
        return;
    };
    let columns = Columns::of(area.width.saturating_sub(1));
    heads(pen, area, &columns);
    let rows = layout::list_rows(app);
    let at = app.models.at;
    for ((subject, index), y) in app.models.subjects().iter().zip(0..).skip(at.top).take(rows).zip(area.y + 1..) {
        if index == at.selected {
            let role = if app.models.focus == Pane::List { Role::Focus } else { Role::Quiet };
            pen.put(area.x, y, 1, "▸", role);
        }
        let line = Rect { x: area.x + 1, y, width: area.width.saturating_sub(1), height: 1 };
        row(app, pen, line, *subject, index == at.selected, &columns);
    }
    if let Some(training) = &view.training
        && area.height > 1
    {
        pen.spans(
            area.x + 1,
            area.bottom() - 1,
            area.width.saturating_sub(2),
            &training_line(app, training, area.width),
        );
    }
}

fn heads(pen: &mut Pen<'_>, area: Rect, columns: &Columns) {
    let mut x = area.x + 1;
    let titles = [
        ("LEARNER", columns.name, false),
        ("STATE", columns.state, false),
        ("SPEAKS", columns.speaks, false),
        ("AUC/RIVAL", FIGURE, true),
        ("TRACKS/UNITS", COUNTS, true),
        ("AGE", columns.age, true),
        ("NEXT TRAINING", columns.next, false),
    ];
    for (title, width, at_right) in titles.into_iter().filter(|(_, width, _)| *width > 0) {
        if at_right {
            pen.put_right(x, area.y, width, title, Role::Title);
        } else {
            pen.put(x, area.y, width, title, Role::Title);
        }
        x += width + 1;
    }
}

fn row(app: &App, pen: &mut Pen<'_>, area: Rect, subject: Subject<'_>, selected: bool, columns: &Columns) {
    let off = subject.learner.mode == Mode::Off;
    let text = match (selected, off) {
        (true, _) => Role::Selected,
        (false, true) => Role::Quiet,
        (false, false) => Role::Text,
    };
    let (state, role) = state(app, subject);
    let next = if subject.product.is_some() || off { "" } else { subject.learner.next.as_str() };
    let cells = [
        (name(subject, columns.name), columns.name, text, false),
        (state, columns.state, role, false),
        (speaks(subject), columns.speaks, text, false),
        (auc(subject), FIGURE, text, true),
        (counts(subject), COUNTS, text, true),
        (age(app, subject), columns.age, text, true),
        (next.to_owned(), columns.next, if selected { text } else { Role::Quiet }, false),
    ];
    let mut x = area.x;
    for (cell, width, role, at_right) in cells.into_iter().filter(|(_, width, ..)| *width > 0) {
        if at_right {
            pen.put_right(x, area.y, width, &cell, role);
        } else {
            pen.put(x, area.y, width, &cell, role);
        }
        x += width + 1;
    }
}

fn name(subject: Subject<'_>, width: u16) -> String {
    if let Some(product) = subject.product {
        return format!("  {product}");
    }
    let (long, short) = match subject.learner.learner {
        Learner::ThresholdOptimizer => ("threshold optimizer", "threshold"),
        Learner::FinalTest => ("predictor final test", "final test"),
        Learner::TrimVerdict => ("predictor trim verdict", "trim verdict"),
        Learner::DriftDetector => ("drift detector", "drift"),
    };
    if width >= 22 { long } else { short }.to_owned()
}

/// Who speaks now: a version, or what does instead.
fn speaks(subject: Subject<'_>) -> String {
    let several =
        subject.product.is_none() && subject.learner.versions.iter().any(|version| !version.card.scope.is_empty());
    match subject.deployed() {
        _ if several => "see below".to_owned(),
        Some(version) if subject.learner.mode == Mode::On => format!("v{}", version.card.version),
        _ => speaks_instead(subject.learner.learner).trim_start_matches("the ").to_owned(),
    }
}

fn auc(subject: Subject<'_>) -> String {
    let figure = subject.foremost().and_then(|version| version.card.figure(AUC));
    let Some(figure) = figure else { return "–".to_owned() };
    match &figure.rival {
        Some((_, rival)) => format!("{:.2}/{rival:.2}", figure.value),
        None => format!("{:.2}", figure.value),
    }
}

fn counts(subject: Subject<'_>) -> String {
    let count = super::words::thousands;
    subject
        .foremost()
        .map_or_else(|| "–".to_owned(), |version| format!("{}/{}", count(version.card.rows), count(version.card.units)))
}

fn age(app: &App, subject: Subject<'_>) -> String {
    subject.foremost().map_or_else(|| "–".to_owned(), |version| app.clock.old(version.card.trained_ms))
}

/// `training trim verdict ▕████  ▏ 62 %  wanted by AB  another one waits  c gives it up`.
fn training_line(app: &App, training: &TrainingView, width: u16) -> Vec<Span> {
    let what = training.learner.map_or("the history is looked through", Learner::title);
    let mut line = vec![span("training ", Role::Key), span(format!("{what} "), Role::Text)];
    if width >= 80 {
        let bar = reliability::bar(f64::from(training.percent) / 100.0, None, usize::from(width / 6));
        line.push(span(bar, Role::Text));
    }
    line.push(span(format!(" {} %", training.percent), Role::Selected));
    line.push(span(format!("  wanted by {}", training.by), Role::Text));
    if training.more {
        line.push(span("  another one waits", Role::Text));
    }
    if width >= 100 {
        line.push(span(format!("   {} gives it up", app.key(Action::CancelTraining)), Role::Quiet));
    }
    line
}

/// In a terminal too small for a list: the training, then every learner from the selected one on.
pub(super) fn tiny(app: &App) -> Vec<Vec<Span>> {
    let mut parts = Vec::new();
    if let Some(training) = app.models.training() {
        parts.push(vec![span(format!("training {} %, wanted by {}", training.percent, training.by), Role::Key)]);
    }
    let subjects = app.models.subjects();
    let (before, after) = subjects.split_at(app.models.at.selected.min(subjects.len()));
    for subject in after.iter().chain(before) {
        let (state, role) = state(app, *subject);
        let mut part = vec![span(format!("{} ", name(*subject, 0).trim_start()), Role::Text), span(state, role)];
        if let Some(version) = subject.foremost().filter(|version| version.card.figure(AUC).is_some()) {
            let n = super::words::thousands(version.card.rows);
            part.push(span(format!(" AUC {} (n {n})", auc(*subject)), Role::Quiet));
        }
        parts.push(part);
    }
    if parts.is_empty() {
        parts.push(vec![span("how learning stands is asked for", Role::Quiet)]);
    }
    parts
}
