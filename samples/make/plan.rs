//! `incoming/`: which units went through which laser when.

use crate::Files;
use crate::book::Book;
use crate::product::Product;
use crate::system_a::{self, Oddity, Track};
use crate::system_b::{self, Kind, Run};
use crate::{biff, xlsx};

/// A day of March 2026 as Excel counts it.
const MARCH: f64 = 46_081.0;

/// Fills the drop folder.
pub fn incoming(files: &mut Files) {
    drifting(files);
    linear(files);
    rotary(files);
    spreadsheets(files);
}

/// `3-7-2026_9-05 AM`: day of March, minutes after six in the morning.
fn stamp(day: u32, minutes: u32) -> String {
    let (hour, minute) = (6 + minutes / 60, minutes % 60);
    let half = if hour < 12 { "AM" } else { "PM" };
    let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
    format!("3-{day}-2026_{hour}-{minute:02} {half}")
}

fn put_b(files: &mut Files, product: &Product, unit: (&str, &str), when: (u32, u32), run: Run, word: &str) {
    let (serial, section) = unit;
    let name = format!("{}_{serial}_{section}_Test Data_{}{word}.xls", product.model, stamp(when.0, when.1));
    files.insert(format!("incoming/LTS/{name}"), biff::file(&system_b::book(product, serial, run)));
}

fn put_a(files: &mut Files, model: &str, serial: &str, when: (u32, u32), book: &Book, end: &str) {
    let name = format!("{model}_{serial}_TEST DATA_{}{end}", stamp(when.0, when.1));
    let bytes = if end == ".xlsx" { xlsx::file(book) } else { biff::file(book) };
    files.insert(format!("incoming/DLTS/{name}"), bytes);
}

const OK: &str = "Trimmed Correct";

/// A small linear element; others are made from it.
pub const DRIFTING: Product = Product {
    model: "9101-1",
    points: 53,
    travel: 0.61,
    spec: 0.01,
    bowtie: 0.0,
    ungraded: 3,
    ohm: 900.0,
    power: 60.0,
};

/// A model whose untrimmed error grows from lot to lot; the laser is turned up half-way, without effect.
fn drifting(files: &mut Files) {
    for unit in 0..16u32 {
        let growth = f64::from(unit) / 15.0;
        let run =
            Run { error: 3.5 + 4.0 * growth, rough: 0.10, left: 0.07 + 0.05 * growth, passes: 1, kind: Kind::Trimmed };
        let product = Product { power: if unit < 8 { 60.0 } else { 62.0 }, ..DRIFTING };
        let serial = (201 + unit).to_string();
        put_b(files, &product, (&serial, "TA"), (2 + unit / 2, 40 + 150 * (unit % 2)), run, OK);
    }
    // The last one failed and was trimmed again twice.
    let again = |left| Run { error: 7.5, rough: 0.10, left, passes: 2, kind: Kind::Trimmed };
    let turned_up = Product { power: 62.0, ..DRIFTING };
    put_b(files, &turned_up, ("216", "TA"), (9, 215), again(0.30), "Touch-up_Lin Out");
    put_b(files, &turned_up, ("216", "TA"), (9, 240), again(0.20), OK);
    // The same run saved a second time under another word: a revision, not a run.
    let saved_again = Run { error: 3.6, rough: 0.10, left: 0.06, passes: 1, kind: Kind::Trimmed };
    put_b(files, &DRIFTING, ("203", "TA"), (3, 40), saved_again, "_ResTrimmed Correct");
}

/// Linear elements: clean, marginal and failing ones, bowtie limits, templates, double resolution.
fn linear(files: &mut Files) {
    let clean = Run { error: 4.0, rough: 0.05, left: 0.06, passes: 1, kind: Kind::Trimmed };
    let long = Product { model: "9203", points: 105, travel: 1.95, spec: 0.02, ohm: 5_200.0, ..DRIFTING };
    for (serial, run) in [
        ("31", clean),
        ("32", Run { left: 0.16, ..clean }),
        ("33", Run { passes: 3, left: 0.4, ..clean }),
        ("34", Run { left: 0.45, ..clean }),
        ("35", Run { rough: 0.65, ..clean }),
    ] {
        put_b(files, &long, (serial, "TA"), (10, serial.parse::<u32>().unwrap_or(0) * 7), run, OK);
    }
    let bowtie = Product { model: "9407-12", points: 79, travel: 1.2, bowtie: 2.5, ungraded: 2, ..DRIFTING };
    for (minutes, (serial, left)) in (0u32..).zip([("7", 0.08), ("8", 0.10), ("9", 0.5), ("10", 0.09)]) {
        let run = Run { left, ..clean };
        put_b(files, &bowtie, (serial, "TB"), (11, 30 + 12 * minutes), run, OK);
    }
    let short = Product { model: "9204", points: 63, travel: 0.9, spec: 0.015, ..DRIFTING };
    put_b(files, &short, ("88", "TA"), (12, 15), Run { kind: Kind::NoCut, passes: 0, ..clean }, OK);
    put_b(files, &short, ("89", "TA"), (12, 27), Run { kind: Kind::DoubleResolution, ..clean }, OK);
    put_b(files, &short, ("90", "TA"), (12, 41), clean, "Scrap_Cut in wiper path");
}

const TRACK: Track = Track { number: 1, error: 4.0, rough: 0.06, left: 0.08, passes: 1, template: false };

const TWO_TRACKS: Product = Product {
    model: "9102A",
    points: 91,
    travel: 340.0,
    spec: 0.03,
    bowtie: 0.0,
    ungraded: 3,
    ohm: 1_850.0,
    power: 26.0,
};

/// Rotary elements: two tracks, many passes, bowtie limits, a second track alone, templates, a set-up workbook.
fn rotary(files: &mut Files) {
    let second = |left| Track { number: 2, left, error: 3.0, ..TRACK };
    for (unit, left) in [(0u32, 0.08), (1, 0.09), (2, 0.6), (3, 0.10)] {
        let book =
            system_a::book(&TWO_TRACKS, &(51 + unit).to_string(), MARCH + 13.0, &[TRACK, second(left)], Oddity::None);
        put_a(files, "9102A", &(51 + unit).to_string(), (13, 20 + 25 * unit), &book, ".xls");
    }
    let half = [Track { passes: 0, ..TRACK }, second(0.1)];
    let book = system_a::book(&TWO_TRACKS, "55", MARCH + 13.0, &half, Oddity::NanLength);
    put_a(files, "9102A", "55", (13, 180), &book, ".xls");
    let many = Product { model: "9305-B", points: 165, travel: 330.0, spec: 0.02, ..TWO_TRACKS };
    for (unit, passes, left) in [(0u32, 1, 0.10), (1, 3, 0.5), (2, 6, 0.72), (3, 2, 0.75)] {
        let book = system_a::book(
            &many,
            &format!("{}B", 4 + unit),
            MARCH + 14.0,
            &[Track { left, passes, ..TRACK }],
            Oddity::None,
        );
        put_a(files, "9305-B", &format!("{}B", 4 + unit), (14, 10 + 33 * unit), &book, ".xls");
    }
    let bowtie = Product { model: "9306", points: 61, bowtie: 2.0, ..TWO_TRACKS };
    for (unit, oddity) in [(0u32, Oddity::None), (1, Oddity::InvertedLimits), (2, Oddity::NoLimits)] {
        let book = system_a::book(&bowtie, &(70 + unit).to_string(), MARCH + 15.0, &[TRACK], oddity);
        put_a(files, "9306", &(70 + unit).to_string(), (15, 5 + 19 * unit), &book, ".xls");
    }
    let taps = Product { model: "9509 LOW TAPS", points: 69, ..TWO_TRACKS };
    let template = Track { template: true, number: 2, ..TRACK };
    put_a(
        files,
        taps.model,
        "329_2",
        (16, 60),
        &system_a::book(&taps, "329_2", MARCH + 16.0, &[second(0.1)], Oddity::None),
        ".xls",
    );
    put_a(
        files,
        taps.model,
        "330",
        (16, 75),
        &system_a::book(&taps, "330", MARCH + 16.0, &[template], Oddity::None),
        ".xls",
    );
    let untrimmed = Track { passes: 0, ..TRACK };
    put_a(
        files,
        taps.model,
        "331",
        (16, 90),
        &system_a::book(&taps, "331", MARCH + 16.0, &[untrimmed], Oddity::None),
        ".xls",
    );
    put_a(files, taps.model, "0", (16, 95), &system_a::set_up(&taps), ".xls");
}

/// The same layouts as `.xlsx`.
fn spreadsheets(files: &mut Files) {
    let small = Product { model: "9408", points: 61, travel: 66.0, spec: 0.025, ..TWO_TRACKS };
    for (unit, left) in [(0u32, 0.08), (1, 0.12), (2, 0.7), (3, 0.09), (4, 0.1)] {
        let serial = (11 + unit).to_string();
        let book = system_a::book(&small, &serial, MARCH + 17.0, &[Track { left, ..TRACK }], Oddity::None);
        put_a(files, "9408", &serial, (17, 45 + 16 * unit), &book, ".xlsx");
    }
    let linear = Product { model: "9510-2", points: 89, travel: 1.5, ..DRIFTING };
    for (serial, left) in [("5", 0.07), ("6", 0.35)] {
        let run = Run { error: 4.0, rough: 0.05, left, passes: 1, kind: Kind::Trimmed };
        let name =
            format!("9510-2_{serial}_TA_Test Data_{}{OK}.xlsx", stamp(18, serial.parse::<u32>().unwrap_or(0) * 20));
        files.insert(format!("incoming/LTS/{name}"), xlsx::file(&system_b::book(&linear, serial, run)));
    }
}
