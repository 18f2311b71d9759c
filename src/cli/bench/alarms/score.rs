//! All lives together: false alarms against what was stated, and how planted changes were found.

use std::collections::BTreeMap;

use super::life::{Found, Kind, Life};
use super::shop::{Planted, Shop};
use crate::monitoring::{Alarm, Metric, Standing, Subject};
use crate::spc::distribution::chi_square_above;

/// Share of planted changes that must be alarmed once, within two lots, for the right reason.
const BAR: f64 = 0.95;

/// How a planted change was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    /// Once, in time, for the right reason.
    Right,
    Missed,
    /// More than one alarm.
    Twice,
    /// An alarm of something else.
    OtherReason,
    /// An alarm that does not name what changed about the station.
    Unnamed,
    /// No word of a new baseline.
    NotAsked,
}

impl Verdict {
    const WRONG: [(Self, &'static str); 5] = [
        (Self::Missed, "missed"),
        (Self::Twice, "more than once"),
        (Self::OtherReason, "another reason"),
        (Self::Unnamed, "change not named"),
        (Self::NotAsked, "no new baseline asked for"),
    ];
}

/// Charts of a kind over all lives.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    expected: f64,
    days: f64,
    alarms: u32,
}

/// The score.
#[derive(Debug, Default)]
pub(super) struct Score {
    shops: u32,
    days: f64,
    bounded_days: f64,
    of_shop: f64,
    of_all: f64,
    of_steady: f64,
    kinds: BTreeMap<Kind, Sum>,
    rules: BTreeMap<&'static str, u32>,
    verdicts: BTreeMap<(Planted, Verdict), u32>,
    /// Planted changes that another alarm came of later on.
    later: BTreeMap<Planted, u32>,
    /// What was amiss, for whoever wants to look.
    lines: Vec<String>,
}

impl Score {
    pub(super) fn take(&mut self, shop: &Shop, life: Life) {
        self.shops += 1;
        self.days += life.days;
        self.bounded_days += life.bounded_days;
        self.of_shop += life.of_shop;
        self.of_all += life.of_all;
        self.of_steady += life.of_steady;
        for (kind, stated) in life.kinds {
            let sum = self.kinds.entry(kind).or_default();
            sum.expected += stated.expected;
            sum.days += stated.days;
            for alarm in &stated.alarms {
                sum.alarms += 1;
                *self.rules.entry(alarm.context.rule.title()).or_default() += 1;
                self.lines.push(format!("seed {}: false alarm, {}", shop.seed, alarm.sentence));
            }
        }
        for found in &life.found {
            self.found(shop, found);
        }
    }

    fn found(&mut self, shop: &Shop, found: &Found) {
        let what = found.change.what;
        let verdict = judged(found);
        *self.verdicts.entry((what, verdict)).or_default() += 1;
        *self.later.entry(what).or_default() += u32::from(found.later > 0);
        if verdict != Verdict::Right {
            let said: Vec<&str> = found.alarms.iter().map(|alarm| alarm.sentence.as_str()).collect();
            self.lines.push(format!(
                "seed {}: {} of {:.1} σ over {} units, {verdict:?}; {} {} {said:?}",
                shop.seed,
                what.title(),
                found.change.sigmas,
                found.change.units,
                found.standing.word(),
                found.why,
            ));
        }
    }

    /// What was amiss, line by line.
    pub(super) fn list(&self) {
        self.lines.iter().for_each(|line| println!("{line}"));
    }

    /// Prints everything; whether it is as it should be.
    pub(super) fn print(&self) -> bool {
        let years = self.days / 365.25;
        println!("{} shops, {years:.0} years, {:.0} false alarms asked for", self.shops, self.days / 90.0);
        println!("  by the list of each shop         {:8.1} expected of all its charts", self.of_shop);
        println!(
            "  by the limits of each chart      {:8.1} expected of all, {:.1} of the steady models",
            self.of_all, self.of_steady
        );
        println!("  days with a bounded run length   {:8.1} %", 100.0 * self.bounded_days / self.days.max(1.0));
        println!(
            "false alarms of steady models {:14} {:>9} {:>7}   95 % interval of the count",
            "", "expected", "counted"
        );
        let all = self.sum(|_| true);
        let fine = told("all", all);
        for subject in Subject::triggers() {
            told(subject.title(), self.sum(|kind| kind.subject == subject));
        }
        for (size, title) in [(0, "baselines up to 60 units"), (1, "up to 120"), (2, "larger")] {
            told(title, self.sum(|kind| kind.size == size && kind.subject != Subject::FailShare));
        }
        told("run length by the budget alone", self.sum(|kind| kind.free));
        told("run length bounded", self.sum(|kind| !kind.free));
        for (rule, count) in &self.rules {
            println!("  by {rule:25} {count:27}");
        }
        println!("planted changes {:20} once, within two lots, right reason   (bar: ≥ 95 %)", "");
        // Each is printed, whatever the one before said.
        let found = Planted::ALL.map(|what| self.print_planted(what));
        fine && found.iter().all(|fine| *fine)
    }

    fn sum(&self, wanted: impl Fn(&Kind) -> bool) -> Sum {
        let of = self.kinds.iter().filter(|(kind, _)| wanted(kind)).map(|(_, sum)| *sum);
        of.fold(Sum::default(), |a, b| Sum {
            expected: a.expected + b.expected,
            days: a.days + b.days,
            alarms: a.alarms + b.alarms,
        })
    }

    fn print_planted(&self, what: Planted) -> bool {
        let count = |verdict| self.verdicts.get(&(what, verdict)).copied().unwrap_or(0);
        let all: u32 = self.verdicts.iter().filter(|((kind, _), _)| *kind == what).map(|(_, count)| count).sum();
        let share = f64::from(count(Verdict::Right)) / f64::from(all.max(1));
        let wrong = Verdict::WRONG.iter().filter(|(verdict, _)| count(*verdict) > 0);
        let wrong: Vec<String> = wrong.map(|(verdict, title)| format!("{} {title}", count(*verdict))).collect();
        let later = self.later.get(&what).copied().unwrap_or(0);
        println!(
            "  {:32} {:5.1} % of {all}   {}; {later} with another alarm later",
            what.title(),
            100.0 * share,
            wrong.join(", ")
        );
        share >= BAR
    }
}

fn told(title: &str, sum: Sum) -> bool {
    let (low, high) = interval(sum.alarms);
    let fine = (low..=high).contains(&sum.expected);
    let off = if fine || sum.days == 0.0 { "" } else { "  OFF" };
    println!("  {title:42} {:9.1} {:7}   {low:.1} … {high:.1}{off}", sum.expected, sum.alarms);
    fine
}

/// What a Poisson mean may be, with 95 % confidence, when so many were counted.
///
/// Source: F. Garwood, Biometrika 28 (1936): half the quantiles of chi-square with 2n and 2n + 2 degrees of freedom.
fn interval(count: u32) -> (f64, f64) {
    let quantile = |degrees: f64, above: f64| {
        let (mut low, mut high) = (0.0, 2.0 * degrees + 40.0);
        for _ in 0..80 {
            let middle = f64::midpoint(low, high);
            if chi_square_above(middle, degrees) > above { low = middle } else { high = middle }
        }
        low / 2.0
    };
    let twice = 2.0 * f64::from(count);
    let low = if count == 0 { 0.0 } else { quantile(twice, 0.975) };
    (low, quantile(twice + 2.0, 0.025))
}

fn judged(found: &Found) -> Verdict {
    let change = found.change;
    if change.what == Planted::Idle {
        let idle = matches!(found.standing, Standing::Idle { days } if days > 40);
        return if !found.alarms.is_empty() {
            Verdict::Twice
        } else if idle {
            Verdict::Right
        } else {
            Verdict::Missed
        };
    }
    let in_time: Vec<&Alarm> = found.alarms.iter().filter(|alarm| alarm.time <= change.until).collect();
    let [alarm] = in_time.as_slice() else {
        return if in_time.is_empty() { Verdict::Missed } else { Verdict::Twice };
    };
    if !reasons(change.what).iter().any(|reason| alarm.is_about(*reason)) {
        return Verdict::OtherReason;
    }
    let named = |text: &str| alarm.context.changed.iter().any(|changed| changed.starts_with(text));
    match change.what {
        Planted::Step if !named("laser power") => Verdict::Unnamed,
        Planted::Limits if !named("limit table") => Verdict::Unnamed,
        Planted::Limits if !found.why.contains("a new baseline is asked for") => Verdict::NotAsked,
        _ => Verdict::Right,
    }
}

fn reasons(what: Planted) -> &'static [Subject] {
    const LEFT: Subject = Subject::Metric(Metric::LinearityError);
    const UNTRIMMED: Subject = Subject::Metric(Metric::UntrimmedError);
    match what {
        Planted::Step => &[LEFT],
        Planted::Ramp => &[Subject::Metric(Metric::UntrimmedResistance)],
        Planted::BadLot => &[UNTRIMMED],
        Planted::Limits => &[LEFT, UNTRIMMED, Subject::FailShare],
        Planted::Idle => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_those_of_the_tables() {
        let (low, high) = interval(10);
        assert!((low - 4.795).abs() < 1e-2 && (high - 18.390).abs() < 1e-2, "{low} {high}");
        assert!((interval(0).1 - 3.689).abs() < 1e-2);
    }
}
