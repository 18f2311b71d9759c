//! What a series is like: mean, spread, middle, skew, and whether neighbours resemble each other.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::SpcError;

/// One-sided 90 % point of the normal distribution.
const NINETY: f64 = 1.281_551_565_544_600_4;

/// Figures of a series, in its own units where they have any.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// How many values.
    pub n: usize,
    /// Mean.
    pub mean: f64,
    /// Sample standard deviation (n − 1).
    pub deviation: f64,
    /// Median.
    pub median: f64,
    /// Adjusted Fisher–Pearson skewness G₁ (Joanes & Gill, The Statistician 47, 1998); 0 below three values.
    pub skew: f64,
    /// Lag-1 autocorrelation r₁, −1 … 1.
    pub lag1: f64,
    /// Average moving range of two neighbours.
    pub moving_range: f64,
}

impl Summary {
    /// The figures of at least two finite values, in their order.
    ///
    /// # Errors
    /// [`SpcError::TooFew`] below two values, [`SpcError::NotFinite`].
    pub fn of(values: &[f64]) -> Result<Self, SpcError> {
        if let Some(place) = values.iter().position(|value| !value.is_finite()) {
            return Err(SpcError::NotFinite { place });
        }
        let n = values.len();
        let too_few = SpcError::TooFew { found: n, needed: 2 };
        let (Some(mean), Some(deviation)) = (mean(values), deviation(values)) else { return Err(too_few) };
        let ranges: f64 = values.iter().zip(values.iter().skip(1)).map(|(a, b)| (b - a).abs()).sum();
        Ok(Self {
            n,
            mean,
            deviation,
            median: median(values),
            skew: skew(values, mean),
            lag1: lag1(values, mean),
            moving_range: ranges / (n - 1) as f64,
        })
    }

    /// What |r₁| exceeds in one of twenty series without autocorrelation: 2/√n.
    pub fn lag1_bound(&self) -> f64 {
        2.0 / (self.n as f64).sqrt()
    }

    /// Whether neighbours resemble each other: r₁ above its bound.
    pub fn is_autocorrelated(&self) -> bool {
        self.lag1 > self.lag1_bound()
    }

    /// Upper 90 % bound of r₁, at most 1: r₁ + 1.2816 √((1 − r₁²)/n) (M. Bartlett, J. Roy. Stat. Soc. Suppl. 8, 1946).
    pub fn lag1_upper(&self) -> f64 {
        (self.lag1 + NINETY * ((1.0 - self.lag1 * self.lag1).max(0.0) / self.n as f64).sqrt()).min(1.0)
    }
}

/// Mean, with what rounding left over added in a second pass. `None` of nothing.
pub fn mean(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    let first = values.iter().sum::<f64>() / n;
    let rest: f64 = values.iter().map(|value| value - first).sum();
    (!values.is_empty()).then_some(first + rest / n)
}

/// Sample standard deviation (n − 1), two passes with the correction of Chan, Golub & `LeVeque` (American Statistician
/// 37, 1983). `None` below two values.
pub fn deviation(values: &[f64]) -> Option<f64> {
    let mean = mean(values).filter(|_| values.len() > 1)?;
    let n = values.len() as f64;
    let drift: f64 = values.iter().map(|value| value - mean).sum();
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    Some(((squares - drift * drift / n) / (n - 1.0)).max(0.0).sqrt())
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let at = |place: usize| sorted.get(place).copied().unwrap_or(f64::NAN);
    f64::midpoint(at(values.len().saturating_sub(1) / 2), at(values.len() / 2))
}

fn skew(values: &[f64], mean: f64) -> f64 {
    let n = values.len() as f64;
    let moment = |power: i32| values.iter().map(|value| (value - mean).powi(power)).sum::<f64>() / n;
    let (second, third) = (moment(2), moment(3));
    if n < 3.0 || second <= 0.0 {
        return 0.0;
    }
    (n * (n - 1.0)).sqrt() / (n - 2.0) * third / second.powf(1.5)
}

/// Σ(x − m)(x' − m)/Σ(x − m)² over neighbours; 0 of values that do not vary.
fn lag1(values: &[f64], mean: f64) -> f64 {
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    let products: f64 = values.iter().zip(values.iter().skip(1)).map(|(a, b)| (a - mean) * (b - mean)).sum();
    if squares > 0.0 { products / squares } else { 0.0 }
}
