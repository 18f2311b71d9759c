//! Tails and quantiles of the distributions that limits are made of.

use std::f64::consts::{FRAC_1_SQRT_2, PI, SQRT_2};

/// Terms of the continued fractions; at the places they are used half as many already settle the last digit.
const DEPTH: u32 = 200;
/// Where a sum or fraction no longer moves.
const SETTLED: f64 = 1e-16;

/// Density of the standard normal distribution.
pub fn normal_density(x: f64) -> f64 {
    (-0.5 * x * x).exp() * FRAC_1_SQRT_2 / PI.sqrt()
}

/// Share of the standard normal distribution above `x`, 0 … 1, to about 14 digits also far out.
///
/// Source: G. Marsaglia, Evaluating the Normal Distribution, J. Stat. Software 11 (2004), for the series; Abramowitz &
/// Stegun 26.2.14 for the continued fraction beyond 3.
pub fn normal_above(x: f64) -> f64 {
    if x.is_nan() {
        return f64::NAN;
    }
    if x < 0.0 {
        return 1.0 - normal_above(-x);
    }
    if x > 3.0 {
        let fraction = (1..=DEPTH).rev().fold(x, |below, k| x + f64::from(k) / below);
        return normal_density(x) / fraction;
    }
    let (mut term, mut sum, mut odd) = (x, x, 1.0);
    while term > SETTLED * sum {
        odd += 2.0;
        term *= x * x / odd;
        sum += term;
    }
    0.5 - sum * normal_density(x)
}

/// Share of the standard normal distribution below `x`, 0 … 1.
pub fn normal_below(x: f64) -> f64 {
    normal_above(-x)
}

/// The value that so small a share of the standard normal distribution lies above; infinite for 0 and 1.
///
/// Source: Abramowitz & Stegun 26.2.23 for a start, then Halley's steps on [`normal_above`].
pub fn normal_quantile_above(share: f64) -> f64 {
    if !(0.0..=1.0).contains(&share) {
        return f64::NAN;
    }
    if share > 0.5 {
        return -normal_quantile_above(1.0 - share);
    }
    if share == 0.0 {
        return f64::INFINITY;
    }
    let t = (-2.0 * share.ln()).sqrt();
    let over = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let under = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    (0..4).fold(t - over / under, |x, _| {
        let step = (normal_above(x) - share) / normal_density(x);
        x + step / (1.0 - 0.5 * x * step)
    })
}

/// ln Γ(x) for x > 0.
///
/// Source: C. Lanczos, SIAM J. Numer. Anal. B 1 (1964), with g = 7 and nine coefficients.
pub fn ln_gamma(x: f64) -> f64 {
    const FIRST: f64 = 0.999_999_999_999_809_9;
    const REST: [f64; 8] = [
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    if x < 0.5 {
        return (PI / (PI * x).sin()).ln() - ln_gamma(1.0 - x);
    }
    let x = x - 1.0;
    let sum = REST.iter().zip(1..).fold(FIRST, |sum, (c, k)| sum + c / (x + f64::from(k)));
    let t = x + 7.5;
    0.5 * (2.0 * PI).ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

/// Share of the chi-square distribution above `x`, 0 … 1, for any positive number of degrees of freedom.
///
/// Source: the regularised incomplete gamma function, DLMF 8.7.1 (series) and 8.9.2 (continued fraction).
pub fn chi_square_above(x: f64, degrees: f64) -> f64 {
    let (a, x) = (degrees / 2.0, x / 2.0);
    if x <= 0.0 {
        return 1.0;
    }
    let front = (a * x.ln() - x - ln_gamma(a)).exp();
    if x < a + 1.0 {
        let (mut term, mut sum, mut k) = (1.0 / a, 1.0 / a, a);
        while term > SETTLED * sum {
            k += 1.0;
            term *= x / k;
            sum += term;
        }
        return (1.0 - front * sum).clamp(0.0, 1.0);
    }
    // Deep enough for the degrees of freedom that thousands of units give, right beside the middle.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few thousand")]
    let depth = DEPTH + (8.0 * a.sqrt()).min(10_000.0) as u32;
    let fraction = (1..=depth)
        .rev()
        .map(f64::from)
        .fold(x + 1.0 - a + 2.0 * f64::from(depth + 1), |below, k| x + 2.0 * k - 1.0 - a - k * (k - a) / below);
    (front / fraction).clamp(0.0, 1.0)
}

/// Mean of the chi distribution with so many degrees of freedom.
pub fn chi_mean(degrees: f64) -> f64 {
    SQRT_2 * (ln_gamma(f64::midpoint(degrees, 1.0)) - ln_gamma(degrees / 2.0)).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expected: f64, relative: f64) {
        assert!((found / expected - 1.0).abs() < relative, "{found} for {expected}");
    }

    #[test]
    fn normal_tails_are_those_of_the_tables() {
        near(normal_above(1.0), 0.158_655_253_931_457_05, 1e-14);
        near(normal_above(3.0), 0.001_349_898_031_630_094_6, 1e-12);
        near(normal_above(3.5), 2.326_290_790_355_250_4e-4, 1e-12);
        near(normal_above(6.0), 9.865_876_450_376_98e-10, 1e-12);
        near(normal_below(1.0), 0.841_344_746_068_542_9, 1e-14);
    }

    #[test]
    fn a_quantile_undoes_its_tail() {
        for share in [1e-12, 1e-5, 0.00135, 0.1, 0.3, 0.5, 0.9, 0.999] {
            let back = normal_above(normal_quantile_above(share));
            assert!((back - share).abs() < 1e-13 + 1e-9 * share, "{share} {back}");
        }
        near(normal_quantile_above(0.025), 1.959_963_984_540_054, 1e-12);
    }

    #[test]
    fn chi_square_tails_are_those_of_the_tables() {
        near(chi_square_above(3.841_458_820_694_124, 1.0), 0.05, 1e-10);
        near(chi_square_above(19.767_743_5, 29.0), 0.9, 1e-7);
        near(chi_square_above(42.556_967_8, 29.0), 0.05, 1e-6);
        near(chi_square_above(999.333_4, 1_000.0), 0.5, 1e-3);
        near(chi_square_above(1_074.679, 1_000.0), 0.05, 1e-3);
        near(ln_gamma(10.0), 362_880_f64.ln(), 1e-14);
        near(chi_mean(2.0), (PI / 2.0).sqrt(), 1e-13);
    }
}
