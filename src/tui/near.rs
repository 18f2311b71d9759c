//! The word that somebody may have meant.

/// The word a mistake or two away, the nearest of them; nothing where none is so near.
pub(super) fn nearest<T: AsRef<str>>(typed: &str, words: impl IntoIterator<Item = T>) -> Option<T> {
    let typed = typed.trim().to_lowercase();
    let most = match typed.chars().count() {
        0 => return None,
        1..=4 => 1,
        5..=8 => 2,
        _ => 3,
    };
    let away = words.into_iter().map(|word| (mistakes(&typed, word.as_ref()), word));
    away.filter(|(mistakes, _)| *mistakes <= most).min_by_key(|(mistakes, _)| *mistakes).map(|(_, word)| word)
}

/// How many letters must be put in, left out or changed to make one word of the other.
fn mistakes(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (at, c) in a.chars().enumerate() {
        let mut before = at;
        let mut left = at + 1;
        for (cell, other) in row.iter_mut().skip(1).zip(&b) {
            let changed = before + usize::from(c != *other);
            before = *cell;
            left = changed.min(*cell + 1).min(left + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = at + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_counted_letter_by_letter() {
        for (a, b, away) in
            [("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("zoom", "zoom", 0), ("ab", "ba", 2)]
        {
            assert_eq!(mistakes(a, b), away, "{a} {b}");
        }
    }

    #[test]
    fn only_a_near_word_is_offered() {
        let words = ["search", "zoom", "zoom-in"];
        assert_eq!(nearest("serch", words), Some("search"));
        assert_eq!(nearest("Zoom_in", words), Some("zoom-in"));
        assert_eq!(nearest("quit", words), None);
        assert_eq!(nearest("", words), None);
    }
}
