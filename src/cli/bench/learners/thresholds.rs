//! Thresholds of made product models: how near, how honest the interval, how silent without a relation.

use std::ops::ControlFlow;

use color_eyre::eyre::Result;

use super::made::{between, logistic};
use super::percent;
use crate::cli::bench::spread;
use crate::learning::ThresholdOptimizer;
use crate::learning::random::Random;
use crate::learning::threshold_optimizer::{ModelExamples, OptimizerSettings};

const MODELS: u32 = 30;

/// How failing depends on ln r; each has its largest Youden index, over endless units, at ln r*.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// A step at r*: few fail below, most above.
    Step,
    /// A step at r* where 35 … 65 % fail above.
    WeakStep,
    /// Every unit above r* fails and none below.
    Clean,
    /// Good and failing units spread alike around two centres.
    TwoNormals,
    /// Failing units spread wider.
    Unequal,
    /// A slope, on normal ln r.
    Slope,
    /// A slope whose middle is r*, on even ln r.
    EvenSlope,
    /// None at all.
    None,
}

const KINDS: [Kind; 8] = [
    Kind::Step,
    Kind::WeakStep,
    Kind::Clean,
    Kind::TwoNormals,
    Kind::Unequal,
    Kind::Slope,
    Kind::EvenSlope,
    Kind::None,
];

/// What was found of one kind.
#[derive(Default)]
struct Tally {
    estimates: usize,
    held: usize,
    deployed: usize,
    deployed_held: usize,
    /// Times the whole optimizer, and times the forest, spoke.
    spoke: usize,
    forest_spoke: usize,
    errors: Vec<f64>,
    widths: Vec<f64>,
}

pub(super) fn run(seeds: u64) -> Result<()> {
    println!("{MODELS} product models of 40 … 400 units, r* 2 … 15, {seeds} seeds");
    println!(
        "  (bars: median error ≤ 15 % where ≥ 15 fail, 90 % interval holds r* in 85 … 95 %, none deploys in ≤ 5 %)"
    );
    for kind in KINDS {
        let mut tally = Tally::default();
        for seed in 0..seeds {
            one(kind, seed, &mut tally)?;
        }
        print(kind, seeds, tally);
    }
    Ok(())
}

fn one(kind: Kind, seed: u64, tally: &mut Tally) -> Result<()> {
    let mut random = Random::new(Random::derived(seed, kind as u64));
    let truth = |n: u32| 2.0 + 13.0 * f64::from(n) / f64::from(MODELS - 1);
    let models: Vec<ModelExamples> = (0..MODELS).map(|n| model(kind, n, truth(n), &mut random)).collect();
    let settings = OptimizerSettings { seed, threads: 2, ..OptimizerSettings::default() };
    let trained = ThresholdOptimizer::train(&models, &settings, &|_| ControlFlow::Continue(()))?;
    for own in &trained.validation.own {
        let Some(n) = own.product_model.strip_prefix("83").and_then(|n| n.parse().ok()) else { continue };
        let truth = truth(n);
        let held = (own.interval.0..=own.interval.1).contains(&truth);
        tally.estimates += 1;
        tally.held += usize::from(held);
        tally.deployed += usize::from(own.gate.deployed);
        tally.deployed_held += usize::from(own.gate.deployed && held);
        tally.widths.push((own.interval.1 / own.interval.0).ln() / 2.0);
        if own.failing_units >= 15 {
            tally.errors.push((own.threshold / truth - 1.0).abs());
        }
    }
    let forest = trained.model.recommend("never seen", &[0.1, 1.2, 1.25, 53.0, 0.0, 1.0, 20.0, 900.0], 0.9);
    tally.forest_spoke += usize::from(forest.is_some());
    tally.spoke += usize::from(trained.gate.deployed);
    Ok(())
}

fn print(kind: Kind, seeds: u64, mut tally: Tally) {
    let deployed = percent(tally.deployed, tally.estimates);
    let forest = format!("forest spoke {} of {seeds}", tally.forest_spoke);
    let name = format!("{kind:?}");
    if matches!(kind, Kind::None) {
        println!("  {name:10} {:4} estimates  deployed {deployed:5.1} %  {forest}", tally.estimates);
        return;
    }
    let (error, p95, _) = spread(&mut tally.errors);
    let (width, _, _) = spread(&mut tally.widths);
    println!(
        "  {name:10} {:4} estimates  error {:4.1} % (p95 {:5.1} %)  interval ±{:4.1} % holds {:4.1} % ({:4.1} % of \
         deployed)  deployed {deployed:5.1} %  {forest}",
        tally.estimates,
        100.0 * error,
        100.0 * p95,
        100.0 * width,
        percent(tally.held, tally.estimates),
        percent(tally.deployed_held, tally.deployed),
    );
}

fn model(kind: Kind, n: u32, truth: f64, random: &mut Random) -> ModelExamples {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "40 … 400")]
    let units = between(random, 40.0, 401.0) as u32;
    let draw = draws(kind, random);
    let mut runs = (0..units).map(|_| draw(random)).collect::<Vec<_>>();
    for (u, _) in &mut runs {
        *u += truth.ln();
    }
    ModelExamples {
        product_model: format!("83{n:02}"),
        features: [0.01 * truth, 1.2, 1.25, 53.0, f64::from(n % 2), 1.0, 2.5 * truth, 900.0],
        r: runs.iter().map(|(u, _)| u.exp()).collect(),
        failed: runs.iter().map(|(_, failed)| *failed).collect(),
        final_tests: Vec::new(),
        units: (0..units).collect(),
        threshold_in_force_r: 12.0,
    }
}

/// Draws (ln(r/r*), failed) of one product model.
type Draw = Box<dyn Fn(&mut Random) -> (f64, bool)>;

fn draws(kind: Kind, random: &mut Random) -> Draw {
    let spread = between(random, 0.3, 0.7);
    let centre = -spread * between(random, 0.0, 1.2);
    let (low, high) = match kind {
        Kind::Clean => (0.0, 1.0),
        Kind::WeakStep => (between(random, 0.02, 0.12), between(random, 0.35, 0.65)),
        Kind::None => (0.3, 0.3),
        _ => (between(random, 0.02, 0.12), between(random, 0.6, 0.98)),
    };
    match kind {
        Kind::Step | Kind::WeakStep | Kind::Clean | Kind::None => Box::new(move |random| {
            let u = centre + spread * random.normal();
            (u, random.unit() < if u > 0.0 { high } else { low })
        }),
        Kind::TwoNormals => two_normals(between(random, 0.2, 0.5), 1.0, between(random, 1.0, 2.5), random),
        Kind::Unequal => {
            two_normals(between(random, 0.2, 0.4), between(random, 1.0, 1.8), between(random, 1.5, 3.0), random)
        }
        Kind::Slope => slope(spread, between(random, 0.0, 1.2), between(random, 2.0, 8.0)),
        Kind::EvenSlope => {
            let (reach, steepness) = (between(random, 0.5, 1.2), between(random, 4.0, 14.0));
            Box::new(move |random| {
                let u = between(random, -reach, reach);
                (u, random.unit() < logistic(steepness * u))
            })
        }
    }
}

/// Good units around one centre, failing ones `apart` spreads higher and `wider` spread; 0 where the two are as dense.
fn two_normals(spread: f64, wider: f64, apart: f64, random: &mut Random) -> Draw {
    let failing = between(random, 0.1, 0.5);
    let density = |z: f64, wide: f64| (-z * z / (2.0 * wide * wide)).exp() / wide;
    let (mut below, mut above) = (0.0, apart);
    for _ in 0..60 {
        let middle = f64::midpoint(below, above);
        if density(middle, 1.0) > density(middle - apart, wider) {
            below = middle;
        } else {
            above = middle;
        }
    }
    Box::new(move |random| {
        let failed = random.unit() < failing;
        let z = if failed { apart + wider * random.normal() } else { random.normal() };
        (spread * (z - below), failed)
    })
}

/// Failing rises with the standardised z around `middle`; 0 where its chance is that of an average unit.
fn slope(spread: f64, middle: f64, steepness: f64) -> Draw {
    let grid = (-400..=400).map(|i| f64::from(i) / 66.0);
    let (sum, weight) = grid.fold((0.0, 0.0), |(sum, weight), z| {
        let density = (-z * z / 2.0).exp();
        (sum + density * logistic(steepness * (z - middle)), weight + density)
    });
    let mean: f64 = sum / weight;
    let cut = middle + (mean / (1.0 - mean)).ln() / steepness;
    Box::new(move |random| {
        let z = random.normal();
        (spread * (z - cut), random.unit() < logistic(steepness * (z - middle)))
    })
}
