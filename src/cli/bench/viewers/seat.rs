//! A screen's process as the bench holds it: told, heard, stopped and killed.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use color_eyre::eyre::{Result, eyre};

use super::screen::{Said, State};
use crate::cli::bench::process;

/// Longer than anything takes here.
const PATIENCE: Duration = Duration::from_mins(1);

/// One screen.
pub(super) struct Seat {
    child: Child,
    heard: Receiver<(Instant, Said)>,
}

impl Seat {
    /// Starts one; it tells of every file when asked to.
    pub(super) fn start(store: &Path, folder: &Path, files: bool) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["bench", "viewers", "--screen"]).arg(store).arg("--folder").arg(folder);
        command.args(files.then_some("--tell-files"));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let out = child.stdout.take().ok_or_else(|| eyre!("no pipe"))?;
        let (tell, heard) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if let Ok(said) = serde_json::from_str(&line) {
                    // A bench that has ended listens no more.
                    let _ = tell.send((Instant::now(), said));
                }
            }
        });
        Ok(Self { child, heard })
    }

    /// Waits until it says something that is wanted; when that was, and what.
    pub(super) fn wait<T>(&self, what: &str, mut wanted: impl FnMut(&Said) -> Option<T>) -> Result<(Instant, T)> {
        let end = Instant::now() + PATIENCE;
        loop {
            let rest = end.saturating_duration_since(Instant::now());
            let (at, said) = self.heard.recv_timeout(rest).map_err(|_| eyre!("no screen said {what}"))?;
            if let Some(found) = wanted(&said) {
                return Ok((at, found));
            }
        }
    }

    /// What it has said since it was heard last.
    pub(super) fn said(&self) -> Vec<(Instant, Said)> {
        self.heard.try_iter().collect()
    }

    /// How it stands.
    pub(super) fn state(&mut self) -> Result<State> {
        self.tell("state")?;
        let state = |said: &Said| if let Said::State(state) = said { Some(state.clone()) } else { None };
        Ok(self.wait("how it stands", state)?.1)
    }

    fn tell(&mut self, line: &str) -> Result<()> {
        let input = self.child.stdin.as_mut().ok_or_else(|| eyre!("no pipe"))?;
        writeln!(input, "{line}")?;
        Ok(())
    }

    /// Its number among the system's processes.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal by its name.
    pub(super) fn signal(&self, name: &str) -> Result<()> {
        process::signal(&self.id().to_string(), name)
            .then_some(())
            .ok_or_else(|| eyre!("the screen is not there any more"))
    }

    /// Kills it.
    pub(super) fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Ends it and waits.
    pub(super) fn end(&mut self) -> Result<()> {
        self.tell("end")?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        // It has ended already, or the bench has failed and it must not outlive it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
