//! What a signal of a stream is made into: an alarm with all that is known.

use super::{StreamState, latch_of};
use crate::monitoring::alarm::{AlarmBaseline, AlarmLot, Context, Rule};
use crate::monitoring::frozen::{FrozenBaseline, Known};
use crate::monitoring::latch::{Alarms, Hit, Latch};
use crate::monitoring::lot_figures::OpenLot;
use crate::monitoring::metric::{Metric, Subject};
use crate::monitoring::observation::Observation;
use crate::monitoring::series::MetricSeries;
use crate::monitoring::setting::Marker;
use crate::monitoring::words;
use crate::spc::{Direction, Lot, PPoint, SignalBy, UnitChart, UnitPoint};
use crate::trim::LocalTime;

/// What changed so long before an alarm is told with it.
const CHANGED_DAYS: i64 = 14;

impl StreamState {
    pub(super) fn unit_signal(
        &mut self,
        metric: Metric,
        reading: f64,
        point: &UnitPoint,
        observation: &Observation,
        baseline: &FrozenBaseline,
        alarms: &mut Alarms<'_>,
    ) {
        let Some(signal) = point.signal else { return };
        let (subject, time) = (Subject::Metric(metric), observation.id.time);
        let Some(mut latch) = self.latches.get(latch_of(subject)).copied() else { return };
        let since = self.event_since(time);
        latch.signal(alarms, (subject, time), since, || {
            let up = signal.direction == Direction::High;
            let chart = self.metrics.get(metric.place()).and_then(MetricSeries::chart);
            let limits = chart.map(UnitChart::limits);
            let (rule, z, limit) = match signal.by {
                SignalBy::Individual => {
                    (Rule::Individual, point.z, limits.and_then(|limits| limits.individuals.or(Some(limits.limit))))
                }
                SignalBy::Ewma => (Rule::Ewma, point.ewma, limits.map(|limits| limits.half_width())),
            };
            let at = |z: f64| chart.map_or(f64::NAN, |chart| chart.reading(z));
            let context = Context {
                rule,
                direction: signal.direction,
                value: if rule == Rule::Individual { reading } else { at(z) },
                limit: limit.map_or(f64::NAN, |limit| at(if up { limit } else { -limit })),
                shift: Some(z),
                since: self.metrics.get(metric.place()).and_then(|series| series.moved_since(up)),
                baseline: Some(AlarmBaseline {
                    centre: at(0.0),
                    sigma: Some((at(-1.0), at(1.0))),
                    from: baseline.from,
                    to: baseline.to,
                    lots: baseline.lots,
                    units: baseline.units,
                }),
                lot: self.lot_so_far(),
                units: self.open.runs(),
                changed: self.changed(since, time),
            };
            let sentence = words::sentence(&self.key, subject, &observation.unit, time, &context);
            Hit { subject, time, sentence, context, excess_a_week: 0.0 }
        });
        self.set_latch(subject, latch);
    }

    fn set_latch(&mut self, subject: Subject, latch: Latch) {
        if let Some(place) = self.latches.get_mut(latch_of(subject)) {
            *place = latch;
        }
    }

    fn lot_so_far(&self) -> Option<AlarmLot> {
        let newest = self.newest?;
        let lot = self.book.current(newest.time)?;
        let counted = self.open.counted();
        Some(AlarmLot { first: lot.first, last: lot.last, units: counted.units, failed: counted.failed })
    }

    /// How far back another alarm is the same event: to the beginning of the lot before.
    fn event_since(&self, time: LocalTime) -> LocalTime {
        let first = self.lots.last().map(|lot| lot.first);
        first.or_else(|| self.book.current(time).map(|lot| lot.first)).unwrap_or(time)
    }

    /// What changed about the station shortly before a time, or since the event may have begun: lots may lie weeks apart.
    fn changed(&self, since: LocalTime, time: LocalTime) -> Vec<String> {
        let shortly = |marker: &Marker| time.timestamp() - marker.time.timestamp() <= CHANGED_DAYS * 86_400;
        let near = |marker: &&Marker| marker.time <= time && (marker.time >= since || shortly(marker));
        let mut changed: Vec<String> = self.markers.iter().filter(near).map(|marker| said(marker, time)).collect();
        if let [.., before, last] = self.lots.as_slice()
            && let (Some(before), Some(now)) = (&before.disposition, &last.disposition)
            && before != now
        {
            changed.push(format!("disposition mostly “{now}”, “{before}” before"));
        }
        changed
    }

    pub(super) fn share_signal(
        &mut self,
        lot: &Lot,
        open: &OpenLot,
        baseline: &FrozenBaseline,
        point: &PPoint,
        alarms: &mut Alarms<'_>,
    ) {
        let Known::Shares(known) = baseline.known else { return };
        let (subject, time) = (Subject::FailShare, lot.last);
        let Some(mut latch) = self.latches.get(latch_of(subject)).copied() else { return };
        let since = self.lots.iter().rev().nth(1).map_or(lot.first, |before| before.first);
        latch.signal(alarms, (subject, time), since, || {
            let counted = open.counted();
            let context = Context {
                rule: Rule::LotShare,
                direction: Direction::High,
                value: point.share,
                limit: point.limit,
                shift: None,
                since: None,
                baseline: Some(AlarmBaseline {
                    centre: known.share(),
                    sigma: None,
                    from: baseline.from,
                    to: baseline.to,
                    lots: baseline.lots,
                    units: baseline.units,
                }),
                lot: Some(AlarmLot { first: lot.first, last: lot.last, units: counted.units, failed: counted.failed }),
                units: open.runs(),
                changed: self.changed(since, time),
            };
            let excess_a_week = (point.share - known.share()) * self.units_a_week(time);
            let sentence = words::sentence(&self.key, subject, "", time, &context);
            Hit { subject, time, sentence, context, excess_a_week }
        });
        self.set_latch(subject, latch);
    }
}

/// A change as an alarm of this time tells it.
pub(super) fn said(marker: &Marker, time: LocalTime) -> String {
    format!("{marker} on {}", words::day(marker.time, time))
}
