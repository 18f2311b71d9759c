//! A file that a command makes: written aside in the same folder, and given its name when it is whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use color_eyre::eyre::{Result, WrapErr, bail, eyre};

use super::args::OutArgs;

/// A file on its way; dropped before [`OutFile::finish`] it leaves nothing.
#[derive(Debug)]
pub(super) struct OutFile {
    path: PathBuf,
    aside: PathBuf,
    file: File,
    force: bool,
}

impl OutFile {
    /// Begins the file that was named, in the folder that was named and no other.
    ///
    /// # Errors
    /// When there is such a file and no `--force`, when it is a folder, or when the folder takes nothing.
    pub(super) fn begin(path: &Path, force: bool) -> Result<Self> {
        let Some(name) = path.file_name() else { bail!("{}: no name of a file", path.display()) };
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}.part", std::process::id()));
        let out = Self::refuse(path, force).map(|()| path.with_file_name(hidden))?;
        let file = OpenOptions::new().write(true).create_new(true).open(&out);
        let file = file.wrap_err_with(|| format!("{} cannot be written", path.display()))?;
        Ok(Self { path: path.to_path_buf(), aside: out, file, force })
    }

    fn refuse(path: &Path, force: bool) -> Result<()> {
        // A link that leads nowhere is there too.
        match fs::symlink_metadata(path) {
            Ok(meta) if meta.is_dir() => Err(eyre!("{} is a folder", path.display())),
            Ok(_) if !force => Err(eyre!("{} is there already; --force puts the new one in its place", path.display())),
            _ => Ok(()),
        }
    }

    /// What to write to.
    pub(super) fn file(&self) -> io::Result<File> {
        self.file.try_clone()
    }

    /// The folder it lies in.
    pub(super) fn folder(&self) -> &Path {
        self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
    }

    /// On disk, under its name.
    ///
    /// # Errors
    /// What the disk says, or that somebody else made such a file meanwhile.
    pub(super) fn finish(self) -> Result<()> {
        self.file.sync_all()?;
        Self::refuse(&self.path, self.force)?;
        fs::rename(&self.aside, &self.path)?;
        Ok(())
    }
}

impl Drop for OutFile {
    fn drop(&mut self) {
        // It has its name, or it is of no use.
        let _ = fs::remove_file(&self.aside);
    }
}

/// A text to the file that was named, else to standard output.
///
/// # Errors
/// As [`OutFile::begin`] and [`OutFile::finish`].
pub(super) fn write_text(args: &OutArgs, text: &str) -> Result<()> {
    match &args.out {
        Some(path) => {
            let out = OutFile::begin(path, args.force)?;
            out.file()?.write_all(text.as_bytes())?;
            out.finish()
        }
        None => Ok(io::stdout().lock().write_all(text.as_bytes())?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_stays_without_force_and_nothing_is_left_of_what_was_given_up() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("runs.csv");
        drop(OutFile::begin(&path, false).expect("begun"));
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
        fs::write(&path, "mine").expect("written");
        assert!(OutFile::begin(&path, false).expect_err("there").to_string().contains("--force"));
        OutFile::begin(&path, true).expect("begun").finish().expect("in its place");
        assert_eq!(fs::read(&path).expect("a file"), b"");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
        assert!(OutFile::begin(folder.path(), true).is_err(), "a folder is no file");
    }
}
