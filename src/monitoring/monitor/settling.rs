//! Bringing everything up to date: streams are read again, lots close, baselines are found, limits shared out.

use std::collections::{BTreeMap, BTreeSet};

use super::{Monitor, Settled};
use crate::monitoring::frozen::{Frozen, FrozenBaseline};
use crate::monitoring::latch::Alarms;
use crate::monitoring::observation::{Observation, StreamKey};
use crate::monitoring::series::Found;
use crate::monitoring::stream::StreamState;
use crate::monitoring::trace::Trace;
use crate::trim::LocalTime;

impl Monitor {
    /// Brings everything up to date: streams that must be are made anew from their runs (`runs` gives those of a product
    /// model, in any order), lots are closed, baselines are found and frozen, limits are shared out.
    ///
    /// # Errors
    /// Those of `runs`; what was not read stays to be read.
    pub fn settle<E>(
        &mut self,
        now_ms: i64,
        mut runs: impl FnMut(&str) -> Result<Vec<Observation>, E>,
    ) -> Result<Settled, E> {
        let was_outdated = self.is_outdated();
        self.read_outdated(now_ms, &mut runs)?;
        self.pass_time(now_ms);
        let frozen = self.freeze(now_ms);
        // While runs come in no order, rates are those of what has come so far, and no reason for other limits.
        if !frozen.is_empty() || (!was_outdated && self.shared.is_due(self.span)) {
            self.share_out();
            for key in frozen {
                self.stream(&key).outdated = true;
            }
            self.read_outdated(now_ms, &mut runs)?;
            self.pass_time(now_ms);
            // What was read again has been searched already.
            self.streams.values_mut().for_each(|stream| stream.state.searched());
        }
        Ok(self.settled())
    }

    fn read_outdated<E>(
        &mut self,
        now_ms: i64,
        runs: &mut impl FnMut(&str) -> Result<Vec<Observation>, E>,
    ) -> Result<(), E> {
        let outdated = self.streams.iter().filter(|(_, stream)| stream.outdated).map(|(key, _)| key.model.clone());
        let models: BTreeSet<String> = outdated.chain(self.unread.iter().cloned()).collect();
        for model in models {
            let mut of_each: BTreeMap<StreamKey, Vec<Observation>> = BTreeMap::new();
            for run in runs(&model)? {
                of_each.entry(run.stream.clone()).or_default().push(run);
            }
            let all = self.unread.remove(&model);
            if all {
                for key in of_each.keys() {
                    self.stream(key);
                }
            }
            let wanted = self.streams.iter().filter(|(key, stream)| key.model == model && (all || stream.outdated));
            let keys: Vec<StreamKey> = wanted.map(|(key, _)| key.clone()).collect();
            for key in keys {
                let mut runs = of_each.remove(&key).unwrap_or_default();
                runs.sort_by_key(|run| run.id);
                self.replay(&key, &runs, now_ms);
            }
        }
        Ok(())
    }

    /// Makes a stream anew from its runs, in order of time.
    fn replay(&mut self, key: &StreamKey, runs: &[Observation], now_ms: i64) {
        let newest = self.span.map(|(_, newest)| newest);
        let Some(stream) = self.streams.get_mut(key) else { return };
        let frozen = Frozen { epochs: &stream.epochs, baselines: &stream.baselines };
        let mut alarms = Alarms::new(key, &mut stream.alarms, (&mut self.next_alarm, &mut self.touched), now_ms);
        stream.state = replayed(key, runs, newest, &frozen, &mut alarms, None);
        (stream.outdated, stream.unkept, stream.read_through) = (false, true, self.reading);
        self.changed.insert(key.clone());
    }

    /// Closes the lots that the rest of the shop has left behind.
    fn pass_time(&mut self, now_ms: i64) {
        let Some((_, newest)) = self.span else { return };
        for (key, stream) in &mut self.streams {
            let frozen = Frozen { epochs: &stream.epochs, baselines: &stream.baselines };
            let mut alarms = Alarms::new(key, &mut stream.alarms, (&mut self.next_alarm, &mut self.touched), now_ms);
            if stream.state.pass_time(newest, &frozen, &mut alarms, None) {
                stream.unkept = true;
                self.changed.insert(key.clone());
            }
        }
    }

    /// Freezes the baselines that can be; the streams that got one. Their limits come with the sharing.
    fn freeze(&mut self, now_ms: i64) -> BTreeSet<StreamKey> {
        let mut frozen = BTreeSet::new();
        for (key, stream) in &mut self.streams {
            let epoch = stream.state.epoch;
            let known = Frozen { epochs: &stream.epochs, baselines: &stream.baselines };
            for (subject, found) in stream.state.find_baselines(&known, &self.settings.baseline) {
                let Found { from, to, lots, units, known } = found;
                stream.baselines.push(FrozenBaseline {
                    stream: key.clone(),
                    subject,
                    epoch,
                    from,
                    to,
                    lots,
                    units,
                    known,
                    limits: Vec::new(),
                    frozen_ms: now_ms,
                    late_inside: false,
                });
                frozen.insert(key.clone());
            }
        }
        frozen
    }
}

/// The state that runs make, in order of time.
pub(in crate::monitoring) fn replayed(
    key: &StreamKey,
    runs: &[Observation],
    newest: Option<LocalTime>,
    frozen: &Frozen<'_>,
    alarms: &mut Alarms<'_>,
    mut trace: Option<&mut Trace>,
) -> StreamState {
    let mut state = StreamState::new(key.clone());
    alarms.begin_replay();
    for run in runs {
        state.take(run, frozen, alarms, trace.as_deref_mut());
    }
    if let Some(newest) = newest {
        state.pass_time(newest, frozen, alarms, trace);
    }
    alarms.end_replay();
    state
}
