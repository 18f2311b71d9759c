//! Before compiling: which commit and which target this build is of, for `--version`.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

fn main() {
    // Only this file's own findings: the commit, and whether what is compiled differs from it.
    for path in ["src", "Cargo.toml", "Cargo.lock", ".cargo_vcs_info.json"] {
        rerun_when_changed(path);
    }
    println!("cargo:rerun-if-env-changed=TRIMWATCH_COMMIT");
    let commit = named().or_else(from_git).or_else(from_package).unwrap_or_else(|| "commit unknown".to_owned());
    println!("cargo:rustc-env=TRIMWATCH_BUILD_COMMIT={commit}");
    let target = env::var("TARGET").unwrap_or_else(|_| "target unknown".to_owned());
    println!("cargo:rustc-env=TRIMWATCH_BUILD_TARGET={target}");
}

/// A path that is not there would have everything compiled again each time.
fn rerun_when_changed(path: impl AsRef<Path>) {
    if path.as_ref().exists() {
        println!("cargo:rerun-if-changed={}", path.as_ref().display());
    }
}

/// What whoever builds says it is: packagers, and builds that must come out alike.
fn named() -> Option<String> {
    env::var("TRIMWATCH_COMMIT").ok().map(|commit| commit.trim().to_owned()).filter(|commit| !commit.is_empty())
}

/// The checkout's commit, with `+changes` where files differ from it.
fn from_git() -> Option<String> {
    // A source archive may lie unpacked in somebody else's repository.
    git(&["ls-files", "--error-unmatch", "Cargo.toml"])?;
    // The log moves with every commit and checkout of this work tree, and with nothing else.
    for file in ["HEAD", "logs/HEAD"] {
        rerun_when_changed(git(&["rev-parse", "--git-path", file])?);
    }
    let commit = git(&["rev-parse", "--short=12", "HEAD"])?;
    let changes = git(&["status", "--porcelain", "--untracked-files=no", "--", "src", "Cargo.toml", "Cargo.lock"])?;
    Some(if changes.is_empty() { commit } else { format!("{commit}+changes") })
}

fn git(args: &[&str]) -> Option<String> {
    let output = Command::new("git").args(args).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}

/// The commit that `cargo package` writes down.
fn from_package() -> Option<String> {
    let text = fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let digits = text.split("\"sha1\"").nth(1)?.split('"').nth(1)?;
    let whole = digits.len() >= 12 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    whole.then(|| digits.chars().take(12).collect())
}
