//! Series → control limits and signals: how a metric ran in its baseline, and whether it still does.
//!
//! Pure arithmetic in f64, one update a run: every state can be kept, taken up again, and made anew by replaying the
//! runs, bit for bit. Nothing here knows a clock, a store, a terminal, or how a track is judged.
//!
//! ```text
//! lot            runs → lots, by gap
//! scale          readings → charted values: log scale, impossible ones, extremes
//! summary        mean, deviation, skew, autocorrelation
//! phase_one      lots → the first stretch that can be a baseline
//! baseline       its mean and sigma, and which chart suits it
//!
//! unit_chart     a metric unit by unit: individuals with EWMA, or the smooth EWMA; sums beside them
//! individuals, ewma, cusum, rules      its parts, each a chart of its own
//! p_chart        the share of failed units by lot
//! capability     Cpk and Ppk with their intervals
//!
//! false_alarms   one false alarm in 90 days for the whole shop → a run length for each chart
//! limits         run length, side, size of the baseline, autocorrelation → limits
//! limit_table    the same from a shipped table, with the false alarms to expect
//! family, widening, run_length         what these are solved with
//! distribution   tails and quantiles
//! ```
//!
//! Standardised values, limits and shifts are in baseline sigmas; run lengths in values, up to and including the one that
//! signals.

mod baseline;
pub mod capability;
pub mod cusum;
pub mod distribution;
mod error;
pub mod ewma;
pub mod false_alarms;
mod family;
pub mod individuals;
pub mod limit_table;
pub mod limits;
pub mod lot;
pub mod p_chart;
pub mod phase_one;
pub mod rules;
pub mod run_length;
mod scale;
mod summary;
mod unit_chart;
pub mod widening;

use serde::{Deserialize, Serialize};

pub use baseline::{Baseline, LEAST_LOTS, LEAST_UNITS};
pub use capability::Capability;
pub use cusum::{Cusum, CusumPoint};
pub use error::SpcError;
pub use ewma::{Ewma, EwmaLimits};
pub use false_alarms::{ChartKind, ChartLoad, ChartShare, Clamp, ModelCharts, ShopShare, share_out};
pub use family::{Family, LAMBDA, SMOOTH_LAMBDA};
pub use individuals::Individuals;
pub use limit_table::Tabled;
pub use limits::Ask;
pub use lot::{FULL_LOT, Lot, LotBook, LotRule, LotRun, LotState};
pub use p_chart::{Counted, PBaseline, PChart, PPoint};
pub use phase_one::{BaselineRule, ClosedLot, CountedLot, PhaseOne, UnitLot, shares_are_clean, units_are_clean};
pub use rules::{Rule, RuleWatch};
pub use run_length::Weighted;
pub use scale::{CUT_AT, Scale, winsorised};
pub use summary::{Summary, deviation, mean};
pub use unit_chart::{Signal, SignalBy, UnitChart, UnitPoint};
pub use widening::Knowledge;

/// Which way is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Side {
    /// Either: resistances.
    Both,
    /// Rising: errors, shares, passes, risk.
    Upper,
    /// Falling: margins.
    Lower,
}

/// Which way a signal goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Direction {
    /// Above its upper limit.
    High,
    /// Below its lower limit.
    Low,
}

/// How sigma was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SigmaBy {
    /// Average moving range of neighbours over d₂.
    MovingRange,
    /// Sample standard deviation over c₄.
    Deviation,
}
