//! What once went wrong between a folder and its files, each under the name of what went wrong.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use trimwatch::intake::{Candidate, FileStat, Found, Intake, IntakeEvent, Known, Lanes, Options, WatchedFolder, lanes};

/// Longer than any of these takes; waiting ends with the event.
const PATIENCE: Duration = Duration::from_secs(20);

struct Watched {
    outer: tempfile::TempDir,
    events: Lanes,
    intake: Intake,
}

impl Watched {
    /// Watches these folders of a new one; what is to lie in it at the start is put there first.
    fn start(names: &[&str], options: Options, before: impl FnOnce(&Path)) -> Self {
        Self::knowing(names, options, before, |_, _| Known::New)
    }

    fn knowing(
        names: &[&str],
        options: Options,
        before: impl FnOnce(&Path),
        known: impl Fn(&Path, &FileStat) -> Known + Send + 'static,
    ) -> Self {
        let outer = tempfile::tempdir().expect("a folder");
        before(outer.path());
        let folders = names.iter().map(|name| WatchedFolder { path: outer.path().join(name), recursive: true });
        let (found, events) = lanes(64);
        let intake = Intake::start(folders.collect(), options, known, found).expect("an intake");
        Self { outer, events, intake }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.outer.path().join(name)
    }

    fn wait<T>(&self, wanted: impl Fn(IntakeEvent) -> Option<T>) -> T {
        let end = Instant::now() + PATIENCE;
        loop {
            let event = self.events.recv_deadline(end).expect("an event");
            if let Some(it) = wanted(event) {
                return it;
            }
        }
    }

    fn next(&self) -> Candidate {
        self.wait(|event| match event {
            IntakeEvent::File(candidate) => Some(candidate),
            _ => None,
        })
    }

    fn next_below(&self) -> PathBuf {
        self.next().path.strip_prefix(self.outer.path()).expect("a path below").to_path_buf()
    }

    /// Files that come until the folders were looked through once more.
    fn until_scanned(&self) -> Vec<Candidate> {
        self.intake.rescan();
        let (mut files, mut scanned, end) = (Vec::new(), false, Instant::now() + PATIENCE);
        while !scanned || !self.events.is_empty() {
            assert!(Instant::now() < end, "no scan");
            match self.events.recv_deadline(Instant::now() + Duration::from_millis(2)) {
                Some(IntakeEvent::File(candidate)) => files.push(candidate),
                Some(IntakeEvent::Scanned) => scanned = true,
                _ => {}
            }
        }
        files
    }

    fn until_online(&self) {
        self.wait(|event| matches!(event, IntakeEvent::FolderOnline { .. }).then_some(()));
    }
}

fn folder(path: PathBuf) {
    fs::create_dir_all(path).expect("a folder");
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).expect("written");
}

fn quick() -> Options {
    Options { rescan: Duration::from_millis(50), settle: Duration::from_millis(100), ..Options::default() }
}

/// Scans only where something asks for one.
fn by_events() -> Options {
    Options { rescan: Duration::from_hours(1), ..quick() }
}

/// Other bytes of one length, with the time set back to what it was.
fn rewrite_with_its_time_set_back(path: &Path) {
    let time = fs::metadata(path).and_then(|meta| meta.modified()).expect("a time");
    let mut file = File::options().write(true).open(path).expect("opened");
    file.write_all(b"two").expect("written");
    file.set_modified(time).expect("dated");
}

#[test]
fn a_file_rewritten_with_its_time_set_back_is_read_again() {
    let watched = Watched::start(&[""], by_events(), |_| {});
    watched.until_scanned();
    let path = watched.path("run.xls");
    write(&path, "one");
    assert!(!watched.next().again);
    rewrite_with_its_time_set_back(&path);
    assert!(watched.next().again, "its content decides");
}

#[cfg(unix)]
#[test]
fn a_file_rewritten_with_its_time_set_back_is_found_without_events() {
    let watched = Watched::start(&[""], Options { poll_only: true, ..quick() }, |_| {});
    let path = watched.path("run.xls");
    write(&path, "one");
    watched.next();
    rewrite_with_its_time_set_back(&path);
    assert!(watched.next().again, "the time of change is nobody's to set");
}

#[cfg(unix)]
#[test]
fn a_file_that_was_given_other_rights_is_read_again() {
    use std::os::unix::fs::PermissionsExt;
    let watched = Watched::start(&[""], quick(), |_| {});
    let path = watched.path("run.xls");
    write(&path, "one");
    watched.next();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("allowed");
    assert!(watched.next().again);
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_made_anew_at_once_is_heard_again() {
    let watched = Watched::start(&["drop"], Options { rescan: Duration::from_millis(300), ..quick() }, |outer| {
        folder(outer.join("drop"));
    });
    watched.until_online();
    fs::remove_dir(watched.path("drop")).expect("removed");
    // On most file systems the new folder gets the inode of the old one.
    folder(watched.path("drop"));
    watched.until_online();
    watched.until_scanned();
    write(&watched.path("drop/run.xls"), "one");
    assert_eq!(watched.next().found, Found::Closed);
}

#[test]
fn new_files_do_not_wait_behind_those_that_were_there() {
    const THERE: usize = 300;
    let watched = Watched::start(&[""], by_events(), |outer| {
        (0..THERE).for_each(|n| write(&outer.join(format!("{n}.xls")), "one"));
        std::thread::sleep(Duration::from_millis(120));
    });
    let all = |more: usize| {
        let end = Instant::now() + PATIENCE;
        // That the folder is there is told as well.
        while watched.events.len() < THERE + 1 + more && Instant::now() < end {
            std::thread::yield_now();
        }
    };
    all(0);
    write(&watched.path("new.xls"), "two");
    all(1);
    assert_eq!(watched.next_below(), Path::new("new.xls"));
    assert_eq!(watched.next().found, Found::AtStart);
}

#[test]
fn while_the_history_opens_only_proven_files_go_out_and_the_rest_after_it() {
    let open = Arc::new(AtomicBool::new(false));
    let is_open = Arc::clone(&open);
    let known = move |path: &Path, _: &FileStat| match is_open.load(Ordering::Acquire) {
        false => Known::NotYet,
        true if path.ends_with("dealt.xls") => Known::Dealt,
        true => Known::New,
    };
    let put = |outer: &Path| {
        for name in ["dealt.xls", "new.xls"] {
            write(&outer.join(name), "one");
        }
        std::thread::sleep(Duration::from_millis(120));
    };
    let watched = Watched::knowing(&[""], by_events(), put, known);
    assert_eq!(watched.until_scanned(), Vec::new());
    write(&watched.path("closed.xls"), "two");
    assert_eq!(watched.next_below(), Path::new("closed.xls"));
    watched.intake.retry(watched.path("dealt.xls"), Duration::ZERO);
    assert_eq!(watched.next_below(), Path::new("dealt.xls"), "it was asked for");
    open.store(true, Ordering::Release);
    let rest = watched.until_scanned();
    let rest: Vec<(&Path, Found)> = rest.iter().map(|file| (file.path.as_path(), file.found)).collect();
    assert_eq!(rest, [(watched.path("new.xls").as_path(), Found::AtStart)]);
}

#[test]
fn a_file_asked_for_while_its_folder_is_away_comes_when_that_is_back() {
    let watched = Watched::start(&["drop"], quick(), |outer| folder(outer.join("drop")));
    write(&watched.path("drop/run.xls"), "one");
    watched.next();
    fs::rename(watched.path("drop"), watched.path("away")).expect("renamed");
    watched.wait(|event| matches!(event, IntakeEvent::FolderOffline { .. }).then_some(()));
    watched.intake.retry(watched.path("drop/run.xls"), Duration::ZERO);
    watched.until_scanned();
    fs::rename(watched.path("away"), watched.path("drop")).expect("renamed");
    let file = watched.wait(|event| match event {
        IntakeEvent::File(candidate) => Some(candidate),
        IntakeEvent::FileGone { .. } => panic!("it is not gone, its folder was"),
        _ => None,
    });
    assert_eq!(file.found, Found::Retried);
}

#[test]
fn files_are_not_new_when_their_folder_is_back() {
    let watched = Watched::start(&["drop"], quick(), |outer| folder(outer.join("drop")));
    write(&watched.path("drop/run.xls"), "one");
    watched.next();
    fs::rename(watched.path("drop"), watched.path("away")).expect("renamed");
    watched.wait(|event| matches!(event, IntakeEvent::FolderOffline { .. }).then_some(()));
    fs::rename(watched.path("away"), watched.path("drop")).expect("renamed");
    watched.until_online();
    assert_eq!(watched.until_scanned(), Vec::new());
}

#[test]
fn of_nested_folders_the_inner_one_gets_the_file_and_only_it() {
    let watched = Watched::start(&["", "inner"], by_events(), |outer| folder(outer.join("inner")));
    watched.until_scanned();
    write(&watched.path("inner/run.xls"), "one");
    assert_eq!(watched.next().folder, 1);
    assert_eq!(watched.until_scanned(), Vec::new());
}

#[cfg(unix)]
#[test]
fn a_file_named_by_way_of_a_link_is_the_file_the_scan_finds() {
    let put = |outer: &Path| {
        folder(outer.join("2026"));
        for link in ["1 current", "z current"] {
            std::os::unix::fs::symlink(outer.join("2026"), outer.join(link)).expect("a link");
        }
    };
    let watched = Watched::start(&[""], by_events(), put);
    watched.until_scanned();
    write(&watched.path("z current/run.xls"), "one");
    assert_eq!(watched.next_below(), Path::new("2026/run.xls"));
    assert_eq!(watched.until_scanned(), Vec::new());
}

#[test]
fn a_folder_too_deep_to_look_into_is_reported() {
    let deep = |outer: &Path| (0..40).fold(outer.to_path_buf(), |path, _| path.join("d"));
    let watched = Watched::start(&[""], quick(), |outer| folder(deep(outer)));
    let cause = watched.wait(|event| match event {
        IntakeEvent::UnreadableFolder { cause, .. } => Some(cause),
        _ => None,
    });
    assert!(cause.contains("deeper than 32"), "{cause}");
}

#[test]
fn half_a_file_in_a_hidden_folder_is_none() {
    let watched = Watched::start(&[""], by_events(), |outer| folder(outer.join(".rsync-partial")));
    watched.until_scanned();
    write(&watched.path(".rsync-partial/run.xls"), "half");
    write(&watched.path("whole.xls"), "one");
    assert_eq!(watched.next_below(), Path::new("whole.xls"));
    assert_eq!(watched.until_scanned(), Vec::new());
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_is_only_linked_in_needs_no_scan() {
    let watched = Watched::start(&[""], by_events(), |_| {});
    watched.until_scanned();
    write(&watched.path("copy.tmp"), "one");
    fs::hard_link(watched.path("copy.tmp"), watched.path("run.xls")).expect("linked");
    fs::remove_file(watched.path("copy.tmp")).expect("removed");
    assert_eq!(watched.next().found, Found::Settled);
}

#[test]
fn an_intake_that_is_held_back_by_full_lanes_still_stops() {
    let watched = Watched::start(&[""], by_events(), |outer| {
        (0..300).for_each(|n| write(&outer.join(format!("{n}.xls")), "one"));
    });
    watched.until_online();
    for n in 0..200 {
        write(&watched.path(&format!("new {n}.xls")), "two");
    }
    watched.intake.stop();
}
