//! Limits and their expected false alarms from a shipped table: at once, without solving.
//!
//! The table holds what [`Ask::solve_with_rate`] solves, for the pair and the smooth EWMA, on a grid of baselines and run
//! lengths; between these it is read by cubic interpolation: limits along the logarithm of the run length and 1/√n, which
//! ends at 0 with mean and sigma known, and likewise the logarithm of the expected alarms. `bench limits` makes it and,
//! with `--check`, holds it against the solutions: limits are within 0.01 sigma, expected alarms within 3 %.

mod values;

use serde::{Deserialize, Serialize};

use super::limits::NO_LIMIT;
use super::widening::{MOST, rate_over_baselines, widened_below};
use super::{Ask, Family, Knowledge, Side, SigmaBy, SpcError, Weighted};
use values::{KNOWN, LIMITS, RATES, SERIES};

/// Run lengths of the table: so many, in equal ratios.
pub const LENGTHS: usize = 11;
/// The shortest and the longest of them, values.
pub const SPAN: (f64, f64) = (370.0, 20_000.0);
/// Baseline units of the table; after the last come mean and sigma that are known.
pub const UNITS: [u32; 17] = [3, 4, 5, 6, 8, 10, 13, 17, 22, 30, 40, 55, 80, 120, 200, 400, 1_200];
/// Autocorrelations of the table, hundredths; none comes before the first.
pub const PHIS: [u8; 10] = [10, 20, 30, 40, 50, 60, 65, 70, 75, 80];
/// Charts of the table: families, and the sides of each. A lower limit is an upper one in the mirror.
pub const CHARTS: [(Family, Side); 4] = [
    (Family::Pair, Side::Both),
    (Family::Pair, Side::Upper),
    (Family::Smooth, Side::Both),
    (Family::Smooth, Side::Upper),
];
/// How sigma may have been told.
pub const KINDS: [SigmaBy; 2] = [SigmaBy::MovingRange, SigmaBy::Deviation];

/// Limits in the table are below this, sigmas: beyond the widest that are given, so that those lie between others.
const WIDEST: f64 = 48.0;

/// A line of the table, one figure a run length; not a number where there is no limit.
pub type Line = [f64; LENGTHS];

/// Limits, and how many false alarms they give.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Tabled {
    /// The limits.
    pub limits: Weighted,
    /// Expected false alarms per value in control, 0 … 1, on average over baselines of that size: the mean of 1/run length
    /// over what the baseline may have made of mean and sigma; 1/run length when both are known. The EWMA starts over at the
    /// target after an alarm.
    ///
    /// On the safe side: in simulation, the pair with both sides and a run length of 5,000 on 40 units gave 0.89 of this where
    /// sigma is by moving range, whose smallest estimates are rarer than the chi distribution says; and 0.67 of it on
    /// baselines that [`Baseline::is_clean`](crate::spc::Baseline::is_clean) took, for a sigma that is much too small shows
    /// in signals of the baseline itself.
    pub per_value: f64,
}

/// The run length of a column of the table, values.
pub fn run_length_at(column: f64) -> f64 {
    SPAN.0 * (SPAN.1 / SPAN.0).powf(column / (LENGTHS as f64 - 1.0))
}

/// What a cell of the table holds, solved: the limit, and the expected false alarms in one run length; `None` where there
/// is no limit, far beyond the 12 sigmas of [`Ask::solve`].
pub fn solved(family: Family, side: Side, knowledge: Knowledge, run_length: f64) -> Option<(f64, f64)> {
    let limit = widened_below(WIDEST, family, side, knowledge, run_length)?;
    Some((limit, run_length * rate_over_baselines(family, side, limit, knowledge)))
}

impl Ask {
    /// As [`Ask::solve_with_rate`], from the table: in a millionth of a second, limits within 0.01 sigma and expected false
    /// alarms within 3 % of what is solved.
    ///
    /// Run lengths outside 370 … 20,000, single values alone and the usual EWMA alone are not in the table and are solved.
    ///
    /// # Errors
    /// As for [`Ask::solve`], the 12 sigmas being held against the tabled limit.
    pub fn tabled(&self) -> Result<Tabled, SpcError> {
        let phi = self.phi()?;
        let side = if self.side == Side::Lower { Side::Upper } else { self.side };
        let chart = CHARTS.iter().position(|chart| *chart == (self.family, side));
        let there = (SPAN.0..=SPAN.1).contains(&f64::from(self.run_length));
        let Some(chart) = chart.filter(|_| there) else { return self.solve_with_rate() };
        let (limit, per_value) = self.read(chart, phi).ok_or(NO_LIMIT)?;
        Ok(Tabled { limits: self.family.chart(limit, self.side), per_value })
    }

    /// The limit and its expected alarms per value.
    fn read(&self, chart: usize, phi: f64) -> Option<(f64, f64)> {
        let length = f64::from(self.run_length);
        let nodes: Line = std::array::from_fn(|column| column as f64);
        let column = weights(&nodes, (length / SPAN.0).ln() / (SPAN.1 / SPAN.0).ln() * (LENGTHS as f64 - 1.0));
        let ratio = ratio(chart, phi, &column);
        let Some(worth) = self.worth() else {
            return Some((along(KNOWN.get(chart)?, &column) * ratio, 1.0 / length));
        };
        let (limit, alarms) = wide(chart, worth, &column)?;
        Some((limit * ratio, alarms / length))
    }
}

/// Four neighbouring places and their weights.
type Weights = [(usize, f64); 4];

/// How much wider the limit of a series is than one of independent values.
fn ratio(chart: usize, phi: f64, column: &Weights) -> f64 {
    if phi <= 0.0 {
        return 1.0;
    }
    let mut nodes = [0.0; PHIS.len() + 1];
    nodes.iter_mut().skip(1).zip(PHIS).for_each(|(node, percent)| *node = f64::from(percent) / 100.0);
    let line = |place: usize| SERIES.get(chart * PHIS.len() + place.checked_sub(1)?);
    let ratio = |place: usize| line(place).map_or(1.0, |line| along(line, column));
    weights(&nodes, phi).into_iter().map(|(place, weight)| weight * ratio(place)).sum()
}

/// The limit of independent values and its expected alarms in one run length; `None` when there is none below 12 sigmas.
fn wide(chart: usize, worth: Knowledge, column: &Weights) -> Option<(f64, f64)> {
    if worth.units < *UNITS.first()? {
        return None;
    }
    let place = |units: u32| 1.0 / f64::from(units).sqrt();
    let mut nodes = [0.0; UNITS.len() + 1];
    nodes.iter_mut().zip(UNITS).for_each(|(node, units)| *node = place(units));
    let kind = KINDS.iter().position(|kind| *kind == worth.sigma_by)?;
    let first = (chart * KINDS.len() + kind) * UNITS.len();
    // Beyond all units mean and sigma are known, and there is one alarm in a run length.
    let lines = |place: usize| {
        let known = place == UNITS.len();
        if known {
            Some((KNOWN.get(chart)?, &[0.0; LENGTHS]))
        } else {
            LIMITS.get(first + place).zip(RATES.get(first + place))
        }
    };
    let (mut limit, mut alarms) = (0.0, 0.0);
    for (place, weight) in weights(&nodes, place(worth.units)) {
        let (limits, rates) = lines(place)?;
        limit += weight * along(limits, column);
        alarms += weight * along(rates, column);
    }
    (limit < MOST).then(|| (limit, alarms.exp()))
}

/// A figure of a line between its columns.
fn along(line: &Line, column: &Weights) -> f64 {
    column.iter().map(|(place, weight)| weight * line.get(*place).unwrap_or(&f64::NAN)).sum()
}

/// The four nodes around a place, and the weights of a cubic through them (Lagrange). Nodes rise or fall.
fn weights(nodes: &[f64], at: f64) -> Weights {
    let rising = nodes.first() < nodes.last();
    let passed = nodes.iter().take_while(|node| if rising { **node <= at } else { **node >= at }).count();
    let first = passed.saturating_sub(2).min(nodes.len().saturating_sub(4));
    let node = |place: usize| nodes.get(place).copied().unwrap_or(f64::NAN);
    std::array::from_fn(|own| {
        let own = first + own;
        let others = (first..first + 4).filter(|place| *place != own);
        (own, others.map(|other| (at - node(other)) / (node(own) - node(other))).product())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spc::run_length::autocorrelated;
    use crate::spc::widening::{CONFIDENCE, share_that_keep};

    const ASK: Ask = Ask { family: Family::Pair, side: Side::Both, run_length: 370, knowledge: None, phi_percent: 0 };

    #[test]
    fn limits_of_what_is_known_are_those_that_are_solved() {
        for (family, side) in CHARTS {
            for run_length in [370, 371, 2_345, 20_000] {
                let ask = Ask { family, side, run_length, ..ASK };
                let (tabled, solved) = (ask.tabled().expect("limits"), ask.solve().expect("limits"));
                assert!((tabled.limits.limit - solved.limit).abs() < 0.001, "{ask:?} {tabled:?} {solved:?}");
                assert!((tabled.per_value * f64::from(run_length) - 1.0).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn nine_in_ten_baselines_keep_the_run_length_between_the_cells_too() {
        for (family, side, units, sigma_by, run_length) in [
            (Family::Pair, Side::Both, 35, SigmaBy::MovingRange, 5_000),
            (Family::Pair, Side::Upper, 150, SigmaBy::Deviation, 450),
            (Family::Smooth, Side::Upper, 800, SigmaBy::MovingRange, 9_000),
        ] {
            let limit =
                Ask { family, side, run_length, knowledge: Some(Knowledge { units, sigma_by }), ..ASK }.tabled();
            let limit = limit.expect("limits").limits.limit;
            let share = share_that_keep(family, side, limit, Knowledge { units, sigma_by }, f64::from(run_length));
            assert!((share - CONFIDENCE).abs() < 0.003, "{family:?} {units}: {share}");
        }
    }

    #[test]
    fn expected_false_alarms_between_the_cells_are_those_of_quadrature() {
        let knowledge = Knowledge { units: 45, sigma_by: SigmaBy::MovingRange };
        let tabled = Ask { run_length: 3_000, knowledge: Some(knowledge), ..ASK }.tabled().expect("limits");
        let direct = rate_over_baselines(Family::Pair, Side::Both, tabled.limits.limit, knowledge);
        assert!((tabled.per_value / direct - 1.0).abs() < 0.03, "{} for {direct}", tabled.per_value);
    }

    #[test]
    fn a_series_that_resembles_itself_runs_as_long_as_asked() {
        let limits = Ask { run_length: 2_000, phi_percent: 25, ..ASK }.tabled().expect("limits").limits;
        let length = autocorrelated::run_length(&limits, 0.25, 0.0);
        assert!((length / 2_000.0 - 1.0).abs() < 0.02, "{length}");
    }

    #[test]
    fn a_lower_limit_is_an_upper_one_in_the_mirror() {
        let upper = Ask {
            side: Side::Upper,
            knowledge: Some(Knowledge { units: 60, sigma_by: SigmaBy::Deviation }),
            run_length: 3_000,
            ..ASK
        };
        let (upper, lower) = (upper.tabled(), Ask { side: Side::Lower, ..upper }.tabled());
        let mirrored = upper.map(|upper| Tabled { limits: Weighted { side: Side::Lower, ..upper.limits }, ..upper });
        assert_eq!(lower, mirrored);
    }

    #[test]
    fn limits_widen_with_the_run_length_and_narrow_with_knowledge_without_a_step() {
        let read = |family, run_length, knowledge, phi_percent| {
            let ask = Ask { family, run_length, knowledge, phi_percent, ..ASK };
            let tabled = ask.tabled().expect("limits");
            (tabled.limits.limit, tabled.per_value)
        };
        for family in [Family::Pair, Family::Smooth] {
            for (before, next) in (40..3_000).step_by(7).map(|n| (n, n + 7)) {
                let limit = |units, run_length| {
                    read(family, run_length, Some(Knowledge { units, sigma_by: SigmaBy::MovingRange }), 0)
                };
                let (less, more, longer) = (limit(before, 5_000), limit(next, 5_000), limit(before, 5_400));
                assert!(less.0 > more.0 && less.0 - more.0 < 0.2, "{family:?} {before}: {less:?} {more:?}");
                assert!(longer.0 > less.0 && longer.1 < less.1, "{family:?} {before}: {less:?} {longer:?}");
            }
            for phi in 0..80 {
                let (less, more) = (read(family, 800, None, phi), read(family, 800, None, phi + 1));
                assert!(less.0 < more.0 && more.0 - less.0 < 0.2, "{family:?} {phi}: {less:?} {more:?}");
            }
        }
    }

    #[test]
    fn what_is_not_in_the_table_is_solved_or_refused() {
        let single = Ask { family: Family::Individuals, ..ASK };
        assert_eq!(single.tabled(), single.solve_with_rate());
        let short = Ask { run_length: 100, ..ASK };
        assert_eq!(short.tabled(), short.solve_with_rate());
        assert!(Ask { phi_percent: 81, ..ASK }.tabled().is_err());
        assert!(Ask { run_length: 10, ..ASK }.tabled().is_err());
    }
}
