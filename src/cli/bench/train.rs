//! Training on a large history beside arrivals: what it costs them, and how soon it can be given up.

use std::time::{Duration, Instant};

use color_eyre::eyre::Result;
use crossterm::event::KeyCode;

use super::rig::{Rig, milliseconds};
use super::{arrive, spread, start};
use crate::analysis::{JudgedRun, Learner, Status};
use crate::cli::demo::Temporary;
use crate::config::Config;
use crate::session::{Request, TrainingView};
use crate::tui::App;

/// The training may cost an arrival so much, milliseconds at the 95th percentile.
const BAR: f64 = 10.0;
/// It is given up within this, milliseconds.
const CANCEL: f64 = 200.0;

pub(super) fn run(runs: usize, files: usize, config: &Config) -> Result<bool> {
    let mut config = config.clone();
    config.learning.automatic = false;
    let folder = Temporary::new("bench-train")?;
    start::fill_varied(&folder, runs, &config, vary)?;
    let mut rig = Rig::start(&config, folder)?;
    rig.until(Duration::from_mins(2), |app| app.opened)?;
    rig.run_for(Duration::from_secs(3))?;
    let mut alone = arrive::drawn(&mut rig, 0..files)?;
    begin(&mut rig)?;
    let mut beside = arrive::drawn(&mut rig, files..2 * files)?;
    let still = training(&rig.stage.app).map(|view| view.percent);
    let cancelled = give_up(&mut rig)?;
    let (median, p95, _) = spread(&mut alone);
    println!("{runs} runs in the history, {files} arrivals each");
    println!("  closed → row drawn, alone            median {median:6.1} ms   p95 {p95:6.1} ms");
    let (median, with, _) = spread(&mut beside);
    println!("  closed → row drawn, while it trains  median {median:6.1} ms   p95 {with:6.1} ms   (bar: + ≤ {BAR})");
    match still {
        Some(percent) => println!("  the training was at {percent} % after these arrivals"),
        None => println!("  the training had ended before: take more runs"),
    }
    println!("  given up in {cancelled:.0} ms   (bar: ≤ {CANCEL})");
    rig.session.stop();
    Ok(with - p95 <= BAR && cancelled <= CANCEL && still.is_some())
}

/// Starts a training and waits, on the screen that shows it, until it grows trees.
fn begin(rig: &mut Rig) -> Result<()> {
    rig.press(KeyCode::Char('4'))?;
    rig.session.asker().ask(Request::Train { learner: Some(Learner::TrimVerdict), by: "bench".to_owned() });
    rig.until(Duration::from_mins(3), |app| training(app).is_some_and(|view| view.learner.is_some()))?;
    rig.press(KeyCode::Char('1'))?;
    Ok(())
}

/// Gives it up; milliseconds until nothing is trained any more.
fn give_up(rig: &mut Rig) -> Result<f64> {
    if training(&rig.stage.app).is_none() {
        begin(rig)?;
    }
    rig.press(KeyCode::Char('4'))?;
    let asked = Instant::now();
    rig.session.asker().ask(Request::CancelTraining);
    rig.until(Duration::from_mins(3), |app| training(app).is_none())?;
    Ok(milliseconds(asked))
}

fn training(app: &App) -> Option<&TrainingView> {
    app.models.view.as_ref().and_then(|view| view.training.as_ref())
}

/// Runs of which two figures together say, mostly, whether they fail.
fn vary(n: usize, run: &mut JudgedRun) {
    let chance = |stream: u64| {
        let mixed = (n as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ stream.wrapping_mul(0xD1B5_4A32_D192_ED03);
        let mixed = (mixed ^ (mixed >> 31)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed >> 11) as f64 / (1_u64 << 53) as f64
    };
    let fails = f64::midpoint(chance(1), chance(2)) + 0.3 * (chance(3) - 0.5) > 0.6;
    for track in &mut run.tracks {
        track.status = if fails { Status::Fail } else { Status::Pass };
        track.resistance.before = Some(900.0 + 50.0 * chance(4));
        if let Some(untrimmed) = &mut track.untrimmed {
            untrimmed.r = Some(2.0 + 20.0 * chance(2));
            if let (Some(linearity), Some(spec)) = (&mut untrimmed.linearity, untrimmed.spec) {
                linearity.stored_error = spec * (1.0 + 8.0 * chance(1));
            }
        }
    }
    run.status = if fails { Status::Fail } else { Status::Pass };
}
