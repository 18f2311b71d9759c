//! Bytes → verdict. Every mode of the program calls [`process`]; they differ only in where the result goes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use super::{models, quiet};
use crate::analysis::{AnalysisSettings, JudgedRun, RunCurves};
use crate::learning::Speakers;
use crate::trim::{self, Bounds, Identity, ReadErrorKind, Reading, Source, TrimRun};

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
        /// Whether the file may just not be complete yet.
        unfinished: bool,
    },
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
    let outcome = attempt.unwrap_or_else(|panic| Outcome::Failed {
        cause: format!("the reader gave up on a damaged workbook: {}", panic_text(panic.as_ref())),
        unfinished: false,
    });
    Processed { content: Some(content), outcome }
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
        Err(error) => Outcome::Failed { cause: error.to_string(), unfinished: error.kind == ReadErrorKind::Unfinished },
    }
}

/// Judges a run that was read, or made, with whatever was learned: its figures and what is drawn of it.
pub fn judge_run(run: &TrimRun, settings: &AnalysisSettings, speakers: &Speakers) -> (JudgedRun, RunCurves) {
    let run = settings.grading.applied(run);
    let mut judged = models::judge_safely(&run, settings, speakers);
    models::assess_safely(&mut judged, speakers);
    (judged, RunCurves::from(&*run))
}

pub(super) fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "no message".to_owned())
}
