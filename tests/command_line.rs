//! The program as a shell sees it: output, exit codes, one sentence when something is wrong.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]

mod support;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use support::program::program as trimwatch;
use support::{files_of, sample, samples};

fn run(home: &Path, args: &[&str]) -> Output {
    trimwatch(home).args(args).output().expect("the program")
}

fn home() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

#[test]
fn analyze_prints_one_json_object_a_file_with_every_judged_figure() {
    let home = home();
    let output = run(home.path(), &["analyze", "--format", "json", &text(&samples().join("incoming"))]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let lines: Vec<Value> = out(&output).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), files_of("incoming").len());
    let line = lines.iter().find(|line| line["serial"] == "53").expect("9102A 53");
    for field in ["file", "system", "model", "section", "disposition", "time", "laser", "status", "skipped", "error"] {
        assert!(line.get(field).is_some(), "{field}");
    }
    let track = line["tracks"].get(1).expect("two tracks");
    for field in [
        "status",
        "reason",
        "warnings",
        "threshold",
        "threshold_source",
        "r",
        "margin_at",
        "worst_zone",
        "needs_only_gain",
        "risk",
        "risk_method",
        "risk_version",
        "incoming_risk",
        "incoming_risk_version",
        "threshold_version",
        "sigma",
        "fail",
        "graded",
        "offset",
        "r_before",
        "improvement_pct",
    ] {
        assert!(track.get(field).is_some(), "{field}: {track}");
    }
    assert_eq!((line["status"].as_str(), track["fail"].as_u64()), (Some("FAIL"), Some(44)));
    assert!(!home.path().join(".local").exists(), "nothing is stored");
}

#[test]
fn analyze_keeps_the_order_it_was_given_and_counts_failures_in_its_exit_code() {
    let home = home();
    let bad = home.path().join("bad.xls");
    fs::write(&bad, "<html>no workbook</html>").expect("written");
    let (first, last) = (text(&sample("9203_34")), text(&sample("9101-1_201")));
    let output = run(home.path(), &["analyze", &first, &text(&bad), &last]);
    assert_eq!(output.status.code(), Some(1));
    let printed = out(&output);
    let lines: Vec<&str> = printed.lines().collect();
    assert!(
        lines.first().is_some_and(|line| line.starts_with("9203 34 TA  FAIL  22 of 99 points outside")),
        "{printed}"
    );
    assert!(lines.get(1).is_some_and(|line| line.contains("bad.xls  ERROR  this is an HTML page")), "{printed}");
    assert!(lines.get(2).is_some_and(|line| line.starts_with("9101-1 201 TA  PASS")), "{printed}");
}

#[test]
fn csv_has_a_row_a_track_and_one_head() {
    let home = home();
    let output = run(home.path(), &["analyze", "--format", "csv", &text(&sample("9102A_51"))]);
    let mut table = csv::Reader::from_reader(output.stdout.as_slice());
    let rows: Vec<csv::StringRecord> = table.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), 2);
}

#[test]
fn ingest_keeps_what_can_be_read_and_show_tells_it() {
    let home = home();
    let store = text(&home.path().join("store"));
    let folder = text(&samples().join("incoming"));
    let output = run(home.path(), &["ingest", &folder, "--store", &store]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let files = files_of("incoming").len();
    let counts = format!("{files} files: {} new runs, 1 saved again, 1 skipped", files - 2);
    assert_eq!(out(&output).trim(), counts);
    let again = run(home.path(), &["ingest", &folder, "--store", &store]);
    assert!(out(&again).contains(&format!("{files} known and unchanged")), "{}", out(&again));
    let hostile = run(home.path(), &["ingest", &text(&samples().join("hostile")), "--store", &store]);
    assert_eq!(hostile.status.code(), Some(1), "some files failed");
    let shown = run(home.path(), &["show", "216", "--store", &store]);
    let printed = out(&shown);
    assert_eq!(printed.lines().count(), 3, "{printed}");
    let name: String = printed.chars().take(12).collect();
    let one = run(home.path(), &["show", &name, "--store", &store]);
    assert!(out(&one).contains("settings laser power 62, pulse 200 ns"), "{}", out(&one));
    let json = run(home.path(), &["show", "9101-1/216", "--format", "json", "--store", &store]);
    assert_eq!(out(&json).lines().filter(|line| serde_json::from_str::<Value>(line).is_ok()).count(), 3);
    let nothing = run(home.path(), &["show", "no such", "--store", &store]);
    assert_eq!(nothing.status.code(), Some(2));
}

#[test]
fn a_file_named_from_where_one_stands_is_the_file_of_its_whole_path() {
    let home = home();
    let from = sample("9101-1_203");
    fs::create_dir(home.path().join("LTS")).expect("a folder");
    fs::copy(&from, home.path().join("LTS").join(from.file_name().expect("a name"))).expect("copied");
    let here = trimwatch(home.path()).current_dir(home.path()).args(["ingest", "LTS", "--store", "s"]).output();
    assert!(out(&here.expect("the program")).contains("1 new runs"));
    let (folder, store) = (text(&home.path().join("LTS")), text(&home.path().join("s")));
    let whole = run(home.path(), &["ingest", &folder, "--store", &store]);
    assert!(out(&whole).contains("1 known and unchanged"), "{}", out(&whole));
}

#[test]
fn runs_are_listed_by_filter_with_both_yields_and_one_is_excluded_and_let_in_again() {
    let home = home();
    let store = text(&home.path().join("store"));
    let folder = text(&samples().join("incoming"));
    run(home.path(), &["ingest", &folder, "--store", &store]);
    let listed = |args: &[&str]| {
        let output = run(home.path(), &[&["runs", "--store", &store], args].concat());
        assert_eq!(output.status.code(), Some(0), "{}", err(&output));
        out(&output)
    };
    let printed = listed(&["--sort", "margin", "model:9203 -sn:31"]);
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(lines.len(), 5, "{printed}");
    assert!(lines.first().is_some_and(|line| line.contains("9203 35 TA  FAIL")), "worst margin first: {printed}");
    assert_eq!(lines.last(), Some(&"4 of 52 runs  run yield 50 % (n 4)  unit yield 50 % (n 4)"));
    assert_eq!(listed(&["fail", "--limit", "2"]).lines().count(), 3);
    let json = listed(&["sn:216", "--format", "json"]);
    assert_eq!(json.lines().filter(|line| serde_json::from_str::<Value>(line).is_ok()).count(), 3);
    assert_eq!(listed(&["sn:216", "--format", "csv"]).lines().count(), 4);
    let bad = run(home.path(), &["runs", "status:fial", "--store", &store]);
    assert_eq!(bad.status.code(), Some(2));
    assert!(err(&bad).contains("`status:fial`: pass, warning, fail, ungraded"), "{}", err(&bad));
    let name: String = printed.chars().take(12).collect();
    let said = |args: &[&str]| out(&run(home.path(), &[&["exclude", "--store", &store], args].concat()));
    assert!(said(&[&name, "--reason", "probe", "--by", "AB"]).contains("9203 35 does not count any more"));
    assert!(said(&[&name, "--reason", "probe"]).contains("is excluded already"));
    let excluded = listed(&["model:9203", "--", "-sn:31"]);
    assert!(excluded.contains("excluded by AB: probe"), "{excluded}");
    assert!(excluded.contains("run yield 67 % (n 3)  unit yield 67 % (n 3)  1 excluded"), "{excluded}");
    assert!(said(&[&name, "--reason", "fine", "--undo"]).contains("counts again"));
    assert_eq!(listed(&["--sort", "margin", "model:9203 -sn:31"]), printed);
    let several = run(home.path(), &["exclude", "216", "--reason", "x", "--store", &store]);
    assert_eq!(several.status.code(), Some(2));
    assert!(err(&several).contains("`216` means 3 runs"), "{}", err(&several));
}

#[test]
fn without_a_terminal_watch_names_the_way_that_needs_none() {
    let home = home();
    let output = run(home.path(), &["watch", &text(home.path())]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("trimwatch watch --headless"), "{}", err(&output));
    let nothing = run(home.path(), &[]);
    assert_eq!(nothing.status.code(), Some(2));
    assert!(err(&nothing).contains("no folder to watch"), "{}", err(&nothing));
}

#[test]
fn headless_watch_prints_a_line_a_run_holds_its_store_and_ends_when_asked() {
    let home = home();
    let (incoming, store) = (home.path().join("LTS"), text(&home.path().join("store")));
    fs::create_dir(&incoming).expect("a folder");
    fs::copy(sample("9203_34"), incoming.join("9203_34_TA_Test Data_3-10-2026_9-58 AM.xls")).expect("copied");
    let mut watch = trimwatch(home.path());
    watch.args(["watch", "--headless", &text(&incoming), "--store", &store]);
    let mut watch = watch.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program");
    let mut lines = BufReader::new(watch.stdout.take().expect("its output")).lines();
    let line: Value = serde_json::from_str(&lines.next().expect("a line").expect("text")).expect("JSON");
    assert_eq!((line["serial"].as_str(), line["status"].as_str()), (Some("34"), Some("FAIL")));
    let second = run(home.path(), &["ingest", &text(&incoming), "--store", &store]);
    assert_eq!(second.status.code(), Some(3));
    assert!(err(&second).contains(&format!("process {}", watch.id())), "{}", err(&second));
    for held in [&["runs"][..], &["exclude", "34", "--reason", "x"]] {
        assert_eq!(run(home.path(), &[held, &["--store", &store]].concat()).status.code(), Some(3), "{held:?}");
    }
    let third = run(home.path(), &["watch", "--headless", &text(&incoming), "--store", &store]);
    assert_eq!(third.status.code(), Some(3), "{}", err(&third));
    #[cfg(unix)]
    {
        let id = watch.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill").success());
        assert_eq!(watch.wait().expect("ended").code(), Some(0));
        let kept = run(home.path(), &["show", "34", "--store", &store]);
        assert!(out(&kept).contains("9203 34 TA  FAIL"));
    }
    #[cfg(not(unix))]
    watch.kill().expect("ended");
}

#[test]
fn options_for_every_command_may_stand_before_it() {
    let home = home();
    let file = home.path().join("site.toml");
    fs::write(&file, "offset_warn = 2.5\n").expect("written");
    let shown = run(home.path(), &["--config", &text(&file), "config", "show"]);
    assert!(out(&shown).contains("offset_warn = 2.5"), "{}{}", out(&shown), err(&shown));
}

#[test]
fn a_reader_that_has_had_enough_ends_the_program_without_a_word() {
    let home = home();
    let store = text(&home.path().join("store"));
    let mut command = trimwatch(home.path());
    command.args(["history", "status", "--store", &store]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("ended");
    assert_eq!((output.status.code(), err(&output).as_str()), (Some(0), ""));
}

#[test]
fn the_version_names_what_was_built_and_the_short_one_stays_a_number() {
    let home = home();
    let long = out(&run(home.path(), &["--version"]));
    let build = long.trim().strip_prefix(concat!("trimwatch ", env!("CARGO_PKG_VERSION"), " (")).expect("a version");
    let (commit, target) = build.strip_suffix(')').and_then(|build| build.split_once(", ")).expect("commit and target");
    assert!(!commit.is_empty() && target.contains('-'), "{long}");
    assert_eq!(out(&run(home.path(), &["-V"])).trim(), concat!("trimwatch ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn completions_and_manual_pages_come_from_the_same_definitions() {
    let home = home();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = out(&run(home.path(), &["completions", shell]));
        assert!(
            script.contains("rollback") && script.contains("no-store") && !script.contains("comparing with other"),
            "{shell}"
        );
    }
    let page = out(&run(home.path(), &["man"]));
    for part in [".SH \"EXIT STATUS\"", ".SH FILES", "/etc/trimwatch/config.toml", "TRIMWATCH_STORE", "export"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(out(&run(home.path(), &["man", "export", "runs"])).contains("jsonl"));
    assert_eq!(run(home.path(), &["man", "exprot"]).status.code(), Some(2));
    let pages = home.path().join("man1");
    assert_eq!(run(home.path(), &["man", "--dir", &text(&pages)]).status.code(), Some(0));
    assert!(pages.join("trimwatch.1").is_file() && pages.join("trimwatch-alarms-ack.1").is_file());
    assert!(!pages.join("trimwatch-bench-features.1").exists(), "what is hidden has no page");
}

#[test]
fn configuration_problems_are_all_named_with_exit_code_two() {
    let home = home();
    let file = home.path().join("site.toml");
    fs::write(&file, "rescan_seconds = 0\noffset_warn = -1.0\n").expect("written");
    let check = run(home.path(), &["config", "check", "--config", &text(&file)]);
    assert_eq!(check.status.code(), Some(2));
    assert!(err(&check).contains("rescan_seconds = 0") && err(&check).contains("offset_warn = -1"), "{}", err(&check));
    fs::write(&file, "rescan_seconds = 0\n[keys]\nzoom = \"space\"\nserch = \"F3\"\n").expect("written");
    let check = run(home.path(), &["config", "check", "--config", &text(&file)]);
    assert_eq!(check.status.code(), Some(2));
    for part in ["rescan_seconds = 0", "space is bound to both freeze and zoom", "keys.serch", "`search` is"] {
        assert!(err(&check).contains(part), "{part}: {}", err(&check));
    }
    let watch = run(home.path(), &["watch", "--headless", "--config", &text(&file), &text(home.path())]);
    assert_eq!(watch.status.code(), Some(2), "refused at the start too: {}", err(&watch));
    fs::write(&file, "ofset_warn = 1.0\n").expect("written");
    let check = run(home.path(), &["config", "check", "--config", &text(&file)]);
    assert!(err(&check).contains("ofset_warn") && err(&check).contains("site.toml"), "{}", err(&check));
    fs::write(&file, "offset_warn = 1.5\n").expect("written");
    assert_eq!(run(home.path(), &["config", "check", "--config", &text(&file)]).status.code(), Some(0));
    let show = run(home.path(), &["config", "show", "--config", &text(&file)]);
    assert!(out(&show).contains("offset_warn = 1.5"), "{}", out(&show));
    assert!(out(&run(home.path(), &["config", "path"])).contains("config.toml"));
    let user = home.path().join(".config/trimwatch");
    fs::create_dir_all(&user).expect("a folder");
    fs::write(user.join("config.toml"), "poll = true\noffset_warn = 9.0\n").expect("written");
    let mut layers = trimwatch(home.path());
    layers.args(["config", "show", "--config", &text(&file), "--store", "/s"]).env("TRIMWATCH_ASCII", "1");
    let shown = out(&layers.output().expect("the program"));
    let ends = |start: &str, end: &str| shown.lines().any(|line| line.starts_with(start) && line.ends_with(end));
    assert!(ends("store = \"/s\"", "# option --store") && ends("offset_warn = 1.5", "site.toml"), "{shown}");
    assert!(ends("ascii = true", "# environment, TRIMWATCH_ASCII") && ends("rescan_seconds", "# default"), "{shown}");
    #[cfg(target_os = "linux")]
    assert!(ends("poll = true", ".config/trimwatch/config.toml"), "{shown}");
}

#[test]
fn a_history_is_backed_up_checked_restored_compacted_and_made_anew() {
    let home = home();
    let store = text(&home.path().join("store"));
    let folder = text(&samples().join("incoming"));
    let fine = |args: &[&str]| {
        let output = run(home.path(), &[args, &["--store", &store]].concat());
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", err(&output));
        out(&output)
    };
    fine(&["ingest", &folder]);
    let runs = |said: &str| said.lines().find(|line| line.starts_with("runs")).map(str::to_owned);
    let before = runs(&fine(&["history", "status"])).expect("a line about runs");
    let printed = fine(&["show", "9101-1/214"]);
    let name: String = printed.chars().take(12).collect();
    let made = fine(&["backup", "create"]);
    let backup = made.split("  ").next().expect("a path").to_owned();
    assert!(fine(&["backup", "verify"]).starts_with("sound"));
    fine(&["exclude", &name, "--reason", "probe slipped", "--by", "AB"]);
    let tests = home.path().join("tests.csv");
    fs::write(&tests, "9101-1,214,2026-06-30,fail,noisy\n").expect("written");
    fine(&["outcomes", "import", &text(&tests)]);
    assert!(fine(&["history", "status"]).contains("1 excluded"));
    assert!(fine(&["history", "compact"]).contains("every value compared"));
    assert!(fine(&["history", "verify"]).contains("0 of them damaged"));
    let rebuilt = fine(&["history", "rebuild", &folder]);
    assert!(rebuilt.contains("1 exclusions and 1 outcomes carried over"), "{rebuilt}");
    assert!(fine(&["history", "status"]).contains("1 excluded"), "what people said outlives the files' second reading");
    fine(&["backup", "restore", &backup]);
    assert_eq!(runs(&fine(&["history", "status"])), Some(before), "as it was when the backup was made");
    fs::write(&backup, b"spoilt").expect("written");
    let spoilt = run(home.path(), &["backup", "verify", &backup]);
    assert_eq!((spoilt.status.code(), out(&spoilt).starts_with("damaged")), (Some(1), true));
    let refused = run(home.path(), &["backup", "restore", &backup, "--store", &store]);
    assert_eq!(refused.status.code(), Some(2), "and the history is left as it is");
}

#[test]
fn outcomes_of_final_tests_are_imported_line_by_line_listed_and_forgotten() {
    let home = home();
    let store = text(&home.path().join("store"));
    let on_store = |args: &[&str]| run(home.path(), &[args, &["--store", &store]].concat());
    on_store(&["ingest", &text(&samples().join("incoming"))]);
    let table = home.path().join("tests.csv");
    fs::write(&table, "model,serial,date,result,note\n9101-1,214,2026-06-30,fail,noisy\n9101-1,215,30.6.2026,pass\n")
        .expect("written");
    let refused = on_store(&["outcomes", "import", &text(&table)]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(err(&refused).contains("tests.csv:3:") && err(&refused).contains("nothing imported"), "{}", err(&refused));
    assert!(out(&on_store(&["outcomes", "list"])).contains("0 outcomes"));
    let partial = on_store(&["outcomes", "import", &text(&table), "--partial", "--by", "AB"]);
    assert_eq!(partial.status.code(), Some(1), "one line was wrong");
    let listed = out(&on_store(&["outcomes", "list", "9101-1"]));
    assert!(listed.contains("FAIL  9101-1 214") && listed.contains("noisy  AB"), "{listed}");
    assert!(!listed.contains("no run"), "it belongs to the run before it: {listed}");
    assert!(out(&on_store(&["outcomes", "forget", "9101-1", "214"])).starts_with("1 outcomes"));
}

#[test]
fn too_little_history_trains_nothing_and_says_what_is_missing() {
    let home = home();
    let store = text(&home.path().join("store"));
    let on_store = |args: &[&str]| run(home.path(), &[args, &["--store", &store]].concat());
    on_store(&["ingest", &text(&samples().join("incoming"))]);
    let trained = on_store(&["train", "trim-verdict"]);
    assert_eq!(trained.status.code(), Some(1), "what was wanted was not trained");
    assert!(err(&trained).contains("of 60 units"), "{}", err(&trained));
    let listed = out(&on_store(&["models", "list"]));
    assert!(listed.contains("failure predictor, trim verdict (on)") && listed.contains("untrained"), "{listed}");
    let shown = on_store(&["models", "show", "threshold"]);
    assert!(err(&shown).contains("no threshold optimizer has been trained"), "{}", err(&shown));
    let drift = out(&on_store(&["models", "drift", "9101-1"]));
    assert!(drift.contains("too few to tell drift"), "{drift}");
}

#[test]
fn an_option_before_the_command_is_refused_and_not_passed_over() {
    let dir = tempfile::tempdir().expect("a folder");
    let out =
        trimwatch(dir.path()).arg("--store").arg(dir.path()).args(["history", "compact"]).output().expect("it runs");
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).contains("behind it"));
}
