//! One product model at one laser: lots, series, latches, one run after the other in order of time.

mod signal;

use serde::{Deserialize, Serialize};

use super::alarm::Alarm;
use super::frozen::{Frozen, FrozenBaseline};
use super::latch::{Alarms, Latch};
use super::lot_figures::{LotFigures, OpenLot};
use super::metric::{METRICS, Metric, Subject};
use super::observation::{Observation, RunId, StreamKey};
use super::series::{Found, MetricSeries, ShareSeries};
use super::setting::{Followed, Marker, SETTINGS, Setting};
use super::trace::Trace;
use crate::spc::{BaselineRule, CountedLot, FULL_LOT, Lot, LotBook, LotRun, LotState, PPoint, UnitLot};
use crate::trim::LocalTime;

/// Lots and markers older than this, by the stream's newest run, are forgotten: charts over all of time are made from
/// the runs.
const REMEMBERED_DAYS: i64 = 400;

/// Where a stream stands: made by its runs alone, kept so that it need not be made anew, and equal when it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StreamState {
    /// Whose.
    pub key: StreamKey,
    /// Its newest run.
    pub(super) newest: Option<RunId>,
    /// Its runs.
    pub(super) runs: u64,
    pub(super) epoch: Option<LocalTime>,
    book: LotBook,
    pub(super) open: OpenLot,
    /// Whether the open lot was closed and judged because the rest of the shop went on.
    pub(super) judged: bool,
    pub(super) lots: Vec<LotFigures>,
    followed: [Followed; SETTINGS],
    pub(super) markers: Vec<Marker>,
    pub(super) metrics: [MetricSeries; METRICS],
    pub(super) share: ShareSeries,
    latches: [Latch; METRICS + 1],
    /// Whether a lot has closed that was not looked at yet on the way to a baseline.
    unsearched: bool,
    /// How many baselines, limits and beginnings it was kept with.
    pub(super) frozen: u32,
}

/// Where a subject's latch stands.
fn latch_of(subject: Subject) -> usize {
    match subject {
        Subject::Metric(metric) => metric.place(),
        Subject::FailShare | Subject::Silence => METRICS,
    }
}

impl StreamState {
    /// Before its first run.
    pub(super) fn new(key: StreamKey) -> Self {
        Self {
            key,
            newest: None,
            runs: 0,
            epoch: None,
            book: LotBook::default(),
            open: OpenLot::default(),
            judged: false,
            lots: Vec::new(),
            followed: Default::default(),
            markers: Vec::new(),
            metrics: Default::default(),
            share: ShareSeries::default(),
            latches: Default::default(),
            unsearched: false,
            frozen: 0,
        }
    }

    /// The state as it is kept, with so many baselines, limits and beginnings.
    pub(super) fn kept_with(&self, frozen: u32) -> Self {
        Self { frozen, ..self.clone() }
    }

    /// In the place of a state that is not kept, or was damaged: its runs are to be read.
    pub fn to_be_read(key: StreamKey) -> Self {
        Self { frozen: u32::MAX, ..Self::new(key) }
    }

    /// Whether its open lot has more units than a lot ever has: lots were not closed when full once, and charts made
    /// then are to be made anew.
    pub fn is_overfull(&self) -> bool {
        self.open.len() > FULL_LOT
    }

    /// Whether a run can be taken as the next one: it is the newest, and its lot was not judged without it.
    pub(super) fn is_next(&self, id: RunId) -> bool {
        self.newest.is_none_or(|newest| newest < id) && !(self.judged && self.book.takes(id.time))
    }

    /// Takes the next run. One update of every series: no more work however long the history is.
    pub(super) fn take(
        &mut self,
        observation: &Observation,
        frozen: &Frozen<'_>,
        alarms: &mut Alarms<'_>,
        mut trace: Option<&mut Trace>,
    ) {
        let time = observation.id.time;
        self.begin(frozen.epoch_at(time));
        self.follow(observation, alarms);
        let row = u64::from_be_bytes(*observation.id.identity.first_chunk::<8>().unwrap_or(&[0; 8]));
        let ended = self.book.push(&LotRun { time, row, unit: observation.unit.clone() }).cloned();
        if let Some(lot) = ended {
            let judged = std::mem::take(&mut self.judged);
            let last = std::mem::take(&mut self.open);
            if !judged {
                self.close(&lot, &last, frozen, alarms, trace.as_deref_mut());
            }
            self.book.forget_done();
        }
        self.newest = Some(observation.id);
        self.runs += 1;
        if self.open.take(observation) {
            for metric in Metric::ALL {
                if let Some(reading) = observation.reading(metric) {
                    self.chart(metric, reading, observation, frozen, alarms, trace.as_deref_mut());
                }
            }
        }
    }

    /// Closes and judges the open lot when the rest of the shop has gone on for longer than its gap; whether it did.
    pub(super) fn pass_time(
        &mut self,
        newest: LocalTime,
        frozen: &Frozen<'_>,
        alarms: &mut Alarms<'_>,
        trace: Option<&mut Trace>,
    ) -> bool {
        let Some(lot) = self.book.current(newest).filter(|lot| lot.state == LotState::Closed && !self.judged) else {
            return false;
        };
        self.judged = true;
        let open = std::mem::take(&mut self.open);
        self.close(&lot, &open, frozen, alarms, trace);
        self.open = open;
        true
    }

    /// The lot that its newest run is in, when the newest run of the whole history is at `newest`; nothing once it is
    /// among the remembered ones.
    pub(super) fn open_lot(&self, newest: LocalTime) -> Option<LotFigures> {
        let lot = self.book.current(newest).filter(|_| !self.judged)?;
        Some(self.open.figures(&lot))
    }

    /// Looks for baselines among the lots that have closed. What is found is to be frozen by the caller.
    pub(super) fn find_baselines(&mut self, frozen: &Frozen<'_>, rule: &BaselineRule) -> Vec<(Subject, Found)> {
        let mut found = Vec::new();
        if !std::mem::take(&mut self.unsearched) {
            return found;
        }
        if frozen.baseline(Subject::FailShare, self.epoch).is_none() {
            found.extend(self.share.find(rule).map(|share| (Subject::FailShare, share)));
        }
        for (metric, series) in Metric::ALL.into_iter().zip(&mut self.metrics) {
            if frozen.baseline(metric.into(), self.epoch).is_none() {
                found.extend(series.find(metric, rule).map(|figure| (metric.into(), figure)));
            }
        }
        found
    }

    /// The alarm that a subject is still in at a time.
    pub(super) fn alarm_of(&self, subject: Subject, alarms: &[Alarm], time: LocalTime) -> Option<u64> {
        self.latches.get(latch_of(subject))?.holds(alarms, time)
    }

    /// Its lots have been looked at on the way to baselines.
    pub(super) fn searched(&mut self) {
        self.unsearched = false;
    }

    #[cfg(test)]
    pub(super) fn open_latches(&mut self) {
        self.latches = Default::default();
    }

    /// A new beginning: every series starts over. Alarms stay latched.
    fn begin(&mut self, epoch: Option<LocalTime>) {
        if self.epoch != epoch {
            self.epoch = epoch;
            self.metrics = Default::default();
            self.share = ShareSeries::default();
        }
    }

    fn follow(&mut self, observation: &Observation, alarms: &mut Alarms<'_>) {
        let (stated, time) = (Setting::ALL.into_iter().zip(&observation.settings), observation.id.time);
        for ((setting, stated), followed) in stated.zip(&mut self.followed) {
            if let Some(marker) = followed.take(setting, stated.as_ref(), time) {
                alarms.tell_change(marker.time, time, |alarm| signal::said(&marker, alarm));
                self.markers.push(marker);
            }
        }
    }

    fn chart(
        &mut self,
        metric: Metric,
        reading: f64,
        observation: &Observation,
        frozen: &Frozen<'_>,
        alarms: &mut Alarms<'_>,
        trace: Option<&mut Trace>,
    ) {
        let time = observation.id.time;
        let baseline = frozen.baseline(metric.into(), self.epoch);
        let monitored = baseline.filter(|baseline| baseline.to < time);
        let series = self.metrics.get_mut(metric.place());
        let point = monitored.zip(series).and_then(|(baseline, series)| series.push(baseline, time, reading));
        if let Some(trace) = trace {
            let average = self.metrics.get(metric.place()).and_then(MetricSeries::chart).zip(point);
            let average = average.map(|(chart, point)| chart.reading(point.ewma));
            let in_baseline = baseline.is_some_and(|baseline| (baseline.from..=baseline.to).contains(&time));
            trace.unit(metric, observation.id, reading, in_baseline, average, point);
        }
        if let (Some(baseline), Some(point)) = (monitored, point)
            && point.signal.is_some()
        {
            self.open.signalled(metric.into());
            if metric.is_trigger() {
                self.unit_signal(metric, reading, &point, observation, baseline, alarms);
            }
        }
    }

    fn close(
        &mut self,
        lot: &Lot,
        open: &OpenLot,
        frozen: &Frozen<'_>,
        alarms: &mut Alarms<'_>,
        trace: Option<&mut Trace>,
    ) {
        let mut figures = open.figures(lot);
        let counted = figures.counted;
        let counts = lot.state == LotState::Closed && counted.units > 0;
        let is_of_epoch = self.epoch.is_none_or(|epoch| epoch <= lot.first);
        let baseline = frozen.baseline(Subject::FailShare, self.epoch);
        let monitored = baseline.filter(|baseline| baseline.to < lot.first && counts);
        let point = monitored.and_then(|baseline| judged(baseline, &figures));
        if point.is_some_and(|point| point.signal) {
            figures.signals.push(Subject::FailShare);
        }
        if let Some(trace) = trace {
            let inside = baseline.is_some_and(|baseline| (baseline.from..=baseline.to).contains(&lot.first));
            trace.lot(&figures, inside, point);
        }
        self.lots.push(figures);
        if let (Some(baseline), Some(point)) = (monitored, point.filter(|point| point.signal)) {
            self.share_signal(lot, open, baseline, &point, alarms);
        }
        if lot.state == LotState::Closed && is_of_epoch {
            self.learn(lot, open, frozen, counts);
        }
        if lot.state == LotState::Closed {
            let last = self.lots.last();
            for subject in Subject::triggers() {
                let signalled = last.is_some_and(|lot| lot.signals.contains(&subject));
                if let Some(latch) = self.latches.get_mut(latch_of(subject)) {
                    latch.lot_closed(signalled);
                }
            }
        }
        self.forget();
    }

    /// A closed lot is a step towards the baselines that are not there yet.
    fn learn(&mut self, lot: &Lot, open: &OpenLot, frozen: &Frozen<'_>, counts: bool) {
        let counted = open.counted();
        let (first, last) = (lot.first, lot.last);
        self.unsearched = true;
        if counts && frozen.baseline(Subject::FailShare, self.epoch).is_none() {
            self.share.learning.push(CountedLot { first, last, counted });
        }
        for (metric, series) in Metric::ALL.into_iter().zip(&mut self.metrics) {
            let readings = open.readings(metric);
            if !readings.is_empty() && frozen.baseline(metric.into(), self.epoch).is_none() {
                series.learning.push(UnitLot { first, last, readings });
            }
        }
    }

    /// Units with a verdict a week, over the last 90 days.
    pub(super) fn units_a_week(&self, newest: LocalTime) -> f64 {
        let since = newest.timestamp() - 90 * 86_400;
        let recent = self.lots.iter().filter(|lot| lot.last.timestamp() > since);
        let units: u32 = recent.map(|lot| lot.counted.units).sum::<u32>() + self.open_units();
        f64::from(units) * 7.0 / 90.0
    }

    /// Units in the lot that is open, where it is not among the remembered ones.
    fn open_units(&self) -> u32 {
        if self.judged { 0 } else { self.open.counted().units }
    }

    fn forget(&mut self) {
        let Some(newest) = self.newest else { return };
        let since = newest.time.timestamp() - REMEMBERED_DAYS * 86_400;
        self.lots.retain(|lot| lot.last.timestamp() >= since);
        self.markers.retain(|marker| marker.time.timestamp() >= since);
    }
}

/// A closed lot on the p-chart of a frozen baseline.
fn judged(baseline: &FrozenBaseline, figures: &LotFigures) -> Option<PPoint> {
    Some(baseline.p_chart_at(figures.last)?.judge(figures.counted))
}
