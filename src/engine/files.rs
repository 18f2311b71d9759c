//! Files by path: finding them, reading each once, judging it.

use std::path::{Path, PathBuf};

use super::clock;
use super::process::{Outcome, Processed, process_with};
use crate::analysis::AnalysisSettings;
use crate::config::{Config, LearningSettings, WatchFolder};
use crate::intake::{self, FileStat, WatchedFolder};
use crate::learning::Speakers;
use crate::trim::Source;

/// Workbooks found under some paths.
#[derive(Debug, Default)]
pub struct Collected {
    /// The files, in the order they were named; inside a folder by path.
    pub files: Vec<PathBuf>,
    /// Paths that are not there or cannot be looked into, with the cause.
    pub missing: Vec<(PathBuf, String)>,
}

/// Files as named, folders searched for workbooks. Temporary, lock and foreign names in folders are passed over;
/// a file named itself is always taken.
pub fn collect(paths: &[PathBuf]) -> Collected {
    let mut found = Collected::default();
    for path in paths {
        match std::fs::metadata(path) {
            Ok(meta) if meta.is_dir() => in_folder(path, &mut found),
            Ok(_) => found.files.push(path.clone()),
            Err(e) => found.missing.push((path.clone(), e.to_string())),
        }
    }
    found
}

fn in_folder(path: &Path, found: &mut Collected) {
    let scan = intake::scan(&WatchedFolder { path: path.to_path_buf(), recursive: true });
    let mut files: Vec<PathBuf> = scan.files.into_iter().map(|(path, _)| path).collect();
    files.sort();
    found.files.extend(files);
    found.missing.extend(scan.unreadable);
}

/// How files are judged that are named by path: the settings, and which folder belongs to which laser.
#[derive(Debug, Clone)]
pub struct Site<'a> {
    /// How tracks are judged.
    pub analysis: AnalysisSettings,
    /// What may speak of what was learned.
    pub learning: LearningSettings,
    /// The configured folders.
    pub watches: &'a [WatchFolder],
}

impl<'a> Site<'a> {
    /// The site a configuration describes.
    pub fn of(config: &'a Config) -> Self {
        Self { analysis: config.analysis(), learning: config.learning.clone(), watches: &config.watches }
    }

    /// The laser of the innermost configured folder that holds a path: a file read by name is the same run as
    /// the file that was watched.
    pub(super) fn laser_of(&self, path: &Path) -> Option<&'a str> {
        let path = std::path::absolute(path).ok()?;
        let holds =
            |watch: &&WatchFolder| std::path::absolute(&watch.path).is_ok_and(|folder| path.starts_with(folder));
        let inner = self.watches.iter().filter(holds).max_by_key(|watch| watch.path.as_os_str().len());
        inner.and_then(|watch| watch.laser.as_deref())
    }
}

/// Reads and judges the file at a path.
pub fn process_path(path: &Path, site: &Site<'_>) -> Processed {
    match intake::read_once(path, site.analysis.limits.bytes) {
        Ok((bytes, stat)) => {
            process_bytes(&bytes, path, stat, site.laser_of(path), &site.analysis, &Speakers::default())
        }
        Err(error) => Processed { content: None, outcome: Outcome::unread(&error) },
    }
}

/// Judges bytes that were read from a path.
pub(super) fn process_bytes(
    bytes: &[u8],
    path: &Path,
    stat: FileStat,
    laser: Option<&str>,
    settings: &AnalysisSettings,
    speakers: &Speakers,
) -> Processed {
    // Relative paths are made absolute, so that a laser's folder above the working folder counts too.
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let source = Source { path: &absolute, laser, modified: clock::local_of_ns(stat.mtime_ns), today: clock::today() };
    process_with(bytes, source, settings, speakers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_configured_folder_says_the_laser() {
        let watch =
            |path: &str, laser: &str| WatchFolder { laser: Some(laser.to_owned()), ..WatchFolder::named(path.into()) };
        let watches = [watch("/plant/out", "L1"), watch("/plant/out/north", "L7")];
        let site = Site { watches: &watches, ..Site::of(&Config::default()) };
        assert_eq!(site.laser_of(Path::new("/plant/out/north/a.xls")), Some("L7"));
        assert_eq!(site.laser_of(Path::new("/plant/out/northern/a.xls")), Some("L1"));
        assert_eq!(site.laser_of(Path::new("/plant/a.xls")), None);
    }
}
