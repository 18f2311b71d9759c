//! Keys ↔ actions.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::action::{Action, BINDINGS, Binding, Screen};

/// A key as the map writes it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key(pub String);

impl Key {
    /// The written form of a pressed key; `None` for keys nothing can be bound to.
    pub fn of(event: KeyEvent) -> Option<Self> {
        let name = match event.code {
            KeyCode::Char(' ') => "space".to_owned(),
            KeyCode::Char(c) if event.modifiers.contains(KeyModifiers::CONTROL) => {
                format!("Ctrl-{}", c.to_ascii_uppercase())
            }
            KeyCode::Char(c) => c.to_string(),
            code => named(code)?.to_owned(),
        };
        Some(Self(name))
    }
}

fn named(code: KeyCode) -> Option<&'static str> {
    Some(match code {
        KeyCode::Up => "↑",
        KeyCode::Down => "↓",
        KeyCode::Left => "←",
        KeyCode::Right => "→",
        KeyCode::Enter => "Enter",
        KeyCode::Esc => "Esc",
        KeyCode::Tab => "Tab",
        KeyCode::BackTab => "Shift-Tab",
        KeyCode::PageUp => "PgUp",
        KeyCode::PageDown => "PgDn",
        KeyCode::Home => "Home",
        KeyCode::End => "End",
        KeyCode::Backspace => "Backspace",
        _ => return None,
    })
}

/// What a key does on a screen.
pub fn action_of(screen: Screen, key: &Key) -> Option<Action> {
    let hit = bindings(screen).find(|binding| binding.keys.contains(&key.0.as_str()));
    hit.map(|binding| binding.action)
}

/// The lines of the key map that hold on a screen.
pub fn bindings(screen: Screen) -> impl Iterator<Item = &'static Binding> {
    BINDINGS.iter().filter(move |binding| binding.place.holds(screen))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn no_key_is_bound_twice_on_a_screen() {
        for screen in Screen::ALL {
            let mut bound: HashMap<&str, &str> = HashMap::new();
            for binding in bindings(screen) {
                for key in binding.keys {
                    let before = bound.insert(key, binding.help);
                    assert_eq!(before, None, "{key} on {screen:?}: also {}", binding.help);
                }
            }
        }
    }

    #[test]
    fn only_three_control_keys_and_neither_alt_nor_function_keys_are_needed() {
        for key in BINDINGS.iter().flat_map(|binding| binding.keys) {
            let control = key.starts_with("Ctrl-");
            assert!(!control || ["Ctrl-C", "Ctrl-L", "Ctrl-Z"].contains(key), "{key}");
            assert!(!(key.starts_with("Alt") || key.starts_with('F') && key.len() > 1), "{key}");
        }
    }

    #[test]
    fn pressed_keys_are_found_in_the_map() {
        let press = |code, modifiers| Key::of(KeyEvent::new(code, modifiers)).expect("a key");
        let none = KeyModifiers::NONE;
        assert_eq!(action_of(Screen::Live, &press(KeyCode::Char(' '), none)), Some(Action::Freeze));
        assert_eq!(action_of(Screen::Log, &press(KeyCode::Char('c'), KeyModifiers::CONTROL)), Some(Action::Quit));
        assert_eq!(action_of(Screen::Unit, &press(KeyCode::Char('>'), KeyModifiers::SHIFT)), Some(Action::Later));
        assert_eq!(action_of(Screen::Unit, &press(KeyCode::Char('r'), none)), None);
    }
}
