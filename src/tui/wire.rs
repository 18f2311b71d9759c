//! From one drawing to the next in as few bytes as a slow line deserves.
//!
//! Only what a VT100 and every later terminal know: CUP, CUF, EL, tabs, and SGR with the sixteen classic colours. Unlike
//! a backend that is handed the changed cells alone, this sees both drawings: it erases to the end of a line instead of
//! writing blanks, and writes across a short gap instead of jumping it.

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

/// A gap this short is cheaper written than jumped.
const SHORT_GAP: u16 = 4;

/// Columns from one tab stop to the next.
const TAB: u16 = 8;

/// Instead of what might reach beyond the edge, and so into the next line.
const TOO_WIDE: &str = "?";

/// Colour and modifiers of a cell.
type Pen = (Color, Modifier);

const PLAIN: Pen = (Color::Reset, Modifier::empty());

/// The bytes that turn one drawing into another of the same size. The cursor may be anywhere before and after;
/// the style is plain before and after.
pub(super) fn change(before: &Buffer, after: &Buffer) -> String {
    let mut wire = Wire { out: String::new(), pen: PLAIN, at: None, columns: after.area.width };
    let width = usize::from(after.area.width).max(1);
    let blank = vec![Cell::default(); width];
    for ((old, new), y) in before.content.chunks(width).zip(after.content.chunks(width)).zip(0u16..) {
        if old.iter().zip(new).all(|(before, cell)| looks_like(before, cell)) {
            continue;
        }
        // Two ways to a new line: change what differs, or erase it and write it anew. The shorter one is sent.
        let start = (wire.out.len(), wire.pen, wire.at);
        wire.row(y, old, new);
        if wire.out.len() - start.0 <= fewest_bytes(new) {
            continue;
        }
        let changed = wire.out.split_off(start.0);
        let after_change = (wire.pen, wire.at);
        (wire.pen, wire.at) = (start.1, start.2);
        wire.erase(y);
        wire.row(y, &blank, new);
        if wire.out.len() - start.0 >= changed.len() {
            wire.out.truncate(start.0);
            wire.out.push_str(&changed);
            (wire.pen, wire.at) = after_change;
        }
    }
    wire.style(PLAIN);
    wire.out
}

/// Fewer bytes than these no line is written anew with: its letters, a byte for each gap between them, a reset for each
/// style but the first, and what erases it.
fn fewest_bytes(line: &[Cell]) -> usize {
    let (mut bytes, mut pen, mut gap) = (ERASED, None, false);
    for cell in line {
        if is_blank(cell) {
            gap = pen.is_some();
            continue;
        }
        let own = (cell.fg, cell.modifier);
        let restyled = pen.is_some_and(|pen| pen != own);
        bytes += cell.symbol().len() + usize::from(gap) + if restyled { RESET } else { 0 };
        (pen, gap) = (Some(own), false);
    }
    bytes
}

/// Bytes of EL, and of the shortest SGR.
const ERASED: usize = 3;
const RESET: usize = 3;

struct Wire {
    out: String,
    pen: Pen,
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
    fn row(&mut self, y: u16, old: &[Cell], new: &[Cell]) {
        let last = new.iter().enumerate().rev().find(|(_, cell)| !is_blank(cell));
        let written = last.map_or(0, |(at, cell)| at + columns_of(cell).max(1));
        let mut hidden = 0;
        for (x, (before, cell)) in (0u16..).zip(old.iter().zip(new)).take(written) {
            // The second half of a wide character is no cell of its own.
            if hidden > 0 {
                hidden -= 1;
                continue;
            }
            hidden = columns_of(cell).saturating_sub(1);
            if !looks_like(before, cell) {
                self.go(x, y, new);
                self.put(cell);
            }
        }
        if old.iter().zip(new).skip(written).any(|(before, cell)| !looks_like(before, cell)) {
            self.go(u16::try_from(written).unwrap_or(u16::MAX), y, new);
            self.end_line();
        }
    }

    fn erase(&mut self, y: u16) {
        self.go(0, y, &[]);
        self.end_line();
    }

    fn end_line(&mut self) {
        self.visible_style(PLAIN);
        self.out.push_str("\x1b[K");
    }

    fn put(&mut self, cell: &Cell) {
        if is_blank(cell) {
            self.visible_style(PLAIN);
        } else {
            self.style((cell.fg, cell.modifier));
        }
        let width = u16::try_from(columns_of(cell)).unwrap_or(1);
        if is_certain(cell.symbol()) {
            self.out.push_str(cell.symbol());
            self.at = self.at.map(|(x, y)| (x + width, y));
            return;
        }
        let Some((x, y)) = self.at else { return };
        // A terminal may draw nothing: what stood there goes first. Where the cursor is afterwards only the terminal knows.
        let fits = x + 2 * width <= self.columns;
        let blank = " ".repeat(usize::from(width));
        let _ = write!(self.out, "{blank}\x1b[{};{}H{}", y + 1, x + 1, if fits { cell.symbol() } else { TOO_WIDE });
        self.at = None;
    }

    /// Brings the cursor to a cell of row `y`, whose cells are known.
    fn go(&mut self, x: u16, y: u16, row: &[Cell]) {
        match self.at {
            Some((at, line)) if line == y && at == x => return,
            Some((at, line)) if line == y && at < x => {
                let gap = row.get(usize::from(at)..usize::from(x)).unwrap_or(&[]);
                self.style_ahead(gap, row.get(usize::from(x)));
                let way = self.way(at, x, row);
                let short = x - at <= SHORT_GAP && usize::from(x - at) <= way.len();
                if short && !gap.is_empty() && gap.iter().all(|cell| self.is_cheap(cell)) {
                    for cell in gap {
                        self.put(cell);
                    }
                    return;
                }
                self.take(way);
            }
            // The next line begins with a few blanks as a rule: they cost less than an address.
            Some((_, line)) if line + 1 == y && x <= SHORT_GAP && is_empty(row, x) => {
                if x > 0 {
                    self.visible_style(PLAIN);
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
    fn way(&self, from: u16, to: u16, row: &[Cell]) -> Way {
        let (stop, next) = (to / TAB * TAB, (to / TAB + 1) * TAB);
        let right = Way::Right(to - from);
        let blanks = row.get(usize::from(stop)..usize::from(to)).unwrap_or(&[]);
        let is_blank =
            !shows_on_blank(self.pen) && blanks.len() == usize::from(to - stop) && blanks.iter().all(is_blank);
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
    fn style_ahead(&mut self, gap: &[Cell], next: Option<&Cell>) {
        let pen = next.filter(|cell| !is_blank(cell)).map_or(PLAIN, |cell| (cell.fg, cell.modifier));
        let short = gap.len() <= usize::from(SHORT_GAP) && gap.iter().all(is_blank);
        if short && !shows_on_blank(pen) {
            self.visible_style(pen);
        }
    }

    fn is_cheap(&self, cell: &Cell) -> bool {
        let same = (cell.fg, cell.modifier) == self.pen || is_blank(cell) && !shows_on_blank(self.pen);
        cell.symbol().len() == 1 && same
    }

    /// A style for a cell without ink: most styles look alike there.
    fn visible_style(&mut self, pen: Pen) {
        if shows_on_blank(self.pen) {
            self.style(pen);
        }
    }

    fn style(&mut self, pen: Pen) {
        if pen == self.pen {
            return;
        }
        // What is on and stays on is not said again.
        let recoloured = self.pen.0 == Color::Reset && pen.0 == Color::Reset || colour(pen.0).is_some();
        let adds = pen.1.contains(self.pen.1) && recoloured;
        let (kept, colour_kept) = if adds { (self.pen.1, self.pen.0 == pen.0) } else { (Modifier::empty(), false) };
        let colour = colour(pen.0).filter(|_| !colour_kept);
        // An empty first number is a zero: everything before is forgotten.
        let mut before = if adds { "" } else { ";" };
        self.out.push_str("\x1b[");
        for code in modifiers(pen.1 - kept).chain(colour) {
            let _ = write!(self.out, "{before}{code}");
            before = ";";
        }
        self.out.push('m');
        self.pen = pen;
    }
}

/// Whether terminals agree on the columns that a cell's letter takes: letters of the alphabets of Europe and of East Asia, and
/// what screens are drawn with. About emoji, marks and the rest each has its own mind.
fn is_certain(symbol: &str) -> bool {
    let mut letters = symbol.chars();
    let (Some(c), None) = (letters.next(), letters.next()) else { return false };
    matches!(c, ' '..='~' | '\u{A0}'..='\u{2FF}' | '\u{370}'..='\u{482}' | '\u{48A}'..='\u{52F}' | '\u{2010}'..='\u{2027}')
        || matches!(c, '\u{2030}'..='\u{205E}' | '\u{2100}'..='\u{22FF}' | '\u{2500}'..='\u{25FC}')
        || matches!(c, '✓' | '✗' | '\u{2800}'..='\u{28FF}' | '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}')
        || matches!(c, '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' | '\u{FF01}'..='\u{FF60}')
}

/// No ink and nothing that shows without ink: the background is never set.
fn is_blank(cell: &Cell) -> bool {
    matches!(cell.symbol().as_bytes(), [b' ']) && !shows_on_blank((cell.fg, cell.modifier))
}

fn shows_on_blank(pen: Pen) -> bool {
    pen.1.intersects(Modifier::REVERSED | Modifier::UNDERLINED | Modifier::CROSSED_OUT)
}

/// Whether a row begins with so many blanks.
fn is_empty(row: &[Cell], cells: u16) -> bool {
    row.get(..usize::from(cells)).is_some_and(|cells| cells.iter().all(is_blank))
}

/// Columns of a cell's letter.
fn columns_of(cell: &Cell) -> usize {
    let symbol = cell.symbol();
    // What keyboards have, rules and blocks, and braille take one column; most cells hold those, and looking up takes time.
    match symbol.as_bytes() {
        [_] | [0xE2, 0x94..=0x96 | 0xA0..=0xA3, _] => 1,
        _ => symbol.width(),
    }
}

/// Whether nobody could tell two cells apart. The themes set nothing else.
fn looks_like(a: &Cell, b: &Cell) -> bool {
    let same_letter = match (a.symbol().as_bytes(), b.symbol().as_bytes()) {
        ([a], [b]) => a == b,
        (a, b) => a == b,
    };
    same_letter && a.fg == b.fg && a.modifier == b.modifier || is_blank(a) && is_blank(b)
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

/// The sixteen; the themes name no other colours.
fn colour(colour: Color) -> Option<u8> {
    Some(match colour {
        Color::Black => 30,
        Color::Red => 31,
        Color::Green => 32,
        Color::Yellow => 33,
        Color::Blue => 34,
        Color::Magenta => 35,
        Color::Cyan => 36,
        Color::Gray => 37,
        Color::DarkGray => 90,
        Color::LightRed => 91,
        Color::LightGreen => 92,
        Color::LightYellow => 93,
        Color::LightBlue => 94,
        Color::LightMagenta => 95,
        Color::LightCyan => 96,
        Color::White => 97,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
