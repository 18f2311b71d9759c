//! Drift as JSON and rows: the list, a stream's charts, alarms. Times are the plant's, `YYYY-MM-DDTHH:MM:SS`.

pub use super::drift_rows::{
    EVIDENCE_COLUMNS, LINE_COLUMNS, LOT_COLUMNS, POINT_COLUMNS, evidence_row, line_row, lot_row, point_row,
};
use serde_json::{Value, json};

use super::cell::Cell;
use crate::monitoring::{
    Alarm, DriftCharts, DriftLine, DriftList, Evidence, GoodOf, LotPoint, MetricBaseline, MetricChart, MetricPoint,
    ShareBaseline, Standing,
};

/// The list as one JSON object.
pub fn drift_list(list: &DriftList) -> Value {
    json!({
        "newest": list.newest.map(|time| time.to_string()),
        "false_alarm_every_days": list.asked_days,
        "expected_false_alarm_every_days": list.expected_days,
        "clamped": list.clamped,
        "open_alarms": list.open.iter().map(alarm).collect::<Vec<Value>>(),
        "lines": list.lines.iter().map(line).collect::<Vec<Value>>(),
    })
}

fn line(line: &DriftLine) -> Value {
    let months: Vec<Value> = line.months.into_iter().map(good_of).collect();
    let mut value = json!({
        "model": line.stream.model,
        "laser": line.stream.laser,
        "standing": line.standing.word(),
        "why": line.why,
        "last": line.last.to_string(),
        "yield_90_days": good_of(line.ninety),
        "yield_12_months": months,
        "open_alarms": line.open,
        "excess_bad_units_a_week": line.excess_a_week,
    });
    let extra = match line.standing {
        Standing::Alarm { since } => json!({ "since": since.to_string() }),
        Standing::Learning { lots, of_lots, units, of_units } => {
            json!({ "lots": lots, "of_lots": of_lots, "units": units, "of_units": of_units })
        }
        Standing::Idle { days } => json!({ "idle_days": days }),
        Standing::Watch | Standing::InControl => json!({}),
    };
    if let (Value::Object(value), Value::Object(extra)) = (&mut value, extra) {
        value.extend(extra);
    }
    value
}

fn good_of(good: GoodOf) -> Value {
    json!({ "percent": good.percent(), "good": good.good, "n": good.units })
}

/// A stream's charts as one JSON object.
pub fn drift_charts(charts: &DriftCharts) -> Value {
    json!({
        "model": charts.stream.model,
        "laser": charts.stream.laser,
        "lots": charts.lots.iter().map(lot).collect::<Vec<Value>>(),
        "fail_share_baseline": charts.share.as_ref().map(share_baseline),
        "evidence": charts.evidence.iter().map(evidence).collect::<Vec<Value>>(),
        "chart": chart(&charts.chart),
        "changed": charts.markers.iter().map(|marker| {
            json!({ "time": marker.time.to_string(), "what": marker.setting.title(), "before": marker.before, "after": marker.after })
        }).collect::<Vec<Value>>(),
        "alarms": charts.alarms.iter().map(alarm).collect::<Vec<Value>>(),
        "asks_for_baseline": charts.asks_for_baseline,
        "detector": charts.report,
    })
}

fn lot(lot: &LotPoint) -> Value {
    json!({
        "first": lot.first.to_string(),
        "last": lot.last.to_string(),
        "units": lot.units,
        "failed": lot.failed,
        "share": lot.share(),
        "limit": lot.limit,
        "limit_by": lot.by,
        "state": lot.state,
        "in_baseline": lot.in_baseline,
        "signal": lot.signal,
    })
}

fn share_baseline(baseline: &ShareBaseline) -> Value {
    json!({
        "share": baseline.share,
        "lots": baseline.lots,
        "units": baseline.units,
        "from": baseline.from.to_string(),
        "to": baseline.to.to_string(),
        "run_length_lots": baseline.run_length,
        "overdispersed": baseline.overdispersed,
        "late_inside": baseline.late_inside,
    })
}

fn metric_baseline(baseline: &MetricBaseline) -> Value {
    json!({
        "centre": baseline.centre,
        "sigma": baseline.sigma,
        "lots": baseline.lots,
        "units": baseline.units,
        "from": baseline.from.to_string(),
        "to": baseline.to.to_string(),
        "autocorrelation_percent": baseline.phi_percent,
        "sigma_is_floor": baseline.floored,
        "left_out": baseline.left_out,
        "late_inside": baseline.late_inside,
    })
}

fn chart(chart: &MetricChart) -> Value {
    let point = |point: &MetricPoint| {
        json!({
            "time": point.run.time.to_string(),
            "reading": point.reading,
            "ewma": point.ewma,
            "in_baseline": point.in_baseline,
            "open": point.open,
            "cut": point.cut,
            "signal": point.signal,
        })
    };
    json!({
        "metric": chart.metric.word(),
        "baseline": chart.baseline.as_ref().map(metric_baseline),
        "limits": chart.limits,
        "points": chart.points.iter().map(point).collect::<Vec<Value>>(),
        "capability": chart.capability,
    })
}

fn evidence(evidence: &Evidence) -> Value {
    json!({
        "metric": evidence.metric.word(),
        "trigger": evidence.metric.is_trigger(),
        "baseline": evidence.baseline.as_ref().map(metric_baseline),
        "learning": evidence.learning,
        "now": evidence.now,
        "shift_sigmas": evidence.shift,
        "n": evidence.units,
        "near": evidence.near,
        "signal": evidence.signal,
        "left_out": evidence.odd.0,
        "cut": evidence.odd.1,
    })
}

/// An alarm as one JSON object.
pub fn alarm(alarm: &Alarm) -> Value {
    let context = &alarm.context;
    json!({
        "alarm": alarm.id,
        "model": alarm.stream.model,
        "laser": alarm.stream.laser,
        "subject": alarm.subject.word(),
        "joined": alarm.joined.iter().map(|subject| subject.word()).collect::<Vec<&str>>(),
        "time": alarm.time.to_string(),
        "raised_ms": alarm.raised_ms,
        "sentence": alarm.sentence,
        "rule": context.rule.title(),
        "value": context.value,
        "limit": context.limit,
        "shift_sigmas": context.shift,
        "since": context.since.map(|time| time.to_string()),
        "baseline": context.baseline.map(|baseline| json!({
            "centre": baseline.centre,
            "sigma": baseline.sigma,
            "from": baseline.from.to_string(),
            "to": baseline.to.to_string(),
            "lots": baseline.lots,
            "units": baseline.units,
        })),
        "lot": context.lot.map(|lot| json!({
            "first": lot.first.to_string(),
            "last": lot.last.to_string(),
            "units": lot.units,
            "failed": lot.failed,
        })),
        "units_in_lot": context.units.len(),
        "changed": context.changed,
        "excess_bad_units_a_week": alarm.excess_a_week,
        "signals": alarm.signals,
        "last": alarm.last.to_string(),
        "doubts": alarm.doubts.iter().map(|doubt| doubt.words()).collect::<Vec<&str>>(),
        "acknowledged": alarm.acknowledged.as_ref().map(|seen| {
            json!({ "cause": seen.cause, "by": seen.by, "note": seen.note, "at_ms": seen.at_ms })
        }),
    })
}

/// The head of a table of alarms.
pub const ALARM_COLUMNS: &[&str] = &[
    "alarm",
    "time",
    "model",
    "laser",
    "subject",
    "joined",
    "rule",
    "value",
    "limit",
    "shift_sigmas",
    "since",
    "signals",
    "last",
    "doubts",
    "changed",
    "cause",
    "by",
    "note",
    "acknowledged_ms",
    "sentence",
];

/// One row of it; numbers read back exactly.
pub fn alarm_row(alarm: &Alarm) -> Vec<Cell<'_>> {
    let context = &alarm.context;
    let seen = alarm.acknowledged.as_ref();
    let joined: Vec<&str> = alarm.joined.iter().map(|subject| subject.word()).collect();
    let doubts: Vec<&str> = alarm.doubts.iter().map(|doubt| doubt.words()).collect();
    vec![
        Cell::Count(alarm.id),
        Cell::text(alarm.time.to_string()),
        Cell::text(&alarm.stream.model),
        Cell::text(&alarm.stream.laser),
        Cell::text(alarm.subject.word()),
        Cell::text(joined.join(" ")),
        Cell::text(context.rule.title()),
        Cell::number(Some(context.value)),
        Cell::number(Some(context.limit)),
        Cell::number(context.shift),
        Cell::text(context.since.map(|since| since.to_string()).unwrap_or_default()),
        Cell::count(Some(alarm.signals)),
        Cell::text(alarm.last.to_string()),
        Cell::text(doubts.join("; ")),
        Cell::text(context.changed.join("; ")),
        Cell::word(seen.map(|seen| seen.cause.as_str())),
        Cell::word(seen.map(|seen| seen.by.as_str())),
        Cell::word(seen.map(|seen| seen.note.as_str())),
        Cell::count(seen.and_then(|seen| u64::try_from(seen.at_ms).ok())),
        Cell::text(&alarm.sentence),
    ]
}
