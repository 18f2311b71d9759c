//! The keys in force: what dispatch, footer, help and palette are made from.

use std::sync::Arc;

use super::action::{Action, BINDINGS, Binding, Screen};
use super::key::Key;

/// A line of the key map with the keys that are in force.
#[derive(Debug, Clone)]
pub struct Bound {
    /// What it does, where, and its words.
    pub binding: &'static Binding,
    /// Its keys, the first one for the footer; none where only the palette has it.
    pub keys: Vec<Key>,
}

impl Bound {
    /// What it does.
    pub fn action(&self) -> Action {
        self.binding.action
    }

    /// Its keys, as they are written in a list.
    pub fn written(&self) -> String {
        self.keys.iter().map(|key| key.0.as_str()).collect::<Vec<_>>().join("  ")
    }
}

/// Every line of the key map.
#[derive(Debug, Clone)]
pub struct KeyMap {
    pub(super) lines: Arc<[Bound]>,
}

impl Default for KeyMap {
    fn default() -> Self {
        let keys = |binding: &Binding| binding.keys.iter().map(|key| Key((*key).to_owned())).collect();
        Self { lines: BINDINGS.iter().map(|binding| Bound { binding, keys: keys(binding) }).collect() }
    }
}

impl KeyMap {
    /// The lines that hold on a screen.
    pub fn on(&self, screen: Screen) -> impl Iterator<Item = &Bound> {
        self.lines.iter().filter(move |bound| bound.binding.place.holds(screen))
    }

    /// What a key does on a screen; with Alt what it does without, unless that is bound.
    pub fn action_of(&self, screen: Screen, key: &Key) -> Option<Action> {
        let find = |key: &Key| self.on(screen).find(|bound| bound.keys.contains(key)).map(Bound::action);
        find(key).or_else(|| find(&key.without_alt()?))
    }

    /// How an action is called for on a screen: its first key, else the way through the palette.
    pub fn name(&self, screen: Screen, action: Action) -> String {
        let key = |action| {
            let mut lines = self.on(screen).filter(move |bound| bound.action() == action);
            lines.find_map(|bound| bound.keys.first()).map(|key| key.0.clone())
        };
        key(action).unwrap_or_else(|| {
            let palette = key(Action::Palette).unwrap_or_else(|| "the palette".to_owned());
            format!("{palette} {}", action.name())
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

    use super::*;

    #[test]
    fn no_key_is_bound_twice_on_a_screen() {
        let map = KeyMap::default();
        for screen in Screen::ALL {
            let mut bound: HashMap<&Key, &str> = HashMap::new();
            for line in map.on(screen) {
                for key in &line.keys {
                    let before = bound.insert(key, line.binding.help);
                    assert_eq!(before, None, "{key:?} on {screen:?}: also {}", line.binding.help);
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
        let map = KeyMap::default();
        let on =
            |screen, code, modifiers| map.action_of(screen, &Key::of(KeyEvent::new(code, modifiers)).expect("a key"));
        let none = KeyModifiers::NONE;
        assert_eq!(on(Screen::Live, KeyCode::Char(' '), none), Some(Action::Freeze));
        assert_eq!(on(Screen::Log, KeyCode::Char('c'), KeyModifiers::CONTROL), Some(Action::Quit));
        assert_eq!(on(Screen::Unit, KeyCode::Char('>'), KeyModifiers::SHIFT), Some(Action::Later));
        assert_eq!(on(Screen::Unit, KeyCode::Char('r'), none), None);
        assert_eq!(
            on(Screen::Live, KeyCode::Char('q'), KeyModifiers::ALT),
            Some(Action::Quit),
            "Esc and q on a slow line"
        );
    }

    #[test]
    fn an_action_without_a_key_is_named_by_the_way_to_it() {
        let map = KeyMap::default();
        assert_eq!(map.name(Screen::Live, Action::Search), "/");
        assert_eq!(map.name(Screen::Live, Action::ThemeNext), ": theme-next");
    }
}
