//! Failures of made parts: how near the generator's own knowledge, how silent on noise, how soon cancelled.

use std::ops::ControlFlow;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use color_eyre::eyre::Result;
use ndarray::Array2;

use super::made::logistic;
use super::percent;
use crate::cli::bench::spread;
use crate::learning::failure_predictor::{Examples, PredictorSettings, RatioFeature, Rival};
use crate::learning::random::Random;
use crate::learning::validation::{brier, roc_auc};
use crate::learning::{FailurePredictor, Feature, LearningError, Stage, Step, Target};

/// What a final test predictor is told of a part.
const FEATURES: [&str; 9] = [
    "sigma gradient",
    "sigma threshold",
    "linearity pass",
    "resistance change %",
    "trim improvement %",
    "formula probability",
    "worst zone",
    "untrimmed max |e|/spec",
    "pass count",
];
/// Parts of a history: thirty product models of 40 … 400 units.
const PARTS: u32 = 6_600;
/// Histories without any relation that are tried for each seed.
const NOISE: u64 = 5;
const GO_ON: Step<'static> = &|_| ControlFlow::Continue(());

/// What a history is like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Every figure of every part is known.
    Known,
    /// One figure in 41 is not.
    WithGaps,
    /// Parts fail by chance alone.
    Noise,
}

/// Parts and the generator's own chance of each failing.
fn made(rows: u32, seed: u64, kind: Kind) -> (Examples, Vec<f64>) {
    let relation = kind != Kind::Noise;
    let mut random = Random::new(seed);
    let mut x = Array2::from_shape_simple_fn((rows as usize, FEATURES.len()), || random.normal());
    x.column_mut(2).mapv_inplace(|z| f64::from(u8::from(z > -1.0)));
    x.column_mut(6).mapv_inplace(|z| (2.0 + z).round().clamp(1.0, 3.0));
    x.column_mut(8).mapv_inplace(|z| (1.5 + z).round().clamp(1.0, 9.0));
    let lean = |row: ndarray::ArrayView1<'_, f64>| {
        let at = |column: usize| row.get(column).copied().unwrap_or(0.0);
        -2.0 + 1.1 * at(0) - 1.5 * (at(2) - 0.84) + 0.6 * at(3) - 0.5 * at(4) + 0.9 * at(7) + 0.3 * (at(8) - 1.5)
    };
    let chances: Vec<f64> = x.rows().into_iter().map(|row| if relation { logistic(lean(row)) } else { 0.2 }).collect();
    let failed = chances.iter().map(|chance| random.unit() < *chance).collect();
    if kind != Kind::Known {
        x.iter_mut().step_by(41).for_each(|value| *value = f64::NAN);
    }
    let formula = x.column(5).iter().map(|z| z.is_finite().then_some(*z)).collect();
    let examples = Examples {
        features: FEATURES.map(|name| Feature::new(name, Stage::Verdict)).to_vec(),
        rows: x,
        failed,
        units: (0..rows).collect(),
        product_models: (0..rows).map(|row| format!("83{:02}", row % 12)).collect(),
        times: (0..i64::from(rows)).collect(),
        ratio_to_model_median: vec![RatioFeature { name: "sigma/median".to_owned(), source: 0 }],
        rivals: vec![Rival { name: "formula".to_owned(), scores: formula }],
    };
    (examples, chances)
}

pub(super) fn run(seeds: u64) -> Result<()> {
    println!("final test of made parts, {PARTS} each, {seeds} seeds   (bar: AUC within 0.02 of the generator's own)");
    related(Kind::Known, "every figure known", seeds)?;
    related(Kind::WithGaps, "one figure in 41 unknown", seeds)?;
    let mut silent = 0;
    for seed in 0..NOISE * seeds {
        let (examples, _) = made(400, Random::derived(seed, 78), Kind::Noise);
        let settings = PredictorSettings { seed, threads: 2, ..PredictorSettings::default() };
        let trained = FailurePredictor::train(&examples, Target::FinalTest, &settings, GO_ON)?;
        silent += usize::from(!trained.gate.deployed);
    }
    let all = usize::try_from(NOISE * seeds).unwrap_or(usize::MAX);
    println!("  400 parts that fail by chance: silent in {:.0} %", percent(silent, all));
    Ok(())
}

fn related(kind: Kind, said: &str, seeds: u64) -> Result<()> {
    println!("  {said}");
    let (mut short, mut forward, mut briers, mut deployed) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for seed in 0..seeds {
        let (examples, chances) = made(PARTS, Random::derived(seed, 77), kind);
        let settings = PredictorSettings { seed, threads: 2, ..PredictorSettings::default() };
        let trained = FailurePredictor::train(&examples, Target::FinalTest, &settings, GO_ON)?;
        let figures = &trained.validation.grouped;
        let best = roc_auc(&chances, &examples.failed).unwrap_or(f64::NAN);
        short.push(best - figures.auc);
        forward.extend(trained.validation.forward.as_ref().map(|forward| best - forward.auc));
        briers.push(figures.brier - brier(&chances, &examples.failed).unwrap_or(f64::NAN));
        deployed += usize::from(trained.gate.deployed);
    }
    let said = |name: &str, figures: &mut Vec<f64>| {
        let (median, p95, most) = spread(figures);
        println!("    {name:42} median {median:.4}  p95 {p95:.4}  most {most:.4}");
    };
    said("AUC under the generator's, other units", &mut short);
    said("AUC under the generator's, forward in time", &mut forward);
    said("Brier score above the generator's", &mut briers);
    println!("    deployed {deployed} of {seeds}");
    Ok(())
}

/// A hundred thousand rows: how long a training takes, and between two moments at which it can be cancelled.
pub(super) fn large(_: u64) -> Result<()> {
    let (examples, _) = made(100_000, 1, Kind::WithGaps);
    let settings = PredictorSettings { threads: 2, ..PredictorSettings::default() };
    let begin = Instant::now();
    let last = Mutex::new((begin, Duration::ZERO, 0.0));
    let step = |share: f64| {
        let mut last = last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let now = Instant::now();
        if now - last.0 > last.1 {
            *last = (now, now - last.0, share);
        } else {
            last.0 = now;
        }
        ControlFlow::Continue(())
    };
    let trained = FailurePredictor::train(&examples, Target::FinalTest, &settings, &step)?;
    let whole = begin.elapsed().as_secs_f64();
    let (_, longest, at) = *last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    println!("100,000 rows, {} columns, 200 trees, 2 threads", trained.model.columns().len());
    println!("  trained and validated in {whole:.1} s, AUC {:.3}", trained.validation.grouped.auc);
    println!(
        "  longest without a look at the step {:.0} ms, at {:.0} %   (bar: ≤ 200)",
        1_000.0 * longest.as_secs_f64(),
        100.0 * at
    );
    for after in [0.05, 0.3, 0.6, 0.79, 0.9] {
        let asked = Mutex::new(None);
        let step = |share: f64| {
            if share < after {
                return ControlFlow::Continue(());
            }
            asked.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get_or_insert_with(Instant::now);
            ControlFlow::Break(())
        };
        let ended = FailurePredictor::train(&examples, Target::FinalTest, &settings, &step);
        let asked = asked.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        let took = asked.map_or(f64::NAN, |asked| 1_000.0 * asked.elapsed().as_secs_f64());
        println!(
            "  cancelled at {:2.0} %: {} after {took:.0} ms",
            100.0 * after,
            matches!(ended, Err(LearningError::Cancelled))
        );
    }
    Ok(())
}
