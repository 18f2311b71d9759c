//! Which actions some typed words mean, the likeliest first.

use super::action::{Screen, Where};
use super::keymap::{Bound, KeyMap};

/// The lines of the key map on a screen that all the words mean: this screen's own before those of every screen, and
/// before both whatever the words fit better.
pub fn found<'a>(keys: &'a KeyMap, screen: Screen, query: &str) -> Vec<&'a Bound> {
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    let fits = |bound: &'a Bound| Some((misfit(bound, query.trim(), &words)?, bound));
    let mut found: Vec<(usize, &Bound)> = keys.on(screen).filter_map(fits).collect();
    found.sort_by_key(|(misfit, bound)| (*misfit, bound.binding.place == Where::Everywhere));
    found.into_iter().map(|(_, bound)| bound).collect()
}

/// How badly the words fit; nothing where one of them is not meant at all. A key that is typed is meant exactly.
fn misfit(bound: &Bound, query: &str, words: &[String]) -> Option<usize> {
    if bound.keys.iter().any(|key| key.0 == query) {
        return Some(0);
    }
    let name = bound.action().name();
    let (keys, said) = (bound.written().to_lowercase(), bound.binding.help.to_lowercase());
    let text = format!("{name} {} {said} {keys}", bound.binding.label.to_lowercase());
    words.iter().map(|word| misfit_of(word, &name, &text)).sum()
}

/// A word that begins one fits best, then one inside another, then letters that stand in the name in this order.
fn misfit_of(word: &str, name: &str, text: &str) -> Option<usize> {
    if text.split(|c: char| !c.is_alphanumeric()).any(|other| other.starts_with(word)) {
        return Some(1);
    }
    if text.contains(word) {
        return Some(2);
    }
    let mut letters = name.chars();
    word.chars().all(|c| letters.any(|letter| letter == c)).then_some(4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::action::Action;

    fn first(query: &str) -> Option<Action> {
        found(&KeyMap::default(), Screen::History, query).first().map(|bound| bound.action())
    }

    #[test]
    fn words_find_what_they_begin_and_letters_find_names() {
        assert_eq!(first("filter"), Some(Action::Filter));
        assert_eq!(first("saved filters"), Some(Action::SavedFilters));
        assert_eq!(first("thnx"), Some(Action::ThemeNext));
        assert_eq!(first("COLOURS"), Some(Action::ThemeNext));
        assert_eq!(first("qqq"), None);
    }

    #[test]
    fn a_key_finds_what_it_does_and_nothing_typed_finds_everything() {
        assert_eq!(first("S"), Some(Action::SortReverse));
        assert_eq!(first("w"), Some(Action::SaveFilter));
        let map = KeyMap::default();
        assert_eq!(found(&map, Screen::Log, "").len(), map.on(Screen::Log).count());
    }
}
