//! The grammar of file names: model, serial, section, time, disposition.

use super::{LocalDate, LocalTime};

const ANCHOR: &str = "_test data_";

/// The date and clock time a name holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParsedTime {
    /// A real date with a clock time.
    Known(LocalTime),
    /// Something stands where the time belongs that is no time.
    Malformed,
    /// The name has no anchor, so no time.
    Absent,
}

/// A file name taken apart, before the cells say which `_` divides model and serial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName {
    /// `MODEL_SERIAL`, without section; `None` without the anchor `_TEST DATA_`.
    unit: Option<String>,
    /// `TA` or `TB`.
    pub section: Option<String>,
    /// Date and clock time.
    pub time: ParsedTime,
    /// The operator's word, as written.
    pub disposition: Option<String>,
}

impl FileName {
    /// Takes a file name apart; its extension is ignored.
    pub fn parse(name: &str) -> Self {
        let stem = without_extension(name);
        let Some(at) = stem.to_ascii_lowercase().rfind(ANCHOR) else {
            return Self { unit: None, section: None, time: ParsedTime::Absent, disposition: None };
        };
        let (left, right) = stem.split_at(at);
        let (unit, section) = split_section(left);
        let (time, rest) = split_time(right.get(ANCHOR.len()..).unwrap_or_default());
        let rest = if time == ParsedTime::Malformed { without_date(rest) } else { rest }.trim();
        Self { unit: Some(unit.to_owned()), section, time, disposition: (!rest.is_empty()).then(|| rest.to_owned()) }
    }

    /// Model and serial: among all `_` the split whose right side is the serial of the cells, else the
    /// leftmost `_` with four digits in a row to its left, else all of it is the model.
    ///
    /// `None` without the anchor: then the cells alone speak.
    pub fn split(&self, serial_cell: Option<&str>) -> Option<(String, String)> {
        let unit = self.unit.as_deref()?;
        let splits = || unit.match_indices('_').map(|(at, _)| unit.split_at(at));
        let named = |serial: &str, cell: &str| serial.strip_prefix('_').is_some_and(|serial| same_name(serial, cell));
        let by_cell = serial_cell.and_then(|cell| splits().find(|(_, serial)| named(serial, cell)));
        let split = by_cell.or_else(|| splits().find(|(model, _)| has_four_digits(model)));
        Some(match split {
            Some((model, serial)) => {
                let serial = serial.strip_prefix('_').unwrap_or(serial);
                (model.trim().to_owned(), serial.trim().to_owned())
            }
            None => (unit.trim().to_owned(), String::new()),
        })
    }
}

/// What follows a date that cannot be read: the date itself is no operator's word.
fn without_date(text: &str) -> &str {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit() || "-_ ".contains(c));
    let half = rest.get(..2).filter(|half| half.eq_ignore_ascii_case("AM") || half.eq_ignore_ascii_case("PM"));
    rest.get(half.filter(|_| rest.len() < text.len()).map_or(0, str::len)..).unwrap_or(rest)
}

/// Whether two names mean the same unit or model: any case, numbers as integers (`001` = `1`).
pub(super) fn same_name(a: &str, b: &str) -> bool {
    let (a, b) = (a.trim(), b.trim());
    let integer = |s: &str| {
        let plain = !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| s.trim_start_matches('0').to_owned())
    };
    match (integer(a), integer(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a.eq_ignore_ascii_case(b),
    }
}

fn without_extension(name: &str) -> &str {
    let lower = name.to_ascii_lowercase();
    let cut = [".xlsx", ".xls"].iter().find(|end| lower.ends_with(**end));
    let keep = name.len() - cut.map_or(0, |end| end.len());
    name.get(..keep).unwrap_or(name)
}

fn split_section(left: &str) -> (&str, Option<String>) {
    let section = left.get(left.len().saturating_sub(3)..).unwrap_or_default();
    if section.eq_ignore_ascii_case("_TA") || section.eq_ignore_ascii_case("_TB") {
        let unit = left.get(..left.len() - 3).unwrap_or(left);
        (unit, Some(section.trim_start_matches('_').to_ascii_uppercase()))
    } else {
        (left, None)
    }
}

fn has_four_digits(text: &str) -> bool {
    text.as_bytes().windows(4).any(|four| four.iter().all(u8::is_ascii_digit))
}

/// `M-D-YYYY_H-MM AM` or `…_H-MM-SS AM` and what follows.
fn split_time(text: &str) -> (ParsedTime, &str) {
    parse_time(text).map_or((ParsedTime::Malformed, text), |(time, rest)| (ParsedTime::Known(time), rest))
}

fn parse_time(text: &str) -> Option<(LocalTime, &str)> {
    let (month, rest) = integer(text)?;
    let (day, rest) = integer(rest.strip_prefix('-')?)?;
    let (year, rest) = integer(rest.strip_prefix('-')?)?;
    let (hour, rest) = integer(rest.strip_prefix('_')?)?;
    let (minute, rest) = integer(rest.strip_prefix('-')?)?;
    let (second, rest) = match rest.strip_prefix('-').and_then(integer) {
        Some((second, rest)) => (second, rest),
        None => (0, rest),
    };
    let rest = rest.trim_start_matches(' ');
    let half = rest.get(..2)?.to_ascii_uppercase();
    let after_noon = match half.as_str() {
        "AM" => 0,
        "PM" => 12,
        _ => return None,
    };
    let day = LocalDate::new(i32::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)?;
    let hour = (1..=12).contains(&hour).then_some(hour % 12 + after_noon)?;
    Some((LocalTime::new(day, hour, minute, second)?, rest.get(2..)?))
}

fn integer(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    Some((digits.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(name: &str, cell: Option<&str>) -> (String, String) {
        FileName::parse(name).split(cell).expect("an anchored name")
    }

    fn pair(model: &str, serial: &str) -> (String, String) {
        (model.to_owned(), serial.to_owned())
    }

    #[test]
    fn the_serial_cell_decides_which_underscore_divides() {
        let name = "8712_LOW TAPS_329_2_TEST DATA_9-20-2017_11-00 AM.xls";
        assert_eq!(unit(name, Some("329_2")), pair("8712_LOW TAPS", "329_2"));
        assert_eq!(unit(name, None), pair("8712", "LOW TAPS_329_2"));
        let name = "5_deg_8877_5_deg_001_TEST DATA_12-2-2024_4-05 PM.xls";
        assert_eq!(unit(name, Some("1")), pair("5_deg_8877_5_deg", "001"));
        assert_eq!(unit(name, Some("7")), pair("5_deg_8877", "5_deg_001"));
    }

    #[test]
    fn of_two_underscores_the_one_before_the_serial_divides() {
        let name = "8340-1__5_TEST DATA_1-2-2024_4-05 PM.xls";
        assert_eq!(unit(name, Some("5")), pair("8340-1_", "5"));
    }

    #[test]
    fn a_date_nobody_can_read_is_no_operators_word() {
        let word = |time: &str| FileName::parse(&format!("8340_1_TEST DATA_{time}.xls")).disposition;
        assert_eq!(word("13-45-2024_4-05 PM"), None);
        assert_eq!(word("13-45-2024_4-05 PMTouch-up").as_deref(), Some("Touch-up"));
        assert_eq!(word("Trimmed Correct").as_deref(), Some("Trimmed Correct"));
    }

    #[test]
    fn a_name_without_four_digits_is_all_model() {
        let name = "812_44_TEST DATA_1-2-2024_4-05 PM.xls";
        assert_eq!(unit(name, None), pair("812_44", ""));
        assert_eq!(unit("8340-1__TEST DATA_1-2-2024_4-05 PM.xls", None), pair("8340-1", ""));
    }

    #[test]
    fn system_b_names_carry_section_and_disposition() {
        let name = FileName::parse("6644-04_37_TA_Test Data_5-21-2025_6-10 PM_ResTrimmed Correct.xls");
        assert_eq!(name.section.as_deref(), Some("TA"));
        assert_eq!(name.disposition.as_deref(), Some("_ResTrimmed Correct"));
        assert_eq!(name.split(None), Some(pair("6644-04", "37")));
    }

    #[test]
    fn noon_midnight_and_seconds_are_read() {
        let clock = |time: &str| match FileName::parse(&format!("8340_1_TEST DATA_5-28-2025_{time}.xls")).time {
            ParsedTime::Known(time) => time.to_string().split_off(11),
            other => format!("{other:?}"),
        };
        assert_eq!(clock("12-07 AM"), "00:07:00");
        assert_eq!(clock("12-07 PM"), "12:07:00");
        assert_eq!(clock("10-14-41 AM"), "10:14:41");
        assert_eq!(clock("13-07 PM"), "Malformed");
        assert_eq!(clock("10-14"), "Malformed");
    }

    #[test]
    fn without_the_anchor_the_cells_alone_speak() {
        let name = FileName::parse("8736_Shop18_initial lin.xls");
        assert_eq!(name.split(Some("18")), None);
        assert_eq!(name.time, ParsedTime::Absent);
    }

    #[test]
    fn numeric_names_compare_as_integers() {
        assert!(same_name("001", "1"));
        assert!(same_name("2b", "2B"));
        assert!(!same_name("10", "1"));
    }
}
