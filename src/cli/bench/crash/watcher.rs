//! A `watch --headless` of its own process: what it acknowledges is heard line by line, and it is killed or ended.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use color_eyre::eyre::{Result, bail};
use serde_json::Value;

use crate::cli::bench::process;

/// A watch that acknowledges nothing for so long has stopped working.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a watch said until its end.
#[derive(Debug, Default)]
pub(super) struct Heard {
    /// Whole lines of standard output: each an acknowledgement.
    pub(super) lines: Vec<Value>,
    /// Lines of standard error.
    pub(super) words: Vec<String>,
    /// Since its start, when it was through with opening.
    pub(super) watching: Option<Duration>,
    /// Since its start, when the first line came.
    pub(super) first_line: Option<Duration>,
    /// Since its start, when the last line came.
    pub(super) last_line: Option<Duration>,
}

impl Heard {
    /// Everything on standard error in one line.
    pub(super) fn said(&self) -> String {
        self.words.join(" | ")
    }
}

enum Said {
    Line(Vec<u8>),
    Words(String),
}

/// A watch in its own process.
pub(super) struct Watcher {
    child: Child,
    /// Where the recording of its calls is written, when it is recorded: then the child is the recorder.
    recorded: Option<PathBuf>,
    said: Receiver<Said>,
    heard: Heard,
    started: Instant,
}

impl Watcher {
    /// Starts a watch.
    pub(super) fn start(mut command: Command, recorded: Option<&Path>) -> Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let started = Instant::now();
        let mut child = command.spawn()?;
        let (say, said) = mpsc::channel();
        let out = child.stdout.take().map(|out| (out, say.clone()));
        let err = child.stderr.take().map(|err| (err, say));
        if let Some((out, say)) = out {
            thread::spawn(move || read_lines(out, &say, Said::Line));
        }
        if let Some((err, say)) = err {
            let words = |line: Vec<u8>| Said::Words(String::from_utf8_lossy(&line).trim_end().to_owned());
            thread::spawn(move || read_lines(err, &say, words));
        }
        let recorded = recorded.map(Path::to_path_buf);
        Ok(Self { child, recorded, said, heard: Heard::default(), started })
    }

    /// Listens until `enough` is heard or the time since its start is over; whether it is still there.
    pub(super) fn hear(&mut self, until: Duration, enough: impl Fn(&Heard) -> bool) -> Result<bool> {
        while !enough(&self.heard) {
            match self.said.recv_timeout(until.saturating_sub(self.started.elapsed())) {
                Ok(said) => self.take(said)?,
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return Ok(false),
            }
        }
        Ok(true)
    }

    /// Since its start.
    pub(super) fn age(&self) -> Duration {
        self.started.elapsed()
    }

    /// Kills it in whatever it is doing, and reads what it had written until then.
    pub(super) fn kill(mut self) -> Result<Heard> {
        if self.recorded.is_some() {
            // One that is gone already needs no killing, and its number may be another's by now.
            if self.hear(Duration::ZERO, |_| false)? {
                self.signal("KILL")?;
            }
        } else {
            self.child.kill()?;
        }
        self.drain()
    }

    /// Lets it work until it has acknowledged `missing` files, then ends it as a service is ended. An error when
    /// it stops working before.
    pub(super) fn finish(mut self, missing: usize) -> Result<Heard> {
        loop {
            let before = self.heard.lines.len();
            let enough = |heard: &Heard| heard.watching.is_some() && heard.lines.len() >= missing;
            let more = |heard: &Heard| enough(heard) || heard.lines.len() > before;
            let there = self.hear(self.age() + PATIENCE, more)?;
            if enough(&self.heard) {
                break;
            }
            if !there || self.heard.lines.len() == before {
                let heard = self.kill()?;
                let lines = heard.lines.len();
                bail!("it acknowledged {lines} of {missing} files and stopped: {}", heard.said());
            }
        }
        if !self.signal("TERM")? {
            self.child.kill()?;
        }
        self.drain()
    }

    /// Sends a signal by its name; whether there is such a thing here.
    fn signal(&mut self, name: &str) -> Result<bool> {
        let id = match self.recorded.clone() {
            Some(recording) => self.recorded_process(&recording)?,
            None => self.child.id().to_string(),
        };
        Ok(process::signal(&id, name))
    }

    /// The recorded process; a recorder needs a moment to start it.
    fn recorded_process(&mut self, recording: &Path) -> Result<String> {
        let give_up = self.age() + PATIENCE;
        while self.age() < give_up {
            if let Some(id) = first_number(recording) {
                return Ok(id);
            }
            self.hear(self.age() + Duration::from_millis(2), |_| false)?;
        }
        bail!("nothing is recorded: {}", self.heard.said());
    }

    /// Reads to the end of what it wrote.
    fn drain(mut self) -> Result<Heard> {
        let until = self.age() + PATIENCE;
        if self.hear(until, |_| false)? {
            self.child.kill()?;
            bail!("it did not end: {}", self.heard.said());
        }
        self.child.wait()?;
        Ok(self.heard)
    }

    fn take(&mut self, said: Said) -> Result<()> {
        match said {
            // A line without its end was never acknowledged.
            Said::Line(line) if line.ends_with(b"\n") => {
                self.heard.lines.push(serde_json::from_slice(&line)?);
                let now = self.started.elapsed();
                self.heard.first_line.get_or_insert(now);
                self.heard.last_line = Some(now);
            }
            Said::Line(_) => {}
            Said::Words(words) => {
                if words.contains("watching ") {
                    self.heard.watching.get_or_insert(self.started.elapsed());
                }
                self.heard.words.push(words);
            }
        }
        Ok(())
    }
}

fn read_lines(from: impl Read, say: &Sender<Said>, kind: impl Fn(Vec<u8>) -> Said) {
    let mut from = BufReader::new(from);
    loop {
        let mut line = Vec::new();
        match from.read_until(b'\n', &mut line) {
            Ok(1..) if say.send(kind(line)).is_ok() => {}
            _ => break,
        }
    }
}

/// The process a recording is of: every line of it begins with a thread's number, the first with the process's.
fn first_number(recording: &Path) -> Option<String> {
    let mut first = Vec::new();
    BufReader::new(File::open(recording).ok()?).take(64).read_until(b' ', &mut first).ok()?;
    let id = String::from_utf8(first).ok()?.trim().to_owned();
    id.parse::<u32>().is_ok().then_some(id)
}
