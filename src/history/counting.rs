//! What a run counts in the tallies of its day, its model and the whole, changed with the run in one batch.

use std::collections::BTreeMap;

use super::draft::Draft;
use super::error::StoreError;
use super::key;
use super::record::{RunKey, RunRecord, Tally};
use crate::trim::LocalDate;

/// Most runs of a unit that are looked through for the last of a day.
const MOST_RUNS: usize = 1_000;

/// One section of a unit on one day: what unit yield counts once.
#[derive(Debug, Clone, PartialEq, Eq)]
struct UnitDay {
    model: String,
    serial: String,
    section: Option<String>,
    day: LocalDate,
}

impl UnitDay {
    fn of(key: &RunKey, record: &RunRecord) -> Option<Self> {
        let identity = &record.run.identity;
        let day = super::run_date(key).filter(|_| identity.is_unit())?;
        let (model, serial) = (identity.model.clone(), identity.serial.clone());
        Some(Self { model, serial, section: identity.section.clone(), day })
    }

    /// Its last run with a verdict and whether that is good, as the draft stands.
    fn last_with_verdict(&self, draft: &Draft<'_>) -> Result<Option<(RunKey, bool)>, StoreError> {
        let indexes = draft.keys_with(&key::units_of(&self.model, &self.serial), MOST_RUNS)?;
        let runs = indexes.iter().rev().filter_map(|index| key::run_of_unit(index));
        for run in runs.filter(|run| super::run_date(run) == Some(self.day)) {
            let record: Option<RunRecord> = match draft.get(&key::run(&run)) {
                // A damaged neighbour must not keep a new run from being kept.
                Err(StoreError::Value(_)) => continue,
                record => record?,
            };
            let counted = record
                .filter(|record| record.excluded.is_none() && record.run.identity.section == self.section)
                .and_then(|record| record.run.status.counts_as_good());
            if let Some(good) = counted {
                return Ok(Some((run, good)));
            }
        }
        Ok(None)
    }
}

/// Adds a kept run to tallies that are counted from nothing.
pub(super) fn count_again(
    draft: &Draft<'_>,
    run: &RunKey,
    record: &RunRecord,
    tallies: &mut BTreeMap<Vec<u8>, Tally>,
) -> Result<(), StoreError> {
    let unit = UnitDay::of(run, record).map(|unit| unit.last_with_verdict(draft)).transpose()?.flatten();
    let decides = unit.filter(|(last, _)| last == run).map(|(_, good)| good);
    for counter in counters(run, record) {
        let tally = tallies.entry(counter).or_default();
        tally.count(record, true);
        if let Some(good) = decides {
            tally.count_unit(good, true);
        }
    }
    Ok(())
}

/// The tallies a run stands in: its model's, its day's, the whole.
fn counters(run: &RunKey, record: &RunRecord) -> impl Iterator<Item = Vec<u8>> {
    let day = super::run_date(run).map(key::day);
    [Some(key::model(&record.run.identity.model)), day, Some(key::TOTAL.to_vec())].into_iter().flatten()
}

/// Changes a run from `before` to `now` by `write`, and every tally with it.
pub(super) fn recount<'a>(
    draft: &mut Draft<'a>,
    run: &RunKey,
    before: Option<&RunRecord>,
    now: &RunRecord,
    write: impl FnOnce(&mut Draft<'a>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut units: Vec<UnitDay> = before.into_iter().chain([now]).filter_map(|r| UnitDay::of(run, r)).collect();
    units.dedup();
    let ended = |draft: &Draft<'a>| {
        let ended = units.iter().map(|unit| Ok(unit.last_with_verdict(draft)?.map(|(_, good)| good)));
        ended.collect::<Result<Vec<Option<bool>>, StoreError>>()
    };
    let units_before = ended(draft)?;
    write(draft)?;
    let units_now = ended(draft)?;
    for counter in counters(run, now) {
        let mut tally: Tally = draft.get(&counter)?.unwrap_or_default();
        if let Some(before) = before {
            tally.count(before, false);
        }
        tally.count(now, true);
        for (units, add) in [(&units_before, false), (&units_now, true)] {
            units.iter().flatten().for_each(|&good| tally.count_unit(good, add));
        }
        draft.put(counter, &tally)?;
    }
    Ok(())
}
