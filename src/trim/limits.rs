//! What one file may cost before it is given up: a site's bounds, and whether its time is spent.

use serde::{Deserialize, Serialize};

use super::error::{ReadError, ReadErrorKind};

/// `[limits]`: bounds for one file. What is beyond them is an error that names the bound, and the next file goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Largest file that is opened, bytes, 1 kB … 1 GiB (real ones: 0.1–1.8 MB).
    pub bytes: u64,
    /// Most sheets, 1 … 65,535 (real ones: under 100).
    pub sheets: u64,
    /// Most cells all sheets span together, 1000 … 100,000,000. One sheet spans a million at most.
    pub cells: u64,
    /// Longest time reading takes, seconds, 1 … 3600 (real ones: milliseconds). Looked at between records and cells.
    pub seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 64 * 1024 * 1024, sheets: 1_000, cells: 4_000_000, seconds: 30 }
    }
}

impl Limits {
    /// Every value that is out of range, in words.
    pub fn problems(&self) -> Vec<String> {
        let ranges = [
            ("bytes", self.bytes, 1_000..=1024 * 1024 * 1024),
            ("sheets", self.sheets, 1..=65_535),
            ("cells", self.cells, 1_000..=100_000_000),
            ("seconds", self.seconds, 1..=3_600),
        ];
        let wrong = ranges.into_iter().filter(|(_, value, range)| !range.contains(value));
        wrong
            .map(|(key, value, range)| format!("limits.{key} = {value}: {} … {}", range.start(), range.end()))
            .collect()
    }
}

/// The limits with something that knows the time, which this room does not.
#[derive(Clone, Copy)]
pub struct Bounds<'a> {
    /// The limits.
    pub limits: Limits,
    /// Whether this file's time is spent.
    pub spent: &'a dyn Fn() -> bool,
}

impl Default for Bounds<'_> {
    /// The usual limits, and all the time it takes.
    fn default() -> Self {
        Self { limits: Limits::default(), spent: &|| false }
    }
}

impl Bounds<'_> {
    /// How many steps are taken between two looks at the clock.
    const STEPS: usize = 1024;

    pub(super) fn bytes(&self, bytes: usize) -> Result<(), ReadError> {
        let most = self.limits.bytes;
        if bytes as u64 > most { Err(too_large(format!("{bytes} bytes; limits.bytes is {most}"))) } else { Ok(()) }
    }

    pub(super) fn sheets(&self, sheets: usize) -> Result<(), ReadError> {
        let most = self.limits.sheets;
        if sheets as u64 > most { Err(too_large(format!("over {most} sheets (limits.sheets)"))) } else { Ok(()) }
    }

    /// A step of reading, by its number from 0.
    #[inline]
    pub(super) fn step(&self, number: usize) -> Result<(), ReadError> {
        if number.is_multiple_of(Self::STEPS) { self.time() } else { Ok(()) }
    }

    pub(super) fn time(&self) -> Result<(), ReadError> {
        if (self.spent)() {
            let cause = format!("reading took longer than {} s (limits.seconds)", self.limits.seconds);
            return Err(ReadError::file(ReadErrorKind::TooSlow, cause));
        }
        Ok(())
    }
}

fn too_large(cause: String) -> ReadError {
    ReadError::file(ReadErrorKind::TooLarge, cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_out_of_range_are_named_with_their_range() {
        assert_eq!(Limits::default().problems(), Vec::<String>::new());
        let none = Limits { bytes: 0, sheets: 0, cells: 0, seconds: 0 };
        assert_eq!(none.problems().len(), 4);
        assert_eq!(Limits { seconds: 4_000, ..Limits::default() }.problems(), ["limits.seconds = 4000: 1 … 3600"]);
    }

    #[test]
    fn the_clock_is_looked_at_now_and_then() {
        let bounds = Bounds { spent: &|| true, ..Bounds::default() };
        assert!(bounds.step(1).is_ok());
        assert_eq!(bounds.step(2048).expect_err("spent").kind, ReadErrorKind::TooSlow);
    }
}
