//! From one drawing to the next in as few bytes as a slow line deserves.
//!
//! Only what a VT100 and every later terminal know: CUP, CUF, EL, tabs, scrolling between margins, and SGR with the sixteen
//! classic colours. Unlike a backend that is handed the changed cells alone, this sees both drawings: it has the terminal
//! move lines that stand elsewhere now, erases to the end of a line instead of writing blanks, and writes across a short
//! gap instead of jumping it.

mod scroll;

use std::fmt::Write as _;

use ratatui::style::Modifier;

use super::canvas::Canvas;
use super::glyph::{Glyph, Ink};

/// A gap this short is cheaper written than jumped.
const SHORT_GAP: u16 = 4;

/// Columns from one tab stop to the next.
const TAB: u16 = 8;

/// Instead of what might reach beyond the edge, and so into the next line.
const TOO_WIDE: char = '?';

/// What a terminal shows.
#[derive(Debug)]
pub(super) struct Shown {
    glyphs: Vec<Glyph>,
    columns: u16,
    /// A line that is about to be shown, and one without a letter.
    line: Vec<Glyph>,
    blank: Vec<Glyph>,
}

impl Shown {
    /// A cleared terminal.
    pub(super) fn nothing(columns: u16, rows: u16) -> Self {
        let width = usize::from(columns);
        let blanks = |cells: usize| vec![Glyph::BLANK; cells];
        Self { glyphs: blanks(width * usize::from(rows)), columns, line: blanks(width), blank: blanks(width) }
    }

    /// The bytes that turn what is shown into a drawing of the same size. The cursor may be anywhere before and after; the
    /// style is plain before and after.
    pub(super) fn change(&mut self, drawing: &Canvas) -> String {
        let mut wire = Wire { out: String::new(), pen: Ink::PLAIN, at: None, columns: self.columns };
        self.scroll(drawing, &mut wire);
        let lines = self.glyphs.chunks_mut(usize::from(self.columns).max(1)).zip(drawing.rows());
        for ((old, new), y) in lines.zip(0u16..) {
            self.line.iter_mut().zip(new).for_each(|(glyph, new)| *glyph = new.as_seen());
            if *old != *self.line {
                wire.line(&Line { y, glyphs: &self.line, drawing }, old, &self.blank);
                old.copy_from_slice(&self.line);
            }
        }
        wire.style(Ink::PLAIN);
        wire.out
    }
}

/// A line as it is to be shown.
#[derive(Clone, Copy)]
struct Line<'a> {
    y: u16,
    glyphs: &'a [Glyph],
    drawing: &'a Canvas,
}

/// Fewer bytes than these no line is written anew with: its letters, a byte for each gap between them, a reset for each
/// style but the first, and what erases it.
fn fewest_bytes(line: &[Glyph]) -> usize {
    let (mut bytes, mut pen, mut gap) = (ERASED, None, false);
    for glyph in line {
        if glyph.is_blank() {
            gap = pen.is_some();
            continue;
        }
        let restyled = pen.is_some_and(|pen| pen != glyph.ink());
        bytes += glyph.letter().map_or(1, char::len_utf8) + usize::from(gap) + if restyled { RESET } else { 0 };
        (pen, gap) = (Some(glyph.ink()), false);
    }
    bytes
}

/// Bytes of EL, and of the shortest SGR.
const ERASED: usize = 3;
const RESET: usize = 3;

struct Wire {
    out: String,
    pen: Ink,
    /// Where the cursor is, when that is known.
    at: Option<(u16, u16)>,
    columns: u16,
}

/// How to get from one column to a later one.
#[derive(Clone, Copy)]
enum Way {
    /// By CUF.
    Right(u16),
    /// By so many tabs and so many steps after them.
    Tabs(u16, char, u16),
}

impl Way {
    /// In bytes.
    fn len(self) -> usize {
        match self {
            Way::Right(0) => 0,
            Way::Right(steps) => 3 + digits(steps),
            Way::Tabs(tabs, _, steps) => usize::from(tabs) + usize::from(steps),
        }
    }
}

fn digits(number: u16) -> usize {
    number.checked_ilog10().map_or(1, |tens| tens as usize + 1)
}

impl Wire {
    /// Two ways to a new line: change what differs, or erase it and write it anew. The shorter one is sent.
    fn line(&mut self, line: &Line<'_>, old: &[Glyph], blank: &[Glyph]) {
        let start = (self.out.len(), self.pen, self.at);
        self.row(line, old);
        if self.out.len() - start.0 <= fewest_bytes(line.glyphs) {
            return;
        }
        let changed = self.out.split_off(start.0);
        let after_change = (self.pen, self.at);
        (self.pen, self.at) = (start.1, start.2);
        self.erase(line);
        self.row(line, blank);
        if self.out.len() - start.0 >= changed.len() {
            self.out.truncate(start.0);
            self.out.push_str(&changed);
            (self.pen, self.at) = after_change;
        }
    }

    fn row(&mut self, line: &Line<'_>, old: &[Glyph]) {
        let new = line.glyphs;
        let last = new.iter().enumerate().rev().find(|(_, glyph)| !glyph.is_blank());
        let written = last.map_or(0, |(at, glyph)| at + usize::from(glyph.columns()).max(1));
        let (mut hidden, mut torn) = (0, 0u16);
        for (x, (before, glyph)) in (0u16..).zip(old.iter().zip(new)).take(written) {
            // What is left of a wide character whose first half is gone is no blank.
            let left = if before == glyph { 0 } else { before.columns().saturating_sub(1) };
            let is_left = torn > 0;
            torn = left.max(torn.saturating_sub(1));
            // The second half of a wide character is no cell of its own.
            if hidden > 0 {
                hidden -= 1;
                continue;
            }
            hidden = glyph.columns().saturating_sub(1);
            if before != glyph || is_left {
                self.go(x, line);
                self.put(*glyph, line.drawing);
            }
        }
        if torn > 0 || old.iter().zip(new).skip(written).any(|(before, glyph)| before != glyph) {
            self.go(u16::try_from(written).unwrap_or(u16::MAX), line);
            self.end_line();
        }
    }

    fn erase(&mut self, line: &Line<'_>) {
        self.go(0, &Line { glyphs: &[], ..*line });
        self.end_line();
    }

    fn end_line(&mut self) {
        self.visible_style(Ink::PLAIN);
        self.out.push_str("\x1b[K");
    }

    /// Writes a letter of a drawing.
    fn put(&mut self, glyph: Glyph, drawing: &Canvas) {
        if glyph.is_blank() {
            self.visible_style(Ink::PLAIN);
        } else {
            self.style(glyph.ink());
        }
        let width = glyph.columns();
        if let Some(letter) = glyph.letter().filter(|letter| is_certain(*letter)) {
            self.out.push(letter);
            self.at = self.at.map(|(x, y)| (x + width, y));
            return;
        }
        let Some((x, y)) = self.at else { return };
        // A terminal may draw nothing: what stood there goes first. Where the cursor is afterwards only the terminal knows.
        let blank = " ".repeat(usize::from(width));
        let _ = write!(self.out, "{blank}\x1b[{};{}H", y + 1, x + 1);
        match (glyph.letter(), drawing.marked(glyph)) {
            _ if x + 2 * width > self.columns => self.out.push(TOO_WIDE),
            (Some(letter), _) => self.out.push(letter),
            (None, marked) => self.out.push_str(marked.unwrap_or_default()),
        }
        self.at = None;
    }

    /// Brings the cursor to a cell of a line.
    fn go(&mut self, x: u16, to: &Line<'_>) {
        let (y, row) = (to.y, to.glyphs);
        match self.at {
            Some((at, line)) if line == y && at == x => return,
            Some((at, line)) if line == y && at < x => {
                let gap = row.get(usize::from(at)..usize::from(x)).unwrap_or(&[]);
                self.style_ahead(gap, row.get(usize::from(x)).copied());
                let way = self.way(at, x, row);
                let short = x - at <= SHORT_GAP && usize::from(x - at) <= way.len();
                if short && !gap.is_empty() && gap.iter().all(|glyph| self.is_cheap(*glyph)) {
                    for glyph in gap {
                        self.put(*glyph, to.drawing);
                    }
                    return;
                }
                self.take(way);
            }
            // The next line begins with a few blanks as a rule: they cost less than an address.
            Some((_, line)) if line + 1 == y && x <= SHORT_GAP && is_empty(row, x) => {
                if x > 0 {
                    self.visible_style(Ink::PLAIN);
                }
                self.out.push_str("\r\n");
                self.out.extend(std::iter::repeat_n(' ', usize::from(x)));
            }
            at => {
                let address = 4 + digits(y + 1) + digits(x + 1);
                let way = self.way(0, x, row);
                let lines = at.and_then(|(_, line)| y.checked_sub(line)).filter(|lines| (1..=2).contains(lines));
                match lines.filter(|lines| 2 * usize::from(*lines) + way.len() < address) {
                    Some(lines) => {
                        self.out.extend(std::iter::repeat_n("\r\n", usize::from(lines)));
                        self.take(way);
                    }
                    None if (x, y) == (0, 0) => self.out.push_str("\x1b[H"),
                    None if x == 0 => drop(write!(self.out, "\x1b[{}H", y + 1)),
                    None => drop(write!(self.out, "\x1b[{};{}H", y + 1, x + 1)),
                }
            }
        }
        self.at = Some((x, y));
    }

    /// The way along a line whose cells are known that takes the fewest bytes: from tab stop to tab stop and a little on
    /// across blanks, or a little back, where that is shorter than CUF. A stop stands at every eighth column wherever
    /// nobody has moved it; curses trusts in that as well.
    fn way(&self, from: u16, to: u16, row: &[Glyph]) -> Way {
        let (stop, next) = (to / TAB * TAB, (to / TAB + 1) * TAB);
        let right = Way::Right(to - from);
        let blanks = row.get(usize::from(stop)..usize::from(to)).unwrap_or(&[]);
        let is_whole = row.get(usize::from(stop).saturating_sub(1)).is_some_and(|glyph| glyph.columns() < 2);
        let is_blank =
            is_whole && !self.pen.shows_on_blank() && blanks.len() == usize::from(to - stop) && are_blank(blanks);
        let ahead = (stop > from && is_blank).then(|| Way::Tabs(stop / TAB - from / TAB, ' ', to - stop));
        let back = (next < self.columns).then(|| Way::Tabs(next / TAB - from / TAB, '\x08', next - to));
        [Some(right), ahead, back].into_iter().flatten().min_by_key(|way| way.len()).unwrap_or(right)
    }

    fn take(&mut self, way: Way) {
        match way {
            Way::Right(0) => {}
            Way::Right(steps) => drop(write!(self.out, "\x1b[{steps}C")),
            Way::Tabs(tabs, step, steps) => {
                self.out.extend(std::iter::repeat_n('\t', usize::from(tabs)));
                self.out.extend(std::iter::repeat_n(step, usize::from(steps)));
            }
        }
    }

    /// Across a short gap the style that comes next is as good as any, where the one that is on would show.
    fn style_ahead(&mut self, gap: &[Glyph], next: Option<Glyph>) {
        let pen = next.filter(|glyph| !glyph.is_blank()).map_or(Ink::PLAIN, Glyph::ink);
        let short = gap.len() <= usize::from(SHORT_GAP) && are_blank(gap);
        if short && !pen.shows_on_blank() {
            self.visible_style(pen);
        }
    }

    fn is_cheap(&self, glyph: Glyph) -> bool {
        let same = glyph.ink() == self.pen || glyph.is_blank() && !self.pen.shows_on_blank();
        glyph.letter().is_some_and(|letter| letter.is_ascii()) && same
    }

    /// A style for a cell without ink: most styles look alike there.
    fn visible_style(&mut self, pen: Ink) {
        if self.pen.shows_on_blank() {
            self.style(pen);
        }
    }

    fn style(&mut self, pen: Ink) {
        if pen == self.pen {
            return;
        }
        // What is on and stays on is not said again.
        let recoloured = self.pen.colour == 0 || pen.colour != 0;
        let adds = pen.modifier.contains(self.pen.modifier) && recoloured;
        let (kept, colour_kept) =
            if adds { (self.pen.modifier, self.pen.colour == pen.colour) } else { (Modifier::empty(), false) };
        let colour = Some(pen.colour).filter(|colour| *colour != 0 && !colour_kept);
        // An empty first number is a zero: everything before is forgotten.
        let mut before = if adds { "" } else { ";" };
        self.out.push_str("\x1b[");
        for code in modifiers(pen.modifier - kept).chain(colour) {
            let _ = write!(self.out, "{before}{code}");
            before = ";";
        }
        self.out.push('m');
        self.pen = pen;
    }
}

/// Whether terminals agree on the columns that a letter takes: letters of the alphabets of Europe and of East Asia, and
/// what screens are drawn with. About emoji, marks and the rest each has its own mind.
fn is_certain(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{A0}'..='\u{2FF}' | '\u{370}'..='\u{482}' | '\u{48A}'..='\u{52F}' | '\u{2010}'..='\u{2027}')
        || matches!(c, '\u{2030}'..='\u{205E}' | '\u{2100}'..='\u{22FF}' | '\u{2500}'..='\u{25FC}')
        || matches!(c, '✓' | '✗' | '\u{2800}'..='\u{28FF}' | '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}')
        || matches!(c, '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' | '\u{FF01}'..='\u{FF60}')
}

fn are_blank(glyphs: &[Glyph]) -> bool {
    glyphs.iter().all(|glyph| glyph.is_blank())
}

/// Whether a row begins with so many blanks.
fn is_empty(row: &[Glyph], cells: u16) -> bool {
    row.get(..usize::from(cells)).is_some_and(are_blank)
}

fn modifiers(modifier: Modifier) -> impl Iterator<Item = u8> {
    let codes = [
        (Modifier::BOLD, 1),
        (Modifier::DIM, 2),
        (Modifier::UNDERLINED, 4),
        (Modifier::REVERSED, 7),
        // A terminal that does not know it leaves the text as it is.
        (Modifier::CROSSED_OUT, 9),
    ];
    codes.into_iter().filter(move |(which, _)| modifier.contains(*which)).map(|(_, code)| code)
}

#[cfg(test)]
mod tests;
