//! Which filter a sigma was made with: part of every sigma and every threshold.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Which low-pass is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FilterMode {
    /// Zero-phase Butterworth.
    Butterworth,
    /// `y_i = y_{i−1} + a (x_i − y_{i−1})`, forward and backward.
    Recursive,
    /// No filter.
    None,
}

/// What a sigma was made with. Figures of different identities are never compared.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FilterIdentity {
    /// Which low-pass.
    pub mode: FilterMode,
    /// Order of the Butterworth filter, else 0.
    pub order: u8,
    /// Cutoff as a share of Nyquist, or the coefficient of `recursive`; 0 without a filter.
    pub cutoff: f64,
    /// Points between the two ends of a gradient.
    pub step: u8,
    /// Points dropped at each end.
    pub end_points: u8,
}

impl fmt::Display for FilterIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.mode {
            FilterMode::Butterworth => write!(f, "butterworth order {} cutoff {}", self.order, self.cutoff)?,
            FilterMode::Recursive => write!(f, "recursive a {}", self.cutoff)?,
            FilterMode::None => f.write_str("no filter")?,
        }
        write!(f, ", step {}, ends {}", self.step, self.end_points)
    }
}
