//! Drift as tables: lines of the list, lots, units of a figure, evidence. Times are the plant's.

use super::cell::Cell;
use crate::monitoring::{DriftLine, Evidence, LotPoint, MetricPoint};
use crate::spc::p_chart::PLimitBy;
use crate::spc::{LotState, SignalBy};
use crate::trim::LocalTime;

/// The head of the list; yields are percent.
pub const LINE_COLUMNS: &[&str] = &[
    "model",
    "laser",
    "standing",
    "why",
    "yield_90_days",
    "n_90_days",
    "open_alarms",
    "excess_bad_units_a_week",
    "newest_run",
];

/// One row of the list.
pub fn line_row(line: &DriftLine) -> Vec<Cell<'_>> {
    vec![
        Cell::text(&line.stream.model),
        Cell::text(&line.stream.laser),
        Cell::text(line.standing.word()),
        Cell::text(&line.why),
        Cell::number(line.ninety.percent()),
        Cell::Count(u64::from(line.ninety.units)),
        Cell::Count(line.open.len() as u64),
        Cell::number(Some(line.excess_a_week)),
        time(line.last),
    ]
}

/// The head of a table of lots; shares and limits are 0 … 1.
pub const LOT_COLUMNS: &[&str] =
    &["first", "last", "units", "failed", "share", "limit", "limit_by", "state", "in_baseline", "signal"];

/// A lot.
pub fn lot_row(lot: &LotPoint) -> Vec<Cell<'static>> {
    let state = match lot.state {
        LotState::Open => "open",
        LotState::Closed => "closed",
        LotState::Waiting => "waiting",
        LotState::Unjudged => "unjudged",
    };
    let by = lot.by.map(|by| match by {
        PLimitBy::Normal => "normal",
        PLimitBy::Binomial => "binomial",
        PLimitBy::BetaBinomial => "beta-binomial",
    });
    vec![
        time(lot.first),
        time(lot.last),
        Cell::Count(u64::from(lot.units)),
        Cell::Count(u64::from(lot.failed)),
        Cell::number(lot.share()),
        Cell::number(lot.limit),
        Cell::word(by),
        Cell::text(state),
        Cell::Flag(lot.in_baseline),
        Cell::Flag(lot.signal),
    ]
}

/// The head of a table of a figure's units, in the figure's own unit.
pub const POINT_COLUMNS: &[&str] = &["time", "reading", "average", "in_baseline", "lot_open", "cut", "signal"];

/// A unit.
pub fn point_row(point: &MetricPoint) -> Vec<Cell<'static>> {
    let signal = point.signal.map(|by| match by {
        SignalBy::Individual => "single value",
        SignalBy::Ewma => "average",
    });
    vec![
        time(point.run.time),
        Cell::number(Some(point.reading)),
        Cell::number(point.ewma),
        Cell::Flag(point.in_baseline),
        Cell::Flag(point.open),
        Cell::Flag(point.cut),
        Cell::word(signal),
    ]
}

/// The head of the evidence.
pub const EVIDENCE_COLUMNS: &[&str] = &["figure", "baseline", "now", "shift_sigmas", "n", "near", "signal"];

/// A line of it.
pub fn evidence_row(evidence: &Evidence) -> Vec<Cell<'static>> {
    vec![
        Cell::text(evidence.metric.word()),
        Cell::number(evidence.baseline.map(|baseline| baseline.centre)),
        Cell::number(evidence.now),
        Cell::number(evidence.shift),
        Cell::Count(u64::from(evidence.units)),
        Cell::Flag(evidence.near),
        Cell::Flag(evidence.signal),
    ]
}

fn time(time: LocalTime) -> Cell<'static> {
    Cell::text(time.to_string())
}
