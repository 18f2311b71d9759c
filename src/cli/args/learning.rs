//! What the commands about learning take.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::StoreArgs;
use crate::analysis::Learner;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum OutcomesCommand {
    /// Take outcomes from a table: model, serial, date, pass or fail, and perhaps a note.
    Import {
        /// The table, comma-separated, with or without a heading; `-` reads standard input.
        #[arg(value_name = "FILE.csv")]
        path: PathBuf,
        /// Take the sound lines though others are wrong.
        #[arg(long)]
        partial: bool,
        /// Who says so; without it the account's name.
        #[arg(long, value_name = "WHO")]
        by: Option<String>,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// List outcomes, each with the run it belongs to.
    List {
        /// Only of this product model.
        #[arg(value_name = "MODEL")]
        model: Option<String>,
        /// Only of this unit.
        #[arg(value_name = "SERIAL")]
        serial: Option<String>,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Forget the outcomes of a product model, or of one unit.
    Forget {
        /// Product model.
        #[arg(value_name = "MODEL")]
        model: String,
        /// Serial.
        #[arg(value_name = "SERIAL")]
        serial: Option<String>,
        #[command(flatten)]
        store: StoreArgs,
    },
}

/// A learner by its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum LearnerArg {
    /// Sigma thresholds.
    Threshold,
    /// Failure risk: what the final test will say.
    FinalTest,
    /// Incoming risk: whether linearity will fail after the trim.
    TrimVerdict,
    /// Drift of each product model's parts.
    Drift,
}

impl LearnerArg {
    /// The learner.
    pub(in crate::cli) fn learner(self) -> Learner {
        match self {
            Self::Threshold => Learner::ThresholdOptimizer,
            Self::FinalTest => Learner::FinalTest,
            Self::TrimVerdict => Learner::TrimVerdict,
            Self::Drift => Learner::DriftDetector,
        }
    }
}

/// What `train` takes.
#[derive(Debug, Args)]
pub(in crate::cli) struct TrainArgs {
    /// Only this learner.
    #[arg(value_enum)]
    pub(in crate::cli) learner: Option<LearnerArg>,
    /// Only the drift detector of this product model.
    #[arg(long, value_name = "MODEL")]
    pub(in crate::cli) model: Option<String>,
    /// Only what is due anyway: enough that is new, or a model that is old or has become worse.
    #[arg(long)]
    pub(in crate::cli) due: bool,
    /// Who wants it; without it the account's name.
    #[arg(long, value_name = "WHO")]
    pub(in crate::cli) by: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) store: StoreArgs,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ModelsCommand {
    /// Every version of every model, and which of them speaks.
    List {
        #[command(flatten)]
        store: StoreArgs,
    },
    /// The card of a version: gate, validation, features, reliability.
    Show {
        /// Which learner.
        #[arg(value_enum)]
        learner: LearnerArg,
        /// Which version; without it the deployed one, else the newest.
        #[arg(value_name = "VERSION")]
        version: Option<u32>,
        /// Of a drift detector: the product model.
        #[arg(long, value_name = "MODEL")]
        model: Option<String>,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Let another version speak; without a number the one before that passed its gate.
    Rollback {
        /// Which learner.
        #[arg(value_enum)]
        learner: LearnerArg,
        /// Which version, earlier or later.
        #[arg(value_name = "VERSION", conflicts_with = "formula")]
        version: Option<u32>,
        /// Let the formula speak.
        #[arg(long)]
        formula: bool,
        /// Of a drift detector: the product model.
        #[arg(long, value_name = "MODEL")]
        model: Option<String>,
        /// Who wants it; without it the account's name.
        #[arg(long, value_name = "WHO")]
        by: Option<String>,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Two versions side by side, figure by figure.
    Compare {
        /// Which learner.
        #[arg(value_enum)]
        learner: LearnerArg,
        /// One version.
        first: u32,
        /// The other.
        second: u32,
        /// Of drift detectors: the product model.
        #[arg(long, value_name = "MODEL")]
        model: Option<String>,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// How far a product model's newest tracks have drifted from its baseline; exit code 1 when somebody has to look.
    Drift {
        /// The product model.
        #[arg(value_name = "MODEL")]
        model: String,
        #[command(flatten)]
        store: StoreArgs,
    },
}
