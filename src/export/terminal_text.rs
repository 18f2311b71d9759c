//! Text for a terminal: untrusted names must not move a cursor.

use std::borrow::Cow;

/// The text with control, direction, zero-width and tag characters, and code points that are none, replaced by `�`.
pub fn printable(text: &str) -> Cow<'_, str> {
    // Most texts are plain ASCII, which a look at all their bytes at once tells.
    let is_plain = text.bytes().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'));
    if !is_plain && text.chars().any(is_unsafe) {
        Cow::Owned(text.chars().map(|c| if is_unsafe(c) { '\u{FFFD}' } else { c }).collect())
    } else {
        Cow::Borrowed(text)
    }
}

fn is_unsafe(c: char) -> bool {
    // Most letters come before the first of the others.
    if c < '\u{061C}' {
        return c.is_control();
    }
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{061C}')
        || matches!(c, '\u{180E}' | '\u{FFF9}'..='\u{FFFB}' | '\u{FFFE}' | '\u{FFFF}' | '\u{E0000}'..='\u{E007F}')
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
    fn every_control_character_is_replaced_and_no_plain_one_is() {
        for c in '\0'..='\u{3000}' {
            let text = format!("8340{c}");
            let is_kept = printable(&text) == text;
            assert!(!(c.is_control() && is_kept), "{c:?}");
            assert!(c.is_ascii_control() || !c.is_ascii() || is_kept, "{c:?}");
        }
    }
}
