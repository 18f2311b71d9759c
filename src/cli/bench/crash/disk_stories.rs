//! Recordings made by hand, and what a power loss may leave of them.

use std::collections::BTreeSet;
use std::path::Path;

use super::chance::Chance;
use super::content::Survives;
use super::disk::{Disk, Loss};
use super::names::{NamesLeft, NamesRule};
use super::step::steps;
use super::tree::Tree;

/// A marker written aside, synced and renamed; its folder is not synced.
const MARKER: &str = r#"9 openat(AT_FDCWD, "/h/new", O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC, 0666) = 5
9 write(5, "two", 3) = 3
9 fsync(5) = 0
9 close(5) = 0
9 rename("/h/new", "/h/marker") = 0"#;
/// The sync that was missing.
const FOLDER_SYNCED: &str = r#"9 openat(AT_FDCWD, "/h", O_RDONLY|O_CLOEXEC) = 5
9 fsync(5) = 0"#;

fn before() -> Tree {
    Tree([("marker".into(), Some(b"one".to_vec()))].into())
}

fn disk(rule: NamesRule, logs: &[&str]) -> Disk {
    let mut disk = Disk::new(Path::new("/h"), &before(), rule).expect("a folder");
    for step in steps(logs.join("\n").as_bytes()).expect("understood") {
        disk.take(&step).expect("simulated");
    }
    disk
}

/// Every folder that many losses leave, a file as `name=bytes`.
fn left(disk: &Disk, names: NamesLeft, files: Survives) -> BTreeSet<String> {
    let one = |seed| {
        let tree = disk.after(Loss { names, files }, &mut Chance::new(seed));
        let file = |(path, bytes): (&std::path::PathBuf, &Option<Vec<u8>>)| {
            let bytes = bytes.as_ref().map_or("/".into(), |bytes| String::from_utf8_lossy(bytes).replace('\0', "0"));
            format!("{}={bytes}", path.display())
        };
        tree.0.iter().map(file).collect::<Vec<_>>().join(" ")
    };
    (0..64).map(one).collect()
}

fn set(of: &[&str]) -> BTreeSet<String> {
    of.iter().map(|&one| one.to_owned()).collect()
}

#[test]
fn a_renamed_file_is_the_old_or_the_new_one_until_its_folder_is_synced() {
    for rule in [NamesRule::Journal, NamesRule::Posix] {
        let disk = disk(rule, &[MARKER]);
        assert_eq!(left(&disk, NamesLeft::Everything, Survives::Nothing), set(&["marker=two"]), "{rule:?}");
        let nothing = if rule == NamesRule::Journal { "marker=one new=two" } else { "marker=one" };
        assert_eq!(left(&disk, NamesLeft::Nothing, Survives::Everything), set(&[nothing]), "{rule:?}");
    }
    let some = left(&disk(NamesRule::Posix, &[MARKER]), NamesLeft::Some, Survives::Nothing);
    assert_eq!(some, set(&["marker=one", "marker=one new=two", "marker=two"]));
    for rule in [NamesRule::Journal, NamesRule::Posix] {
        let synced = disk(rule, &[MARKER, FOLDER_SYNCED]);
        assert!(synced.pending().is_empty(), "{rule:?}");
        assert_eq!(left(&synced, NamesLeft::Nothing, Survives::Nothing), set(&["marker=two"]), "{rule:?}");
    }
}

#[test]
fn a_file_in_a_new_folder_is_reached_only_when_both_names_are_on_disk() {
    let log = r#"9 mkdir("/h/db", 0777) = 0
9 openat(AT_FDCWD, "/h/db", O_RDONLY|O_DIRECTORY) = 4
9 openat(4, "log", O_RDWR|O_CREAT, 0666) = 6
9 write(6, "ab", 2) = 2
9 fsync(6) = 0"#;
    assert_eq!(left(&disk(NamesRule::Posix, &[log]), NamesLeft::Nothing, Survives::Nothing), set(&["marker=one"]));
    let journal = left(&disk(NamesRule::Journal, &[log]), NamesLeft::Nothing, Survives::Nothing);
    assert_eq!(journal, set(&["db=/ db/log=ab marker=one"]), "a journal is written in order");
}

#[test]
fn a_folder_that_moved_away_does_not_take_the_new_one_of_its_name_along() {
    let log = r#"9 mkdir("/h/bad", 0777) = 0
9 mkdir("/h/db", 0777) = 0
9 rename("/h/db", "/h/bad/db") = 0
9 mkdir("/h/db", 0777) = 0
9 openat(AT_FDCWD, "/h", O_RDONLY|O_CLOEXEC) = 5
9 fsync(5) = 0"#;
    let disk = disk(NamesRule::Posix, &[log]);
    assert_eq!(left(&disk, NamesLeft::Everything, Survives::Nothing), set(&["bad=/ bad/db=/ db=/ marker=one"]));
    assert_eq!(left(&disk, NamesLeft::Nothing, Survives::Nothing), set(&["bad=/ db=/ marker=one"]));
}

#[test]
fn a_write_after_the_sync_began_is_not_covered_by_it() {
    let log = r#"9 openat(AT_FDCWD, "/h/marker", O_RDWR) = 5
9 write(5, "on", 2) = 2
9 fsync(5 <unfinished ...>
8 pwrite64(5, "!!", 2, 3) = 2
9 <... fsync resumed>) = 0"#;
    let disk = disk(NamesRule::Posix, &[log]);
    assert_eq!(left(&disk, NamesLeft::Nothing, Survives::Nothing), set(&["marker=one"]));
    assert_eq!(left(&disk, NamesLeft::Nothing, Survives::Everything), set(&["marker=one!!"]));
    assert_eq!(left(&disk, NamesLeft::Nothing, Survives::Sizes), set(&["marker=one!!", "marker=one00"]));
}

#[test]
fn files_are_written_where_their_descriptors_stand() {
    let log = r#"9 openat(AT_FDCWD, "/h/marker", O_RDWR) = 5
9 fcntl(5, F_DUPFD_CLOEXEC, 3) = 7
9 read(0x5, 0x7ff0, 0x1) = 0x1
9 write(7, "N", 1) = 1
9 lseek(5, 0, SEEK_SET) = 0
9 write(5, "O", 1) = 1
9 openat(AT_FDCWD, "/h/copy", O_WRONLY|O_CREAT|O_APPEND, 0666) = 8
9 copy_file_range(5, NULL, 8, NULL, 1073741824, 0) = 2
9 fallocate(8, 0, 0, 4) = 0
9 openat(AT_FDCWD, "/elsewhere", O_WRONLY|O_CREAT, 0666) = 8
9 write(8, "x", 1) = 1
9 unlink("/h/none") = -1 ENOENT (No such file or directory)"#;
    let now = disk(NamesRule::Posix, &[log]);
    let everything = left(&now, NamesLeft::Everything, Survives::Everything);
    assert_eq!(everything, set(&["copy=Ne00 marker=ONe"]));
    let expected = [("copy", "Ne\0\0"), ("marker", "ONe")].map(|(name, text)| (name.into(), Some(text.into())));
    assert_eq!(now.now().differences(&Tree(expected.into())), Vec::<std::path::PathBuf>::new());
}
