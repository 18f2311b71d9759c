//! What people did to a history is told for good, and the history is its owner's alone.
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]

mod support;

use std::fs;
use std::path::Path;
use std::process::Output;

use support::program::program;
use support::samples;

fn run(home: &Path, args: &[&str]) -> Output {
    let mut command = program(home);
    command.env("USER", "tester");
    command.args(args).args(["--store", &home.join("store").display().to_string()]);
    command.output().expect("the program")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn fine(home: &Path, args: &[&str]) -> String {
    let output = run(home, args);
    assert_eq!(output.status.code(), Some(0), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    out(&output)
}

/// A history with an exclusion, its end, a test's outcome and its being forgotten.
fn lived() -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a folder");
    fine(home.path(), &["ingest", &samples().join("incoming").display().to_string()]);
    fine(home.path(), &["exclude", "9203/34", "--reason", "probe slipped", "--by", "AB"]);
    fine(home.path(), &["exclude", "9203/34", "--reason", "it did not", "--by", "CD", "--undo"]);
    let table = home.path().join("tests.csv");
    fs::write(&table, "9101-1,214,2026-06-30,fail,noisy\n").expect("written");
    fine(home.path(), &["outcomes", "import", &table.display().to_string(), "--by", "EF"]);
    fine(home.path(), &["outcomes", "forget", "9101-1"]);
    home
}

#[test]
fn every_act_stands_in_the_journal_with_who_when_why_before_and_after() {
    let home = lived();
    let shown = fine(home.path(), &["journal", "show"]);
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines.len(), 4, "{shown}");
    for (line, words) in lines.iter().zip([
        ["exclude", "9203 34 run ", "counts → excluded by AB: probe slipped", "why: probe slipped", "by AB"],
        ["include", "9203 34 run ", "excluded by AB: probe slipped → counts", "why: it did not", "by CD"],
        ["outcome", "9101-1 214 tested 2026-06-30", "nobody said anything → failed noisy", "why: noisy", "by EF"],
        ["outcome", "9101-1 214 tested 2026-06-30", "failed noisy → forgotten", "tester", ""],
    ]) {
        for word in words {
            assert!(line.contains(word), "{word}: {line}");
        }
    }
    assert_eq!(fine(home.path(), &["journal", "show", "--limit", "1"]).trim_end(), lines[3]);
    assert!(fine(home.path(), &["journal", "verify"]).contains("4 lines, all as they were written"));
    let table = fine(home.path(), &["journal", "export"]);
    assert_eq!(csv::Reader::from_reader(table.as_bytes()).records().filter_map(Result::ok).count(), 4);
    fine(home.path(), &["history", "compact"]);
    assert!(
        fine(home.path(), &["journal", "verify"]).contains("all as they were written"),
        "and the history still knows"
    );
    let made = fine(home.path(), &["backup", "create"]);
    fine(home.path(), &["exclude", "9203/34", "--reason", "after the backup", "--by", "AB"]);
    fine(home.path(), &["backup", "restore", made.split("  ").next().expect("a path")]);
    fine(home.path(), &["history", "rebuild", &samples().join("incoming").display().to_string()]);
    let acts: Vec<String> = fine(home.path(), &["journal", "show"]).lines().map(str::to_owned).collect();
    assert!(acts.len() == 7 && acts[5].contains("restore") && acts[6].contains("rebuild"), "{acts:#?}");
    assert!(fine(home.path(), &["journal", "verify"]).contains("7 lines, all as they were written"));
}

#[test]
fn a_journal_that_somebody_changed_or_cut_is_told_at_the_line() {
    let home = lived();
    let path = home.path().join("store/audit.jsonl");
    let text = fs::read_to_string(&path).expect("a journal");
    let said = |text: &str| {
        fs::write(&path, text).expect("written");
        let output = run(home.path(), &["journal", "verify"]);
        assert_eq!(output.status.code(), Some(1), "{}", out(&output));
        out(&output)
    };
    assert!(said(&text.replace("CD", "XY")).starts_with("line 2: it was changed"));
    let whole: Vec<&str> = text.split_inclusive('\n').collect();
    assert!(said(&whole[..3].concat()).starts_with("line 4: it is missing"), "the end is cut off");
    assert!(said("").starts_with("line 1: it is missing"));
    assert!(said(&whole[1..].concat()).starts_with("line 1: it was taken out or moved; line 2 stands in its place"));
    fs::write(&path, &text).expect("as it was");
    fine(home.path(), &["journal", "verify"]);
}

#[cfg(unix)]
#[test]
fn nobody_but_its_owner_reads_a_history_its_journal_or_its_backups() {
    use std::os::unix::fs::PermissionsExt;
    let home = lived();
    let elsewhere = home.path().join("elsewhere");
    let site = home.path().join("site.toml");
    fs::write(&site, format!("[backup]\ncopy_to = {elsewhere:?}\n")).expect("written");
    fine(home.path(), &["backup", "create", "--config", &site.display().to_string()]);
    let others = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o077;
    // Nobody comes into the folder, whatever the rights of what lies in it.
    for private in ["store", "store/backups", "store/audit.jsonl", "store/marker"] {
        assert_eq!(others(&home.path().join(private)), 0, "{private}");
    }
    let backups = [home.path().join("store/backups"), elsewhere.clone()].into_iter();
    let files: Vec<_> = backups.flat_map(|dir| fs::read_dir(dir).into_iter().flatten()).collect();
    for file in files {
        let path = file.expect("an entry").path();
        assert_eq!(others(&path), 0, "{}: a copy on a share goes without the folder", path.display());
    }
}
