//! The PC's clock and its local calendar: the one place that asks for them.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::trim::{LocalDate, LocalTime};

/// Milliseconds since 1970 UTC.
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// The second that is now in UTC, as `2026-03-19T12:00:00Z`.
pub fn utc_now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The PC's local time.
pub fn local_now() -> Option<LocalTime> {
    local(&Zoned::now())
}

/// The PC's local date.
pub fn today() -> Option<LocalDate> {
    local_now().map(|now| now.date)
}

/// The local time of nanoseconds since 1970 UTC.
pub fn local_of_ns(nanoseconds: i64) -> Option<LocalTime> {
    let instant = Timestamp::from_nanosecond(i128::from(nanoseconds)).ok()?;
    local(&instant.to_zoned(TimeZone::system()))
}

/// Seconds the local clock is ahead of UTC now.
pub fn utc_offset_seconds() -> i32 {
    Zoned::now().offset().seconds()
}

/// The name of the PC's time zone; `None` when the system does not say which it is in.
pub fn zone() -> Option<String> {
    let zone = TimeZone::try_system().ok()?;
    Some(zone.iana_name().map_or_else(|| "without a name".to_owned(), str::to_owned))
}

fn local(moment: &Zoned) -> Option<LocalTime> {
    let date =
        LocalDate::new(i32::from(moment.year()), u8::try_from(moment.month()).ok()?, u8::try_from(moment.day()).ok()?)?;
    let part = |value: i8| u32::try_from(value).ok();
    LocalTime::new(date, part(moment.hour())?, part(moment.minute())?, part(moment.second())?.min(59))
}
