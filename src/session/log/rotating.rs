//! The file that lines go to, bounded: when it is full it steps aside, and the oldest goes.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A log file with those it was before.
#[derive(Debug)]
pub(super) struct Rotating {
    path: PathBuf,
    /// Most bytes of one file.
    most: u64,
    /// How many files there are, the current one among them.
    files: usize,
    open: Option<(File, u64)>,
}

impl Rotating {
    /// Nothing is made before the first line.
    pub(super) fn new(path: PathBuf, most: u64, files: usize) -> Self {
        Self { path, most, files, open: None }
    }

    /// Appends a line.
    ///
    /// # Errors
    /// When the disk takes nothing; the next line tries anew.
    pub(super) fn line(&mut self, line: &[u8]) -> io::Result<()> {
        let written = self.append(&[line, b"\n"].concat());
        if written.is_err() {
            self.open = None;
        }
        written
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let (mut file, mut size) = match self.open.take() {
            Some(open) => open,
            None => opened(&self.path)?,
        };
        if size > 0 && size + bytes.len() as u64 > self.most {
            drop(file);
            self.step_aside()?;
            (file, size) = opened(&self.path)?;
        }
        file.write_all(bytes)?;
        self.open = Some((file, size + bytes.len() as u64));
        Ok(())
    }

    /// `trimwatch.log` becomes `trimwatch.log.1`, and so on; the last one is overwritten.
    fn step_aside(&self) -> io::Result<()> {
        let place = |number: usize| PathBuf::from(format!("{}.{number}", self.path.display()));
        for number in (1..self.files.saturating_sub(1)).rev() {
            match fs::rename(place(number), place(number + 1)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        fs::rename(&self.path, place(1))
    }
}

/// The file, its owner's alone, and its size.
fn opened(path: &Path) -> io::Result<(File, u64)> {
    if let Some(folder) = path.parent() {
        let mut made = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut made, 0o700);
        made.recursive(true).create(folder)?;
    }
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    let size = file.metadata()?.len();
    Ok((file, size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_files_step_aside_and_together_stay_within_their_bound() {
        let root = tempfile::tempdir().expect("a folder");
        let path = root.path().join("state").join("trimwatch.log");
        let mut log = Rotating::new(path.clone(), 100, 3);
        for number in 0..100 {
            log.line(format!("line {number:04} of the log").as_bytes()).expect("written");
        }
        let folder = path.parent().expect("a folder");
        let sizes = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").metadata());
        let sizes: Vec<u64> = sizes.map(|meta| meta.expect("there").len()).collect();
        assert!(sizes.len() == 3 && sizes.iter().all(|size| *size <= 100), "{sizes:?}");
        assert!(fs::read_to_string(&path).expect("the log").ends_with("line 0099 of the log\n"));
        let mut again = Rotating::new(path.clone(), 100, 3);
        again.line(b"the next start").expect("written");
        assert!(fs::read_to_string(&path).expect("the log").contains("line 0099"), "it is gone on with");
    }

    #[test]
    fn a_disk_that_takes_nothing_is_tried_again_with_the_next_line() {
        let root = tempfile::tempdir().expect("a folder");
        let blocked = root.path().join("state");
        fs::write(&blocked, "a file where the folder should be").expect("written");
        let mut log = Rotating::new(blocked.join("trimwatch.log"), 100, 3);
        assert!(log.line(b"lost").is_err());
        fs::remove_file(&blocked).expect("gone");
        log.line(b"kept").expect("written");
        assert_eq!(fs::read_to_string(blocked.join("trimwatch.log")).expect("the log"), "kept\n");
    }
}
