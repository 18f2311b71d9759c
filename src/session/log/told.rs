//! What the engine tells, as events of the log: errors and changes, no figure of any part.

use std::sync::atomic::{AtomicBool, Ordering};

use tracing::{debug, error, info, warn};

use crate::engine::{Numbered, Output, hex};
use crate::export::nameless;
use crate::history::LogOutcome;

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

/// Writes down what is worth it. Words are made only of what is told.
pub(in crate::session) fn hear(output: &Output) {
    match output {
        Output::Opened { runs, .. } => info!(recent_runs = runs.len(), "history opened"),
        Output::NotKept(why) => error!(why = nameless(why), "files are not kept"),
        Output::KeptAgain(files) => info!(files, "files are kept again"),
        Output::Run { run, latency_ms, not_kept, .. } => judged(run, *latency_ms, not_kept.as_deref()),
        Output::Logged(entry) => {
            if let LogOutcome::Skipped { .. } = entry.outcome {
                debug!(file = %hex(&entry.file.content), "file skipped");
            }
        }
        Output::Online(folder) => info!(folder = folder + 1, "folder online"),
        Output::Offline { folder, cause } => warn!(folder = folder + 1, why = nameless(cause), "folder offline"),
        Output::Raised(alarm) => info!(alarm = alarm.id, "alarm raised"),
        Output::Notice(text) => {
            if let Some(own) = OWN.iter().find(|own| text.starts_with(**own)) {
                warn!("{own}");
            }
        }
        Output::Models(view) => trained(view.training.is_some()),
        Output::Stopped => info!("history closed"),
        _ => {}
    }
}

/// A run as it comes: told of where it is not kept or slow, else only where every file is wanted.
fn judged(run: &Numbered, latency_ms: f64, not_kept: Option<&str>) {
    let content = &run.record.file.content;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a time, positive and far inside the range"
    )]
    let took_ms = latency_ms as u64;
    match not_kept {
        Some(why) => warn!(file = %hex(content), why = nameless(why), "run not kept"),
        None if latency_ms > SLOW_MS => warn!(file = %hex(content), took_ms, "slow"),
        None => debug!(file = %hex(content), status = run.record.run.status.word(), took_ms, "run judged"),
    }
}

/// A look through the history or a training that begins or ends; in between nothing is said.
fn trained(runs: bool) {
    static RUNS: AtomicBool = AtomicBool::new(false);
    if RUNS.swap(runs, Ordering::AcqRel) != runs {
        info!("learning {}", if runs { "begun" } else { "ended" });
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::told;
    use super::*;
    use crate::config::LogLevel;
    use crate::history::{FileFacts, LogEntry};

    /// What the log says, without time, level and process.
    fn heard(outputs: &[Output]) -> Vec<String> {
        let lines = told(LogLevel::Info, || outputs.iter().for_each(hear));
        lines.iter().map(|line| line.split_once("] ").expect("a process").1.to_owned()).collect()
    }

    #[test]
    fn a_notice_about_a_unit_stays_out_and_one_about_the_program_is_told_without_its_rest() {
        assert_eq!(heard(&[Output::Notice("/plant/9203_34.xls: the file is gone".to_owned())]), [""; 0]);
        assert_eq!(heard(&[Output::Notice("training: 9203 has too few runs".to_owned())]), ["training"]);
        let offline = Output::Offline { folder: 1, cause: "/plant/ACME Corp: not there".to_owned() };
        assert_eq!(heard(&[offline]), ["folder offline folder=2 why=\"<path> not there\""]);
    }

    #[test]
    fn files_that_are_not_kept_are_told_without_where_the_history_lies() {
        let full = Output::NotKept("/plant/ACME Corp/history: No space left on device".to_owned());
        let lines = heard(&[full, Output::KeptAgain(3)]);
        assert_eq!(
            lines,
            ["files are not kept why=\"<path> No space left on device\"", "files are kept again files=3"]
        );
    }

    #[test]
    fn a_skipped_file_is_its_content_and_names_neither_model_nor_serial_nor_path() {
        let path = "/plant/ACME/8340-1_SN77_TA.xls".to_owned();
        let file = FileFacts { path, path_key: [0; 16], len: 1, mtime_ns: 0, content: [7; 32] };
        let outcome = LogOutcome::Skipped { reason: "8340-1 SN77 is a set-up workbook".to_owned() };
        let entry = Output::Logged(LogEntry { sequence: 1, at_ms: 0, file, outcome });
        let lines = told(LogLevel::Debug, || hear(&entry));
        let [line] = lines.as_slice() else { panic!("{lines:?}") };
        assert!(line.ends_with(&format!("] file skipped file={}", "07".repeat(32))), "{line}");
        assert_eq!(heard(&[entry]), [""; 0], "only where every file is wanted");
    }
}
