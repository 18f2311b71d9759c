//! One run → its figures, and the verdict that follows from them.

use super::assessment::{Assessment, Learner, NoAdvice, ThresholdAdvice, TrackFacts, Why};
use super::filter_identity::FilterIdentity;
use super::gain::gain_that_passes;
use super::grade::{Grader, run_status};
use super::incoming::incoming;
use super::judged::{JudgedRun, JudgedTrack, PassFigures, ResistanceFigures, Status, SweepFigures, Threshold};
use super::linearity::{count, graded, judge_linearity};
use super::oddities::oddities;
use super::settings::AnalysisSettings;
use super::sigma::sigma_gradient;
use super::statistics::{median, root_mean_square};
use super::zones::worst_zone;
use super::{resistance, threshold};
use crate::trim::{Mark, PositionUnit, Sweep, Track, TrimRun};

/// Fewer usable points than this are no sweep to judge.
const MIN_POINTS: usize = 10;
/// Positions closer than this are the same point of two sweeps.
const SAME_POSITION: f64 = 1e-9;

/// Judges every track of a run; rule and formula give the sigma threshold.
pub fn judge(run: &TrimRun, settings: &AnalysisSettings) -> JudgedRun {
    judge_with(run, settings, &NoAdvice)
}

/// Judges every track of a run, under the limits that the rules give it. A learned sigma threshold goes before rule and
/// formula.
pub fn judge_with(run: &TrimRun, settings: &AnalysisSettings, advice: &dyn ThresholdAdvice) -> JudgedRun {
    let run = &*settings.grading.applied(run);
    let (model, filter) = (run.identity.model.as_str(), settings.sigma.identity());
    let bench = Bench { model, unit: run.unit, filter, settings, advice };
    let (tracks, assessments): (Vec<_>, Vec<_>) = run.tracks.iter().map(|track| bench.track(track)).unzip();
    JudgedRun {
        system: run.system,
        identity: run.identity.clone(),
        unit: run.unit,
        filter: bench.filter,
        status: run_status(&tracks),
        tracks,
        warnings: run.warnings.clone(),
        assessments,
    }
}

/// What judging a track needs to know of its run.
struct Bench<'a> {
    model: &'a str,
    unit: PositionUnit,
    filter: FilterIdentity,
    settings: &'a AnalysisSettings,
    advice: &'a dyn ThresholdAdvice,
}

impl Bench<'_> {
    fn track(&self, track: &Track) -> (JudgedTrack, Assessment) {
        let mut assessment = Assessment::default();
        (self.judged(track, &mut assessment), assessment)
    }

    fn judged(&self, track: &Track, assessment: &mut Assessment) -> JudgedTrack {
        let mut judged = bare(track);
        let Some(sweep) = track.final_sweep().or(track.untrimmed.as_ref()) else {
            return failed_to_judge(judged, "never measured".to_owned());
        };
        judged.sheet = Some(sweep.sheet.clone());
        judged.points = count(sweep.points.len());
        if let Some(defect) = &sweep.defect {
            return failed_to_judge(judged, defect.clone());
        }
        if sweep.points.len() < MIN_POINTS {
            let reason = format!("{}: {} usable points; a verdict needs {MIN_POINTS}", sweep.sheet, sweep.points.len());
            return failed_to_judge(judged, reason);
        }
        let figures = self.figures(sweep);
        judged.figures = Some(figures);
        judged.untrimmed = track.untrimmed.as_ref().map(|sweep| self.figures(sweep));
        assessment.incoming = track.untrimmed.as_ref().and_then(|sweep| incoming(&sweep.points));
        judged.passes = track.passes.iter().map(pass_figures).collect();
        judged.warnings.extend(oddities(sweep, figures.spec));
        judged.threshold = self.threshold(&judged, sweep, assessment);
        judged.worst_zone = figures.linearity.and_then(|l| worst_zone(&sweep.points, l.offset));
        judged.station_fail = station_fail(sweep);
        judged.improvement = improvement(track);
        let grader = Grader { unit: self.unit, filter: self.filter, offset_warn: self.settings.grading.offset_warn };
        grader.grade(&mut judged);
        if judged.status == Status::Fail {
            let gain = gain_that_passes(&sweep.points).ok();
            judged.needs_only_gain = gain.map(|gain| gain.is_some());
            judged.gain_that_passes = gain.flatten();
        }
        judged
    }

    /// Learned first, then a rule, then the formula.
    fn threshold(&self, judged: &JudgedTrack, sweep: &Sweep, assessment: &mut Assessment) -> Option<Threshold> {
        let figures = judged.figures?;
        assessment.limit_shape = limit_shape(sweep, figures.spec);
        let facts = TrackFacts::of((self.model, self.unit, self.filter), judged, assessment.limit_shape)?;
        match self.advice.threshold(&facts) {
            Ok(learned) => match threshold::learned(&learned, &facts) {
                Some(threshold) if learned.speaks => return Some(threshold),
                threshold => {
                    assessment.shadow.threshold = threshold;
                    assessment.silent.push((Learner::ThresholdOptimizer, Why::Shadow));
                }
            },
            Err(why) => assessment.silent.push((Learner::ThresholdOptimizer, why)),
        }
        threshold::decide(self.model, figures.spec?, figures.travel, &self.settings.grading, self.filter)
    }

    fn figures(&self, sweep: &Sweep) -> SweepFigures {
        let positions: Vec<f64> = sweep.points.iter().map(|point| point.position).collect();
        let errors: Vec<f64> = sweep.points.iter().map(|point| point.error).collect();
        let low = positions.iter().copied().reduce(f64::min).unwrap_or(0.0);
        let high = positions.iter().copied().reduce(f64::max).unwrap_or(0.0);
        let travel = high - low;
        let spec = median(graded(&sweep.points).iter().map(super::linearity::Graded::half_width));
        let sigma = sigma_gradient(&positions, &errors, &self.settings.sigma);
        SweepFigures {
            points: count(sweep.points.len()),
            travel,
            spec,
            sigma,
            r: sigma.zip(spec).map(|(sigma, spec)| sigma * travel / spec),
            linearity: judge_linearity(&sweep.points),
        }
    }
}

/// The track before any figure.
fn bare(track: &Track) -> JudgedTrack {
    let (before, after) = (track.resistance_before, track.resistance_after);
    JudgedTrack {
        name: track.name.clone(),
        alias: track.alias.clone(),
        sheet: None,
        points: 0,
        trimmed: track.final_sweep().is_some(),
        no_cut: track.no_cut,
        pass_count: count(track.passes.len()),
        status: Status::Error,
        reasons: Vec::new(),
        warnings: left_out(track),
        figures: None,
        untrimmed: None,
        passes: Vec::new(),
        threshold: None,
        worst_zone: None,
        needs_only_gain: Some(false),
        gain_that_passes: None,
        resistance: ResistanceFigures { before, after, change: resistance::change_percent(before, after) },
        improvement: None,
        station_fail: None,
        risk: None,
        settings: track.settings.clone(),
    }
}

/// max/median of the half-widths of the graded points.
fn limit_shape(sweep: &Sweep, spec: Option<f64>) -> Option<f64> {
    let spec = spec.filter(|&spec| spec > 0.0)?;
    let widest = graded(&sweep.points).iter().map(super::linearity::Graded::half_width).reduce(f64::max)?;
    Some(widest / spec)
}

fn left_out(track: &Track) -> Vec<String> {
    let sheets = track.never_measured.iter();
    sheets.map(|sheet| format!("{sheet}: never measured, left out")).collect()
}

fn failed_to_judge(mut judged: JudgedTrack, reason: String) -> JudgedTrack {
    judged.status = Status::Error;
    judged.reasons.push(reason);
    judged
}

fn pass_figures(pass: &crate::trim::Pass) -> PassFigures {
    let linearity = judge_linearity(&pass.sweep.points);
    PassFigures {
        number: pass.number,
        recipe: pass.recipe,
        graded: linearity.map_or(0, |linearity| linearity.graded),
        fail: linearity.map_or(0, |linearity| linearity.fail),
        max_error: linearity.map_or(0.0, |linearity| linearity.stored_error),
        resistance: pass.resistance,
        cut_length: pass.cut_length,
        compensation: pass.compensation,
    }
}

fn station_fail(sweep: &Sweep) -> Option<u32> {
    let marks = || sweep.points.iter().filter(|p| p.limits().is_some()).map(|p| p.mark);
    let outside = marks().filter(|&mark| mark == Mark::Outside).count();
    marks().any(|mark| mark != Mark::Unmarked).then(|| count(outside))
}

/// 100 (rms untrimmed − rms final)/rms untrimmed of e + b, each sweep at its own best offset, over points
/// graded in both at equal positions; `None` with fewer than ten.
fn improvement(track: &Track) -> Option<f64> {
    let shifted = |sweep: &Sweep| {
        let offset = judge_linearity(&sweep.points)?.offset;
        let mut points: Vec<(f64, f64)> =
            graded(&sweep.points).iter().map(|p| (p.position, p.error + offset)).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        Some(points)
    };
    let (before, after) = (shifted(track.untrimmed.as_ref()?)?, shifted(track.final_sweep()?)?);
    let mut later = after.into_iter().peekable();
    let mut pairs = (Vec::new(), Vec::new());
    for (position, error) in before {
        while later.next_if(|(other, _)| *other < position - SAME_POSITION).is_some() {}
        if let Some((_, trimmed)) = later.next_if(|(other, _)| *other <= position + SAME_POSITION) {
            pairs.0.push(error);
            pairs.1.push(trimmed);
        }
    }
    let untrimmed = root_mean_square(&pairs.0).filter(|&rms| rms > 0.0)?;
    let trimmed = root_mean_square(&pairs.1)?;
    (pairs.0.len() >= MIN_POINTS).then(|| 100.0 * (untrimmed - trimmed) / untrimmed)
}
