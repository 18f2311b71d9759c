//! When a lot is trimmed: on workdays, in the day shift, up to the present.

use crate::learning::random::Random;
use crate::trim::LocalTime;

/// The day shift begins, seconds after midnight.
const SHIFT: i64 = 6 * 3_600 + 1_800;
/// Product models take turns in a shift: so many, each for so long.
const TURNS: i64 = 3;
const TURN: i64 = 150 * 60;
/// Units of a lot in one day; a larger lot takes two.
const A_DAY: usize = 10;
/// A day counts as the last workday once it is this far, seconds after midnight.
const BEGUN: i64 = 8 * 3_600;
const DAY: i64 = 86_400;

/// A lot as it is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lot {
    /// Its last day, in workdays before the last one; 0 = that.
    pub(super) before: i64,
    /// Units in it.
    pub(super) units: usize,
}

/// Lots of a year, the first one first, the last one so many workdays before the last; at most so many.
pub(super) fn lots(random: &mut Random, last: i64, most: usize) -> Vec<Lot> {
    const YEAR: i64 = 258;
    let mut lots = Vec::new();
    let mut before = last;
    while before < YEAR && lots.len() < most {
        let units = 6 + random.below(11);
        lots.push(Lot { before, units });
        // A week and a half or two; more than the three days that end a lot, whatever weekend lies between.
        before += 7 + i64::try_from(random.below(4)).unwrap_or(0);
    }
    lots.reverse();
    lots
}

/// Times of a lot's units in order, by whose turn it is in a shift.
pub(super) fn times(random: &mut Random, lot: Lot, turn: i64, end: LocalTime) -> Vec<LocalTime> {
    let last_day = last_workday(end) - lot.before;
    let first_half = lot.units.saturating_sub(A_DAY);
    let mut times = Vec::new();
    for (units, day) in [(first_half, last_day - 1), (lot.units - first_half, last_day)] {
        let mut seconds = day_of(day) * DAY + SHIFT + turn.rem_euclid(TURNS) * TURN;
        for _ in 0..units {
            seconds += 480 + i64::try_from(random.below(360)).unwrap_or(0);
            times.extend(LocalTime::from_timestamp(seconds));
        }
    }
    times
}

/// The last workday that has begun at a time, counted in workdays.
fn last_workday(end: LocalTime) -> i64 {
    let days = (end.timestamp() - BEGUN).div_euclid(DAY);
    let (week, weekday) = ((days + 3).div_euclid(7), (days + 3).rem_euclid(7));
    week * 5 + weekday.min(4)
}

/// Days since 1970 of a workday.
fn day_of(workday: i64) -> i64 {
    workday.div_euclid(5) * 7 + workday.rem_euclid(5) - 3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trim::LocalDate;

    fn at(year: i32, month: u8, day: u8, hour: u32) -> LocalTime {
        LocalTime::new(LocalDate::new(year, month, day).expect("a day"), hour, 0, 0).expect("a time")
    }

    #[test]
    fn workdays_are_those_of_the_calendar() {
        let day = |end| LocalDate::from_days(day_of(last_workday(end))).expect("a day").to_string();
        assert_eq!(day(at(2026, 3, 4, 15)), "2026-03-04", "a Wednesday afternoon");
        assert_eq!(day(at(2026, 3, 4, 5)), "2026-03-03", "early on Wednesday");
        assert_eq!(day(at(2026, 3, 2, 7)), "2026-02-27", "early on Monday");
        assert_eq!(day(at(2026, 3, 8, 12)), "2026-03-06", "a Sunday");
    }
}
