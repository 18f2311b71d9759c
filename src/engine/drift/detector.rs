//! What the drift detector says of a product model's newest tracks, or cumulative sums where there is none.

use ndarray::Array2;
use thiserror::Error;

use crate::analysis::{FilterIdentity, JudgedRun, Learner};
use crate::config::{LearningSettings, Mode};
use crate::history::{Registered, Store, StoreError};
use crate::learning::drift_detector::{FEATURES, Report, Speaker, cusum_report};
use crate::learning::{DRIFT_BASELINE, DriftDetector, LearningError, features};
use crate::monitoring::DetectorReport;

/// Rows of a product model that a report looks at, the newest.
const NEWEST: usize = 300;
/// Fewer tracks make no baseline and something to hold against it.
const ENOUGH: usize = 60;
/// Rows over which their rates are rolled.
const WINDOW: usize = 100;

/// What there is to say.
#[derive(Debug)]
pub enum Told {
    /// The history has no judged run of the model.
    Nothing,
    /// Too few tracks.
    TooFew {
        /// Tracks there are.
        found: usize,
        /// Tracks it takes.
        needed: usize,
    },
    /// A report.
    Report {
        /// The report.
        report: Box<Report>,
        /// Tracks it looked at.
        rows: usize,
        /// Who speaks.
        speaker: String,
    },
}

/// Why there is no report.
#[derive(Debug, Error)]
pub enum ReportError {
    /// The history cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The detector cannot be used.
    #[error(transparent)]
    Learning(#[from] LearningError),
    /// Rows of different lengths.
    #[error("the rows do not fit together")]
    Shape(#[from] ndarray::ShapeError),
}

/// The report of a product model; of runs whose sigma was made with this filter.
///
/// # Errors
/// When the history or the deployed detector cannot be read.
pub fn drift_report(
    store: &Store,
    model: &str,
    settings: &LearningSettings,
    filter: FilterIdentity,
) -> Result<Told, ReportError> {
    let mut rows = Vec::new();
    store.each_run_of(model, |_, record| {
        if record.excluded.is_none() && record.run.filter == filter {
            rows.extend(tracks(&record.run));
        }
    })?;
    if rows.is_empty() {
        return Ok(Told::Nothing);
    }
    if rows.len() < ENOUGH {
        return Ok(Told::TooFew { found: rows.len(), needed: ENOUGH });
    }
    // Tracks of the baseline itself say nothing about drift; where there are no others they are all there is.
    let (baseline, later) = rows.split_at(DRIFT_BASELINE.min(rows.len() / 2));
    let newest = later.get(later.len().saturating_sub(NEWEST)..).unwrap_or(later);
    let x = matrix(newest)?;
    let deployed = deployed(store, model)?.filter(|_| settings.drift_detector == Mode::On);
    let report = match &deployed {
        Some(version) => DriftDetector::from_bytes(&store.model_bytes(&version.card)?)?.report(x.view())?,
        None => cusum_report(matrix(baseline)?.view(), x.view(), &FEATURES.map(str::to_owned), WINDOW)?,
    };
    let speaker = match (report.spoken_by, &deployed) {
        (Speaker::Forest, Some(version)) => format!("drift detector v{}", version.card.version),
        (Speaker::Forest, None) => "drift detector".to_owned(),
        (Speaker::Cusum, _) => "cumulative sums; no detector is trained or on".to_owned(),
    };
    Ok(Told::Report { report: Box::new(report), rows: newest.len(), speaker })
}

fn deployed(store: &Store, model: &str) -> Result<Option<Registered>, StoreError> {
    let of_model = |version: &Registered| {
        version.deployed && version.card.learner == Learner::DriftDetector && version.card.scope == model
    };
    Ok(store.registered_models()?.into_iter().find(of_model))
}

fn tracks(run: &JudgedRun) -> impl Iterator<Item = Vec<f64>> + '_ {
    let judged = run.tracks.iter().enumerate().filter(|(_, track)| track.risk.is_some());
    judged.map(|(index, _)| features::track_row(features::DRIFT, run, index))
}

fn matrix(rows: &[Vec<f64>]) -> Result<Array2<f64>, ReportError> {
    Ok(Array2::from_shape_vec((rows.len(), FEATURES.len()), rows.concat())?)
}

impl Told {
    /// The same for a screen; `None` when there is no report.
    pub fn for_screen(self) -> Option<DetectorReport> {
        let Self::Report { report, rows, speaker } = self else { return None };
        let moved = report.affected.iter().map(|affected| {
            let way = if affected.rising { "up" } else { "down" };
            format!("{} {way} by {:.1} baseline sigmas", affected.feature, affected.sigmas.abs())
        });
        let share = 100.0 * report.rate;
        Some(DetectorReport {
            speaker,
            severity: format!(
                "{}: {share:.0} % of {rows} tracks unlike the baseline, {}",
                report.severity.word(),
                report.trend.word()
            ),
            moved: moved.collect(),
            recommendations: report.recommendations,
        })
    }
}
