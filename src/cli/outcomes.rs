//! `outcomes import|list|forget`: what final tests later said of the parts.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use color_eyre::eyre::{Context, Result, bail};

use super::args::OutcomesCommand;
use super::{Exit, ingest, show};
use crate::config::Loaded;
use crate::engine::{clock, holder};
use crate::export::printable;
use crate::history::{Outcome, Store, read_outcomes};

/// Wrong lines that are named; the rest is counted.
const MOST_NAMED: usize = 20;

/// Runs one of the three.
pub(super) fn run(what: &OutcomesCommand, loaded: &Loaded) -> Result<Exit> {
    match what {
        OutcomesCommand::Import { path, partial, by, store } => {
            let by = by.clone().unwrap_or_else(|| holder().user);
            let table = read_outcomes(open(path)?, &by, clock::now_ms());
            let named = path.display().to_string();
            let named = printable(&named);
            for (line, wrong) in table.wrong.iter().take(MOST_NAMED) {
                eprintln!("{named}:{line}: {}", printable(wrong));
            }
            if table.wrong.len() > MOST_NAMED {
                eprintln!("{named}: {} more lines are wrong", table.wrong.len() - MOST_NAMED);
            }
            if !table.wrong.is_empty() && !partial {
                bail!("{named}: nothing imported; mend the lines, or import the sound ones with --partial");
            }
            import(&ingest::open(store, loaded)?, &table.outcomes)?;
            Ok(if table.wrong.is_empty() { Exit::Fine } else { Exit::SomeFilesFailed })
        }
        OutcomesCommand::List { model, serial, store } => {
            list(&ingest::open(store, loaded)?, model.as_deref(), serial.as_deref())
        }
        OutcomesCommand::Forget { model, serial, store } => {
            let store = ingest::open(store, loaded)?;
            println!("{} outcomes forgotten", store.forget_outcomes(model, serial.as_deref(), clock::now_ms())?);
            Ok(Exit::Fine)
        }
    }
}

/// The file, or standard input.
fn open(path: &Path) -> Result<Box<dyn Read>> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin()));
    }
    let file = File::open(path).with_context(|| path.display().to_string())?;
    Ok(Box::new(file))
}

fn import(store: &Store, outcomes: &[Outcome]) -> Result<()> {
    let taken = store.take_outcomes(outcomes)?;
    println!("{} outcomes: {} new, {} changed, {} known", outcomes.len(), taken.new, taken.changed, taken.same);
    if taken.without_run > 0 {
        println!("{} belong to no run of the 180 days before them; they count once there is one", taken.without_run);
    }
    Ok(())
}

fn list(store: &Store, model: Option<&str>, serial: Option<&str>) -> Result<Exit> {
    let outcomes = store.outcomes(model, serial)?;
    let mut out = io::stdout().lock();
    for outcome in &outcomes {
        let run = store.run_of_outcome(outcome)?;
        let run = run.map_or_else(|| "no run".to_owned(), |(_, record)| show::name(&record));
        let unit = [outcome.model.as_str(), outcome.serial.as_str()].join(" ");
        let word = if outcome.passed { "pass" } else { "FAIL" };
        let rest = [outcome.note.as_str(), outcome.by.as_str()].join("  ");
        writeln!(out, "{}  {word}  {}  {run:12}  {}", outcome.tested, printable(&unit), printable(rest.trim()))?;
    }
    let passed = outcomes.iter().filter(|outcome| outcome.passed).count();
    writeln!(out, "{} outcomes: {passed} pass, {} fail", outcomes.len(), outcomes.len() - passed)?;
    Ok(Exit::Fine)
}
