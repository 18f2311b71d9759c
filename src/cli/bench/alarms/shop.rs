//! A seed → a shop: twenty steady product models, five that something happens to, and all their runs.

use crate::learning::random::Random;
use crate::monitoring::{METRICS, Metric, Observation, RunId, SETTINGS, Setting, StreamKey};
use crate::spc::distribution::normal_quantile_above;
use crate::trim::LocalTime;

/// Product models that nothing happens to.
pub(super) const STEADY: usize = 20;
/// The first day of every shop, since 1970.
const BEGIN: i64 = 19_000;
const DAY: i64 = 86_400;
/// How much the error after the trim follows the one before.
const FOLLOWS: f64 = 0.3;
/// Lots before a planted change, and after it, at least.
const LOTS_BEFORE: usize = 16;
const LOTS_AFTER: usize = 5;
/// Sigmas that count as arrived for a shift that grows.
const ARRIVED: f64 = 2.0;

/// What happens to a product model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Planted {
    /// The error after the trim rises with the laser's power.
    Step,
    /// The untrimmed resistance creeps to one side.
    Ramp,
    /// A lot whose untrimmed error is high.
    BadLot,
    /// Closer limits: errors grow, in specs.
    Limits,
    /// It runs no more.
    Idle,
}

impl Planted {
    pub(super) const ALL: [Self; 5] = [Self::Step, Self::Ramp, Self::BadLot, Self::Limits, Self::Idle];

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Step => "step at a laser-power change",
            Self::Ramp => "ramp in untrimmed resistance",
            Self::BadLot => "bad incoming lot",
            Self::Limits => "limit-table change",
            Self::Idle => "idle model",
        }
    }
}

/// When a planted change is to be seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Change {
    pub(super) what: Planted,
    /// The first run that has it.
    pub(super) begins: LocalTime,
    /// The last run of the second lot after it began, or after it arrived.
    pub(super) until: LocalTime,
    /// Largest shift of the planted metric, sigmas.
    pub(super) sigmas: f64,
    /// Units in those two lots.
    pub(super) units: usize,
}

/// A product model.
#[derive(Debug, Clone)]
pub(super) struct Model {
    pub(super) key: StreamKey,
    pub(super) change: Option<Change>,
}

/// The shop.
#[derive(Debug)]
pub(super) struct Shop {
    pub(super) seed: u64,
    pub(super) models: Vec<Model>,
    /// In the order of the clock.
    pub(super) runs: Vec<Observation>,
}

/// How a model's figures come out: mean and deviation on each metric's scale.
#[derive(Debug, Clone, Copy)]
struct Habit {
    /// Units of a usual lot.
    lot: f64,
    untrimmed: (f64, f64),
    ohm: (f64, f64),
    change: (f64, f64),
    left: (f64, f64),
}

/// Times of a lot's units.
type Lot = Vec<i64>;

impl Shop {
    pub(super) fn new(seed: u64) -> Self {
        let mut random = Random::new(Random::derived(seed, 0));
        let end = (BEGIN + 365 + whole(&mut random, 366)) * DAY;
        let kinds = (0..STEADY).map(|_| None).chain(Planted::ALL.map(Some));
        let (mut models, mut runs) = (Vec::new(), Vec::new());
        for (number, kind) in (0_u64..).zip(kinds) {
            let mut random = Random::new(Random::derived(seed, 1 + number));
            let (model, of_model) = model(number, kind, end, &mut random);
            models.push(model);
            runs.extend(of_model);
        }
        runs.sort_by_key(|run| run.id);
        Self { seed, models, runs }
    }
}

fn between(random: &mut Random, from: f64, to: f64) -> f64 {
    from + (to - from) * random.unit()
}

/// A whole number from 0 to below this.
fn whole(random: &mut Random, below: usize) -> i64 {
    i64::try_from(random.below(below)).unwrap_or(0)
}

fn habit(random: &mut Random) -> Habit {
    let ohm = 10_f64.powf(between(random, 2.5, 4.2));
    let spread = between(random, 0.15, 0.30);
    let fails = between(random, 0.05, 0.30);
    Habit {
        lot: between(random, 6.0, 22.0),
        untrimmed: (between(random, 2.0, 6.0).ln(), between(random, 0.12, 0.30)),
        ohm: (ohm, ohm * between(random, 0.015, 0.04)),
        change: (between(random, 6.0, 14.0), between(random, 0.6, 1.6)),
        left: (-normal_quantile_above(fails) * spread, spread),
    }
}

fn lots(habit: &Habit, end: i64, random: &mut Random) -> Vec<Lot> {
    let mut lots = Vec::new();
    let mut day = BEGIN + whole(random, 14);
    while day * DAY < end {
        let units = poisson(random, habit.lot).clamp(5, 25);
        let mut lot = Vec::new();
        let a_day = 8 + random.below(8);
        let mut seconds = 0;
        for unit in 0..units {
            if unit % a_day == 0 {
                day += i64::from(unit > 0);
                seconds = day * DAY + 6 * 3_600 + whole(random, 3_600);
            }
            lot.push(seconds);
            seconds += 480 + whole(random, 1_200);
        }
        lots.push(lot);
        day += 4 + whole(random, 11);
    }
    lots.retain(|lot| lot.last().is_some_and(|last| *last < end));
    lots
}

/// Source: D. Knuth, The Art of Computer Programming 2, section 3.4.1; for small means.
fn poisson(random: &mut Random, mean: f64) -> usize {
    let (least, mut product) = ((-mean).exp(), random.unit());
    let mut count = 0;
    while product > least {
        product *= random.unit();
        count += 1;
    }
    count
}

/// What a planted change does to a lot: sigmas more of untrimmed error, resistance and error left, and whether the
/// settings have changed.
#[derive(Debug, Clone, Copy, Default)]
struct Shift {
    untrimmed: f64,
    ohm: f64,
    left: f64,
    power: bool,
    limits: bool,
}

/// A plan of what happens from which lot on.
#[derive(Debug, Clone, Copy)]
struct Plan {
    what: Option<Planted>,
    lot: usize,
    sigmas: f64,
    /// Lots that a ramp takes to its full height.
    lots: f64,
    /// The spec from then on, times.
    spec: f64,
}

impl Plan {
    fn new(what: Option<Planted>, lots: usize, random: &mut Random) -> Self {
        let sign = if random.unit() < 0.5 { -1.0 } else { 1.0 };
        let ramp = between(random, 8.0, 14.0);
        let room = if what == Some(Planted::Ramp) { LOTS_AFTER + 10 } else { LOTS_AFTER };
        let choice = lots.saturating_sub(LOTS_BEFORE + room).max(1);
        let sigmas = match what {
            Some(Planted::Ramp) => 4.0 * sign,
            Some(Planted::BadLot) => between(random, 3.0, 5.0),
            _ => between(random, 2.0, 3.0),
        };
        Self { what, lot: LOTS_BEFORE + random.below(choice), sigmas, lots: ramp, spec: between(random, 0.65, 0.75) }
    }

    fn shift(&self, lot: usize, habit: &Habit) -> Shift {
        let none = Shift::default();
        if lot < self.lot {
            return none;
        }
        let since = (lot - self.lot) as f64;
        match self.what {
            Some(Planted::Step) => Shift { left: self.sigmas, power: true, ..none },
            Some(Planted::Ramp) => Shift { ohm: self.sigmas * ((since + 1.0) / self.lots).min(1.0), ..none },
            Some(Planted::BadLot) if lot == self.lot => {
                Shift { untrimmed: self.sigmas, left: FOLLOWS * self.sigmas, ..none }
            }
            Some(Planted::Limits) => {
                let more = -self.spec.ln();
                Shift { untrimmed: more / habit.untrimmed.1, left: more / habit.left.1, limits: true, ..none }
            }
            _ => none,
        }
    }

    fn change(&self, lots: &[Lot], habit: &Habit) -> Option<Change> {
        let what = self.what?;
        let time = |seconds: Option<&i64>| LocalTime::from_timestamp(*seconds?);
        if what == Planted::Idle {
            let last = time(lots.last()?.last())?;
            return Some(Change { what, begins: last, until: last, sigmas: 0.0, units: 0 });
        }
        let shift = |lot: usize| self.shift(lot, habit);
        let arrived = match what {
            Planted::Ramp => (self.lot..lots.len()).find(|lot| shift(*lot).ohm.abs() >= ARRIVED)?,
            _ => self.lot,
        };
        let there = shift(arrived);
        let sigmas = [there.untrimmed, there.ohm.abs(), there.left].into_iter().fold(0.0, f64::max);
        let units = lots.get(arrived..arrived + 2)?.iter().map(Vec::len).sum();
        let begins = time(lots.get(self.lot)?.first())?;
        Some(Change { what, begins, until: time(lots.get(arrived + 1)?.last())?, sigmas, units })
    }
}

fn model(number: u64, what: Option<Planted>, end: i64, random: &mut Random) -> (Model, Vec<Observation>) {
    let habit = habit(random);
    let end = if what == Some(Planted::Idle) { end - (42 + whole(random, 50)) * DAY } else { end };
    let lots = lots(&habit, end, random);
    let plan = Plan::new(what, lots.len(), random);
    let key = StreamKey { model: format!("made-{number}"), laser: "LTS".to_owned() };
    let mut runs = Vec::new();
    let mut unit = u128::from(number) << 64;
    for (place, lot) in lots.iter().enumerate() {
        let shift = plan.shift(place, &habit);
        for seconds in lot {
            let Some(time) = LocalTime::from_timestamp(*seconds) else { continue };
            unit += 1;
            let readings = readings(&habit, shift, random);
            let error = readings.get(Metric::LinearityError.place());
            runs.push(Observation {
                stream: key.clone(),
                id: RunId { time, identity: unit.to_be_bytes() },
                unit: unit.to_string(),
                good: error.map(|error| *error <= 1.0),
                readings,
                settings: settings(shift),
                disposition: "Trimmed Correct".to_owned(),
            });
        }
    }
    (Model { key, change: plan.change(&lots, &habit) }, runs)
}

/// A unit's figures. Evidence is left out: it never alarms.
fn readings(habit: &Habit, shift: Shift, random: &mut Random) -> [f64; METRICS] {
    let drawn = |(mean, deviation): (f64, f64), sigmas: f64| mean + deviation * sigmas;
    let incoming = random.normal();
    let trim = FOLLOWS * incoming + (1.0 - FOLLOWS * FOLLOWS).sqrt() * random.normal();
    let figures = [
        (Metric::UntrimmedError, drawn(habit.untrimmed, incoming + shift.untrimmed).exp()),
        (Metric::UntrimmedResistance, drawn(habit.ohm, random.normal() + shift.ohm)),
        (Metric::ResistanceChange, drawn(habit.change, random.normal())),
        (Metric::LinearityError, drawn(habit.left, trim + shift.left).exp()),
    ];
    let of = |metric| figures.iter().find(|(known, _)| *known == metric).map_or(f64::NAN, |(_, figure)| *figure);
    Metric::ALL.map(of)
}

fn settings(shift: Shift) -> [Option<String>; SETTINGS] {
    Setting::ALL.map(|setting| {
        let text = match setting {
            Setting::LaserPower if shift.power => "66",
            Setting::LaserPower => "60",
            Setting::LimitTable if shift.limits => "±0.007",
            Setting::LimitTable => "±0.01",
            Setting::PulseDuration => "200",
            _ => return None,
        };
        Some(text.to_owned())
    })
}
