//! The plant's shifts: names, times, days, holidays. The PC's local date and this calendar decide what
//! `today` and *this shift* mean; run times are never converted.

use serde::{Deserialize, Serialize};

use crate::trim::{LocalDate, LocalTime};

/// `[shifts]`: an empty list means that days are all there is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Shifts {
    /// Days without a shift, `YYYY-MM-DD`.
    pub holidays: Vec<String>,
    /// The shifts, in order; the first that is on counts.
    #[serde(rename = "shift")]
    pub list: Vec<Shift>,
}

/// `[[shifts.shift]]`: one shift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    /// Its name (`early`).
    pub name: String,
    /// Begin, `HH:MM`.
    pub from: String,
    /// End, `HH:MM`; before `from` it ends on the next day.
    pub to: String,
    /// Days it begins on; all when empty.
    #[serde(default)]
    pub days: Vec<Weekday>,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "a week has seven days")]
pub enum Weekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Weekday {
    fn of(date: LocalDate) -> Self {
        use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
        // 1970-01-01 was a Thursday.
        match date.days().rem_euclid(7) {
            0 => Thu,
            1 => Fri,
            2 => Sat,
            3 => Sun,
            4 => Mon,
            5 => Tue,
            _ => Wed,
        }
    }
}

impl Shifts {
    /// The shift that is on at a plant-local time, with its begin and end.
    pub fn at(&self, time: LocalTime) -> Option<(&Shift, LocalTime, LocalTime)> {
        // A night shift that is on now may have begun yesterday.
        let days = [time.date.days(), time.date.days() - 1];
        let begun = days.into_iter().filter_map(LocalDate::from_days);
        let open =
            begun.flat_map(|day| self.list.iter().filter_map(move |shift| Some((shift, self.span(shift, day)?))));
        open.filter(|(_, (from, to))| *from <= time && time < *to).map(|(shift, (from, to))| (shift, from, to)).next()
    }

    /// Begin and end of the shift that begins on a day; `None` when it does not.
    fn span(&self, shift: &Shift, day: LocalDate) -> Option<(LocalTime, LocalTime)> {
        let works = shift.days.is_empty() || shift.days.contains(&Weekday::of(day));
        if !works || self.holidays.contains(&day.to_string()) {
            return None;
        }
        let (from, to) = (clock(&shift.from)?, clock(&shift.to)?);
        let next = LocalDate::from_days(day.days() + 1)?;
        let end = if to <= from { next } else { day };
        Some((LocalTime { date: day, seconds: from }, LocalTime { date: end, seconds: to }))
    }

    /// Every problem, in words.
    pub fn problems(&self) -> Vec<String> {
        let times = self.list.iter().flat_map(|shift| {
            [&shift.from, &shift.to]
                .into_iter()
                .filter(|text| clock(text).is_none())
                .map(move |text| format!("shift {}: {text} is no HH:MM", shift.name))
        });
        let days = self.holidays.iter().filter(|day| date(day).is_none());
        times.chain(days.map(|day| format!("holiday {day}: no YYYY-MM-DD"))).collect()
    }
}

/// Seconds since midnight of `HH:MM`.
fn clock(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute) = (two_digits(hour)?, two_digits(minute)?);
    (hour < 24 && minute < 60).then_some(hour * 3600 + minute * 60)
}

/// A number of one digit or two and nothing else: no sign, and none so large that it cannot be counted with.
fn two_digits(text: &str) -> Option<u32> {
    let plain = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// The day of `YYYY-MM-DD`. Days are compared as they are written, so any other spelling would never come.
fn date(text: &str) -> Option<LocalDate> {
    let mut parts = text.splitn(3, '-');
    let mut next = || parts.next();
    let date = LocalDate::new(next()?.parse().ok()?, next()?.parse().ok()?, next()?.parse().ok()?)?;
    (date.to_string() == text).then_some(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Shifts {
        toml::from_str(
            "holidays = [\"2026-11-26\"]\n\
             [[shift]]\nname = \"early\"\nfrom = \"06:00\"\nto = \"14:00\"\ndays = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]\n\
             [[shift]]\nname = \"night\"\nfrom = \"22:00\"\nto = \"06:00\"\n",
        )
        .expect("a plan")
    }

    fn on(text: &str, hour: u32) -> Option<String> {
        let time = LocalTime::new(date(text).expect("a date"), hour, 30, 0).expect("a time");
        plan().at(time).map(|(shift, _, _)| shift.name.clone())
    }

    #[test]
    fn a_night_shift_reaches_into_the_next_day() {
        assert_eq!(on("2026-11-24", 7).as_deref(), Some("early"));
        assert_eq!(on("2026-11-24", 23).as_deref(), Some("night"));
        assert_eq!(on("2026-11-25", 3).as_deref(), Some("night"));
        assert_eq!(on("2026-11-24", 15), None);
    }

    #[test]
    fn weekends_and_holidays_have_no_early_shift() {
        assert_eq!(on("2026-11-28", 7), None, "a Saturday");
        assert_eq!(on("2026-11-26", 7), None, "a holiday");
        assert_eq!(on("2026-11-26", 3).as_deref(), Some("night"), "begun the day before");
    }

    #[test]
    fn impossible_times_are_named() {
        let mut plan = plan();
        plan.holidays.push("tomorrow".to_owned());
        plan.list[0].to = "25:00".to_owned();
        assert_eq!(plan.problems().len(), 2);
    }

    #[test]
    fn a_holiday_that_no_day_is_written_like_is_named() {
        let mut plan = plan();
        plan.holidays = ["2026-3-9", "+2026-03-09", "2026-03-09"].map(str::to_owned).to_vec();
        assert_eq!(plan.problems().len(), 2, "{:?}", plan.problems());
    }

    #[test]
    fn an_hour_beyond_all_clocks_is_named_and_no_panic() {
        for from in ["9999999:00", "4294967295:59", "00:4294967295", "+6:00"] {
            let mut plan = plan();
            from.clone_into(&mut plan.list[0].from);
            assert_eq!(plan.problems().len(), 1, "{from}");
        }
    }
}
