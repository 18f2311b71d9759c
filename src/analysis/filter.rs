//! Zero-phase low-pass filters for the error of a sweep.
//!
//! The Butterworth filter is the bilinear transform of the analogue prototype (Oppenheim & Schafer,
//! *Discrete-Time Signal Processing*, ch. 7) as a cascade of sections with unit gain at zero frequency, run
//! forward and backward over an odd extension from steady-state initial conditions (Gustafsson 1996). Run
//! forward only, from rest, it inflates sigma up to 3.4 × on short sweeps.

use std::f64::consts::PI;

use super::filter_identity::FilterMode;
use super::settings::SigmaSettings;

/// Sweeps shorter than this are not filtered and keep their ends.
pub(super) const MIN_FILTERED_POINTS: usize = 15;
/// Longest odd extension at each end, points.
const MAX_EXTENSION: usize = 50;

/// The filtered error, same length and order. Sweeps under 15 points come back as they are.
pub(super) fn low_pass(values: &[f64], settings: &SigmaSettings) -> Vec<f64> {
    if values.len() < MIN_FILTERED_POINTS {
        return values.to_vec();
    }
    match settings.filter {
        FilterMode::Butterworth => zero_phase(values, &butterworth(settings.order, settings.cutoff)),
        FilterMode::Recursive => recursive(values, settings.cutoff),
        FilterMode::None => values.to_vec(),
    }
}

/// One section in transposed direct form II, unit gain at zero frequency. First-order sections have b2 = a2 = 0.
#[derive(Debug, Clone, Copy)]
struct Section {
    b: [f64; 3],
    a1: f64,
    a2: f64,
}

impl Section {
    fn second_order(a1: f64, a2: f64) -> Self {
        let gain = (1.0 + a1 + a2) / 4.0;
        Self { b: [gain, 2.0 * gain, gain], a1, a2 }
    }

    fn first_order(a1: f64) -> Self {
        let gain = f64::midpoint(1.0, a1);
        Self { b: [gain, gain, 0.0], a1, a2: 0.0 }
    }

    /// Filters in place, starting as if the first value had lasted for ever.
    fn run(&self, values: &mut [f64]) {
        let [b0, b1, b2] = self.b;
        let first = values.first().copied().unwrap_or(0.0);
        let mut near = (1.0 - b0) * first;
        let mut far = (b2 - self.a2) * first;
        for value in values {
            let input = *value;
            let output = b0 * input + near;
            near = b1 * input - self.a1 * output + far;
            far = b2 * input - self.a2 * output;
            *value = output;
        }
    }
}

/// The sections of a digital Butterworth low-pass; `cutoff` is a share of the Nyquist frequency.
fn butterworth(order: u8, cutoff: f64) -> Vec<Section> {
    let order = u32::from(order);
    let warped = (PI * cutoff / 2.0).tan();
    let pairs = (0..order / 2).map(|k| {
        let angle = PI * f64::from(2 * k + order + 1) / f64::from(2 * order);
        let (re, im) = (warped * angle.cos(), warped * angle.sin());
        // z = (1 + p)/(1 − p) for the pole p and its conjugate.
        let norm = (1.0 - re).powi(2) + im * im;
        let z_re = (1.0 - re * re - im * im) / norm;
        let z_im = 2.0 * im / norm;
        Section::second_order(-2.0 * z_re, z_re * z_re + z_im * z_im)
    });
    let odd = (order % 2 == 1).then(|| Section::first_order((warped - 1.0) / (warped + 1.0)));
    pairs.chain(odd).collect()
}

fn zero_phase(values: &[f64], sections: &[Section]) -> Vec<f64> {
    let reach = (values.len() / 4).min(MAX_EXTENSION);
    let mut extended = odd_extension(values, reach);
    for _ in 0..2 {
        for section in sections {
            section.run(&mut extended);
        }
        extended.reverse();
    }
    extended.into_iter().skip(reach).take(values.len()).collect()
}

/// The values with `reach` points mirrored through each end point.
fn odd_extension(values: &[f64], reach: usize) -> Vec<f64> {
    let (first, last) = match (values.first(), values.last()) {
        (Some(first), Some(last)) => (*first, *last),
        _ => return Vec::new(),
    };
    let before = values.iter().skip(1).take(reach).rev().map(|v| 2.0 * first - v);
    let after = values.iter().rev().skip(1).take(reach).map(|v| 2.0 * last - v);
    before.chain(values.iter().copied()).chain(after).collect()
}

fn recursive(values: &[f64], coefficient: f64) -> Vec<f64> {
    let mut smooth = values.to_vec();
    for _ in 0..2 {
        let mut state = smooth.first().copied().unwrap_or(0.0);
        for value in &mut smooth {
            state += coefficient * (*value - state);
            *value = state;
        }
        smooth.reverse();
    }
    smooth
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_passes_unchanged_and_a_line_but_for_its_ends() {
        let line: Vec<f64> = (0..60).map(|i| 3.0 - 0.25 * f64::from(i)).collect();
        let made = low_pass(&line, &SigmaSettings::default());
        let off: Vec<f64> = made.iter().zip(&line).map(|(a, b)| (a - b).abs()).collect();
        assert!(off.iter().all(|&d| d < 0.01 * 0.25), "{off:?}");
        assert!(off[20..40].iter().all(|&d| d < 2e-4 * 0.25), "{off:?}");
        for value in low_pass(&[3.5; 40], &SigmaSettings::default()) {
            assert!((value - 3.5).abs() < 1e-12);
        }
    }

    #[test]
    fn no_point_is_shifted_in_phase() {
        let mut impulse = vec![0.0; 101];
        impulse[50] = 1.0;
        let made = low_pass(&impulse, &SigmaSettings::default());
        for reach in 1..40 {
            assert!((made[50 - reach] - made[50 + reach]).abs() < 1e-9, "{reach}");
        }
    }

    #[test]
    fn the_cutoff_halves_the_power_once_each_way() {
        // At the cutoff one run leaves 1/√2 of the amplitude, both runs one half.
        let n = 4000;
        let tone: Vec<f64> = (0..n).map(|i| (PI * 0.8 * f64::from(i)).sin()).collect();
        let made = low_pass(&tone, &SigmaSettings::default());
        let middle = |v: &[f64]| v[1000..3000].iter().map(|x| x * x).sum::<f64>();
        let ratio = (middle(&made) / middle(&tone)).sqrt();
        assert!((ratio - 0.5).abs() < 1e-6, "{ratio}");
    }

    #[test]
    fn short_sweeps_are_left_alone() {
        let values: Vec<f64> = (0..14).map(|i| f64::from(i * i % 5)).collect();
        assert_eq!(low_pass(&values, &SigmaSettings::default()), values);
    }
}
