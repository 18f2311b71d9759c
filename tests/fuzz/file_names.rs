//! File names: any text at all gives a name that is taken apart without adding anything to it.

use std::path::{Path, PathBuf};

use trimwatch::intake::ignored_by_name;
use trimwatch::trim::{FileName, LocalDate, LocalTime, ParsedTime, Source};

use super::campaign::fuzz;
use super::chance::Chance;

const PIECES: [&str; 44] = [
    "_TEST DATA_",
    "_Test Data_",
    "_test data_",
    "TEST DATA",
    "_TESTDATA_",
    "_",
    "__",
    "-",
    " ",
    "8340-1",
    "8712",
    "246",
    "001",
    "0",
    "TEST",
    "_TA",
    "_TB",
    "_ta",
    "_TC",
    "3-9-2026",
    "13-45-2024",
    "2-29-2024",
    "0-0-0",
    "99999999999-1-2026",
    "12-31-9999",
    "1-1-10000",
    "_9-35 AM",
    "_12-07 PM",
    "_12-00 am",
    "_0-30 AM",
    "_13-1 PM",
    "_9-35-59 AM",
    "_9-60 AM",
    "_4294967296-0 AM",
    " AM",
    "PM",
    "Trimmed Correct",
    "_ResTrimmed Correct",
    ".xls",
    ".XLSX",
    ".tmp",
    "~$",
    ".",
    "İ",
];

fn name(chance: &mut Chance) -> String {
    let mut name = String::new();
    for _ in 0..chance.below(12) {
        match chance.below(8) {
            0 => name.push_str(&chance.text(12)),
            1 if chance.one_in(30) => name.push_str(&chance.piece(&PIECES).repeat(chance.below(200))),
            2 => name.push_str(&chance.number().to_string()),
            _ => name.push_str(chance.piece(&PIECES)),
        }
    }
    name
}

fn taken_apart(name: &str, cell: &str) {
    let parsed = FileName::parse(name);
    assert!(matches!(parsed.section.as_deref(), None | Some("TA" | "TB")), "{name:?}: {parsed:?}");
    if let ParsedTime::Known(LocalTime { date, seconds }) = parsed.time {
        let LocalDate { year, month, day } = date;
        assert_eq!((LocalDate::new(year, month, day), seconds < 86_400), (Some(date), true), "{name:?}");
    }
    if let Some(word) = &parsed.disposition {
        assert!(!word.is_empty() && word.trim() == word && name.contains(word.as_str()), "{name:?}: {word:?}");
    }
    for cell in [None, Some(cell), Some("")] {
        let split = parsed.split(cell);
        assert_eq!(split.is_none(), parsed.time == ParsedTime::Absent, "{name:?}");
        let Some((model, serial)) = split else { continue };
        assert!(name.contains(model.as_str()) && name.contains(serial.as_str()), "{name:?}: {model:?} {serial:?}");
        assert!(model.trim() == model && serial.trim() == serial, "{name:?}: {model:?} {serial:?}");
        assert!(model.len() + serial.len() <= name.len(), "{name:?}: {model:?} {serial:?}");
    }
}

fn passed_over(path: &Path) {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    match ignored_by_name(path) {
        None => assert!([".xls", ".xlsx"].iter().any(|end| name.ends_with(end)), "{name:?}"),
        Some(reason) => assert!(!reason.is_empty()),
    }
    if name.starts_with("~$") || name.starts_with('.') {
        assert!(ignored_by_name(path).is_some(), "{name:?}");
    }
}

fn place(name: &str, chance: &mut Chance) -> PathBuf {
    #[cfg(unix)]
    if chance.one_in(4) {
        use std::os::unix::ffi::OsStringExt;
        let spoiled = chance.spoil(name.as_bytes());
        return PathBuf::from(std::ffi::OsString::from_vec(spoiled));
    }
    PathBuf::from(chance.text(20)).join(name)
}

#[test]
fn any_text_is_a_file_name_that_is_taken_apart_without_adding_to_it() {
    fuzz("file-names", 5_000, |chance| {
        let name = name(chance);
        let cell = if chance.one_in(2) { chance.text(6) } else { chance.piece(&PIECES).to_owned() };
        taken_apart(&name, &cell);
        let path = place(&name, chance);
        passed_over(&path);
        let today = LocalDate::new(2026, 3, 20);
        let identity = trimwatch::trim::identity_by_name(Source { path: &path, laser: None, modified: None, today });
        assert!(identity.time.is_none() == identity.time_source.is_none(), "{path:?}");
    });
}
