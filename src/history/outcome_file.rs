//! Outcomes of final tests as a table: `model, serial, date, pass|fail, note`, comma-separated.

use std::io::Read;

use super::outcome::Outcome;
use crate::trim::{LocalDate, LocalTime};

/// Longest note that is kept, characters.
const LONGEST_NOTE: usize = 200;

/// What a table holds.
#[derive(Debug, Default)]
pub struct OutcomeTable {
    /// Sound lines.
    pub outcomes: Vec<Outcome>,
    /// The others: number of the line, from 1, and what is wrong with it.
    pub wrong: Vec<(u64, String)>,
}

/// Reads a table. Its first line may be a heading. Dates are `2026-03-31` or `3/31/2026`, with or without a time.
pub fn read_outcomes(from: impl Read, by: &str, at_ms: i64) -> OutcomeTable {
    let mut table = OutcomeTable::default();
    let mut lines = csv::ReaderBuilder::new();
    let mut reader = lines.has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(from);
    let mut record = csv::StringRecord::new();
    loop {
        let line = reader.position().line();
        match reader.read_record(&mut record) {
            Ok(false) => return table,
            Ok(true) => {
                let line = record.position().map_or(line, csv::Position::line);
                take(&mut table, line, &record, by, at_ms);
            }
            Err(error) => {
                table.wrong.push((line, words(&error)));
                if error.is_io_error() {
                    return table;
                }
            }
        }
    }
}

fn words(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "not UTF-8 text".to_owned(),
        csv::ErrorKind::Io(error) => error.to_string(),
        _ => error.to_string(),
    }
}

fn take(table: &mut OutcomeTable, line: u64, record: &csv::StringRecord, by: &str, at_ms: i64) {
    let field = |index: usize| record.get(index).map(|text| text.trim_start_matches('\u{feff}')).unwrap_or_default();
    let is_heading = line == 1 && field(0).eq_ignore_ascii_case("model");
    if is_heading || record.iter().all(str::is_empty) {
        return;
    }
    match outcome(&field, record.len()) {
        Ok((tested, passed)) => {
            let note = field(4).chars().filter(|c| !c.is_control()).take(LONGEST_NOTE).collect();
            let (model, serial) = (field(0).to_owned(), field(1).to_owned());
            table.outcomes.push(Outcome { model, serial, tested, passed, note, by: by.to_owned(), at_ms });
        }
        Err(wrong) => table.wrong.push((line, wrong)),
    }
}

fn outcome<'a>(field: &impl Fn(usize) -> &'a str, fields: usize) -> Result<(LocalTime, bool), String> {
    if !(4..=5).contains(&fields) {
        return Err(format!("{fields} fields; wanted model, serial, date, pass or fail, and perhaps a note"));
    }
    for (index, name) in [(0, "model"), (1, "serial")] {
        if field(index).is_empty() || field(index).chars().any(char::is_control) {
            return Err(format!("no {name}"));
        }
    }
    let tested = moment(field(2))
        .ok_or_else(|| format!("date `{}`; wanted 2026-03-31 or 3/31/2026, perhaps with 14:05", shown(field(2))))?;
    let passed = match field(3).to_ascii_lowercase().as_str() {
        "pass" => true,
        "fail" => false,
        other => return Err(format!("`{}`; wanted pass or fail", shown(other))),
    };
    Ok((tested, passed))
}

fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}

/// A date with or without a time. A day alone is meant to its end: the test came after every trim of that day.
pub fn moment(text: &str) -> Option<LocalTime> {
    let (date, time) = match text.split_once([' ', 'T']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let date = day(date)?;
    match time {
        None => LocalTime::new(date, 23, 59, 59),
        Some(time) => {
            let mut parts = time.trim().split(':').map(|part| part.parse::<u32>().ok());
            let (hour, minute) = (parts.next()??, parts.next()??);
            let second = parts.next().map_or(Some(0), |second| second)?;
            if parts.next().is_some() { None } else { LocalTime::new(date, hour, minute, second) }
        }
    }
}

fn day(text: &str) -> Option<LocalDate> {
    let parts = |sign: char| {
        let parts: Vec<i32> = text.split(sign).map(|part| part.parse().ok()).collect::<Option<_>>()?;
        let [a, b, c] = parts.as_slice() else { return None };
        Some((*a, *b, *c))
    };
    let date = |year: i32, month: i32, day: i32| {
        let is_full = (1980..=2200).contains(&year);
        let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
        is_full.then(|| LocalDate::new(year, month, day)).flatten()
    };
    if let Some((year, month, of_month)) = parts('-') {
        return date(year, month, of_month);
    }
    parts('/').and_then(|(month, of_month, year)| date(year, month, of_month))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> OutcomeTable {
        read_outcomes(text.as_bytes(), "AB", 7)
    }

    #[test]
    fn a_table_with_heading_quotes_and_both_kinds_of_dates_is_read() {
        let table = read(
            "\u{feff}Model,Serial,Date,Result,Note\r\n8340-1, 246 ,2026-03-31,PASS,\"wiper, new\"\r\n\r\n6607,48,3/31/2026 14:05,fail\r\n",
        );
        assert_eq!(table.wrong, []);
        let [first, second] = table.outcomes.as_slice() else { panic!("{table:?}") };
        assert_eq!((first.serial.as_str(), first.passed, first.note.as_str()), ("246", true, "wiper, new"));
        assert_eq!(first.tested.to_string(), "2026-03-31T23:59:59", "a day is meant to its end");
        assert_eq!((second.tested.to_string().as_str(), second.passed), ("2026-03-31T14:05:00", false));
    }

    #[test]
    fn every_wrong_line_is_named_with_its_number_and_its_fault() {
        let table = read(
            "8340-1,1,31.3.2026,pass\n,2,2026-03-31,pass\n8340-1,3,2026-03-31,maybe\n8340-1,4,2026-02-30,fail\n8340-1,5\n8340-1,6,2026-03-31,pass\n",
        );
        assert_eq!(table.outcomes.len(), 1);
        let lines: Vec<u64> = table.wrong.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [1, 2, 3, 4, 5], "{:?}", table.wrong);
        assert!(table.wrong.iter().any(|(_, wrong)| wrong.contains("`maybe`")));
    }

    #[test]
    fn bytes_that_are_no_text_are_a_wrong_line_and_not_the_end() {
        let table = read_outcomes(&b"8340-1,\xff,2026-03-31,pass\n8340-1,6,2026-03-31,pass\n"[..], "AB", 7);
        assert_eq!((table.outcomes.len(), table.wrong.len()), (1, 1), "{table:?}");
    }
}
