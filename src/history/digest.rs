//! The facts of a run as the index by time keeps them, so that an overview reads a tenth of what the records are.

use serde::{Deserialize, Serialize};

use super::facts::Facts;
use super::key;
use super::record::{RunKey, RunRecord};
use super::value::Stored;
use crate::analysis::{RiskCategory, Status};

/// [`Facts`] without what the key says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Digest {
    serial: String,
    section: String,
    laser: String,
    disposition: String,
    status: Status,
    excluded: bool,
    revision: u32,
    arrived_ms: i64,
    /// Points outside, graded points, margin, r, its limit, change, risk.
    figures: [f32; 7],
    category: Option<RiskCategory>,
    passes: u32,
    is_unit: bool,
}

impl Stored for Digest {}

impl Digest {
    pub(super) fn of(key: &RunKey, record: &RunRecord) -> Self {
        let facts = Facts::of(key, record);
        Self {
            serial: facts.serial.to_owned(),
            section: facts.section.to_owned(),
            laser: facts.laser.to_owned(),
            disposition: facts.disposition.to_owned(),
            status: facts.status,
            excluded: facts.excluded,
            revision: facts.revision,
            arrived_ms: facts.arrived_ms,
            figures: [facts.fail, facts.graded, facts.margin, facts.r, facts.r_limit, facts.change, facts.risk],
            category: facts.category,
            passes: facts.passes,
            is_unit: facts.is_unit,
        }
    }

    /// The facts again, with what the key says.
    pub(super) fn facts<'a>(&'a self, key: &'a RunKey) -> Facts<'a> {
        let [fail, graded, margin, r, r_limit, change, risk] = self.figures;
        Facts {
            seconds: key.seconds().unwrap_or(0),
            model: key::model_of(key).unwrap_or_default(),
            serial: &self.serial,
            section: &self.section,
            laser: &self.laser,
            disposition: &self.disposition,
            status: self.status,
            excluded: self.excluded,
            revision: self.revision,
            arrived_ms: self.arrived_ms,
            fail,
            graded,
            margin,
            r,
            r_limit,
            change,
            risk,
            category: self.category,
            passes: self.passes,
            is_unit: self.is_unit,
        }
    }
}
