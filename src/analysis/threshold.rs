//! The sigma threshold of a track: a rule of the configuration, else the formula.

use super::assessment::{LearnedThreshold, TrackFacts};
use super::filter_identity::FilterIdentity;
use super::judged::{SweepFigures, Threshold, ThresholdSource};
use super::settings::ThresholdRule;

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
    rules: &[ThresholdRule],
    filter: FilterIdentity,
) -> Option<Threshold> {
    if travel <= 0.0 {
        return None;
    }
    let rule = rules.iter().find(|rule| matches(&rule.model, model));
    let (value, source) = match rule {
        Some(rule) => (rule.per_spec * spec, ThresholdSource::Rule),
        None => (FORMULA_R * spec / travel, ThresholdSource::Formula),
    };
    Some(Threshold { value, source, filter })
}

/// Whether a pattern with `*` and `?` fits the whole name, any case.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    let lower = |text: &str| text.to_lowercase().chars().collect::<Vec<char>>();
    fits(&lower(pattern), &lower(name.trim()))
}

fn fits(pattern: &[char], name: &[char]) -> bool {
    // One row of the pattern-by-name table at a time: no backtracking, however many stars.
    let mut reachable = vec![false; name.len() + 1];
    if let Some(first) = reachable.first_mut() {
        *first = true;
    }
    for &sign in pattern {
        reachable = advance(&reachable, sign, name);
    }
    reachable.last().copied().unwrap_or(false)
}

fn advance(reachable: &[bool], sign: char, name: &[char]) -> Vec<bool> {
    if sign == '*' {
        let mut any = false;
        return reachable
            .iter()
            .map(|&here| {
                any |= here;
                any
            })
            .collect();
    }
    let stepped = reachable.iter().zip(name).map(|(&here, &letter)| here && (sign == '?' || sign == letter));
    std::iter::once(false).chain(stepped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::SigmaSettings;

    #[test]
    fn patterns_fit_the_whole_model_in_any_case() {
        assert!(matches("8555*", "8555-A"));
        assert!(matches("8555*", "8555"));
        assert!(matches("*a?c*", "xxABCd"));
        assert!(!matches("8555", "8555-A"));
        assert!(!matches("?8555", "8555"));
        assert!(matches("*", ""));
        assert!(!matches("", "8555"));
    }

    #[test]
    fn the_first_rule_that_matches_wins_and_the_formula_speaks_otherwise() {
        let rule = |model: &str, per_spec| ThresholdRule { model: model.into(), per_spec };
        let rules = [rule("8555*", 0.15), rule("855*", 9.0)];
        let filter = SigmaSettings::default().identity();
        let decide = |model, travel| decide(model, 0.02, travel, &rules, filter);
        let ruled = decide("8555-1", 300.0).expect("a rule");
        assert_eq!(ruled.source, ThresholdSource::Rule);
        assert!((ruled.value - 0.003).abs() < 1e-15);
        let formula = decide("6607", 300.0).expect("the formula");
        assert_eq!(formula.source, ThresholdSource::Formula);
        assert!((formula.value - 0.0008).abs() < 1e-15);
        assert_eq!(decide("6607", 0.0), None);
    }
}
