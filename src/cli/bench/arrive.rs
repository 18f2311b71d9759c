//! File closed → its row drawn, with the record on disk.

use std::ops::Range;
use std::time::{Duration, Instant};

use color_eyre::eyre::Result;

use super::rig::{Rig, drop_file, workbook};
use super::spread;
use crate::cli::demo::Temporary;
use crate::config::Config;

/// Between two arrivals: longer than two drawings are apart, and not in step with them.
const PAUSE: Duration = Duration::from_millis(137);

/// Milliseconds from closing each file to its row on the screen.
pub(super) fn drawn(rig: &mut Rig, numbers: Range<usize>) -> Result<Vec<f64>> {
    arrivals(rig, numbers).map(|(drawn, _)| drawn)
}

/// Closed → drawn, and noticed → told, milliseconds each.
fn arrivals(rig: &mut Rig, numbers: Range<usize>) -> Result<(Vec<f64>, Vec<f64>)> {
    let (mut drawn, mut kept) = (Vec::new(), Vec::new());
    for n in numbers {
        let (name, bytes) = workbook(n);
        let serial = format!("B{n}");
        let folder = rig.incoming.clone();
        drop_file(&folder, &name, &bytes)?;
        let closed = Instant::now();
        let newest = |app: &crate::tui::App| app.selected().and_then(|row| row.run()).cloned();
        let shown = rig.until(Duration::from_secs(20), |app| {
            newest(app).is_some_and(|run| run.record.run.identity.serial == serial)
        })?;
        drawn.push((shown - closed).as_secs_f64() * 1_000.0);
        kept.extend(newest(&rig.stage.app).and_then(|run| run.latency_ms));
        rig.run_for(PAUSE)?;
    }
    Ok((drawn, kept))
}

pub(super) fn run(files: usize, config: &Config) -> Result<()> {
    let mut rig = Rig::start(config, Temporary::new("bench-arrive")?)?;
    rig.until(Duration::from_secs(10), |app| app.opened)?;
    rig.run_for(Duration::from_millis(300))?;
    let (mut drawn, mut kept) = arrivals(&mut rig, 0..files)?;
    let (median, p95, most) = spread(&mut drawn);
    println!("{files} arrivals, local folder, record on disk before it is drawn");
    println!(
        "  closed → row drawn       median {median:6.1} ms   p95 {p95:6.1} ms   most {most:6.1} ms   (bar: p95 ≤ 50)"
    );
    let (median, p95, most) = spread(&mut kept);
    println!("  noticed → told to screen median {median:6.1} ms   p95 {p95:6.1} ms   most {most:6.1} ms");
    rig.session.stop();
    Ok(())
}
