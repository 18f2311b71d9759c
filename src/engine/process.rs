//! Bytes → verdict. Every mode of the program calls [`process`]; they differ only in where the result goes.

use std::any::Any;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use tracing::warn;

use super::failure::Failure;
use super::{models, quiet};
use crate::analysis::{AnalysisSettings, JudgedRun, RunCurves};
use crate::intake::ReadOnceError;
use crate::learning::Speakers;
use crate::trim::{self, Bounds, Identity, Reading, Source, TrimRun};

/// The content hash that makes a file the same file: BLAKE3.
pub type ContentHash = [u8; 32];

/// How a file ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// A judged run with its curves.
    Judged {
        /// Figures and verdict.
        run: Box<JudgedRun>,
        /// What is drawn.
        curves: RunCurves,
    },
    /// Passed over, with the reason.
    Skipped {
        /// Who the file is about.
        identity: Identity,
        /// Why.
        reason: String,
    },
    /// Could not be read.
    Failed {
        /// Sheet, cell and cause.
        cause: String,
        /// What kind of trouble it is.
        failure: Failure,
    },
}

impl Outcome {
    /// Its bytes could not be had.
    pub(super) fn unread(error: &ReadOnceError) -> Self {
        Self::Failed { cause: error.to_string(), failure: Failure::from(error) }
    }
}

/// One processed file.
#[derive(Debug, Clone, PartialEq)]
pub struct Processed {
    /// BLAKE3 of the bytes; `None` when they could not be read.
    pub content: Option<ContentHash>,
    /// How the file ended.
    pub outcome: Outcome,
}

/// Reads and judges one file; formulas and rules speak. Never panics: a panic in a parser is this file's error.
pub fn process(bytes: &[u8], source: Source<'_>, settings: &AnalysisSettings) -> Processed {
    process_with(bytes, source, settings, &Speakers::default())
}

/// Reads and judges one file with whatever was learned; where a model keeps silent, rule and formula speak.
pub fn process_with(bytes: &[u8], source: Source<'_>, settings: &AnalysisSettings, speakers: &Speakers) -> Processed {
    let content = *blake3::hash(bytes).as_bytes();
    let attempt =
        quiet::during(|| catch_unwind(AssertUnwindSafe(|| read_and_judge(bytes, source, settings, speakers))));
    let outcome = attempt.unwrap_or_else(|panic| panicked(&content, panic.as_ref()));
    Processed { content: Some(content), outcome }
}

/// A reader's panic is its file's error. What it said may quote a cell: the log is told only where it happened.
fn panicked(content: &ContentHash, panic: &(dyn Any + Send)) -> Outcome {
    warn!(file = %hex(content), place = quiet::last_place(), "the reader panicked");
    let cause = format!("the reader gave up on a damaged workbook: {}", panic_text(panic));
    Outcome::Failed { cause, failure: Failure::Panic }
}

/// A content hash as the log and the JSON lines write it.
pub fn hex(content: &ContentHash) -> impl Display {
    blake3::Hash::from_bytes(*content).to_hex()
}

fn read_and_judge(bytes: &[u8], source: Source<'_>, settings: &AnalysisSettings, speakers: &Speakers) -> Outcome {
    let begun = Instant::now();
    let spent = || begun.elapsed() > Duration::from_secs(settings.limits.seconds);
    match trim::read_within(bytes, source, &Bounds { limits: settings.limits, spent: &spent }) {
        Ok(Reading::Run(run)) => {
            let (judged, curves) = judge_run(&run, settings, speakers);
            Outcome::Judged { run: Box::new(judged), curves }
        }
        Ok(Reading::SetUp(identity)) => Outcome::Skipped { identity, reason: "set-up workbook, no sweep".to_owned() },
        Err(error) => Outcome::Failed { cause: error.to_string(), failure: Failure::from(&error) },
    }
}

/// Judges a run that was read, or made, with whatever was learned: its figures and what is drawn of it.
pub fn judge_run(run: &TrimRun, settings: &AnalysisSettings, speakers: &Speakers) -> (JudgedRun, RunCurves) {
    let run = settings.grading.applied(run);
    let mut judged = models::judge_safely(&run, settings, speakers);
    models::assess_safely(&mut judged, speakers);
    (judged, RunCurves::from(&*run))
}

pub(super) fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "no message".to_owned())
}

#[cfg(test)]
mod tests {
    use std::panic::{set_hook, take_hook};
    use std::sync::Arc;

    use tracing::subscriber::with_default;

    use super::*;

    #[test]
    fn a_reader_that_panics_is_told_by_content_and_place_and_never_by_what_it_said() {
        let before = take_hook();
        set_hook(Box::new(move |panic| {
            if !quiet::is_expected(panic) {
                before(panic);
            }
        }));
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("events");
        let events = Arc::new(std::fs::File::create(&path).expect("a file"));
        let outcome = with_default(tracing_subscriber::fmt().with_writer(events).finish(), || {
            let panic = quiet::during(|| catch_unwind(|| panic!("cell D14 is 8340-1 SN77"))).map(|(): ()| ());
            panicked(&[7; 32], panic.expect_err("a panic").as_ref())
        });
        let told = std::fs::read_to_string(&path).expect("text");
        assert!(told.contains(&format!("file={}", "07".repeat(32))), "{told}");
        assert!(told.contains("src/engine/process.rs:") && !told.contains("8340"), "{told}");
        assert!(matches!(outcome, Outcome::Failed { cause, failure: Failure::Panic } if cause.contains("8340-1 SN77")));
    }
}
