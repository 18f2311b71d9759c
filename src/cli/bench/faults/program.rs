//! The program under test: started, stopped, killed, and heard.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use color_eyre::eyre::{Result, bail, eyre};

use crate::cli::bench::process;

/// What was heard.
pub(in crate::cli::bench) enum Heard {
    /// A line of standard output, and when.
    Line(String, Instant),
    /// A line of standard error.
    Said(String),
}

/// A running `watch --headless`.
pub(in crate::cli::bench) struct Program {
    child: Child,
    readers: Vec<JoinHandle<()>>,
    pub(in crate::cli::bench) heard: Receiver<Heard>,
}

impl Program {
    /// Starts it with these arguments, its home in a folder of the case.
    pub(in crate::cli::bench) fn start(home: &Path, arguments: &[&OsStr]) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["watch", "--headless"]).args(arguments).env("HOME", home);
        for strange in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "TRIMWATCH_STORE"] {
            command.env_remove(strange);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let (tell, heard) = mpsc::channel();
        let out = child.stdout.take().map(|out| reader(out, tell.clone(), |line| Heard::Line(line, Instant::now())));
        let err = child.stderr.take().map(|err| reader(err, tell, Heard::Said));
        Ok(Self { child, readers: out.into_iter().chain(err).collect(), heard })
    }

    /// Its number among the system's processes.
    pub(in crate::cli::bench) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal by its name.
    pub(super) fn signal(&self, name: &str) -> Result<()> {
        process::signal(&self.child.id().to_string(), name)
            .then_some(())
            .ok_or_else(|| eyre!("the program is not there any more"))
    }

    /// Ends it politely and waits.
    pub(in crate::cli::bench) fn end(&mut self) -> Result<()> {
        self.signal("TERM")?;
        let give_up = Instant::now() + Duration::from_secs(10);
        while self.child.try_wait()?.is_none() {
            if Instant::now() > give_up {
                bail!("the program did not end within 10 s");
            }
            thread::sleep(Duration::from_millis(5));
        }
        self.listen_to_the_end();
        let code = self.child.wait()?.code();
        if code == Some(0) { Ok(()) } else { Err(eyre!("the program ended with {code:?}")) }
    }

    /// Kills it, as a power cut would.
    pub(super) fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        self.listen_to_the_end();
        Ok(())
    }

    fn listen_to_the_end(&mut self) {
        for reader in self.readers.drain(..) {
            // A reader ends with the pipe.
            let _ = reader.join();
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It has ended already, or the case has failed and it must not outlive it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn reader(from: impl Read + Send + 'static, tell: Sender<Heard>, what: fn(String) -> Heard) -> JoinHandle<()> {
    thread::spawn(move || {
        for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
            if tell.send(what(String::from_utf8_lossy(&line).into_owned())).is_err() {
                break;
            }
        }
    })
}
