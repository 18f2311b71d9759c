//! A run's sweeps reduced to what is drawn: single precision, apart from the figures.

use serde::{Deserialize, Serialize};

use crate::trim::{Mark, Point, Sweep, Track, TrimRun};

/// The curves of one run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RunCurves {
    /// One entry a track, in station order.
    pub tracks: Vec<TrackCurves>,
}

/// The curves of one track.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrackCurves {
    /// `TRK1` …
    pub name: String,
    /// The sweep before any cut.
    pub untrimmed: Option<SweepCurve>,
    /// The sweep the verdict rests on, when the track was trimmed.
    pub trimmed: Option<SweepCurve>,
}

impl TrackCurves {
    /// The judged sweep: trimmed, else untrimmed.
    pub fn judged(&self) -> Option<&SweepCurve> {
        self.trimmed.as_ref().or(self.untrimmed.as_ref())
    }
}

/// One sweep as columns of equal length. Blank limits are NaN.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SweepCurve {
    /// Positions, degrees or inches.
    pub position: Vec<f32>,
    /// Errors as stored, volts.
    pub error: Vec<f32>,
    /// Upper limits, volts.
    pub upper: Vec<f32>,
    /// Lower limits, volts.
    pub lower: Vec<f32>,
    /// Indices of points the station marked outside.
    pub marked: Vec<u16>,
}

impl SweepCurve {
    fn of(sweep: &Sweep) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "curves are drawn, figures are kept in f64")]
        let column = |value: &dyn Fn(&Point) -> f64| sweep.points.iter().map(|p| value(p) as f32).collect();
        let marked = sweep.points.iter().enumerate().filter(|(_, p)| p.mark == Mark::Outside);
        Self {
            position: column(&|point| point.position),
            error: column(&|point| point.error),
            upper: column(&|point| point.upper.unwrap_or(f64::NAN)),
            lower: column(&|point| point.lower.unwrap_or(f64::NAN)),
            marked: marked.filter_map(|(index, _)| u16::try_from(index).ok()).collect(),
        }
    }
}

impl From<&TrimRun> for RunCurves {
    fn from(run: &TrimRun) -> Self {
        let curves = |track: &Track| TrackCurves {
            name: track.name.clone(),
            untrimmed: track.untrimmed.as_ref().map(SweepCurve::of),
            trimmed: track.final_sweep().map(SweepCurve::of),
        };
        Self { tracks: run.tracks.iter().map(curves).collect() }
    }
}
