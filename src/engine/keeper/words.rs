//! A person's word about a run: written, or held while the history takes nothing.

use super::{Keeper, Keeping, quiet};
use crate::history::{Act, Committed, Deed, Ending, Entry, LogEntry, RunKey, RunRecord, StoreError};

impl Keeper {
    /// Why words are held and not written.
    pub(in crate::engine) fn held_because(&self) -> Option<String> {
        match &self.keeping {
            Keeping::Opening => Some("the history is being opened".to_owned()),
            Keeping::Trouble(trouble) => Some(trouble.reason.clone()),
            Keeping::Kept | Keeping::Choice => None,
        }
    }

    /// A person's word about a run: written, or held until it can be.
    ///
    /// # Errors
    /// What the store says, or that the run's file is not even held, so that a word on it would be lost.
    pub(in crate::engine) fn act(&mut self, act: Act) -> Result<Option<Committed>, StoreError> {
        if let Some(store) = self.in_use() {
            return quiet::during(|| store.act(act));
        }
        if matches!(self.keeping, Keeping::Choice) {
            return self.memory.act(act);
        }
        let kept = self.store().and_then(|store| store.run(&act.key).ok().flatten());
        if kept.is_none() && !self.holds(&act.key) {
            return match self.memory.run(&act.key)? {
                Some(_) => Err(StoreError::NotHeld),
                None => Ok(None),
            };
        }
        let told = match self.memory.act(act.clone())? {
            Some(told) => Some(told),
            None => kept.map(|record| self.as_said(act.clone(), record)),
        };
        self.hold(Deed::Act(act));
        Ok(told)
    }

    /// Whether a run's file is held.
    fn holds(&self, key: &RunKey) -> bool {
        self.left.iter().chain(&self.held).any(|deed| match deed {
            Deed::File(Entry { file, ending: Ending::Run { run, .. }, .. }) => RunKey::of(run, file) == *key,
            _ => false,
        })
    }

    /// What a held word makes of a run that the store has.
    fn as_said(&self, act: Act, mut record: RunRecord) -> Committed {
        record.excluded = act.exclude.then(|| act.word.clone());
        let (key, at_ms, file) = (act.key.clone(), act.word.at_ms, record.file.clone());
        let sequence = self.memory.latest_log(1).ok().and_then(|log| Some(log.first()?.sequence)).unwrap_or(0);
        Committed { log: LogEntry { sequence, at_ms, file, outcome: act.outcome() }, run: Some((key, record)) }
    }

    /// A run of the store as the words say that are held.
    pub(super) fn with_word(&self, key: &RunKey, mut record: RunRecord) -> RunRecord {
        let mut words = self.held.iter().rev().filter_map(|deed| match deed {
            Deed::Act(act) if act.key == *key => Some(act),
            _ => None,
        });
        if let Some(act) = words.next() {
            record.excluded = act.exclude.then(|| act.word.clone());
        }
        record
    }
}
