//! What the predictors look at: each figure with the stage at which it is known.

use super::failure_predictor::RatioFeature;
use super::stage::{Feature, Stage, Target};
use crate::analysis::{JudgedRun, JudgedTrack, formula_risk};

/// The columns of a predictor's row.
pub fn of(target: Target) -> Vec<Feature> {
    match target {
        Target::TrimVerdict => {
            let names = [
                "untrimmed max |e|/spec",
                "untrimmed r",
                "untrimmed share outside",
                "spec",
                "travel",
                "points",
                "untrimmed resistance",
            ];
            names.map(|name| Feature::new(name, Stage::Arrived)).to_vec()
        }
        Target::FinalTest => {
            let stages = [
                ("r", Stage::Trimmed),
                ("r of the threshold", Stage::Verdict),
                ("linearity passes", Stage::Verdict),
                ("resistance change", Stage::Trimmed),
                ("trim improvement", Stage::Trimmed),
                ("formula risk", Stage::Verdict),
                ("worst zone", Stage::Verdict),
                ("untrimmed max |e|/spec", Stage::Arrived),
                ("passes", Stage::Trimmed),
            ];
            stages.map(|(name, stage)| Feature::new(name, stage)).to_vec()
        }
    }
}

/// Columns made from the product model's earlier runs.
pub fn ratios(target: Target) -> Vec<RatioFeature> {
    match target {
        Target::TrimVerdict => vec![RatioFeature { name: "resistance to model's median".to_owned(), source: 6 }],
        Target::FinalTest => Vec::new(),
    }
}

/// One track's row; not-a-number = unknown.
pub fn row(target: Target, run: &JudgedRun, index: usize) -> Vec<f64> {
    let width = of(target).len();
    let values = run.tracks.get(index).map(|track| match target {
        Target::TrimVerdict => arrived(track),
        Target::FinalTest => judged(run, track),
    });
    let values = values.unwrap_or_else(|| vec![None; width]);
    values.into_iter().map(|value| value.filter(|value| value.is_finite()).unwrap_or(f64::NAN)).collect()
}

fn arrived(track: &JudgedTrack) -> Vec<Option<f64>> {
    let untrimmed = track.untrimmed;
    let linearity = untrimmed.and_then(|figures| figures.linearity);
    let spec = untrimmed.and_then(|figures| figures.spec);
    vec![
        linearity.zip(spec).map(|(linearity, spec)| linearity.stored_error / spec),
        untrimmed.and_then(|figures| figures.r),
        linearity.map(|linearity| f64::from(linearity.fail) / f64::from(linearity.graded)),
        spec,
        untrimmed.map(|figures| figures.travel),
        untrimmed.map(|figures| f64::from(figures.points)),
        track.resistance.before,
    ]
}

fn judged(run: &JudgedRun, track: &JudgedTrack) -> Vec<Option<f64>> {
    vec![
        track.figures.and_then(|figures| figures.r),
        track.r_limit(),
        track.linearity().map(|linearity| f64::from(u8::from(linearity.passes()))),
        track.resistance.change,
        track.improvement,
        formula_risk(track, run.filter).map(|risk| risk.probability),
        track.worst_zone.map(f64::from),
        arrived(track).into_iter().next().flatten(),
        Some(f64::from(track.pass_count)),
    ]
}

/// What a drift detector watches of one track; not-a-number = unknown.
pub fn drift_row(run: &JudgedRun, index: usize) -> Vec<f64> {
    let Some(track) = run.tracks.get(index) else { return vec![f64::NAN; 7] };
    let values = [
        track.figures.and_then(|figures| figures.sigma),
        track.figures.and_then(|figures| figures.spec),
        track.resistance.change,
        track.figures.map(|figures| figures.travel),
        track.settings.measured_length.or(track.settings.nominal_length),
        arrived(track).into_iter().next().flatten(),
        track.resistance.before,
    ];
    values.map(|value| value.filter(|value| value.is_finite()).unwrap_or(f64::NAN)).to_vec()
}
