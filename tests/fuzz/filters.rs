//! Filters: any text is a filter that reads back as itself, or an error that says what may stand there.

use trimwatch::history::{Facts, Filter, Moment, When};
use trimwatch::trim::{LocalDate, LocalTime};

use super::campaign::fuzz;
use super::chance::Chance;
use super::support::arrival;

const PIECES: [&str; 76] = [
    "model",
    "sn",
    "serial",
    "sec",
    "section",
    "status",
    "laser",
    "disp",
    "disposition",
    "risk",
    "margin",
    "r",
    "out",
    "change",
    "passes",
    "since",
    "until",
    "excluded",
    "MODEL",
    "ſn",
    "Key",
    ":",
    ":",
    ":",
    ":",
    "::",
    ",",
    ",,",
    "-",
    "--",
    "\"",
    "\"\"",
    "\\",
    "\\\"",
    " ",
    " ",
    " ",
    "\t",
    "\u{a0}",
    "*",
    "?",
    "**",
    ">",
    ">=",
    "<",
    "<=",
    "=",
    "..",
    "...",
    "0",
    "-0",
    "+5",
    "−63",
    "1.5",
    ".",
    "1e5",
    "340282350000000000000000000000000000001",
    "99999999999999999999999999999999999999999",
    "1d",
    "12h",
    "999999999w",
    "2026-03-10",
    "2026-03-10T06:00",
    "0-1-1",
    "9999-12-31T23:59",
    "today",
    "shift",
    "pass",
    "fail,error",
    "UNTRIMMED",
    "low",
    "High",
    "yes",
    "no",
    "8340*",
    "Scrap*",
];

fn typed(chance: &mut Chance) -> String {
    let mut typed = String::new();
    for _ in 0..chance.below(14) {
        if chance.one_in(10) {
            typed.push_str(&chance.text(8));
        } else {
            typed.push_str(chance.piece(&PIECES));
        }
    }
    typed
}

fn reads_back(filter: &Filter, typed: &str) {
    let said = filter.to_string();
    let again = Filter::parse(&said).unwrap_or_else(|error| panic!("{typed:?} says {said:?}: {error}"));
    assert_eq!(&again, filter, "{typed:?} says {said:?}");
    assert_eq!(again.to_string(), said, "{typed:?}");
}

fn moment(chance: &mut Chance) -> Moment {
    let any = |chance: &mut Chance| {
        let seconds = i64::try_from(chance.next() % 250_000_000_000).unwrap_or(0);
        LocalTime::from_timestamp(seconds)
            .unwrap_or(LocalTime { date: LocalDate { year: 9999, month: 12, day: 31 }, seconds: 0 })
    };
    let now = any(chance);
    let shift = (!chance.one_in(3)).then(|| (any(chance), any(chance)));
    Moment { now, shift }
}

#[test]
fn any_text_is_a_filter_that_reads_back_as_itself_or_an_error_with_words() {
    let (run, _) = arrival("9203_34", 1);
    let facts = Facts::of(&run.key, &run.record);
    let mut understood = 0;
    fuzz("filters", 5_000, |chance| {
        let typed = typed(chance);
        let filter = match Filter::parse(&typed) {
            Ok(filter) => filter,
            Err(error) => return assert!(!error.to_string().trim().is_empty(), "{typed:?}"),
        };
        understood += 1;
        reads_back(&filter, &typed);
        let day = LocalDate::new(i32::try_from(chance.below(10_000)).unwrap_or(0), 2, 28).expect("a day");
        reads_back(&filter.of_model(&chance.text(10)), &typed);
        reads_back(&filter.on_day(day), &typed);
        reads_back(&filter.since(Some(When::Weeks(999_999_999))), "no text");
        let moment = moment(chance);
        // Whatever it says, saying it twice says the same.
        assert_eq!(filter.admits(&facts, &moment), filter.admits(&facts, &moment), "{typed:?}");
    });
    assert!(understood > 0, "nothing was understood");
}
