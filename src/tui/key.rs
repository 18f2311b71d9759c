//! A key: how it is pressed, how it is spelled in the configuration, and how the key map writes it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key as the map writes it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(pub String);

/// Keys with names: the code, how the map writes it, how else it may be spelled.
const NAMED: &[(KeyCode, &str, &[&str])] = &[
    (KeyCode::Up, "↑", &["up"]),
    (KeyCode::Down, "↓", &["down"]),
    (KeyCode::Left, "←", &["left"]),
    (KeyCode::Right, "→", &["right"]),
    (KeyCode::Enter, "Enter", &["enter", "return"]),
    (KeyCode::Esc, "Esc", &["esc", "escape"]),
    (KeyCode::Tab, "Tab", &["tab"]),
    (KeyCode::BackTab, "Shift-Tab", &["shift-tab", "backtab"]),
    (KeyCode::PageUp, "PgUp", &["pgup", "page-up", "pageup"]),
    (KeyCode::PageDown, "PgDn", &["pgdn", "page-down", "pagedown"]),
    (KeyCode::Home, "Home", &["home"]),
    (KeyCode::End, "End", &["end"]),
    (KeyCode::Backspace, "Backspace", &["backspace"]),
    (KeyCode::Delete, "Delete", &["delete", "del"]),
    (KeyCode::Insert, "Insert", &["insert", "ins"]),
    (KeyCode::Char(' '), "space", &["space"]),
];

/// Control keys that a terminal sends as another key.
const NOT_TOLD_APART: [(char, &str); 4] = [('I', "Tab"), ('M', "Enter"), ('J', "Enter"), ('H', "Backspace")];

impl Key {
    /// The written form of a pressed key; `None` for keys nothing can be bound to.
    pub fn of(event: KeyEvent) -> Option<Self> {
        let control = event.modifiers.contains(KeyModifiers::CONTROL);
        let alt = event.modifiers.contains(KeyModifiers::ALT);
        // Alt Gr comes as Ctrl and Alt together and makes signs, not commands.
        let sign = |c: char| control && alt && !c.is_ascii_alphanumeric();
        Some(Self(match event.code {
            KeyCode::Char(c) if c != ' ' && control && !sign(c) => format!("Ctrl-{}", c.to_ascii_uppercase()),
            KeyCode::Char(c) if c != ' ' && alt && !sign(c) => format!("Alt-{c}"),
            KeyCode::F(number) => format!("F{number}"),
            code => match NAMED.iter().find(|(named, ..)| *named == code) {
                Some((_, written, _)) => (*written).to_owned(),
                None => code.as_char()?.to_string(),
            },
        }))
    }

    /// The same without Alt: terminals send Alt as an Esc before the key, and slow lines send Esc and a key together.
    pub fn without_alt(&self) -> Option<Self> {
        self.0.strip_prefix("Alt-").map(|key| Self(key.to_owned()))
    }

    /// A key as somebody spells it: as the map writes it, or `up`, `page-down`, `ctrl-l`, `alt-x`, `f5`.
    ///
    /// # Errors
    /// What it might have meant, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut characters = text.chars();
        if let (Some(c), None) = (characters.next(), characters.next()) {
            return if c == ' ' { Ok(Self("space".to_owned())) } else { printable(c, text) };
        }
        let lower = text.trim().to_lowercase();
        let spelled = |(_, written, others): &&(KeyCode, &str, &[&str])| {
            written.to_lowercase() == lower || others.contains(&lower.as_str())
        };
        if let Some((_, written, _)) = NAMED.iter().find(spelled) {
            return Ok(Self((*written).to_owned()));
        }
        if let Some(number) = lower.strip_prefix('f').and_then(|number| number.parse().ok()) {
            return if (1..=24).contains(&number) { Ok(Self(format!("F{number}"))) } else { Err(unknown(text)) };
        }
        let last = text.trim().chars().last().unwrap_or(' ');
        match lower.rsplit_once('-').filter(|(_, key)| key.chars().count() == 1).map(|(modifier, _)| modifier) {
            Some("ctrl" | "control" | "c") => control(last).ok_or_else(|| unknown(text))?,
            Some("alt" | "meta") => Ok(Self(format!("Alt-{last}"))),
            Some("shift") if last.is_alphabetic() => Ok(Self(last.to_uppercase().to_string())),
            _ => Err(unknown(text)),
        }
    }
}

fn printable(c: char, text: &str) -> Result<Key, String> {
    if c.is_control() || c.is_whitespace() { Err(unknown(text)) } else { Ok(Key(c.to_string())) }
}

/// A letter with Ctrl; nothing where it is no letter.
fn control(letter: char) -> Option<Result<Key, String>> {
    let letter = Some(letter.to_ascii_uppercase()).filter(char::is_ascii_uppercase)?;
    let same = NOT_TOLD_APART.iter().find(|(other, _)| *other == letter);
    Some(match same {
        Some((_, key)) => Err(format!("Ctrl-{letter} comes from the terminal as {key}; take another")),
        None => Ok(Key(format!("Ctrl-{letter}"))),
    })
}

fn unknown(text: &str) -> String {
    let names = NAMED.iter().flat_map(|(_, _, spelled)| spelled.iter().copied());
    match super::near::nearest(text, names) {
        Some(near) => format!("no key is called `{text}`; `{near}` is"),
        None => {
            format!("no key is called `{text}`: a character, or a name like up, enter, space, page-down, ctrl-l, f5")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(code: KeyCode, modifiers: KeyModifiers) -> String {
        Key::of(KeyEvent::new(code, modifiers)).expect("a key").0
    }

    #[test]
    fn a_key_is_parsed_to_what_pressing_it_gives() {
        let (none, control, alt) = (KeyModifiers::NONE, KeyModifiers::CONTROL, KeyModifiers::ALT);
        for (spelled, code, modifiers) in [
            ("up", KeyCode::Up, none),
            ("↑", KeyCode::Up, none),
            ("Enter", KeyCode::Enter, none),
            ("shift-tab", KeyCode::BackTab, KeyModifiers::SHIFT),
            ("space", KeyCode::Char(' '), none),
            (" ", KeyCode::Char(' '), none),
            ("ctrl-l", KeyCode::Char('l'), control),
            ("Ctrl-L", KeyCode::Char('l'), control),
            ("alt-x", KeyCode::Char('x'), alt),
            ("f5", KeyCode::F(5), none),
            ("page-down", KeyCode::PageDown, none),
            ("shift-a", KeyCode::Char('A'), KeyModifiers::SHIFT),
            ("-", KeyCode::Char('-'), none),
            ("ü", KeyCode::Char('ü'), none),
        ] {
            assert_eq!(Key::parse(spelled), Ok(Key(pressed(code, modifiers))), "{spelled}");
        }
    }

    #[test]
    fn signs_made_with_alt_gr_are_signs() {
        assert_eq!(pressed(KeyCode::Char('@'), KeyModifiers::CONTROL | KeyModifiers::ALT), "@");
        assert_eq!(Key("Alt-q".to_owned()).without_alt(), Some(Key("q".to_owned())));
    }

    #[test]
    fn what_is_no_key_is_answered_with_the_nearest() {
        let said = |text: &str| Key::parse(text).expect_err("no key");
        assert!(said("entr").contains("`enter`"), "{}", said("entr"));
        assert!(said("pagedwn").contains("`pagedown`"), "{}", said("pagedwn"));
        assert!(said("ctrl-i").contains("as Tab"), "{}", said("ctrl-i"));
        for wrong in ["", "f99", "ctrl-", "ctrl-7", "hyper-x", "\t", "xyzzy plugh"] {
            assert!(Key::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
