//! What the engine tells, as lines of the log: errors and changes, no figure of any part.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{is_told, say};
use crate::config::LogLevel;
use crate::engine::Output;
use crate::export::nameless;
use crate::history::{FileFacts, LogEntry, LogOutcome};

/// Notices that concern the program rather than a unit: how they begin.
const OWN: [&str; 5] = [
    "the engine has ended",
    "the history cannot be searched",
    "the history's upkeep failed",
    "the learned models cannot be read",
    "training",
];
/// Longer than this from its completion to the screen is slow, milliseconds.
const SLOW_MS: f64 = 5_000.0;

/// Writes down what is worth it.
pub(in crate::session) fn hear(output: &Output) {
    if let Some((level, text)) = line(output) {
        say(level, &text);
    }
}

fn line(output: &Output) -> Option<(LogLevel, String)> {
    Some(match output {
        Output::Opened { runs, .. } => (LogLevel::Info, format!("history opened, {} recent runs", runs.len())),
        Output::NotKept(why) => (LogLevel::Error, format!("files are not kept: {}", nameless(why))),
        Output::KeptAgain(files) => (LogLevel::Info, format!("files are kept again, {files} of those held went in")),
        Output::Run { not_kept: Some(why), .. } => (LogLevel::Warn, format!("a run is not kept: {}", nameless(why))),
        Output::Run { latency_ms, .. } if *latency_ms > SLOW_MS => {
            (LogLevel::Warn, format!("slow: a file took {:.1} s from its completion", latency_ms / 1000.0))
        }
        // Told of every file: put into words only where somebody wants them.
        Output::Run { latency_ms, .. } if is_told(LogLevel::Debug) => {
            (LogLevel::Debug, format!("a run judged in {latency_ms:.0} ms"))
        }
        Output::Logged(entry) => return logged(entry),
        Output::Online(folder) => (LogLevel::Info, format!("folder {} is online", folder + 1)),
        Output::Offline { folder, cause } => {
            (LogLevel::Warn, format!("folder {} is offline: {}", folder + 1, nameless(cause)))
        }
        Output::Raised(alarm) => (LogLevel::Info, format!("alarm {} raised", alarm.id)),
        Output::Notice(text) => {
            let begins = OWN.iter().find(|own| text.starts_with(**own))?;
            (LogLevel::Warn, (*begins).to_owned())
        }
        Output::Models(view) => return trained(view.training.is_some()),
        Output::Stopped => (LogLevel::Info, "history closed".to_owned()),
        _ => return None,
    })
}

/// A look through the history or a training that begins or ends; in between nothing is said.
fn trained(runs: bool) -> Option<(LogLevel, String)> {
    static RUNS: AtomicBool = AtomicBool::new(false);
    let changed = RUNS.swap(runs, Ordering::AcqRel) != runs;
    changed.then(|| (LogLevel::Info, format!("learning {}", if runs { "begun" } else { "ended" })))
}

/// A file that could not be read, by its content.
fn logged(entry: &LogEntry) -> Option<(LogLevel, String)> {
    let content = || blake3::Hash::from_bytes(entry.file.content).to_hex();
    match &entry.outcome {
        LogOutcome::Failed { cause } => {
            Some((LogLevel::Warn, format!("file {}: {}", content(), without_words_of(&entry.file, cause))))
        }
        LogOutcome::Skipped { .. } => Some((LogLevel::Debug, format!("file {}: skipped", content()))),
        _ => None,
    }
}

/// A cause without any word that the file's path holds: model and serial stand there.
fn without_words_of(file: &FileFacts, cause: &str) -> String {
    let apart = |c: char| !c.is_alphanumeric();
    let words: Vec<&str> = file.path.split(apart).filter(|word| !word.is_empty()).collect();
    let cause = nameless(cause);
    let kept = |part: &str| {
        let word = part.trim_end_matches(apart);
        let end = part.get(word.len()..).unwrap_or_default();
        let told = words.iter().any(|known| known.eq_ignore_ascii_case(word)) && !word.is_empty();
        if told { format!("…{end}") } else { part.to_owned() }
    };
    cause.split_inclusive(apart).map(kept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(path: &str, cause: &str) -> Output {
        let file = FileFacts { path: path.to_owned(), path_key: [0; 16], len: 1, mtime_ns: 0, content: [7; 32] };
        Output::Logged(LogEntry {
            sequence: 1,
            at_ms: 0,
            file,
            outcome: LogOutcome::Failed { cause: cause.to_owned() },
        })
    }

    #[test]
    fn a_failed_file_is_its_content_and_names_neither_model_nor_serial_nor_path() {
        let output =
            failed("/plant/ACME/8340-1_SN77_TA.xls", "sheet SN77 of 8340-1: cell D14 of /plant/ACME/x is text");
        let (level, text) = line(&output).expect("a line");
        assert_eq!(level, LogLevel::Warn);
        assert!(text.starts_with("file 0707") && text.contains("cell D14"), "{text}");
        for word in ["8340", "SN77", "ACME", "plant"] {
            assert!(!text.contains(word), "{word}: {text}");
        }
    }

    #[test]
    fn a_notice_about_a_unit_stays_out_and_one_about_the_program_is_told_without_its_rest() {
        assert_eq!(line(&Output::Notice("/plant/9203_34.xls: the file is gone".to_owned())), None);
        let told = line(&Output::Notice("training: 9203 has too few runs".to_owned()));
        assert_eq!(told, Some((LogLevel::Warn, "training".to_owned())));
        let offline = line(&Output::Offline { folder: 1, cause: "/plant/ACME: not there".to_owned() });
        assert_eq!(offline, Some((LogLevel::Warn, "folder 2 is offline: <path> not there".to_owned())));
    }
}
