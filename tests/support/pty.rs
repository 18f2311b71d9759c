//! The real program in a terminal of its own, read as its screen shows it.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use super::program::{PROGRAM, STRANGE, state};

/// Longer than any of these takes; waiting ends with what is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// A terminal and the program in it.
pub struct Terminal {
    pub screen: vt100::Parser,
    pub bytes: Receiver<Vec<u8>>,
    pub keys: Box<dyn Write + Send>,
    pub child: Box<dyn Child + Send + Sync>,
    pub master: Box<dyn MasterPty + Send>,
    pub raw: Vec<u8>,
}

/// A terminal as every test has it, and a home of its own.
pub fn at_home(command: &mut CommandBuilder, folder: &Path) {
    for name in STRANGE.iter().chain(&["NO_COLOR", "SSH_CONNECTION", "TMUX"]) {
        command.env_remove(name);
    }
    command.env("HOME", folder);
    command.env("XDG_STATE_HOME", state(folder));
    command.env("TERM", "xterm-256color");
    command.env("LC_ALL", "C.UTF-8");
}

impl Terminal {
    pub fn start(folder: &Path, size: (u16, u16), environment: &[(&str, &str)]) -> Self {
        let mut command = CommandBuilder::new(PROGRAM);
        command.args(["watch", &folder.join("LTS").display().to_string(), "--store"]);
        command.arg(folder.join("store"));
        at_home(&mut command, folder);
        for (name, value) in environment {
            command.env(name, value);
        }
        Self::run(command, size)
    }

    pub fn run(command: CommandBuilder, size: (u16, u16)) -> Self {
        let size = PtySize { rows: size.1, cols: size.0, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let child = pair.slave.spawn_command(command).expect("the program");
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().expect("its output");
        let (send, bytes) = mpsc::channel();
        thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if send.send(buffer.iter().take(count).copied().collect()).is_err() {
                    break;
                }
            }
        });
        let keys = pair.master.take_writer().expect("its input");
        let (rows, columns) = if size.rows == 0 { (24, 80) } else { (size.rows, size.cols) };
        let screen = vt100::Parser::new(rows, columns, 0);
        Self { screen, bytes, keys, child, master: pair.master, raw: Vec::new() }
    }

    pub fn text(&self) -> String {
        self.screen.screen().contents()
    }

    /// Reads until the screen shows something.
    pub fn until(&mut self, what: &str, shows: impl Fn(&str) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !shows(&self.text()) {
            let Ok(bytes) = self.bytes.recv_timeout(end.saturating_duration_since(Instant::now())) else {
                panic!("never saw {what}:\n{}", self.text())
            };
            self.take(&bytes);
        }
    }

    pub fn sees(&mut self, words: &str) {
        self.until(words, |text| text.contains(words));
    }

    pub fn take(&mut self, bytes: &[u8]) {
        self.screen.process(bytes);
        self.raw.extend_from_slice(bytes);
    }

    pub fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("typed");
        self.keys.flush().expect("typed");
    }

    pub fn resize(&mut self, columns: u16, rows: u16) {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.master.resize(size).expect("resized");
        self.screen.screen_mut().set_size(rows, columns);
    }

    /// Waits for the end; everything the program wrote until then is taken.
    pub fn ended(&mut self) -> u32 {
        // Its output ends when it does: the reader's channel closes.
        let end = Instant::now() + PATIENCE;
        loop {
            match self.bytes.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.take(&bytes),
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => panic!("it did not end:\n{}", self.text()),
            }
        }
        self.child.wait().expect("ended").exit_code()
    }

    pub fn listens_to_the_mouse(&self) -> bool {
        self.screen.screen().mouse_protocol_mode() != vt100::MouseProtocolMode::None
    }

    /// The alternate screen is left, the cursor is there, the mouse is the terminal's, and nothing of ours stands on the shell's screen.
    pub fn is_clean(&self) -> bool {
        let screen = self.screen.screen();
        !self.listens_to_the_mouse()
            && !screen.alternate_screen()
            && !screen.hide_cursor()
            && screen.contents().trim().is_empty()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A test that failed half-way leaves no program behind.
        let _ = self.child.kill();
    }
}
