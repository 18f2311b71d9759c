//! What is kept from one start to the next: saved filters and the last initials, in a file of the user's.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::config::state_folder;
use crate::history::{Filter, SortBy};

/// What is kept.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Remembered {
    /// Initials that were given last.
    pub by: String,
    /// Filters by name.
    #[serde(rename = "filter")]
    pub filters: Vec<Saved>,
}

/// A filter with its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    /// What it is called.
    pub name: String,
    /// Which runs.
    pub filter: Filter,
    /// In which order.
    #[serde(default)]
    pub sort: SortBy,
    /// Whether that is turned.
    #[serde(default)]
    pub reverse: bool,
}

impl Remembered {
    /// Keeps a filter; one of the same name goes.
    pub fn save(&mut self, saved: Saved) {
        self.filters.retain(|other| other.name != saved.name);
        self.filters.push(saved);
        self.filters.sort_by_key(|saved| saved.name.to_lowercase());
    }
}

/// The file of filters and initials.
pub(super) const FILTERS: &str = "filters.toml";
/// The file of where somebody left off.
pub(super) const VIEW: &str = "view.toml";

/// A file of the state folder; nothing without a home.
pub(super) fn place(file: &str) -> Option<PathBuf> {
    state_folder().map(|folder| folder.join(file))
}

/// What the file says, and why it says nothing when it cannot be read. A file that is not there is no trouble.
pub(super) fn read<T: Default + DeserializeOwned>(path: &Path, what: &str) -> (T, Option<String>) {
    let ignored = |cause: &str| (T::default(), Some(format!("{what}: {} is ignored: {cause}", path.display())));
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return (T::default(), None),
        Err(error) => return ignored(&error.to_string()),
    };
    match toml::from_str(&text) {
        Ok(remembered) => (remembered, None),
        Err(error) => ignored(error.message()),
    }
}

/// Writes the file aside and puts it in its place, so that a crash leaves the old one or the new one. Of several screens
/// of one user the last one to write is remembered.
///
/// # Errors
/// When the folder or the file cannot be written.
pub(super) fn write<T: Serialize>(path: &Path, remembered: &T) -> io::Result<()> {
    let text = toml::to_string_pretty(remembered).map_err(io::Error::other)?;
    if let Some(folder) = path.parent() {
        let mut made = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut made, 0o700);
        made.recursive(true).create(folder)?;
    }
    let aside = path.with_extension(format!("toml.{}.new", std::process::id()));
    fs::write(&aside, text)?;
    fs::rename(&aside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_is_there_again_and_a_broken_file_is_ignored_aloud() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state").join("filters.toml");
        assert_eq!(read(&path, "saved filters"), (Remembered::default(), None), "not there yet");
        let mut remembered = Remembered { by: "AB".to_owned(), ..Remembered::default() };
        for (name, text) in [("scrap", "disp:\"Scrap*\" since:1w"), ("late", "fail"), ("scrap", "status:fail")] {
            let filter = Filter::parse(text).expect("a filter");
            remembered.save(Saved { name: name.to_owned(), filter, sort: SortBy::Margin, reverse: true });
        }
        assert_eq!(remembered.filters.len(), 2, "one of a name");
        write(&path, &remembered).expect("written");
        assert_eq!(read(&path, "saved filters"), (remembered, None));
        fs::write(&path, "[[filter]]\nname = \"x\"\nfilter = \"status:fial\"\n").expect("written");
        let (nothing, said) = read::<Remembered>(&path, "saved filters");
        assert_eq!(nothing, Remembered::default());
        let said = said.expect("a notice");
        assert!(said.contains("filters.toml") && said.contains("`status:fial`"), "{said}");
    }
}
