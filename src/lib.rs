//! trimwatch.
#![forbid(unsafe_code)]

pub mod analysis;
pub mod cli;
pub mod config;
pub mod engine;
pub mod export;
pub mod history;
pub mod intake;
pub mod session;
pub mod trim;
pub mod tui;
