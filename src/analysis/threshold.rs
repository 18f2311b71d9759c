//! The sigma threshold of a track: a rule of the configuration, else the formula.

use super::assessment::{LearnedThreshold, TrackFacts};
use super::filter_identity::FilterIdentity;
use super::judged::{SweepFigures, Threshold, ThresholdSource};
use super::rule::Grading;

/// r ≤ 12: a track may be so many specs rough over its travel.
pub const FORMULA_R: f64 = 12.0;

/// A learned threshold as it is kept, V per degree or inch. `None` without spec or travel.
pub(super) fn learned(learned: &LearnedThreshold, facts: &TrackFacts<'_>) -> Option<Threshold> {
    let SweepFigures { spec, travel, .. } = *facts.figures;
    let value = learned.r * spec? / travel;
    let usable = travel > 0.0 && value.is_finite() && value > 0.0;
    usable.then_some(Threshold { value, source: ThresholdSource::Learned(learned.by), filter: facts.filter })
}

/// The threshold for a model, V per degree or inch. `None` without spec, or without travel for the formula.
pub(super) fn decide(
    model: &str,
    spec: f64,
    travel: f64,
    grading: &Grading,
    filter: FilterIdentity,
) -> Option<Threshold> {
    if travel <= 0.0 {
        return None;
    }
    let (value, source) = match grading.per_spec(model) {
        Some(per_spec) => (per_spec * spec, ThresholdSource::Rule),
        None => (FORMULA_R * spec / travel, ThresholdSource::Formula),
    };
    Some(Threshold { value, source, filter })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{ModelRule, SigmaSettings};

    #[test]
    fn the_first_rule_that_matches_wins_and_the_formula_speaks_otherwise() {
        let rule =
            |model: &str, per_spec| ModelRule { model: model.into(), per_spec: Some(per_spec), ..ModelRule::default() };
        let grading = Grading { rules: vec![rule("8555*", 0.15), rule("855*", 9.0)], ..Grading::default() };
        let filter = SigmaSettings::default().identity();
        let decide = |model, travel| decide(model, 0.02, travel, &grading, filter);
        let ruled = decide("8555-1", 300.0).expect("a rule");
        assert_eq!(ruled.source, ThresholdSource::Rule);
        assert!((ruled.value - 0.003).abs() < 1e-15);
        let formula = decide("6607", 300.0).expect("the formula");
        assert_eq!(formula.source, ThresholdSource::Formula);
        assert!((formula.value - 0.0008).abs() < 1e-15);
        assert_eq!(decide("6607", 0.0), None);
    }
}
