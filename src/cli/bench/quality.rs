//! Whether what forests say is as good as what scikit-learn's say.

use std::path::Path;

use color_eyre::eyre::{Result, eyre};
use ndarray::{Array2, Axis};

use super::forest::{grown, normal};
use super::rival::{Rival, Table};
use crate::learning::random::Random;
use crate::learning::validation::{brier, grouped_folds, roc_auc};
use crate::learning::{IsolationForest, IsolationSettings};

/// Seeds over which each figure is averaged.
const SEEDS: u64 = 10;
/// Features of the drifted tracks.
const FIGURES: usize = 7;

pub(super) fn run(folder: &Path, rival: &mut Rival) -> Result<()> {
    println!("breast cancer, five folds, mean of {SEEDS} seeds");
    let cancer = known("cancer", folder, rival)?;
    let (ours, theirs) = crossed(&cancer, folder, rival)?;
    told("AUC", ours.0, theirs.0, 0.004);
    told("Brier", ours.1, theirs.1, 0.002);
    println!("isolation forest, AUC of a class held out of fitting, mean of {SEEDS} seeds and the classes");
    for name in ["cancer", "wine", "digits"] {
        let set = known(name, folder, rival)?;
        let (ours, theirs) = isolated(&set, rival)?;
        told(name, ours, theirs, 0.01);
    }
    let (ours, theirs) = isolated(&drifted(folder)?, rival)?;
    told("drifted", ours, theirs, 0.01);
    Ok(())
}

fn told(what: &str, ours: f64, theirs: f64, bar: f64) {
    println!("  {what:12} {ours:.4}   theirs {theirs:.4}   {:+.4}   (bar: within {bar})", ours - theirs);
}

/// A data set in a file that both sides read.
struct Known {
    table: Table,
    path: String,
    /// Classes that are held out in turn.
    held_out: Vec<usize>,
}

fn known(name: &str, folder: &Path, rival: &mut Rival) -> Result<Known> {
    let path = folder.join(name);
    let told = rival.ask(&["write", name, &path.display().to_string()])?;
    let [width, classes] = told[..] else { return Err(eyre!("no {name}")) };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small counts")]
    let (width, classes) = (width as usize, classes as usize);
    // Of breast cancer the malignant class is the anomaly.
    let held_out = if classes == 2 { vec![0] } else { (0..classes).collect() };
    Ok(Known { table: Table::read(&path, width)?, path: path.display().to_string(), held_out })
}

/// AUC and Brier score of both on the same folds.
fn crossed(set: &Known, folder: &Path, rival: &mut Rival) -> Result<((f64, f64), (f64, f64))> {
    let Table { x, y } = &set.table;
    let failed: Vec<bool> = y.iter().map(|&y| y > 0.5).collect();
    let units: Vec<u32> = (0..).take(y.len()).collect();
    let folds = grouped_folds(&units, &failed, 5, 1);
    let path = folder.join("folds");
    named(&folds, y.len(), &path)?;
    let (mut ours, mut theirs) = ((0.0, 0.0), (0.0, 0.0));
    for seed in 0..SEEDS {
        let mut p = vec![0.0; y.len()];
        for fold in &folds {
            let rest: Vec<usize> = (0..y.len()).filter(|row| fold.binary_search(row).is_err()).collect();
            let answers = rest.iter().filter_map(|&row| y.get(row).copied()).collect();
            let forest = grown(&Table { x: x.select(Axis(0), &rest), y: answers }, seed)?;
            let said = forest.predict(x.select(Axis(0), fold).view())?;
            fold.iter().zip(said).for_each(|(&row, said)| p.iter_mut().skip(row).take(1).for_each(|p| *p = said));
        }
        let own = roc_auc(&p, &failed).zip(brier(&p, &failed)).ok_or_else(|| eyre!("no figures"))?;
        let width = x.ncols().to_string();
        let other = rival.ask(&["cross", &set.path, &width, &path.display().to_string(), &seed.to_string()])?;
        let [auc, score] = other[..] else { return Err(eyre!("no figures of theirs")) };
        ours = (ours.0 + own.0 / SEEDS as f64, ours.1 + own.1 / SEEDS as f64);
        theirs = (theirs.0 + auc / SEEDS as f64, theirs.1 + score / SEEDS as f64);
    }
    Ok((ours, theirs))
}

/// Writes each row's fold.
fn named(folds: &[Vec<usize>], rows: usize, path: &Path) -> Result<()> {
    let fold_of = |row: usize| folds.iter().position(|fold| fold.binary_search(&row).is_ok()).unwrap_or(0);
    let bytes = (0..rows).flat_map(|row| (fold_of(row) as f64).to_ne_bytes());
    Ok(std::fs::write(path, bytes.collect::<Vec<u8>>())?)
}

/// Mean AUC of both over seeds and held-out classes.
fn isolated(set: &Known, rival: &mut Rival) -> Result<(f64, f64)> {
    let Table { x, y } = &set.table;
    let (mut ours, mut theirs) = (0.0, 0.0);
    for &class in &set.held_out {
        let odd: Vec<bool> = y.iter().map(|&y| (y - class as f64).abs() < 0.5).collect();
        let usual: Vec<usize> = odd.iter().enumerate().filter(|(_, odd)| !**odd).map(|(row, _)| row).collect();
        let usual = x.select(Axis(0), &usual);
        for seed in 0..SEEDS {
            let forest = IsolationForest::fit(usual.view(), &IsolationSettings { seed, ..Default::default() })?;
            ours += roc_auc(&forest.scores(x.view())?, &odd).ok_or_else(|| eyre!("no figure"))?;
            let (width, class) = (x.ncols().to_string(), class.to_string());
            theirs += rival.ask(&["isolate", &set.path, &width, &class, &seed.to_string()])?.iter().sum::<f64>();
        }
    }
    let count = (SEEDS * set.held_out.len() as u64) as f64;
    Ok((ours / count, theirs / count))
}

/// Tracks of normal operation, and some after resistance, roughness and the incoming error have moved.
fn drifted(folder: &Path) -> Result<Known> {
    let mut random = Random::new(5);
    let rows = 2_000;
    let y: Vec<f64> = (0..rows).map(|row| f64::from(u8::from(row >= rows * 9 / 10))).collect();
    let x = Array2::from_shape_fn((rows, FIGURES), |(row, figure)| {
        let moved = row >= rows * 9 / 10 && figure < 3;
        // Each figure in units of its own.
        (normal(&mut random) + if moved { 1.5 } else { 0.0 }) * 10_f64.powi(i32::try_from(figure).unwrap_or(0) - 3)
    });
    let path = folder.join("drifted");
    let table = Table { x, y };
    table.write(&path)?;
    Ok(Known { table, path: path.display().to_string(), held_out: vec![1] })
}
