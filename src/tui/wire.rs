//! From one drawing to the next in as few bytes as a slow line deserves.
//!
//! Only sequences that a VT100 and every later terminal know: CUP, CUF, EL, and SGR with the sixteen classic
//! colours. Unlike a backend that is handed the changed cells alone, this sees both drawings: it erases to the end of
//! a line instead of writing blanks, and writes across a short gap instead of jumping it.

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

/// A gap this short is cheaper written than jumped.
const SHORT_GAP: u16 = 4;

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
        let ink = new.iter().filter(|cell| !is_blank(cell)).count();
        if wire.out.len() - start.0 <= ink {
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

struct Wire {
    out: String,
    pen: Pen,
    /// Where the cursor is, when that is known.
    at: Option<(u16, u16)>,
    columns: u16,
}

impl Wire {
    fn row(&mut self, y: u16, old: &[Cell], new: &[Cell]) {
        let last = new.iter().enumerate().rev().find(|(_, cell)| !is_blank(cell));
        let written = last.map_or(0, |(at, cell)| at + cell.symbol().width().max(1));
        let mut hidden = 0;
        for (x, (before, cell)) in (0u16..).zip(old.iter().zip(new)).take(written) {
            // The second half of a wide character is no cell of its own.
            if hidden > 0 {
                hidden -= 1;
                continue;
            }
            hidden = cell.symbol().width().saturating_sub(1);
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
        let width = u16::try_from(cell.symbol().width()).unwrap_or(1);
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
                if x - at <= SHORT_GAP && !gap.is_empty() && gap.iter().all(|cell| self.is_cheap(cell)) {
                    for cell in gap {
                        self.put(cell);
                    }
                    return;
                }
                let _ = write!(self.out, "\x1b[{}C", x - at);
            }
            // The next line begins with a few blanks as a rule: they cost less than an address.
            Some((_, line)) if line + 1 == y && x <= SHORT_GAP && is_empty(row, x) => {
                if x > 0 {
                    self.visible_style(PLAIN);
                }
                self.out.push_str("\r\n");
                self.out.extend(std::iter::repeat_n(' ', usize::from(x)));
            }
            _ if x == 0 => {
                let _ = write!(self.out, "\x1b[{}H", y + 1);
            }
            at => {
                let address = format!("\x1b[{};{}H", y + 1, x + 1);
                let below = format!("\r\n\x1b[{x}C");
                let is_below = at.is_some_and(|(_, line)| line + 1 == y);
                self.out.push_str(if is_below && below.len() < address.len() { &below } else { &address });
            }
        }
        self.at = Some((x, y));
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
        let codes: Vec<String> = modifiers(pen.1 - kept).chain(colour).map(|code| code.to_string()).collect();
        // An empty first number is a zero: everything before is forgotten.
        let reset = if adds || codes.is_empty() { "" } else { ";" };
        let _ = write!(self.out, "\x1b[{reset}{}m", codes.join(";"));
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
    cell.symbol() == " " && !shows_on_blank((cell.fg, cell.modifier))
}

fn shows_on_blank(pen: Pen) -> bool {
    pen.1.intersects(Modifier::REVERSED | Modifier::UNDERLINED | Modifier::CROSSED_OUT)
}

/// Whether a row begins with so many blanks.
fn is_empty(row: &[Cell], cells: u16) -> bool {
    row.get(..usize::from(cells)).is_some_and(|cells| cells.iter().all(is_blank))
}

/// Whether nobody could tell two cells apart. The themes set nothing else.
fn looks_like(a: &Cell, b: &Cell) -> bool {
    let same = a.fg == b.fg && a.modifier == b.modifier && a.symbol() == b.symbol();
    same || is_blank(a) && is_blank(b)
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
mod tests {
    use proptest::prelude::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    const SIZE: Rect = Rect { x: 0, y: 0, width: 24, height: 5 };

    fn drawing(texts: &[(u16, u16, String, u8)]) -> Buffer {
        let mut buffer = Buffer::empty(SIZE);
        for (x, y, text, style) in texts {
            let styles = [
                Style::new(),
                Style::new().fg(Color::Red).add_modifier(Modifier::BOLD),
                Style::new().add_modifier(Modifier::REVERSED),
                Style::new().fg(Color::LightYellow),
            ];
            let style = styles.get(usize::from(*style)).copied().unwrap_or_default();
            buffer.set_string(x % SIZE.width, y % SIZE.height, text, style);
        }
        buffer
    }

    fn shown(terminal: &vt100::Parser, buffer: &Buffer) -> Result<(), TestCaseError> {
        for y in 0..SIZE.height {
            for x in 0..SIZE.width {
                let (cell, wanted) = (terminal.screen().cell(y, x), buffer.cell((x, y)));
                let (Some(cell), Some(wanted)) = (cell, wanted) else { continue };
                let symbol = if cell.contents().is_empty() { " " } else { cell.contents() };
                if cell.is_wide_continuation() {
                    continue;
                }
                prop_assert_eq!(symbol, wanted.symbol(), "at {} {}", x, y);
                prop_assert_eq!(cell.inverse(), wanted.modifier.contains(Modifier::REVERSED));
                if symbol != " " {
                    prop_assert_eq!(cell.bold(), wanted.modifier.contains(Modifier::BOLD));
                    prop_assert_eq!(cell.fgcolor() == vt100::Color::Idx(1), wanted.fg == Color::Red);
                    prop_assert_eq!(cell.fgcolor() == vt100::Color::Idx(11), wanted.fg == Color::LightYellow);
                }
            }
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_terminal_shows_exactly_the_drawing(
            one in prop::collection::vec((0u16..24, 0u16..5, "[ a-z✓░]{0,12}", 0u8..4), 0..8),
            two in prop::collection::vec((0u16..24, 0u16..5, "[ a-z✓中]{0,12}", 0u8..4), 0..8),
        ) {
            let mut terminal = vt100::Parser::new(SIZE.height, SIZE.width, 0);
            let (empty, one, two) = (Buffer::empty(SIZE), drawing(&one), drawing(&two));
            terminal.process(change(&empty, &one).as_bytes());
            shown(&terminal, &one)?;
            terminal.process(change(&one, &two).as_bytes());
            shown(&terminal, &two)?;
        }
    }

    #[test]
    fn what_terminals_measure_differently_moves_nothing_beside_it_and_no_line_below() {
        let drawing = drawing(&[(0, 1, "a👍e\u{301}b".to_owned(), 0), (22, 2, "👍".to_owned(), 0)]);
        let sent = change(&Buffer::empty(SIZE), &drawing);
        assert!(sent.contains("a  \x1b[2;2H👍\x1b[2;4H \x1b[2;4He\u{301}\x1b[2;5Hb"), "{sent:?}");
        assert!(sent.ends_with("\x1b[3;23H  \x1b[3;23H?"), "{sent:?}");
    }

    #[test]
    fn what_is_on_already_is_not_said_again() {
        let mut drawing = Buffer::empty(SIZE);
        let bold = Style::new().add_modifier(Modifier::BOLD);
        drawing.set_string(0, 1, "ab", bold);
        drawing.set_string(2, 1, "cd", bold.fg(Color::Red));
        drawing.set_string(4, 1, "ef", Style::new().fg(Color::Red));
        let sent = change(&Buffer::empty(SIZE), &drawing);
        assert_eq!(sent, "\x1b[2H\x1b[1mab\x1b[31mcd\x1b[;31mef\x1b[m");
    }

    #[test]
    fn a_short_gap_is_written_in_the_style_that_follows_and_the_next_line_reached_from_the_one_above() {
        let mut drawing = Buffer::empty(SIZE);
        drawing.set_string(0, 0, "ab", Style::new().add_modifier(Modifier::REVERSED));
        drawing.set_string(3, 0, "c", Style::new().fg(Color::Red));
        drawing.set_string(9, 1, "d", Style::new().fg(Color::Red));
        let sent = change(&Buffer::empty(SIZE), &drawing);
        assert_eq!(sent, "\x1b[1H\x1b[7mab\x1b[;31m c\r\n\x1b[9Cd\x1b[m");
    }

    #[test]
    fn nothing_changed_is_no_byte() {
        let drawing = drawing(&[(3, 2, "8340-1".to_owned(), 1)]);
        assert_eq!(change(&drawing, &drawing), "");
    }
}
