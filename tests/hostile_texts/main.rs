//! Nearly nine hundred hostile texts, each in every role a text can have: none changes a screen, a path or the meaning of a
//! cell, a line or a filter.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first thing that is wrong"
)]

mod dressed;
mod filters;
mod folders;
mod lines;
mod lists;
mod papers;
mod program;
mod scenes;
#[path = "../support/mod.rs"]
mod support;
mod tables;
mod wire;

use support::hostile::{file_names, hostile, is_harmless, texts};
use trimwatch::export::{printable, spelled_out};

#[test]
fn there_are_more_than_three_hundred_and_the_program_knows_what_is_wrong_with_each() {
    let texts = texts();
    assert!(texts.len() >= 850 && hostile().len() >= 2_000 && file_names().len() >= 500, "{}", texts.len());
    assert!(texts.iter().any(|text| text.len() >= 99_000));
    for text in hostile() {
        let shown = printable(&text);
        assert!(is_harmless(&shown), "{text:?} → {shown:?}");
        assert_eq!(shown == text, is_harmless(&text), "{text:?}: what is harmless stays as it is");
        assert_eq!(shown.chars().count(), text.chars().count(), "{text:?}: nothing of it vanishes");
        assert!(is_harmless(&spelled_out(&text)), "{text:?}");
    }
}
