//! Signals → alarms: one for an event, latched until somebody has seen to it and a clean lot has followed.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::alarm::{Alarm, Context, Doubt};
use super::metric::Subject;
use super::observation::StreamKey;
use crate::trim::LocalTime;

/// On a replay a signal within so many days of an alarm of the same subject is that alarm's.
const SAME_DAYS: i64 = 14;

/// One subject's latch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Latch {
    /// The alarm it is in.
    alarm: Option<u64>,
    /// Whether a lot without a signal has closed since the last signal.
    clean: bool,
}

/// A signal with all that is known of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Hit {
    pub(super) subject: Subject,
    pub(super) time: LocalTime,
    pub(super) sentence: String,
    pub(super) context: Context,
    pub(super) excess_a_week: f64,
}

/// The alarms of a stream while runs are taken.
#[derive(Debug)]
pub(super) struct Alarms<'a> {
    pub(super) stream: &'a StreamKey,
    pub(super) all: &'a mut Vec<Alarm>,
    /// The number of the shop's next alarm.
    pub(super) next: &'a mut u64,
    pub(super) now_ms: i64,
    /// On a replay: the alarms that a signal has been found for so far.
    pub(super) supported: Option<BTreeSet<u64>>,
    /// The alarms that were raised or changed.
    pub(super) touched: &'a mut BTreeSet<u64>,
}

impl<'a> Alarms<'a> {
    /// The alarms of a stream, the number of the shop's next one, and where touched ones are noted.
    pub(super) fn new(
        stream: &'a StreamKey,
        all: &'a mut Vec<Alarm>,
        (next, touched): (&'a mut u64, &'a mut BTreeSet<u64>),
        now_ms: i64,
    ) -> Self {
        Self { stream, all, next, now_ms, supported: None, touched }
    }

    /// Forgets what the runs said, so that a replay says it anew. The alarms stay.
    pub(super) fn begin_replay(&mut self) {
        self.supported = Some(BTreeSet::new());
        for alarm in &mut *self.all {
            alarm.signals = 0;
            alarm.last = alarm.time;
        }
    }

    /// Marks the alarms that no signal was found for.
    pub(super) fn end_replay(&mut self) {
        let Some(supported) = self.supported.take() else { return };
        for alarm in &mut *self.all {
            if alarm.doubt(Doubt::NoLongerSupported, !supported.contains(&alarm.id)) {
                self.touched.insert(alarm.id);
            }
        }
    }

    /// A change of the station is believed some runs after it was made; an alarm that came in between is told of it too.
    pub(super) fn tell_change(&mut self, made: LocalTime, believed: LocalTime, said: impl Fn(LocalTime) -> String) {
        for alarm in self.all.iter_mut().filter(|alarm| (made..=believed).contains(&alarm.time)) {
            let said = said(alarm.time);
            if !alarm.context.changed.contains(&said) {
                alarm.context.changed.push(said);
                self.touched.insert(alarm.id);
            }
        }
    }

    fn get(&mut self, id: u64) -> Option<&mut Alarm> {
        self.all.iter_mut().find(|alarm| alarm.id == id)
    }

    /// One more signal of an alarm that is known.
    fn extend(&mut self, id: u64, subject: Subject, time: LocalTime) {
        if let Some(supported) = &mut self.supported {
            supported.insert(id);
        }
        self.touched.insert(id);
        let Some(alarm) = self.get(id) else { return };
        alarm.signals += 1;
        alarm.last = alarm.last.max(time);
        if !alarm.is_about(subject) {
            alarm.joined.push(subject);
        }
    }

    /// Whether an alarm was seen to before a moment; one that is not there any more holds nothing up.
    fn is_seen(&self, id: u64, time: LocalTime) -> bool {
        let alarm = self.all.iter().find(|alarm| alarm.id == id);
        alarm.is_none_or(|alarm| alarm.is_acknowledged_before(time))
    }

    /// On a replay, the alarm of before that a signal belongs to.
    fn adopted(&self, hit: &Hit) -> Option<u64> {
        let supported = self.supported.as_ref()?;
        let near = |alarm: &&Alarm| {
            let apart = (alarm.time.timestamp() - hit.time.timestamp()).abs();
            alarm.subject == hit.subject && !supported.contains(&alarm.id) && apart <= SAME_DAYS * 86_400
        };
        self.all.iter().find(near).map(|alarm| alarm.id)
    }

    /// An alarm of another subject that is of the same event: raised since a moment, or nobody has seen to it yet and this
    /// figure had begun to move when it was raised. One event is said once.
    fn joined(&self, hit: &Hit, since: LocalTime) -> Option<u64> {
        let moved_by = |time: LocalTime| hit.context.since.is_some_and(|moved| moved <= time);
        let same = |alarm: &&Alarm| {
            let before = alarm.subject != hit.subject && alarm.time <= hit.time;
            before && (alarm.time >= since || !alarm.is_acknowledged_before(hit.time) && moved_by(alarm.time))
        };
        self.all.iter().rev().find(same).map(|alarm| alarm.id)
    }

    fn raise(&mut self, hit: Hit) -> u64 {
        let id = *self.next;
        *self.next += 1;
        self.all.push(Alarm {
            id,
            stream: self.stream.clone(),
            subject: hit.subject,
            time: hit.time,
            raised_ms: self.now_ms,
            sentence: hit.sentence,
            context: hit.context,
            excess_a_week: hit.excess_a_week,
            joined: Vec::new(),
            signals: 0,
            last: hit.time,
            doubts: Vec::new(),
            acknowledged: None,
        });
        id
    }
}

impl Latch {
    /// Takes a signal. `event_since` = how far back another subject's alarm is the same event: the lot before. The hit is
    /// made only where an alarm is raised or looked for.
    pub(super) fn signal(
        &mut self,
        alarms: &mut Alarms<'_>,
        (subject, time): (Subject, LocalTime),
        event_since: LocalTime,
        hit: impl FnOnce() -> Hit,
    ) {
        if let Some(id) = self.alarm
            && !self.is_armed_at(alarms, time)
        {
            self.clean = false;
            return alarms.extend(id, subject, time);
        }
        let hit = hit();
        let id = alarms.adopted(&hit).or_else(|| alarms.joined(&hit, event_since));
        let id = id.unwrap_or_else(|| alarms.raise(hit));
        alarms.extend(id, subject, time);
        *self = Self { alarm: Some(id), clean: false };
    }

    /// A lot has closed, with a signal or without.
    pub(super) fn lot_closed(&mut self, signalled: bool) {
        self.clean = !signalled;
    }

    /// The alarm it is still in: not seen to, or seen to and no clean lot since.
    pub(super) fn holds(&self, alarms: &[Alarm], time: LocalTime) -> Option<u64> {
        let id = self.alarm?;
        let seen = alarms.iter().find(|alarm| alarm.id == id).is_none_or(|alarm| alarm.is_acknowledged_before(time));
        (!(self.clean && seen)).then_some(id)
    }

    fn is_armed_at(&self, alarms: &Alarms<'_>, time: LocalTime) -> bool {
        self.alarm.is_none_or(|id| self.clean && alarms.is_seen(id, time))
    }
}
