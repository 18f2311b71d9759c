//! When a feature is known and when a target is decided: what keeps a predictor from reading the answer.

use serde::{Deserialize, Serialize};

use super::LearningError;

/// How far a part has come; later stages know what earlier ones knew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Stage {
    /// As it arrived: the untrimmed sweep, the product's spec and travel.
    Arrived,
    /// After the last trim pass: the final sweep has been measured, and with it the verdict is decided.
    Trimmed,
    /// Judged: status, fail points, formula risk.
    Verdict,
    /// After the final test, outside this program.
    Tested,
}

impl Stage {
    /// The word on screen and in errors.
    pub fn word(self) -> &'static str {
        match self {
            Self::Arrived => "arrived",
            Self::Trimmed => "trimmed",
            Self::Verdict => "verdict",
            Self::Tested => "tested",
        }
    }
}

/// What a failure predictor foretells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Target {
    /// Will linearity fail after trimming?
    TrimVerdict,
    /// Will the part fail its final test?
    FinalTest,
}

impl Target {
    /// The stage at which the answer exists. Only features known strictly before it may teach.
    ///
    /// The verdict is a function of the final sweep, so it is decided at [`Stage::Trimmed`].
    ///
    /// ```
    /// use trimwatch::learning::{Stage, Target};
    ///
    /// assert!(Stage::Arrived < Target::TrimVerdict.decided_at());
    /// assert!(Stage::Verdict < Target::FinalTest.decided_at());
    /// ```
    pub fn decided_at(self) -> Stage {
        match self {
            Self::TrimVerdict => Stage::Trimmed,
            Self::FinalTest => Stage::Tested,
        }
    }

    /// The words on screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::TrimVerdict => "trim verdict",
            Self::FinalTest => "final test",
        }
    }

    /// Refuses a feature that is not known strictly before this target is decided.
    ///
    /// # Errors
    /// [`LearningError::Leak`] names the feature and both stages.
    pub fn admit(self, feature: &Feature) -> Result<(), LearningError> {
        let decided_at = self.decided_at();
        if feature.stage < decided_at {
            return Ok(());
        }
        Err(LearningError::Leak {
            feature: feature.name.clone(),
            known_at: feature.stage.word().to_owned(),
            decided_at: decided_at.word().to_owned(),
        })
    }
}

/// A column of a matrix: what it is called and from when on it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feature {
    /// Name on screen, in cards and in errors.
    pub name: String,
    /// When it is known.
    pub stage: Stage,
}

impl Feature {
    /// A feature of that name, known from that stage on.
    pub fn new(name: impl Into<String>, stage: Stage) -> Self {
        Self { name: name.into(), stage }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_known_when_the_target_is_decided_or_later_is_refused_by_name() {
        for (target, refused) in [
            (Target::TrimVerdict, &[Stage::Trimmed, Stage::Verdict, Stage::Tested][..]),
            (Target::FinalTest, &[Stage::Tested][..]),
        ] {
            for stage in [Stage::Arrived, Stage::Trimmed, Stage::Verdict, Stage::Tested] {
                let admitted = target.admit(&Feature::new("fail points", stage));
                assert_eq!(admitted.is_err(), refused.contains(&stage), "{target:?} {stage:?}");
                if let Err(trouble) = admitted {
                    assert!(trouble.to_string().contains("fail points"), "{trouble}");
                }
            }
        }
    }
}
