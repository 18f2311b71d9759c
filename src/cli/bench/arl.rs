//! `bench arl`: how long the control charts run until they signal, simulated, against what is stated of them.

mod procedure;

use std::ops::Range;
use std::thread;

use color_eyre::eyre::Result;

use procedure::{Alarms, Taken};

use crate::cli::Exit;
use crate::spc::distribution::chi_mean;
use crate::spc::individuals::D2;
use crate::spc::run_length::chance::Chance;
use crate::spc::run_length::simulated::{RunLengths, Values};
use crate::spc::run_length::{autocorrelated, cusum, shewhart};
use crate::spc::widening::CONFIDENCE;
use crate::spc::{
    Ask, Baseline, Cusum, Family, Knowledge, Rule, RuleWatch, Scale, Side, SigmaBy, Summary, UnitChart, Weighted,
    deviation, mean,
};

/// How far a figure may be from the stated one, as a share.
const OFF: f64 = 0.03;
/// No stream is followed for longer, values.
const LONGEST: u64 = 1_000_000;
/// The usual run length in control, values.
const USUAL: f64 = 371.0;
/// Units of the small baselines.
const UNITS: u32 = 50;

/// What is measured, under which seed, and whether all came out.
struct Campaign {
    streams: u64,
    seed: u64,
    fine: bool,
}

/// Simulates and prints every figure; some are solved for as well.
pub(super) fn run(streams: u64, seed: u64) -> Result<Exit> {
    let mut campaign = Campaign { streams, seed, fine: true };
    println!("{streams} streams each, values until the signal; a figure may be off by 3 %");
    println!("{:64} {:>8} {:>9} {:>7} {:>6} {:>9}", "", "stated", "simulated", "±", "ratio", "solved");
    campaign.textbook();
    campaign.shipped();
    campaign.autocorrelated()?;
    campaign.small_baselines(SigmaBy::MovingRange)?;
    campaign.small_baselines(SigmaBy::Deviation)?;
    campaign.whole_procedure()?;
    Ok(if campaign.fine { Exit::Fine } else { Exit::Loss })
}

impl Campaign {
    fn textbook(&mut self) {
        for (shift, stated) in [(0.0, 370.4), (1.0, 43.9)] {
            let solved = Some(shewhart(3.0, Side::Both, shift, 1.0));
            self.unit_chart("Shewhart 3", weighted(1.0, 3.0, None), normal(shift), stated, solved);
        }
        for (shift, stated) in [(0.0, 371.1), (1.0, 9.80)] {
            let chart = weighted(0.2, 2.86, None);
            self.unit_chart("EWMA 0.2/2.86", chart, normal(shift), stated, Some(chart.run_length(shift, 1.0)));
        }
        for (decision, shift, stated) in [(4.0, 0.0, 167.7), (4.0, 1.0, 8.38), (5.0, 0.0, 465.4), (5.0, 1.0, 10.4)] {
            let start = || {
                let mut sums = Cusum::new(0.0, 0.5, decision);
                move |x: f64| sums.push(x).signal.is_some()
            };
            let solved = Some(cusum::two_sided(0.5, decision, 0.0, shift));
            self.cell(&format!("CUSUM 0.5/{decision}"), start, normal(shift), stated, solved);
        }
        for (shift, stated) in [(0.0, 92.0), (1.0, 9.3)] {
            let start = || {
                let mut watch = RuleWatch::new(&Rule::WESTERN_ELECTRIC);
                move |x: f64| watch.push(x).next().is_some()
            };
            self.cell("Western Electric 1–4", start, normal(shift), stated, None);
        }
    }

    fn shipped(&mut self) {
        let pair = weighted(0.2, 2.906, Some(3.5));
        for (shift, stated) in [(0.0, USUAL), (1.0, 10.1), (3.0, 2.0)] {
            self.unit_chart(
                "the pair, individuals 3.5 with EWMA 0.2/2.906",
                pair,
                normal(shift),
                stated,
                Some(pair.run_length(shift, 1.0)),
            );
        }
        let smooth = weighted(0.05, 2.492, None);
        self.unit_chart("EWMA 0.05/2.492", smooth, normal(0.0), 371.0, Some(smooth.run_length(0.0, 1.0)));
        self.unit_chart("EWMA 0.05/2.492", smooth, Values::Exponential, 372.0, None);
    }

    /// The pair with limits solved anew for a series whose values resemble each other.
    fn autocorrelated(&mut self) -> Result<()> {
        let phi_percent = 25;
        let phi = f64::from(phi_percent) / 100.0;
        let usual = Ask { family: Family::Pair, side: Side::Both, run_length: 371, knowledge: None, phi_percent };
        let chart = usual.solve()?;
        let solved = Some(autocorrelated::run_length(&chart, phi, 0.0));
        let name = format!("the pair re-solved, L {:.3}", chart.limit);
        self.unit_chart(&name, chart, Values::Autocorrelated { phi }, USUAL, solved);
        Ok(())
    }

    /// The share of small baselines with which the pair, widened for them, runs as long as usual.
    fn small_baselines(&mut self, sigma_by: SigmaBy) -> Result<()> {
        let knowledge = Some(Knowledge { units: UNITS, sigma_by });
        let chart =
            Ask { family: Family::Pair, side: Side::Both, run_length: 370, knowledge, phi_percent: 0 }.solve()?;
        let seed = self.seed;
        let keep = |numbers: Range<u64>| numbers.filter(|number| keeps(&chart, sigma_by, seed, *number)).count() as f64;
        let kept: f64 = in_parts(self.streams, &keep).into_iter().sum();
        let share = kept / self.streams as f64;
        let error = (share * (1.0 - share) / self.streams as f64).sqrt();
        let by = if sigma_by == SigmaBy::MovingRange { "moving range" } else { "deviation" };
        let single = chart.individuals.unwrap_or(f64::NAN);
        let name = format!("the pair for {UNITS} units, {by}, {single:.3} with {:.3}", chart.limit);
        self.told(&name, "share ≥ 370", CONFIDENCE, (share, error), None);
        Ok(())
    }

    /// False alarms of the shipped procedure over the expected ones.
    ///
    /// Only where theory is exact, with sigma by deviation and no baseline refused, must they be the same; the others are
    /// told. A moving range has its chi distribution by two moments only, and phase I leaves baselines that alarm most.
    fn whole_procedure(&mut self) -> Result<()> {
        let exact = Taken::Every(SigmaBy::Deviation);
        for (taken, which) in [
            (exact, "every, by deviation"),
            (Taken::Every(SigmaBy::MovingRange), "every, by moving range"),
            (Taken::Clean, "clean, by moving range"),
            (Taken::Shipped, "clean, as shipped"),
        ] {
            let part = |numbers: Range<u64>| procedure::follow(taken, numbers, self.seed);
            let mut alarms = Alarms::default();
            for part in in_parts(10 * self.streams, &part) {
                alarms = alarms + part?;
            }
            let before = self.fine;
            self.told("pair, 40 units, for 5,000: alarms/expected", which, 1.0, alarms.ratio(), None);
            self.fine = before && (self.fine || taken != exact);
        }
        Ok(())
    }

    fn unit_chart(&mut self, name: &str, limits: Weighted, values: Values, stated: f64, solved: Option<f64>) {
        let baseline = known();
        let start = || {
            let mut chart = UnitChart::new(&baseline, limits);
            move |x: f64| chart.push(x).is_some_and(|point| point.signal.is_some())
        };
        self.cell(name, start, values, stated, solved);
    }

    fn cell<C: FnMut(f64) -> bool>(
        &mut self,
        name: &str,
        start: impl Fn() -> C + Sync,
        values: Values,
        stated: f64,
        solved: Option<f64>,
    ) {
        let part = |numbers: Range<u64>| RunLengths::simulate(&start, values, numbers, self.seed, LONGEST);
        let lengths = in_parts(self.streams, &part).into_iter().fold(RunLengths::default(), RunLengths::and);
        let of = match values {
            Values::Normal { shift } => format!("at {shift} σ"),
            Values::Exponential => "exponential".to_owned(),
            Values::Autocorrelated { phi } => format!("φ {phi}"),
        };
        self.told(name, &of, stated, (lengths.average(), lengths.standard_error()), solved);
    }

    fn told(&mut self, name: &str, of: &str, stated: f64, (found, error): (f64, f64), solved: Option<f64>) {
        let ratio = found / stated;
        let fine = (ratio - 1.0).abs() <= OFF;
        self.fine &= fine;
        let name = format!("{name}, {of}");
        let solved = solved.map_or_else(String::new, |solved| format!("{solved:9.3}"));
        let off = if fine { "" } else { "  OFF" };
        println!("{name:64} {stated:8.2} {found:9.3} {error:7.3} {ratio:6.3} {solved:>9}{off}");
    }
}

fn weighted(lambda: f64, limit: f64, individuals: Option<f64>) -> Weighted {
    Weighted { lambda, limit, individuals, side: Side::Both }
}

fn normal(shift: f64) -> Values {
    Values::Normal { shift }
}

/// A baseline whose mean is 0 and whose sigma is 1, beyond doubt.
fn known() -> Baseline {
    let summary =
        Summary { n: 1_000_000, mean: 0.0, deviation: 1.0, median: 0.0, skew: 0.0, lag1: 0.0, moving_range: 1.128 };
    Baseline {
        scale: Scale::Linear,
        summary,
        sigma: 1.0,
        sigma_by: SigmaBy::Deviation,
        floored: false,
        skew: 0.0,
        left_out: 0,
    }
}

/// Whether a chart on a simulated baseline runs at least 370 values in control.
fn keeps(chart: &Weighted, sigma_by: SigmaBy, seed: u64, number: u64) -> bool {
    let mut chance = Chance::new(seed, number);
    let values: Vec<f64> = (0..UNITS).map(|_| chance.normal()).collect();
    let free = f64::from(UNITS) - 1.0;
    let sigma = match sigma_by {
        SigmaBy::MovingRange => {
            let ranges = values.iter().zip(values.iter().skip(1)).map(|(a, b)| (b - a).abs());
            ranges.sum::<f64>() / free / D2
        }
        SigmaBy::Deviation => deviation(&values).unwrap_or(f64::NAN) * free.sqrt() / chi_mean(free),
    };
    let mean = mean(&values).unwrap_or(f64::NAN);
    chart.run_length(-mean / sigma, 1.0 / sigma) >= 370.0
}

/// Does numbered work on every core, a part each.
fn in_parts<T: Send>(numbers: u64, work: &(impl Fn(Range<u64>) -> T + Sync)) -> Vec<T> {
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let part = numbers.div_ceil(cores).max(1);
    let parts = (0..cores).map(|core| core * part..((core + 1) * part).min(numbers)).filter(|part| !part.is_empty());
    thread::scope(|scope| {
        let running: Vec<_> = parts.map(|part| scope.spawn(move || work(part))).collect();
        running.into_iter().map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}
