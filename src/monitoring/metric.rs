//! What is charted: the share of failed units, and eight figures of each unit.

use serde::{Deserialize, Serialize};

use crate::analysis::{JudgedRun, JudgedTrack};
use crate::spc::{Scale, Side};

/// Figures of a unit that are charted.
pub const METRICS: usize = 8;

/// A figure of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Metric {
    /// max |e| of the untrimmed sweep over its spec, without unit.
    UntrimmedError,
    /// Resistance before the trim, ohm.
    UntrimmedResistance,
    /// Resistance change by the trim, percent.
    ResistanceChange,
    /// max |e + b|/half-width of the judged sweep, without unit: above 1 it fails.
    LinearityError,
    /// Sigma ratio r of the judged sweep, without unit.
    Sigma,
    /// The same of the untrimmed sweep.
    UntrimmedSigma,
    /// Passes of the laser.
    Passes,
    /// Failure risk, 0 … 1.
    Risk,
}

impl Metric {
    /// All of them, those that may alarm first.
    pub const ALL: [Self; METRICS] = [
        Self::UntrimmedError,
        Self::UntrimmedResistance,
        Self::ResistanceChange,
        Self::LinearityError,
        Self::Sigma,
        Self::UntrimmedSigma,
        Self::Passes,
        Self::Risk,
    ];

    /// Its place in [`Metric::ALL`].
    pub fn place(self) -> usize {
        Self::ALL.iter().position(|metric| *metric == self).unwrap_or(0)
    }

    /// The name on screen.
    pub fn title(self) -> &'static str {
        match self {
            Self::UntrimmedError => "untrimmed error/spec",
            Self::UntrimmedResistance => "untrimmed resistance",
            Self::ResistanceChange => "resistance change",
            Self::LinearityError => "linearity error/spec",
            Self::Sigma => "r after trim",
            Self::UntrimmedSigma => "untrimmed r",
            Self::Passes => "passes",
            Self::Risk => "failure risk",
        }
    }

    /// The word in JSON and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::UntrimmedError => "untrimmed-error",
            Self::UntrimmedResistance => "untrimmed-resistance",
            Self::ResistanceChange => "resistance-change",
            Self::LinearityError => "linearity-error",
            Self::Sigma => "r",
            Self::UntrimmedSigma => "untrimmed-r",
            Self::Passes => "passes",
            Self::Risk => "risk",
        }
    }

    /// What stands behind a reading: `Ω`, `%` or nothing.
    pub fn unit(self) -> &'static str {
        match self {
            Self::UntrimmedResistance => "Ω",
            Self::ResistanceChange => "%",
            _ => "",
        }
    }

    /// Whether it may alarm; the others are evidence.
    pub fn is_trigger(self) -> bool {
        self.place() < 4
    }

    /// Which way is worse.
    pub fn side(self) -> Side {
        match self {
            Self::UntrimmedResistance | Self::ResistanceChange => Side::Both,
            _ => Side::Upper,
        }
    }

    /// Positive figures with a long upper tail are charted on the log scale.
    pub fn scale(self) -> Scale {
        match self {
            Self::UntrimmedError | Self::LinearityError | Self::Sigma | Self::UntrimmedSigma => Scale::Log,
            _ => Scale::Linear,
        }
    }

    /// The figure beyond which a unit is bad whatever is usual: a spec limit, no control limit.
    pub fn spec(self) -> Option<f64> {
        (self == Self::LinearityError).then_some(1.0)
    }

    /// The unit's figure: of its worst track, for resistances the mean of its tracks where each has one.
    pub fn reading(self, run: &JudgedRun) -> Option<f64> {
        let trimmed = run.tracks.iter().filter(|track| track.trimmed);
        let each = trimmed.map(|track| self.of_track(track));
        if self.side() == Side::Both {
            let all: Vec<f64> = each.collect::<Option<_>>()?;
            return (!all.is_empty()).then(|| all.iter().sum::<f64>() / all.len() as f64);
        }
        each.flatten().max_by(f64::total_cmp)
    }

    fn of_track(self, track: &JudgedTrack) -> Option<f64> {
        let untrimmed = track.untrimmed.as_ref();
        let reading = match self {
            Self::UntrimmedError => {
                let figures = untrimmed?;
                figures.linearity.as_ref()?.stored_error / figures.spec?
            }
            Self::UntrimmedResistance => track.resistance.before?,
            Self::ResistanceChange => track.resistance.change?,
            Self::LinearityError => track.linearity()?.error_share,
            Self::Sigma => track.figures?.r?,
            Self::UntrimmedSigma => untrimmed?.r?,
            Self::Passes => f64::from(track.pass_count),
            Self::Risk => track.risk.as_ref()?.probability,
        };
        Some(reading).filter(|reading| reading.is_finite())
    }
}

/// What a chart, a baseline or an alarm is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Subject {
    /// Share of failed units, lot by lot.
    FailShare,
    /// A figure, unit by unit.
    Metric(Metric),
    /// No chart: no file came for too long.
    Silence,
}

impl Subject {
    /// The name on screen.
    pub fn title(self) -> &'static str {
        match self {
            Self::FailShare => "fail share",
            Self::Metric(metric) => metric.title(),
            Self::Silence => "no file",
        }
    }

    /// The word in JSON and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::FailShare => "fail-share",
            Self::Metric(metric) => metric.word(),
            Self::Silence => "silence",
        }
    }

    /// Everything of a stream that may alarm.
    pub fn triggers() -> impl Iterator<Item = Self> {
        let metrics = Metric::ALL.into_iter().filter(|metric| metric.is_trigger()).map(Self::Metric);
        std::iter::once(Self::FailShare).chain(metrics)
    }
}
