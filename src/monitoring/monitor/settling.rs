//! Bringing everything up to date: streams are read again, lots close, baselines are found, limits shared out.

use std::collections::{BTreeMap, BTreeSet};

use super::{Monitor, Settled, Stream};
use crate::monitoring::alarm::Alarm;
use crate::monitoring::frozen::{Frozen, FrozenBaseline};
use crate::monitoring::latch::Alarms;
use crate::monitoring::observation::{Observation, StreamKey};
use crate::monitoring::series::Found;
use crate::monitoring::stream::StreamState;
use crate::monitoring::trace::Trace;
use crate::trim::LocalTime;

impl Monitor {
    /// Brings everything up to date: streams that must be are made anew from their runs (`runs` gives those of a product
    /// model one after the other, in order of time), lots are closed, baselines are found and frozen, limits are shared
    /// out.
    ///
    /// # Errors
    /// Those of `runs`; what was not read stays to be read.
    pub fn settle<E>(
        &mut self,
        now_ms: i64,
        mut runs: impl FnMut(&str, &mut dyn FnMut(Observation)) -> Result<(), E>,
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
        runs: &mut impl FnMut(&str, &mut dyn FnMut(Observation)) -> Result<(), E>,
    ) -> Result<(), E> {
        let outdated = self.streams.iter().filter(|(_, stream)| stream.outdated).map(|(key, _)| key.model.clone());
        let models: BTreeSet<String> = outdated.chain(self.unread.iter().cloned()).collect();
        for model in models {
            let all = self.unread.contains(&model);
            let wanted = self.streams.iter().filter(|(key, stream)| key.model == model && (all || stream.outdated));
            let mut replays: BTreeMap<StreamKey, Replay> =
                wanted.map(|(key, stream)| (key.clone(), Replay::of(key, stream.alarms.clone()))).collect();
            let (mut next, mut touched) = (self.next_alarm, BTreeSet::new());
            let streams = &self.streams;
            runs(&model, &mut |run| {
                if all && !replays.contains_key(&run.stream) {
                    replays.insert(run.stream.clone(), Replay::of(&run.stream, Vec::new()));
                }
                if let Some(replay) = replays.get_mut(&run.stream) {
                    let stream = streams.get(&run.stream);
                    let frozen = stream.map_or(Frozen { epochs: &[], baselines: &[] }, Stream::frozen);
                    replay.go_on((&mut next, &mut touched), now_ms, |state, alarms| {
                        state.take(&run, &frozen, alarms, None);
                    });
                }
            })?;
            // Only now that all runs of the model were read anything changes.
            self.unread.remove(&model);
            let newest = self.span.map(|(_, newest)| newest);
            for (key, mut replay) in replays {
                let reading = self.reading;
                let stream = self.stream(&key);
                let frozen = Frozen { epochs: &stream.epochs, baselines: &stream.baselines };
                replay.go_on((&mut next, &mut touched), now_ms, |state, alarms| {
                    if let Some(newest) = newest {
                        state.pass_time(newest, &frozen, alarms, None);
                    }
                    alarms.end_replay();
                });
                (stream.state, stream.alarms) = (replay.state, replay.alarms);
                (stream.outdated, stream.unkept, stream.read_through) = (false, true, reading);
                self.changed.insert(key);
            }
            self.next_alarm = next;
            self.touched.append(&mut touched);
        }
        Ok(())
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

/// A stream that is being made anew, with alarms of its own until it is.
struct Replay {
    key: StreamKey,
    state: StreamState,
    alarms: Vec<Alarm>,
    /// The alarms that a signal has been found for so far.
    supported: Option<BTreeSet<u64>>,
}

impl Replay {
    fn of(key: &StreamKey, alarms: Vec<Alarm>) -> Self {
        let mut replay = Self { key: key.clone(), state: StreamState::new(key.clone()), alarms, supported: None };
        replay.go_on((&mut 0, &mut BTreeSet::new()), 0, |_, alarms| alarms.begin_replay());
        replay
    }

    fn go_on(
        &mut self,
        numbers: (&mut u64, &mut BTreeSet<u64>),
        now_ms: i64,
        work: impl FnOnce(&mut StreamState, &mut Alarms<'_>),
    ) {
        let mut alarms = Alarms::new(&self.key, &mut self.alarms, numbers, now_ms);
        alarms.supported = self.supported.take();
        work(&mut self.state, &mut alarms);
        self.supported = alarms.supported;
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
