//! The real program with hostile names in its history, in its folder and on its command line.
#![cfg(unix)]

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use trimwatch::history::{Ending, Entry, Store};
use trimwatch::intake::ignored_by_name;
use trimwatch::monitoring::Keep;

use crate::support::hostile::{file_names, is_harmless, short};
use crate::support::program::{program, state};
use crate::support::pty::Terminal;
use crate::support::{entry, keep, open, sample};
use crate::{dressed, wire};

/// In every name, so that it is found wherever one is told.
const SIGN: &str = "Zq7";

fn trimwatch(home: &Path) -> Command {
    let mut command = program(home);
    command.env("TRIMWATCH_STORE", home.join("store"));
    command
}

fn run<A: AsRef<OsStr>>(home: &Path, args: &[A]) -> Output {
    trimwatch(home).args(args).output().expect("the program")
}

/// What was printed, line by line; each line of either stream obeys nobody.
fn lines(output: &Output) -> Vec<String> {
    for stream in [&output.stdout, &output.stderr] {
        let text = std::str::from_utf8(stream).expect("UTF-8");
        if let Some(line) = text.lines().find(|line| !is_harmless(line)) {
            panic!("{line:?}");
        }
    }
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

fn objects(output: &Output) -> Vec<Value> {
    lines(output).iter().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
}

fn table(output: &Output) -> Vec<csv::StringRecord> {
    lines(output);
    csv::Reader::from_reader(output.stdout.as_slice()).records().map(|row| row.expect("a row")).collect()
}

/// One unit that says everything.
fn everything(texts: &[String]) -> Entry {
    let mut entry = entry("9203_34", "/in/everything.xls", b"everything", 1);
    let Ending::Run { run, .. } = &mut entry.ending else { panic!("a run") };
    "everything".clone_into(&mut run.identity.serial);
    run.warnings = texts.to_vec();
    (run.tracks[0].reasons, run.tracks[0].warnings) = (texts.to_vec(), texts.to_vec());
    entry
}

/// A history in which every other text is a run, an act, an outcome and an alarm. Texts beyond all measure are tested elsewhere.
fn lived(skipped: usize) -> (tempfile::TempDir, Vec<String>) {
    let home = tempfile::tempdir().expect("a folder");
    let texts: Vec<String> = short().into_iter().skip(skipped).step_by(2).collect();
    let store = open(&home.path().join("store"));
    let mut entries: Vec<Entry> = texts.iter().zip(0..).map(|(text, number)| dressed::kept(text, number)).collect();
    entries.push(everything(&texts));
    keep(&store, entries);
    let outcomes: Vec<_> = texts.iter().map(|text| dressed::outcome(text)).collect();
    store.take_outcomes(&outcomes).expect("taken");
    alarms(&store, &texts);
    (home, texts)
}

fn alarms(store: &Store, texts: &[String]) {
    let alarm = |(text, id): (&String, u64)| {
        let mut alarm = dressed::seen_alarm(text);
        alarm.id = id;
        Keep::Alarm(Box::new(alarm))
    };
    let alarms: Vec<Keep> = texts.iter().zip(1..).map(alarm).collect();
    store.keep_drift(&alarms, Vec::new(), 1).expect("kept");
}

#[test]
fn every_command_prints_a_line_a_run_and_nothing_a_terminal_obeys() {
    let (home, texts) = lived(0);
    let (home, count) = (home.path(), texts.len());
    assert_eq!(lines(&run(home, &["runs"])).len(), count + 2, "every run, and what they come to");
    let listed = objects(&run(home, &["runs", "--format", "json"]));
    let is_in = |text: &String| {
        let fields = ["path", "model", "serial", "section", "laser", "disposition"];
        let same = |line: &Value| fields.iter().filter(|field| line[**field] == text.as_str()).count();
        listed.iter().any(|line| same(line) >= 5)
    };
    assert!(texts.iter().all(is_in), "each reads back as it was written");
    assert_eq!(table(&run(home, &["runs", "--format", "csv"])).len(), count + 1);
    assert_eq!(table(&run(home, &["export", "tracks"])).len(), count + 1);
    assert_eq!(objects(&run(home, &["export", "runs", "--format", "jsonl"])).len(), count + 1);
    assert!(lines(&run(home, &["drift"])).len() > count / 2);
    assert_eq!(objects(&run(home, &["drift", "--format", "json"])).len(), 1);
    assert_eq!(lines(&run(home, &["alarms", "list", "--all"])).len(), count);
    assert_eq!(objects(&run(home, &["alarms", "list", "--all", "--format", "json"])).len(), count);
    assert_eq!(table(&run(home, &["alarms", "export"])).len(), count);
    assert!(lines(&run(home, &["outcomes", "list"])).len() > count / 2);
    for quiet in [&["models", "list"][..], &["history", "status"], &["doctor"], &["status", "--format", "json"]] {
        lines(&run(home, quiet));
    }
}

#[test]
fn one_run_and_its_report_say_every_text_in_lines_of_their_own() {
    let (home, texts) = lived(1);
    let shown = lines(&run(home.path(), &["show", "everything"]));
    assert_eq!(shown.iter().filter(|line| line.starts_with("  odd       ")).count(), texts.len());
    let report = lines(&run(home.path(), &["report", "everything"]));
    assert!(report.len() <= 60 && report[0].starts_with("TRIM REPORT  9203 everything"), "{report:#?}");
    assert_eq!(objects(&run(home.path(), &["show", "everything", "--format", "json"])).len(), 1);
    let acts = lines(&run(home.path(), &["journal", "show"]));
    let written = table(&run(home.path(), &["journal", "export"]));
    assert!(acts.len() == written.len() && acts.len() >= texts.len(), "{} acts", acts.len());
    let verified = lines(&run(home.path(), &["journal", "verify"]));
    assert_eq!(verified, [format!("{} lines, all as they were written", acts.len())]);
}

/// A drop folder of hostile names; every twentieth file is a workbook, each with the same content. What a scan passes over is
/// left out.
fn dropped(home: &Path) -> (PathBuf, Vec<OsString>) {
    let folder = home.join("LTS");
    fs::create_dir(&folder).expect("a folder");
    let mut names = Vec::new();
    for (at, mut name) in file_names().into_iter().enumerate() {
        name.push(format!(" {SIGN}_{at}_TA_Test Data_3-9-2026_9-10 AM.xls"));
        let path = folder.join(&name);
        if ignored_by_name(&path).is_some() {
            continue;
        }
        if is_workbook(at) {
            fs::copy(sample("9203_34"), &path).expect("copied");
        } else {
            fs::write(&path, format!("no workbook {at}")).expect("written");
        }
        names.push(name);
    }
    (folder, names)
}

fn is_workbook(at: usize) -> bool {
    at.is_multiple_of(20)
}

#[test]
fn files_with_hostile_names_are_judged_told_and_kept_one_by_one() {
    let home = tempfile::tempdir().expect("a folder");
    let (home, (folder, names)) = (home.path(), dropped(home.path()));
    let folder = folder.into_os_string();
    let analyze = |format: &str| run(home, &[OsStr::new("analyze"), &folder, "--format".as_ref(), format.as_ref()]);
    let said = lines(&analyze("text"));
    assert!(said.len() == names.len() && said.iter().all(|line| line.contains(SIGN)), "a line a file");
    let told = objects(&analyze("json"));
    assert_eq!(table(&analyze("csv")).len(), names.len());
    let mut files: Vec<&str> = told.iter().filter_map(|line| line["file"].as_str()).collect();
    let mut wanted: Vec<String> = names.iter().map(|name| name.to_string_lossy().into_owned()).collect();
    files.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(files, wanted, "each by its name");
    let ingested = run(home, &[OsStr::new("ingest"), &folder]);
    assert_eq!(ingested.status.code(), Some(1), "some are no workbooks");
    assert_eq!(lines(&ingested).len(), 1);
    let failed = String::from_utf8_lossy(&ingested.stderr).lines().filter(|line| line.contains(SIGN)).count();
    assert_eq!(failed, told.iter().filter(|line| line["status"] == "ERROR").count(), "a line a failed file");
    // Of files with the same content the first is told, the others are in the log.
    let judged = told.iter().filter(|line| line["status"] != "ERROR").count();
    headless(home, &folder, names.len() - judged + 1);
    the_log_names_nobody(home);
}

/// Waits for so many lines of a watch with a history of its own, and ends it.
fn headless(home: &Path, folder: &OsStr, count: usize) {
    let mut command = trimwatch(home);
    command.env("TRIMWATCH_STORE", home.join("watched")).args(["watch", "--headless"]).arg(folder);
    let mut watch = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program");
    let out = BufReader::new(watch.stdout.take().expect("its output")).lines();
    let told: Vec<String> = out.take(count).map(|line| line.expect("text")).collect();
    let ended = Command::new("kill").args(["-TERM", &watch.id().to_string()]).status().expect("kill");
    assert!(ended.success() && watch.wait().expect("ended").success());
    let mut said = String::new();
    watch.stderr.take().expect("its errors").read_to_string(&mut said).expect("text");
    assert!(said.lines().chain(told.iter().map(String::as_str)).all(is_harmless), "{said}");
    let named = |line: &String| serde_json::from_str::<Value>(line).expect("JSON")["file"].to_string().contains(SIGN);
    assert!(told.iter().all(named));
}

/// A line an event, and no name in any of them.
fn the_log_names_nobody(home: &Path) {
    let folder = state(home).join("trimwatch");
    let logs = fs::read_dir(&folder).expect("a state folder").map(|entry| entry.expect("an entry").path());
    let logs: Vec<PathBuf> = logs.filter(|path| path.to_string_lossy().contains("trimwatch.log")).collect();
    let text: String = logs.iter().map(|log| fs::read_to_string(log).expect("UTF-8")).collect();
    assert!(text.lines().count() >= 3, "{text}");
    for line in text.lines() {
        assert!(is_harmless(line) && !line.contains(SIGN) && line.starts_with("20"), "{line:?}");
    }
}

#[test]
fn an_error_is_one_line_on_standard_error_whatever_was_typed() {
    let home = tempfile::tempdir().expect("a folder");
    let typed = [
        "\u{1b}]0;owned\u{7}",
        "a\nPASS",
        "\u{9b}2J\u{202e}",
        "\u{feff}=cmd|' /C calc'!A0",
        "x\u{301}\u{301}\u{301}\u{301}",
    ];
    for text in typed {
        let long = format!("--{text}");
        let commands: [&[&str]; 8] = [
            &["show", text],
            &["analyze", text],
            &["runs", &format!("\"{text}")],
            &["runs", &format!("model:x status:{}", text.replace(char::is_whitespace, ""))],
            &["export", "runs", "--out", &format!("{text}/x.csv")],
            &["export", "pack", "--model", text, "--out", "pack.xlsx"],
            &[&long],
            &["--config", text, "drift", text],
        ];
        for args in commands {
            let output = trimwatch(home.path()).current_dir(home.path()).args(args).output().expect("the program");
            assert!(matches!(output.status.code(), Some(1 | 2)) && lines(&output).is_empty(), "{args:?}: {output:?}");
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(said.lines().count(), 1, "{args:?}: {said}");
        }
    }
}

#[test]
fn a_terminal_is_sent_places_colours_and_letters_and_nothing_of_the_names_it_shows() {
    let home = tempfile::tempdir().expect("a folder");
    let (_, names) = dropped(home.path());
    let mut terminal = Terminal::start(home.path(), (100, 30), &[]);
    terminal.sees("LIVE");
    terminal.until("all files", |text| text.contains("queue 0") && text.contains("unseen"));
    for (keys, shows) in
        [("6", "ENDED AS"), ("G", "▸"), ("/Zq7\r", "/Zq7"), ("5", "WHEN"), ("\t", "by day"), ("1", "SERIAL")]
    {
        terminal.press(keys);
        terminal.sees(shows);
    }
    terminal.press("q");
    assert_eq!(terminal.ended(), 0, "{} files", names.len());
    assert!(terminal.is_clean());
    let sent = String::from_utf8(terminal.raw.clone()).expect("UTF-8");
    let own = ["\u{1b}[?1049h", "\u{1b}[?25l", "\u{1b}[?25h", "\u{1b}[?1049l", "\u{1b}[2J", "\u{7}"];
    let drawn = own.iter().fold(sent, |sent, sequence| sent.replace(sequence, ""));
    assert_eq!(wire::disobedient(drawn.as_bytes()), None);
}
