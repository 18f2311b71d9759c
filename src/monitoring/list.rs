//! Where every stream stands → the ranked list.

use super::alarm::Alarm;
use super::lot_figures::LotFigures;
use super::metric::{Metric, Subject};
use super::monitor::{Monitor, Stream};
use super::setting::Marker;
use super::view::{DriftLine, DriftList, GoodOf, Standing};
use super::words;
use crate::spc::{Side, UnitChart};
use crate::trim::LocalTime;

/// A stream without a run for longer is idle.
const IDLE_DAYS: i64 = 30;
/// A gap of more than so many days asks for a new baseline.
const GAP_DAYS: i64 = 90;
/// Days that the yield of the list looks back.
const YIELD_DAYS: i64 = 90;
/// Share of its limit from which on a chart is near to it.
pub(super) const NEAR: f64 = 0.85;
/// Baseline sigmas from which on a shift is worth a word.
const WORTH: f64 = 1.0;
const DAY: i64 = 86_400;

impl Monitor {
    /// The list, in the order of importance.
    pub fn list(&self) -> DriftList {
        let mut open: Vec<Alarm> = self.alarms().filter(|alarm| alarm.is_open()).cloned().collect();
        open.sort_by_key(|alarm| (alarm.time, alarm.id));
        let newest = self.span().map(|(_, newest)| newest);
        let line = |stream| newest.and_then(|newest| line(self, stream, newest));
        let mut lines: Vec<DriftLine> = self.streams.values().filter_map(line).collect();
        let rank = |line: &DriftLine| match line.standing {
            Standing::Alarm { .. } => 0,
            Standing::Watch => 1,
            Standing::InControl => 2,
            Standing::Learning { .. } => 3,
            Standing::Idle { .. } => 4,
        };
        lines.sort_by(|a, b| {
            let order = rank(a).cmp(&rank(b)).then(b.excess_a_week.total_cmp(&a.excess_a_week));
            order.then(b.last.cmp(&a.last)).then(a.stream.cmp(&b.stream))
        });
        DriftList {
            lines,
            open,
            newest,
            asked_days: self.settings.false_alarm_every_days,
            expected_days: self.shared.expected_days,
            clamped: self.shared.clamped,
            causes: self.settings.causes.clone(),
            building: None,
        }
    }
}

fn line(monitor: &Monitor, stream: &Stream, newest: LocalTime) -> Option<DriftLine> {
    let last = stream.state.newest?.time;
    let open: Vec<&Alarm> = stream.alarms.iter().filter(|alarm| alarm.is_open()).collect();
    let standing = standing(monitor, stream, &open, newest);
    let excess_a_week = if open.is_empty() { 0.0 } else { excess(stream, &open, newest) };
    Some(DriftLine {
        stream: stream.state.key.clone(),
        standing,
        months: months(stream, newest),
        ninety: sum(lots(stream, newest).filter(|lot| lot.last.timestamp() > newest.timestamp() - YIELD_DAYS * DAY)),
        why: why(stream, standing, &open, newest),
        last,
        open: open.iter().map(|alarm| alarm.id).collect(),
        excess_a_week,
    })
}

/// All its remembered lots and the open one.
pub(super) fn lots(stream: &Stream, newest: LocalTime) -> impl Iterator<Item = LotFigures> {
    stream.state.lots.iter().cloned().chain(stream.state.open_lot(newest))
}

fn sum(lots: impl Iterator<Item = LotFigures>) -> GoodOf {
    lots.fold(GoodOf::default(), |sum, lot| GoodOf {
        good: sum.good + lot.counted.units - lot.counted.failed,
        units: sum.units + lot.counted.units,
    })
}

/// Months since year 0.
fn month(time: LocalTime) -> i64 {
    i64::from(time.date.year) * 12 + i64::from(time.date.month)
}

fn months(stream: &Stream, newest: LocalTime) -> [GoodOf; 12] {
    let mut months = [GoodOf::default(); 12];
    for lot in lots(stream, newest) {
        let place = usize::try_from(11 - (month(newest) - month(lot.last))).ok();
        if let Some(place) = place.and_then(|place| months.get_mut(place)) {
            place.good += lot.counted.units - lot.counted.failed;
            place.units += lot.counted.units;
        }
    }
    months
}

fn standing(monitor: &Monitor, stream: &Stream, open: &[&Alarm], newest: LocalTime) -> Standing {
    if let Some(since) = open.iter().map(|alarm| alarm.time).min() {
        return Standing::Alarm { since };
    }
    let idle = stream.state.newest.map_or(0, |last| newest.timestamp() - last.time.timestamp()) / DAY;
    if idle > IDLE_DAYS {
        return Standing::Idle { days: u32::try_from(idle).unwrap_or(u32::MAX) };
    }
    let epoch = stream.state.epoch;
    if Subject::triggers().all(|subject| stream.frozen().baseline(subject, epoch).is_none()) {
        let (lots, units) = progress(stream);
        let rule = &monitor.settings.baseline;
        return Standing::Learning { lots, of_lots: rule.lots, units, of_units: rule.units };
    }
    let held = Subject::triggers().any(|subject| stream.state.alarm_of(subject, &stream.alarms, newest).is_some());
    if held || nearest(stream).is_some() { Standing::Watch } else { Standing::InControl }
}

/// Lots and units towards the first baseline of a trigger.
fn progress(stream: &Stream) -> (usize, usize) {
    let triggers = Metric::ALL.into_iter().zip(&stream.state.metrics).filter(|(metric, _)| metric.is_trigger());
    let metrics = triggers.map(|(_, series)| series.learning.progress());
    metrics.chain([stream.state.share.learning.progress()]).max().unwrap_or_default()
}

/// Bad units a week beyond the baseline's, since the first open alarm.
fn excess(stream: &Stream, open: &[&Alarm], newest: LocalTime) -> f64 {
    let frozen = stream.frozen();
    let baseline = frozen.baseline(Subject::FailShare, stream.state.epoch);
    let Some(super::frozen::Known::Shares(known)) = baseline.map(|baseline| baseline.known) else { return 0.0 };
    let Some(since) = open.iter().map(|alarm| alarm.time).min() else { return 0.0 };
    let now = sum(lots(stream, newest).filter(|lot| lot.last >= since));
    let Some(good) = now.percent() else { return 0.0 };
    (1.0 - good / 100.0 - known.share()) * stream.state.units_a_week(newest)
}

/// A chart that is nearer to its limit than 85 % of it: the metric, how far, its limit; in EWMA's own sigmas.
fn nearest(stream: &Stream) -> Option<(Metric, f64, f64)> {
    let triggers = Metric::ALL.into_iter().zip(&stream.state.metrics).filter(|(metric, _)| metric.is_trigger());
    let charts = triggers.filter_map(|(metric, series)| Some((metric, series.chart()?)));
    let near = charts.filter_map(|(metric, chart)| Some((metric, reach(chart)?, chart.limits().limit)));
    near.filter(|(_, at, limit)| at.abs() >= NEAR * limit)
        .max_by(|a, b| (a.1.abs() / a.2).total_cmp(&(b.1.abs() / b.2)))
}

/// Where the average of a chart stands on the side that is worse, in its own sigmas.
pub(super) fn reach(chart: &UnitChart) -> Option<f64> {
    let limits = chart.limits();
    let at = chart.ewma() / limits.half_width() * limits.limit;
    let worse = match limits.side {
        Side::Both => true,
        Side::Upper => at > 0.0,
        Side::Lower => at < 0.0,
    };
    worse.then_some(at)
}

fn why(stream: &Stream, standing: Standing, open: &[&Alarm], newest: LocalTime) -> String {
    let mut parts = Vec::new();
    let prefix = format!("{}: ", stream.state.key);
    let without = |sentence: &str| sentence.strip_prefix(&prefix).unwrap_or(sentence).to_owned();
    match standing {
        Standing::Alarm { .. } => {
            parts.extend(open.first().map(|alarm| without(&alarm.sentence)));
            parts.extend(open.first().and_then(|alarm| moved(stream, alarm, newest)));
        }
        Standing::Watch => parts.extend(watched(stream, newest)),
        Standing::Learning { lots, of_lots, units, of_units } if units < of_units => {
            parts.push(format!("not enough baseline ({units} of {of_units} units, {lots} of {of_lots} lots)"));
        }
        Standing::Learning { lots, of_lots, .. } if lots < of_lots => {
            parts.push(format!("not enough baseline ({lots} of {of_lots} lots)"));
        }
        Standing::Learning { .. } => parts.push("no stretch of lots without a signal yet".to_owned()),
        Standing::InControl | Standing::Idle { .. } => {}
    }
    parts.extend(asks_for_baseline(stream, newest));
    parts.join(". ")
}

/// The trigger that has moved most beside the one that alarms.
fn moved(stream: &Stream, alarm: &Alarm, newest: LocalTime) -> Option<String> {
    let triggers = Metric::ALL.into_iter().filter(|metric| metric.is_trigger() && alarm.subject != (*metric).into());
    let shifts = triggers.filter_map(|metric| Some((metric, now(stream, metric, newest)?.shift?)));
    let worse = shifts.filter(|(metric, shift)| metric.side() == Side::Both || *shift > 0.0);
    let (metric, shift) = worse.max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))?;
    let series = stream.state.metrics.get(metric.place())?;
    let since = series.moved_since(shift > 0.0).map(|since| format!(" since {}", words::day(since, newest)));
    (shift.abs() >= WORTH).then(|| format!("{} {}{}", metric.title(), words::shift(shift), since.unwrap_or_default()))
}

fn watched(stream: &Stream, newest: LocalTime) -> Option<String> {
    if let Some((metric, at, limit)) = nearest(stream) {
        let way = if at > 0.0 { "rising" } else { "falling" };
        return Some(format!("{} {way}, average at {:.1} of {limit:.1} σ", metric.title(), at.abs()));
    }
    let held = Subject::triggers().find_map(|subject| stream.state.alarm_of(subject, &stream.alarms, newest));
    let alarm = stream.alarms.iter().find(|alarm| Some(alarm.id) == held)?;
    Some(format!("{} was acknowledged; no clean lot since", alarm.subject.title()))
}

/// Where the newest lot of at least three units stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Now {
    /// Its centre, in the metric's unit.
    pub(super) reading: f64,
    /// How far that is from the baseline.
    pub(super) shift: Option<f64>,
    /// Units with a reading.
    pub(super) units: u32,
    /// Whether the chart signalled in it.
    pub(super) signal: bool,
}

pub(super) fn now(stream: &Stream, metric: Metric, newest: LocalTime) -> Option<Now> {
    const LEAST: u32 = 3;
    let lots: Vec<LotFigures> = lots(stream, newest).collect();
    let lot =
        lots.iter().rev().find(|lot| lot.centres.get(metric.place()).is_some_and(|(units, _)| *units >= LEAST))?;
    let (units, mean) = *lot.centres.get(metric.place())?;
    let known = stream.frozen().baseline(metric.into(), stream.state.epoch).map(|baseline| baseline.known);
    let shift = match known {
        Some(super::frozen::Known::Units(known)) => Some((mean - known.summary.mean) / known.sigma),
        _ => None,
    };
    let signal = lot.signals.contains(&metric.into());
    Some(Now { reading: metric.scale().reading(mean), shift, units, signal })
}

/// Why a new baseline is asked for: the limit table changed, or nothing ran for long.
pub(super) fn asks_for_baseline(stream: &Stream, newest: LocalTime) -> Option<String> {
    let frozen = stream.frozen();
    let triggers = Subject::triggers().filter_map(|subject| frozen.baseline(subject, stream.state.epoch));
    let since = triggers.map(|baseline| baseline.to).min()?;
    let table = |marker: &&Marker| marker.setting.asks_for_baseline() && marker.time > since;
    if let Some(marker) = stream.state.markers.iter().rev().find(table) {
        let day = words::day(marker.time, newest);
        return Some(format!("{marker} on {day}: a new baseline is asked for"));
    }
    let lots = stream.state.lots.as_slice();
    let gap = lots.windows(2).rev().find_map(|pair| {
        let [before, after] = pair else { return None };
        let days = (after.first.timestamp() - before.last.timestamp()) / DAY;
        (days > GAP_DAYS && after.first > since).then_some((days, after.first))
    });
    gap.map(|(days, from)| {
        format!("nothing ran for {days} days before {}: a new baseline is asked for", words::day(from, newest))
    })
}
