//! The workbooks of a campaign, with what a direct judgement says of each of them.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use color_eyre::eyre::{Result, bail};
use serde_json::Value;
use toml::Table;

use crate::analysis::JudgedRun;
use crate::cli::bench::rig::workbook;
use crate::config::Config;
use crate::engine::{Outcome, Site, process_path};
use crate::export::{FileLine, FileOutcome};

/// Older than any file that is still being written: taken at once when a watch begins.
const AGE: Duration = Duration::from_hours(1);
/// Files between two backups, where the program makes any: often enough to be met by a kill.
const FILES_A_BACKUP: i64 = 20;
/// Files after which they are moved into a volume: in the midst of everything else.
const FILES_A_VOLUME: i64 = 30;

/// One made workbook.
#[derive(Debug)]
pub(super) struct Made {
    /// The file's name.
    pub(super) name: String,
    /// BLAKE3 of its bytes, hexadecimal.
    pub(super) content: String,
    /// Fingerprint of its judgement: every figure, verdict and word.
    pub(super) judgement: String,
    /// The JSON line a watch prints for it, without what depends on the folder and the store.
    line: Value,
}

/// The shop whose history is tried: its workbooks and its configuration.
#[derive(Debug)]
pub(super) struct Shop {
    pool: PathBuf,
    config: PathBuf,
    backed: Option<PathBuf>,
    /// The workbooks, in order.
    pub(super) made: Vec<Made>,
    by_content: HashMap<String, usize>,
}

impl Shop {
    /// Makes `files` workbooks under `root` and judges each of them directly.
    pub(super) fn new(root: &Path, files: usize, config: &Config) -> Result<Self> {
        // The folder's name says the laser, as it does where the workbooks are watched.
        let pool = root.join("pool").join("LTS");
        fs::create_dir_all(&pool)?;
        let made = (0..files).map(|n| made(&pool, n, config)).collect::<Result<Vec<_>>>()?;
        let by_content: HashMap<String, usize> =
            made.iter().enumerate().map(|(n, made)| (made.content.clone(), n)).collect();
        if by_content.len() < files {
            bail!("{files} workbooks that differ cannot be made");
        }
        let (plain, backed) = write_configs(root, config)?;
        Ok(Self { pool, config: plain, backed, made, by_content })
    }

    /// Whether this build makes backups by itself.
    pub(super) fn makes_backups(&self) -> bool {
        self.backed.is_some()
    }

    /// A command of this program on a store, under the campaign's configuration.
    pub(super) fn command(&self, words: &[&str], store: &Path) -> Result<Command> {
        Self::configured(words, store, &self.config)
    }

    /// A watch of `folder` into `store`; with a backup every few files, where this build makes backups.
    pub(super) fn watch(&self, folder: &Path, store: &Path, with_backups: bool) -> Result<Command> {
        let backed = self.backed.as_ref().filter(|_| with_backups);
        let mut watch = Self::configured(&["watch", "--headless", "--store"], store, backed.unwrap_or(&self.config))?;
        watch.arg(folder);
        Ok(watch)
    }

    /// The configuration is named behind the command: before it, the command is taken for a folder to watch.
    fn configured(words: &[&str], store: &Path, config: &Path) -> Result<Command> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(words).arg(store).arg("--config").arg(config);
        // Killed a hundred times, it would fill the log of whoever runs this.
        command.env("TRIMWATCH_LOG", "off");
        Ok(command)
    }

    /// Puts some workbooks into a folder that is perhaps watched: linked under another name, then renamed.
    pub(super) fn drop_into(&self, folder: &Path, which: Range<usize>) -> io::Result<()> {
        for made in self.made.get(which).unwrap_or_default() {
            let aside = folder.join(format!("{}.part", made.name));
            fs::hard_link(self.pool.join(&made.name), &aside)?;
            fs::rename(&aside, folder.join(&made.name))?;
        }
        Ok(())
    }

    /// The workbook with this content.
    pub(super) fn of_content(&self, content: &str) -> Option<&Made> {
        self.made.get(*self.by_content.get(content)?)
    }
}

impl Made {
    /// Whether an acknowledged line says what the direct judgement said.
    pub(super) fn is_said_by(&self, line: &Value) -> bool {
        self.line == bare(line.clone())
    }
}

/// A line without the places it names.
fn bare(mut line: Value) -> Value {
    if let Some(fields) = line.as_object_mut() {
        fields.remove("path");
        fields.remove("not_kept");
    }
    line
}

/// Fingerprint of a judgement, but for why models kept silent: a file that came while the history was being opened
/// says so, and is the same file.
pub(super) fn fingerprint(run: &JudgedRun) -> serde_json::Result<String> {
    let mut run = run.clone();
    run.assessments.iter_mut().for_each(|assessment| assessment.silent.clear());
    Ok(blake3::hash(&serde_json::to_vec(&run)?).to_hex().to_string())
}

fn made(pool: &Path, n: usize, config: &Config) -> Result<Made> {
    let (name, bytes) = workbook(n);
    let path = pool.join(&name);
    fs::write(&path, &bytes)?;
    File::options().write(true).open(&path)?.set_modified(SystemTime::now() - AGE)?;
    let Outcome::Judged { run, .. } = process_path(&path, &Site::of(config)).outcome else {
        bail!("{name} could not be judged");
    };
    let content = blake3::hash(&bytes).to_hex().to_string();
    let line = serde_json::to_value(FileLine::new(&path, Some(content.clone()), FileOutcome::Run(&run)))?;
    Ok(Made { name, content, judgement: fingerprint(&run)?, line: bare(line) })
}

/// The configuration in force with volumes every few files, and the same with a backup every few files when there is a `[backup]` table.
fn write_configs(root: &Path, config: &Config) -> Result<(PathBuf, Option<PathBuf>)> {
    let (plain, backed) = (root.join("plain.toml"), root.join("backed.toml"));
    let mut table = Table::try_from(config)?;
    if let Some(retention) = table.get_mut("retention").and_then(toml::Value::as_table_mut) {
        retention.insert("recent_files".to_owned(), FILES_A_VOLUME.into());
    }
    fs::write(&plain, toml::to_string(&table)?)?;
    let Some(backup) = table.get_mut("backup").and_then(toml::Value::as_table_mut) else {
        return Ok((plain, None));
    };
    backup.insert("every_files".to_owned(), FILES_A_BACKUP.into());
    fs::write(&backed, toml::to_string(&table)?)?;
    Ok((plain, Some(backed)))
}
