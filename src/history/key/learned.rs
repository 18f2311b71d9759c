//! Keys of trained models.

use super::{joined, text};
use crate::analysis::Learner;

fn of_learner(learner: Learner) -> [u8; 1] {
    [match learner {
        Learner::ThresholdOptimizer => 1,
        Learner::FinalTest => 2,
        Learner::TrimVerdict => 3,
        Learner::DriftDetector => 4,
    }]
}

/// Which version of a model speaks.
pub(in crate::history) fn model_head(learner: Learner, scope: &str) -> Vec<u8> {
    joined(b'g', &[&of_learner(learner), &text(scope)])
}

/// The card of a version.
pub(in crate::history) fn model_card(learner: Learner, scope: &str, version: u32) -> Vec<u8> {
    joined(b'h', &[&of_learner(learner), &text(scope), &[0], &version.to_be_bytes()])
}

/// What the cards of all versions of a model begin with.
pub(in crate::history) fn model_cards(learner: Learner, scope: &str) -> Vec<u8> {
    joined(b'h', &[&of_learner(learner), &text(scope), &[0]])
}

/// A stretch of a version's bytes.
pub(in crate::history) fn model_chunk(learner: Learner, scope: &str, version: u32, number: u16) -> Vec<u8> {
    let parts: [&[u8]; 5] = [&of_learner(learner), &text(scope), &[0], &version.to_be_bytes(), &number.to_be_bytes()];
    joined(b'b', &parts)
}
