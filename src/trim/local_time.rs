//! Plant-local calendar times, as the station wrote them: never converted, never a time zone.
//!
//! A calendar crate would bring a clock into a room that must not have one, and thirty lines do.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A calendar date in the proleptic Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LocalDate {
    /// Year, for instance 2026.
    pub year: i32,
    /// Month 1–12.
    pub month: u8,
    /// Day of the month from 1.
    pub day: u8,
}

impl LocalDate {
    /// The date, or nothing when the calendar has no such day or the year is outside 0–9999.
    pub fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        let real = (0..=9999).contains(&year) && day >= 1 && day <= days_in_month(year, month);
        real.then_some(Self { year, month, day })
    }

    /// Days since 1970-01-01.
    pub fn days(self) -> i64 {
        let (month, day) = (i64::from(self.month), i64::from(self.day));
        let year = i64::from(self.year) - i64::from(month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }

    /// The date so many days after 1970-01-01.
    pub fn from_days(days: i64) -> Option<Self> {
        let shifted = days.checked_add(719_468)?;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = (shifted_month + 2) % 12 + 1;
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Self::new(i32::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
    }

    /// The date of an Excel serial number (1900 system; day 25569 is 1970-01-01). Fractions are dropped.
    pub fn from_excel_serial(serial: f64) -> Option<Self> {
        if !(61.0..3_000_000.0).contains(&serial) {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "bounded two lines above")]
        Self::from_days(serial.floor() as i64 - 25_569)
    }

    /// This date at midnight.
    pub fn midnight(self) -> LocalTime {
        LocalTime { date: self, seconds: 0 }
    }
}

impl fmt::Display for LocalDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// A calendar date with a clock time, to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LocalTime {
    /// The day.
    pub date: LocalDate,
    /// Seconds since midnight, 0–86,399.
    pub seconds: u32,
}

impl LocalTime {
    /// The time, or nothing when the clock has no such reading.
    pub fn new(date: LocalDate, hour: u32, minute: u32, second: u32) -> Option<Self> {
        (hour < 24 && minute < 60 && second < 60).then_some(Self { date, seconds: hour * 3600 + minute * 60 + second })
    }

    /// Seconds since 1970-01-01 00:00 on the plant's wall clock.
    pub fn timestamp(self) -> i64 {
        self.date.days() * 86_400 + i64::from(self.seconds)
    }

    /// The time so many seconds after 1970-01-01 00:00 on the plant's wall clock.
    pub fn from_timestamp(seconds: i64) -> Option<Self> {
        Some(Self {
            date: LocalDate::from_days(seconds.div_euclid(86_400))?,
            seconds: u32::try_from(seconds.rem_euclid(86_400)).ok()?,
        })
    }

    /// `HH:MM`.
    pub fn clock(self) -> String {
        format!("{:02}:{:02}", self.seconds / 3600, self.seconds / 60 % 60)
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LocalDate { year, month, day } = self.date;
        let (hour, minute, second) = (self.seconds / 3600, self.seconds / 60 % 60, self.seconds % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    }
}

fn days_in_month(year: i32, month: u8) -> u8 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u8::from(leap),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_two_centuries_survives_the_round_trip() {
        let mut last = None;
        for days in -25_567..60_000 {
            let date = LocalDate::from_days(days).expect("a day");
            assert_eq!(date.days(), days);
            assert!(last < Some(date), "days ascend");
            last = Some(date);
        }
    }

    #[test]
    fn excel_serials_are_dates() {
        assert_eq!(LocalDate::from_excel_serial(45_246.0).map(|d| d.to_string()), Some("2023-11-16".to_owned()));
        assert_eq!(LocalDate::from_excel_serial(f64::NAN), None);
        assert_eq!(LocalDate::from_excel_serial(-4.0), None);
    }

    #[test]
    fn impossible_days_and_clocks_are_refused() {
        assert_eq!(LocalDate::new(2023, 2, 29), None);
        assert!(LocalDate::new(2024, 2, 29).is_some());
        let day = LocalDate::new(2024, 2, 29).expect("leap day");
        assert_eq!(LocalTime::new(day, 24, 0, 0), None);
        let noon = LocalTime::new(day, 12, 5, 9).expect("a clock time");
        assert_eq!(noon.to_string(), "2024-02-29T12:05:09");
        assert_eq!(LocalTime::from_timestamp(noon.timestamp()), Some(noon));
    }
}
