//! What final tests said of parts, as people tell it on the screen.

use super::clock;
use super::keeper::Keeper;
use super::output::{Output, TestWord};
use super::quiet;
use crate::history::{LogEntry, Outcome, RunKey, Store, StoreError};
use crate::trim::LocalTime;

impl Keeper {
    /// What a run's final test said, if anybody told.
    pub(super) fn outcome(&self, key: &RunKey) -> Option<Outcome> {
        let store = self.store()?;
        let record = store.run(key).ok().flatten()?;
        store.outcome_of_run(key, &record).ok().flatten()
    }

    /// Writes down what a person says a test said. Without a history nothing is taken: the person is told.
    pub(super) fn tested(&mut self, word: TestWord, sink: &mut dyn FnMut(Output)) {
        let Some(store) = self.in_use() else {
            return sink(Output::Notice("nothing written: the history takes nothing at the moment".to_owned()));
        };
        let key = word.key.clone();
        match quiet::during(|| write(&store, word)) {
            Ok(Ok(entry)) => {
                sink(Output::Logged(entry));
                let outcome = self.outcome(&key).map(Box::new);
                sink(Output::Outcome { key, outcome });
            }
            Ok(Err(why)) => sink(Output::Notice(format!("nothing written: {why}"))),
            Err(trouble) => sink(Output::Notice(format!("nothing written: {trouble}"))),
        }
    }
}

/// The outcome of the run's part, tested now; of a run that is not the unit's last one within its own time.
fn write(store: &Store, word: TestWord) -> Result<Result<LogEntry, &'static str>, StoreError> {
    let TestWord { key, passed, note, by } = word;
    let Some(record) = store.run(&key)? else { return Ok(Err("the history has no such run")) };
    let identity = &record.run.identity;
    if !identity.is_unit() {
        return Ok(Err("the serial is no unit's"));
    }
    let before = store.outcome_of_run(&key, &record)?;
    let Some(passed) = passed else {
        let Some(before) = before else { return Ok(Err("nobody said anything of its test")) };
        store.forget_outcome(&before)?;
        return store.note_test(&key, &record, None, &note, &by, clock::now_ms()).map(Ok);
    };
    let tested = before.as_ref().map(|before| before.tested).or_else(|| moment(store, &key, &record));
    let Some(tested) = tested else { return Ok(Err("the run has no time")) };
    let outcome = Outcome {
        model: identity.model.clone(),
        serial: identity.serial.clone(),
        tested,
        passed,
        note: note.clone(),
        by: by.clone(),
        at_ms: clock::now_ms(),
    };
    store.take_outcomes(&[outcome])?;
    store.note_test(&key, &record, Some(passed), &note, &by, clock::now_ms()).map(Ok)
}

/// When the test is said to have been, so that it belongs to this run and no other of the unit: now, unless a later
/// run or 180 days lie between.
fn moment(store: &Store, key: &RunKey, record: &crate::history::RunRecord) -> Option<LocalTime> {
    let own = key.seconds()?;
    let identity = &record.run.identity;
    let runs = store.unit_runs(&identity.model, &identity.serial).ok()?;
    let later = runs.iter().filter_map(|(other, _)| other.seconds()).filter(|at| *at > own).min();
    let now = clock::local_now().map_or(own, LocalTime::timestamp).max(own);
    let last = later.map_or(i64::MAX, |later| later - 1).min(own + 179 * 86_400);
    LocalTime::from_timestamp(now.min(last))
}
