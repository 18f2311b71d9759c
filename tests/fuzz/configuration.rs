//! Configurations: any text is refused in words, or is a configuration whose every value is in its range.

use std::fs;
use std::sync::LazyLock;

use trimwatch::config::{Config, load};
use trimwatch::trim::{LocalDate, LocalTime};

use super::campaign::fuzz;
use super::chance::Chance;

/// The defaults, and the README's example.
static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let readme = include_str!("../../README.md");
    let example = readme.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    vec![toml::to_string(&Config::default()).expect("TOML"), example.to_owned()]
});

const VALUES: [&str; 44] = [
    "0",
    "1",
    "-1",
    "2",
    "10",
    "11",
    "20",
    "21",
    "50",
    "51",
    "100",
    "101",
    "255",
    "256",
    "3600",
    "3601",
    "8760",
    "8761",
    "9223372036854775807",
    "-9223372036854775808",
    "0.0",
    "-0.0",
    "0.05",
    "0.1",
    "0.8",
    "1.0",
    "100.5",
    "1e300",
    "1e-300",
    "nan",
    "inf",
    "-inf",
    "true",
    "false",
    "\"\"",
    "\" \"",
    "\"06:00\"",
    "\"24:00\"",
    "\"99999999:0\"",
    "\"+6:00\"",
    "[]",
    "[\"2026-02-30\"]",
    "[\"mon\", \"mon\"]",
    "{}",
];
const LINES: [&str; 18] = [
    "[sigma]",
    "[backup]",
    "[retention]",
    "[shifts]",
    "[[watch]]",
    "[[rule]]",
    "[[shifts.shift]]",
    "path = \"/a\"",
    "path = \"\"",
    "model = \"*\"\nper_spec = 0.5",
    "per_spec = 0.0",
    "keep = 5\nevery_hours = 1",
    "curves = 0.05",
    "name = \"night\"\nfrom = \"22:00\"\nto = \"06:00\"",
    "holidays = [\"tomorrow\", \"0-1-1\"]",
    "days = [\"sun\", \"noday\"]",
    "unknown = 1",
    "# a remark",
];

fn text(chance: &mut Chance) -> String {
    let whole = chance.pick(&TEXTS).clone();
    let mut lines: Vec<String> = whole.lines().map(str::to_owned).collect();
    for _ in 0..chance.below(5) {
        let at = chance.below(lines.len());
        match chance.below(10) {
            0 => drop(lines.remove(at)),
            1 => lines.insert(at, chance.piece(&LINES).to_owned()),
            2 => {
                let other = chance.below(lines.len());
                lines.swap(at, other);
            }
            3 => lines[at].push_str(&chance.text(6)),
            _ => other_value(&mut lines, chance),
        }
        if lines.is_empty() {
            lines.push(String::new());
        }
    }
    let text = lines.join("\n");
    if chance.one_in(12) { String::from_utf8_lossy(&chance.spoil(text.as_bytes())).into_owned() } else { text }
}

fn other_value(lines: &mut [String], chance: &mut Chance) {
    let settings: Vec<usize> = (0..lines.len()).filter(|&n| lines[n].contains(" = ")).collect();
    if let Some(&at) = settings.get(chance.below(settings.len())) {
        let key = lines[at].split(" = ").next().unwrap_or_default().to_owned();
        lines[at] = format!("{key} = {}", chance.pick(&VALUES));
    }
}

/// The ranges as the documentation of each setting has them, said a second time.
fn is_in_range(config: &Config) -> bool {
    let positive = |value: f64| value > 0.0 && value < f64::INFINITY;
    let paths: Vec<_> = config.watches.iter().map(|watch| &watch.path).collect();
    let distinct: std::collections::HashSet<_> = paths.iter().collect();
    let sigma = &config.sigma;
    let years = config.retention.curves;
    positive(config.offset_warn)
        && (16..=1_000_000).contains(&config.retention.recent_files)
        && (1..=3600).contains(&config.rescan_seconds)
        && config.bytes_per_second.is_none_or(|bytes| bytes == 0 || bytes >= 200)
        && config
            .rules
            .iter()
            .all(|rule| [rule.per_spec, rule.spec].into_iter().flatten().all(positive) && !rule.model.trim().is_empty())
        && paths.iter().all(|path| !path.as_os_str().is_empty())
        && distinct.len() == paths.len()
        && (1..=10).contains(&sigma.order)
        && sigma.cutoff > 0.0
        && sigma.cutoff < 1.0
        && (1..=20).contains(&sigma.step)
        && sigma.end_points <= 50
        && config.backup.keep <= 100
        && (1..=8760).contains(&config.backup.every_hours)
        && config.backup.every_files > 0
        && (years == 0.0 || (0.1..=100.0).contains(&years))
        && config.drift.problems().is_empty()
        && (1_000..=1_073_741_824).contains(&config.limits.bytes)
        && (1..=65_535).contains(&config.limits.sheets)
        && (1_000..=100_000_000).contains(&config.limits.cells)
        && (1..=3_600).contains(&config.limits.seconds)
        && config.shifts.holidays.iter().all(|day| is_date(day))
        && config.shifts.list.iter().all(|shift| is_clock(&shift.from) && is_clock(&shift.to))
        && is_while(&config.drift.false_alarm_every)
        && !config.drift.causes.is_empty()
        && config.drift.causes.iter().all(|cause| !cause.trim().is_empty())
        && exports_are_not_read(config)
}

fn is_while(text: &str) -> bool {
    let [number, unit] = text.split_whitespace().collect::<Vec<&str>>()[..] else { return false };
    let days = ["day", "days", "week", "weeks", "month", "months"].into_iter().zip([1.0, 1.0, 7.0, 7.0, 30.0, 30.0]);
    let days = days.filter(|(known, _)| *known == unit).map(|(_, days)| days).next();
    let days = days.zip(number.parse::<f64>().ok()).map(|(days, number)| days * number);
    days.is_some_and(|days| (1.0..=36_500.0).contains(&days))
}

fn exports_are_not_read(config: &Config) -> bool {
    let Some(folder) = config.export.folder.as_ref().filter(|folder| !folder.as_os_str().is_empty()) else {
        return true;
    };
    folder.ancestors().all(|above| config.watches.iter().all(|watch| watch.path != above))
}

fn number(text: &str, most: usize) -> Option<u32> {
    let plain = (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn is_clock(text: &str) -> bool {
    let clock = text.split_once(':').and_then(|(hour, minute)| Some((number(hour, 2)?, number(minute, 2)?)));
    clock.is_some_and(|(hour, minute)| hour < 24 && minute < 60)
}

fn is_date(text: &str) -> bool {
    let parts: Option<Vec<u32>> = text.split('-').zip([4, 2, 2]).map(|(part, most)| number(part, most)).collect();
    let date = parts.filter(|parts| parts.len() == 3 && text.split('-').count() == 3).and_then(|parts| {
        let small = |n: u32| u8::try_from(n).ok();
        LocalDate::new(i32::try_from(parts[0]).ok()?, small(parts[1])?, small(parts[2])?)
    });
    // A holiday is compared as it is written, so it must be written as days are.
    date.is_some_and(|date| date.to_string() == text)
}

fn any_time(chance: &mut Chance) -> LocalTime {
    let seconds = i64::try_from(chance.next() % 300_000_000_000).unwrap_or(0) - 62_000_000_000;
    LocalTime::from_timestamp(seconds)
        .unwrap_or(LocalTime { date: LocalDate { year: 0, month: 1, day: 1 }, seconds: 0 })
}

#[test]
fn any_text_is_refused_in_words_or_is_a_configuration_within_its_ranges() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("site.toml");
    let mut sound = 0;
    fuzz("configuration", 300, |chance| {
        let text = text(chance);
        fs::write(&path, &text).expect("written");
        let loaded = load(Some(&path));
        let Ok(config) = toml::from_str::<Config>(&text) else {
            assert!(!loaded.expect_err("malformed").to_string().is_empty());
            return;
        };
        let problems = config.problems();
        // Out of range or not, no shift is worth a panic.
        let shift = config.shifts.at(any_time(chance));
        assert!(shift.is_none_or(|(_, from, to)| from < to), "{text}");
        assert_eq!(problems.is_empty(), is_in_range(&config), "{problems:?} of\n{text}");
        assert_eq!(loaded.is_ok(), problems.is_empty(), "{loaded:?} of\n{text}");
        if let Ok(loaded) = loaded {
            sound += 1;
            assert!(!loaded.store.as_os_str().is_empty(), "a history nowhere, of\n{text}");
            let said = toml::to_string(&config).expect("TOML");
            assert_eq!(toml::from_str::<Config>(&said).expect("the same"), config, "{text}");
        }
    });
    assert!(sound > 0, "no configuration was sound");
}
