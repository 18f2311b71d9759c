//! What later happened to parts: the outcomes of final tests, which a failure predictor learns from.

use serde::{Deserialize, Serialize};

use super::audit::Signed;
use super::error::StoreError;
use super::key;
use super::plan;
use super::record::{LogEntry, LogOutcome, RunKey, RunRecord};
use super::store::Store;
use super::value;
use super::value::Stored;
use crate::trim::LocalTime;

/// An outcome belongs to no run older than this, seconds: 180 days.
const REACH: i64 = 180 * 86_400;

/// What a test said of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Product model.
    pub model: String,
    /// Serial.
    pub serial: String,
    /// When it was tested, on the plant's clock; a day without a time counts from its end.
    pub tested: LocalTime,
    /// Whether it passed.
    pub passed: bool,
    /// A remark.
    pub note: String,
    /// Who said so.
    pub by: String,
    /// When it was entered, milliseconds since 1970 UTC.
    pub at_ms: i64,
}

impl Stored for Outcome {}

impl Outcome {
    fn said(&self) -> String {
        let word = if self.passed { "passed" } else { "failed" };
        [word, &self.note].join(" ").trim().to_owned()
    }

    /// What the audit journal says of it.
    fn signed(&self, before: String, after: String) -> Signed {
        let what = format!("{} {} tested {} {}", self.model, self.serial, self.tested.date, self.tested.clock());
        let (act, by, why) = ("outcome".to_owned(), self.by.clone(), self.note.clone());
        Signed { at_ms: self.at_ms, act, what, by, why, before, after }
    }
}

/// How outcomes were taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// New ones.
    pub new: usize,
    /// Ones that say something else than before.
    pub changed: usize,
    /// Known ones.
    pub same: usize,
    /// Ones that belong to no run of the history, yet.
    pub without_run: usize,
}

impl Store {
    /// Takes outcomes; one of the same unit and moment replaces the one before. What is taken is on disk.
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub fn take_outcomes(&self, outcomes: &[Outcome]) -> Result<Taken, StoreError> {
        let mut taken = Taken::default();
        for group in outcomes.chunks(100) {
            self.writing(|draft| {
                for outcome in group {
                    let key = key::outcome(&outcome.model, &outcome.serial, outcome.tested.timestamp());
                    let before: Option<Outcome> = draft.get(&key)?;
                    if before.as_ref().is_none_or(|before| !says_the_same(before, outcome)) {
                        let was = before.as_ref().map_or("nobody said anything".to_owned(), Outcome::said);
                        draft.sign(outcome.signed(was, outcome.said()));
                    }
                    match before {
                        None => taken.new += 1,
                        Some(before) if says_the_same(&before, outcome) => taken.same += 1,
                        Some(_) => taken.changed += 1,
                    }
                    draft.put(key, outcome)?;
                }
                Ok(())
            })?;
        }
        for outcome in outcomes {
            taken.without_run += usize::from(self.run_of_outcome(outcome)?.is_none());
        }
        Ok(taken)
    }

    /// All outcomes, by model, serial and time, of those units that `of` names: a model, or a model and a serial.
    ///
    /// # Errors
    /// An engine that cannot be read; damaged values are left out.
    pub fn outcomes(&self, model: Option<&str>, serial: Option<&str>) -> Result<Vec<Outcome>, StoreError> {
        let pairs = self.shelf().prefixed(&key::outcomes_of(model, serial), usize::MAX, false)?;
        Ok(pairs.iter().filter_map(|(_, bytes)| value::decode(bytes).ok()).collect())
    }

    /// Forgets outcomes of a model, or of one unit. Returns how many.
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub fn forget_outcomes(&self, model: &str, serial: Option<&str>, at_ms: i64) -> Result<usize, StoreError> {
        let found = self.outcomes(Some(model), serial)?;
        for group in found.chunks(100) {
            self.writing(|draft| {
                for outcome in group {
                    let forgotten = outcome.signed(outcome.said(), "forgotten".to_owned());
                    draft.sign(Signed { at_ms, by: String::new(), ..forgotten });
                    draft.remove(key::outcome(&outcome.model, &outcome.serial, outcome.tested.timestamp()));
                }
                Ok(())
            })?;
        }
        Ok(found.len())
    }

    /// Forgets one outcome.
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub fn forget_outcome(&self, outcome: &Outcome) -> Result<(), StoreError> {
        self.writing(|draft| {
            draft.remove(key::outcome(&outcome.model, &outcome.serial, outcome.tested.timestamp()));
            Ok(())
        })
    }

    /// Writes a person's word on a run's test into the log.
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub fn note_test(
        &self,
        key: &RunKey,
        record: &RunRecord,
        passed: Option<bool>,
        note: &str,
        by: &str,
        at_ms: i64,
    ) -> Result<LogEntry, StoreError> {
        let (key, note, by) = (key.clone(), note.to_owned(), by.to_owned());
        let outcome = LogOutcome::Tested { key, passed, note, by };
        self.writing(|draft| plan::note(draft, at_ms, record.file.clone(), outcome))
    }

    /// The run an outcome belongs to: the last one of its unit before it, up to 180 days.
    ///
    /// # Errors
    /// An engine that cannot be read.
    pub fn run_of_outcome(&self, outcome: &Outcome) -> Result<Option<(RunKey, RunRecord)>, StoreError> {
        let runs = self.unit_runs(&outcome.model, &outcome.serial)?;
        let seconds = |key: &RunKey| key.seconds().unwrap_or(i64::MIN);
        let last = last_before(runs.iter().map(|(key, _)| seconds(key)), outcome.tested.timestamp());
        Ok(last.and_then(|index| runs.into_iter().nth(index)))
    }

    /// What later happened to the part of a run, if anybody said: the first outcome that belongs to it.
    ///
    /// # Errors
    /// An engine that cannot be read.
    pub fn outcome_of_run(&self, key: &RunKey, record: &RunRecord) -> Result<Option<Outcome>, StoreError> {
        let identity = &record.run.identity;
        if !identity.is_unit() {
            return Ok(None);
        }
        let outcomes = self.outcomes(Some(&identity.model), Some(&identity.serial))?;
        for outcome in outcomes {
            if self.run_of_outcome(&outcome)?.is_some_and(|(run, _)| run == *key) {
                return Ok(Some(outcome));
            }
        }
        Ok(None)
    }
}

fn says_the_same(a: &Outcome, b: &Outcome) -> bool {
    (a.passed, &a.note) == (b.passed, &b.note)
}

/// Index of the last moment at or before `tested` and within reach.
pub fn last_before(moments: impl Iterator<Item = i64>, tested: i64) -> Option<usize> {
    let within = moments.enumerate().filter(|(_, at)| *at <= tested && tested - at <= REACH);
    within.max_by_key(|(index, at)| (*at, *index)).map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_belongs_to_the_last_run_before_it_up_to_180_days() {
        let day = 86_400;
        let runs = [10 * day, 12 * day, 300 * day];
        let of = |tested| last_before(runs.iter().copied(), tested);
        assert_eq!(of(9 * day), None, "before any run");
        assert_eq!(of(12 * day), Some(1));
        assert_eq!(of(12 * day + REACH), Some(1));
        assert_eq!(of(12 * day + REACH + 1), None, "too late");
        assert_eq!(of(301 * day), Some(2));
    }

    #[test]
    fn outcomes_are_taken_listed_and_forgotten_by_unit() {
        let store = Store::in_memory();
        let outcome = |serial: &str, seconds: i64, passed| Outcome {
            model: "8340-1".to_owned(),
            serial: serial.to_owned(),
            tested: LocalTime::from_timestamp(seconds).expect("a time"),
            passed,
            note: String::new(),
            by: "AB".to_owned(),
            at_ms: 0,
        };
        let first = [outcome("1", 100, true), outcome("12", 100, false), outcome("1", 200, true)];
        let taken = store.take_outcomes(&first).expect("memory");
        assert_eq!((taken.new, taken.without_run), (3, 3));
        let again = [outcome("1", 100, false), outcome("12", 100, false)];
        let taken = store.take_outcomes(&again).expect("memory");
        assert_eq!((taken.new, taken.changed, taken.same), (0, 1, 1));
        assert_eq!(store.outcomes(Some("8340-1"), Some("1")).expect("memory").len(), 2, "not those of 12");
        assert_eq!(store.forget_outcomes("8340-1", Some("1"), 0).expect("memory"), 2);
        assert_eq!(store.outcomes(None, None).expect("memory").len(), 1);
    }
}
