//! The audit journal: one line a human act, in a chain of hashes, so that no line can be changed, taken out or moved
//! without its place being told.
//!
//! A line is `hash entry`: the entry as JSON, the hash BLAKE3 over the hash before and the entry's bytes. The history
//! keeps how many lines there are and the last one's hash, which tells when the end is cut off.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::disk;
use super::value::Stored;

/// Its name in the history's folder.
const NAME: &str = "audit.jsonl";
/// What the first line's hash stands on.
const BEGINNING: &[u8] = b"trimwatch audit journal, 1";
/// The act of a line that the program itself writes when it finds the journal shorter than, or other than, it was.
const BROKEN: &str = "broken";

/// What a person did, in words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// What was done, in a word: `exclude`, `include`, `acknowledge`, `baseline`, `outcome`, `deploy`, `learning`, `configuration`,
    /// `restore`, `rebuild`.
    pub act: String,
    /// To what.
    pub what: String,
    /// Initials or name, as they were given.
    pub by: String,
    /// Why, as it was given.
    pub why: String,
    /// What held before.
    pub before: String,
    /// What holds since.
    pub after: String,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Its number, from 1.
    pub number: u64,
    /// The act.
    #[serde(flatten)]
    pub signed: Signed,
    /// The system's account.
    pub user: String,
    /// The computer.
    pub host: String,
    /// The terminal, and where its connection comes from; empty where there is none.
    pub terminal: String,
}

/// How far the journal goes, as the history keeps it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditHead {
    /// How many lines.
    pub lines: u64,
    /// The last one's hash.
    pub hash: [u8; 32],
}

impl Stored for AuditHead {}

/// Something that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tampered {
    /// The first line it is about.
    pub number: u64,
    /// What is wrong.
    pub what: String,
}

/// What looking through a journal found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audited {
    /// How many lines there are.
    pub lines: u64,
    /// What is not as it was written, in the order of the lines; empty = all is.
    pub tampered: Vec<Tampered>,
    /// Lines behind the last one that the history knows of: a crash, or a history that was restored since.
    pub beyond: u64,
}

/// Where the journal of a history lies.
pub fn audit_path(dir: &Path) -> PathBuf {
    dir.join(NAME)
}

/// The bytes of a history's journal; none where nothing was ever done.
///
/// # Errors
/// What the disk says.
pub fn read_audit(dir: &Path) -> io::Result<Vec<u8>> {
    match fs::read(audit_path(dir)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        read => read,
    }
}

/// The entries that can be read, in order.
pub fn audit_entries(bytes: &[u8]) -> Vec<AuditEntry> {
    bytes.split(|&byte| byte == b'\n').filter_map(|line| serde_json::from_slice(line.get(65..)?).ok()).collect()
}

/// Looks through a journal, against what the history knows of it where that is known.
pub fn audit(bytes: &[u8], head: Option<AuditHead>) -> Audited {
    let mut found = Audited::default();
    let (mut before, mut expected) = (*blake3::hash(BEGINNING).as_bytes(), 1);
    let mut wrong = |number, what: String| found.tampered.push(Tampered { number, what });
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        found.lines += 1;
        let (written, number) = match look(line, &before) {
            Ok((hash, number)) if number == expected => (hash, number),
            Ok((hash, number)) => {
                wrong(expected, format!("line {number} stands in its place"));
                (hash, number)
            }
            Err((hash, Some(number))) if number > expected => {
                wrong(expected, format!("it was taken out or moved; line {number} stands in its place"));
                (hash, number)
            }
            Err((hash, _)) => {
                wrong(expected, "it was changed, or what stands before it was".to_owned());
                (hash, expected)
            }
        };
        if head.is_some_and(|head| head.lines == number && head.hash != written) {
            wrong(number, "it is not the line that the history knows".to_owned());
        }
        (before, expected) = (written, number.saturating_add(1));
    }
    if let Some(head) = head.filter(|head| head.lines >= expected) {
        wrong(expected, format!("it is missing, and all behind it; the history knows {} lines", head.lines));
    }
    found.beyond = head.map_or(0, |head| (expected - 1).saturating_sub(head.lines));
    let broken = audit_entries(bytes).into_iter().filter(|entry| entry.signed.act == BROKEN);
    found.tampered.extend(broken.map(|entry| Tampered { number: entry.number, what: entry.signed.what }));
    found
}

type Look = ([u8; 32], u64);

/// A line's own hash and number; as an error what it claims, when it is not what was written behind `before`.
fn look(line: &[u8], before: &[u8; 32]) -> Result<Look, ([u8; 32], Option<u64>)> {
    let whole = line.strip_suffix(b"\n");
    let (claim, rest) = line.split_at(line.len().min(64));
    let entry = whole.and_then(|line| line.get(65..)).unwrap_or_default();
    let number = serde_json::from_slice(entry).ok().map(|entry: AuditEntry| entry.number);
    let hash = chained(before, entry);
    let sound = whole.is_some() && rest.first() == Some(&b' ') && claim == hex::encode(hash).as_bytes();
    let mut claimed = [0; 32];
    // What claims no hash at all is followed by nothing that stands on it.
    let _ = hex::decode_to_slice(claim, &mut claimed);
    number.filter(|_| sound).map(|number| (hash, number)).ok_or((claimed, number))
}

fn chained(before: &[u8; 32], entry: &[u8]) -> [u8; 32] {
    *blake3::Hasher::new().update(before).update(entry).finalize().as_bytes()
}

/// The journal of a history that is open: the one place that writes it.
#[derive(Debug)]
pub(super) struct AuditFile {
    path: PathBuf,
}

impl AuditFile {
    /// That of the history in a folder.
    pub(super) fn of(dir: &Path) -> Self {
        Self { path: audit_path(dir) }
    }

    /// Adds lines; they are on disk when this returns, and the history is to keep the head that it returns. Acts are
    /// few and the file is small: where it ends is read anew each time, and what somebody did to it is seen.
    pub(super) fn append(&self, acts: &[Signed], known: Option<AuditHead>) -> io::Result<AuditHead> {
        let dir = self.path.parent().unwrap_or(Path::new("."));
        let bytes = read_audit(dir)?;
        // A last line without its end was cut off by a crash: nobody was ever told that it is there.
        let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let kept = bytes.get(..whole).unwrap_or_default();
        let mut head = end_of(kept);
        let mut text = Vec::new();
        let found = audit(kept, known);
        // Said once of what stays as it is, and each time that the end is another one than the history knows.
        let other_end = known.is_some_and(|known| known != head && found.beyond == 0);
        if let Some(trouble) = found.tampered.first().filter(|_| other_end || !is_told(kept)) {
            let what = format!("line {} was found not to be as it was written: {}", trouble.number, trouble.what);
            let at_ms = acts.first().map_or(0, |signed| signed.at_ms);
            add(&mut text, &mut head, Signed { at_ms, act: BROKEN.to_owned(), what, ..Signed::default() })?;
        }
        acts.iter().try_for_each(|signed| add(&mut text, &mut head, signed.clone()))?;
        let mut file = private(&self.path)?;
        if whole < bytes.len() {
            file.set_len(whole as u64)?;
        }
        let written = file.write_all(&text).and_then(|()| file.sync_all());
        if written.is_err() {
            // What is there of it was not acknowledged.
            file.set_len(whole as u64)?;
        }
        written?;
        disk::sync_dir(dir)?;
        Ok(head)
    }
}

/// Whether a journal holds the program's own word already that something in it is wrong.
fn is_told(kept: &[u8]) -> bool {
    audit_entries(kept).iter().any(|entry| entry.signed.act == BROKEN)
}

/// Where the chain goes on: behind the last line, whatever it claims.
fn end_of(kept: &[u8]) -> AuditHead {
    let beginning = AuditHead { lines: 0, hash: *blake3::hash(BEGINNING).as_bytes() };
    let Some(last) = kept.strip_suffix(b"\n").and_then(|kept| kept.rsplit(|&byte| byte == b'\n').next()) else {
        return beginning;
    };
    let mut hash = [0; 32];
    let _ = hex::decode_to_slice(last.get(..64).unwrap_or_default(), &mut hash);
    let number = last.get(65..).and_then(|entry| serde_json::from_slice::<AuditEntry>(entry).ok());
    let lines = kept.split_inclusive(|&byte| byte == b'\n').count() as u64;
    AuditHead { lines: number.map_or(lines, |entry| entry.number), hash }
}

fn add(text: &mut Vec<u8>, head: &mut AuditHead, signed: Signed) -> io::Result<()> {
    let (user, host, terminal) = who();
    let entry = AuditEntry { number: head.lines + 1, signed, user, host, terminal };
    let json = serde_json::to_vec(&entry)?;
    *head = AuditHead { lines: entry.number, hash: chained(&head.hash, &json) };
    text.extend_from_slice(hex::encode(head.hash).as_bytes());
    text.push(b' ');
    text.extend(json);
    text.push(b'\n');
    Ok(())
}

/// Opened to be continued, made readable by its owner alone.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A word of the environment: of these the first that is there.
fn first(names: &[&str]) -> Option<String> {
    names.iter().filter_map(|name| std::env::var(name).ok()).find(|word| !word.is_empty())
}

/// Account and terminal of this process, as their environment has them.
pub fn account_and_terminal() -> (String, String) {
    let name = first(&["USER", "LOGNAME", "USERNAME"]).unwrap_or_else(|| "unknown".to_owned());
    let tty = fs::read_link("/proc/self/fd/0")
        .ok()
        .filter(|path| path.starts_with("/dev") && *path != Path::new("/dev/null"));
    let tty = tty.map(|path| path.display().to_string());
    let from = first(&["SSH_CONNECTION"]).and_then(|words| Some(format!("from {}", words.split(' ').next()?)));
    (name, tty.into_iter().chain(from).collect::<Vec<String>>().join(" "))
}

/// Account, computer and terminal of this process.
fn who() -> (String, String, String) {
    let (name, terminal) = account_and_terminal();
    let file = || fs::read_to_string("/etc/hostname").ok().map(|name| name.trim().to_owned());
    let host = first(&["HOSTNAME", "COMPUTERNAME"]).or_else(file).unwrap_or_default();
    (account(&name), host, terminal)
}

/// A name in the environment is anybody's word; the number is the system's.
#[cfg(target_os = "linux")]
fn account(name: &str) -> String {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").map_or_else(|_| name.to_owned(), |meta| format!("{name} ({})", meta.uid()))
}

#[cfg(not(target_os = "linux"))]
fn account(name: &str) -> String {
    name.to_owned()
}

#[cfg(test)]
mod tests;
