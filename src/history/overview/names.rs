//! Names, each kept once in one long text, with numbers that stand for them.

use std::cmp::Ordering;

use crate::history::filter::{Glob, Needle};

/// Parts names in the long text, so that no text is found across two of them.
const GAP: char = '\0';
/// New names up to so many are put into their places one by one; more are sorted with all others.
const FEW: usize = 64;

/// Names by number, in the order they came.
#[derive(Debug, Default)]
pub(super) struct Names {
    as_is: Texts,
    /// In small letters.
    lower: Texts,
    /// Numbers plus one by hash; zero is free.
    slots: Vec<u32>,
    /// Numbers in natural order.
    sorted: Vec<u32>,
    /// The place of each number in `sorted`.
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
        self.ends.push(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
    }

    fn get(&self, at: usize) -> &str {
        let start = match at.checked_sub(1) {
            Some(before) => self.ends.get(before).map_or(0, |&end| end as usize + GAP.len_utf8()),
            None => 0,
        };
        let end = self.ends.get(at).map_or(0, |&end| end as usize);
        self.all.get(start..end).unwrap_or_default()
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
        self.as_is.ends.len()
    }

    /// The name behind a number.
    pub(super) fn get(&self, number: u32) -> &str {
        self.as_is.get(number as usize)
    }

    /// The number of a name that is there.
    pub(super) fn find(&self, name: &str) -> Option<u32> {
        self.slot(name).ok()
    }

    /// The number of a name, given out now if need be.
    pub(super) fn intern(&mut self, name: &str) -> u32 {
        if name.contains(GAP) {
            return self.intern(&name.replace(GAP, " "));
        }
        if self.slots.len() < 2 * (self.len() + 1) {
            self.grow();
        }
        match self.slot(name) {
            Ok(number) => number,
            Err(free) => {
                let number = u32::try_from(self.len()).unwrap_or(u32::MAX);
                self.as_is.push(name);
                self.lower.push(&name.to_lowercase());
                if let Some(slot) = self.slots.get_mut(free) {
                    *slot = number.saturating_add(1);
                }
                number
            }
        }
    }

    /// The number in a name's slot, or the slot that is free for it.
    fn slot(&self, name: &str) -> Result<u32, usize> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = hash(name) & mask;
        loop {
            match self.slots.get(at) {
                None | Some(0) => return Err(at),
                Some(&number) if self.get(number - 1) == name => return Ok(number - 1),
                Some(_) => at = (at + 1) & mask,
            }
        }
    }

    fn grow(&mut self) {
        self.slots = vec![0; (4 * (self.len() + 1)).next_power_of_two()];
        for number in 0..u32::try_from(self.len()).unwrap_or(u32::MAX) {
            if let Err(free) = self.slot(self.get(number))
                && let Some(slot) = self.slots.get_mut(free)
            {
                *slot = number + 1;
            }
        }
    }

    /// Brings the natural order up to date.
    pub(super) fn settle(&mut self) {
        let fresh = self.sorted.len()..self.len();
        if fresh.is_empty() {
            return;
        }
        let mut sorted = std::mem::take(&mut self.sorted);
        let numbers = fresh.clone().filter_map(|number| u32::try_from(number).ok());
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
        self.ranks = vec![0; sorted.len()];
        for (rank, &number) in (0u32..).zip(&sorted) {
            if let Some(place) = self.ranks.get_mut(number as usize) {
                *place = rank;
            }
        }
        self.sorted = sorted;
    }

    /// Where a name stands in natural order; nothing for the empty name.
    pub(super) fn rank(&self, number: u32) -> Option<u32> {
        self.ranks.get(number as usize).copied().filter(|_| !self.get(number).is_empty())
    }

    /// Which names contain a text.
    pub(super) fn containing(&self, needle: &Needle) -> Vec<bool> {
        let texts = if needle.exact { &self.as_is } else { &self.lower };
        texts.containing(&needle.text)
    }

    /// Which names fit one of some patterns.
    pub(super) fn fitting(&self, globs: &[Glob]) -> Vec<bool> {
        (0..self.len()).map(|number| globs.iter().any(|glob| glob.fits(self.lower.get(number)))).collect()
    }
}

/// FNV-1a: names are short.
fn hash(name: &str) -> usize {
    let hash = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    usize::try_from((hash ^ (hash >> 32)) & 0xFFFF_FFFF).unwrap_or(0)
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

/// The digits that a text begins with, or what comes before its first digit.
fn piece(text: &str) -> &str {
    let digits = text.starts_with(|c: char| c.is_ascii_digit());
    let end = text.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(text.len());
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
        let sorted: Vec<&str> = names.sorted.iter().map(|&number| names.get(number)).collect();
        assert_eq!(sorted, ["", "9", "10", "8340-2", "8340-12", "A", "b"]);
        let number = names.intern("9a");
        names.settle();
        assert_eq!(names.rank(number), Some(2));
        assert_eq!(names.find("").and_then(|empty| names.rank(empty)), None);
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
    }
}
