//! How far something is, told as often as anybody can follow: each time it is told wakes whoever looks on.

use std::time::{Duration, Instant};

/// Shortest time from one percent to the next.
const EVERY: Duration = Duration::from_millis(100);

/// What was told last of something that goes through several parts.
#[derive(Debug)]
pub(super) struct Progress<T> {
    part: T,
    percent: u8,
    told: Instant,
}

impl<T: PartialEq> Progress<T> {
    /// Nothing is done of the first part.
    pub(super) fn of(part: T, now: Instant) -> Self {
        Self { part, percent: 0, told: now }
    }

    /// The percent of a part that is to be told now, if it is: `share` of it is done, 0 … 1.
    pub(super) fn step(&mut self, part: T, share: f64, now: Instant) -> Option<u8> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a percentage")]
        let percent = (100.0 * share.clamp(0.0, 1.0)) as u8;
        let is_next = part != self.part;
        if !is_next && (percent == self.percent || now.duration_since(self.told) < EVERY) {
            return None;
        }
        *self = Self { part, percent, told: now };
        Some(percent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_is_told_at_once_and_its_percents_as_time_goes_by() {
        let begin = Instant::now();
        let after = |ms| begin + Duration::from_millis(ms);
        let mut progress = Progress::of('a', begin);
        let steps = [
            ('a', 0.5, 99, None),
            ('a', 0.0, 500, None),
            ('a', 0.516, 600, Some(51)),
            ('a', 0.519, 900, None),
            ('a', 0.9, 699, None),
            ('b', 0.0, 700, Some(0)),
            ('b', 7.0, 800, Some(100)),
        ];
        for (part, share, ms, told) in steps {
            assert_eq!(progress.step(part, share, after(ms)), told, "{part} {share} after {ms} ms");
        }
    }
}
