//! The whole program without a terminal: session, screen, and a writer that counts.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, Instant};

use color_eyre::eyre::{Result, eyre};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::cli::demo::Temporary;
use crate::cli::samples::SAMPLES;
use crate::config::{Config, WatchFolder};
use crate::session::{Session, Setup};
use crate::tui::{App, Effect, Look, Msg, Stage, now};

/// Counts bytes on their way to nowhere.
#[derive(Debug, Clone, Default)]
pub(super) struct Counter(pub(super) Arc<AtomicU64>);

impl Counter {
    pub(super) fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A running program on folders of its own.
pub(super) struct Rig {
    pub(super) stage: Stage<Counter>,
    pub(super) sent: Counter,
    pub(super) incoming: PathBuf,
    pub(super) store: PathBuf,
    pub(super) messages: Receiver<Msg>,
    pub(super) send: Sender<Msg>,
    pub(super) session: Session,
    /// Removed when the rig is.
    pub(super) folder: Temporary,
}

impl Rig {
    /// Starts on an empty drop folder and, unless one is there already, an empty store.
    pub(super) fn start(config: &Config, folder: Temporary) -> Result<Self> {
        let (incoming, store) = (folder.0.join("LTS"), folder.0.join("history"));
        fs::create_dir_all(&incoming)?;
        let sent = Counter::default();
        let app = App::new(Look::of(config), (120, 40), now());
        let mut stage = Stage::new(app, sent.clone());
        stage.draw(Instant::now())?;
        let (send, messages) = mpsc::channel();
        let events = send.clone();
        let setup = Setup::new(config, vec![WatchFolder::named(incoming.clone())], Some(store.clone()));
        // The rig outlives its session's events.
        let session = Session::start(setup, move |event| drop(events.send(Msg::Session(Box::new(event)))))?;
        Ok(Self { stage, sent, incoming, store, messages, send, session, folder })
    }

    /// Runs until something on the screen holds and was drawn; returns when that was.
    pub(super) fn until(&mut self, most: Duration, mut holds: impl FnMut(&App) -> bool) -> Result<Instant> {
        let give_up = Instant::now() + most;
        while Instant::now() < give_up {
            if self.step()? && holds(&self.stage.app) {
                return Ok(Instant::now());
            }
        }
        Err(eyre!("the screen did not get there within {most:?}"))
    }

    /// Runs for a while.
    pub(super) fn run_for(&mut self, time: Duration) -> Result<()> {
        let end = Instant::now() + time;
        while Instant::now() < end {
            self.step()?;
        }
        Ok(())
    }

    /// Presses a key and runs until its change is drawn; returns how long that took, milliseconds.
    pub(super) fn press(&mut self, code: KeyCode) -> Result<f64> {
        let pressed = Instant::now();
        self.send.send(Msg::Key(KeyEvent::new(code, KeyModifiers::NONE)))?;
        let mut waiting = true;
        while waiting || self.stage.due(Instant::now()).is_some() {
            // Drawn after the key was taken: everything taken is drawn.
            if self.step_seeing(|msg| waiting &= !matches!(msg, Msg::Key(_)))? && !waiting {
                break;
            }
        }
        Ok(milliseconds(pressed))
    }

    fn step(&mut self) -> Result<bool> {
        self.step_seeing(|_| {})
    }

    /// One turn of the loop; whether it drew.
    fn step_seeing(&mut self, mut seen: impl FnMut(&Msg)) -> Result<bool> {
        let at = Instant::now();
        let due = self.stage.due(at);
        if due.is_some_and(|due| due <= at) {
            self.stage.draw(at)?;
            return Ok(true);
        }
        let wait = due.map_or(Duration::from_millis(5), |due| due - at).min(Duration::from_millis(5));
        let first = self.messages.recv_timeout(wait).ok();
        self.stage.take(Msg::Tick(now()))?;
        let rest: Vec<Msg> = self.messages.try_iter().take(64).collect();
        for msg in first.into_iter().chain(rest) {
            seen(&msg);
            for effect in self.stage.take(msg)? {
                if let Effect::Ask(request) = effect {
                    self.session.asker().ask(request);
                }
            }
        }
        Ok(false)
    }
}

/// Milliseconds since a moment.
pub(super) fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1_000.0
}

/// A made workbook that no other is equal to: number `n` of a sample, one measured value differing in its last
/// bits, under a name with a serial of its own.
pub(super) fn workbook(n: usize) -> (String, Vec<u8>) {
    const NUMBER: [u8; 4] = [0x03, 0x02, 14, 0];
    let pool: Vec<&(&str, &[u8])> = SAMPLES.iter().filter(|(path, _)| path.starts_with("LTS/9101")).collect();
    let mut bytes = pool.get(n % pool.len().max(1)).map(|(_, bytes)| bytes.to_vec()).unwrap_or_default();
    let numbers = bytes.windows(4).enumerate().filter(|(_, record)| *record == NUMBER).map(|(at, _)| at + 10);
    let places: Vec<usize> = numbers.skip(20).take(64).collect();
    if let Some(place) = places.get(n / pool.len().max(1) % places.len().max(1)) {
        let bits = u16::try_from(n / (pool.len().max(1) * places.len().max(1)) + 1).unwrap_or(u16::MAX).to_le_bytes();
        for (byte, bit) in bytes.iter_mut().skip(*place).zip(bits) {
            *byte ^= bit;
        }
    }
    (format!("9101-1_B{n}_TA_Test Data_3-2-2026_6-40 AMTrimmed Correct.xls"), bytes)
}

/// Writes a file as a station does that writes in place.
pub(super) fn drop_file(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    fs::write(folder.join(name), bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_workbooks_differ_from_each_other() {
        let numbers = (0..2_500).chain(98_000..98_500).chain(199_000..200_000);
        let made: std::collections::HashSet<_> = numbers.map(|n| blake3::hash(&workbook(n).1)).collect();
        assert_eq!(made.len(), 4_000);
    }
}
