//! The shop of the made year: its product models, how each usually comes out, and what happens to it.

use crate::trim::{PositionUnit, System};

/// A product model: what all its units have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Product {
    pub(super) model: &'static str,
    /// System B at LTS, one track; System A at DLTS.
    pub(super) system: System,
    pub(super) tracks: u32,
    /// Points a sweep.
    pub(super) points: usize,
    /// Travel, degrees of a rotary element, inches of a linear one.
    pub(super) travel: f64,
    /// Half the band's width, volts.
    pub(super) spec: f64,
    /// How much wider the band is at its ends, share; 0 = straight limits.
    pub(super) bowtie: f64,
    /// Resistance before the trim, ohm.
    pub(super) ohm: f64,
    /// Laser power, station units.
    pub(super) power: f64,
}

/// How its units usually come out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Habit {
    /// Median untrimmed error, specs.
    pub(super) untrimmed: f64,
    /// Median error that the trim leaves, specs.
    pub(super) left: f64,
    /// Spread of the resistance before the trim, share.
    pub(super) ohm_spread: f64,
    /// How much a unit's resistance resembles that of the one before it, 0 … 1.
    pub(super) ohm_memory: f64,
    /// Resistance change by the trim, percent.
    pub(super) change: f64,
}

/// What happens to a product model. Lots are counted from its last one, that being 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nothing.
    Steady,
    /// From lot 3 on the laser is set higher, and cuts too deep.
    PowerStep,
    /// From lot 13 on the untrimmed resistance creeps up.
    Ramp,
    /// Lot 4 comes in bad.
    BadLot,
    /// From lot 4 on the limits are closer.
    TighterLimits,
}

/// One product model's year.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub(super) product: Product,
    pub(super) habit: Habit,
    pub(super) fate: Fate,
    /// Its last lot, in workdays before the last one.
    pub(super) last: i64,
    /// Lots at most.
    pub(super) lots: usize,
    /// What all its chance depends on. A shop like this has three or four false alarms in a year; these seeds have none.
    pub(super) seed: u64,
}

/// What a fate does to a unit of a lot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Shift {
    /// Untrimmed error, times.
    pub(super) untrimmed: f64,
    /// Error that the trim leaves, times.
    pub(super) left: f64,
    /// Resistance before the trim, times.
    pub(super) ohm: f64,
    /// Laser power, more.
    pub(super) power: f64,
    /// The spec, times.
    pub(super) spec: f64,
}

impl Fate {
    /// What it does in a lot.
    pub(super) fn shift(self, lot: usize) -> Shift {
        let none = Shift { untrimmed: 1.0, left: 1.0, ohm: 1.0, power: 0.0, spec: 1.0 };
        match self {
            Self::PowerStep if lot <= 3 => Shift { left: 1.38, power: 6.0, ..none },
            Self::Ramp if lot <= 13 => Shift { ohm: 1.0 + 0.1 * (14 - lot) as f64 / 14.0, ..none },
            Self::BadLot if lot == 4 => Shift { untrimmed: 2.1, left: 1.5, ..none },
            // The parts are as they were, in volts.
            Self::TighterLimits if lot <= 4 => Shift { untrimmed: 1.0 / 0.75, left: 1.0 / 0.75, spec: 0.75, ..none },
            _ => none,
        }
    }
}

/// Three models of the samples, so that what is dropped on top joins a history.
const SMALL: Product = Product {
    model: "9101-1",
    system: System::B,
    tracks: 1,
    points: 53,
    travel: 0.61,
    spec: 0.01,
    bowtie: 0.0,
    ohm: 900.0,
    power: 60.0,
};
const LONG: Product = Product { model: "9203", points: 105, travel: 1.95, spec: 0.02, ohm: 5_200.0, ..SMALL };
const TWO_TRACKS: Product = Product {
    model: "9102A",
    system: System::A,
    tracks: 2,
    points: 91,
    travel: 340.0,
    spec: 0.03,
    bowtie: 0.0,
    ohm: 1_850.0,
    power: 26.0,
};

const USUAL: Habit = Habit { untrimmed: 3.6, left: 0.74, ohm_spread: 0.025, ohm_memory: 0.0, change: 11.0 };

const EVER: usize = usize::MAX;

/// The shop.
pub(super) const LINES: [Line; 9] = [
    Line { product: SMALL, habit: USUAL, fate: Fate::Steady, last: 0, lots: EVER, seed: 2901 },
    Line {
        product: TWO_TRACKS,
        habit: Habit { left: 0.68, change: 9.0, ..USUAL },
        fate: Fate::Steady,
        last: 1,
        lots: EVER,
        seed: 2902,
    },
    Line {
        product: LONG,
        habit: Habit { ohm_memory: 0.5, ..USUAL },
        fate: Fate::Steady,
        last: 2,
        lots: EVER,
        seed: 2903,
    },
    Line {
        product: Product { model: "9412", points: 79, travel: 1.2, spec: 0.012, ohm: 2_400.0, power: 54.0, ..SMALL },
        habit: Habit { untrimmed: 3.0, ..USUAL },
        fate: Fate::PowerStep,
        last: 1,
        lots: EVER,
        seed: 2904,
    },
    Line {
        product: Product {
            model: "9418-2",
            points: 61,
            travel: 66.0,
            spec: 0.025,
            tracks: 1,
            ohm: 980.0,
            ..TWO_TRACKS
        },
        habit: Habit { left: 0.7, change: 9.5, ..USUAL },
        fate: Fate::Ramp,
        last: 0,
        lots: EVER,
        seed: 2905,
    },
    Line {
        product: Product { model: "9521", points: 89, travel: 1.5, spec: 0.015, bowtie: 1.2, ohm: 3_100.0, ..SMALL },
        habit: Habit { untrimmed: 2.8, ..USUAL },
        fate: Fate::BadLot,
        last: 2,
        lots: EVER,
        seed: 2906,
    },
    Line {
        product: Product {
            model: "9530-4",
            points: 121,
            travel: 330.0,
            spec: 0.04,
            tracks: 1,
            ohm: 4_700.0,
            ..TWO_TRACKS
        },
        habit: Habit { untrimmed: 3.2, left: 0.68, change: 9.0, ..USUAL },
        fate: Fate::TighterLimits,
        last: 1,
        lots: EVER,
        seed: 2907,
    },
    // Six weeks before the last workday.
    Line {
        product: Product { model: "9604", points: 69, travel: 0.9, spec: 0.014, ohm: 1_500.0, power: 58.0, ..SMALL },
        habit: USUAL,
        fate: Fate::Steady,
        last: 30,
        lots: EVER,
        seed: 2908,
    },
    Line {
        product: Product { model: "9611-1", points: 73, travel: 0.8, spec: 0.012, ohm: 1_200.0, power: 57.0, ..SMALL },
        habit: USUAL,
        fate: Fate::Steady,
        last: 4,
        lots: 5,
        seed: 2909,
    },
];

impl Product {
    /// The laser it is trimmed at.
    pub(super) fn laser(&self) -> &'static str {
        if self.system == System::A { "DLTS" } else { "LTS" }
    }

    /// What its positions are measured in.
    pub(super) fn unit(&self) -> PositionUnit {
        if self.system == System::A { PositionUnit::Degree } else { PositionUnit::Inch }
    }
}
