//! The charts of one stream, from its runs.

use std::collections::BTreeSet;

use super::frozen::{Frozen, FrozenBaseline, Known};
use super::latch::Alarms;
use super::list::{NEAR, asks_for_baseline, now, reach};
use super::metric::{Metric, Subject};
use super::monitor::{Monitor, Stream, replayed};
use super::observation::{Observation, StreamKey};
use super::series::MetricSeries;
use super::trace::Trace;
use super::view::{
    DriftCharts, Evidence, LotPoint, MetricBaseline, MetricChart, MetricLimits, MetricPoint, ShareBaseline,
};
use crate::spc::{Capability, LotState, Side, Summary};
use crate::trim::LocalTime;

impl Monitor {
    /// The charts of a stream with one figure unit by unit, from all its runs in any order; `None` when there is no such
    /// stream. Nothing changes.
    pub fn charts(&self, key: &StreamKey, metric: Metric, mut runs: Vec<Observation>) -> Option<DriftCharts> {
        let (stream, (_, newest)) = (self.streams.get(key)?, self.span()?);
        runs.retain(|run| run.stream == *key);
        runs.sort_by_key(|run| run.id);
        let (mut all, mut next) = (stream.alarms.clone(), u64::MAX / 2);
        let mut touched = BTreeSet::new();
        let mut alarms = Alarms::new(key, &mut all, (&mut next, &mut touched), 0);
        let mut trace = Trace::new(metric);
        let state = replayed(key, &runs, Some(newest), &stream.frozen(), &mut alarms, Some(&mut trace));
        let open = state.open_lot(newest);
        if let Some(open) = &open {
            trace.lot(open, false, None);
            let is_open = open.state == LotState::Open;
            trace.points.iter_mut().filter(|point| point.run.time >= open.first).for_each(|point| point.open = is_open);
        }
        let share = of_now(stream, Subject::FailShare);
        hint_open(trace.lots.last_mut(), share);
        let mut of_stream = stream.alarms.clone();
        of_stream.sort_by_key(|alarm| std::cmp::Reverse((alarm.time, alarm.id)));
        Some(DriftCharts {
            stream: key.clone(),
            share: share.and_then(share_baseline),
            share_learning: share.is_none().then(|| stream.state.share.learning.progress()),
            evidence: Metric::ALL.into_iter().map(|metric| evidence(stream, metric, newest)).collect(),
            chart: chart(stream, metric, trace.points),
            lots: trace.lots,
            markers: state.markers,
            epochs: stream.epochs.clone(),
            alarms: of_stream,
            asks_for_baseline: asks_for_baseline(stream, newest),
            report: None,
            newest,
        })
    }
}

/// The baseline of a subject since the last beginning.
fn of_now(stream: &Stream, subject: Subject) -> Option<&FrozenBaseline> {
    stream.frozen().baseline(subject, stream.state.epoch)
}

/// An open lot is not judged; its limit is drawn all the same.
fn hint_open(lot: Option<&mut LotPoint>, share: Option<&FrozenBaseline>) {
    let (Some(lot), Some(baseline)) = (lot, share) else { return };
    if lot.state == LotState::Open
        && lot.units > 0
        && let Some(chart) = baseline.p_chart_at(lot.last)
    {
        let (limit, by) = chart.limit(lot.units);
        (lot.limit, lot.by) = (Some(limit), Some(by));
    }
}

fn share_baseline(baseline: &FrozenBaseline) -> Option<ShareBaseline> {
    let Known::Shares(known) = baseline.known else { return None };
    Some(ShareBaseline {
        share: known.share(),
        lots: baseline.lots,
        units: known.units,
        from: baseline.from,
        to: baseline.to,
        run_length: baseline.limits.last()?.run_length,
        overdispersed: known.within.is_some(),
        late_inside: baseline.late_inside,
    })
}

fn metric_baseline(baseline: &FrozenBaseline) -> Option<MetricBaseline> {
    let Known::Units(known) = baseline.known else { return None };
    let at = |z: f64| known.reading(z);
    Some(MetricBaseline {
        centre: at(0.0),
        sigma: (at(-1.0), at(1.0)),
        lots: baseline.lots,
        units: baseline.units,
        from: baseline.from,
        to: baseline.to,
        phi_percent: known.phi_percent(),
        floored: known.floored,
        left_out: known.left_out,
        late_inside: baseline.late_inside,
    })
}

fn evidence(stream: &Stream, metric: Metric, newest: LocalTime) -> Evidence {
    let baseline = of_now(stream, metric.into());
    let series = stream.state.metrics.get(metric.place());
    let chart = series.and_then(MetricSeries::chart);
    let now = now(stream, metric, newest);
    let near = chart.and_then(|chart| Some(reach(chart)?.abs() >= NEAR * chart.limits().limit));
    Evidence {
        metric,
        baseline: baseline.and_then(metric_baseline),
        learning: baseline.is_none().then(|| series.map(|series| series.learning.progress()).unwrap_or_default()),
        now: now.map(|now| now.reading),
        shift: now.and_then(|now| now.shift),
        units: now.map_or(0, |now| now.units),
        near: near.unwrap_or(false),
        signal: now.is_some_and(|now| now.signal),
        odd: chart.map_or((0, 0), |chart| (chart.left_out(), chart.cut())),
    }
}

fn chart(stream: &Stream, metric: Metric, points: Vec<MetricPoint>) -> MetricChart {
    let frozen: Frozen<'_> = stream.frozen();
    let baseline = frozen.baseline(metric.into(), stream.state.epoch);
    let since = baseline.map(|baseline| baseline.from);
    let capability = (metric == Metric::LinearityError).then(|| capability(&points, since)).flatten();
    MetricChart {
        metric,
        baseline: baseline.and_then(metric_baseline),
        limits: baseline.and_then(|baseline| limits(metric, baseline)),
        points,
        capability,
    }
}

/// Of the linearity margin, 1 − error/spec, against 0: units since the baseline began.
fn capability(points: &[MetricPoint], since: Option<LocalTime>) -> Option<Capability> {
    let counted = points.iter().filter(|point| since.is_none_or(|since| point.run.time >= since));
    let margins: Vec<f64> = counted.map(|point| 1.0 - point.reading).collect();
    Capability::of(&Summary::of(&margins).ok()?, Some(0.0), None).ok()
}

fn limits(metric: Metric, baseline: &FrozenBaseline) -> Option<MetricLimits> {
    let Known::Units(known) = baseline.known else { return None };
    let held = baseline.limits.last()?;
    let weighted = held.weighted?;
    let at = |z: f64| known.reading(z);
    let pair = |z: f64| {
        let (low, high) = (Some(at(-z)), Some(at(z)));
        match weighted.side {
            Side::Both => (low, high),
            Side::Upper => (None, high),
            Side::Lower => (low, None),
        }
    };
    Some(MetricLimits {
        single: weighted.individuals.map(pair),
        ewma: pair(weighted.half_width()),
        family: known.family(),
        sigmas: (weighted.individuals, weighted.limit),
        run_length: held.run_length,
        alarms: metric.is_trigger(),
    })
}
