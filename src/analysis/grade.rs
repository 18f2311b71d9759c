//! Figures → status: the table of statuses, first row that applies wins; and kept figures graded anew by other rules.

use super::filter_identity::FilterIdentity;
use super::judged::{JudgedRun, JudgedTrack, Status};
use super::numbers::{ohms, percent, position, short, volts};
use super::risk::{FormulaInput, Risk, RiskMethod, formula};
use super::rule::Grading;
use super::{resistance, threshold};
use crate::trim::{PositionUnit, ResistanceWindow};

/// Sigma within this share of its threshold is tight.
const TIGHT: f64 = 0.2;

/// Grades a kept run by other rules, from the figures that are kept with it; those must stand by them
/// ([`Grading::measures_as`]). What a model said of it stays. The same as judging its file anew would give.
pub fn regraded(run: &JudgedRun, grading: &Grading) -> JudgedRun {
    let mut run = run.clone();
    let grader = Grader { unit: run.unit, filter: run.filter, offset_warn: grading.offset_warn };
    for track in &mut run.tracks {
        if track.figures.is_some() {
            grader.regrade(track, &run.identity.model, grading);
        }
    }
    run.status = run_status(&run.tracks);
    run
}

/// The worst of FAIL > ERROR > NOT GRADED > WARNING > PASS; untrimmed and never-measured tracks count only
/// when there are no others.
pub(super) fn run_status(tracks: &[JudgedTrack]) -> Status {
    let counts = |track: &&JudgedTrack| track.status != Status::Untrimmed && track.sheet.is_some();
    let worst = |tracks: &mut dyn Iterator<Item = &JudgedTrack>| {
        tracks.map(|track| track.status).max_by_key(|status| status.weight())
    };
    worst(&mut tracks.iter().filter(counts)).or_else(|| worst(&mut tracks.iter())).unwrap_or(Status::Error)
}

/// What a verdict follows from, beside a track's figures.
pub(super) struct Grader {
    pub(super) unit: PositionUnit,
    pub(super) filter: FilterIdentity,
    /// Specs of offset beyond which a pass is a warning.
    pub(super) offset_warn: f64,
}

impl Grader {
    fn regrade(&self, track: &mut JudgedTrack, model: &str, grading: &Grading) {
        if !track.threshold.is_some_and(|threshold| threshold.source.is_learned()) {
            let figures = track.figures.and_then(|figures| Some((figures.spec?, figures.travel)));
            track.threshold =
                figures.and_then(|(spec, travel)| threshold::decide(model, spec, travel, grading, self.filter));
        }
        let learned = track.risk.take().filter(|risk| risk.method != RiskMethod::Formula);
        track.reasons.clear();
        self.grade(track);
        track.risk = learned.or(track.risk.take());
    }

    /// Status, reasons and risk of a track with figures.
    pub(super) fn grade(&self, judged: &mut JudgedTrack) {
        let Some(linearity) = judged.linearity().copied() else {
            let (status, reason) = if judged.trimmed {
                (
                    Status::NotGraded,
                    format!("{}: no point has both limits", judged.sheet.as_deref().unwrap_or_default()),
                )
            } else {
                (Status::Untrimmed, untrimmed_reason(judged))
            };
            judged.status = status;
            judged.reasons.push(reason);
            return;
        };
        if !judged.trimmed {
            judged.status = Status::Untrimmed;
            judged.reasons.push(untrimmed_reason(judged));
            return;
        }
        if linearity.passes() {
            let concerns = self.concerns(judged);
            judged.status = if concerns.is_empty() { Status::Pass } else { Status::Warning };
            judged.reasons.extend(concerns);
            if judged.status == Status::Pass {
                let inside = format!(
                    "all {} points inside, worst margin {}",
                    linearity.graded,
                    percent(linearity.worst.percent)
                );
                judged.reasons.push(inside);
            }
        } else {
            judged.status = Status::Fail;
            judged.reasons.push(self.fail_reason(judged));
        }
        if judged.figures.is_some_and(|figures| figures.sigma.is_none()) {
            judged.reasons.push("sigma not judged".to_owned());
        }
        judged.risk = formula_risk(judged, self.filter);
    }

    fn fail_reason(&self, judged: &JudgedTrack) -> String {
        let Some(linearity) = judged.linearity() else {
            return String::new();
        };
        let worst = linearity.worst;
        format!(
            "{} of {} points outside, worst {} V of ±{} at {} {}",
            linearity.fail,
            linearity.graded,
            volts(worst.deviation),
            volts(worst.half_width),
            position(worst.position),
            self.unit.symbol()
        )
    }

    /// Reasons to look at a part whose linearity passes.
    fn concerns(&self, judged: &JudgedTrack) -> Vec<String> {
        let found = [
            self.sigma_concern(judged),
            window_concern(judged),
            judged
                .resistance
                .change
                .filter(|&change| resistance::is_flagged(change))
                .map(|change| format!("resistance change {}", percent(change))),
            self.offset_concern(judged),
        ];
        found.into_iter().flatten().collect()
    }

    fn sigma_concern(&self, judged: &JudgedTrack) -> Option<String> {
        let margin = judged.sigma_margin(self.filter)?;
        let threshold = judged.threshold?;
        let (r, limit) = (judged.figures?.r?, judged.r_limit()?);
        let source = threshold.source.label();
        if margin < 0.0 {
            Some(format!("rough: r {r:.1} over {} ({source})", short(limit)))
        } else if margin < TIGHT * threshold.value {
            Some(format!("sigma tight: r {r:.1} of {} ({source})", short(limit)))
        } else {
            None
        }
    }

    fn offset_concern(&self, judged: &JudgedTrack) -> Option<String> {
        let least = judged.linearity()?.least_offset()?;
        let spec = judged.figures?.spec?;
        (least > self.offset_warn * spec)
            .then(|| format!("passes only with an offset of {} V, {:.1} × the spec", volts(least), least / spec))
    }
}

/// Failure risk of a trimmed track by the formula, whoever gave the risk it shows. `None` for UNTRIMMED, NOT GRADED
/// and ERROR.
pub fn formula_risk(judged: &JudgedTrack, filter: FilterIdentity) -> Option<Risk> {
    let linearity = judged.linearity().filter(|_| judged.trimmed)?;
    let sigma = judged.sigma_margin(filter).and_then(|margin| {
        let threshold = judged.threshold?.value;
        (threshold > 0.0).then(|| (threshold - margin) / threshold)
    });
    formula(FormulaInput {
        sigma_share: sigma,
        error_share: Some(linearity.error_share),
        change: judged.resistance.change,
        passes: linearity.passes(),
    })
}

fn untrimmed_reason(judged: &JudgedTrack) -> String {
    let what = if judged.no_cut { "template saved without a cut" } else { "not trimmed yet" };
    let sheet = judged.sheet.as_deref().unwrap_or_default();
    match judged.linearity() {
        Some(l) => format!("{what}; `{sheet}` {} of {} outside", l.fail, l.graded),
        None => format!("{what}; `{sheet}` has no graded point"),
    }
}

fn window_concern(judged: &JudgedTrack) -> Option<String> {
    let after = judged.resistance.after?;
    let window = judged.settings.final_window.filter(ResistanceWindow::is_sane)?;
    let outside = after < window.lower || after > window.upper;
    outside.then(|| format!("resistance {} Ω outside {}…{} Ω", ohms(after), ohms(window.lower), ohms(window.upper)))
}
