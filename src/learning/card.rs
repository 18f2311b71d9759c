//! The card of a trained model: everything about a version but the model itself.

use serde::{Deserialize, Serialize};

use super::{Check, Gate};
use crate::analysis::{FilterIdentity, Learner};

/// One version of one model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// What was learned.
    pub learner: Learner,
    /// The product model it is for; empty = the whole shop.
    pub scope: String,
    /// Counted from 1 for each learner and scope.
    pub version: u32,
    /// When it was trained, milliseconds since 1970 UTC.
    pub trained_ms: i64,
    /// Version of the program that trained it.
    pub app: String,
    /// Tracks it was trained on.
    pub rows: u64,
    /// Units these belong to.
    pub units: u64,
    /// Tracks among them that failed; 0 where failing is not what is learned.
    pub failures: u64,
    /// First and last run used, seconds since 1970 on the plant's clock.
    pub runs: (i64, i64),
    /// What every sigma was made with.
    pub filter: FilterIdentity,
    /// What it looks at.
    pub features: Vec<CardFeature>,
    /// How it was grown, in words.
    pub settings: String,
    /// How it did where it was tried.
    pub figures: Vec<Figure>,
    /// Predicted against observed, ten bins of probability; empty where nothing is predicted.
    pub reliability: Vec<CardBin>,
    /// What it had to reach, and whether it did.
    pub gate: Gate,
    /// BLAKE3 of the model's bytes.
    pub content: [u8; 32],
    /// Bytes of the model.
    pub bytes: u64,
}

/// One feature of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CardFeature {
    /// Its name.
    pub name: String,
    /// Its median over the rows trained on.
    pub median: f64,
    /// Its share of what the model decides by, 0–1.
    pub importance: f64,
}

/// One line of the validation table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// What was measured (`ROC AUC`).
    pub name: String,
    /// How (`5 folds by unit`, `forward in time`).
    pub how: String,
    /// The model's figure.
    pub value: f64,
    /// Its interval, or its spread over repeats.
    pub interval: Option<(f64, f64)>,
    /// The best rival's figure, with its name.
    pub rival: Option<(String, f64)>,
}

/// One bin of the reliability table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct CardBin {
    /// Tracks.
    pub count: u64,
    /// Their mean predicted probability.
    pub predicted: f64,
    /// Share of them that failed.
    pub observed: f64,
}

impl Card {
    /// What kept it from being deployed; `None` when nothing did.
    pub fn missed(&self) -> Option<&Check> {
        self.gate.missed().next()
    }

    /// Its figure of a name in the first validation that has it.
    pub fn figure(&self, name: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.name == name)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::analysis::SigmaSettings;

    /// A card of so many rows with an AUC of 0.8 against 0.7.
    pub(in crate::learning) fn card(rows: u64, trained_ms: i64) -> Card {
        let rival = Some(("untrimmed error".to_owned(), 0.7));
        let (name, how) = (super::super::AUC.to_owned(), "5 folds by unit".to_owned());
        Card {
            learner: Learner::TrimVerdict,
            scope: String::new(),
            version: 1,
            trained_ms,
            app: "0".to_owned(),
            rows,
            units: rows,
            failures: rows / 5,
            runs: (0, 1),
            filter: SigmaSettings::default().identity(),
            features: Vec::new(),
            settings: String::new(),
            figures: vec![Figure { name, how, value: 0.8, interval: None, rival }],
            reliability: Vec::new(),
            gate: Gate { deployed: true, checks: Vec::new() },
            content: [0; 32],
            bytes: 0,
        }
    }
}
