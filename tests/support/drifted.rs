//! A history whose elements change from a week on: one drift that is alarmed.

use std::path::Path;

use trimwatch::analysis::Status;
use trimwatch::history::{Ending, Entry, Store};
use trimwatch::trim::LocalTime;

use super::{entry, keep, open};

const SAMPLE: &str = "9101-1_203";
/// Lots of a whole history.
pub const LOTS: usize = 26;
/// Units of a lot.
pub const LOT: usize = 8;
/// From this lot on the elements come with a third more resistance.
pub const STEP: usize = 16;
/// A Monday in 2026, seconds since 1970.
pub const BEGIN: i64 = 1_767_600_000;

fn chance(n: usize, stream: usize) -> f64 {
    let mixed =
        (n as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (stream as u64 + 7).wrapping_mul(0xD1B5_4A32_D192_ED03);
    let mixed = (mixed ^ (mixed >> 31)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((mixed ^ (mixed >> 29)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Nearly normal.
fn normal(n: usize, stream: usize) -> f64 {
    (0..12).map(|part| chance(n, 20 * stream + part)).sum::<f64>() - 6.0
}

/// A count with a sign.
pub fn whole(n: usize) -> i64 {
    i64::try_from(n).expect("a small number")
}

/// The n-th unit: eight a lot, a lot a week.
pub fn unit(n: usize) -> Entry {
    let (lot, place) = (n / LOT, n % LOT);
    let mut entry = entry(SAMPLE, &format!("/drop/LTS/{n}.xls"), format!("content {n}").as_bytes(), whole(n));
    let seconds = BEGIN + 7 * 86_400 * whole(lot) + 900 * whole(place);
    entry.arrived_ms = 1_000 * seconds;
    let Ending::Run { run, .. } = &mut entry.ending else { panic!("a run") };
    run.identity.serial = format!("{}", 1_000 + n);
    run.identity.time = LocalTime::from_timestamp(seconds);
    let track = run.tracks.first_mut().expect("a track");
    let step = if lot >= STEP { 1.33 } else { 1.0 };
    track.resistance.before = Some(1_000.0 * step + 30.0 * normal(n, 1));
    track.resistance.change = Some(10.0 + 0.5 * normal(n, 2));
    if let Some(linearity) = track.untrimmed.as_mut().and_then(|figures| figures.linearity.as_mut()) {
        linearity.stored_error = 0.05 * (0.1 * normal(n, 3)).exp();
    }
    if let Some(linearity) = track.figures.as_mut().and_then(|figures| figures.linearity.as_mut()) {
        linearity.error_share = 0.6 * (0.1 * normal(n, 4)).exp();
    }
    track.status = if n % 10 == 3 { Status::Fail } else { Status::Pass };
    run.status = track.status;
    entry
}

/// Some of them.
pub fn units(range: std::ops::Range<usize>) -> Vec<Entry> {
    range.map(unit).collect()
}

/// A history of so many units.
pub fn history(dir: &Path, count: usize) -> Store {
    let store = open(dir);
    keep(&store, units(0..count));
    store
}
