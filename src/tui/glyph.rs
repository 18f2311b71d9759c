//! What one cell of a terminal shows, in eight bytes.

use ratatui::style::{Color, Modifier, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Stands before the check of a letter with marks, which is no code point.
const MARKED: u32 = 1 << 31;

/// The sixteen colours.
const CLASSIC: [Color; 16] = [
    Color::Black,
    Color::Red,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
    Color::Gray,
    Color::DarkGray,
    Color::LightRed,
    Color::LightGreen,
    Color::LightYellow,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightCyan,
    Color::White,
];

/// Colour and modifiers; the background is never set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ink {
    /// As SGR counts them; 0 = the terminal's own.
    pub(super) colour: u8,
    pub(super) modifier: Modifier,
}

impl Ink {
    pub(super) const PLAIN: Self = Self { colour: 0, modifier: Modifier::empty() };

    /// Whether it is seen where no letter stands.
    pub(super) fn shows_on_blank(self) -> bool {
        self.modifier.intersects(Modifier::REVERSED.union(Modifier::UNDERLINED).union(Modifier::CROSSED_OUT))
    }
}

/// What a cell shows.
#[derive(Debug, Clone, Copy, Eq)]
#[repr(align(8))]
pub(super) struct Glyph {
    /// A code point; of a letter with marks [`MARKED`] and a check of its bytes.
    letter: u32,
    modifier: u16,
    colour: u8,
    columns: u8,
}

impl PartialEq for Glyph {
    fn eq(&self, other: &Self) -> bool {
        // At once, not one after the other: a screen is compared with every drawing.
        self.bits() == other.bits()
    }
}

impl Glyph {
    /// No letter, and nothing that shows without one.
    pub(super) const BLANK: Self = Self { letter: b' ' as u32, modifier: 0, colour: 0, columns: 1 };

    /// Another letter, in this cell's own colour where the style has none, with its modifiers and the style's.
    pub(super) fn with(self, letter: char, style: Style) -> Self {
        let columns = if letter.is_ascii() { 1 } else { u8::try_from(letter.width().unwrap_or(0)).unwrap_or(0) };
        Self { letter: u32::from(letter), columns, ..self.styled(style) }
    }

    /// The same with a letter that has marks on it.
    pub(super) fn with_marked(self, letter: &str, style: Style) -> Self {
        // FNV-1a: two that stand in one cell one after the other must differ.
        let check = letter.bytes().fold(0x811C_9DC5_u32, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        let columns = u8::try_from(letter.width()).unwrap_or(u8::MAX);
        Self { letter: MARKED | check, columns, ..self.styled(style) }
    }

    fn styled(self, style: Style) -> Self {
        let colour = style.fg.map_or(self.colour, number_of);
        Self { colour, modifier: self.modifier | style.add_modifier.bits(), ..self }
    }

    fn bits(self) -> u64 {
        let Self { letter, modifier, colour, columns } = self;
        u64::from(letter) | u64::from(modifier) << 32 | u64::from(colour) << 48 | u64::from(columns) << 56
    }

    /// What tells its letter from others.
    pub(super) fn check(self) -> u32 {
        self.letter
    }

    /// So that two are equal where nobody could tell them apart.
    pub(super) fn as_seen(self) -> Self {
        if self.letter == Self::BLANK.letter && !self.ink().shows_on_blank() { Self::BLANK } else { self }
    }

    /// Whether it is [`Glyph::BLANK`], as it is seen.
    pub(super) fn is_blank(self) -> bool {
        self == Self::BLANK
    }

    pub(super) fn ink(self) -> Ink {
        Ink { colour: self.colour, modifier: Modifier::from_bits_retain(self.modifier) }
    }

    /// Columns of its letter.
    pub(super) fn columns(self) -> u16 {
        u16::from(self.columns)
    }

    /// Its style as ratatui knows it.
    pub(super) fn style(self) -> Style {
        let colour = CLASSIC.into_iter().find(|colour| number_of(*colour) == self.colour);
        Style { fg: colour, ..Style::new() }.add_modifier(self.ink().modifier)
    }

    /// Its letter, where it has no marks.
    pub(super) fn letter(self) -> Option<char> {
        char::from_u32(self.letter)
    }
}

/// A colour as SGR counts the sixteen; the themes name no others.
fn number_of(colour: Color) -> u8 {
    match colour {
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
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glyph_is_a_sixth_of_a_ratatui_cell() {
        assert_eq!((size_of::<Glyph>(), size_of::<ratatui::buffer::Cell>()), (8, 48));
    }

    #[test]
    fn what_nobody_can_tell_apart_is_equal_and_all_else_is_not() {
        let glyph = |letter, style| Glyph::BLANK.with(letter, style).as_seen();
        let marked = |letter| Glyph::BLANK.with_marked(letter, Style::new()).as_seen();
        let (plain, red, reversed) = (Style::new(), Style::new().red(), Style::new().reversed());
        assert_eq!(glyph(' ', red.bold()), Glyph::BLANK, "no ink");
        let all = [
            glyph(' ', reversed),
            glyph(' ', red.reversed()),
            glyph('e', plain),
            glyph('e', plain.dim()),
            glyph('e', plain.light_blue()),
            glyph('中', plain),
            marked("e\u{301}"),
            marked("e\u{300}"),
        ];
        for (at, one) in all.iter().enumerate() {
            assert_eq!(all.iter().position(|other| other == one), Some(at), "{one:?}");
        }
        assert_eq!(all.map(Glyph::columns), [1, 1, 1, 1, 1, 2, 1, 1]);
        assert_eq!(all.map(|glyph| glyph.letter().is_some()), [true, true, true, true, true, true, false, false]);
    }

    #[test]
    fn what_is_written_over_another_keeps_the_colour_that_it_does_not_change() {
        let title = Glyph::BLANK.with('─', Style::new().cyan().bold()).with('t', Style::new());
        assert_eq!(title.ink(), Ink { colour: 36, modifier: Modifier::BOLD });
        for colour in CLASSIC {
            assert_eq!(Glyph::BLANK.with('x', Style::new().fg(colour)).style().fg, Some(colour));
        }
    }
}
