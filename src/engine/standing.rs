//! How learning stands, for whoever looks.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::analysis::Learner;
use crate::config::Mode;
use crate::history::Registered;
use crate::learning::{AUC, Live, Offer};

/// A version is old when it was trained so long ago, milliseconds: 90 days.
const STALE: i64 = 90 * 86_400_000;

/// How all learners stand.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelsView {
    /// One a learner, in their order; empty while the history is not open.
    pub learners: Vec<LearnerView>,
    /// The training that runs.
    pub training: Option<TrainingView>,
}

/// How one learner stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LearnerView {
    /// Which.
    pub learner: Learner,
    /// Its switch.
    pub mode: Mode,
    /// What the history offers it; `None` until it was looked through.
    pub offer: Option<Offer>,
    /// What the next training waits for, in words.
    pub next: String,
    /// Its versions, the newest first; of drift detectors the newest of each product model.
    pub versions: Vec<Registered>,
    /// What the deployed version said since, against what came.
    pub live: Option<Live>,
    /// Why it fails, when it does.
    pub trouble: Option<String>,
}

/// A training that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainingView {
    /// What is trained; `None` while the history is looked through.
    pub learner: Option<Learner>,
    /// How far it is, percent.
    pub percent: u8,
    /// Who wanted it.
    pub by: String,
    /// Whether another one waits.
    pub more: bool,
}

/// The one thing to know of a learner.
#[derive(Debug, Clone, PartialEq)]
pub enum Standing {
    /// The configuration switched it off.
    Off,
    /// It is being trained, percent.
    Training(u8),
    /// Never trained: what it waits for.
    Untrained(String),
    /// A version speaks.
    Deployed(u32),
    /// A version is ready, and the configuration lets it only watch.
    Shadow(u32),
    /// So many product models have one of their own.
    Several(usize),
    /// Trained and not better: the version and the check it missed.
    Gated(u32, String),
    /// A version speaks that has grown old.
    Stale(u32),
    /// A version was taken back: the formula speaks.
    TakenBack(String),
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("off"),
            Self::Training(percent) => write!(f, "training {percent} %"),
            Self::Untrained(lacks) => write!(f, "untrained: {lacks}"),
            Self::Deployed(version) => write!(f, "deployed v{version}"),
            Self::Shadow(version) => write!(f, "shadow v{version}"),
            Self::Several(count) => write!(f, "trained for {count} product models"),
            Self::Gated(version, missed) => write!(f, "gated v{version}: {missed}"),
            Self::Stale(version) => write!(f, "stale v{version}"),
            Self::TakenBack(why) => write!(f, "formula speaks: {why}"),
        }
    }
}

impl LearnerView {
    /// The version that speaks, or would.
    pub fn deployed(&self) -> Option<&Registered> {
        self.versions.iter().find(|version| version.deployed)
    }

    /// The newest version, deployed or not.
    pub fn newest(&self) -> Option<&Registered> {
        self.versions.first()
    }

    /// The one thing to know.
    pub fn standing(&self, training: Option<&TrainingView>, now_ms: i64) -> Standing {
        if let Some(training) = training.filter(|training| training.learner == Some(self.learner)) {
            return Standing::Training(training.percent);
        }
        if self.mode == Mode::Off {
            return Standing::Off;
        }
        let Some(newest) = self.newest() else { return Standing::Untrained(self.next.clone()) };
        if self.learner == Learner::DriftDetector {
            return Standing::Several(self.versions.iter().filter(|version| version.deployed).count());
        }
        self.standing_of(&newest.card.scope, now_ms)
    }

    /// The one thing to know of a product model's versions; of the shop's where the scope is empty.
    pub fn standing_of(&self, scope: &str, now_ms: i64) -> Standing {
        if self.mode == Mode::Off {
            return Standing::Off;
        }
        let mut versions = self.versions.iter().filter(|version| version.card.scope == scope);
        let deployed = versions.clone().find(|version| version.deployed);
        let Some(newest) = versions.next() else { return Standing::Untrained(self.next.clone()) };
        match deployed {
            Some(deployed) if self.mode == Mode::Shadow => Standing::Shadow(deployed.card.version),
            Some(deployed) if now_ms - deployed.card.trained_ms > STALE => Standing::Stale(deployed.card.version),
            Some(deployed) => Standing::Deployed(deployed.card.version),
            None => match newest.card.missed() {
                Some(missed) => Standing::Gated(newest.card.version, missed.to_string()),
                None => Standing::TakenBack(newest.head.why.clone()),
            },
        }
    }

    /// AUC of the version that speaks, or of the newest.
    pub fn auc(&self) -> Option<f64> {
        let card = self.deployed().or_else(|| self.newest()).map(|version| &version.card)?;
        card.figure(AUC).map(|figure| figure.value)
    }
}

/// Who speaks from now on, in words: a version, or the formula.
pub fn speaks_from_now_on(learner: Learner, version: Option<u32>) -> String {
    let who = version.map_or_else(|| "the formula".to_owned(), |version| format!("v{version}"));
    format!("{}: {who} speaks from now on", learner.title())
}
