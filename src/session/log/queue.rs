//! What lies between whoever says something and the disk: lines wait their turn, bounded, and nobody waits for them.

use std::io;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

use super::rotating::Rotating;

/// Most lines that wait for the disk; more are lost.
const MOST_LINES: usize = 1024;
/// How long the end of the program waits for the last lines.
const PATIENCE: Duration = Duration::from_millis(200);

/// What waits.
#[derive(Debug)]
pub(super) enum Waiting {
    /// A line without its end.
    Line(Vec<u8>),
    /// Everything before is to be written, and then this told.
    Flush(SyncSender<()>),
}

/// Takes lines, one with each write.
#[derive(Debug, Clone)]
pub(super) struct Queue(SyncSender<Waiting>);

impl Queue {
    pub(super) fn new() -> (Self, Receiver<Waiting>) {
        let (to, lines) = mpsc::sync_channel(MOST_LINES);
        (Self(to), lines)
    }
}

impl io::Write for &Queue {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full queue means a disk that does not keep up: the program goes on.
        let _ = self.0.try_send(Waiting::Line(bytes.to_vec()));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Queue {
    type Writer = &'a Self;

    fn make_writer(&'a self) -> Self::Writer {
        self
    }
}

/// Writes the last lines when it is dropped.
#[derive(Debug)]
pub struct Logging(pub(super) Queue);

impl Drop for Logging {
    fn drop(&mut self) {
        let (tell, written) = mpsc::sync_channel(1);
        if self.0.0.try_send(Waiting::Flush(tell)).is_ok() {
            // A disk that hangs is not waited for.
            let _ = written.recv_timeout(PATIENCE);
        }
    }
}

/// Writes what comes, until nobody can say anything any more.
pub(super) fn write(lines: &Receiver<Waiting>, mut file: Rotating) {
    for waiting in lines {
        match waiting {
            // A disk that takes nothing has lost this line; the next one is tried.
            Waiting::Line(line) => drop(file.line(&line)),
            Waiting::Flush(tell) => drop(tell.send(())),
        }
    }
}
