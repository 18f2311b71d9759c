//! A line of text that is being typed.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// Characters that fit; nobody types more.
const MOST: usize = 300;

/// Text with a cursor in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    text: String,
    /// Characters before the cursor.
    at: usize,
}

impl Line {
    /// A line with a text in it, the cursor behind.
    pub fn of(text: &str) -> Self {
        let text: String = text.chars().take(MOST).collect();
        Self { at: text.chars().count(), text }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text before the cursor and behind it.
    pub fn halves(&self) -> (&str, &str) {
        self.text.split_at(self.byte(self.at))
    }

    /// Takes a key that edits; any other leaves the line as it is.
    pub fn take(&mut self, event: KeyEvent) {
        let len = self.text.chars().count();
        match event.code {
            KeyCode::Left => self.at = self.at.saturating_sub(1),
            KeyCode::Right => self.at = (self.at + 1).min(len),
            KeyCode::Home => self.at = 0,
            KeyCode::End => self.at = len,
            KeyCode::Backspace if self.at > 0 => {
                self.at -= 1;
                self.text.remove(self.byte(self.at));
            }
            KeyCode::Delete if self.at < len => {
                self.text.remove(self.byte(self.at));
            }
            KeyCode::Char(c) if !c.is_control() && !event.modifiers.contains(KeyModifiers::CONTROL) && len < MOST => {
                self.text.insert(self.byte(self.at), c);
                self.at += 1;
            }
            _ => {}
        }
    }

    fn byte(&self, characters: usize) -> usize {
        self.text.char_indices().nth(characters).map_or(self.text.len(), |(at, _)| at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_edited_where_the_cursor_stands() {
        let mut line = Line::of("mödel");
        let press = |line: &mut Line, code| line.take(KeyEvent::new(code, KeyModifiers::NONE));
        for code in [KeyCode::Home, KeyCode::Right, KeyCode::Delete, KeyCode::Char('o'), KeyCode::End] {
            press(&mut line, code);
        }
        press(&mut line, KeyCode::Char(':'));
        assert_eq!(line.text(), "model:");
        for code in [KeyCode::Left, KeyCode::Backspace, KeyCode::Delete, KeyCode::Delete, KeyCode::Right] {
            press(&mut line, code);
        }
        assert_eq!(line.halves(), ("mode", ""));
    }
}
