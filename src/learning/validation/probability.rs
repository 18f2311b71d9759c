//! How far probabilities are from what happened.

use serde::{Deserialize, Serialize};

/// One of ten equally wide bins of predicted probability.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Bin {
    /// Predictions in it.
    pub count: usize,
    /// Their mean, 0 … 1; 0 of none.
    pub mean_predicted: f64,
    /// Share that failed, 0 … 1; 0 of none.
    pub observed: f64,
}

/// Brier score: mean of (p − o)². `None` of nothing.
///
/// Source: G. W. Brier, Monthly Weather Review 78 (1950).
pub fn brier(p: &[f64], failed: &[bool]) -> Option<f64> {
    let squares: f64 = p.iter().zip(failed).map(|(p, &failed)| (p - f64::from(u8::from(failed))).powi(2)).sum();
    (!p.is_empty() && p.len() == failed.len()).then(|| squares / p.len() as f64)
}

/// Predicted against observed in ten bins of equal width, the last one with 1.
pub fn reliability(p: &[f64], failed: &[bool]) -> [Bin; 10] {
    let mut bins = [Bin::default(); 10];
    for (&p, &failed) in p.iter().zip(failed) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the bins")]
        let index = (p * 10.0).clamp(0.0, 9.0) as usize;
        if let Some(bin) = bins.get_mut(index) {
            bin.count += 1;
            bin.mean_predicted += p;
            bin.observed += f64::from(u8::from(failed));
        }
    }
    for bin in bins.iter_mut().filter(|bin| bin.count > 0) {
        bin.mean_predicted /= bin.count as f64;
        bin.observed /= bin.count as f64;
    }
    bins
}
