//! `[[rule]]`: what a site says of the product models whose name matches, and what it makes of a run's limits.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::numbers::volts;
use crate::trim::{Point, PositionUnit, Sweep, Track, TrimRun};

/// One rule. Of thresholds, specs and excluded points each is taken from the first rule that matches and has any.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelRule {
    /// Pattern for the whole model name, any case; `*` and `?` stand for any run and any one character.
    pub model: String,
    /// Sigma threshold = `per_spec` · spec, in 1/° or 1/in.
    pub per_spec: Option<f64>,
    /// Half the width of the band of every graded point, volts, about the middle of the station's own.
    pub spec: Option<f64>,
    /// Stretches of positions, both ends among them, degrees or inches, in which no point is graded.
    pub exclude: Vec<[f64; 2]>,
}

impl ModelRule {
    /// Every value that is out of range, in words.
    fn problems(&self) -> Vec<String> {
        let above = |value: Option<f64>| value.is_none_or(|value| value > 0.0 && value.is_finite());
        let backwards = |[from, to]: &&[f64; 2]| !(from.is_finite() && to.is_finite() && from <= to);
        let mut problems = Vec::new();
        if self.model.trim().is_empty() {
            problems.push("model is empty and matches nothing".to_owned());
        }
        if self.per_spec.is_none() && self.spec.is_none() && self.exclude.is_empty() {
            problems.push("says nothing: per_spec, spec or exclude is missing".to_owned());
        }
        for (name, value) in [("per_spec", self.per_spec), ("spec", self.spec)] {
            if !above(value) {
                problems.push(format!("{name} = {}: above 0", value.unwrap_or_default()));
            }
        }
        if let Some([from, to]) = self.exclude.iter().find(backwards) {
            problems.push(format!("exclude = [{from}, {to}]: two positions, the lower first"));
        }
        problems
    }
}

/// What verdicts follow beside the figures. The history knows by which its runs were graded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grading {
    /// A part that needs an offset beyond so many specs to pass gets a warning.
    pub offset_warn: f64,
    /// The rules, first match wins.
    pub rules: Vec<ModelRule>,
}

impl Default for Grading {
    fn default() -> Self {
        Self { offset_warn: 1.0, rules: Vec::new() }
    }
}

/// What the rules say of one model's limits.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Limits<'a> {
    spec: Option<f64>,
    exclude: &'a [[f64; 2]],
}

impl Grading {
    /// Every value that is out of range, in words that name the key.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if !(self.offset_warn > 0.0 && self.offset_warn.is_finite()) {
            problems.push(format!("offset_warn = {}: a number of specs above 0", self.offset_warn));
        }
        for (index, rule) in self.rules.iter().enumerate() {
            let name = if rule.model.trim().is_empty() { String::new() } else { format!(" ({})", rule.model) };
            problems.extend(rule.problems().iter().map(|problem| format!("rule {}{name}: {problem}", index + 1)));
        }
        problems
    }

    /// The sigma threshold per spec of a model, 1/° or 1/in; `None` without a rule.
    pub(super) fn per_spec(&self, model: &str) -> Option<f64> {
        self.of(model).find_map(|rule| rule.per_spec)
    }

    /// Whether a run of a model has the same limits by both, so that its figures stand.
    pub fn measures_as(&self, other: &Self, model: &str) -> bool {
        self.limits(model) == other.limits(model)
    }

    fn of(&self, model: &str) -> impl Iterator<Item = &ModelRule> {
        self.rules.iter().filter(move |rule| matches(&rule.model, model))
    }

    fn limits(&self, model: &str) -> Limits<'_> {
        let exclude = self.of(model).map(|rule| rule.exclude.as_slice()).find(|exclude| !exclude.is_empty());
        Limits { spec: self.of(model).find_map(|rule| rule.spec), exclude: exclude.unwrap_or_default() }
    }

    /// A run with the limits that the rules give it, and a warning that says so; as it is where there is no such rule.
    pub fn applied<'a>(&self, run: &'a TrimRun) -> Cow<'a, TrimRun> {
        let limits = self.limits(&run.identity.model);
        if limits.spec.is_none() && limits.exclude.is_empty() {
            return Cow::Borrowed(run);
        }
        let mut run = run.clone();
        run.tracks.iter_mut().flat_map(sweeps).for_each(|sweep| limits.set(&mut sweep.points));
        let said = limits.said(run.unit);
        if !run.warnings.contains(&said) {
            run.warnings.push(said);
        }
        Cow::Owned(run)
    }
}

impl fmt::Display for Grading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "offset_warn {}", self.offset_warn)?;
        for rule in &self.rules {
            write!(f, "; {}:", rule.model)?;
            for (name, value) in [("per_spec", rule.per_spec), ("spec", rule.spec)] {
                value.map_or(Ok(()), |value| write!(f, " {name} {value}"))?;
            }
            rule.exclude.iter().try_for_each(|[from, to]| write!(f, " exclude {from}…{to}"))?;
        }
        Ok(())
    }
}

impl Limits<'_> {
    fn set(&self, points: &mut [Point]) {
        for point in points {
            let Some((lower, upper)) = point.limits() else { continue };
            let is_out = self.exclude.iter().any(|&[from, to]| (from..=to).contains(&point.position));
            if is_out {
                (point.lower, point.upper) = (None, None);
            } else if let Some(spec) = self.spec {
                let middle = f64::midpoint(lower, upper);
                (point.lower, point.upper) = (Some(middle - spec), Some(middle + spec));
            }
        }
    }

    fn said(&self, unit: PositionUnit) -> String {
        let spec = self.spec.map(|spec| format!("spec ±{} V", volts(spec)));
        let out = self.exclude.iter().map(|[from, to]| format!("no point graded at {from}…{to} {}", unit.symbol()));
        let parts: Vec<String> = spec.into_iter().chain(out).collect();
        format!("limits by a rule: {}", parts.join(", "))
    }
}

fn sweeps(track: &mut Track) -> impl Iterator<Item = &mut Sweep> {
    let passes = track.passes.iter_mut().map(|pass| &mut pass.sweep);
    track.untrimmed.iter_mut().chain(passes).chain(track.verification.iter_mut())
}

/// Whether a pattern with `*` and `?` fits the whole name, any case.
fn matches(pattern: &str, name: &str) -> bool {
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
    use crate::trim::Mark;

    fn rule(model: &str) -> ModelRule {
        ModelRule { model: model.to_owned(), ..ModelRule::default() }
    }

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
    fn each_thing_is_taken_from_the_first_rule_that_matches_and_has_it() {
        let rules = vec![
            ModelRule { exclude: vec![[1.0, 2.0]], ..rule("855*") },
            ModelRule { per_spec: Some(0.15), ..rule("8555*") },
            ModelRule { per_spec: Some(9.0), spec: Some(0.02), ..rule("*") },
        ];
        let grading = Grading { rules, ..Grading::default() };
        assert_eq!([grading.per_spec("8555-1"), grading.per_spec("6607")], [Some(0.15), Some(9.0)]);
        assert_eq!(grading.limits("8555"), Limits { spec: Some(0.02), exclude: &[[1.0, 2.0]] });
        assert!(grading.measures_as(&Grading { rules: grading.rules[2..].to_vec(), ..grading.clone() }, "6607"));
        assert!(!grading.measures_as(&Grading::default(), "6607"));
    }

    #[test]
    fn limits_move_about_their_middle_and_excluded_points_are_not_graded() {
        let point = |position, lower, upper| Point {
            position,
            error: 0.0,
            upper,
            lower,
            theory: None,
            measured: None,
            mark: Mark::Unmarked,
        };
        let mut points =
            [point(0.5, Some(-0.01), Some(0.03)), point(1.0, Some(-1.0), Some(1.0)), point(0.7, None, Some(1.0))];
        Limits { spec: Some(0.005), exclude: &[[1.0, 2.0]] }.set(&mut points);
        let (lower, upper) = points[0].limits().expect("graded");
        assert!((lower - 0.005).abs() < 1e-12 && (upper - 0.015).abs() < 1e-12, "{lower} {upper}");
        assert_eq!([points[1].limits(), points[2].limits()], [None, None]);
    }

    #[test]
    fn what_is_wrong_with_rules_is_said_all_at_once() {
        let bad = ModelRule { per_spec: Some(0.0), spec: Some(-1.0), exclude: vec![[2.0, 1.0]], ..rule("8555") };
        let grading = Grading { offset_warn: f64::NAN, rules: vec![rule(""), bad] };
        assert_eq!(
            grading.problems(),
            [
                "offset_warn = NaN: a number of specs above 0",
                "rule 1: model is empty and matches nothing",
                "rule 1: says nothing: per_spec, spec or exclude is missing",
                "rule 2 (8555): per_spec = 0: above 0",
                "rule 2 (8555): spec = -1: above 0",
                "rule 2 (8555): exclude = [2, 1]: two positions, the lower first",
            ]
        );
    }
}
