//! A small plant: folders, a history, the program that watches, and what is known of every file written.

use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use color_eyre::eyre::{Result, WrapErr, bail, eyre};
use serde_json::Value;

use super::program::{Heard, Program};
use crate::cli::bench::rig::workbook;
use crate::cli::demo::Temporary;
use crate::engine::ContentHash;

/// Longer than anything takes that is waited for, on a busy machine.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);
/// Time for what comes twice to come twice: two looks through the folders and standing still in between.
const QUIET: Duration = Duration::from_millis(4_500);

/// What must become of a complete workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    /// It may have been replaced before anybody could read it.
    Perhaps,
    /// Kept, be it behind a content that counts as newer.
    Kept,
    /// Kept, and told once.
    Told,
}

/// A complete workbook that was written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written {
    /// Its number.
    pub(super) n: usize,
    /// What must become of it.
    pub(super) due: Due,
}

/// One line of the program's output.
pub(super) struct Line {
    /// Its JSON object.
    pub(super) value: Value,
    /// When it came.
    pub(super) at: Instant,
}

impl Line {
    pub(super) fn text(&self, field: &str) -> &str {
        self.value.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn is_run(&self) -> bool {
        !matches!(self.text("status"), "" | "ERROR" | "SKIPPED")
    }
}

/// A case's place.
pub(super) struct Plant {
    /// Everything of this case; removed at its end.
    pub(super) folder: Temporary,
    /// The drop folder.
    pub(super) drop: PathBuf,
    /// The watched folders; the drop folder alone unless the case says otherwise.
    pub(super) watched: Vec<PathBuf>,
    /// More arguments for the program.
    pub(super) flags: Vec<OsString>,
    /// Whether the largest numbers are asked for.
    pub(super) full: bool,
    program: Option<Program>,
    pub(super) lines: Vec<Line>,
    /// What was said on standard error.
    pub(super) said: Vec<String>,
    pub(super) written: HashMap<ContentHash, Written>,
    runs: HashMap<String, usize>,
    /// Names of files that must end in an error.
    pub(super) failing: HashSet<String>,
    /// How often the log may say that a content is there already.
    pub(super) duplicates: usize,
    /// Whether the program was killed: lines it had no time for are on disk.
    pub(super) killed: bool,
}

impl Plant {
    pub(super) fn new(name: &str, full: bool) -> Result<Self> {
        let folder = Temporary::new(&format!("faults-{name}"))?;
        let drop = folder.0.join("LTS");
        fs::create_dir_all(&drop)?;
        fs::write(folder.0.join("site.toml"), "rescan_seconds = 1\n")?;
        Ok(Self {
            watched: vec![drop.clone()],
            folder,
            drop,
            flags: Vec::new(),
            full,
            program: None,
            lines: Vec::new(),
            said: Vec::new(),
            written: HashMap::new(),
            runs: HashMap::new(),
            failing: HashSet::new(),
            duplicates: 0,
            killed: false,
        })
    }

    /// Where the history lies.
    pub(super) fn store(&self) -> PathBuf {
        self.folder.0.join("history")
    }

    /// Starts the program and waits until it watches, or says that a folder is away.
    pub(super) fn start(&mut self) -> Result<()> {
        let (store, site) = (self.store(), self.folder.0.join("site.toml"));
        let fixed = [OsStr::new("--store"), store.as_os_str(), OsStr::new("--config"), site.as_os_str()];
        let own = self.flags.iter().map(OsString::as_os_str).chain(self.watched.iter().map(|path| path.as_os_str()));
        let arguments: Vec<&OsStr> = fixed.into_iter().chain(own).collect();
        self.program = Some(Program::start(&self.folder.0, &arguments)?);
        let (before, folders) = (self.said.len(), self.watched.len());
        self.until("the folders are watched", |plant| {
            let said = plant.said.iter().skip(before);
            said.filter(|line| line.contains("watching") || line.contains("OFFLINE")).count() >= folders
        })
    }

    /// The running program.
    pub(super) fn program(&mut self) -> Result<&mut Program> {
        self.program.as_mut().ok_or_else(|| eyre!("the program is not running"))
    }

    /// Waits until something holds.
    pub(super) fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) -> Result<()> {
        self.within(what, PATIENCE, holds)
    }

    /// Waits no longer than this until something holds.
    pub(super) fn within(&mut self, what: &str, most: Duration, holds: impl Fn(&Self) -> bool) -> Result<()> {
        let end = Instant::now() + most;
        loop {
            self.hear();
            if holds(self) {
                return Ok(());
            }
            if Instant::now() > end {
                let seconds = most.as_secs_f64();
                let last = self.said.last().map(String::as_str).unwrap_or_default();
                bail!(
                    "{what}: not within {seconds} s; {} lines, {} said, last `{last}`",
                    self.lines.len(),
                    self.said.len()
                );
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn hear(&mut self) {
        let Some(program) = &self.program else { return };
        for heard in program.heard.try_iter() {
            match heard {
                Heard::Said(line) => self.said.push(line),
                Heard::Line(line, at) => {
                    let line = Line { value: serde_json::from_str(&line).unwrap_or_default(), at };
                    if line.is_run() {
                        *self.runs.entry(line.text("content").to_owned()).or_default() += 1;
                    }
                    self.lines.push(line);
                }
            }
        }
    }

    /// Lets what comes twice come twice, and ends the program.
    pub(super) fn end(&mut self) -> Result<()> {
        if self.program.is_none() {
            return Ok(());
        }
        thread::sleep(QUIET);
        self.program()?.end()?;
        self.hear();
        self.program = None;
        Ok(())
    }

    /// Ends the program at once, by a signal or a power cut, and hears what it still said.
    pub(super) fn stop_at_once(&mut self, kill: bool) -> Result<()> {
        self.killed |= kill;
        let program = self.program()?;
        if kill {
            program.kill()?;
        } else {
            program.end()?;
        }
        self.hear();
        self.program = None;
        Ok(())
    }

    /// A complete workbook that must come out: its name and bytes.
    pub(super) fn workbook(&mut self, n: usize) -> (String, Vec<u8>) {
        self.workbook_due(n, Due::Told)
    }

    /// A complete workbook of which this must become: its name and bytes.
    pub(super) fn workbook_due(&mut self, n: usize, due: Due) -> (String, Vec<u8>) {
        let (name, bytes) = workbook(n);
        self.written.insert(*blake3::hash(&bytes).as_bytes(), Written { n, due });
        (name, bytes)
    }

    /// Writes a complete workbook in place under its own name below the drop folder.
    pub(super) fn drop_workbook(&mut self, n: usize) -> Result<PathBuf> {
        let folder = self.drop.clone();
        self.drop_into(&folder, n)
    }

    /// Writes a complete workbook in place under its own name into a folder.
    pub(super) fn drop_into(&mut self, folder: &Path, n: usize) -> Result<PathBuf> {
        let (name, bytes) = self.workbook(n);
        let path = folder.join(name);
        fs::write(&path, bytes).wrap_err_with(|| path.display().to_string())?;
        Ok(path)
    }

    /// How often a workbook came out.
    pub(super) fn came(&self, n: usize) -> usize {
        let content = blake3::hash(&workbook(n).1).to_hex().to_string();
        self.runs.get(&content).copied().unwrap_or(0)
    }

    /// Waits until a workbook came out.
    pub(super) fn until_came(&mut self, n: usize) -> Result<()> {
        let content = blake3::hash(&workbook(n).1).to_hex().to_string();
        self.until(&format!("workbook {n}"), |plant| plant.runs.contains_key(&content))
    }

    /// Waits until everything that must come out did.
    pub(super) fn until_all_came(&mut self) -> Result<()> {
        let all: Vec<String> =
            self.written.iter().filter(|(_, w)| w.due == Due::Told).map(|(content, _)| hex(content)).collect();
        let limit = PATIENCE.max(Duration::from_millis(40) * u32::try_from(all.len()).unwrap_or(u32::MAX));
        self.within("all workbooks", limit, |plant| all.iter().all(|content| plant.runs.contains_key(content)))
    }

    /// Waits until no line came for so long.
    pub(super) fn until_quiet(&mut self, quiet: Duration) -> Result<()> {
        self.until("quiet", |plant| plant.lines.last().is_none_or(|line| line.at.elapsed() > quiet))
    }

    /// Waits until standard error holds these words so often.
    pub(super) fn until_said(&mut self, words: &str, times: usize) -> Result<()> {
        self.until(&format!("`{words}` is said"), |plant| {
            plant.said.iter().filter(|line| line.contains(words)).count() >= times
        })
    }

    /// Waits until a file ended in an error, which it is allowed to.
    pub(super) fn until_failed(&mut self, name: &str) -> Result<()> {
        self.failing.insert(name.to_owned());
        self.until(&format!("an error row for {name}"), |plant| {
            plant.lines.iter().any(|line| line.text("status") == "ERROR" && line.text("file") == name)
        })
    }
}

/// A content hash as the output has it.
pub(super) fn hex(content: &ContentHash) -> String {
    blake3::Hash::from_bytes(*content).to_hex().to_string()
}

/// Half of some bytes.
pub(super) fn halves(bytes: &[u8]) -> (&[u8], &[u8]) {
    bytes.split_at(bytes.len() / 2)
}

/// Waits; what is waited for here is that nothing happens, or that a writer is slow.
pub(super) fn pause(milliseconds: u64) {
    thread::sleep(Duration::from_millis(milliseconds));
}

/// Sets a file's modification time, seconds from 1970.
pub(super) fn date(path: &Path, seconds: i64) -> Result<()> {
    let size = Duration::from_secs(seconds.unsigned_abs());
    let time = if seconds < 0 { std::time::UNIX_EPOCH - size } else { std::time::UNIX_EPOCH + size };
    Ok(File::options().write(true).open(path)?.set_modified(time)?)
}

/// Sets what may be done with a path.
pub(super) fn allow(path: &Path, mode: u32) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(mode))?)
}
