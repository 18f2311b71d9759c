//! Text for a terminal: untrusted names must not move a cursor, hide, or be drawn over other lines.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar;

/// Marks over and under one letter; more would be drawn over the lines above and below.
const MOST_MARKS: usize = 3;

/// The text with all that does harm replaced by `�`: control, direction and tag characters, what is not seen, code points
/// that are none, and marks that stand on no letter or pile up on one.
pub fn printable(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let mut harm = Harm::default();
    if !text.chars().any(|c| harm.is_in(c)) {
        return Cow::Borrowed(text);
    }
    let mut harm = Harm::default();
    Cow::Owned(text.chars().map(|c| if harm.is_in(c) { '\u{FFFD}' } else { c }).collect())
}

/// The same with all that does harm spelled out, as `\u{1b}`, so that two names are two.
pub fn spelled_out(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let (mut harm, mut spelled) = (Harm::default(), String::with_capacity(text.len()));
    for c in text.chars() {
        if harm.is_in(c) {
            spelled.extend(c.escape_unicode());
        } else {
            spelled.push(c);
        }
    }
    Cow::Owned(spelled)
}

/// Whether a text is nothing but what every keyboard has.
pub fn is_plain(text: &str) -> bool {
    // Looked at as a whole, because most texts are.
    text.bytes().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'))
}

/// Tells what does harm in a text, character by character from its beginning.
#[derive(Debug, Default)]
pub(super) struct Harm {
    /// Marks that the letter before still takes.
    room: usize,
}

impl Harm {
    /// Whether the next character does.
    pub(super) fn is_in(&mut self, c: char) -> bool {
        if is_unsafe(c) {
            // A mark behind it stands on what is put in its place.
            self.room = MOST_MARKS;
            return true;
        }
        let is_mark = c.width() == Some(0);
        let harms = is_mark && self.room == 0;
        self.room = if is_mark { self.room.saturating_sub(1) } else { MOST_MARKS };
        harms
    }
}

/// Controls, all that Unicode has for formatting or leaves unseen, line and paragraph ends, and code points that are no
/// characters.
fn is_unsafe(c: char) -> bool {
    // Most letters come before the first of the others.
    if c < '\u{AD}' {
        return c.is_control();
    }
    c.is_control() || is_format(c) || is_unseen(c) || u32::from(c) & 0xFFFE == 0xFFFE
}

fn is_format(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{600}'..='\u{605}' | '\u{61C}' | '\u{6DD}' | '\u{70F}' | '\u{890}' | '\u{891}' | '\u{8E2}'
    ) || matches!(c, '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
        || matches!(c, '\u{FFF0}'..='\u{FFFB}' | '\u{110BD}' | '\u{110CD}' | '\u{13430}'..='\u{1345F}')
        || matches!(c, '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Fillers, joiners, variation selectors and the empty pattern of braille.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{2800}')
        || matches!(c, '\u{3164}' | '\u{FDD0}'..='\u{FDEF}' | '\u{FE00}'..='\u{FE0F}' | '\u{FFA0}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_and_direction_marks_are_defused() {
        assert_eq!(printable("8340\u{1b}[2J\u{202E}x"), "8340\u{FFFD}[2J\u{FFFD}x");
        assert_eq!(printable("8340-1 246 Ω"), "8340-1 246 Ω");
    }

    #[test]
    fn two_names_that_look_alike_are_spelled_differently() {
        assert_eq!(spelled_out("/drop/a\u{202e}b"), "/drop/a\\u{202e}b");
        assert_eq!(spelled_out("/drop/Ω"), "/drop/Ω");
    }

    #[test]
    fn what_nobody_sees_is_seen() {
        let unseen = "8\u{3164}3\u{FE0F}4\u{AD}0\u{E0100}-\u{115F}1\u{2800}";
        assert_eq!(printable(unseen), "8�3�4�0�-�1�");
    }

    #[test]
    fn a_letter_keeps_its_marks_and_a_pile_of_them_is_told_apart() {
        for name in ["e\u{301}", "\u{1112}\u{1161}\u{11ab}", "a\u{323}\u{302}"] {
            assert_eq!(printable(name), name);
        }
        assert_eq!(printable("\u{301}246"), "�246", "a mark on nothing");
        assert_eq!(printable(&format!("a{}", "\u{301}".repeat(6))), "a\u{301}\u{301}\u{301}���");
    }
}
