//! Names with `*` and `?`.

/// A pattern that a whole name must fit, in any case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::history) struct Glob {
    /// As typed.
    pub(super) text: String,
    lower: Vec<u8>,
}

impl Glob {
    pub(super) fn new(text: String) -> Self {
        let lower = text.to_lowercase().into_bytes();
        Self { text, lower }
    }

    /// Whether a name fits that is in small letters already. Never looks at a letter more often than the pattern
    /// has stretches between stars.
    pub(in crate::history) fn fits(&self, name: &str) -> bool {
        let (pattern, name) = (self.lower.as_slice(), name.as_bytes());
        let (mut p, mut n) = (0, 0);
        let mut retry: Option<(usize, usize)> = None;
        while n < name.len() {
            match pattern.get(p) {
                Some(b'*') => {
                    retry = Some((p + 1, n));
                    p += 1;
                }
                Some(b'?') => (p, n) = (p + 1, n + letter(name, n)),
                Some(byte) if name.get(n) == Some(byte) => (p, n) = (p + 1, n + 1),
                _ => {
                    let Some((after, from)) = retry else { return false };
                    let next = from + letter(name, from);
                    retry = Some((after, next));
                    (p, n) = (after, next);
                }
            }
        }
        pattern.get(p..).is_some_and(|rest| rest.iter().all(|&sign| sign == b'*'))
    }
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
        let fits = |pattern: &str, name: &str| Glob::new(pattern.to_owned()).fits(name);
        assert!(fits("8340*", "8340-1") && fits("8340*", "8340") && !fits("8340", "8340-1"));
        assert!(fits("*-?", "8340-1") && !fits("*-?", "8340-12"));
        assert!(fits("SCRAP*Wiper*", "scrap_cut in wiper path"));
        assert!(fits("a?c", "aéc") && fits("*é*", "xéy") && !fits("?", "éé"));
        assert!(fits("", "") && fits("*", "") && !fits("?", ""));
    }
}
