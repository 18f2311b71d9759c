//! Forests and isolation forests against scikit-learn's, on the same rows in the same run.

use std::hint::black_box;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use color_eyre::eyre::{Result, bail};
use ndarray::{Array2, Axis};

use super::rig::milliseconds;
use super::rival::{Rival, Table};
use super::{quality, spread};
use crate::cli::demo::Temporary;
use crate::learning::random::Random;
use crate::learning::{FeaturesPerSplit, Forest, ForestSettings};

/// Features of the made rows.
const WIDTH: usize = 14;
/// How often one row is asked for.
const ROWS_ASKED: usize = 300;
/// How often 1,000 rows are asked for.
const TIMES: usize = 20;

/// Measures ours, and scikit-learn's when `python` has it.
pub(super) fn run(python: &Path, rounds: usize) -> Result<()> {
    let folder = Temporary::new("bench-forest")?;
    let mut rival = Rival::start(python);
    match &rival {
        Some(rival) => println!("against scikit-learn {}, one thread each, median of {rounds}", rival.version),
        None => println!("{} has no scikit-learn: ours alone, median of {rounds}", python.display()),
    }
    for rows in [2_000, 20_000] {
        compare(rows, rounds, &folder.0.join("made"), rival.as_mut())?;
    }
    match rival {
        Some(mut rival) => quality::run(&folder.0, &mut rival),
        None => Ok(()),
    }
}

/// The forest of the failure predictor.
pub(super) fn settings(seed: u64) -> ForestSettings {
    let features_per_split = FeaturesPerSplit::Sqrt;
    ForestSettings { trees: 200, depth: 15, min_split: 10, min_leaf: 5, features_per_split, seed }
}

/// A forest on one thread that nobody cancels.
pub(super) fn grown(table: &Table, seed: u64) -> Result<Forest> {
    Ok(Forest::fit(table.x.view(), &table.y, &settings(seed), 1, &|_| ControlFlow::Continue(()))?)
}

/// Rows of which about one in five fails, told by four of the features and chance.
fn made(rows: usize) -> Table {
    let mut random = Random::new(rows as u64);
    let x = Array2::from_shape_simple_fn((rows, WIDTH), || normal(&mut random));
    let fails = |row: ndarray::ArrayView1<'_, f64>| {
        let feature = |j: usize| row.get(j).copied().unwrap_or(0.0);
        let z = 1.5 * (feature(0) + 0.7 * feature(1) * feature(2) + 0.5 * feature(3)) - 2.0;
        f64::from(u8::from(random.unit() < 1.0 / (1.0 + (-z).exp())))
    };
    let y = x.rows().into_iter().map(fails).collect();
    Table { x, y }
}

/// Near enough: twelve even numbers.
pub(super) fn normal(random: &mut Random) -> f64 {
    (0..12).map(|_| random.unit()).sum::<f64>() - 6.0
}

fn compare(rows: usize, rounds: usize, path: &Path, mut rival: Option<&mut Rival>) -> Result<()> {
    let table = made(rows);
    table.write(path)?;
    let (file, width) = (path.display().to_string(), WIDTH.to_string());
    let mut figures: [(Vec<f64>, Vec<f64>); 3] = Default::default();
    let mut bytes = (0.0, None);
    for round in 0..rounds {
        let start = Instant::now();
        let forest = grown(&table, round as u64)?;
        let trained = milliseconds(start);
        let ours = [trained, one_row(&forest, &table)?, thousand(&forest, &table)?];
        bytes.0 = forest.to_bytes().len() as f64;
        for ((own, _), figure) in figures.iter_mut().zip(ours) {
            own.push(figure);
        }
        let Some(rival) = rival.as_deref_mut() else { continue };
        let questions: [&[&str]; 3] = [
            &["train", &file, &width, &round.to_string()],
            &["predict", &file, &width, "1", "30"],
            &["predict", &file, &width, "1000", "10"],
        ];
        for ((_, theirs), question) in figures.iter_mut().zip(questions) {
            theirs.extend(rival.ask(question)?);
        }
        bytes.1 = rival.ask(&["size"])?.first().copied();
    }
    println!("{rows} rows × {WIDTH} features, 200 trees");
    let [train, one, thousand] = figures;
    tell("training", train, "ms", "≥ 4");
    tell("one row", one, "ms", "≥ 50, ours ≤ 0.1 ms");
    tell("1,000 rows", thousand, "ms", "≥ 1");
    tell("model", (vec![bytes.0 / 1e6], bytes.1.map(|bytes| bytes / 1e6).into_iter().collect()), "MB", "≥ 2");
    Ok(())
}

/// Both medians and how many times less ours is.
fn tell(what: &str, (mut ours, mut theirs): (Vec<f64>, Vec<f64>), unit: &str, bar: &str) {
    let ours = spread(&mut ours).0;
    if theirs.is_empty() {
        println!("  {what:12} {ours:10.3} {unit}");
        return;
    }
    let theirs = spread(&mut theirs).0;
    println!("  {what:12} {ours:10.3} {unit}   theirs {theirs:10.3} {unit}   {:7.1} ×   (bar: {bar})", theirs / ours);
}

fn one_row(forest: &Forest, table: &Table) -> Result<f64> {
    let mut times = Vec::new();
    for row in table.x.rows().into_iter().take(ROWS_ASKED) {
        let Some(row) = row.as_slice() else { bail!("rows lie in one piece") };
        let start = Instant::now();
        black_box(forest.predict_one(black_box(row))?);
        times.push(milliseconds(start));
    }
    Ok(spread(&mut times).0)
}

fn thousand(forest: &Forest, table: &Table) -> Result<f64> {
    let rows = table.x.slice_axis(Axis(0), (0..1_000).into());
    let mut times = Vec::new();
    for _ in 0..TIMES {
        let start = Instant::now();
        black_box(forest.predict(black_box(rows))?);
        times.push(milliseconds(start));
    }
    Ok(spread(&mut times).0)
}
