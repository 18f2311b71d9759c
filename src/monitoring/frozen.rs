//! A frozen baseline, and the limits that hold on it from when on.

use serde::{Deserialize, Serialize};

use super::metric::Subject;
use super::observation::StreamKey;
use crate::spc::false_alarms::Clamp;
use crate::spc::{Baseline, PBaseline, PChart, Weighted};
use crate::trim::LocalTime;

/// What a baseline knows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Known {
    /// Of a figure, unit by unit.
    Units(Baseline),
    /// Of the share of failed units, lot by lot.
    Shares(PBaseline),
}

/// Limits, and from when on they hold: the false alarms of the shop are shared anew when it has changed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LimitsFrom {
    /// Runs and lots after this time are held against them.
    pub from: LocalTime,
    /// Run length in control that was asked for, units or lots.
    pub run_length: u32,
    /// Whether that was kept within its bounds.
    pub clamp: Clamp,
    /// False alarms a day that the chart was expected to give when it was asked.
    pub expected_a_day: f64,
    /// Limits of a figure's chart, in baseline sigmas; none for a share, whose limits follow from the run length and the
    /// size of each lot.
    pub weighted: Option<Weighted>,
}

/// A baseline: found once, kept for good.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FrozenBaseline {
    /// Whose.
    pub stream: StreamKey,
    /// Of what.
    pub subject: Subject,
    /// The beginning it belongs to: somebody asked for a new baseline from then on.
    pub epoch: Option<LocalTime>,
    /// Time of its first run.
    pub from: LocalTime,
    /// Time of its last run; what comes later is held against it.
    pub to: LocalTime,
    /// Lots in it.
    pub lots: usize,
    /// Units in it.
    pub units: usize,
    /// What it knows.
    pub known: Known,
    /// Its limits, in order of time; the first hold from the start.
    pub limits: Vec<LimitsFrom>,
    /// When it was frozen, milliseconds since 1970 UTC.
    pub frozen_ms: i64,
    /// Whether a run that came later, or was changed later, lies inside.
    pub late_inside: bool,
}

impl FrozenBaseline {
    /// The limits that hold at a time: set before it.
    pub fn limits_at(&self, time: LocalTime) -> Option<&LimitsFrom> {
        let later = self.limits.partition_point(|limits| limits.from < time);
        self.limits.get(later.saturating_sub(1))
    }

    /// The chart that lots ending at a time are held against; none of a figure, or before there are limits.
    pub(super) fn p_chart_at(&self, time: LocalTime) -> Option<PChart> {
        let Known::Shares(known) = self.known else { return None };
        PChart::new(known, 1.0 / f64::from(self.limits_at(time)?.run_length.max(3))).ok()
    }
}

/// A new beginning: somebody asked for a new baseline from a time on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Epoch {
    /// Whose.
    pub stream: StreamKey,
    /// Lots that begin at this time or later count.
    pub from: LocalTime,
    /// Why: a requalified process, a new limit table.
    pub reason: String,
    /// Who asked.
    pub by: String,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
}

/// What is frozen of a stream.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frozen<'a> {
    pub(super) epochs: &'a [Epoch],
    pub(super) baselines: &'a [FrozenBaseline],
}

impl<'a> Frozen<'a> {
    /// The beginning that a time belongs to; `None` = the first.
    pub(super) fn epoch_at(&self, time: LocalTime) -> Option<LocalTime> {
        self.epochs.iter().map(|epoch| epoch.from).filter(|from| *from <= time).max()
    }

    /// How many baselines, limits and beginnings there are: one more of any makes other charts.
    pub(super) fn count(&self) -> u32 {
        let limits: usize = self.baselines.iter().map(|baseline| 1 + baseline.limits.len()).sum();
        u32::try_from(limits + self.epochs.len()).unwrap_or(u32::MAX)
    }

    /// The baseline of a subject since a beginning.
    pub(super) fn baseline(&self, subject: Subject, epoch: Option<LocalTime>) -> Option<&'a FrozenBaseline> {
        self.baselines.iter().find(|frozen| frozen.subject == subject && frozen.epoch == epoch)
    }
}
