//! What the program costs while nothing happens.

use std::thread;
use std::time::{Duration, Instant};

use color_eyre::eyre::Result;

use super::process;
use super::rig::{Rig, drop_file, workbook};
use crate::cli::demo::Temporary;
use crate::config::Config;
use crate::session::signals::Signal;
use crate::tui::{Mail, Msg, serve};

/// Time after which nothing is left to do: where charts stand is kept once a minute.
const SETTLED: Duration = Duration::from_secs(75);

pub(super) fn run(seconds: u64, config: &Config) -> Result<()> {
    let mut rig = Rig::start(config, Temporary::new("bench-idle")?)?;
    rig.until(Duration::from_secs(10), |app| app.opened)?;
    for n in 0..20 {
        let (name, bytes) = workbook(n);
        drop_file(&rig.incoming, &name, &bytes)?;
    }
    rig.until(Duration::from_secs(20), |app| app.rows.len() == 20)?;
    rig.run_for(SETTLED)?;
    let Rig { mut stage, sent, messages, send, session, folder: _folder, .. } = rig;
    let (bytes, wakes, cpu, start) = (sent.bytes(), process::wake_ups(), process::cpu_seconds(), Instant::now());
    let end = thread::spawn(move || {
        thread::sleep(Duration::from_secs(seconds));
        // The loop below listens until this comes.
        let _ = send.send(Msg::Signal(Signal::End));
    });
    serve(&mut stage, &messages, &Mail::default(), &session.asker())?;
    let time = start.elapsed().as_secs_f64();
    let (bytes, minutes) = (sent.bytes() - bytes, time / 60.0);
    let wakes = process::wake_ups().zip(wakes);
    let own = wakes.map(|(now, before)| now.0.saturating_sub(before.0) as f64 / time);
    let engine = wakes.map(|(now, before)| now.1.saturating_sub(before.1) as f64 / time);
    let cpu = process::cpu_seconds().zip(cpu).map(|(now, before)| 100.0 * (now - before) / time);
    println!("{time:.0} s idle with 20 runs on the screen");
    println!("  written     {bytes} bytes, {:.0} a minute   (bar: ≤ 80 a minute)", bytes as f64 / minutes);
    let (own, engine) = (process::said(own, ""), process::said(engine, ""));
    println!("  wake-ups    {own} a second   (bar: ≤ 1), and {engine} of the storage engine's own pool");
    println!("  processor   {}   (bar: ≤ 0.1 %)", process::said(cpu, "%"));
    session.stop();
    // The thread has sent its message: that is what ended the loop.
    let _ = end.join();
    Ok(())
}
