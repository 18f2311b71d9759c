//! A folder and what comes out of it: complete files, once each, whatever way they came in.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use trimwatch::intake::{FileStat, Intake, IntakeEvent, Known, Lanes, Options, WatchedFolder, lanes};

/// Longer than any of these takes; waiting ends with the event.
const PATIENCE: Duration = Duration::from_secs(20);

struct Watched {
    folder: tempfile::TempDir,
    events: Lanes,
    intake: Intake,
}

impl Watched {
    fn start(folder: tempfile::TempDir, options: Options) -> Self {
        Self::knowing(folder, options, |_, _| Known::New)
    }

    fn knowing(
        folder: tempfile::TempDir,
        options: Options,
        known: impl Fn(&Path, &FileStat) -> Known + Send + Sync + 'static,
    ) -> Self {
        let (found, events) = lanes(64);
        let watched = WatchedFolder { path: folder.path().to_path_buf(), recursive: true };
        let intake = Intake::start(vec![watched], options, known, found).expect("an intake");
        Self { folder, events, intake }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The next file that is handed over.
    fn next(&self) -> String {
        let end = Instant::now() + PATIENCE;
        while let Some(event) = self.events.recv_deadline(end) {
            if let IntakeEvent::File(candidate) = event {
                return name(&candidate.path);
            }
        }
        panic!("no file came");
    }

    /// Files that come until the whole folder was looked through so many times.
    fn until_scanned(&self, times: usize) -> Vec<String> {
        let (mut files, end) = (Vec::new(), Instant::now() + PATIENCE);
        for _ in 0..times {
            self.intake.rescan();
            let mut scanned = false;
            while !scanned || !self.events.is_empty() {
                assert!(Instant::now() < end, "no scan");
                match self.events.recv_deadline(Instant::now() + Duration::from_millis(2)) {
                    Some(IntakeEvent::File(candidate)) => files.push(name(&candidate.path)),
                    Some(IntakeEvent::Scanned) => scanned = true,
                    _ => {}
                }
            }
        }
        files
    }
}

fn name(path: &Path) -> String {
    path.file_name().expect("a name").to_string_lossy().into_owned()
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn quick() -> Options {
    Options { rescan: Duration::from_millis(50), settle: Duration::from_millis(100), ..Options::default() }
}

fn polling() -> Options {
    Options { poll_only: true, ..quick() }
}

#[test]
fn files_that_are_there_at_the_start_are_found_in_sub_folders_too() {
    let folder = folder();
    fs::create_dir_all(folder.path().join("LTS/2026")).expect("a folder");
    for name in ["a.xls", "LTS/b.xls", "LTS/2026/c.xlsx", "LTS/notes.txt", "~$a.xls", "LTS/d.xls.tmp"] {
        fs::write(folder.path().join(name), name).expect("written");
    }
    let watched = Watched::start(folder, quick());
    let mut found = vec![watched.next(), watched.next(), watched.next()];
    found.sort();
    assert_eq!(found, ["a.xls", "b.xls", "c.xlsx"]);
}

#[test]
fn a_closed_file_and_one_that_was_renamed_in_are_handed_over_once() {
    let watched = Watched::start(folder(), quick());
    watched.until_scanned(1);
    fs::write(watched.path("written.xls"), b"one").expect("written");
    assert_eq!(watched.next(), "written.xls");
    fs::write(watched.path("moving.tmp"), b"two").expect("written");
    fs::rename(watched.path("moving.tmp"), watched.path("moved.xls")).expect("renamed");
    assert_eq!(watched.next(), "moved.xls");
    assert_eq!(watched.until_scanned(4), Vec::<String>::new(), "and not again");
}

#[test]
fn without_events_a_file_is_found_by_looking() {
    let watched = Watched::start(folder(), polling());
    fs::write(watched.path("polled.xls"), b"one").expect("written");
    assert_eq!(watched.next(), "polled.xls");
}

#[test]
fn a_file_that_is_known_is_not_handed_over() {
    let folder = folder();
    for name in ["known.xls", "new.xls"] {
        fs::write(folder.path().join(name), name).expect("written");
    }
    let watched =
        Watched::knowing(folder, quick(), |path, _| if name(path) == "known.xls" { Known::Dealt } else { Known::New });
    assert_eq!(watched.next(), "new.xls");
    assert_eq!(watched.until_scanned(3), Vec::<String>::new());
}

#[test]
fn a_file_that_was_changed_is_handed_over_again() {
    let watched = Watched::start(folder(), quick());
    let path = watched.path("run.xls");
    fs::write(&path, b"first").expect("written");
    assert_eq!(watched.next(), "run.xls");
    let mut file = File::options().append(true).open(&path).expect("opened");
    file.write_all(b" and more").expect("written");
    drop(file);
    assert_eq!(watched.next(), "run.xls");
}

#[test]
fn a_folder_that_is_gone_is_offline_and_caught_up_when_it_is_back() {
    let outer = folder();
    let inner = outer.path().join("share");
    let (found, events) = lanes(64);
    let watched = WatchedFolder { path: inner.clone(), recursive: true };
    let intake = Intake::start(vec![watched], quick(), |_: &Path, _: &FileStat| Known::New, found).expect("an intake");
    let wait = |wanted: fn(&IntakeEvent) -> bool| {
        let end = Instant::now() + PATIENCE;
        loop {
            let event = events.recv_deadline(end).expect("an event");
            if wanted(&event) {
                return event;
            }
        }
    };
    wait(|event| matches!(event, IntakeEvent::FolderOffline { .. }));
    fs::create_dir(&inner).expect("back");
    fs::write(inner.join("late.xls"), b"one").expect("written");
    wait(|event| matches!(event, IntakeEvent::FolderOnline { .. }));
    let file = wait(|event| matches!(event, IntakeEvent::File(_)));
    assert!(matches!(file, IntakeEvent::File(candidate) if name(&candidate.path) == "late.xls"));
    intake.stop();
}

#[test]
fn a_file_that_is_asked_for_again_comes_again() {
    let watched = Watched::start(folder(), quick());
    fs::write(watched.path("run.xls"), b"one").expect("written");
    assert_eq!(watched.next(), "run.xls");
    watched.intake.retry(watched.path("run.xls"), Duration::from_millis(10));
    assert_eq!(watched.next(), "run.xls");
}

#[cfg(unix)]
#[test]
fn a_loop_of_links_ends_and_a_name_that_is_no_text_is_a_name() {
    use std::os::unix::ffi::OsStrExt;
    let folder = folder();
    std::os::unix::fs::symlink(folder.path(), folder.path().join("again")).expect("a link");
    let odd = std::ffi::OsStr::from_bytes(b"caf\xe9.xls");
    fs::write(folder.path().join(odd), b"one").expect("written");
    let watched = Watched::start(folder, quick());
    assert_eq!(watched.next(), "caf\u{FFFD}.xls");
    assert_eq!(watched.until_scanned(2), Vec::<String>::new());
}
