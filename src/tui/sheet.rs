//! The current view as a table: what an export writes, what a row copies, and the one word that says most of a row.

mod charts;

use super::action::Screen;
use super::app::App;
use super::curves::Known;
use super::history::Shows;
use super::models::{Pane, Subject};
use super::rows::{Content, Row};
use super::search::log_words;
use crate::analysis::{explain_track, position, signed_volts};
use crate::export::{CURVE_COLUMNS, Cell, RUN_COLUMNS, RowSink, Sheet, printable};
use crate::history::{LogEntry, LogOutcome, Registered, YieldOf, YieldRow};
use crate::session::{ArrivedRun, kept};

const LOG_COLUMNS: &[&str] = &["at_ms", "time", "ended", "file", "path"];
const YIELD_COLUMNS: &[&str] = &["of", "runs", "run_yield", "run_n", "unit_yield", "unit_n", "excluded"];
const SUBJECT_COLUMNS: &[&str] = &["learner", "product", "state", "version", "versions", "next"];
const VERSION_COLUMNS: &[&str] =
    &["learner", "product", "version", "deployed", "trained_ms", "tracks", "units", "failures", "missed"];

/// The table of the current view; nothing where there is none. The runs of History are not all here: the session has
/// them.
pub fn sheet(app: &App) -> Option<Sheet> {
    match app.screen {
        Screen::Live => Some(filled(Sheet::new("live", RUN_COLUMNS), app.rows.iter().filter_map(live_row))),
        Screen::Log => Some(filled(Sheet::new("log", LOG_COLUMNS), app.log_rows().map(|entry| log_row(app, entry)))),
        Screen::History => {
            let (_, rows) = app.history.yields.as_ref().filter(|_| app.history.shows != Shows::Runs)?;
            Some(filled(Sheet::new("yields", YIELD_COLUMNS), rows.iter().map(yield_row)))
        }
        Screen::Drift => charts::sheet(app),
        Screen::Models => Some(models(app)),
        Screen::Unit => unit(app),
    }
}

/// The head and the cells of the selected row.
pub fn selected(app: &App) -> Option<Vec<Cell<'static>>> {
    match app.screen {
        Screen::Live => app.selected().and_then(live_row),
        Screen::Log => app.log_entry().map(|entry| log_row(app, entry)),
        Screen::History if app.history.shows == Shows::Runs => app.history.run().map(run_row),
        Screen::History => app.history.yield_row().map(yield_row),
        Screen::Drift => charts::selected(app),
        Screen::Models if app.models.focus == Pane::Versions => {
            app.models.subject().zip(app.models.shown()).map(|(subject, version)| version_row(subject, version))
        }
        Screen::Models => app.models.subject().map(|subject| subject_row(app, subject)),
        Screen::Unit => app.run().map(run_row),
    }
}

/// What says most of the selected row.
pub fn telling(app: &App) -> Option<String> {
    let text = match app.screen {
        Screen::Live => match &app.selected()?.content {
            Content::Run(run) | Content::Outline(run) => run.record.run.identity.unit(),
            Content::File(entry) => entry.file.path.clone(),
        },
        Screen::Log => {
            let entry = app.log_entry()?;
            if entry.file.path.is_empty() { log_words(entry).trim().to_owned() } else { entry.file.path.clone() }
        }
        Screen::History if app.history.shows == Shows::Runs => app.history.run()?.record.run.identity.unit(),
        Screen::History => yield_name(app.history.yield_row()?),
        Screen::Drift => charts::telling(app)?,
        Screen::Models => app.models.subject()?.name(),
        Screen::Unit => under_cursor(app).or_else(|| app.unit_track().map(|(_, track)| explain_track(track)))?,
    };
    Some(printable(&text).into_owned())
}

fn filled(mut sheet: Sheet, rows: impl Iterator<Item = Vec<Cell<'static>>>) -> Sheet {
    sheet.rows.extend(rows);
    sheet
}

fn owned(row: Vec<Cell<'_>>) -> Vec<Cell<'static>> {
    row.into_iter().map(Cell::owned).collect()
}

fn run_row(run: &ArrivedRun) -> Vec<Cell<'static>> {
    owned(kept(&run.record).row())
}

/// A run, or a file that became none: how it ended, why, and where it lies; nothing of a run that is still to come.
fn live_row(row: &Row) -> Option<Vec<Cell<'static>>> {
    let entry = match &row.content {
        Content::Run(run) => return Some(run_row(run)),
        Content::Outline(_) => return None,
        Content::File(entry) => entry,
    };
    let (ended, why) = match &entry.outcome {
        LogOutcome::Failed { cause } => ("ERROR", cause.as_str()),
        LogOutcome::Skipped { reason } => ("skipped", reason.as_str()),
        _ => ("", ""),
    };
    let cell = |column: &&str| match *column {
        "status" => Cell::text(ended),
        "explanation" => Cell::text(why.to_owned()),
        "path" => Cell::text(entry.file.path.clone()),
        "arrived_ms" => Cell::count(u64::try_from(entry.at_ms).ok()),
        _ => Cell::Empty,
    };
    Some(RUN_COLUMNS.iter().map(cell).collect())
}

fn log_row(app: &App, entry: &LogEntry) -> Vec<Cell<'static>> {
    let day = crate::trim::LocalDate::from_days(app.clock.day(entry.at_ms));
    let time = day.map(|day| format!("{day} {}", app.clock.hhmm(entry.at_ms))).unwrap_or_default();
    let words = log_words(entry);
    let said = words.strip_prefix(entry.file.name()).unwrap_or(&words).trim();
    vec![
        Cell::count(u64::try_from(entry.at_ms).ok()),
        Cell::text(time),
        Cell::text(said.to_owned()),
        Cell::text(entry.file.name().to_owned()),
        Cell::text(entry.file.path.clone()),
    ]
}

fn yield_name(row: &YieldRow) -> String {
    match &row.of {
        YieldOf::Model(model) => model.clone(),
        YieldOf::Day(day) => day.to_string(),
    }
}

fn yield_row(row: &YieldRow) -> Vec<Cell<'static>> {
    let tally = row.tally;
    vec![
        Cell::text(yield_name(row)),
        Cell::Count(tally.runs),
        Cell::number(tally.yield_percent()),
        Cell::Count(tally.graded()),
        Cell::number(tally.unit_yield_percent()),
        Cell::Count(tally.units()),
        Cell::Count(tally.excluded),
    ]
}

/// The versions of a line where they have the focus, else the list.
fn models(app: &App) -> Sheet {
    if app.models.focus == Pane::Versions
        && let Some(subject) = app.models.subject()
    {
        let sheet = Sheet::new(format!("versions {}", subject.name()), VERSION_COLUMNS);
        return filled(sheet, subject.versions().map(|version| version_row(subject, version)));
    }
    let subjects = app.models.subjects();
    filled(Sheet::new("models", SUBJECT_COLUMNS), subjects.into_iter().map(|subject| subject_row(app, subject)))
}

fn subject_row(app: &App, subject: Subject<'_>) -> Vec<Cell<'static>> {
    let standing = subject.standing(app.models.training(), app.clock.now_ms).to_string();
    vec![
        Cell::text(subject.learner.learner.title()),
        Cell::text(subject.scope().to_owned()),
        Cell::text(subject.learner.trouble.clone().unwrap_or(standing)),
        Cell::count(subject.foremost().map(|version| version.card.version)),
        Cell::Count(subject.versions().count() as u64),
        Cell::text(subject.learner.next.clone()),
    ]
}

fn version_row(subject: Subject<'_>, version: &Registered) -> Vec<Cell<'static>> {
    let card = &version.card;
    vec![
        Cell::text(subject.learner.learner.title()),
        Cell::text(card.scope.clone()),
        Cell::Count(u64::from(card.version)),
        Cell::Flag(version.deployed),
        Cell::count(u64::try_from(card.trained_ms).ok()),
        Cell::Count(card.rows),
        Cell::Count(card.units),
        Cell::Count(card.failures),
        Cell::Count(card.gate.missed().count() as u64),
    ]
}

/// The points of the run's curves; where they are not kept, the runs of its serial.
fn unit(app: &App) -> Option<Sheet> {
    let unit = app.unit.as_ref()?;
    let run = unit.run()?;
    let Known::Curves(curves) = app.curves.get(&run.key) else {
        return Some(filled(
            Sheet::new(format!("unit {}", run.record.run.identity.unit()), RUN_COLUMNS),
            unit.runs.iter().map(run_row),
        ));
    };
    let mut gathered = Gathered(Sheet::new(format!("unit {}", run.record.run.identity.unit()), CURVE_COLUMNS));
    // A sheet in memory takes every row.
    kept(&run.record).curves(curves, &mut gathered).ok()?;
    Some(gathered.0)
}

/// Position and error of the point under the cursor.
fn under_cursor(app: &App) -> Option<String> {
    let unit = app.unit.as_ref()?;
    let (at, run) = (unit.cursor?, unit.run()?);
    let Known::Curves(curves) = app.curves.get(&run.key) else { return None };
    let sweep = curves.tracks.get(unit.track)?.judged()?;
    let (_, track) = app.unit_track()?;
    let offset = track.linearity().map_or(0.0, |linearity| linearity.offset);
    let (x, error) = (f64::from(*sweep.position.get(at)?), f64::from(*sweep.error.get(at)?) + offset);
    Some(format!("{} {}", position(x), signed_volts(error)))
}

/// A table that takes rows.
struct Gathered(Sheet);

impl RowSink for Gathered {
    fn row(&mut self, row: &[Cell<'_>]) -> Result<(), crate::export::ExportError> {
        self.0.rows.push(row.iter().cloned().map(Cell::owned).collect());
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), crate::export::ExportError> {
        Ok(())
    }
}
