//! trimwatch.
#![forbid(unsafe_code)]

pub mod analysis;
pub mod engine;
pub mod export;
pub mod history;
pub mod session;
pub mod trim;
