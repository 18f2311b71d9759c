//! `bench learners`: what the learners find in made histories whose truth is known.

mod drifts;
mod failures;
mod made;
mod thresholds;

use color_eyre::eyre::{Result, bail};

/// Runs the parts whose name holds `only`.
pub(super) fn run(seeds: u64, only: Option<&str>) -> Result<()> {
    let wanted = |name: &str| only.is_none_or(|only| name.contains(only));
    let mut any = false;
    for (name, part) in [
        ("thresholds", thresholds::run as fn(u64) -> Result<()>),
        ("failures", failures::run),
        ("large", failures::large),
        ("drifts", drifts::run),
    ] {
        if wanted(name) {
            any = true;
            part(seeds.max(1))?;
        }
    }
    if any { Ok(()) } else { bail!("no part of that name") }
}

/// Share of some in all, percent.
fn percent(some: usize, all: usize) -> f64 {
    100.0 * some as f64 / all.max(1) as f64
}
