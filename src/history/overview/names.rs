//! Names, each kept once in one long text, with numbers that stand for them.

use std::cmp::Ordering;

use super::slots::{Slots, hash};
use crate::history::filter::{Glob, Needle};

/// Parts names in the long text, so that no text is found across two of them.
const GAP: char = '\0';
/// New names up to so many are put into their places one by one; more are sorted with all others.
const FEW: usize = 64;

/// Names by number, in the order they came.
#[derive(Debug, Default)]
pub(super) struct Names {
    texts: Texts,
    slots: Slots,
    /// The place of each number in natural order; the newest may be missing.
    ranks: Vec<u32>,
}

/// Texts one after the other.
#[derive(Debug, Default)]
struct Texts {
    all: String,
    ends: Vec<u32>,
}

impl Texts {
    fn push(&mut self, text: &str) {
        if !self.ends.is_empty() {
            self.all.push(GAP);
        }
        self.all.push_str(text);
        self.ends.push(place(self.all.len()));
    }

    fn get(&self, at: usize) -> &str {
        let start = match at.checked_sub(1) {
            Some(before) => self.ends.get(before).map_or(0, |&end| end as usize + GAP.len_utf8()),
            None => 0,
        };
        let end = self.ends.get(at).map_or(0, |&end| end as usize);
        self.all.get(start..end).unwrap_or_default()
    }

    /// The same in small letters: made for each question, because it takes less time than it would take memory.
    fn lower(&self) -> Self {
        let all = self.all.to_lowercase();
        let mut ends: Vec<u32> = all.match_indices(GAP).map(|(at, _)| place(at)).collect();
        if !self.ends.is_empty() {
            ends.push(place(all.len()));
        }
        Self { all, ends }
    }

    /// Which texts contain a needle, in one pass over all of them.
    fn containing(&self, needle: &str) -> Vec<bool> {
        let mut hits = vec![false; self.ends.len()];
        let mut at = 0;
        for (place, _) in self.all.match_indices(needle) {
            while self.ends.get(at).is_some_and(|&end| (end as usize) < place + needle.len()) {
                at += 1;
            }
            if let Some(hit) = hits.get_mut(at) {
                *hit = true;
            }
        }
        hits
    }
}

impl Names {
    pub(super) fn len(&self) -> usize {
        self.texts.ends.len()
    }

    /// The name behind a number.
    pub(super) fn get(&self, number: u32) -> &str {
        self.texts.get(number as usize)
    }

    /// The number of a name that is there.
    pub(super) fn find(&self, name: &str) -> Option<u32> {
        self.slots.find(hash(name.bytes()), |number| self.get(number) == name)
    }

    /// The number of a name, given out now if need be.
    pub(super) fn intern(&mut self, name: &str) -> u32 {
        if name.contains(GAP) {
            return self.intern(&name.replace(GAP, " "));
        }
        self.find(name).unwrap_or_else(|| {
            self.texts.push(name);
            let texts = &self.texts;
            self.slots.push(|number| hash(texts.get(number as usize).bytes()))
        })
    }

    /// Brings the natural order up to date.
    pub(super) fn settle(&mut self) {
        let fresh = self.ranks.len()..self.len();
        if fresh.is_empty() {
            return;
        }
        let mut sorted = inverse(&self.ranks);
        sorted.reserve_exact(fresh.len());
        let numbers = fresh.clone().map(place);
        if fresh.len() <= FEW {
            for number in numbers {
                let name = self.get(number);
                let at = sorted.partition_point(|&other| natural(self.get(other), name).is_lt());
                sorted.insert(at, number);
            }
        } else {
            sorted.extend(numbers);
            sorted.sort_unstable_by(|&a, &b| natural(self.get(a), self.get(b)));
        }
        self.ranks = inverse(&sorted);
    }

    /// Where a name stands in natural order; nothing for the empty name.
    pub(super) fn rank(&self, number: u32) -> Option<u32> {
        self.ranks.get(number as usize).copied().filter(|_| !self.get(number).is_empty())
    }

    /// Which names contain a text.
    pub(super) fn containing(&self, needle: &Needle) -> Vec<bool> {
        if needle.exact {
            return self.texts.containing(&needle.text);
        }
        self.texts.lower().containing(&needle.text)
    }

    /// Which names fit one of some patterns.
    pub(super) fn fitting(&self, globs: &[Glob]) -> Vec<bool> {
        let lower = self.texts.lower();
        (0..self.len()).map(|number| globs.iter().any(|glob| glob.fits(lower.get(number)))).collect()
    }
}

/// Which number stands where, from where each number stands; and the other way round.
fn inverse(places: &[u32]) -> Vec<u32> {
    let mut numbers = vec![0; places.len()];
    for (number, &at) in (0u32..).zip(places) {
        if let Some(there) = numbers.get_mut(at as usize) {
            *there = number;
        }
    }
    numbers
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// As people sort: 9 before 10, any case; equal so far, letter by letter.
pub(super) fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let (x, y) = (piece(left), piece(right));
        if x.is_empty() || y.is_empty() {
            return x.len().cmp(&y.len()).then_with(|| a.cmp(b));
        }
        let ordering = match (number(x), number(y)) {
            (Some(x), Some(y)) => x.len().cmp(&y.len()).then_with(|| x.cmp(y)),
            _ => x.chars().flat_map(char::to_lowercase).cmp(y.chars().flat_map(char::to_lowercase)),
        };
        if ordering.is_ne() {
            return ordering;
        }
        left = left.get(x.len()..).unwrap_or_default();
        right = right.get(y.len()..).unwrap_or_default();
    }
}

/// What stands first in natural order, as bytes that sort in that order as far as they go: of two texts the lesser never
/// has the greater bytes. No text but the empty one has nothing but zeros.
pub(super) fn natural_head(text: &str) -> [u8; 8] {
    let mut head = [0; 8];
    let (mut room, mut rest) = (head.iter_mut(), text);
    let mut push = |byte| room.next().map(|to| *to = byte).is_some();
    while !rest.is_empty() {
        let piece = piece(rest);
        rest = rest.get(piece.len()..).unwrap_or_default();
        let goes_on = if let Some(digits) = number(piece) {
            // Longer numbers are greater; those that are longer still are told apart by nothing behind it.
            let len = u8::try_from(digits.len()).unwrap_or(u8::MAX);
            push(b'0') && push(len) && len < u8::MAX && digits.bytes().all(&mut push)
        } else {
            // What goes on as letters is greater than what ends, or goes on as a number.
            let is_pushed = if piece.is_ascii() {
                piece.bytes().map(|letter| letter.to_ascii_lowercase()).all(&mut push)
            } else {
                let letter = |c: char| c.encode_utf8(&mut [0; 4]).bytes().all(&mut push);
                piece.chars().flat_map(char::to_lowercase).all(letter)
            };
            is_pushed && push(0)
        };
        if !goes_on {
            break;
        }
    }
    head
}

/// The digits that a text begins with, or what comes before its first digit.
fn piece(text: &str) -> &str {
    // No byte of another character is that of a digit.
    let digits = text.as_bytes().first().is_some_and(u8::is_ascii_digit);
    let end = text.bytes().position(|byte| byte.is_ascii_digit() != digits).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// Digits without leading zeros.
fn number(piece: &str) -> Option<&str> {
    piece.starts_with(|c: char| c.is_ascii_digit()).then(|| piece.trim_start_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_once_and_found_again_among_many() {
        let mut names = Names::default();
        for round in 0..2 {
            for n in 0..1_000u32 {
                assert_eq!(names.intern(&format!("S{n}")), n, "round {round}");
            }
        }
        assert_eq!((names.find("S7"), names.find("s7"), names.get(999)), (Some(7), None, "S999"));
    }

    #[test]
    fn names_sort_as_people_sort_however_they_came() {
        let mut names = Names::default();
        for name in ["10", "9", "8340-12", "8340-2", "b", "", "A"] {
            names.intern(name);
            names.settle();
        }
        let sorted: Vec<&str> = inverse(&names.ranks).iter().map(|&number| names.get(number)).collect();
        assert_eq!(sorted, ["", "9", "10", "8340-2", "8340-12", "A", "b"]);
        let number = names.intern("9a");
        names.settle();
        assert_eq!(names.rank(number), Some(2));
        assert_eq!(names.find("").and_then(|empty| names.rank(empty)), None);
    }

    #[test]
    fn heads_sort_as_whole_names_do_as_far_as_they_go() {
        let long = "7".repeat(300);
        let names = [
            "",
            "0",
            "00",
            "1",
            "01",
            "9",
            "10",
            "12345678901",
            "12345678902",
            &long,
            "a",
            "A",
            "ab",
            "a1",
            "a01",
            "a1b",
            "a-1",
            "a-10",
            "a/",
            "a:",
            "é",
            "ab12cd34",
            "ab12cd35",
            "ab12ce",
            "abcdefghi",
            "abcdefgh1",
            "İx",
            "ix",
            "-",
        ];
        for a in names {
            for b in names {
                let heads = natural_head(a).cmp(&natural_head(b));
                assert!(heads.is_eq() || heads == natural(a, b), "{a} and {b}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn heads_of_any_names_sort_as_they_do(a in "[0aAbÄß/: \\-19]{0,9}", b in "[0aAbÄß/: \\-19]{0,9}") {
            let heads = natural_head(&a).cmp(&natural_head(&b));
            proptest::prop_assert!(heads.is_eq() || heads == natural(&a, &b));
        }
    }

    #[test]
    fn a_text_is_never_found_across_two_names() {
        let mut names = Names::default();
        for name in ["ab", "cab", "b", "abab", ""] {
            names.intern(name);
        }
        let hits = |text: &str| names.containing(&Needle::new(text.to_owned()));
        assert_eq!(hits("ab"), [true, true, false, true, false]);
        assert_eq!(hits("bc"), [false; 5]);
        assert_eq!(hits("b"), [true, true, true, true, false]);
        names.intern("\u{130}STANBUL 0\u{3a3}");
        names.intern("CAB");
        let hits = |text: &str| names.containing(&Needle::new(text.to_owned()));
        let hits = |text: &str| hits(text).iter().enumerate().filter(|(_, hit)| **hit).map(|(at, _)| at).collect();
        let (cab, stanbul): (Vec<usize>, Vec<usize>) = (hits("cab"), hits("stanbul"));
        assert_eq!((cab, stanbul), (vec![1, 6], vec![5]), "small letters that are longer");
    }
}
