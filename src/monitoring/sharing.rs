//! The false alarms that the whole shop may give, shared out over its charts as limits.

use super::frozen::{FrozenBaseline, Known, LimitsFrom};
use super::lot_figures::LotFigures;
use super::metric::{Metric, Subject};
use super::monitor::{Monitor, Stream};
use crate::spc::false_alarms::{Clamp, LOT_SIZES};
use crate::spc::{ChartKind, ChartLoad, LotState, ModelCharts, Side, Weighted, share_out};
use crate::trim::LocalTime;

/// Rates are those of the last year.
const RATE_DAYS: i64 = 365;
/// A history is taken to be at least so long: the first days of a shop say nothing about its rate.
const LEAST_DAYS: f64 = 30.0;
/// Rates are looked at again after so many days.
const AGAIN_DAYS: i64 = 30;
/// Limits are set anew only when the run length asked for has changed by more than this factor.
const MUCH: f64 = 1.25;
/// The run length an [`Ask`](crate::spc::Ask) is made with before the sharing says which.
const ANY: u32 = 371;

/// How the false alarms were shared out last.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Shared {
    /// The newest run at that time.
    on: Option<LocalTime>,
    /// Days between two false alarms of the shop, as its limits will keep it; none without a chart.
    pub(super) expected_days: Option<f64>,
    /// Whether some chart's run length was kept within bounds.
    pub(super) clamped: bool,
}

impl Shared {
    /// Whether rates are to be looked at again.
    pub(super) fn is_due(&self, span: Option<(LocalTime, LocalTime)>) -> bool {
        let Some((_, newest)) = span else { return false };
        self.on.is_none_or(|on| newest.timestamp() - on.timestamp() >= AGAIN_DAYS * 86_400)
    }
}

/// A trigger's chart: whose, its place among the stream's baselines, its load.
struct Chart<'a> {
    baseline: &'a FrozenBaseline,
    load: ChartLoad,
}

impl Monitor {
    /// Shares out anew; the baselines that got other limits. Evidence is drawn with limits of the same run length as the
    /// triggers of its stream, and does not count.
    pub(super) fn share_again(&mut self) -> Vec<FrozenBaseline> {
        let Some((oldest, newest)) = self.span else { return Vec::new() };
        let span = (newest.timestamp() - oldest.timestamp()).min(RATE_DAYS * 86_400) as f64 / 86_400.0;
        let rates = Rates { newest, days: span.max(LEAST_DAYS) };
        let of_each: Vec<Vec<Chart<'_>>> = self.streams.values().map(|stream| rates.charts(stream)).collect();
        let models: Vec<ModelCharts> = self
            .streams
            .values()
            .zip(&of_each)
            .map(|(stream, charts)| ModelCharts {
                units_a_day: if charts.is_empty() { 0.0 } else { rates.units_a_day(stream) },
                charts: charts.iter().map(|chart| chart.load).collect(),
            })
            .collect();
        let shop = share_out(self.settings.false_alarm_every_days, &models);
        let mut set = Vec::new();
        for ((stream, charts), shares) in self.streams.values().zip(&of_each).zip(&shop.models) {
            for (chart, share) in charts.iter().zip(shares) {
                set.push((
                    stream.state.key.clone(),
                    chart.baseline.subject,
                    chart.baseline.epoch,
                    (share.run_length, share.clamp, share.expected_a_day),
                ));
            }
        }
        self.shared = Shared {
            on: Some(newest),
            expected_days: Some(shop.expected_every_days).filter(|days| days.is_finite()),
            clamped: shop.clamped,
        };
        let mut changed = Vec::new();
        for (key, subject, epoch, share) in set {
            let Some(stream) = self.streams.get_mut(&key) else { continue };
            let wanted = |frozen: &&mut FrozenBaseline| frozen.subject == subject && frozen.epoch == epoch;
            if let Some(baseline) = stream.baselines.iter_mut().find(wanted) {
                changed.extend(set_limits(baseline, newest, share));
            }
        }
        for stream in self.streams.values_mut() {
            changed.extend(set_evidence(stream, newest));
        }
        changed
    }
}

/// Evidence gets limits once, of the run length of a trigger.
fn set_evidence(stream: &mut Stream, newest: LocalTime) -> Vec<FrozenBaseline> {
    let of_triggers =
        |baseline: &&FrozenBaseline| matches!(baseline.subject, Subject::Metric(metric) if metric.is_trigger());
    let triggers = stream.baselines.iter().filter(of_triggers).filter_map(|baseline| baseline.limits.last());
    let run_length = triggers.map(|limits| limits.run_length).max().unwrap_or(ANY);
    let bare = stream.baselines.iter_mut().filter(|baseline| baseline.limits.is_empty());
    bare.filter_map(|baseline| set_limits(baseline, newest, (run_length, Clamp::Free, 0.0))).collect()
}

/// Gives a baseline limits, when they are its first or differ much from those it has.
fn set_limits(
    baseline: &mut FrozenBaseline,
    newest: LocalTime,
    (run_length, clamp, expected_a_day): (u32, Clamp, f64),
) -> Option<FrozenBaseline> {
    let before = baseline.limits.last();
    let ratio = before.map_or(f64::INFINITY, |before| f64::from(run_length) / f64::from(before.run_length));
    let is_early = before.is_some_and(|before| newest.timestamp() - before.from.timestamp() < AGAIN_DAYS * 86_400);
    if is_early || (1.0 / MUCH..=MUCH).contains(&ratio) {
        return None;
    }
    let weighted = match (&baseline.known, baseline.subject) {
        (Known::Units(known), Subject::Metric(metric)) => Some(limits(known.ask(metric.side(), run_length))?),
        _ => None,
    };
    let from = if before.is_none() { baseline.to } else { newest };
    baseline.limits.push(LimitsFrom { from, run_length, clamp, expected_a_day, weighted });
    Some(baseline.clone())
}

fn limits(ask: crate::spc::Ask) -> Option<Weighted> {
    ask.tabled().ok().map(|tabled| tabled.limits)
}

/// How much a stream brings, over the last year or since the history began.
struct Rates {
    newest: LocalTime,
    days: f64,
}

impl Rates {
    fn recent<'a>(&self, stream: &'a Stream) -> impl Iterator<Item = &'a LotFigures> + use<'a> {
        let since = self.newest.timestamp() - RATE_DAYS * 86_400;
        stream.state.lots.iter().filter(move |lot| lot.last.timestamp() > since)
    }

    /// Units of each lot that is judged.
    fn judged(&self, stream: &Stream) -> impl Iterator<Item = u32> {
        let closed = self.recent(stream).filter(|lot| lot.state == LotState::Closed);
        closed.map(|lot| lot.counted.units).filter(|units| *units > 0)
    }

    fn units_a_day(&self, stream: &Stream) -> f64 {
        let units =
            |lot: &LotFigures| lot.centres.iter().map(|(units, _)| *units).max().unwrap_or(0).max(lot.counted.units);
        f64::from(self.recent(stream).map(units).sum::<u32>()) / self.days
    }

    /// The charts of a stream's triggers since its last beginning.
    fn charts<'a>(&self, stream: &'a Stream) -> Vec<Chart<'a>> {
        let frozen = stream.frozen();
        let baselines = Subject::triggers().filter_map(|subject| frozen.baseline(subject, stream.state.epoch));
        baselines.map(|baseline| Chart { baseline, load: self.load(stream, baseline) }).collect()
    }

    fn load(&self, stream: &Stream, baseline: &FrozenBaseline) -> ChartLoad {
        match (baseline.known, baseline.subject) {
            (Known::Units(known), Subject::Metric(metric)) => {
                let readings: u32 = self.recent(stream).map(|lot| readings(lot, metric)).sum();
                ChartLoad {
                    a_day: f64::from(readings) / self.days,
                    kind: ChartKind::Units(known.ask(metric.side(), ANY)),
                }
            }
            (Known::Units(known), _) => ChartLoad { a_day: 0.0, kind: ChartKind::Units(known.ask(Side::Both, ANY)) },
            (Known::Shares(chart), _) => {
                let mut sizes: Vec<u32> = self.judged(stream).collect();
                sizes.sort_unstable();
                ChartLoad {
                    a_day: sizes.len() as f64 / self.days,
                    kind: ChartKind::Lots { chart, lot_units: spread(&sizes) },
                }
            }
        }
    }
}

/// Sizes that stand for all, which are in order: the middles of as many equal parts.
fn spread(sizes: &[u32]) -> [u32; LOT_SIZES] {
    std::array::from_fn(|part| {
        let place = (2 * part + 1) * sizes.len() / (2 * LOT_SIZES);
        sizes.get(place).copied().unwrap_or(1)
    })
}

fn readings(lot: &LotFigures, metric: Metric) -> u32 {
    lot.centres.get(metric.place()).map_or(0, |(units, _)| *units)
}
