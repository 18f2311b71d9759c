//! The whole shop: runs in, alarms and baselines out.

mod settling;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub(super) use settling::replayed;

use super::alarm::{Acknowledgement, Alarm, Doubt};
use super::frozen::{Epoch, Frozen, FrozenBaseline};
use super::latch::Alarms;
use super::metric::Subject;
use super::observation::{Observation, RunId, StreamKey};
use super::sharing::Shared;
use super::silence::{ShiftSpan, Silence};
use super::stream::StreamState;
use crate::spc::BaselineRule;
use crate::trim::LocalTime;

/// What a shop may set about drift.
#[derive(Debug, Clone, PartialEq)]
pub struct MonitorSettings {
    /// Days between two false alarms of the whole shop, above 0.
    pub false_alarm_every_days: f64,
    /// Cause codes to acknowledge with.
    pub causes: Vec<String>,
    /// How large a baseline must be.
    pub baseline: BaselineRule,
}

impl Default for MonitorSettings {
    fn default() -> Self {
        let causes = ["laser", "material", "fixture", "recipe", "measurement", "limit table", "false alarm", "other"];
        Self {
            false_alarm_every_days: 90.0,
            causes: causes.map(str::to_owned).to_vec(),
            baseline: BaselineRule::default(),
        }
    }
}

/// Something to be kept for good.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Keep {
    /// An alarm as it is now.
    Alarm(Box<Alarm>),
    /// A baseline as it is now.
    Baseline(Box<FrozenBaseline>),
    /// A new beginning.
    Epoch(Epoch),
}

/// What was kept before.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Restored {
    /// Where the streams stood; one that is missing is made anew from its runs.
    pub states: Vec<StreamState>,
    /// Baselines.
    pub baselines: Vec<FrozenBaseline>,
    /// New beginnings.
    pub epochs: Vec<Epoch>,
    /// Alarms.
    pub alarms: Vec<Alarm>,
    /// Times of the oldest and the newest run of the whole history.
    pub span: Option<(LocalTime, LocalTime)>,
}

/// What has come of the runs since it was last asked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settled {
    /// To be kept.
    pub keep: Vec<Keep>,
    /// Alarms that were raised, the oldest signal first.
    pub raised: Vec<Alarm>,
    /// Streams of which anything changed.
    pub changed: BTreeSet<StreamKey>,
}

/// One stream.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) state: StreamState,
    pub(super) epochs: Vec<Epoch>,
    pub(super) baselines: Vec<FrozenBaseline>,
    pub(super) alarms: Vec<Alarm>,
    /// Whether its runs must be read again.
    outdated: bool,
    /// Whether its state has changed since it was last kept.
    unkept: bool,
    /// Runs told by the log up to this line were there when its runs were last read.
    read_through: u64,
}

/// The shop.
#[derive(Debug)]
pub struct Monitor {
    pub(super) settings: MonitorSettings,
    pub(super) streams: BTreeMap<StreamKey, Stream>,
    pub(super) span: Option<(LocalTime, LocalTime)>,
    pub(super) shared: Shared,
    /// Product models of which all runs are to be read.
    unread: BTreeSet<String>,
    silence: Silence,
    /// Alarms of no stream.
    pub(super) of_silence: Vec<Alarm>,
    next_alarm: u64,
    touched: BTreeSet<u64>,
    /// Numbers from here on are of alarms that were not told yet.
    told: u64,
    reading: u64,
    keep: Vec<Keep>,
    changed: BTreeSet<StreamKey>,
}

impl Stream {
    fn new(key: StreamKey) -> Self {
        let state = StreamState::new(key);
        let (epochs, baselines, alarms) = (Vec::new(), Vec::new(), Vec::new());
        Self { state, epochs, baselines, alarms, outdated: false, unkept: false, read_through: 0 }
    }

    pub(super) fn frozen(&self) -> Frozen<'_> {
        Frozen { epochs: &self.epochs, baselines: &self.baselines }
    }
}

impl Monitor {
    /// A shop with what was kept of it.
    pub fn new(settings: MonitorSettings, restored: Restored) -> Self {
        let mut monitor = Self {
            settings,
            streams: BTreeMap::new(),
            span: restored.span,
            shared: Shared::default(),
            unread: BTreeSet::new(),
            silence: Silence::default(),
            of_silence: Vec::new(),
            next_alarm: 1,
            touched: BTreeSet::new(),
            told: 1,
            reading: 0,
            keep: Vec::new(),
            changed: BTreeSet::new(),
        };
        for state in restored.states {
            let key = state.key.clone();
            monitor.stream(&key).state = state;
        }
        for epoch in restored.epochs {
            monitor.stream(&epoch.stream.clone()).epochs.push(epoch);
        }
        for baseline in restored.baselines {
            monitor.stream(&baseline.stream.clone()).baselines.push(baseline);
        }
        for alarm in restored.alarms {
            monitor.next_alarm = monitor.next_alarm.max(alarm.id + 1);
            match alarm.subject {
                Subject::Silence => monitor.of_silence.push(alarm),
                _ => monitor.stream(&alarm.stream.clone()).alarms.push(alarm),
            }
        }
        monitor.told = monitor.next_alarm;
        for stream in monitor.streams.values_mut() {
            // What was frozen after it was kept is not in the state.
            stream.outdated |= stream.state.frozen != stream.frozen().count();
            stream.state.frozen = 0;
        }
        monitor.share_again();
        monitor
    }

    fn stream(&mut self, key: &StreamKey) -> &mut Stream {
        self.streams.entry(key.clone()).or_insert_with(|| Stream::new(key.clone()))
    }

    /// Notes the time of a run, whether it counts or not: windows end at the newest.
    pub fn note_time(&mut self, time: LocalTime) {
        let (oldest, newest) = self.span.unwrap_or((time, time));
        self.span = Some((oldest.min(time), newest.max(time)));
    }

    /// Times of the oldest and the newest run of the whole history.
    pub fn span(&self) -> Option<(LocalTime, LocalTime)> {
        self.span
    }

    /// Runs that are read from now on are all that the log tells of up to this line.
    pub fn read_through(&mut self, line: u64) {
        self.reading = line;
    }

    /// Takes a run that is new, told by this line of the log. In order of time it is one update; one that comes late has its stream read again when
    /// things are settled.
    pub fn arrive(&mut self, observation: &Observation, line: u64, now_ms: i64) {
        self.note_time(observation.id.time);
        self.changed.insert(observation.stream.clone());
        let stream = self.streams.entry(observation.stream.clone());
        let stream = stream.or_insert_with(|| Stream::new(observation.stream.clone()));
        if line <= stream.read_through {
            return;
        }
        if stream.outdated || !stream.state.is_next(observation.id) {
            return self.outdate(&observation.stream, observation.id);
        }
        let frozen = Frozen { epochs: &stream.epochs, baselines: &stream.baselines };
        let mut alarms =
            Alarms::new(&observation.stream, &mut stream.alarms, (&mut self.next_alarm, &mut self.touched), now_ms);
        stream.state.take(observation, &frozen, &mut alarms, None);
        stream.unkept = true;
    }

    /// A run of a stream came late, was changed, or counts no more or again: its runs are read again, and whatever was
    /// latched or frozen over its time is marked.
    pub fn outdate(&mut self, key: &StreamKey, run: RunId) {
        let mut keep = Vec::new();
        let stream = self.stream(key);
        stream.outdated = true;
        for baseline in &mut stream.baselines {
            if !baseline.late_inside && (baseline.from..=baseline.to).contains(&run.time) {
                baseline.late_inside = true;
                keep.push(Keep::Baseline(Box::new(baseline.clone())));
            }
        }
        for alarm in &mut stream.alarms {
            let inside = alarm.context.lot.is_some_and(|lot| (lot.first..=lot.last).contains(&run.time));
            if inside && alarm.doubt(Doubt::LateFileInside, true) {
                keep.push(Keep::Alarm(Box::new(alarm.clone())));
            }
        }
        self.keep.append(&mut keep);
        self.changed.insert(key.clone());
    }

    /// All runs of a product model are read again, without a word on what was latched or frozen.
    pub fn outdate_model(&mut self, model: &str) {
        self.unread.insert(model.to_owned());
    }

    /// Whether a stream's runs must be read again.
    pub fn is_outdated(&self) -> bool {
        !self.unread.is_empty() || self.streams.values().any(|stream| stream.outdated)
    }

    fn share_out(&mut self) {
        let changed = self.share_again();
        self.keep.extend(changed.into_iter().map(Box::new).map(Keep::Baseline));
    }

    /// Whether every state was asked for since it last changed: only then are all runs so far in what was kept.
    pub fn is_kept(&self) -> bool {
        !self.is_outdated() && !self.streams.values().any(|stream| stream.unkept)
    }

    /// States that were asked for could not be kept: all are to be asked for again.
    pub fn keep_again(&mut self) {
        self.streams.values_mut().for_each(|stream| stream.unkept = true);
    }

    /// What has come since it was last asked, without reading anything.
    pub fn settled(&mut self) -> Settled {
        let mut keep = std::mem::take(&mut self.keep);
        let touched = std::mem::take(&mut self.touched);
        let alarms = self.streams.values().flat_map(|stream| &stream.alarms).chain(&self.of_silence);
        let touched: Vec<Alarm> = alarms.filter(|alarm| touched.contains(&alarm.id)).cloned().collect();
        let mut raised: Vec<Alarm> = touched.iter().filter(|alarm| alarm.id >= self.told).cloned().collect();
        raised.sort_by_key(|alarm| (alarm.time, alarm.id));
        self.told = self.next_alarm;
        keep.extend(touched.into_iter().map(Box::new).map(Keep::Alarm));
        Settled { keep, raised, changed: std::mem::take(&mut self.changed) }
    }

    /// Notes that somebody has seen to an alarm; `None` when there is no such alarm.
    pub fn acknowledge(&mut self, id: u64, word: Acknowledgement) -> Option<Alarm> {
        let word = Acknowledgement { newest: self.span.map(|(_, newest)| newest), ..word };
        let streams = self.streams.values_mut().flat_map(|stream| &mut stream.alarms);
        let alarm = streams.chain(&mut self.of_silence).find(|alarm| alarm.id == id)?;
        alarm.acknowledged = Some(word);
        self.changed.insert(alarm.stream.clone());
        Some(alarm.clone())
    }

    /// Begins anew: a stream's baselines are to be found from a time on.
    pub fn begin(&mut self, epoch: Epoch) {
        let stream = self.stream(&epoch.stream.clone());
        stream.outdated = true;
        stream.epochs.push(epoch);
        stream.epochs.sort_by_key(|epoch| epoch.from);
    }

    /// The states that have changed since they were last asked for, at most so many.
    pub fn unkept(&mut self, most: usize) -> Vec<StreamState> {
        let unkept = self.streams.values_mut().filter(|stream| stream.unkept && !stream.outdated).take(most);
        let state = |stream: &mut Stream| {
            stream.unkept = false;
            stream.state.kept_with(stream.frozen().count())
        };
        unkept.map(state).collect()
    }

    /// A file came, whatever became of it.
    pub fn hear_file(&mut self, now: LocalTime, shift: Option<&ShiftSpan>) {
        self.silence.file(now, shift);
    }

    /// What is known of the shifts, to be kept; and to go on from.
    pub fn silence(&mut self) -> &mut Silence {
        &mut self.silence
    }

    /// Whether files are missing now. While an alarm of silence is open, no other is raised.
    pub fn check_silence(&mut self, now: LocalTime, shift: Option<&ShiftSpan>, now_ms: i64) {
        let Some(found) = self.silence.check(now, shift) else { return };
        if let Some(alarm) = self.of_silence.iter_mut().find(|alarm| alarm.is_open()) {
            (alarm.signals, alarm.last) = (alarm.signals + 1, now);
            self.touched.insert(alarm.id);
            return;
        }
        let alarm = Alarm::of_silence(self.next_alarm, now, now_ms, &found);
        self.touched.insert(alarm.id);
        self.of_silence.push(alarm);
        self.next_alarm += 1;
    }

    /// An alarm by its number.
    pub fn alarm(&self, id: u64) -> Option<&Alarm> {
        self.alarms().find(|alarm| alarm.id == id)
    }

    /// All alarms, in no order.
    pub fn alarms(&self) -> impl Iterator<Item = &Alarm> {
        self.streams.values().flat_map(|stream| &stream.alarms).chain(&self.of_silence)
    }

    /// Where a stream stands.
    pub fn state(&self, key: &StreamKey) -> Option<&StreamState> {
        self.streams.get(key).map(|stream| &stream.state)
    }

    /// The baselines of a stream.
    pub fn baselines(&self, key: &StreamKey) -> &[FrozenBaseline] {
        self.streams.get(key).map_or(&[], |stream| &stream.baselines)
    }
}
