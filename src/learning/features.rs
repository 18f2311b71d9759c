//! Judged tracks → rows of features: what each column is, from when on it is known, and why it should tell anything.
//!
//! Three tables, one a question. A table is the only place that names its columns; matrices, cards and help are made
//! from it. What is not known of a track is not-a-number in its row.

use super::failure_predictor::RatioFeature;
use super::stage::{Feature, Stage, Target};
use crate::analysis::{Incoming, JudgedRun, JudgedTrack, Linearity, SweepFigures, formula_risk};

/// One column of a matrix.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Name on screen, in cards and in errors.
    pub name: &'static str,
    /// From when on it is known.
    pub stage: Stage,
    /// Unit; empty for shares and counts.
    pub unit: &'static str,
    /// Why it should tell anything, in one sentence.
    pub reason: &'static str,
    get: fn(&Seen<'_>) -> Option<f64>,
}

/// What a row is made of: a judged track, and the figures of its untrimmed sweep where they were made.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The track with its verdict. What stands in it of later stages is read by columns of those stages only.
    pub track: &'a JudgedTrack,
    /// The part as it arrived; `None` when its untrimmed sweep was not measured.
    pub incoming: Option<&'a Incoming>,
    /// What the formula makes of it, whoever gave the risk that it shows, 0 … 1.
    pub formula: Option<f64>,
}

impl<'a> Seen<'a> {
    /// One track of a run.
    pub fn of(run: &'a JudgedRun, index: usize) -> Option<Self> {
        let track = run.tracks.get(index)?;
        let incoming = run.assessment(index).and_then(|assessment| assessment.incoming.as_ref());
        let formula = formula_risk(track, run.filter).map(|risk| risk.probability);
        Some(Self { track, incoming, formula })
    }

    fn untrimmed(&self) -> Option<&'a SweepFigures> {
        self.track.untrimmed.as_ref()
    }

    fn untrimmed_linearity(&self) -> Option<&'a Linearity> {
        self.untrimmed()?.linearity.as_ref()
    }
}

impl Column {
    /// The column's figure of a track; not-a-number when it is unknown or no finite number.
    pub fn of(&self, seen: &Seen<'_>) -> f64 {
        (self.get)(seen).filter(|figure| figure.is_finite()).unwrap_or(f64::NAN)
    }
}

/// A row: one figure a column, not-a-number where it is unknown.
pub fn row(columns: &[Column], seen: &Seen<'_>) -> Vec<f64> {
    columns.iter().map(|column| column.of(seen)).collect()
}

/// Name and stage of every column, as the trainers take them.
pub fn features(columns: &[Column]) -> Vec<Feature> {
    columns.iter().map(|column| Feature::new(column.name, column.stage)).collect()
}

/// The columns a predictor of a target looks at.
pub fn columns(target: Target) -> &'static [Column] {
    match target {
        Target::TrimVerdict => TRIM_VERDICT,
        Target::FinalTest => FINAL_TEST,
    }
}

/// The columns that are made from the product model's earlier runs.
pub fn ratios(target: Target) -> Vec<RatioFeature> {
    let of = |source| RatioFeature { name: RESISTANCE_RATIO.to_owned(), source };
    match target {
        Target::TrimVerdict => resistance_column().map(of).into_iter().collect(),
        Target::FinalTest => Vec::new(),
    }
}

/// One track's row of such columns; all unknown when there is no such track.
pub fn track_row(columns: &[Column], run: &JudgedRun, index: usize) -> Vec<f64> {
    Seen::of(run, index).map_or_else(|| vec![f64::NAN; columns.len()], |seen| row(columns, &seen))
}

/// Name of the ratio column that `trim verdict` has beside [`TRIM_VERDICT`]: a track's untrimmed resistance over the
/// median of its product model's earlier runs.
pub const RESISTANCE_RATIO: &str = "untrimmed resistance/model median";

/// The column of [`TRIM_VERDICT`] whose ratio to the product model's median is [`RESISTANCE_RATIO`].
pub fn resistance_column() -> Option<usize> {
    TRIM_VERDICT.iter().position(|column| column.name == UNTRIMMED_RESISTANCE.name)
}

/// Will linearity fail after trimming? Told from the part as it arrived, and from nothing else.
pub const TRIM_VERDICT: &[Column] = &[
    UNTRIMMED_ERROR,
    Column {
        name: "untrimmed r",
        stage: Stage::Arrived,
        unit: "",
        reason: "A rough element stays rough.",
        get: |seen| seen.untrimmed()?.r,
    },
    Column {
        name: "untrimmed share outside",
        stage: Stage::Arrived,
        unit: "",
        reason: "The more points lie outside at the best offset, the more has to be cut.",
        get: |seen| seen.untrimmed_linearity().map(|l| f64::from(l.fail) / f64::from(l.graded)),
    },
    Column {
        name: "untrimmed dip",
        stage: Stage::Arrived,
        unit: "half-widths",
        reason: "A cut moves many points together; a dip narrower than a cut is still there after the trim.",
        get: |seen| seen.incoming.map(|incoming| incoming.dip),
    },
    Column {
        name: "untrimmed below",
        stage: Stage::Arrived,
        unit: "half-widths",
        reason: "A cut only adds resistance: what lies above can be brought down, what lies below stays.",
        get: |seen| seen.incoming.map(|incoming| incoming.below),
    },
    Column {
        name: "untrimmed end shortfall",
        stage: Stage::Arrived,
        unit: "half-widths",
        reason: "Beyond its electrical end the reading stands still at the terminal, and no cut makes an element longer.",
        get: |seen| seen.incoming.map(|incoming| incoming.end_shortfall),
    },
    Column {
        name: "spec",
        stage: Stage::Arrived,
        unit: "V",
        reason: "A narrow band is harder to meet.",
        get: |seen| seen.untrimmed()?.spec,
    },
    Column {
        name: "travel",
        stage: Stage::Arrived,
        unit: "° or in",
        reason: "Long and short elements are trimmed differently.",
        get: |seen| seen.untrimmed().map(|figures| figures.travel),
    },
    Column {
        name: "points",
        stage: Stage::Arrived,
        unit: "",
        reason: "Every graded point is one more that may lie outside.",
        get: |seen| seen.untrimmed().map(|figures| f64::from(figures.points)),
    },
    UNTRIMMED_RESISTANCE,
];

/// Will the part fail its final test? Told from everything up to the verdict.
pub const FINAL_TEST: &[Column] = &[
    Column {
        name: "sigma gradient",
        stage: Stage::Trimmed,
        unit: "r",
        reason: "Roughness is heard as noise; as r = sigma·L/spec it compares between models.",
        get: |seen| seen.track.figures?.r,
    },
    Column {
        name: "sigma threshold",
        stage: Stage::Trimmed,
        unit: "r",
        reason: "How much roughness is allowed to this model.",
        get: |seen| seen.track.r_limit(),
    },
    Column {
        name: "linearity pass",
        stage: Stage::Verdict,
        unit: "",
        reason: "The final test grades linearity too; 1 = passed, 0 = failed.",
        get: |seen| seen.track.linearity().map(|l| f64::from(u8::from(l.passes()))),
    },
    RESISTANCE_CHANGE,
    Column {
        name: "trim improvement",
        stage: Stage::Trimmed,
        unit: "%",
        reason: "A trim that mended little met something that cannot be cut.",
        get: |seen| seen.track.improvement,
    },
    Column {
        name: "formula probability",
        stage: Stage::Verdict,
        unit: "",
        reason: "What the formula makes of sigma, error and resistance change together.",
        get: |seen| seen.formula,
    },
    Column {
        name: "worst zone",
        stage: Stage::Verdict,
        unit: "",
        reason: "Ends and middle of the travel wear and seal differently.",
        get: |seen| seen.track.worst_zone.map(f64::from),
    },
    UNTRIMMED_ERROR,
    Column {
        name: "pass count",
        stage: Stage::Trimmed,
        unit: "",
        reason: "Every pass heats and weakens the element.",
        get: |seen| seen.track.trimmed.then_some(f64::from(seen.track.pass_count)),
    },
];

/// Has normal operation moved? The drift detector's seven, of one product model.
pub const DRIFT: &[Column] = &[
    Column {
        name: "sigma gradient",
        stage: Stage::Trimmed,
        unit: "V/° or V/in",
        reason: "Laser focus and power show in the roughness of the cut.",
        get: |seen| seen.track.figures?.sigma,
    },
    Column {
        name: "linearity spec",
        stage: Stage::Trimmed,
        unit: "V",
        reason: "Somebody changed the limit table.",
        get: |seen| seen.track.figures?.spec,
    },
    RESISTANCE_CHANGE,
    Column {
        name: "travel length",
        stage: Stage::Trimmed,
        unit: "° or in",
        reason: "The station sweeps another length.",
        get: |seen| seen.track.figures.map(|figures| figures.travel),
    },
    Column {
        name: "unit length",
        stage: Stage::Trimmed,
        unit: "° or in",
        reason: "The element's electrical length moves with its print.",
        // Never the nominal length in its place: to the detector that would be a jump.
        get: |seen| seen.track.settings.measured_length,
    },
    UNTRIMMED_ERROR,
    UNTRIMMED_RESISTANCE,
];

const UNTRIMMED_ERROR: Column = Column {
    name: "untrimmed max |e|/spec",
    stage: Stage::Arrived,
    unit: "",
    reason: "How much the trim has to mend.",
    get: |seen| Some(seen.untrimmed_linearity()?.stored_error / seen.untrimmed()?.spec?),
};

const UNTRIMMED_RESISTANCE: Column = Column {
    name: "untrimmed resistance",
    stage: Stage::Arrived,
    unit: "Ω",
    reason: "Ink and substrate of the lot; every cut adds to it, up to the window's end.",
    get: |seen| seen.track.resistance.before,
};

const RESISTANCE_CHANGE: Column = Column {
    name: "resistance change",
    stage: Stage::Trimmed,
    unit: "%",
    reason: "How much was cut away.",
    get: |seen| seen.track.resistance.change,
};

#[cfg(test)]
mod tests;
