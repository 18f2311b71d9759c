//! System A workbooks: `SEC1 TRK1 0`, `SEC1 TRK1 1 TRM1` …

use crate::book::{Book, Sheet, Value};
use crate::curve::{Element, stored};
use crate::product::Product;

/// One track of a System A unit.
#[derive(Debug, Clone)]
pub struct Track {
    /// Its number.
    pub number: u16,
    /// Untrimmed error, specs.
    pub error: f64,
    /// Roughness, specs.
    pub rough: f64,
    /// Share of the shape each pass leaves.
    pub left: f64,
    /// Passes that were measured.
    pub passes: u32,
    /// Whether a pass sheet nobody measured follows.
    pub template: bool,
}

/// Something odd about one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oddity {
    /// Nothing.
    None,
    /// `B9` holds the text `NaN`.
    NanLength,
    /// No point has a limit.
    NoLimits,
    /// A stretch of the limit table is upside down.
    InvertedLimits,
}

/// The workbook of a unit.
pub fn book(product: &Product, serial: &str, date: f64, tracks: &[Track], oddity: Oddity) -> Book {
    let mut sheets = fixed_sheets(product, tracks);
    for track in tracks {
        let name = format!("{} {serial} {}", product.model, track.number);
        let mut element = Element::new(&name, track.error, track.rough, track.left);
        let before = product.ohm * element.about_one(0.03);
        let gain = element.about_one(0.015);
        for pass in 0..=track.passes {
            let errors = element.errors(product.points, pass);
            let ohm = before * gain * (1.0 + 0.09 * f64::from(pass).sqrt());
            let title = match pass {
                0 => format!("SEC1 TRK{} 0", track.number),
                pass => format!("SEC1 TRK{} {pass} TRM1", track.number),
            };
            sheets.push(sweep(product, (&title, serial), date, &errors, ohm, oddity));
        }
        if track.template {
            sheets.push(unfilled(product, serial, track, date));
        }
    }
    Book { sheets }
}

/// A workbook that was only set up: the fixed sheets and no sweep.
pub fn set_up(product: &Product) -> Book {
    Book { sheets: fixed_sheets(product, &[]) }
}

fn head(sheet: &mut Sheet, product: &Product, serial: &str, date: f64, ohm: f64, oddity: Oddity) {
    sheet.text(0, 0, "Model");
    sheet.text(0, 1, product.model);
    sheet.text(1, 0, "Shop Number");
    match serial.parse::<f64>() {
        Ok(number) => sheet.number(1, 1, number),
        Err(_) => sheet.text(1, 1, serial),
    }
    sheet.labelled(5, (0, 1), "Date", date.floor());
    sheet.labelled(6, (0, 1), "phase value", 0.0042);
    sheet.labelled(7, (0, 1), "length value", product.travel);
    sheet.text(8, 0, "meas value");
    if oddity == Oddity::NanLength {
        sheet.text(8, 1, "NaN");
    } else {
        sheet.number(8, 1, product.travel * 1.001);
    }
    sheet.labelled(9, (0, 1), "resistance", ohm.round());
    sheet.labelled(12, (0, 1), "test volts", 10.0);
    let titles = ["Measured", "Index", "Theory", "Error", "Position", "Upper", "Lower", "Mark", "Target"];
    for (title, column) in titles.iter().zip(3..) {
        sheet.text(0, column, title);
    }
}

fn sweep(
    product: &Product,
    (title, serial): (&str, &str),
    date: f64,
    errors: &[f64],
    ohm: f64,
    oddity: Oddity,
) -> Sheet {
    let mut sheet = Sheet::new(title);
    head(&mut sheet, product, serial, date, ohm, oddity);
    let last = product.points - 1;
    for (index, error) in errors.iter().enumerate() {
        let row = u32::try_from(index + 1).expect("few points");
        let t = index as f64 / last as f64;
        let (position, theory) = (product.travel * (t - 0.5), 10.0 * t);
        let error = stored(error * product.spec);
        sheet.number(row, 3, stored(theory + error));
        sheet.number(row, 4, f64::from(row));
        sheet.number(row, 5, stored(theory));
        sheet.number(row, 6, error);
        sheet.number(row, 7, (position * 1e4).round() / 1e4);
        let half = product.spec * (1.0 + product.bowtie * (2.0 * t - 1.0).abs());
        let edge = index < product.ungraded || index + product.ungraded > last;
        if edge || oddity == Oddity::NoLimits {
            continue;
        }
        let upside_down = oddity == Oddity::InvertedLimits && (10..13).contains(&index);
        let sign = if upside_down { -1.0 } else { 1.0 };
        sheet.number(row, 8, stored(sign * half));
        sheet.number(row, 9, stored(-sign * half));
        let mark = if error.abs() > half { Value::Number(error) } else { Value::NotAvailable };
        sheet.cells.insert((row, 10), mark);
    }
    sheet
}

/// A pass sheet as the station prepares it: theory everywhere, nothing measured.
fn unfilled(product: &Product, serial: &str, track: &Track, date: f64) -> Sheet {
    let title = format!("SEC1 TRK{} {} TRM2", track.number, track.passes + 1);
    let mut sheet = sweep(product, (&title, serial), date, &vec![0.0; product.points], 0.0, Oddity::None);
    for row in 1..=u32::try_from(product.points).expect("few points") {
        sheet.cells.remove(&(row, 3));
        sheet.cells.remove(&(row, 10));
    }
    sheet
}

fn fixed_sheets(product: &Product, tracks: &[Track]) -> Vec<Sheet> {
    let mut model = Sheet::new("Model Parameters");
    model.text(0, 0, "Model");
    model.text(0, 1, product.model);
    model.text(1, 0, "Type");
    model.text(1, 1, "Rotary");
    let mut station = Sheet::new("Track Parameters");
    let rows: [(&str, f64); 9] = [
        ("Initial Resistance Lower Limit", product.ohm * 0.7),
        ("Initial Resistance Upper Limit", product.ohm * 1.2),
        ("Final Resistance Lower Limit", product.ohm * 0.85),
        ("Final Resistance Upper Limit", product.ohm * 1.45),
        ("Angle Minimum", product.travel * 0.98),
        ("Angle Maximum", product.travel * 1.02),
        ("Laser Power", product.power),
        ("Laser Duration", 200.0),
        ("Laser Pulse Repetition Rate", 10_000.0),
    ];
    let mut recipes = Sheet::new("Trim Parameters");
    for number in tracks.iter().map(|track| track.number).chain(tracks.is_empty().then_some(1)) {
        station.text(0, number, &format!("SEC1-TRK{number}"));
        station.text(1, 0, "Alias");
        station.text(1, number, if number == 1 { "Inner Edge" } else { "Outer Edge" });
        for ((label, value), row) in rows.iter().zip(2..) {
            station.text(row, 0, label);
            station.number(row, number, (value * 100.0).round() / 100.0);
        }
        recipes.text(0, number, &format!("SEC1-TRK{number}-TRM1"));
        for ((label, value), row) in [
            ("Laser Cut Length", 1.47),
            ("Initial Linearity Points Ignored", 3.0),
            ("Final Linearity Points Ignored", 3.0),
        ]
        .iter()
        .zip(1..)
        {
            recipes.text(row, 0, label);
            recipes.number(row, number, *value);
        }
    }
    vec![model, station, recipes, Sheet::new("ref")]
}
