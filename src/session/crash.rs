//! Crash reports: what an uncaught panic leaves in the state folder, for whoever is to find its cause.
//!
//! A report holds nothing of a customer: no path, no argument but the command's name, no quoted word of the message.

use std::backtrace::Backtrace;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::thread;

use tracing::error;

use crate::config::state_folder;
pub use crate::engine::quiet::is_expected;
use crate::engine::{clock, quiet};
use crate::export::nameless;

/// Most reports that are kept.
const KEPT: usize = 10;

static COMMAND: OnceLock<String> = OnceLock::new();

/// Says which command runs, without its arguments. The first word counts.
pub fn runs(command: &str) {
    // A second command in one process is started by the first.
    let _ = COMMAND.set(command.to_owned());
}

/// Writes a report of an uncaught panic: one line on where it lies, or on why there is none; nothing without a home.
pub fn report(panicked: &PanicHookInfo<'_>) -> Option<String> {
    let thread = thread::current();
    error!(thread = thread.name().unwrap_or("unnamed"), place = panicked.location().map(quiet::place), "panicked");
    let folder = state_folder()?;
    Some(match keep(&folder, &stamp(), &text(panicked)) {
        Ok(path) => format!("a crash report is in {}", path.display()),
        Err(error) => format!("no crash report: {}: {error}", folder.display()),
    })
}

/// The reports in a folder, the oldest first.
pub fn reports_in(folder: &Path) -> Vec<PathBuf> {
    let named = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("crash-") && name.ends_with(".txt")
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut reports: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(named).collect();
    reports.sort();
    reports
}

/// The moment as it stands in a report's name, UTC.
fn stamp() -> String {
    let moment = clock::utc_now();
    moment.chars().filter(|c| !matches!(c, '-' | ':')).collect()
}

fn text(panicked: &PanicHookInfo<'_>) -> String {
    let place = panicked.location().map_or_else(|| "unknown".to_owned(), ToString::to_string);
    let thread = thread::current();
    let build = concat!(
        env!("CARGO_PKG_VERSION"),
        " (",
        env!("TRIMWATCH_BUILD_COMMIT"),
        ", ",
        env!("TRIMWATCH_BUILD_TARGET"),
        ")"
    );
    format!(
        "trimwatch {build}\nsystem   {} {}\ntime     {}\ncommand  {}\nthread   {}\nmessage  {}\nplace    {place}\n\n{}\n",
        std::env::consts::OS,
        std::env::consts::ARCH,
        clock::utc_now(),
        COMMAND.get().map_or("unknown", String::as_str),
        thread.name().unwrap_or("unnamed"),
        nameless(panicked.payload_as_str().unwrap_or("none")),
        Backtrace::force_capture(),
    )
}

/// Writes a report, its owner's alone, and drops the oldest beyond what is kept.
fn keep(folder: &Path, stamp: &str, text: &str) -> io::Result<PathBuf> {
    let mut made = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut made, 0o700);
    made.recursive(true).create(folder)?;
    let path = write_anew(folder, stamp, text)?;
    let reports = reports_in(folder);
    for old in reports.iter().take(reports.len().saturating_sub(KEPT)) {
        // One that cannot be removed is too many, and no more.
        let _ = fs::remove_file(old);
    }
    Ok(path)
}

/// Several threads may end in one second: each report gets a name of its own.
fn write_anew(folder: &Path, stamp: &str, text: &str) -> io::Result<PathBuf> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut taken = io::Error::from(io::ErrorKind::AlreadyExists);
    for number in 1..=KEPT {
        let path = folder.join(format!("crash-{stamp}-{}-{number:02}.txt", std::process::id()));
        match options.open(&path) {
            Ok(mut file) => return file.write_all(text.as_bytes()).map(|()| path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => taken = error,
            Err(error) => return Err(error),
        }
    }
    Err(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_reports_are_kept_the_newest_and_only_their_owner_reads_them() {
        let root = tempfile::tempdir().expect("a folder");
        let folder = root.path().join("state");
        for day in 1..=12 {
            let path = keep(&folder, &format!("202601{day:02}T000000Z"), "text").expect("kept");
            assert_eq!(fs::read_to_string(&path).expect("a report"), "text");
        }
        let another = keep(&folder, "20260112T000000Z", "another of that second").expect("kept");
        let reports = reports_in(&folder);
        assert_eq!((reports.len(), reports.last()), (10, Some(&another)));
        assert!(reports.first().is_some_and(|oldest| oldest.to_string_lossy().contains("crash-20260104")));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(another.metadata().expect("there").permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_an_error_and_no_second_panic() {
        let root = tempfile::tempdir().expect("a folder");
        let file = root.path().join("file");
        fs::write(&file, "").expect("written");
        assert!(keep(&file, "20260101T000000Z", "text").is_err());
    }
}
