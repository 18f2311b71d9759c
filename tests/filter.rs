//! The filter language: what may be typed, what it means, and what is said when it means nothing.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]

mod support;

use proptest::prelude::*;
use support::arrival;
use trimwatch::history::{Facts, Filter, Moment, When, text_is_in};
use trimwatch::trim::{LocalDate, LocalTime};

fn moment() -> Moment {
    let time = |day, hour| LocalTime::new(LocalDate::new(2026, 3, day).expect("a day"), hour, 0, 0).expect("a time");
    Moment { now: time(10, 12), shift: Some((time(10, 6), time(10, 14))) }
}

fn admits(filter: &str, words: &str) -> bool {
    let (run, _) = arrival(words, 1);
    let filter = Filter::parse(filter).unwrap_or_else(|error| panic!("{filter}: {error}"));
    filter.admits(&Facts::of(&run.key, &run.record), &moment()).expect("a shift is on")
}

/// 9203 34 TA, FAIL, 22 of 99 points outside, margin −63 %, r 9.8, 10 March 2026 9:58 at LTS.
const FAILED: &str = "9203_34";

#[test]
fn every_key_of_the_language_means_what_it_says() {
    let yes = [
        "",
        "model:9203",
        "model:92* sn:34 sec:ta laser:LTS",
        "status:fail,error",
        "disp:\"trimmed*\"",
        "risk:>0.7 risk:high margin:<0 r:>9 r:<=12 out:20..30 passes:1 passes:>=1",
        "since:1d until:today since:2026-03-10 since:shift until:shift until:2026-03-10",
        "since:2026-03-10T09:58 until:2026-03-10T09:59",
        "excluded:no",
        "-status:pass -sn:35 -excluded:yes -until:1d",
        "fail 34 trimmed",
        "\"Trimmed Correct\"",
        "sn:3?",
        "model:8340,9203",
    ];
    let no = [
        "model:920",
        "sn:34,35 -fail",
        "status:pass",
        "risk:low",
        "margin:>0",
        "since:2h",
        "since:2026-03-11",
        "until:2026-03-09",
        "until:2026-03-10T09:58",
        "excluded:yes",
        "Fail",
        "laser:\"\"",
        "disp:trimmed",
        "\"Correct Trimmed\"",
    ];
    for filter in yes {
        assert!(admits(filter, FAILED), "{filter}");
    }
    for filter in no {
        assert!(!admits(filter, FAILED), "{filter}");
    }
}

#[test]
fn a_missing_figure_is_nothing_of_what_is_asked() {
    let untrimmed = "9204_88";
    assert!(!admits("risk:>=0", untrimmed) && !admits("risk:<1", untrimmed) && admits("-risk:>=0", untrimmed));
}

#[test]
fn an_error_names_the_word_and_what_is_allowed() {
    let said = |text: &str| Filter::parse(text).expect_err("no filter").to_string();
    assert_eq!(
        said("mdel:8340"),
        "`mdel:` is no key; there are model, sn, sec, status, laser, disp, risk, margin, r, out, change, passes, \
         since, until, excluded; quote a text that has a colon"
    );
    assert_eq!(said("model:8340 status:"), "`status:` needs a value, as in status:fail,error");
    assert_eq!(said("status:fail,fial"), "`status:fial`: pass, warning, fail, ungraded, untrimmed or error");
    assert_eq!(said("risk:many"), "`risk:many`: a number as in >0.7, <=0.3 or 0.3..0.7, or low, medium, high");
    assert_eq!(said("r:1e3"), "`r:1e3`: a number as in >12, <=3.5, 2 or 1..3");
    assert_eq!(
        said("since:2026-02-30"),
        "`since:2026-02-30`: 12h, 1d, 2w, 2026-03-01, 2026-03-01T06:00, today or shift"
    );
    assert_eq!(said("excluded:maybe"), "`excluded:maybe`: yes or no");
    assert_eq!(said("since:1d,2d"), "`since:1d,2d`: 12h, 1d, 2w, 2026-03-01, 2026-03-01T06:00, today or shift");
    assert_eq!(said("disp:\"Scrap"), "the quote before `Scrap` is not closed");
    let off = Moment { shift: None, ..moment() };
    let (run, _) = arrival(FAILED, 1);
    let facts = Facts::of(&run.key, &run.record);
    let shift = Filter::parse("since:shift").expect("a filter").admits(&facts, &off).expect_err("no shift");
    assert_eq!(shift.to_string(), "`shift`: no shift is on; [shifts] of the configuration names them");
}

#[test]
fn a_filter_is_written_in_one_spelling() {
    let written = |text: &str| Filter::parse(text).expect("a filter").to_string();
    assert_eq!(written("  Model:8340*   SERIAL:1,2  "), "model:8340* sn:1,2");
    assert_eq!(written("disp:\"Trimmed Correct\" \"plain\""), "disp:\"Trimmed Correct\" plain");
    assert_eq!(written("\"10:42\" \"-x\" -\"a \\\"b\\\"\""), "\"10:42\" \"-x\" -\"a \\\"b\\\"\"");
    assert_eq!(written("risk:>=0.70 r:=3 margin:−5..2"), "risk:>=0.7 r:3 margin:-5..2");
}

#[test]
fn a_range_of_time_is_put_in_place_of_another() {
    let filter = Filter::parse("since:1d fail").expect("a filter");
    assert_eq!(filter.begins(), Some(When::Days(1)));
    assert_eq!(filter.since(Some(When::Days(30))).to_string(), "fail since:30d");
    assert_eq!(filter.since(None).to_string(), "fail");
}

#[test]
fn what_a_text_search_finds_a_bare_word_admits() {
    let (run, _) = arrival(FAILED, 1);
    let facts = Facts::of(&run.key, &run.record);
    for text in ["fail", "FAIL", "Fail", "920", "trimmed c", "", "lts"] {
        let quoted = format!("\"{text}\"");
        assert_eq!(text_is_in(text, &facts), !text.is_empty() && admits(&quoted, FAILED), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic_and_what_it_reads_it_writes_and_reads_again(
        text in prop_oneof![
            "\\PC{0,40}",
            "[a-z:\",*?\\\\ >=<.0-9-]{0,30}",
            "(-?(model|sn|sec|disp|laser):(\"[^\"\\\\]{0,6}\"|[A-Za-z0-9*?é-]{1,6})(,[a-z]{1,3})? ?|\
             (risk|margin|r|out|change|passes):(>|>=|<|<=|=)?-?[0-9]{1,3}(\\.[0-9]{1,4})? ?|\
             (since|until):([0-9]{1,9}[hdw]|today|shift|20[0-9]{2}-0[1-9]-[12][0-8](T0[0-9]:[0-5][0-9])?) ?|\
             status:(fail|pass|error|warning)(,untrimmed)? ?|-?\"?[A-Za-z0-9]{1,5}\"? ?){0,4}",
        ],
    ) {
        if let Ok(filter) = Filter::parse(&text) {
            let written = filter.to_string();
            let again = Filter::parse(&written);
            prop_assert_eq!(again.as_ref(), Ok(&filter), "{} → {}", text, written);
            let json = serde_json::to_string(&filter).expect("JSON");
            prop_assert_eq!(serde_json::from_str::<Filter>(&json).expect("the same"), filter);
        }
    }
}
