//! Run rules, by their names: for those who must use them. Together they alarm far more often than their limits say.

use serde::{Deserialize, Serialize};

use super::Direction;
use super::run_length::simulated::{RunLengths, Values};

/// The most values any rule looks back.
const MEMORY: usize = 15;

/// A rule on standardised values (baseline sigmas from its mean).
///
/// Sources: Western Electric, Statistical Quality Control Handbook (1956); L. Nelson, J. Quality Technology 16 (1984).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Rule {
    /// Western Electric 1: one value beyond 3 sigmas.
    WesternElectric1,
    /// Western Electric 2: two of three beyond 2 sigmas on one side.
    WesternElectric2,
    /// Western Electric 3: four of five beyond 1 sigma on one side.
    WesternElectric3,
    /// Western Electric 4: eight in a row on one side.
    WesternElectric4,
    /// Nelson 1: one value beyond 3 sigmas.
    Nelson1,
    /// Nelson 2: nine in a row on one side.
    Nelson2,
    /// Nelson 3: six in a row rising, or falling.
    Nelson3,
    /// Nelson 4: fourteen in a row up and down in turn.
    Nelson4,
    /// Nelson 5: two of three beyond 2 sigmas on one side.
    Nelson5,
    /// Nelson 6: four of five beyond 1 sigma on one side.
    Nelson6,
    /// Nelson 7: fifteen in a row within 1 sigma.
    Nelson7,
    /// Nelson 8: eight in a row beyond 1 sigma, on either side.
    Nelson8,
}

impl Rule {
    /// The four of Western Electric.
    pub const WESTERN_ELECTRIC: [Self; 4] =
        [Self::WesternElectric1, Self::WesternElectric2, Self::WesternElectric3, Self::WesternElectric4];
    /// The eight of Nelson.
    pub const NELSON: [Self; 8] = [
        Self::Nelson1,
        Self::Nelson2,
        Self::Nelson3,
        Self::Nelson4,
        Self::Nelson5,
        Self::Nelson6,
        Self::Nelson7,
        Self::Nelson8,
    ];

    /// Its name and what it says, for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::WesternElectric1 => "Western Electric 1: one beyond 3 σ",
            Self::WesternElectric2 => "Western Electric 2: two of three beyond 2 σ on one side",
            Self::WesternElectric3 => "Western Electric 3: four of five beyond 1 σ on one side",
            Self::WesternElectric4 => "Western Electric 4: eight in a row on one side",
            Self::Nelson1 => "Nelson 1: one beyond 3 σ",
            Self::Nelson2 => "Nelson 2: nine in a row on one side",
            Self::Nelson3 => "Nelson 3: six in a row rising or falling",
            Self::Nelson4 => "Nelson 4: fourteen in a row up and down in turn",
            Self::Nelson5 => "Nelson 5: two of three beyond 2 σ on one side",
            Self::Nelson6 => "Nelson 6: four of five beyond 1 σ on one side",
            Self::Nelson7 => "Nelson 7: fifteen in a row within 1 σ",
            Self::Nelson8 => "Nelson 8: eight in a row beyond 1 σ on either side",
        }
    }

    /// Which way it is broken by the newest of these values, newest first; `High` where a rule has no way.
    fn broken(self, newest: &[f64]) -> Option<Direction> {
        match self {
            Self::WesternElectric1 | Self::Nelson1 => some_beyond(newest, 1, 1, 3.0),
            Self::WesternElectric2 | Self::Nelson5 => some_beyond(newest, 2, 3, 2.0),
            Self::WesternElectric3 | Self::Nelson6 => some_beyond(newest, 4, 5, 1.0),
            Self::WesternElectric4 => some_beyond(newest, 8, 8, 0.0),
            Self::Nelson2 => some_beyond(newest, 9, 9, 0.0),
            Self::Nelson3 => monotonic(newest.get(..6)?),
            Self::Nelson4 => in_turn(newest.get(..14)?).then_some(Direction::High),
            Self::Nelson7 => newest.get(..15)?.iter().all(|z| z.abs() < 1.0).then_some(Direction::High),
            Self::Nelson8 => newest.get(..8)?.iter().all(|z| z.abs() > 1.0).then_some(Direction::High),
        }
    }
}

/// The newest and enough of the last `of` values lie beyond so many sigmas on one side.
fn some_beyond(newest: &[f64], enough: usize, of: usize, sigmas: f64) -> Option<Direction> {
    let side = if *newest.first()? > 0.0 { 1.0 } else { -1.0 };
    let beyond = |z: &f64| z * side > sigmas;
    let found = newest.iter().take(of).filter(|z| beyond(z)).count();
    let way = if side > 0.0 { Direction::High } else { Direction::Low };
    (found >= enough && newest.first().is_some_and(beyond)).then_some(way)
}

fn monotonic(newest: &[f64]) -> Option<Direction> {
    let steps = || newest.iter().zip(newest.iter().skip(1)).map(|(now, before)| now - before);
    if steps().all(|step| step > 0.0) {
        return Some(Direction::High);
    }
    steps().all(|step| step < 0.0).then_some(Direction::Low)
}

fn in_turn(newest: &[f64]) -> bool {
    let steps: Vec<f64> = newest.iter().zip(newest.iter().skip(1)).map(|(now, before)| now - before).collect();
    steps.iter().zip(steps.iter().skip(1)).all(|(one, other)| one * other < 0.0)
}

/// Some rules and the values they look back on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleWatch {
    rules: Vec<Rule>,
    /// Newest first; as many as have come.
    newest: [f64; MEMORY],
    known: usize,
}

impl RuleWatch {
    /// These rules and nothing to look back on.
    pub fn new(rules: &[Rule]) -> Self {
        Self { rules: rules.to_vec(), newest: [0.0; MEMORY], known: 0 }
    }

    /// Takes a standardised value; the rules it breaks and which way, in the order they were given.
    pub fn push(&mut self, z: f64) -> impl Iterator<Item = (Rule, Direction)> + '_ {
        self.newest.rotate_right(1);
        self.newest.iter_mut().take(1).for_each(|place| *place = z);
        self.known = (self.known + 1).min(MEMORY);
        let newest = self.newest.get(..self.known).unwrap_or_default();
        self.rules.iter().filter_map(move |rule| rule.broken(newest).map(|way| (*rule, way)))
    }
}

/// What switching rules on costs: how many values a process in control runs until one of them is broken, on average.
///
/// On 4,000 seeded streams of independent normal values, to about 2 %; at most 100,000. Western Electric 1–4: about 92 (C.
/// Champ and W. Woodall, Technometrics 29, 1987).
pub fn in_control_run_length(rules: &[Rule]) -> f64 {
    let start = || {
        let mut watch = RuleWatch::new(rules);
        move |z: f64| watch.push(z).next().is_some()
    };
    RunLengths::simulate(start, Values::Normal { shift: 0.0 }, 0..4_000, 1, 100_000).average()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The last value breaks the rule, and none before it does.
    fn breaks(rule: Rule, values: &[f64], way: Direction) {
        let mut watch = RuleWatch::new(&[rule]);
        let (last, before) = values.split_last().expect("values");
        for z in before {
            assert_eq!(watch.push(*z).next(), None, "{} at {z}", rule.name());
        }
        assert_eq!(watch.push(*last).next(), Some((rule, way)), "{}", rule.name());
    }

    #[test]
    fn every_rule_is_broken_by_what_its_name_says() {
        breaks(Rule::WesternElectric1, &[3.0, -2.9, 3.1], Direction::High);
        breaks(Rule::WesternElectric2, &[2.1, -2.5, 0.0, 0.1, -2.1, 0.3, -2.2], Direction::Low);
        breaks(Rule::WesternElectric3, &[1.1, 1.2, 0.5, 1.1, 1.3], Direction::High);
        breaks(Rule::WesternElectric4, &[-0.1, 0.1, 0.2, 0.1, 0.4, 0.1, 0.9, 0.1, 0.1], Direction::High);
        breaks(Rule::Nelson2, &[-0.1; 9], Direction::Low);
        breaks(Rule::Nelson3, &[0.0, 0.5, 0.4, 0.3, 0.2, 0.1, -0.1], Direction::Low);
        let turns: Vec<f64> = (0..14).map(|i| if i % 2 == 0 { 0.5 } else { -0.5 }).collect();
        breaks(Rule::Nelson4, &turns, Direction::High);
        breaks(Rule::Nelson5, &[2.1, 0.0, 2.1], Direction::High);
        breaks(Rule::Nelson6, &[-1.1, -1.1, -1.1, -1.1], Direction::Low);
        breaks(Rule::Nelson7, &[0.9; 15], Direction::High);
        breaks(Rule::Nelson8, &[1.1, -1.1, 1.1, 1.1, -1.1, -1.1, 1.1, -1.1], Direction::High);
    }

    #[test]
    fn the_four_of_western_electric_cost_three_quarters_of_the_run_length() {
        let length = in_control_run_length(&Rule::WESTERN_ELECTRIC);
        assert!((length / 91.75 - 1.0).abs() < 0.05, "{length}");
    }

    #[test]
    fn a_value_of_its_own_that_repeats_an_older_break_is_silent() {
        let mut watch = RuleWatch::new(&Rule::WESTERN_ELECTRIC);
        assert_eq!([2.1, 2.1].map(|z| watch.push(z).count()), [0, 1]);
        assert_eq!(watch.push(0.0).count(), 0, "the newest value is well inside");
    }
}
