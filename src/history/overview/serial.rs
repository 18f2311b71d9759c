//! A run's serial inside its entry, so that no list of serials grows with the history.

use std::cmp::Ordering;
use std::hash::{BuildHasher, RandomState};

use super::names::{Names, natural, natural_head};

/// Bytes of a serial that stands in the entry itself; a longer one, which hardly anybody has, stands in a list.
pub(super) const INLINE: usize = 23;
/// Bytes of a serial in an entry.
pub(super) const WIDTH: usize = INLINE + 1;
/// In place of the length: the serial is a long one, by number.
const LONG: u8 = u8::MAX;

/// A serial: its bytes, and how many; or the number of a long one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Serial([u8; WIDTH]);

impl Serial {
    pub(super) fn new(text: &str, long: &mut Names) -> Self {
        Self::inline(text.as_bytes()).unwrap_or_else(|| {
            let mut all = [0; WIDTH];
            all.iter_mut().zip(long.intern(text).to_le_bytes()).for_each(|(to, from)| *to = from);
            Self::ending(all, LONG)
        })
    }

    /// Nothing when there is no room.
    fn inline(text: &[u8]) -> Option<Self> {
        let len = u8::try_from(text.len()).ok().filter(|len| usize::from(*len) <= INLINE)?;
        let mut all = [0; WIDTH];
        // A list takes no NUL in a name, and so no serial has one.
        all.iter_mut().zip(text).for_each(|(to, &from)| *to = if from == 0 { b' ' } else { from });
        Some(Self::ending(all, len))
    }

    fn ending(mut all: [u8; WIDTH], end: u8) -> Self {
        if let Some(last) = all.last_mut() {
            *last = end;
        }
        Self(all)
    }

    /// As the scratch file has it.
    pub(super) fn packed(self) -> [u8; WIDTH] {
        self.0
    }

    pub(super) fn unpacked(packed: [u8; WIDTH]) -> Self {
        Self(packed)
    }

    pub(super) fn is_empty(self) -> bool {
        self.0.last() == Some(&0)
    }

    pub(super) fn bytes<'a>(&'a self, long: &'a Names) -> &'a [u8] {
        let len = self.0.last().copied().unwrap_or(0);
        if len == LONG {
            return self.0.first_chunk().map_or(&[], |number| long.get(u32::from_le_bytes(*number)).as_bytes());
        }
        self.0.get(..usize::from(len)).unwrap_or_default()
    }

    pub(super) fn text<'a>(&'a self, long: &'a Names) -> &'a str {
        std::str::from_utf8(self.bytes(long)).unwrap_or_default()
    }

    /// Calls `look` with it in small letters: one of the usual kind is folded where it stands.
    pub(super) fn folded<T>(self, long: &Names, look: impl FnOnce(&[u8]) -> T) -> T {
        if self.0.is_ascii() {
            look(self.in_small().bytes(long))
        } else {
            look(self.text(long).to_lowercase().as_bytes())
        }
    }

    /// What the serials of one unit share, in any case and with any blanks around; a hash of it where it is long.
    pub(super) fn unit(self, long: &Names, hasher: &RandomState) -> [u64; WIDTH / 8] {
        let bytes = self.bytes(long);
        let is_plain = |byte: Option<&u8>| byte.is_some_and(|&byte| byte > b' ');
        if self.0.is_ascii() && is_plain(bytes.first()) && is_plain(bytes.last()) {
            return self.in_small().numbers();
        }
        let folded = self.text(long).trim().to_lowercase();
        Self::inline(folded.as_bytes()).map_or_else(|| [hasher.hash_one(folded), 0, u64::MAX], Self::numbers)
    }

    /// In small letters, where all its letters are of one byte.
    fn in_small(mut self) -> Self {
        self.0.make_ascii_lowercase();
        self
    }

    fn numbers(self) -> [u64; WIDTH / 8] {
        let mut numbers = [0; WIDTH / 8];
        numbers.iter_mut().zip(self.0.as_chunks().0).for_each(|(to, from)| *to = u64::from_le_bytes(*from));
        numbers
    }
}

/// A serial as a sort key: what its natural order begins with, then itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct SerialKey {
    head: [u8; 8],
    serial: Serial,
}

impl SerialKey {
    pub(super) fn of(serial: Serial, long: &Names) -> Self {
        Self { head: natural_head(serial.text(long)), serial }
    }

    pub(super) fn is_empty(self) -> bool {
        self.serial.is_empty()
    }

    /// As people sort.
    pub(super) fn cmp(&self, other: &Self, long: &Names) -> Ordering {
        let heads = u64::from_be_bytes(self.head).cmp(&u64::from_be_bytes(other.head));
        let whole = || natural(self.serial.text(long), other.serial.text(long));
        heads.then_with(|| if self.serial == other.serial { Ordering::Equal } else { whole() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_is_what_it_was_however_long() {
        let mut long = Names::default();
        for text in ["", "7", "B7-ä", "12345678901234567890123", "123456789012345678901234", &"ü".repeat(300)] {
            let serial = Serial::new(text, &mut long);
            let again = Serial::unpacked(serial.packed());
            assert_eq!((again.text(&long), again.is_empty()), (text, text.is_empty()));
        }
        assert_eq!(long.len(), 2, "only the long ones are kept in memory");
        assert_eq!(Serial::new("a\0b", &mut long).text(&long), "a b");
        assert_eq!(Serial::new(&"a\0b".repeat(10), &mut long).text(&long), "a b".repeat(10));
    }

    #[test]
    fn small_letters_are_those_of_the_whole_text() {
        let mut long = Names::default();
        for text in ["", "B7", "\u{130}\u{3a3}", "A\u{3a3}", "A LONG ONE OF MORE THAN 23 BYTES", "ÄB"] {
            let folded = Serial::new(text, &mut long).folded(&long, <[u8]>::to_vec);
            assert_eq!(folded, text.to_lowercase().into_bytes());
        }
    }

    #[test]
    fn a_unit_is_one_however_its_serial_is_written() {
        let (mut long, hasher) = (Names::default(), RandomState::new());
        let mut unit = |text: &str| Serial::new(text, &mut long).unit(&long, &hasher);
        let name = "B7 of a lot whose name is long";
        for (one, other) in
            [("B7", "b7"), ("b7", " B7\u{b} "), ("Ä", "ä\u{a0}"), (name, &format!("  {}  ", name.to_lowercase()))]
        {
            assert_eq!(unit(one), unit(other), "{one} and {other}");
        }
        let blanks = format!("{}b7", " ".repeat(30));
        assert_eq!(unit("B7"), unit(&blanks), "long with its blanks alone");
        assert!(unit("B7") != unit("B8") && unit("B7") != unit("B 7") && unit(name) != unit(&format!("{name}s")));
    }
}
