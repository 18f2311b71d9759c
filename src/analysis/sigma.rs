//! Sigma gradient: how rough a sweep is.

use super::filter::{MIN_FILTERED_POINTS, low_pass};
use super::settings::SigmaSettings;
use super::statistics::{median, sample_deviation};

/// Position steps below this are no steps, degrees or inches.
const LEAST_STEP: f64 = 1e-6;
/// Steps below this share of the median step are near-duplicates, which would multiply sigma by a thousand.
const LEAST_STEP_SHARE: f64 = 0.1;

/// Standard deviation of the filtered error's gradients, V per degree or V per inch.
///
/// `positions` and `errors` run alike over all usable points, graded or not. `None` when fewer than two
/// gradients remain: then sigma is not judged.
pub fn sigma_gradient(positions: &[f64], errors: &[f64], settings: &SigmaSettings) -> Option<f64> {
    let ends = if errors.len() >= MIN_FILTERED_POINTS { usize::from(settings.end_points) } else { 0 };
    let keep = errors.len().checked_sub(2 * ends)?;
    let smooth = low_pass(errors, settings);
    let error: Vec<f64> = smooth.into_iter().skip(ends).take(keep).collect();
    let position: Vec<f64> = positions.iter().copied().skip(ends).take(keep).collect();
    let step = usize::from(settings.step);
    let rises = differences(&error, step);
    let runs: Vec<f64> = differences(&position, step).collect();
    let typical = median(runs.iter().map(|run| run.abs()))?;
    let least = LEAST_STEP.max(LEAST_STEP_SHARE * typical);
    let gradients: Vec<f64> =
        rises.zip(&runs).filter(|(_, run)| run.abs() > least).map(|(rise, run)| rise / run).collect();
    sample_deviation(&gradients)
}

fn differences(values: &[f64], step: usize) -> impl Iterator<Item = f64> {
    values.iter().zip(values.iter().skip(step)).map(|(from, to)| to - from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::FilterMode;

    fn ramp(n: usize) -> Vec<f64> {
        (0..n).map(|i| i as f64 * 0.5).collect()
    }

    #[test]
    fn a_straight_error_has_no_roughness() {
        let errors: Vec<f64> = ramp(60).iter().map(|x| 0.02 * x - 0.1).collect();
        let unfiltered = SigmaSettings { filter: crate::analysis::FilterMode::None, ..SigmaSettings::default() };
        let sigma = sigma_gradient(&ramp(60), &errors, &unfiltered);
        assert!(sigma.expect("many gradients") < 1e-12);
    }

    #[test]
    fn one_near_duplicate_position_does_not_multiply_sigma() {
        let errors: Vec<f64> = ramp(60).iter().map(|x| (x * 1.3).sin() * 0.01).collect();
        let mut positions = ramp(60);
        let clean = sigma_gradient(&positions, &errors, &SigmaSettings::default());
        positions[30] = positions[33] - 1e-9;
        let doubled = sigma_gradient(&positions, &errors, &SigmaSettings::default());
        let ratio = doubled.expect("sigma") / clean.expect("sigma");
        assert!((0.8..1.5).contains(&ratio), "{ratio}");
    }

    #[test]
    fn too_few_points_leave_sigma_undefined() {
        assert_eq!(sigma_gradient(&ramp(4), &[0.0; 4], &SigmaSettings::default()), None);
        assert_eq!(sigma_gradient(&[], &[], &SigmaSettings::default()), None);
    }

    #[test]
    fn the_filters_read_white_noise_by_their_known_shares() {
        // A linear congruential generator is white enough over 200,000 points.
        let mut state = 12_345u64;
        let noise: Vec<f64> = (0..200_000)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (state >> 11) as f64 / (1u64 << 53) as f64 - 0.5
            })
            .collect();
        let positions = ramp(noise.len());
        let read = |filter| {
            let settings = SigmaSettings { filter, ..SigmaSettings::default() };
            sigma_gradient(&positions, &noise, &settings).expect("sigma")
        };
        let plain = read(FilterMode::None);
        let (butterworth, recursive) = (read(FilterMode::Butterworth) / plain, read(FilterMode::Recursive) / plain);
        assert!((butterworth - 0.83).abs() < 0.01, "{butterworth}");
        assert!((recursive - 0.68).abs() < 0.02, "{recursive}");
    }
}
