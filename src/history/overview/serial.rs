//! A run's serial inside its entry, so that no list of serials grows with the history.

use std::cmp::Ordering;

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
        let mut all = [0; WIDTH];
        let (bytes, end) = match u8::try_from(text.len()) {
            Ok(len) if usize::from(len) <= INLINE => (text.as_bytes(), len),
            _ => (&long.intern(text).to_le_bytes()[..], LONG),
        };
        // A list takes no NUL in a name, and so no serial has one.
        all.iter_mut().zip(bytes).for_each(|(to, &from)| *to = if from == 0 && end != LONG { b' ' } else { from });
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

    pub(super) fn text<'a>(&'a self, long: &'a Names) -> &'a str {
        let len = self.0.last().copied().unwrap_or(0);
        if len == LONG {
            return self.0.first_chunk().map_or("", |number| long.get(u32::from_le_bytes(*number)));
        }
        self.0.get(..usize::from(len)).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

/// Calls `look` with a text in small letters: one of the usual kind is folded without being copied to the heap.
pub(super) fn folded<T>(text: &str, look: impl FnOnce(&str) -> T) -> T {
    let mut small = [0; INLINE];
    match small.get_mut(..text.len()).filter(|_| text.is_ascii()) {
        Some(small) => {
            small.copy_from_slice(text.as_bytes());
            small.make_ascii_lowercase();
            look(std::str::from_utf8(small).unwrap_or_default())
        }
        None => look(&text.to_lowercase()),
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
        for text in ["", "B7", "İΣ", "ΑΣ", "A LONG ONE OF MORE THAN 23 BYTES", "ÄB"] {
            assert_eq!(folded(text, str::to_owned), text.to_lowercase());
        }
    }
}
