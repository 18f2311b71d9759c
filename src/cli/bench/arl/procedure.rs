//! The whole procedure: draw a baseline, take its limits from the table, run on in control, count the false alarms.

use std::ops::{Add, Range};

use crate::spc::distribution::chi_mean;
use crate::spc::individuals::D2;
use crate::spc::run_length::chance::Chance;
use crate::spc::{Baseline, Family, Scale, Side, SigmaBy, SpcError, Summary, UnitChart};

/// Units of each baseline.
const UNITS: usize = 40;
/// What is asked of each chart, values.
const RUN_LENGTH: u32 = 5_000;
/// How long each chart is followed, values: unlucky baselines tell more than long streams.
const FOLLOWED: u32 = 2_000;

/// Which baselines are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// All, each as an independent series for the pair, with sigma told like this.
    Every(SigmaBy),
    /// Of these by moving range, only ones without a signal on their own limits, and not skewed or autocorrelated.
    Clean,
    /// Any without a signal on its own limits, with the chart that suits it: what the program does.
    Shipped,
}

/// False alarms that came and that were expected.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Alarms {
    came: f64,
    expected: f64,
    /// Sums of squares and products over baselines.
    squares: (f64, f64, f64),
}

impl Add for Alarms {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let (a, b) = (self.squares, other.squares);
        Self {
            came: self.came + other.came,
            expected: self.expected + other.expected,
            squares: (a.0 + b.0, a.1 + b.1, a.2 + b.2),
        }
    }
}

impl Alarms {
    fn of(came: u32, expected: f64) -> Self {
        let came = f64::from(came);
        Self { came, expected, squares: (came * came, came * expected, expected * expected) }
    }

    /// Came over expected, and the standard error of that.
    pub(super) fn ratio(&self) -> (f64, f64) {
        let ratio = self.came / self.expected;
        let (came, both, expected) = self.squares;
        let left = came - 2.0 * ratio * both + ratio * ratio * expected;
        (ratio, left.max(0.0).sqrt() / self.expected)
    }
}

/// Follows the baselines of these numbers.
///
/// # Errors
/// When there are no limits for a usual baseline.
pub(super) fn follow(taken: Taken, numbers: Range<u64>, seed: u64) -> Result<Alarms, SpcError> {
    numbers
        .map(|number| follow_one(taken, &mut Chance::new(seed, number)))
        .try_fold(Alarms::default(), |sum, alarms| Ok(sum + alarms?))
}

fn follow_one(taken: Taken, chance: &mut Chance) -> Result<Alarms, SpcError> {
    let baseline = loop {
        let readings: Vec<f64> = (0..UNITS).map(|_| 10.0 + chance.normal()).collect();
        let baseline = Baseline::of_units(&readings, Scale::Linear)?;
        let plain = baseline.phi_percent() == 0 && baseline.family() == Family::Pair;
        match taken {
            Taken::Every(sigma_by) => break as_plain(&baseline, sigma_by),
            Taken::Clean if plain && baseline.is_clean(&readings, Side::Both)? => break baseline,
            Taken::Shipped if baseline.is_clean(&readings, Side::Both)? => break baseline,
            Taken::Clean | Taken::Shipped => {}
        }
    };
    // Half a dozen units' worth may have no limits, and then no alarms.
    let Ok(tabled) = baseline.ask(Side::Both, RUN_LENGTH).tabled() else { return Ok(Alarms::default()) };
    let mut chart = UnitChart::new(&baseline, tabled.limits);
    let mut came = 0;
    for _ in 0..FOLLOWED {
        if chart.push(10.0 + chance.normal()).is_some_and(|point| point.signal.is_some()) {
            came += 1;
            chart.restart();
        }
    }
    Ok(Alarms::of(came, tabled.per_value * f64::from(FOLLOWED)))
}

/// The baseline as if it were neither skewed nor autocorrelated, with sigma told like this.
fn as_plain(baseline: &Baseline, sigma_by: SigmaBy) -> Baseline {
    let free = UNITS as f64 - 1.0;
    let sigma = match sigma_by {
        SigmaBy::MovingRange => baseline.summary.moving_range / D2,
        SigmaBy::Deviation => baseline.summary.deviation * free.sqrt() / chi_mean(free),
    };
    let summary = Summary { lag1: 0.0, ..baseline.summary };
    Baseline { summary, skew: 0.0, sigma, sigma_by, ..*baseline }
}
