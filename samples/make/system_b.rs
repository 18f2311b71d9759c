//! System B workbooks: `test`, `Trim 1` …, `Lin Error`.

use crate::book::{Book, Sheet};
use crate::curve::{Element, stored};
use crate::product::Product;

/// How a unit went through the laser.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// Untrimmed error, specs.
    pub error: f64,
    /// Roughness, specs.
    pub rough: f64,
    /// Share of the shape that the trim leaves.
    pub left: f64,
    /// Trim passes measured between `test` and `Lin Error`.
    pub passes: u32,
    /// What became of it.
    pub kind: Kind,
}

/// What became of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Cut and verified.
    Trimmed,
    /// A template saved without a cut: `Lin Error` equals theory throughout.
    NoCut,
    /// `test` holds twice as many measured values as positions.
    DoubleResolution,
}

/// The workbook of a unit.
pub fn book(product: &Product, serial: &str, run: Run) -> Book {
    let mut element =
        Element::new(&format!("{} {serial} {:.3}", product.model, run.error), run.error, run.rough, run.left);
    let before = product.ohm * element.about_one(0.02);
    let untrimmed = element.errors(product.points, 0);
    let mut test = sweep("test", product, &untrimmed, before);
    test.number(0, 10, product.travel);
    let mut sheets = vec![parameters(product)];
    if run.kind == Kind::DoubleResolution {
        double(&mut test, product, &untrimmed);
    }
    sheets.push(test);
    for pass in 1..=run.passes {
        let errors = element.errors(product.points, pass);
        sheets.push(sweep(&format!("Trim {pass}"), product, &errors, 0.0));
    }
    let mut verified = if run.kind == Kind::NoCut {
        let mut sheet = sweep("Lin Error", product, &vec![0.0; product.points], 0.0);
        // Theory to the last digit is what a template holds and no wiper gives.
        let theory: Vec<_> =
            sheet.cells.iter().filter(|((_, c), _)| *c == 2).map(|((r, _), v)| (*r, v.clone())).collect();
        for (row, value) in theory {
            sheet.cells.insert((row, 0), value);
        }
        sheet
    } else {
        let errors = element.errors(product.points, run.passes.max(1));
        let ohm = before * (1.10 + 0.01 * element.about_one(1.0));
        let mut sheet = sweep("Lin Error", product, &errors, ohm);
        // The station goes on measuring past the last position.
        for extra in 0..2 {
            sheet.number(u32::try_from(product.points + extra).expect("few points"), 0, 10.0);
        }
        sheet
    };
    verified.number(0, 11, product.travel);
    sheets.push(verified);
    Book { sheets }
}

fn sweep(name: &str, product: &Product, errors: &[f64], ohm: f64) -> Sheet {
    let mut sheet = Sheet::new(name);
    let last = product.points - 1;
    for (index, error) in errors.iter().enumerate() {
        let row = u32::try_from(index).expect("few points");
        let t = index as f64 / last as f64;
        let error = stored(error * product.spec);
        sheet.number(row, 0, stored(10.0 * t + error));
        sheet.number(row, 1, f64::from(row + 1));
        sheet.number(row, 2, stored(10.0 * t));
        sheet.number(row, 3, error);
        sheet.number(row, 4, ((product.travel * (t - 0.5)) * 1e5).round() / 1e5);
        if index >= product.ungraded && index + product.ungraded <= last {
            let half = product.spec * (1.0 + product.bowtie * (2.0 * t - 1.0).abs());
            sheet.number(row, 5, stored(half));
            sheet.number(row, 6, stored(-half));
        }
    }
    sheet.number(0, 8, product.travel);
    sheet.number(0, 17, ohm.round());
    sheet
}

/// Every second position is gone, so that the stored errors belong to the wrong ramp.
fn double(test: &mut Sheet, product: &Product, errors: &[f64]) {
    let rows = u32::try_from(product.points).expect("few points");
    let half = rows.div_ceil(2);
    for row in half..rows {
        for column in 1..7 {
            test.cells.remove(&(row, column));
        }
    }
    for row in 0..half {
        let error = errors.get(row as usize).copied().unwrap_or(0.0);
        test.number(row, 3, stored(error * product.spec * 3.0 + 0.1));
    }
}

/// Value first, label second.
fn parameters(product: &Product) -> Sheet {
    let mut sheet = Sheet::new("Model Parameters");
    sheet.text(0, 0, product.model);
    sheet.text(0, 1, "Model");
    sheet.text(1, 0, "Linear");
    sheet.text(1, 1, "Type");
    let rows: [(&str, f64); 12] = [
        ("Max resistance", product.ohm * 1.25),
        ("Min Resistance", product.ohm * 0.9),
        ("Theoretical resistance", product.ohm * 1.1),
        ("Laser Power", product.power),
        ("Pulse Duration", 200.0),
        ("Laser PRR", 10_000.0),
        ("Laser Cut Length", 3_500.0),
        ("Initial Points Ignored", 3.0),
        ("Ending points Ignored", 3.0),
        ("min elec. Angle", product.travel * 0.98),
        ("max elec. Angle", product.travel * 1.02),
        ("Coarse Trim Voltage", 10.0),
    ];
    for ((label, value), row) in rows.iter().zip(7..) {
        sheet.number(row, 0, (value * 1e4).round() / 1e4);
        sheet.text(row, 1, label);
    }
    sheet
}
