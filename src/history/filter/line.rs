//! The filter over lines of the log: what a line does not know of its file fits no condition about it.

use super::{Filter, FilterError, Moment, NameKey, What};
use crate::analysis::Status;
use crate::history::record::{LogEntry, LogOutcome};
use crate::trim::FileName;

const STATUSES: [Status; 6] =
    [Status::Pass, Status::Warning, Status::Fail, Status::NotGraded, Status::Untrimmed, Status::Error];

impl Filter {
    /// Whether a line of the log is meant: names come from its file's name, the status from how it ended, bare words are
    /// looked for in `words`, and its time is `seconds` on the plant's clock. Figures a line has none.
    ///
    /// # Errors
    /// [`FilterError::NoShift`].
    pub fn admits_line(
        &self,
        entry: &LogEntry,
        words: &str,
        seconds: i64,
        moment: &Moment,
    ) -> Result<bool, FilterError> {
        for term in &self.terms {
            let holds = match &term.what {
                What::Text(needle) => needle.is_in(words),
                What::Name(key, globs) => {
                    let name = name(entry, *key).to_lowercase();
                    globs.iter().any(|glob| glob.fits(&name))
                }
                What::Status(wanted) => status(&entry.outcome).is_some_and(|status| wanted.contains(&status)),
                What::Figure(..) => false,
                What::Since(when) => seconds >= when.begin(moment)?,
                What::Until(when) => seconds < when.end(moment)?,
                What::Excluded(wanted) => matches!(entry.outcome, LogOutcome::Excluded { .. }) == *wanted,
            };
            if holds == term.negated {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn name(entry: &LogEntry, key: NameKey) -> String {
    let parsed = FileName::parse(entry.file.name());
    let split = || parsed.split(None).unwrap_or_default();
    match key {
        NameKey::Model => run_of(&entry.outcome).unwrap_or_else(|| split().0),
        NameKey::Serial => split().1,
        NameKey::Section => parsed.section.unwrap_or_default(),
        NameKey::Disposition => parsed.disposition.unwrap_or_default(),
        NameKey::Laser => String::new(),
    }
}

/// The product model of the run that a line is about.
fn run_of(outcome: &LogOutcome) -> Option<String> {
    match outcome {
        LogOutcome::Run { key, .. }
        | LogOutcome::Revision { key, .. }
        | LogOutcome::Duplicate { of: key }
        | LogOutcome::Excluded { key, .. }
        | LogOutcome::Included { key, .. }
        | LogOutcome::Tested { key, .. } => key.model().map(str::to_owned),
        _ => None,
    }
}

fn status(outcome: &LogOutcome) -> Option<Status> {
    match outcome {
        LogOutcome::Run { status, .. } => STATUSES.into_iter().find(|known| known.word() == status),
        LogOutcome::Failed { .. } => Some(Status::Error),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::record::FileFacts;
    use crate::trim::{LocalDate, LocalTime};

    #[test]
    fn a_line_is_found_by_its_name_its_end_and_its_time_and_has_no_figures() {
        let path = "/drop/8340-1_246_TA_Test Data_3-9-2026_9-10 AMScrap.xls".to_owned();
        let file = FileFacts { path, path_key: [0; 16], len: 1, mtime_ns: 0, content: [0; 32] };
        let outcome = LogOutcome::Failed { cause: "the file is empty".to_owned() };
        let entry = LogEntry { sequence: 1, at_ms: 0, file, outcome };
        let now = LocalTime::new(LocalDate::new(2026, 3, 9).expect("a day"), 12, 0, 0).expect("noon");
        let moment = Moment { now, shift: None };
        let fits = |text: &str| {
            let filter = Filter::parse(text).expect("a filter");
            filter.admits_line(&entry, "8340-1_246 ERROR the file is empty", now.timestamp() - 60, &moment)
        };
        for fitting in ["", "status:error", "model:8340* sn:246 sec:ta", "empty", "since:1h", "-status:fail"] {
            assert_eq!(fits(fitting), Ok(true), "{fitting}");
        }
        for other in ["status:fail", "sn:247", "Empty", "until:2h", "risk:>0", "excluded:yes"] {
            assert_eq!(fits(other), Ok(false), "{other}");
        }
        assert_eq!(fits("since:shift"), Err(FilterError::NoShift));
    }
}
