//! What the history teaches: judged tracks as rows, each only with what was known when it was known.
//!
//! A track teaches when it was trimmed, ended as PASS, WARNING or FAIL, was judged with the filter in force, and no
//! error of it is more than ten specs, which is a misreading. Runs that somebody excluded are not shown to it.

use std::collections::HashMap;

use ndarray::{Array2, ShapeError};

use super::failure_predictor::{Examples, Rival};
use super::product::{product_row, typical};
use super::threshold_optimizer::ModelExamples;
use super::{Live, Offer, Target, features};
use crate::analysis::{
    ABSURD_ERROR_SPECS, FORMULA_R, FilterIdentity, JudgedRun, JudgedTrack, Learner, Risk, RiskMethod, Status,
    TrackFacts, formula_risk,
};

/// Units of each kind before a product model can have a threshold of its own.
const OWN_OF_EACH: usize = 10;
/// Tracks of a product model before its parts' drift is watched.
pub const DRIFT_ROWS: usize = 50;
/// The baseline of a drift detector: a product model's first tracks, at most so many.
pub const DRIFT_BASELINE: usize = 256;

/// One track that teaches.
#[derive(Debug, Clone)]
struct Lesson {
    /// When the run was, seconds since 1970 on the plant's clock.
    seconds: i64,
    unit: u32,
    product: u32,
    failed: bool,
    /// Whether the part failed its final test.
    tested: Option<bool>,
    arrived: Vec<f64>,
    judged: Vec<f64>,
    drift: Vec<f64>,
    is: [f64; 8],
    r: f64,
    /// r of the threshold that held where none was learned.
    r_limit: Option<f64>,
    formula: Option<f64>,
    /// What a learned version said of it.
    incoming: Option<(u32, f64)>,
    failure: Option<(u32, f64)>,
}

/// All of them, in order of time.
#[derive(Debug, Default)]
pub struct Lessons {
    rows: Vec<Lesson>,
    units: HashMap<(u32, String), u32>,
    products: HashMap<String, u32>,
    names: Vec<String>,
}

impl Lessons {
    /// Takes a run that nobody excluded, with what a final test said of its part, if anything: whether it failed.
    /// Runs come in any order that is the same for the same history.
    pub fn take(&mut self, seconds: i64, run: &JudgedRun, tested: Option<bool>, filter: FilterIdentity) {
        if run.filter != filter {
            return;
        }
        for (index, track) in run.tracks.iter().enumerate() {
            if let Some(failed) = teaches(track) {
                let lesson = self.lesson(seconds, run, index, track, failed, tested);
                self.rows.push(lesson);
            }
        }
    }

    fn lesson(
        &mut self,
        seconds: i64,
        run: &JudgedRun,
        index: usize,
        track: &JudgedTrack,
        failed: bool,
        tested: Option<bool>,
    ) -> Lesson {
        let (product, unit) = self.numbers(run, seconds);
        let said = |risk: Option<&Risk>| match risk?.method {
            RiskMethod::Learned { version, .. } => Some((version, risk?.probability)),
            RiskMethod::Formula => None,
        };
        Lesson {
            seconds,
            unit,
            product,
            failed,
            tested,
            arrived: features::track_row(features::TRIM_VERDICT, run, index),
            judged: features::track_row(features::FINAL_TEST, run, index),
            drift: features::track_row(features::DRIFT, run, index),
            is: is(run, index, track).unwrap_or([f64::NAN; 8]),
            r: track.figures.and_then(|figures| figures.r).unwrap_or(f64::NAN),
            r_limit: track.threshold.filter(|threshold| !threshold.source.is_learned()).and_then(|_| track.r_limit()),
            formula: formula_risk(track, run.filter).map(|risk| risk.probability),
            incoming: said(run.assessment(index).and_then(|assessment| assessment.incoming_risk.as_ref())),
            failure: said(track.risk.as_ref()),
        }
    }

    /// The numbers of a run's product model and unit. A run with a junk serial is a unit of its own.
    fn numbers(&mut self, run: &JudgedRun, seconds: i64) -> (u32, u32) {
        let identity = &run.identity;
        let next = number(self.products.len());
        let product = *self.products.entry(identity.model.clone()).or_insert_with(|| {
            self.names.push(identity.model.clone());
            next
        });
        let serial =
            if identity.is_unit() { identity.serial.clone() } else { format!("\0{} {seconds}", identity.serial) };
        let next = number(self.units.len());
        (product, *self.units.entry((product, serial)).or_insert(next))
    }

    /// Puts them into order of time; needed once, before anything is asked.
    pub fn sort(&mut self) {
        self.rows.sort_by_key(|lesson| lesson.seconds);
    }

    /// First and last run of what a learner learns from, seconds since 1970.
    pub fn span(&self) -> (i64, i64) {
        let at = |lesson: Option<&Lesson>| lesson.map_or(0, |lesson| lesson.seconds);
        (at(self.rows.first()), at(self.rows.last()))
    }

    /// What a predictor of a target learns from. `deployed` is the version that speaks: it is a rival by what it said
    /// when the parts arrived, never by what it would say of rows it was trained on.
    ///
    /// # Errors
    /// When rows have different widths, which is a fault of this program.
    pub fn examples(&self, target: Target, deployed: Option<u32>) -> Result<Examples, ShapeError> {
        let picked = || self.rows.iter().filter_map(move |lesson| Some((lesson, lesson.answer(target)?)));
        let columns = features::features(features::columns(target));
        let values: Vec<f64> = picked().flat_map(|(lesson, _)| lesson.row(target).iter().copied()).collect();
        let rows = Array2::from_shape_vec((picked().count(), columns.len()), values)?;
        let mut rivals = Vec::new();
        if target == Target::FinalTest {
            let scores = picked().map(|(lesson, _)| lesson.formula).collect();
            rivals.push(Rival { name: "formula".to_owned(), scores });
        }
        if let Some(version) = deployed {
            let said = |lesson: &Lesson| lesson.said(target).filter(|(by, _)| *by == version).map(|(_, p)| p);
            let scores = picked().map(|(lesson, _)| said(lesson)).collect();
            rivals.push(Rival { name: format!("learned v{version}"), scores });
        }
        let name = |lesson: &Lesson| self.names.get(lesson.product as usize).cloned().unwrap_or_default();
        Ok(Examples {
            features: columns,
            rows,
            failed: picked().map(|(_, failed)| failed).collect(),
            units: picked().map(|(lesson, _)| lesson.unit).collect(),
            product_models: picked().map(|(lesson, _)| name(lesson)).collect(),
            times: picked().map(|(lesson, _)| lesson.seconds).collect(),
            ratio_to_model_median: features::ratios(target),
            rivals,
        })
    }

    /// What the threshold optimizer learns from, product models by name.
    pub fn product_models(&self) -> Vec<ModelExamples> {
        let mut models: Vec<ModelExamples> =
            (0..).zip(&self.names).map(|(product, name)| self.product(product, name)).collect();
        models.sort_by(|a, b| a.product_model.cmp(&b.product_model));
        models
    }

    fn product(&self, product: u32, name: &str) -> ModelExamples {
        let mine = || self.rows.iter().filter(move |lesson| lesson.product == product);
        ModelExamples {
            product_model: name.to_owned(),
            features: typical(mine().map(|lesson| &lesson.is)),
            r: mine().map(|lesson| lesson.r).collect(),
            failed: mine().map(|lesson| lesson.failed).collect(),
            final_tests: mine().map(|lesson| lesson.tested).collect(),
            units: mine().map(|lesson| lesson.unit).collect(),
            threshold_in_force_r: mine().rev().find_map(|lesson| lesson.r_limit).unwrap_or(FORMULA_R),
        }
    }

    /// Product models with enough tracks for a drift detector, each with its rows in order of time.
    pub fn drift(&self) -> Vec<(String, Vec<&[f64]>)> {
        let mut rows: Vec<(String, Vec<&[f64]>)> = self.names.iter().map(|name| (name.clone(), Vec::new())).collect();
        for lesson in &self.rows {
            if let Some((_, rows)) = rows.get_mut(lesson.product as usize) {
                rows.push(&lesson.drift);
            }
        }
        rows.retain(|(_, rows)| rows.len() >= DRIFT_ROWS);
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        rows
    }

    /// What the history offers a learner.
    pub fn offer(&self, learner: Learner) -> Offer {
        let all = |answer: &dyn Fn(&Lesson) -> Option<bool>| self.count(answer);
        match learner {
            Learner::TrimVerdict => all(&|lesson| lesson.answer(Target::TrimVerdict)),
            Learner::FinalTest => all(&|lesson| lesson.answer(Target::FinalTest)),
            Learner::ThresholdOptimizer => {
                let enough = self.with_both_kinds();
                let mine = |lesson: &Lesson| enough.get(lesson.product as usize).copied().unwrap_or(false);
                let of_enough = all(&|lesson| mine(lesson).then_some(lesson.failed));
                Offer { product_models: enough.iter().filter(|enough| **enough).count() as u64, ..of_enough }
            }
            Learner::DriftDetector => {
                let of_each = self.drift();
                let rows = of_each.iter().map(|(_, rows)| rows.len() as u64).sum();
                Offer { rows, product_models: of_each.len() as u64, ..Offer::default() }
            }
        }
    }

    fn count(&self, answer: &dyn Fn(&Lesson) -> Option<bool>) -> Offer {
        let mut units = vec![false; self.units.len()];
        let (mut rows, mut failures) = (0, 0);
        for lesson in &self.rows {
            let Some(failed) = answer(lesson) else { continue };
            rows += 1;
            failures += u64::from(failed);
            if let Some(unit) = units.get_mut(lesson.unit as usize) {
                *unit = true;
            }
        }
        Offer { rows, failures, units: units.iter().filter(|seen| **seen).count() as u64, product_models: 0 }
    }

    /// Whether each product model has ten good and ten failing units.
    fn with_both_kinds(&self) -> Vec<bool> {
        let mut ever: HashMap<(u32, u32), bool> = HashMap::new();
        for lesson in &self.rows {
            *ever.entry((lesson.product, lesson.unit)).or_default() |= lesson.failed;
        }
        let mut kinds = vec![[0_usize; 2]; self.names.len()];
        for ((product, _), failed) in ever {
            if let Some(count) = kinds.get_mut(product as usize).and_then(|kinds| kinds.get_mut(usize::from(failed))) {
                *count += 1;
            }
        }
        kinds.iter().map(|kinds| kinds.iter().all(|count| *count >= OWN_OF_EACH)).collect()
    }

    /// What a version of a predictor said since it was deployed, against what came.
    pub fn live(&self, target: Target, version: u32) -> Live {
        let (mut said, mut failed, mut units) = (Vec::new(), Vec::new(), Vec::new());
        for lesson in &self.rows {
            let spoke = lesson.said(target).filter(|(by, _)| *by == version);
            if let (Some((_, p)), Some(answer)) = (spoke, lesson.answer(target)) {
                said.push(p);
                failed.push(answer);
                units.push(lesson.unit);
            }
        }
        Live::of(version, &said, &failed, &units)
    }
}

impl Lesson {
    fn answer(&self, target: Target) -> Option<bool> {
        match target {
            Target::TrimVerdict => Some(self.failed),
            Target::FinalTest => self.tested,
        }
    }

    fn row(&self, target: Target) -> &[f64] {
        match target {
            Target::TrimVerdict => &self.arrived,
            Target::FinalTest => &self.judged,
        }
    }

    fn said(&self, target: Target) -> Option<(u32, f64)> {
        match target {
            Target::TrimVerdict => self.incoming,
            Target::FinalTest => self.failure,
        }
    }
}

/// Whether a track failed linearity; `None` when it does not teach.
fn teaches(track: &JudgedTrack) -> Option<bool> {
    let failed = match track.status {
        Status::Pass | Status::Warning => false,
        Status::Fail => true,
        Status::NotGraded | Status::Untrimmed | Status::Error => return None,
    };
    let spec = track.figures?.spec.filter(|spec| *spec > 0.0)?;
    let plausible = track.linearity()?.stored_error <= ABSURD_ERROR_SPECS * spec;
    (track.trimmed && plausible).then_some(failed)
}

fn is(run: &JudgedRun, index: usize, track: &JudgedTrack) -> Option<[f64; 8]> {
    let limit_shape = run.assessment(index).and_then(|assessment| assessment.limit_shape);
    let of = (run.identity.model.as_str(), run.unit, run.filter);
    TrackFacts::of(of, track, limit_shape).map(|facts| product_row(&facts))
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
