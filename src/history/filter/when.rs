//! Moments as filters name them: ago, a date, today, this shift.

use std::fmt;

use super::FilterError;
use crate::trim::{LocalDate, LocalTime};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// What time it is, for filters that speak of today: the plant's clock, and the shift that is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Now.
    pub now: LocalTime,
    /// Begin and end of the shift that is on.
    pub shift: Option<(LocalTime, LocalTime)>,
}

/// A point in time as it is typed. It stays what was typed: a filter saved with `1d` always means the last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// So many hours ago.
    Hours(u32),
    /// So many times 24 hours ago.
    Days(u32),
    /// So many weeks ago.
    Weeks(u32),
    /// A day: from its first second, until its last.
    Date(LocalDate),
    /// A day and a clock time.
    At(LocalTime),
    /// The present day.
    Today,
    /// The shift that is on.
    Shift,
}

impl When {
    /// The first second that `since` means, on the plant's clock.
    pub(in crate::history) fn begin(self, moment: &Moment) -> Result<i64, FilterError> {
        Ok(match self {
            Self::Date(date) => date.midnight().timestamp(),
            Self::Today => moment.now.date.midnight().timestamp(),
            Self::Shift => moment.shift.ok_or(FilterError::NoShift)?.0.timestamp(),
            other => other.instant(moment),
        })
    }

    /// The first second that `until` no longer means.
    pub(in crate::history) fn end(self, moment: &Moment) -> Result<i64, FilterError> {
        Ok(match self {
            Self::Date(date) => date.midnight().timestamp() + DAY,
            Self::Today => moment.now.date.midnight().timestamp() + DAY,
            Self::Shift => moment.shift.ok_or(FilterError::NoShift)?.1.timestamp(),
            other => other.instant(moment),
        })
    }

    fn instant(self, moment: &Moment) -> i64 {
        let now = moment.now.timestamp();
        match self {
            Self::Hours(n) => now - i64::from(n) * HOUR,
            Self::Days(n) => now - i64::from(n) * DAY,
            Self::Weeks(n) => now - i64::from(n) * 7 * DAY,
            Self::At(time) => time.timestamp(),
            Self::Date(_) | Self::Today | Self::Shift => now,
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        match text.to_lowercase().as_str() {
            "today" => return Some(Self::Today),
            "shift" => return Some(Self::Shift),
            _ => {}
        }
        if let Some((date, clock)) = text.split_once(['T', 't']) {
            let (hour, minute) = clock.split_once(':')?;
            let time = LocalTime::new(date_of(date)?, digits(hour, 2)?, digits(minute, 2)?, 0)?;
            return Some(Self::At(time));
        }
        if text.contains('-') {
            return date_of(text).map(Self::Date);
        }
        let unit = text.chars().last()?;
        let amount = digits(text.strip_suffix(unit)?, 9)?;
        match unit {
            'h' | 'H' => Some(Self::Hours(amount)),
            'd' | 'D' => Some(Self::Days(amount)),
            'w' | 'W' => Some(Self::Weeks(amount)),
            _ => None,
        }
    }
}

/// A number of up to `most` digits and nothing else.
fn digits(text: &str, most: usize) -> Option<u32> {
    let plain = (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn date_of(text: &str) -> Option<LocalDate> {
    let mut parts = text.splitn(3, '-');
    let year = digits(parts.next()?, 4)?;
    let (month, day) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    LocalDate::new(i32::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hours(n) => write!(f, "{n}h"),
            Self::Days(n) => write!(f, "{n}d"),
            Self::Weeks(n) => write!(f, "{n}w"),
            Self::Date(date) => write!(f, "{date}"),
            Self::At(time) => write!(f, "{}T{}", time.date, time.clock()),
            Self::Today => f.write_str("today"),
            Self::Shift => f.write_str("shift"),
        }
    }
}
