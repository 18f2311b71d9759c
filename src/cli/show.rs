//! `show RUN|SERIAL`: what the history has.

use std::io::{self, Write};
use std::path::Path;

use color_eyre::eyre::{Result, bail};

use super::ingest::open;
use super::{Exit, Format, ShowArgs};
use crate::analysis::{Assessment, JudgedTrack, Why, explain, explain_track};
use crate::config::Loaded;
use crate::engine;
use crate::export::{CsvRows, FileLine, FileOutcome, csv_head, printable, write_json};
use crate::history::{RunKey, RunRecord, Store};

/// Prints the runs that are meant.
pub(super) fn run(args: &ShowArgs, loaded: &Loaded) -> Result<Exit> {
    let store = open(&args.store, loaded)?;
    let runs = find(&store, &args.what)?;
    if runs.is_empty() {
        bail!("the history has no run and no serial `{}`", printable(&args.what));
    }
    match args.format {
        Format::Text => text(&store, &runs)?,
        Format::Json => json(runs.into_iter().map(|(_, record)| record))?,
        Format::Csv => csv(runs.into_iter().map(|(_, record)| record))?,
    }
    Ok(Exit::Fine)
}

/// A serial first, then a unit, then a run by its content's first digits.
pub(super) fn find(store: &Store, what: &str) -> Result<Vec<(RunKey, RunRecord)>> {
    let of_serial = store.serial_runs(what)?;
    if !of_serial.is_empty() {
        return Ok(of_serial);
    }
    if let Some((model, serial)) = what.rsplit_once('/') {
        return Ok(store.unit_runs(model, serial)?);
    }
    Ok(match hex_prefix(what) {
        Some((prefix, odd)) => {
            let runs = store.runs_by_content(&prefix)?;
            runs.into_iter().filter(|(_, run)| odd.is_none_or(|odd| digit_after(&prefix, run) == Some(odd))).collect()
        }
        None => Vec::new(),
    })
}

/// Whole bytes of a hexadecimal name and its odd last digit.
fn hex_prefix(name: &str) -> Option<(Vec<u8>, Option<u8>)> {
    let digits: Vec<u8> =
        name.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect::<Option<_>>()?;
    let pairs = digits.chunks_exact(2);
    let odd = pairs.remainder().first().copied();
    let bytes: Vec<u8> = pairs.map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
    (!bytes.is_empty()).then_some((bytes, odd))
}

fn digit_after(prefix: &[u8], run: &RunRecord) -> Option<u8> {
    run.file.content.get(prefix.len()).map(|byte| byte >> 4)
}

pub(super) fn name(run: &RunRecord) -> String {
    engine::kept(run).name()
}

fn text(store: &Store, runs: &[(RunKey, RunRecord)]) -> Result<()> {
    let mut out = io::stdout().lock();
    for (_, record) in runs {
        let time = record.run.identity.time.map(|time| time.to_string()).unwrap_or_default();
        writeln!(out, "{}  {time:19}  {}", name(record), printable(&explain(&record.run)))?;
    }
    if let [(key, record)] = runs {
        details(&mut out, store, key, record)?;
    }
    Ok(())
}

/// Everything else about one run.
fn details(out: &mut impl Write, store: &Store, key: &RunKey, record: &RunRecord) -> Result<()> {
    let identity = &record.run.identity;
    writeln!(out, "  file      {}", printable(&record.file.path))?;
    writeln!(out, "  laser     {}", printable(identity.laser.as_deref().unwrap_or("unknown")))?;
    writeln!(out, "  filter    {}", record.run.filter)?;
    if let Some(word) = &record.excluded {
        writeln!(out, "  excluded  by {}: {}", printable(&word.by), printable(&word.reason))?;
    }
    for (index, track) in record.run.tracks.iter().enumerate() {
        let (name, said) = (printable(&track.name), explain_track(track));
        writeln!(out, "  {name:8}  {}  {}", track.status.word(), printable(&said))?;
        if let Some(risk) = &track.risk {
            let (percent, method) = (risk.probability, risk.method.label());
            writeln!(out, "            risk {percent:.2} {} ({method})", risk.category.word())?;
        }
        if let Some(assessment) = record.run.assessment(index) {
            learned(out, assessment)?;
        }
        settings(out, track)?;
        for warning in &track.warnings {
            writeln!(out, "            {}", printable(warning))?;
        }
    }
    for warning in &record.run.warnings {
        writeln!(out, "  odd       {}", printable(warning))?;
    }
    for older in store.revisions(key)? {
        writeln!(out, "  before    {}  {}", name(&older), printable(&explain(&older.run)))?;
    }
    Ok(())
}

/// What the models made of a track, and why they kept silent.
fn learned(out: &mut impl Write, assessment: &Assessment) -> Result<()> {
    if let Some(risk) = &assessment.incoming_risk {
        let (p, method) = (risk.probability, risk.method.label());
        writeln!(out, "            arrived with risk {p:.2} {} ({method})", risk.category.word())?;
    }
    let told = |why: &Why| !matches!(why, Why::NotDeployed | Why::Off | Why::Opening);
    for (learner, why) in assessment.silent.iter().filter(|(_, why)| told(why)) {
        writeln!(out, "            {} silent: {}", learner.title(), printable(&why.to_string()))?;
    }
    Ok(())
}

fn settings(out: &mut impl Write, track: &JudgedTrack) -> Result<()> {
    let said = crate::analysis::describe_settings(&track.settings);
    if !said.is_empty() {
        writeln!(out, "            settings {}", said.join(", "))?;
    }
    Ok(())
}

/// One JSON object a run.
pub(super) fn json(records: impl IntoIterator<Item = RunRecord>) -> Result<()> {
    let mut out = io::stdout().lock();
    for record in records {
        write_json(&mut out, &line_of(&record))?;
        writeln!(out)?;
    }
    Ok(())
}

/// One row a track.
pub(super) fn csv(records: impl IntoIterator<Item = RunRecord>) -> Result<()> {
    let mut table = CsvRows::new(io::stdout(), csv_head())?;
    for record in records {
        engine::kept(&record).tracks(&mut table)?;
    }
    table.flush()?;
    Ok(())
}

fn line_of(record: &RunRecord) -> FileLine<'_> {
    let content = blake3::Hash::from_bytes(record.file.content).to_hex().to_string();
    let line = FileLine::new(Path::new(&record.file.path), Some(content), FileOutcome::Run(&record.run));
    line.excluded(record.excluded.as_ref().map(|excluded| excluded.reason.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_named_by_any_number_of_digits() {
        assert_eq!(hex_prefix("0aF"), Some((vec![0x0a], Some(0xf))));
        assert_eq!(hex_prefix("0aF1"), Some((vec![0x0a, 0xf1], None)));
        assert_eq!(hex_prefix("8340-1"), None);
        assert_eq!(hex_prefix(""), None);
    }
}
