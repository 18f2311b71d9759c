//! The help: what this screen shows, the key map with this screen's keys first, and what the marks mean.

use ratatui::layout::Rect;

use super::pen::{Pen, Span, broken, span};
use crate::analysis::Status;
use crate::tui::action::{Action, Screen, Where};
use crate::tui::app::App;
use crate::tui::keymap::Bound;
use crate::tui::lookup;
use crate::tui::theme::{Role, Theme};

/// Columns of the keys.
const KEYS: u16 = 14;

/// One line: a heading alone, or a key or mark with what it means.
struct Line {
    left: Span,
    right: String,
}

/// Draws the help over the screen.
pub(super) fn draw(app: &App, pen: &mut Pen<'_>, query: &str, scroll: usize) {
    let lines = lines(app, query);
    let area = area(app, lines.len());
    pen.clear(area);
    let title = [span(format!("help on {}", app.screen.title()), Role::Title)];
    let inside = pen.frame(area, &title, Role::Focus);
    let typed = [span("find: ", Role::Quiet), span(query, Role::Text), span("_", Role::Cursor)];
    pen.spans(inside.x + 1, inside.y, inside.width.saturating_sub(1), &typed);
    let room = room(area);
    for (line, y) in lines.iter().skip(scroll).take(room).zip(inside.y + 2..inside.bottom()) {
        let (text, role) = &line.left;
        let width = if line.right.is_empty() { inside.width.saturating_sub(2) } else { KEYS };
        pen.put(inside.x + 1, y, width, text, *role);
        pen.put(inside.x + KEYS + 2, y, inside.width.saturating_sub(KEYS + 3), &line.right, Role::Text);
    }
    let below = lines.len().saturating_sub(scroll + room);
    if lines.is_empty() {
        let said = "nothing is called that; Backspace takes letters back";
        pen.put(inside.x + 1, inside.y + 2, inside.width.saturating_sub(2), said, Role::Quiet);
    } else if below > 0 {
        let more = format!("{below} more below");
        pen.put_right(inside.x, inside.y, inside.width.saturating_sub(1), &more, Role::Quiet);
    }
}

fn width(app: &App) -> u16 {
    app.size.0.saturating_sub(4).min(84)
}

fn area(app: &App, lines: usize) -> Rect {
    let (columns, rows) = app.size;
    let (width, most) = (width(app), rows.saturating_sub(2));
    let height = u16::try_from(lines + 4).unwrap_or(u16::MAX).min(most).max(5).min(rows);
    Rect::new((columns - width) / 2, rows.saturating_sub(height) / 2, width, height)
}

fn room(area: Rect) -> usize {
    usize::from(area.height.saturating_sub(4))
}

/// How far what a query leaves can be scrolled.
pub fn scroll(app: &App, query: &str) -> usize {
    let lines = lines(app, query).len();
    lines.saturating_sub(room(area(app, lines)).max(1))
}

/// What the screen is for, then groups of keys, then the marks; with a query only what it finds, best first.
fn lines(app: &App, query: &str) -> Vec<Line> {
    let room = usize::from(width(app).saturating_sub(KEYS + 5));
    let found = lookup::found(&app.look.keys, app.screen, query);
    let mut lines = Vec::new();
    if !query.trim().is_empty() {
        keys(app, &mut lines, found.into_iter(), room);
        meanings(app, &mut lines, query, room);
        return lines;
    }
    for text in broken(app.look.symbols, purpose(app.screen), usize::from(width(app).saturating_sub(4))) {
        lines.push(Line { left: span(text, Role::Text), right: String::new() });
    }
    for group in Group::ALL {
        heading(&mut lines, &group.title(app.screen));
        keys(app, &mut lines, found.iter().copied().filter(|bound| group.holds(bound)), room);
    }
    heading(&mut lines, "what the marks mean");
    meanings(app, &mut lines, "", room);
    lines
}

fn heading(lines: &mut Vec<Line>, title: &str) {
    for left in [span("", Role::Text), span(title, Role::Title)] {
        lines.push(Line { left, right: String::new() });
    }
}

fn keys<'a>(app: &App, lines: &mut Vec<Line>, bounds: impl Iterator<Item = &'a Bound>, room: usize) {
    for bound in bounds {
        let written = super::written(app, bound);
        let mut keys = if written.is_empty() { app.key(bound.action()) } else { written };
        // The way through the palette may be longer than a key: then it stands in a line of its own.
        if keys.chars().count() > usize::from(KEYS) {
            lines.push(Line { left: span(std::mem::take(&mut keys), Role::Key), right: String::new() });
        }
        entry(app, lines, span(keys, Role::Key), bound.binding.help, room);
    }
}

fn meanings(app: &App, lines: &mut Vec<Line>, query: &str, room: usize) {
    for (mark, meaning) in marks(app, query) {
        entry(app, lines, mark, &meaning, room);
    }
}

fn entry(app: &App, lines: &mut Vec<Line>, left: Span, text: &str, room: usize) {
    let mut left = Some(left);
    for right in broken(app.look.symbols, text, room) {
        lines.push(Line { left: left.take().unwrap_or_else(|| span("", Role::Text)), right });
    }
}

/// Keys that belong together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Own,
    Moving,
    Screens,
    Everywhere,
}

impl Group {
    const ALL: [Self; 4] = [Self::Own, Self::Moving, Self::Screens, Self::Everywhere];

    fn title(self, screen: Screen) -> String {
        match self {
            Self::Own => format!("on {}", screen.title()),
            Self::Moving => "moving".to_owned(),
            Self::Screens => "screens".to_owned(),
            Self::Everywhere => "on every screen".to_owned(),
        }
    }

    fn holds(self, bound: &Bound) -> bool {
        self == match bound.action() {
            _ if bound.binding.place != Where::Everywhere => Self::Own,
            Action::Go(_) => Self::Screens,
            Action::Up
            | Action::Down
            | Action::PageUp
            | Action::PageDown
            | Action::First
            | Action::Last
            | Action::Back
            | Action::Zoom => Self::Moving,
            _ => Self::Everywhere,
        }
    }
}

/// What a screen is for, in a sentence or two.
fn purpose(screen: Screen) -> &'static str {
    match screen {
        Screen::Live => {
            "Every file the station drops, newest first, and below why the selected run passed or failed: its error curve \
             inside the limits, sigma, risk. It follows the newest run until you move."
        }
        Screen::Unit => {
            "One run in depth: its curve as stored, at its offset and untrimmed, pass by pass, settings, and the other \
             runs of its serial. The cursor reads values off the curve."
        }
        Screen::Drift => {
            "How every product model runs at every laser, the worst first; below the share of failed units lot by lot, \
             any figure unit by unit, and the evidence. An alarm stands until somebody says what it came from."
        }
        Screen::Models => {
            "What was learned from the shop's own history, how good it is, and who speaks: a version, or the formula. \
             Below the card of the selected learner and its versions."
        }
        Screen::History => {
            "All runs that are kept: filtered, sorted, searched, and counted as yield by day or by model. A run opens in \
             depth and can be taken out of what is counted."
        }
        Screen::Log => {
            "How every file ended: a run, a duplicate, skipped, or an error with its whole cause. A file that could not be \
             read is read again when it changes, or when you say so."
        }
    }
}

/// Marks and words of the screens, those that hold the query.
fn marks(app: &App, query: &str) -> Vec<(Span, String)> {
    let of = |status: Status, meaning: &str| {
        let mark = format!("{} {}", app.look.symbols.status(status), status.word());
        (span(mark, Theme::status(status)), meaning.to_owned())
    };
    let word = |word: &str, meaning: &str| (span(word, Role::Text), meaning.to_owned());
    let all = [
        of(Status::Pass, "every graded point is inside its limits"),
        of(Status::Warning, "inside, but look: the offset is large, or sigma or resistance is outside its own limit"),
        of(Status::Fail, "points are outside at every offset"),
        of(Status::NotGraded, "no point has both limits: nothing can be said"),
        of(Status::Untrimmed, "saved without a cut: no result, and in no yield"),
        of(Status::Error, "the file could not be read; the Log says why and what to do"),
        word("! at the left", "a failure or error nobody has looked at yet"),
        word("OUT", "points outside of points graded"),
        word("MARGIN", "room left at the worst point, in parts of the limit; below zero it is outside"),
        word("r / LIMIT", "roughness of the curve against its limit"),
        word("f, v7 at a risk", "from the formula, or from version 7 of what was learned"),
        word("n", "how many are behind a rate or figure"),
    ];
    let query = query.trim().to_lowercase();
    let holds = |(left, right): &(Span, String)| left.0.to_lowercase().contains(&query) || right.contains(&query);
    all.into_iter().filter(holds).collect()
}
