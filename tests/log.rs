//! What the program writes down while it runs, as it lies in the state folder: events by number and content, no names.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first wrong thing"
)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Output;
use std::time::{Duration, Instant};

use support::program::{program, state};
use support::{files_of, sample};

fn log(home: &Path) -> String {
    fs::read_to_string(state(home).join("trimwatch/trimwatch.log")).unwrap_or_default()
}

/// The events of a kind: what stands behind time, level and process.
fn events(home: &Path, said: &str) -> Vec<String> {
    let log = log(home);
    let events = log.lines().map(|line| line.split_once("] ").unwrap_or_else(|| panic!("no event: {line}")).1);
    events.filter(|event| event.starts_with(said)).map(str::to_owned).collect()
}

/// Runs a command on the store of a home.
fn run(home: &Path, args: &[&str]) -> Output {
    program(home).args(args).arg("--store").arg(home.join("store")).output().expect("the program")
}

fn configure(home: &Path, text: &str) {
    let config = home.join(".config/trimwatch/config.toml");
    fs::create_dir_all(config.parent().expect("a folder")).expect("made");
    fs::write(config, text).expect("written");
}

/// The hash that is a file's name in the log.
fn hash(path: &Path) -> String {
    blake3::hash(&fs::read(path).expect("a file")).to_hex().to_string()
}

#[test]
fn files_that_fail_in_an_ingest_are_told_by_their_content_and_the_kind_of_trouble() {
    let home = tempfile::tempdir().expect("a folder");
    let plant = home.path().join("ACME Corp").join("Line 3");
    fs::create_dir_all(&plant).expect("made");
    let bad = plant.join("8340-1_SN77_TA status=PASS.xls");
    fs::write(&bad, "sheet SN77 of 8340-1: ACME\n").expect("written");
    fs::copy(sample("9203_34"), plant.join("9203_34_TA_Test Data_3-10-2026_9-58 AM.xls")).expect("copied");
    let output = run(home.path(), &["ingest", &plant.display().to_string()]);
    assert_eq!(output.status.code(), Some(1));
    let told = events(home.path(), "file failed");
    assert_eq!(told, [format!("file failed file={} kind=not-a-workbook", hash(&bad))]);
    assert_eq!(events(home.path(), "ingested"), ["ingested files=2 new=1 failed=1 missing=0"]);
    let log = log(home.path());
    for word in ["ACME", "8340", "SN77", "9203", "PASS", ".xls", "Line"] {
        assert!(!log.contains(word), "{word}: {log}");
    }
}

#[test]
fn every_hostile_file_that_fails_has_its_line_and_no_line_quotes_one() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = support::samples().join("hostile");
    let output = run(home.path(), &["ingest", &folder.display().to_string()]);
    let failed = String::from_utf8_lossy(&output.stderr).lines().count();
    let told = events(home.path(), "file failed");
    assert!(failed >= 10 && told.len() == failed, "{failed}: {told:?}");
    let hashes: Vec<String> = files_of("hostile").iter().map(|path| hash(path)).collect();
    for event in told {
        let words: Vec<&str> = event.split(' ').collect();
        let file = words[2].strip_prefix("file=").expect("a file");
        assert!(hashes.iter().any(|hash| hash == file), "{event}");
        let rest = words[3..].iter().all(|word| word.starts_with("kind=") || word.starts_with("cell="));
        assert!(rest && words[3].starts_with("kind="), "{event}");
    }
}

#[test]
fn backups_that_were_asked_for_are_told_with_what_they_took_and_how_many_are_kept() {
    let home = tempfile::tempdir().expect("a folder");
    configure(home.path(), "[backup]\nkeep = 2\n");
    run(home.path(), &["ingest", &sample("9203_34").display().to_string()]);
    for _ in 0..3 {
        assert!(run(home.path(), &["backup", "create"]).status.success());
    }
    let made = events(home.path(), "backup made");
    let kept: Vec<&str> =
        made.iter().filter_map(|event| event.split(' ').find(|word| word.starts_with("kept="))).collect();
    assert_eq!(kept, ["kept=1", "kept=2", "kept=2"]);
    for field in [" bytes=", " values=", " took_ms=", " copied=false"] {
        assert!(made[0].contains(field), "{field}: {}", made[0]);
    }
    let blocked = home.path().join("ACME Corp");
    fs::write(&blocked, "a file where the folder should be").expect("written");
    configure(home.path(), &format!("[backup]\ncopy_to = {:?}\n", blocked.display().to_string()));
    assert_eq!(run(home.path(), &["backup", "create"]).status.code(), Some(2));
    let failed = events(home.path(), "backup failed");
    assert!(failed.len() == 1 && failed[0].contains("why=\"<path> "), "{failed:?}");
    assert!(!log(home.path()).contains("ACME") && !log(home.path()).contains("Corp"), "{failed:?}");
}

#[test]
fn a_command_without_a_session_writes_nothing_and_neither_does_one_that_was_told_so() {
    let home = tempfile::tempdir().expect("a folder");
    let incoming = sample("9203_34").display().to_string();
    let quiet = program(home.path())
        .args(["ingest", &incoming, "--store"])
        .arg(home.path().join("store"))
        .env("TRIMWATCH_LOG", "off")
        .output();
    assert!(quiet.expect("the program").status.success());
    for args in [&["export", "runs"][..], &["runs"], &["show", "34"], &["history", "verify"], &["backup", "verify"]] {
        run(home.path(), args);
        assert!(!state(home.path()).exists(), "{args:?}");
    }
}

#[test]
fn a_state_folder_that_takes_nothing_costs_lines_and_nothing_else() {
    let home = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(state(home.path())).expect("made");
    fs::write(state(home.path()).join("trimwatch"), "a file where the folder should be").expect("written");
    let output = run(home.path(), &["ingest", &sample("9203_34").display().to_string()]);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}

#[cfg(unix)]
#[test]
fn a_watch_says_at_its_start_which_numbers_its_folders_have_and_tells_every_file_where_that_is_wanted() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    let home = tempfile::tempdir().expect("a folder");
    let (first, second) = (home.path().join("ACME Corp").join("LTS"), home.path().join("second"));
    for folder in [&first, &second] {
        fs::create_dir_all(folder).expect("made");
    }
    let gone = home.path().join("ACME Corp").join("not there");
    let quoted = |path: &Path| format!("{:?}", path.display().to_string());
    configure(
        home.path(),
        &format!(
            "[log]\nlevel = \"debug\"\n[[watch]]\npath = {}\nlaser = \"LTS3\"\nline = \"Line 3\"\n\
             [[watch]]\npath = {}\n[[watch]]\npath = {}\n",
            quoted(&first),
            quoted(&second),
            quoted(&gone)
        ),
    );
    let bad = second.join("8340-1_SN77_TA.xls");
    fs::write(&bad, "no workbook of 8340-1 SN77 at all").expect("written");
    fs::copy(sample("9203_34"), first.join("9203_34_TA_Test Data_3-10-2026_9-58 AM.xls")).expect("copied");
    // A history with a past is backed up as soon as it is open.
    for words in ["9101-1_201", "9102A_53"] {
        assert!(run(home.path(), &["ingest", &sample(words).display().to_string()]).status.success());
    }
    let mut watch = program(home.path());
    watch.args(["watch", "--headless", "--store"]).arg(home.path().join("store"));
    let mut watch = watch.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program");
    let lines = BufReader::new(watch.stdout.take().expect("its output")).lines();
    assert_eq!(lines.take(2).map_while(Result::ok).count(), 2, "both files ended");
    let patience = Instant::now() + Duration::from_secs(30);
    while events(home.path(), "backup made").is_empty() {
        assert!(Instant::now() < patience, "no backup: {}", log(home.path()));
        std::thread::yield_now();
    }
    assert!(Command::new("kill").args(["-TERM", &watch.id().to_string()]).status().expect("kill").success());
    assert_eq!(watch.wait().expect("ended").code(), Some(0));

    let begun = events(home.path(), "keeps the history");
    assert_eq!(begun, ["keeps the history folders=3"]);
    let watched = events(home.path(), "folder watched");
    let expected =
        ["folder watched folder=1 laser=LTS3 line=\"Line 3\"", "folder watched folder=2", "folder watched folder=3"];
    assert_eq!(watched, expected);
    let offline = events(home.path(), "folder offline");
    assert!(offline.len() == 1 && offline[0].starts_with("folder offline folder=3 why="), "{offline:?}");
    let backups = events(home.path(), "backup");
    assert!(backups.len() == 1 && backups[0].contains("kept=1 copied=false"), "it is made by itself: {backups:?}");
    let judged = events(home.path(), "run judged");
    let content = hash(&sample("9203_34"));
    assert!(judged[0].starts_with(&format!("run judged file={content} status=FAIL took_ms=")), "{judged:?}");
    assert_eq!(events(home.path(), "file failed"), [format!("file failed file={} kind=not-a-workbook", hash(&bad))]);
    assert_eq!(events(home.path(), "history closed").len(), 1, "the last line is on disk before the program ends");
    let log = log(home.path());
    for word in ["ACME", "Corp", "8340", "SN77", "9203", ".xls"] {
        assert!(!log.contains(word), "{word}: {log}");
    }
}
