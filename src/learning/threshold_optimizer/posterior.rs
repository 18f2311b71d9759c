//! Where the true threshold lies: the posterior of a rising curve's best cut.
//!
//! The chance of failing is taken for a four-parameter logistic of u = ln r,
//! p(u) = lo + (hi − lo) / (1 + exp(−(u − c)/s)). The cut with the largest Youden index is where p crosses its own mean
//! over the units: above it failing is likelier than on average. With s → 0 the curve is a step, with s as wide as the
//! data it is a smooth slope, so one model spans the two kinds of history between which the empirical cut's law
//! changes: n⁻¹ at a step, n⁻¹ᐟ³ on a slope, where the plain bootstrap of a maximiser is not consistent (Abrevaya &
//! Huang, Econometrica 73, 2005; Seijo & Sen, Annals of Statistics 39, 2011) and under-covers.
//!
//! Priors: c uniform over the units' u; ln s uniform from 0.001 to 1.5 standard deviations of u; lo < hi uniform.
//! Drawn by random-walk Metropolis (Metropolis et al., 1953) from four starts. What it covers is measured over made
//! histories by `trimwatch bench learners`.

use crate::learning::middle::quantile;
use crate::learning::progress::told;
use crate::learning::random::Random;
use crate::learning::{LearningError, Step};

/// Steps, thresholds kept of each chain's last four fifths, chains.
const STEPS: usize = 3_000;
const KEEP_EVERY: usize = 8;
const STARTS: [f64; 4] = [0.003, 0.03, 0.15, 0.5];
/// Between two looks at the step: at most 4,000 places × 64 steps.
const TELL_EVERY: usize = 64;
/// Width of the curve, in standard deviations of u.
const WIDTHS: (f64, f64) = (0.001, 1.5);
/// More places than this are joined with their neighbours.
const MOST_PLACES: usize = 4_000;
/// Sizes of a move, one of which is drawn each time: the widths of the posterior differ by as much.
const SIZES: [f64; 4] = [1.0, 0.3, 0.1, 0.03];

/// Units at one roughness.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// ln r.
    pub(super) u: f64,
    /// Units there that are good, and that failed.
    pub(super) good: f64,
    pub(super) bad: f64,
}

/// A rising curve.
#[derive(Debug, Clone, Copy)]
struct Curve {
    centre: f64,
    log_width: f64,
    low: f64,
    high: f64,
}

/// The posterior's percentiles 0, 1 … 100 of ln(threshold); `None` where all units are equally rough.
///
/// `start` is a threshold to begin at, ln r.
pub(super) fn percentiles(
    places: Vec<Place>,
    start: f64,
    seed: u64,
    step: Step<'_>,
) -> Result<Option<Vec<f64>>, LearningError> {
    let Some(history) = History::of(joined(places)) else { return Ok(None) };
    let mut random = Random::new(seed);
    let mut cuts = Vec::new();
    for (chain, width) in STARTS.iter().enumerate() {
        let begin = Curve { centre: start, log_width: (width * history.spread).ln(), low: 0.1, high: 0.8 };
        let share = |i: usize| (chain as f64 + i as f64 / STEPS as f64) / STARTS.len() as f64;
        history.walk(begin, &mut random, &mut cuts, &|i| told(step(share(i))))?;
    }
    cuts.sort_unstable_by(f64::total_cmp);
    Ok((0..=100).map(|percent| quantile(&cuts, f64::from(percent) / 100.0)).collect())
}

/// Places in order, not more than can be walked over often: neighbours joined at their mean.
fn joined(mut places: Vec<Place>) -> Vec<Place> {
    places.sort_unstable_by(|a, b| a.u.total_cmp(&b.u));
    let together = places.len().div_ceil(MOST_PLACES).max(1);
    if together == 1 {
        return places;
    }
    let mean = |group: &[Place]| {
        let (good, bad) = group.iter().fold((0.0, 0.0), |(good, bad), place| (good + place.good, bad + place.bad));
        Place { u: group.iter().map(|place| place.u).sum::<f64>() / group.len() as f64, good, bad }
    };
    places.chunks(together).map(mean).collect()
}

/// What the curve is held against.
struct History {
    places: Vec<Place>,
    units: f64,
    least: f64,
    most: f64,
    /// Standard deviation of u.
    spread: f64,
}

impl History {
    fn of(places: Vec<Place>) -> Option<Self> {
        let units: f64 = places.iter().map(|place| place.good + place.bad).sum();
        let mean = places.iter().map(|place| (place.good + place.bad) * place.u).sum::<f64>() / units;
        let squares: f64 = places.iter().map(|place| (place.good + place.bad) * (place.u - mean).powi(2)).sum();
        let spread = (squares / units).sqrt();
        let (least, most) = (places.first()?.u, places.last()?.u);
        (spread > 0.0 && spread.is_finite()).then_some(Self { places, units, least, most, spread })
    }

    fn walk(
        &self,
        begin: Curve,
        random: &mut Random,
        cuts: &mut Vec<f64>,
        tell: &dyn Fn(usize) -> Result<(), LearningError>,
    ) -> Result<(), LearningError> {
        let mut curve = begin;
        let mut likelihood = self.log_likelihood(curve);
        for i in 0..STEPS {
            if i % TELL_EVERY == 0 {
                tell(i)?;
            }
            let next = self.moved(curve, random);
            let other = self.log_likelihood(next);
            if random.unit() < (other - likelihood).exp() {
                (curve, likelihood) = (next, other);
            }
            if i >= STEPS / 5 && i % KEEP_EVERY == 0 {
                cuts.push(self.cut(curve));
            }
        }
        Ok(())
    }

    /// One of the four parameters moved by a draw of one of the sizes.
    fn moved(&self, curve: Curve, random: &mut Random) -> Curve {
        let size = SIZES.get(random.below(SIZES.len())).copied().unwrap_or(1.0) * random.normal();
        match random.below(4) {
            0 => Curve { centre: curve.centre + size * self.spread, ..curve },
            1 => Curve { log_width: curve.log_width + 2.0 * size, ..curve },
            2 => Curve { low: curve.low + 0.3 * size, ..curve },
            _ => Curve { high: curve.high + 0.3 * size, ..curve },
        }
    }

    /// −∞ outside the priors.
    fn log_likelihood(&self, curve: Curve) -> f64 {
        let width = curve.log_width.exp() / self.spread;
        let inside = (self.least..=self.most).contains(&curve.centre)
            && (WIDTHS.0..=WIDTHS.1).contains(&width)
            && 0.0 < curve.low
            && curve.low < curve.high
            && curve.high < 1.0;
        if !inside {
            return f64::NEG_INFINITY;
        }
        let (steepness, rise) = ((-curve.log_width).exp(), curve.high - curve.low);
        let term = |place: &Place| {
            let p = curve.low + rise * logistic((place.u - curve.centre) * steepness);
            let good = if place.good > 0.0 { place.good * (1.0 - p).ln() } else { 0.0 };
            if place.bad > 0.0 { good + place.bad * p.ln() } else { good }
        };
        self.places.iter().map(term).sum()
    }

    /// Where the curve crosses its mean over the units, within their range.
    fn cut(&self, curve: Curve) -> f64 {
        let width = curve.log_width.exp();
        let risen = |place: &Place| (place.good + place.bad) * logistic((place.u - curve.centre) / width);
        let mean = self.places.iter().map(risen).sum::<f64>() / self.units;
        let mean = mean.clamp(1e-9, 1.0 - 1e-9);
        (curve.centre + width * (mean / (1.0 - mean)).ln()).clamp(self.least, self.most)
    }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;

    fn percentiles_of(places: Vec<Place>) -> Option<Vec<f64>> {
        percentiles(places, 0.5, 1, &|_| ControlFlow::Continue(())).expect("not cancelled")
    }

    fn steps_at(n: u32, cut: f64) -> Vec<Place> {
        let place = |u: f64| Place { u, good: f64::from(u8::from(u < cut)), bad: f64::from(u8::from(u >= cut)) };
        (0..n).map(|i| place(f64::from(i) / f64::from(n))).collect()
    }

    #[test]
    fn a_clean_step_is_found_within_its_gap() {
        let percentiles = percentiles_of(steps_at(80, 0.6)).expect("units differ");
        assert!(percentiles[5] > 0.6 - 2.0 / 80.0 && percentiles[95] < 0.6 + 2.0 / 80.0, "{percentiles:?}");
    }

    #[test]
    fn equally_rough_units_tell_no_threshold() {
        assert!(percentiles_of(vec![Place { u: 1.0, good: 5.0, bad: 5.0 }; 3]).is_none());
        assert!(percentiles_of(Vec::new()).is_none());
    }

    #[test]
    fn many_places_are_joined_without_losing_units() {
        let places = joined(steps_at(10_001, 0.3));
        let units: f64 = places.iter().map(|place| place.good + place.bad).sum();
        assert!(places.len() <= MOST_PLACES && (units - 10_001.0).abs() < 1e-9);
    }
}
