//! The last line: this screen's keys, or what is being typed or said.

use ratatui::layout::Rect;

use super::pen::{Pen, Span, span};
use super::prompt;
use crate::tui::action::Action;
use crate::tui::app::{App, Overlay};
use crate::tui::canvas::Canvas;
use crate::tui::keymap::Bound;
use crate::tui::search::Search;
use crate::tui::symbols::Symbols;
use crate::tui::theme::Role;

/// One key of the footer, with or without its label.
#[derive(Clone)]
struct Hint {
    action: Action,
    key: String,
    label: &'static str,
    labelled: bool,
    is_screen: bool,
}

/// Draws the line.
pub(super) fn draw(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let width = area.width.saturating_sub(2);
    match &app.overlay {
        Some(Overlay::ConfirmQuit) => {
            let asked = format!("{} files are queued. Quits when they are read; y quits now, n stays", app.queue());
            pen.put(area.x + 1, area.y, width, &asked, Role::State);
        }
        Some(Overlay::Confirm { question, .. }) => prompt::confirm(pen, area, question),
        Some(Overlay::Format) => {
            pen.spans(area.x + 1, area.y, width, &prompt::FORMATS.map(|(text, role)| span(text, role)));
        }
        Some(Overlay::Prompt(prompt)) => prompt::draw(app, pen, area, prompt),
        Some(Overlay::Search { text, .. }) => {
            let found = app.search.as_ref().map_or(0, |search| search.found);
            let typed = [span(format!("/{text}"), Role::Text), span("_", Role::Cursor)];
            let x = pen.spans(area.x + 1, area.y, width, &typed);
            let count = format!("   {found} found   Enter keeps, Esc gives up");
            pen.put(x, area.y, area.right().saturating_sub(x + 1), &count, Role::Quiet);
        }
        // While letters are typed into something, the screen's keys do nothing: they are not named.
        Some(Overlay::Help { .. }) => typing(app, pen, area, "scrolls, typing searches"),
        Some(Overlay::Palette { .. }) => typing(app, pen, area, "chooses, Enter does it, typing searches"),
        Some(Overlay::Saved { .. }) => typing(app, pen, area, "chooses, Enter shows, d deletes"),
        None => match &app.toast {
            Some(toast) => {
                pen.put(area.x + 1, area.y, width, &toast.text, Role::State);
            }
            None => keys(app, pen, area),
        },
    }
}

/// The keys of an overlay, which nobody can bind anew.
fn typing(app: &App, pen: &mut Pen<'_>, area: Rect, how: &str) {
    let arrows = if app.look.symbols == Symbols::Ascii { "Up Down" } else { "↑↓" };
    let said = format!("Esc closes, {arrows} {how}");
    pen.put(area.x + 1, area.y, area.width.saturating_sub(2), &said, Role::Quiet);
}

/// What a click at a column of the line means.
pub fn action_at(app: &App, column: u16) -> Option<Action> {
    let mut canvas = Canvas::blank(app.size.0, 1);
    let pen = Pen::new(&mut canvas, app);
    let (mut left, pinned) = hints(app);
    let chip = app.search.as_ref().map_or(0, |search| pen.width(&chip(app, search)) + 2);
    let pinned_width: usize = pinned.iter().map(|hint| width(&pen, hint)).sum();
    degrade(&pen, &mut left, usize::from(app.size.0).saturating_sub(pinned_width + chip + 1));
    let at = usize::from(column);
    let hit = |hints: &[Hint], mut x: usize| {
        hints.iter().find_map(|hint| {
            let from = x;
            x += width(&pen, hint);
            (from..x).contains(&at).then_some(hint.action)
        })
    };
    hit(&pinned, usize::from(app.size.0).saturating_sub(pinned_width)).or_else(|| hit(&left, 1 + chip))
}

fn chip(app: &App, search: &Search) -> String {
    format!("/{} {} found  {}", search.text, search.found, pair(app, Action::NextMatch, Action::PreviousMatch))
}

fn keys(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let chip = app.search.as_ref().map(|search| chip(app, search));
    let chip_width = chip.as_ref().map_or(0, |chip| pen.width(chip) + 2);
    let (mut left, pinned) = hints(app);
    let pinned_width: usize = pinned.iter().map(|hint| width(pen, hint)).sum();
    let room = usize::from(area.width).saturating_sub(pinned_width + chip_width + 1);
    degrade(pen, &mut left, room);
    let mut x = area.x + 1;
    if let Some(chip) = chip {
        x = pen.put(x, area.y, area.width, &chip, Role::Match) + 2;
    }
    for hint in &left {
        x = pen.spans(x, area.y, area.right().saturating_sub(x), &written(hint));
    }
    let mut x = area.right().saturating_sub(u16::try_from(pinned_width).unwrap_or(0));
    for hint in &pinned {
        x = pen.spans(x, area.y, area.right().saturating_sub(x), &written(hint));
    }
}

/// This screen's keys and the screens; help and quit apart. What has no key is not in the footer.
fn hints(app: &App) -> (Vec<Hint>, Vec<Hint>) {
    let hint = |bound: &&Bound| Hint {
        action: bound.action(),
        key: shown_key(app, bound),
        label: bound.binding.label,
        labelled: true,
        is_screen: matches!(bound.action(), Action::Go(_)),
    };
    let all = app.look.keys.on(app.screen).filter(|bound| !bound.binding.label.is_empty());
    let all = all.filter(|bound| bound.action() != Action::Go(app.screen));
    let (pinned, left): (Vec<_>, Vec<_>) = all.partition(|b| matches!(b.action(), Action::Help | Action::Quit));
    let shown = |bounds: Vec<&Bound>| bounds.iter().map(hint).filter(|hint| !hint.key.is_empty()).collect();
    (shown(left), shown(pinned))
}

/// Pairs of keys that undo each other are shown together.
fn shown_key(app: &App, bound: &Bound) -> String {
    match bound.action() {
        Action::Down => pair(app, Action::Up, Action::Down),
        Action::CursorRight => pair(app, Action::CursorLeft, Action::CursorRight),
        Action::RangeShorter => pair(app, Action::RangeShorter, Action::RangeLonger),
        Action::SortNext => pair(app, Action::SortNext, Action::SortReverse),
        Action::NextMetric => pair(app, Action::NextMetric, Action::PreviousMetric),
        _ => bound.keys.first().map(|key| app.look.symbols.key(&key.0).to_owned()).unwrap_or_default(),
    }
}

/// The first keys of two actions; arrows stand side by side.
fn pair(app: &App, one: Action, other: Action) -> String {
    let first = |action| {
        let bound = app.look.keys.on(app.screen).find(|bound| bound.action() == action)?;
        bound.keys.first().map(|key| app.look.symbols.key(&key.0))
    };
    let keys: Vec<&str> = [one, other].into_iter().filter_map(first).collect();
    let arrows = app.look.symbols != Symbols::Ascii && keys.iter().all(|key| !key.is_ascii());
    keys.join(if arrows { "" } else { " " })
}

/// Labels go before keys, the screens' labels last of them; then keys from the end, the screens' last of all.
fn degrade(pen: &Pen<'_>, hints: &mut Vec<Hint>, room: usize) {
    let mut taken: usize = hints.iter().map(|hint| width(pen, hint)).sum();
    for screens in [false, true] {
        for hint in hints.iter_mut().rev().filter(|hint| hint.is_screen == screens) {
            if taken <= room {
                return;
            }
            taken -= width(pen, hint);
            hint.labelled = false;
            taken += width(pen, hint);
        }
    }
    while taken > room {
        let Some(last) = hints.iter().rposition(|hint| !hint.is_screen).or(hints.len().checked_sub(1)) else { break };
        taken -= width(pen, &hints.remove(last));
    }
}

fn width(pen: &Pen<'_>, hint: &Hint) -> usize {
    let label = if hint.labelled { 1 + pen.width(hint.label) } else { 0 };
    pen.width(&hint.key) + label + GAP.len()
}

/// What parts one key from the next.
const GAP: &str = "  ";

fn written(hint: &Hint) -> [Span; 2] {
    let label = if hint.labelled { format!(" {}{GAP}", hint.label) } else { GAP.to_owned() };
    [span(hint.key.as_str(), Role::Key), span(label, Role::Quiet)]
}
