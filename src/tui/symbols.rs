//! Glyphs, and text made safe for a terminal: every one single-width, each with an ASCII spelling.

use std::borrow::Cow;

use crate::analysis::Status;
use crate::config::Marker;
use crate::export::printable;

/// How glyphs are spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Symbols {
    /// Box drawing, braille, arrows.
    Unicode,
    /// What the fonts of a Linux console have.
    Console,
    /// Nothing beyond `~`.
    Ascii,
}

impl Symbols {
    /// What a terminal with a UTF-8 locale can show, by its `TERM`.
    pub fn of(term: &str) -> Self {
        if term == "linux" || term.starts_with("linux-") { Self::Console } else { Self::Unicode }
    }

    /// The marker that is wanted, else the finest that can be shown.
    pub fn marker(self, wanted: Marker) -> Marker {
        match (self, wanted) {
            (Self::Ascii, _) => Marker::Ascii,
            (Self::Console, Marker::Braille) => Marker::Half,
            _ => wanted,
        }
    }

    /// The character of a cell as it can be shown.
    pub(super) fn spelled(self, c: char) -> char {
        match self {
            Self::Unicode => c,
            Self::Console => console(c),
            Self::Ascii => single(c),
        }
    }

    /// Text from anywhere, safe to draw: no control or direction characters, spelled out in ASCII where asked.
    pub fn text(self, text: &str) -> Cow<'_, str> {
        let safe = printable(text);
        if self != Self::Ascii || safe.is_ascii() {
            return safe;
        }
        Cow::Owned(safe.chars().fold(String::with_capacity(safe.len()), |mut spelled, c| {
            match words(c) {
                Some(word) => spelled.push_str(word),
                None => spelled.push(if c.is_ascii() { c } else { single(c) }),
            }
            spelled
        }))
    }

    /// A key as it is shown: arrows are words in ASCII, where their lookalikes are keys of their own.
    pub fn key(self, key: &str) -> &str {
        match (self, key) {
            (Self::Ascii, "↑") => "Up",
            (Self::Ascii, "↓") => "Down",
            (Self::Ascii, "←") => "Left",
            (Self::Ascii, "→") => "Right",
            _ => key,
        }
    }

    /// The mark in front of a status' word.
    pub fn status(self, status: Status) -> &'static str {
        match (self, status) {
            (Self::Unicode | Self::Console, Status::Pass) => "✓",
            (Self::Unicode | Self::Console, Status::Fail) => "✗",
            (Self::Unicode | Self::Console, Status::Untrimmed) => "–",
            (Self::Ascii, Status::Pass) => "+",
            (Self::Ascii, Status::Fail) => "x",
            (Self::Ascii, Status::Untrimmed) => "-",
            (_, Status::Warning) => "!",
            (_, Status::NotGraded) => "?",
            (_, Status::Error) => "E",
        }
    }
}

/// Characters that ASCII spells with more or fewer than one character.
fn words(c: char) -> Option<&'static str> {
    Some(match c {
        '±' => "+/-",
        'Ω' => "ohm",
        '°' => "deg",
        '→' => "->",
        '←' => "<-",
        '…' => "...",
        'σ' => "sigma",
        '≤' => "<=",
        _ => return None,
    })
}

/// One ASCII character for any other one: what boxes, bars and marks look most like.
fn single(c: char) -> char {
    match c {
        '─' | '╌' | '┄' | '−' | '–' => '-',
        '═' => '=',
        '│' | '▏' | '▕' | '┆' | '╷' => '|',
        '┌' | '┐' | '└' | '┘' | '├' | '┤' | '┬' | '┴' | '┼' | '✓' => '+',
        '▸' | '→' => '>',
        '←' | '≤' => '<',
        '✗' | '×' => 'x',
        '●' | '•' => '*',
        '○' => 'o',
        '·' => '.',
        '▲' | '↑' => '^',
        '▼' | '↓' => 'v',
        '█' | '▉' | '▊' | '▋' | '▌' | '▍' | '▎' | '▆' | '▇' => '#',
        '░' => ':',
        '▀' => '"',
        '▄' | '▁' | '▂' | '▃' | '▅' => '_',
        '’' => '\'',
        '…' => '~',
        c if c.is_ascii() => c,
        _ => '?',
    }
}

/// The glyph of the classic PC font that looks most like one it has not; letters are the font's own affair.
fn console(c: char) -> char {
    match c {
        '✓' => '√',
        '✗' => 'x',
        '▸' => '►',
        '●' => '•',
        '╌' | '┄' | '–' | '−' => '-',
        '┆' | '╷' | '▕' | '▏' => '│',
        '…' => '~',
        '’' => '\'',
        '▉' | '▊' | '▋' | '▆' | '▇' => '█',
        '▍' | '▎' => '▌',
        '▃' | '▅' => '▄',
        '▁' | '▂' => '_',
        '\u{FFFD}' => '?',
        '\u{2800}' => ' ',
        '\u{2801}'..='\u{28FF}' => '·',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_spells_units_and_defuses_everything_else() {
        assert_eq!(Symbols::Ascii.text("878→980 Ω ±0.01 °"), "878->980 ohm +/-0.01 deg");
        assert_eq!(Symbols::Ascii.text("a\u{1b}[2Jé"), "a?[2J?");
        assert_eq!(Symbols::Unicode.text("878→980 Ω"), "878→980 Ω");
    }

    #[test]
    fn every_status_has_a_mark_of_its_own() {
        use std::collections::HashSet;
        let all = [Status::Pass, Status::Warning, Status::Fail, Status::NotGraded, Status::Untrimmed, Status::Error];
        for symbols in [Symbols::Unicode, Symbols::Ascii] {
            let marks: HashSet<&str> = all.iter().map(|&status| symbols.status(status)).collect();
            assert_eq!(marks.len(), all.len());
        }
    }
}
