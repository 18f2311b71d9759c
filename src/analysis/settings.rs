//! What a site may set about judging; its defaults are the documentation.

use serde::{Deserialize, Serialize};

use super::filter_identity::{FilterIdentity, FilterMode};
use super::rule::Grading;
use crate::trim::Limits;

/// `[sigma]`: how the sigma gradient is made. Changing anything here makes figures incomparable with old ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SigmaSettings {
    /// `butterworth` (default), `recursive` for sites whose history was built on it, or `none`.
    pub filter: FilterMode,
    /// Order of the Butterworth filter, 1–10.
    pub order: u8,
    /// Cutoff as a share of the Nyquist frequency, between 0 and 1; coefficient `a` of `recursive`.
    pub cutoff: f64,
    /// Points between the two ends of a gradient, 1–20.
    pub step: u8,
    /// Points dropped at each end of the filtered sweep, 0–50.
    pub end_points: u8,
}

impl Default for SigmaSettings {
    fn default() -> Self {
        Self { filter: FilterMode::Butterworth, order: 5, cutoff: 0.8, step: 3, end_points: 5 }
    }
}

impl SigmaSettings {
    /// The identity every sigma and threshold made under these settings carries.
    pub fn identity(&self) -> FilterIdentity {
        FilterIdentity {
            mode: self.filter,
            order: if self.filter == FilterMode::Butterworth { self.order } else { 0 },
            cutoff: if self.filter == FilterMode::None { 0.0 } else { self.cutoff },
            step: self.step,
            end_points: self.end_points,
        }
    }

    /// Every value that is out of range, in words.
    pub fn problems(&self) -> Vec<String> {
        let checks = [
            ((1..=10).contains(&self.order), format!("sigma.order = {}: 1 … 10", self.order)),
            (self.cutoff > 0.0 && self.cutoff < 1.0, format!("sigma.cutoff = {}: above 0 and below 1", self.cutoff)),
            ((1..=20).contains(&self.step), format!("sigma.step = {}: 1 … 20", self.step)),
            (self.end_points <= 50, format!("sigma.end_points = {}: 0 … 50", self.end_points)),
        ];
        checks.into_iter().filter(|(fine, _)| !fine).map(|(_, problem)| problem).collect()
    }
}

/// Everything a site may set about judging.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AnalysisSettings {
    /// How the sigma gradient is made.
    pub sigma: SigmaSettings,
    /// What verdicts follow beside the figures.
    pub grading: Grading,
    /// What one file may cost before it is given up.
    pub limits: Limits,
}
