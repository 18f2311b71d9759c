//! The gate a trained model must pass before it speaks, and by how much it was missed.

use std::fmt;

use serde::{Deserialize, Serialize};

/// On which side of `needed` a figure has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bar {
    /// `found ≥ needed`.
    AtLeast,
    /// `found > needed`.
    Above,
    /// `found < needed`.
    Below,
}

/// One condition of a gate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// What is held against the bar, in words.
    pub what: String,
    /// On which side of the bar it has to be.
    pub bar: Bar,
    /// The bar.
    pub needed: f64,
    /// What was found; `None` when it could not be told, which meets no bar.
    pub found: Option<f64>,
    /// Whether it was met.
    pub met: bool,
}

impl Check {
    pub(super) fn new(what: impl Into<String>, found: Option<f64>, bar: Bar, needed: f64) -> Self {
        let met = found.is_some_and(|found| match bar {
            Bar::AtLeast => found >= needed,
            Bar::Above => found > needed,
            Bar::Below => found < needed,
        });
        Self { what: what.into(), bar, needed, found, met }
    }

    /// By how much the bar was missed, never negative; `None` when it was met or nothing could be told.
    pub fn missed_by(&self) -> Option<f64> {
        self.found.filter(|_| !self.met).map(|found| (found - self.needed).abs())
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.bar {
            Bar::AtLeast => "at least",
            Bar::Above => "above",
            Bar::Below => "below",
        };
        let figure = |value: f64| if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.4}") };
        let found = self.found.map_or("unknown".to_owned(), figure);
        let end = if self.met { "" } else { ": missed" };
        write!(f, "{} {found}, needed {sign} {}{end}", self.what, figure(self.needed))
    }
}

/// Whether a model may speak, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// Every check was met.
    pub deployed: bool,
    /// The conditions, met or not.
    pub checks: Vec<Check>,
}

impl Gate {
    pub(super) fn of(checks: Vec<Check>) -> Self {
        Self { deployed: checks.iter().all(|check| check.met), checks }
    }

    /// The checks that were missed.
    pub fn missed(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| !check.met)
    }
}

/// A model with the figures it was validated by and its gate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trained<M, V> {
    /// What was trained.
    pub model: M,
    /// How good it is on rows it had not seen.
    pub validation: V,
    /// Whether it may speak.
    pub gate: Gate,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missed_check_says_by_how_much_and_an_unknown_figure_meets_no_bar() {
        let gate = Gate::of(vec![
            Check::new("units", Some(34.0), Bar::AtLeast, 60.0),
            Check::new("Brier score", Some(0.1), Bar::Below, 0.12),
            Check::new("lower bound", None, Bar::Above, 0.0),
        ]);
        assert!(!gate.deployed);
        assert_eq!(gate.missed().count(), 2);
        assert_eq!(gate.checks[0].missed_by(), Some(26.0));
        assert_eq!(gate.checks[0].to_string(), "units 34, needed at least 60: missed");
        assert_eq!(gate.checks[1].missed_by(), None);
        assert_eq!(gate.checks[2].to_string(), "lower bound unknown, needed above 0: missed");
    }

    #[test]
    fn a_bar_that_is_just_reached_is_met_only_where_reaching_is_enough() {
        assert!(Check::new("units", Some(60.0), Bar::AtLeast, 60.0).met);
        assert!(!Check::new("bound", Some(0.0), Bar::Above, 0.0).met);
        assert!(!Check::new("Brier score", Some(0.2), Bar::Below, 0.2).met);
    }
}
