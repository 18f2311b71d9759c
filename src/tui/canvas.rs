//! What a drawing is made on: a glyph of eight bytes a cell. A cell of a ratatui buffer takes six times as many, and a
//! screen of them more than a processor keeps at hand while it judges between two drawings.

use std::collections::BTreeMap;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::glyph::Glyph;

/// The cells of a screen, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canvas {
    area: Rect,
    glyphs: Vec<Glyph>,
    /// Letters with marks, which do not fit into a glyph, by what stands there for them.
    marked: BTreeMap<u32, Box<str>>,
}

impl Canvas {
    /// Blank cells.
    pub fn blank(columns: u16, rows: u16) -> Self {
        let area = Rect::new(0, 0, columns, rows);
        Self { area, glyphs: vec![Glyph::BLANK; area.area() as usize], marked: BTreeMap::new() }
    }

    /// Where its cells are.
    pub(super) fn area(&self) -> Rect {
        self.area
    }

    /// Makes every cell blank again.
    pub fn wipe(&mut self) {
        self.glyphs.fill(Glyph::BLANK);
        self.marked.clear();
    }

    fn index(&self, x: u16, y: u16) -> Option<usize> {
        let is_inside = x < self.area.width && y < self.area.height;
        is_inside.then(|| usize::from(y) * usize::from(self.area.width) + usize::from(x))
    }

    fn at(&mut self, x: u16, y: u16) -> Option<&mut Glyph> {
        let index = self.index(x, y)?;
        self.glyphs.get_mut(index)
    }

    /// Sets a letter; a style that has no colour leaves that of the cell, and modifiers are added to its own.
    pub(super) fn set(&mut self, x: u16, y: u16, letter: char, style: Style) {
        if let Some(glyph) = self.at(x, y) {
            *glyph = glyph.with(letter, style);
        }
    }

    /// The same with a letter that has marks on it.
    pub(super) fn set_marked(&mut self, x: u16, y: u16, letter: &str, style: Style) {
        if let Some(glyph) = self.at(x, y) {
            *glyph = glyph.with_marked(letter, style);
            let check = glyph.check();
            self.marked.entry(check).or_insert_with(|| letter.into());
        }
    }

    /// Sets letters that take one column each, as far as there is room.
    pub(super) fn set_plain(&mut self, x: u16, y: u16, text: &str, style: Style) {
        let Some(first) = self.index(x, y) else { return };
        let room = usize::from(self.area.width - x);
        let cells = self.glyphs.get_mut(first..first + room).unwrap_or_default();
        for (glyph, letter) in cells.iter_mut().zip(text.chars()) {
            *glyph = glyph.with(letter, style);
        }
    }

    /// Makes cells blank.
    pub(super) fn clear(&mut self, area: Rect) {
        for row in area.intersection(self.area).rows() {
            let first = self.index(row.x, row.y);
            let cells = first.and_then(|first| self.glyphs.get_mut(first..first + usize::from(row.width)));
            cells.unwrap_or_default().fill(Glyph::BLANK);
        }
    }

    /// Puts other letters in place of those that a terminal cannot show.
    pub(super) fn spell(&mut self, spelled: impl Fn(char) -> char) {
        for glyph in &mut self.glyphs {
            let letter = glyph.letter().or_else(|| self.marked.get(&glyph.check())?.chars().next());
            if let Some(letter) = letter.filter(|letter| !letter.is_ascii() || glyph.letter().is_none()) {
                *glyph = glyph.with(spelled(letter), Style::new());
            }
        }
    }

    /// The rows.
    pub(super) fn rows(&self) -> impl Iterator<Item = &[Glyph]> {
        self.glyphs.chunks(usize::from(self.area.width).max(1))
    }

    /// A letter with marks, of a glyph that stands for one.
    pub(super) fn marked(&self, glyph: Glyph) -> Option<&str> {
        self.marked.get(&glyph.check()).map(AsRef::as_ref)
    }
}

/// The same as ratatui knows it.
impl From<&Canvas> for Buffer {
    fn from(canvas: &Canvas) -> Self {
        let mut buffer = Buffer::empty(canvas.area);
        for (cell, glyph) in buffer.content.iter_mut().zip(&canvas.glyphs) {
            match glyph.letter() {
                Some(letter) => cell.set_char(letter),
                None => cell.set_symbol(canvas.marked(*glyph).unwrap_or(" ")),
            };
            cell.set_style(glyph.style());
        }
        buffer
    }
}
