//! What a screen, a script or an export is given: the ranked list, and the charts of one stream.

use serde::{Deserialize, Serialize};

use super::alarm::Alarm;
use super::frozen::Epoch;
use super::metric::Metric;
use super::observation::{RunId, StreamKey};
use super::setting::Marker;
use crate::spc::p_chart::PLimitBy;
use crate::spc::{Capability, Family, LotState, SignalBy};
use crate::trim::LocalTime;

/// How a stream stands.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Standing {
    /// An alarm nobody has seen to; since when.
    Alarm {
        /// Time of the oldest open alarm's signal.
        since: LocalTime,
    },
    /// No alarm, but near one; or one that was seen to and has not been followed by a clean lot yet.
    Watch,
    /// All charts within their limits.
    InControl,
    /// No baseline of any trigger yet.
    Learning {
        /// Closed lots so far, of a stretch that can be a baseline.
        lots: usize,
        /// Lots it takes.
        of_lots: usize,
        /// Units in them.
        units: usize,
        /// Units it takes.
        of_units: usize,
    },
    /// No run for so many days, counted to the newest run of the whole history.
    Idle {
        /// Days.
        days: u32,
    },
}

impl Standing {
    /// One word for scripts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Alarm { .. } => "alarm",
            Self::Watch => "watch",
            Self::InControl => "in control",
            Self::Learning { .. } => "learning",
            Self::Idle { .. } => "idle",
        }
    }
}

/// Units of a month or of 90 days, by the last run of each in its lot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoodOf {
    /// Good ones.
    pub good: u32,
    /// All with a verdict.
    pub units: u32,
}

impl GoodOf {
    /// Yield, percent; `None` of nothing.
    pub fn percent(self) -> Option<f64> {
        (self.units > 0).then(|| 100.0 * f64::from(self.good) / f64::from(self.units))
    }
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DriftLine {
    /// Whose.
    pub stream: StreamKey,
    /// How it stands.
    pub standing: Standing,
    /// Yield of each of the last 12 calendar months of the history, the oldest first.
    pub months: [GoodOf; 12],
    /// Yield of the last 90 days of the history.
    pub ninety: GoodOf,
    /// Why it stands so, in a sentence or two; empty when there is nothing to say.
    pub why: String,
    /// Its newest run.
    pub last: LocalTime,
    /// Its open alarms.
    pub open: Vec<u64>,
    /// Bad units a week beyond what is usual, by its open alarms.
    pub excess_a_week: f64,
}

/// The list, in the order of importance.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DriftList {
    /// The lines.
    pub lines: Vec<DriftLine>,
    /// Open alarms, the oldest signal first; those of silence among them.
    pub open: Vec<Alarm>,
    /// The newest run of the whole history.
    pub newest: Option<LocalTime>,
    /// Days between two false alarms of the whole shop, as configured.
    pub asked_days: f64,
    /// The same as the charts will keep it; `None` without a chart.
    pub expected_days: Option<f64>,
    /// Whether the limits of some chart had to be kept within bounds, so that the two differ.
    pub clamped: bool,
    /// Cause codes to acknowledge with.
    pub causes: Vec<String>,
    /// How far the history has been read, percent, while the charts are made; `None` when they are.
    pub building: Option<u8>,
}

/// A lot on the chart of the fail share.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LotPoint {
    /// Time of its first run.
    pub first: LocalTime,
    /// Time of its last run.
    pub last: LocalTime,
    /// Units with a verdict, by their last run.
    pub units: u32,
    /// Failed ones among them.
    pub failed: u32,
    /// How far it is; an open one is drawn hollow.
    pub state: LotState,
    /// Whether it is in the baseline.
    pub in_baseline: bool,
    /// The largest share that does not signal, 0 … 1; `None` before there is a baseline.
    pub limit: Option<f64>,
    /// How that was made.
    pub by: Option<PLimitBy>,
    /// Whether it signals.
    pub signal: bool,
    /// Its last run.
    pub run: RunId,
}

impl LotPoint {
    /// Share of failed units, 0 … 1; `None` of nothing.
    pub fn share(&self) -> Option<f64> {
        (self.units > 0).then(|| f64::from(self.failed) / f64::from(self.units))
    }
}

/// The baseline of the fail share.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ShareBaseline {
    /// Share of failed units, 0 … 1.
    pub share: f64,
    /// Its lots.
    pub lots: usize,
    /// Its units.
    pub units: u64,
    /// Time of its first run.
    pub from: LocalTime,
    /// Time of its last run.
    pub to: LocalTime,
    /// Run length in control, lots.
    pub run_length: u32,
    /// Whether its lots vary more than binomially.
    pub overdispersed: bool,
    /// Whether a late run lies inside.
    pub late_inside: bool,
}

/// The baseline of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MetricBaseline {
    /// Its centre, in the metric's unit.
    pub centre: f64,
    /// One sigma below and above the centre, in the metric's unit.
    pub sigma: (f64, f64),
    /// Its lots.
    pub lots: usize,
    /// Its units.
    pub units: usize,
    /// Time of its first run.
    pub from: LocalTime,
    /// Time of its last run.
    pub to: LocalTime,
    /// Autocorrelation that the limits reckon with, hundredths; 0 = none.
    pub phi_percent: u8,
    /// Whether sigma was less than 1 % of the mean and is that instead.
    pub floored: bool,
    /// Impossible readings that were left out.
    pub left_out: usize,
    /// Whether a late run lies inside.
    pub late_inside: bool,
}

/// Limits as they are drawn, in the metric's unit; `None` on the side that is not watched.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MetricLimits {
    /// Single values: lower and upper; `None` where the chart has none.
    pub single: Option<(Option<f64>, Option<f64>)>,
    /// The weighted average: lower and upper.
    pub ewma: (Option<f64>, Option<f64>),
    /// Which charts these are of.
    pub family: Family,
    /// Limits in sigmas: of single values, of the average (in its own sigmas).
    pub sigmas: (Option<f64>, f64),
    /// Run length in control, units.
    pub run_length: u32,
    /// Whether they alarm; else they are shown as evidence.
    pub alarms: bool,
}

/// A unit on the chart of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MetricPoint {
    /// The run.
    pub run: RunId,
    /// Its reading, in the metric's unit.
    pub reading: f64,
    /// The weighted average after it, in the metric's unit; `None` before and in the baseline.
    pub ewma: Option<f64>,
    /// Whether it is in the baseline.
    pub in_baseline: bool,
    /// Whether its lot is open.
    pub open: bool,
    /// Whether it counts as 8 sigmas in the average.
    pub cut: bool,
    /// The part of the chart that signals.
    pub signal: Option<SignalBy>,
}

/// One line of the evidence table.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The figure.
    pub metric: Metric,
    /// Its baseline, when there is one.
    pub baseline: Option<MetricBaseline>,
    /// Lots and units towards one, when there is none.
    pub learning: Option<(usize, usize)>,
    /// Centre of the newest lot with at least three units, in the metric's unit.
    pub now: Option<f64>,
    /// How far that is from the baseline, in its sigmas.
    pub shift: Option<f64>,
    /// Units in that lot with a reading.
    pub units: u32,
    /// Whether the chart signals now or is near to it (above 85 % of its limit).
    pub near: bool,
    /// Whether it signalled in that lot.
    pub signal: bool,
    /// Readings since the baseline that were impossible, and that counted as 8 sigmas.
    pub odd: (u64, u64),
}

/// The chart of one figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricChart {
    /// The figure.
    pub metric: Metric,
    /// Its baseline.
    pub baseline: Option<MetricBaseline>,
    /// The limits that hold now.
    pub limits: Option<MetricLimits>,
    /// The units, in order of time.
    pub points: Vec<MetricPoint>,
    /// Capability on the linearity margin, of the units since the baseline.
    pub capability: Option<Capability>,
}

/// What the drift detector says of the newest runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetectorReport {
    /// Who speaks: `drift detector v3`, `cumulative sums`.
    pub speaker: String,
    /// How bad, in a word or two.
    pub severity: String,
    /// What moved, one line a figure.
    pub moved: Vec<String>,
    /// What to look at, one sentence each.
    pub recommendations: Vec<String>,
}

/// Everything about one stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DriftCharts {
    /// Whose.
    pub stream: StreamKey,
    /// All lots, in order of time.
    pub lots: Vec<LotPoint>,
    /// The baseline of the fail share.
    pub share: Option<ShareBaseline>,
    /// Lots and units towards one, when there is none.
    pub share_learning: Option<(usize, usize)>,
    /// The evidence, in the order of [`Metric::ALL`].
    pub evidence: Vec<Evidence>,
    /// The chart that was asked for.
    pub chart: MetricChart,
    /// What changed about the station.
    pub markers: Vec<Marker>,
    /// New beginnings.
    pub epochs: Vec<Epoch>,
    /// All its alarms, the newest first.
    pub alarms: Vec<Alarm>,
    /// Why a new baseline is asked for; `None` when it is not.
    pub asks_for_baseline: Option<String>,
    /// What the drift detector says.
    pub report: Option<DetectorReport>,
    /// The newest run of the whole history.
    pub newest: LocalTime,
}
