//! A file that a running program makes for somebody: written aside, and given a name that nobody has once it is whole.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Letters of what a file is named after.
const MOST_LETTERS: usize = 48;
/// Names that are tried: so many files of one second are more than anybody asks for.
const MOST_NAMES: usize = 1_000;

/// A file on its way; dropped before [`NewFile::finish`] it leaves nothing.
#[derive(Debug)]
pub struct NewFile {
    folder: PathBuf,
    aside: PathBuf,
    /// The name without its ending.
    stem: String,
    ending: &'static str,
    file: File,
}

impl NewFile {
    /// Begins a file in a folder, which is made where it is not there. What it is named after is anybody's word: no sign
    /// of it leads to another folder.
    ///
    /// # Errors
    /// What the disk says.
    pub fn begin(folder: &Path, after: &str, stamp: &str, ending: &'static str) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let stem = format!("trimwatch-{}-{stamp}", harmless(after));
        let aside = folder.join(format!(".{stem}.{}.part", std::process::id()));
        let file = OpenOptions::new().write(true).create_new(true).open(&aside)?;
        Ok(Self { folder: folder.to_path_buf(), aside, stem, ending, file })
    }

    /// What to write to.
    ///
    /// # Errors
    /// What the system says.
    pub fn file(&self) -> io::Result<File> {
        self.file.try_clone()
    }

    /// On disk, under a name that nothing had.
    ///
    /// # Errors
    /// What the disk says.
    pub fn finish(self) -> io::Result<PathBuf> {
        self.file.sync_all()?;
        for number in 1..=MOST_NAMES {
            let more = if number == 1 { String::new() } else { format!("-{number}") };
            let path = self.folder.join(format!("{}{more}.{}", self.stem, self.ending));
            match self.name(&path) {
                Ok(()) => return Ok(path),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// A link takes no name that is there, be it a link that leads nowhere; where a disk has no links the name is looked
    /// at first.
    fn name(&self, path: &Path) -> io::Result<()> {
        match fs::hard_link(&self.aside, path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => match fs::symlink_metadata(path) {
                Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
                Err(_) => fs::rename(&self.aside, path),
            },
            linked => linked,
        }
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        // It has its name, or it is of no use.
        let _ = fs::remove_file(&self.aside);
    }
}

/// Letters, digits and dashes of a text.
fn harmless(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect::<String>();
    let words: Vec<&str> = plain.split('-').filter(|word| !word.is_empty()).collect();
    let name: String = words.join("-").chars().take(MOST_LETTERS).collect();
    if name.is_empty() { "table".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_folder_and_none_is_taken_twice() {
        let folder = tempfile::tempdir().expect("a folder");
        let made = |after: &str| {
            let file = NewFile::begin(&folder.path().join("out"), after, "2026-03-19-120000", "csv").expect("begun");
            file.finish().expect("named")
        };
        let first = made("../../etc/passwd\u{1b}[2J");
        assert_eq!(first, folder.path().join("out/trimwatch-etc-passwd-2J-2026-03-19-120000.csv"));
        let names = [made("unit 8340-1/246"), made("unit 8340-1/246"), made("..")];
        let names = names.map(|path| path.file_name().expect("a name").to_string_lossy().into_owned());
        let said = "trimwatch-unit-8340-1-246-2026-03-19-120000";
        assert_eq!(names.first(), Some(&format!("{said}.csv")));
        assert_eq!(names.get(1), Some(&format!("{said}-2.csv")));
        assert_eq!(names.get(2).map(String::as_str), Some("trimwatch-table-2026-03-19-120000.csv"));
        assert_eq!(fs::read_dir(folder.path().join("out")).expect("a folder").count(), 4, "nothing lies beside them");
    }

    #[test]
    fn what_is_given_up_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        drop(NewFile::begin(folder.path(), "log", "2026-03-19-120000", "xlsx").expect("begun"));
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
    }
}
