//! trimwatch watches the drop folder of a laser-trim station, judges every potentiometer track and says why.
//!
//! This crate is the whole program; the binary only parses its arguments. A tour of the rooms, from the top. An
//! arrow never points up, and two rooms on one floor do not know each other (`tests/arrows.rs` reads the `use`
//! lines and says so):
//!
//! ```text
//! main, cli                    the command line
//! tui                          the screen: plain data, pure update, pure view, one loop
//! session                      every screen's only door: requests in, events out, by channel or local socket
//! engine                       the threads; the one place that knows everybody
//! export   intake   history    what leaves · folder → complete files · the store: sled and volumes   (config beside them)
//! learning   monitoring        history → models → predictions · history → baselines, signals, alarms
//! analysis   spc               one trim run → judged tracks · series → control limits and signals
//! trim                         what a station writes → a trim run
//! ```
//!
//! # The way of a file
//!
//! ```text
//! drop folder ─ intake (events hint, scans are the truth) ─▶ bytes, read once, hashed
//!    ─ engine::process: trim::read ▶ analysis::judge
//!    ─ history (one batch: record, curves, seen mark; in the journal, then the store) ─▶ session event
//!    ─▶ tui::update ─▶ drawn
//! ```
//!
//! What the screen shows is on disk first, or its row says that it is not and why. `watch`, `watch --headless`,
//! `ingest`, `analyze` and the tests all call [`engine::process`]; they differ in where the result goes.
//!
//! # Units and terms
//!
//! Errors, limits and offsets are volts; positions degrees or inches ([`trim::PositionUnit`]); resistances ohm. A
//! *run* is one file: one unit, one session at a laser. A run has *tracks*, a track an untrimmed *sweep* and one
//! sweep per *pass*. Run times are plant-local as the station wrote them and are never converted.
//!
//! # Failure
//!
//! Errors are typed at each room's border and name file, sheet and cell. A worker catches a parser's panic and makes
//! it that file's error row. Nothing is silently skipped: each file ends as a run, a revision, a duplicate, a skip
//! with a reason, or an error with its cause.
#![forbid(unsafe_code)]

pub mod analysis;
pub mod cli;
pub mod config;
pub mod engine;
pub mod export;
pub mod history;
pub mod intake;
pub mod learning;
pub mod monitoring;
pub mod session;
pub mod spc;
pub mod trim;
pub mod tui;
