//! scikit-learn in a process of its own, asked line by line.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use color_eyre::eyre::{Result, bail};
use ndarray::Array2;

/// What runs there.
const SCRIPT: &str = include_str!("forest_rival.py");

/// A Python with scikit-learn that waits for questions.
pub(super) struct Rival {
    process: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    pub(super) version: String,
}

impl Rival {
    /// Starts it; nothing when there is no such Python or it has no scikit-learn.
    pub(super) fn start(python: &Path) -> Option<Self> {
        let mut python = Command::new(python);
        python.args(["-c", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        // One thread there as here.
        for threads in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"] {
            python.env(threads, "1");
        }
        let mut process = python.spawn().ok()?;
        let (to, from) = (process.stdin.take()?, process.stdout.take()?);
        let mut rival = Self { process, to, from: BufReader::new(from), version: String::new() };
        let said = rival.line().ok()?;
        said.strip_prefix("ready ")?.clone_into(&mut rival.version);
        Some(rival)
    }

    /// Asks; the figures of the answer.
    pub(super) fn ask(&mut self, question: &[&str]) -> Result<Vec<f64>> {
        writeln!(self.to, "{}", question.join("\t"))?;
        let said = self.line()?;
        Ok(said.split_whitespace().map(str::parse).collect::<Result<_, _>>()?)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.from.read_line(&mut line)? == 0 {
            bail!("scikit-learn's side ended");
        }
        Ok(line.trim_end().to_owned())
    }
}

impl Drop for Rival {
    fn drop(&mut self) {
        // It ends by itself when its input does; nothing depends on how.
        let _ = self.process.kill().and_then(|()| self.process.wait());
    }
}

/// Rows and the answer to each.
pub(super) struct Table {
    pub(super) x: Array2<f64>,
    pub(super) y: Vec<f64>,
}

impl Table {
    /// Writes it as both sides read it: float64, the answer after each row.
    pub(super) fn write(&self, path: &Path) -> Result<()> {
        let rows = self.x.rows().into_iter().zip(&self.y);
        let bytes = rows.flat_map(|(row, answer)| {
            row.iter().chain([answer]).flat_map(|value| value.to_ne_bytes()).collect::<Vec<u8>>()
        });
        Ok(std::fs::write(path, bytes.collect::<Vec<u8>>())?)
    }

    /// Reads rows of so many features.
    pub(super) fn read(path: &Path, width: usize) -> Result<Self> {
        let bytes = std::fs::read(path)?;
        let values: Vec<f64> = bytes.as_chunks().0.iter().map(|bytes| f64::from_ne_bytes(*bytes)).collect();
        let rows = values.chunks_exact(width + 1);
        let y = rows.clone().filter_map(|row| row.last().copied()).collect();
        let x = rows.flat_map(|row| row.iter().take(width).copied()).collect();
        Ok(Self { x: Array2::from_shape_vec((values.len() / (width + 1), width), x)?, y })
    }
}
