//! Whatever is done to a file, its name, a configuration, a filter or a store: no panic, no hang, nothing made up.
//!
//! A few hundred cases of each with every `cargo test`, a dozen where a real disk is waited for; campaigns are run by `TRIM_FUZZ_CASES`, see `campaign.rs`.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first thing that is wrong"
)]

mod campaign;
mod chance;
mod configuration;
mod file_names;
mod filters;
mod reader;
mod screen;
mod stores;
#[path = "../support/mod.rs"]
mod support;
mod xls;
mod xlsx;
