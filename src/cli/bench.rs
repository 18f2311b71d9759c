//! `bench …`: the budgets of the program, measured on the machine it runs on.

mod alarms;
mod arl;
mod arrive;
mod burst;
mod crash;
mod draw;
mod drift;
mod export;
#[cfg(unix)]
mod faults;
mod features;
mod forest;
mod history;
mod idle;
mod learners;
mod limits;
mod process;
mod quality;
mod read;
mod rig;
mod rival;
#[cfg(unix)]
mod soak;
mod start;
mod train;
#[cfg(unix)]
mod viewers;

use color_eyre::eyre::Result;

use super::{BenchCommand, Exit};
use crate::config::Config;

/// Measures and prints.
pub(super) fn run(what: BenchCommand, config: &Config) -> Result<Exit> {
    match what {
        BenchCommand::Read { paths, rounds } => read::run(&paths, rounds.max(1), config)?,
        BenchCommand::Arl { streams, seed } => return arl::run(streams.max(1), seed),
        BenchCommand::Limits { check: None, .. } => return Ok(limits::print()),
        BenchCommand::Limits { check: Some(count), seed } => return Ok(limits::check(count, seed)),
        BenchCommand::Alarms { seeds, seed, list } => return Ok(alarms::run(seeds.max(1), seed, list)),
        BenchCommand::Features { paths } => features::run(&paths, config)?,
        BenchCommand::Arrive { files } => arrive::run(files.max(1), config)?,
        BenchCommand::Draw => draw::run(config)?,
        BenchCommand::Burst { files } => burst::run(files.max(1), config)?,
        BenchCommand::Idle { seconds } => idle::run(seconds, config)?,
        #[cfg(unix)]
        BenchCommand::Faults { only, full } => return faults::run(only.as_deref(), full),
        #[cfg(unix)]
        BenchCommand::Soak { files } => return soak::run(files.max(100)),
        BenchCommand::Start { runs, like } => start::run(runs, like.as_deref(), config)?,
        BenchCommand::Train { runs, files } => {
            return Ok(if train::run(runs, files.max(1), config)? { Exit::Fine } else { Exit::Loss });
        }
        #[cfg(unix)]
        BenchCommand::Viewers(args) => return viewers::run(&args, config),
        BenchCommand::Crash(args) => return crash::run(&args, config),
        BenchCommand::Learners { seeds, only } => learners::run(seeds, only.as_deref())?,
        BenchCommand::Forest { python, rounds } => forest::run(&python, rounds.max(1))?,
        BenchCommand::Drift { runs } => drift::run(runs, config)?,
        BenchCommand::Export { runs, at } => {
            return Ok(if export::run(runs, at, config)? { Exit::Fine } else { Exit::Loss });
        }
        BenchCommand::History { runs, at } => history::run(runs, at, config)?,
    }
    Ok(Exit::Fine)
}

/// Median, 95th percentile and maximum of some figures; not a number of none.
fn spread(figures: &mut [f64]) -> (f64, f64, f64) {
    figures.sort_by(f64::total_cmp);
    let at = |share: f64| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index into the figures")]
        let index = (share * figures.len() as f64).ceil() as usize;
        figures.get(index.saturating_sub(1)).copied().unwrap_or(f64::NAN)
    };
    (at(0.5), at(0.95), at(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let mut figures: Vec<f64> = (1..=200).rev().map(f64::from).collect();
        assert_eq!(spread(&mut figures), (100.0, 190.0, 200.0));
    }
}
