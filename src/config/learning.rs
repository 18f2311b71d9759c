//! `[learning]`: what may learn from the shop's own history, and whether it may speak.

use serde::{Deserialize, Serialize};

use crate::analysis::Learner;

/// Whether a learner trains, and whether it speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Neither: formula and rules speak.
    Off,
    /// It trains, and what it would have said is kept with each run; formula and rules speak.
    Shadow,
    /// It trains, and speaks once it has proved better.
    #[default]
    On,
}

impl Mode {
    /// The word in the configuration and on screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Shadow => "shadow",
            Self::On => "on",
        }
    }
}

/// The switches of the three learners.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LearningSettings {
    /// Sigma thresholds: `off`, `shadow` or `on`.
    pub threshold_optimizer: Mode,
    /// Failure risk and incoming risk: `off`, `shadow` or `on`.
    pub failure_predictor: Mode,
    /// Drift of a product model's parts: `off`, `shadow` or `on`.
    pub drift_detector: Mode,
    /// Whether training starts by itself when there is enough that is new; without, `train` and the key still do.
    pub automatic: bool,
    /// What all chance of training depends on: the same history and seed train the same model.
    pub seed: u64,
}

impl Default for LearningSettings {
    fn default() -> Self {
        Self {
            threshold_optimizer: Mode::On,
            failure_predictor: Mode::On,
            drift_detector: Mode::On,
            automatic: true,
            seed: 1,
        }
    }
}

impl LearningSettings {
    /// The switch of a learner.
    pub fn mode(&self, learner: Learner) -> Mode {
        match learner {
            Learner::ThresholdOptimizer => self.threshold_optimizer,
            Learner::FinalTest | Learner::TrimVerdict => self.failure_predictor,
            Learner::DriftDetector => self.drift_detector,
        }
    }
}
