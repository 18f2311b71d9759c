//! Names with `*` and `?`.

/// A pattern that a whole name must fit, in any case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::history) struct Glob {
    /// As typed.
    pub(super) text: String,
    /// Of each star and question mark in it whether it stands for itself.
    pub(super) itself: Vec<bool>,
    lower: Vec<Part>,
}

/// A byte of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Byte(u8),
    /// One letter.
    One,
    /// Any letters.
    Any,
}

impl Glob {
    /// A pattern; of its stars and question marks, in order, `itself` tells which stand for themselves.
    pub(super) fn new(text: String, itself: Vec<bool>) -> Self {
        // Small letters are as many stars and question marks as great ones.
        let (lower, mut stands) = (text.to_lowercase(), itself.iter().copied());
        let mut part = |byte| match byte {
            b'*' if !stands.next().unwrap_or(false) => Part::Any,
            b'?' if !stands.next().unwrap_or(false) => Part::One,
            byte => Part::Byte(byte),
        };
        let lower = lower.bytes().map(&mut part).collect();
        Self { text, itself, lower }
    }

    /// What a name fits and no other, case aside, whatever is in it.
    pub(super) fn exactly(name: &str) -> Self {
        let itself = name.chars().filter(|&c| is_sign(c)).map(|_| true).collect();
        Self::new(name.to_owned(), itself)
    }

    /// Its letters; of each whether it is a star or question mark that stands for itself.
    pub(super) fn letters(&self) -> impl Iterator<Item = (char, bool)> {
        let mut itself = self.itself.iter().copied();
        self.text.chars().map(move |c| (c, is_sign(c) && itself.next().unwrap_or(false)))
    }

    /// Whether a name fits that is in small letters already. Never looks at a letter more often than the pattern
    /// has stretches between stars.
    pub(in crate::history) fn fits(&self, name: &str) -> bool {
        self.fits_bytes(name.as_bytes())
    }

    /// The same of the bytes of a name.
    pub(in crate::history) fn fits_bytes(&self, name: &[u8]) -> bool {
        let pattern = self.lower.as_slice();
        let (mut p, mut n) = (0, 0);
        let mut retry: Option<(usize, usize)> = None;
        while n < name.len() {
            match pattern.get(p) {
                Some(Part::Any) => {
                    retry = Some((p + 1, n));
                    p += 1;
                }
                Some(Part::One) => (p, n) = (p + 1, n + letter(name, n)),
                Some(Part::Byte(byte)) if name.get(n) == Some(byte) => (p, n) = (p + 1, n + 1),
                _ => {
                    let Some((after, from)) = retry else { return false };
                    let next = from + letter(name, from);
                    retry = Some((after, next));
                    (p, n) = (after, next);
                }
            }
        }
        pattern.get(p..).is_some_and(|rest| rest.iter().all(|&part| part == Part::Any))
    }
}

/// Whether it may stand for other letters.
pub(super) fn is_sign(c: char) -> bool {
    matches!(c, '*' | '?')
}

/// Bytes of the letter that begins at a place.
fn letter(name: &[u8], at: usize) -> usize {
    match name.get(at) {
        Some(0xC0..=0xDF) => 2,
        Some(0xE0..=0xEF) => 3,
        Some(0xF0..) => 4,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks_stand_for_letters() {
        let fits = |pattern: &str, name: &str| Glob::new(pattern.to_owned(), Vec::new()).fits(name);
        assert!(fits("8340*", "8340-1") && fits("8340*", "8340") && !fits("8340", "8340-1"));
        assert!(fits("*-?", "8340-1") && !fits("*-?", "8340-12"));
        assert!(fits("SCRAP*Wiper*", "scrap_cut in wiper path"));
        assert!(fits("a?c", "aéc") && fits("*é*", "xéy") && !fits("?", "éé"));
        assert!(fits("", "") && fits("*", "") && !fits("?", ""));
    }

    #[test]
    fn a_name_is_itself_alone_whatever_is_in_it() {
        for name in ["8340*", "*", "a?c", "?", "**", "\\*", "", "İ*Σ"] {
            let glob = Glob::exactly(name);
            assert!(glob.fits(&name.to_lowercase()), "{name}");
            assert!(!glob.fits("8340-1") && !glob.fits("abc") && !glob.fits("x"), "{name}");
        }
    }
}
