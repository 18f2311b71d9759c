//! A kept curve against its band, as charts of reports and packs draw it.

use crate::analysis::SweepCurve;

/// What a figure in single precision may be off by, as a share of the half-width: a point on its limit is inside.
const ROUNDING: f64 = 1e-6;

/// One point; volts, positions degrees or inches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct BandPoint {
    pub(super) position: f64,
    /// As stored.
    pub(super) stored: f64,
    /// At the offset that fits best.
    pub(super) shifted: f64,
    /// Lower and upper limit, where the point is graded.
    pub(super) limits: Option<(f64, f64)>,
}

impl BandPoint {
    pub(super) fn is_outside(&self) -> bool {
        self.limits.is_some_and(|(low, high)| {
            let slack = ROUNDING * (high - low) / 2.0;
            self.shifted > high + slack || self.shifted < low - slack
        })
    }
}

/// The points of a curve at an offset.
pub(super) fn band_points(curve: &SweepCurve, offset: f64) -> impl Iterator<Item = BandPoint> + '_ {
    super::rows::points(curve).map(move |[position, error, lower, upper]| {
        let limits = (upper > lower).then_some((f64::from(lower), f64::from(upper)));
        let stored = f64::from(error);
        BandPoint { position: f64::from(position), stored, shifted: stored + offset, limits }
    })
}
