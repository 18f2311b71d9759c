//! A history whose site has changed its rules is graded anew when it is opened to be written.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::Path;

use super::process::{Outcome, process_with};
use super::{clock, models};
use crate::analysis::{AnalysisSettings, Grading, JudgedRun, RunCurves, Status, regraded};
use crate::config::LearningSettings;
use crate::history::{GradedBy, Regrade, RunRecord, Signed, Store, StoreError};
use crate::intake::read_once;
use crate::learning::Speakers;
use crate::trim::Source;

/// Runs kept together.
const GROUP: usize = 64;

/// What grading anew made of a history.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Regraded {
    /// Runs that were looked at.
    pub runs: u64,
    /// Those of which anything is other than it was: a threshold, a reason, a risk, a status.
    pub changed: u64,
    /// Those that need their points, whose file is gone or another: they stay as they were graded.
    pub gone: u64,
    /// How many have another status, by what it was and is.
    pub moved: BTreeMap<[&'static str; 2], u64>,
    models: BTreeSet<String>,
}

impl Regraded {
    /// In words: `12 of 2,846 runs graded anew (3 PASS → WARNING)`.
    pub fn said(&self) -> String {
        let moved: Vec<String> = self.moved.iter().map(|([from, to], n)| format!("{n} {from} → {to}")).collect();
        let moved = if moved.is_empty() { "no status changed".to_owned() } else { moved.join(", ") };
        let gone = match self.gone {
            0 => String::new(),
            n => format!("; {n} stay as they were, because their files are gone or others"),
        };
        format!("{} of {} runs graded anew ({moved}){gone}", self.changed, self.runs)
    }

    fn count(&mut self, model: &str, from: Status, to: Status) {
        self.changed += 1;
        self.models.insert(model.to_owned());
        if from != to {
            *self.moved.entry([from.word(), to.word()]).or_default() += 1;
        }
    }
}

/// Grades every kept run by the rules in force, when they are others than those it was graded by, and has the audit
/// journal tell of it. What a kill cuts short is gone on with. `None` when nothing has changed.
///
/// # Errors
/// When the store cannot be read or written.
pub fn grade_anew(
    store: &Store,
    settings: &AnalysisSettings,
    learning: &LearningSettings,
    by: &str,
) -> Result<Option<Regraded>, StoreError> {
    let now = &settings.grading;
    let Some(noted) = store.graded_by()? else {
        // A new history, or one of before rules were noted: what it has was graded by what held then.
        store.note_grading(&GradedBy { grading: now.clone(), before: Vec::new() }, None)?;
        return Ok(None);
    };
    let is_changed = noted.grading != *now;
    let Some(old) = still_in_force(&noted, now) else { return Ok(None) };
    let signed = is_changed.then(|| Signed {
        at_ms: clock::now_ms(),
        act: "configuration".to_owned(),
        what: "what verdicts follow".to_owned(),
        by: by.to_owned(),
        why: "the configuration was changed".to_owned(),
        before: noted.grading.to_string(),
        after: now.to_string(),
    });
    store.note_grading(&GradedBy { grading: now.clone(), before: old.clone() }, signed)?;
    let rules = Rules { store, settings, learning };
    let done = rules.grade(&old, |runs| store.regrade(runs))?;
    let models: Vec<String> = done.models.iter().cloned().collect();
    store.end_grading(now.clone(), done.said(), &models, clock::now_ms())?;
    Ok(Some(done))
}

/// What [`grade_anew`] would make of a history; nothing is written. `None` when nothing has changed.
///
/// # Errors
/// When the store cannot be read.
pub fn would_grade(
    store: &Store,
    settings: &AnalysisSettings,
    learning: &LearningSettings,
) -> Result<Option<Regraded>, StoreError> {
    let Some(noted) = store.graded_by()? else { return Ok(None) };
    let Some(old) = still_in_force(&noted, &settings.grading) else { return Ok(None) };
    Rules { store, settings, learning }.grade(&old, |_| Ok(())).map(Some)
}

/// The rules by which some runs may be graded that are not those of now; `None` when all are.
fn still_in_force(noted: &GradedBy, now: &Grading) -> Option<Vec<Grading>> {
    let changed = Some(&noted.grading).filter(|grading| *grading != now).cloned();
    let old: Vec<Grading> = noted.before.iter().cloned().chain(changed).collect();
    (!old.is_empty()).then_some(old)
}

struct Rules<'a> {
    store: &'a Store,
    settings: &'a AnalysisSettings,
    learning: &'a LearningSettings,
}

impl Rules<'_> {
    fn grade(
        &self,
        old: &[Grading],
        mut keep: impl FnMut(Vec<Regrade>) -> Result<(), StoreError>,
    ) -> Result<Regraded, StoreError> {
        let (mut done, mut group, mut speakers, mut kept) = (Regraded::default(), Vec::new(), None, Ok(()));
        self.store.each_run(|key, record| {
            done.runs += 1;
            match self.anew(&record, old, &mut speakers) {
                None => done.gone += 1,
                Some((run, _)) if run == record.run => {}
                Some((run, curves)) => {
                    done.count(&run.identity.model, record.run.status, run.status);
                    group.push(Regrade { key, run, curves });
                }
            }
            if group.len() >= GROUP {
                kept = keep(std::mem::take(&mut group));
            }
            if self.store.is_closing() {
                kept = Err(StoreError::Closing);
            }
            if kept.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        kept.and_then(|()| keep(group)).map(|()| done)
    }

    /// A run by the rules in force, with its curves where these have changed; `None` where nobody can say.
    fn anew(
        &self,
        record: &RunRecord,
        old: &[Grading],
        speakers: &mut Option<Speakers>,
    ) -> Option<(JudgedRun, Option<RunCurves>)> {
        let grading = &self.settings.grading;
        let model = &record.run.identity.model;
        if old.iter().all(|old| grading.measures_as(old, model)) {
            return Some((regraded(&record.run, grading), None));
        }
        self.read_again(record, speakers).map(|(run, curves)| (run, Some(curves)))
    }

    /// A run judged from its file, where that is as it was when the run was kept.
    fn read_again(&self, record: &RunRecord, speakers: &mut Option<Speakers>) -> Option<(JudgedRun, RunCurves)> {
        let path = Path::new(&record.file.path);
        let (bytes, _) = read_once(path, self.settings.limits.bytes).ok()?;
        let speakers = speakers.get_or_insert_with(|| {
            let found = self.store.registered_models().unwrap_or_default();
            models::load(self.store, &found, self.learning).0
        });
        let source = Source { path, laser: None, modified: None, today: None };
        let judged = process_with(&bytes, source, self.settings, speakers);
        match judged.outcome {
            Outcome::Judged { mut run, curves } if judged.content == Some(record.file.content) => {
                // Who it is was decided when it was kept, and its key with it.
                run.identity.clone_from(&record.run.identity);
                Some((*run, curves))
            }
            _ => None,
        }
    }
}
