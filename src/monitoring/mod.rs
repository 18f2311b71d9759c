//! Baselines, lots, signals and alarms over the history: how each product model ran at each laser, and whether it
//! still does.
//!
//! Pure: runs come in as [`Observation`]s, time and everything kept come in as arguments, and what is to be kept goes
//! out. The same runs give the same lots, counters and, on the same frozen baselines, the same chart states and signals,
//! in whatever order they come; alarms, acknowledgements and baselines are history and only ever marked.
//!
//! ```text
//! metric         what is charted, on which scale, which way is worse, what may alarm
//! observation    a judged run → its figures
//! setting        how the station was set → change markers
//! frozen         a frozen baseline and the limits that hold on it
//! alarm          a latched alarm with all that was known
//! view           the ranked list, and the charts of one stream
//!
//! monitor        the whole shop: runs in, alarms and baselines out
//! stream         one product model at one laser, run by run; lot_figures, series and latch are its parts
//! sharing        the false alarms a shop may give → limits of every chart
//! silence        no file for too long
//! list, charts   where things stand → view; trace is what charts are recorded with
//! words          findings in words
//! ```

mod alarm;
mod charts;
mod frozen;
mod latch;
mod list;
mod lot_figures;
mod metric;
mod monitor;
mod observation;
mod series;
mod setting;
mod sharing;
mod silence;
mod stream;
mod trace;
mod view;
pub mod words;

#[cfg(test)]
mod tests;

pub use alarm::{Acknowledgement, Alarm, AlarmBaseline, AlarmLot, Context, Doubt, Rule};
pub use frozen::{Epoch, FrozenBaseline, Known, LimitsFrom};
pub use metric::{METRICS, Metric, Subject};
pub use monitor::{Keep, Monitor, MonitorSettings, Restored, Settled};
pub use observation::{Observation, RunId, StreamKey};
pub use setting::{Marker, SETTINGS, Setting};
pub use silence::{ShiftSpan, Silence, TooLong};
pub use stream::StreamState;
pub use view::{
    DetectorReport, DriftCharts, DriftLine, DriftList, Evidence, GoodOf, LotPoint, MetricBaseline, MetricChart,
    MetricLimits, MetricPoint, ShareBaseline, Standing,
};
