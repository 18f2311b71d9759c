//! Writing on the canvas: bounded, by role, with text made safe on the way.

use ratatui::layout::{Margin, Rect};
use ratatui::style::Style;
use ratatui::symbols::line;
use unicode_width::UnicodeWidthChar;

use crate::config::Marker;
use crate::export::is_plain;
use crate::tui::app::App;
use crate::tui::canvas::Canvas;
use crate::tui::look::Look;
use crate::tui::symbols::Symbols;
use crate::tui::theme::Role;

/// A piece of a line.
pub(super) type Span = (String, Role);

/// A span of anything that is text.
pub(super) fn span(text: impl Into<String>, role: Role) -> Span {
    (text.into(), role)
}

/// Text cut into lines of a width at its spaces.
pub(super) fn broken(symbols: Symbols, text: &str, width: usize) -> Vec<String> {
    let spelled = |text: &str| columns(&symbols.text(text));
    let mut lines: Vec<String> = Vec::new();
    // Two spaces in a row part figures; they stay, save where a line begins.
    for word in text.split(' ') {
        let fits = |line: &String| spelled(line) + 1 + spelled(word) <= width;
        match lines.last_mut().filter(|line| fits(line)) {
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None if word.is_empty() => {}
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Text of exactly so many columns as it will be spelled: cut, or filled up at its right.
pub(super) fn left(symbols: Symbols, text: &str, width: usize) -> String {
    let mut cell = cut(symbols, text, width);
    cell.push_str(&" ".repeat(width.saturating_sub(columns(&cell))));
    cell
}

/// The same, filled up at its left.
pub(super) fn right(symbols: Symbols, text: &str, width: usize) -> String {
    let cell = cut(symbols, text, width);
    " ".repeat(width.saturating_sub(columns(&cell))) + &cell
}

/// Columns a text takes on a terminal, which counts its characters one by one.
fn columns(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().filter_map(UnicodeWidthChar::width).sum() }
}

/// As much of a text as may matter where so many columns are: of marks that take none only a few stand on each letter. A
/// name may be long beyond all measure.
fn head(text: &str, width: usize) -> &str {
    let most = 4 * (width + 1);
    if text.len() <= most {
        return text;
    }
    text.char_indices().nth(most).map_or(text, |(at, _)| text.get(..at).unwrap_or(text))
}

/// The beginning of a text that takes no more than so many columns, with the marks on its last letter.
fn fitting(text: &str, width: usize) -> &str {
    if text.is_ascii() {
        return text.get(..width).unwrap_or(text);
    }
    let mut taken = 0;
    let beyond = |&(_, c): &(usize, char)| {
        taken += c.width().unwrap_or(0);
        taken > width
    };
    text.char_indices().find(beyond).map_or(text, |(at, _)| text.get(..at).unwrap_or(text))
}

fn cut(symbols: Symbols, text: &str, width: usize) -> String {
    let text = symbols.text(head(text, width));
    if columns(&text) <= width {
        return text.into_owned();
    }
    let mut cell = fitting(&text, width.saturating_sub(1)).to_owned();
    // One column in either spelling.
    cell.push(if symbols == Symbols::Ascii { '~' } else { '…' });
    cell
}

/// Columns of a rule before its title and behind it.
const RULE_END: u16 = 2;

/// Writes on a canvas.
pub(super) struct Pen<'a> {
    canvas: &'a mut Canvas,
    look: &'a Look,
}

impl<'a> Pen<'a> {
    pub(super) fn new(canvas: &'a mut Canvas, app: &'a App) -> Self {
        Self { canvas, look: &app.look }
    }

    pub(super) fn style(&self, role: Role) -> Style {
        self.look.style(role)
    }

    /// Writes text at a place, cut to `width` with an ellipsis; returns the column after it.
    pub(super) fn put(&mut self, x: u16, y: u16, width: u16, text: &str, role: Role) -> u16 {
        let style = self.style(role);
        let area = self.canvas.area();
        if y >= area.bottom() || x >= area.right() || width == 0 {
            return x;
        }
        let width = width.min(area.right() - x);
        // Nothing about most texts has to be looked up, in no spelling.
        if text.len() <= usize::from(width) && is_plain(text) {
            self.canvas.set_plain(x, y, text, style);
            return x + u16::try_from(text.len()).unwrap_or(0);
        }
        let text = self.look.symbols.text(head(text, usize::from(width)));
        let cut = columns(&text) > usize::from(width);
        let room = if cut { width - 1 } else { width };
        let end = self.lay(x, y, fitting(&text, usize::from(room)), style);
        if cut { self.lay(end, y, "…", style) } else { end }
    }

    /// Each letter with its marks into the cells that terminals give it, be it joined with its neighbours elsewhere.
    fn lay(&mut self, x: u16, y: u16, text: &str, style: Style) -> u16 {
        let (mut x, mut rest) = (x, text);
        while let Some(c) = rest.chars().next() {
            let marks = |&(_, c): &(usize, char)| c.width().is_some_and(|width| width > 0);
            let end = rest.char_indices().skip(1).find(marks).map_or(rest.len(), |(at, _)| at);
            let (letter, after) = rest.split_at(end);
            let width = u16::try_from(c.width().unwrap_or(0)).unwrap_or(0);
            match width {
                0 => {}
                _ if letter.len() == c.len_utf8() => self.canvas.set(x, y, c, style),
                _ => self.canvas.set_marked(x, y, letter, style),
            }
            let next = x.saturating_add(width);
            if width > 1 {
                self.canvas.clear(Rect { x: x + 1, y, width: width - 1, height: 1 });
            }
            (x, rest) = (next, after);
        }
        x
    }

    /// The same, right-aligned in `width`.
    pub(super) fn put_right(&mut self, x: u16, y: u16, width: u16, text: &str, role: Role) {
        let room = usize::from(width).saturating_sub(self.width(text));
        let skip = u16::try_from(room).unwrap_or(0);
        self.put(x + skip, y, width - skip.min(width), text, role);
    }

    /// Writes spans one after the other.
    pub(super) fn spans(&mut self, x: u16, y: u16, width: u16, spans: &[Span]) -> u16 {
        let right = x.saturating_add(width);
        let write = |at: u16, (text, role): &Span| self.put(at, y, right.saturating_sub(at), text, *role);
        spans.iter().fold(x, write)
    }

    /// Columns a text takes, spelled as it will be.
    pub(super) fn width(&self, text: &str) -> usize {
        columns(&self.look.symbols.text(text))
    }

    /// Writes text over several lines, broken at spaces; returns how many it took.
    pub(super) fn paragraph(&mut self, area: Rect, text: &str, role: Role) -> u16 {
        let mut y = 0;
        let lines = self.lines(text, area.width);
        let count = lines.len();
        for (index, line) in lines.iter().enumerate().take(usize::from(area.height)) {
            let last = index + 1 == usize::from(area.height) && count > index + 1;
            let line = if last { format!("{line} …") } else { line.clone() };
            self.put(area.x, area.y + y, area.width, &line, role);
            y += 1;
        }
        y
    }

    /// Text cut into lines of a width at its spaces.
    pub(super) fn lines(&self, text: &str, width: u16) -> Vec<String> {
        broken(self.look.symbols, text, usize::from(width))
    }

    /// Draws a frame with a title; returns what is inside.
    pub(super) fn frame(&mut self, area: Rect, title: &[Span], role: Role) -> Rect {
        let area = area.intersection(self.canvas.area());
        let corners = |left: &str, right: &str| {
            format!("{left}{}{right}", line::HORIZONTAL.repeat(usize::from(area.width).saturating_sub(2)))
        };
        let style = self.style(role);
        for y in area.top()..area.bottom() {
            let edge = match y {
                _ if y == area.top() => corners(line::TOP_LEFT, line::TOP_RIGHT),
                _ if y + 1 == area.bottom() => corners(line::BOTTOM_LEFT, line::BOTTOM_RIGHT),
                _ => {
                    self.lay(area.x, y, line::VERTICAL, style);
                    self.lay(area.right().saturating_sub(1), y, line::VERTICAL, style);
                    continue;
                }
            };
            self.lay(area.x, y, &edge, style);
        }
        self.title(area, title);
        area.inner(Margin::new(1, 1))
    }

    /// Draws a line with a title in it; returns what is below. It ends soon after the title, save where it says that a
    /// pane has the focus: a line across costs three bytes a column, and all of them again when its colour changes.
    pub(super) fn rule(&mut self, area: Rect, title: &[Span], role: Role) -> Rect {
        let across = role == Role::Focus || title.is_empty();
        let line = "─".repeat(usize::from(if across { area.width } else { RULE_END.min(area.width) }));
        self.put(area.x, area.y, area.width, &line, role);
        let end = self.title(area, title);
        if !across {
            let room = area.right().saturating_sub(end).min(RULE_END);
            self.put(end, area.y, room, &line, role);
        }
        Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area }
    }

    /// Writes a title into the line at the top of an area; returns the column after it.
    fn title(&mut self, area: Rect, title: &[Span]) -> u16 {
        if title.is_empty() || area.width <= 6 {
            return area.x;
        }
        let x = self.put(area.x + 2, area.y, 1, " ", Role::Text);
        let end = self.spans(x, area.y, area.width.saturating_sub(5), title);
        self.put(end, area.y, 1, " ", Role::Text)
    }

    /// Blanks an area.
    pub(super) fn clear(&mut self, area: Rect) {
        self.canvas.clear(area);
    }

    /// Sets one character.
    pub(super) fn glyph(&mut self, x: u16, y: u16, c: char, role: Role) {
        let style = self.style(role);
        self.canvas.set(x, y, c, style);
    }

    /// What charts are drawn with.
    pub(super) fn marker(&self) -> Marker {
        self.look.marker
    }

    /// Whether cells must be ASCII.
    pub(super) fn is_ascii(&self) -> bool {
        self.look.symbols == Symbols::Ascii
    }
}
