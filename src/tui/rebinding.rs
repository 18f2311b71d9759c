//! `[keys]` of the configuration → the key map, or every problem with it.

use std::collections::{BTreeMap, HashMap};

use super::action::{Action, BINDINGS, Screen};
use super::key::Key;
use super::keymap::{Bound, KeyMap};
use super::near::nearest;
use crate::config::{Config, Keys};

/// The key nobody can lose: it quits whatever else is configured.
const ALWAYS_QUITS: &str = "Ctrl-C";

/// Every problem of the configuration that only the screen can see, in words that name the key.
pub fn problems(config: &Config) -> Vec<String> {
    KeyMap::of(&config.keys).err().unwrap_or_default()
}

impl KeyMap {
    /// The key map with what a site has bound anew.
    ///
    /// # Errors
    /// Every action and key nobody knows, and every key that is bound twice on a screen.
    pub fn of(wishes: &BTreeMap<String, Keys>) -> Result<Self, Vec<String>> {
        let mut found = Vec::new();
        let mut bound: HashMap<Action, Vec<Key>> = HashMap::new();
        for (name, wish) in wishes {
            let keys = parsed(name, wish, &mut found);
            match BINDINGS.iter().map(|binding| binding.action).find(|action| action.name() == *name) {
                Some(action) => drop(bound.insert(action, keys)),
                None => found.push(unknown(name)),
            }
        }
        if let Some(keys) = bound.get_mut(&Action::Quit) {
            keys.push(Key(ALWAYS_QUITS.to_owned()));
        }
        let usual = Self::default();
        let own = |line: &Bound| Bound {
            binding: line.binding,
            keys: bound.get(&line.action()).unwrap_or(&line.keys).clone(),
        };
        let map = Self { lines: usual.lines.iter().map(own).collect() };
        found.extend(map.twice());
        if found.is_empty() { Ok(map) } else { Err(found) }
    }

    /// Every key that is bound to two actions on a screen.
    fn twice(&self) -> Vec<String> {
        let mut clashes: BTreeMap<(usize, usize, &Key), Vec<Screen>> = BTreeMap::new();
        for screen in Screen::ALL {
            let mut holders: HashMap<&Key, usize> = HashMap::new();
            let lines = self.lines.iter().enumerate().filter(|(_, line)| line.binding.place.holds(screen));
            for (at, key) in lines.flat_map(|(at, line)| line.keys.iter().map(move |key| (at, key))) {
                let first = *holders.entry(key).or_insert(at);
                if first != at {
                    clashes.entry((first, at, key)).or_default().push(screen);
                }
            }
        }
        let name = |at: usize| self.lines.get(at).map(|line| line.action().name()).unwrap_or_default();
        let say = |((first, second, key), screens): ((usize, usize, &Key), Vec<Screen>)| {
            let (key, first, second) = (&key.0, name(first), name(second));
            format!(
                "keys: {key} is bound to both {first} and {second} on {}; give one of them another",
                places(&screens)
            )
        };
        clashes.into_iter().map(say).collect()
    }
}

/// The keys of one wish without those that are none, each once.
fn parsed(name: &str, wish: &Keys, found: &mut Vec<String>) -> Vec<Key> {
    let mut keys = Vec::new();
    for text in &wish.0 {
        match Key::parse(text) {
            Ok(key) if keys.contains(&key) || key.0 == ALWAYS_QUITS && name == "quit" => {}
            Ok(key) => keys.push(key),
            Err(why) => found.push(format!("keys.{name}: {why}")),
        }
    }
    keys
}

fn unknown(name: &str) -> String {
    match nearest(name, BINDINGS.iter().map(|binding| binding.action.name())) {
        Some(near) => format!("keys.{name}: no action is called that; `{near}` is"),
        None => format!("keys.{name}: no action is called that; `:` on the screen lists them all"),
    }
}

fn places(screens: &[Screen]) -> String {
    if screens.len() == Screen::ALL.len() {
        return "every screen".to_owned();
    }
    screens.iter().map(|screen| screen.title()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wishes(text: &str) -> BTreeMap<String, Keys> {
        toml::from_str(text).expect("TOML")
    }

    fn map(text: &str) -> KeyMap {
        KeyMap::of(&wishes(text)).expect("a key map")
    }

    fn wrong(text: &str) -> Vec<String> {
        KeyMap::of(&wishes(text)).expect_err("problems")
    }

    fn does(map: &KeyMap, screen: Screen, key: &str) -> Option<Action> {
        map.action_of(screen, &Key::parse(key).expect("a key"))
    }

    #[test]
    fn a_new_key_takes_the_place_of_the_old_ones() {
        let map = map("search = \"F3\"\nfreeze = [\"pgdn\", \"alt-f\"]\npage-down = []\n");
        assert_eq!(does(&map, Screen::Live, "f3"), Some(Action::Search));
        assert_eq!(does(&map, Screen::Live, "/"), None);
        assert_eq!(does(&map, Screen::Log, "alt-f"), Some(Action::Freeze));
        assert_eq!(does(&map, Screen::Log, "page-down"), Some(Action::Freeze));
        assert_eq!(does(&map, Screen::Log, "j"), Some(Action::Down), "what is not named keeps its own");
    }

    #[test]
    fn every_action_can_be_bound_by_its_name() {
        for binding in BINDINGS {
            let name = binding.action.name();
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{name}");
            let map = map(&format!("{name} = \"ctrl-y\"\n"));
            let screens: Vec<Screen> = Screen::ALL.into_iter().filter(|&s| binding.place.holds(s)).collect();
            assert!(screens.iter().all(|&screen| does(&map, screen, "ctrl-y") == Some(binding.action)), "{name}");
        }
    }

    #[test]
    fn a_key_bound_twice_names_both_actions_the_key_and_the_screen() {
        assert_eq!(
            wrong("exclude = \"o\"\n"),
            ["keys: o is bound to both exclude and tested on Unit; give one of them another"]
        );
        assert_eq!(
            wrong("zoom = \"space\"\n"),
            ["keys: space is bound to both freeze and zoom on every screen; give one of them another"]
        );
    }

    #[test]
    fn keys_of_different_screens_do_not_clash() {
        let map = map("retry = \"o\"\n");
        assert_eq!(does(&map, Screen::Log, "o"), Some(Action::Retry));
        assert_eq!(does(&map, Screen::Unit, "o"), Some(Action::Tested));
    }

    #[test]
    fn unknown_names_are_answered_with_the_nearest_and_all_problems_come_at_once() {
        let said = wrong("serch = \"F3\"\nquit = \"entr\"\nzoom = \"space\"\nxyzzy = \"a\"\n");
        assert_eq!(said.len(), 4, "{said:#?}");
        for part in ["`search`", "keys.quit: no key is called `entr`; `enter` is", "freeze and zoom", "keys.xyzzy"] {
            assert!(said.iter().any(|line| line.contains(part)), "{part} in {said:#?}");
        }
    }

    #[test]
    fn ctrl_c_quits_whatever_is_configured() {
        let map = map("quit = [\"Q\", \"ctrl-c\"]\n");
        assert_eq!(does(&map, Screen::Live, "ctrl-c"), Some(Action::Quit));
        assert_eq!(does(&map, Screen::Live, "q"), None);
        assert!(wrong("freeze = \"ctrl-c\"\n").iter().all(|line| line.contains("freeze and quit")));
    }
}
