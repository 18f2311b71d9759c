//! The time as the screen was told it.

/// A moment with the offset of the local clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Clock {
    /// Milliseconds since 1970 UTC.
    pub now_ms: i64,
    /// Seconds the local clock is ahead of UTC.
    pub offset_seconds: i32,
}

impl Clock {
    /// `HH:MM` of a moment, local.
    pub fn hhmm(self, at_ms: i64) -> String {
        let minutes = self.minute(at_ms);
        format!("{:02}:{:02}", minutes.div_euclid(60).rem_euclid(24), minutes.rem_euclid(60))
    }

    /// Local minutes since 1970.
    pub fn minute(self, at_ms: i64) -> i64 {
        (at_ms / 1_000 + i64::from(self.offset_seconds)).div_euclid(60)
    }

    /// Local days since 1970.
    pub fn day(self, at_ms: i64) -> i64 {
        (at_ms / 1_000 + i64::from(self.offset_seconds)).div_euclid(86_400)
    }

    /// How old, in the largest whole unit: `3 min`, `5 h`, `12 d`.
    pub fn old(self, at_ms: i64) -> String {
        let age = self.age(at_ms);
        age.strip_suffix(" ago").map_or_else(|| "0 min".to_owned(), str::to_owned)
    }

    /// How long ago, in the largest whole unit: `now`, `3 min ago`, `5 h ago`, `12 d ago`.
    pub fn age(self, at_ms: i64) -> String {
        match self.units_ago(at_ms) {
            (0, _) => "now".to_owned(),
            (units, unit) => format!("{units} {unit} ago"),
        }
    }

    /// How long ago, in the largest whole unit, with its sign.
    pub fn units_ago(self, at_ms: i64) -> (i64, &'static str) {
        let minutes = (self.now_ms - at_ms).max(0) / 60_000;
        match minutes {
            ..60 => (minutes, "min"),
            60..1440 => (minutes / 60, "h"),
            _ => (minutes / 1440, "d"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_said_in_whole_units_and_never_negative() {
        let clock = Clock { now_ms: 10_000_000_000, offset_seconds: 0 };
        let age = |minutes: i64| clock.age(clock.now_ms - minutes * 60_000);
        assert_eq!([age(0), age(59), age(60), age(1440 * 3)].join(" "), "now 59 min ago 1 h ago 3 d ago");
        assert_eq!(clock.age(clock.now_ms + 5_000_000), "now");
        assert_eq!([clock.old(clock.now_ms), clock.old(clock.now_ms - 7_200_000)].join(" "), "0 min 2 h");
    }

    #[test]
    fn local_time_follows_the_offset() {
        let clock = Clock { now_ms: 0, offset_seconds: -5 * 3600 };
        assert_eq!(clock.hhmm(0), "19:00");
        assert_eq!(clock.day(0), -1);
    }
}
