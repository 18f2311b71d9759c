//! A unit's session at the laser, as the station would have written it.

use super::plan::{Habit, Line, Product, Shift};
use super::sweep::{By, shape, sweep};
use crate::learning::random::Random;
use crate::trim::{
    CutLengthUnit, Identity, LocalTime, Pass, ResistanceWindow, Sweep, System, TimeSource, Track, TrackSettings,
    TrimRun,
};

/// Spread of the untrimmed error, and of the error that the trim leaves, on the log scale.
const UNTRIMMED_SPREAD: f64 = 0.16;
const LEFT_SPREAD: f64 = 0.22;
/// How much the second follows the first.
const FOLLOWS: f64 = 0.35;
/// Spread of the resistance change, percent.
const CHANGE_SPREAD: f64 = 0.9;
/// Share of units that take a second pass.
const SECOND_PASS: f64 = 0.12;

/// What is known of a track before it is trimmed again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Left {
    /// Its error, specs.
    error: f64,
    /// Its resistance, ohm.
    ohm: f64,
}

impl Left {
    /// Whether it left the element outside its limits.
    pub(super) fn failed(&self) -> bool {
        self.error > 1.0
    }
}

/// A product model while its units go through the laser.
#[derive(Debug)]
pub(super) struct Bench<'a> {
    line: &'a Line,
    random: Random,
    /// Resistance of the unit before, in spreads.
    ohm_before: f64,
}

impl<'a> Bench<'a> {
    pub(super) fn new(line: &'a Line, random: Random) -> Self {
        Self { line, random, ohm_before: 0.0 }
    }

    /// A unit that was never trimmed: the run, and what it left on each track.
    pub(super) fn first(&mut self, serial: u32, time: LocalTime, shift: Shift) -> (TrimRun, Vec<Left>) {
        let memory = self.line.habit.ohm_memory;
        self.ohm_before = memory * self.ohm_before + (1.0 - memory * memory).sqrt() * self.random.normal();
        let tracks = (0..self.line.product.tracks).map(|_| self.fresh(shift)).collect::<Vec<_>>();
        self.run(serial, time, shift, &tracks)
    }

    /// The same unit again, because it failed: what was left is cut once more.
    pub(super) fn again(&mut self, serial: u32, time: LocalTime, shift: Shift, left: &[Left]) -> (TrimRun, Vec<Left>) {
        let better = |left: &Left| Element {
            untrimmed: left.error,
            left: left.error.min(1.3) * (0.72 + 0.08 * self.random.normal()).clamp(0.5, 0.98),
            before: left.ohm,
            change: 2.0 + 0.4 * self.random.normal(),
            passes: 1,
        };
        let tracks: Vec<Element> = left.iter().map(better).collect();
        self.run(serial, time, shift, &tracks)
    }

    fn fresh(&mut self, shift: Shift) -> Element {
        let Habit { untrimmed, left, ohm_spread, change, .. } = self.line.habit;
        let incoming = self.random.normal();
        let trim = FOLLOWS * incoming + (1.0 - FOLLOWS * FOLLOWS).sqrt() * self.random.normal();
        let own = if self.line.product.tracks > 1 { 0.4 * self.random.normal() } else { 0.0 };
        Element {
            untrimmed: untrimmed * (UNTRIMMED_SPREAD * incoming).exp() * shift.untrimmed,
            left: left * (LEFT_SPREAD * trim).exp() * shift.left,
            before: self.line.product.ohm * (1.0 + ohm_spread * (self.ohm_before + own)) * shift.ohm,
            change: change + CHANGE_SPREAD * self.random.normal(),
            passes: 1 + u32::from(self.random.unit() < SECOND_PASS),
        }
    }

    fn run(&mut self, serial: u32, time: LocalTime, shift: Shift, elements: &[Element]) -> (TrimRun, Vec<Left>) {
        let product = &self.line.product;
        let tracks: Vec<Track> =
            (1..).zip(elements).map(|(number, element)| self.track(number, element, shift)).collect();
        let failed = elements.iter().any(|element| element.left > 1.0);
        let run = TrimRun {
            system: product.system,
            identity: identity(product, serial, time, failed),
            unit: product.unit(),
            tracks,
            warnings: Vec::new(),
        };
        (run, elements.iter().map(|element| Left { error: element.left, ohm: element.after() }).collect())
    }

    fn track(&mut self, number: u32, element: &Element, shift: Shift) -> Track {
        let product = &self.line.product;
        let is_a = product.system == System::A;
        let spec = product.spec * shift.spec;
        let raw = shape(&mut self.random, product.points, 1.0);
        let cut = shape(&mut self.random, product.points, 2.0);
        let name = format!("SEC1 TRK{number}");
        let sheet = |pass: u32| match (is_a, pass) {
            (true, 0) => format!("{name} 0"),
            (true, pass) => format!("{name} {pass} TRM1"),
            (false, 0) => "test".to_owned(),
            (false, pass) => format!("Trim {pass}"),
        };
        let last = |sheet: &str| sweep(product, spec, sheet, &cut, element.left, By::BestOffset);
        let pass = |pass: u32| {
            let swept = if pass == element.passes {
                last(&sheet(pass))
            } else {
                sweep(product, spec, &sheet(pass), &raw, f64::midpoint(element.untrimmed, element.left), By::Stored)
            };
            one_pass(is_a, pass, element, swept)
        };
        Track {
            name: format!("TRK{number}"),
            alias: is_a.then(|| if number == 1 { "Inner Edge" } else { "Outer Edge" }.to_owned()),
            untrimmed: Some(sweep(product, spec, &sheet(0), &raw, element.untrimmed, By::Stored)),
            passes: (1..=element.passes).map(pass).collect(),
            verification: (!is_a).then(|| last("Lin Error")),
            no_cut: false,
            never_measured: Vec::new(),
            resistance_before: Some(element.before.round()),
            resistance_after: Some(element.after().round()),
            settings: settings(product, product.power + shift.power),
        }
    }
}

/// A track as it comes out.
#[derive(Debug, Clone, Copy)]
struct Element {
    /// Untrimmed error, specs.
    untrimmed: f64,
    /// Error that the trim leaves, specs.
    left: f64,
    /// Resistance before, ohm.
    before: f64,
    /// Its change, percent.
    change: f64,
    passes: u32,
}

impl Element {
    fn after(&self) -> f64 {
        self.before * (1.0 + self.change / 100.0)
    }
}

fn one_pass(is_a: bool, number: u32, element: &Element, sweep: Sweep) -> Pass {
    let share = f64::from(number) / f64::from(element.passes);
    let ohm = element.before + share * (element.after() - element.before);
    Pass {
        number,
        recipe: is_a.then_some(1),
        sweep,
        resistance: is_a.then_some(ohm.round()),
        compensation: is_a.then_some(0.0042),
        cut_length: is_a.then_some(1.47),
    }
}

fn identity(product: &Product, serial: u32, time: LocalTime, failed: bool) -> Identity {
    let is_b = product.system == System::B;
    let word = if failed { "Touch-up_Lin Out" } else { "Trimmed Correct" };
    Identity {
        model: product.model.to_owned(),
        serial: serial.to_string(),
        section: is_b.then(|| "TA".to_owned()),
        laser: Some(product.laser().to_owned()),
        time: Some(time),
        time_source: Some(TimeSource::Name),
        disposition: is_b.then(|| word.to_owned()),
    }
}

fn settings(product: &Product, power: f64) -> TrackSettings {
    let is_a = product.system == System::A;
    let window = |low: f64, high: f64| {
        Some(ResistanceWindow { lower: (product.ohm * low).round(), upper: (product.ohm * high).round() })
    };
    TrackSettings {
        laser_power: Some(power),
        pulse_duration: Some(200.0),
        repetition_rate: Some(10_000.0),
        cut_length: Some(if is_a { 1.47 } else { 3_500.0 }),
        cut_length_unit: Some(if is_a { CutLengthUnit::Millimetre } else { CutLengthUnit::Count }),
        initial_points_ignored: Some(3.0),
        final_points_ignored: Some(3.0),
        recipe: is_a.then_some(1),
        initial_window: if is_a { window(0.7, 1.2) } else { None },
        final_window: if is_a { window(0.85, 1.45) } else { window(0.9, 1.25) },
        nominal_length: Some(product.travel),
        measured_length: Some(product.travel),
        length_min: Some(product.travel * 0.98),
        length_max: Some(product.travel * 1.02),
        test_volts: Some(10.0),
        compensation: is_a.then_some(0.0042),
    }
}
