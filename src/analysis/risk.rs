//! Failure risk by formula: a restatement of the verdict's own margins, and said to be one.

use serde::{Deserialize, Serialize};

/// Weights of sigma, linearity and resistance in the formula.
const WEIGHTS: [f64; 3] = [0.4, 0.4, 0.2];
/// A resistance change this large counts in full, percent.
const FULL_CHANGE: f64 = 50.0;

/// Who gave a risk.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum RiskMethod {
    /// The formula of this file.
    Formula,
    /// A deployed version of a failure predictor.
    Learned {
        /// The version.
        version: u32,
        /// Its area under the ROC curve in validation, 0–1.
        auc: f32,
        /// Units it was trained on.
        units: u32,
    },
}

impl RiskMethod {
    /// The word on screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Formula => "formula",
            Self::Learned { .. } => "learned",
        }
    }

    /// The word with the version: `learned v7`.
    pub fn label(self) -> String {
        match self {
            Self::Learned { version, .. } => format!("learned v{version}"),
            Self::Formula => self.word().to_owned(),
        }
    }

    /// Version of the model that gave it.
    pub fn version(self) -> Option<u32> {
        match self {
            Self::Learned { version, .. } => Some(version),
            Self::Formula => None,
        }
    }

    /// What stands beside the number in a narrow column: `v7`, `f`.
    pub fn sign(self) -> String {
        match self {
            Self::Learned { version, .. } => format!("v{version}"),
            Self::Formula => "f".to_owned(),
        }
    }
}

/// How much a risk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RiskCategory {
    /// Below 0.3.
    Low,
    /// 0.3 up to 0.7.
    Medium,
    /// 0.7 and above.
    High,
}

impl RiskCategory {
    /// Where Medium begins.
    const MEDIUM_FROM: f64 = 0.3;

    /// The category of a probability.
    pub fn of(probability: f64) -> Self {
        if probability < Self::MEDIUM_FROM {
            Self::Low
        } else if probability < 0.7 {
            Self::Medium
        } else {
            Self::High
        }
    }

    /// The word on screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
        }
    }
}

/// One term of a risk: what it is about and how much of the probability it brings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RiskTerm {
    /// What the term is about, in words with its value (`sigma 37 % of its threshold`).
    pub what: String,
    /// Of the formula: its share of the probability, 0–1; the shares add up to it. Of a learned model: how much the
    /// probability would change, with the sign turned round, if this were as usual.
    pub share: f64,
}

/// A failure risk with the method that gave it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Risk {
    /// Probability 0–1.
    pub probability: f64,
    /// Low, Medium or High.
    pub category: RiskCategory,
    /// Who gave it.
    pub method: RiskMethod,
    /// What it is made of, largest first.
    pub terms: Vec<RiskTerm>,
}

impl Risk {
    /// A learned risk. A part that failed linearity is never shown with a low one.
    pub fn learned(probability: f64, method: RiskMethod, terms: Vec<RiskTerm>, failed: bool) -> Self {
        let probability = if failed { probability.max(RiskCategory::MEDIUM_FROM) } else { probability };
        Self { probability, category: RiskCategory::of(probability), method, terms }
    }
}

/// What the formula is made of; a missing term drops out and the others' weights are rescaled.
#[derive(Debug, Clone, Copy)]
pub(super) struct FormulaInput {
    /// sigma / threshold.
    pub(super) sigma_share: Option<f64>,
    /// max |e + b| / half-width over graded points.
    pub(super) error_share: Option<f64>,
    /// Resistance change, percent.
    pub(super) change: Option<f64>,
    /// Whether linearity passes.
    pub(super) passes: bool,
}

/// p = 0.4 s + 0.4 n + 0.2 ρ, halved when linearity passes. `None` without any term.
///
/// A part that failed linearity is never shown with a low risk, whatever its terms say.
pub(super) fn formula(input: FormulaInput) -> Option<Risk> {
    let values = [input.sigma_share, input.error_share, input.change.map(|change| change.abs() / FULL_CHANGE)];
    let present = || values.iter().zip(WEIGHTS).filter_map(|(value, weight)| Some(((*value)?, weight)));
    let weight_sum: f64 = present().map(|(_, weight)| weight).sum();
    if weight_sum <= 0.0 {
        return None;
    }
    let halved = if input.passes { 0.5 } else { 1.0 };
    let scale = halved / weight_sum;
    let sum: f64 = present().map(|(value, weight)| scale * weight * value.min(1.0)).sum();
    let probability = if input.passes { sum } else { sum.max(RiskCategory::MEDIUM_FROM) };
    let mut terms: Vec<RiskTerm> = values
        .into_iter()
        .zip(WEIGHTS)
        .zip(["sigma", "linearity error", "resistance change"])
        .filter_map(|((value, weight), name)| {
            let value = value?;
            Some(RiskTerm { what: words(name, value, input.change), share: scale * weight * value.min(1.0) })
        })
        .collect();
    terms.sort_by(|a, b| b.share.total_cmp(&a.share));
    Some(Risk { probability, category: RiskCategory::of(probability), method: RiskMethod::Formula, terms })
}

fn words(name: &str, value: f64, change: Option<f64>) -> String {
    match (name, change) {
        ("resistance change", Some(change)) => {
            format!("{name} {}", super::numbers::percent(change))
        }
        ("sigma", _) => format!("sigma {:.0} % of its threshold", 100.0 * value),
        _ => format!("{name} {:.0} % of the band", 100.0 * value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn risk(sigma: Option<f64>, error: Option<f64>, change: Option<f64>, passes: bool) -> Option<f64> {
        formula(FormulaInput { sigma_share: sigma, error_share: error, change, passes }).map(|r| r.probability)
    }

    #[test]
    fn a_passing_part_never_reads_high() {
        let worst = risk(Some(99.0), Some(1.0), Some(-80.0), true).expect("three terms");
        assert!((worst - 0.5).abs() < 1e-12);
    }

    #[test]
    fn a_failed_part_is_never_shown_with_a_low_risk() {
        let kindest = risk(Some(0.01), Some(0.1), Some(0.0), false).expect("three terms");
        assert_eq!(RiskCategory::of(kindest), RiskCategory::Medium);
    }

    #[test]
    fn a_missing_term_drops_out_and_the_others_are_rescaled() {
        let p = risk(Some(0.5), Some(1.0), None, false).expect("two terms");
        assert!((p - 0.75).abs() < 1e-12);
        assert_eq!(risk(None, None, None, true), None);
    }
}
