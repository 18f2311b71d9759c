//! The chart of the share of failed units by lot: upper limits only, each newly closed lot judged once.

use serde::{Deserialize, Serialize};

use super::SpcError;
use super::distribution::{chi_square_above, ln_gamma, normal_above, normal_quantile_above};

/// Expected failed units in a lot below which the normal limit is not used.
const FEW: f64 = 5.0;
/// Below this chance of as much scatter the lots vary more than binomially.
const SIGNIFICANT: f64 = 0.05;
/// A count on its limit does not signal, whatever the division says.
const ON_LIMIT: f64 = 1e-12;
/// The tail beyond three sigmas, the textbook's.
pub const THREE_SIGMA: f64 = 0.001_349_898_031_630_1;

/// Units of a lot, and how many of them failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// Units, by the last run of each.
    pub units: u32,
    /// Failed ones among them.
    pub failed: u32,
}

impl Counted {
    /// Share of failed units, 0 … 1; 0 of none.
    pub fn share(self) -> f64 {
        f64::from(self.failed) / f64::from(self.units.max(1))
    }
}

/// A frozen baseline of lots.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PBaseline {
    /// Lots.
    pub lots: usize,
    /// Units in them.
    pub units: u64,
    /// Failed units in them.
    pub failed: u64,
    /// Pearson's chi-square of the lots against one common share.
    pub chi_square: f64,
    /// Chance of at least that chi-square if the lots varied binomially, 0 … 1.
    pub p_value: f64,
    /// Correlation of units within a lot, 0 … 1: none when the lots vary binomially.
    pub within: Option<f64>,
}

impl PBaseline {
    /// The baseline of at least two lots; empty lots do not count.
    ///
    /// Dispersion by Pearson's chi-square over lots with lots − 1 degrees of freedom; the correlation within lots by
    /// moments (D. Williams, Applied Statistics 31, 1982).
    ///
    /// # Errors
    /// [`SpcError::TooFew`] below two lots with units.
    pub fn of(lots: &[Counted]) -> Result<Self, SpcError> {
        let lots: Vec<Counted> = lots.iter().copied().filter(|lot| lot.units > 0).collect();
        if lots.len() < 2 {
            return Err(SpcError::TooFew { found: lots.len(), needed: 2 });
        }
        let units: u64 = lots.iter().map(|lot| u64::from(lot.units)).sum();
        let failed: u64 = lots.iter().map(|lot| u64::from(lot.failed.min(lot.units))).sum();
        let (n, p) = (units as f64, failed as f64 / units as f64);
        let variance = p * (1.0 - p);
        let free = lots.len() as f64 - 1.0;
        let square = |lot: &Counted| (f64::from(lot.failed) - f64::from(lot.units) * p).powi(2) / f64::from(lot.units);
        let chi_square = if variance > 0.0 { lots.iter().map(square).sum::<f64>() / variance } else { 0.0 };
        let p_value = chi_square_above(chi_square, free);
        let squares: f64 = lots.iter().map(|lot| f64::from(lot.units).powi(2)).sum();
        let room = n - squares / n - free;
        let within = (chi_square - free) / room;
        let within = (p_value < SIGNIFICANT && room > 0.0).then_some(within.clamp(1e-6, 0.9));
        Ok(Self { lots: lots.len(), units, failed, chi_square, p_value, within })
    }

    /// The baseline's share of failed units, p̄, 0 … 1.
    pub fn share(&self) -> f64 {
        self.failed as f64 / self.units as f64
    }

    /// What the next lot's share is like as far as the baseline tells: the two parameters of its beta distribution.
    ///
    /// Beta(failed + ½, good + ½) is what is believed of the process (H. Jeffreys, Theory of Probability, 1961, section
    /// 3.1). Where lots vary more than binomially, counts tell less of p̄ by the design effect 1 + (n̄ − 1)ρ (L. Kish, Survey
    /// Sampling, 1965, section 5.4, with n̄ units a lot), and lots vary by ρ about it: with τ for the relative variance
    /// p̄ has then, both together vary by ρ + τ − ρτ.
    fn next_lot(&self) -> (f64, f64) {
        let (failed, good) = (self.failed as f64 + 0.5, self.units.saturating_sub(self.failed) as f64 + 0.5);
        let Some(within) = self.within else { return (failed, good) };
        let all = failed + good;
        let a_lot = self.units as f64 / self.lots as f64;
        let unknown = ((1.0 + (a_lot - 1.0).max(0.0) * within) / (all + 1.0)).min(0.9);
        let both = within + unknown - within * unknown;
        let scale = (1.0 - both) / both;
        (failed / all * scale, good / all * scale)
    }

    /// The share that limits are made of: p̄, but at least half a unit's worth, for a baseline without a failed unit does
    /// not know that none ever fails.
    fn believed(&self) -> f64 {
        self.share().max(0.5 / (self.units as f64 + 1.0))
    }
}

/// By which distribution a lot's limit was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PLimitBy {
    /// p̄ + z √(p̄(1 − p̄)/n).
    Normal,
    /// The binomial distribution itself: fewer than 5 failed units are expected.
    Binomial,
    /// The beta-binomial distribution: the baseline's lots vary more than binomially.
    BetaBinomial,
}

/// A lot on the chart.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PPoint {
    /// Share of failed units in the lot, 0 … 1.
    pub share: f64,
    /// The largest share that does not signal, 0 … 1.
    pub limit: f64,
    /// How that was made.
    pub by: PLimitBy,
    /// Whether the share is above it.
    pub signal: bool,
}

/// The chart.
///
/// p̄ is taken as known. On a baseline of 12 lots of 40 units at 30 % the normal limit of one false alarm in 370 lots gives
/// one in about 175, by the skew of the counts and the error of p̄: [`PChart::expected_false_alarm`] tells that.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PChart {
    /// What it is held against.
    pub baseline: PBaseline,
    /// Chance that a lot of an unchanged process is above its limit, above 0 and below 0.5; 0.00135 by the textbook.
    /// Where counts are few it is less.
    pub tail: f64,
}

impl PChart {
    /// The chart on a baseline with this tail.
    ///
    /// # Errors
    /// [`SpcError::Setting`] for a tail outside 0 … 0.5.
    pub fn new(baseline: PBaseline, tail: f64) -> Result<Self, SpcError> {
        let problem = "between 0 and 0.5";
        if tail > 0.0 && tail < 0.5 {
            Ok(Self { baseline, tail })
        } else {
            Err(SpcError::Setting { name: "tail", problem })
        }
    }

    /// The limit for a lot of so many units, as a share, and how it was made.
    ///
    /// Source: Montgomery, Introduction to Statistical Quality Control, section 7.2, for the normal limit and its bound;
    /// the others are the least counts with at most this tail beyond them.
    pub fn limit(&self, units: u32) -> (f64, PLimitBy) {
        let (n, p) = (f64::from(units.max(1)), self.baseline.believed());
        if let Some(within) = self.baseline.within {
            let scale = (1.0 - within) / within;
            let count = beta_binomial_limit(units, p * scale, (1.0 - p) * scale, self.tail);
            return (f64::from(count) / n, PLimitBy::BetaBinomial);
        }
        if n * p < FEW {
            return (f64::from(binomial_limit(units, p, self.tail)) / n, PLimitBy::Binomial);
        }
        let half = normal_quantile_above(self.tail) * (p * (1.0 - p) / n).sqrt();
        ((p + half).min(1.0), PLimitBy::Normal)
    }

    /// Judges a closed lot.
    pub fn judge(&self, lot: Counted) -> PPoint {
        let (limit, by) = self.limit(lot.units);
        PPoint { share: lot.share(), limit, by, signal: lot.share() > limit + ON_LIMIT }
    }

    /// Chance that a lot of so many units signals when the process is as in the baseline, 0 … 1.
    pub fn false_alarm(&self, units: u32) -> f64 {
        let (limit, by) = self.limit(units);
        let (n, p) = (f64::from(units.max(1)), self.baseline.believed());
        match by {
            PLimitBy::Normal => normal_above((limit - p) / (p * (1.0 - p) / n).sqrt()),
            PLimitBy::Binomial | PLimitBy::BetaBinomial => {
                let most = (0..=units).find(|count| f64::from(*count) / n > limit + ON_LIMIT);
                most.map_or(0.0, |most| self.share_from(most, units, p))
            }
        }
    }

    /// Chance that a lot of so many units signals when the process is the baseline's, on average over what the baseline
    /// does not know of it, 0 … 1.
    ///
    /// [`PChart::false_alarm`] takes p̄ for the truth; here the next lot's failed units are beta-binomial, by
    /// Beta(failed + ½, good + ½) after the baseline: P(k) = C(n, k) B(k + a, n − k + b)/B(a, b), summed over the counts
    /// above the limit (the predictive distribution under the prior of H. Jeffreys; A. Gelman et al., Bayesian Data
    /// Analysis, section 2.4). Where lots vary more than binomially that variance is added, by moments.
    ///
    /// Right within some per cent where lots vary binomially. Where they vary more, few lots often do not show it and there
    /// are more false alarms than this: by simulation, with 12 lots of 40 whose share varies by 4 points about 30 %, 2.2
    /// times as many, and by 8 points 4.3 times.
    pub fn expected_false_alarm(&self, units: u32) -> f64 {
        let (limit, _) = self.limit(units);
        let (a, b) = self.baseline.next_lot();
        let n = f64::from(units.max(1));
        let above = beta_binomial_from_top(units, a, b).take_while(|(k, _)| f64::from(*k) / n > limit + ON_LIMIT);
        above.map(|(_, chance)| chance).sum()
    }

    /// Chance of at least `count` failed units.
    fn share_from(&self, count: u32, units: u32, p: f64) -> f64 {
        match self.baseline.within {
            Some(within) => {
                let scale = (1.0 - within) / within;
                beta_binomial_from_top(units, p * scale, (1.0 - p) * scale)
                    .take_while(|(k, _)| *k >= count)
                    .map(|(_, p)| p)
                    .sum()
            }
            None => binomial(units, p).skip_while(|(k, _)| *k < count).map(|(_, p)| p).sum(),
        }
    }
}

/// The chances of 0, 1, … failed units of n.
fn binomial(units: u32, p: f64) -> impl Iterator<Item = (u32, f64)> {
    let n = f64::from(units);
    let first = (n * (-p).ln_1p()).exp();
    let odds = p / (1.0 - p);
    (0..=units).scan(first, move |chance, k| {
        let now = *chance;
        *chance *= (n - f64::from(k)) / (f64::from(k) + 1.0) * odds;
        Some((k, now))
    })
}

/// The least count with at most `tail` beyond it.
fn binomial_limit(units: u32, p: f64, tail: f64) -> u32 {
    let mut beyond = 1.0;
    for (count, chance) in binomial(units, p) {
        beyond -= chance;
        if beyond <= tail {
            return count;
        }
    }
    units
}

/// The chances of n, n − 1, … failed units; by logarithms, because the first ones are next to nothing.
fn beta_binomial_from_top(units: u32, a: f64, b: f64) -> impl Iterator<Item = (u32, f64)> {
    let n = f64::from(units);
    let beta = |a: f64, b: f64| ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
    let first = beta(n + a, b) - beta(a, b);
    (0..=units).rev().scan(first, move |chance, k| {
        let (now, k_below) = (*chance, f64::from(k) - 1.0);
        *chance -= ((n - k_below) * (k_below + a) / (f64::from(k) * (n - f64::from(k) + b))).ln();
        Some((k, now.exp()))
    })
}

fn beta_binomial_limit(units: u32, a: f64, b: f64, tail: f64) -> u32 {
    let mut from_here = 0.0;
    for (count, chance) in beta_binomial_from_top(units, a, b) {
        from_here += chance;
        if from_here > tail {
            return count;
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spc::run_length::chance::Chance;

    fn counted(lots: &[(u32, u32)]) -> Vec<Counted> {
        lots.iter().map(|&(units, failed)| Counted { units, failed }).collect()
    }

    fn chart(lots: &[(u32, u32)]) -> PChart {
        let baseline = PBaseline::of(&counted(lots)).expect("lots");
        PChart::new(baseline, THREE_SIGMA).expect("a tail")
    }

    #[test]
    fn a_large_lot_has_the_textbooks_limit() {
        let chart = chart(&[(50, 10), (50, 13), (50, 9), (50, 12), (50, 11), (50, 12), (50, 13), (50, 8)]);
        let (limit, by) = chart.limit(50);
        let p: f64 = 88.0 / 400.0;
        assert_eq!(by, PLimitBy::Normal);
        assert!((limit - (p + 3.0 * (p * (1.0 - p) / 50.0).sqrt())).abs() < 1e-9, "{limit}");
        assert!((chart.false_alarm(50) - THREE_SIGMA).abs() < 1e-12);
    }

    #[test]
    fn a_small_lot_has_the_least_count_with_that_tail() {
        let chart = chart(&[(20, 2), (20, 3), (20, 1), (20, 2), (20, 2), (20, 3), (20, 1), (20, 2)]);
        let (limit, by) = chart.limit(20);
        // p̄ = 0.1: P(X > 6) = 0.00239, P(X > 7) = 0.00042.
        assert_eq!((by, limit), (PLimitBy::Binomial, 0.35));
        assert!(!chart.judge(Counted { units: 20, failed: 7 }).signal);
        assert!(chart.judge(Counted { units: 20, failed: 8 }).signal);
        assert!((chart.false_alarm(20) - 0.000_416).abs() < 2e-6, "{}", chart.false_alarm(20));
    }

    #[test]
    fn lots_that_scatter_more_than_units_do_widen_the_limit_and_it_says_so() {
        let chart = chart(&[(60, 5), (60, 30), (60, 12), (60, 28), (60, 8), (60, 25), (60, 15), (60, 21)]);
        assert!(chart.baseline.p_value < 1e-6 && chart.baseline.within.is_some_and(|within| within > 0.05));
        let (limit, by) = chart.limit(60);
        let p = chart.baseline.share();
        assert_eq!(by, PLimitBy::BetaBinomial);
        assert!(limit > p + 4.5 * (p * (1.0 - p) / 60.0).sqrt(), "{limit}");
        assert!(chart.false_alarm(60) <= THREE_SIGMA && chart.false_alarm(60) > THREE_SIGMA / 3.0);
    }

    #[test]
    fn chances_of_a_beta_binomial_add_up_and_have_its_variance() {
        let (n, a, b) = (40_u32, 3.0, 7.0);
        let chances: Vec<(u32, f64)> = beta_binomial_from_top(n, a, b).collect();
        let all: f64 = chances.iter().map(|(_, p)| p).sum();
        let mean: f64 = chances.iter().map(|(k, p)| f64::from(*k) * p).sum();
        let variance: f64 = chances.iter().map(|(k, p)| (f64::from(*k) - mean).powi(2) * p).sum();
        assert!((all - 1.0).abs() < 1e-10 && (mean - 12.0).abs() < 1e-9);
        assert!((variance - 40.0 * 0.21 * (1.0 + 39.0 / 11.0)).abs() < 1e-7, "{variance}");
    }

    #[test]
    fn a_baseline_without_a_failed_unit_does_not_make_the_next_one_an_alarm() {
        let chart = chart(&[(10, 0), (10, 0), (10, 0), (10, 0)]);
        assert!(!chart.judge(Counted { units: 10, failed: 1 }).signal);
        assert!(chart.judge(Counted { units: 10, failed: 5 }).signal);
    }

    /// Failed units of a lot.
    fn drawn(chance: &mut Chance, units: u32, share: f64) -> Counted {
        let failed = (0..units).filter(|_| chance.unit() < share).count();
        Counted { units, failed: u32::try_from(failed).expect("a count") }
    }

    /// The share of drawn lots that signal on the chart of a drawn baseline of 12 lots of 40, and what the charts expect.
    fn whole_procedure(tail: f64, share: f64) -> (f64, f64) {
        let (mut signals, mut expected, draws) = (0, 0.0, 20_000_u32);
        for number in 0..draws {
            let mut chance = Chance::new(1, u64::from(number));
            let lots: Vec<Counted> = (0..12).map(|_| drawn(&mut chance, 40, share)).collect();
            let chart = PChart::new(PBaseline::of(&lots).expect("lots"), tail).expect("a tail");
            signals += u32::from(chart.judge(drawn(&mut chance, 40, share)).signal);
            expected += chart.expected_false_alarm(40);
        }
        (f64::from(signals) / f64::from(draws), expected / f64::from(draws))
    }

    #[test]
    fn false_alarms_of_the_whole_procedure_are_as_many_as_expected() {
        let (found, expected) = whole_procedure(1.0 / 370.0, 0.3);
        assert!((found / expected - 1.0).abs() < 0.1, "{found} for {expected}");
        assert!((1.0 / 190.0..1.0 / 160.0).contains(&expected), "{expected}");
    }
}
