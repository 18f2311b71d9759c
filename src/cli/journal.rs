//! `journal show|verify|export`: what people did to the history, and whether that is told as it was written.

use std::io::{self, Write};

use color_eyre::eyre::{Result, WrapErr};

use super::args::{JournalCommand, OutArgs};
use super::out::write_text;
use super::{Exit, StoreArgs};
use crate::config::Loaded;
use crate::engine::{clock, holder};
use crate::export::{defused, printable};
use crate::history::{AuditEntry, AuditHead, Audited, Store, StoreError, audit, audit_entries, audit_path, read_audit};

/// Shows, checks or exports.
pub(super) fn run(what: &JournalCommand, loaded: &Loaded) -> Result<Exit> {
    match what {
        JournalCommand::Show { limit, store } => show(*limit, &bytes(store, loaded)?),
        JournalCommand::Verify { store } => verify(store, loaded),
        JournalCommand::Export { out, store } => export(out, &bytes(store, loaded)?),
    }
}

/// Read beside whoever holds the history: lines are whole or not there yet.
fn bytes(args: &StoreArgs, loaded: &Loaded) -> Result<Vec<u8>> {
    let dir = args.dir(loaded);
    read_audit(&dir).wrap_err_with(|| format!("{} cannot be read", audit_path(&dir).display()))
}

fn show(limit: Option<usize>, bytes: &[u8]) -> Result<Exit> {
    let entries = audit_entries(bytes);
    let passed_over = entries.len().saturating_sub(limit.unwrap_or(usize::MAX));
    let mut out = io::stdout().lock();
    for entry in entries.iter().skip(passed_over) {
        writeln!(out, "{}", printable(&line(entry)))?;
    }
    Ok(Exit::Fine)
}

fn line(entry: &AuditEntry) -> String {
    let AuditEntry { number, signed, user, host, terminal } = entry;
    let told = |word: &str, text: &str| if text.is_empty() { String::new() } else { format!("  {word}{text}") };
    let change = match (signed.before.as_str(), signed.after.as_str()) {
        ("", after) => told("→ ", after),
        (before, after) => format!("  {before} → {after}"),
    };
    let place = [user.as_str(), host.as_str(), terminal.as_str()].join(" ");
    let who = [told("by ", &signed.by), told("", place.trim())].concat();
    let why = told("why: ", &signed.why);
    format!("{number:>5}  {}  {:11}  {}{change}{why}{who}", moment(signed.at_ms), signed.act, signed.what)
}

/// The PC's local date and time of day.
fn moment(at_ms: i64) -> String {
    let local = clock::local_of_ns(at_ms.saturating_mul(1_000_000));
    local.map_or_else(|| "-".to_owned(), |local| format!("{} {}", local.date, local.clock()))
}

fn verify(args: &StoreArgs, loaded: &Loaded) -> Result<Exit> {
    // What was there before the history is opened: opening writes nothing into it, but time passes.
    let bytes = bytes(args, loaded)?;
    let head = match head(args, loaded) {
        Ok(head) => head,
        Err(StoreError::HeldBy { .. }) => {
            println!("the history is held by another process: whether the end is missing cannot be told now");
            None
        }
        Err(error) => return Err(error.into()),
    };
    let Audited { lines, tampered, beyond } = audit(&bytes, head);
    for wrong in &tampered {
        println!("line {}: {}", wrong.number, printable(&wrong.what));
    }
    if beyond > 0 {
        println!("{beyond} lines are newer than the history: it was restored since, or a crash came between");
    }
    println!(
        "{lines} lines, {}",
        if tampered.is_empty() { "all as they were written" } else { "not as they were written" }
    );
    Ok(if tampered.is_empty() { Exit::Fine } else { Exit::Loss })
}

fn head(args: &StoreArgs, loaded: &Loaded) -> Result<Option<AuditHead>, StoreError> {
    let (store, _) = Store::open(&args.dir(loaded), &holder())?;
    store.audit_head()
}

fn export(out: &OutArgs, bytes: &[u8]) -> Result<Exit> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let heading = ["number", "at", "act", "what", "by", "why", "before", "after", "user", "host", "terminal"];
    table.write_record(heading)?;
    for entry in audit_entries(bytes) {
        let signed = &entry.signed;
        let (number, at) = (entry.number.to_string(), moment(signed.at_ms));
        let told = [&number, &at, &signed.act, &signed.what, &signed.by, &signed.why, &signed.before, &signed.after];
        let fields = told.into_iter().chain([&entry.user, &entry.host, &entry.terminal]);
        table.write_record(fields.map(|text| defused(text).into_owned()))?;
    }
    write_text(out, &String::from_utf8(table.into_inner()?)?)?;
    Ok(Exit::Fine)
}
