//! What a site may set about judging; its defaults are the documentation.

use serde::{Deserialize, Serialize};

use super::filter_identity::{FilterIdentity, FilterMode};
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

/// `[[rule]]`: a sigma threshold for models whose name matches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThresholdRule {
    /// Pattern for the whole model name, any case; `*` and `?` stand for any run and any one character.
    pub model: String,
    /// Threshold = `per_spec` · spec, in 1/° or 1/in.
    pub per_spec: f64,
}

/// Everything a site may set about judging.
#[derive(Debug, Clone, PartialEq)]
pub struct AnalysisSettings {
    /// How the sigma gradient is made.
    pub sigma: SigmaSettings,
    /// Threshold rules, first match wins.
    pub rules: Vec<ThresholdRule>,
    /// A part that needs an offset beyond so many specs to pass gets a warning.
    pub offset_warn: f64,
    /// What one file may cost before it is given up.
    pub limits: Limits,
}

impl Default for AnalysisSettings {
    fn default() -> Self {
        Self { sigma: SigmaSettings::default(), rules: Vec::new(), offset_warn: 1.0, limits: Limits::default() }
    }
}
