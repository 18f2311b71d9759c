//! A shop's runs through the monitor, day by day: what it said, and when.

use std::collections::BTreeMap;
use std::convert::Infallible;

use super::shop::{Change, Model, Planted, Shop};
use crate::monitoring::{
    Acknowledgement, Alarm, FrozenBaseline, Monitor, MonitorSettings, Observation, Restored, Standing, StreamKey,
    Subject,
};
use crate::spc::false_alarms::Clamp;
use crate::trim::LocalTime;

/// Days after its last run by which a lot is closed and judged.
const CLOSED_DAYS: i64 = 5;
const DAY: i64 = 86_400;

/// What a stated rate of false alarms depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Kind {
    pub(super) subject: Subject,
    /// Units in its baseline: up to 60, up to 120, more.
    pub(super) size: u8,
    /// Whether the budget alone gave its run length.
    pub(super) free: bool,
}

/// What was stated of charts of a kind, and what they did.
#[derive(Debug, Clone, Default)]
pub(super) struct Stated {
    /// False alarms that were expected.
    pub(super) expected: f64,
    /// Days that charts were there.
    pub(super) days: f64,
    pub(super) alarms: Vec<Alarm>,
}

/// What was said of a planted change by the end of its second lot.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) change: Change,
    /// Alarms of its stream since it began.
    pub(super) alarms: Vec<Alarm>,
    /// The stream's standing and why.
    pub(super) standing: Standing,
    pub(super) why: String,
    /// Alarms that came later on.
    pub(super) later: usize,
}

/// A life.
#[derive(Debug, Default)]
pub(super) struct Life {
    pub(super) days: f64,
    /// Of the steady models.
    pub(super) kinds: BTreeMap<Kind, Stated>,
    /// False alarms expected of the whole shop, as its list states them.
    pub(super) of_shop: f64,
    /// The same of the steady models' charts and of all.
    pub(super) of_steady: f64,
    pub(super) of_all: f64,
    pub(super) found: Vec<Found>,
    /// Days on which the limits were not the budget's alone.
    pub(super) bounded_days: f64,
}

/// A life while it lasts.
struct Living<'a> {
    shop: &'a Shop,
    monitor: Monitor,
    seen: BTreeMap<&'a str, Vec<Observation>>,
    life: Life,
}

impl Life {
    pub(super) fn of(shop: &Shop) -> Self {
        let monitor = Monitor::new(MonitorSettings::default(), Restored::default());
        let mut living = Living { shop, monitor, seen: BTreeMap::new(), life: Self::default() };
        for day in shop.runs.chunk_by(|a, b| a.id.time.date == b.id.time.date) {
            living.day(day);
        }
        for model in &shop.models {
            living.look(model, true);
        }
        living.count_later();
        living.life
    }
}

impl<'a> Living<'a> {
    fn day(&mut self, runs: &'a [Observation]) {
        let Some(last) = runs.last().map(|run| run.id.time) else { return };
        let before = self.monitor.span().map_or(last, |(_, newest)| newest);
        self.state((last.timestamp() - before.timestamp()) as f64 / DAY as f64);
        for run in runs {
            self.monitor.arrive(run, 1, 0);
            self.seen.entry(&run.stream.model).or_default().push(run.clone());
        }
        let seen = &self.seen;
        let of_model = |model: &str, each: &mut dyn FnMut(Observation)| {
            let mut runs = seen.get(model).cloned().unwrap_or_default();
            runs.sort_by_key(|run| run.id);
            runs.into_iter().for_each(each);
            Ok::<_, Infallible>(())
        };
        let Ok(settled) = self.monitor.settle(0, of_model);
        for alarm in settled.raised {
            self.raised(alarm);
        }
        for model in &self.shop.models {
            if model.change.is_some_and(|change| is_over(change, last)) {
                self.look(model, false);
            }
        }
    }

    /// What the limits of now let expect of so many days.
    fn state(&mut self, days: f64) {
        self.life.days += days;
        self.life.of_shop += self.monitor.list().expected_days.map_or(0.0, |every| days / every);
        let mut bounded = false;
        for model in &self.shop.models {
            let triggers = self.monitor.baselines(&model.key).iter().filter(|baseline| is_trigger(baseline.subject));
            for baseline in triggers {
                let Some(limits) = baseline.limits.last() else { continue };
                let expected = days * limits.expected_a_day;
                self.life.of_all += expected;
                bounded |= limits.clamp != Clamp::Free;
                if model.change.is_none() {
                    self.life.of_steady += expected;
                    let stated = self.life.kinds.entry(kind(baseline)).or_default();
                    stated.expected += expected;
                    stated.days += days;
                }
            }
        }
        if bounded {
            self.life.bounded_days += days;
        }
    }

    /// Somebody sees to it the same day, but for a change that is really there.
    fn raised(&mut self, alarm: Alarm) {
        let Some(model) = self.shop.models.iter().find(|model| model.key == alarm.stream) else { return };
        if model.change.is_some_and(|change| change.what != Planted::Idle && change.begins <= alarm.time) {
            return;
        }
        let word = Acknowledgement {
            cause: "false alarm".to_owned(),
            by: "AB".to_owned(),
            note: String::new(),
            at_ms: 0,
            newest: None,
        };
        self.monitor.acknowledge(alarm.id, word);
        let baselines = self.monitor.baselines(&alarm.stream);
        let baseline = baselines.iter().find(|baseline| baseline.subject == alarm.subject);
        if let (None, Some(kind)) = (model.change, baseline.map(kind)) {
            self.life.kinds.entry(kind).or_default().alarms.push(alarm);
        }
    }

    /// Notes once what is said of a planted change; `at_end` also of one that ends with the history.
    fn look(&mut self, model: &Model, at_end: bool) {
        let Some(change) = model.change.filter(|change| at_end || change.what != Planted::Idle) else { return };
        if self.life.found.iter().any(|found| found.change.what == change.what) {
            return;
        }
        let list = self.monitor.list();
        let Some(line) = list.lines.into_iter().find(|line| line.stream == model.key) else { return };
        let alarms = since(&self.monitor, &model.key, change.begins);
        self.life.found.push(Found { change, alarms, standing: line.standing, why: line.why, later: 0 });
    }

    fn count_later(&mut self) {
        for found in &mut self.life.found {
            let models = self.shop.models.iter();
            let of = models.filter(|model| model.change.is_some_and(|change| change.what == found.change.what));
            let all: usize = of.map(|model| since(&self.monitor, &model.key, found.change.begins).len()).sum();
            found.later = all.saturating_sub(found.alarms.len());
        }
    }
}

fn since(monitor: &Monitor, stream: &StreamKey, begins: LocalTime) -> Vec<Alarm> {
    monitor.alarms().filter(|alarm| alarm.stream == *stream && alarm.time >= begins).cloned().collect()
}

fn is_over(change: Change, now: LocalTime) -> bool {
    now.timestamp() - change.until.timestamp() > CLOSED_DAYS * DAY
}

fn is_trigger(subject: Subject) -> bool {
    Subject::triggers().any(|trigger| trigger == subject)
}

fn kind(baseline: &FrozenBaseline) -> Kind {
    let size = match baseline.units {
        ..=60 => 0,
        61..=120 => 1,
        _ => 2,
    };
    let free = baseline.limits.last().is_none_or(|limits| limits.clamp == Clamp::Free);
    Kind { subject: baseline.subject, size, free }
}
