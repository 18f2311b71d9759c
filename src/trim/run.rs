//! The words of the trade as types: run, track, sweep, pass, point.

use serde::{Deserialize, Serialize};

use super::LocalTime;

/// Which of the two station layouts a workbook follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum System {
    /// `SEC<s> TRK<t> <pass> TRM<recipe>` sheets, several tracks.
    A,
    /// `test`, `Trim 1` …, `Lin Error`; one track.
    B,
}

impl System {
    /// `A` or `B`.
    pub fn letter(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
        }
    }
}

/// What positions are measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PositionUnit {
    /// Rotary element: degrees.
    Degree,
    /// Linear element: inches.
    Inch,
}

impl PositionUnit {
    /// `°` or `in`.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Degree => "°",
            Self::Inch => "in",
        }
    }
}

/// Where a run's time was taken from, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TimeSource {
    /// Date and clock time in the file name.
    Name,
    /// The date cell; the clock time is unknown.
    Cell,
    /// The file's modification time.
    Modified,
}

/// Who a run was: which unit, at which laser, when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Product model, for instance `8340-1`.
    pub model: String,
    /// The unit's serial (shop) number; may be empty or junk (`0`, `TEST`).
    pub serial: String,
    /// `TA` or `TB` of System B's file names.
    pub section: Option<String>,
    /// The laser, from the configuration, else from a folder's name; `None` = unknown.
    pub laser: Option<String>,
    /// When the run was made, plant-local.
    pub time: Option<LocalTime>,
    /// What `time` rests on.
    pub time_source: Option<TimeSource>,
    /// The operator's word in the file name (`Trimmed Correct`), never a verdict.
    pub disposition: Option<String>,
}

impl Identity {
    /// `8340-1 246 TA`: what of model, serial and section is there.
    pub fn unit(&self) -> String {
        let parts = [Some(self.model.as_str()), Some(self.serial.as_str()), self.section.as_deref()];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// Whether the serial names a unit at all: junk serials are stored but form no unit.
    pub fn is_unit(&self) -> bool {
        let serial = self.serial.trim();
        !serial.is_empty() && !serial.bytes().all(|b| b == b'0') && !serial.to_ascii_uppercase().starts_with("TEST")
    }
}

/// The station's own mark of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mark {
    /// `#N/A`: inside its limits.
    Inside,
    /// A number: outside its limits.
    Outside,
    /// Blank or anything else.
    Unmarked,
}

/// One usable point of a sweep: position and error are both there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Position, degrees or inches.
    pub position: f64,
    /// Linearity error, volts.
    pub error: f64,
    /// Upper limit, volts.
    pub upper: Option<f64>,
    /// Lower limit, volts.
    pub lower: Option<f64>,
    /// Theory, volts.
    pub theory: Option<f64>,
    /// Measured, volts.
    pub measured: Option<f64>,
    /// The station's own mark.
    pub mark: Mark,
}

impl Point {
    /// Both limits, when the point is graded: both there, upper above lower.
    pub fn limits(&self) -> Option<(f64, f64)> {
        match (self.lower, self.upper) {
            (Some(lower), Some(upper)) if upper > lower => Some((lower, upper)),
            _ => None,
        }
    }

    /// Whether the limit table is defective here: both limits there, upper not above lower.
    pub fn has_defective_limits(&self) -> bool {
        matches!((self.lower, self.upper), (Some(lower), Some(upper)) if upper <= lower)
    }
}

/// One measured sheet: the points in the order the station wrote them.
#[derive(Debug, Clone, PartialEq)]
pub struct Sweep {
    /// The sheet's name.
    pub sheet: String,
    /// The usable points.
    pub points: Vec<Point>,
    /// A cell that spoils the sweep (text where a number belongs): no verdict rests on it.
    pub defect: Option<String>,
}

/// One trim pass and the sweep measured after it.
#[derive(Debug, Clone, PartialEq)]
pub struct Pass {
    /// Number of the pass, from 1.
    pub number: u32,
    /// The recipe (`TRM1` → 1); System B names none.
    pub recipe: Option<u32>,
    /// The sweep after the pass.
    pub sweep: Sweep,
    /// Resistance after the pass, ohm.
    pub resistance: Option<f64>,
    /// Station compensation (`phase value`), already inside the stored error.
    pub compensation: Option<f64>,
    /// Cut length of the recipe used.
    pub cut_length: Option<f64>,
}

/// Lower and upper limit of a resistance, ohm, as the station has them: sometimes inverted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ResistanceWindow {
    /// Lower limit, ohm.
    pub lower: f64,
    /// Upper limit, ohm.
    pub upper: f64,
}

impl ResistanceWindow {
    /// Whether lower is below upper, so that the window can gate anything.
    pub fn is_sane(&self) -> bool {
        self.lower < self.upper
    }
}

/// What a cut length is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CutLengthUnit {
    /// System A: millimetres.
    Millimetre,
    /// System B: motor counts.
    Count,
}

/// How the station was set for a track; all of it as written, none of it judged.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TrackSettings {
    /// Laser power, station units 0–255.
    pub laser_power: Option<f64>,
    /// Pulse duration, ns.
    pub pulse_duration: Option<f64>,
    /// Pulse repetition rate, Hz.
    pub repetition_rate: Option<f64>,
    /// Cut length of the last recipe used.
    pub cut_length: Option<f64>,
    /// Unit of `cut_length`.
    pub cut_length_unit: Option<CutLengthUnit>,
    /// Points ignored at the start of the sweep.
    pub initial_points_ignored: Option<f64>,
    /// Points ignored at the end of the sweep.
    pub final_points_ignored: Option<f64>,
    /// Recipe of the last pass.
    pub recipe: Option<u32>,
    /// Resistance window before the trim (often inverted: shown, gates nothing).
    pub initial_window: Option<ResistanceWindow>,
    /// Resistance window after the trim.
    pub final_window: Option<ResistanceWindow>,
    /// Nominal electrical length, degrees or inches.
    pub nominal_length: Option<f64>,
    /// Measured electrical length, degrees or inches.
    pub measured_length: Option<f64>,
    /// Least allowed electrical length, degrees or inches.
    pub length_min: Option<f64>,
    /// Greatest allowed electrical length, degrees or inches.
    pub length_max: Option<f64>,
    /// Test volts.
    pub test_volts: Option<f64>,
    /// Station compensation (`phase value`) of the last sheet, already inside the stored error.
    pub compensation: Option<f64>,
}

/// One resistive element: its untrimmed sweep, the passes, the final verification.
#[derive(Debug, Clone, PartialEq)]
pub struct Track {
    /// `TRK1`, `TRK2`; `SEC2 TRK1` outside section 1. System B is always `TRK1`.
    pub name: String,
    /// The station's alias (`Inner Edge`).
    pub alias: Option<String>,
    /// The sweep before any cut, when it was measured.
    pub untrimmed: Option<Sweep>,
    /// Passes that were measured, in order.
    pub passes: Vec<Pass>,
    /// System B's `Lin Error`, when it was measured.
    pub verification: Option<Sweep>,
    /// Pass sheets or `Lin Error` are there, but none was ever measured.
    pub no_cut: bool,
    /// Sheets left out because nobody measured them.
    pub never_measured: Vec<String>,
    /// Resistance before the trim, ohm; `None` = not measured.
    pub resistance_before: Option<f64>,
    /// Resistance after the trim, ohm; `None` = not measured or not trimmed.
    pub resistance_after: Option<f64>,
    /// How the station was set.
    pub settings: TrackSettings,
}

impl Track {
    /// The sweep a verdict rests on: the last one measured after a cut.
    pub fn final_sweep(&self) -> Option<&Sweep> {
        self.verification.as_ref().or_else(|| self.passes.last().map(|pass| &pass.sweep))
    }
}

/// One file: one unit, one session at a laser.
#[derive(Debug, Clone, PartialEq)]
pub struct TrimRun {
    /// Layout of the workbook.
    pub system: System,
    /// Who the run was.
    pub identity: Identity,
    /// What positions are measured in.
    pub unit: PositionUnit,
    /// The tracks, in station order; at least one.
    pub tracks: Vec<Track>,
    /// What is odd about the file without spoiling it.
    pub warnings: Vec<String>,
}
